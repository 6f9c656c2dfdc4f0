"""The first set-up of an empty system: the one-time token, the first admin, and the end of it."""
import secrets
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.audit import record
from accounts.models import AuditEntry, Department, User
from accounts.roles import Role
from accounts.staff import create_user


class SetupRefused(Exception):
    """Not done; str() is the sentence for the person."""


def waits_for_admin(token: str) -> bool:
    """Whether nobody is there yet and this is the token that the start printed."""
    if not token or User.objects.exists() or not settings.SETUP_TOKEN_FILE.exists():
        return False
    return secrets.compare_digest(settings.SETUP_TOKEN_FILE.read_text().strip().encode(), token.encode())


def is_under_way() -> bool:
    """Whether the first admin is there and has not closed the set-up yet."""
    started = AuditEntry.objects.of_action("setup_started").exists()
    return started and not AuditEntry.objects.of_action("setup_completed").exists()


@transaction.atomic
def create_first_admin(*, username: str, real_name: str, password: str, at: datetime, request: Any = None) -> User:
    """The first admin; of two people who hold the token only one finds it, since the file can be removed once."""
    admin = create_user(
        username=username, real_name=real_name, password=password, roles=[Role.ADMIN], by=None, at=at, request=request
    )
    record("setup_started", actor=admin, request=request, at=at)
    try:
        settings.SETUP_TOKEN_FILE.unlink()
    except FileNotFoundError as error:
        raise SetupRefused("管理员账号已由别人建立。请到登录页登录。") from error
    return admin


def complete(*, by: User, at: datetime, request: Any = None) -> None:
    """Close the set-up; its pages are gone afterwards."""
    if not Department.objects.active().exists():
        raise SetupRefused("还没有部门。请先完成“部门”这一步。")
    record("setup_completed", actor=by, request=request, at=at)
