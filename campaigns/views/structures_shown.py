"""What the pages show of structures: the list with its sums; one structure with pictures, days, working, story."""
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone

from campaigns import lawful
from campaigns.filters import structures_of
from campaigns.models import Structure, StructurePhoto
from campaigns.progress import plain
from campaigns.querysets import Totals
from campaigns.states import GROUPS, PaperKind, PhotoMoment, Stage
from campaigns.steps import KEEP, WORDS, Step, days_of_groups, next_step, steps_for
from campaigns.ties import cases_of
from grid.models import PhotoState

PAGE, CARDS = 13, 12
VIEWS = (("table", "表格", "table"), ("map", "地图", "map-2"), ("pairs", "前后对比", "photo"))
COLUMNS = (
    ("type", "违建类型"), ("project", "所属项目"), ("land", "腾退土地 ㎡"), ("people", "疏解人口"),
    ("mode", "拆除方式"), ("found", "发现日期"),
)  # fmt: skip
BEHIND = ("back", "void")
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Picture:
    """One picture of a structure, as it is shown."""

    row: StructurePhoto
    number: str

    @property
    def ready(self) -> bool:
        """Whether the clean copy is there."""
        return self.row.photo.state == PhotoState.READY

    @property
    def image(self) -> str:
        """The large one."""
        return f"/ledgers/structures/{self.number}/photos/{self.row.pk}/image/"

    @property
    def thumb(self) -> str:
        """The small one."""
        return f"/ledgers/structures/{self.number}/photos/{self.row.pk}/thumb/"

    @property
    def brief(self) -> str:
        """拆除前 2016-10-08."""
        word = "拆除前" if self.row.moment == PhotoMoment.BEFORE else "拆除后"
        return f"{word} {self.row.taken_on:%Y-%m-%d}" if self.row.taken_on else word

    @property
    def label(self) -> str:
        """拆除前 2016-10-08 · 演示照片."""
        return f"{self.brief} · 演示照片" if self.row.photo.is_demo else self.brief


def pictures_of(structure: Structure) -> tuple[list[Picture], Picture | None, Picture | None]:
    """All pictures, the first from before and the last from after."""
    found = [Picture(row, structure.number) for row in structure.photos.all()]
    before = next((one for one in found if one.row.moment == PhotoMoment.BEFORE and one.ready), None)
    after = next((one for one in reversed(found) if one.row.moment == PhotoMoment.AFTER and one.ready), None)
    return found, before, after


@dataclass(frozen=True)
class Bar:
    """The six segments of a row: a class each, and the words for them."""

    parts: tuple[str, ...]
    word: str
    label: str


def bar_of(structure: Structure) -> Bar:
    """Where it stands among the six groups."""
    now = structure.group
    if structure.stage == Stage.WRITTEN_OFF:
        parts = ("ok",) * 6
    else:
        parts = tuple("d" if n < now else "n" if n == now else "" for n in range(1, 7))
    word = structure.waits_for
    label = f"第 {now} 步，共 6 步：{GROUPS[now - 1]}，{word}" if now else word
    return Bar(parts, word, label)


class Row:
    """One line of the list."""

    def __init__(self, structure: Structure) -> None:
        self.structure = structure
        self.pictures, self.before, self.after = pictures_of(structure)
        self.bar = bar_of(structure)

    @property
    def area(self) -> str:
        """What came down, else what is determined; 约 before an approximate one."""
        structure = self.structure
        value = structure.demolished_area_m2 if structure.demolished_area_m2 is not None else structure.floor_area_m2
        if value is None:
            return ""
        return f"{'约 ' if structure.area_approximate else ''}{value:,.2f}"

    @property
    def extras(self) -> dict[str, str]:
        """What a further column shows."""
        structure = self.structure
        land, people = structure.vacated_land_m2, structure.relocated_people
        return {
            "type": structure.type, "project": structure.project, "mode": structure.get_mode_display(),
            "land": "" if land is None else f"{plain(land):,}", "people": "" if people is None else f"{people:,}",
            "found": f"{structure.found_on:%Y-%m-%d}",
        }  # fmt: skip


class Listing:
    """What one address of the ledger shows to one person; every part asks the database once."""

    def __init__(self, user: Any, query: QueryDict) -> None:
        self.user, self.query = user, query
        self.filter, self.rows_wanted = structures_of(query)
        self.view = query.get("view") if query.get("view") in ("map", "pairs") else "table"
        self.may_keep = user.has_perm(KEEP)
        self.may_import = user.has_perm("campaigns.import_ledgers")
        self.may_export = user.has_perm("campaigns.export_ledgers")
        self.may_find_owner = user.has_perm("campaigns.reveal_owner")
        wanted = query.get("cols", "").split(".")
        self.columns = [(name, word) for name, word in COLUMNS if name in wanted]

    @cached_property
    def totals(self) -> Totals:
        """The three sums over the written-off ones that the filter keeps."""
        return self.rows_wanted.totals()

    @property
    def land(self) -> Decimal:
        """Vacated land without zeros that nobody measured."""
        return plain(self.totals.land_m2)

    @property
    def count(self) -> int:
        """How many the filter keeps."""
        return self.page.paginator.count

    @property
    def share(self) -> Decimal:
        """Per cent written off, one decimal."""
        return (Decimal(self.totals.sites) / (self.count or 1) * HUNDRED).quantize(Decimal("0.1"))

    @cached_property
    def page(self) -> Page:
        """One page of the rows."""
        size = CARDS if self.view == "pairs" else PAGE
        rows: QuerySet = self.rows_wanted.for_list().newest_first()
        return Paginator(rows, size).get_page(self.query.get("page"))

    @cached_property
    def rows(self) -> list[Row]:
        """The lines of the page."""
        return [Row(structure) for structure in self.page.object_list]

    @property
    def foot(self) -> str:
        """全部 124 处合计 39,225.64 ㎡."""
        return f"全部 {self.count:,} 处，已销账合计 {self.totals.demolished_m2:,} ㎡"

    @property
    def is_demo(self) -> bool:
        """Whether any line is invented."""
        return any(row.structure.is_demo for row in self.rows)

    @cached_property
    def selected(self) -> str:
        """The number that the pane shows: the one asked for, else the first of the page."""
        asked = self.query.get("structure", "")
        return asked or (self.rows[0].structure.number if self.rows and self.view != "pairs" else "")

    @property
    def views(self) -> list[tuple[str, str, str, bool]]:
        """The three views as links."""
        return [
            (word, icon, self.filter.link(view="" if name == "table" else name, cols=self.query.get("cols", "")),
             name == self.view)
            for name, word, icon in VIEWS
        ]  # fmt: skip

    @property
    def column_links(self) -> list[tuple[str, str, bool]]:
        """Each further column as a link that shows or hides it."""
        shown = [name for name, _ in self.columns]
        found = []
        for name, word in COLUMNS:
            wanted = [one for one in shown if one != name] if name in shown else [*shown, name]
            found.append((word, self.filter.link(cols=".".join(wanted)), name in shown))
        return found

    @property
    def empty(self) -> dict[str, str]:
        """What is said when there is nothing."""
        if self.filter.is_narrowed:
            return {"fact": "没有符合条件的违建", "where": "可以放宽筛选条件再看。", "href": "/ledgers/structures/",
                    "action": "清除筛选", "sign": "filter"}  # fmt: skip
        if self.may_keep:
            return {"fact": "台账还是空的", "where": "登记第一处，或从 Excel 导入。", "action": "登记违建",
                    "href": "/ledgers/structures/new/", "sign": "building-warehouse"}  # fmt: skip
        return {"fact": "台账还是空的", "where": "由台账专员登记。", "action": "", "sign": "building-warehouse"}


@dataclass(frozen=True)
class Stop:
    """One of the six steps of the pane."""

    word: str
    state: str  # done, now, ""
    day: date | None


class Shown:
    """One structure for one person's eyes; the owner is masked here and nowhere unmasked."""

    def __init__(self, structure: Structure, user: Any, *, at: datetime) -> None:
        self.structure, self.user, self.at = structure, user, at
        self.pictures, self.before, self.after = pictures_of(structure)
        self.bar = bar_of(structure)
        self.papers = list(structure.papers.all())
        self.events = list(structure.events.all())
        self.may_keep = user.has_perm(KEEP)
        self.may_reveal = bool(structure.owner_name) and user.has_perm("campaigns.reveal_owner")
        self.next = next_step(structure, user)

    @cached_property
    def others(self) -> list[Step]:
        """The further steps, without the one that usually comes next."""
        return [step for step in steps_for(self.structure, self.user) if step is not self.next]

    @property
    def front(self) -> list[Step]:
        """Those that stand as words beside the blue button."""
        return [step for step in self.others if step.name not in BEHIND]

    @property
    def behind(self) -> list[Step]:
        """Those behind 更多."""
        return [step for step in self.others if step.name in BEHIND]

    @cached_property
    def stops(self) -> list[Stop]:
        """The six steps with the days on which they were done."""
        days, now = days_of_groups(self.events), self.structure.group
        over = self.structure.stage == Stage.WRITTEN_OFF
        done = [over or n < now for n in range(1, len(GROUPS) + 1)]
        return [
            Stop(word, "done" if passed else "now" if n == now else "", days.get(n) if passed else None)
            for n, (word, passed) in enumerate(zip(GROUPS, done, strict=True), start=1)
        ]

    @cached_property
    def lawful(self) -> lawful.Lawful | None:
        """When force becomes lawful; nothing for one that its owner took down."""
        if self.structure.mode not in ("", "forced") or self.structure.stage in (Stage.SURVEYED, Stage.VOIDED):
            return None
        return lawful.earliest_forced_day(self.papers)

    @cached_property
    def doubts(self) -> list[str]:
        """What speaks against the planned moment."""
        planned = self.structure.planned_at
        if not planned or self.structure.demolished_on or self.lawful is None:
            return []
        return lawful.doubts_about(planned, lawful=self.lawful)

    @cached_property
    def cases(self) -> list:
        """The cases that belong to it, with whether this person may open them."""
        return cases_of(self.structure, self.user)

    @property
    def story(self) -> list[tuple[Any, str]]:
        """The events with their words, newest first."""
        return [(event, WORDS.get(event.step, event.step)) for event in reversed(self.events)]

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What is known, in the order of the ledger's paper; what is not known is left out."""
        s = self.structure
        notice = next((paper for paper in reversed(self.papers) if paper.kind == PaperKind.NOTICE), None)
        approx = "约 " if s.area_approximate else ""
        people = f"{s.persons_on_site} 人" if s.persons_on_site else ""
        machines = f"机械 {s.machines} 台" if s.machines else ""
        rows = (
            ("已拆面积", square(s.demolished_area_m2) + ("（经复测）" if s.remeasured else "")),
            ("认定面积", square(s.floor_area_m2, approx)),
            ("腾退土地", square(s.vacated_land_m2, trim=True)),
            ("占地面积", square(s.footprint_m2, approx)),
            ("结构", "，".join(filter(None, (s.construction, f"{s.storeys} 层" if s.storeys else "")))),
            ("类型", "，".join(filter(None, (s.type, s.use, s.get_era_display(), s.get_setting_display())))),
            ("疏解人口", "" if s.relocated_people is None else f"{s.relocated_people:,} 人"),
            ("当事人", "，".join(filter(None, (s.owner_masked, s.get_owner_kind_display())))),
            ("土地产权", "，".join(filter(None, (s.get_land_nature_display(), s.property_nature)))),
            ("处置依据", f"{notice.get_kind_display()} {notice.number}，{notice.authority}" if notice else ""),
            ("拆除", "，".join(filter(None, (f"{s.demolished_on:%Y-%m-%d}" if s.demolished_on else "",
                                           s.get_mode_display())))),
            ("现场力量", "，".join(filter(None, (people, machines)))),
            ("计划拆除", f"{timezone.localtime(s.planned_at):%Y-%m-%d %H:%M}" if s.planned_at else ""),
            ("腾退去向", s.later_use),
            ("责任单位", "，".join(filter(None, (str(s.responsible or ""), s.responsible_person)))),
            ("联合执法", "、".join(str(one) for one in s.departments.all())),
            ("项目批次", "，".join(filter(None, (s.project, str(s.campaign or ""), s.get_supervision_display())))),
            ("发现", "，".join(filter(None, (f"{s.found_on:%Y-%m-%d}", s.found_source)))),
            ("备注", s.note),
        )  # fmt: skip
        return [(word, value) for word, value in rows if value]


def square(value: Decimal | None, before: str = "", *, trim: bool = False) -> str:
    """39,225.64 ㎡; nothing for nothing."""
    if value is None:
        return ""
    return f"{before}{plain(value):,} ㎡" if trim else f"{before}{value:,.2f} ㎡"
