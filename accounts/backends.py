"""The one door for passwords: every `authenticate()` call passes the guard, whichever page asked."""
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.login import LoginRefused, check_password, may_enter
from accounts.models import RoleGrant, User


class StreetBackend(ModelBackend):
    """Passwords of the street's own accounts; permissions come from accounts.roles, not from Django's tables."""

    def authenticate(self, request: Any, username: str | None = None, password: str | None = None, **kw: Any) -> Any:
        """The person, or nobody, with the refusal left on the request for the page to say."""
        if username is None or password is None:
            return None
        ip = request.META.get("REMOTE_ADDR", "") if request is not None else ""
        try:
            return check_password(username, password=password, ip=ip, at=timezone.now())
        except LoginRefused as refusal:
            if request is not None:
                request.login_refusal = refusal
            raise PermissionDenied(str(refusal)) from refusal

    def user_can_authenticate(self, user: User | None) -> bool:
        """Asked on every request of a session too, so that a disabled person's session ends at once."""
        return user is not None and may_enter(user)

    def get_user(self, user_id: Any) -> User | None:
        """Who a session belongs to, with the roles and the department that every page asks for, in one query."""
        grants = list(RoleGrant.objects.select_related("user__department").filter(user=user_id))
        if grants:
            user = grants[0].user
            user.roles = frozenset(grant.role for grant in grants)
        else:
            user = User.objects.select_related("department").filter(pk=user_id).first()
        return user if self.user_can_authenticate(user) else None
