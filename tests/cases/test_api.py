"""The API says and does what the page says and does, to the same people."""
from datetime import timedelta

import pytest
from django.utils import timezone
from zeal import zeal_ignore

from cases import trail
from cases.models import Assignment, Case, CaseEvent
from tests.make import NOW, make_case, make_category, move, put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]

LIST = "/api/v1/cases/"


@pytest.fixture
def case(dispatcher, category, xijing):
    return make_case(dispatcher, title="西井大街占道经营", description="卖熟食", category=category, grid=xijing.grids.get(), community=xijing)


@pytest.fixture
def petition(petition_officer, law_enforcement, category, xijing):
    case = make_case(
        petition_officer, source="XF", title="反映施工扰民", description="金丝雀说彻夜打桩", category=category,
        address="隆恩寺路", community=xijing, grid=xijing.grids.get(), lon=116.17, lat=39.93,
    )  # fmt: skip
    return put(case, "in_progress", lead=law_enforcement, result="夜间停工")


def numbers(answer):
    return {row["number"] for row in answer.json()["results"]}


def read(case):
    """The version that a client has read."""
    case.refresh_from_db()
    return {"version": case.version}


def post(client, case, name, body=None, **more):
    return client.post(f"{LIST}{case.number}/moves/{name}/", body or {}, content_type="application/json", **more)


# --- reading ---------------------------------------------------------------------------------------------------------


def test_the_list_holds_what_the_person_sees(client, case, petition, dispatcher, inspector, handler, clerk):
    for who, seen in ((dispatcher, {case, petition}), (inspector, {case}), (handler, set()), (clerk, set())):
        client.force_login(who)
        assert numbers(client.get(LIST)) == {one.number for one in seen}


def test_without_a_login_there_is_nothing(client, case):
    for address in (LIST, f"{LIST}{case.number}/", "/api/v1/schema/"):
        assert client.get(address).status_code == 403
    assert post(client, case, "accept").status_code == 403


def test_the_pages_own_words_narrow_the_list(client, case, dispatcher):
    other = make_case(dispatcher, title="井盖破损")
    client.force_login(dispatcher)
    assert numbers(client.get(LIST, {"q": "占道"})) == {case.number}
    assert numbers(client.get(LIST, {"community": "110107005008"})) == {case.number}
    assert numbers(client.get(LIST, {"stage": "closed"})) == set()
    put(other, "closed", closed_at=NOW)
    assert numbers(client.get(LIST)) == {case.number} and numbers(client.get(LIST, {"stage": "all"})) == {case.number, other.number}
    refused = client.get(LIST, {"stage": "elsewhere"})
    assert refused.status_code == 400 and "stage" in refused.json()


def test_a_case_tells_its_story_and_what_can_be_done(client, case, dispatcher, inspector):
    client.force_login(dispatcher)
    answer = client.get(f"{LIST}{case.number}/")
    body = answer.json()
    assert answer["ETag"] == f'"{case.version}"' and body["description"] == "卖熟食" and body["stage"] == "new"
    assert [event["button"] for event in body["events"]] == ["上报"]
    accept = next(one for one in body["moves"] if one["name"] == "accept")
    assert accept["button"] == "受理" and accept["asks"][0] == {
        "name": "category", "label": "类别", "kind": "model", "required": True, "help": ""
    }
    client.force_login(inspector)
    assert "accept" not in {one["name"] for one in client.get(f"{LIST}{case.number}/").json()["moves"]}


def test_a_case_that_is_not_theirs_does_not_exist(client, case, handler, dispatcher):
    client.force_login(handler)
    assert client.get(f"{LIST}{case.number}/").status_code == 404
    assert post(client, case, "note", {"words": "看看"}).status_code == 404
    client.force_login(dispatcher)
    assert client.get(f"{LIST}{case.number}/").status_code == 200


def test_an_ended_case_is_read_whatever_the_list_leaves_out(client, case, dispatcher):
    put(case, "closed", closed_at=NOW)
    client.force_login(dispatcher)
    assert client.get(f"{LIST}{case.number}/").status_code == 200


def test_a_list_twice_as_long_costs_no_more_queries(client, dispatcher, category, xijing, django_assert_max_num_queries):
    client.force_login(dispatcher)

    def queries_with(many):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        while Case.objects.count() < many:
            make_case(dispatcher, title=f"占道 {Case.objects.count()}", category=category, community=xijing, grid=xijing.grids.get())
        with CaptureQueriesContext(connection, ) as caught:
            assert client.get(LIST).json()["count"] == many
        return len(caught)

    assert queries_with(6) == queries_with(12) <= 8
    case = Case.objects.first()
    with django_assert_max_num_queries(12):
        client.get(f"{LIST}{case.number}/")


# --- petitions -------------------------------------------------------------------------------------------------------

SECRET = ("打桩", "隆恩寺", "夜间停工", "城管执法队", "西井", "116.17", "110107005008", "无照经营")


def test_the_dispatcher_reads_title_and_clocks_of_a_petition_alone(client, petition, dispatcher):
    client.force_login(dispatcher)
    for address in (LIST, f"{LIST}{petition.number}/"):
        text = client.get(address).content.decode()
        assert "反映施工扰民" in text and not [word for word in SECRET if word in text]
    body = client.get(f"{LIST}{petition.number}/").json()
    assert body["reads_text"] is False and body["due_clock"] == "accept"


@pytest.mark.parametrize("who", ["petition_officer", "chief", "leader"])
def test_those_who_read_petitions_read_them_without_the_petitioner(client, petition, who, request):
    client.force_login(request.getfixturevalue(who))
    text = client.get(f"{LIST}{petition.number}/").content.decode()
    assert "打桩" in text and "城管执法队" in text and "金丝雀" not in text and "13800007777" not in text


def test_the_department_reads_its_petition_by_code_name(client, petition, handler, other_handler, law_enforcement):
    Assignment.objects.create(case=petition, department=law_enforcement, role="lead", assigned_at=NOW)
    client.force_login(handler)
    text = client.get(f"{LIST}{petition.number}/").content.decode()
    assert "信访人2016-001说彻夜打桩" in text and "金丝雀" not in text
    client.force_login(other_handler)
    assert client.get(f"{LIST}{petition.number}/").status_code == 404


# --- moving ----------------------------------------------------------------------------------------------------------


def test_a_move_is_made_as_the_page_makes_it(client, case, dispatcher, category, law_enforcement, sanitation, xijing):
    client.force_login(dispatcher)
    assert post(client, case, "accept", {"category": category.pk, "version": 1}).json() == {
        "number": case.number, "state": "accepted", "version": 2, "seq": 2
    }  # fmt: skip
    assert post(client, case, "register", {"category": category.pk, "grid": xijing.grids.get().pk, "urgency": "normal"}).status_code == 200
    answer = post(client, case, "dispatch", {"lead": law_enforcement.pk, "assisting": [sanitation.pk], "words": "请尽快"})
    assert answer.status_code == 200
    case.refresh_from_db()
    assert case.state == "dispatched" and case.assignments.count() == 2 and trail.first_break(case) == ""
    assert case.events.get(move="dispatch").by == dispatcher


def test_yes_and_no_parts_and_moments_are_understood(client, case, dispatcher, inspector, chief, category, xijing):
    client.force_login(dispatcher)
    post(client, case, "send_verification", {"verifier": inspector.pk})
    client.force_login(inspector)
    assert post(client, case, "answer_verification", {"is_true": False}).status_code == 200
    client.force_login(chief)
    due = (timezone.now() + timedelta(days=3)).isoformat()
    assert post(client, case, "supervise", {**read(case), "level": 2, "due": due, "words": "请抓紧"}).status_code == 200
    assert case.events.get(move="supervise").facts["due"][:16] == due[:16]
    client.force_login(dispatcher)
    post(client, case, "accept", {"category": category.pk})
    with zeal_ignore():  # each part is a case of its own, locked and moved by itself
        assert post(client, case, "split", {**read(case), "parts": ["占道经营", "乱堆杂物"]}).status_code == 200
    assert case.parts.count() == 2
    assert case.verified_true is False


def test_what_is_missing_or_strange_is_said_by_field_and_nothing_is_kept(client, case, dispatcher):
    client.force_login(dispatcher)
    before = CaseEvent.objects.count()
    for body, field, sentence in (
        ({}, "category", "请填写类别。"),
        ({"category": 999999}, "category", "不在可选范围内"),
        ({"category": "x'; DROP"}, "category", "不在可选范围内"),
        ({"category": [1, 2]}, "category", "应为一个值"),
        ({"category": {"a": 1}}, "category", "应为一个值"),
        ({"category": 1, "state": "closed"}, "state", "没有“state”这一项"),
    ):
        answer = post(client, case, "accept", body)
        assert answer.status_code == 400 and sentence in answer.json()["errors"][field], body
    for raw in ("[]", '"accept"', "3"):
        assert client.post(f"{LIST}{case.number}/moves/accept/", raw, content_type="application/json").status_code == 400
    assert client.post(f"{LIST}{case.number}/moves/accept/", "{", content_type="application/json").status_code == 400
    case.refresh_from_db()
    assert case.state == "reported" and CaseEvent.objects.count() == before


def test_a_yes_that_is_no_yes_is_refused(client, case, dispatcher, inspector):
    move("send_verification", case, dispatcher, verifier=inspector)
    client.force_login(inspector)
    assert "应为 true 或 false" in post(client, case, "answer_verification", {"is_true": "no"}).json()["errors"]["is_true"]
    assert post(client, case, "answer_verification", {"is_true": True}).status_code == 200


def test_a_forbidden_a_too_late_and_an_impossible_move_have_their_own_answers(
    client, case, dispatcher, inspector, category
):
    client.force_login(inspector)
    refused = post(client, case, "accept", {"category": category.pk})
    assert refused.status_code == 403 and refused.json()["detail"]
    client.force_login(dispatcher)
    impossible = post(client, case, "close", {"conclusion": "同意"})
    assert impossible.status_code == 409 and "待受理，不能结案" in impossible.json()["detail"]
    assert post(client, case, "accept", {"category": category.pk, "version": 1}).status_code == 200
    late = post(client, case, "accept", {"category": category.pk, "version": 1})
    assert late.status_code == 409 and "未重复操作" in late.json()["detail"]


def test_a_move_that_leaves_the_state_wants_the_version_so_that_a_retry_makes_it_once(client, case, dispatcher):
    client.force_login(dispatcher)
    answer = post(client, case, "note", {"words": "已电话通知"})
    assert answer.status_code == 400 and "请带上所见版本" in answer.content.decode() and case.events.count() == 1
    body = {**read(case), "words": "已电话通知"}
    assert [post(client, case, "note", body).status_code for _ in range(2)] == [200, 409]
    assert case.events.filter(move="note").count() == 1


def test_if_match_is_the_version(client, case, dispatcher, category):
    client.force_login(dispatcher)
    body = {"category": category.pk}
    assert post(client, case, "accept", body, headers={"If-Match": '"7"'}).status_code == 409
    assert post(client, case, "accept", body, headers={"If-Match": "yesterday"}).status_code == 409
    assert post(client, case, "accept", body, headers={"If-Match": '"1"'}).status_code == 200


@pytest.mark.parametrize("name", ["report", "fix_on_spot", "fly", "state"])
def test_what_is_no_move_of_an_existing_case_is_refused(client, case, dispatcher, name):
    client.force_login(dispatcher)
    assert post(client, case, name).status_code == 409 and "没有" in post(client, case, name).json()["detail"]


def test_a_case_is_neither_written_nor_removed_by_other_verbs(client, case, dispatcher):
    client.force_login(dispatcher)
    for method in ("put", "patch", "delete", "post"):
        assert getattr(client, method)(f"{LIST}{case.number}/").status_code == 405
    assert client.post(LIST).status_code == 405


def test_a_move_needs_the_pages_token(case, dispatcher, category):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(dispatcher)
    assert post(strict, case, "accept", {"category": category.pk}).status_code == 403
    case.refresh_from_db()
    assert case.state == "reported"


# --- the description -------------------------------------------------------------------------------------------------


def test_the_schema_describes_list_detail_and_moves(client, dispatcher):
    client.force_login(dispatcher)
    schema = client.get("/api/v1/schema/?format=json").json()
    assert set(schema["paths"]) >= {LIST, f"{LIST}{{number}}/", f"{LIST}{{number}}/moves/{{move}}/"}
    words = {one["name"] for one in schema["paths"][LIST]["get"]["parameters"]}
    assert {"q", "stage", "source", "community", "clock", "page"} <= words
    assert "version" in schema["components"]["schemas"]["CaseRow"]["properties"]


def test_who_asks_too_often_is_asked_to_wait(client, dispatcher, monkeypatch):
    from django.core.cache import cache
    from rest_framework.throttling import UserRateThrottle

    cache.clear()
    monkeypatch.setattr(UserRateThrottle, "THROTTLE_RATES", {"user": "3/min"})
    client.force_login(dispatcher)
    assert [client.get(LIST).status_code for _ in range(4)] == [200, 200, 200, 429]
    cache.clear()


def test_another_class_is_not_made_up(client, case, dispatcher):
    """A class out of use is no choice, as on the page."""
    gone = make_category("旧类", code="9901", active=False)
    client.force_login(dispatcher)
    assert post(client, case, "accept", {"category": gone.pk}).status_code == 400
