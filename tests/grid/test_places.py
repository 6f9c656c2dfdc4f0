"""Finding a place by its name, as the desk types it."""
import pytest

from grid.places import find_places

pytestmark = pytest.mark.django_db


def names(text):
    """The names found, in order."""
    return [place.name for place in find_places(text)]


def test_a_name_inside_a_longer_address_is_found(sites):
    first = find_places("西井大街12号门前")[0]
    assert (first.kind, first.name, first.grid_code) == ("重点道路", "西井大街", "110107005008003")
    assert first.site_id and first.grid_id and first.community_name == "西井社区"


def test_a_whole_name_comes_first_then_the_sites_that_hold_it_then_the_grids(sites):
    found = names("西井")
    assert found[0] == "西井社区"
    assert found.index("西井大街") < found.index("西井社区第1网格")


def test_part_of_a_name_finds_sites_then_the_community_then_its_grids(sites):
    found = names("刘娘")
    assert found.index("刘娘府路") < found.index("刘娘府社区") < found.index("刘娘府社区第1网格")


def test_the_short_name_of_a_community_is_enough(sites):
    assert "苹果园第一社区" in names("苹一小区3号楼")


def test_a_grid_is_found_by_name_or_code(sites):
    assert names("西井社区第3网格")[0] == "西井社区第3网格"
    assert names("110107005008003") == ["西井社区第3网格"]


def test_a_name_that_nobody_has_or_a_single_character_finds_nothing(sites):
    assert names("天安门广场") == []
    assert names("西") == []
    assert names("  ") == []


def test_the_book_is_read_once_and_then_kept(sites, django_assert_num_queries):
    with django_assert_num_queries(5):  # the edition, sites, communities, aliases, grids
        assert len(find_places("社区")) == 12
    with django_assert_num_queries(0):
        assert len(find_places("西井")) > 3
