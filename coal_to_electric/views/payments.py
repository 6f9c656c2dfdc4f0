"""Batches of payments: the list, a new one, one batch with its rows, and the decisions."""
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coal_to_electric import banking, summary
from coal_to_electric import payments as cashier
from coal_to_electric.errors import AnswersRefused
from coal_to_electric.forms.batch import BatchForm
from coal_to_electric.forms.steps import PaidForm, ReasonForm
from coal_to_electric.models import PaymentBatch
from coal_to_electric.states import BatchStatus, PaymentKind
from coal_to_electric.views.access import attempt, find_batch, needs
from sheets.carrying import ExportForm

PAGE_SIZE = 50


@needs("see_households")
@require_safe
def batches(request: HttpRequest) -> HttpResponse:
    """All batches, newest first, or those of one status."""
    status = request.GET.get("status", "")
    rows = PaymentBatch.objects.for_list()
    rows = rows.with_status(status) if status in BatchStatus.values else rows
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "tabs": [("", "全部"), *BatchStatus.choices], "status": status}
    return render(request, "coal_to_electric/batches.html", context)


@needs("create_payment_batch")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Who could be paid now; the chosen ones become a batch."""
    programme, status = summary.chosen_programme(request.user, request.GET.get("season", "")), 200
    form = BatchForm(programme, request.GET, request.POST or None)
    if request.method == "POST":
        status, made = attempt(form, lambda: _create(request, programme, form))
        if made:
            messages.success(request, f"已编制 {made.number}，等待另一个人审批")
            return redirect(made)
    return render(request, "coal_to_electric/new_batch.html", {"form": form, "programme": programme}, status=status)


def _create(request: HttpRequest, programme: Any, form: BatchForm) -> PaymentBatch:
    return cashier.create_payment_batch(
        programme, kind=form.kind, season=form.season, by=request.user, at=timezone.now(),
        numbers=request.POST.getlist("n"), note=form.cleaned_data["note"], is_demo=programme.is_demo,
    )  # fmt: skip


@needs("see_households")
@require_safe
def batch(request: HttpRequest, number: str) -> HttpResponse:
    """One batch: its head, its rows masked, what may be decided."""
    return _batch(request, find_batch(number))


def _batch(request: HttpRequest, found: PaymentBatch, *, status: int = 200, **forms: Any) -> HttpResponse:
    user = request.user
    may_decide = user.has_perm(cashier.APPROVE) and found.status == BatchStatus.SUBMITTED
    context = {
        "batch": found, "lines": found.lines.for_list(), "refuse_form": ReasonForm(),
        "paid_form": PaidForm(initial={"on": timezone.localdate()}), "bank_form": _bank_form(user),
        "may_decide": may_decide and found.created_by_id != user.pk, "own": found.created_by_id == user.pk,
        "may_pay": user.has_perm(cashier.CREATE) and found.status == BatchStatus.APPROVED,
        "may_export": user.has_perm(banking.EXPORT), "off_peak": found.kind == PaymentKind.OFF_PEAK,
    } | forms  # fmt: skip
    return render(request, "coal_to_electric/batch.html", context, status=status)


def _bank_form(user: Any, data: Any = None) -> ExportForm:
    return ExportForm(data, may_unmask=user.has_perm(banking.UNMASKED), auto_id="bank_%s")


def _decide(request: HttpRequest, number: str, form: Any, act: Any, done: str, name: str) -> HttpResponse:
    """Carry a decision out and show the batch; what refuses it stands above the buttons."""
    found = find_batch(number)
    status, _ = attempt(form, lambda: act(found))
    if status == 200:
        messages.success(request, f"{found.number}：{done}")
        return redirect(found)
    return _batch(request, found, status=status, **{name: form})


@needs("approve_payment")
@require_POST
def approve(request: HttpRequest, number: str) -> HttpResponse:
    """The second pair of eyes says yes."""
    def act(found: PaymentBatch) -> None:
        cashier.approve_batch(found, by=request.user, at=timezone.now())

    return _decide(request, number, ReasonForm({"reason": ""}), act, "已审批", "refuse_form")


@needs("approve_payment")
@require_POST
def refuse(request: HttpRequest, number: str) -> HttpResponse:
    """The second pair of eyes says no, and why."""
    form = ReasonForm(request.POST)

    def act(found: PaymentBatch) -> None:
        cashier.refuse_batch(found, by=request.user, at=timezone.now(), reason=form.cleaned_data["reason"])

    return _decide(request, number, form, act, "已退回", "refuse_form")


@needs("create_payment_batch")
@require_POST
def paid(request: HttpRequest, number: str) -> HttpResponse:
    """The bank has paid; a day before the approval is asked about once."""
    form = PaidForm(request.POST)

    def act(found: PaymentBatch) -> None:
        on = form.cleaned_data["on"]
        if not form.cleaned_data["sure"] and (doubt := cashier.doubt_about_day(found, on=on)):
            raise AnswersRefused({"sure": doubt})
        cashier.mark_paid(found, by=request.user, at=timezone.now(), on=on)

    return _decide(request, number, form, act, "已登记发放", "paid_form")


@needs("export_households")
@require_POST
def export(request: HttpRequest, number: str) -> HttpResponseBase:
    """The list as a file: masked, or in clear for the bank with the right and a reason."""
    found, form, made = find_batch(number), _bank_form(request.user, request.POST), {}

    def act() -> HttpResponseBase:
        how = {"by": request.user, "at": timezone.now(), **form.cleaned_data}
        return made.setdefault("file", banking.list_of(found, request=request, **how))

    status, _ = attempt(form, act)
    return made["file"] if made else _batch(request, found, status=status, bank_form=form)
