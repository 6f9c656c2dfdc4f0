"""The wording as blocks: only text comes in, variables and numbers come out, differences are found."""
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns import agreement_blocks as wording
from campaigns.errors import AnswersRefused

TEXT = {"kind": "paragraph", "text": "一段"}


@pytest.mark.parametrize("sent", [
    None, "x", {}, [], [{}], [{"kind": "script", "text": "x"}], [{"kind": "paragraph"}], [{"kind": "paragraph", "text": 7}],
    [{"kind": "table"}], [{"kind": "table", "rows": [["a", "b"]]}], [{"kind": "table", "rows": ["abc"]}],
    [{"kind": "paragraph", "text": "字" * 2001}], [TEXT] * 201, [{"kind": "paragraph", "text": " \u200b\n "}],
])  # fmt: skip
def test_what_is_no_wording_is_refused(sent):
    with pytest.raises(AnswersRefused):
        wording.read_blocks(sent)


def test_a_proper_wording_is_taken_and_other_keys_are_left_behind():
    sent = [{**TEXT, "html": "<b>x</b>", "style": "x"}, {"kind": "table", "rows": [["a", "b", "1"], ["", "", ""]]}]
    assert wording.read_blocks(sent) == [TEXT, {"kind": "table", "rows": [["a", "b", "1"]]}]


def test_markup_stays_plain_text_and_control_characters_go():
    kept = wording.read_blocks([{"kind": "clause", "text": "<img src=x onerror=alert(1)>\x00\u202e\u200b 完\u00a0了"}])
    assert kept == [{"kind": "clause", "text": "<img src=x onerror=alert(1)> 完 了"}]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=20), lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["kind", "text", "rows", "x"]), inner, max_size=4)))  # fmt: skip
def test_whatever_is_sent_is_either_refused_or_becomes_known_blocks(sent):
    try:
        kept = wording.read_blocks(sent)
    except AnswersRefused:
        return
    assert kept == wording.read_blocks(kept)
    assert {block["kind"] for block in kept} <= set(wording.KINDS)


@pytest.mark.parametrize(("number", "words"), [(1, "一"), (9, "九"), (10, "十"), (11, "十一"), (20, "二十"), (23, "二十三"), (99, "九十九")])
def test_headings_count_as_the_office_counts(number, words):
    assert wording.chinese_number(number) == words


def test_clauses_begin_anew_after_each_heading():
    kinds = ["heading", "clause", "clause", "paragraph", "heading", "clause", "table"]
    blocks = [{"kind": kind, "text": "", "rows": []} for kind in kinds]
    assert list(wording.numbers_of(blocks)) == ["一、", "（一）", "（二）", "", "二、", "（一）", ""]


def test_variables_are_filled_and_those_that_nobody_filled_say_so():
    runs = wording.runs_of("由{{ 乙方 }}的{{负责人}}办理", {"乙方": "海特物业"})
    assert [(run.text, run.name, run.filled) for run in runs] == [
        ("由", "", True), ("海特物业", "乙方", True), ("的", "", True), ("待填写", "负责人", False), ("办理", "", True),
    ]  # fmt: skip
    assert wording.filled("由{{乙方}}", {"乙方": "海特"}) == "由海特"
    assert wording.filled("由{{乙方}}", {}) == "由＿＿＿＿＿＿"


def test_a_value_is_never_read_as_another_variable():
    assert wording.filled("{{甲}}", {"甲": "{{乙}}", "乙": "秘密"}) == "{{乙}}"


def test_a_name_that_the_text_brings_becomes_a_variable():
    blocks = [{"kind": "paragraph", "text": "{{乙方}} {{点位}} {{点位}}"}]
    assert wording.with_new_names(blocks, []) == [{"name": "点位", "kind": "text", "required": True, "value": ""}]
    known = [{"name": "点位", "kind": "number", "required": False, "value": "3"}]
    assert wording.with_new_names(blocks, known) == known


def test_a_variable_that_names_a_person_has_no_common_value():
    sent = [{"name": "负责人", "kind": "person", "value": "金丝雀"}, {"name": "时限", "kind": "number", "value": "2"}]
    assert [one["value"] for one in wording.read_variables(sent)] == ["", "2"]
    with pytest.raises(AnswersRefused):
        wording.read_variables([{"name": "x", "kind": "secret"}])


def test_a_variable_stands_once_and_never_for_what_the_party_fills_by_itself():
    once = [{"name": "时限", "kind": "number", "value": "2"}]
    assert wording.read_variables([*once, {"name": "", "kind": "text"}])[0]["value"] == "2"
    with pytest.raises(AnswersRefused, match="“时限”写了两次"):
        wording.read_variables([*once, {"name": " 时限 ", "kind": "text", "value": "3"}])
    with pytest.raises(AnswersRefused, match="“乙方”按签订对象自动填写"):
        wording.read_variables([{"name": "乙方", "kind": "text", "value": "别人"}])


def test_changes_are_counted_by_place_and_shown_letter_by_letter():
    before = [TEXT, {"kind": "heading", "text": "目标"}, {"kind": "table", "rows": [["a", "b", "1"], ["c", "d", "2"]]}]
    after = [{"kind": "paragraph", "text": "一大段"}, {"kind": "clause", "text": "目标"}, {"kind": "table", "rows": [["a", "b", "1"], ["c", "d", "3"], ["e", "f", "4"]]}]  # fmt: skip
    changes = wording.changes_between(("标题", before), ("标题", after))
    assert len(changes) == 4
    assert changes[0].before == [("一", False), ("段", False)]
    assert changes[0].after == [("一", False), ("大", True), ("段", False)]
    assert wording.changes_between(("标题", before), ("标题", before)) == []
    assert len(wording.changes_between(("标题", before), ("新标题", before))) == 1
