"""Playing a year again: a few rows of the file, each with something of its own, told by the workflow."""
import csv
import shutil
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction

from cases import trail
from cases.errors import MoveRefused
from cases.models import Assignment, Case, CaseEvent, CasePhoto, CaseTag, Petitioner, Reply
from cases.states import Source, State
from config.demo_loading import (
    agreements,
    bulletins,
    compare,
    files,
    households,
    patrols,
    people,
    pictures,
    replay,
    structures,
)
from grid import workdays
from tests.make import moment

FOLDER = Path(__file__).resolve().parent.parent.parent / "config" / "demo" / "2016"
NOTICE_WITH_REWORK, LATE, PETITION, HOTLINE, SNAP, BEYOND_STATUTE, BLUE_SKY = (
    "AJ201600013", "AJ201600063", "AJ201600009", "AJ201600014", "AJ201600003", "AJ201600079", "AJ201600208"
)  # fmt: skip
LEDGERS = (
    (agreements, "load_year"), (bulletins, "load_past"), (households, "load_households"), (patrols, "load_patrols"),
    (structures, "load_campaign"),
)  # fmt: skip
CHOSEN = (NOTICE_WITH_REWORK, LATE, PETITION, HOTLINE, SNAP, BEYOND_STATUTE, BLUE_SKY)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The folder of the demonstration with seven cases instead of 209."""
    copy = tmp_path_factory.mktemp("street") / "2016"
    shutil.copytree(FOLDER, copy)
    rows = [row for row in files.rows(FOLDER, "cases") if row["case_no"] in CHOSEN]
    write(copy, rows)
    return copy


def write(folder: Path, rows: list[dict]) -> None:
    """Write cases.csv anew."""
    with open(folder / "cases.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def load_cases(folder: Path) -> None:
    """The command with the other ledgers left out: they have tests of their own and take half a minute."""
    with pytest.MonkeyPatch.context() as patch:
        for module, step in LEDGERS:
            patch.setattr(module, step, lambda folder, *, at: "")
        call_command("load_street", str(folder), now="2026-11-25T10:20", quiet=True, no_present=True)


@pytest.fixture(scope="module")
def once(django_db_setup, django_db_blocker, folder):
    """The seven cases, loaded once for this module and rolled back at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_cases(folder)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def played(once):
    """The seven cases as they were loaded, whatever a test does to them."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def case_of(number: str) -> Case:
    """A case by its number in the file."""
    return Case.objects.get(idempotency_key=f"2016:{number}")


def story(number: str) -> list[str]:
    """The moves of a case in order."""
    return list(case_of(number).events.order_by("seq").values_list("move", flat=True))


def test_seven_rows_are_told_as_the_file_has_them(played, folder):
    assert Case.objects.count() == len(CHOSEN)
    assert list(compare.differences(folder)) == []

    assert story(SNAP) == [
        "report", "accept", "register", "dispatch", "acknowledge", "feedback", "send_check", "pass_check", "reply",
        "call_back", "close",
    ]  # fmt: skip
    assert story(NOTICE_WITH_REWORK) == [
        "report", "accept", "register", "dispatch", "acknowledge", "feedback", "send_check", "rework", "acknowledge",
        "feedback", "send_check", "pass_check", "reply", "close",
    ]  # fmt: skip

    case = case_of(NOTICE_WITH_REWORK)
    assert case.rework_count == 1 and case.photos.filter(kind="after").count() == 1
    assert case.events.get(move="rework").words == "现场复查仍有散摊，退回加强值守"
    handle = compare.final_handling(case)
    assert handle.due_at == case.required_at == moment("2016-01-27 17:30")
    assert handle.stopped_at == moment("2016-01-26 11:04") and handle.final

    late = compare.final_handling(case_of(LATE))
    assert compare.is_overdue(late) and not compare.is_overdue(handle)

    lead = Assignment.objects.get(case=case_of(SNAP), role="lead")
    assert lead.handler.real_name == "梁霁淼" and lead.handler.department.code == "X01"
    assert not lead.handler.is_active

    petition = case_of(PETITION)
    assert petition.source == Source.PETITION and petition.petition.outcome == "supported"
    assert Petitioner.objects.get(case=petition).replied_at == petition.closed_at
    assert Reply.objects.filter(case=petition, final=True, to_petitioner=True).count() == 1

    beyond = case_of(BEYOND_STATUTE)
    assert beyond.required_at and beyond.statutory_at and compare.is_overdue(compare.final_handling(beyond))

    tagged = case_of(BLUE_SKY)
    assert CaseTag.objects.filter(case=tagged, word="蓝天行动").exists()
    assert tagged.events.get(move="dispatch").facts["duty_leader"]

    assert {case.state for case in Case.objects.all()} == {State.CLOSED}
    assert list(trail.broken_chains()) == []
    assert not CasePhoto.objects.exclude(note=pictures.LABEL).exists()


def test_a_due_beyond_the_standard_is_given_by_the_chief(played):
    dispatched = CaseEvent.objects.filter(move="dispatch").select_related("by")
    chief = {event.case_id for event in dispatched if event.by.has_perm("cases.dispatch_beyond_standard")}
    assert case_of(HOTLINE).pk in chief  # twelve working days, where the standard gives five
    assert case_of(SNAP).pk not in chief


def test_derived_moments_lie_inside_working_time(played):
    for event in CaseEvent.objects.filter(derived=True).exclude(move__in=("reply", "call_back")):
        assert workdays.is_working_moment(event.happened_at), f"{event.case} {event.move} {event.happened_at}"


def test_a_row_that_the_rules_refuse_stops_the_load_and_leaves_nobody_active(db, folder, tmp_path):
    copy = tmp_path / "2016"
    shutil.copytree(folder, copy)
    rows = files.rows(copy, "cases")
    rows[-1]["co_dept_codes"] = rows[-1]["lead_dept_code"]  # the lead cannot assist itself
    write(copy, rows)
    with pytest.raises(MoveRefused, match="已是主办"):
        load_cases(copy)
    assert not Case.objects.exists()
    assert not people.User.objects.filter(username__startswith="2016-").exists()
    # Mended, the load goes on where it stopped.
    load_cases(folder)
    assert Case.objects.count() == len(CHOSEN)


@pytest.mark.parametrize(
    ("start", "end", "wanted"),
    [
        ("2016-01-06 14:31", "2016-01-07 17:21", "2016-01-06 14:51"),  # twenty minutes later
        ("2016-01-06 17:20", "2016-01-07 17:21", "2016-01-07 09:10"),  # next morning
        ("2016-01-06 11:00", "2016-01-06 11:30", "2016-01-06 11:10"),  # a third of a short gap
    ],
)
def test_a_missing_moment_lies_between_its_neighbours(db, start, end, wanted):
    assert replay.between(moment(start), moment(end)) == moment(wanted)


def test_a_gap_without_working_time_is_divided_by_the_clock(db):
    start, end = moment("2016-01-06 18:00"), moment("2016-01-06 21:00")
    assert start < replay.between(start, end) < end


@pytest.mark.parametrize(
    ("result", "satisfaction", "outcome"),
    [
        ("依法释明，不予延期", "不满意", "not_supported"),
        ("当面解释政策", "基本满意", "explained"),
        ("已拆棚9个", "满意", "supported"),
        ("列入年度改造计划", "基本满意", "partly"),
    ],
)
def test_the_conclusion_of_a_petition_is_read_from_result_and_satisfaction(result, satisfaction, outcome):
    assert replay.petition_outcome({"result": result, "satisfaction": satisfaction}) == outcome


def test_a_short_result_becomes_a_sentence_and_a_long_one_stays():
    assert replay.outcome_words("已清运") == "已清运，现场已处置完毕。"
    assert replay.outcome_words("更换光源3盏、控制器1台，当晚亮灯") == "更换光源3盏、控制器1台，当晚亮灯"
