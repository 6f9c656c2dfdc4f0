"""What a place tells of its cases, and how the same that comes back is recognised."""
from datetime import timedelta

import pytest
from django.utils import timezone

from cases.happenings import same_again, tell_cases
from cases.models import Case
from cases.states import Source
from grid.happenings import Ground, lies_on
from grid.models import KeySite
from grid.telling import what_happened
from tests.make import NOW, make_case, make_category, put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def market(xijing):
    """西井大街, a watched place."""
    return KeySite.objects.create(
        code="KS901", name="西井大街", category="重点道路", community=xijing, grid=xijing.grids.get(), lon=116.17, lat=39.93
    )


def case_at(by, site, *, at=NOW, category=None, **over):
    """A case at a place."""
    case = make_case(by, at=at, site=site, lon=site.lon, lat=site.lat, grid=site.grid, community=site.community, **over)
    return put(case, case.state, category=category or make_category())


def test_a_place_tells_its_cases_newest_first_and_no_petition_to_who_may_not_know_where(
    dispatcher, petition_officer, market
):
    old = case_at(dispatcher, market, at=NOW - timedelta(days=3))
    new = case_at(dispatcher, market)
    secret = case_at(petition_officer, market, source=Source.PETITION)
    ground = Ground(site_id=market.pk)
    told = [one.title.split()[0] for one in tell_cases(ground, dispatcher, LATER, 10)]
    assert told == [new.number, old.number]
    assert secret.number in {one.title.split()[0] for one in tell_cases(ground, petition_officer, LATER, 10)}


def test_a_ground_is_its_site_its_grid_or_what_lies_near(dispatcher, market):
    case = case_at(dispatcher, market)
    Case.objects.filter(pk=case.pk).update(site=None)
    near = {"lon": market.lon + 0.0003, "lat": market.lat}
    assert not Case.objects.filter(lies_on(Ground(site_id=market.pk)))
    assert Case.objects.filter(lies_on(Ground(grid_id=market.grid_id))).get() == case
    assert Case.objects.filter(lies_on(Ground(**near, metres=50))).get() == case
    assert not Case.objects.filter(lies_on(Ground(**near, metres=20)))
    assert not Case.objects.filter(lies_on(Ground()))


def test_the_story_is_read_a_page_at_a_time_and_nothing_is_skipped(dispatcher, market):
    for minute in (1, 2, 2, 2, 3):
        case_at(dispatcher, market, at=NOW - timedelta(minutes=minute))
    seen, before = [], LATER
    while before:
        told = what_happened(Ground(site_id=market.pk), dispatcher, before=before, most=3)
        seen += [one.title for one in told.happenings]
        before = told.next_before
    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize("older", [12, 0])
def test_a_day_that_bears_more_than_a_page_is_told_whole_and_nothing_twice(dispatcher, clerk, market, xijing, older):
    from campaigns.models import Structure

    days = [NOW.date() - timedelta(days=back) for back in (*range(7), *[10] * 30, *range(11, 11 + older))]
    Structure.objects.bulk_create(
        Structure(
            number=f"WJ2016-{serial:03d}", place="西井大街棚亭", community=xijing, grid=market.grid, site=market,
            found_on=day, registered_at=NOW,
        )
        for serial, day in enumerate(days)
    )  # fmt: skip
    pages, before = [], LATER
    while before:
        told = what_happened(Ground(site_id=market.pk), clerk, before=before)
        pages.append([one.title for one in told.happenings])
        assert pages[-1], "no empty page"
        before = told.next_before
    seen = [title for page in pages for title in page]
    assert len(seen) == len(set(seen)) == len(days) and seen == [
        f"WJ2016-{serial:03d} 西井大街棚亭" for day in sorted(set(days), reverse=True)
        for serial in reversed(range(len(days))) if days[serial] == day
    ]  # fmt: skip
    assert [len(page) for page in pages] == ([7, 30, older] if older else [7, 30])


def test_the_same_class_at_the_same_place_within_ninety_days_comes_back(dispatcher, market):
    other = make_category("暴露垃圾", code="0102")
    again = case_at(dispatcher, market)
    first = case_at(dispatcher, market, at=NOW - timedelta(days=90))
    case_at(dispatcher, market, at=NOW - timedelta(days=90, minutes=1))
    case_at(dispatcher, market, at=NOW - timedelta(days=1), category=other)
    assert list(Case.objects.filter(same_again(again))) == [first]
    assert list(Case.objects.filter(same_again(first))) == [Case.objects.earliest("received_at")]


def test_the_dispatcher_is_told_on_the_case(client, dispatcher, market):
    again = case_at(dispatcher, market)
    client.force_login(dispatcher)
    assert "反复发生" not in client.get(again.get_absolute_url()).content.decode()
    first = case_at(dispatcher, market, at=NOW - timedelta(days=10))
    page = client.get(again.get_absolute_url()).content.decode()
    assert "90 天内同地同类第 2 次" in page and first.number in page


def test_structures_and_households_are_told_too_to_who_may_know_of_them(client, clerk, dispatcher, market, xijing):
    from campaigns.models import Structure
    from coal_to_electric.happenings import tell_households

    ground = Ground(site_id=market.pk, grid_id=market.grid_id)
    Structure.objects.create(
        number="WJ2016-900", place="西井大街棚亭", community=xijing, grid=market.grid, site=market, found_on=NOW.date(),
        registered_at=NOW,
    )  # fmt: skip
    told = what_happened(ground, clerk, before=LATER).happenings
    assert [(one.kind, one.title) for one in told] == [("违建", "WJ2016-900 西井大街棚亭")]
    assert what_happened(ground, dispatcher, before=LATER).happenings == []
    assert list(tell_households(ground, dispatcher, LATER, 5)) == []
    client.force_login(clerk)
    assert "WJ2016-900" in client.get(f"/grid/places/{market.code}/").content.decode()


# --- counted ---------------------------------------------------------------------------------------------------------


def again(user, **words):
    """The cases that the filter keeps."""
    from django.http import QueryDict

    from cases.filters import CaseFilter

    query = QueryDict("again=1&stage=all", mutable=True)
    query.update(words)
    return set(CaseFilter(query, Case.objects.none(), user=user, at=LATER).filter_queryset(Case.objects.all()))


@pytest.fixture
def lamp(xijing):
    """A lamp that stands 300 m from 西井大街."""
    from grid.models import Thing, ThingClass

    lamps = ThingClass.objects.create(code="0120", name="路灯")
    return Thing.objects.create(
        code="1101070120000001", thing_class=lamps, lon=116.17, lat=39.9327, community=xijing, grid=xijing.grids.get()
    )


def test_the_filter_keeps_what_came_back_at_place_position_or_component(dispatcher, market, lamp):
    first = case_at(dispatcher, market, at=NOW - timedelta(days=80))
    there = case_at(dispatcher, market)
    near = put(make_case(dispatcher, lon=market.lon, lat=market.lat + 0.0003), "reported", category=make_category())
    put(make_case(dispatcher, lon=market.lon, lat=market.lat + 0.0008), "reported", category=make_category())
    bare = [put(make_case(dispatcher, at=NOW - timedelta(days=age)), "reported", category=make_category(), thing=lamp)
            for age in (100, 20, 1)]  # fmt: skip
    assert again(dispatcher) == {there, near, bare[1], bare[2]}
    assert set(Case.objects.filter(same_again(bare[2]))) == {bare[1]}
    put(first, "merged", master=there)
    assert again(dispatcher) == {bare[1], bare[2]}
    assert again(dispatcher, category="0102") == set()
    assert first not in again(dispatcher)  # the first of them


def test_what_came_back_long_ago_is_no_longer_shown(dispatcher, market):
    for days in (150, 100, 30):
        case_at(dispatcher, market, at=NOW - timedelta(days=days))
    assert {case.number for case in again(dispatcher)} == {"WG-2016-003"}


def test_a_petition_makes_nothing_come_back_for_who_may_not_know_where(dispatcher, chief, petition_officer, market):
    case_at(petition_officer, market, source=Source.PETITION, at=NOW - timedelta(days=3))
    there = case_at(dispatcher, market)
    secret = case_at(petition_officer, market, source=Source.PETITION)
    assert again(dispatcher) == set()
    assert again(chief) == {there, secret}


def test_the_desk_offers_the_filter_and_says_it(client, dispatcher, market):
    case_at(dispatcher, market, at=timezone.now() - timedelta(days=80))
    there = case_at(dispatcher, market, at=timezone.now())
    client.force_login(dispatcher)
    assert "近 90 天反复发生" in client.get("/desk/choices/again/").content.decode()
    page = client.get("/desk/?again=1").content.decode()
    assert "去掉筛选：反复 近 90 天" in page and page.count('id="case-') == 1 and there.number in page


def test_a_place_counts_what_came_more_than_once(client, dispatcher, petition_officer, market, monkeypatch):
    from cases.happenings import counted_again

    other = make_category("暴露垃圾", code="0102")
    ground = Ground(site_id=market.pk, lon=market.lon, lat=market.lat)
    for days in (1, 20, 89, 91):
        case_at(dispatcher, market, at=NOW - timedelta(days=days))
    case_at(dispatcher, market, category=other)
    case_at(petition_officer, market, source=Source.PETITION, category=other)
    assert counted_again(ground, dispatcher, at=LATER) == [("无照经营游商", 3)]
    assert counted_again(ground, petition_officer, at=LATER) == []
    client.force_login(dispatcher)
    monkeypatch.setattr("django.utils.timezone.now", lambda: LATER)
    page = client.get(f"/grid/places/{market.code}/").content.decode()
    assert "近 90 天同类案件" in page and "<dt>无照经营游商</dt><dd>3 件</dd>" in page


def test_the_page_of_a_thing_lists_its_cases_a_page_at_a_time(
    client, dispatcher, petition_officer, chief, clerk, lamp, xijing
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    category = make_category()
    secret = make_case(petition_officer, source=Source.PETITION, thing=lamp, category=category)
    address, counts = f"/grid/things/{lamp.code}/", []
    client.force_login(dispatcher)
    for _ in range(2):
        for _ in range(12):
            make_case(dispatcher, thing=lamp, category=category, grid=xijing.grids.get(), community=xijing)
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            page = client.get(address).content.decode()
        counts.append(len(captured))
    assert counts[0] == counts[1] and "共 24 件" in page and "1–20 / 24" in page
    assert "WG-2016-024" in page and "WG-2016-001" not in page and secret.number not in page
    assert "WG-2016-001" in client.get(f"{address}?page=2").content.decode()
    client.force_login(clerk)
    assert "共 0 件" in client.get(address).content.decode()
    client.force_login(chief)
    assert secret.number in client.get(f"{address}?page=2").content.decode() + client.get(address).content.decode()


def test_the_page_of_a_thing_says_which_time_it_is(client, dispatcher, lamp):
    category = make_category()
    for days in (200, 50, 10):
        make_case(dispatcher, thing=lamp, category=category, at=NOW - timedelta(days=days))
    client.force_login(dispatcher)
    page = client.get(f"/grid/things/{lamp.code}/").content.decode()
    assert page.count("90 天内第 2 次") == 1 and "90 天内第 3 次" not in page
