"""Finding cases by words: two characters are enough, and nobody finds what he may not read."""
import pytest
from django.db import connection

from accounts.models import AuditEntry
from cases import search as finding
from cases.models import Case, CaseText
from grid.editions import publish
from grid.locate import SUBJECT
from grid.models import KeySite, PlaceAlias
from tests.make import NOW, make_case, make_department, make_user, move, put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]


def found(text, user):
    return {case.number for case in finding.search(Case.objects.visible_to(user), text, user)}


def test_a_run_of_characters_is_kept_as_pairs():
    assert finding.pairs("西井大街12号楼，WG-2016") == "西井 井大 大街 街 12 号楼 楼 wg 2016"


def test_a_search_is_a_phrase_of_pairs():
    assert finding.phrase("占道经营") == (["占道", "道经", "经营"], False)
    assert finding.phrase("井") == (["井"], True)
    assert finding.phrase("石环监通〔2016〕第0") == (["石环", "环监", "监通", "通", "2016", "第", "0"], True)
    assert finding.phrase("！？") == ([], False)


@pytest.fixture
def market(dispatcher, xijing):
    return make_case(
        dispatcher, title="西井大街马路市场回潮", description="傍晚占道售卖熟食", address="西井大街12号楼东侧",
        community=xijing, grid=xijing.grids.get(),
    )  # fmt: skip


@pytest.fixture
def pit(dispatcher):
    return make_case(dispatcher, title="井盖破损", description="琅山路口")


@pytest.mark.parametrize("text", [
    "西井", "马路市场", "熟食", "井", "12号楼", "第1网格", "WG-2016-001", "wg2016001", "WG-2016-0", "西井 熟食", "wg-2016-001 市场",
])  # fmt: skip
def test_words_of_the_case_find_it(market, pit, dispatcher, text):
    assert market.number in found(text, dispatcher)


@pytest.mark.parametrize("text", ["路马", "大街东侧", "2号楼", "西井 琅山", "WG-2017", "！", "\"*\" OR head:", "'西' & !'x'", "%", "NEAR"])
def test_other_words_do_not(market, dispatcher, text):
    assert found(text, dispatcher) == set()


def test_no_words_keep_every_case(market, pit, dispatcher):
    assert found("  ", dispatcher) == {market.number, pit.number}


def test_a_pasted_page_is_cut_short(market, dispatcher):
    assert found("西井 " * 5000, dispatcher) == {market.number}


def test_document_numbers_are_found(dispatcher):
    case = make_case(dispatcher, source="DC")
    assert found("石环监通〔2016〕第001号", dispatcher) == {case.number} == found("监管中心", dispatcher)


def test_class_department_place_and_result_are_found_as_the_case_goes_on(
    pit, dispatcher, handler, category, xijing, law_enforcement
):
    assert found("游商", dispatcher) == found("城管执法队", dispatcher) == found("第1网格", dispatcher) == set()
    move("accept", pit, dispatcher, category=category)
    assert found("游商", dispatcher) == {pit.number}
    move("register", pit, dispatcher, category=category, grid=xijing.grids.get(), urgency="normal")
    assert found("第1网格", dispatcher) == {pit.number} == found("游商", dispatcher)
    move("dispatch", pit, dispatcher, lead=law_enforcement)
    move("acknowledge", pit, handler)
    move("feedback", pit, handler, words="已更换新井盖并加装防坠网，电话13812341234")
    assert found("防坠网", dispatcher) == {pit.number} == found("城管执法", dispatcher)
    assert "12341234" not in CaseText.objects.get(case=pit).turn


def test_a_search_composes_with_filters(market, pit, dispatcher):
    cases = Case.objects.visible_to(dispatcher).filter(title="井盖破损")
    assert list(finding.search(cases, "井", dispatcher).open().by_time_left()) == [pit]


def test_nobody_finds_what_is_not_visible(market, handler, dispatcher):
    assert found("西井", handler) == set() and found("西井", dispatcher) == {market.number}


# --- petitions -------------------------------------------------------------------------------------------------------


@pytest.fixture
def petition(petition_officer):
    return make_case(
        petition_officer, source="XF", title="反映夜间施工扰民", description="金丝雀说工地彻夜打桩，电话13800007777",
        address="隆恩寺路",
    )  # fmt: skip


def test_the_dispatcher_finds_a_petition_by_its_title_and_not_by_its_text(petition, dispatcher):
    assert found("施工扰民", dispatcher) == found(petition.number, dispatcher) == {petition.number}
    assert found("打桩", dispatcher) == found("隆恩寺", dispatcher) == found("石苹信", dispatcher) == set()


def test_those_who_read_petitions_find_them_by_text(petition, petition_officer, chief, leader):
    for reader in (petition_officer, chief, leader):
        assert found("打桩", reader) == {petition.number}


def test_a_department_finds_its_own_petition_by_text_even_when_it_also_dispatches(petition, law_enforcement, handler):
    from cases.models import Assignment

    both = make_user("both", "dispatcher", "handler", department=law_enforcement)
    assert found("打桩", both) == set() and found("施工", both) == {petition.number}
    Assignment.objects.create(case=petition, department=law_enforcement, role="lead", assigned_at=NOW)
    assert found("打桩", both) == {petition.number} == found("打桩", handler)


def test_the_index_holds_no_petitioner(petition, petition_officer, law_enforcement, handler, category):
    move("accept", petition, petition_officer, category=category)
    put(petition, "in_progress", lead=law_enforcement)
    move("feedback", petition, handler, words="已向金丝雀说明并停止夜间施工，回电13800007777")
    text = CaseText.objects.get(case=petition)
    kept = " ".join([text.head, text.body, text.turn])
    assert "夜间" in kept and "金丝" not in kept and "丝雀" not in kept and "13800007777" not in kept
    petition.refresh_from_db()
    assert "金丝雀" not in petition.result and "金丝雀" not in str(list(petition.events.values()))


# --- phones ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def snap(dispatcher):
    return make_case(dispatcher, source="WX", reporter={"name": "李小兰", "phone": "13812344567"})


def test_the_last_four_find_a_reporter_and_leave_an_entry_without_the_digits(snap, dispatcher):
    assert found("4567", dispatcher) == {snap.number}
    entry = AuditEntry.objects.get(action="phone_searched")
    assert entry.actor == dispatcher and "4567" not in f"{entry.detail}{entry.reason}{entry.subject_id}"


def test_the_last_four_need_the_right(snap, inspector):
    assert found("4567", inspector) == set() and not AuditEntry.objects.filter(action="phone_searched").exists()
    assert found("马路", inspector) == {snap.number}


def test_a_page_that_counts_three_times_leaves_one_entry(snap, dispatcher):
    for _ in range(3):
        found("4567", dispatcher)
    assert AuditEntry.objects.filter(action="phone_searched").count() == 1


def test_a_petitioners_last_four_are_for_those_who_may_reveal(petition, dispatcher, chief, petition_officer):
    assert found("7777", dispatcher) == found("7777", chief) == set()
    assert found("7777", petition_officer) == {petition.number}


# --- keeping it ------------------------------------------------------------------------------------------------------


def test_the_words_go_when_the_case_could_not_be_opened(dispatcher):
    from django.db import transaction

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        make_case(dispatcher, title="临时事项")
        raise ZeroDivisionError
    assert not CaseText.objects.exists() and found("临时", dispatcher) == set()


def test_reindexing_brings_back_what_was_lost(market, pit, dispatcher):
    CaseText.objects.all().delete()
    assert found("西井", dispatcher) == set()
    assert finding.reindex() == 2
    assert found("西井", dispatcher) == {market.number}


def test_changed_words_are_found_and_the_old_ones_no_more(market, dispatcher):
    Case.objects.filter(pk=market.pk).update(title="杨庄路口积水")
    finding.index_case(market)
    assert found("杨庄", dispatcher) == {market.number} and found("马路市场", dispatcher) == set()


def test_a_search_uses_the_index(market, dispatcher, django_assert_num_queries):
    finding_one = finding.search(Case.objects.visible_to(dispatcher), "西井", dispatcher)
    with django_assert_num_queries(1):
        list(finding_one)
    plan = finding_one.explain()
    if connection.vendor == "sqlite":
        assert "VIRTUAL TABLE INDEX" in plan and "cases_casetext_fts" in plan
    else:
        assert "cases_casetext" in plan


def test_another_department_is_not_found_by_a_name_that_only_begins_alike(market, dispatcher):
    make_department("城管")
    assert found("城管", dispatcher) == set()


def test_a_place_is_found_under_each_of_its_names(dispatcher, xijing):
    site = KeySite.objects.create(
        code="KS901", name="苹二小区", category="小区", community=xijing, grid=xijing.grids.get(), lon=116.17, lat=39.93
    )
    PlaceAlias.objects.create(name="苹果园第二小区", site=site)
    publish(SUBJECT)
    short = make_case(dispatcher, title="苹二小区路面塌陷")
    long = make_case(dispatcher, title="苹果园第二小区路灯不亮")
    make_case(dispatcher, title="苹一小区路面塌陷")
    for text in ("苹二小区", "苹果园第二小区"):
        assert found(text, dispatcher) == {short.number, long.number}
    assert found("苹二小区 路灯", dispatcher) == {long.number}
