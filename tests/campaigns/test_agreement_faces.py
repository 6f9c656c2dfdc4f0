"""The pages of agreements: what they show, to whom, what they answer to a wrong form, a conflict, a stranger's text."""
import io
import json
import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from docx import Document

from accounts.models import AuditEntry
from campaigns import agreement_parties as parties
from campaigns import agreement_templates as texts
from campaigns import agreements as acts
from campaigns.models import Agreement, AgreementTask, AgreementTemplate, Clause
from tests.campaigns.agreement_cast import BLOCKS, PERSON, VARIABLES, list_party, make_text, make_unit, walk
from tests.make import NOW, make_case, make_department, make_user

pytestmark = pytest.mark.django_db
EVIL = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'


@pytest.fixture(autouse=True)
def private_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def text(admin):
    return make_text(admin)


@pytest.fixture
def agreement(text, admin, law_enforcement):
    return list_party(text, admin, department=law_enforcement)


@pytest.fixture
def as_(client, request):
    """Log in as one of the cast and give the client back."""

    def login(who):
        client.force_login(request.getfixturevalue(who) if isinstance(who, str) else who)
        return client

    return login


def body(answer):
    return answer.content.decode()


def send(client, text, **sent):
    payload = {"revision": text.edits.head().revision, "blocks": BLOCKS, "heading": "标题"} | sent
    return client.post(f"/agreements/{text.pk}/save/", json.dumps(payload), content_type="application/json")


# --- the editor ------------------------------------------------------------------------------------------------------------


def test_the_editor_shows_the_paper_filled_for_a_party_and_who_has_not_signed(as_, text, agreement, sanitation, admin):
    list_party(text, admin, department=sanitation, person="")
    page = body(as_("admin").get(f"/agreements/{text.pk}/"))
    assert "环卫队" in page and "缺直接责任人" in page and "送签 1 家" in page and "版本 1" in page
    assert '<span class="var" data-var="直接责任人">待填写</span>' in page
    assert '<span class="var var--ok" data-var="时限">2</span>' in page
    page = body(as_("admin").get(f"/agreements/{text.pk}/?party={agreement.pk}"))
    assert '<span class="var var--ok" data-var="直接责任人">金*雀</span>' in page and PERSON not in page


def test_a_reader_sees_paper_and_board_but_no_tools(as_, text, agreement):
    for who in ("chief", "leader", "clerk"):
        page = body(as_(who).get(f"/agreements/{text.pk}/"))
        assert "data-tool" not in page and "agreement.js" not in page and "/issue/" not in page
    assert "全部提醒" in page  # the clerk reminds


@pytest.mark.parametrize("tab", ["parties", "variables", "clauses", "nonsense"])
def test_a_tab_alone_is_given_to_htmx(as_, text, agreement, tab):
    answer = as_("admin").get(f"/agreements/{text.pk}/?tab={tab}", HTTP_HX_REQUEST="true")
    assert answer.status_code == 200 and "<html" not in body(answer)


def test_saving_keeps_the_wording_and_tells_revision_and_changes(as_, text):
    answer = send(as_("admin"), text, blocks=[{"kind": "paragraph", "text": "由{{点位}}负责"}])
    assert answer.status_code == 200
    assert answer.json()["revision"] == 2 and "点位" in answer.json()["names"]
    assert text.edits.head().heading == "标题"


def test_saving_upon_an_old_wording_is_a_conflict_that_overwrites_nothing(as_, text):
    client = as_("admin")
    send(client, text, heading="别处先改了", revision=1)
    answer = send(client, text, heading="我的", revision=1)
    assert answer.status_code == 409 and "没有覆盖" in answer.json()["sentence"] and answer.json()["revision"] == 2
    assert text.edits.head().heading == "别处先改了"
    assert send(client, text, heading="我的", revision=2).status_code == 200


@pytest.mark.parametrize("sent", [b"", b"{", b"[]", b'{"revision": "x", "blocks": []}', b'{"revision": 1}', b"\xff"])
def test_what_cannot_be_read_is_refused_with_a_sentence(as_, text, sent):
    answer = as_("admin").post(f"/agreements/{text.pk}/save/", sent, content_type="application/json")
    assert answer.status_code == 422 and answer.json()["sentence"] and text.edits.count() == 1


@pytest.mark.parametrize("who", ["clerk", "chief", "leader", "handler", "community_worker", "auditor"])
def test_nobody_else_saves(as_, text, who):
    assert send(as_(who), text).status_code == 403 and text.edits.count() == 1


def test_markup_in_text_and_variables_is_shown_as_text_everywhere(as_, text, admin, law_enforcement):
    client = as_("admin")
    rows = [{"kind": "paragraph", "text": EVIL + "{{点位}}"}, {"kind": "table", "rows": [[EVIL, EVIL, "{{点位}}"]]}]
    assert send(client, text, blocks=rows, heading="<b>标题</b>").status_code == 200
    agreement = list_party(text, admin, department=law_enforcement, person="")
    parties.fill(agreement, values={"点位": EVIL}, by=admin, at=NOW)
    texts.keep_clause(title="<i>条", blocks=rows, by=admin, at=NOW)
    pages = [
        f"/agreements/{text.pk}/?party={agreement.pk}", f"/agreements/{text.pk}/?tab=variables", f"/agreements/{text.pk}/plain/",
        f"/agreements/{text.pk}/?tab=clauses", f"/agreements/{text.pk}/history/?from=1", f"/agreements/party/{agreement.pk}/",
        f"/agreements/party/{agreement.pk}/paper/", "/agreements/clauses/", "/agreements/clauses/1/",
    ]  # fmt: skip
    for page in pages:
        html = body(client.get(page))
        assert "<script>alert" not in html and "<img src=x" not in html and "<b>标题" not in html, page
    assert "&lt;script&gt;alert(1)" in body(client.get(f"/agreements/party/{agreement.pk}/"))
    word = client.post(f"/agreements/party/{agreement.pk}/paper/", {"word": "1"})
    assert EVIL in "".join(p.text for p in Document(io.BytesIO(word.content)).paragraphs)


def test_without_a_script_the_text_is_a_form_with_a_box_for_each_block(as_, text):
    client = as_("admin")
    page = body(client.get(f"/agreements/{text.pk}/plain/"))
    assert "按期办结率｜不低于 95%｜100" in page
    data = {
        "revision": "1", "heading": "新标题", "block-TOTAL_FORMS": "4", "block-3-kind": "paragraph", "block-3-text": "", "block-INITIAL_FORMS": "0",
        "block-0-kind": "paragraph", "block-0-text": "第一段", "block-1-kind": "table", "block-1-text": "甲｜乙｜1",
        "block-2-kind": "clause", "block-2-text": "不要了", "block-2-DELETE": "on",
    }  # fmt: skip
    assert client.post(f"/agreements/{text.pk}/plain/", data | {"block-1-text": "甲｜乙"}).status_code == 422
    assert client.post(f"/agreements/{text.pk}/plain/", data).status_code == 302
    head = text.edits.head()
    assert head.heading == "新标题"
    assert head.blocks == [{"kind": "paragraph", "text": "第一段"}, {"kind": "table", "rows": [["甲", "乙", "1"]]}]
    assert client.post(f"/agreements/{text.pk}/plain/", data | {"heading": "又一个"}).status_code == 409


def test_variables_are_kept_by_a_form_with_the_revision_it_was_opened_upon(as_, text):
    client = as_("admin")
    data = {
        "revision": "1", "variable-TOTAL_FORMS": "3", "variable-2-name": "", "variable-2-kind": "text", "variable-INITIAL_FORMS": "0", "variable-0-name": "时限",
        "variable-0-kind": "number", "variable-0-value": "4", "variable-0-required": "on", "variable-1-name": "直接责任人",
        "variable-1-kind": "person",
    }  # fmt: skip
    assert client.post(f"/agreements/{text.pk}/variables/", data | {"variable-1-value": "金丝雀"}).status_code == 422
    assert client.post(f"/agreements/{text.pk}/variables/", data).status_code == 302
    assert text.edits.head().variables[0]["value"] == "4" and not text.edits.head().variables[1]["required"]
    assert client.post(f"/agreements/{text.pk}/variables/", data | {"variable-0-value": "8"}).status_code == 409


def test_the_history_lists_every_wording_and_marks_what_changed(as_, text):
    client = as_("admin")
    send(client, text, blocks=[{"kind": "paragraph", "text": "街道办事处与{{乙方}}签订本协议。"}, *BLOCKS[1:]], heading="苹果园街道 2016 年国家卫生区复审工作")
    page = body(client.get(f"/agreements/{text.pk}/history/?from=1&to=2"))
    assert "<del>责任书</del>" in page and "<ins>协议</ins>" in page and "改动 1 处" in page
    assert body(client.get(f"/agreements/{text.pk}/history/?from=x&to=99999999999")).count("与当前比较") == 1


def test_a_new_text_may_follow_an_earlier_one(as_, text):
    client = as_("admin")
    data = {"title": "2017 年", "heading": "新一年", "year": "2017", "prefix": "石苹卫责", "copy_from": str(text.pk)}
    assert client.post("/agreements/new/", data | {"year": "2016"}).status_code == 422
    assert client.post("/agreements/new/", data).status_code == 302
    assert AgreementTemplate.objects.get(year=2017).edits.head().blocks == BLOCKS


def test_settings_keep_days_bands_and_tasks_each_on_its_own(as_, text):
    client, path = as_("admin"), f"/agreements/{text.pk}/settings/"
    seen = {part: texts.digest_of(rows) for part, rows in texts.settings_of(text).items()}
    frame = {"part": "frame", "seen": seen["frame"], "title": "新名", "sign_by": "2016-12-25", "valid_until": "2016-12-31"}
    assert client.post(path, frame | {"sign_by": "2017-01-01"}).status_code == 422
    assert client.post(path, frame).status_code == 302
    band = {"part": "bands", "seen": seen["bands"], "band-TOTAL_FORMS": "2", "band-INITIAL_FORMS": "0", "band-0-lower": "60", "band-0-name": "合格",
            "band-0-deduct": "0", "band-1-lower": "0", "band-1-name": "不合格", "band-1-deduct": "5"}  # fmt: skip
    assert client.post(path, band | {"band-1-lower": "10"}).status_code == 422
    assert client.post(path, band).status_code == 302
    task = {"part": "tasks", "seen": seen["tasks"], "task-TOTAL_FORMS": "1", "task-INITIAL_FORMS": "0", "task-0-text": "清理", "task-0-due_on": "2016-12-30"}
    assert client.post(path, task).status_code == 302
    text.refresh_from_db()
    assert (text.title, text.sign_by, text.bands.count(), text.tasks.get().text) == ("新名", date(2016, 12, 25), 2, "清理")


def test_of_two_who_keep_settings_the_second_overwrites_nothing_and_a_second_press_changes_nothing(as_, text):
    client, path = as_("admin"), f"/agreements/{text.pk}/settings/"
    seen = re.findall(r'name="seen" value="(\w+)"', body(client.get(path)))
    task = {"task-TOTAL_FORMS": "1", "task-INITIAL_FORMS": "0", "task-0-due_on": "2016-12-30"}
    frame = {"sign_by": "2016-12-25", "valid_until": "2016-12-31"}
    for part, place, one, other in (("frame", 0, frame | {"title": "甲"}, frame | {"title": "乙"}), (
        "tasks", 2, task | {"task-0-text": "甲"}, task | {"task-0-text": "乙"}
    )):
        sent = {"part": part, "seen": seen[place]}
        assert [client.post(path, sent | one).status_code for _ in range(2)] == [302, 302]
        late = client.post(path, sent | other)
        assert late.status_code == 409 and "没有覆盖对方的" in body(late)
    text.refresh_from_db()
    assert (text.title, text.tasks.get().text) == ("甲", "甲")
    assert AuditEntry.objects.filter(action__in=("agreement_frame_changed", "agreement_tasks_changed")).count() == 2
    again = {"part": "tasks", "seen": texts.digest_of(texts.settings_of(text)["tasks"])}
    assert client.post(path, again | task | {"task-0-text": "乙"}).status_code == 302


def test_what_is_wrong_in_settings_is_said_in_its_part_with_what_was_typed(as_, text):
    client, path = as_("admin"), f"/agreements/{text.pk}/settings/"
    band = {"part": "bands", "band-TOTAL_FORMS": "2", "band-INITIAL_FORMS": "0", "band-0-lower": "101", "band-0-name": "",
            "band-0-deduct": "0", "band-1-lower": "0", "band-1-name": "不合格", "band-1-deduct": "5"}  # fmt: skip
    wrong = body(client.post(path, band))
    assert "有 2 处要改" in wrong and '<a href="#id_band-0-lower">第 1 行起分（含）</a>' in wrong and 'value="101"' in wrong
    assert 'id="id_band-0-name_error"' in wrong and wrong.count('aria-invalid="true"') == 2
    together = body(client.post(path, band | {"band-0-lower": "0", "band-0-name": "合格"}))
    assert "两档的起分相同" in together and together.index("考核等次") < together.index("两档的起分相同") < together.index("任务分解")


def test_parties_are_ticked_or_taken_whole(as_, text, xijing, law_enforcement):
    client, path = as_("admin"), f"/agreements/{text.pk}/parties/"
    unit = make_unit(xijing)
    assert unit.name in body(client.get(path))
    client.post(path, {"organisation": [str(unit.pk)]})
    assert Agreement.objects.get().organisation == unit
    client.post(path, {"all": "station"})
    assert Agreement.objects.filter(party_kind="station").count() == 1 and Agreement.objects.count() == 2


def test_who_was_listed_by_mistake_is_taken_off_until_something_was_sent(as_, text, xijing, law_enforcement, sanitation, admin):
    client, path = as_("admin"), f"/agreements/{text.pk}/parties/"
    mistaken = list_party(text, admin, organisation=make_unit(xijing))
    kept = list_party(text, admin, department=law_enforcement)
    sent = list_party(text, admin, department=sanitation)
    acts.issue(sent, by=admin, at=NOW)
    acts.withdraw(Agreement.objects.get(pk=sent.pk), by=admin, at=NOW, reason="正文有误要改")
    page = body(client.get(path))
    assert "2 家，列错的可以移出" in page and f'name="party" value="{sent.pk}"' not in page
    client.post(path, {"drop": "ticked", "party": [str(mistaken.pk), str(sent.pk), "x"]})
    assert set(Agreement.objects.values_list("pk", flat=True)) == {kept.pk, sent.pk}
    assert AuditEntry.objects.get(action="agreement_parties_dropped").detail == {"count": 1}
    assert "没有勾选" in body(client.post(path, {"drop": "ticked"}, follow=True))
    blank = list_party(text, admin, department=make_department("安监科", code="D77"), person="")
    assert "移出没填过变量的 1 家" in body(client.get(path))
    assert as_("clerk").post(path, {"drop": "blank"}).status_code == 403
    as_("admin").post(path, {"drop": "blank"})
    assert set(Agreement.objects.all()) == {kept, sent} and blank.pk


def test_a_clause_is_kept_and_put_into_a_text(as_, text):
    client = as_("admin")
    data = {"title": "门前三包", "active": "on", "block-TOTAL_FORMS": "1", "block-INITIAL_FORMS": "0",
            "block-0-kind": "clause", "block-0-text": "落实门前三包。"}  # fmt: skip
    assert client.post("/agreements/clauses/", data).status_code == 302
    assert client.post("/agreements/clauses/", data).status_code == 422
    clause = Clause.objects.get()
    assert client.post(f"/agreements/{text.pk}/clauses/{clause.pk}/").status_code == 302
    assert text.edits.head().blocks[-1] == {"kind": "clause", "text": "落实门前三包。"}
    client.post(f"/agreements/clauses/{clause.pk}/", {**data, "active": ""})
    assert client.post(f"/agreements/{text.pk}/clauses/{clause.pk}/").status_code == 404


# --- sending and reminding ------------------------------------------------------------------------------------------------------


def test_sending_is_shown_first_made_once_and_not_upon_a_changed_text(as_, text, agreement, sanitation, admin):
    list_party(text, admin, department=sanitation, person="")
    client, path = as_("admin"), f"/agreements/{text.pk}/issue/"
    page = body(client.get(path))
    assert "送签 1 家" in page and "缺直接责任人" in page and Agreement.objects.filter(stage="draft").count() == 2
    assert "<html" not in body(client.get(path, HTTP_HX_REQUEST="true"))
    assert client.post(path, {"revision": "7"}).status_code == 409
    for _ in range(2):
        assert client.post(path, {"revision": "1"}).status_code == 302
    assert list(Agreement.objects.filter(stage="issued")) == [agreement]
    assert client.post(path, {"revision": "1"}, HTTP_HX_REQUEST="true")["HX-Redirect"] == f"/agreements/{text.pk}/"


def test_reminding_says_how_many_and_only_who_may_reminds(as_, text, agreement, admin, handler):
    acts.issue(agreement, by=admin, at=NOW)
    assert as_("leader").post(f"/agreements/{text.pk}/remind/").status_code == 403
    assert as_("clerk").post(f"/agreements/{text.pk}/remind/0/").status_code == 409  # nobody, not everybody
    answer = as_("clerk").post(f"/agreements/{text.pk}/remind/", follow=True)
    assert "已提醒 1 家" in body(answer)
    assert "1 家今天已提醒过" in body(as_("clerk").post(f"/agreements/{text.pk}/remind/{agreement.pk}/", follow=True))


# --- the party's page ----------------------------------------------------------------------------------------------------------------


def photo():
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (300, 400), "white").save(buffer, "JPEG")
    return SimpleUploadedFile("签字页.jpg", buffer.getvalue(), "image/jpeg")


def signature(**over):
    return {"signed_on": timezone.localdate().isoformat(), "signer": PERSON, "street_signer": "许禾朔", "scans": [photo()], **over}


@pytest.fixture
def issued(agreement, admin):
    return acts.issue(agreement, by=admin, at=timezone.now())


def test_the_party_reads_its_own_and_says_so(as_, issued, handler, other_handler):
    path = issued.get_absolute_url()
    assert as_("other_handler").get(path).status_code == 404
    assert as_("other_handler").post(path + "viewed/").status_code == 404
    page = body(as_("handler").get(path))
    assert "已查看</button>" in page and PERSON not in page
    assert as_("handler").post(path + "viewed/").status_code == 302
    assert "已查看</button>" not in body(as_("handler").get(path))
    assert issued.number in body(as_("handler").get("/agreements/"))
    assert issued.number not in body(as_("other_handler").get("/agreements/"))


def test_signing_needs_the_page_and_a_repeat_is_told(as_, issued, clerk):
    client, path = as_("clerk"), f"{issued.get_absolute_url()}sign/"
    assert client.get(path).status_code == 200
    wrong = client.post(path, signature(scans=[], signer=""))
    assert wrong.status_code == 422 and "没有签字页" in body(wrong) and "请填写乙方签字人" in body(wrong)
    assert client.post(path, signature(scans=[SimpleUploadedFile("x.exe", b"MZ....")])).status_code == 422
    assert client.post(path, signature(in_force="on")).status_code == 302
    again = client.post(path, signature())
    assert again.status_code == 409 and "未重复操作" in body(again)
    issued.refresh_from_db()
    assert issued.stage == "in_force" and issued.signer == PERSON and issued.scans.count() == 1
    page = body(client.get(issued.get_absolute_url()))
    assert "金*雀" in page and PERSON not in page
    assert as_("admin").get(path).status_code == 403


def test_a_signed_page_is_opened_for_a_reason_by_the_clerk_and_a_pdf_only_downloaded(as_, issued, handler):
    pdf = SimpleUploadedFile("签字.pdf", b"%PDF-1.4 x", "application/pdf")
    assert as_("clerk").post(f"{issued.get_absolute_url()}sign/", signature(scans=[pdf])).status_code == 302
    path = f"{issued.get_absolute_url()}scans/{issued.scans.get().pk}/"
    client = as_("clerk")
    assert client.get(path).status_code == 200
    assert client.post(path, {"reason": "看看"}).status_code == 422
    assert not AuditEntry.objects.filter(action="agreement_scan_opened").exists()
    answer = client.post(path, {"reason": "核对签字笔迹"})
    assert answer["Content-Disposition"].startswith("attachment") and answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff" and b"".join(answer.streaming_content) == b"%PDF-1.4 x"
    assert AuditEntry.objects.get(action="agreement_scan_opened").reason == "核对签字笔迹"
    for who, status in (("admin", 403), ("leader", 403), ("handler", 403), ("outsider", 404)):
        assert as_(who).post(path, {"reason": "核对签字笔迹"}).status_code == status
    assert "由台账专员保管" in body(as_("handler").get(issued.get_absolute_url()))


def test_a_refused_signature_leaves_no_file(as_, issued, settings):
    pdf = SimpleUploadedFile("签字.pdf", b"%PDF-1.4 x", "application/pdf")
    answer = as_("clerk").post(f"{issued.get_absolute_url()}sign/", signature(scans=[pdf], signed_on="2000-01-01"))
    assert answer.status_code == 422 and "早于送签日期" in body(answer)
    assert not list(settings.MEDIA_ROOT.rglob("*.pdf"))


def test_the_way_to_the_end_as_the_forms_lead(as_, issued, clerk):
    path = issued.get_absolute_url()
    client = as_("clerk")
    AgreementTask.objects.create(agreement=issued, seq=1, text="清理楼道", due_on=date(2016, 12, 31))
    assert client.post(f"{path}sign/", signature()).status_code == 302
    assert client.post(f"{path}start/").status_code == 302
    assert client.post(f"{path}tasks/1/", {"finished_on": "2016-12-30"}).status_code == 302
    assert client.post(f"{path}tasks/1/", {"score": "101"}).status_code == 422
    assert client.post(f"{path}tasks/1/", {"score": "95"}).status_code == 302
    assert 'value="95.00"' in body(client.get(f"{path}assess/"))
    assert client.post(f"{path}assess/", {"score": "abc"}).status_code == 422
    assert client.post(f"{path}assess/", {"score": "95"}).status_code == 302
    assert client.post(f"{path}close/").status_code == 302
    page = body(client.get(path))
    assert "已归档" in page and "优秀" in page and "按期" in page and "清理楼道" in page
    assert client.post(f"{path}nonsense/").status_code == 404


def test_the_partys_cases_are_those_it_leads_and_the_reader_may_see(as_, standards, category, dispatcher, handler, agreement, xijing, chief):  # fmt: skip
    from tests.make import move

    case = make_case(dispatcher)
    move("accept", case, dispatcher, category=category)
    move("register", case, dispatcher, category=category, grid=xijing.grids.get(), urgency="normal")
    move("dispatch", case, dispatcher, lead=agreement.department)
    assert case.number in body(as_("chief").get(agreement.get_absolute_url()))
    assert case.number not in body(as_("clerk").get(agreement.get_absolute_url()))  # a clerk sees no case


def test_a_wrong_filling_keeps_what_was_typed_and_says_it_at_the_box_where_it_was_filled(as_, admin, law_enforcement):
    variables = [*VARIABLES[:1], {"name": "时限", "kind": "number", "required": True, "value": ""}]
    agreement = list_party(make_text(admin, variables=variables), admin, department=law_enforcement)
    client, path = as_("admin"), f"{agreement.get_absolute_url()}fill/"
    typed = {"value-直接责任人": "王芳芳", "value-时限": "两小时"}
    for more, place in (({}, "打印与 Word"), ({"editor": "1"}, "data-agreement-text")):
        answer = client.post(path, typed | more)
        page = body(answer)
        assert answer.status_code == 422 and place in page and "没有保存" in page
        assert 'value="王芳芳"' in page and 'value="两小时" autocomplete="off" inputmode="decimal" aria-invalid="true"' in page
        assert '<p class="err" id="fill-1-error">' in page and "应为数字，现为“两小时”" in page
    assert agreement.values.get().text == PERSON
    assert client.post(path, typed | {"value-时限": "2"}).status_code == 302


def test_filling_comes_back_to_where_it_was_filled(as_, text, agreement):
    client, path = as_("admin"), f"{agreement.get_absolute_url()}fill/"
    assert client.post(path, {"value-直接责任人": "王芳", "editor": "1"})["Location"] == f"/agreements/{text.pk}/?party={agreement.pk}&tab=variables"
    assert client.post(path, {"value-直接责任人": "李芳"})["Location"] == agreement.get_absolute_url()
    wrong = client.post(path, {"value-直接责任人": "字" * 200})
    assert wrong.status_code == 422 and "最多 120 个" in body(wrong)
    assert as_("clerk").post(path, {"value-直接责任人": "王芳"}).status_code == 403


# --- the paper ---------------------------------------------------------------------------------------------------------------------------


def test_the_paper_is_masked_and_full_only_for_a_reason_on_that_answer(as_, issued):
    client, path = as_("clerk"), f"{issued.get_absolute_url()}paper/"
    page = body(client.get(path))
    assert "金*雀" in page and PERSON not in page and "一、责任分工" in page and "（二）发现问题2小时内上报。" in page
    assert client.post(path, {"reason": "看看"}).status_code == 422
    answer = client.post(path, {"reason": "打印后送签字"})
    assert PERSON in body(answer) and "no-store" in answer["Cache-Control"]
    assert AuditEntry.objects.filter(action="agreement_names_revealed").count() == 1
    assert PERSON not in body(client.get(path))
    assert as_("admin").post(path, {"reason": "打印后送签字"}).status_code == 403


def test_the_word_file_has_the_offices_margins_fonts_and_no_name_without_reason(as_, issued):
    client, path = as_("clerk"), f"{issued.get_absolute_url()}paper/"
    answer = client.post(path, {"word": "1"})
    assert "attachment" in answer["Content-Disposition"] and "docx" in answer["Content-Disposition"]
    document = Document(io.BytesIO(answer.content))
    section = document.sections[0]
    assert [round(edge.mm) for edge in (section.top_margin, section.left_margin, section.right_margin)] == [37, 28, 26]
    words = "".join(paragraph.text for paragraph in document.paragraphs)
    assert issued.number in words and "金*雀" in words and PERSON not in words
    assert "仿宋_GB2312" in document.element.xml and "方正小标宋简体" in document.element.xml
    assert [cell.text for cell in document.tables[0].rows[1].cells] == ["1", "按期办结率", "不低于 95%", "100"]
    full = Document(io.BytesIO(client.post(path, {"word": "1", "reason": "打印后送签字"}).content))
    assert PERSON in "".join(paragraph.text for paragraph in full.paragraphs)


def test_a_demonstration_says_so_on_paper_and_in_word(as_, issued, settings):
    settings.DEMO = False
    client, path = as_("clerk"), f"{issued.get_absolute_url()}paper/"
    assert "演示数据" not in body(client.get(path))
    Agreement.objects.update(is_demo=True)
    assert "演示数据" in body(client.get(path)) and "演示数据" in body(client.get(issued.get_absolute_url()))
    word = Document(io.BytesIO(client.post(path, {"word": "1"}).content))
    assert word.paragraphs[0].text == "演示数据"


# --- lists -----------------------------------------------------------------------------------------------------------------------------------


def many(text, admin, number, *, start):
    for place in range(start, start + number):
        department = make_department(f"第{place}科", code=f"N{place:03d}")
        agreement = list_party(text, admin, department=department)
        if place % 2:
            acts.issue(agreement, by=admin, at=NOW)


def queries(client, path):
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


@pytest.mark.parametrize("path", ["", "board/", "issue/", "?tab=variables", "history/"])
def test_a_text_with_twice_the_parties_asks_no_more(as_, text, admin, path):
    client = as_("admin")
    many(text, admin, 4, start=0)
    few = queries(client, f"/agreements/{text.pk}/{path}")
    many(text, admin, 4, start=4)
    assert queries(client, f"/agreements/{text.pk}/{path}") == few <= 22


def test_the_list_of_texts_with_twice_the_texts_asks_no_more(as_, admin):
    client = as_("admin")
    make_text(admin)
    few = queries(client, "/agreements/")
    for year in (2017, 2018):
        make_text(admin, year=year)
    assert queries(client, "/agreements/") == few


def test_the_own_list_with_twice_the_agreements_asks_no_more(as_, admin, handler):
    client = as_("handler")
    counts = []
    for year in (2016, 2017, 2018):
        acts.issue(list_party(make_text(admin, year=year), admin, department=handler.department), by=admin, at=NOW)
        counts.append(queries(client, "/agreements/"))
    assert len(set(counts)) == 1


def test_the_board_is_narrowed_by_stage_kind_and_name(as_, text, admin, clerk, law_enforcement, sanitation, xijing):
    walk(list_party(text, admin, department=law_enforcement), "signed", admin=admin, clerk=clerk)
    list_party(text, admin, organisation=make_unit(xijing, name="西井物业"))
    client, path = as_("clerk"), f"/agreements/{text.pk}/board/"
    names = lambda query: re.findall(r'class="t" href="[^"]+">([^<]+)<', body(client.get(path + query)))  # noqa: E731
    assert set(names("")) == {"城管执法队", "西井物业"}
    assert names("?stage=signed") == names("?kind=station") == names("?q=城管") == ["城管执法队"]
    assert names("?stage=unsigned") == ["西井物业"]
    assert "没有符合条件的责任书" in body(client.get(path + "?q=没有这家"))


def test_a_person_without_agreements_is_told_whom_to_ask(as_, text):
    assert as_("dispatcher").get("/agreements/").status_code == 403
    assert as_("handler").get(f"/agreements/{text.pk}/").status_code == 403
    assert "本单位没有责任书" in body(as_("handler").get("/agreements/"))
    assert make_user("x", "clerk").has_perm("campaigns.reveal_signer")


def test_the_board_is_carried_away_as_narrowed_without_a_persons_name(as_, text, admin, clerk, law_enforcement, xijing):
    signed = walk(list_party(text, admin, department=law_enforcement), "signed", admin=admin, clerk=clerk)
    list_party(text, admin, department=xijing.department)
    path = f"/agreements/{text.pk}/export/"
    assert as_("admin").get(path).status_code == 403 and as_("handler").get(path).status_code == 403
    client = as_("clerk")
    assert f"{path}?" in body(client.get(f"/agreements/{text.pk}/board/"))
    assert "导出 2 份" in body(client.get(path))
    said = b"".join(client.post(path, {"kind": "csv"}).streaming_content).decode()
    assert signed.number in said and law_enforcement.name in said and xijing.department.name in said
    assert signed.signer and signed.signer not in said and PERSON not in said
    drafts = b"".join(client.post(f"{path}?stage=draft", {"kind": "csv"}).streaming_content).decode()
    assert xijing.department.name in drafts and law_enforcement.name not in drafts
    assert AuditEntry.objects.filter(action="ledger_exported").first().detail["filters"] == "stage"
