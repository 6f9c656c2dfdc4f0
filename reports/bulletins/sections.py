"""What a fresh draft says, section by section: 基本情况, 数据, 排名, 典型问题, 清单, 亮点, 要求, 附件.

The texts are the office's usual sentences with numbers in braces; whoever edits them changes the words and leaves the
numbers linked. A section with nothing to tell is left out.
"""
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from accounts.models import Department
from cases.models import Case, CasePhoto, PhotoKind
from cases.secrecy import scrub
from grid import workdays
from grid.models import PhotoState
from grid.workdays import Unit
from reports.bulletins.numbers import Reading
from reports.bulletins.tables import date_words, listed
from reports.models import BulletinKind

Block = dict[str, Any]
FILL_IN = "【请补充"  # nothing that still says so is submitted
DAYS_TO_MEND = 3  # working days
MOST_TYPICAL = 4
ORDINALS = "一二三四五六七八九十"
LONG_KINDS = (BulletinKind.MONTHLY, BulletinKind.QUARTERLY, BulletinKind.YEARLY)


def first_blocks(kind: str, reading: Reading, *, topic: str, at: datetime) -> list[Block]:
    """The blocks of a fresh draft, each with an id that stays."""
    sections = [
        ("基本情况", _basics(reading, topic)),
        ("数据分析", _data(kind, reading)),
        ("年度数据", [{"kind": "table", "table": "year"}] if kind == BulletinKind.YEARLY else []),
        ("排名情况", _ranking(kind, reading)),
        ("典型问题", _typical(reading, at)),
        ("超期未办和反弹问题", _lists(reading)),
        ("工作亮点", [_text(f"{FILL_IN}工作亮点，或删除本节】")] if kind in LONG_KINDS else []),
        ("整改要求", _demands(reading, at)),
    ]
    blocks: list[Block] = []
    for number, (title, part) in enumerate((one for one in sections if one[1]), start=0):
        blocks += [{"kind": "heading", "text": f"{ORDINALS[number]}、{title}"}, *part]
    if reading.lines("accepted") and kind != BulletinKind.YEARLY:
        blocks += [{"kind": "annex", "text": "附件：问题清单"}, {"kind": "table", "table": "problems"}]
    return [{"id": f"b{number}", **block} for number, block in enumerate(blocks, start=1)]


def _text(text: str, lead: str = "") -> Block:
    return {"kind": "text", "text": text, **({"lead": lead} if lead else {})}


def _basics(reading: Reading, topic: str) -> list[Block]:
    days = date_words(reading.first)
    if reading.last != reading.first:
        days += f"至{date_words(reading.last)}"
    about = f"“{topic}”" if topic else ""
    text = (
        f"{days}，中心受理{about}问题{{受理}}件，立案{{立案}}件，派遣{{派遣}}件。应处置{{应处置}}件，"
        f"按期处置{{按期处置}}件，按期处置率{{按期处置率}}；结案{{结案}}件，返工{{返工}}件。上期受理{{上期受理}}件，"
        "按期处置率{上期按期处置率}。现将有关情况通报如下。"
    )
    return [_text(text)]


def _data(kind: str, reading: Reading) -> list[Block]:
    text = (
        "从来源看，市、区两级监管通知单{受理·市区监管通知单}件，网格事件{受理·网格事件}件，微信随手拍"
        "{受理·微信随手拍}件，转办单{受理·转办单}件，热线{受理·热线}件，信访{受理·信访}件。"
    )
    return [_text(text), {"kind": "table", "table": "departments"}] if reading.lines("accepted") else [
        _text("本期未受理新的问题。")
    ]


def _ranking(kind: str, reading: Reading) -> list[Block]:
    if kind not in LONG_KINDS or not reading.keys("handle_due", "community"):
        return []
    tables = ("communities", "rank_communities", "rank_departments")
    text = "各社区办理情况及考核排名如下，得分按考核办法计算，“较上期”为名次变化。"
    return [_text(text), *({"kind": "table", "table": table} for table in tables)]


def _typical(reading: Reading, at: datetime) -> list[Block]:
    """Cases with both pictures first, then the late ones; each with its place, who answers for it, how long it took."""
    numbers = [*reading.lines("handled"), *reading.lines("handle_overdue")]
    cases = {case.number: case for case in listed(numbers)}
    pairs = photo_pairs([case.pk for case in cases.values()])
    chosen = [case for case in cases.values() if case.pk in pairs][:MOST_TYPICAL]
    late = set(reading.lines("handle_overdue"))
    chosen += [case for case in cases.values() if case.number in late and case not in chosen][: 4 - len(chosen)]
    return [block for number, case in enumerate(chosen) for block in _case_blocks(number, case, pairs, at)]


def photo_pairs(cases: list[int]) -> dict[int, tuple[int, int]]:
    """Case → the first picture before and the last one after, of those that can be shown."""
    found: dict[int, dict[str, int]] = {}
    photos = CasePhoto.objects.filter(case__in=cases, photo__state=PhotoState.READY).order_by("seq", "pk")
    for case, kind, pk in photos.values_list("case", "kind", "pk"):
        mine = found.setdefault(case, {})
        if kind == PhotoKind.BEFORE:
            mine.setdefault("before", pk)
        elif kind in (PhotoKind.AFTER, PhotoKind.CHECK):
            mine["after"] = pk
    return {case: (one["before"], one["after"]) for case, one in found.items() if len(one) == 2}


def _case_blocks(number: int, case: Case, pairs: dict[int, tuple[int, int]], at: datetime) -> Iterator[Block]:
    place = scrub(case.address) or (case.community.name if case.community else "")
    lead = case.lead.short_name if case.lead else "待派遣"
    days = max(1, ((case.handled_at or at) - case.received_at).days)
    ending = f"用时{days}天" if case.handled_at else f"已{days}天，尚未办结"
    words = f"{place}，" if place else ""
    text = f"{words}责任单位{lead}，{ending}（{case.number}）。"
    yield _text(text, lead=f"（{ORDINALS[number]}）{scrub(case.title).rstrip('。')}。")
    if case.pk in pairs:
        before, after = pairs[case.pk]
        yield {"kind": "photos", "number": case.number, "before": before, "after": after}


def _lists(reading: Reading) -> list[Block]:
    blocks: list[Block] = []
    if reading.lines("handle_overdue"):
        text = "截至期末，超期待处置{超期待处置}件，责任单位应说明原因并限期办结。"
        blocks += [_text(text), {"kind": "table", "table": "overdue"}]
    if reading.lines("reopened"):
        blocks += [_text("反弹{反弹}件，应查明原因，防止再次发生。"), {"kind": "table", "table": "recurring"}]
    return blocks


def _demands(reading: Reading, at: datetime) -> list[Block]:
    due = workdays.add_working_time(at, DAYS_TO_MEND, Unit.WORK_DAY).due_at
    names = _late_units(reading)
    who = "、".join(names) if names else "各责任单位"
    text = (
        f"请{who}于{_day_of(due)}18时前完成整改，并向指挥中心反馈整改前后同角度照片。逾期未改的，纳入年度责任书考核。"
    )
    return [_text(text)]


def _day_of(moment: datetime) -> str:
    from reports.bulletins.tables import today_of

    day: date = today_of(moment)
    return f"{day.month}月{day.day}日"


def _late_units(reading: Reading) -> list[str]:
    keys = reading.keys("handle_overdue", "department")
    return list(Department.objects.filter(pk__in=keys).order_by("code").values_list("short_name", flat=True)[:6])
