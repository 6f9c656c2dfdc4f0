"""The words in which people, departments, the trail and notices are asked for."""
from datetime import date, datetime, time, timedelta
from typing import Any, NoReturn

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.roles import roles_with


class DepartmentQuerySet(models.QuerySet):
    """Departments, offices, stations, outside services and communities."""

    def active(self) -> "DepartmentQuerySet":
        """Those that exist today."""
        return self.filter(active=True)

    def handling_cases(self) -> "DepartmentQuerySet":
        """Those to which a case may be dispatched."""
        return self.active().filter(takes_cases=True)

    def communities(self) -> "DepartmentQuerySet":
        """The residents' communities."""
        return self.filter(kind="community")


class UserQuerySet(models.QuerySet):
    """People with a login."""

    def get_by_natural_key(self, username: str) -> Any:
        """The person of a login name."""
        return self.get(username=username)

    def active(self) -> "UserQuerySet":
        """Those who may log in."""
        return self.filter(is_active=True)

    def with_permission(self, permission: str) -> "UserQuerySet":
        """Active people who have a permission through any of their roles."""
        holders = self.model.grants.rel.related_model.objects.filter(role__in=roles_with(permission))
        return self.active().filter(pk__in=holders.values("user"))

    def hold(self, user: Any) -> Any:
        """A person's row, held until the transaction ends: of two clicks the second finds what the first one did."""
        return self.select_for_update(no_key=True).get(pk=user.pk)

    def in_department(self, department: Any) -> "UserQuerySet":
        """The people of one department."""
        return self.filter(department=department)


class DutyShiftQuerySet(models.QuerySet):
    """The duty rota."""

    def covering(self, at: datetime) -> "DutyShiftQuerySet":
        """Shifts that run at a moment."""
        return self.filter(starts_at__lte=at, ends_at__gt=at)

    def upcoming_for(self, user: Any, *, at: datetime) -> "DutyShiftQuerySet":
        """A person's shifts that are not over yet, next first; as officer or as leader."""
        return self.filter(Q(user=user) | Q(leader=user), ends_at__gt=at).order_by("starts_at")


class AppendOnlyQuerySet(models.QuerySet):
    """Rows that are added and read, never changed or removed."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise TypeError("This table is append-only.")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise TypeError("This table is append-only.")

    def delete(self) -> NoReturn:
        """Refused."""
        raise TypeError("This table is append-only.")


class AuditEntryQuerySet(AppendOnlyQuerySet):
    """The trail of acts that are not a case's own story."""

    def of_action(self, action: str) -> "AuditEntryQuerySet":
        """Entries of one kind of act."""
        return self.filter(action=action)

    def by_name(self, name: str) -> "AuditEntryQuerySet":
        """Entries of the actor whose name or login begins so; a prefix can use the index."""
        return self.filter(Q(actor_name__startswith=name) | Q(actor__username=name))

    def between(self, first: date | None, last: date | None) -> "AuditEntryQuerySet":
        """Entries of these days, both included, in the office's time zone; as moments, so that the index serves."""
        days = self
        if first is not None:
            days = days.filter(at__gte=timezone.make_aware(datetime.combine(first, time.min)))
        if last is not None:
            days = days.filter(at__lt=timezone.make_aware(datetime.combine(last + timedelta(days=1), time.min)))
        return days


class NotificationQuerySet(models.QuerySet):
    """What people were told inside the system."""

    def for_user(self, user: Any) -> "NotificationQuerySet":
        """One person's notices, newest first."""
        return self.filter(user=user).order_by("-at", "-pk")

    def unread(self) -> "NotificationQuerySet":
        """Those not opened yet."""
        return self.filter(read_at__isnull=True)
