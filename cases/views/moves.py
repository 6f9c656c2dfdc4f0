"""Every move as a page, as a dialog, and as the form at the foot of the pane; all of them post to the same address."""
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from cases import looking, similar, workflow
from cases.errors import AnswersRefused, MoveConflict, MoveForbidden, MoveRefused
from cases.forms import MoveForm, move_form
from cases.models import Case
from cases.querysets import kinds_seen
from cases.views.listing import Listing, row_of
from cases.views.merging import side_by_side
from cases.views.shown import Shown, reads_text
from cases.workflow import MOVES, Move

UNDO_TEXT = {"dispatch": "undo_dispatch"}


def seen_case(user: Any, number: str, *, whole: bool = True) -> Case:
    """The case, if this person sees it; otherwise it is not there (404). A move that succeeds needs no whole one."""
    seen = Case.objects.visible_to(user)
    cases = seen.for_page(number).select_related("category__default_department") if whole else (
        seen.select_related("category")
    )  # fmt: skip
    return get_object_or_404(cases, number=number)


@dataclass
class Attempt:
    """One try at a move: the form, what came of it, and why not."""

    form: MoveForm
    status: int = 200
    refusal: str = ""
    event: Any = None


def why_not(move: Move, case: Case, user: Any) -> tuple[int, str]:
    """Before anything is filled in: the state forbids it (409), or this person may not (403)."""
    if move in workflow.offered(case, user):
        return 200, ""
    if user.has_perm(move.permission) and case.state not in move.from_:
        return 409, f"{case.number}：{case.get_state_display()}，不能{move.button}。"
    return 403, f"你不能对 {case.number} 办理“{move.button}”。需要时请向值班科长或系统管理员申请。"


def version_seen(text: str) -> int | None:
    """The version that a form was filled in on; what is no number of a version counts for nothing."""
    return int(text) if text.isdecimal() and len(text) < 10 else None


def refuse_unread(move: Move, case: Case, user: Any) -> None:
    """A form is filled in beforehand with class, grid and unit: who reads a petition's title alone is shown none."""
    if not reads_text(case, user) and move not in workflow.offered(case, user):
        raise PermissionDenied(f"你不能对 {case.number} 办理“{move.button}”。需要时请向信访专员申请。")


def try_move(move: Move, case: Case, request: HttpRequest, *, at: datetime) -> Attempt:
    """Check the form and make the move; whatever refuses it comes back with the form as it was filled in."""
    inline = "inline" in request.POST
    form = move_form(move, case, request.user, request.POST, request.FILES, at=at, inline=inline)
    status, refusal = why_not(move, case, request.user)
    seen = version_seen(request.POST.get("version", ""))
    stale = seen is not None and seen != case.version
    if refusal and not stale:
        return Attempt(form, status, refusal)
    if not stale and not form.is_valid():
        return Attempt(form, 422)
    try:
        event = workflow.make(
            move.name, case, by=request.user, at=at, version=seen,
            **({} if stale else form.answers),
        )  # fmt: skip
    except AnswersRefused as wrong:
        form.take_refusals(wrong.errors)
        return Attempt(form, 422)
    except MoveForbidden as forbidden:
        return Attempt(form, 403, str(forbidden))
    except (MoveConflict, MoveRefused) as refused:
        return Attempt(form, 409, str(refused))
    return Attempt(form, event=event)


# --- what comes back -------------------------------------------------------------------------------------------------


def page_of(request: HttpRequest) -> SplitResult:
    """The address of the page that htmx stands on; a header nobody can read is no page."""
    try:
        return urlsplit(request.htmx.current_url or "")
    except ValueError:
        return urlsplit("")


def from_desk(request: HttpRequest) -> bool:
    """Whether the request came from the desk, where list and pane stand side by side."""
    return bool(request.htmx) and page_of(request).path.startswith("/desk/")


def pane_context(request: HttpRequest, case: Case, *, at: datetime, attempt: Attempt | None = None) -> dict[str, Any]:
    """What the pane shows of a case, with the form of the usual next step."""
    shown = Shown(case, request.user, at=at)
    form = None
    if attempt and attempt.form.inline and shown.next_move is attempt.form.move:
        form = attempt.form
    elif shown.next_move:
        form = move_form(shown.next_move, case, request.user, at=at, inline=True)
    others = [move for move in shown.moves if move is not shown.next_move and move.name != "undo_dispatch"]
    return {
        "shown": shown, "case": shown.case, "form": form, "move": shown.next_move, "attempt": attempt,
        "front_moves": others_in_front(others), "back_moves": others_behind(others),
        "closed_nearby": similar.same_grid_closed(case, at=at) if shown.case.grid_id else None,
        "twin": twin(case, shown, request.user, at=at),
    }  # fmt: skip


FRONT = ("return", "request_extension", "request_suspension", "rework", "reject", "merge", "remind", "note")
MOST_IN_FRONT = 5


def others_in_front(moves: list[Move]) -> list[Move]:
    """The secondary moves that stand as words below the blue button, in a fixed order."""
    known = [move for name in FRONT for move in moves if move.name == name]
    return known[:MOST_IN_FRONT]


def others_behind(moves: list[Move]) -> list[Move]:
    """The rest, in the menu 更多."""
    front = others_in_front(moves)
    return [move for move in moves if move not in front]


def twin(case: Case, shown: Shown, user: Any, *, at: datetime) -> Any:
    """疑似重复: the open case that looks most like this one, for those who could merge them."""
    if MOVES["merge"] not in shown.moves:
        return None
    found = similar.similar_cases(case, at=at, user=user, limit=1)
    return found[0] if found and found[0].score >= similar.SUSPICIOUS and found[0].case.is_open else None


def answer_with_pane(request: HttpRequest, case: Case, attempt: Attempt, *, at: datetime) -> HttpResponse:
    """After a move from the desk: the pane, and out of band the row, the tabs and the views."""
    fresh = Case.objects.visible_to(request.user).for_page(case.number).filter(pk=case.pk).first()
    query = QueryDict(page_of(request).query)
    listing = Listing(request.user, query, at=at)
    context = {"listing": listing, "oob": True, "gone": fresh is None, "case": case}
    if fresh is not None:
        context |= pane_context(request, fresh, at=at) | {"row": row_of(fresh, request.user, at=at)}
    response = render(request, "cases/_moved.html", context)
    response["HX-Retarget"], response["HX-Reswap"] = "#pane", "innerHTML"
    response["HX-Trigger"] = json.dumps({"dialog-close": True, "toast": toast_of(attempt, case)})
    return response


def toast_of(attempt: Attempt, case: Case) -> dict[str, str]:
    """What is said at the foot of the screen; a dispatch can be taken back while it stands there."""
    toast = {"text": sentence_of(attempt, case)}
    undo = UNDO_TEXT.get(attempt.event.move)
    if undo:
        toast |= {"undo": f"/cases/{case.number}/{undo}/", "target": "#pane"}
    return toast


def sentence_of(attempt: Attempt, case: Case) -> str:
    """已派遣给城管执法队."""
    move, facts = attempt.form.move, attempt.event.facts
    if move.name == "dispatch":
        return f"{case.number} 已派遣给{facts.get('lead', '')}"
    if move.name == "send_check":
        return f"{case.number} 已转{facts.get('checker', '')}核查"
    return f"{case.number}：{move.button}，已记录"


def after_move(request: HttpRequest, case: Case, attempt: Attempt, *, at: datetime) -> HttpResponse:
    """The move is made: the pane anew, the page anew, or back to where one came from."""
    if from_desk(request):
        return answer_with_pane(request, case, attempt, at=at)
    undo = UNDO_TEXT.get(attempt.event.move)
    tags = f"/cases/{case.number}/{undo}/" if undo else ""
    messages.success(request, sentence_of(attempt, case), extra_tags=tags)
    if request.htmx:
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    return HttpResponseRedirect(way_back(request, case))


def own_address(request: HttpRequest, address: str) -> str:
    """An address of this site as it is; nothing for a foreign one or one that is a script."""
    host, https = {request.get_host()}, request.is_secure()
    return address if url_has_allowed_host_and_scheme(address, allowed_hosts=host, require_https=https) else ""


def way_back(request: HttpRequest, case: Case) -> str:
    """`next` when it is an address of this site, else the case, else (not mine any more) the desk."""
    wanted = own_address(request, request.POST.get("next", ""))
    if wanted:
        return wanted
    every = all(kinds_seen(request.user))
    mine = every or Case.objects.visible_to(request.user).filter(pk=case.pk).exists()
    return case.get_absolute_url() if mine else "/desk/"


def refuse(request: HttpRequest, case: Case, attempt: Attempt, *, at: datetime) -> HttpResponse:
    """The form again with what was typed and the sentence; in the pane, in the dialog, or on a page."""
    case = get_object_or_404(Case.objects.for_page(case.number), pk=case.pk)
    attempt.form.case = case
    if request.htmx and attempt.form.inline:
        context = pane_context(request, case, at=at, attempt=attempt)
        response = render(request, "cases/_pane.html", context, status=attempt.status)
    else:
        response = render(request, _sheet(request), form_context(request, case, attempt, at=at), status=attempt.status)
    response["X-Form"] = "refused"  # tells the desk to show a 403 that comes with its form
    return response


def _sheet(request: HttpRequest) -> str:
    return "cases/_move_dialog.html" if request.htmx else "cases/move.html"


def form_context(request: HttpRequest, case: Case, attempt: Attempt, *, at: datetime) -> dict[str, Any]:
    """What the page or the dialog of a move shows."""
    form = attempt.form
    context = {
        "shown": Shown(case, request.user, at=at), "case": case, "form": form, "move": form.move, "attempt": attempt,
        "next": own_address(request, request.POST.get("next") or request.GET.get("next") or ""),
    }  # fmt: skip
    if form.move.name == "merge":
        context["merging"] = side_by_side(case, form, request.user, at=at)
    return context


# --- the views -------------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, number: str, move: str) -> HttpResponse:
    """One move of one case: GET asks, POST makes it."""
    posted = request.method == "POST"
    case, row, now = seen_case(request.user, number, whole=not posted), MOVES[move], timezone.now()
    refuse_unread(row, case, request.user)
    if posted:
        attempt = try_move(row, case, request, at=now)
        if attempt.event:
            return after_move(request, case, attempt, at=now)
        return refuse(request, case, attempt, at=now)
    initial = {name: value for name, value in request.GET.items() if name in {ask.name for ask in row.asks}}
    status, refusal = why_not(row, case, request.user)
    attempt = Attempt(move_form(row, case, request.user, at=now, initial=initial), status, refusal)
    response = render(request, _sheet(request), form_context(request, case, attempt, at=now), status=status)
    if status != 200:
        response["X-Form"] = "refused"
    return response


@login_required
@require_safe
def pane(request: HttpRequest, number: str) -> HttpResponse:
    """The case beside the list; without htmx, the page of the case."""
    case, now = seen_case(request.user, number), timezone.now()
    if not request.htmx:
        return HttpResponseRedirect(case.get_absolute_url())
    context = pane_context(request, case, at=now) | {"others": looking.look(case, user=request.user, at=now)}
    return render(request, "cases/_pane.html", context)


@login_required
@require_safe
def looking_too(request: HttpRequest, number: str) -> HttpResponse:
    """Who else has this case open; asked every half minute while it is open."""
    case, now = get_object_or_404(Case.objects.visible_to(request.user), number=number), timezone.now()
    return render(request, "cases/_looking.html", {"others": looking.look(case, user=request.user, at=now)})
