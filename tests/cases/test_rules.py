"""Each rule of the table refuses with its sentence, and lets pass what it should."""
from datetime import timedelta

import pytest

from cases import owing, trail
from cases.errors import AnswersRefused, MoveConflict, MoveForbidden, MoveRefused
from cases.models import Case, CasePhoto, Petitioner
from cases.states import State
from tests.make import (
    NOW,
    make_case,
    make_category,
    make_department,
    make_photo,
    make_return_reason,
    make_user,
    moment,
    move,
    put,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]


@pytest.fixture
def registered(dispatcher, category, xijing):
    case = make_case(dispatcher)
    move("accept", case, dispatcher, category=category)
    move("register", case, dispatcher, category=category, grid=xijing.grids.get(), urgency="normal")
    return case


@pytest.fixture
def dispatched(registered, dispatcher, law_enforcement):
    move("dispatch", registered, dispatcher, lead=law_enforcement)
    return registered


@pytest.fixture
def handling(dispatched, handler):
    move("acknowledge", dispatched, handler)
    return dispatched


@pytest.fixture
def checking(handling, handler, dispatcher, inspector):
    move("feedback", handling, handler, words="已劝离游商五户并安排值守")
    move("send_check", handling, dispatcher, checker=inspector)
    return handling


def test_what_was_seen_must_be_what_is_there(registered, dispatcher, law_enforcement):
    seen = registered.version
    move("note", registered, dispatcher, words="先打个电话")
    with pytest.raises(MoveConflict, match="批注"):
        move("dispatch", registered, dispatcher, version=seen, lead=law_enforcement)
    move("dispatch", registered, dispatcher, version=registered.version, lead=law_enforcement)


def test_answers_are_asked_for_in_sentences(registered, dispatcher):
    with pytest.raises(AnswersRefused) as refused:
        move("dispatch", registered, dispatcher)
    assert refused.value.errors == {"lead": "请填写承办单位。"}
    with pytest.raises(AnswersRefused, match="没有“colour”"):
        move("note", registered, dispatcher, words="说明", colour="red")
    registered.refresh_from_db()
    assert registered.state == State.REGISTERED


def test_verification_goes_to_somebody(dispatcher, xijing, inspector, outsider):
    case = make_case(dispatcher)
    with pytest.raises(AnswersRefused, match="至少选一个"):
        move("send_verification", case, dispatcher)
    with pytest.raises(AnswersRefused, match="不能核实"):
        move("send_verification", case, dispatcher, verifier=outsider)
    move("send_verification", case, dispatcher, community=xijing)
    assert case.state == State.VERIFYING and case.clocks.filter(kind="verify", stopped_at=None).exists()


def test_only_the_one_asked_verifies(dispatcher, xijing, community_worker, other_community_worker):
    case = make_case(dispatcher)
    move("send_verification", case, dispatcher, community=xijing)
    with pytest.raises(MoveForbidden):
        move("answer_verification", case, other_community_worker, is_true=True)
    move("answer_verification", case, community_worker, is_true=True, photos=[make_photo()])
    assert case.state == State.REPORTED and case.verified_true and case.photos.count() == 1


def test_registration_needs_a_grid_but_not_for_petitions(dispatcher, petition_officer, category, xijing):
    case = make_case(dispatcher)
    move("accept", case, dispatcher, category=category)
    with pytest.raises(AnswersRefused, match="网格"):
        move("register", case, dispatcher, category=category, urgency="normal")
    move("register", case, dispatcher, category=category, urgency="normal", grid=xijing.grids.get())
    petition = make_case(petition_officer, source="XF")
    move("accept", petition, petition_officer, category=category)
    move("register", petition, petition_officer, category=category, urgency="normal")
    assert petition.state == State.REGISTERED


def test_a_petition_is_due_sixty_days_after_acceptance(petition_officer, category, law_enforcement):
    petition = make_case(petition_officer, source="XF")
    assert petition.due_at == moment("2017-01-05 23:59") + timedelta(seconds=59)
    move("accept", petition, petition_officer, category=category)
    assert petition.statutory_at == moment("2017-02-19 23:59") + timedelta(seconds=59)
    move("register", petition, petition_officer, category=category, urgency="normal")
    move("dispatch", petition, petition_officer, lead=law_enforcement)
    assert petition.clocks.get(kind="handle").due_at == petition.statutory_at


def test_a_department_out_of_use_gets_no_case(registered, dispatcher, law_enforcement):
    closed = make_department("旧科室", active=False)
    for answers in ({"lead": closed}, {"lead": law_enforcement, "assisting": [closed]}):
        with pytest.raises(AnswersRefused, match="旧科室"):
            move("dispatch", registered, dispatcher, **answers)
    with pytest.raises(AnswersRefused, match="已是主办"):
        move("dispatch", registered, dispatcher, lead=law_enforcement, assisting=[law_enforcement])
    move("dispatch", registered, dispatcher, lead=law_enforcement)


def test_a_due_beyond_the_standard_is_the_chiefs_to_give(registered, dispatcher, chief, law_enforcement):
    far = moment("2017-02-01 17:30")
    with pytest.raises(AnswersRefused, match="最晚 12-28 17:30"):
        move("dispatch", registered, dispatcher, lead=law_enforcement, due=far)
    with pytest.raises(AnswersRefused, match="早于现在"):
        move("dispatch", registered, chief, lead=law_enforcement, due=moment("2016-12-01 09:00"))
    move("dispatch", registered, chief, lead=law_enforcement, due=far)
    assert registered.clocks.get(kind="handle").due_at == far


def test_the_required_date_caps_handling(dispatcher, category, xijing, law_enforcement):
    required = moment("2016-12-23 12:00")
    case = make_case(dispatcher, source="DC", required_at=required)
    move("accept", case, dispatcher, category=category)
    move("register", case, dispatcher, category=category, grid=xijing.grids.get(), urgency="normal")
    move("dispatch", case, dispatcher, lead=law_enforcement)
    assert case.clocks.get(kind="handle").due_at == required


def test_blue_sky_cases_name_a_leader(dispatcher, xijing, law_enforcement):
    coal = make_category("违规燃煤", code="0190", tags="蓝天行动")
    case = make_case(dispatcher, category=coal)
    move("accept", case, dispatcher, category=coal)
    move("register", case, dispatcher, category=coal, grid=xijing.grids.get(), urgency="normal")
    with pytest.raises(AnswersRefused, match="带班处级领导"):
        move("dispatch", case, dispatcher, lead=law_enforcement)
    move("dispatch", case, dispatcher, lead=law_enforcement, duty_leader="许处")
    assert case.state == State.DISPATCHED


def test_a_dispatch_is_undone_by_the_same_hand_within_ten_seconds(
    registered, dispatcher, other_dispatcher, law_enforcement
):
    due, events = registered.due_at, registered.event_count
    move("dispatch", registered, dispatcher, lead=law_enforcement)
    with pytest.raises(MoveRefused):
        move("undo_dispatch", registered, other_dispatcher, at=NOW + timedelta(seconds=5))
    with pytest.raises(MoveRefused, match="10 秒"):
        move("undo_dispatch", registered, dispatcher, at=NOW + timedelta(seconds=11))
    move("undo_dispatch", registered, dispatcher, at=NOW + timedelta(seconds=9))
    assert registered.state == State.REGISTERED and registered.due_at == due and registered.lead is None
    assert registered.event_count == events + 2 and trail.first_break(registered) == ""
    assert not registered.assignments.exists() and not registered.clocks.filter(kind="handle").exists()


def test_another_hand_in_between_wins_over_undo(registered, dispatcher, other_dispatcher, law_enforcement):
    move("dispatch", registered, dispatcher, lead=law_enforcement)
    move("note", registered, other_dispatcher, words="已电话通知", at=NOW + timedelta(seconds=2))
    with pytest.raises(MoveRefused, match="新的动作"):
        move("undo_dispatch", registered, dispatcher, at=NOW + timedelta(seconds=4))
    assert registered.state == State.DISPATCHED


def test_undo_after_a_return_goes_back_to_returned(dispatched, dispatcher, handler, law_enforcement):
    move("return", dispatched, handler, return_reason=make_return_reason(), reason="不属本单位职责")
    later = NOW + timedelta(minutes=5)
    move("dispatch", dispatched, dispatcher, lead=law_enforcement, at=later)
    move("undo_dispatch", dispatched, dispatcher, at=later + timedelta(seconds=3))
    assert dispatched.state == State.RETURNED and dispatched.due_clock == "dispatch"


def test_a_case_is_handled_by_its_lead_alone(dispatched, handler, other_handler):
    with pytest.raises(MoveForbidden, match="办理范围"):
        move("acknowledge", dispatched, other_handler)
    move("acknowledge", dispatched, handler)
    assert dispatched.assignments.get().acknowledged_by == handler


def test_an_assisting_department_may_note_and_no_more(
    registered, dispatcher, law_enforcement, sanitation, other_handler, outsider
):
    with pytest.raises(MoveForbidden):
        move("note", registered, other_handler, words="我们来帮忙")
    move("dispatch", registered, dispatcher, lead=law_enforcement, assisting=[sanitation])
    move("note", registered, other_handler, words="我们来帮忙", photos=[make_photo()])
    with pytest.raises(MoveForbidden):
        move("acknowledge", registered, other_handler)
    with pytest.raises(MoveForbidden):
        move("note", registered, outsider, words="路过")


def test_a_return_ends_the_departments_clock_and_keeps_the_required_date(dispatched, handler):
    move("return", dispatched, handler, return_reason=make_return_reason(), reason="不属本单位职责")
    assert dispatched.state == State.RETURNED and dispatched.return_count == 1 and dispatched.lead is None
    assert dispatched.due_clock == "dispatch"
    assert dispatched.clocks.get(kind="handle").final and dispatched.clocks.get(kind="close").stopped_at is None


def test_a_petition_is_returned_within_five_working_days(petition_officer, category, law_enforcement, handler):
    petition = make_case(petition_officer, source="XF")
    move("accept", petition, petition_officer, category=category)
    move("register", petition, petition_officer, category=category, urgency="normal")
    move("dispatch", petition, petition_officer, lead=law_enforcement)
    answers = {"return_reason": make_return_reason(), "reason": "不属本单位职责"}
    with pytest.raises(MoveRefused, match="5 个工作日"):
        move("return", petition, handler, at=moment("2016-12-29 09:00"), **answers)
    move("return", petition, handler, at=moment("2016-12-28 17:00"), **answers)
    assert petition.state == State.RETURNED


def test_evidence_is_asked_for_where_the_category_says_so(dispatcher, handler, xijing, law_enforcement):
    rubbish = make_category("暴露垃圾", code="0102", evidence_required=True)
    case = make_case(dispatcher)
    move("accept", case, dispatcher, category=rubbish)
    move("register", case, dispatcher, category=rubbish, grid=xijing.grids.get(), urgency="normal")
    move("dispatch", case, dispatcher, lead=law_enforcement)
    move("acknowledge", case, handler)
    with pytest.raises(AnswersRefused, match="整改后照片"):
        move("feedback", case, handler, words="已清运垃圾并冲洗地面")
    with pytest.raises(AnswersRefused, match="太短"):
        move("feedback", case, handler, words="已清", photos=[make_photo()])
    move("feedback", case, handler, words="已清运垃圾并冲洗地面", photos=[make_photo()])
    assert CasePhoto.objects.get(case=case).kind == "after"


def test_a_hotline_call_may_be_answered_with_words(dispatcher, handler, xijing, law_enforcement):
    policy = make_category("政策咨询", code="0607", evidence_required=True)
    case = make_case(dispatcher, source="RX")
    move("accept", case, dispatcher, category=policy)
    move("register", case, dispatcher, category=policy, grid=xijing.grids.get(), urgency="normal")
    move("dispatch", case, dispatcher, lead=law_enforcement)
    move("acknowledge", case, handler)
    move("feedback", case, handler, words="已向来电人逐条解释政策规定")
    assert case.state == State.FEEDBACK_SUBMITTED


def test_the_checker_had_no_hand_in_it(handling, handler, dispatcher, inspector, law_enforcement):
    move("feedback", handling, handler, words="已劝离游商五户并安排值守")
    colleague = make_user("colleague", "inspector", department=law_enforcement)
    both = make_user("both", "handler", "inspector", department=law_enforcement)
    newcomer = make_user("newcomer", "worker", "inspector", department=law_enforcement)
    for wrong in (handler, colleague, both, newcomer):
        with pytest.raises(AnswersRefused, match="不能核查"):
            move("send_check", handling, dispatcher, checker=wrong)
    move("send_check", handling, dispatcher, checker=inspector)
    with pytest.raises(MoveForbidden, match="同属一个单位"):
        move("pass_check", handling, colleague, words="通过")
    move("pass_check", handling, inspector, words="通过")


def test_the_handler_in_a_second_role_and_a_new_home_still_does_not_check(
    handling, handler, dispatcher, inspector, command_centre
):
    from accounts.models import RoleGrant

    move("feedback", handling, handler, words="已劝离游商五户并安排值守")
    move("send_check", handling, dispatcher, checker=inspector)
    RoleGrant.objects.create(user=handler, role="inspector")
    handler.department = command_centre
    handler.save(update_fields=["department"])
    handler.forget_roles()
    with pytest.raises(MoveForbidden, match="签收或处置过"):
        move("pass_check", handling, handler, words="通过")
    move("pass_check", handling, inspector, words="通过")


def test_a_worker_checks_only_when_named(handling, handler, dispatcher, community_worker, other_community_worker):
    move("feedback", handling, handler, words="已劝离游商五户并安排值守")
    move("send_check", handling, dispatcher, checker=community_worker)
    with pytest.raises(MoveForbidden):
        move("pass_check", handling, other_community_worker, words="通过")
    move("pass_check", handling, community_worker, words="通过")


def test_fix_on_spot_goes_straight_to_checking_by_another(community_worker, inspector, xijing, dispatcher):
    photos = {"before_photos": [make_photo()], "photos": [make_photo()], "words": "当场清走堆物并恢复通道"}
    case = make_case(community_worker, move="fix_on_spot", answers=photos)
    assert case.state == State.CHECKING and case.photos.count() == 2
    from accounts.models import RoleGrant

    RoleGrant.objects.create(user=community_worker, role="inspector")
    community_worker.forget_roles()
    with pytest.raises(MoveForbidden, match="签收或处置过"):
        move("pass_check", case, community_worker, words="通过")
    neighbour = make_user("neighbour", "inspector", department=xijing.department)
    with pytest.raises(MoveForbidden, match="同属一个单位"):
        move("pass_check", case, neighbour, words="通过")
    move("pass_check", case, inspector, words="通过")
    move("close", case, dispatcher, conclusion="同意结案")
    assert case.state == State.CLOSED


def test_a_fix_on_spot_that_failed_goes_back_to_the_fixers_department(community_worker, inspector, xijing):
    photos = {"before_photos": [make_photo()], "photos": [make_photo()], "words": "当场清走堆物并恢复通道"}
    case = make_case(community_worker, move="fix_on_spot", answers=photos)
    move("rework", case, inspector, reason="堆物又回来了")
    assert case.state == State.REWORK and case.lead == xijing.department
    move("acknowledge", case, community_worker)


def test_fix_on_spot_needs_both_pictures(community_worker):
    with pytest.raises(AnswersRefused) as refused:
        make_case(community_worker, move="fix_on_spot", answers={"words": "当场清走堆物并恢复通道"})
    assert set(refused.value.errors) == {"before_photos", "photos"} and not Case.objects.exists()


def test_an_extension_is_asked_before_the_due_and_decided_by_another(handling, handler, chief, law_enforcement):
    until = moment("2016-12-30 17:30")
    with pytest.raises(AnswersRefused, match="晚于现时限"):
        move("request_extension", handling, handler, until=moment("2016-12-22 09:00"), reason="等待设备到货")
    with pytest.raises(AnswersRefused, match="最多延至"):
        move("request_extension", handling, handler, until=moment("2017-03-01 17:30"), reason="等待设备到货")
    with pytest.raises(MoveRefused, match="到期"):
        move("request_extension", handling, handler, until=until, reason="等待设备到货", at=moment("2016-12-29 09:00"))
    move("request_extension", handling, handler, until=until, reason="等待设备到货")
    with pytest.raises(MoveRefused, match="已有一份"):
        move("request_extension", handling, handler, until=until, reason="等待设备到货")
    own_chief = make_user("own_chief", "chief", "handler", department=law_enforcement)
    handling.requests.update(requested_by=own_chief)
    with pytest.raises(MoveForbidden, match="本人"):
        move("grant_extension", handling, own_chief)
    move("grant_extension", handling, chief)
    assert handling.clocks.get(kind="handle").due_at == until and handling.due_at == until
    with pytest.raises(MoveRefused, match="没有待审批"):
        move("refuse_extension", handling, chief, reason="不同意延期")


def test_a_refused_extension_leaves_the_due(handling, handler, chief):
    due = handling.due_at
    move("request_extension", handling, handler, until=moment("2016-12-30 17:30"), reason="等待设备到货")
    move("refuse_extension", handling, chief, reason="请按时办结")
    assert handling.due_at == due and handling.requests.get().granted is False


def test_a_suspension_needs_a_review_date_to_come(handling, handler, chief):
    with pytest.raises(AnswersRefused, match="晚于今天"):
        move("request_suspension", handling, handler, review_on=NOW.date(), reason="等待产权单位立项")
    review_on = moment("2017-01-10 09:00").date()
    move("request_suspension", handling, handler, review_on=review_on, reason="等待产权单位立项")
    move("refuse_suspension", handling, chief, reason="请先行围挡")
    assert handling.state == State.IN_PROGRESS


def test_merging_carries_reporters_and_the_earliest_due(dispatcher, petition_officer):
    master = make_case(dispatcher, source="WX", reporter={"name": "李小兰", "phone": "13800001234"})
    follower = make_case(dispatcher, source="WX", reporter={"name": "王小明", "phone": "13800005678"})
    petition = make_case(petition_officer, source="XF")
    with pytest.raises(AnswersRefused, match="信访"):
        move("merge", follower, dispatcher, master=petition, reason="同一处问题")
    with pytest.raises(AnswersRefused, match="自己"):
        move("merge", follower, dispatcher, master=follower, reason="同一处问题")
    move("merge", follower, dispatcher, master=master, reason="同一处问题")
    master.refresh_from_db()
    assert follower.state == State.MERGED and follower.master == master and follower.due_at is None
    assert master.reporters.count() == 2 and owing.owed_to(master) == 2
    assert trail.first_break(master) == "" == trail.first_break(follower)
    with pytest.raises(AnswersRefused, match="已结束"):
        move("merge", master, dispatcher, master=follower, reason="同一处问题")
    move("reopen", follower, dispatcher, reason="其实是两处问题")
    assert follower.state == State.REPORTED and follower.reporters.count() == 1 and master.reporters.count() == 1


def test_splitting_opens_registered_parts(registered, dispatcher):
    with pytest.raises(AnswersRefused, match="至少要两项"):
        move("split", registered, dispatcher, parts=["只有一项"])
    move("split", registered, dispatcher, parts=["清理堆物", "修复路灯"])
    parts = Case.objects.filter(parent=registered)
    assert {part.state for part in parts} == {State.REGISTERED} and len(parts) == 2
    assert {part.received_at for part in parts} == {registered.received_at}


def test_voiding_tells_the_reporter_and_is_the_chiefs_once_dispatched(dispatched, dispatcher, chief):
    answers = {"reason": "与另一件重复登记", "public_words": "您反映的问题已在另一件中办理"}
    with pytest.raises(MoveForbidden, match="值班科长"):
        move("void", dispatched, dispatcher, **answers)
    move("void", dispatched, chief, **answers)
    with pytest.raises(MoveForbidden, match="值班科长"):
        move("reopen", dispatched, dispatcher, reason="核实后需要办理")
    move("reopen", dispatched, chief, reason="核实后需要办理")
    assert dispatched.state == State.REPORTED


def test_rejecting_answers_whoever_waits(dispatcher):
    case = make_case(dispatcher, source="WX", reporter={"name": "李小兰", "phone": "13800001234"})
    move("reject", case, dispatcher, reason="不在本街道辖区", public_words="该地点属海淀区，请拨打12345")
    assert case.state == State.REJECTED and owing.owed_to(case) == 0 and case.replies.get().final


def test_a_final_answer_comes_after_the_check(checking, dispatcher, inspector):
    from cases.models import Reporter

    unit = Reporter.objects.create(
        case=checking, came_with=checking, kind="unit", name="区城管委", reply_owed=True, at=NOW
    )
    answers = {"to_whom": unit, "channel": "document", "words": "正在办理"}
    with pytest.raises(MoveRefused, match="核查通过后"):
        move("reply", checking, dispatcher, final=True, **answers)
    move("reply", checking, dispatcher, **answers)
    move("pass_check", checking, inspector, words="通过")
    with pytest.raises(MoveRefused, match="1 位"):
        move("close", checking, dispatcher, conclusion="同意结案")
    move("reply", checking, dispatcher, final=True, **answers)
    move("close", checking, dispatcher, conclusion="同意结案")


def test_a_petition_closes_with_an_outcome_and_an_answer(
    petition_officer, category, law_enforcement, handler, xijing
):
    case = make_case(petition_officer, source="XF")
    other_officer = make_user("officer2", "petition", department=make_department("信访办", kind="office"))
    move("accept", case, petition_officer, category=category)
    move("register", case, petition_officer, category=category, urgency="normal")
    move("dispatch", case, petition_officer, lead=law_enforcement)
    move("acknowledge", case, handler)
    move("feedback", case, handler, words="已与信访人当面沟通并达成一致")
    move("send_check", case, petition_officer, checker=other_officer)
    move("pass_check", case, other_officer, words="属实")
    with pytest.raises(MoveRefused, match="没有办结答复"):
        move("close", case, petition_officer, conclusion="同意结案", outcome="supported")
    move("reply", case, petition_officer, to_whom="petitioner", channel="letter", words="答复意见书", final=True)
    with pytest.raises(AnswersRefused, match="答复结论"):
        move("close", case, petition_officer, conclusion="同意结案")
    move("close", case, petition_officer, conclusion="同意结案", outcome="supported")
    assert case.state == State.CLOSED and Petitioner.objects.get(case=case).replied_at


def test_a_pending_request_keeps_the_case_open(checking, handler, dispatcher, inspector):
    from cases.models import CaseRequest

    CaseRequest.objects.create(
        case=checking, kind="suspension", reason="等待", requested_by=handler, requested_at=NOW
    )
    move("pass_check", checking, inspector, words="通过")
    with pytest.raises(MoveRefused, match="没有审批"):
        move("close", checking, dispatcher, conclusion="同意结案")
    checking.requests.update(granted=False)
    move("close", checking, dispatcher, conclusion="同意结案")


def test_supervision_runs_on_its_own_clock_and_the_nearest_leads(handling, leader, dispatcher):
    with pytest.raises(MoveForbidden):
        move("supervise", handling, dispatcher, level=1, due=moment("2016-12-22 12:00"), words="抓紧办理")
    with pytest.raises(AnswersRefused, match="早于现在"):
        move("supervise", handling, leader, level=1, due=moment("2016-12-20 12:00"), words="抓紧办理")
    with pytest.raises(MoveRefused, match="没有督办"):
        move("lift", handling, leader)
    move("supervise", handling, leader, level=1, due=moment("2016-12-22 12:00"), words="抓紧办理")
    assert handling.due_clock == "supervise" and handling.supervise_level == 1
    move("lift", handling, leader)
    assert handling.due_clock == "handle" and not handling.supervise_level


def test_one_reminder_an_hour(handling, dispatcher):
    move("remind", handling, dispatcher)
    with pytest.raises(MoveRefused, match="一小时"):
        move("remind", handling, dispatcher, at=NOW + timedelta(minutes=59))
    move("remind", handling, dispatcher, at=NOW + timedelta(minutes=61))


def test_reopening_starts_new_clocks_and_keeps_the_old_closing(checking, dispatcher, inspector):
    move("pass_check", checking, inspector, words="通过")
    move("close", checking, dispatcher, conclusion="同意结案", at=NOW + timedelta(hours=1))
    move("reopen", checking, dispatcher, reason="居民反映反弹", at=moment("2017-01-04 09:00"))
    assert checking.state == State.REGISTERED and checking.due_clock == "dispatch"
    assert checking.events.filter(move="close").exists()


def test_an_old_year_and_a_new_year_have_counters_of_their_own(dispatcher):
    old = make_case(dispatcher, at=moment("2016-12-31 23:59"))
    new = make_case(dispatcher, at=moment("2017-01-01 00:01"))
    assert (old.number, new.number) == ("WG-2016-001", "WG-2017-001")


def test_the_petitioners_name_is_in_no_text_of_the_case(petition_officer, category):
    case = make_case(
        petition_officer, source="XF", title="金丝雀反映补贴未到账",
        description="来访人金丝雀，电话13800007777，身份证110199198201011005",
    )  # fmt: skip
    move("note", case, petition_officer, words="金丝雀来电催问，手机13800007777")
    texts = " ".join(
        [case.title, case.description, *case.events.values_list("words", flat=True)]
        + [str(facts) for facts in case.events.values_list("facts", flat=True)]
    )
    assert "金丝雀" not in texts and "13800007777" not in texts and "110199198201011005" not in texts
    assert "信访人2016-001" in case.title and "138****7777" in case.description
    assert Petitioner.objects.get(case=case).original_title == "金丝雀反映补贴未到账"


def test_a_document_is_registered_once(dispatcher):
    first = make_case(dispatcher, source="DC")
    with pytest.raises(AnswersRefused, match=first.number):
        make_case(dispatcher, source="DC", detail={
            "level": "city", "doc_no": first.notice.doc_no, "issuing_unit": "市环境办"
        })  # fmt: skip
    make_case(dispatcher, source="DC", detail={"level": "city", "doc_no": "市环监通〔2016〕1号", "issuing_unit": "市"})


def test_a_12345_call_has_a_response_and_a_resolution_clock(dispatcher, category):
    from cases.models import HotlineKind

    swift = HotlineKind.objects.get(code="12345")
    case = make_case(
        dispatcher, source="RX", detail={"kind": swift, "outside_number": "1"},
        reporter={"name": "某女士", "phone": "13800001111"},
    )  # fmt: skip
    assert case.hotline.response_due_at == NOW + timedelta(hours=24)
    assert case.required_at == case.hotline.resolution_due_at == moment("2016-12-28 23:59") + timedelta(seconds=59)
    move("accept", case, dispatcher, category=category)
    move("reply", case, dispatcher, to_whom=case.reporters.get(), channel="phone", words="已受理，正在安排")
    case.hotline.refresh_from_db()
    assert case.hotline.responded_at == NOW
    plain = make_case(dispatcher, source="RX")
    assert plain.required_at is None and plain.hotline.response_due_at is None


def test_a_transfer_is_receipted_when_it_is_accepted(dispatcher, category):
    case = make_case(dispatcher, source="ZB")
    assert case.transfer.receipt_at is None
    move("accept", case, dispatcher, category=category)
    case.transfer.refresh_from_db()
    assert case.transfer.receipt_at == NOW


def test_a_limit_with_a_wrong_year_is_refused_before_any_clock_counts_to_it(
    registered, dispatcher, chief, handler, law_enforcement
):
    far = moment("2099-12-31 17:30")
    with pytest.raises(AnswersRefused, match="办理时限在一年以后。请核对年份。"):
        move("dispatch", registered, chief, lead=law_enforcement, due=far)
    with pytest.raises(AnswersRefused, match="督办时限在一年以后。请核对年份。"):
        move("supervise", registered, chief, level=1, due=far, words="请抓紧")
    move("supervise", registered, chief, level=1, due=moment("2017-12-20 17:30"), words="请抓紧")
    move("dispatch", registered, chief, lead=law_enforcement, due=moment("2017-12-20 17:30"))
    move("acknowledge", registered, handler)
    with pytest.raises(AnswersRefused, match="复核日期在一年以后。请核对年份。"):
        move("request_suspension", registered, handler, review_on=far.date(), reason="等待产权单位立项")


def test_a_limit_of_a_major_class_of_events_leaves_components_alone(dispatcher, xijing, law_enforcement):
    """事件 04 is sudden events, 部件 04 is greenery: the same number, another matter."""
    from cases.models import Category

    burst = make_category("自来水管破裂", code="0402")
    tree = Category.objects.create(
        kind="component", major_code="04", major="园林绿化", code="0402", name="行道树", evidence_required=False
    )
    dues = []
    for category in (burst, tree):
        case = make_case(dispatcher)
        move("accept", case, dispatcher, category=category)
        move("register", case, dispatcher, category=category, grid=xijing.grids.get(), urgency="normal")
        move("dispatch", case, dispatcher, lead=law_enforcement)
        dues.append(case.clocks.get(kind="handle").due_at)
    assert dues == [moment("2016-12-22 17:30"), moment("2016-12-28 17:30")]


def test_a_note_of_the_system_leaves_open_forms_good(registered, dispatcher, law_enforcement):
    seen = registered.version
    move("note", registered, None, words="疑似重复")
    move("dispatch", registered, dispatcher, version=seen, lead=law_enforcement)
    assert registered.state == State.DISPATCHED and trail.first_break(registered) == ""


def test_whoever_joins_after_the_check_starts_the_reply_clock(checking, dispatcher, inspector):
    from cases.joining import join_case

    move("pass_check", checking, inspector, words="通过")
    assert checking.due_at is None
    checking = put(checking, "checked", source="WX")
    join_case(checking, key="k1", by=None, at=NOW, words="我也看到了")
    checking.refresh_from_db()
    assert checking.due_at is None  # left no phone: nobody to answer
    join_case(checking, key="k2", by=None, at=NOW, phone="13800009999")
    checking.refresh_from_db()
    assert checking.due_clock == "reply"
