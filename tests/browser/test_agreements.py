"""责任书: written on the paper, filled, sent, signed with its page, assessed, closed; nothing typed is ever lost."""
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from campaigns import agreement_parties as parties
from campaigns import agreement_templates as texts
from campaigns.models import Agreement, AgreementTemplate
from tests.browser.stories import eventually, too_wide, upload, violations_by_day_and_night
from tests.campaigns.agreement_cast import PERSON, make_unit

pytestmark = pytest.mark.django_db(transaction=True)
BLOCKS = [
    {"kind": "paragraph", "text": "街道办事处与{{乙方}}签订本责任书。"},
    {"kind": "heading", "text": "责任分工"},
    {"kind": "clause", "text": "乙方负责日常巡查。"},
    {"kind": "table", "rows": [["按期办结率", "不低于 95%", "100"]]},
]


@pytest.fixture
def text(settings, tmp_path, admin, law_enforcement, xijing):
    """A text with a station, a community and a unit that have not signed."""
    settings.MEDIA_ROOT = tmp_path
    settings.ZEAL_ALLOWLIST = [{"model": "*"}]
    now = timezone.now()
    text = texts.create_template(
        title="国家卫生区复审责任书", heading="苹果园街道国家卫生区复审工作", year=now.year, prefix="石苹卫责", blocks=BLOCKS,
        by=admin, at=now, sign_by=now.date() + timedelta(days=4),
    )  # fmt: skip
    parties.add_parties(
        text, organisations=[make_unit(xijing, name="海特物业")], departments=[law_enforcement, xijing.department],
        by=admin, at=now,
    )  # fmt: skip
    day = (now + timedelta(days=30)).date()
    texts.set_tasks(text, rows=[{"text": "清理楼道堆物", "due_on": day, "party_kind": ""}], by=admin, at=now)
    return AgreementTemplate.objects.get(pk=text.pk)


def editor(street, admin, text, query=""):
    page = street.seat(admin, f"/agreements/{text.pk}/{query}")
    expect(page.locator("[data-agreement-text][contenteditable=true]")).to_be_visible()
    return page


def caret_at_end_of(page, selector):
    page.locator(selector).first.click()
    page.keyboard.press("End")


def kept(page, text, expected):
    """The wording is kept, and the page says so."""
    eventually(page, lambda: expected(last_texts(text)))
    expect(page.locator("[data-agreement-said]")).to_contain_text("已自动保存")


def last_texts(text):
    return [block.get("text", block.get("rows")) for block in text.edits.head().blocks]


def test_an_agreement_from_its_wording_to_its_end(street, text, admin, clerk, handler):
    page = editor(street, admin, text)
    caret_at_end_of(page, "[data-agreement-text] p.clause")
    page.keyboard.press("Enter")
    page.keyboard.type("分管负责人")
    page.locator("details:has([data-agreement-names]) summary").click()
    page.locator("[data-agreement-new] input").fill("直接责任人")
    page.keyboard.press("Enter")
    page.keyboard.type("为直接责任人。")
    expect(page.locator("[data-agreement-text] p.clause")).to_have_count(2)
    kept(page, text, lambda said: said[3] == "分管负责人{{直接责任人}}为直接责任人。")
    # The person is filled for each party; the units that lack it are named and stay.
    page.get_by_role("link", name=re.compile("变量")).click()
    page.locator("#id_variable-0-kind").select_option("person")
    page.get_by_role("button", name="保存变量").click()
    expect(page.locator("#toasts")).to_contain_text("变量已保存")
    for name in ("城管执法队", "西井社区"):
        page.locator("nav.tabs").get_by_role("link", name=re.compile("签订对象")).click()
        page.locator(".signlist").get_by_role("link", name=name, exact=True).click()
        page.get_by_role("link", name=re.compile("变量")).click()
        page.get_by_label(re.compile("^直接责任人")).fill(PERSON)
        page.get_by_role("button", name="保存这一家").click()
        expect(page.locator("[data-agreement-text]")).to_contain_text("金*雀")
    assert PERSON not in page.content()
    page.get_by_role("link", name="送签 2 家").click()
    expect(page.locator("#dialog[open]")).to_contain_text("缺直接责任人")
    page.locator("#dialog .btn--p").click()
    expect(page.locator("#toasts")).to_contain_text("已送签 2 家")
    expect(page.locator(".signlist")).to_contain_text("未查看")
    agreement = Agreement.objects.get(department=handler.department)
    # The party reads it, the clerk signs with the page, the tasks are done and scored, it is assessed and closed.
    theirs = street.seat(handler, "/agreements/")
    theirs.get_by_role("link", name="国家卫生区复审责任书").click()
    theirs.get_by_role("button", name="已查看").click()
    expect(theirs.locator("#toasts")).to_contain_text("已查看")
    theirs.get_by_role("link", name="第 1 项填报完成").wait_for(state="detached")
    desk = street.seat(clerk, f"{agreement.get_absolute_url()}")
    desk.get_by_role("link", name="登记签订").click()
    desk.get_by_label("乙方签字人").fill(PERSON)
    desk.get_by_label("签字页").set_input_files([upload("签字页.jpg", "white")])
    desk.locator("main form .btn--p").click()
    expect(desk.locator("header .tag--a")).to_have_text("履行中")
    assert PERSON not in desk.content()
    theirs.reload()
    theirs.get_by_role("link", name="第 1 项填报完成").click()
    theirs.locator("main form .btn--p").click()
    desk.reload()
    desk.get_by_role("link", name="第 1 项打分").click()
    desk.get_by_label("检查得分").fill("94.99")
    desk.locator("main form .btn--p").click()
    desk.get_by_role("link", name="考核", exact=True).click()
    expect(desk.get_by_label("考核得分")).to_have_value("94.99")
    desk.locator("main form .btn--p").click()
    expect(desk.locator("header .tag--ok")).to_have_text("良好")
    desk.get_by_role("link", name="归档").click()
    desk.locator("main form .btn--p").click()
    expect(desk.locator("header .tag--a")).to_have_text("已归档")
    agreement.refresh_from_db()
    acts = list(agreement.records.order_by("pk").values_list("act", flat=True))
    assert acts == ["fill", "issue", "view", "sign", "start", "task", "task", "assess", "close"]


def test_the_tools_of_the_paper_and_taking_back(street, text, admin):
    page = editor(street, admin, text)
    caret_at_end_of(page, "[data-agreement-text] > p")
    page.locator("[data-tool=clause]").click()
    expect(page.locator("[data-agreement-text] p.clause")).to_have_count(2)
    page.locator("[data-tool=undo]").click()
    expect(page.locator("[data-agreement-text] p.clause")).to_have_count(1)
    page.locator("[data-tool=redo]").click()
    expect(page.locator("[data-agreement-text] p.clause")).to_have_count(2)
    page.keyboard.press("Control+z")
    caret_at_end_of(page, "[data-agreement-text] tbody td:last-child")
    page.keyboard.press("Enter")
    page.keyboard.type("居民满意率")
    page.keyboard.press("Tab")
    page.keyboard.type("不低于 90%")
    rows = [["按期办结率", "不低于 95%", "100"], ["居民满意率", "不低于 90%", ""]]
    kept(page, text, lambda said: said[3] == rows)
    # What is pasted comes as plain text, a line a paragraph; a name from the menu becomes a variable.
    caret_at_end_of(page, "[data-agreement-text] > p")
    page.evaluate("""() => {
        const data = new DataTransfer();
        data.setData('text/plain', '第一行\\n第二行');
        data.setData('text/html', '<b onclick=alert(1)>第一行</b>');
        document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
    }""")
    page.locator("details:has([data-agreement-names]) summary").click()
    page.locator("[data-insert=所在社区]").click()
    expect(page.locator("[data-agreement-text] b")).to_have_count(0)
    lines = ["街道办事处与{{乙方}}签订本责任书。第一行", "第二行{{所在社区}}"]
    kept(page, text, lambda said: said[:2] == lines)


def test_nothing_typed_is_lost_without_network_and_nothing_is_overwritten_by_two(street, text, admin):
    page = editor(street, admin, text)
    page.context.set_offline(True)
    caret_at_end_of(page, "[data-agreement-text] > p")
    page.keyboard.type("断网时写的。")
    expect(page.locator("[data-agreement-said]")).to_contain_text("已存在本机")
    assert "断网时写的" not in str(last_texts(text))
    page.context.set_offline(False)
    street.go(page, f"/agreements/{text.pk}/")  # the page was closed and opened again
    expect(page.locator("[data-agreement-text]")).to_contain_text("断网时写的。")
    kept(page, text, lambda said: "断网时写的。" in str(said))
    # Another editor saves in between.
    texts.save_text(
        AgreementTemplate.objects.get(pk=text.pk), revision=text.edits.head().revision, heading="别人先改的标题", by=admin,
        at=timezone.now(),
    )  # fmt: skip
    caret_at_end_of(page, "[data-agreement-text] h2")
    page.keyboard.type("与区域")
    expect(page.locator("[data-agreement-conflict]")).to_contain_text("没有覆盖")
    assert text.edits.head().heading == "别人先改的标题"
    expect(page.locator("[data-agreement-text] h2")).to_contain_text("责任分工与区域")
    page.get_by_role("button", name="以我的为准再存一次").click()
    kept(page, text, lambda said: "责任分工与区域" in said)
    assert text.edits.filter(heading="别人先改的标题").exists()
    street.complaints[:] = [one for one in street.complaints if "ERR_INTERNET_DISCONNECTED" not in one]


def test_a_page_fetched_before_the_last_saving_arrived_is_fetched_again(street, text, admin):
    page = editor(street, admin, text)
    before = page.content()
    caret_at_end_of(page, "[data-agreement-text] > p")
    page.keyboard.type("临走时写的。")
    kept(page, text, lambda said: "临走时写的。" in str(said))
    last = text.edits.head()
    left = {"revision": last.revision, "at": 0, "heading": last.heading, "blocks": last.blocks}
    page.evaluate("left => localStorage.setItem(`agreement:${left.of}`, JSON.stringify(left))", {**left, "of": text.pk})
    page.route(f"**/agreements/{text.pk}/", lambda route: route.fulfill(body=before, content_type="text/html"), times=1)
    page.goto(page.url)
    expect(page.locator("[data-agreement-text]")).to_contain_text("临走时写的。")
    expect(page.locator("[data-agreement-conflict]")).to_be_hidden()
    expect(page.locator("[data-agreement-text]")).to_have_attribute("data-revision", str(last.revision))


def test_nobody_is_shut_out_of_the_pages_of_agreements(street, text, admin, clerk):
    agreement = Agreement.objects.order_by("pk").first()
    texts.keep_clause(title="门前三包", blocks=BLOCKS[:3], by=admin, at=timezone.now())
    page = editor(street, admin, text)
    found = {}
    paths = [
        "/agreements/", "/agreements/new/", "/agreements/clauses/", f"/agreements/{text.pk}/",
        *(f"/agreements/{text.pk}/{part}" for part in (
            "?tab=variables", "?tab=clauses", "plain/", "history/", "settings/", "parties/", "board/", "issue/",
        )), agreement.get_absolute_url(), f"{agreement.get_absolute_url()}paper/",
    ]  # fmt: skip
    for path in paths:
        street.go(page, path)
        for width in (390, 1180, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            if over := too_wide(page):
                found[f"{path} {width}"] = over
        if wrong := violations_by_day_and_night(page):
            found[path] = wrong
    assert found == {}
