"""What an ill-meaning colleague tries: to learn of a petition by its neighbours, its forms and its clocks, to check
one's own work, to break a page with numbers no database holds, to send others elsewhere. Each denial beside its twin."""
import io
import zipfile
from datetime import timedelta

import pytest
from django.http import QueryDict
from django.test import Client

from accounts import staff
from cases import trail
from cases.models import Case, CaseEvent, Petitioner
from cases.tables import TableRefused, read_uploaded
from cases.views.listing import Listing
from cases.workflow import MoveForbidden
from grid.models import UnitGrid
from tests.make import NOW, make_case, make_user, move, put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]

DESK = {"HX-Request": "true", "HX-Current-URL": "http://testserver/desk/"}


@pytest.fixture
def place(xijing):
    """A position in 西井 with its grid."""
    return {"community": xijing, "grid": UnitGrid.objects.get(community=xijing), "lon": 116.17, "lat": 39.93}


@pytest.fixture
def petition(petition_officer, category, place):
    """A registered petition that lies in 西井."""
    case = make_case(petition_officer, source="XF", title="反映楼上漏水", address="二区3号楼", **place)
    move("accept", case, petition_officer, category=category)
    move("register", case, petition_officer, category=category, urgency="normal")
    case.tags.create(word="蓝天行动")
    return case


@pytest.fixture
def stall(dispatcher, place):
    """An ordinary case a few metres from it."""
    return make_case(dispatcher, title="摊贩占道", **{**place, "lon": 116.171})


def told(client, user, address, **more):
    """The body of a page as this person gets it, and its status."""
    client.force_login(user)
    answer = client.get(address, **more)
    return answer.status_code, answer.content.decode()


# --- a petition of which one may read the title alone -------------------------------------------------------------------


def test_no_distance_to_a_petition_is_told_to_whom_its_place_is_kept(client, petition, stall, dispatcher, chief):
    for mine, other in ((stall, petition), (petition, stall)):
        address = f"/cases/{mine.number}/merge/?master={other.number}"
        assert "相距" not in told(client, dispatcher, address)[1]
        assert "相距" in told(client, chief, address)[1]


@pytest.mark.parametrize("name", ["accept", "register", "dispatch", "send_verification", "merge", "split"])
def test_no_form_of_a_petition_is_shown_filled_in_to_whoever_reads_its_title_alone(client, petition, dispatcher, name):
    address = f"/cases/{petition.number}/{name}/"
    status, body = told(client, dispatcher, address)
    assert status == 403 and "<form class=\"card\"" not in body
    answer = client.post(address, {})
    assert answer.status_code == 403 and "selected" not in answer.content.decode()
    assert petition.events.count() == 3


def test_the_petition_officer_gets_the_form_and_a_dispatcher_the_note(client, petition, petition_officer, dispatcher):
    assert told(client, petition_officer, f"/cases/{petition.number}/dispatch/")[0] == 200
    assert told(client, dispatcher, f"/cases/{petition.number}/note/")[0] == 200
    assert client.post(f"/cases/{petition.number}/note/", {"words": "已转信访办"}).status_code == 302


def test_the_dispatcher_learns_neither_unit_nor_tag_nor_wish_of_a_petition(
    client, petition, petition_officer, handler, law_enforcement, dispatcher, chief
):
    move("dispatch", petition, petition_officer, lead=law_enforcement, duty_leader="张三")
    move("acknowledge", petition, handler)
    later = (NOW + timedelta(days=30)).date()
    move("request_suspension", petition, handler, review_on=later, reason="楼上住户不在家")
    secrets = ("城管执法队", "蓝天行动", "楼上住户不在家")
    page, trail_page = f"/cases/{petition.number}/", f"/cases/{petition.number}/trail/"
    mine = told(client, dispatcher, page)[1] + told(client, dispatcher, f"{page}pane/", headers=DESK)[1]
    mine += told(client, dispatcher, trail_page)[1] + told(client, dispatcher, f"{page}print/order/")[1]
    mine += told(client, dispatcher, f"/api/v1/cases/{petition.number}/")[1]
    assert not [word for word in secrets if word in mine]
    theirs = told(client, chief, page)[1]
    assert all(word in theirs for word in secrets)


def test_the_story_does_not_say_which_community_verified_a_petition(
    client, petition_officer, place, xijing, community_worker, dispatcher, chief
):
    case = make_case(petition_officer, source="XF", title="反映漏水", **place)
    move("send_verification", case, petition_officer, community=xijing)
    move("answer_verification", case, community_worker, is_true=True)
    for page in (f"/cases/{case.number}/", f"/cases/{case.number}/trail/", f"/api/v1/cases/{case.number}/"):
        assert "西井" not in told(client, dispatcher, page)[1], page
    assert "西井社区" in told(client, chief, f"/cases/{case.number}/")[1]


def test_the_pane_counts_no_neighbours_of_a_petition_whose_grid_is_kept(client, petition, stall, dispatcher, chief):
    near = "同网格近 30 天办结"
    assert near not in told(client, dispatcher, f"/cases/{petition.number}/pane/", headers=DESK)[1]
    assert near in told(client, dispatcher, f"/cases/{stall.number}/pane/", headers=DESK)[1]
    assert near in told(client, chief, f"/cases/{petition.number}/pane/", headers=DESK)[1]


def test_the_place_of_a_petition_stands_in_no_address(client, petition, stall, chief):
    for case in (petition, stall):  # the map finds the place by the number, for those who may know it
        page = told(client, chief, f"/cases/{case.number}/")[1]
        assert f"/grid/?find={case.number}" in page and "lon=" not in page


def test_no_answer_to_a_petitioner_is_read_in_the_queue_of_answers(
    client, petition, petition_officer, stall, dispatcher, chief
):
    put(petition, "checked", result="已更换楼上水管")
    words = "您反映的漏水已修好"
    move("reply", petition, petition_officer, to_whom="petitioner", channel="letter", words=words, final=True)
    put(petition, "closed", closed_at=NOW)
    address = f"/callbacks/{petition.number}/petitioner/"
    status, body = told(client, dispatcher, address)
    assert status == 403 and words not in body and "更换楼上水管" not in body
    assert words in told(client, chief, address)[1]
    put(stall, "checked")
    reporter = stall.reporters.create(came_with=stall, kind="resident", phone="13812341234", reply_owed=True, at=NOW)
    assert told(client, dispatcher, f"/callbacks/{stall.number}/{reporter.pk}/")[0] == 200


def test_who_is_of_the_desk_and_of_a_unit_lists_petitions_without_asking_for_each(
    client, petition, petition_officer, law_enforcement, django_assert_num_queries
):
    both = make_user("both", "dispatcher", "handler", department=law_enforcement)
    own = make_case(petition_officer, source="XF", title="反映噪音", address="一区1号楼")
    put(own, "dispatched", lead=law_enforcement, due_at=NOW)
    own.assignments.create(department=law_enforcement, role="lead", assigned_at=NOW)
    for page in ("/desk/?source=XF", "/handover/", "/handover/?part=over", "/m/tasks/", "/m/tasks/?tab=done"):
        assert told(client, both, page)[0] == 200, page
    rows = Listing(both, QueryDict("source=XF")).rows
    assert {row.case.number: row.case.reads_text for row in rows} == {petition.number: False, own.number: True}
    for number in range(6):
        make_case(petition_officer, source="XF", title=f"反映噪音 {number}")
    with django_assert_num_queries(3):
        assert len(Listing(both, QueryDict("source=XF")).rows) == 8


# --- the petitioner's name in what is written later ----------------------------------------------------------------------


def test_a_part_of_a_petition_and_the_master_of_a_merged_one_veil_the_petitioner_too(petition, petition_officer):
    move("split", petition, petition_officer, parts=["漏水", "噪音"])
    part = Case.objects.get(parent=petition, title="漏水")
    other = make_case(petition_officer, source="XF", title="反映噪音", reporter={"name": "王大锤", "phone": "88912345"})
    move("merge", other, petition_officer, master=petition, reason="同一人同一事")
    assert Petitioner.objects.count() == 2
    move("note", part, petition_officer, words="金丝雀来电 13800007777")
    move("note", petition, petition_officer, words="王大锤来电 88912345，张三陪同")
    words = list(CaseEvent.objects.filter(move="note").values_list("words", flat=True))
    assert not [one for one in words if "金丝雀" in one or "王大锤" in one or "88912345" in one]
    assert any("张三陪同" in one for one in words)


def test_a_landline_and_an_old_id_number_in_the_text_of_a_petition_are_masked(petition_officer):
    person = {"name": "李小兰", "phone": "88912345", "id_number": "110107370801029"}
    text = "李小兰，电话88912345，身份证110107370801029，楼号 12345678"
    case = make_case(petition_officer, source="XF", title="反映漏水", description=text, reporter=person)
    assert not [word for word in ("李小兰", "88912345", "110107370801029") if word in case.description]
    assert "12345678" in case.description


# --- one's own work is checked by another ---------------------------------------------------------------------------------


def test_whoever_handled_the_first_time_may_not_check_the_second_from_another_department(
    dispatcher, inspector, handler, law_enforcement, sanitation, category, place
):
    colleague = make_user("colleague", "handler", department=law_enforcement)
    case = make_case(dispatcher, **place)
    move("accept", case, dispatcher, category=category)
    move("register", case, dispatcher, category=category, urgency="normal", grid=place["grid"])
    move("dispatch", case, dispatcher, lead=law_enforcement)
    for hand in (handler, colleague):
        move("acknowledge", case, hand)
        move("feedback", case, hand, words="已劝离摊贩，清理完毕，留人值守")
        move("send_check", case, dispatcher, checker=inspector)
        if hand is handler:
            move("rework", case, inspector, reason="摊贩又回来了")
    handler.department = sanitation  # moved, and an inspector now
    handler.save()
    handler.grants.create(role="inspector")
    handler.forget_roles()
    with pytest.raises(MoveForbidden, match="签收或处置过本案"):
        move("pass_check", case, handler, words="看过了")
    move("pass_check", case, inspector, words="已复查，没有摊贩")
    assert case.state == "checked" and trail.first_break(case) == ""


# --- numbers, days and addresses that nobody types ------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["to=9999-12-31", "from=0001-01-01"])
def test_a_day_at_the_end_of_time_is_told_and_left_out(client, stall, dispatcher, query):
    status, body = told(client, dispatcher, f"/desk/?{query}")
    assert status == 200 and "没有看懂" in body and stall.number in body
    status, body = told(client, dispatcher, "/desk/?from=2016-12-21&to=2016-12-21")
    assert status == 200 and "没有看懂" not in body and stall.number in body


def test_a_number_without_end_breaks_no_form(client, stall, dispatcher):
    client.force_login(dispatcher)
    endless = "9" * 5000
    assert client.post(f"/cases/{stall.number}/note/", {"words": "看过", "version": endless}).status_code == 422
    data = {"n": stall.number, f"version-{stall.number}": endless, "words": "看过"}
    assert client.post("/cases/bulk/note/", data).status_code == 302
    data = {"n": stall.number, f"category-{stall.number}": "9" * 30}
    answer = client.post("/cases/bulk/accept/", data)
    assert answer.status_code == 422 and "不在可选范围内" in answer.content.decode()
    data = {"source": "WG", "title": "摊贩占道", "lon": "116.17", "lat": "inf"}
    assert client.post("/cases/new/likely/", data).status_code == 200


def test_an_old_version_is_still_a_conflict(client, stall, dispatcher, category):
    seen = stall.version
    move("accept", stall, dispatcher, category=category)
    client.force_login(dispatcher)
    answer = client.post(f"/cases/{stall.number}/note/", {"words": "看过", "version": seen})
    assert answer.status_code == 409


@pytest.mark.parametrize("foreign", ["javascript:alert(1)", "https://example.com/", "//example.com/"])
def test_a_form_leads_back_to_this_site_alone(client, stall, dispatcher, foreign):
    client.force_login(dispatcher)
    assert foreign not in client.get(f"/cases/{stall.number}/note/", {"next": foreign}).content.decode()
    assert client.post(f"/cases/{stall.number}/note/", {"words": "看过", "next": foreign}).url == f"/cases/{stall.number}/"
    own = "/desk/?source=WG"
    assert own in client.get(f"/cases/{stall.number}/note/", {"next": own}).content.decode()
    assert client.post(f"/cases/{stall.number}/note/", {"words": "又看过", "next": own}).url == own


def test_a_packed_table_that_would_fill_the_memory_is_refused_before_it_is_unpacked():
    def packed(size):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/worksheets/sheet1.xml", b" " * size)
        return buffer.getvalue()

    with pytest.raises(TableRefused, match="展开后太大"):
        read_uploaded(packed(80 * 1024 * 1024))
    with pytest.raises(TableRefused, match="不是电子表格"):
        read_uploaded(packed(1024))


# --- forged and stale requests -----------------------------------------------------------------------------------------


def test_nothing_is_done_without_the_pages_own_token(stall, dispatcher):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(dispatcher)
    n = stall.number
    addresses = [f"/cases/{n}/note/", f"/cases/{n}/reveal/", "/cases/bulk/note/", "/cases/bulk/undo/",
                 "/cases/bulk/export/", "/cases/new/", "/cases/import/", "/outbox/resend/", "/desk/views/", "/m/report/",
                 f"/m/tasks/{n}/", f"/callbacks/{n}/code/", "/q/", "/logout/", "/profile/password/"]  # fmt: skip
    for address in addresses:
        assert strict.post(address, {"n": n, "words": "乱写", "kind": "csv"}).status_code == 403, address
    assert stall.events.count() == 1
    token = strict.get("/m/token/").json()["token"]
    told = {"words": "看过", "csrfmiddlewaretoken": token}
    assert strict.post(f"/cases/{n}/note/", told).status_code == 302 and stall.events.count() == 2


def test_a_session_acts_no_further_than_its_person_may_now(client, stall, dispatcher, admin):
    client.force_login(dispatcher)
    note = f"/cases/{stall.number}/note/"
    assert client.post(note, {"words": "看过"}).status_code == 302
    staff.revoke_role(dispatcher, role="dispatcher", by=admin, at=NOW)
    assert client.post(note, {"words": "又看过"}).status_code == 404  # not visible any more
    staff.grant_role(dispatcher, role="dispatcher", by=admin, at=NOW)
    assert client.post(note, {"words": "又看过"}).status_code == 302
    staff.disable_user(dispatcher, by=admin, at=NOW)
    assert client.post(note, {"words": "再看过"}).url.startswith("/login/")
    assert client.get(f"/api/v1/cases/{stall.number}/").status_code == 403
    assert stall.events.count() == 3


# --- what leaves the house -----------------------------------------------------------------------------------------------


def test_a_closed_case_is_exported_masked_with_its_entry_and_a_petition_without_its_place(
    client, petition, dispatcher, place
):
    from accounts.models import AuditEntry

    call = make_case(dispatcher, source="RX", reporter={"name": "李小兰", "phone": "13812341234"}, **place)
    put(call, "closed", closed_at=NOW)
    client.force_login(dispatcher)
    numbers = [call.number, petition.number]
    text = client.post("/cases/bulk/export/?stage=all", {"kind": "csv", "n": numbers})
    text = b"".join(text).decode()
    assert all(number in text for number in numbers) and "李*兰" in text and "李小兰" not in text
    line = next(row for row in text.splitlines() if petition.number in row)
    assert "西井" not in line and "二区3号楼" not in line
    assert AuditEntry.objects.of_action("ledger_exported").get().detail["count"] == 2
