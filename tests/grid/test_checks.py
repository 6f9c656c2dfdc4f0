"""Checks of key places: plans with a date, what a week asked for, half days, distance, lateness, whose place it is."""
import datetime

import pytest
import shapely
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from config.templatetags.ui import patrol_rate
from grid.check_plans import asked_in, keep_plan, keep_plans, plans_until
from grid.check_weeks import Tally, last_checks, mondays, over_weeks, weeks_of
from grid.checks import day_of, known_check, metres_to, part_of, record_check, rule_in_force
from grid.models import CheckPlan, CheckRule, KeySite, SiteCheck, Verdict
from grid.registering import NotYours, RegisterRefused
from grid.sites import change_place, record_place
from grid.telling import what_happened
from tests.grid.checks_cast import MONDAY, centre_of, check, make_place
from tests.make import NOW, make_photo, make_user, moment

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
LAST_WEEK = MONDAY - datetime.timedelta(days=7)


def asked(place, week=MONDAY):
    """(planned, time of the day) of a week."""
    found = asked_in(week, plans_until(week + datetime.timedelta(days=6))[place.pk])
    return found.planned, found.check_time


def tally(place, week=MONDAY, today=TODAY):
    """The place's week as (planned, done, missed)."""
    one = weeks_of([week], today=today)[week][place.pk].tally
    return one.planned, one.done, one.missed


# --- plans -----------------------------------------------------------------------------------------------------------


def test_a_changed_plan_leaves_last_week_as_it_was(xijing, clerk):
    place = make_place(xijing, per_week=3)
    change_place(place, version=1, by=clerk, at=NOW, patrol_per_week=6, check_time="night")
    assert asked(place, LAST_WEEK) == (3, "any")
    assert asked(place) == (5, "night")  # Wednesday to Sunday, five nights
    assert asked(place, MONDAY + datetime.timedelta(days=7)) == (6, "night")


def test_a_plan_that_grows_at_the_end_of_a_week_asks_for_no_less_than_before(xijing, clerk):
    place = make_place(xijing, per_week=4, check_time="day")
    change_place(place, version=1, by=clerk, at=moment("2016-12-25 09:00"), patrol_per_week=7)
    assert asked(place) == (4, "day")
    change_place(place, version=2, by=clerk, at=moment("2016-12-25 10:00"), patrol_per_week=0)
    assert asked(place) == (0, "day") and CheckPlan.objects.filter(site=place).count() == 2


def test_a_place_registered_today_is_asked_for_what_is_left_of_the_week(xijing, clerk):
    lon, lat = centre_of(xijing)
    place = record_place(name="西井市场", lon=lon, lat=lat, category="市场", patrol_per_week=14, by=clerk, at=NOW)
    assert asked(place) == (10, "any")  # five days of two halves
    unwatched = record_place(name="西井公园", lon=lon, lat=lat, category="重点点位", by=clerk, at=NOW)
    assert not unwatched.check_plans.exists()


def test_a_file_of_places_dates_what_it_changes_and_nothing_else(xijing):
    place, idle = make_place(xijing, per_week=3), make_place(xijing, per_week=0)
    keep_plans(at=NOW)
    assert CheckPlan.objects.count() == 1
    KeySite.objects.filter(pk=place.pk).update(patrol_per_week=5)
    KeySite.objects.filter(pk=idle.pk).update(patrol_per_week=2)
    for _ in range(2):
        keep_plans(at=NOW)
    assert [(plan.per_week, plan.since) for plan in place.check_plans.all()][1:] == [(5, TODAY)]
    assert [plan.per_week for plan in idle.check_plans.all()] == [2]


def test_a_change_of_something_else_begins_no_plan(xijing, clerk):
    place = make_place(xijing)
    change_place(place, version=1, by=clerk, at=NOW, note="门前堆物")
    keep_plan(place, at=NOW)
    assert place.check_plans.count() == 1


def test_a_community_keeps_its_places_but_not_how_often_it_must_check_them(client, xijing, clerk, community_worker):
    place = make_place(xijing, per_week=5)
    with pytest.raises(RegisterRefused, match="由台账专员定"):
        change_place(place, version=1, by=community_worker, at=NOW, patrol_per_week=1)
    with pytest.raises(RegisterRefused, match="由台账专员定"):
        change_place(place, version=1, by=community_worker, at=NOW, check_time="day")
    where = {"lon": place.lon, "lat": place.lat, "category": "市场", "at": NOW}
    with pytest.raises(RegisterRefused, match="由台账专员定"):
        record_place(name="西井早市", patrol_per_week=1, by=community_worker, **where)
    form = {"name": place.name, "category": "重点点位", "status": "日常监测", "note": "门前堆物", "patrol_per_week": 1,
            "check_time": "day", "lon": place.lon, "lat": place.lat, "version": 1}  # fmt: skip
    client.force_login(community_worker)
    page = client.get(f"/grid/places/{place.code}/edit/").content.decode()
    assert "由台账专员定" in page
    assert client.post(f"/grid/places/{place.code}/edit/", form).status_code == 302  # a box that is shut says nothing
    kept = KeySite.objects.get()
    assert (kept.note, kept.patrol_per_week, kept.check_time) == ("门前堆物", 5, "any")
    assert record_place(name="西井早市", by=community_worker, **where).patrol_per_week == 0
    client.force_login(clerk)
    assert "由台账专员定" not in client.get(f"/grid/places/{place.code}/edit/").content.decode()
    change_place(kept, version=2, by=clerk, at=NOW, patrol_per_week=1)
    assert KeySite.objects.get(pk=place.pk).patrol_per_week == 1


def test_nobody_can_be_asked_for_more_half_days_than_a_week_has(client, xijing, clerk):
    place = make_place(xijing)
    with pytest.raises(RegisterRefused, match="每周最多 14 次"):
        change_place(place, version=1, by=clerk, at=NOW, patrol_per_week=15)
    with pytest.raises(RegisterRefused, match="夜间的检查每周最多 7 次"):
        change_place(place, version=1, by=clerk, at=NOW, patrol_per_week=8, check_time="night")
    change_place(place, version=1, by=clerk, at=NOW, patrol_per_week=14)
    with pytest.raises(RegisterRefused, match="最多 7 次"):
        change_place(place, version=2, by=clerk, at=NOW, check_time="day")
    assert KeySite.objects.get().check_time == "any"
    client.force_login(clerk)
    form = {"name": place.name, "category": "重点点位", "status": "日常监测", "patrol_per_week": 9, "check_time": "day",
            "lon": place.lon, "lat": place.lat, "version": 2}  # fmt: skip
    refused = client.post(f"/grid/places/{place.code}/edit/", form)
    assert refused.status_code == 422 and "白天的检查每周最多 7 次" in refused.content.decode()
    assert client.post(f"/grid/places/{place.code}/edit/", {**form, "patrol_per_week": 7}).status_code == 302
    assert "每周 7 次，白天" in client.get(f"/grid/places/{place.code}/").content.decode()


# --- half days -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clock", "part", "day"),
    [
        ("2016-12-21 06:00", "day", 21), ("2016-12-21 17:59", "day", 21), ("2016-12-21 18:00", "night", 21),
        ("2016-12-21 23:59", "night", 21), ("2016-12-22 02:00", "night", 21), ("2016-12-22 05:59", "night", 21),
    ],
)  # fmt: skip
def test_a_night_belongs_to_the_date_on_which_it_begins(clock, part, day):
    rule = CheckRule()
    assert part_of(moment(clock), rule) == part
    assert day_of(moment(clock), rule) == datetime.date(2016, 12, day)


def test_administrators_edit_the_hours_and_checks_keep_theirs(client, xijing, admin, community_worker, dispatcher):
    place = make_place(xijing)
    early = check(place, community_worker, at=moment("2016-12-21 07:00"))
    client.force_login(dispatcher)
    assert client.get("/admin/grid/checkrule/").status_code in (302, 403)
    client.force_login(admin)
    row = {"day_begins": "08:00", "night_begins": "18:00", "far_m": 100, "latest_days": 3}
    assert client.post("/admin/grid/checkrule/add/", row).status_code == 302
    assert client.post("/admin/grid/checkrule/add/", row).status_code == 403
    wrong = client.post(f"/admin/grid/checkrule/{CheckRule.objects.get().pk}/change/", {**row, "day_begins": "19:00"})
    assert "白天开始的时间应早于夜间" in wrong.content.decode()
    assert AuditEntry.objects.filter(action="check_rule_changed").count() == 1
    early.refresh_from_db()
    assert (early.part, early.day) == ("day", datetime.date(2016, 12, 21))
    later = check(place, community_worker, at=moment("2016-12-22 07:00"))
    assert (later.part, later.day) == ("night", datetime.date(2016, 12, 21))
    assert rule_in_force().far_m == 100


def test_a_check_counts_once_a_half_day(xijing, community_worker):
    place = make_place(xijing, per_week=3)
    for clock in ("2016-12-19 09:00", "2016-12-19 11:00", "2016-12-19 20:00", "2016-12-20 01:00"):
        check(place, community_worker, at=moment(clock))
    assert tally(place) == (3, 2, 0)


def test_two_workers_in_the_same_half_day_are_one_check_of_the_plan(xijing, community_worker):
    place, colleague = make_place(xijing, per_week=3), make_user("colleague", "worker", department=xijing.department)
    check(place, community_worker, at=moment("2016-12-19 09:00"))
    check(place, colleague, at=moment("2016-12-19 09:01"))
    assert SiteCheck.objects.count() == 2 and tally(place) == (3, 1, 0)


def test_a_night_place_is_not_served_by_day(xijing, community_worker):
    place = make_place(xijing, per_week=2, check_time="night")
    check(place, community_worker, at=moment("2016-12-19 10:00"))
    assert tally(place) == (2, 0, 0)
    check(place, community_worker, at=moment("2016-12-19 19:00"))
    assert tally(place) == (2, 1, 0)


def test_more_than_was_asked_for_counts_as_what_was_asked_for(xijing, community_worker):
    diligent, idle = make_place(xijing, per_week=1), make_place(xijing, per_week=3)
    for day in (12, 13, 14):
        check(diligent, community_worker, at=moment(f"2016-12-{day} 09:00"))
    weeks = weeks_of([LAST_WEEK], today=TODAY)[LAST_WEEK]
    assert weeks[diligent.pk].tally == Tally(1, 1, 0) and weeks[idle.pk].tally == Tally(3, 0, 3)
    whole = weeks[diligent.pk].tally + weeks[idle.pk].tally
    assert (patrol_rate(whole), whole.left) == ("25.0", 0)


def test_a_week_is_missed_when_it_is_over_and_not_before(xijing):
    place = make_place(xijing)
    assert tally(place, today=datetime.date(2016, 12, 25)) == (3, 0, 0)
    assert tally(place, today=datetime.date(2016, 12, 26)) == (3, 0, 3)


def test_weeks_are_those_whose_sunday_lies_in_a_span(xijing, community_worker):
    assert mondays(datetime.date(2016, 12, 1), datetime.date(2016, 12, 31)) == [
        datetime.date(2016, 11, 28), datetime.date(2016, 12, 5), LAST_WEEK, MONDAY,
    ]  # fmt: skip
    place = make_place(xijing, per_week=2)
    check(place, community_worker, at=moment("2016-12-13 09:00"))
    both = over_weeks(weeks_of([LAST_WEEK, MONDAY - datetime.timedelta(days=14)], today=TODAY))
    assert both[place.pk].tally == Tally(4, 1, 3)


def test_weeks_cost_two_queries_for_any_number_of_places(xijing, community_worker):
    def cost():
        with CaptureQueriesContext(connection, ) as seen:
            weeks_of([LAST_WEEK, MONDAY], today=TODAY)
        return len(seen)

    check(make_place(xijing), community_worker)
    few = cost()
    for _ in range(6):
        check(make_place(xijing), community_worker)
    assert few == cost() == 2


# --- checks ----------------------------------------------------------------------------------------------------------


def test_a_check_that_is_far_away_or_nowhere_is_believed_and_marked(xijing, community_worker):
    place = make_place(xijing)
    here = check(place, community_worker)
    assert (here.distance_m, here.is_far) == (0, False)
    there = check(place, community_worker, position=(place.lon, place.lat + 0.005))
    assert there.is_far and 540 < there.distance_m < 570
    nowhere = check(place, community_worker, position=None)
    assert (nowhere.lon, nowhere.distance_m, nowhere.is_far) == (None, None, False)


def test_the_distance_to_a_road_is_to_its_line(xijing):
    lon, lat = centre_of(xijing)
    line = shapely.to_wkb(shapely.LineString([(lon, lat - 0.005), (lon, lat + 0.005)]))
    road = make_place(xijing, line=line)
    assert metres_to(road, lon, lat + 0.004) == 0
    assert 84 < metres_to(road, lon + 0.001, lat) < 87


def test_a_late_check_keeps_its_time_and_counts_for_its_week(xijing, community_worker):
    place = make_place(xijing)
    made = moment("2016-12-18 16:00")
    late = check(place, community_worker, checked_at=made)
    assert (late.checked_at, late.received_at, late.is_late) == (made, NOW, True)
    assert tally(place, LAST_WEEK) == (3, 1, 2) and tally(place) == (3, 0, 0)
    ahead = check(place, community_worker, checked_at=NOW + datetime.timedelta(hours=3))
    assert ahead.checked_at == NOW and not ahead.is_late


def test_what_comes_after_all_days_of_grace_is_refused_with_its_time(xijing, community_worker):
    place = make_place(xijing)
    with pytest.raises(RegisterRefused, match="2016-12-14 14:19 的检查已过 7 天"):
        check(place, community_worker, checked_at=moment("2016-12-14 14:19"))
    check(place, community_worker, checked_at=moment("2016-12-14 14:20"))
    assert SiteCheck.objects.count() == 1


def test_only_the_own_communitys_worker_checks(xijing, community_worker, other_community_worker, inspector):
    place = make_place(xijing)
    for stranger in (other_community_worker, inspector):
        with pytest.raises(NotYours, match="不归你检查"):
            check(place, stranger)
    assert check(place, community_worker).by == community_worker


def test_a_photo_is_asked_for(xijing, community_worker):
    with pytest.raises(RegisterRefused, match="至少拍一张"):
        check(make_place(xijing), community_worker, photos=[])
    assert not SiteCheck.objects.exists()


def test_a_key_makes_one_check_and_belongs_to_one_person(xijing, community_worker, other_community_worker):
    place = make_place(xijing)
    made = check(place, community_worker, key="a" * 32)
    assert known_check("a" * 32, by=community_worker) == made and known_check("b" * 32, by=community_worker) is None
    with pytest.raises(RegisterRefused, match="另一个账号"):
        known_check("a" * 32, by=other_community_worker)
    with pytest.raises(IntegrityError), transaction.atomic():
        check(place, community_worker, key="a" * 32)


def test_the_database_holds_what_a_check_is(xijing, community_worker):
    place = make_place(xijing)
    sound = {
        "site": place, "by": community_worker, "checked_at": NOW, "received_at": NOW, "day": TODAY, "part": "day",
        "verdict": "normal",
    }  # fmt: skip
    for serial, wrong in enumerate((
        {"verdict": "fine"}, {"part": "noon"}, {"lon": 116.1, "lat": 39.9}, {"is_far": True},
        {"checked_at": NOW + datetime.timedelta(seconds=1)},
    )):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            SiteCheck.objects.create(key=f"{serial:032x}", **sound | wrong)
    SiteCheck.objects.create(key="c" * 32, **sound)


def test_the_place_tells_its_checks_to_those_who_may_know(xijing, community_worker, other_community_worker, inspector):
    place = make_place(xijing)
    check(place, community_worker)
    record_check(
        place, key="d" * 32, verdict=Verdict.TROUBLE, photos=[make_photo()], by=community_worker, at=NOW, words="堆物"
    )
    from grid.happenings import Ground

    ground = Ground(site_id=place.pk, lon=place.lon, lat=place.lat)
    later = NOW + datetime.timedelta(minutes=1)
    states = [[one.state for one in what_happened(ground, inspector, before=later, whole=whole).happenings]
              for whole in (False, True)]  # fmt: skip
    assert states[0] == ["有问题"] and sorted(states[1]) == ["有问题", "正常"]
    assert not what_happened(ground, other_community_worker, before=later, whole=True).happenings
    assert what_happened(Ground(grid_id=place.grid_id), community_worker, before=later).happenings


# --- the newest ------------------------------------------------------------------------------------------------------


def test_the_newest_check_of_a_place_is_found_however_old_and_whether_this_half_day_has_one(xijing, community_worker):
    old, today, never = (make_place(xijing) for _ in range(3))
    check(old, community_worker, at=moment("2015-03-02 09:00"))
    check(today, community_worker, at=moment("2016-12-21 09:00"))
    newest = check(today, community_worker, at=moment("2016-12-21 19:00"))
    day = last_checks([old.pk, today.pk, never.pk], day=TODAY, part="day")
    assert set(day) == {old.pk, today.pk} and (day[old.pk].at, day[old.pk].now) == (moment("2015-03-02 09:00"), False)
    assert (day[today.pk].at, day[today.pk].now) == (newest.checked_at, True)
    assert not last_checks([today.pk], day=LAST_WEEK, part="night")[today.pk].now


def test_the_newest_checks_cost_no_more_after_twice_as_many_years(xijing, community_worker):
    if connection.vendor != "sqlite":
        pytest.skip("steps are counted by SQLite alone")
    places = [make_place(xijing) for _ in range(3)]

    def steps():
        counted = []
        connection.connection.set_progress_handler(lambda: counted.append(1) and None, 1)
        try:
            found = last_checks([place.pk for place in places], day=TODAY, part="day")
        finally:
            connection.connection.set_progress_handler(None, 1)
        assert len(found) == 3
        return len(counted)

    def grow(days):
        SiteCheck.objects.bulk_create(
            SiteCheck(
                key=f"{place.pk}-{back}", site=place, by=community_worker, checked_at=at, received_at=at,
                day=at.date(), part="day", verdict=Verdict.NORMAL,
            )
            for place in places for back in days for at in [NOW - datetime.timedelta(days=back)]
        )  # fmt: skip

    grow(range(1, 41))
    few = steps()
    grow(range(41, 81))
    assert steps() <= few + 5
