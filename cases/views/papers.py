"""The papers of a case, ready for the printer: A4 sheets of HTML that the browser prints."""
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cases import papers, revealing, telling
from cases.errors import AnswersRefused
from cases.models import Case
from cases.papers import Paper
from cases.states import State
from cases.views.case import find_case
from cases.views.shown import Shown


class LetterForm(forms.Form):
    """What a letter to a petitioner needs besides the story: the legal basis, and a reason to print the name."""

    basis = forms.CharField(
        label="法律依据", required=False, max_length=500, initial=papers.REPLY_BASIS,
        widget=forms.Textarea(attrs={"rows": 2}), help_text="写明认定和处理所依据的法律、法规、规章或政策条款",
    )  # fmt: skip
    reason = forms.CharField(
        label="印出姓名的理由", required=False, max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="不填则印代号；填写（至少 5 个字）则印真实姓名，并记入审计",
    )  # fmt: skip


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def paper(request: HttpRequest, number: str, paper: str) -> HttpResponse:
    """One paper; letters to a petitioner are asked for their basis and, for the name, for a reason."""
    case, now = find_case(request.user, number), timezone.now()
    kind = next((one for one in papers.papers_for(case, request.user) if one.key == paper), None)
    if not kind:
        raise Http404("这个案件没有这种文书，或者你不能打印它。")
    form = LetterForm(request.POST or None) if kind.petition else None
    addressee = _addressee(request, case, form)
    context = _context(case, request.user, kind, form, now) | {"addressee": addressee}
    return render(request, "cases/paper.html", context, status=422 if form is not None and form.errors else 200)


def _context(case: Case, user: Any, kind: Paper, form: LetterForm | None, now: Any) -> dict[str, Any]:
    shown = Shown(case, user, at=now)
    quotes = None if shown.secret else papers.quotes_of(case)
    return {
        "shown": shown, "case": shown.case, "paper": kind, "form": form, "quotes": quotes, "now": now,
        "sheet": f"cases/papers/{kind.key}.html", "office": papers.OFFICE, "centre": papers.CENTRE,
        "review_days": papers.REVIEW_DAYS, "basis": _basis(form), "handle": _handling(shown),
        "supervision_due": telling.moment_words(quotes.supervision.get("due")) if quotes else "",
        "settled": case.state in (State.CHECKED, State.CLOSED), "others": papers.papers_for(case, user),
    }  # fmt: skip


def _basis(form: LetterForm | None) -> str:
    if form is None:
        return ""
    return form.cleaned_data.get("basis", "") if form.is_bound and form.is_valid() else papers.REPLY_BASIS


def _handling(shown: Shown) -> Any:
    """The last clock of 处置."""
    cards = [card for card in shown.clocks if card.word == "处置"]
    return max(cards, key=lambda card: card.started_at, default=None)


def _addressee(request: HttpRequest, case: Case, form: LetterForm | None) -> str:
    """The code name, or with a reason the name, on this answer only."""
    if form is None:
        return ""
    code_name = case.petition.code_name
    if not form.is_bound or not form.is_valid() or not form.cleaned_data["reason"]:
        return code_name
    how = {"by": request.user, "at": timezone.now(), "ip": request.META.get("REMOTE_ADDR", "")}
    try:
        identity = revealing.reveal_petitioner(case, reason=form.cleaned_data["reason"], **how)
    except AnswersRefused as refusal:
        form.add_error("reason", refusal.errors["reason"])
        return code_name
    return dict(identity.lines).get("姓名", code_name)
