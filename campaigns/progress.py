"""How far a campaign has come: targets against the ledgers, days against the deadline, reported beside computed.

Nothing here is stored: every figure is summed from rows when it is asked for.
"""
import datetime
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Count, Q, Sum

from campaigns.models import Campaign, CampaignTarget, Entry, EntryKind, Structure
from campaigns.querysets import Totals
from campaigns.querysets.sums import exact
from campaigns.states import UNITS, Measure

HUNDRED = Decimal(100)
OF_STRUCTURES = {
    Measure.DEMOLISHED: "demolished_m2", Measure.LAND: "land_m2", Measure.PEOPLE: "people", Measure.SITES: "sites",
}  # fmt: skip


@dataclass(frozen=True)
class Reached:
    """One target with what was done of it."""

    target: CampaignTarget
    done: Decimal

    @property
    def planned(self) -> Decimal:
        """The plan without zeros that nobody measured."""
        return plain(self.target.amount)

    @property
    def reached(self) -> Decimal:
        """What was done, likewise."""
        return plain(self.done)

    @property
    def share(self) -> Decimal:
        """Per cent of the target, one decimal; may pass 100."""
        return (self.done / self.target.amount * HUNDRED).quantize(Decimal("0.1"))


@dataclass(frozen=True)
class Beside:
    """A figure as it was reported, and as it is computed."""

    word: str
    reported: str
    source: str
    computed: str
    same: bool


@dataclass(frozen=True)
class Days:
    """The days of a campaign as seen on a day; early is positive, late negative."""

    apart: int | None  # completion − start; both ends counted it is one more
    early: int | None  # deadline − completion
    left: int | None  # deadline − today, while it is not completed
    share: Decimal | None  # per cent of the time from start to deadline that has gone

    @property
    def late(self) -> int:
        """By how many days the deadline was missed, or is missed by now."""
        return max(0, -(self.early if self.early is not None else self.left or 0))

    @property
    def inclusive(self) -> int | None:
        """Both ends counted."""
        return None if self.apart is None else self.apart + 1


def days_of(campaign: Campaign, *, on: datetime.date) -> Days:
    """How the days of a campaign stand."""
    end, due, start = campaign.completed_on, campaign.deadline, campaign.starts_on
    share = None
    if due:
        whole, gone = (due - start).days or 1, (min(end or on, due) - start).days
        share = (Decimal(max(gone, 0)) / whole * HUNDRED).quantize(Decimal("0.1"))
    return Days(
        apart=(end - start).days if end else None,
        early=(due - end).days if due and end else None,
        left=(due - on).days if due and not end else None,
        share=share,
    )


@dataclass(frozen=True)
class KindTotal:
    """What a campaign's entries of one kind add up to."""

    kind: EntryKind
    total: Decimal
    count: int

    @property
    def shown(self) -> Decimal:
        """The total without zeros that nobody measured."""
        return plain(self.total)


class Progress:
    """The figures of one campaign on one day, each table asked once."""

    def __init__(self, campaign: Campaign, *, on: datetime.date) -> None:
        self.campaign, self.on = campaign, on
        self.days = days_of(campaign, on=on)

    @cached_property
    def totals(self) -> Totals:
        """The three sums over the written-off structures of the campaign."""
        return Structure.objects.of_campaign(self.campaign).totals()

    @property
    def land(self) -> Decimal:
        """Vacated land without zeros that nobody measured."""
        return plain(self.totals.land_m2)

    @cached_property
    def standing(self) -> int:
        """How many structures of the campaign are not yet written off."""
        return Structure.objects.of_campaign(self.campaign).open().count()

    @cached_property
    def communities(self) -> list[dict[str, Any]]:
        """The written-off structures by community."""
        rows = Structure.objects.of_campaign(self.campaign).written_off().by_community()
        return [{**row, "land_m2": plain(row["land_m2"])} for row in rows]

    @cached_property
    def _departments(self) -> dict[int, dict[str, Any]]:
        rows = Structure.objects.of_campaign(self.campaign).written_off().by("responsible_id")
        return {row["responsible_id"]: row for row in rows}

    @cached_property
    def _entry_rows(self) -> list[dict[str, Any]]:
        return Entry.objects.of_campaign(self.campaign).by("kind_id", "community_id", "department_id")

    @cached_property
    def kinds(self) -> list[KindTotal]:
        """The campaign's entries by kind."""
        found = []
        for kind in EntryKind.objects.filter(pk__in={row["kind_id"] for row in self._entry_rows}):
            rows = [row for row in self._entry_rows if row["kind_id"] == kind.pk]
            total = sum((row["total"] for row in rows), Decimal(0))
            found.append(KindTotal(kind, total, sum(row["count"] for row in rows)))
        return found

    def done(self, target: CampaignTarget) -> Decimal:
        """What the ledgers hold of one target."""
        if target.measure == Measure.ENTRIES:
            return sum(
                (
                    row["total"] for row in self._entry_rows
                    if row["kind_id"] == target.kind_id
                    and target.community_id in (None, row["community_id"])
                    and target.department_id in (None, row["department_id"])
                ),
                Decimal(0),
            )  # fmt: skip
        name = OF_STRUCTURES.get(target.measure)
        if name is None:
            return Decimal(getattr(self.days, {"days": "apart", "days_early": "early"}[target.measure]) or 0)
        if target.community_id:
            row = next((row for row in self.communities if row["community_id"] == target.community_id), {})
        elif target.department_id:
            row = self._departments.get(target.department_id, {})
        else:
            return Decimal(getattr(self.totals, name))
        return Decimal(row.get(name) or 0)

    @cached_property
    def targets(self) -> list[Reached]:
        """Every target with what was reached: for the street first, then communities and departments."""
        rows = self.campaign.targets.select_related("kind", "community", "department").defer("community__shape")
        ordered = rows.order_by("measure", "community__code", "department__code", "pk")
        found = [Reached(target, self.done(target)) for target in ordered]
        return sorted(found, key=lambda one: bool(one.target.community_id or one.target.department_id))

    @cached_property
    def reported(self) -> list[Beside]:
        """Reported values beside the computed ones; both are shown, neither corrects the other."""
        return [self._beside(row) for row in self.campaign.reported.all()]

    def _beside(self, row: Any) -> Beside:
        computed, values = self._computed(row.measure)
        return Beside(row.get_measure_display(), row.words, row.source, computed, row.value in values)

    def _computed(self, measure: str) -> tuple[str, list[Decimal]]:
        if measure == Measure.DAYS:
            if self.days.apart is None:
                return "–", []
            words = f"{self.days.apart} 天（首尾相差）、{self.days.inclusive} 天（首尾都算）"
            return words, [Decimal(self.days.apart), Decimal(self.days.inclusive)]
        if measure == Measure.DAYS_EARLY:
            early = self.days.early
            return ("–", []) if early is None else (f"{early} 天", [Decimal(early)])
        if measure in OF_STRUCTURES:
            value = Decimal(getattr(self.totals, OF_STRUCTURES[measure]))
            return f"{plain(value):,} {UNITS[measure]}", [value]
        return "–", []


def plain(value: Decimal) -> Decimal:
    """91670.30 → 91670.3, 39225.64 as it is, 268.00 → 268: no zeros that nobody measured."""
    whole = value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()
    return whole


def overview(*, on: datetime.date) -> list[tuple[Campaign, Days, dict[str, Any]]]:
    """Every campaign with its days and sums, in two queries."""
    written_off = Q(structures__stage="written_off")
    rows = Campaign.objects.for_list().annotate(
        demolished_m2=Sum("structures__demolished_area_m2", filter=written_off),
        land_m2=Sum("structures__vacated_land_m2", filter=written_off),
        people=Sum("structures__relocated_people", filter=written_off),
        sites=Count("structures", filter=written_off),
        every=Count("structures", filter=~Q(structures__stage="voided")),
    )
    return [
        (row, days_of(row, on=on), {
            "demolished_m2": exact(row.demolished_m2), "land_m2": plain(exact(row.land_m2)), "people": row.people or 0,
            "sites": row.sites, "every": row.every,
        })
        for row in rows
    ]  # fmt: skip
