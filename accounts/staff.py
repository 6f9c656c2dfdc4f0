"""Joining, changing duties, moving and leaving: what an admin does with people, each act in the trail."""
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import F

from accounts.audit import record
from accounts.binding import unbind
from accounts.models import Department, DutyShift, RoleGrant, User
from accounts.roles import Role, roles_with

# Upper apps append their hand-over in AppConfig.ready, since this app may not import them: a plain list, no signals.
# Each is called `handover(user, *, to, by, at) -> int`: with to=None it changes nothing and returns how many open
# tasks the person has; with an heir it hands them over, inside the same transaction, and returns how many.
HANDOVERS: list[Callable[..., int]] = []


class StaffRefused(Exception):
    """Not done; str() is the sentence for the admin."""


def hand_over_posts(user: User, *, to: User | None, by: User, at: datetime) -> int:
    """The person's posts as head of a department and coming duty shifts; the first of the hand-overs."""
    headed = Department.objects.filter(head=user)
    shifts = DutyShift.objects.filter(user=user, ends_at__gt=at)
    count = headed.count() + shifts.count()
    if to is not None:
        headed.update(head=to)
        shifts.update(user=to)
    return count


HANDOVERS.append(hand_over_posts)


def open_tasks(user: User, *, by: User, at: datetime) -> int:
    """How many open tasks and posts a person holds, over all apps."""
    return sum(handover(user, to=None, by=by, at=at) for handover in HANDOVERS)


@transaction.atomic
def create_user(
    *,
    username: str,
    real_name: str,
    password: str,
    roles: Iterable[str],
    by: User | None,
    at: datetime,
    department: Department | None = None,
    phone: str = "",
    is_demo: bool = False,
    request: Any = None,
) -> User:
    """A new person with a login and roles; `by` is empty only for the first admin and the demonstration's loader."""
    user = User(username=username, real_name=real_name, department=department, phone=phone, is_demo=is_demo)
    if not is_demo:
        validate_password(password, user)
    user.date_joined = at
    user.set_password(password)
    user.full_clean()
    user.save(force_insert=True)
    record("user_created", actor=by, subject=user, request=request, at=at)
    for role in roles:
        grant_role(user, role=role, by=by, at=at, request=request)
    return user


@transaction.atomic
def correct_user(user: User, *, by: User, at: datetime, request: Any = None, **values: str) -> None:
    """Correct a person's login, name or phone; the trail says which, not what they were."""
    for name, value in values.items():
        setattr(user, name, value)
    user.save(update_fields=list(values))
    record("user_changed", actor=by, subject=user, detail={"fields": "、".join(values)}, request=request, at=at)


@transaction.atomic
def grant_role(user: User, *, role: str, by: User | None, at: datetime, request: Any = None) -> bool:
    """Give a role; False if it was held already. Nobody gives themselves one: a second admin has to."""
    role = Role(role)
    if by is not None and by.pk == user.pk:
        raise StaffRefused("不能给自己授予角色。请另一位系统管理员办理。")
    _grant, fresh = RoleGrant.objects.get_or_create(
        user=user, role=role, defaults={"granted_by": by, "granted_at": at}
    )
    if fresh:
        record("role_granted", actor=by, subject=user, detail={"role": role.value}, request=request, at=at)
    user.forget_roles()
    return fresh


@transaction.atomic
def revoke_role(user: User, *, role: str, by: User, at: datetime, request: Any = None) -> bool:
    """Take a role away; False if it was not held. The last admin keeps theirs."""
    role = Role(role)
    if role in roles_with("accounts.manage_users"):
        _require_another_admin(user)
    gone = RoleGrant.objects.filter(user=user, role=role).delete()[0]
    if gone:
        record("role_revoked", actor=by, subject=user, detail={"role": role.value}, request=request, at=at)
    user.forget_roles()
    return bool(gone)


@transaction.atomic
def set_roles(user: User, *, roles: Iterable[str], by: User, at: datetime, request: Any = None) -> None:
    """Give and take roles until the person holds exactly these."""
    wanted, held = {Role(role).value for role in roles}, set(user.grants.values_list("role", flat=True))
    for role in sorted(wanted - held):
        grant_role(user, role=role, by=by, at=at, request=request)
    for role in sorted(held - wanted):
        revoke_role(user, role=role, by=by, at=at, request=request)


@transaction.atomic
def disable_user(
    user: User, *, by: User, at: datetime, reason: str = "", heir: User | None = None, request: Any = None
) -> None:
    """End a person's access and sessions; their open tasks and posts go to the heir in the same act."""
    if user.pk == by.pk:
        raise StaffRefused("不能停用自己的账号。请另一位系统管理员办理。")
    _require_another_admin(user)
    ended = User.objects.filter(pk=user.pk, is_active=True).update(
        is_active=False, session_epoch=F("session_epoch") + 1
    )
    if not ended:
        raise StaffRefused(f"{user.real_name}的账号已经停用，没有重复操作。")
    _hand_over(user, heir=heir, by=by, at=at, request=request)
    unbind(user, by=by, at=at, request=request)
    record("user_disabled", actor=by, subject=user, reason=reason, request=request, at=at)
    user.refresh_from_db()


@transaction.atomic
def enable_user(user: User, *, by: User, at: datetime, reason: str = "", request: Any = None) -> None:
    """Give access back; the roles are still there, tasks that were handed over are not."""
    if not User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        raise StaffRefused(f"{user.real_name}的账号本来就在用，没有重复操作。")
    record("user_enabled", actor=by, subject=user, reason=reason, request=request, at=at)
    user.refresh_from_db()


@transaction.atomic
def move_user(
    user: User, *, department: Department, by: User, at: datetime, heir: User | None = None, request: Any = None
) -> None:
    """Move a person to another department; what they had open stays behind with the heir."""
    if not department.active:
        raise StaffRefused(f"{department.short_name}已停用，不能调入。请选在用的部门。")
    before = user.department
    moved = User.objects.filter(pk=user.pk).exclude(department=department).update(
        department=department, session_epoch=F("session_epoch") + 1
    )
    if not moved:
        raise StaffRefused(f"{user.real_name}已经在{department.short_name}，没有重复操作。")
    _hand_over(user, heir=heir, by=by, at=at, request=request)
    detail = {"from": before.code if before else "", "to": department.code}
    record("user_moved", actor=by, subject=user, detail=detail, request=request, at=at)
    user.refresh_from_db()


def _hand_over(user: User, *, heir: User | None, by: User, at: datetime, request: Any) -> None:
    """Hand everything open to the heir, or refuse when something is open and nobody takes it."""
    count = open_tasks(user, by=by, at=at)
    if not count:
        return
    _require_heir(user, heir=heir, count=count)
    for handover in HANDOVERS:
        handover(user, to=heir, by=by, at=at)
    detail = {"to": heir.username, "count": count}
    record("tasks_handed_over", actor=by, subject=user, detail=detail, request=request, at=at)


def _require_heir(user: User, *, heir: User | None, count: int) -> None:
    """An heir is someone else, active, and of the same department as long as it has anyone left."""
    name = user.real_name
    if heir is None:
        raise StaffRefused(f"{name}还有 {count} 项未办结的工作。请选择接手人，再办理。")
    if heir.pk == user.pk or not heir.is_active:
        raise StaffRefused("接手人应是另一位在用人员。请重新选择。")
    colleagues = User.objects.active().in_department(user.department_id).exclude(pk=user.pk)
    if user.department_id and heir.department_id != user.department_id and colleagues.exists():
        raise StaffRefused(f"接手人应与{name}同部门。请从同部门在用人员中选择。")


def _require_another_admin(user: User) -> None:
    """Somebody else must be left who manages people; locked rows keep two admins from ending each other."""
    admins = User.objects.with_permission("accounts.manage_users").select_for_update()
    admins = {admin.pk for admin in admins.order_by("pk")}
    if admins == {user.pk}:
        raise StaffRefused("至少要有一位在用的系统管理员。请先给别人授予系统管理员，再办理。")
