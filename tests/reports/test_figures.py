"""Each figure against a slow, independent count on random cases, and against the rows that it opens."""
import io
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
import time_machine
from openpyxl import load_workbook

from cases.models import Case, HotlineKind
from reports import facts, figures
from reports.figures import FIGURES, Scope
from reports.models import Dimension, Measure
from reports.periods import read_period
from tests.make import make_case, moment, move
from tests.reports.test_facts import LATER, START, cast, walk  # noqa: F401
from tests.reports.walks import counted_slowly, live, scope_keys

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]
TODAY = date(2017, 3, 1)
PERIODS = ("2016-11", "2016-12", "2016Q4", "2016", "2017-01", "2016-12-05", "2016W49")

# Written down again from the guide, not read from the register: numerator and denominator of every rate.
FORMULAS = {
    "registration_rate": ("accepted_registered", "accepted"),
    "registration_on_time": ("registered_in_time", "register_judged"),
    "dispatch_accuracy": ("dispatched_right", "dispatched"), "handling_rate": ("handled_of_due", "handle_due"),
    "handling_on_time": ("handled_in_time", "handle_due"), "closing_rate": ("closed_of_due", "closing_due"),
    "closing_on_time": ("closed_in_time", "closing_judged"), "rework_rate": ("reworked", "closing_due"),
    "return_rate": ("returned", "dispatched"), "overdue_rate": ("handle_overdue", "handle_due"),
    "extension_rate": ("extended", "handle_due"), "supervision_rate": ("supervised", "registered"),
    "recurrence_rate": ("reopened", "registered"), "public_share": ("registered_public", "registered"),
    "response_rate": ("responded_in_time", "response_due"), "resolution_rate": ("solved", "called_back"),
    "satisfaction_rate": ("satisfied", "rated"),
}  # fmt: skip


OF_CASES = [key for key, one in FIGURES.items() if not one.is_of_checks]  # those of checks: test_check_facts


@pytest.fixture
def walker(cast, xijing, langshan):  # noqa: F811
    """Cases of some weeks, counted."""
    walker = live(Random(77), cast, [xijing, langshan], start=START, cases=10, steps=220)
    facts.roll_up(at=LATER)
    return walker


def slowly(key, counted):
    """A figure from the slow counts."""
    if key in FORMULAS:
        top, bottom = (counted[name] for name in FORMULAS[key])
        return Decimal(top) * 100 / bottom if bottom else None
    return counted[key]


def test_every_figure_of_every_period_is_what_the_cases_say(walker):
    cases, seen = list(Case.objects.order_by("pk")), set()
    for name in PERIODS:
        period = read_period(name)
        counted = counted_slowly(cases, period.first, period.last, TODAY)
        for key in OF_CASES:
            if key not in ("overdue_open", "mean_handling"):
                found = figures.value(key, period=period, today=TODAY).number
                assert found == slowly(key, counted), (name, key)
                seen |= set() if found is None else {key}
    assert set(OF_CASES) - seen == {"response_rate", "overdue_open", "mean_handling"}  # they have tests of their own


def test_every_figure_of_a_department_is_what_its_cases_say(walker):
    period, unit = read_period("2016Q4"), walker.cast["handler"].department_id
    counted = counted_slowly(Case.objects.order_by("pk"), period.first, period.last, TODAY, department=unit)
    scope = Scope.of(department=unit)
    for key in FORMULAS:
        if key not in ("registration_rate", "registration_on_time", "supervision_rate", "recurrence_rate", "public_share"):
            assert figures.value(key, period=period, today=TODAY, scope=scope).number == slowly(key, counted), key


def test_every_number_opens_exactly_its_rows(walker, chief):
    for dimension, key in scope_keys(walker):
        scope = Scope() if dimension == Dimension.ALL else Scope(((dimension.value, key),))
        for name in ("2016-12", "2016", "2017-03"):
            period = read_period(name)
            for one in FIGURES.values():
                found = figures.value(one.key, period=period, today=TODAY, scope=scope)
                rows = figures.rows(one.key, period=period, today=TODAY, scope=scope, user=chief)
                assert rows.count() == (found.top or 0), (name, dimension, one.key)
                if one.bottom:
                    rows = figures.rows(one.key, period=period, today=TODAY, scope=scope, part="bottom", user=chief)
                    assert rows.count() == found.bottom, (name, dimension, one.key)


def test_two_dimensions_crossed_are_counted_over_the_lines(walker):
    period = read_period("2016")
    community, unit = walker.communities[0], walker.cast["handler"].department_id
    scope = Scope.of(community=community.pk, department=unit)
    counted = counted_slowly(
        Case.objects.filter(community=community), period.first, period.last, TODAY, department=unit
    )
    found = figures.value("handling_on_time", period=period, today=TODAY, scope=scope)
    assert (found.top, found.bottom) == (counted["handled_in_time"], counted["handle_due"]) and found.bottom
    for one in ("handling_on_time", "overdue_open", "closed"):
        number = figures.value(one, period=period, today=TODAY, scope=scope)
        assert figures.rows(one, period=period, today=TODAY, scope=scope).count() == number.top, one


def test_the_table_of_a_dimension_adds_up_to_the_whole(walker):
    period = read_period("2016")
    for dimension in Dimension:
        found = figures.table(["accepted", "handling_on_time"], dimension=dimension, period=period, today=TODAY)
        whole = figures.value("accepted", period=period, today=TODAY)
        assert sum(row["accepted"].number for row in found.values()) == whole.number > 0


def test_what_falls_due_today_is_judged_tomorrow(cast, category, xijing):  # noqa: F811
    case = make_case(cast["dispatcher"], at=START)
    move("accept", case, cast["dispatcher"], at=START, category=category)
    move("register", case, cast["dispatcher"], at=START, category=category, grid=xijing.grids.get(), urgency="normal")
    due = moment("2016-11-25 17:30")
    move("dispatch", case, cast["dispatcher"], at=START, lead=cast["handler"].department, due=due)
    facts.roll_up(at=LATER)
    month = read_period("2016-11")
    for today, asked in ((date(2016, 11, 24), 0), (date(2016, 11, 25), 0), (date(2016, 11, 26), 1)):
        for key in ("handle_due", "overdue_open"):
            assert figures.value(key, period=month, today=today).number == asked
            assert figures.rows(key, period=month, today=today).count() == asked
    assert figures.value("accepted", period=month, today=START.date()).number == 1  # acts count at once


def test_the_stock_of_overdue_cases_at_a_months_end(cast, category, xijing):  # noqa: F811
    case = make_case(cast["dispatcher"], at=START)
    move("accept", case, cast["dispatcher"], at=START, category=category)
    move("register", case, cast["dispatcher"], at=START, category=category, grid=xijing.grids.get(), urgency="urgent")
    move("dispatch", case, cast["dispatcher"], at=START, lead=cast["handler"].department)
    move("acknowledge", case, cast["handler"], at=START)
    facts.roll_up(at=LATER)
    stock = lambda key, today=TODAY: figures.value("overdue_open", period=read_period(key), today=today).number  # noqa: E731
    assert [stock(key) for key in ("2016-10", "2016-11", "2016-12", "2016", "2017-03")] == [0, 1, 1, 1, 1]
    assert stock("2016-12-05") is None  # nobody kept how it stood on a day inside a past month
    move("feedback", case, cast["handler"], at=moment("2017-01-03 10:00"), words="已到现场清理完毕，恢复整洁。")
    facts.roll_up(at=LATER)
    assert [stock(key) for key in ("2016-11", "2016-12", "2017-01", "2017-03")] == [1, 1, 0, 0]
    for key in ("2016-11", "2016-12", "2017-01"):
        assert figures.rows("overdue_open", period=read_period(key), today=TODAY).count() == stock(key)


def test_nothing_divided_by_nothing_is_no_number(db):
    month = read_period("2016-12")
    for one in FIGURES.values():
        found = figures.value(one.key, period=month, today=TODAY)
        assert found.number is None if one.is_rate or one.unit == "小时" else found.number == 0


def test_handling_time_is_from_dispatch_to_the_hand_in_that_stood(cast, category, xijing):  # noqa: F811
    case = make_case(cast["dispatcher"], at=START)
    move("accept", case, cast["dispatcher"], at=START, category=category)
    move("register", case, cast["dispatcher"], at=START, category=category, grid=xijing.grids.get(), urgency="normal")
    move("dispatch", case, cast["dispatcher"], at=START, lead=cast["handler"].department)
    move("acknowledge", case, cast["handler"], at=START + timedelta(minutes=1))
    move("feedback", case, cast["handler"], at=START + timedelta(minutes=90), words="已到现场清理完毕，恢复整洁。")
    facts.roll_up(at=LATER)
    assert figures.value("mean_handling", period=read_period("2016-11"), today=TODAY).number == Decimal("1.5")


def test_the_hotlines_first_answer_in_time(cast, category):  # noqa: F811
    kind = HotlineKind.objects.get(code="12345")
    for serial, hours in ((1, 2), (2, 30)):
        case = make_case(
            cast["dispatcher"], source="RX", at=START, detail={"kind": kind, "outside_number": f"RX{serial}"},
            reporter={"name": "李小兰", "phone": "13800001234"},
        )  # fmt: skip
        move("accept", case, cast["dispatcher"], at=START, category=category)
        move("reply", case, cast["dispatcher"], at=START + timedelta(hours=hours), to_whom=case.reporters.get(),
             channel="phone", words="已经派人去看了，处理完再回复您。")  # fmt: skip
    facts.roll_up(at=LATER)
    found = figures.value("response_rate", period=read_period("2016-11"), today=TODAY)
    assert (found.top, found.bottom, found.number) == (1, 2, 50)


def test_inferred_times_are_counted_but_not_judged(cast, category, xijing):  # noqa: F811
    case = make_case(cast["dispatcher"], at=START)
    move("accept", case, cast["dispatcher"], at=START, category=category)
    move("register", case, cast["dispatcher"], at=START, derived=True, category=category, grid=xijing.grids.get(),
         urgency="normal")  # fmt: skip
    move("dispatch", case, cast["dispatcher"], at=START, lead=cast["handler"].department)
    facts.roll_up(at=LATER)
    sums = figures.sums_of(read_period("2016"), today=TODAY)
    assert sums.registered == 1 and sums.closing_due == 1
    assert sums.register_judged == 0 and sums.closing_judged == 0


def test_petitions_rows_are_for_those_who_may_know_of_petitions(chief, leader, inspector, petition_officer):
    make_case(petition_officer, source="XF", at=START)
    make_case(chief, at=START)
    facts.roll_up(at=LATER)
    asked = {"period": read_period("2016"), "today": TODAY}
    number = figures.value("reported", **asked).number
    assert [figures.rows("reported", user=one, **asked).count() for one in (chief, leader, inspector)] == [number, 2, 1]


def test_every_figure_says_its_formula_its_unit_and_its_source():
    for one in FIGURES.values():
        assert one.words.startswith(f"{one.name} = ") and "单位：" in one.words and "来源：" in one.words, one.key
        assert f"单位：{one.unit}。" in one.words
        assert one.top in Measure.values or one.top == "overdue_open" or one.is_of_checks
    assert set(FORMULAS) == {key for key in OF_CASES if FIGURES[key].is_rate}


@pytest.mark.parametrize("since", [1, 40, 400])
def test_reading_costs_the_same_after_a_day_and_after_a_year(walker, since, django_assert_max_num_queries):
    period = read_period("2016")
    with django_assert_max_num_queries(3):
        figures.sums_of(period, today=date(2016, 12, 31) + timedelta(days=since))


def overdue_since(cast, category, xijing, *days):  # noqa: F811
    """A case for each day on which it fell due without being handled."""
    for day in days:
        case = make_case(cast["dispatcher"], at=START)
        move("accept", case, cast["dispatcher"], at=START, category=category)
        move("register", case, cast["dispatcher"], at=START, category=category, grid=xijing.grids.get(), urgency="normal")
        due = moment(f"{day} 17:30")
        move("dispatch", case, cast["dispatcher"], at=START, lead=cast["handler"].department, due=due)
    facts.roll_up(at=LATER)


def test_overdue_cases_by_how_long(client, leader, cast, category, xijing):  # noqa: F811
    overdue_since(cast, category, xijing, "2016-11-22", "2016-11-24", "2016-11-25", "2016-11-25")
    today, month = date(2016, 11, 26), read_period("2016-11")
    found = figures.overdue_ages(month, today=today)
    assert [(age.words, number) for age, number in found] == [("1–3 天", 3), ("4–7 天", 1), ("8–30 天", 0), ("30 天以上", 0)]
    assert sum(number for _, number in found) == figures.value("overdue_open", period=month, today=today).number
    assert [number for _, number in figures.overdue_ages(read_period("2016-12"), today=date(2016, 12, 25))] == [0, 0, 2, 2]
    assert figures.overdue_ages(month, today=date(2016, 12, 1)) == []  # how old they were then, nobody kept
    nobody = Scope.of(community=xijing.pk + 1)
    assert {number for _, number in figures.overdue_ages(month, today=today, scope=nobody)} == {0}
    client.force_login(leader)
    with time_machine.travel(moment("2016-11-26 09:00"), tick=False):
        page = client.get("/dashboard/?period=2016-11").context["kpis"][-1]
        assert (page.extra, page.extra_href) == ("最长 4 天", "/figures/overdue_open/?period=2016-11&age=4")
        for age, number in found:
            answer = client.get(f"/figures/overdue_open/?period=2016-11&age={age.key}")
            assert answer.context["page_obj"].paginator.count == number and answer.context["hidden"] == 0
            book = client.post(f"/figures/overdue_open/export/?period=2016-11&age={age.key}").content
            assert load_workbook(io.BytesIO(book)).sheetnames == [f"超期未办 {age.words}"]
        assert "4–7 天" in answer.content.decode()
        everything = client.get("/figures/overdue_open/?period=2016-11&age=none").context
        assert everything["page_obj"].paginator.count == 4 and everything["age"] is None


def test_every_number_of_days_has_its_age():
    assert [figures.age_of(days).key for days in (1, 3, 4, 7, 8, 30, 31, 4000)] == ["1", "1", "4", "4", "8", "8", "31", "31"]
