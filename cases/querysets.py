"""The words in which cases are asked for. They return querysets, take time as an argument, and each has a test."""
from datetime import datetime, timedelta
from typing import Any, NoReturn

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from cases.states import ENDED, OPEN, Source, State

DETAIL_JOINS = {
    Source.NOTICE: "notice", Source.PETITION: "petition", Source.HOTLINE: "hotline__kind",
    Source.TRANSFER: "transfer", Source.SNAP: "snap", Source.GRID: "grid_event__worker",
}  # fmt: skip


def kinds_seen(user: Any) -> tuple[bool, bool]:
    """Whether a role opens every case but petitions, and whether it opens every petition (its title at least)."""
    petitions = any(user.has_perm(f"cases.see_petition{end}") for end in ("_titles", "_text", "s"))
    return user.has_perm("cases.see_all_cases"), petitions


class CaseQuerySet(models.QuerySet):
    """Cases."""

    def visible_to(self, user: Any) -> "CaseQuerySet":
        """The cases this person may know of; petitions only for those whose roles open them."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        petition, all_cases, petitions = Q(source=Source.PETITION), *kinds_seen(user)
        if all_cases and petitions:
            return self.all()  # without a condition: one that is always true would mislead the planner
        seen = Q(pk__in=[])
        if all_cases:
            seen |= ~petition
        if petitions:
            seen |= petition
        department = user.department_id
        if department and (
            user.has_perm("cases.see_department_cases") or user.has_perm("cases.see_community_cases")
        ):
            seen |= Q(Exists(self._assignments().filter(case=OuterRef("pk"), department=department)))
        if user.has_perm("cases.see_community_cases"):
            if department:
                seen |= ~petition & Q(community__department=department)
                seen |= Q(verifier_department=department, state=State.VERIFYING)
            seen |= Q(checker=user) | Q(verifier=user) | (~petition & Q(registrar=user))
        return self.filter(seen)

    def _assignments(self) -> models.QuerySet:
        return self.model._meta.get_field("assignments").related_model.objects

    def open(self) -> "CaseQuerySet":
        """Cases that someone still has to do something about."""
        return self.filter(state__in=sorted(OPEN))

    def ended(self) -> "CaseQuerySet":
        """Closed, refused, voided or merged cases."""
        return self.filter(state__in=sorted(ENDED))

    def of_source(self, source: str) -> "CaseQuerySet":
        """Cases of one door."""
        return self.filter(source=source)

    def placed_for(self, user: Any) -> "CaseQuerySet":
        """Those whose place this person may know: a petition's place would tell who wrote it."""
        if user.has_perm("cases.see_petition_text") or user.has_perm("cases.see_petitions"):
            return self
        return self.exclude(source=Source.PETITION)

    def in_community(self, community: Any) -> "CaseQuerySet":
        """Cases that lie in a community."""
        return self.filter(community=community)

    def about(self, thing: Any) -> "CaseQuerySet":
        """Cases that name a component."""
        return self.filter(thing=thing)

    def led_by(self, department: Any) -> "CaseQuerySet":
        """Cases whose lead department it is now."""
        return self.filter(lead=department)

    def running(self) -> "CaseQuerySet":
        """Cases with a clock that runs (not paused)."""
        return self.filter(due_at__isnull=False, paused_at__isnull=True)

    def overdue(self, *, at: datetime) -> "CaseQuerySet":
        """Open cases whose nearest clock has run out."""
        return self.open().running().filter(due_at__lt=at)

    def due_within(self, span: timedelta, *, at: datetime) -> "CaseQuerySet":
        """Open cases whose nearest clock runs out within a span from now, those already late left out."""
        return self.open().running().filter(due_at__gte=at, due_at__lte=at + span)

    def by_time_left(self) -> "CaseQuerySet":
        """The desk's order: least time left first, stopped clocks last."""
        return self.order_by(F("due_at").asc(nulls_last=True), "pk")

    def for_desk(self) -> "CaseQuerySet":
        """With what a row of the list shows, in one query."""
        return self.select_related("category", "community", "grid", "lead", "notice").defer(
            "community__shape", "grid__shape", "description", "result", "conclusion"
        )

    def for_rows(self) -> "CaseQuerySet":
        """With just what a line of the list shows; fifty lines of sixty columns each are most of a page's work."""
        return self.select_related("community", "grid", "lead").only(
            "number", "source", "state", "version", "title", "received_at", "closed_at", "due_clock", "due_at",
            "warn_at", "paused_at", "lon", "lat", "lead__short_name", "community__short_name", "grid__name",
            "grid__serial", "checker_id", "verifier_id", "verifier_department_id",
        )  # fmt: skip

    def without_shapes(self) -> "CaseQuerySet":
        """Outlines of grids are many bytes; only the map reads them."""
        return self.defer("community__shape", "grid__shape", "site__line")

    def for_page(self, number: str = "") -> "CaseQuerySet":
        """With what the case page shows about the case itself.

        A number names the source, and so the one detail that is there: the planner's work grows with the square of
        the joins, and eighteen cost more than all the rest of the page. What few cases have (master, parent)
        is read when it is asked for.
        """
        details = [DETAIL_JOINS[number[:2]]] if number[:2] in DETAIL_JOINS else DETAIL_JOINS.values()
        return self.select_related(
            "category", "grid", "site", "lead", "checker", "verifier", "verifier_department", "registrar", *details
        ).defer("grid__shape", "community__shape", "site__line")  # fmt: skip

    def tagged(self, word: str) -> "CaseQuerySet":
        """Cases with a tag."""
        return self.filter(tags__word=word)

    def changed_since(self, moment: datetime) -> "CaseQuerySet":
        """Cases with a newer event."""
        return self.filter(last_event_at__gt=moment)

    def awaiting(self, user: Any) -> "CaseQuerySet":
        """What waits for this very person: as checker, as verifier, or as one of the department that leads."""
        mine = Q(checker=user, state=State.CHECKING) | Q(verifier=user, state=State.VERIFYING)
        if user.department_id:
            waits = [State.DISPATCHED, State.IN_PROGRESS, State.REWORK]
            mine |= Q(lead=user.department_id, state__in=waits)
            mine |= Q(verifier__isnull=True, verifier_department=user.department_id, state=State.VERIFYING)
        return self.filter(mine)


class OwedQuerySet(models.QuerySet):
    """Reporters, or petitioners."""

    def owed(self) -> "OwedQuerySet":
        """Those who still wait for the final answer."""
        return self.filter(reply_owed=True, replied_at__isnull=True)


class CaseEventQuerySet(models.QuerySet):
    """The story; rows are added, and only the outbox mark is ever set."""

    def update(self, **kwargs: Any) -> int:
        """Only the outbox mark may be set."""
        if set(kwargs) != {"announced_at"}:
            raise TypeError("Events are append-only.")
        return super().update(**kwargs)

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise TypeError("Events are append-only.")

    def delete(self) -> NoReturn:
        """Refused."""
        raise TypeError("Events are append-only.")

    def for_timeline(self) -> "CaseEventQuerySet":
        """Newest first, with where; the name of who stands in the event itself."""
        return self.select_related("department").defer("department__phone", "department__duty").order_by("-seq")

    def unannounced(self, *, at: datetime) -> "CaseEventQuerySet":
        """Events that nobody was told of yet and whose waiting time is over."""
        return self.filter(announced_at__isnull=True, announce_after__lte=at).order_by("announce_after", "pk")
