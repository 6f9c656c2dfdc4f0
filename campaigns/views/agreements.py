"""Responsibility agreements: the list of texts, the editor with its pane, versions, settings, parties, the library."""
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Department
from campaigns import agreement_parties as parties
from campaigns import agreement_templates as texts
from campaigns.agreement_blocks import changes_between
from campaigns.errors import AnswersRefused, StepConflict, StepForbidden, StepRefused
from campaigns.forms import agreements as forms
from campaigns.models import Agreement, AgreementStage, AgreementTemplate, Clause, PartyKind
from campaigns.querysets.agreements import sees_all
from campaigns.views import agreement_shown as shown
from grid.models import Organisation

PAGE_SIZE = 50
View = Callable[..., HttpResponse]


def answering(view: View) -> View:
    """A refusal becomes its page: no right 403, another state 409."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except StepForbidden as refusal:
            raise PermissionDenied(str(refusal)) from refusal
        except StepRefused as refusal:
            back = request.headers.get("referer") and request.path.rsplit("/", 2)[0] + "/"
            return render(request, "409.html", {"sentence": str(refusal), "back": back}, status=409)

    return wrapped


def may_see(user: Any) -> None:
    """Texts and boards are for those whose roles open agreements."""
    if not sees_all(user):
        raise PermissionDenied("责任书文本由系统管理员、台账专员、值班科长和街道领导查看。需要时请向系统管理员申请。")


def may_write(user: Any) -> None:
    """Texts are written by whoever manages agreements."""
    texts_right = "campaigns.manage_agreements"
    if not user.has_perm(texts_right):
        raise PermissionDenied("责任书文本由系统管理员编写。需要修改时请与系统管理员联系。")


def find_template(user: Any, pk: int) -> AgreementTemplate:
    """The text, for those who may see it."""
    may_see(user)
    return get_object_or_404(AgreementTemplate, pk=pk)


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The texts with how far their signing has come; for a party's own people, their agreements."""
    if not sees_all(request.user):
        return own(request)
    rows = AgreementTemplate.objects.with_progress().newest_first()
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "today": timezone.localdate()}
    return render(request, "campaigns/agreements.html", context)


def own(request: HttpRequest) -> HttpResponse:
    """What the own department is to sign or has signed."""
    if not request.user.has_perm("campaigns.see_own_agreement"):
        raise PermissionDenied("你的角色没有责任书。需要时请向系统管理员申请。")
    rows = Agreement.objects.visible_to(request.user).for_list().with_tasks(today=timezone.localdate())
    page = Paginator(rows.order_by("-pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "campaigns/agreements_own.html", {"page_obj": page})


@login_required
@answering
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new text."""
    may_write(request.user)
    initial = {"year": timezone.localdate().year}
    form = forms.NewTemplateForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        template = shown.try_form(form, lambda: _create(form.cleaned_data, by=request.user))
        if template:
            return HttpResponseRedirect(template.get_absolute_url())
    return render(request, "campaigns/agreement_new.html", {"form": form}, status=422 if form.errors else 200)


def _create(data: dict[str, Any], *, by: Any) -> AgreementTemplate:
    source = data["copy_from"].edits.head() if data["copy_from"] else None
    kept = {"blocks": source.blocks, "variables": source.variables} if source else {}
    names = ("title", "heading", "year", "prefix", "sign_by", "valid_until")
    return texts.create_template(**{name: data[name] for name in names}, **kept, by=by, at=timezone.now())


# --- the editor -------------------------------------------------------------------------------------------------------


@login_required
@require_safe
def editor(request: HttpRequest, pk: int) -> HttpResponse:
    """The paper and its pane; htmx asks for the pane alone."""
    template = find_template(request.user, pk)
    context = shown.editor_context(template, request.user, request.GET, now=timezone.now())
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "campaigns/_agreement_pane.html", context)
    return render(request, "campaigns/agreement_editor.html", context)


@login_required
@require_POST
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a wording that the editor sends as JSON; what was refused is said, and nothing is overwritten."""
    may_write(request.user)
    template = get_object_or_404(AgreementTemplate, pk=pk)
    try:
        sent = _sent(request)
        edit = texts.save_text(template, by=request.user, at=timezone.now(), **sent)
    except StepConflict as conflict:
        head = template.edits.head()
        return JsonResponse({"sentence": str(conflict), "revision": head.revision}, status=409)
    except AnswersRefused as wrong:
        return JsonResponse({"sentence": str(wrong)}, status=422)
    return JsonResponse(shown.saved_words(template, edit))


def _sent(request: HttpRequest) -> dict[str, Any]:
    """What the editor sent: the wording and the revision it was written upon."""
    try:
        sent = json.loads(request.body)
        return {"revision": int(sent["revision"]), "blocks": sent["blocks"], "heading": sent.get("heading")}
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise AnswersRefused({"blocks": "收到的内容读不出来，没有保存。请刷新页面后再改。"}) from error


@login_required
@answering
@require_http_methods(["GET", "HEAD", "POST"])
def plain(request: HttpRequest, pk: int) -> HttpResponse:
    """The same text as a form with a box for each block, for a browser without scripts."""
    may_write(request.user)
    template = get_object_or_404(AgreementTemplate, pk=pk)
    head = template.edits.head()
    data = request.POST if request.method == "POST" else None
    rows = forms.BlockSet(data, initial=forms.block_rows(head.blocks), prefix="block")
    error = ""
    if request.method == "POST" and rows.is_valid():
        error = shown.try_rows(lambda: _save_plain(request, template, rows))
        if not error:
            messages.success(request, "已保存")
            return HttpResponseRedirect(template.get_absolute_url())
    context = {"template": template, "head": head, "rows": rows, "error": error}
    wrong = error or request.method == "POST"
    return render(request, "campaigns/agreement_plain.html", context, status=422 if wrong else 200)


def _save_plain(request: HttpRequest, template: AgreementTemplate, rows: Any) -> None:
    blocks = [row["block"] for row in rows.kept()]
    revision, heading = shown.number_in(request.POST.get("revision")), request.POST.get("heading")
    texts.save_text(
        template, revision=revision, blocks=blocks, heading=heading, by=request.user, at=timezone.now()
    )


@login_required
@answering
@require_POST
def variables(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the table of variables: name, kind, whether required, what is the same for all."""
    may_write(request.user)
    template = get_object_or_404(AgreementTemplate, pk=pk)
    rows = forms.VariableSet(request.POST, prefix="variable")
    revision = shown.number_in(request.POST.get("revision"))
    how = {"revision": revision, "by": request.user, "at": timezone.now()}
    valid = rows.is_valid()
    error = shown.try_rows(lambda: texts.save_text(template, variables=rows.kept(), **how)) if valid else ""
    if valid and not error:
        messages.success(request, "变量已保存")
        return HttpResponseRedirect(f"{template.get_absolute_url()}?tab=variables")
    context = shown.editor_context(template, request.user, {"tab": "variables"}, now=timezone.now())
    context |= {"variable_rows": rows, "pane_error": error}
    return render(request, "campaigns/agreement_editor.html", context, status=422)


@login_required
@require_safe
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """Every saved wording, and what one version says otherwise than another."""
    template = find_template(request.user, pk)
    edits = template.edits.newest_first()
    page = Paginator(edits.without_text(), PAGE_SIZE).get_page(request.GET.get("page"))
    head = edits.first()
    newer = edits.filter(revision=shown.number_in(request.GET.get("to"))).first() or head
    older = edits.filter(revision=shown.number_in(request.GET.get("from"))).first()
    older = older or template.edits.last_of_version(newer.version - 1) or newer
    changes = changes_between((older.heading, older.blocks), (newer.heading, newer.blocks))
    context = {"template": template, "page_obj": page, "older": older, "newer": newer, "changes": changes}
    return render(request, "campaigns/agreement_history.html", context)


# --- settings ---------------------------------------------------------------------------------------------------------


@login_required
@answering
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, pk: int) -> HttpResponse:
    """Title and days, score bands, tasks; each part is a form of its own."""
    may_write(request.user)
    template = get_object_or_404(AgreementTemplate, pk=pk)
    part = request.POST.get("part", "")
    sheet = shown.SettingsSheet(template, request.POST if request.method == "POST" else None, part)
    if request.method == "POST" and sheet.keep(by=request.user, at=timezone.now()):
        messages.success(request, "设置已保存")
        return HttpResponseRedirect(request.path)
    status = 422 if request.method == "POST" else 200
    return render(request, "campaigns/agreement_settings.html", {"template": template, "sheet": sheet}, status=status)


@login_required
@answering
@require_http_methods(["GET", "HEAD", "POST"])
def choose_parties(request: HttpRequest, pk: int) -> HttpResponse:
    """Tick who is to sign, or take a whole kind at once; and who was listed by mistake off the list again."""
    may_write(request.user)
    template = get_object_or_404(AgreementTemplate, pk=pk)
    if "drop" in request.POST:
        return _drop(request, template)
    groups = parties.candidates(template)
    if request.method == "POST":
        chosen = _chosen(request, groups)
        count = parties.add_parties(template, **chosen, by=request.user, at=timezone.now())
        messages.success(request, f"已列入 {count} 家" if count else "没有新列入的对象")
        return HttpResponseRedirect(template.get_absolute_url())
    rows = [(kind, PartyKind(kind).label, found) for kind, found in groups.items()]
    listed = parties.party_rows(template).never_sent()
    context = {"template": template, "groups": rows, "listed": listed, "blank": listed.nothing_filled().count()}
    return render(request, "campaigns/agreement_parties.html", context)


def _drop(request: HttpRequest, template: AgreementTemplate) -> HttpResponse:
    ticked = [shown.number_in(pk) for pk in request.POST.getlist("party")]
    pks = None if request.POST["drop"] == "blank" else ticked
    count = parties.drop_parties(template, pks=pks, by=request.user, at=timezone.now())
    messages.success(request, f"已移出 {count} 家") if count else messages.warning(request, "没有勾选要移出的对象")
    return HttpResponseRedirect(request.path)


def _chosen(request: HttpRequest, groups: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """The ticked ones among those that could sign, and all of the kind whose button was pressed."""
    whole = request.POST.get("all", "")
    ticked = {kind: set(request.POST.getlist(kind)) for kind in groups}
    wanted = [
        one for kind, found in groups.items() for one in found if kind == whole or str(one.pk) in ticked[kind]
    ]
    return {
        "organisations": [one for one in wanted if isinstance(one, Organisation)],
        "departments": [one for one in wanted if isinstance(one, Department)],
    }


# --- sending and reminding --------------------------------------------------------------------------------------------


@login_required
@answering
@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who would get it and who lacks what; then send it."""
    may_write(request.user)
    template = get_object_or_404(AgreementTemplate, pk=pk)
    if request.method == "POST":
        _refuse_if_rewritten(template, request.POST.get("revision"))
        sent = parties.issue_all(template, by=request.user, at=timezone.now())
        (messages.success if sent.done else messages.warning)(request, shown.sent_words(sent))
        return shown.go(request, template.get_absolute_url())
    context = {"template": template, "sending": parties.preview(template), "head": template.edits.head()}
    return render(request, shown.sheet(request, "campaigns/agreement_issue.html"), context)


def _refuse_if_rewritten(template: AgreementTemplate, revision: Any) -> None:
    if shown.number_in(revision) != template.revision:
        raise StepConflict("正文在预览之后又有改动，没有送签。请重新核对后再送。")


@login_required
@answering
@require_POST
def remind(request: HttpRequest, pk: int, party: int | None = None) -> HttpResponse:
    """Remind all who have not signed, or one of them."""
    template = find_template(request.user, pk)
    reminded = parties.remind(template, by=request.user, at=timezone.now(), only=party)
    (messages.success if reminded.done else messages.warning)(request, shown.reminded_words(reminded))
    return HttpResponseRedirect(template.get_absolute_url())


@login_required
@require_safe
def board(request: HttpRequest, pk: int) -> HttpResponse:
    """All parties of a text with their stage, tasks and score, fifty to a page."""
    template = find_template(request.user, pk)
    rows = parties.party_rows(template).with_tasks(today=timezone.localdate())
    stage, kind, text = (request.GET.get(name, "") for name in ("stage", "kind", "q"))
    rows = shown.narrowed(rows, stage=stage, kind=kind, text=text)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "template": template, "page_obj": page, "stage": stage, "kind": kind, "text": text,
        "stages": [("unsigned", "未签"), *AgreementStage.choices], "kinds": PartyKind.choices,
    }  # fmt: skip
    return render(request, "campaigns/agreement_board.html", context)


# --- the clause library -----------------------------------------------------------------------------------------------


@login_required
@answering
@require_http_methods(["GET", "HEAD", "POST"])
def clauses(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The library: all clauses, and one of them (or a new one) to write."""
    may_write(request.user)
    clause = get_object_or_404(Clause, pk=pk) if pk is not None else None
    data = request.POST if request.method == "POST" else None
    initial = {"title": clause.title, "active": clause.active} if clause else {"active": True}
    form = forms.ClauseForm(data, initial=initial)
    rows = forms.BlockSet(data, initial=forms.block_rows(clause.blocks) if clause else [], prefix="block")
    if data is not None and form.is_valid() and rows.is_valid():
        if shown.try_form(form, lambda: _keep_clause(request, form, rows, clause)):
            messages.success(request, "条款已保存")
            return HttpResponseRedirect("/agreements/clauses/")
    page = Paginator(Clause.objects.order_by("title"), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"form": form, "rows": rows, "clause": clause, "page_obj": page}
    return render(request, "campaigns/agreement_clauses.html", context, status=422 if data is not None else 200)


def _keep_clause(request: HttpRequest, form: Any, rows: Any, clause: Clause | None) -> Clause:
    blocks = [row["block"] for row in rows.kept()]
    return texts.keep_clause(
        title=form.cleaned_data["title"], active=form.cleaned_data["active"], blocks=blocks, clause=clause,
        by=request.user, at=timezone.now(),
    )  # fmt: skip


@login_required
@answering
@require_POST
def add_clause(request: HttpRequest, pk: int, clause: int) -> HttpResponse:
    """Put a clause at the end of the text, for a browser without scripts."""
    may_write(request.user)
    template, kept = get_object_or_404(AgreementTemplate, pk=pk), Clause.objects.filter(pk=clause, active=True).first()
    if not kept:
        raise Http404("条款库里没有这一条，可能已停用。")
    head = template.edits.head()
    blocks = [*head.blocks, *kept.blocks]
    texts.save_text(template, revision=head.revision, blocks=blocks, by=request.user, at=timezone.now())
    messages.success(request, f"“{kept.title}”已加到正文末尾")
    return HttpResponseRedirect(template.get_absolute_url())
