"""The list of the desk as it is shown: filters as links, tabs with counts, groups, rows, saved views."""
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import groupby
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from accounts.models import Department
from cases import deadlines, desk, workflow
from cases.bulk import BULK_MOVES
from cases.deadlines import TimeLeft
from cases.filters import CLOCKS, PLACE, RECEIVED, SORTS, STAGES, CaseFilter, filter_of
from cases.models import Case, Category
from cases.states import Source, State, Urgency
from cases.views.shown import read_hands, shown_case
from cases.workflow import MOVES
from grid.models import Community, UnitGrid

TAB_WORDS = {
    Source.NOTICE: "督查督办", Source.GRID: "网格", Source.SNAP: "随手拍", Source.TRANSFER: "转办",
    Source.HOTLINE: "热线", Source.PETITION: "信访",
}  # fmt: skip


BAR_ROOM = 7  # filters in one line of the bar; a chosen one takes the room of two
BULK_ORDER = ("dispatch", "accept", "register", "merge", "request_suspension", "note")
BULK_WORDS = {"dispatch": "批量派遣", "request_suspension": "挂账"}


@dataclass(frozen=True)
class Row:
    """One line of the list."""

    case: Case
    time: TimeLeft | None
    group: str
    moves: str
    who: str
    where: str
    waits: bool = False

    def face(self, *, may_bulk: bool, day: date) -> tuple:
        """All that a line says on a day; two lines with the same face look the same to everybody."""
        case = self.case
        return (case.number, case.title, case.source, case.state, case.closed_at, self.time, self.moves, self.who,
                self.where, self.waits, may_bulk, day)  # fmt: skip


class KeptLines:
    """Lines already written out, kept in this process under their face, since a desk is refreshed all day.

    Nothing has to be dropped when a case changes: another state or another minute is another face.
    """

    MOST = 5000

    def __init__(self) -> None:
        self._lines: dict[tuple, SafeString] = {}

    def html(self, row: Row, *, may_bulk: bool, day: date) -> SafeString:
        """The line as `cases/_row.html` writes it on a day."""
        face = row.face(may_bulk=may_bulk, day=day)
        line = self._lines.get(face)
        if line is None:
            if len(self._lines) >= self.MOST:
                self._lines.clear()
            line = render_to_string("cases/_row.html", {"row": row, "listing": {"may_bulk": may_bulk}})
            self._lines[face] = line
        return line


KEPT_LINES = KeptLines()


@dataclass(frozen=True)
class Group:
    """A heading and the lines under it."""

    key: str
    word: str
    count: int
    rows: list[Row]
    lines: SafeString


@dataclass(frozen=True)
class Chip:
    """One filter: where its link leads, or what removing it leads to."""

    name: str
    word: str
    value: str = ""
    href: str = ""


@dataclass(frozen=True)
class Tab:
    """One source with its count."""

    word: str
    count: int
    href: str
    here: bool


def row_of(case: Case, user: Any, *, at: datetime) -> Row:
    """One line for this person's eyes: a petition that may not be read shows its title and its clock."""
    shown = shown_case(case, user)
    open_book = shown.reads_text
    moves = desk.moves_in_bulk(case, user, BULK_MOVES, workflow.offered) if user.has_perm("cases.bulk_cases") else []
    waits = desk.waits_for(case.state)
    return Row(
        case=shown, time=deadlines.time_left(case, at=at), group=desk.group_of(case, at=at), moves=" ".join(moves),
        who=(waits or (str(case.lead) if case.lead_id else "")) if open_book else "",
        where=_place(case) if open_book else "", waits=bool(waits),
    )  # fmt: skip


def _place(case: Case) -> str:
    """西井-02: the community and the serial of its grid."""
    if case.grid_id and case.community_id:
        return f"{case.community.short_name}-{case.grid.serial:02d}"
    return case.community.short_name if case.community_id else case.grid.name if case.grid_id else ""


class Listing:
    """What one address of the desk shows to one person at one moment; every part asks the database once."""

    CHIPS = ("stage", "community", "lead", "category", "received", "tag", "again")

    def __init__(self, user: Any, query: QueryDict, *, at: datetime | None = None) -> None:
        self.user, self.at, self.query = user, at or timezone.now(), query
        self.filter = CaseFilter(query, Case.objects.none(), user=user, at=self.at)
        self.sort = query.get("sort") if query.get("sort") in dict(SORTS) else "time"
        self.visible = Case.objects.visible_to(user)

    # --- rights --------------------------------------------------------------------------------------------------

    @property
    def may_bulk(self) -> bool:
        """Whether cases can be ticked: for whoever acts on many, or exports."""
        return self.user.has_perm("cases.bulk_cases") or self.may_export

    @property
    def may_export(self) -> bool:
        """Whether the list may be carried away."""
        return self.user.has_perm("cases.export_cases")

    @property
    def may_report(self) -> bool:
        """Whether cases are registered here by hand."""
        return self.user.has_perm("cases.report_case")

    @property
    def bulk_actions(self) -> list[tuple[str, str, str, str]]:
        """Name, words, sign and key of what can be done with the ticked cases."""
        moves = [MOVES[name] for name in BULK_ORDER] if self.user.has_perm("cases.bulk_cases") else []
        actions = [
            (move.name, BULK_WORDS.get(move.name, move.button), move.icon, move.key)
            for move in moves if self.user.has_perm(move.permission)
        ]  # fmt: skip
        return actions + ([("export", "导出", "download", "")] if self.may_export else [])

    # --- links ---------------------------------------------------------------------------------------------------

    def link(self, **changes: Any) -> str:
        """This address with other words; the first page, and no case."""
        query = self.query.copy()
        for name in ("page", "case"):
            query.pop(name, None)
        for name, value in changes.items():
            query.pop(name, None)
            if value:
                query[name] = value
        return f"/desk/?{query.urlencode()}" if query else "/desk/"

    @property
    def base_query(self) -> str:
        """The filters of this address, for the poll, the export and a view to save."""
        query = self.query.copy()
        for name in PLACE:
            query.pop(name, None)
        return query.urlencode()

    # --- counts --------------------------------------------------------------------------------------------------

    @cached_property
    def _found(self) -> Any:
        """The cases of all words but the source."""
        from cases.filters import search

        return search(self.visible.filter(self.filter.condition(without="source")), self.filter.text, self.user)

    @cached_property
    def tallies(self) -> dict[str, desk.Tally]:
        """Source → group counts."""
        return desk.tallies(self._found, at=self.at)

    @property
    def source(self) -> str:
        """The source of the open tab."""
        return self.filter.chosen.get("source", "")

    @cached_property
    def tally(self) -> desk.Tally:
        """The group counts of the open tab."""
        if self.source:
            return self.tallies.get(self.source, desk.Tally())
        return sum(self.tallies.values(), desk.Tally())

    @cached_property
    def tabs(self) -> list[Tab]:
        """全部 and each source that this person may ever see."""
        every = sum((tally.total for tally in self.tallies.values()), 0)
        word = "全部" if self.filter.shows_ended else "全部在办"
        tabs = [Tab(word, every, self.link(source=""), not self.source)]
        for source, label in TAB_WORDS.items():
            count = self.tallies[source].total if source in self.tallies else 0
            if count or source == self.source or self._may_see(source):
                tabs.append(Tab(label, count, self.link(source=source.value), source == self.source))
        return tabs

    def _may_see(self, source: str) -> bool:
        if source == Source.PETITION:
            return any(self.user.has_perm(f"cases.see_petition{end}") for end in ("s", "_text", "_titles"))
        return self.user.has_perm("cases.see_all_cases")

    # --- rows ----------------------------------------------------------------------------------------------------

    @property
    def every(self) -> Any:
        """All cases of this address, those with least time left first."""
        cases = self._found.filter(source=self.source) if self.source else self._found
        return cases.by_time_left()

    @cached_property
    def page(self) -> Page:
        """The page of cases, its rows read in one query per stretch of the list."""
        cases = self._found.filter(source=self.source) if self.source else self._found
        cases = cases.for_rows()
        if self.sort == "time":
            rows = desk.ByTimeLeft(cases, self.tally, at=self.at)
        else:
            rows = desk.Newest(cases, self.tally, oldest=self.sort == "oldest")
        return Paginator(rows, desk.PAGE_SIZE).get_page(self.query.get("page"))

    @cached_property
    def rows(self) -> list[Row]:
        """The lines of this page."""
        read_hands(self.page.object_list, self.user)
        return [row_of(case, self.user, at=self.at) for case in self.page.object_list]

    @cached_property
    def groups(self) -> list[Group]:
        """The lines under their headings; by receipt there are none."""
        if self.sort != "time":
            return [self._group("", self.rows)] if self.rows else []
        return [self._group(key, list(rows)) for key, rows in groupby(self.rows, lambda row: row.group)]

    def _group(self, key: str, rows: list[Row]) -> Group:
        how = {"may_bulk": self.may_bulk, "day": timezone.localdate(self.at)}
        lines = mark_safe("".join(KEPT_LINES.html(row, **how) for row in rows))
        count = getattr(self.tally, key) if key else self.tally.total
        return Group(key, dict(desk.GROUPS).get(key, ""), count, rows, lines)

    # --- chips and views -----------------------------------------------------------------------------------------

    @cached_property
    def chips(self) -> list[Chip]:
        """What is chosen, each with the link that takes it away, then what else can be chosen."""
        chosen = self.filter.chosen
        placed = {"stage", "state", "reopen"} & set(chosen)
        chips = [] if placed else [Chip("stage", "阶段", "未结案", self.link(stage="all"))]
        for name, value in chosen.items():
            if name != "source":
                word = str(self.filter.form.fields[name].label)
                chips.append(Chip(name, word, self._value_word(name, value), self.link(**{name: ""})))
        if self.filter.text:
            chips.append(Chip("q", "搜索", self.filter.text, self.link(q="")))
        return chips

    @cached_property
    def open_chips(self) -> list[Chip]:
        """What else can be chosen, in the bar's order."""
        said = {chip.name for chip in self.chips}
        labels = {name: str(self.filter.form.fields[name].label) for name in self.CHIPS} | {"received": "日期"}
        return [Chip(name, labels[name]) for name in self.CHIPS if name not in said]

    @property
    def bar_chips(self) -> list[Chip]:
        """As many of them as fit beside what is chosen."""
        room = max(1, BAR_ROOM - 2 * len(self.chips))
        return self.open_chips if len(self.open_chips) <= room else self.open_chips[: room - 1]

    @property
    def menu_chips(self) -> list[Chip]:
        """The others, in the menu 更多."""
        return self.open_chips[len(self.bar_chips) :]

    def _value_word(self, name: str, value: Any) -> str:
        fixed = {
            "stage": dict(STAGES), "clock": dict(CLOCKS), "state": dict(State.choices),
            "urgency": dict(Urgency.choices),
            "received": {key: word for key, word, _ in RECEIVED}, "mine": {"1": "我"}, "todo": {"1": "等我处理"},
            "reopen": {"1": "上报人请求"}, "again": {"1": "近 90 天"},
        }  # fmt: skip
        if name in fixed:
            return fixed[name].get(value, value)
        model = {"community": Community, "lead": Department, "category": Category, "grid": UnitGrid}.get(name)
        if model is None:
            return str(value)
        column = "name" if model in (Category, UnitGrid) else "short_name"
        return model.objects.filter(code=value).values_list(column, flat=True).first() or str(value)

    @cached_property
    def views(self) -> list[dict[str, Any]]:
        """The saved views with their counts, counted together; those that reach into ended cases go without."""
        views = desk.views_of(self.user)
        filters = {view.name: filter_of(view.query, user=self.user, at=self.at) for view in views}
        countable = {
            name: one.condition(within_open=True)
            for name, one in filters.items() if not one.shows_ended and not one.text
        }  # fmt: skip
        counts = desk.counts_of(self.visible.open(), {"": desk.Q(), **countable})
        self.total_open = counts.pop("")
        if desk.WISHES in views:  # the only one of ended cases that is counted: somebody waits, and they are few
            counts[desk.WISHES.name] = self.visible.filter(desk.reopen_q("1", self.user, self.at)).count()
        here = self.base_query
        return [
            {
                "view": view, "count": counts.get(view.name), "href": f"/desk/?{view.query}",
                "here": QueryDict(view.query).dict() == QueryDict(here).dict(), "bad": view in desk.ALARMS,
            }
            for view in views
        ]  # fmt: skip

    @property
    def nav_counts(self) -> dict[str, int]:
        """For the side navigation."""
        return {"desk": self.total_open} if self.views else {}

    # --- nothing there -------------------------------------------------------------------------------------------

    @cached_property
    def empty(self) -> dict[str, str]:
        """What is said when there is no row: the fact, where to go, one button."""
        if self.filter.chosen.get("clock") == "over":
            today = desk.counts_of(self.visible.open(), {"n": desk.clock_q("today", self.user, self.at)})["n"]
            where = f"今天到期的还有 {today} 件。" if today else "今天也没有要到期的案件。"
            return {"fact": "没有超期案件", "where": where, "href": "/desk/?clock=today", "action": "看今日到期",
                    "sign": "circle-check"}  # fmt: skip
        if self.base_query:
            return {"fact": "没有符合条件的案件", "where": "换一个条件，或清除全部筛选。", "href": "/desk/",
                    "action": "清除筛选", "sign": "search"}  # fmt: skip
        return {"fact": "没有在办案件", "where": "新的案件来了会显示在这里。", "href": "/desk/?stage=closed",
                "action": "看已结束的案件", "sign": "inbox"}  # fmt: skip
