"""Coming in and going out: the password check behind the guard, the session, and the sentences for each refusal."""
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import F

from accounts import guard
from accounts.audit import record
from accounts.models import User

REMEMBERED_SECONDS = 7 * 24 * 3600


class LoginRefused(Exception):
    """Not let in; str() is the sentence for the person."""


class LoginLocked(LoginRefused):
    """Too many wrong tries; `minutes` to wait."""

    def __init__(self, minutes: int) -> None:
        super().__init__(f"输错次数过多，已锁定。请 {minutes} 分钟后再试，或找系统管理员重置密码。")
        self.minutes = minutes


def may_enter(user: User) -> bool:
    """Active, and a demonstration login only in the demonstration."""
    return user.is_active and (settings.DEMO or not user.is_demo)


def check_password(username: str, *, password: str, ip: str, at: datetime) -> User:
    """The person of a login and password, after taking one of the counted tries; LoginRefused otherwise."""
    try:
        place = guard.take_place(username, ip=ip, at=at)
    except guard.Locked as locked:
        raise LoginLocked(locked.minutes(at)) from locked
    user = User.objects.filter(username=username.strip()).first()
    if user is None:
        make_password(password)  # as long as a real check, so that the time does not tell which logins exist
    elif user.check_password(password):
        guard.give_back(place)
        return _let_in(user, ip=ip, at=at)
    _note_failure(username, user=user, left=place.left, ip=ip, at=at)
    if place.left == 0:
        raise LoginLocked(settings.LOGIN_LOCK_MINUTES)
    raise LoginRefused(f"账号或密码不对。再错 {place.left} 次将锁定 {settings.LOGIN_LOCK_MINUTES} 分钟。")


def _let_in(user: User, *, ip: str, at: datetime) -> User:
    """The person, unless disabled or a demonstration login elsewhere; only whoever knows the password learns which."""
    if may_enter(user):
        return user
    record("login_refused", actor=user, subject=user, ip=ip, at=at)
    if not user.is_active:
        raise LoginRefused("这个账号已停用。需要使用请找系统管理员。")
    raise LoginRefused("演示账号只能在演示系统登录。请用街道分配的账号。")


def _note_failure(username: str, *, user: User | None, left: int, ip: str, at: datetime) -> None:
    """Write the try into the trail; an unknown login is not written out: it may be a password in the wrong box."""
    name = user.username if user else "（不存在的账号）"
    record("login_failed", actor=None, actor_name=name, subject=user, ip=ip, at=at)
    if left == 0:
        record("login_locked", actor=None, actor_name=name, subject=user, ip=ip, at=at)


def begin_session(request: Any, user: User, *, remember: bool, at: datetime) -> None:
    """Open the session: seven days on a device of one's own, else until the browser closes."""
    login(request, user)
    request.session.set_expiry(REMEMBERED_SECONDS if remember else 0)
    record("login", actor=user, subject=user, request=request, at=at)


def end_session(request: Any, *, at: datetime) -> None:
    """Close the session of this browser."""
    if request.user.is_authenticated:
        record("logout", actor=request.user, subject=request.user, request=request, at=at)
    logout(request)


@transaction.atomic
def change_password(user: User, *, password: str, at: datetime, request: Any = None) -> None:
    """A person's own new password; every other session ends, the one that asked goes on."""
    _set_password(user, password)
    record("password_changed", actor=user, subject=user, request=request, at=at)
    if request is not None:
        update_session_auth_hash(request, user)


@transaction.atomic
def reset_password(user: User, *, password: str, by: User, at: datetime, request: Any = None) -> None:
    """An admin's new password for someone who forgot theirs; all sessions of that person end."""
    _set_password(user, password)
    record("password_reset", actor=by, subject=user, request=request, at=at)


def _set_password(user: User, password: str) -> None:
    """Store the new hash and start a new session epoch."""
    validate_password(password, user)
    user.set_password(password)
    User.objects.filter(pk=user.pk).update(password=user.password, session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])
