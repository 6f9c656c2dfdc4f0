"""我的任务: the list, one task with all that can be done about it from the street, and 立查立改."""
import secrets
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.field_door import ANOTHER, LOGIN_GONE, field_door, wants_json
from cases import field_tasks
from cases.errors import AnswersRefused, MoveConflict, MoveForbidden, MoveRefused
from cases.field_tasks import TABS, counts_of, has_tasks, known_act, tab_of, tasks_of, version_seen
from cases.fixing import take_fix
from cases.forms.tasks import FixForm, TaskEnvelope, TaskForm, renamed
from cases.models import Case, FieldAct
from cases.sent_once import delivery_key
from cases.views.moves import seen_case, why_not
from cases.views.task_page import TaskPage, cards_of
from cases.workflow import MOVES

PAGE_SIZE = 50
NOT_YOURS = "“我的任务”由社区工作者、承办人和核查人使用。需要时请向系统管理员申请。"
GONE = "这件任务已不归你办理，可能已改派。没有办成的内容仍在本机，可以删去。"
LONGEST_SEARCH = 40


@field_door
def in_the_field(user: Any) -> str:
    """For who has tasks."""
    return "" if has_tasks(user) else NOT_YOURS


def is_me(request: HttpRequest, who: str) -> bool:
    """Whether what was filled in under one login comes under the same; a form without a mark is a browser's."""
    return who in ("", str(request.user.pk))


@in_the_field
@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """What waits for me, least time left first."""
    tab, now = tab_of(request.GET.get("tab", "")), timezone.now()
    words = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    page = Paginator(tasks_of(request.user, tab, words=words), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "tabs": TABS, "tab": tab, "counts": counts_of(request.user), "page_obj": page, "words": words, "now": now,
        "finding": bool(words) or "find" in request.GET, "cards": cards_of(page.object_list, request.user, at=now),
        "may_fix": request.user.has_perm("cases.fix_on_spot_case"),
    }  # fmt: skip
    return render(request, "mobile/tasks.html", context)


# --- one task --------------------------------------------------------------------------------------------------------


@in_the_field
@require_http_methods(["GET", "HEAD", "POST"])
def task(request: HttpRequest, number: str) -> HttpResponse:
    """One task: sign, hand in, ask for time, give back, check, verify; or see how it went."""
    try:
        case = seen_case(request.user, number, whole=request.method != "POST")
    except Http404:
        if wants_json(request):
            return JsonResponse({"ok": False, "sentence": GONE}, status=404)
        raise
    if request.method == "POST":
        return _handed_in(request, case)
    return _page(request, case)


def _page(request: HttpRequest, case: Case, *, status: int = 200, form: TaskForm | None = None,
          refusal: str = "") -> HttpResponse:  # fmt: skip
    page = TaskPage(case, request.user, at=timezone.now(), form=form, refusal=refusal)
    return render(request, "mobile/handle.html", {"page": page, "case": page.shown.case}, status=status)


def _refused(request: HttpRequest, case: Case, status: int, sentence: str, *, form: TaskForm | None = None,
             whole: bool = False) -> HttpResponse:  # fmt: skip
    """To the queue the sentence, to a browser the page as it stands now with what was typed."""
    if wants_json(request):
        errors = form.errors if form and whole else {}
        if form:
            form.drop_kept()
        return JsonResponse({"ok": False, "sentence": sentence, "errors": errors}, status=status)
    now_is = get_object_or_404(Case.objects.for_page(case.number), pk=case.pk)
    return _page(request, now_is, status=status, form=form,
                 refusal="" if whole else sentence)  # fmt: skip


def _handed_in(request: HttpRequest, case: Case) -> HttpResponse:
    envelope = TaskEnvelope(request.POST)
    if not envelope.is_valid():
        return _refused(request, case, 422, envelope.sentence())
    told = envelope.cleaned_data
    if not is_me(request, told["who"]):
        sentence = LOGIN_GONE if wants_json(request) else ANOTHER
        return _refused(request, case, 401 if wants_json(request) else 409, sentence)
    form = TaskForm(MOVES[told["act"]], case, request.user, at=timezone.now(), data=renamed(request.POST),
                    files=request.FILES)  # fmt: skip
    try:
        made = known_act(told["key"], case=case, by=request.user) or _make(form, case, told)
    except AnswersRefused as refusal:
        return _refused(request, case, 422, str(refusal))
    except MoveRefused as refusal:
        status = 403 if isinstance(refusal, MoveForbidden) else 409
        return _refused(request, case, status, str(refusal), form=form)
    if made is None:
        return _refused(request, case, 422, form.sentence(), form=form, whole=True)
    return _received(request, case, made)


def _make(form: TaskForm, case: Case, told: dict[str, Any]) -> FieldAct | None:
    """The move made; None when the form says what must be changed; raises what refuses it for another reason."""
    move, me = form.move, form.user
    noted = move.name == field_tasks.NOTE
    version = None if noted else version_seen(case, version=told["version"], after=told["after"], by=me)
    answers = {}
    if noted or version == case.version:  # a stale one is refused by its version before anything else is looked at
        status, refusal = why_not(move, case, me)
        if refusal:
            raise MoveForbidden(refusal) if status == 403 else MoveConflict(refusal)
        if not form.is_valid():
            return None
        answers = form.answers
    try:
        return field_tasks.hand_in(
            move.name, case, key=told["key"], by=me, at=form.at, version=version, **answers
        )  # fmt: skip
    except AnswersRefused as wrong:
        form.take_refusals(wrong.errors)
        return None


def _received(request: HttpRequest, case: Case, act: FieldAct) -> HttpResponse:
    """Told the same however often it was delivered: what that act did, and the version it made."""
    sentence = f"{case.number}：{MOVES[act.move].button}，已记录"
    again = f"/m/tasks/{case.number}/" if act.move in ("acknowledge", "request_extension") else "/m/tasks/"
    if wants_json(request):
        told = {"ok": True, "url": again, "number": case.number, "act": act.move, "version": act.version}
        return JsonResponse({**told, "sentence": sentence})
    messages.success(request, sentence)
    return redirect(again)


# --- 立查立改 --------------------------------------------------------------------------------------------------------


@in_the_field
@require_http_methods(["GET", "HEAD", "POST"])
def fix(request: HttpRequest) -> HttpResponse:
    """Found and put right on the spot: both pictures, one form, straight to checking by somebody else."""
    if not request.user.has_perm("cases.fix_on_spot_case"):
        raise PermissionDenied("立查立改由社区工作者和承办人使用。需要时请向系统管理员申请。")
    if request.method != "POST":
        return _fix_page(request, FixForm(initial={"key": secrets.token_hex(16)}))
    form = FixForm(request.POST, request.FILES)
    if not is_me(request, request.POST.get("who", "")):
        return _fix_refused(request, form, 401 if wants_json(request) else 409, LOGIN_GONE)
    if not form.is_valid():
        return _fix_refused(request, form, 422, form.sentence())
    return _fixed(request, form)


def _fixed(request: HttpRequest, form: FixForm) -> HttpResponse:
    told = form.cleaned_data
    try:
        case = take_fix(
            key=delivery_key(form, queued=wants_json(request)), category=told["category"], before=told["photos"],
            after=told["after_photos"], words=told["words"], fix=form.fix(), community=told["community"],
            address=told["address"], by=request.user, at=timezone.now(),
        )  # fmt: skip
    except AnswersRefused as refusal:
        for name, sentence in refusal.errors.items():
            form.add_error(name if name in form.fields else None, sentence)
        return _fix_refused(request, form, 422, form.sentence())
    except MoveRefused as refusal:
        return _fix_refused(request, form, 403, str(refusal))
    sentence = f"{case.number}：立查立改，已转核查"
    if wants_json(request):
        return JsonResponse({"ok": True, "url": "/m/tasks/?tab=done", "number": case.number, "sentence": sentence})
    messages.success(request, sentence)
    return redirect("/m/tasks/?tab=done")


def _fix_refused(request: HttpRequest, form: FixForm, status: int, sentence: str) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"ok": False, "sentence": sentence, "errors": form.errors}, status=status)
    if sentence and not form.errors:
        form.add_error(None, sentence)
    return _fix_page(request, form, status=status)


def _fix_page(request: HttpRequest, form: FixForm, *, status: int = 200) -> HttpResponse:
    return render(request, "mobile/handle_fix.html", {"form": form, "who": str(request.user.pk)}, status=status)
