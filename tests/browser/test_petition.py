"""A petition: the desk sees title and clock, the department a code name, the petition officer the person for a reason."""
import pytest
from playwright.sync_api import expect

from accounts.models import AuditEntry
from cases.states import State
from tests.browser.stories import dialog, now, said, send, stands
from tests.make import make_case, move

NAME, PHONE, TEXT = "金丝雀", "13800007777", "反映三号楼楼上漏水半年无人管"
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("standards")]


@pytest.fixture
def petition(petition_officer, category, law_enforcement):
    """A petition that lies with 城管执法队."""
    case = make_case(
        petition_officer, source="XF", at=now(), title="反映楼上漏水", description=f"{NAME}{TEXT}",
        reporter={"name": NAME, "phone": PHONE},
    )  # fmt: skip
    move("accept", case, petition_officer, at=now(), category=category)
    move("register", case, petition_officer, at=now(), category=category, urgency="normal")
    move("dispatch", case, petition_officer, at=now(), lead=law_enforcement)
    return case


def nothing_personal(page):
    """Neither name nor phone is anywhere in what the browser was sent."""
    sent = page.content()
    assert NAME not in sent and PHONE not in sent


def test_the_dispatcher_sees_title_and_clock_and_no_text(street, dispatcher, petition):
    desk = street.seat(dispatcher)
    stands(desk, "待签收")
    expect(desk.locator("#pane h2").first).to_have_text("反映楼上漏水")
    expect(desk.locator("#pane .sla").first).to_be_visible()
    expect(desk.locator("#pane form.act")).to_have_count(0)
    assert "漏水半年" not in desk.content()
    nothing_personal(desk)
    street.go(desk, f"/cases/{petition.number}/")
    assert "漏水半年" not in desk.content()
    nothing_personal(desk)
    street.go(desk, f"/cases/{petition.number}/reveal/")
    expect(desk.locator("main")).not_to_contain_text(NAME)
    expect(desk.get_by_role("button", name="查看并记入审计")).to_have_count(0)


def test_a_petition_is_handled_under_its_code_name_and_closed_with_an_outcome(
    street, petition_officer, handler, community_worker, petition
):
    counter = street.seat(handler)
    expect(counter.locator("#pane")).to_contain_text(petition.petition.code_name)
    nothing_personal(counter)
    counter.keyboard.press("s")
    stands(counter, "处置中")
    counter.locator("#pane textarea[name=words]").fill("已约两户当面调解，楼上同意更换水管")
    send(counter)
    stands(counter, "已反馈")
    nothing_personal(counter)

    officer = street.seat(petition_officer, f"/cases/{petition.number}/")
    nothing_personal(officer)
    officer.get_by_label("更多操作").click()
    officer.get_by_role("link", name="查看信访人").click()
    officer.wait_for_load_state("networkidle")
    officer.locator("[name=reason]").fill("需电话核实漏水楼层")
    officer.get_by_role("button", name="查看并记入审计").click()
    expect(officer.locator("main")).to_contain_text(PHONE)
    assert AuditEntry.objects.get(action="petitioner_revealed").reason == "需电话核实漏水楼层"

    street.go(officer, "/desk/")
    stands(officer, "已反馈")
    officer.locator("#pane select[name=checker]").select_option(label=community_worker.real_name)
    officer.locator("#pane form.act .btn--p").click()
    stands(officer, "核查中")
    move("pass_check", petition, community_worker, at=now(), words="两户均表示漏水已修好")
    street.go(officer, "/desk/")
    stands(officer, "待结案")
    officer.keyboard.press("f")  # too early: the petitioner still waits for the answer
    form = dialog(officer)
    form.locator("[name=conclusion]").fill("同意结案")
    form.locator("[name=outcome]").select_option(label="支持")
    send(officer)
    expect(form.locator(".errsum")).to_contain_text("还有 1 位")
    officer.keyboard.press("Escape")
    officer.locator("#pane textarea[name=words]").fill("漏水已修复，三号楼已恢复供水")
    send(officer)
    expect(officer.locator("#pane form.act[action$='/close/']")).to_be_visible()
    officer.locator("#pane textarea[name=conclusion]").fill("同意结案")
    officer.locator("#pane [name=outcome]").select_option(label="支持")
    send(officer)
    said(officer, "结案")
    petition.refresh_from_db()
    assert petition.state == State.CLOSED and petition.petition.outcome
    nothing_personal(officer)
