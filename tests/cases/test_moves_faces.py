"""Every move by plain forms, as a browser without scripts makes them, and what is said when it is refused."""
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from cases.models import Assignment, CaseEvent
from cases.states import State
from cases.workflow import MOVES
from grid.models import Photo, Thing, ThingClass
from tests.make import make_case, make_return_reason, move, put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]

ON_CASES = sorted(set(MOVES) - {"report", "fix_on_spot"})
DESK = {"HX-Request": "true", "HX-Current-URL": "http://testserver/desk/"}


def now():
    return timezone.now()


def press(client, user, case, name, headers=None, **answers):
    client.force_login(user)
    return client.post(f"/cases/{case.number}/{name}/", {"version": case.version, **answers}, headers=headers or {})


def text_of(response):
    return response.content.decode()


def hours_on(hours):
    return timezone.localtime(now() + timezone.timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")


@pytest.fixture
def jpeg_upload(settings, tmp_path):
    """Makes a small real picture."""
    settings.MEDIA_ROOT = tmp_path

    def upload(name):
        buffer = io.BytesIO()
        Image.new("RGB", (8, 6), "grey").save(buffer, "JPEG")
        return SimpleUploadedFile(name, buffer.getvalue(), content_type="image/jpeg")

    return upload


@pytest.fixture
def fresh(dispatcher):
    return make_case(dispatcher, at=now())


@pytest.fixture
def registered(fresh, dispatcher, category, xijing):
    move("accept", fresh, dispatcher, at=now(), category=category)
    move("register", fresh, dispatcher, at=now(), category=category, grid=xijing.grids.get(), urgency="normal")
    return fresh


@pytest.fixture
def in_progress(registered, dispatcher, handler, law_enforcement):
    move("dispatch", registered, dispatcher, at=now(), lead=law_enforcement)
    move("acknowledge", registered, handler, at=now())
    return registered


@pytest.fixture
def checking(in_progress, dispatcher, handler, inspector):
    move("feedback", in_progress, handler, at=now(), words="已劝离游商五户并安排值守")
    move("send_check", in_progress, dispatcher, at=now(), checker=inspector)
    return in_progress


def test_the_whole_way_is_walked_by_plain_forms(
    client, dispatcher, handler, inspector, law_enforcement, xijing, category, fresh
):
    """Each step: the page with the form, the post, the redirect to the case."""
    walk = [
        (dispatcher, "accept", {"category": category.pk}),
        (dispatcher, "register", {"category": category.pk, "grid": xijing.grids.get().pk, "urgency": "normal"}),
        (dispatcher, "dispatch", {"lead": law_enforcement.pk}),
        (handler, "acknowledge", {}),
        (handler, "feedback", {"words": "已劝离游商五户并安排值守"}),
        (dispatcher, "send_check", {"checker": inspector.pk}),
        (inspector, "pass_check", {"words": "现场已清"}),
        (dispatcher, "close", {"conclusion": "同意结案"}),
    ]
    for who, name, answers in walk:
        client.force_login(who)
        page = client.get(f"/cases/{fresh.number}/{name}/")
        assert page.status_code == 200 and MOVES[name].button in text_of(page), name
        assert f'name="version" value="{fresh.version}"' in text_of(page)
        done = press(client, who, fresh, name, **answers)
        assert done.status_code == 302 and done["Location"] == f"/cases/{fresh.number}/", (name, text_of(done)[:500])
        fresh.refresh_from_db()
    assert fresh.state == State.CLOSED
    assert list(fresh.events.order_by("seq").values_list("move", flat=True)) == ["report", *[row[1] for row in walk]]


def test_each_other_move_is_made_by_a_plain_form(
    client, settings, dispatcher, chief, handler, inspector, leader, law_enforcement, xijing, category, community_worker
):
    """Move, hand, where the case stands before, what is filled in; one case each."""
    settings.ZEAL_ALLOWLIST = [{"model": "*"}]  # splitting opens case after case, each under its own lock
    reason, tomorrow = make_return_reason(), timezone.localdate() + timezone.timedelta(days=30)
    master = make_case(dispatcher, at=now(), title="主案")
    thing = Thing.objects.create(
        code="1101070104000007", thing_class=ThingClass.objects.create(code="0104", name="雨水箅子"), lon=116.17,
        lat=39.93, community=xijing, grid=xijing.grids.get(),
    )  # fmt: skip
    cases = {
        "send_verification": (dispatcher, State.REPORTED, {"community": xijing.pk}),
        "reject": (dispatcher, State.REPORTED, {"reason": "不属城市管理事项", "public_words": "不属受理范围"}),
        "return": (handler, State.DISPATCHED, {"return_reason": reason.pk, "reason": "不属本单位职责范围"}),
        "merge": (dispatcher, State.REPORTED, {"master": master.number, "reason": "同一处问题"}),
        "split": (dispatcher, State.ACCEPTED, {"parts": "清运垃圾\n修补路面"}),
        "void": (dispatcher, State.REPORTED, {"reason": "重复登记了一次", "public_words": "已并作一件办理"}),
        "supervise": (chief, State.REGISTERED, {"level": 2, "due": hours_on(48), "words": "抓紧办理"}),
        "instruct": (leader, State.REGISTERED, {"words": "请城管队现场办公"}),
        "remind": (dispatcher, State.DISPATCHED, {}),
        "note": (dispatcher, State.DISPATCHED, {"words": "已电话联系"}),
        "name_thing": (dispatcher, State.REGISTERED, {"thing": thing.code}),
        "reopen": (dispatcher, State.CLOSED, {"reason": "居民反映又回潮"}),
        "call_back": (inspector, State.CHECKED, {"reached": "yes", "solved": "yes", "satisfaction": "satisfied"}),
        "request_suspension": (dispatcher, State.IN_PROGRESS, {"review_on": str(tomorrow), "reason": "等待产权单位立项"}),
        "resume": (chief, State.SUSPENDED, {}),
    }  # fmt: skip
    for name, (who, state, answers) in cases.items():
        case = make_case(dispatcher, at=now(), grid=xijing.grids.get(), community=xijing)
        lead = law_enforcement if state in (State.DISPATCHED, State.IN_PROGRESS, State.CHECKED, State.SUSPENDED) else None
        put(case, state, lead=lead, category=category, dispatched_at=now() if lead else None)
        if lead:
            Assignment.objects.create(case=case, department=lead, role="lead", assigned_at=now())
        client.force_login(who)
        assert client.get(f"/cases/{case.number}/{name}/").status_code == 200, name
        done = press(client, who, case, name, **answers)
        assert done.status_code == 302, (name, text_of(done))
        assert case.events.order_by("-seq").first().move == name


def test_the_chief_decides_wishes_by_plain_forms(client, chief, handler, in_progress):
    late = in_progress.clocks.get(kind="handle").due_at + timezone.timedelta(days=1)
    until = timezone.localtime(late).strftime("%Y-%m-%dT%H:%M")
    assert press(client, handler, in_progress, "request_extension", until=until, reason="雨天无法施工").status_code == 302
    in_progress.refresh_from_db()
    assert press(client, chief, in_progress, "refuse_extension", reason="三天足够办结").status_code == 302
    in_progress.refresh_from_db()
    move("request_extension", in_progress, handler, at=now(), until=late, reason="设备还没有到货")
    assert press(client, chief, in_progress, "grant_extension").status_code == 302
    assert in_progress.clocks.get(kind="handle").due_at == late
    in_progress.refresh_from_db()
    day = timezone.localdate() + timezone.timedelta(days=20)
    move("request_suspension", in_progress, handler, at=now(), review_on=day, reason="等待产权单位立项")
    assert press(client, chief, in_progress, "grant_suspension").status_code == 302
    in_progress.refresh_from_db()
    assert in_progress.state == State.SUSPENDED


def test_reworking_and_answering_are_plain_forms_too(client, inspector, dispatcher, checking, handler):
    assert press(client, inspector, checking, "rework", reason="现场仍有散摊").status_code == 302
    checking.refresh_from_db()
    assert checking.state == State.REWORK and checking.rework_count == 1


def test_a_reply_is_given_to_the_one_who_waits(client, dispatcher, category):
    case = make_case(dispatcher, source="WX", at=now(), reporter={"name": "李小兰", "phone": "13800001234"})
    put(case, State.CHECKED, category=category)
    client.force_login(dispatcher)
    page = text_of(client.get(f"/cases/{case.number}/reply/"))
    assert "李*兰" in page and "138****1234" in page and "李小兰" not in page and "13800001234" not in page
    whom = case.reporters.get().pk
    done = press(client, dispatcher, case, "reply", to_whom=whom, channel="phone", words="已处理完毕", final="on")
    assert done.status_code == 302
    assert case.reporters.get().replied_at is not None


@pytest.mark.parametrize("name", ON_CASES)
def test_no_move_is_offered_to_someone_without_any_role(client, outsider, fresh, name):
    client.force_login(outsider)
    assert client.get(f"/cases/{fresh.number}/{name}/").status_code == 404
    assert client.post(f"/cases/{fresh.number}/{name}/").status_code == 404
    assert CaseEvent.objects.count() == 1


def test_another_departments_case_is_not_there(client, handler, other_handler, in_progress):
    client.force_login(other_handler)
    assert client.get(f"/cases/{in_progress.number}/feedback/").status_code == 404
    client.force_login(handler)
    assert client.get(f"/cases/{in_progress.number}/feedback/").status_code == 200


def test_a_word_that_is_no_move_is_no_address(client, dispatcher, fresh):
    client.force_login(dispatcher)
    assert client.get(f"/cases/{fresh.number}/fix_on_spot/").status_code == 404
    assert client.get(f"/cases/{fresh.number}/delete/").status_code == 404


def test_what_the_role_may_not_is_said_with_403(client, inspector, fresh):
    client.force_login(inspector)
    page = client.get(f"/cases/{fresh.number}/accept/")
    assert page.status_code == 403 and "你不能对" in text_of(page)
    assert press(client, inspector, fresh, "accept").status_code == 403
    assert fresh.events.count() == 1


def test_what_the_state_forbids_is_said_with_409(client, dispatcher, fresh):
    client.force_login(dispatcher)
    page = client.get(f"/cases/{fresh.number}/dispatch/")
    assert page.status_code == 409 and "待受理，不能派遣" in text_of(page)


def test_a_missing_answer_comes_back_with_what_was_typed(client, dispatcher, registered):
    page = press(client, dispatcher, registered, "dispatch", words="请夜间一并处置")
    assert page.status_code == 422
    assert "请填写承办单位。" in text_of(page) and "请夜间一并处置" in text_of(page)
    registered.refresh_from_db()
    assert registered.state == State.REGISTERED


def test_a_rule_of_the_move_stands_beside_its_question(client, handler, in_progress):
    page = press(client, handler, in_progress, "feedback", words="办好了")
    assert page.status_code == 422 and "至少 10 个字" in text_of(page)


def test_a_second_dispatcher_is_told_who_was_faster(client, dispatcher, other_dispatcher, registered, law_enforcement):
    seen = registered.version
    move("dispatch", registered, other_dispatcher, at=now(), lead=law_enforcement)
    registered.version = seen
    page = press(client, dispatcher, registered, "dispatch", lead=law_enforcement.pk)
    assert page.status_code == 409 and "已由other_dispatcher甲派遣，未重复操作" in text_of(page)
    assert registered.events.filter(move="dispatch").count() == 1


def test_a_double_click_moves_once(client, dispatcher, fresh, category):
    assert press(client, dispatcher, fresh, "accept", category=category.pk).status_code == 302
    assert press(client, dispatcher, fresh, "accept", category=category.pk).status_code == 409
    assert fresh.events.filter(move="accept").count() == 1


def test_after_the_move_one_returns_where_one_came_from_but_never_to_another_site(client, dispatcher, fresh, category):
    assert press(client, dispatcher, fresh, "note", words="已联系", next="/desk/?stage=new")["Location"] == "/desk/?stage=new"
    fresh.refresh_from_db()
    away = press(client, dispatcher, fresh, "note", words="已联系", next="https://example.com/")
    assert away["Location"] == f"/cases/{fresh.number}/"


def test_a_move_from_the_desk_brings_pane_row_and_counts(client, dispatcher, fresh, category):
    page = press(client, dispatcher, fresh, "accept", headers=DESK, category=category.pk, inline="1")
    text = text_of(page)
    assert page.status_code == 200 and page["HX-Retarget"] == "#pane"
    assert f'id="case-{fresh.number}"' in text and 'hx-swap-oob="true"' in text and 'id="desk-views"' in text
    assert f"/cases/{fresh.number}/register/" in text  # the next blue button


def test_a_dispatch_from_the_desk_can_be_taken_back(client, dispatcher, registered, law_enforcement):
    page = press(client, dispatcher, registered, "dispatch", headers=DESK, lead=law_enforcement.pk, inline="1", due="")
    toast = json.loads(page["HX-Trigger"])["toast"]
    assert toast["text"] == f"{registered.number} 已派遣给城管执法队"
    undone = client.post(toast["undo"], headers=DESK)
    assert undone.status_code == 200
    registered.refresh_from_db()
    assert registered.state == State.REGISTERED and registered.lead is None
    assert registered.events.filter(move="dispatch").count() == 1 and registered.events.count() == 5


def test_a_refusal_at_the_desk_comes_back_in_the_pane_with_what_was_typed(client, handler, in_progress):
    page = press(client, handler, in_progress, "feedback", headers=DESK, words="太短", inline="1")
    assert page.status_code == 422 and "至少 10 个字" in text_of(page) and "太短" in text_of(page)
    assert page["X-Form"] == "refused" and "办理记录" in text_of(page)


def test_a_dialog_is_the_form_alone(client, dispatcher, registered):
    client.force_login(dispatcher)
    text = text_of(client.get(f"/cases/{registered.number}/dispatch/", headers=DESK))
    assert "<html" not in text and "dlg__h" in text


def test_pictures_already_sent_need_not_be_sent_again(client, handler, in_progress, jpeg_upload):
    client.force_login(handler)
    first = client.post(
        f"/cases/{in_progress.number}/feedback/",
        {"version": in_progress.version, "words": "太短", "photos": [jpeg_upload("a.jpg"), jpeg_upload("b.jpg")]},
    )
    assert first.status_code == 422 and "已上传 2 张" in text_of(first)
    kept = text_of(first).split('name="kept" value="')[1].split('"')[0]
    done = press(client, handler, in_progress, "feedback", words="已劝离游商五户并安排值守", kept=kept)
    assert done.status_code == 302
    assert in_progress.photos.filter(kind="after").count() == 2 and Photo.objects.count() == 2


def test_a_file_that_is_no_picture_is_refused_by_name(client, handler, in_progress):
    client.force_login(handler)
    page = client.post(
        f"/cases/{in_progress.number}/feedback/",
        {"version": in_progress.version, "words": "已劝离游商五户并安排值守",
         "photos": SimpleUploadedFile("说明.txt", b"hello", content_type="image/jpeg")},
    )  # fmt: skip
    assert page.status_code == 422 and "说明.txt" in text_of(page) and "不是照片" in text_of(page)
    in_progress.refresh_from_db()
    assert in_progress.state == State.IN_PROGRESS


def test_another_persons_list_of_pictures_counts_for_nothing(client, handler, in_progress, jpeg_upload, category):
    category.evidence_required = True
    category.save()
    client.force_login(handler)
    first = client.post(f"/cases/{in_progress.number}/feedback/",
                        {"version": in_progress.version, "words": "短", "photos": jpeg_upload("a.jpg")})  # fmt: skip
    kept = text_of(first).split('name="kept" value="')[1].split('"')[0]
    forged = press(client, handler, in_progress, "feedback", words="已劝离游商五户并安排值守", kept=kept[:-2] + "xx")
    assert forged.status_code == 422 and "须附整改后照片" in text_of(forged)
    fine = press(client, handler, in_progress, "feedback", words="已劝离游商五户并安排值守", kept=kept)
    assert fine.status_code == 302


def test_two_cases_stand_side_by_side_before_they_are_merged(client, dispatcher, xijing, category):
    there = {"grid": xijing.grids.get(), "community": xijing, "category": category, "lat": 39.93}
    one = make_case(dispatcher, at=now(), lon=116.17, title="占道售卖", **there)
    two = make_case(dispatcher, at=now(), lon=116.171, title="马路市场", **there)
    client.force_login(dispatcher)
    text = text_of(client.get(f"/cases/{one.number}/merge/"))
    assert "马路市场" in text and two.number in text and "相距 <b>85 米" in text


def test_a_case_is_looked_at_by_two(client, dispatcher, other_dispatcher, fresh):
    client.force_login(other_dispatcher)
    client.get(f"/cases/{fresh.number}/pane/", headers=DESK)
    client.force_login(dispatcher)
    assert "other_dispatcher甲也在看本案" in text_of(client.get(f"/cases/{fresh.number}/looking/"))
    assert "other_dispatcher甲也在看本案" in text_of(client.get(f"/cases/{fresh.number}/pane/", headers=DESK))


def test_the_pane_without_htmx_is_the_page(client, dispatcher, fresh):
    client.force_login(dispatcher)
    assert client.get(f"/cases/{fresh.number}/pane/")["Location"] == f"/cases/{fresh.number}/"


def test_the_pane_of_a_petition_tells_the_dispatcher_nothing_but_title_and_clock(
    client, dispatcher, petition_officer
):
    case = make_case(petition_officer, source="XF", at=now(), title="反映补贴未到账", description="金丝雀反映楼上邻居")
    client.force_login(dispatcher)
    text = text_of(client.get(f"/cases/{case.number}/pane/", headers=DESK))
    assert "反映补贴未到账" in text and "楼上邻居" not in text and "金丝雀" not in text
    assert f"/cases/{case.number}/accept/" not in text
    client.force_login(petition_officer)
    text = text_of(client.get(f"/cases/{case.number}/pane/", headers=DESK))
    assert "楼上邻居" in text and "金丝雀" not in text and f"/cases/{case.number}/accept/" in text


def test_answering_is_the_next_step_while_somebody_waits_for_it_and_then_closing(
    client, dispatcher, handler, inspector, law_enforcement, xijing, category
):
    case = make_case(dispatcher, source="WX", reporter={"name": "李小兰", "phone": "13800001234"}, at=now())
    put(case, State.CHECKED, category=category, grid=xijing.grids.get())
    foot = f"/cases/{case.number}/{{}}/\" hx-target=\"#pane\""
    client.force_login(dispatcher)
    before = text_of(client.get(f"/cases/{case.number}/pane/", headers={"hx-request": "true"}))
    assert foot.format("reply") in before and foot.format("close") not in before
    move("reply", case, dispatcher, at=now(), to_whom=case.reporters.get(), channel="phone", words="已处理", final=True)
    after = text_of(client.get(f"/cases/{case.number}/pane/", headers={"hx-request": "true"}))
    assert foot.format("close") in after and foot.format("reply") not in after


def test_a_page_header_that_nobody_can_read_is_no_desk_and_no_server_error(client, dispatcher, fresh):
    strange = {"HX-Request": "true", "HX-Current-URL": "http://["}
    answer = press(client, dispatcher, fresh, "note", strange, words="先打个电话")
    assert answer.status_code in (200, 204, 302) and fresh.events.filter(move="note").count() == 1
