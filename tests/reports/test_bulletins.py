"""Bulletins: drafted from the figures, edited with their numbers linked, signed by other eyes, frozen for good."""
import io
from datetime import date, timedelta

import pytest
from django.core.exceptions import FieldError
from django.db import IntegrityError, transaction
from docx import Document as open_word

from accounts.models import AuditEntry, Notification
from reports import facts
from reports.bulletins import drafting, editing, workflow
from reports.bulletins.errors import BulletinConflict, BulletinForbidden, BulletinRefused
from reports.bulletins.filling import filled_blocks, text_of, words_of
from reports.bulletins.numbers import WORDS, Reading
from reports.documents.check import read_back
from reports.models import Bulletin, BulletinNumber, BulletinState, BulletinStep
from reports.views.bulletin_acts import acts_for
from tests.make import make_case, make_user, moment, move
from tests.reports.bulletin_cast import FIRST, LAST, NOW, make_draft, make_submitted, make_week

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]


@pytest.fixture
def week(dispatcher, handler, category, xijing):
    return make_week(dispatcher, handler, category, xijing.grids.get())


def text(bulletin):
    return words_of(bulletin, filled_blocks(bulletin, at=NOW))


def numbers_of(bulletin):
    return {one.name: one for one in bulletin.numbers.all()}


# --- drafting -------------------------------------------------------------------------------------------------------


def test_a_draft_tells_the_week_from_its_cases(week, chief):
    draft = make_draft(chief)
    words = text(draft)
    assert draft.title == "关于12月12日至18日城市管理问题督查办理情况的通报"
    assert "中心受理问题3件" in words and "网格事件3件" in words and "信访0件" in words
    assert "按期处置率33.3%" in words and "应处置3件，按期处置1件" in words
    assert [block["text"] for block in draft.blocks if block["kind"] == "heading"] == [
        "一、基本情况", "二、数据分析", "三、典型问题", "四、超期未办和反弹问题", "五、整改要求"
    ]  # fmt: skip
    assert "请城管执法队于12月23日18时前完成整改" in words
    assert week[1].number in words and "马路市场回潮1" in words


@pytest.mark.parametrize(
    ("kind", "first", "last", "title"),
    [
        ("daily", date(2016, 12, 13), date(2016, 12, 13), "关于12月13日城市管理督查情况的通报"),
        ("special", FIRST, LAST, "关于蓝天行动专项督查情况的通报"),
        ("monthly", date(2016, 12, 1), date(2016, 12, 31), "关于2016年12月城市管理督查办理情况的通报"),
        ("quarterly", date(2016, 10, 1), date(2016, 12, 31), "关于2016年第四季度城市管理督查办理情况的通报"),
        ("yearly", date(2016, 1, 1), date(2016, 12, 31), "关于2016年城市管理督查办理情况的通报"),
    ],
)
def test_every_kind_can_be_drafted_and_printed(week, chief, kind, first, last, title):
    from reports.bulletins.papers import paper_of
    from reports.documents.check import check_layout
    from reports.documents.pdf import make_pdf

    draft = drafting.compose(kind=kind, first=first, last=last, by=chief, at=NOW, topic="蓝天行动")
    assert draft.title == title and draft.topic == ("蓝天行动" if kind == "special" else "")
    made = make_pdf(paper_of(draft, filled_blocks(draft, at=NOW), at=NOW), at=NOW)
    assert not [one for one in check_layout(made) if not one.holds]


def test_a_month_ranks_the_units_with_their_movement_and_a_week_does_not(week, chief):
    month = make_draft(chief, kind="monthly", first=date(2016, 12, 1), last=date(2016, 12, 31))
    tables = {one["table"]: one for one in filled_blocks(month, at=NOW) if one["kind"] == "table"}
    ranked = tables["rank_departments"]["rows"]
    assert ["1", "城管执法队"] == [cell["t"] for cell in ranked[0]][:2] and ranked[0][3]["t"] == "–"
    assert "rank_departments" not in {one.get("table") for one in make_draft(chief).blocks}


def test_a_special_issue_counts_the_cases_of_its_topic_alone(week, chief):
    from cases.models import CaseTag

    CaseTag.objects.create(case=week[0], word="蓝天行动")
    draft = make_draft(chief, kind="special", topic="蓝天行动")
    assert "中心受理“蓝天行动”问题1件" in text(draft)


def test_a_week_without_cases_says_so(chief):
    assert "本期未受理新的问题" in text(make_draft(chief)) and "按期处置率–" in text(make_draft(chief))


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"last": date(2016, 12, 11)}, "截止日早于起始日"),
        ({"first": date(2017, 1, 1), "last": date(2017, 1, 7)}, "还没有开始"),
        ({"first": date(2015, 1, 1)}, "超过一年"),
        ({"kind": "special"}, "专项名称"),
    ],
)
def test_a_draft_about_no_real_days_is_refused(chief, over, words):
    with pytest.raises(BulletinRefused, match=words):
        make_draft(chief, **over)
    assert not Bulletin.objects.exists()


def test_only_the_chief_drafts(leader, chief):
    with pytest.raises(BulletinForbidden):
        make_draft(leader)
    assert make_draft(chief).state == BulletinState.DRAFT


def test_every_word_in_braces_has_a_value_and_its_lines(week):
    reading = Reading(FIRST, LAST, today=NOW.date())
    for word in WORDS:
        number = reading.number(word)
        assert number.value == "–" or number.value.endswith("%") or int(number.value) == len(number.cases), word


def test_the_numbers_are_the_figures(week):
    from reports.bulletins.numbers import TOP, WORD_FIGURES
    from reports.figures import FIGURES, value
    from reports.periods import Period, Span

    reading, period = Reading(FIRST, LAST, today=NOW.date()), Period(Span.WEEK, FIRST, LAST)
    for word, key in WORD_FIGURES.items():
        known = value(key.removesuffix(TOP), period=period, today=NOW.date())
        number = known.top if key.endswith(TOP) else known.number
        shown = "–" if number is None else f"{number:.1f}%" if FIGURES[key.removesuffix(TOP)].is_rate and not key.endswith(TOP) else f"{number:,}"
        assert reading.number(word).value == shown, word


def test_a_month_is_compared_with_the_whole_month_before(week, dispatcher, category):
    at = moment("2016-11-30 10:00")
    case = make_case(dispatcher, at=at)
    move("accept", case, dispatcher, at=at, category=category)
    facts.roll_up(at=NOW)
    december = Reading(date(2016, 12, 1), date(2016, 12, 31), today=NOW.date())
    assert (december.number("受理").value, december.number("上期受理").value) == ("3", "1")
    assert Reading(FIRST, LAST, today=NOW.date()).number("上期受理").value == "0"


# --- editing --------------------------------------------------------------------------------------------------------


def test_words_change_and_numbers_stay_linked(week, chief, dispatcher, category):
    draft = make_draft(chief)
    block = next(one for one in draft.blocks if one["kind"] == "text")
    editing.write_block(draft, block["id"], text="本周受理{受理}件，较上期{上期受理}件有所增加。", by=chief, at=NOW)
    assert "本周受理3件，较上期0件有所增加。" in text(draft)
    at = moment("2016-12-14 10:00")
    move("accept", make_case(dispatcher, at=at), dispatcher, at=at, category=category)
    facts.roll_up(at=NOW)
    assert "本周受理4件" in text(draft)


@pytest.mark.parametrize(("words", "why"), [("受理{违建数}件", "没有叫“违建数”"), ("   ", "是空的"), ("字" * 3001, "最多 3000")])
def test_what_means_nothing_is_refused_and_nothing_changes(week, chief, words, why):
    draft = make_draft(chief)
    before = draft.blocks
    with pytest.raises(BulletinRefused, match=why):
        editing.write_block(draft, "b2", text=words, by=chief, at=NOW)
    draft.refresh_from_db()
    assert draft.blocks == before
    editing.write_block(draft, "b2", text="受理{受理}件。", by=chief, at=NOW)


def test_blocks_are_added_moved_and_removed(week, chief):
    draft = make_draft(chief)
    fresh = editing.add_block(draft, "b2", kind="text", text="另有说明。", by=chief, at=NOW)
    ids = [one["id"] for one in draft.blocks]
    assert ids[ids.index("b2") + 1] == fresh and len(set(ids)) == len(ids)
    editing.move_block(draft, fresh, down=False, by=chief, at=NOW)
    assert [one["id"] for one in draft.blocks][1] == fresh
    editing.remove_block(draft, fresh, by=chief, at=NOW)
    assert fresh not in [one["id"] for one in draft.blocks]
    with pytest.raises(BulletinConflict):
        editing.remove_block(draft, fresh, by=chief, at=NOW)


def test_a_table_of_figures_cannot_be_written_over(week, chief):
    draft = make_draft(chief)
    table = next(one for one in draft.blocks if one["kind"] == "table")
    with pytest.raises(BulletinRefused, match="由数据生成"):
        editing.write_block(draft, table["id"], text="99", by=chief, at=NOW)


def test_of_two_who_edit_the_same_version_one_is_told(week, chief):
    mine = make_draft(chief)
    theirs = Bulletin.objects.get(pk=mine.pk)
    editing.write_block(mine, "b2", text="甲", by=chief, at=NOW)
    with pytest.raises(BulletinConflict, match="刚被他人修改"):
        editing.write_block(theirs, "b2", text="乙", by=chief, at=NOW)
    theirs.refresh_from_db()
    assert editing.find_block(theirs, "b2")["text"] == "甲"


def test_only_the_chief_edits_and_only_a_draft(week, chief, leader):
    draft = make_draft(chief)
    with pytest.raises(BulletinForbidden):
        editing.write_block(draft, "b2", text="甲", by=leader, at=NOW)
    workflow.submit(draft, by=chief, at=NOW)
    with pytest.raises(BulletinConflict, match="待签发"):
        editing.write_block(draft, "b2", text="甲", by=chief, at=NOW)


# --- submit, send back, sign ----------------------------------------------------------------------------------------


def test_a_bulletin_walks_from_draft_to_issue_and_everybody_is_told(week, chief, leader):
    draft = make_draft(chief)
    workflow.submit(draft, by=chief, at=NOW)
    assert Notification.objects.get(user=leader).url == draft.get_absolute_url()
    workflow.send_back(draft, by=leader, at=NOW, reason="第二段请写明责任单位")
    assert draft.state == BulletinState.DRAFT and draft.number is None
    assert "第二段请写明责任单位" in Notification.objects.get(user=chief).text
    workflow.submit(draft, by=chief, at=NOW)
    assert workflow.approve(draft, by=leader, at=NOW) == 1
    assert (draft.state, draft.year, draft.number, draft.issued_by) == (BulletinState.ISSUED, 2016, 1, leader)
    assert draft.document_number == "苹城管督〔2016〕第001期"
    acts = list(BulletinStep.objects.filter(bulletin=draft).values_list("act", flat=True))
    assert acts == ["drafted", "submitted", "sent_back", "submitted", "issued"]
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {
        "bulletin_drafted", "bulletin_submitted", "bulletin_sent_back", "bulletin_issued"
    }  # fmt: skip


@pytest.mark.parametrize("who", ["dispatcher", "inspector", "handler", "clerk", "admin", "leader"])
def test_others_do_not_submit(week, chief, who, request):
    draft = make_draft(chief)
    with pytest.raises(BulletinForbidden):
        workflow.submit(draft, by=request.getfixturevalue(who), at=NOW)
    workflow.submit(draft, by=chief, at=NOW)


@pytest.mark.parametrize("who", ["dispatcher", "inspector", "handler", "clerk", "admin", "chief"])
def test_others_do_not_sign_or_send_back(week, chief, leader, who, request):
    waiting = make_submitted(chief)
    with pytest.raises(BulletinForbidden):
        workflow.approve(waiting, by=request.getfixturevalue(who), at=NOW)
    with pytest.raises(BulletinForbidden):
        workflow.send_back(waiting, by=request.getfixturevalue(who), at=NOW, reason="请写明责任单位")
    assert workflow.approve(waiting, by=leader, at=NOW) == 1


def test_who_had_a_hand_in_it_does_not_sign_it(week, chief, leader):
    """Each of three who may draft and sign: one drafts, one edits, one submits; a fourth signs."""
    author, editor, submitter = (make_user(name, "chief", "leader") for name in ("author", "editor", "submitter"))
    draft = make_draft(author)
    block = next(one["id"] for one in draft.blocks if one["kind"] == "text")
    for who in (editor, editor, chief):  # the last hand is another one: the one before it counts as well
        editing.write_block(draft, block, text="本周情况如下。", by=who, at=NOW)
    workflow.submit(draft, by=submitter, at=NOW)
    told = set(Notification.objects.filter(text__startswith="督查通报待签发").values_list("user", flat=True))
    assert told == {leader.pk}
    for who in (author, editor, submitter):
        assert "approve" not in [act.name for act in acts_for(draft, who)]
        with pytest.raises(BulletinForbidden, match="拟稿、修改或送签过"):
            workflow.approve(draft, by=who, at=NOW)
    story = list(draft.steps.values_list("act", "by_name"))
    assert story.count(("edited", "editor")) == 1 and "approve" in [act.name for act in acts_for(draft, leader)]
    assert workflow.approve(draft, by=leader, at=NOW) == 1


def test_a_draft_is_not_signed_and_an_issue_not_sent_back(week, chief, leader):
    draft = make_draft(chief)
    with pytest.raises(BulletinConflict, match="草稿"):
        workflow.approve(draft, by=leader, at=NOW)
    workflow.submit(draft, by=chief, at=NOW)
    workflow.approve(draft, by=leader, at=NOW)
    with pytest.raises(BulletinConflict, match="已签发"):
        workflow.send_back(draft, by=leader, at=NOW, reason="请写明责任单位")
    with pytest.raises(BulletinConflict, match="已签发"):
        workflow.submit(draft, by=chief, at=NOW)


def test_a_reason_is_wanted(week, chief, leader):
    waiting = make_submitted(chief)
    with pytest.raises(BulletinRefused, match="至少 5 个字"):
        workflow.send_back(waiting, by=leader, at=NOW, reason="改")
    workflow.send_back(waiting, by=leader, at=NOW, reason="请写明责任单位")


def test_what_is_still_to_be_filled_in_keeps_it_from_being_submitted(week, chief):
    draft = drafting.compose(kind="monthly", first=date(2016, 12, 1), last=date(2016, 12, 31), by=chief, at=NOW)
    with pytest.raises(BulletinRefused, match="请补充"):
        workflow.submit(draft, by=chief, at=NOW)
    highlight = next(one for one in draft.blocks if "请补充" in one.get("text", ""))
    editing.write_block(draft, highlight["id"], text="夜查常态化。", by=chief, at=NOW)
    workflow.submit(draft, by=chief, at=NOW)


def test_a_character_that_no_font_has_is_found_before_it_is_signed(week, chief):
    draft = make_draft(chief)
    editing.write_block(draft, "b2", text="巡查😀。", by=chief, at=NOW)
    with pytest.raises(BulletinRefused, match=r"U\+1F600"):
        workflow.submit(draft, by=chief, at=NOW)


# --- nobody is named ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("联系电话13800007777。", "手机号"), ("证件11010719800101002X。", "证件号"), ("电话010-68870001。", "电话号码"),
        ("信访件XF-2016-001。", "信访件"), ("当事人金丝雀反映。", "姓名"),
    ],
)  # fmt: skip
def test_who_is_named_keeps_it_from_being_submitted(week, chief, petition_officer, words, why):
    make_case(petition_officer, source="XF")  # of 金丝雀
    draft = make_draft(chief)
    editing.write_block(draft, "b2", text=words, by=chief, at=NOW)
    with pytest.raises(BulletinRefused, match=why):
        workflow.submit(draft, by=chief, at=NOW, confirmed=True)
    editing.write_block(draft, "b2", text="西井大街12号商户占道。", by=chief, at=NOW)
    workflow.submit(draft, by=chief, at=NOW)


def test_the_reporter_of_a_named_case_is_found(week, chief, dispatcher):
    case = make_case(dispatcher, source="WX", at=moment("2016-12-13 10:00"), reporter={"name": "李小兰", "phone": "13800002046"})
    draft = make_draft(chief)
    editing.write_block(draft, "b2", text=f"李小兰反映的{case.number}已办结。", by=chief, at=NOW)
    with pytest.raises(BulletinRefused, match="姓名"):
        workflow.submit(draft, by=chief, at=NOW)


def test_what_only_looks_like_a_person_is_asked_about(week, chief):
    draft = make_draft(chief)
    editing.write_block(draft, "b2", text="居民王先生表示满意。", by=chief, at=NOW)
    with pytest.raises(BulletinRefused, match="已核对"):
        workflow.submit(draft, by=chief, at=NOW)
    workflow.submit(draft, by=chief, at=NOW, confirmed=True)


def test_petitions_count_and_are_never_named(week, chief, leader, petition_officer, category):
    at = moment("2016-12-13 10:00")
    petition = make_case(petition_officer, source="XF", at=at, title="反映楼上漏水", description="漏水三年")
    move("accept", petition, petition_officer, at=at, category=category)
    facts.roll_up(at=NOW)
    bulletin = make_submitted(chief)
    workflow.approve(bulletin, by=leader, at=NOW)
    words = text(bulletin)
    assert "信访1件" in words and "中心受理问题4件" in words
    assert "漏水" not in words and petition.number not in words
    assert petition.number in numbers_of(bulletin)["受理"].cases  # a number without a title


def test_no_canary_gets_into_a_document(dispatcher, handler, category, xijing, chief, leader):
    from reports.bulletins.papers import paper_of
    from reports.documents.docx import make_docx
    from reports.documents.pdf import make_pdf

    make_week(dispatcher, handler, category, xijing.grids.get(), source="WX",
              reporter={"name": "金丝雀", "phone": "13800007777"}, description="金丝雀说联系13800007777")  # fmt: skip
    bulletin = make_submitted(chief)
    workflow.approve(bulletin, by=leader, at=NOW)
    paper = paper_of(bulletin, bulletin.blocks, at=NOW)
    printed = "".join(page.text() for page in read_back(make_pdf(paper, at=NOW)))
    word = open_word(io.BytesIO(make_docx(paper, at=NOW)))
    written = "".join(one.text for one in word.paragraphs) + "".join(c.text for t in word.tables for r in t.rows for c in r.cells)
    for canary in ("金丝雀", "13800007777", "138****7777"):
        assert canary not in printed and canary not in written
    assert "中心受理问题3件" in printed and "中心受理问题3件" in written


# --- frozen ---------------------------------------------------------------------------------------------------------


def test_an_issue_stands_whatever_becomes_of_its_cases(week, chief, leader, dispatcher, handler, category):
    bulletin = make_submitted(chief)
    workflow.approve(bulletin, by=leader, at=NOW)
    words, frozen = text(bulletin), {name: (one.value, one.cases, one.hits) for name, one in numbers_of(bulletin).items()}
    at = moment("2016-12-14 10:00")
    move("accept", make_case(dispatcher, at=at), dispatcher, at=at, category=category)
    move("feedback", week[1], handler, at=NOW, words="已清理完毕，安排专人值守巡查")
    facts.roll_up(at=NOW)
    bulletin.refresh_from_db()
    assert text(bulletin) == words
    assert {name: (one.value, one.cases, one.hits) for name, one in numbers_of(bulletin).items()} == frozen
    assert "中心受理问题4件" in text(make_draft(chief))


def test_every_number_in_print_opens_as_many_rows_as_it_says(week, chief, leader):
    bulletin = make_submitted(chief)
    workflow.approve(bulletin, by=leader, at=NOW)
    frozen = numbers_of(bulletin)
    parts = [part for block in bulletin.blocks for part in block.get("parts", ())]
    cells = [cell for block in bulletin.blocks for row in block.get("rows", ()) for cell in row]
    shown = [one for one in (*parts, *cells) if "n" in one]
    assert len(shown) > 12
    for one in shown:
        number = frozen[one["n"]]
        assert number.value == one["t"]
        if "率" not in one["n"]:
            assert int(one["t"]) == len(number.cases)
        elif number.cases:
            assert one["t"] == f"{100 * len(number.hits) / len(number.cases):.1f}%"
    text_numbers = {part["n"] for part in parts if "n" in part}
    assert {name for name in frozen if "·" not in name} >= {name for name in text_numbers if "·" not in name}


def test_nothing_changes_an_issue(week, chief, leader):
    bulletin = make_submitted(chief)
    workflow.approve(bulletin, by=leader, at=NOW)
    stored = Bulletin.objects.filter(pk=bulletin.pk).values().get()
    bulletin.title = "另一个标题"
    for way in (bulletin.save, bulletin.delete, Bulletin.objects.all().delete,
                lambda: Bulletin.objects.bulk_update([bulletin], ["title"]),
                lambda: BulletinNumber.objects.update(value="9"), BulletinNumber.objects.all().delete,
                lambda: BulletinStep.objects.update(words="x")):  # fmt: skip
        with pytest.raises(TypeError):
            way()
    assert Bulletin.objects.filter(pk=bulletin.pk).update(title="x") == 0
    assert Bulletin.objects.filter(pk=bulletin.pk).values().get() == stored
    with pytest.raises((TypeError, FieldError)):
        Bulletin.objects.filter(pk=bulletin.pk).mark_withdrawn(title="x")


def test_a_withdrawn_issue_keeps_its_number_text_and_reason(week, chief, leader):
    bulletin = make_submitted(chief)
    workflow.approve(bulletin, by=leader, at=NOW)
    words = text(bulletin)
    with pytest.raises(BulletinForbidden):
        workflow.withdraw(bulletin, by=leader, at=NOW, reason="统计口径有误")
    workflow.withdraw(bulletin, by=chief, at=NOW, reason="统计口径有误")
    assert (bulletin.state, bulletin.number, bulletin.withdrawal) == ("withdrawn", 1, "统计口径有误")
    assert text(bulletin) == words
    with pytest.raises(BulletinConflict):
        workflow.withdraw(bulletin, by=chief, at=NOW, reason="统计口径有误")


def test_a_draft_that_nobody_wants_is_put_aside_without_a_number(week, chief):
    draft = make_draft(chief)
    workflow.withdraw(draft, by=chief, at=NOW, reason="本周不发通报")
    assert (draft.state, draft.number) == ("withdrawn", None)


def test_a_correction_is_a_new_issue_that_names_the_old_one(week, chief, leader):
    old = make_submitted(chief)
    with pytest.raises(BulletinRefused, match="已签发"):
        drafting.correct(old, by=chief, at=NOW)
    workflow.approve(old, by=leader, at=NOW)
    words = text(old)
    new = drafting.correct(old, by=chief, at=NOW)
    assert new.corrects == old and new.title == "关于更正第1期督查通报的通报"
    assert "苹城管督〔2016〕第001期督查通报有误，现更正如下" in text(new) and "中心受理问题3件" in text(new)
    workflow.submit(new, by=chief, at=NOW)
    assert workflow.approve(new, by=leader, at=NOW) == 2
    old.refresh_from_db()
    assert text(old) == words and old.state == BulletinState.ISSUED
    with pytest.raises(BulletinForbidden):
        drafting.correct(old, by=leader, at=NOW)


def test_a_draft_asked_for_twice_is_one_until_somebody_works_on_it(week, chief, admin):
    how = {"kind": "weekly", "first": FIRST, "last": LAST, "by": chief}
    draft = drafting.compose(**how, at=NOW)
    assert drafting.compose(**how, at=NOW + timedelta(minutes=1)) == draft and Bulletin.objects.count() == 1
    assert drafting.compose(**how | {"kind": "special", "topic": "蓝天行动"}, at=NOW) != draft
    assert drafting.compose(**how, at=NOW + timedelta(minutes=11)) != draft  # meant anew
    editing.set_details(draft, by=chief, at=NOW, title="另一个标题")
    assert drafting.compose(**how | {"first": LAST}, at=NOW) != draft
    assert Bulletin.objects.count() == 4


def test_an_issue_has_one_correction_in_the_making(client, week, chief, leader):
    old = make_submitted(chief)
    workflow.approve(old, by=leader, at=NOW)
    client.force_login(chief)
    address = old.get_absolute_url() + "correct/"
    assert client.post(address).status_code == 302
    answer = client.post(address)
    assert answer.status_code == 409 and "第1期的更正已经在拟" in answer.content.decode()
    assert old.corrections.count() == 1
    workflow.withdraw(old.corrections.get(), by=chief, at=NOW, reason="另行更正本期")
    assert client.post(address).status_code == 302  # the first one came to nothing


# --- what holds whatever the code does --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "columns",
    [
        {"state": "draft", "year": 2016, "number": 5},
        {"state": "issued", "year": 2016, "number": 5},
        {"state": "imported"},
        {"state": "imported", "number": 5},
        {"state": "draft", "first": date(2016, 12, 19)},
    ],
)
def test_the_tables_refuse_what_cannot_be(chief, columns):
    row = {"kind": "weekly", "title": "x", "first": FIRST, "last": LAST, "issuer": "x", "created_at": NOW, **columns}
    with pytest.raises(IntegrityError), transaction.atomic():
        Bulletin(**row).save()
    Bulletin(**{**row, "state": "imported", "year": 2016, "number": 5, "first": FIRST}).save()


def test_the_tables_refuse_a_signer_who_submitted(chief):
    with pytest.raises(IntegrityError), transaction.atomic():
        Bulletin(kind="weekly", title="x", first=FIRST, last=LAST, issuer="x", created_at=NOW, state="issued", year=2016,
                 number=5, submitted_by=chief, issued_by=chief, issued_at=NOW).save()  # fmt: skip
    Bulletin(kind="weekly", title="x", first=FIRST, last=LAST, issuer="x", created_at=NOW, state="issued", year=2016,
             number=5, submitted_by=chief, issued_by=make_user("other", "leader"), issued_at=NOW).save()  # fmt: skip


def test_the_text_of_a_block_reads_with_its_numbers(week, chief):
    blocks = filled_blocks(make_draft(chief), at=NOW)
    assert any(text_of(block).startswith("2016年12月12日至2016年12月18日，中心受理问题3件") for block in blocks)
