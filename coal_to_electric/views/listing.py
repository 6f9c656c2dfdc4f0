"""What the list of households shows: a season, its figures, the filters, one page of rows."""
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import QueryDict

from coal_to_electric import summary
from coal_to_electric.filters import Narrowing
from coal_to_electric.models import Household, Programme
from coal_to_electric.states import SIGNS, Stage, rank

TENTH = Decimal("0.1")
SHORT = {Stage.WIRING: "外线户线"}  # the column is narrow
PAGE_SIZE = 18  # as many as a screen of 900 pixels holds


def signs(household: Household) -> list[str]:
    """The six signs of a row: done (d), next (n), still to come, or all done (ok)."""
    place = rank(household.stage)
    done = [place >= rank(stage) for _, stage in SIGNS]
    if all(done):
        return ["ok"] * len(done)
    first = done.index(False)
    return ["d" if full else "n" if at == first and not household.withdrawn_on else "" for at, full in enumerate(done)]


def words_of(household: Household) -> str:
    """Where a household stands in words: 待安装, 已发放, 退出."""
    if household.withdrawn_on:
        return "退出"
    following = household.next_stage
    if rank(household.stage) >= rank(SIGNS[-1][1]):
        return "已发放"
    return f"待{SHORT.get(following, following.label)}" if following else "已办结"


@dataclass(frozen=True)
class Row:
    """One household as the list shows it."""

    household: Household
    signs: list[str]
    words: str
    days: int | None = None
    limit: int | None = None

    @property
    def power(self) -> str:
        """The power in kW as it was measured: 6.4."""
        return measured(self.household.power_kw)

    @property
    def area(self) -> str:
        """The heated area in m² as it was measured: 38.0, or 约 38.0."""
        return area_words(self.household)

    @property
    def done(self) -> int:
        """How many of the signs are full."""
        return sum(sign in ("d", "ok") for sign in self.signs)


def measured(value: Decimal | None) -> str:
    """With one decimal, and a second where it says something."""
    if value is None:
        return "–"
    return f"{value:.1f}" if value == value.quantize(TENTH) else f"{value:.2f}"


def area_words(household: Household) -> str:
    """The heated area in m², 约 before one that was only estimated."""
    return f"{'约 ' if household.heating_area_approximate else ''}{measured(household.heating_area_m2)}"


def row_of(household: Household, *, on: date | None = None, limits: dict[str, int] | None = None) -> Row:
    """A row, with the days it has waited when a day is given."""
    days = (on - household.stage_on).days if on and household.stage_on else None
    following = household.next_stage
    limit = (limits or {}).get(following.value) if following else None
    return Row(household, signs(household), words_of(household), days, limit)


class Listing:
    """The list as one person sees it at one address."""

    def __init__(self, user: Any, query: QueryDict) -> None:
        self.user, self.query = user, query
        self.programme = summary.chosen_programme(user, query.get("season", ""))
        self.narrowing = Narrowing(self.households, query)

    @cached_property
    def households(self) -> QuerySet:
        """Everything of the season that the person sees."""
        seen = Household.objects.visible_to(self.user)
        return seen.of_season(self.programme.season) if self.programme else seen.none()

    @cached_property
    def seasons(self) -> list[Programme]:
        """The seasons to choose from."""
        return list(Programme.objects.order_by("-season"))

    @cached_property
    def summary(self) -> summary.Summary | None:
        """The figures of the head; only for who sees the whole ledger, since the target is the street's."""
        whole = self.user.has_perm("coal_to_electric.see_households")
        return summary.summary_of(self.programme, self.households) if self.programme and whole else None

    @cached_property
    def page(self) -> Page:
        """One page of households."""
        rows = self.narrowing.rows.for_list().order_by("number")
        return Paginator(rows, PAGE_SIZE).get_page(self.query.get("page"))

    @cached_property
    def rows(self) -> list[Row]:
        """The rows of the page."""
        return [row_of(one) for one in self.page.object_list]

    @property
    def density(self) -> str:
        """compact, as pictured, or loose."""
        return "normal" if self.query.get("density") == "loose" else "compact"

    @property
    def foot(self) -> str:
        """What stands below the list."""
        return "户主、电话、采暖面积、补贴金额为演示数据" if self.programme and self.programme.is_demo else ""

    @cached_property
    def may(self) -> dict[str, bool]:
        """The person's rights of the ledger by short names."""
        rights = {
            "keep": "keep_households", "batch": "create_payment_batch", "visit": "visit_households",
            "see_all": "see_households", "export": "export_households", "import": "import_households",
            "unmask": "export_unmasked_households",
        }  # fmt: skip
        return {name: self.user.has_perm(f"coal_to_electric.{right}") for name, right in rights.items()}
