"""The street's address book: a written address finds its place, its grid and its community."""

import csv

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from grid.addresses import normal, other_names, place_of
from grid.editions import publish
from grid.locate import SUBJECT
from grid.models import Community, KeySite, PlaceAlias
from tests.grid.conftest import DEMO

pytestmark = pytest.mark.django_db


@pytest.fixture
def second_estate(sites):
    """苹二小区, which its residents call 苹果园第二小区."""
    alias = PlaceAlias.objects.create(name="苹果园第二小区", site=KeySite.objects.get(name="苹二小区"))
    publish(SUBJECT)
    return alias.site


def test_an_alias_leads_to_its_place_and_grid(second_estate):
    found = place_of("苹果园第二小区11号楼南侧路面")
    assert (found.site_id, found.grid_code, found.known_as) == (
        second_estate.pk, "110107005002001", "苹果园第二小区"
    )  # fmt: skip
    assert place_of("苹二小区11号楼").site_id == second_estate.pk


def test_without_the_alias_the_same_address_does_not_find_the_estate(sites):
    found = place_of("苹果园第二小区11号楼南侧路面")
    assert found is None or found.name != "苹二小区"


def test_the_longest_name_is_meant_and_of_equals_the_first(sites):
    assert place_of("西黄村废品回收市场门口").name == "西黄村废品回收市场"
    assert place_of("实兴大街与西井大街交口").name == "实兴大街"
    assert place_of("西井大街与实兴大街交口").name == "西井大街"


def test_full_width_letters_digits_and_spaces_do_not_matter(sites):
    assert normal("１１０１０７００５００８ ００３") == "110107005008003"
    assert place_of("西井 大街 １２ 号").name == "西井大街"


def test_an_address_that_names_nothing_of_ours_finds_nothing(sites):
    assert place_of("天安门广场") is None
    assert place_of("") is None


def test_a_name_knows_its_other_names(second_estate):
    assert "苹果园第二小区" in other_names("苹二小区")
    assert other_names("苹果园第二小区") == ("苹二小区",)
    assert other_names("天安门") == ()


def test_the_addresses_of_2016_find_their_community(sites):
    """The 209 addresses as they were written, against the community that the register gave them."""
    with open(DEMO / "cases.csv", encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["address"]]
    found = [(place_of(row["address"]), row) for row in rows]
    named = [(place, row) for place, row in found if place]
    right = [row for place, row in named if place.community_name == row["community"]]
    assert len(named) > 0.8 * len(rows)
    assert len(right) > 0.97 * len(named)


def test_an_alias_means_exactly_one_place(sites):
    site, community = KeySite.objects.first(), Community.objects.first()
    for columns in ({}, {"site": site, "community": community}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PlaceAlias.objects.create(name="某处", **columns)
        with pytest.raises(ValidationError, match="只选一个"):
            PlaceAlias(name="某处", **columns).clean()
    PlaceAlias(name="某处", site=site).clean()
    with pytest.raises(ValidationError, match="太短"):
        PlaceAlias(name="某", site=site).clean()


def test_the_page_lists_every_other_name_with_the_place_that_it_means(client, second_estate, dispatcher, admin):
    xijing = Community.objects.get(name="西井社区")
    PlaceAlias.objects.create(name="老西井", community=xijing)
    client.force_login(dispatcher)

    def names(**asked):
        return [alias.name for alias in client.get("/grid/aliases/", asked).context["page_obj"]]

    assert sorted(names()) == sorted(names(community="?")) == ["老西井", "苹果园第二小区"]
    assert names(q="苹二") == names(community=second_estate.community.code) == ["苹果园第二小区"]
    assert names(q="西井") == ["老西井"] and names(q="月球") == []
    page = client.get("/grid/aliases/").content.decode()
    assert f"/grid/places/{second_estate.code}/" in page and f"/grid/{xijing.code}/" in page
    assert "/admin/grid/placealias/" not in page
    client.force_login(admin)
    assert "/admin/grid/placealias/" in client.get("/grid/aliases/").content.decode()
