"""Agreements: every stage and step, sending to many, signing, bands, tasks, reminders, and names that stay hidden."""
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, connections, transaction

from accounts.models import AuditEntry, Notification
from campaigns import agreement_parties as parties
from campaigns import agreement_templates as texts
from campaigns import agreements as acts
from campaigns.errors import AnswersRefused, StepConflict, StepForbidden, StepRefused
from campaigns.models import Agreement, AgreementRecord, AgreementScan, AgreementStage, AgreementTask, TemplateEdit
from tests.campaigns.agreement_cast import (
    BLOCKS,
    LATER,
    PERSON,
    VARIABLES,
    answers_for,
    list_party,
    make_text,
    make_unit,
    walk,
)
from tests.make import NOW, make_department, make_user, moment

pytestmark = pytest.mark.django_db


@pytest.fixture
def text(admin):
    return make_text(admin)


@pytest.fixture
def agreement(text, admin, law_enforcement):
    """A filled draft with 城管执法队."""
    return list_party(text, admin, department=law_enforcement)


# --- the text -----------------------------------------------------------------------------------------------------------


def save(text, by, said, *, revision=None, at=NOW):
    blocks = [{"kind": "paragraph", "text": said}, *BLOCKS]
    text.refresh_from_db()
    return texts.save_text(text, revision=text.revision if revision is None else revision, blocks=blocks, by=by, at=at)


def test_every_wording_is_kept_with_who_and_when(text, admin):
    first = text.edits.head()
    save(text, admin, "加一段", at=LATER)
    kept = list(text.edits.order_by("revision"))
    assert [edit.revision for edit in kept] == [1, 2] and kept[0] == first
    assert kept[0].blocks == BLOCKS and kept[1].blocks[0]["text"] == "加一段"
    assert kept[1].by == admin and kept[1].at == LATER
    with pytest.raises(TypeError):
        first.save()
    with pytest.raises(TypeError):
        TemplateEdit.objects.filter(pk=first.pk).update(heading="x")


def test_one_sitting_is_one_version_and_another_person_or_day_or_sending_begins_the_next(text, admin, agreement):
    other = make_user("admin2", "admin")
    assert save(text, admin, "一").version == 1
    assert save(text, admin, "二").version == 1
    assert save(text, other, "三").version == 2
    assert save(text, other, "四", at=moment("2016-12-22 08:00")).version == 3
    acts.issue(Agreement.objects.get(pk=agreement.pk), by=admin, at=LATER)
    assert save(text, other, "五", at=moment("2016-12-22 10:00")).version == 4


def test_of_two_who_write_upon_the_same_wording_the_second_is_told_and_nothing_is_overwritten(text, admin):
    other = make_user("admin2", "admin", real_name="林晓燕")
    save(text, other, "林的话", revision=1)
    with pytest.raises(StepConflict, match="林晓燕"):
        save(text, admin, "我的话", revision=1)
    assert text.edits.head().blocks[0]["text"] == "林的话" and text.edits.count() == 2
    assert save(text, admin, "我的话", revision=2).revision == 3


def test_the_same_wording_sent_twice_is_kept_once(text, admin):
    first = save(text, admin, "一", revision=1)
    assert save(text, admin, "一", revision=1) == first and text.edits.count() == 2


def test_what_a_version_changed_is_counted_against_the_one_before(text, admin):
    save(text, admin, "一")
    assert texts.changes_since_last_version(text, text.edits.head()) == []
    save(text, admin, "另一段", at=LATER)
    assert len(texts.changes_since_last_version(text, text.edits.head())) == 1


@pytest.mark.parametrize("role", ["clerk", "chief", "leader", "handler", "worker", "auditor", "dispatcher"])
def test_only_whoever_manages_agreements_writes_texts(text, role):
    other = make_user(f"x{role}", role)
    with pytest.raises(StepForbidden):
        save(text, other, "不许")
    assert text.edits.count() == 1


def test_a_prefix_numbers_one_text_a_year(text, admin):
    with pytest.raises(AnswersRefused, match="代字"):
        make_text(admin)
    assert make_text(admin, year=2017).year == 2017


@pytest.mark.parametrize("rows", [
    [], [{"lower": Decimal(60), "name": "合格", "deduct": 0, "consequence": ""}],
    [{"lower": Decimal(0), "name": name, "deduct": 0, "consequence": ""} for name in "ab"],
])  # fmt: skip
def test_bands_that_leave_a_gap_or_begin_together_are_refused(text, admin, rows):
    with pytest.raises(AnswersRefused):
        texts.set_bands(text, rows=rows, by=admin, at=NOW)
    assert text.bands.count() == 5
    texts.set_bands(text, rows=[{"lower": Decimal(0), "name": "合格", "deduct": 0, "consequence": ""}], by=admin, at=NOW)
    assert text.bands.count() == 1


@pytest.mark.parametrize(("score", "name"), [
    ("100", "优秀"), ("95.00", "优秀"), ("94.99", "良好"), ("90.00", "良好"), ("89.99", "合格"), ("85.00", "合格"),
    ("84.99", "基本合格"), ("80.00", "基本合格"), ("79.99", "不合格"), ("0", "不合格"),
])  # fmt: skip
def test_the_lower_bound_belongs_to_the_band(text, score, name):
    assert texts.band_for(text.bands.all(), Decimal(score)).name == name


def test_bands_are_told_without_overlap(text):
    words = [words for _, words in texts.band_words(text.bands.all())]
    assert words == ["95–100 分", "90–95 分（不含 95）", "85–90 分（不含 90）", "80–85 分（不含 85）", "不到 80 分"]


# --- every stage and step -------------------------------------------------------------------------------------------------

PAIRS = [(stage, act) for stage in AgreementStage for act in acts.ACTS]


@pytest.mark.parametrize(("stage", "act"), PAIRS)
def test_a_step_is_made_from_its_stage_and_refused_from_every_other(agreement, admin, clerk, stage, act):
    walk(agreement, stage, admin=admin, clerk=clerk)
    agreement = Agreement.objects.get(pk=agreement.pk)
    known, records = acts.ACTS[act], AgreementRecord.objects.count()
    by = admin if known.needs == "campaigns.manage_agreements" else clerk
    make = lambda: getattr(acts, act)(agreement, by=by, at=LATER, **answers_for(act))  # noqa: E731
    if known.source == stage:
        make()
        assert Agreement.objects.get(pk=agreement.pk).stage == known.target
        last = AgreementRecord.objects.latest("pk")
        assert (last.act, last.from_stage, last.to_stage, last.by, last.happened_at) == (act, stage, known.target, by, LATER)
        assert AuditEntry.objects.filter(action=f"agreement_{act}", actor=by).exists()
    else:
        with pytest.raises(StepConflict):
            make()
        assert Agreement.objects.get(pk=agreement.pk).stage == stage
        assert AgreementRecord.objects.count() == records


ROLES = ["dispatcher", "chief", "inspector", "handler", "worker", "petition", "clerk", "leader", "admin", "auditor"]
MAY = {
    "issue": {"admin"}, "withdraw": {"admin"}, "sign": {"clerk"}, "start": {"clerk"}, "assess": {"clerk"},
    "close": {"clerk"},
}  # fmt: skip


@pytest.mark.parametrize("act", acts.ACTS)
def test_a_step_is_for_its_own_roles_alone(agreement, admin, clerk, act):
    walk(agreement, acts.ACTS[act].source, admin=admin, clerk=clerk)
    for role in sorted(set(ROLES) - MAY[act]):
        with pytest.raises(StepForbidden):
            getattr(acts, act)(agreement, by=make_user(f"x{role}", role), at=LATER, **answers_for(act))
        assert Agreement.objects.get(pk=agreement.pk).stage == acts.ACTS[act].source
    allowed = make_user("allowed", *MAY[act])
    assert getattr(acts, act)(agreement, by=allowed, at=LATER, **answers_for(act)).stage == acts.ACTS[act].target


def test_a_step_upon_an_old_reading_is_told_and_changes_nothing(agreement, admin, clerk):
    old = Agreement.objects.get(pk=agreement.pk)
    acts.issue(agreement, by=admin, at=NOW)
    with pytest.raises(StepConflict):
        acts.issue(old, by=admin, at=LATER)
    assert AgreementRecord.objects.filter(act="issue").count() == 1
    assert Agreement.objects.get(pk=agreement.pk).issued_at == NOW


def test_a_record_is_never_changed(agreement, admin):
    acts.issue(agreement, by=admin, at=NOW)
    record = AgreementRecord.objects.latest("pk")
    with pytest.raises(TypeError):
        record.save()
    with pytest.raises(TypeError):
        record.delete()
    with pytest.raises(TypeError):
        AgreementRecord.objects.all().delete()


# --- sending ---------------------------------------------------------------------------------------------------------------


def test_what_was_sent_keeps_its_wording_whatever_is_written_later(text, agreement, admin):
    acts.issue(agreement, by=admin, at=NOW)
    before = [block.text for block in acts.paper_of(agreement)]
    save(text, admin, "后来加的一段", at=LATER)
    assert [block.text for block in acts.paper_of(Agreement.objects.get(pk=agreement.pk))] == before
    assert text.edits.head().blocks[0]["text"] == "后来加的一段"


def test_a_party_that_lacks_a_variable_is_refused_with_the_reason_and_the_others_go(text, admin, law_enforcement, sanitation):
    whole = list_party(text, admin, department=law_enforcement)
    without = list_party(text, admin, department=sanitation, person="")
    sending = parties.preview(text)
    assert sending.ready == [whole] and sending.missing == [(without, ["直接责任人"])]
    sent = parties.issue_all(text, by=admin, at=NOW)
    assert sent.done == [whole] and sent.refused == [(without, "缺直接责任人")]
    with pytest.raises(StepRefused, match="缺直接责任人"):
        acts.issue(Agreement.objects.get(pk=without.pk), by=admin, at=NOW)
    parties.fill(without, values={"直接责任人": "王某"}, by=admin, at=NOW)
    assert parties.issue_all(text, by=admin, at=LATER).done == [without]


def test_sending_twice_sends_once(text, admin, law_enforcement, xijing):
    person = make_user("head", "handler", department=law_enforcement)
    for party in ({"department": law_enforcement}, {"department": xijing.department}, {"organisation": make_unit(xijing)}):
        list_party(text, admin, **party)
    assert len(parties.issue_all(text, by=admin, at=NOW).done) == 3
    again = parties.issue_all(text, by=admin, at=LATER)
    assert (again.done, again.refused) == ([], [])
    numbers = list(Agreement.objects.order_by("number").values_list("number", flat=True))
    assert numbers == ["石苹卫责〔2016〕01号", "石苹卫责〔2016〕02号", "石苹卫责〔2016〕03号"]
    assert Notification.objects.filter(user=person).count() == 1


def test_listing_a_party_twice_lists_it_once(text, admin, law_enforcement, xijing):
    unit = make_unit(xijing)
    for expected in (2, 0):
        assert parties.add_parties(text, organisations=[unit], departments=[law_enforcement], by=admin, at=NOW) == expected
    kinds = Agreement.objects.order_by("pk").values_list("party_kind", flat=True)
    assert list(kinds) == ["organisation", "station"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Agreement.objects.create(template=text, organisation=unit, party_kind="organisation")
    with pytest.raises(IntegrityError), transaction.atomic():
        Agreement.objects.create(template=text, organisation=unit, department=law_enforcement, party_kind="station")


def test_the_tasks_of_a_text_are_laid_down_for_the_kinds_they_are_meant_for(text, admin, law_enforcement, xijing):
    day = date(2016, 12, 31)
    rows = [{"text": "都做", "due_on": day, "party_kind": ""}, {"text": "社区做", "due_on": day, "party_kind": "community"}]
    texts.set_tasks(text, rows=rows, by=admin, at=NOW)
    station = acts.issue(list_party(text, admin, department=law_enforcement), by=admin, at=NOW)
    community = acts.issue(list_party(text, admin, department=xijing.department), by=admin, at=NOW)
    assert [task.text for task in station.tasks.all()] == ["都做"]
    assert [task.text for task in community.tasks.all()] == ["都做", "社区做"]


def test_taken_back_it_keeps_its_number_and_takes_the_new_wording(text, agreement, admin):
    acts.issue(agreement, by=admin, at=NOW)
    number = agreement.number
    with pytest.raises(AnswersRefused, match="至少 5 个字"):
        acts.withdraw(agreement, by=admin, at=NOW, reason="改")
    acts.withdraw(agreement, by=admin, at=NOW, reason="正文有误要改")
    save(text, admin, "改好了", at=LATER)
    again = acts.issue(Agreement.objects.get(pk=agreement.pk), by=admin, at=LATER)
    assert again.number == number and again.edit.blocks[0]["text"] == "改好了"


# --- variables -------------------------------------------------------------------------------------------------------------


def test_a_name_lies_encrypted_shows_masked_and_its_mask_means_unchanged(agreement, admin):
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM campaigns_agreementvalue")
        assert PERSON.encode() not in bytes(cursor.fetchone()[0])
    edit = acts.wording_of(agreement)
    assert acts.values_of(agreement, edit)["直接责任人"] == "金*雀"
    assert acts.values_of(agreement, edit, full=True)["直接责任人"] == PERSON
    assert parties.fill(agreement, values={"直接责任人": "金*雀"}, by=admin, at=NOW) == []
    assert parties.fill(agreement, values={"直接责任人": "王芳"}, by=admin, at=NOW) == ["直接责任人"]
    assert PERSON not in str(list(AuditEntry.objects.values())) + str(list(AgreementRecord.objects.values()))


@pytest.mark.parametrize("values", [{"没有的": "x"}, {"直接责任人": "字" * 121}, {"时限": "两"}, {"直接责任人": "{{乙方}}"}])
def test_a_value_that_does_not_do_is_refused(agreement, admin, values):
    with pytest.raises(AnswersRefused):
        parties.fill(agreement, values=values, by=admin, at=NOW)
    assert parties.fill(agreement, values={"时限": "4"}, by=admin, at=NOW) == ["时限"]


def test_what_was_sent_is_not_filled_any_more(agreement, admin, clerk):
    with pytest.raises(StepForbidden):
        parties.fill(agreement, values={"时限": "3"}, by=clerk, at=NOW)
    assert parties.fill(agreement, values={"时限": "2"}, by=admin, at=NOW) == ["时限"]
    opened_before = Agreement.objects.get(pk=agreement.pk)
    acts.issue(agreement, by=admin, at=NOW)
    for seen in (agreement, opened_before):
        with pytest.raises(StepConflict):
            parties.fill(seen, values={"时限": "3"}, by=admin, at=NOW)
    assert agreement.values.get(name="时限").text == "2"


def test_a_variable_that_may_stay_empty_leaves_a_line_to_write_on(admin, law_enforcement):
    text = make_text(admin, variables=[{**VARIABLES[0], "required": False}, VARIABLES[1]])
    agreement = list_party(text, admin, department=law_enforcement, person="")
    acts.issue(agreement, by=admin, at=NOW)
    assert "分管负责人＿＿＿＿＿＿为直接责任人" in "".join(block.text for block in acts.paper_of(agreement))


# --- signing, viewing, assessing ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("wrong", "field"), [
    ({"scans": []}, "scans"), ({"signed_on": date(2016, 12, 23)}, "signed_on"),
    ({"signed_on": date(2016, 12, 20)}, "signed_on"), ({"signer": " "}, "signer"),
])  # fmt: skip
def test_a_signature_without_page_name_or_possible_day_is_refused(agreement, admin, clerk, wrong, field):
    acts.issue(agreement, by=admin, at=NOW)
    with pytest.raises(AnswersRefused) as refusal:
        acts.sign(agreement, by=clerk, at=LATER, **answers_for("sign") | wrong)
    assert list(refusal.value.errors) == [field] and not AgreementScan.objects.exists()
    acts.sign(agreement, by=clerk, at=LATER, **answers_for("sign"))
    assert Agreement.objects.get(pk=agreement.pk).masked_signer == "金*雀" and agreement.scans.count() == 1


def test_a_signature_may_start_the_agreement_at_once(agreement, admin, clerk):
    acts.issue(agreement, by=admin, at=NOW)
    acts.sign(agreement, by=clerk, at=LATER, in_force=True, **answers_for("sign"))
    assert agreement.stage == "in_force"
    assert list(agreement.records.order_by("pk").values_list("act", flat=True))[-2:] == ["sign", "start"]


def test_the_party_views_its_own_once(agreement, admin, handler, other_handler, clerk):
    assert handler.department == agreement.department
    acts.issue(agreement, by=admin, at=NOW)
    with pytest.raises(StepForbidden):
        acts.view(agreement, by=other_handler, at=LATER)
    assert acts.view(agreement, by=handler, at=LATER) is True
    assert acts.view(agreement, by=handler, at=LATER) is False
    assert Agreement.objects.get(pk=agreement.pk).viewed_at == LATER
    assert agreement.records.filter(act="view").count() == 1


@pytest.mark.parametrize("score", [Decimal("-0.01"), Decimal("100.01")])
def test_a_score_outside_a_hundred_is_refused(agreement, admin, clerk, score):
    walk(agreement, "in_force", admin=admin, clerk=clerk)
    with pytest.raises(AnswersRefused):
        acts.assess(agreement, by=clerk, at=LATER, score=score)
    acts.assess(agreement, by=clerk, at=LATER, score=Decimal("94.99"))
    assert (agreement.band, agreement.deduct) == ("良好", 1)


def test_bands_changed_later_do_not_judge_anew(text, agreement, admin, clerk):
    walk(agreement, "assessed", admin=admin, clerk=clerk)
    texts.set_bands(text, rows=[{"lower": Decimal(0), "name": "新档", "deduct": 0, "consequence": ""}], by=admin, at=LATER)
    assert Agreement.objects.get(pk=agreement.pk).band == "良好"


# --- tasks -------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def task(agreement, admin, clerk):
    walk(agreement, "in_force", admin=admin, clerk=clerk)
    return AgreementTask.objects.create(agreement=agreement, seq=1, text="清理楼道", due_on=date(2016, 12, 20))


def test_a_task_is_late_when_done_after_its_day_or_not_done_though_the_day_is_over(task):
    assert task.is_late(today=date(2016, 12, 21)) and not task.is_late(today=date(2016, 12, 20))
    assert list(AgreementTask.objects.late(today=date(2016, 12, 21))) == [task]
    assert not AgreementTask.objects.late(today=date(2016, 12, 20)).exists() and task.on_time is None
    task.finished_on = date(2016, 12, 20)
    assert task.on_time is True
    task.finished_on = date(2016, 12, 21)
    assert task.on_time is False


def test_a_task_is_reported_once_and_scored_only_when_done(task, handler, other_handler, clerk):
    with pytest.raises(StepConflict, match="还没有完成"):
        parties.check_task(task, by=clerk, at=LATER, score=Decimal(90), checker="城管科")
    with pytest.raises(StepForbidden):
        parties.finish_task(task, by=other_handler, at=LATER, finished_on=date(2016, 12, 21))
    with pytest.raises(AnswersRefused):
        parties.finish_task(task, by=handler, at=LATER, finished_on=date(2016, 12, 23))
    parties.finish_task(task, by=handler, at=LATER, finished_on=date(2016, 12, 21))
    with pytest.raises(StepConflict, match="未重复操作"):
        parties.finish_task(AgreementTask.objects.get(), by=handler, at=LATER, finished_on=date(2016, 12, 20))
    with pytest.raises(StepForbidden):
        parties.check_task(task, by=handler, at=LATER, score=Decimal(90), checker="自己")
    parties.check_task(task, by=clerk, at=LATER, score=Decimal("92.5"), checker="城管科")
    assert acts.proposed_score(task.agreement) == Decimal("92.50")


def test_nothing_is_reported_or_scored_after_the_assessment(task, handler, clerk):
    acts.assess(task.agreement, by=clerk, at=LATER, score=Decimal(90))
    with pytest.raises(StepConflict):
        parties.finish_task(task, by=handler, at=LATER, finished_on=date(2016, 12, 21))


# --- reminding -----------------------------------------------------------------------------------------------------------------


def test_each_party_is_reminded_at_most_once_a_day(text, agreement, admin, handler):
    acts.issue(agreement, by=admin, at=NOW)
    first, second = (parties.remind(text, by=admin, at=NOW) for _ in range(2))
    assert (first.done, second.done, second.already) == (1, 0, 1)
    assert parties.remind(text, by=admin, at=LATER).done == 1
    said = Notification.objects.filter(user=handler, slot__startswith="agreement-reminder")
    assert said.count() == 2 and said.first().url == agreement.get_absolute_url()


def test_a_unit_is_reminded_through_its_community_and_nobody_else(text, admin, xijing, community_worker, other_community_worker):
    unit = make_unit(xijing)
    acts.issue(list_party(text, admin, organisation=unit), by=admin, at=NOW)
    assert parties.remind(text, by=admin, at=NOW).done == 1
    notice = Notification.objects.get(slot__startswith="agreement-reminder")
    assert notice.user == community_worker and unit.name in notice.text and notice.url == ""


def test_a_party_without_a_login_is_named_and_not_counted_as_reminded(text, admin, law_enforcement):
    acts.issue(list_party(text, admin, department=law_enforcement), by=admin, at=NOW)
    reminded = parties.remind(text, by=admin, at=NOW)
    assert (reminded.done, reminded.unreachable) == (0, ["城管执法队"])
    assert Agreement.objects.get().reminded_on is None


def test_who_signed_is_not_reminded_and_others_may_not_remind(text, agreement, admin, clerk, handler, leader):
    acts.issue(agreement, by=admin, at=NOW)
    with pytest.raises(StepForbidden):
        parties.remind(text, by=leader, at=NOW)
    assert parties.remind(text, by=clerk, at=NOW, only=agreement.pk).done == 1
    acts.sign(agreement, by=clerk, at=LATER, **answers_for("sign"))
    with pytest.raises(StepRefused, match="已经签订"):
        parties.remind(text, by=clerk, at=LATER, only=agreement.pk)


# --- who sees what ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["chief", "clerk", "leader", "admin"])
def test_those_whose_role_opens_agreements_see_all(agreement, who, request):
    assert list(Agreement.objects.visible_to(request.getfixturevalue(who))) == [agreement]


@pytest.mark.parametrize("who", ["dispatcher", "inspector", "petition_officer", "auditor", "outsider"])
def test_others_see_none(agreement, who, request):
    assert not Agreement.objects.visible_to(request.getfixturevalue(who)).exists()


def test_a_partys_people_see_their_own_once_it_was_sent(text, agreement, admin, handler, other_handler, xijing, community_worker, other_community_worker):  # fmt: skip
    theirs = list_party(text, admin, department=xijing.department)
    unit = list_party(text, admin, organisation=make_unit(xijing))
    assert not Agreement.objects.visible_to(handler).exists()
    parties.issue_all(text, by=admin, at=NOW)
    assert list(Agreement.objects.visible_to(handler)) == [agreement]
    assert list(Agreement.objects.visible_to(community_worker)) == [theirs] and unit
    assert not Agreement.objects.visible_to(other_handler).exists()
    assert not Agreement.objects.visible_to(other_community_worker).exists()


def test_names_are_printed_in_full_for_a_reason_by_the_clerk_alone(agreement, admin, clerk, leader):
    masked = str(acts.paper_of(agreement))
    assert PERSON not in masked and "金*雀" in masked
    for other in (admin, leader):
        with pytest.raises(StepForbidden):
            parties.reveal_names(agreement, by=other, reason="装订存档用", at=NOW)
    with pytest.raises(AnswersRefused, match="至少 5 个字"):
        parties.reveal_names(agreement, by=clerk, reason="看看", at=NOW)
    assert not AuditEntry.objects.filter(action="agreement_names_revealed").exists()
    assert PERSON in str(parties.reveal_names(agreement, by=clerk, reason="装订存档用", at=NOW))
    assert AuditEntry.objects.get(action="agreement_names_revealed").reason == "装订存档用"


# --- at once -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_ten_who_send_at_once_one_wins_and_numbers_are_taken_once(admin, law_enforcement):
    agreement = list_party(make_text(admin), admin, department=law_enforcement)

    def send(_):
        try:
            return acts.issue(Agreement.objects.get(pk=agreement.pk), by=admin, at=NOW)
        except StepRefused as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(send, range(10)))
    assert sum(isinstance(one, Agreement) for one in answers) == 1
    assert AgreementRecord.objects.filter(act="issue").count() == 1
    agreement.template.refresh_from_db()
    assert agreement.template.last_serial == 1


def test_a_kind_is_told_from_the_department(xijing):
    assert parties.kind_of(xijing.department) == "community"
    assert parties.kind_of(make_department("环卫队", kind="outside")) == "station"


