"""随手拍: the report page, what is open near by, what was sent; for anybody with a phone, and for staff."""
import secrets
from typing import Any

from django.core import signing
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.field_door import LOGIN_GONE, wants_json
from cases import limits
from cases.errors import AnswersRefused
from cases.forms.report import NearForm, ReportForm
from cases.joining import Near, case_of_token, near_cases, shown_photo
from cases.limits import TooMany
from cases.models import FieldReport
from cases.public_words import public_stage
from cases.sent_once import delivery_key
from cases.snapping import take_report
from cases.views.device import device_of, mark_device, visitor_of
from grid.locate import OUTSIDE_SENTENCE, locate
from grid.photos import PhotoNotReady, photo_response

PAGE_SIZE = 20
SALT = "cases.mobile_report"
NO_POSITION = "没有收到位置。请允许定位或移动图钉。"
FIELDS_OF_ERRORS = {"place": "community", "key": None}  # what the verb calls a place is the community box on the page


def reporter_of(request: HttpRequest) -> Any:
    """The member of staff who reports, or None: whoever may not report for the street does so as a resident."""
    return request.user if request.user.has_perm("cases.report_case") else None


def who_of(request: HttpRequest) -> str:
    """The mark by which the phone's queue knows that the login is still the same."""
    by = reporter_of(request)
    return str(by.pk) if by else ""


@never_cache
@sensitive_post_parameters("name", "phone", "words")
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Take a photo, choose what it is, send."""
    if request.method != "POST":
        form = ReportForm(initial={"key": secrets.token_hex(16), "who": who_of(request)})
        return mark_device(request, render(request, "mobile/report.html", {"form": form, "who": who_of(request)}))
    form = ReportForm(request.POST, request.FILES)
    if request.POST.get("who", "") not in ("", who_of(request)):
        return _logged_out(request, form)
    if not form.is_valid():
        return _refused(request, form, status=422)
    return mark_device(request, _taken(request, form))


def _taken(request: HttpRequest, form: ReportForm) -> HttpResponse:
    """What was sent, stored; or the form again with what must be changed."""
    by = reporter_of(request) if form.cleaned_data["who"] else None
    key = delivery_key(form, queued=wants_json(request))
    snap = form.snap(key=key, device=device_of(request), ip=request.META.get("REMOTE_ADDR", ""))
    try:
        taken = take_report(snap, by=by, at=timezone.now())
    except AnswersRefused as refusal:
        for name, sentence in refusal.errors.items():
            form.add_error(FIELDS_OF_ERRORS.get(name, name), sentence)
        return _refused(request, form, status=422)
    except TooMany as refusal:
        form.add_error(None, str(refusal))
        response = _refused(request, form, status=429)
        response["Retry-After"] = str(refusal.seconds(timezone.now()))
        return response
    address = f"{reverse('cases:report_done')}?r={signing.dumps(taken.pk, salt=SALT)}"
    return JsonResponse(_receipt(taken, address), status=201) if wants_json(request) else redirect(address)


def _receipt(taken: FieldReport, address: str) -> dict[str, Any]:
    """What the phone keeps of a report that was taken in; staff's has a number, a resident's a code."""
    return {
        "ok": True, "url": address, "joined": taken.joined, "code": "" if taken.by_id else taken.code,
        "number": taken.case.number if taken.by_id else "", "stage": public_stage(taken.case.state),
    }  # fmt: skip


def _refused(request: HttpRequest, form: ReportForm, *, status: int) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"ok": False, "sentence": form.sentence(), "errors": form.errors}, status=status)
    return render(request, "mobile/report.html", {"form": form, "who": who_of(request)}, status=status)


def _logged_out(request: HttpRequest, form: ReportForm) -> HttpResponse:
    """A report that was begun in another login is not sent under this one."""
    if wants_json(request):
        return JsonResponse({"ok": False, "sentence": LOGIN_GONE}, status=401)
    form.full_clean()
    form.add_error(None, "这张表单是在另一个账号下打开的。请核对上方的身份后重新提交。")
    form.data = {**form.data.dict(), "who": who_of(request)}
    return _refused(request, form, status=422)


@never_cache
@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """The code, and what happens next; the address is a seal that only the reporter was handed."""
    try:
        pk = signing.loads(request.GET.get("r", ""), salt=SALT)
    except signing.BadSignature as error:
        raise Http404("没有这张回执。请在“我的上报”里查看。") from error
    taken = get_object_or_404(FieldReport.objects.select_related("case", "by"), pk=pk)
    mine = taken.by_id is None or taken.by_id == request.user.pk
    if not mine:
        raise Http404("没有这张回执。请在“我的上报”里查看。")
    context = {"taken": taken, "stage": public_stage(taken.case.state)}
    return render(request, "mobile/report_done.html", context)


@never_cache
@require_safe
def nearby(request: HttpRequest) -> JsonResponse:
    """The grid of a position, and the open cases near it that may be the same."""
    form = NearForm(request.GET)
    if not form.is_valid():
        return JsonResponse({"found": False, "sentence": NO_POSITION, "near": []}, status=422)
    try:
        limits.take_place("nearby", **visitor_of(request))
    except TooMany as refusal:
        told = {"found": None, "sentence": str(refusal), "near": []}
        return JsonResponse(told, status=429, headers={"Retry-After": refusal.seconds(timezone.now())})
    return JsonResponse(_around(form))


def _around(form: NearForm) -> dict[str, Any]:
    lon, lat = form.wgs84()
    place = locate(lon, lat)
    if place is None:
        return {"found": False, "sentence": OUTSIDE_SENTENCE, "near": []}
    near = [_told(one) for one in near_cases(lon, lat, category=form.chosen())]
    facts = {"grid": place.grid_code, "grid_name": place.grid_name, "community": place.community_name}
    return {"found": True, "sentence": place.grid_name, "near": near, **facts}


def _told(near: Near) -> dict[str, Any]:
    photo = reverse("cases:report_near_photo", args=[near.token]) if near.photo else ""
    when = timezone.localtime(near.case.reported_at)
    return {
        "token": near.token, "what": near.what, "metres": near.metres, "stage": near.stage, "photo": photo,
        "when": f"{when:%m-%d}",
    }  # fmt: skip


@require_safe
def near_photo(request: HttpRequest, token: str) -> HttpResponse:
    """The small picture of a near case, for whoever was told of it a moment ago."""
    case = case_of_token(token)
    found = shown_photo(case) if case else None
    if not found:
        raise Http404("没有这张照片。")
    try:
        return photo_response(found.photo, "thumb")
    except PhotoNotReady as reason:
        raise Http404(str(reason)) from reason


@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What waits on this phone, what was sent from it, and for staff what they have reported."""
    by = reporter_of(request)
    rows = FieldReport.objects.filter(by=by).select_related("case__category") if by else FieldReport.objects.none()
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "mobile/report_mine.html", {"page_obj": page, "who": who_of(request), "staff": by})
