"""Documents of what lies below: the file of a case, an agreement as PDF or Word."""
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaigns.models import Agreement
from cases.models import Case
from reports import casefile
from reports.agreement_document import agreement_document
from reports.documents.blocks import Document
from reports.documents.fonts import FontMissing
from reports.documents.pdf import make_pdf


def _make_docx(*paper: Any, **how: Any) -> bytes:
    from reports.documents.docx import make_docx  # Word costs a web worker memory that it rarely needs

    return make_docx(*paper, **how)


MAKERS = {"pdf": make_pdf, "docx": _make_docx}
TYPES = {"pdf": "application/pdf", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}


def printed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A paper with a character that no font has is not made: its sentence says which (409)."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except FontMissing as missing:
            context = {"sentence": str(missing), "back": request.path.rstrip("/").rpartition("/")[0] + "/"}
            template = "reports/_bulletin_refused.html" if request.htmx else "409.html"
            return render(request, template, context, status=409)

    return answer


def file_response(document: Document, form: str, *, at: datetime, kept: bool = False) -> HttpResponse:
    """A made document as an answer; Word files are kept, a PDF opens in the browser."""
    response = HttpResponse(MAKERS[form](document, at=at), content_type=TYPES[form])
    name = f"{document.name.strip()}.{form}"
    response["Content-Disposition"] = content_disposition_header(kept or form == "docx", name)
    return response


@never_cache
@login_required
@require_safe
@printed
def case_file(request: HttpRequest, number: str) -> HttpResponse:
    """案卷 of a case that this person sees."""
    case = get_object_or_404(Case.objects.visible_to(request.user).for_page(number), number=number)
    if not casefile.may_print(case, request.user):
        raise Http404("信访件的案卷只由信访专员、科长和领导打印。")
    now = timezone.now()
    return file_response(casefile.case_file(case, at=now), "pdf", at=now)


@never_cache
@login_required
@require_safe
@printed
def agreement(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """A responsibility agreement that this person sees."""
    if form not in MAKERS:
        raise Http404("责任书只有 PDF 和 Word 两种文件。")
    found = get_object_or_404(Agreement.objects.visible_to(request.user), pk=pk)
    return file_response(agreement_document(found), form, at=timezone.now())


def case_side(request: HttpRequest, case: Case) -> SafeString:
    """On the page of a case: its file to print."""
    if not casefile.may_print(case, request.user):
        return SafeString("")
    return render_to_string("reports/_case_file.html", {"case": case}, request=request)
