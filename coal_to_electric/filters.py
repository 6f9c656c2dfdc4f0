"""What the list of households can be narrowed by; each filter is a link."""
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict

from coal_to_electric.equipment import kind_choices
from coal_to_electric.states import ORDER, Stage
from grid.models import Community

PLACE = ("page",)  # in the address, but no filter
PAY = (("waiting", "待发放"), ("batched", "已编批次"), ("paid", "已发放"))
SHOW = (
    ("eligible", "符合条件"), ("completed", "已完成"), ("added", "增补"), ("withdrawn", "退出"),
)  # fmt: skip
NEXT = [(stage.value, f"待{stage.label}") for stage in ORDER]
REACHED = [(stage.value, f"已{stage.label}") for stage in ORDER]


def _pay(rows: QuerySet, value: str) -> QuerySet:
    return {"waiting": rows.owed_equipment, "batched": rows.in_a_batch, "paid": rows.paid}[value]()


def _show(rows: QuerySet, value: str) -> QuerySet:
    words = {"eligible": rows.eligible, "completed": rows.completed, "added": rows.added, "withdrawn": rows.withdrawn}
    return words[value]()


@dataclass(frozen=True)
class Word:
    """One filter: its name in the address, its word on the page, what can be chosen, and how it narrows."""

    name: str
    label: str
    options: list[tuple[str, str]]
    narrow: Callable[[QuerySet, str], QuerySet]
    in_bar: bool = True


def words_for(communities: QuerySet) -> list[Word]:
    """The filters in the order of the bar."""
    places = list(communities.order_by("code").values_list("code", "short_name"))
    return [
        Word("community", "社区", places, lambda rows, value: rows.in_community(value)),
        Word("next", "环节", NEXT, lambda rows, value: rows.waiting_for(Stage(value))),
        Word("kind", "设备", kind_choices(), lambda rows, value: rows.of_kind(value)),
        Word("pay", "补贴状态", list(PAY), _pay),
        Word("show", "范围", list(SHOW), _show),
        Word("reached", "已到", REACHED, lambda rows, value: rows.reached(Stage(value)), in_bar=False),
    ]


@dataclass(frozen=True)
class Option:
    """One choice of a filter as a link."""

    label: str
    href: str
    here: bool


@dataclass(frozen=True)
class Chip:
    """One filter on the bar: what is chosen, and the links to choose otherwise."""

    label: str
    chosen: str
    options: tuple[Option, ...]
    clear: str


class Narrowing:
    """The filters of an address applied to the households a person sees."""

    def __init__(self, rows: QuerySet, query: QueryDict) -> None:
        self.query = query.copy()
        for name in PLACE:
            self.query.pop(name, None)
        self.text = query.get("q", "").strip()[:60]
        self.numbers = [one for one in query.get("n", "").split(",") if one][:50]
        own = rows.order_by().values("community")
        self.words = words_for(Community.objects.filter(pk__in=own))
        self.rows = self._narrowed(rows)

    def _value(self, word: Word) -> str:
        value = self.query.get(word.name, "")
        return value if value in dict(word.options) else ""

    def _narrowed(self, rows: QuerySet) -> QuerySet:
        for word in self.words:
            value = self._value(word)
            rows = word.narrow(rows, value) if value else rows
        if self.numbers:
            rows = rows.filter(number__in=self.numbers)
        return rows.with_words(self.text) if self.text else rows

    @property
    def used(self) -> list[str]:
        """Names of the filters in use: what an export is noted with, never what was searched."""
        named = [word.name for word in self.words if self._value(word)]
        return named + ["q"] * bool(self.text) + ["n"] * bool(self.numbers)

    @property
    def chips(self) -> list[Chip]:
        """The bar: every filter of the bar, and the others when they are in use."""
        return [self._chip(word) for word in self.words if word.in_bar or self._value(word)]

    def _chip(self, word: Word) -> Chip:
        value = self._value(word)
        options = tuple(Option(label, self.link(**{word.name: key}), key == value) for key, label in word.options)
        return Chip(word.label, dict(word.options).get(value, ""), options, self.link(**{word.name: ""}))

    def link(self, **changed: Any) -> str:
        """The list with some filters set otherwise; an empty value takes one away."""
        query = self.query.copy()
        for name, value in changed.items():
            if value:
                query[name] = str(value)
            else:
                query.pop(name, None)
        return f"/ledgers/households/?{query.urlencode()}" if query else "/ledgers/households/"

    @property
    def links(self) -> dict[str, str]:
        """Ready links of the page: the four groups of households, those to be paid, the densities, no filter at all."""
        season = {"season": self.query["season"]} if self.query.get("season") else {}
        groups = {name: self._only(show=name, **season) for name, _ in SHOW}
        return groups | {
            "waiting": self._only(pay="waiting", **season), "all": self._only(**season),
            "loose": self.link(density="loose"), "compact": self.link(density=""),
        }  # fmt: skip

    @staticmethod
    def _only(**words: str) -> str:
        return f"/ledgers/households/?{urlencode(words)}" if words else "/ledgers/households/"
