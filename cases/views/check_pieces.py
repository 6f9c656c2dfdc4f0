"""What checks of key places put on other pages: from which check a case came, and which case a check became."""
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from cases.checking import TAG, case_of
from cases.models import Case, CheckFinding
from grid.models import SiteCheck


def case_side(request: HttpRequest, case: Case) -> SafeString:
    """On the page of a case that was found at a check: which one; it is linked for who may open it."""
    if TAG not in {tag.word for tag in case.tags.all()}:
        return SafeString("")
    finding = CheckFinding.objects.filter(case=case.pk).select_related("site_check__site", "site_check__by").first()
    if not finding:
        return SafeString("")
    seen = SiteCheck.objects.visible_to(request.user).filter(pk=finding.site_check_id).exists()
    context = {"check": finding.site_check, "may_open": seen}
    return render_to_string("cases/_check_case_side.html", context, request=request)


def check_side(request: HttpRequest, check: Any) -> SafeString:
    """On the page of a check that found a problem: its case; number and state are for who may know of it."""
    case = case_of(check)
    if case is None:
        return SafeString("")
    context = {"case": case, "seen": Case.objects.visible_to(request.user).contains(case)}
    return render_to_string("cases/_check_side.html", context, request=request)
