"""回访与回音: the queue of those who wait for an answer, the call, and what reporters say of closings."""
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.masking import mask_name, mask_phone
from cases import callbacks as book
from cases import deadlines, echo, revealing
from cases.errors import AnswersRefused, MoveConflict, MoveForbidden, MoveRefused
from cases.forms.callbacks import AnswerForm, HearForm, KeepForm
from cases.models import Case, Opinion, Reply, Reporter, ReporterKind
from cases.states import Source
from cases.views.moves import refuse_unread, why_not
from cases.views.shown import shown_case
from cases.workflow import MOVES

PAGE_SIZE = 50


@dataclass(frozen=True)
class Tab:
    """One queue: its rows for a person at a moment, and what is said when it is empty."""

    key: str
    word: str
    rows: Callable[[Any, datetime], QuerySet]
    fact: str
    where: str


COMMON = (
    Tab("owed", "待答复", lambda user, at: book.owed(user), "没有人在等答复", "核查通过后，上报人会列在这里。"),
    Tab("code", "匿名上报", lambda user, at: book.nameless(user), "没有匿名上报待回音",
        "没留联系方式的，凭查询码看回音。"),
    Tab("unheard", "待回访", lambda user, at: book.unheard(user, at=at), "没有要回访的人",
        "答复后 30 天内没有回访的会列在这里。"),
    Tab("reopen", "待重开", lambda user, at: book.wishes(user), "没有人请求重开",
        "上报人评价“没有解决”的会列在这里。"),
    Tab("opinions", "上报人评价", lambda user, at: book.judged(user), "还没有评价",
        "上报人凭查询码评价后会列在这里。"),
)  # fmt: skip
PETITIONS = (
    Tab("petitions", "信访待答复", lambda user, at: book.petitions_owed(user), "没有信访人在等答复",
        "核查通过的信访件会列在这里。"),
)  # fmt: skip
RECORDS = ("opinions", "called")  # nobody has to empty them, so they stand last and are not counted


def tabs_of(user: Any) -> list[Tab]:
    """The queues that this person works on, then the records."""
    reach = user.reach_of("cases.reply_case")
    known = [
        *(COMMON if "all" in reach else ()), *(PETITIONS if "petitions" in reach else ()),
        Tab("called", "回访记录", lambda user, at: book.called(user), "还没有回访记录", "记下的回访会列在这里。"),
    ]  # fmt: skip
    return sorted(known, key=lambda tab: tab.key in RECORDS)


def line_of(row: Any, user: Any, *, at: datetime) -> dict[str, Any]:
    """A row of any queue with its case as this person may read it."""
    case = row if isinstance(row, Case) else row.case
    person = row if isinstance(row, Reporter) else getattr(row, "reporter", None)
    time = deadlines.time_left(case, at=at)
    return {"row": row, "case": shown_case(case, user), "time": time, "person": person_of(person), "reporter": person}


def person_of(reporter: Reporter | None) -> str:
    """A reporter, masked; an issuing unit keeps its name."""
    if reporter is None:
        return ""
    name = mask_name(reporter.name) if reporter.kind == ReporterKind.RESIDENT else reporter.name
    return " ".join(part for part in (name, mask_phone(reporter.phone)) if part) or "未留称呼"


@login_required
@permission_required("cases.call_back_case", raise_exception=True)
@require_safe
def callbacks(request: HttpRequest) -> HttpResponse:
    """One queue at a time, fifty to a page."""
    now = timezone.now()
    tabs = tabs_of(request.user)
    tab = next((tab for tab in tabs if tab.key == request.GET.get("show")), tabs[0])
    page = Paginator(tab.rows(request.user, now), PAGE_SIZE).get_page(request.GET.get("page"))
    lines = [line_of(row, request.user, at=now) for row in page.object_list]
    counts = [(one, one.rows(request.user, now).count() if one.key not in RECORDS else None) for one in tabs]
    context = {"tabs": counts, "tab": tab, "page_obj": page, "lines": lines, "most_calls": book.MOST_CALLS}
    return render(request, "cases/callbacks.html", context)


# --- one at a time ----------------------------------------------------------------------------------------------------


def find_case(user: Any, number: str) -> Case:
    """The case with what the answer is written from."""
    cases = Case.objects.visible_to(user).select_related("category", "community", "petition").without_shapes()
    return get_object_or_404(cases, number=number)


def find_whom(case: Case, whom: str) -> Any:
    """A reporter of the case, its petitioner, or whoever asks by its code."""
    if whom == ("petitioner" if case.is_petition else "code") and case.source in (Source.PETITION, Source.SNAP):
        return whom
    people = case.reporters.select_related("came_with", "field_report")
    return get_object_or_404(people, pk=int(whom) if whom.isdecimal() and len(whom) < 12 else 0)


def try_out(form: Any, act: Callable[[], Any]) -> tuple[int, Any]:
    """Do it; whatever refuses it comes back as status and sentences in the form."""
    try:
        return 200, act()
    except AnswersRefused as wrong:
        for name, sentence in wrong.errors.items():
            form.add_error(name if name in form.fields else None, sentence)
        return 422, None
    except MoveForbidden as why:
        raise PermissionDenied(str(why)) from why
    except (MoveConflict, MoveRefused) as why:
        form.add_error(None, str(why))
        return 409, None


def sheet(request: HttpRequest, case: Case, whom: Any, form: Any, *, status: int, **more: Any) -> HttpResponse:
    """The form beside what is known: the case, the person, what was answered and tried before."""
    reporter = whom if isinstance(whom, Reporter) else None
    told = Reply.objects.filter(case=case, reporter=reporter, to_petitioner=whom == "petitioner")
    calls = case.call_backs.filter(reporter=reporter).select_related("by").order_by("-at")
    context = {
        "case": shown_case(case, request.user), "form": form, "reporter": reporter, "person": person_of(reporter),
        "whom": whom, "replies": told.select_related("by"), "calls": calls, "most_calls": book.MOST_CALLS,
        "unreached": sum(not call.reached for call in calls), "may_reveal": revealing.may_reveal(case, request.user),
    }  # fmt: skip
    return render(request, "cases/callbacks_sheet.html", context | more, status=status)


def carry_out(
    request: HttpRequest, case: Case, whom: Any, form: Any, *, move: str, act: Callable[..., Any],
    done: Callable[[Any], tuple[str, str]], **shown: Any,
) -> HttpResponse:  # fmt: skip
    """Ask, or do it and go back to the queue; what refuses it comes back with the form as it was filled in."""
    refuse_unread(MOVES[move], case, request.user)
    status, refusal = why_not(MOVES[move], case, request.user)
    if status == 403:
        raise PermissionDenied(refusal)
    if form.is_bound and form.is_valid():
        how = {"by": request.user, "at": timezone.now(), **form.cleaned_data}
        status, came = try_out(form, lambda: act(**how))
        if status == 200:
            words, show = done(came)
            messages.success(request, f"{case.number}：{words}")
            return HttpResponseRedirect(f"/callbacks/?show={show}")
    elif form.is_bound:
        status = 422
    return sheet(request, case, whom, form, status=status, refusal="" if form.is_bound else refusal, **shown)


@login_required
@permission_required("cases.call_back_case", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, number: str, whom: str) -> HttpResponse:
    """The final answer to one who waits, and what they said to it."""
    case = find_case(request.user, number)
    person = find_whom(case, whom)
    first = {"channel": book.usual_channel(case, person), "words": book.draft_words(case, person)}
    form = AnswerForm(request.POST or None, initial=first, others=len(book.alike(case, person)))
    show = {"petitioner": "petitions", "code": "code"}.get(whom, "owed")
    return carry_out(
        request, case, person, form, move="reply", act=partial(book.answer, case, person), heading="答复",
        done=lambda answered: ("已答复" if answered else "未接通，已记录，答复仍待办", show),
    )  # fmt: skip


@login_required
@permission_required("cases.call_back_case", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def hear(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """How it went, asked of one who was answered."""
    case = find_case(request.user, number)
    reporter = find_whom(case, str(pk))
    return carry_out(
        request, case, reporter, HearForm(request.POST or None), move="call_back", heading="回访",
        act=partial(book.hear, case, reporter), done=lambda _: ("回访已记录", "unheard"),
    )  # fmt: skip


@login_required
@permission_required("cases.reopen_case", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: HttpRequest, pk: int) -> HttpResponse:
    """不重开: why, in words that the reporter reads."""
    opinion = get_object_or_404(Opinion.objects.select_related("case", "reporter"), pk=pk)
    case = find_case(request.user, opinion.case.number)
    return carry_out(
        request, case, opinion.reporter or "code", KeepForm(request.POST or None), move="reopen", heading="不重开",
        act=partial(echo.keep_closed, opinion), done=lambda _: ("已答复上报人，不重开", "reopen"), opinion=opinion,
    )  # fmt: skip
