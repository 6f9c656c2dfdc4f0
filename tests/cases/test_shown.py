"""What each role is shown of a petition, and that the petitioner's name is nowhere."""
import pytest

from cases.models import Case, CaseEvent
from cases.views.shown import HIDDEN, Shown, shown_case
from tests.make import NOW, make_case, make_user, move

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]

CANARY = "金丝雀"
PHONE = "13800007777"
TEXT = f"本人{CANARY}反映楼上漏水三年，电话{PHONE}"


@pytest.fixture
def petition(petition_officer, category):
    """An accepted petition whose text names the petitioner."""
    case = make_case(
        petition_officer, source="XF", title=f"{CANARY}反映楼上漏水", description=TEXT, address="西井二区3号楼",
        reporter={"name": CANARY, "phone": PHONE, "id_number": "110199193703801029", "address": "西井二区3号楼502"},
    )  # fmt: skip
    move("accept", case, petition_officer, category=category)
    move("register", case, petition_officer, category=category, urgency="normal")
    return case


def test_the_dispatcher_is_shown_the_title_and_the_clock_of_a_petition_and_no_text(petition, dispatcher):
    shown = Shown(petition, dispatcher, at=NOW)
    assert shown.case.title == petition.title and shown.time.clock == "派遣" and shown.secret
    assert shown.case.description == shown.case.address == "" and shown.case.public_code is None
    assert [event.words for event in shown.events] == ["", "", ""] and not any(event.line for event in shown.events)
    assert shown.photos == [] and shown.ground is None
    assert shown.case.community is shown.case.grid is shown.case.category is None and petition.category is not None


@pytest.mark.parametrize("reader", ["chief", "leader", "petition_officer"])
def test_those_who_may_read_a_petition_are_shown_its_text_under_the_code_name(petition, reader, request):
    user = request.getfixturevalue(reader)
    shown = Shown(petition, user, at=NOW)
    assert not shown.secret and "漏水三年" in shown.case.description and "信访人" in shown.case.description
    assert CANARY not in shown.case.description and PHONE not in shown.case.description
    assert any("漏水三年" in event.words for event in shown.events)


def test_a_department_reads_the_petition_it_was_given_and_another_does_not_see_it(
    petition, petition_officer, handler, other_handler, law_enforcement
):
    move("dispatch", petition, petition_officer, lead=law_enforcement)
    assert shown_case(petition, handler).reads_text
    assert not Case.objects.visible_to(other_handler).filter(pk=petition.pk).exists()


def test_a_dispatcher_who_is_a_handler_too_reads_only_the_petitions_of_the_own_department(
    petition, petition_officer, law_enforcement
):
    both = make_user("both", "dispatcher", "handler", department=law_enforcement)
    assert not shown_case(petition, both).reads_text
    move("dispatch", petition, petition_officer, lead=law_enforcement)
    assert shown_case(Case.objects.get(pk=petition.pk), both).reads_text


def test_what_is_shown_is_a_copy_and_the_case_itself_keeps_its_text(petition, dispatcher):
    copied = shown_case(petition, dispatcher)
    assert copied.description == "" and "漏水" in petition.description
    assert copied.pk == petition.pk and copied.category is None and petition.category is not None
    assert "漏水" in Case.objects.get(pk=petition.pk).description


def test_every_other_case_is_shown_whole_to_whoever_sees_it(dispatcher, inspector):
    case = make_case(dispatcher, description="有摊贩")
    for user in (dispatcher, inspector):
        shown = Shown(case, user, at=NOW)
        assert shown.case.description == "有摊贩" and not shown.secret


PAGES = ("/cases/{n}/", "/cases/{n}/?show=flow", "/cases/{n}/trail/", "/cases/{n}/reveal/", "/cases/{n}/print/order/",
         "/cases/{n}/print/accepted/", "/cases/{n}/print/nothing/", "/desk/", "/desk/?q=%E9%87%91%E4%B8%9D%E9%9B%80",
         "/handover/", "/cases/{n}/pane/", "/cases/{n}/note/", "/admin/", "/cases/XF-2016-999/")  # fmt: skip
CAST = ["dispatcher", "chief", "inspector", "handler", "community_worker", "petition_officer", "clerk", "leader",
        "admin", "auditor", "outsider"]  # fmt: skip


@pytest.mark.parametrize("who", CAST)
def test_the_petitioners_name_and_phone_are_in_no_answer_to_anybody_without_a_reveal(
    client, petition, petition_officer, law_enforcement, who, request, caplog
):
    move("dispatch", petition, petition_officer, lead=law_enforcement, words=f"请尽快联系{CANARY}")
    client.force_login(request.getfixturevalue(who))
    for page in PAGES:
        answer = client.get(page.format(n=petition.number))
        body = answer.content.decode(errors="replace")
        if page.startswith("/desk/?q="):  # the box repeats what was typed; the list must not find it
            assert petition.number not in body
            continue
        assert CANARY not in body and PHONE not in body and "19370380" not in body, page
    assert CANARY not in caplog.text and PHONE not in caplog.text


def test_the_name_is_in_no_stored_text_outside_the_petitioners_own_row(petition):
    cases = Case.objects.values_list("title", "description", "address")
    stored = [*cases, *CaseEvent.objects.values_list("words", "facts")]
    assert CANARY not in str(stored) and PHONE not in str(stored)
    assert "信访人" in str(stored)


def test_the_sentence_in_place_of_the_text_says_who_may_read_it(client, petition, dispatcher):
    client.force_login(dispatcher)
    html = client.get(f"/cases/{petition.number}/").content.decode()
    assert HIDDEN in html and "漏水三年" not in html and petition.title in html


def test_a_fault_while_registering_tells_no_log_and_no_page_whose_petition_it_was(
    client, petition_officer, monkeypatch, capsys, caplog
):
    def broken(**answers):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("cases.registering.intake.open_case", broken)
    client.force_login(petition_officer)
    client.raise_request_exception = False
    data = {"source": "XF", "title": f"{CANARY}反映漏水", "description": TEXT, "urgency": "normal", "name": CANARY,
            "received_at": "2016-12-21T09:00", "key": "k", "kind": "appeal", "form": "visit", "persons": "1", "phone": PHONE}  # fmt: skip
    answer = client.post("/cases/new/", data)
    told = answer.content.decode() + caplog.text + "".join(capsys.readouterr())
    assert answer.status_code == 500 and "the disk is full" in told
    assert CANARY not in told and PHONE not in told
