"""我的任务 at the server's door: whose tasks they are, each act once, and nothing written over what others did."""
import secrets
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases import field_tasks, workflow
from cases.errors import MoveConflict
from cases.models import Case, FieldAct, Phrase
from cases.states import Source, State
from grid.coordinates import gcj02_to_wgs84, metres_between
from grid.models import Photo
from grid.photos import develop_photo, store_photo
from tests.browser.stories import picture
from tests.field.conftest import private_files  # noqa: F401
from tests.make import NOW, make_case, make_photo, make_return_reason, make_user, move, put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("private_files", "standards")]
JSON = {"accept": "application/json"}
ENOUGH = "已劝离游商并清运杂物，道路恢复畅通"


def upload(name="after.jpg"):
    """A photo as the phone sends it."""
    return SimpleUploadedFile(name, picture(), content_type="image/jpeg")


@pytest.fixture
def dispatched(dispatcher, category, xijing, community_worker):
    """A grid event given to the worker's own community."""
    case = make_case(dispatcher, grid=xijing.grids.get(), community=xijing, lon=116.18, lat=39.93, address="西井大街 12 号")
    move("accept", case, dispatcher, category=category)
    move("register", case, dispatcher, category=category, grid=xijing.grids.get(), urgency="normal")
    move("dispatch", case, dispatcher, lead=xijing.department)
    return case


@pytest.fixture
def signed(dispatched, community_worker):
    """The same, signed for."""
    move("acknowledge", dispatched, community_worker)
    return dispatched


@pytest.fixture
def worker(client, community_worker):
    """The worker's phone."""
    client.force_login(community_worker)
    return client


def told(case, act, **over):
    """What the phone sends."""
    return {"act": act, "key": secrets.token_hex(16), "version": case.version, "after": "", **over}


def send(client, case, act, **over):
    """By the phone's queue."""
    return client.post(f"/m/tasks/{case.number}/", told(case, act, **over), headers=JSON)


# --- whose tasks -----------------------------------------------------------------------------------------------------


def test_a_worker_sees_the_tasks_of_the_own_community_and_nobody_elses(worker, dispatched, client, other_community_worker):
    page = worker.get("/m/tasks/").content.decode()
    assert dispatched.title in page and f"/m/tasks/{dispatched.number}/" in page and "西井大街 12 号" in page
    client.force_login(other_community_worker)
    assert dispatched.title not in client.get("/m/tasks/").content.decode()
    assert client.get(f"/m/tasks/{dispatched.number}/").status_code == 404


@pytest.mark.parametrize("name", ["community_worker", "handler", "inspector", "petition_officer"])
def test_who_handles_or_judges_has_tasks(client, request, name):
    client.force_login(request.getfixturevalue(name))
    assert client.get("/m/tasks/").status_code == 200


@pytest.mark.parametrize("name", ["dispatcher", "leader", "clerk", "admin", "auditor", "outsider"])
def test_who_does_neither_is_told_who_does(client, request, name):
    client.force_login(request.getfixturevalue(name))
    answer = client.get("/m/tasks/")
    assert answer.status_code == 403 and "社区工作者、承办人和核查人" in answer.content.decode()


def test_without_a_login_a_browser_is_led_to_it_and_the_queue_is_told_to_wait(client, dispatched):
    assert client.get("/m/tasks/").url == "/login/?next=/m/tasks/"
    answer = send(client, dispatched, "acknowledge")
    assert answer.status_code == 401 and "重新登录" in answer.json()["sentence"]


def test_a_worker_begins_the_day_here(worker):
    assert worker.get("/").url == "/m/tasks/"


def test_each_heap_holds_what_belongs_there(dispatched, community_worker, inspector, dispatcher, worker, handler, category, xijing):
    keys = lambda tab: [case.number for case in field_tasks.tasks_of(community_worker, field_tasks.tab_of(tab))]  # noqa: E731
    assert keys("todo") == [dispatched.number] and keys("judge") == keys("done") == keys("closed") == []
    move("acknowledge", dispatched, community_worker)
    assert keys("todo") == [dispatched.number]
    move("feedback", dispatched, community_worker, words=ENOUGH)
    assert keys("todo") == [] and keys("done") == [dispatched.number]
    theirs = put(make_case(dispatcher), State.CHECKING, checker=community_worker, lead=handler.department)
    assert keys("judge") == [theirs.number]
    put(dispatched, State.CLOSED, closed_at=NOW)
    assert keys("closed") == [dispatched.number] and keys("done") == []
    assert field_tasks.counts_of(community_worker) == {"todo": 0, "judge": 1, "done": 0, "closed": 1}


def test_a_verification_for_the_community_is_a_task_until_somebody_is_named(dispatcher, community_worker, xijing, other_community_worker):
    case = make_case(dispatcher)
    move("send_verification", case, dispatcher, community=xijing)
    judge = field_tasks.tab_of("judge")
    assert [row.number for row in field_tasks.tasks_of(community_worker, judge)] == [case.number]
    assert not field_tasks.tasks_of(other_community_worker, judge).exists()
    put(case, State.VERIFYING, verifier=other_community_worker)
    assert not field_tasks.tasks_of(community_worker, judge).exists()


def test_the_most_pressing_task_stands_first_and_the_paused_last(worker, dispatched, dispatcher, xijing):
    later = put(make_case(dispatcher, title="楼后私搭铁皮棚", community=xijing), State.IN_PROGRESS, lead=xijing.department, due_at=dispatched.due_at + timedelta(days=3), due_clock="handle")
    paused = put(make_case(dispatcher, title="院内堆放蜂窝煤", community=xijing), State.SUSPENDED, lead=xijing.department, due_at=None)
    sooner = put(make_case(dispatcher, title="路口堆物", community=xijing), State.IN_PROGRESS, lead=xijing.department, due_at=dispatched.due_at - timedelta(days=3), due_clock="handle")
    page = worker.get("/m/tasks/").content.decode()
    places = [page.index(case.title) for case in (sooner, dispatched, later, paused)]
    assert places == sorted(places)


def test_tasks_are_found_by_number_matter_and_place(worker, dispatched):
    for words in (dispatched.number, "马路市场", "西井大街 12"):
        assert dispatched.title in worker.get("/m/tasks/", {"q": words}).content.decode(), words
    answer = worker.get("/m/tasks/", {"q": "没有的词"}).content.decode()
    assert dispatched.title not in answer and "没有找到这样的任务" in answer


def test_a_list_much_longer_asks_the_database_no_more(worker, dispatched, dispatcher, xijing):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            worker.get("/m/tasks/")
        return len(queries)

    asked()
    once = asked()
    for _ in range(8):
        case = put(make_case(dispatcher, grid=xijing.grids.get(), community=xijing), State.IN_PROGRESS, lead=xijing.department)
        case.photos.create(photo=make_photo(), kind="before", seq=0, added_at=NOW)
    assert asked() == once


def test_a_handlers_petition_shows_no_identity(client, handler, petition_officer, law_enforcement):
    case = make_case(petition_officer, source=Source.PETITION, title="反映楼下烧烤，金丝雀来访", description="金丝雀说夜里油烟大，电话13800007777")
    case.assignments.create(department=law_enforcement, role="lead", assigned_at=NOW)
    put(case, State.IN_PROGRESS, lead=law_enforcement, dispatched_at=NOW, due_clock="handle", due_at=NOW)
    client.force_login(handler)
    for address in ("/m/tasks/", f"/m/tasks/{case.number}/"):
        page = client.get(address).content.decode()
        assert case.title in page and "金丝雀" not in page and "13800007777" not in page


# --- acts ------------------------------------------------------------------------------------------------------------


def test_sign_and_hand_in(worker, dispatched, community_worker):
    answer = send(worker, dispatched, "acknowledge")
    assert answer.status_code == 200 and answer.json()["ok"] is True
    dispatched.refresh_from_db()
    assert dispatched.state == State.IN_PROGRESS and answer.json()["version"] == dispatched.version
    answer = send(worker, dispatched, "feedback", words=ENOUGH, photos=[upload(), upload("two.jpg")])
    assert answer.json() | {"version": 0} == {
        "ok": True, "url": "/m/tasks/", "number": dispatched.number, "act": "feedback", "version": 0,
        "sentence": f"{dispatched.number}：提交反馈，已记录",
    }  # fmt: skip
    dispatched.refresh_from_db()
    assert dispatched.state == State.FEEDBACK_SUBMITTED and dispatched.result == ENOUGH
    assert [row.kind for row in dispatched.photos.all()] == ["after", "after"]


def test_too_few_words_come_back_with_a_sentence_and_leave_no_photo_behind(worker, signed, private_files):  # noqa: F811
    answer = send(worker, signed, "feedback", words="已劝离", photos=[upload()])
    assert answer.status_code == 422 and "至少 10 个字" in answer.json()["sentence"]
    signed.refresh_from_db()
    assert signed.state == State.IN_PROGRESS and not Photo.objects.exists()
    assert not [path for path in private_files.rglob("*") if path.is_file()]
    assert send(worker, signed, "feedback", words=ENOUGH).status_code == 200


def test_a_class_that_wants_evidence_is_not_handed_in_without(worker, signed):
    signed.category.evidence_required = True
    signed.category.save()
    answer = send(worker, signed, "feedback", words=ENOUGH)
    assert answer.status_code == 422 and "整改后照片" in answer.json()["sentence"]
    assert "data-needs-photo" in worker.get(f"/m/tasks/{signed.number}/").content.decode()
    assert send(worker, signed, "feedback", words=ENOUGH, photos=[upload()]).status_code == 200


def test_a_file_that_is_no_photo_is_refused_by_its_name(worker, signed):
    answer = send(worker, signed, "feedback", words=ENOUGH, photos=[SimpleUploadedFile("单据.jpg", b"%PDF-1.4")])
    assert answer.status_code == 422 and "单据.jpg" in answer.json()["sentence"]
    signed.refresh_from_db()
    assert signed.state == State.IN_PROGRESS


def test_not_ours_goes_back_with_a_reason(worker, signed):
    reason = make_return_reason()
    answer = send(worker, signed, "return", words="属市政管理范围", return_reason=reason.pk)
    assert answer.status_code == 200
    signed.refresh_from_db()
    assert signed.state == State.RETURNED and signed.events.last().words == "属市政管理范围"


def test_a_return_without_its_reason_stays(worker, signed):
    answer = send(worker, signed, "return", words="属市政管理范围")
    assert answer.status_code == 422 and "退回原因" in answer.json()["sentence"]
    signed.refresh_from_db()
    assert signed.state == State.IN_PROGRESS


def test_longer_is_asked_for_and_the_clock_goes_on(worker, signed, monkeypatch):
    monkeypatch.setattr("cases.views.mobile_tasks.timezone.now", lambda: NOW + timedelta(minutes=5))
    until = signed.clocks.get(kind="handle").due_at + timedelta(days=1)
    answer = send(worker, signed, "request_extension", words="须等吊车到场", until=f"{until.astimezone(NOW.tzinfo):%Y-%m-%dT%H:%M}")
    assert answer.status_code == 200, answer.content.decode()
    signed.refresh_from_db()
    assert signed.state == State.IN_PROGRESS and signed.requests.get().reason == "须等吊车到场"
    assert "延期申请待审批" in worker.get(f"/m/tasks/{signed.number}/").content.decode()


def test_the_page_says_that_a_rework_came_back_and_why(worker, signed, community_worker, dispatcher, inspector):
    move("feedback", signed, community_worker, words=ENOUGH)
    move("send_check", signed, dispatcher, checker=inspector)
    move("rework", signed, inspector, reason="墙角仍有杂物未清")
    page = worker.get(f"/m/tasks/{signed.number}/").content.decode()
    assert "墙角仍有杂物未清" in page and 'form="sign"' in page
    assert send(worker, signed, "acknowledge").status_code == 200


def test_each_delivery_of_one_act_counts_once(worker, signed):
    form = told(signed, "feedback", words=ENOUGH)
    first = worker.post(f"/m/tasks/{signed.number}/", {**form, "photos": [upload()]}, headers=JSON)
    second = worker.post(f"/m/tasks/{signed.number}/", {**form, "photos": [upload()]}, headers=JSON)
    assert first.status_code == second.status_code == 200 and first.json() == second.json()
    assert signed.events.filter(move="feedback").count() == 1 and signed.photos.count() == 1
    assert Photo.objects.count() == 1 and FieldAct.objects.count() == 1


def test_anothers_key_opens_nothing(client, worker, signed, community_worker, xijing):
    form = told(signed, "feedback", words=ENOUGH)
    worker.post(f"/m/tasks/{signed.number}/", form, headers=JSON)
    colleague = make_user("colleague", "worker", department=xijing.department)
    client.force_login(colleague)
    answer = client.post(f"/m/tasks/{signed.number}/", form, headers=JSON)
    assert answer.status_code == 422 and "另一个账号" in answer.json()["sentence"]


def test_what_was_filled_in_offline_follows_the_persons_own_act_before_it(worker, dispatched):
    sign = told(dispatched, "acknowledge")
    seen = dispatched.version
    assert worker.post(f"/m/tasks/{dispatched.number}/", sign, headers=JSON).status_code == 200
    answer = send(worker, dispatched, "feedback", version=seen, after=sign["key"], words=ENOUGH)
    assert answer.status_code == 200
    dispatched.refresh_from_db()
    assert dispatched.state == State.FEEDBACK_SUBMITTED


def test_when_the_act_before_it_failed_the_next_is_not_made_either(worker, dispatched):
    answer = send(worker, dispatched, "feedback", after="f" * 32, words=ENOUGH)
    assert answer.status_code == 409 and "前一步没有办成" in answer.json()["sentence"]
    dispatched.refresh_from_db()
    assert dispatched.state == State.DISPATCHED


def test_a_task_that_changed_meanwhile_is_told_and_nothing_is_overwritten(worker, signed, community_worker, chief, xijing):
    seen = signed.version
    move("supervise", signed, chief, level=1, due=NOW + timedelta(days=1), words="领导关注，请抓紧")
    before = signed.events.count()
    answer = send(worker, signed, "feedback", version=seen, words=ENOUGH, photos=[upload()])
    assert answer.status_code == 409
    assert "督办" in answer.json()["sentence"] and "未重复操作" in answer.json()["sentence"]
    signed.refresh_from_db()
    assert (signed.state, signed.result, signed.events.count()) == (State.IN_PROGRESS, "", before)
    assert not signed.photos.exists() and not Photo.objects.exists()
    assert send(worker, signed, "feedback", words=ENOUGH).status_code == 200


def test_a_chain_does_not_hide_what_others_did_in_between(worker, dispatched, chief):
    sign = told(dispatched, "acknowledge")
    worker.post(f"/m/tasks/{dispatched.number}/", sign, headers=JSON)
    dispatched.refresh_from_db()
    move("supervise", dispatched, chief, level=1, due=NOW + timedelta(days=1), words="领导关注，请抓紧")
    answer = send(worker, dispatched, "feedback", after=sign["key"], words=ENOUGH)
    assert answer.status_code == 409 and "督办" in answer.json()["sentence"]


def test_a_task_that_was_given_to_others_meanwhile_is_said_to_be_gone(client, worker, signed, handler, dispatcher, sanitation):
    other = make_user("other", "handler", department=sanitation)
    client.force_login(other)
    answer = send(client, signed, "feedback", words=ENOUGH)
    assert answer.status_code == 404 and "不归你办理" in answer.json()["sentence"]


def test_what_one_person_filled_in_is_not_sent_under_another(client, worker, signed, community_worker, xijing):
    colleague = make_user("colleague", "worker", department=xijing.department)
    client.force_login(colleague)
    answer = send(client, signed, "feedback", words=ENOUGH, who=str(community_worker.pk))
    assert answer.status_code == 401
    assert send(client, signed, "feedback", words=ENOUGH, who=str(colleague.pk)).status_code == 200


@pytest.mark.parametrize("over", [{"key": ""}, {"key": "short"}, {"version": ""}, {"act": "close"}, {"act": ""}, {"after": "x"}])
def test_an_incomplete_or_invented_form_does_nothing(worker, signed, over):
    form = {**told(signed, "feedback", words=ENOUGH), **over}
    answer = worker.post(f"/m/tasks/{signed.number}/", form, headers=JSON)
    assert answer.status_code == 422 and answer.json()["sentence"]
    signed.refresh_from_db()
    assert signed.state == State.IN_PROGRESS


def test_two_deliveries_at_once_are_one(signed, community_worker):
    key = secrets.token_hex(16)
    act = field_tasks.hand_in("feedback", signed, key=key, by=community_worker, at=NOW, version=signed.version, words=ENOUGH)
    again = Case.objects.get(pk=signed.pk)
    seen = again.version - 1  # the other request read the row before the first one wrote it
    assert field_tasks.hand_in("feedback", again, key=key, by=community_worker, at=NOW, version=seen, words=ENOUGH) == act
    with pytest.raises(MoveConflict):
        field_tasks.hand_in("feedback", again, key="e" * 32, by=community_worker, at=NOW, version=seen, words=ENOUGH)


def test_what_can_no_longer_be_handed_in_goes_in_as_a_note_with_its_pictures_once(worker, signed, community_worker, xijing):
    colleague = make_user("colleague", "worker", department=xijing.department)
    seen = signed.version
    move("feedback", signed, colleague, words=ENOUGH)
    assert send(worker, signed, "feedback", version=seen, words=ENOUGH).status_code == 409
    form = told(signed, "note", version=seen, words="提交反馈没有办成，改作批注。我也清运了北侧杂物", photos=[upload()])
    answers = []
    for _ in range(2):
        form["photos"] = [upload()]
        answers.append(worker.post(f"/m/tasks/{signed.number}/", form, headers=JSON).json())
    assert answers[0] == answers[1] and answers[0]["act"] == "note"
    signed.refresh_from_db()
    note = signed.events.get(move="note")
    assert signed.state == State.FEEDBACK_SUBMITTED and note.by == community_worker and "北侧杂物" in note.words
    assert [row.kind for row in signed.photos.all()] == ["during"]


def test_two_deliveries_of_a_note_at_once_are_one(signed, community_worker):
    given = {"key": secrets.token_hex(16), "by": community_worker, "at": NOW, "version": None, "words": "补一句"}
    act = field_tasks.hand_in("note", signed, **given)
    assert field_tasks.hand_in("note", signed, **given) == act and signed.events.filter(move="note").count() == 1


def test_who_does_not_see_the_case_any_more_leaves_no_note(client, signed, sanitation):
    client.force_login(make_user("other", "handler", department=sanitation))
    assert send(client, signed, "note", words="与我无关").status_code == 404
    assert not signed.events.filter(move="note").exists()


# --- checks and verifications ----------------------------------------------------------------------------------------


@pytest.fixture
def to_check(signed, community_worker, dispatcher, other_community_worker):
    """Handed in by one community, to be checked by a worker of another."""
    move("feedback", signed, community_worker, words=ENOUGH)
    move("send_check", signed, dispatcher, checker=other_community_worker)
    return signed


def test_the_named_checker_passes_it_and_the_handler_has_no_such_form(client, worker, to_check, other_community_worker):
    assert "pass_check" not in worker.get(f"/m/tasks/{to_check.number}/").content.decode()
    assert send(worker, to_check, "pass_check", words="现场已清理").status_code == 403
    client.force_login(other_community_worker)
    page = client.get(f"/m/tasks/{to_check.number}/").content.decode()
    assert 'value="pass_check"' in page and 'value="rework"' in page and ENOUGH in page
    assert send(client, to_check, "pass_check", words="现场已清理", photos=[upload()]).status_code == 200
    to_check.refresh_from_db()
    assert to_check.state == State.CHECKED


def test_the_checker_sends_it_back(client, to_check, other_community_worker):
    client.force_login(other_community_worker)
    assert send(client, to_check, "rework", words="墙角仍有杂物未清").status_code == 200
    to_check.refresh_from_db()
    assert to_check.state == State.REWORK


def test_a_colleague_of_the_handler_cannot_check_even_if_the_state_is_forced(client, to_check, xijing):
    colleague = make_user("colleague", "worker", department=xijing.department)
    put(to_check, State.CHECKING, checker=colleague)
    client.force_login(colleague)
    answer = send(client, to_check, "pass_check", words="现场已清理")
    assert answer.status_code == 403 and "同属一个单位" in answer.json()["sentence"]


def test_a_verification_is_answered_with_yes_or_no_and_a_photo(worker, dispatcher, xijing):
    case = make_case(dispatcher)
    move("send_verification", case, dispatcher, community=xijing, words="请看是否占道")
    page = worker.get(f"/m/tasks/{case.number}/").content.decode()
    assert "请看是否占道" in page and 'name="is_true"' in page
    assert send(worker, case, "answer_verification").status_code == 422
    assert send(worker, case, "answer_verification", is_true="yes", photos=[upload()]).status_code == 200
    case.refresh_from_db()
    assert case.verified_true is True and case.photos.get().kind == "before"


# --- without a script ------------------------------------------------------------------------------------------------


def test_the_plain_form_hands_in_and_goes_back_to_the_list(worker, signed):
    form = told(signed, "feedback", words=ENOUGH, photos=[upload()])
    answer = worker.post(f"/m/tasks/{signed.number}/", form, follow=True)
    assert answer.redirect_chain == [("/m/tasks/", 302)] and "提交反馈，已记录" in answer.content.decode()


def test_the_plain_form_keeps_what_was_typed_and_the_photos_that_came(worker, signed):
    answer = worker.post(f"/m/tasks/{signed.number}/", told(signed, "feedback", words="已劝离", photos=[upload()]))
    page = answer.content.decode()
    assert answer.status_code == 422 and "至少 10 个字" in page and ">已劝离</textarea>" in page and "1 张照片还在" in page
    kept = page.split('name="kept" value="')[1].split('"')[0]
    assert worker.post(f"/m/tasks/{signed.number}/", told(signed, "feedback", words=ENOUGH, kept=kept)).status_code == 302
    assert signed.photos.count() == 1


def test_the_plain_form_is_told_of_a_change(worker, signed, chief):
    seen = signed.version
    move("supervise", signed, chief, level=1, due=NOW + timedelta(days=1), words="领导关注，请抓紧")
    answer = worker.post(f"/m/tasks/{signed.number}/", told(signed, "feedback", version=seen, words=ENOUGH))
    page = answer.content.decode()
    assert answer.status_code == 409 and "未重复操作" in page and ENOUGH in page


def test_every_button_of_the_page_is_a_move_that_may_be_made(worker, dispatched):
    page = worker.get(f"/m/tasks/{dispatched.number}/").content.decode()
    assert 'value="acknowledge"' in page and 'id="back"' in page
    signed = send(worker, dispatched, "acknowledge")
    assert signed.status_code == 200
    page = worker.get(f"/m/tasks/{dispatched.number}/").content.decode()
    for act in ("feedback", "request_extension", "return"):
        assert f'value="{act}"' in page
    assert 'value="acknowledge"' not in page and 'value="pass_check"' not in page


def test_a_case_that_is_not_ones_turn_is_only_to_read(worker, signed, community_worker):
    move("feedback", signed, community_worker, words=ENOUGH)
    page = worker.get(f"/m/tasks/{signed.number}/").content.decode()
    assert "等待转核查" in page and ENOUGH in page and "<textarea" not in page and "m__cta" not in page
    put(signed, State.CLOSED, closed_at=NOW)
    assert worker.get(f"/m/tasks/{signed.number}/").context["page"].waiting == ""  # its state says it already


def test_the_desks_ready_sentences_stand_by_their_move(worker, signed):
    Phrase.objects.create(move="feedback", text="劝离游商，")
    Phrase.objects.create(move="pass_check", text="现场复核无问题。")
    page = worker.get(f"/m/tasks/{signed.number}/").content.decode()
    assert 'data-phrase="劝离游商，" data-for="feedback"' in page and "现场复核无问题" not in page


def test_the_before_photo_is_offered_as_a_ghost(worker, signed, dispatcher):
    photo = store_photo(upload("before.jpg"), by=None, at=NOW)
    develop_photo(photo.pk)
    signed.photos.create(photo=photo, kind="before", seq=0, added_at=NOW)
    page = worker.get(f"/m/tasks/{signed.number}/").content.decode()
    assert "data-ghost-box" in page and "data-compare" in page
    card = worker.get("/m/tasks/").content.decode()
    assert f"/cases/{signed.number}/photos/{signed.photos.get().pk}/thumb/" in card


def test_the_place_can_be_walked_to(worker, signed):
    page = worker.get(f"/m/tasks/{signed.number}/").content.decode()
    assert "tel:" not in page and "geo:" not in page
    link = page.split('href="https://uri.amap.com/navigation?')[1].split('"')[0]
    lon, lat = (float(part) for part in link.split("to=")[1].split("&")[0].split(","))
    assert metres_between(*gcj02_to_wgs84(lon, lat), 116.18, 39.93) < 0.2 and "coordinate=gaode" in link
    assert signed.number not in link and "导航会打开高德地图，只带去位置。" in page


def test_another_map_has_its_own_datum_and_none_is_no_button(worker, signed, settings):
    settings.NAVIGATION_URL, settings.NAVIGATION_NAME = "https://map.example/?at={lat},{lon}", "区地图"
    settings.NAVIGATION_DATUM = "wgs84"
    page = worker.get(f"/m/tasks/{signed.number}/").content.decode()
    assert 'href="https://map.example/?at=39.930000,116.180000"' in page and "区地图" in page
    settings.NAVIGATION_URL = ""
    assert "导航" not in worker.get(f"/m/tasks/{signed.number}/").content.decode().split('aria-label="地点"')[1].split("</section>")[0]


def test_what_the_phone_offers_is_what_the_table_knows():
    assert set(field_tasks.ACTS) <= set(workflow.MOVES)
    assert {move.permission for move in map(workflow.MOVES.get, ("feedback", "answer_verification", "pass_check"))} == set(field_tasks.NEEDS)
