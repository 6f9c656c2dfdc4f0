"""The words in which households, policies and payments are asked for.

For the figures of the street (reports), each over one season with `of_season(2016)`:
    eligible()                           found eligible by the survey (符合条件): 245 in 2016
    completed()                          powered, accepted, not withdrawn (完成): 270
    withdrawn()  added()                 退出 7, 增补 32
    by_community()                       one row a community: code, name, total, eligible, completed, withdrawn, added
    subsidies_paid_between(first, last)  households whose equipment subsidy was paid on these days, both included;
                                         `.subsidy_total()` sums city and district in yuan
"""
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NoReturn, Self

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum

from coal_to_electric.states import ORDER, BatchStatus, Origin, PaymentKind, rank, reached

COMPLETED = Q(power_on_date__isnull=False, accepted_date__isnull=False, withdrawn_on__isnull=True)
ELIGIBLE = Q(surveyed_eligible=True)
WITHDRAWN = Q(withdrawn_on__isnull=False)
ADDED = Q(origin=Origin.ADDED)


def before(stage: str) -> str:
    """The stage before this one: the furthest of those for whom this one comes next; empty before the first."""
    place = rank(stage) - 1
    return ORDER[place - 1].value if place else ""


class HouseholdQuerySet(models.QuerySet):
    """Households of the ledger."""

    def visible_to(self, user: Any) -> Self:
        """The whole ledger, or one's own community's, or nothing."""
        if user.has_perm("coal_to_electric.see_households"):
            return self
        if user.has_perm("coal_to_electric.see_community_households") and user.department_id:
            return self.filter(community__department=user.department_id)
        return self.none()

    def of_season(self, season: int) -> Self:
        """One heating season's programme."""
        return self.filter(programme__season=season)

    def in_community(self, code: str) -> Self:
        """Of one community, by its code."""
        return self.filter(community__code=code)

    def of_kind(self, code: str) -> Self:
        """With one kind of equipment."""
        return self.filter(equipment__kind__code=code)

    # --- what the street counts -----------------------------------------------------------------------------------

    def eligible(self) -> Self:
        """符合条件: found eligible by the survey, whatever became of them."""
        return self.filter(ELIGIBLE)

    def completed(self) -> Self:
        """完成: powered, accepted and not withdrawn."""
        return self.filter(COMPLETED)

    def withdrawn(self) -> Self:
        """退出: kept in the ledger with the reason."""
        return self.filter(WITHDRAWN)

    def staying(self) -> Self:
        """Everybody but those who withdrew."""
        return self.exclude(WITHDRAWN)

    def added(self) -> Self:
        """增补: came after the survey."""
        return self.filter(ADDED)

    def by_community(self) -> models.QuerySet:
        """One row a community, in the order of their codes: total, eligible, completed, withdrawn, added."""
        groups = self.order_by("community__code").values("community__code", "community__short_name")
        return groups.annotate(
            total=Count("pk"), eligible=Count("pk", filter=ELIGIBLE), completed=Count("pk", filter=COMPLETED),
            withdrawn=Count("pk", filter=WITHDRAWN), added=Count("pk", filter=ADDED),
        )  # fmt: skip

    def subsidies_paid_between(self, first: date, last: date) -> Self:
        """Whose equipment subsidy was paid on these days, both included."""
        return self.filter(subsidy_paid_date__range=(first, last))

    def subsidy_total(self) -> Decimal:
        """City and district subsidies of these households together, in yuan."""
        sums = self.aggregate(city=Sum("city_yuan"), district=Sum("district_yuan"))
        return sum((value for value in sums.values() if value), start=Decimal(0))

    # --- where they stand -----------------------------------------------------------------------------------------

    def reached(self, stage: str) -> Self:
        """Who came to this stage or beyond."""
        return self.filter(stage__in=reached(stage))

    def waiting_for(self, stage: str) -> Self:
        """For whom this stage comes next."""
        return self.staying().filter(stage=before(stage))

    def counts_by_stage(self) -> dict[str, int]:
        """Furthest stage → households; the key of those without any is empty."""
        return dict(self.order_by().values_list("stage").annotate(Count("pk")))

    def stuck(self, limits: Mapping[str, int], *, on: date) -> Self:
        """Who has waited for the next stage longer than its limit of days, longest first; open programmes only."""
        late = Q(pk__in=[])
        for stage, days in limits.items():
            late |= Q(stage=before(stage), stage_on__lt=on - timedelta(days=days))
        open_ones = self.staying().filter(late, programme__closed_on__isnull=True)
        return open_ones.order_by("stage_on", "number")

    def to_revisit(self, *, on: date) -> Self:
        """Who is to be visited this winter and was due by this day, earliest first; open programmes only."""
        due = self.staying().filter(revisit_due_on__lte=on, programme__closed_on__isnull=True)
        return due.order_by("revisit_due_on", "number")

    # --- money ----------------------------------------------------------------------------------------------------

    def _lines(self, **words: Any) -> Exists:
        lines = self.model.payments.rel.related_model.objects
        return Exists(lines.filter(household=OuterRef("pk"), live=True, **words))

    def owed_equipment(self) -> Self:
        """Accepted, reckoned, not withdrawn, and in no batch yet."""
        ready = self.staying().filter(accepted_date__isnull=False, city_yuan__isnull=False)
        ready = ready.annotate(due_yuan=F("city_yuan") + F("district_yuan")).filter(due_yuan__gt=0)
        return ready.exclude(self._lines(kind=PaymentKind.EQUIPMENT))

    def owed_off_peak(self, season: int) -> Self:
        """With a reading above zero for this heating season, and in no batch of it yet."""
        read = self.model.readings.rel.related_model.objects.filter(household=OuterRef("pk"), season=season, kwh__gt=0)
        return self.filter(Exists(read)).exclude(self._lines(kind=PaymentKind.OFF_PEAK, season=season))

    def in_a_batch(self) -> Self:
        """In a batch that is not paid yet."""
        waiting = (BatchStatus.SUBMITTED, BatchStatus.APPROVED)
        return self.filter(self._lines(kind=PaymentKind.EQUIPMENT, batch__status__in=waiting))

    def paid(self) -> Self:
        """Whose equipment subsidy was paid."""
        return self.filter(subsidy_paid_date__isnull=False)

    def bound(self) -> Self:
        """Whose amount may not change, since it stands in a batch that was not refused."""
        return self.filter(self._lines(kind=PaymentKind.EQUIPMENT))

    # --- lists ----------------------------------------------------------------------------------------------------

    def for_list(self) -> Self:
        """With community, equipment and the newest pictures, without the ID number and without outlines."""
        pictures = self.model.photos.rel.related_model.objects.filter(household=OuterRef("pk"), photo__state="ready")
        newest = {
            f"{moment}_photo": Subquery(pictures.filter(moment=moment).order_by("-pk").values("pk")[:1])
            for moment in ("before", "after")
        }
        rows = self.select_related("programme", "community", "equipment__kind").annotate(**newest)
        return rows.defer("id_number", "community__shape")

    def for_page(self) -> Self:
        """One household with everything its page shows."""
        rows = self.select_related("programme", "community__department", "grid", "equipment__kind")
        return rows.defer("community__shape", "grid__shape")

    def with_words(self, text: str) -> Self:
        """Whose number or address contains the text; a name is looked for by its blind index (finding)."""
        return self.filter(Q(number__icontains=text) | Q(address__icontains=text))

    def at_address(self, address: str) -> Self:
        """Homes at the very same address."""
        return self.filter(address=address)

    def known_by(self, index: str) -> Self:
        """By the blind index of name, phone or ID number."""
        return self.filter(Q(name_index=index) | Q(phone_index=index) | Q(id_index=index))


class PolicyQuerySet(models.QuerySet):
    """Rows of policy with days of force."""

    def in_force(self, on: date) -> Self:
        """Those in force on a day, the latest first."""
        rows = self.filter(Q(effective_to__isnull=True) | Q(effective_to__gte=on), effective_from__lte=on)
        return rows.order_by("-effective_from")


class BatchQuerySet(models.QuerySet):
    """Batches of payments."""

    def for_list(self) -> Self:
        """With the people, newest first."""
        return self.select_related("programme", "created_by", "decided_by", "paid_by").order_by("-pk")

    def with_status(self, status: str) -> Self:
        """Of one status."""
        return self.filter(status=status)


class LineQuerySet(models.QuerySet):
    """What households get in batches."""

    def totals(self) -> dict[str, Any]:
        """households, city, district: what a batch's head must say."""
        found = self.aggregate(households=Count("pk"), city=Sum("city_yuan"), district=Sum("district_yuan"))
        return {name: value or 0 for name, value in found.items()}

    def for_list(self) -> Self:
        """With the household, masked data only."""
        rows = self.select_related("household__community", "household__equipment__kind").order_by("household__number")
        return rows.defer("household__id_number", "household__community__shape")

    def update(self, **kwargs: Any) -> int:
        """Only whether a line counts may change; never what it pays."""
        if set(kwargs) - {"live"}:
            raise TypeError("A payment is never changed; the batch is refused and made anew.")
        return super().update(**kwargs)

    def delete(self) -> NoReturn:
        """Refused."""
        raise TypeError("A payment is never removed.")


