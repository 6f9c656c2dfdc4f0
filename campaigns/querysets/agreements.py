"""The words in which responsibility agreements and their texts are asked for."""
from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Count, F, Q

from accounts.querysets import AppendOnlyQuerySet

SEE_ALL = (
    "campaigns.see_agreements", "campaigns.manage_agreements", "campaigns.sign_agreements",
    "campaigns.assess_agreements",
)  # fmt: skip
UNSIGNED = ("draft", "issued")


def sees_all(user: Any) -> bool:
    """Whether a role opens every agreement."""
    return any(user.has_perm(right) for right in SEE_ALL)


class AgreementTemplateQuerySet(models.QuerySet):
    """Texts from which agreements are made out."""

    def with_progress(self) -> Self:
        """With the number of parties, of those that signed, and of those assessed."""
        return self.annotate(
            party_count=Count("agreements"),
            signed_count=Count("agreements", filter=~Q(agreements__stage__in=UNSIGNED)),
            assessed_count=Count("agreements", filter=Q(agreements__stage__in=("assessed", "closed"))),
        )

    def newest_first(self) -> Self:
        """By year and entry."""
        return self.order_by("-year", "-pk")


class TemplateEditQuerySet(AppendOnlyQuerySet):
    """Every saved wording of a text."""

    def head(self) -> Any:
        """The latest wording; nothing when there is none."""
        return self.order_by("-revision").first()

    def last_of_version(self, version: int) -> Any:
        """How a version stood when it was last saved."""
        return self.filter(version=version).order_by("-revision").first()

    def newest_first(self) -> Self:
        """For the history."""
        return self.order_by("-revision")

    def without_text(self) -> Self:
        """Who and when only: the wording is many bytes."""
        return self.defer("blocks", "variables")


class AgreementQuerySet(models.QuerySet):
    """Agreements with one party each."""

    def visible_to(self, user: Any) -> Self:
        """All for those whose roles open them; a party's own people see their own, once it was sent to them."""
        if sees_all(user):
            return self.all()
        if user.has_perm("campaigns.see_own_agreement") and user.department_id:
            return self.filter(department=user.department_id).exclude(stage="draft")
        return self.none()

    def of_stage(self, *stages: str) -> Self:
        """In one of these stages."""
        return self.filter(stage__in=stages)

    def unsigned(self) -> Self:
        """Those that the party has not signed yet."""
        return self.filter(stage__in=UNSIGNED)

    def signed(self) -> Self:
        """Those that the party signed, whatever came after."""
        return self.exclude(stage__in=UNSIGNED)

    def drafts(self) -> Self:
        """Those that were not sent for signature yet."""
        return self.filter(stage="draft")

    def never_sent(self) -> Self:
        """Drafts that have no number yet: nobody outside has heard of them."""
        return self.drafts().filter(number="")

    def nothing_filled(self) -> Self:
        """Of which no variable was filled."""
        return self.filter(values__isnull=True)

    def named_like(self, text: str) -> Self:
        """Whose party's name contains the text."""
        return self.filter(
            Q(organisation__name__icontains=text) | Q(department__name__icontains=text) | Q(number__icontains=text)
        )

    def of_party_kind(self, kind: str) -> Self:
        """Of one kind of party."""
        return self.filter(party_kind=kind)

    def for_list(self) -> Self:
        """With the party's name and the text's title; names of persons stay where they are."""
        return self.select_related("organisation", "department", "template").defer(
            "signer", "street_signer", "organisation__responsible_person", "organisation__phone", "department__phone"
        )

    def with_tasks(self, *, today: date) -> Self:
        """With the number of tasks, of those finished, and of those late on a day."""
        late = Q(tasks__finished_on__isnull=True, tasks__due_on__lt=today) | Q(
            tasks__finished_on__gt=F("tasks__due_on")
        )
        return self.annotate(
            task_count=Count("tasks"), finished_count=Count("tasks", filter=Q(tasks__finished_on__isnull=False)),
            late_count=Count("tasks", filter=late),
        )  # fmt: skip

    def by_party(self) -> Self:
        """Units first, then communities, then stations, each in the order in which they were entered."""
        rank = models.Case(
            models.When(party_kind="organisation", then=0), models.When(party_kind="community", then=1), default=2,
            output_field=models.SmallIntegerField(),
        )  # fmt: skip
        return self.order_by(rank, "pk")

    def counts_by_kind(self) -> dict[str, tuple[int, int]]:
        """Kind of party → (signed, all)."""
        rows = self.values("party_kind").annotate(
            signed=Count("pk", filter=~Q(stage__in=UNSIGNED)), total=Count("pk")
        )  # fmt: skip
        return {row["party_kind"]: (row["signed"], row["total"]) for row in rows.order_by("party_kind")}


class AgreementTaskQuerySet(models.QuerySet):
    """Tasks of agreements."""

    def unfinished(self) -> Self:
        """Nobody said yet that it is done."""
        return self.filter(finished_on__isnull=True)

    def late(self, *, today: date) -> Self:
        """Done after the day, or not done though the day is over."""
        return self.filter(Q(finished_on__isnull=True, due_on__lt=today) | Q(finished_on__gt=F("due_on")))
