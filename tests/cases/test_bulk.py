"""Acts on many cases: each on its own, each at most once, and a result that names each refusal."""
import csv
import io
import json

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import AuditEntry
from cases.models import Case, CaseTag
from cases.states import State
from tests.make import make_case, make_category, make_department, move, put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards", "case_by_case")]

DESK = {"HX-Request": "true", "HX-Current-URL": "http://testserver/desk/"}


@pytest.fixture
def case_by_case(settings):
    """A bulk act repeats the queries of one move on purpose: every case has a transaction of its own."""
    settings.ZEAL_ALLOWLIST = [{"model": "*"}]


@pytest.fixture
def three(dispatcher, category, xijing, law_enforcement):
    """Three registered cases whose class goes to 城管执法队."""
    category.default_department = law_enforcement
    category.save()
    cases = [make_case(dispatcher, at=timezone.now()) for _ in range(3)]
    for case in cases:
        move("accept", case, dispatcher, at=timezone.now(), category=category)
        move("register", case, dispatcher, at=timezone.now(), category=category, grid=xijing.grids.get(), urgency="normal")
    return cases


def text_of(response):
    return response.content.decode()


def ask(client, user, action, cases, headers=None):
    client.force_login(user)
    return client.get(f"/cases/bulk/{action}/", {"n": [case.number for case in cases]}, headers=headers or {})


def act(client, user, action, cases, headers=None, **answers):
    client.force_login(user)
    data = {"n": [case.number for case in cases], **answers}
    data |= {f"version-{case.number}": case.version for case in cases}
    return client.post(f"/cases/bulk/{action}/", data, headers=headers or {})


def leads(cases, department):
    return {f"lead-{case.number}": department.pk for case in cases}


def states(cases):
    return [Case.objects.get(pk=case.pk).state for case in cases]


def test_the_dialog_recommends_a_unit_for_each(client, dispatcher, three, law_enforcement):
    text = text_of(ask(client, dispatcher, "dispatch", three))
    assert "批量派遣 3 件" in text
    assert text.count(f'value="{law_enforcement.pk}" selected') == 3


def test_a_class_without_a_unit_of_its_own_goes_where_it_usually_went(client, dispatcher, three, category, sanitation):
    category.default_department = None
    category.save()
    put(make_case(dispatcher, category=category), State.CLOSED, lead=sanitation)
    text = text_of(ask(client, dispatcher, "dispatch", three))
    assert text.count(f'value="{sanitation.pk}" selected') == 3


def test_three_are_dispatched_each_to_its_unit(client, dispatcher, three, law_enforcement, sanitation):
    units = leads(three, law_enforcement) | {f"lead-{three[2].number}": sanitation.pk}
    page = act(client, dispatcher, "dispatch", three, way="each", words="反馈须附照片", **units)
    assert page.status_code == 302
    assert states(three) == [State.DISPATCHED] * 3
    assert Case.objects.get(pk=three[2].pk).lead == sanitation
    assert three[0].events.order_by("-seq").first().words == "反馈须附照片"


def test_all_go_to_one_unit(client, dispatcher, three, sanitation):
    assert act(client, dispatcher, "dispatch", three, way="one", lead=sanitation.pk).status_code == 302
    assert {Case.objects.get(pk=case.pk).lead for case in three} == {sanitation}


def test_one_unit_must_be_named(client, dispatcher, three, law_enforcement):
    page = act(client, dispatcher, "dispatch", three, way="one", **leads(three, law_enforcement))
    assert page.status_code == 422 and "请选择统一派给哪个单位" in text_of(page)
    assert states(three) == [State.REGISTERED] * 3


def test_each_case_needs_a_unit(client, dispatcher, three, law_enforcement):
    page = act(client, dispatcher, "dispatch", three, way="each", **leads(three[:2], law_enforcement))
    assert page.status_code == 422 and "请选择承办单位。" in text_of(page)
    assert states(three) == [State.REGISTERED] * 3


def test_a_blue_sky_case_wants_its_leader_and_is_named(client, dispatcher, three, law_enforcement):
    CaseTag.objects.create(case=three[1], word="蓝天行动")
    page = act(client, dispatcher, "dispatch", three, way="each", **leads(three, law_enforcement))
    assert page.status_code == 422
    assert f"“蓝天行动”案件须填带班处级领导，共 1 件：{three[1].number}。" in text_of(page)
    fine = act(client, dispatcher, "dispatch", three, way="each", duty_leader="王书记", **leads(three, law_enforcement))
    assert fine.status_code == 302 and states(three) == [State.DISPATCHED] * 3


def test_a_double_submit_dispatches_each_case_once(client, dispatcher, three, law_enforcement):
    units = leads(three, law_enforcement)
    act(client, dispatcher, "dispatch", three, way="each", **units)
    again = act(client, dispatcher, "dispatch", three, way="each", **units)
    assert "都不能派遣" in text_of(again)
    assert [case.events.filter(move="dispatch").count() for case in three] == [1, 1, 1]


def test_one_that_was_overtaken_is_named_and_the_others_go(
    client, dispatcher, other_dispatcher, three, law_enforcement
):
    move("note", three[0], other_dispatcher, at=timezone.now(), words="先等一等")
    three[0].version -= 1
    page = act(client, dispatcher, "dispatch", three, way="each", headers=DESK, **leads(three, law_enforcement))
    text = text_of(page)
    assert page.status_code == 200 and "已派遣 2 件，1 件没有派遣" in text
    assert three[0].number in text and "已由other_dispatcher甲批注" in text
    assert states(three) == [State.REGISTERED, State.DISPATCHED, State.DISPATCHED]
    assert "list-changed" in page["HX-Trigger"]


def test_one_that_another_has_dispatched_meanwhile_is_named_too(
    client, dispatcher, other_dispatcher, three, law_enforcement, sanitation
):
    units = leads(three, law_enforcement)
    seen = three[0].version
    move("dispatch", three[0], other_dispatcher, at=timezone.now(), lead=sanitation)
    three[0].version = seen
    text = text_of(act(client, dispatcher, "dispatch", three, way="each", headers=DESK, **units))
    assert "已派遣 2 件，1 件没有派遣" in text and "已由other_dispatcher甲派遣，未重复操作" in text


def test_a_case_that_cannot_take_part_is_named_before_anything_happens(client, dispatcher, three):
    other = make_case(dispatcher, at=timezone.now())
    text = text_of(ask(client, dispatcher, "dispatch", [*three, other]))
    assert "批量派遣 3 件" in text and other.number in text and "待受理，不能派遣" in text


def test_a_bulk_dispatch_can_be_taken_back(client, dispatcher, three, law_enforcement):
    page = act(client, dispatcher, "dispatch", three, way="each", headers=DESK, **leads(three, law_enforcement))
    assert page.status_code == 204
    undo = json.loads(page["HX-Trigger"])["toast"]["undo"]
    back = client.post(undo, headers=DESK)
    assert back.status_code == 204 and states(three) == [State.REGISTERED] * 3
    late = client.post(undo, headers=DESK)
    assert "没有撤销" in json.loads(late["HX-Trigger"])["toast"]["text"]


def test_many_are_accepted(client, dispatcher, category):
    cases = [make_case(dispatcher, at=timezone.now(), category=category) for _ in range(2)]
    answers = {f"category-{case.number}": category.pk for case in cases}
    assert act(client, dispatcher, "accept", cases, **answers).status_code == 302
    assert states(cases) == [State.ACCEPTED] * 2


def test_accepting_needs_a_class_for_each(client, dispatcher, category):
    cases = [make_case(dispatcher, at=timezone.now()) for _ in range(2)]
    page = act(client, dispatcher, "accept", cases, **{f"category-{cases[0].number}": category.pk})
    assert page.status_code == 422 and "请选择类别" in text_of(page)
    assert states(cases) == [State.REPORTED] * 2


def test_many_are_registered_those_without_a_grid_are_left_out(client, dispatcher, category, xijing):
    placed, lost = make_case(dispatcher, grid=xijing.grids.get(), community=xijing), make_case(dispatcher)
    for case in (placed, lost):
        move("accept", case, dispatcher, at=timezone.now(), category=category)
    assert "还没有网格" in text_of(ask(client, dispatcher, "register", [placed, lost]))
    assert act(client, dispatcher, "register", [placed, lost]).status_code == 302
    assert states([placed, lost]) == [State.REGISTERED, State.ACCEPTED]


def test_sudden_events_are_registered_as_important_by_default(client, dispatcher, xijing):
    sudden = make_category("路面塌陷", code="0401")
    case = make_case(dispatcher, grid=xijing.grids.get(), community=xijing)
    move("accept", case, dispatcher, at=timezone.now(), category=sudden)
    act(client, dispatcher, "register", [case])
    assert Case.objects.get(pk=case.pk).urgency == "important"


def test_several_are_merged_into_one(client, dispatcher, three):
    page = act(client, dispatcher, "merge", three, master=three[1].number, reason="同一处马路市场")
    assert page.status_code == 302
    assert states(three) == [State.MERGED, State.REGISTERED, State.MERGED]
    assert set(Case.objects.get(pk=three[1].pk).followers.all()) == {three[0], three[2]}


def test_a_suspension_is_asked_for_many(client, dispatcher, three, law_enforcement):
    for case in three:
        put(case, State.IN_PROGRESS, lead=law_enforcement)
    day = timezone.localdate() + timezone.timedelta(days=20)
    done = act(client, dispatcher, "request_suspension", three, review_on=str(day), reason="等待产权单位立项")
    assert done.status_code == 302 and all(case.requests.count() == 1 for case in three)
    short = act(client, dispatcher, "request_suspension", three, review_on=str(day), reason="等")
    assert short.status_code == 422 and "至少 5 个字" in text_of(short)


def test_a_note_on_many(client, dispatcher, three):
    assert act(client, dispatcher, "note", three, words="今晚夜查").status_code == 302
    assert all(case.events.order_by("-seq").first().words == "今晚夜查" for case in three)


@pytest.mark.parametrize("name", ["handler", "inspector", "leader", "outsider"])
def test_only_the_desk_acts_on_many(client, request, dispatcher, three, name):
    assert ask(client, request.getfixturevalue(name), "dispatch", three).status_code == 403
    assert ask(client, dispatcher, "dispatch", three).status_code == 200


def test_a_move_that_is_no_bulk_act_has_no_address(client, dispatcher, three):
    assert ask(client, dispatcher, "void", three).status_code == 404
    assert ask(client, dispatcher, "note", three).status_code == 200


def test_an_unseen_petition_takes_no_part(client, dispatcher, petition_officer, three):
    secret = make_case(petition_officer, source="XF", at=timezone.now())
    text = text_of(ask(client, dispatcher, "accept", [secret]))
    assert "不在你的办理范围内" in text and "金丝雀" not in text
    assert act(client, dispatcher, "accept", [secret]).status_code == 422
    assert states([secret]) == [State.REPORTED]


# --- export ----------------------------------------------------------------------------------------------------------


def carry(client, user, kind, **data):
    client.force_login(user)
    return client.post("/cases/bulk/export/", {"kind": kind, **data})


def text_in(page):
    return b"".join(page).decode()


def test_an_export_is_masked_marked_and_noted(client, dispatcher):
    case = make_case(dispatcher, source="WX", reporter={"name": "李小兰", "phone": "13800001234"}, is_demo=True)
    page = carry(client, dispatcher, "csv")
    assert page["Content-Type"].startswith("text/csv") and page["Cache-Control"] == "no-store"
    mark, head, first, *_, foot = csv.reader(io.StringIO(text_in(page).removeprefix("\ufeff")))
    row = dict(zip(head, first, strict=True))
    assert "演示数据" in mark[0] and f"由 {dispatcher.real_name} 导出" in foot[0]
    assert (row["案号"], row["上报人"], row["电话"], row["数据说明"]) == (case.number, "李*兰", "138****1234", "演示数据")
    entry = AuditEntry.objects.get(action="ledger_exported")
    assert entry.actor == dispatcher and entry.detail["count"] == 1


def test_a_workbook_holds_the_ticked_cases_only(client, dispatcher):
    wanted, other = make_case(dispatcher), make_case(dispatcher)
    page = carry(client, dispatcher, "xlsx", n=[wanted.number])
    sheet = load_workbook(io.BytesIO(b"".join(page))).active
    column = [row[0].value for row in sheet.iter_rows()]
    assert wanted.number in column and other.number not in column


def test_a_cell_that_looks_like_a_formula_stays_text(client, dispatcher):
    make_case(dispatcher, title="=HYPERLINK(1)")
    assert "'=HYPERLINK(1)" in text_in(carry(client, dispatcher, "csv"))


def test_an_export_of_petitions_names_nobody_and_keeps_the_place(client, dispatcher, petition_officer, xijing):
    make_case(petition_officer, source="XF", address="某小区 3 号楼", community=xijing)
    text = text_in(carry(client, dispatcher, "csv"))
    assert "XF-" in text and "金丝雀" not in text and "某小区" not in text


def test_who_may_not_export_does_not(client, dispatcher, handler):
    make_case(dispatcher)
    assert carry(client, handler, "csv").status_code == 403
    assert not AuditEntry.objects.filter(action="ledger_exported").exists()
    assert carry(client, dispatcher, "csv").status_code == 200


def test_only_a_chief_with_a_reason_carries_names_in_clear_and_never_a_petitioners(
    client, dispatcher, chief, petition_officer
):
    make_case(dispatcher, source="WX", reporter={"name": "李小兰", "phone": "13800001234"})
    make_case(petition_officer, source="XF")
    asked = {"unmasked": "1", "reason": "核对居民回访电话"}
    assert "李小兰" not in text_in(carry(client, dispatcher, "csv", **asked))
    short = carry(client, chief, "csv", unmasked="1", reason="看看")
    assert short.status_code == 422 and "至少 5 个字" in text_of(short) and 'value="看看"' in text_of(short)
    assert not AuditEntry.objects.filter(action="ledger_exported_unmasked").exists()
    text = text_in(carry(client, chief, "csv", **asked))
    assert "李小兰" in text and "13800001234" in text and "金丝雀" not in text and "13800007777" not in text
    assert text.splitlines()[0].count(chief.real_name) == 1 and "含未脱敏个人信息" in text.splitlines()[-1]
    assert AuditEntry.objects.get(action="ledger_exported_unmasked").reason == "核对居民回访电话"


def test_the_dialog_asks_for_the_kind_first(client, dispatcher):
    client.force_login(dispatcher)
    assert "导出当前筛选的案件" in text_of(client.get("/cases/bulk/export/?clock=over"))
    assert client.post("/cases/bulk/export/", {"n": ["WX-2016-001"]}).status_code == 200  # as the bar of the list sends it
    wrong = carry(client, dispatcher, "pdf")
    assert wrong.status_code == 422 and "请选择导出格式" in text_of(wrong)
    assert not AuditEntry.objects.filter(action="ledger_exported")


def test_the_export_follows_the_filter(client, dispatcher):
    gone, stays = make_case(dispatcher), make_case(dispatcher)
    put(gone, State.CLOSED)
    client.force_login(dispatcher)
    text = text_in(client.post("/cases/bulk/export/?stage=closed", {"kind": "csv"}))
    assert gone.number in text and stays.number not in text


def test_a_recommended_unit_out_of_use_is_not_chosen(client, dispatcher, three):
    stopped = make_department("已撤单位", code="Z99", active=False)
    page = act(client, dispatcher, "dispatch", three, way="each", **leads(three, stopped))
    assert page.status_code == 422 and states(three) == [State.REGISTERED] * 3
