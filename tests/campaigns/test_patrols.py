"""The patrol log: counters that add up once each, never below zero, frozen when handed in, put right with a reason."""
import itertools
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from campaigns.errors import AnswersRefused, StepRefused
from campaigns.models import COUNTERS, PatrolCount, PatrolFinding, PatrolLog, PatrolPhoto
from campaigns.patrols import (
    Found,
    Outing,
    add_photo,
    close_patrol,
    correct_patrol,
    count_patrol,
    date_of,
    open_patrol,
    shift_at,
    take_finding,
)
from campaigns.patrols_roster import assign_leader
from cases import errors as case_errors
from cases.models import Case
from cases.states import State
from grid.models import Photo
from tests.browser.stories import picture
from tests.campaigns.test_patrols_roster import alert
from tests.cases.test_concurrency import at_once
from tests.field.conftest import private_files  # noqa: F401
from tests.make import NOW, make_user, moment, put

pytestmark = pytest.mark.django_db
TODAY = date(2016, 12, 21)
KEYS = (f"{number:032x}" for number in itertools.count(1))


def outing(by, *, day=TODAY, shift="day"):
    """The own team's shift."""
    return Outing(day, shift, by.department)


def count(by, key="", *, at=NOW, day=TODAY, shift="day", **added):
    """Press plus and minus."""
    return count_patrol(outing(by, day=day, shift=shift), key=key or next(KEYS), added=added, by=by, at=at)


def close(by, key="", *, at=NOW, day=TODAY, shift="day"):
    """Hand the log in."""
    return close_patrol(outing(by, day=day, shift=shift), key=key or next(KEYS), area="西井大街", note="", by=by, at=at)


def shot(colour="grey"):
    """A picture."""
    return SimpleUploadedFile("a.jpg", picture(colour), "image/jpeg")


def added_up(log):
    """What the counters must be: every count and every correction."""
    sums = dict.fromkeys(COUNTERS, 0)
    for row in log.counts.all():
        for name, by in row.added.items():
            sums[name] += by
    for row in log.corrections.all():
        sums[row.counter] += row.becomes - row.was
    return sums


# --- shifts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clock", "shift", "day"),
    [
        ("2016-12-21 08:00", "day", 21), ("2016-12-21 17:59", "day", 21), ("2016-12-21 18:00", "night", 21),
        ("2016-12-21 23:59", "night", 21), ("2016-12-22 02:00", "night", 21), ("2016-12-22 07:59", "night", 21),
    ],
)  # fmt: skip
def test_a_night_belongs_to_the_date_on_which_it_begins(clock, shift, day):
    assert shift_at(moment(clock)) == shift and date_of(shift, moment(clock)) == date(2016, 12, day)


# --- counting --------------------------------------------------------------------------------------------------------


def test_the_first_press_opens_the_log_with_leader_and_level_of_that_moment(community_worker, inspector):
    alert(inspector, level="red", start="2016-12-16 20:00", end="2016-12-22 00:00")
    assign_leader(day=TODAY, shift="day", leader_name="陈国强", instead_of="", by=inspector, at=NOW)
    log = count(community_worker, persons=1).log
    assert (log.number, log.leader_name, log.alert_level) == ("XC20161221A-110107005008", "陈国强", "red")
    assert log.team == community_worker.department and log.persons == 1 and log.is_open
    assert list(log.departments.all()) == [community_worker.department]


def test_presses_add_up_and_take_away(community_worker):
    for by in (1, 1, 14, -2):
        count(community_worker, persons=by)
    log = count(community_worker, vehicles=3, stoves_seized=1).log
    assert (log.persons, log.vehicles, log.stoves_seized) == (14, 3, 1) and log.counters() == added_up(log)
    assert PatrolLog.objects.count() == 1


def test_a_counter_never_falls_below_zero_and_the_sum_of_its_counts_neither(community_worker):
    count(community_worker, stoves_seized=2)
    log = count(community_worker, stoves_seized=-5, persons=1).log
    assert (log.stoves_seized, log.persons) == (0, 1) and log.counters() == added_up(log)
    assert count(community_worker, stoves_seized=1).log.stoves_seized == 1


def test_a_second_delivery_of_a_press_changes_nothing(community_worker):
    key = next(KEYS)
    first, second = count(community_worker, key, persons=3), count(community_worker, key, persons=3)
    assert first == second and PatrolLog.objects.get().persons == 3


def test_another_person_cannot_use_the_key(community_worker):
    key = next(KEYS)
    count(community_worker, key, persons=3)
    colleague = make_user("colleague", "worker", department=community_worker.department)
    with pytest.raises(AnswersRefused, match="另一个账号"):
        count(colleague, key, persons=3)


def test_two_phones_of_one_team_add_up_and_another_team_has_its_own_log(community_worker, other_community_worker):
    colleague = make_user("colleague", "worker", department=community_worker.department)
    count(community_worker, persons=3)
    count(colleague, persons=2)
    count(other_community_worker, persons=7)
    assert list(PatrolLog.objects.order_by("pk").values_list("persons", flat=True)) == [5, 7]


@pytest.mark.parametrize(("added", "sentence"), [({"persons": 0}, "没有变化"), ({"persons": 100_000}, "最多增减")])
def test_counts_that_say_nothing_or_too_much_are_refused(community_worker, added, sentence):
    with pytest.raises(AnswersRefused, match=sentence):
        count(community_worker, **added)
    assert not PatrolLog.objects.exists()


def test_a_sum_beyond_the_largest_is_refused_whole(community_worker):
    count(community_worker, persons=99_999)
    with pytest.raises(AnswersRefused, match="最多 99,999"):
        count(community_worker, persons=1, vehicles=1)
    log = PatrolLog.objects.get()
    assert (log.persons, log.vehicles, log.counts.count()) == (99_999, 0, 1)


@pytest.mark.parametrize(("day", "sentence"), [(22, "还没有到"), (13, "已过 7 天")])
def test_a_day_to_come_or_long_past_is_refused(community_worker, day, sentence):
    with pytest.raises(AnswersRefused, match=sentence):
        count(community_worker, day=date(2016, 12, day), persons=1)
    assert count(community_worker, day=date(2016, 12, 14), persons=1).log.date == date(2016, 12, 14)


def test_what_was_counted_without_network_keeps_its_moment(community_worker, inspector):
    alert(inspector, level="orange", start="2016-12-21 00:00", end="2016-12-21 12:00")
    row = count_patrol(
        outing(community_worker), key=next(KEYS), added={"persons": 1}, by=community_worker, at=NOW,
        began_at=moment("2016-12-21 09:10"),
    )  # fmt: skip
    assert row.log.started_at == moment("2016-12-21 09:10") and row.log.alert_level == "orange"


@pytest.mark.django_db(transaction=True)
def test_twenty_presses_at_once_each_count_and_ten_deliveries_of_one_count_once(community_worker):
    at_once(lambda n: count(community_worker, f"{n:040d}", persons=1), 20)
    assert PatrolLog.objects.get().persons == 20
    results = at_once(lambda _: count(community_worker, "f" * 32, vehicles=2), 10)
    assert len({row.pk for row in results}) == 1
    log = PatrolLog.objects.get()
    assert log.vehicles == 2 and log.counters() == added_up(log)


@pytest.mark.django_db(transaction=True)
def test_of_ten_who_take_the_last_one_away_it_never_falls_below_zero(community_worker):
    count(community_worker, stoves_seized=3)
    at_once(lambda n: count(community_worker, f"{n:040d}", stoves_seized=-1), 10)
    log = PatrolLog.objects.get()
    assert log.stoves_seized == 0 and log.counters() == added_up(log)


# --- handing in ------------------------------------------------------------------------------------------------------


def test_a_log_that_was_handed_in_is_frozen_and_says_what_was_not_counted(community_worker):
    count(community_worker, persons=14)
    log = close(community_worker)
    assert not log.is_open and log.area == "西井大街" and log.ended_by == community_worker
    with pytest.raises(StepRefused, match="已由community_worker甲上报，数字不能再改。没有记上：出动人次 \\+2"):
        count(community_worker, persons=2)
    log.refresh_from_db()
    assert log.persons == 14 and log.counts.count() == 1


def test_handing_in_twice_by_one_key_is_once_and_by_another_is_refused(community_worker):
    count(community_worker, persons=14)
    key = next(KEYS)
    assert close(community_worker, key).ended_at == close(community_worker, key, at=NOW + timedelta(hours=1)).ended_at
    with pytest.raises(StepRefused, match="不用再报"):
        close(community_worker)


@pytest.mark.parametrize("before", [{}, {"vehicles": 2}])
def test_a_patrol_without_anybody_is_not_handed_in(community_worker, before):
    if before:
        count(community_worker, **before)
    with pytest.raises(AnswersRefused, match="还没有记出动人次"):
        close(community_worker)


def test_a_leader_rostered_after_the_beginning_is_taken_over_at_the_end(community_worker, inspector):
    count(community_worker, persons=1)
    assign_leader(day=TODAY, shift="day", leader_name="陈国强", instead_of="", by=inspector, at=NOW)
    assert close(community_worker).leader_name == "陈国强"


@pytest.mark.django_db(transaction=True)
def test_counting_and_handing_in_at_once_lose_nothing_that_was_acknowledged(community_worker):
    count(community_worker, persons=1)

    def act(number):
        try:
            return close(community_worker, f"{number:040d}") if number == 5 else count(
                community_worker, f"{number:040d}", persons=1
            )
        except StepRefused as refusal:
            return refusal

    results = at_once(act, 12)
    log = PatrolLog.objects.get()
    assert log.persons == 1 + sum(isinstance(one, PatrolCount) for one in results) and not log.is_open
    assert log.counters() == added_up(log)


# --- pictures and findings -------------------------------------------------------------------------------------------


def test_a_picture_is_kept_once_also_after_handing_in(community_worker, private_files):  # noqa: F811
    key = next(KEYS)
    for _ in range(2):
        add_photo(outing(community_worker), key=key, file=shot(), by=community_worker, at=NOW)
    assert PatrolPhoto.objects.count() == Photo.objects.count() == 1
    count(community_worker, persons=1)
    close(community_worker)
    add_photo(outing(community_worker), key=next(KEYS), file=shot("red"), by=community_worker, at=NOW)
    assert PatrolLog.objects.get().photos.count() == 2
    assert not Photo.objects.unused().exists(), "the sweeper leaves them alone"


def test_a_file_that_is_no_picture_leaves_nothing_behind(community_worker, private_files):  # noqa: F811
    bad = SimpleUploadedFile("a.jpg", b"%PDF-1.4", "image/jpeg")
    with pytest.raises(AnswersRefused, match="不是照片"):
        add_photo(outing(community_worker), key=next(KEYS), file=bad, by=community_worker, at=NOW)
    assert not PatrolLog.objects.exists() and not Photo.objects.exists()
    assert not [path for path in private_files.rglob("*") if path.is_file()]


def found(category, xijing, *, kind="handed", **over):
    """A stove behind a shop."""
    told = {"key": next(KEYS), "before": (shot(),), "words": "平房区燃煤小煤炉冒烟", "community": xijing,
            "address": "西井大街北口", **over}  # fmt: skip
    return Found(kind=kind, category=category, **told)


def test_a_finding_becomes_a_case_with_the_tag_and_is_counted(
    community_worker, category, xijing, standards, private_files  # noqa: F811
):
    told = found(category, xijing)
    first = take_finding(outing(community_worker), told, by=community_worker, at=NOW)
    assert take_finding(outing(community_worker), told, by=community_worker, at=NOW) == first
    case, log = Case.objects.get(), PatrolLog.objects.get()
    assert first.case == case and case.state == State.REPORTED and case.registrar == community_worker
    assert [tag.word for tag in case.tags.all()] == ["蓝天行动"] and case.photos.count() == 1
    assert (log.problems_found, log.fixed_on_spot) == (1, 0) and log.counters() == added_up(log)


def test_one_put_right_on_the_spot_waits_for_its_check(
    community_worker, category, xijing, standards, private_files  # noqa: F811
):
    told = found(category, xijing, kind="fixed", after=(shot("green"),), words="当场收缴小煤炉并教育商户")
    finding = take_finding(outing(community_worker), told, by=community_worker, at=NOW)
    log = PatrolLog.objects.get()
    assert finding.case.state == State.CHECKING and (log.problems_found, log.fixed_on_spot) == (1, 1)
    assert finding.case.tags.get().word == "蓝天行动"
    put(finding.case, "closed", closed_at=NOW)
    assert PatrolFinding.objects.get().case.state == State.CLOSED, "the loop is read from the case"


def test_a_finding_that_is_refused_leaves_nothing(community_worker, category, xijing, standards, private_files):  # noqa: F811
    with pytest.raises(case_errors.AnswersRefused, match="整改后照片"):
        take_finding(outing(community_worker), found(category, xijing, kind="fixed"), by=community_worker, at=NOW)
    assert not PatrolFinding.objects.exists() and not PatrolLog.objects.exists() and not Photo.objects.exists()


def test_a_finding_that_arrives_after_handing_in_is_not_lost(
    community_worker, category, xijing, standards, private_files  # noqa: F811
):
    count(community_worker, persons=1)
    close(community_worker)
    take_finding(outing(community_worker), found(category, xijing), by=community_worker, at=NOW)
    log = PatrolLog.objects.get()
    assert log.findings.count() == 1 and log.problems_found == 0, "the counters stay frozen"


# --- putting right ---------------------------------------------------------------------------------------------------


def correct(log, by, *, reason="漏记城管队两人", turn=None, **values):
    """Put right."""
    return correct_patrol(log, values=values, reason=reason, turn=log.turn if turn is None else turn, by=by, at=NOW)


def test_a_correction_needs_a_reason_is_recorded_and_audited(community_worker, inspector):
    count(community_worker, persons=14, vehicles=3)
    log = close(community_worker)
    with pytest.raises(AnswersRefused, match="至少 5 个字"):
        correct(log, inspector, reason="错了", persons=16)
    with pytest.raises(AnswersRefused, match="没有变化"):
        correct(log, inspector, persons=14)
    correct(log, inspector, persons=16, vehicles=3)
    row = log.corrections.get()
    assert str(row) == "出动人次 14 → 16" and log.persons == 16 and log.counters() == added_up(log)
    entry = AuditEntry.objects.get(action="patrol_corrected")
    assert (entry.actor, entry.reason) == (inspector, "漏记城管队两人")


def test_an_open_log_is_not_corrected_and_a_stale_page_is_refused(community_worker, inspector):
    log = count(community_worker, persons=14).log
    with pytest.raises(StepRefused, match="还在巡查"):
        correct(log, inspector, persons=16)
    log = close(community_worker)
    correct(log, inspector, persons=16)
    with pytest.raises(StepRefused, match="刚刚被别人更正"):
        correct(log, inspector, turn=log.turn - 1, persons=17)


# --- totals ----------------------------------------------------------------------------------------------------------


def test_totals_are_sums_over_outings_of_the_period(community_worker, other_community_worker):
    for day, by, persons in ((19, community_worker, 5), (20, community_worker, 7), (20, other_community_worker, 11)):
        count(by, day=date(2016, 12, day), persons=persons, vehicles=1)
    count(community_worker, day=date(2016, 12, 20), shift="night", persons=2)
    totals = PatrolLog.objects.between(date(2016, 12, 20), date(2016, 12, 20)).totals()
    assert (totals["outings"], totals["persons"], totals["vehicles"], totals["leaflets"]) == (3, 20, 2, 0)
    assert PatrolLog.objects.between(None, None).totals()["persons"] == 25
    assert PatrolLog.objects.between(date(2016, 12, 22), None).totals()["outings"] == 0
    with CaptureQueriesContext(connection, ) as asked:
        PatrolLog.objects.between(None, None).totals()
    assert len(asked) == 1


def test_opening_twice_gives_the_same_log(community_worker):
    one = open_patrol(outing(community_worker), at=NOW)
    assert open_patrol(outing(community_worker), at=NOW + timedelta(hours=1)) == one
