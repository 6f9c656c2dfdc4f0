"""终期报告: what an alert asked of the street and what was done, written once it is over."""
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from campaigns import alert_reports
from campaigns.errors import AnswersRefused, StepRefused
from campaigns.forms.patrols_desk import AlertReportForm
from campaigns.models import COUNTERS, MAIN, AlertReport, PollutionAlert
from campaigns.views.patrols import NOT_ROSTERED, seen
from campaigns.views.patrols_shown import Figure, figures


@seen
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The report of an alert: as it was written, or its numbers and the form."""
    alert = get_object_or_404(PollutionAlert.objects.select_related("issued_by", "lifted_by"), pk=pk)
    if request.method != "POST":
        return _page(request, alert, AlertReportForm())
    if not request.user.has_perm("campaigns.roster_patrols"):
        raise PermissionDenied(NOT_ROSTERED)
    form = AlertReportForm(request.POST)
    if not form.is_valid():
        return _page(request, alert, form, status=422)
    try:
        alert_reports.report_alert(alert, **form.cleaned_data, by=request.user, at=timezone.now())
    except StepRefused as refusal:
        named = isinstance(refusal, AnswersRefused)
        form.add_error("words" if named else None, str(refusal))
        return _page(request, alert, form, status=422 if named else 409)
    messages.success(request, f"{alert}终期报告已报")
    return redirect("campaigns:patrol_alert_report", alert.pk)


def _page(request: HttpRequest, alert: PollutionAlert, form: AlertReportForm, *, status: int = 200) -> HttpResponse:
    found = alert_reports.figures_of(alert)
    written = AlertReport.objects.filter(alert=alert).select_related("reported_by").first()
    further = [Figure(*COUNTERS[name], value) for name, value in found.counters.items() if name not in MAIN and value]
    over = alert_reports.may_be_reported(alert, at=timezone.now())
    context = {
        "alert": alert, "report": written, "found": found, "form": form, "over": over,
        "figures": [*figures({"outings": found.outings, **found.counters}), *further],
        "days": [(alert_reports.date_of_day(day), day, [day.counters[name] for name in MAIN]) for day in found.days],
        "may_report": over and not written and request.user.has_perm("campaigns.roster_patrols"),
    }  # fmt: skip
    return render(request, "campaigns/patrol_alert_report.html", context, status=status)
