"""The pages of bulletins: who gets in, what is shown, what a refused form and a lost race look like."""
import io
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.models import AuditEntry
from reports.bulletins import editing, workflow
from reports.bulletins.registering import PastIssue, register_past
from reports.models import Bulletin
from tests.reports.bulletin_cast import FIRST, LAST, NOW, make_draft, make_submitted, make_week

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]


@pytest.fixture
def week(dispatcher, handler, category, xijing):
    return make_week(dispatcher, handler, category, xijing.grids.get())


@pytest.fixture
def issued(week, chief, leader):
    bulletin = make_submitted(chief)
    workflow.approve(bulletin, by=leader, at=NOW)
    return bulletin


def past(number=161):
    return PastIssue(number, LAST, "城市管理监督周报", "周报", "全街道", 5, 4, "指挥中心", "各社区", 4)


READ = ["", "?view=full", "?view=pages", "bulletin.pdf", "bulletin.docx", "pages/1.png", "check/", f"numbers/{quote('受理')}/"]


@pytest.mark.parametrize("tail", READ)
def test_chief_and_leader_read_and_others_do_not(client, issued, chief, leader, dispatcher, admin, clerk, tail):
    address = issued.get_absolute_url() + tail
    for person, status in ((chief, 200), (leader, 200), (dispatcher, 403), (admin, 403), (clerk, 403)):
        client.force_login(person)
        assert client.get(address).status_code == status, person


def test_the_list_shows_what_waits_first_then_the_newest_number(client, issued, chief):
    register_past([past(160), past(161)], by=None, at=NOW)
    draft = make_draft(chief)
    client.force_login(chief)
    shown = [one.pk for one in client.get("/bulletins/").context["page_obj"]]
    numbers = Bulletin.objects.in_bulk(shown)
    assert shown[0] == draft.pk and [numbers[pk].number for pk in shown[1:]] == [161, 160, 1]
    only = client.get("/bulletins/?state=imported&kind=weekly&year=2016").context["page_obj"]
    assert [one.number for one in only] == [161, 160]
    assert client.get("/bulletins/?kind=nonsense&year=x&page=zzz").status_code == 200
    empty = client.get("/bulletins/?kind=yearly")
    assert "没有符合条件的通报" in empty.content.decode()


def test_a_list_of_many_asks_no_more_than_one_of_few(client, chief):
    client.force_login(chief)
    counts = []
    for numbers in (range(1, 6), range(6, 31)):
        register_past([past(number) for number in numbers], by=None, at=NOW)
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/bulletins/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_bulletin_with_more_cases_asks_no_more(client, chief, dispatcher, handler, category, xijing):
    client.force_login(chief)
    counts = []
    for count in (4, 12):
        make_week(dispatcher, handler, category, xijing.grids.get(), count=count)
        draft = make_draft(chief)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(draft.get_absolute_url()).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_rows_behind_a_number_are_those_frozen(client, issued, week, chief):
    client.force_login(chief)
    page = client.get(f"{issued.get_absolute_url()}numbers/{quote('按期处置率·城管执法队')}/")
    html = page.content.decode()
    assert page.context["page_obj"].paginator.count == 3 and all(case.number in html for case in week)
    assert "计入分子 1 条" in html and "签发时锁定" in html
    assert client.get(f"{issued.get_absolute_url()}numbers/{quote('没有')}/").status_code == 404


def test_a_past_issue_shows_what_the_table_has_and_no_body(client, chief):
    assert register_past([past()], by=None, at=NOW) == 1 and register_past([past()], by=None, at=NOW) == 0
    bulletin = Bulletin.objects.get()
    client.force_login(chief)
    html = client.get(bulletin.get_absolute_url()).content.decode()
    assert "来源：2016 年原表，无正文" in html and "苹城管督〔2016〕第161期" in html
    assert "送签发" not in html and "作废" not in html
    assert client.get(bulletin.get_absolute_url() + "bulletin.pdf").status_code == 404
    with pytest.raises(workflow.BulletinConflict):
        workflow.withdraw(bulletin, by=chief, at=NOW, reason="不要这一期了")


def test_a_draft_is_composed_from_the_form(client, chief, leader, week):
    client.force_login(leader)
    assert client.get("/bulletins/new/").status_code == 403
    client.force_login(chief)
    assert client.get("/bulletins/new/").status_code == 200
    wrong = client.post("/bulletins/new/", {"kind": "special", "day": "2016-12-14"})
    assert wrong.status_code == 422 and "专项名称" in wrong.content.decode() and not Bulletin.objects.exists()
    right = client.post("/bulletins/new/", {"kind": "weekly", "day": "2016-12-14"})
    bulletin = Bulletin.objects.get()
    assert right.status_code == 302 and (bulletin.first, bulletin.last, bulletin.created_by) == (FIRST, LAST, chief)


def post(client, bulletin, tail, **data):
    return client.post(f"{bulletin.get_absolute_url()}{tail}", {"version": bulletin.version, **data})


def test_a_block_is_written_in_place_and_a_second_writer_is_told(client, chief, week):
    draft = make_draft(chief)
    client.force_login(chief)
    assert 'name="text"' in client.get(f"{draft.get_absolute_url()}blocks/b2/").content.decode()
    stale = draft.version
    assert post(client, draft, "blocks/b2/", text="本周{受理}件。").status_code == 302
    lost = client.post(f"{draft.get_absolute_url()}blocks/b2/", {"version": stale, "text": "别的"})
    assert lost.status_code == 409 and "刚被他人修改" in lost.content.decode()
    draft.refresh_from_db()
    assert editing.find_block(draft, "b2")["text"] == "本周{受理}件。"
    wrong = post(client, draft, "blocks/b2/", text="本周{没有}件。")
    assert wrong.status_code == 422 and "没有叫“没有”的数字" in wrong.content.decode()
    assert client.get(f"{draft.get_absolute_url()}blocks/b999/").status_code == 404


def test_within_the_page_the_sheets_come_back_whole(client, chief, week):
    draft = make_draft(chief)
    client.force_login(chief)
    address, data = f"{draft.get_absolute_url()}blocks/b2/", {"version": draft.version, "text": "本周{受理}件。"}
    html = client.post(address, data, headers={"HX-Request": "true"}).content.decode()
    assert html.lstrip().startswith('<div class="sheets') and ">3</a>件。" in html
    lost = client.post(address, data, headers={"HX-Request": "true"})
    assert lost.status_code == 409 and lost["HX-Retarget"] == "#block-b2" and "<html" not in lost.content.decode()


def test_what_people_write_is_shown_as_text(client, chief, week):
    draft = make_draft(chief)
    editing.write_block(draft, "b2", text='<script>alert(1)</script>"{受理}', lead="<b>", by=chief, at=NOW)
    editing.set_details(draft, title='<img src=x onerror="1">', by=chief, at=NOW)
    client.force_login(chief)
    html = client.get(draft.get_absolute_url()).content.decode()
    assert "<script>alert" not in html and "<img src=x" not in html and "&lt;script&gt;" in html


def test_the_head_of_an_issue_is_changed_or_refused_with_the_page(client, chief, week):
    draft = make_draft(chief)
    client.force_login(chief)
    wrong = post(client, draft, "details/", title="")
    assert wrong.status_code == 422 and "请填写标题" in wrong.content.decode()
    assert post(client, draft, "details/", title="新标题", scope="全街道").status_code == 302
    draft.refresh_from_db()
    assert (draft.title, draft.scope) == ("新标题", "全街道")


def test_the_walk_through_the_pages(client, chief, leader, week):
    draft = make_draft(chief)
    client.force_login(leader)
    assert post(client, draft, "submit/").status_code == 403
    assert post(client, draft, "approve/").status_code == 409  # a draft still
    client.force_login(chief)
    assert client.get(f"{draft.get_absolute_url()}submit/").status_code == 200
    assert post(client, draft, "submit/").status_code == 302
    draft.refresh_from_db()
    assert post(client, draft, "approve/").status_code == 403
    client.force_login(leader)
    assert post(client, draft, "send_back/", reason="改").status_code == 422
    assert post(client, draft, "approve/").status_code == 302
    again = post(client, draft, "approve/")
    assert again.status_code == 409
    draft.refresh_from_db()
    assert (draft.state, draft.number) == ("issued", 1)
    client.force_login(chief)
    answer = post(client, draft, "correct/")
    assert answer.status_code == 302
    assert "已拟好更正稿，原通报不变。" in client.get(answer.url).content.decode()  # nothing is out yet
    assert Bulletin.objects.get(corrects=draft).state == "draft"
    assert client.get(f"{draft.get_absolute_url()}nonsense/").status_code == 404


def test_who_did_not_submit_is_offered_to_sign(client, chief, leader, week):
    waiting = make_submitted(chief)
    client.force_login(leader)
    assert f"{waiting.get_absolute_url()}approve/" in client.get(waiting.get_absolute_url()).content.decode()
    client.force_login(chief)
    assert f"{waiting.get_absolute_url()}approve/" not in client.get(waiting.get_absolute_url()).content.decode()


def test_what_is_not_fit_comes_back_with_the_reason(client, chief, week):
    draft = make_draft(chief)
    editing.write_block(draft, "b2", text="电话13800007777。", by=chief, at=NOW)
    client.force_login(chief)
    answer = post(client, draft, "submit/")
    assert answer.status_code == 422 and "手机号" in answer.content.decode()


def test_a_draft_says_so_on_its_face_and_has_no_number_yet(client, chief, week):
    draft = make_draft(chief)
    client.force_login(chief)
    html = client.get(draft.get_absolute_url()).content.decode()
    assert "签发时取号" in html and "演示数据 草稿" in html


def test_the_admin_switches_schedules_and_the_chief_does_not(client, admin, chief):
    client.force_login(chief)
    assert client.get("/bulletins/schedules/").status_code == 403
    client.force_login(admin)
    assert client.get("/bulletins/schedules/").status_code == 200
    assert client.post("/bulletins/schedules/", {"kind": "weekly", "on": "1"}).status_code == 302
    assert "停用周报" in client.get("/bulletins/schedules/").content.decode()


def test_the_documents_of_an_issue_are_the_same_every_time(client, issued, chief):
    client.force_login(chief)
    first, second = (client.get(issued.get_absolute_url() + "bulletin.pdf") for _ in range(2))
    assert first.content == second.content and first["Content-Type"] == "application/pdf"
    assert "attachment" in client.get(issued.get_absolute_url() + "bulletin.pdf?download")["Content-Disposition"]
    assert client.get(issued.get_absolute_url() + "bulletin.exe").status_code == 404


def test_a_draft_with_a_sign_that_no_font_has_says_so_until_it_is_mended(client, chief, week):
    draft = make_draft(chief)
    client.force_login(chief)
    editing.write_block(draft, "b2", text="巡查😀三次。", by=chief, at=NOW)
    for tail in ("bulletin.pdf", "pages/1.png", "check/"):
        answer = client.get(draft.get_absolute_url() + tail)
        assert answer.status_code == 409 and "U+1F600" in answer.content.decode()
        assert f'href="{draft.get_absolute_url()}' in answer.content.decode()
    assert client.get(draft.get_absolute_url()).status_code == 200
    draft.refresh_from_db()
    editing.write_block(draft, "b2", text="巡查三次。", by=chief, at=NOW)
    assert client.get(draft.get_absolute_url() + "bulletin.pdf").status_code == 200


def test_a_new_block_keeps_no_character_that_no_database_holds(client, chief, week):
    draft = make_draft(chief)
    client.force_login(chief)
    added = {"do": "add", "add-kind": "text", "add-text": "另：\0巡查\x01三次。"}
    assert post(client, draft, "blocks/b2/", **added).status_code == 302
    draft.refresh_from_db()
    assert any(block.get("text") == "另： 巡查 三次。" for block in draft.blocks)
    assert client.get(draft.get_absolute_url() + "bulletin.docx").status_code == 200


def test_the_list_is_carried_away_as_it_is_narrowed(client, issued, chief, dispatcher):
    register_past([past(160), past(161)], by=None, at=NOW)
    make_draft(chief)
    client.force_login(dispatcher)
    assert client.post("/bulletins/export/").status_code == 403
    client.force_login(chief)
    for query, numbers in (("", [None, 161, 160, 1]), ("?state=imported", [161, 160])):
        sheet = load_workbook(io.BytesIO(client.post(f"/bulletins/export/{query}").content))["督查通报目录"]
        rows = [row for row in sheet.iter_rows(min_row=3, values_only=True) if row[2]]
        assert [row[1] if row[1] != "–" else None for row in rows] == numbers
    taken = AuditEntry.objects.filter(action="figures_exported").order_by("pk")
    assert [one.detail["count"] for one in taken] == [4, 2]
