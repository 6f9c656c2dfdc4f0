"""The ledger of illegal structures: each refusal beside what is allowed."""
from datetime import date
from decimal import Decimal

import pytest

from campaigns import ledger
from campaigns.errors import AnswersRefused, StepConflict, StepForbidden, StepRefused
from campaigns.models import Structure, StructureEvent
from campaigns.states import Stage
from campaigns.steps import STEPS, stage_before
from tests.campaigns.walk import ANSWERS, ON, WAY, make_structure, step, walk
from tests.make import NOW, make_photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def structure(clerk, xijing):
    """One that was just found in 西井."""
    return make_structure(clerk, xijing)


# --- the way ----------------------------------------------------------------------------------------------------------


def test_a_structure_walks_the_nine_steps_and_each_is_told(structure, clerk):
    walk(structure, clerk)
    assert structure.stage == Stage.WRITTEN_OFF
    assert [event.step for event in structure.events.all()] == ["register", *WAY]
    assert [event.happened_on for event in structure.events.all()][1:] == list(ON.values())
    assert {event.by for event in structure.events.all()} == {clerk}
    assert structure.papers.count() == 4


def test_each_step_begins_only_where_the_table_says(structure, clerk):
    for stage in Stage:
        Structure.objects.filter(pk=structure.pk).update(
            stage=stage, mode="forced", demolished_on=date(2016, 3, 3), demolished_area_m2=1,
            written_off_on=date(2016, 3, 3),
        )  # fmt: skip
        structure.refresh_from_db()
        for name, row in STEPS.items():
            if stage not in row.from_:
                with pytest.raises(StepRefused):
                    ledger.make(name, structure, by=clerk, at=NOW, on=date(2016, 12, 1))
    assert structure.events.count() == 1


def test_only_who_keeps_the_ledger_writes(structure, clerk, chief, leader, dispatcher, admin):
    for person in (chief, leader, dispatcher, admin):
        with pytest.raises(StepForbidden):
            step("determine", structure, person)
        with pytest.raises(StepForbidden):
            make_structure(person, structure.community)
    step("determine", structure, clerk)
    assert structure.stage == Stage.DETERMINED


def test_a_step_back_needs_a_reason_and_leads_where_one_came_from(structure, clerk):
    walk(structure, clerk)
    with pytest.raises(AnswersRefused) as refused:
        ledger.make("back", structure, by=clerk, at=NOW, reason="错了")
    assert "reason" in refused.value.errors
    for stage in (Stage.ACCEPTED, Stage.DEMOLISHED, Stage.ANNOUNCED):
        ledger.make("back", structure, by=clerk, at=NOW, reason="登记有误，退回重登")
        assert structure.stage == stage
    assert structure.demolished_on is None and structure.written_off_on is None
    step("demolish", structure, clerk)
    assert structure.stage == Stage.DEMOLISHED


def test_a_step_back_takes_its_paper_away_so_that_the_step_can_be_taken_again(structure, clerk):
    walk(structure, clerk, to="notify")
    number = structure.papers.get().number
    event = ledger.make("back", structure, by=clerk, at=NOW, reason="送达日期登记错了")
    assert number in event.words and not structure.papers.exists()
    step("notify", structure, clerk)
    assert structure.papers.get().number == number


def test_a_step_back_from_a_demolition_leaves_nothing_of_it(structure, clerk):
    walk(structure, clerk, to="demolish")
    ledger.make("back", structure, by=clerk, at=NOW, reason="登记到别处的拆除了")
    assert (structure.demolished_area_m2, structure.vacated_land_m2, structure.mode) == (None, None, "")


def test_the_stage_before_forgets_what_was_gone_back_over():
    assert stage_before([("register", "a"), ("x", "b"), ("back", "a"), ("y", "c")]) == "a"
    assert stage_before([("register", "a")]) is None


def test_a_story_is_never_changed(structure):
    event = structure.events.get()
    with pytest.raises(TypeError):
        event.save()
    with pytest.raises(TypeError):
        event.delete()
    with pytest.raises(TypeError):
        StructureEvent.objects.all().update(words="x")


# --- days and areas ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", [None, date(2016, 12, 22), date(2016, 3, 1)])
def test_a_day_that_is_missing_to_come_or_before_the_last_step_is_refused(structure, clerk, day):
    with pytest.raises(AnswersRefused) as refused:
        ledger.make("determine", structure, by=clerk, at=NOW, on=day, floor_area_m2=Decimal(1))
    assert "on" in refused.value.errors
    step("determine", structure, clerk, on=date(2016, 3, 2))


def test_no_more_is_demolished_than_determined_unless_measured_again(structure, clerk):
    walk(structure, clerk, to="announce")
    with pytest.raises(AnswersRefused) as refused:
        step("demolish", structure, clerk, demolished_area_m2=Decimal("500.01"))
    assert "500.01" in refused.value.errors["demolished_area_m2"]
    step("demolish", structure, clerk, demolished_area_m2=Decimal("500.01"), remeasured=True)
    assert structure.demolished_area_m2 == Decimal("500.01")


def test_exactly_the_determined_area_may_come_down(structure, clerk):
    walk(structure, clerk, to="announce")
    step("demolish", structure, clerk, demolished_area_m2=Decimal("500.00"))


def test_force_without_notice_is_refused_but_an_owner_may_take_it_down_himself(structure, clerk):
    step("determine", structure, clerk)
    with pytest.raises(StepRefused):
        step("demolish", structure, clerk)
    step("demolish", structure, clerk, mode="voluntary")
    assert structure.stage == Stage.DEMOLISHED


def test_force_before_its_day_is_warned_of_and_not_blocked(structure, clerk):
    walk(structure, clerk, to="notify")
    event = step("demolish", structure, clerk, on=date(2016, 4, 1))
    assert "资料不全，无法计算" in event.words and "催告书" in event.words
    assert structure.stage == Stage.DEMOLISHED


def test_acceptance_wants_a_photo_of_the_empty_place(structure, clerk):
    walk(structure, clerk, to="demolish")
    with pytest.raises(AnswersRefused) as refused:
        ledger.make("accept", structure, by=clerk, at=NOW, on=ON["accept"])
    assert "after_photos" in refused.value.errors
    ledger.make("accept", structure, by=clerk, at=NOW, on=ON["accept"], after_photos=[make_photo()])


def test_writing_off_wants_all_three_figures(structure, clerk):
    walk(structure, clerk, to="announce")
    answers = {name: value for name, value in ANSWERS["demolish"].items() if name != "relocated_people"}
    ledger.make("demolish", structure, by=clerk, at=NOW, on=ON["demolish"], **answers)
    step("accept", structure, clerk)
    with pytest.raises(StepRefused) as refused:
        step("write_off", structure, clerk)
    assert "疏解人口" in str(refused.value)
    ledger.amend(structure, by=clerk, at=NOW, relocated_people=0)
    step("write_off", structure, clerk)
    assert structure.is_written_off


# --- two at once ------------------------------------------------------------------------------------------------------


def test_of_two_who_saw_the_same_version_one_wins(structure, clerk):
    seen = structure.version
    step("determine", structure, clerk, version=seen)
    with pytest.raises(StepConflict):
        step("determine", structure, clerk, version=seen)
    assert structure.events.filter(step="determine").count() == 1


def test_a_row_that_changed_under_the_hand_is_not_overwritten(structure, clerk, monkeypatch):
    write = ledger._write

    def overtaken(now, **changes):
        Structure.objects.filter(pk=now.pk).update(version=now.version + 1)
        write(now, **changes)

    monkeypatch.setattr(ledger, "_write", overtaken)
    with pytest.raises(StepConflict):
        step("determine", structure, clerk)
    structure.refresh_from_db()
    assert structure.stage == Stage.SURVEYED and structure.events.count() == 1


# --- numbers ----------------------------------------------------------------------------------------------------------


def test_numbers_run_by_year_and_pass_over_those_of_a_list(clerk, xijing):
    first = make_structure(clerk, xijing)
    make_structure(clerk, xijing, number="WJ2016-002")
    third = make_structure(clerk, xijing)
    other = make_structure(clerk, xijing, found_on=date(2015, 11, 1))
    assert (first.number, third.number, other.number) == ("WJ2016-001", "WJ2016-003", "WJ2015-001")
    with pytest.raises(AnswersRefused) as refused:
        make_structure(clerk, xijing, number="WJ2016-002")
    assert "number" in refused.value.errors


@pytest.mark.parametrize(("column", "value"), [
    ("place", " "), ("found_on", None), ("found_on", date(2016, 12, 22)), ("footprint_m2", Decimal(-1)),
])  # fmt: skip
def test_a_structure_without_its_needful_is_refused(clerk, xijing, column, value):
    with pytest.raises(AnswersRefused) as refused:
        make_structure(clerk, xijing, **{column: value})
    assert column in refused.value.errors
    assert not Structure.objects.exists()


# --- mending ----------------------------------------------------------------------------------------------------------


def test_an_edit_is_told_old_and_new_and_nothing_changed_is_nothing_told(structure, clerk):
    assert ledger.amend(structure, by=clerk, at=NOW, place=structure.place) is None
    event = ledger.amend(structure, by=clerk, at=NOW, place="西黄村废品站", storeys=2)
    assert "点位名称 西黄村废品回收站→西黄村废品站" in event.words and "层数 空→2" in event.words


def test_a_counted_figure_is_changed_only_with_a_reason(structure, clerk):
    walk(structure, clerk)
    with pytest.raises(AnswersRefused) as refused:
        ledger.amend(structure, by=clerk, at=NOW, demolished_area_m2=Decimal("481.50"))
    assert "reason" in refused.value.errors
    ledger.amend(structure, by=clerk, at=NOW, demolished_area_m2=Decimal("481.50"), reason="复核图纸，少记一平方米")
    assert Structure.objects.all().totals().demolished_m2 == Decimal("481.50")


def test_a_note_of_a_written_off_one_needs_no_reason(structure, clerk):
    walk(structure, clerk)
    ledger.amend(structure, by=clerk, at=NOW, note="已绿化")
    assert structure.note == "已绿化"


@pytest.mark.parametrize(("column", "value"), [
    ("demolished_area_m2", None), ("demolished_on", None), ("demolished_on", date(2016, 11, 16)),
    ("vacated_land_m2", None), ("demolished_area_m2", Decimal("500.01")), ("mode", ""),
])  # fmt: skip
def test_an_edit_leaves_no_gap_in_what_counts(structure, clerk, column, value):
    walk(structure, clerk)
    with pytest.raises(AnswersRefused) as refused:
        ledger.amend(structure, by=clerk, at=NOW, reason="试着改成不对的", **{column: value})
    assert column in refused.value.errors


def test_a_voided_one_counts_nowhere_keeps_its_number_and_can_be_taken_back(structure, clerk):
    walk(structure, clerk, to="accept")
    ledger.make("void", structure, by=clerk, at=NOW, reason="与另一条重复登记")
    assert not Structure.objects.kept().exists() and not Structure.objects.open().exists()
    with pytest.raises(StepRefused):
        ledger.amend(structure, by=clerk, at=NOW, note="x")
    ledger.make("back", structure, by=clerk, at=NOW, reason="作废错了，退回")
    assert structure.stage == Stage.ACCEPTED


def test_a_paper_is_entered_once_and_mended_with_its_past_told(structure, clerk):
    walk(structure, clerk, to="notify")
    paper = structure.papers.get()
    answers = {"number": paper.number, "issued_on": paper.issued_on, "authority": paper.authority}
    with pytest.raises(AnswersRefused):
        ledger.add_paper(structure, by=clerk, at=NOW, kind="notice", **answers)
    ledger.add_paper(structure, by=clerk, at=NOW, kind="notice", **{**answers, "number": "补字第 1 号"})
    ledger.mend_paper(paper, by=clerk, at=NOW, **{**answers, "served_on": date(2016, 3, 15)})
    assert "送达日期原为2016-03-14" in structure.events.order_by("-seq").first().words


def test_a_photo_hangs_once(structure, clerk):
    photo = make_photo()
    assert ledger.add_photos(structure, [photo], moment="before", by=clerk, at=NOW) == 1
    assert ledger.add_photos(structure, [photo], moment="before", by=clerk, at=NOW) == 0


# --- totals -----------------------------------------------------------------------------------------------------------


def test_totals_count_written_off_rows_alone_and_keep_three_figures_apart(clerk, xijing, langshan):
    walk(make_structure(clerk, xijing), clerk)
    walk(make_structure(clerk, langshan), clerk, to="accept")
    totals = Structure.objects.all().totals()
    assert (totals.demolished_m2, totals.land_m2, totals.people, totals.sites) == (
        Decimal("480.50"), Decimal("900.1"), 12, 1
    )  # fmt: skip
    assert isinstance(totals.demolished_m2, Decimal)
    assert [row["sites"] for row in Structure.objects.written_off().by_community()] == [1]
    assert Structure.objects.demolished_between(date(2016, 11, 11), date(2016, 11, 11)).count() == 2
    assert Structure.objects.demolished_between(date(2016, 11, 12), None).count() == 0


def test_an_empty_ledger_totals_nothing(db):
    totals = Structure.objects.all().totals()
    assert (totals.demolished_m2, totals.people, totals.sites) == (0, 0, 0)
