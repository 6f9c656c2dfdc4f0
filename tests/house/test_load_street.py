"""The demonstration: the year 2016 agrees with its file, the present day has everything, loading twice changes nothing."""
import ast
import csv
import shutil
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, Max
from django.test import Client

from accounts.models import AuditEntry, Department, DutyShift, RoleGrant, User
from accounts.roles import Role
from cases import intake, trail, workflow
from cases.models import Case, CaseClock, CaseEvent, CasePhoto, CaseRequest, CaseText, Category, Petitioner, Reporter
from cases.states import OPEN, Source, State
from config.demo_loading import compare, matters, people, present
from grid.addresses import place_of
from grid.coordinates import metres_between
from grid.locate import locate
from grid.models import (
    Dwelling,
    KeySite,
    Organisation,
    Photo,
    Post,
    Resident,
    SiteCategory,
    Thing,
    UnitGrid,
    check_uscc,
)
from reports import facts, figures, year
from reports.models import DistrictRanking, Honour
from reports.periods import read_period
from sheets.codes import id_check
from tests.make import BEIJING, moment

FOLDER = Path(__file__).resolve().parent.parent.parent / "config" / "demo" / "2016"
NOW = moment("2026-11-25 10:20")  # a Wednesday, inside working hours
YEAR_2016 = read_period("2016")
WATCHED = (
    AuditEntry, Case, CaseClock, CaseEvent, CasePhoto, CaseRequest, CaseText, Category, Department, DutyShift, KeySite,
    Petitioner, Photo, Reporter, RoleGrant, UnitGrid, User,
)  # fmt: skip


def load(now: datetime = NOW, folder: Path = FOLDER, **options) -> None:
    """The command, told what time it is."""
    call_command("load_street", str(folder), now=now.isoformat(), quiet=True, **options)


@pytest.fixture(scope="module")
def street(django_db_setup, django_db_blocker):
    """The loaded demonstration, once for this module: it takes half a minute. Rolled back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        load()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def loaded(street):
    """The loaded demonstration, as it was before the test, whatever the test does."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def few(loaded, monkeypatch):
    """From now on only a handful of matters is told: telling them all takes seconds."""
    slugs = {"stall-a", "stall-b", "bins", "market-north", "same-stalls"}
    monkeypatch.setattr(present, "MATTERS", tuple(one for one in matters.MATTERS if one.slug in slugs))


def size() -> dict:
    """Rows and highest key of every table that the loader writes."""
    return {model.__name__: model.objects.aggregate(Count("pk"), Max("pk")) for model in WATCHED}


def present_cases():
    """The cases of the present day."""
    return Case.objects.filter(demo_batch=present.BATCH)


# --- 2016 ------------------------------------------------------------------------------------------------------------


def test_the_209_cases_of_2016_take_their_numbers_by_source_in_order_of_receipt(loaded):
    wanted = {"DC": 81, "WG": 58, "WX": 39, "ZB": 11, "RX": 10, "XF": 10}
    for source, count in wanted.items():
        numbers = Case.objects.filter(demo_batch="2016", source=source).order_by("received_at", "idempotency_key")
        assert [case.number for case in numbers] == [f"{source}-2016-{n:03d}" for n in range(1, count + 1)]


def test_the_played_year_says_what_the_file_says(loaded):
    assert list(compare.differences(FOLDER)) == []


def test_a_case_that_says_otherwise_than_the_file_is_named(loaded):
    case = Case.objects.get(number="DC-2016-076")
    Case.objects.filter(pk=case.pk).update(rework_count=3)
    CaseClock.objects.filter(case=case, kind="handle").update(due_at=moment("2016-01-01 09:00"))
    found = list(compare.differences(FOLDER))
    assert len(found) == 3 and all(sentence.startswith("DC-2016-076") for sentence in found)


def test_a_case_of_the_file_that_was_not_loaded_is_named(loaded):
    Case.objects.filter(number="DC-2016-076").update(idempotency_key="elsewhere")
    assert any("没有载入" in sentence for sentence in compare.differences(FOLDER))


def test_each_case_of_2016_has_at_least_seven_events_and_its_chain_verifies(loaded):
    cases = Case.objects.filter(demo_batch="2016")
    assert cases.count() == 209
    assert cases.annotate(told=Count("events")).filter(told__lt=7).count() == 0
    assert list(trail.broken_chains(cases.order_by("pk"))) == []


def test_nine_of_2016_are_overdue_by_their_own_clock_as_in_the_file(loaded):
    with open(FOLDER / "cases.csv", encoding="utf-8") as file:
        late = {f"2016:{row['case_no']}" for row in csv.DictReader(file) if row["is_overdue"] == "1"}
    judged = Case.objects.filter(demo_batch="2016").prefetch_related("clocks")
    assert late == {case.idempotency_key for case in judged if compare.is_overdue(compare.final_handling(case))}


def test_only_times_that_the_file_lacks_are_marked_as_derived(loaded):
    events = CaseEvent.objects.filter(case__demo_batch="2016")
    derived = set(events.filter(derived=True).values_list("move", flat=True))
    assert derived == {"register", "acknowledge", "send_check", "reply", "call_back"}
    known = set(events.filter(derived=False).values_list("move", flat=True))
    assert known == {"report", "accept", "dispatch", "feedback", "rework", "pass_check", "close"}


def test_times_in_a_story_never_run_backwards(loaded):
    for case in Case.objects.filter(is_demo=True).prefetch_related("events"):
        times = [event.happened_at for event in case.events.all()]
        assert times == sorted(times), case.number


def test_nobody_is_told_of_2016(loaded):
    assert not CaseEvent.objects.filter(case__demo_batch="2016", announced_at__isnull=True).exists()


def test_every_reporter_and_unit_of_2016_that_could_be_reached_has_an_answer(loaded):
    reporters = Reporter.objects.filter(case__demo_batch="2016", reply_owed=True)
    assert reporters.count() == 81 + 11 + 39 + 10
    assert not reporters.filter(replied_at__isnull=True).exists()
    assert not Petitioner.objects.filter(case__demo_batch="2016", replied_at__isnull=True).exists()


def test_the_photo_count_of_the_file_is_kept_and_no_picture_is_made_up(loaded):
    assert Photo.objects.count() == 10
    assert set(Photo.objects.values_list("is_demo", "state")) == {(True, "ready")}
    cases = Case.objects.filter(demo_batch="2016")
    assert sum(cases.values_list("photo_count", flat=True)) == 454
    assert set(CasePhoto.objects.values_list("note", flat=True)) == {"演示照片"}


def test_each_case_lies_in_the_grid_that_its_position_says(loaded):
    for case in Case.objects.filter(is_demo=True):
        assert locate(case.lon, case.lat).grid_id == case.grid_id, case.number


# --- people ----------------------------------------------------------------------------------------------------------


def test_the_thirteen_logins_let_in_with_the_one_password(loaded):
    assert {login.role for login in people.LOGINS} == set(Role)
    for login in people.LOGINS:
        client = Client()
        answer = client.post("/login/", {"username": login.username, "password": "demo-2016"})
        assert answer.status_code == 302, login.username
        assert User.objects.get(username=login.username).roles == {login.role}
    assert Client().post("/login/", {"username": "handler", "password": "demo-2017"}).status_code != 302


def test_every_department_has_a_head_who_is_a_person_in_it(loaded):
    assert Department.objects.count() == 33 + 20
    for department in Department.objects.select_related("head"):
        assert department.head.is_active and department.head.department_id == department.pk
        assert not department.head.has_usable_password()


def test_the_hands_of_2016_can_do_nothing_today(loaded):
    hands = User.objects.filter(username__startswith="2016-")
    assert hands.count() == 78 + 5
    assert not hands.filter(is_active=True).exists()
    case = present_cases().filter(state=State.DISPATCHED, lead__code="D01").first()
    gone = hands.filter(department__code="D01").first()
    with pytest.raises(workflow.MoveForbidden):
        workflow.make("acknowledge", case, by=gone, at=NOW)
    workflow.make("acknowledge", case, by=User.objects.get(username="handler"), at=NOW)


def test_one_name_in_two_departments_is_two_people(loaded):
    namesakes = User.objects.filter(real_name="田衍")
    assert namesakes.values("department").distinct().count() == namesakes.count() == 2


def test_a_petition_of_2016_is_checked_by_a_petition_officer_of_another_department(loaded):
    passed = CaseEvent.objects.filter(case__demo_batch="2016", case__source=Source.PETITION, move="pass_check")
    assert passed.count() == 10
    for event in passed.select_related("by", "case"):
        assert event.by.department_id != event.case.lead_id
        assert event.by.grants.filter(role=Role.PETITION).exists()


def test_the_rota_names_an_officer_day_and_night_for_a_week_ahead(loaded):
    from accounts.duty import duty_officer

    for hours in range(0, 7 * 24, 6):
        assert duty_officer(NOW + timedelta(hours=hours)) is not None


# --- the catalogue ---------------------------------------------------------------------------------------------------


def test_the_classes_of_the_file_and_one_for_the_phones_other(loaded):
    assert Category.objects.count() == len(list(csv.DictReader(open(FOLDER / "categories.csv", encoding="utf-8")))) + 1
    picks = Category.objects.filter(pick_order__isnull=False).order_by("pick_order")
    assert [pick.pick_label for pick in picks] == [
        "占道经营", "垃圾暴露", "私搭乱建", "烧煤冒烟", "管线漏水", "乱停乱放", "施工扬尘", "其他"
    ]  # fmt: skip
    assert Category.objects.get(pick_label="烧煤冒烟").code == "0190"


def test_a_class_goes_to_the_department_that_led_most_of_its_cases(loaded):
    assert Category.objects.get(kind="event", code="0501").default_department.code == "D01"
    assert Category.objects.get(kind="component", code="0102").default_department.code == "X08"


def test_matters_of_conduct_need_no_picture_and_visible_ones_do(loaded):
    assert not Category.objects.get(kind="event", code="0605").evidence_required
    assert Category.objects.get(kind="event", code="0102").evidence_required


# --- the present day -------------------------------------------------------------------------------------------------


def assert_the_day_has_everything(now: datetime) -> None:
    """What workflow.md §5 asks of the present-day cases."""
    cases = present_cases()
    assert set(cases.values_list("state", flat=True)) == set(State.values)
    assert cases.overdue(at=now).count() == 2
    assert cases.due_within(timedelta(hours=24), at=now).filter(due_clock="handle").count() >= 4
    for username in ("worker", "handler", "handler2"):
        assert cases.awaiting(User.objects.get(username=username)).count() >= 5, username
    pending = set(CaseRequest.objects.filter(granted__isnull=True).values_list("kind", flat=True))
    assert pending == {"extension", "suspension"}
    assert cases.filter(return_count=2, state=State.RETURNED).exists()
    assert cases.filter(state=State.CHECKED, reporters__reply_owed=True, reporters__replied_at__isnull=True).exists()
    assert cases.filter(source=Source.PETITION).count() >= 3
    assert cases.filter(tags__word="蓝天行动").exists() and cases.filter(supervise_level__gt=0).exists()
    assert cases.filter(hotline__kind__code="12345").exists()
    assert not CaseEvent.objects.filter(case__in=cases, happened_at__gt=now).exists()


def test_the_present_day_has_every_state_and_all_that_a_newcomer_should_see(loaded):
    assert_the_day_has_everything(NOW)


@pytest.mark.parametrize(
    "now", ["2026-11-28 23:10", "2026-02-18 12:00", "2026-11-27 17:29"],
    ids=["saturday-night", "spring-festival", "friday-closing"],
)  # fmt: skip
def test_the_day_is_complete_at_whatever_hour_it_is_loaded(loaded, now):
    present_cases().update(demo_batch="earlier", is_demo=False)
    CaseRequest.objects.update(granted=False)
    present.tell_present(FOLDER, now=moment(now))
    assert_the_day_has_everything(moment(now))


def test_two_reports_of_one_thing_lie_close_together(loaded):
    one, other = present_cases().filter(title__startswith="西井大街南口")
    assert metres_between(one.lon, one.lat, other.lon, other.lat) < 100
    assert {one.state, other.state} == {State.REPORTED}


def test_petitioners_of_the_present_day_are_named_in_no_text(loaded):
    names = [row.name for row in Petitioner.objects.filter(case__demo_batch=present.BATCH)]
    assert sorted(names) == sorted(m.person[0] for m in matters.MATTERS if m.source == Source.PETITION)
    said = " ".join(
        str(value)
        for rows in (
            Case.objects.filter(source=Source.PETITION).values_list("title", "description", "address", "result"),
            CaseEvent.objects.filter(case__source=Source.PETITION).values_list("words", "facts", "by_name"),
            CaseText.objects.filter(case__source=Source.PETITION).values_list("head", "body", "turn"),
        )
        for row in rows
        for value in row
    )
    assert "信访人" in said
    assert not [name for name in names if name in said]


def test_a_few_events_of_the_present_day_still_wait_to_be_told(loaded):
    waiting = CaseEvent.objects.filter(announced_at__isnull=True)
    assert 5 <= waiting.count() <= 25
    assert not waiting.exclude(case__state__in=sorted(OPEN)).exists()


# --- again -----------------------------------------------------------------------------------------------------------


def test_the_registers_are_filled_with_marked_invented_rows(loaded):
    counts = {model: model.objects.filter(is_demo=True).count() for model in (Thing, Dwelling, Resident)}
    assert counts == {Thing: 3000, Dwelling: 5000, Resident: 12000}
    assert not any(model.objects.filter(is_demo=False).exists() for model in counts)
    plated = Thing.objects.filter(thing_class__standard="2026")
    assert plated.count() == 300 and not plated.filter(thing_class__older=None).exists()
    assert all("推定" in basis for basis in plated.values_list("thing_class__basis", flat=True).distinct())
    numbers = [resident.id_number for resident in Resident.objects.order_by("pk")[:200]]
    assert all(number.startswith("110199") and id_check(number) == number[17] for number in numbers)
    assert all(resident.phone.startswith("1380000") for resident in Resident.objects.order_by("pk")[:50])
    elsewhere = [row for model in (Dwelling, Thing) for row in model.objects.only("lon", "lat", "grid")
                 if locate(row.lon, row.lat).grid_id != row.grid_id]  # fmt: skip
    assert len(elsewhere) == 4 and all(isinstance(row, Thing) for row in elsewhere)  # for the cross-checks to find
    for shop in Organisation.objects.filter(kind="shop").exclude(uscc=None)[:20]:
        check_uscc(shop.uscc)
    grid = UnitGrid.objects.order_by("code").first()
    holders = [post.holder for post in Post.objects.on(grid, column="unit_grid").order_by("since")]
    assert len(holders) == 2 and holders[0] != holders[1]


def test_every_kind_of_place_is_there_and_only_the_sixty_are_watched(loaded):
    kinds = Counter(KeySite.objects.values_list("category", flat=True))
    assert set(kinds) == set(SiteCategory.values)
    assert KeySite.objects.patrolled().count() == 60
    others = KeySite.objects.filter(patrol_per_week=0).order_by("code")
    assert others.count() == 12 and all("虚构" in one.name and one.note == "演示数据" for one in others)
    assert all(locate(one.lon, one.lat).grid_id == one.grid_id for one in others)
    assert place_of(f"{others[0].community.short_name}平房大院东侧").site_id != others[0].pk  # no case's address means it
    assert [one.posts.count() for one in others] == [1, 1, 0] * 4


def test_loading_twice_changes_nothing(loaded):
    before = size()
    load()
    assert size() == before
    load(NOW + timedelta(days=2, hours=23))
    after = size()
    assert {name for name in before if before[name] != after[name]} == {"DutyShift"}  # the rota goes on


def test_after_three_days_what_nobody_touched_is_renewed_and_what_somebody_did_stays(loaded):
    touched = present_cases().get(title="铁疗宿舍垃圾桶满溢")
    workflow.make("acknowledge", touched, by=User.objects.get(username="handler2"), at=NOW + timedelta(minutes=5))
    old, of_2016 = set(present_cases().values_list("number", flat=True)), Case.objects.filter(demo_batch="2016").count()
    later = NOW + timedelta(days=4)
    load(later)
    numbers = set(present_cases().values_list("number", flat=True))
    assert numbers & old == {touched.number}
    assert len(numbers) == len(old)
    touched.refresh_from_db()
    assert touched.state == State.IN_PROGRESS and trail.first_break(touched) == ""
    assert Case.objects.filter(demo_batch="2016").count() == of_2016
    assert present_cases().overdue(at=later).exclude(pk=touched.pk).count() == 2
    assert not CaseText.objects.exclude(case__in=Case.objects.all()).exists()


def test_what_somebody_touched_stays_when_the_day_is_renewed_a_second_time(few):
    touched = present_cases().get(title="铁疗宿舍垃圾桶满溢")
    workflow.make("acknowledge", touched, by=User.objects.get(username="handler2"), at=NOW + timedelta(minutes=5))
    load(NOW + timedelta(days=4))
    load(NOW + timedelta(days=8))
    assert present_cases().filter(pk=touched.pk).exists()
    assert present_cases().filter(title=touched.title).count() == 1


def test_what_the_system_notes_by_itself_is_no_touch(few):
    noted = present_cases().get(title="铁疗宿舍垃圾桶满溢")
    workflow.make("note", noted, by=None, at=NOW + timedelta(minutes=5), words="系统提示疑似重复")
    load(NOW + timedelta(days=4))
    assert not Case.objects.filter(pk=noted.pk).exists()


def test_a_case_of_the_street_itself_is_never_retired(few):
    dispatcher = User.objects.get(username="dispatcher")
    own = intake.open_case(
        source=Source.SNAP, title="自己登记的", by=dispatcher, at=NOW, detail={}, idempotency_key="present:mine"
    )
    load(NOW + timedelta(days=9))
    assert Case.objects.filter(pk=own.pk).exists()


def test_a_case_that_somebodys_own_case_hangs_on_stays(few):
    demo = present_cases().get(title="铁疗宿舍垃圾桶满溢")
    own = intake.open_part(demo, title="拆出的一项", by=User.objects.get(username="dispatcher"), at=NOW)
    Case.objects.filter(pk=own.pk).update(is_demo=False)
    load(NOW + timedelta(days=4))
    demo.refresh_from_db()
    assert demo.event_count > 1 and trail.first_break(demo) == ""
    assert present_cases().filter(title=demo.title).count() == 1


# --- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_demonstration_is_loaded_in_the_demonstration_only(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="只能载入演示系统"):
        load()
    assert not User.objects.exists()


@pytest.mark.django_db
def test_a_folder_without_its_files_is_refused_by_name(tmp_path):
    shutil.copytree(FOLDER, tmp_path / "street")
    (tmp_path / "street" / "cases.csv").unlink()
    with pytest.raises(CommandError, match=r"缺少 cases\.csv"):
        load(folder=tmp_path / "street")
    assert not User.objects.exists()


def test_a_moment_that_is_none_is_refused():
    with pytest.raises(CommandError, match="不是时间"):
        call_command("load_street", str(FOLDER), now="昨天")


@pytest.mark.django_db
def test_without_the_workflow_no_case_is_loaded(monkeypatch):
    def broken(*args, **kwargs):
        raise workflow.MoveRefused("不办")

    monkeypatch.setattr(workflow, "make", broken)
    with pytest.raises(workflow.MoveRefused):
        load()
    assert not Case.objects.exists() and not CaseEvent.objects.exists()


def test_the_loader_writes_no_event_and_no_case_itself():
    written = set()
    for path in sorted((FOLDER.parent.parent / "demo_loading").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                if called in ("Case", "CaseEvent", "CaseClock") or called.startswith(
                    tuple(f"{name}.objects.{way}" for name in ("Case", "CaseEvent", "CaseClock")
                          for way in ("create", "bulk_create", "get_or_create", "update"))
                ):  # fmt: skip
                    written.add(f"{path.name}: {called}")
    assert written == set()


def test_the_test_moment_is_a_working_day():
    assert NOW.tzinfo == BEIJING and NOW.weekday() == 2


# --- the figures of the year, out of the facts -------------------------------------------------------------------------


def test_the_year_adds_up_to_its_report_row_by_row(loaded):
    lines = year.lines_of(YEAR_2016)
    assert all(line.reported for line in lines) and len(lines) == 33
    assert {line.figure.key for line in lines if line.difference} == set()
    compared = [line for line in lines if line.difference is not None]
    told = {line.figure.key: line.shown for line in lines if line.difference is None}
    assert len(compared) == 23 and told == {
        "signed_stations": "14", "days": "358 天（首尾相差）、359 天（首尾都算）", "first_demolished": "7,986.5",
        "first_land": "8,046", "last_demolished": "2,634.8", "garbage": "712.5", "stoves": "263", "briquettes": "2,960",
        "quarter_rankings": "Q2 第 1 名", "month_rankings": "12 个月：稳定前四名",
    }  # fmt: skip


def test_the_209_matters_of_2016_by_source(loaded):
    assert figures.value("accepted", period=YEAR_2016, today=NOW.date()).number == 209
    found = figures.table(["accepted"], dimension="source", period=YEAR_2016, today=NOW.date())
    assert {key: row["accepted"].number for key, row in found.items()} == {
        "DC": 81, "XF": 10, "RX": 10, "ZB": 11, "WX": 39, "WG": 58
    }  # fmt: skip
    months = [figures.value("accepted", period=month, today=NOW.date()).number for month in YEAR_2016.months()]
    assert sum(months) == 209 and all(months)


def test_what_2016_has_no_time_for_is_a_dash(loaded):
    shown = {key: figures.value(key, period=YEAR_2016, today=NOW.date()).shown for key in figures.FIGURES}
    assert shown["registration_on_time"] == shown["closing_on_time"] == shown["response_rate"] == "–"
    assert shown["closing_rate"] == "100.0" and shown["closed"] == "209"
    overdue = figures.value("handle_due", period=YEAR_2016, today=NOW.date()).number
    in_time = figures.value("handling_on_time", period=YEAR_2016, today=NOW.date())
    assert in_time.bottom == overdue and in_time.bottom - in_time.top == 9  # nine are late by the file


def test_the_second_quarter_was_first_and_the_months_say_what_the_report_says(loaded):
    assert DistrictRanking.objects.get(rank=1).period == "2016Q2"
    assert set(DistrictRanking.objects.exclude(rank=1).values_list("words", flat=True)) == {"稳定前四名"}
    assert Honour.objects.count() == 6 and not Honour.objects.filter(is_demo=False)


def test_facts_hold_when_the_present_day_is_renewed(few):
    assert facts.fingerprint() == facts.rebuild(at=NOW)
    load(NOW + timedelta(days=4))
    rolled = facts.fingerprint()
    assert facts.rebuild(at=NOW) == rolled
