"""Publicity (每月公开): what of a month anybody may read, looked through for people, published as a snapshot.

Figures leave the house only as sums: a group of fewer than five cases is not told, and never alone, so that it cannot
be found by subtraction. Words come from staff and are looked through; pictures are pairs that staff chose.
"""
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.audit import record
from accounts.masking import ID_NUMBER, PHONE
from accounts.models import User
from cases.models import Case, CasePhoto
from cases.secrecy import names_to_veil
from cases.states import Source, State
from reports import figures
from reports.bulletins.privacy import LANDLINE, LIKE_A_PERSON, PETITION_NUMBER, look_through
from reports.bulletins.sections import photo_pairs
from reports.errors import ReportConflict, ReportRefused
from reports.models import CaseFact, Dimension, Measure, PublishedMonth
from reports.periods import Period, Span, read_period
from reports.scopes import names_of

LEAST = 5  # cases in a group that may be told
FEW, APART = "少于 5 件", "不单列"
MOST_CANDIDATES, MOST_PAIRS = 60, 12
TOLD = ("accepted", "closed", "handling_on_time", "satisfaction_rate")
GROUPS = ((Dimension.SOURCE, "按来源"), (Dimension.MAJOR, "按类别"), (Dimension.COMMUNITY, "按社区"))
PLATE = re.compile(r"[京津沪渝冀晋蒙辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼川贵云藏陕甘青宁新][A-Z][A-Z0-9]{5,6}")
DOOR = re.compile(r"\d+\s*号楼\s*\d+\s*(?:单元|门)\s*\d+|\d+\s*单元\s*\d+\s*[室号]")
LOOKS_PERSONAL = (ID_NUMBER, PHONE, LANDLINE, PETITION_NUMBER, PLATE, DOOR, LIKE_A_PERSON)
ASK_AGAIN = (PLATE, DOOR)


@dataclass(frozen=True)
class Candidate:
    """A closed case with both pictures, as staff choose from it; `words` is what the public would read."""

    case: Case
    before: int  # CasePhoto
    after: int
    words: str


def read_month(month: str, *, today: date) -> Period | None:
    """A month that has begun."""
    period = read_period(month)
    known = period is not None and period.span == Span.MONTH and period.first <= today
    return period if known and period.key == month else None


# --- figures -------------------------------------------------------------------------------------------------------


def cleared_figures(month: Period, *, today: date) -> dict[str, Any]:
    """The month as anybody may read it: totals and groups, each number as the words that are shown."""
    values = [figures.value(key, period=month, today=today) for key in TOLD]
    totals = [{"name": one.figure.name, "value": _told(one), "unit": _unit(one)} for one in values]
    groups = [{"name": word, "rows": _group(dimension, month, today)} for dimension, word in GROUPS]
    return {"totals": totals, "groups": [group for group in groups if group["rows"]]}


def _told(one: figures.Value) -> str:
    size = one.bottom if one.figure.bottom else one.top
    return FEW if size and size < LEAST else one.shown


def _unit(one: figures.Value) -> str:
    return "" if one.number is None or _told(one) == FEW else one.figure.unit


def _group(dimension: str, month: Period, today: date) -> list[dict[str, str]]:
    found = figures.table(["accepted"], dimension=dimension, period=month, today=today)
    names = names_of(dimension)
    counts = [(names.get(key, "其他"), values["accepted"].number or 0) for key, values in found.items()]
    return suppressed(counts)


def suppressed(counts: Iterable[tuple[str, int]]) -> list[dict[str, str]]:
    """Groups, the largest first; small ones are not told, and enough of the others that none comes out by subtraction.

    Of the whole, hidden groups are at least two and together at least five, as far as there are so many.
    """
    rows = sorted((row for row in counts if row[1]), key=lambda row: (-row[1], row[0]))
    hidden = [row for row in rows if row[1] < LEAST]
    open_ones = rows[: len(rows) - len(hidden)]
    while hidden and open_ones and (len(hidden) < 2 or sum(count for _, count in hidden) < LEAST):
        hidden.insert(0, open_ones.pop())
    told = [{"name": name, "value": f"{count:,} 件"} for name, count in open_ones]
    return told + [{"name": name, "value": FEW if count < LEAST else APART} for name, count in hidden]


# --- pictures and words ----------------------------------------------------------------------------------------------


def candidates(month: Period) -> list[Candidate]:
    """The latest cases closed in the month, no petitions, with a picture before and one after that can be shown."""
    facts = CaseFact.objects.of(Measure.CLOSED).between(month.first, month.last)
    rows = Case.objects.filter(pk__in=facts.values("case"), state=State.CLOSED).exclude(source=Source.PETITION)
    rows = rows.select_related("category", "community").without_shapes().order_by("-closed_at", "-pk")
    cases = list(rows[: MOST_CANDIDATES * 4])
    pairs = photo_pairs([case.pk for case in cases])
    chosen = [Candidate(case, *pairs[case.pk], _words(case)) for case in cases if case.pk in pairs]
    return chosen[:MOST_CANDIDATES]


def _words(case: Case) -> str:
    """Community and class only: a title may name somebody."""
    place = case.community.name if case.community else "苹果园街道"
    return f"{place}：{case.category.name if case.category else '城市管理问题'}"


def marked(text: str) -> list[tuple[str, bool]]:
    """A text in pieces, each with whether it looks personal; for the preview."""
    spans = sorted(found.span() for pattern in LOOKS_PERSONAL for found in pattern.finditer(text))
    pieces, at = [], 0
    for first, last in spans:
        if last <= at:
            continue
        first = max(first, at)
        pieces += [(text[at:first], False)] if first > at else []
        pieces.append((text[first:last], True))
        at = last
    return [*pieces, (text[at:], False)] if at < len(text) else pieces


def _refuse_people(intro: str, chosen: list[Candidate], *, words_checked: bool) -> None:
    found = look_through(intro)
    names = {name for one in chosen for name in names_to_veil(one.case)}
    if found.certain:
        raise ReportRefused(found.certain[0].replace("正文", "导语").replace("送签", "发布"))
    if any(len(name) >= 2 and name in intro for name in names):
        raise ReportRefused("导语里有上报人的姓名或电话。请删去后再发布。")
    likely = bool(found.likely) or any(pattern.search(intro) for pattern in ASK_AGAIN)
    if likely and not words_checked:
        raise ReportRefused("导语里有像是指向个人的字样，预览里已标出。请改写，确不涉及个人信息的勾选“已核对”。")


# --- publishing ----------------------------------------------------------------------------------------------------


def chosen_of(month: Period, numbers: Iterable[str]) -> list[Candidate]:
    """The chosen cases, in the order of the list; one that cannot be chosen is refused."""
    wanted = set(numbers)
    found = [one for one in candidates(month) if one.case.number in wanted]
    if len(found) < len(wanted):
        raise ReportRefused("选中的案件里有不能公开的：只选本月结案、不是信访、前后照片齐全的。请刷新后重选。")
    if len(found) > MOST_PAIRS:
        raise ReportRefused(f"最多选 {MOST_PAIRS} 组照片，现选了 {len(found)} 组。请减少后再发布。")
    return found


def publish(
    month: Period, *, intro: str, numbers: Iterable[str], words_checked: bool, photos_checked: bool, by: User,
    at: datetime, today: date,
) -> PublishedMonth:  # fmt: skip
    """Make a month public as it stands now; a month that is public already is withdrawn first."""
    if not month.is_over(today):
        raise ReportRefused(f"{month.words}还没有过完。请到下月初再发布。")
    intro, chosen = intro.strip(), chosen_of(month, numbers)
    _refuse_people(intro, chosen, words_checked=words_checked)
    if chosen and not photos_checked:
        raise ReportRefused("选了照片，但没有确认照片里认不出人。请逐张看过后勾选。")
    photos = _photos_of(chosen)
    pairs = [{"before": photos[one.before], "after": photos[one.after], "words": one.words} for one in chosen]
    try:
        with transaction.atomic():
            row = PublishedMonth.objects.create(
                month=month.key, intro=intro, figures=cleared_figures(month, today=today), pairs=pairs,
                published_by=by, published_at=at, is_demo=settings.DEMO,
            )  # fmt: skip
            detail = {"period": month.key, "cases": [one.case.number for one in chosen]}
            record("month_published", actor=by, subject=row, detail=detail, at=at)
    except IntegrityError as error:
        raise ReportConflict(f"{month.words}已经公开，未重复发布。要修改请先撤下。") from error
    return row


def _photos_of(chosen: list[Candidate]) -> dict[int, int]:
    wanted = [pk for one in chosen for pk in (one.before, one.after)]
    return dict(CasePhoto.objects.filter(pk__in=wanted).values_list("pk", "photo"))


@transaction.atomic
def withdraw(month: Period, *, by: User, at: datetime) -> None:
    """Take a month from public view; the row stays."""
    row = PublishedMonth.objects.live().of_month(month.key).first()
    done = PublishedMonth.objects.live().of_month(month.key).order_by().update(withdrawn_at=at, withdrawn_by=by)
    if not done or row is None:
        raise ReportConflict(f"{month.words}没有公开，或刚被他人撤下，未重复操作。")
    record("month_withdrawn", actor=by, subject=row, detail={"period": month.key}, at=at)
