"""The register of organisations as spreadsheets see it: one row an organisation, each of its papers in one cell.

A cell says the paper's number and how long it holds (JY111 至 2028-10-12), or that it is missing (缺证).
"""
import re
from datetime import datetime
from typing import Any

from django.utils import timezone

from grid import organisations
from grid.models import LicenceKind, Organisation, OrganisationKind
from grid.register_sheets import RIGHTS, Register, placed
from grid.registering import RegisterRefused
from sheets import dates
from sheets.meanings import Refused
from sheets.targets import Column, How, Kind, Problem, Target

KIND_STAYS = "编号 {code} 是{was}的，类别不能用表格改。请改回，或把这一家停用后按新的类别登记。"
PAPER = "paper_"  # begins the name of a paper's column
UNTIL = re.compile(r"^(?P<number>.+?)\s*[，,（(]?\s*(?:有效期)?至\s*(?P<until>[^）)]+?)[）)]?$")
LACKING = {"缺", "缺证", "无", "没有", "无证"}
LONGEST_NUMBER = 40


def read_paper(words: str, title: str) -> dict[str, Any] | None:
    """What a cell says of a paper, for the verb; nothing of an empty one. Raises RegisterRefused."""
    words = words.strip()
    if not words:
        return None
    if words in LACKING:
        return {"missing": True}
    parts = UNTIL.match(words)
    number = (parts["number"] if parts else words).strip()
    if len(number) > LONGEST_NUMBER:
        raise RegisterRefused({title: f"{title}的证号有 {len(number)} 个字，最多 {LONGEST_NUMBER} 个字。请核对。"})
    return {"number": number, "valid_until": _day(parts["until"], title) if parts else None}


def _day(text: str, title: str) -> Any:
    try:
        found = dates.read(text, Column("valid_until", f"{title}的有效期", Kind.DATE), year=None)
    except Refused as refused:
        raise RegisterRefused({title: str(refused)}) from refused
    return timezone.localtime(found.moment).date()


class Organisations(Register):
    """Organisations with their papers."""

    def rows(self) -> Any:
        """With the papers too."""
        return self.model.objects.for_export()

    def held(self, row: Any, name: str) -> Any:
        """A paper as its cell tells it."""
        return row.paper_words(name.removeprefix(PAPER)) if name.startswith(PAPER) else super().held(row, name)

    def check(self, values: dict[str, Any]) -> list[Problem]:
        """It lies somewhere, its papers are understood, and the kind stays, since the number begins with its letter."""
        found, code, kind = super().check(values), values.get("code", ""), values.get("kind")
        if code and kind and not code.startswith(organisations.LETTERS[kind]):
            was = next((one.label for one, letter in organisations.LETTERS.items() if code.startswith(letter)), "")
            found.append(Problem("kind", KIND_STAYS.format(code=code, was=was or "另一类单位")))
        for paper in LicenceKind:
            try:
                read_paper(values.get(PAPER + paper, ""), paper.label)
            except RegisterRefused as refused:
                found.append(Problem(PAPER + paper, str(refused)))
        return found


def _parted(given: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The organisation's own columns, and its papers by their kinds."""
    papers = {name.removeprefix(PAPER): words for name, words in given.items() if name.startswith(PAPER)}
    return {name: value for name, value in given.items() if not name.startswith(PAPER)}, papers


def _record(*, by: Any, at: datetime, **given: Any) -> Organisation:
    own, papers = _parted(given)
    return _keep(organisations.record_organisation(by=by, at=at, **own), papers, by=by, at=at)


def _change(row: Organisation, *, version: int, by: Any, at: datetime, **given: Any) -> Organisation:
    own, papers = _parted(given)
    changed = organisations.change_organisation(row, version=version, by=by, at=at, **own)
    return _keep(changed, papers, by=by, at=at)


def _keep(row: Organisation, papers: dict[str, str], *, by: Any, at: datetime) -> Organisation:
    for kind, words in papers.items():
        paper = read_paper(words, LicenceKind(kind).label)
        how = {"kind": kind, "version": row.version, "by": by, "at": at}
        if paper is None:  # as it was before the table
            organisations.drop_licence(row, **how)
        else:
            organisations.keep_licence(row, **how, **paper)
    return row


ORGANISATION = Organisations(
    Organisation, _record, _change,
    (
        "name", "kind", "uscc", "nature", "staff", "responsible_person", "post", "phone", "door_front_m", "honour",
        "lon", "lat", *(PAPER + kind for kind in LicenceKind),
    ),
    ("kind",), "address", marks=(("uscc", How.SAME_ID), ("name", How.SAME_PERSON)),
)  # fmt: skip


def _paper(kind: LicenceKind) -> Column:
    return Column(PAPER + kind, kind.label, in_preview=False, most=80, read=lambda row: row.paper_words(kind))


ORGANISATIONS = Target(
    key="organisations", title="单位台账", number="code", address="/grid/organisations/", unit="家", **RIGHTS,
    columns=(
        Column("code", "编号", synonyms=("单位编号",)),
        Column("name", "名称", synonyms=("单位名称", "商户名称", "字号"), needed=True, most=80),
        Column("kind", "类别", Kind.CHOICE, ("单位类别",), needed=True, choices=OrganisationKind.choices, thing="类别"),
        Column("uscc", "统一社会信用代码", Kind.CREDIT_CODE, ("信用代码",), read=lambda row: row.uscc or ""),
        Column("nature", "性质", synonyms=("行业", "业态"), most=20),
        Column("staff", "职工人数", Kind.COUNT, ("职工", "从业人数"), least=0, most=100_000, in_preview=False),
        Column("responsible_person", "负责人", synonyms=("法人", "经营者"), personal=True, most=30),
        Column("post", "职务", most=20, in_preview=False),
        Column("phone", "联系电话", Kind.PHONE, ("电话", "手机"), personal=True),
        Column("door_front_m", "门前三包长度", Kind.COUNT, ("门前三包",), least=0, most=10_000, unit="米",
               in_preview=False),
        Column("honour", "荣誉", most=60, in_preview=False), *(_paper(kind) for kind in LicenceKind),
        Column("address", "地址", synonyms=("经营地址", "位置"), most=100, read=lambda row: ""), *placed(),
    ),
    check=ORGANISATION.check, known=ORGANISATION.known, write=ORGANISATION.write, undo=ORGANISATION.undo,
)  # fmt: skip
