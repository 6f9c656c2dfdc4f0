"""What campaigns put on the pages of lower apps."""
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from campaigns import ties
from campaigns.models import Agreement
from campaigns.views.structures import SEE

MOST_AGREEMENTS = 5


def case_side(request: HttpRequest, case: Any) -> SafeString:
    """On the page of a case: the structure that it became, or the button that makes it one."""
    if case.is_petition:
        return SafeString("")
    structure = ties.structure_of(case)
    may_see = request.user.has_perm(SEE)
    if not structure and not request.user.has_perm(ties.PROPOSE):
        return SafeString("")
    context = {"case": case, "structure": structure, "may_see": may_see}
    return render_to_string("campaigns/structures/_case_side.html", context, request=request)


def organisation_side(request: HttpRequest, organisation: Any) -> SafeString:
    """On the page of an organisation: its responsibility agreements, the newest first."""
    rows = Agreement.objects.visible_to(request.user).filter(organisation=organisation.pk).select_related("template")
    agreements = list(rows.order_by("-pk")[:MOST_AGREEMENTS])
    if not agreements and not request.user.has_perm("campaigns.see_agreements"):
        return SafeString("")
    context = {"agreements": agreements}
    return render_to_string("campaigns/_organisation_side.html", context, request=request)
