"""The words in which counted facts are asked for."""
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.db.models import Sum

from cases.models import Case


class CaseFactQuerySet(models.QuerySet):
    """The lines behind the figures."""

    def of(self, measure: str) -> Self:
        """Of one measure."""
        return self.filter(measure=measure)

    def between(self, first: date, last: date) -> Self:
        """Of these days, both included."""
        return self.filter(day__range=(first, last))

    def aged(self, least: int, most: int | None, *, today: date) -> Self:
        """Of days that lie so many days back, both included."""
        found = self.filter(day__lte=today - timedelta(days=least))
        return found if most is None else found.filter(day__gte=today - timedelta(days=most))

    def visible_to(self, user: Any) -> Self:
        """Lines of cases that this person may know of; a petition's line only for those whose role opens petitions."""
        return self.filter(case__in=Case.objects.visible_to(user))

    def for_list(self) -> Self:
        """With what a line shows, newest first."""
        return self.select_related(
            "case__category", "case__community", "case__grid", "case__lead", "department"
        ).defer(
            "case__community__shape", "case__grid__shape", "case__description", "case__result", "case__conclusion"
        ).order_by("-day", "-case__received_at", "case_id", "nth")  # fmt: skip


class CountersQuerySet(models.QuerySet):
    """Sums of days or months."""

    def of(self, dimension: str, *keys: str) -> Self:
        """Of one dimension, or of some of its keys."""
        found = self.filter(dimension=dimension)
        return found.filter(key__in=keys) if keys else found

    def between(self, first: date, last: date) -> Self:
        """Of these days (or of the months that begin in them), both included."""
        return self.filter(day__range=(first, last))

    def overdue(self, *, today: date, until: date) -> Self:
        """Days on which something fell due that is still not handled; today is not over."""
        return self.filter(handle_overdue__gt=0, day__lt=today, day__lte=until)

    def summed(self, *columns: str) -> dict[str, int]:
        """The sums of columns; nothing adds up to zero."""
        found = self.aggregate(**{f"sum_{name}": Sum(name) for name in columns})
        return {name: found[f"sum_{name}"] or 0 for name in columns}


class FigureTargetQuerySet(models.QuerySet):
    """What the street sets itself."""

    def by_figure(self) -> dict[str, Decimal]:
        """Key of the figure → its target in per cent, of those that have one."""
        return dict(self.filter(target__isnull=False).values_list("figure", "target"))
