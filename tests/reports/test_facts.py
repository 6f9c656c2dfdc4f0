"""Facts say what the cases say: rolled up bit by bit, twice, interrupted, or rebuilt, on cases that lived at random."""
from datetime import date, timedelta
from random import Random

import pytest

from cases.models import Case, CaseEvent
from reports import facts
from reports.models import CaseFact, CountedCase, DailyFact, Dimension, FactMark, Measure, MonthlyFact
from tests.make import make_case, moment, move
from tests.reports.walks import counted_slowly, live

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]
START = moment("2016-11-21 09:30")
LATER = moment("2017-03-01 12:00")
FAR = date(2100, 1, 1)


@pytest.fixture
def cast(dispatcher, chief, inspector, handler, other_handler):
    return {"dispatcher": dispatcher, "chief": chief, "inspector": inspector, "handler": handler,
            "other_handler": other_handler}  # fmt: skip


@pytest.fixture
def walk(cast, xijing, langshan):
    """Live at random from a seed."""
    return lambda seed, **over: live(
        Random(seed), cast, [xijing, langshan], **{"start": START, "cases": 9, "steps": 110, **over}
    )


def everything(model=DailyFact):
    return sorted(model.objects.values_list("dimension", "day", "key", *facts.COLUMNS))


@pytest.mark.parametrize("seed", range(5))
def test_facts_are_what_the_cases_say(walk, seed):
    walk(seed)
    facts.roll_up(at=LATER)
    cases = list(Case.objects.order_by("pk"))
    slow = counted_slowly(cases, date(2016, 1, 1), FAR, FAR)
    assert len(slow) > 20  # these lives were not dull
    fast = DailyFact.objects.of(Dimension.ALL).summed(*Measure.values)
    assert {name: number for name, number in fast.items() if number} == dict(slow)
    assert MonthlyFact.objects.of(Dimension.ALL).summed(*Measure.values) == fast
    for dimension in Dimension:
        assert DailyFact.objects.of(dimension).summed(*Measure.values) == fast, dimension


def test_the_walks_come_by_everything_that_is_counted(walk):
    for seed in range(25):
        walk(seed, cases=2, steps=45, start=START + timedelta(days=seed))
    facts.roll_up(at=LATER)
    seen = set(CaseFact.objects.values_list("measure", flat=True).distinct())
    assert set(Measure) - seen <= {Measure.RESPONSE_DUE, Measure.RESPONDED_IN_TIME}  # 12345 alone: a test of its own


def test_rolled_up_after_every_move_or_at_once_or_rebuilt_it_is_byte_for_byte_the_same(walk, monkeypatch):
    walker = walk(21, cases=6, steps=0)
    rng = Random(5)
    for _ in range(60):
        case = rng.choice(list(Case.objects.order_by("pk")))
        walker.step(case)
        if rng.random() < 0.3:
            facts.roll_up(at=LATER)
    facts.roll_up(at=LATER)
    piecemeal = facts.fingerprint(), everything(), everything(MonthlyFact)
    assert facts.roll_up(at=LATER) == 0
    assert facts.rebuild(at=LATER) == piecemeal[0]
    assert (everything(), everything(MonthlyFact)) == piecemeal[1:]
    assert facts.rebuild(at=LATER) == piecemeal[0]


def test_a_tampered_fact_is_mended_by_a_rebuild(walk):
    walk(2, steps=40)
    good = facts.rebuild(at=LATER)
    DailyFact.objects.filter(reported__gt=0).update(reported=7)
    assert facts.fingerprint() != good
    assert facts.rebuild(at=LATER) == good


def test_an_interrupted_roll_up_goes_on_and_leaves_nothing_half(walk, monkeypatch):
    walk(3, steps=60)
    whole = facts.rebuild(at=LATER)
    for model in (CaseFact, CountedCase, DailyFact, MonthlyFact, FactMark):
        model.objects.all().delete()
    monkeypatch.setattr(facts, "BATCH", 2)
    real, calls = facts.sum_days, []

    def dies(days):
        calls.append(days)
        if len(calls) == 3:
            raise KeyboardInterrupt
        real(days)

    monkeypatch.setattr(facts, "sum_days", dies)
    with pytest.raises(KeyboardInterrupt):
        facts.roll_up(at=LATER)
    assert CountedCase.objects.count() == 4 and not FactMark.objects.filter(seen_until__isnull=False)
    monkeypatch.setattr(facts, "sum_days", real)
    facts.roll_up(at=LATER)
    assert facts.fingerprint() == whole


def test_only_cases_with_new_events_are_counted_again(walk, cast, category):
    walk(4, steps=30)
    facts.roll_up(at=LATER)
    case = make_case(cast["dispatcher"], at=LATER)
    assert facts.roll_up(at=LATER) == 1
    move("accept", case, cast["dispatcher"], at=LATER, category=category)
    assert facts.roll_up(at=LATER) == 1
    assert facts.roll_up(at=LATER) == 0


def test_an_event_that_was_committed_late_is_not_missed(cast, category):
    first, second = make_case(cast["dispatcher"], at=START), make_case(cast["dispatcher"], at=START)
    facts.roll_up(at=LATER)
    move("accept", first, cast["dispatcher"], at=START, category=category)
    early = first.events.get(move="accept").recorded_at
    move("accept", second, cast["dispatcher"], at=START, category=category)
    CountedCase.objects.filter(case=first).update(event_count=1)
    FactMark.objects.update(seen_until=early + timedelta(minutes=30))  # a later event was seen before this one came
    assert facts.roll_up(at=LATER) == 2
    assert DailyFact.objects.get(dimension="all", day=START.date()).accepted == 2


def test_a_case_is_a_case_of_its_beijing_day_at_the_turn_of_the_year(cast):
    make_case(cast["dispatcher"], at=moment("2016-12-31 23:59") + timedelta(seconds=58))
    make_case(cast["dispatcher"], at=moment("2016-12-31 23:59") + timedelta(seconds=62))
    facts.roll_up(at=LATER)
    days = dict(DailyFact.objects.of(Dimension.ALL).values_list("day", "reported"))
    assert days == {date(2016, 12, 31): 1, date(2017, 1, 1): 1}
    assert dict(MonthlyFact.objects.of(Dimension.ALL).values_list("day", "reported")) == {
        date(2016, 12, 1): 1, date(2017, 1, 1): 1
    }  # fmt: skip


def closed_case(cast, category, grid, *, at=START):
    """A case closed on the day it came."""
    case = make_case(cast["dispatcher"], at=at)
    minute = iter(range(1, 20))

    def then(name, by, **answers):
        move(name, case, by, at=at + timedelta(minutes=next(minute)), **answers)

    then("accept", cast["dispatcher"], category=category)
    then("register", cast["dispatcher"], category=category, grid=grid, urgency="normal")
    then("dispatch", cast["dispatcher"], lead=cast["handler"].department)
    then("acknowledge", cast["handler"])
    then("feedback", cast["handler"], words="已到现场清理完毕，恢复整洁。")
    then("send_check", cast["dispatcher"], checker=cast["inspector"])
    then("pass_check", cast["inspector"], words="已解决")
    then("close", cast["dispatcher"], conclusion="同意结案")
    return case


def test_the_old_closing_stays_in_its_month_when_a_case_is_reopened(cast, category, xijing):
    case = closed_case(cast, category, xijing.grids.get())
    facts.roll_up(at=LATER)
    move("reopen", case, cast["inspector"], at=START + timedelta(days=40), reason="同一问题又出现了")
    facts.roll_up(at=LATER)
    months = dict(MonthlyFact.objects.of(Dimension.ALL).values_list("day", "closed"))
    assert months[date(2016, 11, 1)] == 1
    assert MonthlyFact.objects.get(dimension="all", day=date(2016, 12, 1)).reopened == 1


def test_a_rework_takes_the_earlier_hand_in_back(cast, category, xijing):
    case = make_case(cast["dispatcher"], at=START)
    steps = [
        ("accept", "dispatcher", {"category": category}),
        ("register", "dispatcher", {"category": category, "grid": xijing.grids.get(), "urgency": "normal"}),
        ("dispatch", "dispatcher", {"lead": cast["handler"].department}), ("acknowledge", "handler", {}),
        ("feedback", "handler", {"words": "已到现场清理完毕，恢复整洁。"}),
        ("send_check", "dispatcher", {"checker": cast["inspector"]}),
    ]  # fmt: skip
    for minute, (name, who, answers) in enumerate(steps):
        move(name, case, cast[who], at=START + timedelta(minutes=minute), **answers)
    facts.roll_up(at=LATER)
    assert DailyFact.objects.get(dimension="all", day=START.date()).handled == 1
    move("rework", case, cast["inspector"], at=START + timedelta(days=1), reason="现场仍有残留，请继续")
    facts.roll_up(at=LATER)
    assert DailyFact.objects.get(dimension="all", day=START.date()).handled == 0
    due = DailyFact.objects.of(Dimension.ALL).summed("handle_due", "handled_of_due", "handle_overdue")
    assert due == {"handle_due": 1, "handled_of_due": 0, "handle_overdue": 1}


def test_what_is_overdue_at_a_months_end_is_kept_although_it_was_done_later(cast, category, xijing):
    case = make_case(cast["dispatcher"], at=START)
    move("accept", case, cast["dispatcher"], at=START, category=category)
    move("register", case, cast["dispatcher"], at=START, category=category, grid=xijing.grids.get(), urgency="urgent")
    move("dispatch", case, cast["dispatcher"], at=START, lead=cast["handler"].department)
    move("acknowledge", case, cast["handler"], at=START)
    facts.roll_up(at=LATER)
    assert not CaseFact.objects.of(Measure.OVERDUE_AT_MONTH_END).exists()
    move("feedback", case, cast["handler"], at=moment("2017-01-03 10:00"), words="已到现场清理完毕，恢复整洁。")
    facts.roll_up(at=LATER)
    days = CaseFact.objects.of(Measure.OVERDUE_AT_MONTH_END).order_by("day").values_list("day", flat=True)
    assert list(days) == [date(2016, 11, 30), date(2016, 12, 31)]


def test_a_case_that_leaves_takes_its_sums_along(walk):
    walk(6, cases=3, steps=20)
    facts.roll_up(at=LATER)
    kept = make_case(Case.objects.first().registrar, at=START)
    facts.roll_up(at=LATER)
    for case in Case.objects.exclude(pk=kept.pk):
        facts.forget(case)
    assert DailyFact.objects.of(Dimension.ALL).summed("reported")["reported"] == 1
    assert set(CaseFact.objects.values_list("case", flat=True)) == {kept.pk}


def test_rolling_up_an_empty_street_is_nothing(db):
    assert facts.roll_up(at=LATER) == 0 and not DailyFact.objects.exists()
    assert not CaseEvent.objects.exists()


def test_the_cost_of_a_roll_up_does_not_grow_with_the_cases(walk, django_assert_max_num_queries):
    walk(8, cases=4, steps=10)
    with django_assert_max_num_queries(60):
        facts.roll_up(at=LATER)
    walk(9, cases=40, steps=10)
    with django_assert_max_num_queries(60):
        assert facts.roll_up(at=LATER) == 40
