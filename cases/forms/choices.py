"""What can be chosen in the form of a move: who can take it, check it, verify it, until when."""
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django import forms
from django.db.models import Case as Choose
from django.db.models import QuerySet, Value, When
from django.forms.models import ModelChoiceIterator
from django.utils import timezone

from accounts.masking import mask_name, mask_phone
from accounts.models import Department, RoleGrant, User
from accounts.roles import REACH, roles_with
from cases import deadlines, rules
from cases.deadlines import Standards
from cases.models import Case, Category, Reporter, ReporterKind
from cases.states import Clock
from grid import workdays
from grid.models import UnitGrid
from grid.workdays import Unit

NOT_IN_LIST = "{label}不在可选范围内。请从列表中选择。"
KIND_ORDER = ("resident", "station", "office", "outside", "community")
OFFERED_DAYS = (1, 2, 3, 5)
LONGEST_KEY = 18  # digits of a key that every database holds


class GroupedChoices(ModelChoiceIterator):
    """Rows under the headings that the field's `group` names."""

    def __iter__(self) -> Iterator:
        """The empty choice, then heading by heading."""
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        for heading, rows in groupby(self.queryset, self.field.group):
            yield (heading, [self.choice(row) for row in rows])


class GroupedChoice(forms.ModelChoiceField):
    """One row of a grouped list."""

    iterator = GroupedChoices

    def __init__(self, *args: Any, group: Callable[[Any], str], words: Callable[[Any], str] = str, **more: Any) -> None:
        self.group, self.words = group, words
        super().__init__(*args, **more)

    def label_from_instance(self, obj: Any) -> str:
        """The row as the list says it."""
        return self.words(obj)


class GroupedChoiceOfMany(GroupedChoice, forms.ModelMultipleChoiceField):
    """Several rows of a grouped list; a key longer than any database holds is one that is not in the list."""

    def clean(self, value: Any) -> Any:
        """The rows, or the sentence."""
        if any(len(str(key)) > LONGEST_KEY for key in value or ()):
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().clean(value)


def categories() -> QuerySet:
    """The minor classes in use."""
    return Category.objects.filter(active=True).order_by("kind", "code")


def grids(case: Case) -> QuerySet:
    """The unit grids, those of the case's own community when it has one."""
    every = UnitGrid.objects.without_shapes().order_by("community__code", "serial")
    return every.in_community(case.community_id) if case.community_id else every


def departments() -> QuerySet:
    """Those that take cases, resident ones first."""
    place = Choose(*[When(kind=kind, then=Value(at)) for at, kind in enumerate(KIND_ORDER)], default=Value(9))
    return Department.objects.handling_cases().order_by(place, "code")


def _reaching(permission: str, wanted: set[str]) -> QuerySet:
    """Active people whose role carries a permission far enough."""
    roles = [role for role in roles_with(permission) if REACH[role] & wanted]
    holders = RoleGrant.objects.filter(role__in=roles).values("user")
    people = User.objects.active().filter(pk__in=holders)
    return people.select_related("department").order_by("department__code", "username")


def _wanted(case: Case) -> set[str]:
    return {"petitions", "community"} if case.is_petition else {"all", "community"}


def checkers(case: Case) -> QuerySet:
    """Who can check: no hand in it, no colleague of one who had, the community's own workers before others."""
    people, units = rules.hands_on(case)
    able = _reaching("cases.pass_check_case", _wanted(case)).exclude(pk__in=people)
    return able.exclude(department__in=units) if units else able


def verifiers(case: Case) -> QuerySet:
    """Who can go and look."""
    return _reaching("cases.answer_verification_case", _wanted(case))


def kind_of(department: Department) -> str:
    """The heading of a department."""
    return department.get_kind_display()


def home_of(user: User) -> str:
    """The heading of a person."""
    return str(user.department or "未分单位")


def moment_label(moment: datetime, *, at: datetime) -> str:
    """今天 17:30, 12-23 17:30, with the year when it is another."""
    local, today = timezone.localtime(moment), timezone.localdate(at)
    if local.date() == today:
        return f"今天 {local:%H:%M}"
    return f"{local:%m-%d %H:%M}" if local.year == today.year else f"{local:%Y-%m-%d %H:%M}"


def due_choices(case: Case, *, at: datetime) -> list[tuple[str, str]]:
    """办理时限: the standard first, then closing times that come before it."""
    standard = deadlines.handling_limit_due(case, at=at, standards=Standards((Clock.HANDLE,), at=at))
    words = f"{moment_label(standard, at=at)} 前（标准）" if standard else "按标准时限"
    return [("", words), *closing_times(at=at, before=standard)]


def closing_times(*, at: datetime, before: datetime | None = None) -> list[tuple[str, str]]:
    """The next closing times of the office, as deadlines that can be chosen."""
    day = timezone.localdate(at)
    ends = [workdays.closing_time(day)] if workdays.is_workday(day) else []
    ends += [workdays.add_working_time(at, days, Unit.WORK_DAY).due_at for days in OFFERED_DAYS]
    return [
        (timezone.localtime(end).isoformat(), f"{moment_label(end, at=at)} 前办结")
        for end in sorted(set(ends))
        if end > at + timedelta(minutes=30) and (not before or end < before)
    ]


def waiting(case: Case) -> list[Reporter]:
    """The reporters of a case, those who still wait for an answer first."""
    return sorted(case.reporters.all(), key=lambda row: (not row.is_owed, row.at))


def reporters(case: Case, rows: list[Reporter] | None = None) -> list[tuple[str, str]]:
    """Whom an answer may go to, those who still wait first; masked."""
    if case.is_petition:
        return [("petitioner", case.petition.code_name)]
    return [(str(row.pk), _reporter_words(row)) for row in (waiting(case) if rows is None else rows)]


def _reporter_words(row: Reporter) -> str:
    name = mask_name(row.name) if row.kind == ReporterKind.RESIDENT else row.name
    parts = (row.get_kind_display(), name, mask_phone(row.phone), "微信" if row.openid else "")
    words = " ".join(part for part in parts if part)
    return f"{words}（待答复）" if row.is_owed else words
