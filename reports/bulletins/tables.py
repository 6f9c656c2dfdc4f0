"""The tables of a bulletin, each made from the period's lines: cells {t}, with a number's name {n} or a case {c}."""
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from accounts.models import Department
from cases.models import Case
from cases.secrecy import scrub
from cases.states import Source
from grid.models import Community
from reports.bulletins.numbers import NOTHING, SOURCES, Reading, whole_span
from reports.models import RankingKind
from reports.periods import Span, period_of
from reports.ranking import ranking_of
from reports.year import lines_of

Cell = dict[str, str]
Table = dict[str, Any]
UNIT_WORDS = ("应处置", "按期处置", "超期待处置", "按期处置率")
MOST_LISTED = 60  # an annex names so many cases; the number above it counts them all


def fill_table(key: str, reading: Reading, *, at: datetime) -> Table:
    """The table of a name; KeyError for a name that means nothing."""
    return TABLES[key](reading, at)


def _number(reading: Reading, word: str, name: str, **scope: Any) -> Cell:
    number = reading.of(word, name, **scope)
    return {"t": number.value, "n": number.name}


def _whole(reading: Reading, word: str) -> Cell:
    number = reading.number(word)
    return {"t": number.value, "n": word}


def _units(reading: Reading, part: str, names: dict[int, str]) -> list[list[Cell]]:
    """A row for each unit that had something to handle, the best share in time first."""
    keys = sorted(reading.keys("handle_due", part) & names.keys(), key=lambda key: names[key])
    rows = [[{"t": names[key]}, *(_number(reading, word, names[key], **{part: key}) for word in UNIT_WORDS)]
            for key in keys]  # fmt: skip
    rows.sort(key=lambda row: (-_share(row[-1]["t"]), row[0]["t"]))
    return [*rows, [{"t": "合计"}, *(_whole(reading, word) for word in UNIT_WORDS)]]


def _share(words: str) -> float:
    return float(words.rstrip("%")) if words != NOTHING else -1.0


def departments(reading: Reading, at: datetime) -> Table:
    """承办单位办理情况."""
    names = dict(Department.objects.exclude(kind="community").values_list("pk", "short_name"))
    return _table("承办单位办理情况", "承办单位", _units(reading, "department", names))


def communities(reading: Reading, at: datetime) -> Table:
    """各社区问题办理情况."""
    names = dict(Community.objects.values_list("pk", "short_name"))
    return _table("各社区问题办理情况", "社区", _units(reading, "community", names))


def _table(caption: str, first: str, rows: list[list[Cell]]) -> Table:
    return {"caption": caption, "head": [first, *UNIT_WORDS], "rows": rows, "widths": [5, 3, 3, 3.4, 3.6], "left": []}


def rank_communities(reading: Reading, at: datetime) -> Table:
    """社区排名."""
    return _ranking(reading, RankingKind.COMMUNITY, "社区", at)


def rank_departments(reading: Reading, at: datetime) -> Table:
    """承办单位排名."""
    return _ranking(reading, RankingKind.DEPARTMENT, "承办单位", at)


def _ranking(reading: Reading, kind: str, word: str, at: datetime) -> Table:
    """Those that are ranked, with how far they moved since the period before; only a whole month or longer has one."""
    period = whole_span(reading.first, reading.last)
    rows: list[list[Cell]] = []
    if period and period.span in (Span.MONTH, Span.QUARTER, Span.YEAR):
        places = ranking_of(kind, period, today=today_of(at))[1]
        rows = [[{"t": f"{one.rank}"}, {"t": one.name}, {"t": f"{one.score:.2f}"}, {"t": _moved(one.rank, one.before)}]
                for one in places if one.rank is not None]  # fmt: skip
    return {"caption": f"{word}考核排名", "head": ["名次", word, "得分", "较上期"], "rows": rows,
            "widths": [2, 5, 3, 3], "left": []}  # fmt: skip


def _moved(rank: int, before: int | None) -> str:
    if before is None:
        return NOTHING
    return "持平" if rank == before else f"升{before - rank}位" if rank < before else f"降{rank - before}位"


def sources(reading: Reading, at: datetime) -> Table:
    """问题来源."""
    rows = [[{"t": word}, _number(reading, "受理", word, source=key.value)] for word, key in SOURCES.items()]
    rows.append([{"t": "合计"}, _whole(reading, "受理")])
    return {"caption": "问题来源", "head": ["来源", "受理"], "rows": rows, "widths": [4, 3], "left": []}


def overdue(reading: Reading, at: datetime) -> Table:
    """超期待处置清单."""
    numbers = reading.lines("handle_overdue")
    rows = [[*_case_cells(case), {"t": _late_words(case, at)}] for case in listed(numbers)]
    return _list("超期未办清单", ["案号", "事项", "责任单位", "超期"], rows, [3.6, 7, 3.2, 2.2])


def recurring(reading: Reading, at: datetime) -> Table:
    """反弹清单."""
    rows = [_case_cells(case) for case in listed(reading.lines("reopened"))]
    return _list("反弹清单", ["案号", "事项", "责任单位"], rows, [3.6, 8, 3.4])


def problems(reading: Reading, at: datetime) -> Table:
    """附件：问题清单."""
    rows = [[*_case_cells(case), {"t": case.get_state_display()}] for case in listed(reading.lines("accepted"))]
    return _list("问题清单", ["案号", "事项", "责任单位", "状态"], rows, [3.6, 7, 3.2, 2.2])


def year(reading: Reading, at: datetime) -> Table:
    """年度数据: the figures of the year's report, printed beside computed, as /year/ shows them."""
    lines = lines_of(period_of(Span.YEAR, reading.first))
    rows = [[{"t": line.figure.name}, {"t": line.reported.words if line.reported else NOTHING},
             {"t": f"{line.shown}{line.figure.unit if line.has_number else ''}"}, {"t": line.difference_words}]
            for line in lines]  # fmt: skip
    return {"caption": "年度数据", "head": ["指标", "报告值", "台账计算值", "差"], "rows": rows,
            "widths": [4.2, 4.6, 5, 2.2], "left": [0, 1]}  # fmt: skip


def _list(caption: str, head: list[str], rows: list[list[Cell]], widths: list[float]) -> Table:
    return {"caption": caption, "head": head, "rows": rows, "widths": widths, "left": [1]}


def listed(numbers: list[str]) -> list[Case]:
    """Cases that may be named, in the order of their numbers: a petition never is."""
    cases = Case.objects.filter(number__in=set(numbers)).exclude(source=Source.PETITION)
    return list(cases.select_related("lead", "community").without_shapes().order_by("number")[:MOST_LISTED])


def _case_cells(case: Case) -> list[Cell]:
    lead = case.lead.short_name if case.lead else NOTHING
    return [{"t": case.number, "c": case.number}, {"t": scrub(case.title)}, {"t": lead}]


def _late_words(case: Case, at: datetime) -> str:
    """By how many days it is late, or that it was done by now."""
    if case.handled_at or not case.due_at:
        return "已办"
    days = (at - case.due_at).days
    return f"{days}天" if days > 0 else "不足1天"


TABLES: dict[str, Callable[[Reading, datetime], Table]] = {
    "departments": departments, "communities": communities, "sources": sources, "overdue": overdue,
    "recurring": recurring, "problems": problems, "year": year, "rank_communities": rank_communities,
    "rank_departments": rank_departments,
}  # fmt: skip


def date_words(day: date) -> str:
    """2016年12月21日, without padded zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def today_of(at: datetime) -> date:
    """The day in Beijing."""
    return timezone.localtime(at).date()
