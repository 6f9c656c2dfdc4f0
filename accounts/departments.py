"""Entering departments in one go: pasted from a spreadsheet, or the usual ones of a street."""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.audit import record
from accounts.models import Department, DepartmentKind, User

KINDS = {kind.label: kind.value for kind in DepartmentKind}
COLUMNS = "编码、全称、简称、类别"
USUAL = """\
D01\t综合行政执法队\t城管执法队\t常驻部门
D02\t公安驻指挥中心警务组\t公安警务组\t常驻部门
D03\t工商所\t工商所\t常驻部门
D04\t食品药品监督管理所\t食药所\t常驻部门
D05\t交通支队驻指挥中心交通组\t交通组\t常驻部门
D06\t消防支队驻指挥中心消防组\t消防组\t常驻部门
D07\t环境保护局驻指挥中心环保组\t环保组\t常驻部门
D08\t房屋管理所\t房管所\t常驻部门
S01\t社会治理综合执法指挥中心\t指挥中心\t街道科室
S02\t网格化服务管理中心\t网格中心\t街道科室
S03\t城市管理科\t城管科\t街道科室
S04\t安全生产办公室\t安全办\t街道科室
S05\t信访办公室\t信访办\t街道科室
S06\t社区建设科\t社区科\t街道科室
S07\t党政办公室\t党政办\t街道科室
S08\t司法所\t司法所\t科队站所
X01\t环卫服务中心环卫队\t环卫队\t协办单位
"""


@dataclass(frozen=True)
class Line:
    """One department as pasted."""

    code: str
    name: str
    short_name: str
    kind: str


class DepartmentsRefused(Exception):
    """Nothing was entered; `sentences` say which lines, why, and what to do."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


def read_departments(text: str) -> list[Line]:
    """Read pasted lines of code, name, short name and kind, parted by tabs or commas; DepartmentsRefused otherwise."""
    lines, wrong, seen = [], [], {}
    for number, raw in enumerate(text.splitlines(), start=1):
        if not raw.strip():
            continue
        cells = [cell.strip() for cell in raw.replace("，", "\t").replace(",", "\t").split("\t")]
        problem = _problem(cells, seen)
        if problem:
            wrong.append(f"第 {number} 行：{problem}")
            continue
        seen[cells[0]] = number
        lines.append(Line(cells[0], cells[1], cells[2], KINDS[cells[3]]))
    if not lines and not wrong:
        wrong = ["还没有填写部门。请每行一个，或用常用部门。"]
    if wrong:
        raise DepartmentsRefused(wrong)
    return lines


def _problem(cells: list[str], seen: dict[str, int]) -> str:
    """What is wrong with a line, or nothing."""
    if len(cells) != 4 or not all(cells):
        return f"应有 4 列（{COLUMNS}），现为 {len([cell for cell in cells if cell])} 列。请补齐。"
    code, name, short_name, kind = cells
    for cell, word, limit in ((code, "编码", 20), (name, "全称", 60), (short_name, "简称", 20)):
        if len(cell) > limit:
            return f"{word}最多 {limit} 个字，现为 {len(cell)} 个。请改短。"
    if kind not in KINDS:
        return f"没有“{kind}”这个类别。请从{'、'.join(KINDS)}中选。"
    if code in seen:
        return f"编码 {code} 与第 {seen[code]} 行重复。请改成不同的编码。"
    return ""


@transaction.atomic
def add_departments(lines: Iterable[Line], *, by: User | None, at: datetime, request: Any = None) -> int:
    """Enter those that are not there yet, matched by code; returns how many are new, so that a retry adds none."""
    present = set(Department.objects.values_list("code", flat=True))
    fresh = [
        Department(
            code=line.code,
            name=line.name,
            short_name=line.short_name,
            kind=line.kind,
            resident_in_centre=line.kind == DepartmentKind.RESIDENT,
        )
        for line in lines
        if line.code not in present
    ]
    Department.objects.bulk_create(fresh, ignore_conflicts=True)
    if fresh:
        record("department_created", actor=by, detail={"count": len(fresh)}, request=request, at=at)
    return len(fresh)
