"""Who gets in, and how a refusal of the ledger comes back to the page."""
from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.debug import sensitive_post_parameters

from coal_to_electric import progress
from coal_to_electric.errors import AnswersRefused, HouseholdForbidden, HouseholdRefused
from coal_to_electric.models import Household, PaymentBatch

View = Callable[..., HttpResponse]
SEE, SEE_OWN = "coal_to_electric.see_households", "coal_to_electric.see_community_households"
PERSONAL = ("householder", "id_number", "phone", "words")
private = sensitive_post_parameters(*PERSONAL)


def sees_ledger(view: View) -> View:
    """Who sees the ledger or one's own community's part of it."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not (request.user.has_perm(SEE) or request.user.has_perm(SEE_OWN)):
            raise PermissionDenied("你的角色不能查看煤改电台账。需要时请向系统管理员申请。")
        return view(request, *args, **kwargs)

    return login_required(checked)


def needs(right: str) -> Callable[[View], View]:
    """Who has a right of the ledger."""
    return lambda view: login_required(permission_required(f"coal_to_electric.{right}", raise_exception=True)(view))


def find_household(user: Any, number: str) -> Household:
    """The household, if this person sees it."""
    return get_object_or_404(Household.objects.visible_to(user).for_page(), number=number)


def has_hands(household: Household, user: Any, right: str) -> None:
    """403 with the ledger's sentence for who may not act on this household."""
    try:
        progress.check_hands(household, user, right)
    except HouseholdForbidden as why:
        raise PermissionDenied(str(why)) from why


def find_batch(number: str) -> PaymentBatch:
    """A batch with its people."""
    return get_object_or_404(PaymentBatch.objects.for_list(), number=number)


def attempt(form: forms.Form, act: Callable[[], Any]) -> tuple[int, Any]:
    """Do it; whatever refuses it comes back as a status and sentences in the form."""
    if not form.is_valid():
        return 422, None
    try:
        return 200, act()
    except AnswersRefused as wrong:
        for name, sentence in wrong.errors.items():
            form.add_error(name if name in form.fields else None, sentence)
        return 422, None
    except HouseholdForbidden as why:
        raise PermissionDenied(str(why)) from why
    except HouseholdRefused as why:
        form.add_error(None, str(why))
        return 409, None
