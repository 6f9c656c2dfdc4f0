"""What the ledgers can be narrowed by; page, map, sums and export read the same words."""
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import QueryDict

from campaigns.models import Campaign, Entry, Structure
from campaigns.states import GROUP_OF, GROUPS, Mode, Stage
from grid.models import Community

AREAS = {"0-50": (0, 50), "50-200": (50, 200), "200-1000": (200, 1000), "1000-": (1000, None)}
AREA_WORDS = (
    ("0-50", "50 ㎡ 以下"), ("50-200", "50–200 ㎡"), ("200-1000", "200–1,000 ㎡"), ("1000-", "1,000 ㎡ 以上"),
)  # fmt: skip
STAGES = (
    ("open", "未销账"),
    *((f"g{n}", f"待{word}") for n, word in enumerate(GROUPS, start=1) if n > 1),
    (Stage.WRITTEN_OFF, "已销账"), (Stage.VOIDED, "已作废"),
)  # fmt: skip
RELAPSED = (("1", "有反弹"),)
INDEX = re.compile(r"^[0-9a-f]{64}$")
LONGEST = 60


@dataclass(frozen=True)
class Word:
    """One word of the address bar: its label, the values that it takes, and how it narrows."""

    name: str
    label: str
    narrow: Callable[[QuerySet, Any], QuerySet]
    read: Callable[[str], Any] = str
    choices: Callable[[], list[tuple[str, str]]] | None = None
    in_bar: bool = False


def waiting_stages(group: int) -> list[str]:
    """The stages from which the next step lies in this group (2–6): 待认定, 待告知 …"""
    return [stage for stage in Stage if stage not in (Stage.WRITTEN_OFF, Stage.VOIDED) and _waits(stage) == group]


def _waits(stage: str) -> int:
    done = GROUP_OF[stage]
    return done if stage in (Stage.NOTIFIED, Stage.URGED, Stage.DECIDED) else done + 1


def _by_stage(rows: QuerySet, value: str) -> QuerySet:
    if value == "open":
        return rows.open()
    return rows.filter(stage__in=waiting_stages(int(value[1:]))) if value[0] == "g" else rows.at_stage(value)


def _by_area(rows: QuerySet, value: str) -> QuerySet:
    least, most = AREAS[value]
    rows = rows.annotate(shown_m2=Coalesce(F("demolished_area_m2"), F("floor_area_m2")))
    rows = rows.filter(shown_m2__gte=Decimal(least))
    return rows.filter(shown_m2__lt=Decimal(most)) if most else rows


def _day(text: str) -> date:
    day = date.fromisoformat(text)
    if not 1900 <= day.year <= 2999:
        raise ValueError(text)
    return day


def communities() -> list[tuple[str, str]]:
    """The communities by code."""
    return list(Community.objects.order_by("code").values_list("code", "short_name"))


def campaigns() -> list[tuple[str, str]]:
    """The campaigns, newest first."""
    return list(Campaign.objects.order_by("-starts_on", "pk").values_list("slug", "name"))


STRUCTURE_WORDS = (
    Word("community", "社区", lambda rows, value: rows.filter(community__code=value), choices=communities, in_bar=True),
    Word("campaign", "批次", lambda rows, value: rows.filter(campaign__slug=value), choices=campaigns, in_bar=True),
    Word("stage", "阶段", _by_stage, choices=lambda: list(STAGES), in_bar=True),
    Word("area", "面积", _by_area, choices=lambda: list(AREA_WORDS), in_bar=True),
    Word("mode", "拆除方式", lambda rows, value: rows.filter(mode=value), choices=lambda: list(Mode.choices)),
    Word("relapsed", "反弹", lambda rows, value: rows.relapsed(), choices=lambda: list(RELAPSED)),
    Word("project", "所属项目", lambda rows, value: rows.filter(project=value)),
    Word("from", "拆除自", lambda rows, value: rows.demolished_between(value, None), read=_day),
    Word("to", "拆除至", lambda rows, value: rows.demolished_between(None, value), read=_day),
    Word("owner", "当事人", lambda rows, value: rows.owned_by(value)),
)  # fmt: skip
ENTRY_WORDS = (
    Word("community", "社区", lambda rows, value: rows.filter(community__code=value), choices=communities, in_bar=True),
    Word("campaign", "批次", lambda rows, value: rows.filter(campaign__slug=value), choices=campaigns, in_bar=True),
    Word("from", "日期自", lambda rows, value: rows.happened_between(value, None), read=_day),
    Word("to", "日期至", lambda rows, value: rows.happened_between(None, value), read=_day),
    Word("voided", "作废", lambda rows, value: rows.filter(voided_at__isnull=False),
         choices=lambda: [("1", "已作废")]),
)  # fmt: skip


@dataclass
class Narrowed:
    """What one address says of a ledger; a word that cannot be read is told and left out."""

    query: QueryDict
    words: tuple[Word, ...]
    complaints: list[str] = field(default_factory=list)

    @cached_property
    def text(self) -> str:
        """What is searched for."""
        return self.query.get("q", "").strip()[:LONGEST]

    @cached_property
    def chosen(self) -> dict[str, Any]:
        """The words that were said and understood."""
        found = {}
        for word in self.words:
            said = self.query.get(word.name, "").strip()
            if not said:
                continue
            try:
                found[word.name] = self._understood(word, said)
            except ValueError:
                self.complaints.append(f"“{word.label}”的筛选条件没有看懂，已忽略。")
        return found

    @cached_property
    def _choices(self) -> dict[str, list[tuple[str, str]]]:
        """The values that each word takes, read once."""
        return {word.name: word.choices() for word in self.words if word.choices}

    def _understood(self, word: Word, said: str) -> Any:
        if word.choices and said not in dict(self._choices[word.name]):
            raise ValueError(said)
        if word.name == "owner" and not INDEX.match(said):
            raise ValueError(said)
        return word.read(said[:LONGEST] if word.name != "owner" else said)

    def narrow(self, rows: QuerySet, *, without: str = "") -> QuerySet:
        """The rows that all words keep."""
        for word in self.words:
            if word.name in self.chosen and word.name != without:
                rows = word.narrow(rows, self.chosen[word.name])
        return rows.named_like(self.text) if self.text else rows

    def link(self, **over: str) -> str:
        """The address with some words changed; an empty one is taken out, and one begins at the first page again."""
        query = self.query.copy()
        for name in ("page", "structure"):
            query.pop(name, None)
        for name, value in over.items():
            query.pop(name, None)
            if value:
                query[name] = value
        return f"?{query.urlencode()}"

    @cached_property
    def chips(self) -> list[tuple[str, str, str]]:
        """What is set: label, value in words, and the address without it."""
        found = []
        for word in self.words:
            if word.name not in self.chosen:
                continue
            said = str(self.chosen[word.name])
            shown = dict(self._choices.get(word.name, ())).get(said, said)
            found.append((word.label, "同一当事人" if word.name == "owner" else shown, self.link(**{word.name: ""})))
        return found

    def _menus(self, *, in_bar: bool) -> list[tuple[str, list[tuple[str, str]]]]:
        return [
            (word.label, [(shown, self.link(**{word.name: value})) for value, shown in self._choices[word.name]])
            for word in self.words if word.choices and word.in_bar == in_bar and word.name not in self.chosen
        ]  # fmt: skip

    @property
    def menus(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """What can still be set in the bar: label and (value's word, address) of each choice."""
        return self._menus(in_bar=True)

    @property
    def more(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """What stands behind 更多."""
        return self._menus(in_bar=False)

    @property
    def used(self) -> list[str]:
        """The labels of what was said, for the trail; never what was searched."""
        return [word.label for word in self.words if word.name in self.chosen] + (["搜索"] if self.text else [])

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is set."""
        return bool(self.chosen or self.text)

    @property
    def base_query(self) -> str:
        """The words alone, for the map, the export and the way back."""
        query = QueryDict(mutable=True)
        for name in ("q", *(word.name for word in self.words)):
            if self.query.get(name):
                query[name] = self.query[name]
        return query.urlencode()


def structures_of(query: QueryDict) -> tuple[Narrowed, QuerySet]:
    """The structures that an address speaks of; voided ones only when they are asked for."""
    narrowed = Narrowed(query, STRUCTURE_WORDS)
    rows = narrowed.narrow(Structure.objects.all())
    return narrowed, rows if narrowed.chosen.get("stage") == Stage.VOIDED else rows.kept()


def entries_of(kind: Any, query: QueryDict) -> tuple[Narrowed, QuerySet]:
    """The entries of a kind that an address speaks of; voided ones only when they are asked for."""
    narrowed = Narrowed(query, ENTRY_WORDS)
    rows = narrowed.narrow(Entry.objects.filter(kind=kind))
    return narrowed, rows if "voided" in narrowed.chosen else rows.filter(Q(voided_at__isnull=True))
