"""Cases that may be the same matter, and the walls that no likeness crosses."""
from datetime import timedelta

import pytest

from cases import similar
from tests.make import NOW, make_case, make_category, move, put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]

HERE = {"lon": 116.1700, "lat": 39.9300}
EIGHTY_METRES_EAST = {"lon": 116.1700 + 0.00094, "lat": 39.9300}
FAR = {"lon": 116.1740, "lat": 39.9300}  # some 340 m


@pytest.fixture
def market(dispatcher, category):
    return make_case(dispatcher, title="西井大街马路市场回潮", description="傍晚占道售卖熟食", category=category, **HERE)


def why_of(case, user, **over):
    return [(one.case.number, one.why) for one in similar.similar_cases(case, at=NOW, user=user, **over)]


def test_the_same_class_eighty_metres_away_is_similar(market, dispatcher, category):
    other = make_case(dispatcher, title="有人卖水果", category=category, **EIGHTY_METRES_EAST)
    assert why_of(other, dispatcher) == [(market.number, "相距 80 米、同为无照经营游商")]


def test_alike_words_nearby_are_similar_whatever_the_class(market, dispatcher):
    other = make_case(dispatcher, title="西井大街马路市场又回潮", description="傍晚占道卖熟食", **EIGHTY_METRES_EAST)
    assert why_of(other, dispatcher) == [(market.number, "相距 80 米、文字相近")]


def test_another_class_in_other_words_nearby_is_not(market, dispatcher):
    litter = make_category("积存垃圾渣土", code="0103")
    assert why_of(make_case(dispatcher, title="渣土成堆", category=litter, **HERE), dispatcher) == []


def test_what_lies_beyond_two_hundred_metres_is_not(market, dispatcher, category):
    assert why_of(make_case(dispatcher, title=market.title, category=category, **FAR), dispatcher) == []


def test_without_positions_the_grid_or_nearly_the_same_words_count(dispatcher, category, xijing):
    grid = xijing.grids.get()
    one = make_case(dispatcher, title="单元门损坏", category=category, grid=grid, community=xijing)
    two = make_case(dispatcher, title="路灯不亮", category=category, grid=grid, community=xijing)
    assert why_of(one, dispatcher) == [(two.number, "同一网格、同为无照经营游商")]
    lone = make_case(dispatcher, title="下水井反味，影响居民")
    again = make_case(dispatcher, title="下水井反味，影响居民生活")
    assert why_of(lone, dispatcher) == [(again.number, "文字相近")]


def test_the_nearest_comes_first_and_no_more_than_asked_for(market, dispatcher, category):
    near = make_case(dispatcher, title="游商", category=category, **EIGHTY_METRES_EAST)
    nearest = make_case(dispatcher, title="游商", category=category, **HERE)
    found = similar.similar_cases(market, at=NOW, user=dispatcher)
    assert [one.case for one in found] == [nearest, near] and found[0].score > found[1].score
    assert len(similar.similar_cases(market, at=NOW, user=dispatcher, limit=1)) == 1


def test_ended_cases_count_for_thirty_days_and_voided_ones_never(market, dispatcher, category):
    other = make_case(dispatcher, title="游商", category=category, **HERE)
    put(other, "closed", closed_at=NOW - timedelta(days=29))
    assert why_of(market, dispatcher)
    put(other, "closed", closed_at=NOW - timedelta(days=31))
    assert why_of(market, dispatcher) == []
    put(other, "voided", closed_at=NOW)
    assert why_of(market, dispatcher) == []


# --- walls -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def petitions(petition_officer, category):
    return [make_case(petition_officer, source="XF", title="反映游商扰民", category=category, **HERE) for _ in range(2)]


def test_petitions_are_like_petitions_only(petitions, market, petition_officer, chief):
    assert [number for number, _ in why_of(petitions[0], petition_officer)] == [petitions[1].number]
    assert [number for number, _ in why_of(petitions[0], chief)] == [petitions[1].number]
    assert why_of(market, chief) == []


def test_who_reads_only_titles_is_told_nothing_about_petitions(petitions, dispatcher):
    assert why_of(petitions[0], dispatcher) == []


def test_only_visible_cases_are_named(market, dispatcher, handler, law_enforcement, category):
    other = put(make_case(dispatcher, title="游商", category=category, **HERE), "registered")
    move("dispatch", other, dispatcher, lead=law_enforcement)
    assert why_of(other, dispatcher) and why_of(other, handler) == []


# --- drafts ----------------------------------------------------------------------------------------------------------


def test_a_draft_is_compared_before_it_is_saved(market, dispatcher, category):
    found = similar.similar_to_draft("马路市场", "卖熟食", category, 116.17, 39.93, at=NOW, user=dispatcher)
    assert [one.case for one in found] == [market] and found[0].metres == 0
    assert similar.similar_to_draft("井盖破损", at=NOW, user=dispatcher) == []


def test_a_petition_draft_meets_petitions_only(petitions, market, petition_officer, dispatcher, category):
    draft = {"title": "反映游商扰民", "category": category, **HERE, "at": NOW, "source": "XF"}
    assert {one.case for one in similar.similar_to_draft(**draft, user=petition_officer)} == set(petitions)
    assert similar.similar_to_draft(**draft, user=dispatcher) == []


# --- the grid's month ------------------------------------------------------------------------------------------------


def test_the_grids_closings_of_thirty_days_are_counted(dispatcher, petition_officer, xijing):
    place = {"grid": xijing.grids.get(), "community": xijing}
    case = make_case(dispatcher, **place)
    for days in (1, 29, 31):
        put(make_case(dispatcher, **place), "closed", closed_at=NOW - timedelta(days=days))
    put(make_case(dispatcher), "closed", closed_at=NOW)
    put(make_case(petition_officer, source="XF", **place), "closed", closed_at=NOW)
    assert similar.same_grid_closed(case, at=NOW) == 2
    assert similar.same_grid_closed(case, at=NOW, days=7) == 1
    assert similar.same_grid_closed(make_case(dispatcher), at=NOW) == 0


# --- the system's own note -------------------------------------------------------------------------------------------


def test_a_likely_double_is_said_once_in_its_story(market, dispatcher, category):
    again = make_case(dispatcher, title="西井大街马路市场回潮", description="占道售卖", category=category, **HERE)
    assert similar.flag_duplicates(again, at=NOW) and not similar.flag_duplicates(again, at=NOW)
    note = again.events.get(move="note")
    assert note.by is None and note.words.startswith(f"疑似重复：{market.number}（相距 0 米、同为无照经营游商、文字相近）")
    assert not similar.flag_duplicates(market, at=NOW)  # the first of two is no double


def test_a_case_that_is_only_somewhat_alike_is_not_flagged(market, dispatcher, category):
    other = make_case(dispatcher, title="卖水果的挡路", category=category, **EIGHTY_METRES_EAST)
    assert why_of(other, dispatcher) and not similar.flag_duplicates(other, at=NOW)
    assert not other.events.filter(move="note").exists()


def test_comparing_asks_the_database_once_and_once_more_for_what_is_shown(market, dispatcher, category, django_assert_num_queries):
    for _ in range(3):
        make_case(dispatcher, title="游商", category=category, **HERE)
    dispatcher.roles  # noqa: B018  read once per request
    with django_assert_num_queries(2):
        found = similar.similar_cases(market, at=NOW, user=dispatcher)
        assert len(found) == 3 and {one.case.category.name for one in found} == {category.name}
