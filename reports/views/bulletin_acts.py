"""What can be done with a bulletin: one table of acts, one view that asks and acts; and the editing of its blocks."""
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from reports.bulletins import drafting, editing, workflow
from reports.bulletins.errors import BulletinConflict, BulletinForbidden, BulletinRefused
from reports.forms.bulletins import AddForm, BlockForm, NoForm, ReasonForm, SubmitForm
from reports.models import Bulletin, BulletinState
from reports.views.bulletin_shown import Shown


@dataclass(frozen=True)
class Act:
    """A button, what it asks, and the verb behind it."""

    name: str
    button: str
    icon: str
    needs: str
    states: tuple[str, ...]
    form: type[forms.Form]
    verb: Callable[..., Any]
    explains: str
    danger: bool = False


ACTS = {
    act.name: act
    for act in (
        Act("submit", "送签发", "writing-sign", "reports.submit_bulletin", (BulletinState.DRAFT,), SubmitForm,
            workflow.submit, "送签后不能再改，由领导签发或退回。期号在签发时取。"),
        Act("approve", "签发", "signature", "reports.approve_bulletin", (BulletinState.SUBMITTED,), NoForm,
            workflow.approve, "签发后取期号，数字和名单就此锁定，不能再改。"),
        Act("send_back", "退回修改", "arrow-back-up", "reports.send_back_bulletin", (BulletinState.SUBMITTED,),
            ReasonForm, workflow.send_back, "退回后由拟稿人修改，再次送签。"),
        Act("withdraw", "作废", "ban", "reports.withdraw_bulletin", (BulletinState.ISSUED, BulletinState.DRAFT),
            ReasonForm, workflow.withdraw, "作废的期号保留在目录里，不再使用。", danger=True),
        Act("correct", "发更正", "edit", "reports.compose_bulletin", (BulletinState.ISSUED,), NoForm,
            drafting.correct, "新拟一期更正通报，写明所更正的期号。原通报不变。"),
    )
}  # fmt: skip


def acts_for(bulletin: Bulletin, user: Any) -> list[Act]:
    """What this person may do with it now; nobody signs what they wrote or submitted."""
    mine = [act for act in ACTS.values() if bulletin.state in act.states and user.has_perm(act.needs)]
    return [act for act in mine if act.name != "approve" or user.pk not in bulletin.writers()]


def find(pk: int) -> Bulletin:
    """The issue."""
    return get_object_or_404(Bulletin.objects.select_related("submitted_by", "issued_by"), pk=pk)


def refused(request: HttpRequest, bulletin: Bulletin, refusal: BulletinRefused) -> HttpResponse:
    """403 for the wrong person, 409 for the wrong moment, each with its sentence."""
    if isinstance(refusal, BulletinForbidden):
        raise PermissionDenied(str(refusal)) from refusal
    context = {"sentence": str(refusal), "back": bulletin.get_absolute_url(), "inside": _in_dialog(request)}
    return render(request, "reports/_bulletin_refused.html" if request.htmx else "409.html", context, status=409)


@never_cache
@login_required
@permission_required("reports.see_bulletins", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Ask, then act: on a page of its own, or in the dialog of the issue's page."""
    bulletin, chosen = find(pk), ACTS.get(act)
    if chosen is None:
        raise Http404("没有这个操作。")
    if not request.user.has_perm(chosen.needs):
        raise PermissionDenied(f"你的角色不能{chosen.button}。需要时请与值班科长或分管领导联系。")
    form = chosen.form(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        return _done(request, bulletin, chosen, form)
    return _ask(request, bulletin, chosen, form)


def _in_dialog(request: HttpRequest) -> bool:
    return bool(request.htmx) and request.htmx.target == "dialog"


def _ask(request: HttpRequest, bulletin: Bulletin, chosen: Act, form: forms.Form) -> HttpResponse:
    template = "reports/_bulletin_act_dialog.html" if _in_dialog(request) else "reports/bulletin_act.html"
    context = {"bulletin": bulletin, "act": chosen, "form": form}
    return render(request, template, context, status=422 if form.errors else 200)


def _done(request: HttpRequest, bulletin: Bulletin, chosen: Act, form: forms.Form) -> HttpResponse:
    if is_stale(request, bulletin):
        return refused(request, bulletin, BulletinConflict(editing.CHANGED_MEANWHILE))
    try:
        result = chosen.verb(bulletin, by=request.user, at=timezone.now(), **form.cleaned_data)
    except (BulletinConflict, BulletinForbidden) as refusal:
        return refused(request, bulletin, refusal)
    except BulletinRefused as refusal:
        form.add_error(None, str(refusal))
        return _ask(request, bulletin, chosen, form)
    if isinstance(result, Bulletin):  # a correction, which is a draft until somebody signs it
        messages.success(request, "已拟好更正稿，原通报不变。请核对后送签发。")
        return go_to(request, result)
    number = f"：第 {result} 期" if isinstance(result, int) else ""
    messages.success(request, f"已{chosen.button}{number}。")
    return go_to(request, bulletin)


def is_stale(request: HttpRequest, bulletin: Bulletin) -> bool:
    """Whether the form was opened upon another version than the one that stands now."""
    return request.POST.get("version", str(bulletin.version)) != str(bulletin.version)


def go_to(request: HttpRequest, bulletin: Bulletin) -> HttpResponse:
    """To the issue's page, from a dialog as well."""
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": bulletin.get_absolute_url()})
    return redirect(bulletin)


# --- editing --------------------------------------------------------------------------------------------------------


@never_cache
@login_required
@permission_required("reports.compose_bulletin", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def block(request: HttpRequest, pk: int, block: str) -> HttpResponse:
    """One block's words: the form in place of the block, or on a page of its own."""
    bulletin = find(pk)
    mine = editing.find_block(bulletin, block)
    if mine is None:
        raise Http404("这一段已不在通报里。请刷新后再改。")
    form = BlockForm(request.POST or None, initial={"text": mine.get("text", ""), "lead": mine.get("lead", "")})
    if request.method == "POST":
        return _edited(request, bulletin, mine, form)
    return _show_block(request, bulletin, mine, form)


def _show_block(request: HttpRequest, bulletin: Bulletin, mine: dict[str, Any], form: forms.Form) -> HttpResponse:
    template = "reports/_bulletin_block_form.html" if request.htmx else "reports/bulletin_block.html"
    context = {"bulletin": bulletin, "block": mine, "form": form, "written": mine["kind"] in editing.WRITTEN,
               "add": AddForm(prefix="add")}  # fmt: skip
    answer = render(request, template, context, status=422 if form.errors else 200)
    return _in_place(answer, mine["id"])


def _in_place(answer: HttpResponse, block: str) -> HttpResponse:
    """Where the block stands, though a saved form draws all sheets anew."""
    answer["HX-Retarget"], answer["HX-Reswap"] = f"#block-{block}", "outerHTML"
    return answer


def _edited(request: HttpRequest, bulletin: Bulletin, mine: dict[str, Any], form: forms.Form) -> HttpResponse:
    """Save, move, delete or add, as the pressed button says."""
    how = {"by": request.user, "at": timezone.now()}
    do = request.POST.get("do", "save")
    try:
        if is_stale(request, bulletin):
            raise BulletinConflict(editing.CHANGED_MEANWHILE)
        if do == "save" and not form.is_valid():
            return _show_block(request, bulletin, mine, form)
        _edit(bulletin, mine["id"], do, form, request.POST, how)
    except (BulletinConflict, BulletinForbidden) as refusal:
        return _in_place(refused(request, bulletin, refusal), mine["id"])
    except BulletinRefused as refusal:
        form.add_error(None, str(refusal))
        return _show_block(request, bulletin, mine, form)
    return _all_sheets(request, bulletin)


def _all_sheets(request: HttpRequest, bulletin: Bulletin) -> HttpResponse:
    if not request.htmx:
        return redirect(bulletin)
    shown = Shown(bulletin, request.user, at=timezone.now())
    context = {"shown": shown, "bulletin": bulletin, "view": "spread", "renewed": True}
    return render(request, "reports/_bulletin_sheets.html", context)


def _edit(bulletin: Bulletin, block: str, do: str, form: forms.Form, posted: Any, how: dict[str, Any]) -> None:
    if do in ("up", "down"):
        editing.move_block(bulletin, block, down=do == "down", **how)
    elif do == "remove":
        editing.remove_block(bulletin, block, **how)
    elif do == "add":
        editing.add_block(bulletin, block, kind=posted.get("add-kind", ""), text=posted.get("add-text", ""), **how)
    else:
        editing.write_block(bulletin, block, **form.cleaned_data, **how)
