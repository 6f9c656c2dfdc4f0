"""Taking in a hotline's table (导入热线表): columns named, every row checked in words, each row a case of its own.

A call is known by its outside number, so that the same table taken in twice opens nothing twice.
"""
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import audit
from cases import registering
from cases.errors import AnswersRefused, MoveForbidden
from cases.models import Case, HotlineDetail, HotlineKind, ReporterKind
from cases.states import Source
from grid.models import Thing
from grid.things_near import UNKNOWN, plain_code

# What a column may hold: key, its word, whether a row needs it, the headings by which it is recognised.
COLUMNS: tuple[tuple[str, str, bool, tuple[str, ...]], ...] = (
    ("outside_number", "热线编号", True, ("热线编号", "工单编号", "工单号", "诉求编号", "受理编号", "编号", "单号")),
    ("title", "事项", True, ("事项", "标题", "诉求标题", "主题", "问题")),
    ("description", "情况", False, ("情况", "诉求内容", "反映内容", "主要内容", "问题描述", "内容", "描述")),
    ("address", "地点", False, ("地点", "问题地点", "事发地址", "诉求地址", "地址", "位置")),
    ("thing", "部件标识码", False, ("部件标识码", "部件编码", "标识码", "部件编号")),
    ("name", "姓名", False, ("姓名", "反映人", "来电人", "诉求人", "市民姓名", "联系人")),
    ("phone", "电话", False, ("电话", "联系电话", "来电号码", "手机号", "手机")),
    ("received_at", "收件时间", False,
     ("收件时间", "来电时间", "受理时间", "派单时间", "接收时间", "登记时间", "日期", "时间")),
    ("required_at", "要求时限", False, ("要求时限", "办理时限", "办结时限", "截止时间", "截止日期", "时限")),
)  # fmt: skip
WORDS = {key: word for key, word, _, _ in COLUMNS}
NEEDED = tuple(key for key, _, needed, _ in COLUMNS if needed)
TITLE_LENGTH = 80
MOMENTS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d", "%Y%m%d")
PHONE = re.compile(r"^(1\d{10}|0\d{2,3}-?\d{7,8}|\d{7,8})$")


def guess_mapping(header: list[str]) -> dict[str, int]:
    """Column → place, by the headings: an exact name first, then one that contains it; each place is used once."""
    mapping: dict[str, int] = {}
    for exact in (True, False):
        for key, _, _, names in COLUMNS:
            if key in mapping:
                continue
            for name in names:
                places = [
                    place for place, words in enumerate(header)
                    if place not in mapping.values() and (words == name if exact else name in words)
                ]  # fmt: skip
                if places:
                    mapping[key] = places[0]
                    break
    return mapping


@dataclass
class Row:
    """A row of the table: its line in the file, what it says, what is wrong with it."""

    line: int
    values: dict[str, Any]
    errors: list[str] = field(default_factory=list)
    known: str = ""  # the case that this call opened before
    case: Case | None = None

    @property
    def fit(self) -> bool:
        """Whether it would open a case."""
        return not self.errors and not self.known


@dataclass
class Preview:
    """What the table would do."""

    rows: list[Row]
    missing: list[str]  # columns that must be named first

    @property
    def fit(self) -> list[Row]:
        """Rows that would open a case."""
        return [row for row in self.rows if row.fit]

    @property
    def known(self) -> list[Row]:
        """Rows that are cases already."""
        return [row for row in self.rows if row.known and not row.errors]

    @property
    def bad(self) -> list[Row]:
        """Rows with something to mend."""
        return [row for row in self.rows if row.errors]


def preview(table: list[list[str]], mapping: dict[str, int], *, kind: HotlineKind, at: datetime) -> Preview:
    """Read every row by the mapping; nothing is written."""
    missing = [WORDS[key] for key in NEEDED if key not in mapping]
    if missing:
        return Preview([], missing)
    rows = [
        _read_row(place + 2, {key: cells[column] for key, column in mapping.items()}, at=at)
        for place, cells in enumerate(table[1:])
    ]
    _mark_doubles(rows)
    _mark_known(rows, kind)
    _find_things(rows)
    return Preview(rows, [])


def _read_row(line: int, cells: dict[str, str], *, at: datetime) -> Row:
    row = Row(line, {key: value for key, value in cells.items()})
    for key in NEEDED:
        if not cells.get(key):
            row.errors.append(f"{WORDS[key]}不能为空。")
    if len(cells.get("title", "")) > TITLE_LENGTH:
        row.values["title"], rest = cells["title"][: TITLE_LENGTH - 1] + "…", cells["title"]
        row.values["description"] = f"{rest}\n{cells.get('description', '')}".strip()
    if len(cells.get("outside_number", "")) > 60:
        row.errors.append("热线编号太长，最多 60 个字。请核对是不是选错了列。")
    if len(cells.get("address", "")) > 100:
        row.errors.append(f"地点太长，现为 {len(cells['address'])} 个字，最多 100 个字。")
    phone = cells.get("phone", "").replace(" ", "")
    row.values["phone"] = phone
    if phone and not PHONE.match(phone):
        row.errors.append(f"电话应为 11 位手机号或座机号，现为 {len(phone)} 位。")
    for key in ("received_at", "required_at"):
        row.values[key] = _moment(row, key, cells.get(key, ""), at=at)
    return row


def _moment(row: Row, key: str, text: str, *, at: datetime) -> datetime | None:
    if not text:
        return None
    tidy = re.sub(r"[年月/.]", "-", text).replace("日", "").replace("：", ":").strip()
    tidy = re.sub(r"-(\d)(?=\D|$)", r"-0\1", tidy)
    for shape in MOMENTS:
        try:
            found = timezone.make_aware(datetime.strptime(tidy, shape))  # noqa: DTZ007 made aware at once
        except ValueError:
            continue
        if key == "received_at" and found > at + timedelta(minutes=1):
            row.errors.append(f"收件时间 {text} 晚于现在。")
        return found
    row.errors.append(f"{WORDS[key]}“{text[:20]}”不是日期。应为 2016-12-21 14:20 这样。")
    return None


def _mark_doubles(rows: list[Row]) -> None:
    first: dict[str, int] = {}
    for row in rows:
        number = row.values.get("outside_number")
        if number and number in first:
            row.errors.append(f"热线编号与本表第 {first[number]} 行重复。")
        elif number:
            first[number] = row.line


def _mark_known(rows: list[Row], kind: HotlineKind) -> None:
    """Calls that are cases already, in one query for every 500 numbers."""
    numbers = [row.values["outside_number"] for row in rows if row.values.get("outside_number")]
    known: dict[str, str] = {}
    for start in range(0, len(numbers), 500):
        found = HotlineDetail.objects.filter(kind=kind, outside_number__in=numbers[start : start + 500])
        known |= dict(found.values_list("outside_number", "case__number"))
    for row in rows:
        row.known = known.get(row.values.get("outside_number", ""), "")


def _find_things(rows: list[Row]) -> None:
    """The components that the rows name, in one query for every 500 codes; an unknown code is an error of its row."""
    codes = {row.line: plain_code(row.values.get("thing") or "") for row in rows}
    wanted, known = sorted({code for code in codes.values() if code}), {}
    for start in range(0, len(wanted), 500):
        known |= {thing.code: thing for thing in Thing.objects.filter(code__in=wanted[start : start + 500])}
    for row in rows:
        code = codes[row.line]
        row.values["thing"] = known.get(code)
        if code and code not in known:
            row.errors.append(UNKNOWN.format(code=code[:40]))


@dataclass
class Imported:
    """What became of the rows."""

    opened: list[Row]
    known: list[Row]
    refused: list[Row]


def import_rows(rows: Iterable[Row], *, kind: HotlineKind, by: Any, at: datetime) -> Imported:
    """Open a case for each fitting row, every one in its own transaction; one audit entry tells the counts."""
    if not by.has_perm("cases.import_cases"):
        raise MoveForbidden("你的角色不能导入案件。需要时请与指挥席联系。")
    done = Imported([], [], [])
    for row in rows:
        if row.fit:
            _open(row, kind=kind, by=by, at=at)
        (done.opened if row.case else done.known if row.known and not row.errors else done.refused).append(row)
    counts = {"opened": len(done.opened), "known": len(done.known), "refused": len(done.refused), "kind": kind.code}
    with transaction.atomic():
        audit.record("cases_imported", actor=by, detail=counts, at=at)
    return done


def _open(row: Row, *, kind: HotlineKind, by: Any, at: datetime) -> None:
    """One case; somebody else may have taken the same call in meanwhile."""
    values = row.values
    thing = values.get("thing")
    person = {name: values.get(name) for name in ("name", "phone") if values.get(name)}
    try:
        row.case = registering.register_case(
            source=Source.HOTLINE, by=by, at=at, title=values["title"], description=values.get("description", ""),
            address=values.get("address", ""), thing=thing,
            place=registering.place_columns(None, None, None, thing=thing, address=values.get("address", "")),
            detail={"kind": kind, "outside_number": values["outside_number"]},
            reporter={"kind": ReporterKind.RESIDENT, **person} if person else {},
            received_at=values.get("received_at") or at, required_at=values.get("required_at"),
        )  # fmt: skip
    except AnswersRefused as refusal:
        row.errors.extend(refusal.errors.values())
