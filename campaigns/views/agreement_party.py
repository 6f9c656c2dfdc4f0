"""One agreement: the party's page with its cases, tasks and score, the steps, the signed pages, the paper."""
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns import agreement_parties as parties
from campaigns import agreement_scans
from campaigns import agreements as acts
from campaigns.agreement_blocks import lines_of
from campaigns.agreement_templates import band_words
from campaigns.errors import AnswersRefused
from campaigns.forms import agreements as forms
from campaigns.models import Agreement, AgreementStage
from campaigns.views import agreement_shown as shown
from campaigns.views.agreements import answering
from cases.models import Case
from grid.photos import PhotoNotReady

MOST_CASES = 10
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DONE = {
    "issue": "已送签", "withdraw": "已撤回", "sign": "已登记签订", "start": "已生效", "assess": "已记考核",
    "close": "已归档",
}  # fmt: skip


def find_agreement(user: Any, pk: int) -> Agreement:
    """The agreement, for those who may see it; not yours is not there."""
    rows = Agreement.objects.visible_to(user).select_related(
        "organisation__community", "department", "template", "edit"
    ).defer("organisation__community__shape")  # fmt: skip
    return get_object_or_404(rows, pk=pk)


@login_required
@require_safe
def party(request: HttpRequest, pk: int) -> HttpResponse:
    """The party's page."""
    agreement = find_agreement(request.user, pk)
    return render(request, "campaigns/agreement_party.html", _context(agreement, request.user))


def _context(agreement: Agreement, user: Any) -> dict[str, Any]:
    today, edit = timezone.localdate(), acts.wording_of(agreement)
    values, draft = acts.values_of(agreement, edit), agreement.stage == AgreementStage.DRAFT
    own = agreement.department_id is not None and agreement.department_id == user.department_id
    may_assess = user.has_perm("campaigns.assess_agreements")
    may_finish = own and user.has_perm("campaigns.see_own_agreement") or may_assess
    cases, may_fill = cases_of(agreement, user), user.has_perm("campaigns.manage_agreements")
    return {
        "agreement": agreement, "edit": edit, "lines": lines_of(edit.blocks, values), "today": today,
        "acts": acts.acts_for(agreement, user), "scans": list(agreement.scans.all()),
        "tasks": [(task, task.is_late(today=today)) for task in agreement.tasks.all()],
        "records": [(record, acts.act_name(record.act)) for record in agreement.records.order_by("-pk")],
        "missing": acts.lacking(agreement, edit) if draft else [], "bands": band_words(agreement.template.bands.all()),
        "fields": shown.fill_fields(edit, values) if draft and may_fill else [],
        "case_count": cases.count(), "open_count": cases.open().count(),
        "cases": cases.for_rows().order_by("-received_at", "-pk")[:MOST_CASES],
        "may_finish": may_finish and agreement.stage in parties.CHECKABLE,
        "may_check": may_assess and agreement.stage in parties.CHECKABLE,
        "may_reveal": user.has_perm("campaigns.reveal_signer"),
        "may_view": agreement.stage == AgreementStage.ISSUED and not agreement.viewed_at
        and (own or user.has_perm("campaigns.sign_agreements")),
    }  # fmt: skip


def cases_of(agreement: Agreement, user: Any) -> Any:
    """The party's cases that this person may see: led by the department or in the community; a unit leads none."""
    cases = Case.objects.visible_to(user)
    if agreement.department_id is None:
        return cases.none()
    if agreement.party_kind == "community" and hasattr(agreement.department, "community"):
        return cases.in_community(agreement.department.community)
    return cases.led_by(agreement.department)


@login_required
@answering
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """One step: GET asks what it needs, POST makes it."""
    agreement, known = find_agreement(request.user, pk), acts.ACTS.get(act)
    if not known:
        raise Http404("责任书没有这个动作。")
    acts.check_act(agreement, act, request.user)
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    initial = forms.default_score(acts.proposed_score(agreement)) if act == "assess" else {}
    form = forms.STEP_FORMS[act](data, files, initial=initial)
    if data is not None and form.is_valid() and shown.try_form(form, lambda: _make(request, agreement, act, form)):
        messages.success(request, DONE[act])
        return HttpResponseRedirect(agreement.get_absolute_url())
    context = {"agreement": agreement, "act": known, "form": form, "bands": band_words(agreement.template.bands.all())}
    status = 200 if data is None else 409 if getattr(form, "refused", False) else 422
    return render(request, "campaigns/agreement_step.html", context, status=status)


def _make(request: HttpRequest, agreement: Agreement, act: str, form: Any) -> Agreement:
    answers, how = form.answers(), {"by": request.user, "at": timezone.now()}
    if act != "sign":
        return getattr(acts, act)(agreement, **answers, **how)
    answers["scans"] = agreement_scans.take_scans(answers["scans"], **how)
    with agreement_scans.taken_back_if_refused(answers["scans"]):
        return acts.sign(agreement, **answers, **how)


@login_required
@answering
@require_POST
def fill(request: HttpRequest, pk: int) -> HttpResponse:
    """Fill the variables of a draft; back to where it was filled."""
    agreement = find_agreement(request.user, pk)
    values = {name[6:]: text for name, text in request.POST.items() if name.startswith("value-")}
    try:
        parties.fill(agreement, values=values, by=request.user, at=timezone.now())
    except AnswersRefused as wrong:
        return _fill_again(request, agreement, values, wrong)
    messages.success(request, f"{agreement.party_name}的变量已保存")
    back = f"/agreements/{agreement.template_id}/?party={pk}&tab=variables"
    return HttpResponseRedirect(back if "editor" in request.POST else agreement.get_absolute_url())


def _fill_again(request: HttpRequest, agreement: Agreement, typed: dict[str, str], wrong: Any) -> HttpResponse:
    """The page where it was filled, with what was typed and what is wrong with it."""
    if "editor" in request.POST:
        page, query = "campaigns/agreement_editor.html", {"tab": "variables", "party": str(agreement.pk)}
        context = shown.editor_context(agreement.template, request.user, query, now=timezone.now())
    else:
        page, context = "campaigns/agreement_party.html", _context(agreement, request.user)
    fields = shown.fill_fields(acts.wording_of(agreement), typed, wrong.errors)
    return render(request, page, context | {"fields": fields, "fill_error": str(wrong)}, status=422)


@login_required
@answering
@require_POST
def viewed(request: HttpRequest, pk: int) -> HttpResponse:
    """The party has read it."""
    agreement = find_agreement(request.user, pk)
    if acts.view(agreement, by=request.user, at=timezone.now()):
        messages.success(request, "已记为已查看")
    return HttpResponseRedirect(agreement.get_absolute_url())


@login_required
@answering
@require_http_methods(["GET", "HEAD", "POST"])
def task(request: HttpRequest, pk: int, seq: int) -> HttpResponse:
    """Say that a task is done, or score one that is."""
    agreement = find_agreement(request.user, pk)
    found = get_object_or_404(agreement.tasks.select_related("agreement"), seq=seq)
    scoring = found.finished_on is not None
    kind = forms.CheckForm if scoring else forms.FinishForm
    initial = {"score": found.check_score} if scoring else {"finished_on": forms.today()}
    form = kind(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and shown.try_form(form, lambda: _task(request, found, form)):
        messages.success(request, f"第 {seq} 项任务已{'打分' if scoring else '填报'}")
        return HttpResponseRedirect(agreement.get_absolute_url() + "#tasks")
    context = {"agreement": agreement, "task": found, "form": form, "scoring": scoring}
    status = 200 if request.method != "POST" else 409 if getattr(form, "refused", False) else 422
    return render(request, "campaigns/agreement_task.html", context, status=status)


def _task(request: HttpRequest, found: Any, form: Any) -> Any:
    how = {"by": request.user, "at": timezone.now()}
    if "finished_on" in form.cleaned_data:
        return parties.finish_task(found, finished_on=form.cleaned_data["finished_on"], **how)
    department = request.user.department
    checker = department.short_name if department else request.user.real_name
    return parties.check_task(found, score=form.cleaned_data["score"], checker=checker, **how)


# --- the paper --------------------------------------------------------------------------------------------------------


@never_cache
@login_required
@answering
@require_http_methods(["GET", "HEAD", "POST"])
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The agreement on A4; POST with a reason prints the names in full, on this answer only."""
    agreement = find_agreement(request.user, pk)
    form = forms.ReasonForm(request.POST or None)
    blocks = _blocks(request, agreement, form)
    if "word" in request.POST and not form.errors:
        return _word(agreement, blocks)
    may_reveal = request.user.has_perm("campaigns.reveal_signer")
    context = {"agreement": agreement, "blocks": blocks, "form": form, "may_reveal": may_reveal}
    return render(request, "campaigns/agreement_paper.html", context, status=422 if form.errors else 200)


def _blocks(request: HttpRequest, agreement: Agreement, form: Any) -> list[acts.PaperBlock]:
    """Masked, or for a reason in full."""
    reason = form.cleaned_data["reason"] if form.is_bound and form.is_valid() else ""
    if reason:
        how = {"by": request.user, "at": timezone.now(), "ip": request.META.get("REMOTE_ADDR", "")}
        full = shown.try_form(form, lambda: parties.reveal_names(agreement, reason=reason, **how))
        if full:
            return full
    return acts.paper_of(agreement)


def _word(agreement: Agreement, blocks: list[acts.PaperBlock]) -> HttpResponse:
    from campaigns import agreement_papers  # Word costs a web worker memory that it rarely needs

    content = agreement_papers.as_docx(blocks, number=agreement.number, is_demo=agreement.is_demo)
    response = HttpResponse(content, content_type=WORD)
    name = quote(f"责任书 {agreement.party_name}.docx")
    response["Content-Disposition"] = f"attachment; filename=\"agreement-{agreement.pk}.docx\"; filename*=UTF-8''{name}"
    return response


@never_cache
@login_required
@answering
@require_http_methods(["GET", "HEAD", "POST"])
def scan(request: HttpRequest, pk: int, scan: int) -> HttpResponse:
    """A signed page: GET asks for a reason, the answer to the POST is the page itself."""
    agreement = find_agreement(request.user, pk)
    page = get_object_or_404(agreement.scans.select_related("photo", "agreement"), pk=scan)
    parties.check_reveal(request.user)
    form = forms.ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and shown.try_form(form, lambda: _open(request, page, form)):
        return _page(page)
    context = {"agreement": agreement, "form": form}
    return render(request, "campaigns/agreement_scan.html", context, status=422 if form.errors else 200)


def _open(request: HttpRequest, page: Any, form: Any) -> Any:
    how = {"by": request.user, "at": timezone.now(), "ip": request.META.get("REMOTE_ADDR", "")}
    return parties.open_scan(page, reason=form.cleaned_data["reason"], **how)


def _page(page: Any) -> HttpResponse:
    try:
        return agreement_scans.scan_response(page)
    except PhotoNotReady as reason:
        raise Http404(str(reason)) from reason
