"""What the list of cases can be narrowed by; the page, the saved views and the API read the same words."""
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any

import django_filters
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

from cases import desk
from cases.happenings import came_again_lately
from cases.models import Case
from cases.querysets import CaseQuerySet
from cases.search import search
from cases.states import Source, Stage, State, Urgency
from grid.calendar import begin_of

STAGES = (("open", "未结案"), *[(value, label) for value, label in Stage.choices if value != "closed"],
          ("closed", "已结束"), ("all", "全部"))  # fmt: skip
CLOCKS = (("over", "已超期"), ("today", "今日到期"), ("soon", "24 小时内到期"))
RECEIVED = (("today", "今天", 0), ("week", "近 7 天", 7), ("month", "近 30 天", 30), ("year", "近一年", 365))
AGAIN = (("1", "近 90 天反复发生"),)
SORTS = (("time", "按时限"), ("newest", "最新收件"), ("oldest", "最早收件"))
# In the address bar but no filter: where one stands in the list.
PLACE = ("page", "case", "sort")
# A day beyond has no midnight that every database could hold.
DAYS = [MinValueValidator(date(1900, 1, 1)), MaxValueValidator(date(2999, 12, 31))]


def received_q(value: str, user: Any, at: datetime) -> Q:
    """受理日期 in words."""
    days = next(days for key, _, days in RECEIVED if key == value)
    return Q(received_at__gte=begin_of(timezone.localdate(at) - timedelta(days=days)))


def from_q(value: date, user: Any, at: datetime) -> Q:
    """Received on this day or later."""
    return Q(received_at__gte=begin_of(value))


def to_q(value: date, user: Any, at: datetime) -> Q:
    """Received on this day or earlier."""
    return Q(received_at__lt=begin_of(value + timedelta(days=1)))


def by(column: str) -> desk.Word:
    """The plain comparison of one column."""
    return lambda value, user, at: Q(**{column: value})


def behind_the_wall(word: desk.Word) -> desk.Word:
    """A word about what a title-only reader of petitions may not know leaves petitions out: narrowing would tell it."""

    def condition(value: str, user: Any, at: datetime) -> Q:
        reads = user.has_perm("cases.see_petition_text") or user.has_perm("cases.see_petitions")
        titles_only = user.has_perm("cases.see_petition_titles") and not reads
        return word(value, user, at) & ~Q(source=Source.PETITION) if titles_only else word(value, user, at)

    return condition


def again_q(value: str, user: Any, at: datetime) -> Q:
    """反复发生: of the last 90 days, what was the same again as an earlier case, as far as this person may know."""
    return Q(pk__in=came_again_lately(Case.objects.visible_to(user).placed_for(user), at=at))


WORDS: dict[str, desk.Word] = {
    "stage": desk.stage_q, "state": by("state"), "source": by("source"), "received": received_q, "from": from_q,
    "to": to_q, "clock": desk.clock_q, "mine": desk.mine_q, "todo": desk.todo_q, "reopen": desk.reopen_q,
    **{
        name: behind_the_wall(word)
        for name, word in {
            "community": by("community__code"), "lead": by("lead__code"), "category": by("category__code"),
            "grid": by("grid__code"), "thing": by("thing__code"), "urgency": by("urgency"), "tag": desk.tag_q,
            "again": again_q,
        }.items()
    },
}  # fmt: skip


class Words:
    """What was said of cases, for one person at one moment: `chosen` words and a `text` to search for."""

    chosen: dict[str, Any]
    text: str
    user: Any
    at: datetime

    def condition(self, *, without: str = "", within_open: bool = False) -> Q:
        """All words together; open cases unless a stage or a state is named, or none but open ones are asked."""
        chosen = dict(self.chosen)
        if chosen.get("stage") == "all" and "clock" in chosen:
            del chosen["stage"]  # only open cases have a clock
        if not within_open and not {"stage", "state", "reopen"} & set(chosen):
            chosen["stage"] = "open"
        found = Q()
        for name, value in chosen.items():
            if name != without:
                found &= WORDS[name](value, self.user, self.at)
        return found

    @property
    def shows_ended(self) -> bool:
        """Whether ended cases may be in the result."""
        chosen = self.chosen
        return chosen.get("stage") in ("closed", "all") or bool({"state", "reopen"} & set(chosen))


class CaseFilter(Words, django_filters.FilterSet):
    """The words of the address bar; a word that cannot be read is told and left out."""

    q = django_filters.CharFilter(label="搜索", method="keep", max_length=100)
    stage = django_filters.ChoiceFilter(label="阶段", choices=STAGES, method="keep")
    state = django_filters.ChoiceFilter(label="状态", choices=State.choices, method="keep")
    source = django_filters.ChoiceFilter(label="来源", choices=Source.choices, method="keep")
    community = django_filters.CharFilter(label="社区", method="keep", max_length=12)
    lead = django_filters.CharFilter(label="承办单位", method="keep", max_length=20)
    category = django_filters.CharFilter(label="类别", method="keep", max_length=4)
    grid = django_filters.CharFilter(label="网格", method="keep", max_length=15)
    thing = django_filters.CharFilter(label="部件", method="keep", max_length=17)
    urgency = django_filters.ChoiceFilter(label="紧急程度", choices=Urgency.choices, method="keep")
    received = django_filters.ChoiceFilter(label="收件时间", choices=[row[:2] for row in RECEIVED], method="keep")
    tag = django_filters.CharFilter(label="标签", method="keep", max_length=20)
    clock = django_filters.ChoiceFilter(label="时限", choices=CLOCKS, method="keep")
    mine = django_filters.ChoiceFilter(label="经办", choices=(("1", "我经办的"),), method="keep")
    todo = django_filters.ChoiceFilter(label="待办", choices=(("1", "等我处理"),), method="keep")
    again = django_filters.ChoiceFilter(label="反复", choices=AGAIN, method="keep")
    reopen = django_filters.ChoiceFilter(label="重开", choices=(("1", "上报人请求重开"),), method="keep")

    class Meta:
        model = Case
        fields: list[str] = []

    def __init__(self, data: Any = None, queryset: CaseQuerySet | None = None, *, user: Any = None,
                 at: datetime | None = None, request: Any = None, prefix: str | None = None) -> None:  # fmt: skip
        self.user, self.at = user or (request.user if request else None), at or timezone.now()
        super().__init__(data, queryset, request=request, prefix=prefix)

    def keep(self, queryset: CaseQuerySet, name: str, value: Any) -> CaseQuerySet:
        """A word's condition is part of `condition`; nothing is filtered one by one."""
        return queryset

    @cached_property
    def chosen(self) -> dict[str, Any]:
        """The words that were said and understood, without the search text."""
        self.form.is_valid()
        values = getattr(self.form, "cleaned_data", {})
        return {name: value for name, value in values.items() if name in WORDS and value not in (None, "")}

    @property
    def text(self) -> str:
        """What is searched for."""
        self.form.is_valid()
        return (self.form.cleaned_data.get("q") or "").strip()

    @property
    def complaints(self) -> list[str]:
        """A sentence for each word that could not be read."""
        self.form.is_valid()
        return [f"“{self.form.fields[name].label}”的筛选条件没有看懂，已忽略。" for name in self.form.errors]

    def filter_queryset(self, queryset: CaseQuerySet) -> CaseQuerySet:
        """The cases that all words keep."""
        return search(queryset.filter(self.condition()), self.text, self.user)


# 受理日期 as two days; `from` is no name for a class attribute in Python.
CaseFilter.base_filters["from"] = django_filters.DateFilter(label="收件自", method="keep", validators=DAYS)
CaseFilter.base_filters["to"] = django_filters.DateFilter(label="收件至", method="keep", validators=DAYS)


class Said(Words):
    """The words of a saved view, without a form around them: a desk shows half a dozen views."""

    def __init__(self, query: str, *, user: Any, at: datetime) -> None:
        self.user, self.at = user, at
        self.chosen, self.text = understood(query)


@lru_cache(maxsize=1000)
def understood(query: str) -> tuple[dict[str, Any], str]:
    """The words and the text of a query string; they depend on nothing else, so each is read once a process."""
    said = CaseFilter(QueryDict(query), Case.objects.none())
    return said.chosen, said.text


def filter_of(query: str, *, user: Any, at: datetime) -> Said:
    """The filter that a query string says."""
    return Said(query, user=user, at=at)


def tidy(query: str) -> str:
    """A query string as it is saved: only filters, none of them empty."""
    given = QueryDict(query)
    kept = QueryDict(mutable=True)
    for name in ("q", *WORDS):
        if given.get(name):
            kept[name] = given[name]
    return kept.urlencode()
