"""蓝天行动群: paste a message and photos, and it is a case."""
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from cases import pasting
from cases.errors import AnswersRefused
from cases.forms.paste import PasteForm
from cases.models import Case
from cases.registering import sources_for
from cases.states import Source
from cases.views.likely import Likely


@sensitive_post_parameters("text")
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def paste(request: HttpRequest) -> HttpResponse:
    """One box and one button; works without any script."""
    if Source.GRID not in sources_for(request.user):
        raise PermissionDenied("你的角色不能登记网格事件。需要时请与指挥席联系。")
    bound = {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}
    form = PasteForm(request.user, at=timezone.now(), **bound)
    if form.is_bound and form.is_valid():
        case = _taken(request, form)
        if case:
            return _to(request, case)
    status = 200 if not form.is_bound else 422 if form.errors else 409
    return render(request, "cases/paste.html", {"form": form, "likely": getattr(form, "likely", None)}, status=status)


def _taken(request: HttpRequest, form: PasteForm) -> Case | None:
    """The case, new or from before; none when it is like another one and nobody has said that it is not the same."""
    known = pasting.pasted_before(form.message)
    if known:
        messages.warning(request, f"这条消息已登记为 {known.number}，没有重复登记。")
        return known
    form.likely = Likely(form.answers, request.user, at=form.at)
    if form.likely.doubtful and "sure" not in request.POST:
        return None
    try:
        case = pasting.take_from_group(form.message, photos=form.kept_photos, by=request.user, at=form.at)
    except AnswersRefused as refusal:
        form.add_error(None, "".join(refusal.errors.values()))
        return None
    messages.success(request, f"已登记 {case.number}")
    return case


def _to(request: HttpRequest, case: Case) -> HttpResponse:
    """To the case, or back to the box for those who do not follow it."""
    seen = Case.objects.visible_to(request.user).filter(pk=case.pk).exists()
    return redirect(case if seen else "channels:paste")
