"""Where headings stand in sheets as offices make them, and which rows below are no data."""
from dataclasses import replace

import pytest

from sheets.heading import filled_rows, find_heading, map_columns, reason_to_ignore, tidy_heading, year_of
from sheets.reading import read_file
from sheets.targets import Column, Kind
from tests.sheets.ledger import HEAD, Ledger, workbook

TARGET = Ledger().target()
DATA = ["李小兰", "琅山村 12 号", "琅山社区", "13812340917", "空气源热泵", 42]


def found(content):
    heading = find_heading(read_file(content)[0], TARGET)
    return heading, map_columns(heading.names, TARGET)


def test_a_heading_in_the_first_row():
    heading, mapping = found(workbook(HEAD, DATA))
    assert (heading.first, heading.last) == (0, 0)
    assert mapping == {0: "householder", 1: "address", 2: "community", 3: "phone", 4: "equipment", 5: "area"}


def test_titles_and_notes_above_the_heading_are_stepped_over():
    heading, mapping = found(workbook(
        ["苹果园街道2016年煤改电入户登记表"], ["填报单位：琅山村", None, None, "填表日期：2016年3月"], [], HEAD, DATA,
        merges=("A1:F1",),
    ))  # fmt: skip
    assert heading.first == 3 and len(mapping) == 6


def test_a_heading_of_two_levels_with_merged_cells_is_read_as_one():
    heading, mapping = found(workbook(
        ["登记表"], ["序号", "户主情况", None, "房屋", None, "电话"], [None, "户主姓名", "证件号", "家庭住址", "面积", None], [1, *DATA],
        merges=("A1:F1", "A2:A3", "B2:C2", "D2:E2", "F2:F3"),
    ))  # fmt: skip
    assert (heading.first, heading.last) == (1, 2)
    assert mapping == {1: "householder", 2: "id_number", 3: "address", 4: "area", 5: "phone"}
    assert heading.names[1] == "户主情况 户主姓名" and heading.names[5] == "电话"


def test_stars_blanks_units_and_full_width_in_headings_are_read_over():
    assert tidy_heading("*采暖 面积（㎡）") == tidy_heading("采暖面积\n(平米)") == tidy_heading("采暖面积：") == "采暖面积"
    _, mapping = found(workbook(["户　主 *", "联系电话（手机）", "家庭住址\n（门牌）"], ["a", "b", "c"]))
    assert mapping == {0: "householder", 1: "phone", 2: "address"}


def test_each_column_is_used_once_and_the_longer_word_first():
    assert map_columns(["户主电话", "户主", "电话"], TARGET) == {1: "householder", 2: "phone"}
    assert map_columns(["户主联系电话号码", "户主"], TARGET) == {0: "phone", 1: "householder"}


def test_a_day_is_found_under_the_word_time_too():
    target = replace(TARGET, columns=(*TARGET.columns, Column("installed", "安装日期", Kind.DATE, ("安装完成日期",))))
    assert map_columns(["户主", "安装时间"], target)[1] == "installed"
    assert map_columns(["户主", "时间 安装完成"], target)[1] == "installed"


def test_a_sheet_without_any_known_heading_offers_its_wordiest_row():
    heading, mapping = found(workbook(["表"], ["甲", "乙", "丙"], [1, 2, 3]))
    assert heading.first == 1 and mapping == {}


def test_columns_that_are_only_written_out_are_never_mapped():
    assert map_columns(["户主", "修改次数"], TARGET) == {0: "householder"}


@pytest.mark.parametrize(("cells", "reason"), [
    (["", ""], "空行"), (["合计", "", "270"], "合计行"), (["", "小 计", "1"], "合计行"), (["总计：270 户", ""], "合计行"),
    (["西井社区小计", "", "9"], "合计行"), (["", "第一组合计", "9"], "合计行"), (["王小计", "西井 3 排", "45"], ""),
    (["注：以上均为自有住房", ""], "说明行"), (["填表人：张三", "审核人：李四"], "说明行"),
    (["2016-12-21 14:20 由 张三 导出，个人信息已脱敏", ""], "说明行"), (["第 2 页", ""], "说明行"),
    (HEAD, "重复的表头"), (["户主姓名", "家庭住址", "", ""], "重复的表头"),
    (DATA, ""), (["王计", "合计胡同 3 号"], ""), (["李备注", "地址甲", "西井社区"], ""), (["演示", "路", "x"], ""),
])  # fmt: skip
def test_rows_that_are_no_data_are_told_from_data(cells, reason):
    heading, _ = found(workbook(HEAD, DATA))
    assert reason_to_ignore([str(cell) for cell in cells], heading) == reason


def test_a_cell_merged_downwards_and_the_same_as_above_are_told_to_every_row():
    rows = [["社区", "户主", "地址"], ["西井", "甲", "3 排"], ["", "乙", "同上"], ["", "丙", "〃"], ["琅山", "丁", "1 排"], ["", "戊", ""]]
    sheet = read_file(workbook(*rows, merges=("A2:A4",)))[0]
    assert filled_rows(sheet)[1:] == [
        ["西井", "甲", "3 排"], ["西井", "乙", "3 排"], ["西井", "丙", "3 排"], ["琅山", "丁", "1 排"], ["", "戊", ""],
    ]  # fmt: skip
    assert sheet.rows[2] == ["", "乙", "同上"]
    assert filled_rows(read_file(workbook(["说明"], merges=("B3:C9",)))[0]) == [["说明"]]


@pytest.mark.parametrize(("text", "year"), [
    ("2016年入户登记表", 2016), ("二〇一六年度", 2016), ("二○一七年", 2017), ("登记表-2016.xlsx", 2016), ("电话 13820161234", None),
    ("表", None), ("２０１６年", 2016),
])  # fmt: skip
def test_the_year_of_a_sheet_is_read_from_its_words(text, year):
    assert year_of("", text) == year
