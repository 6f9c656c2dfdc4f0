"""The ledger of illegal structures: list, map, pairs of pictures, pane and page; registering, editing, revealing."""
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from campaigns import ledger, revealing
from campaigns.errors import AnswersRefused, StepConflict, StepForbidden, StepRefused
from campaigns.filters import structures_of
from campaigns.forms.structures import EditForm, OwnerForm, RegisterForm, RevealForm
from campaigns.models import Structure, StructurePhoto
from campaigns.steps import KEEP
from campaigns.views.structures_shown import Listing, Shown
from grid.photos import PhotoNotReady, photo_response

SEE = "campaigns.see_structures"
MOST_PINS = 2000
sees = permission_required(SEE, raise_exception=True)
keeps = permission_required(KEEP, raise_exception=True)


def found(number: str) -> Structure:
    """The structure of a number with what its page shows; otherwise it is not there (404)."""
    return get_object_or_404(Structure.objects.for_page(), number=number)


def pane_of(request: HttpRequest, number: str) -> Shown | None:
    """What the pane shows, if there is such a structure."""
    structure = Structure.objects.for_page().filter(number=number).first() if number else None
    return Shown(structure, request.user, at=timezone.now()) if structure else None


@login_required
@sees
@require_safe
@vary_on_headers("HX-Request", "HX-Target")
def index(request: HttpRequest) -> HttpResponse:
    """The list with its sums beside the pane of one structure; only the list when htmx asks for it."""
    listing = Listing(request.user, request.GET)
    if request.htmx and request.htmx.target == "list" and not request.htmx.history_restore_request:
        return render(request, "campaigns/structures/_list.html", {"listing": listing})
    owner = OwnerForm(user=request.user, at=timezone.now()) if listing.may_find_owner else None
    context = {"listing": listing, "shown": pane_of(request, listing.selected), "owner_form": owner}
    return render(request, "campaigns/structures/index.html", context)


@login_required
@sees
@require_safe
def pins(request: HttpRequest) -> HttpResponse:
    """The structures of the filter as pins of the map: green written off, amber at work, red built again."""
    narrowed, rows = structures_of(request.GET)
    placed = rows.for_map()[:MOST_PINS]
    return JsonResponse({"pins": [
        {"lon": row.lon, "lat": row.lat, "kind": pin_kind(row), "text": f"{row.number} {row.place}（{row.waits_for}）",
         "url": f"/ledgers/structures/{narrowed.link(view='map', structure=row.number)}"}
        for row in placed
    ]})  # fmt: skip


def pin_kind(structure: Structure) -> str:
    """The colour of a pin."""
    if structure.relapsed_on:
        return "over"
    return "ok" if structure.is_written_off else "due"


@login_required
@sees
@require_safe
def pane(request: HttpRequest, number: str) -> HttpResponse:
    """One structure beside the list."""
    if not request.htmx:
        return redirect("campaigns:structure", number=number)
    shown = Shown(found(number), request.user, at=timezone.now())
    return render(request, "campaigns/structures/_pane.html", {"shown": shown})


@login_required
@sees
@require_safe
def page(request: HttpRequest, number: str) -> HttpResponse:
    """One structure as a whole page."""
    shown = Shown(found(number), request.user, at=timezone.now())
    return render(request, "campaigns/structures/page.html", {"shown": shown})


@login_required
@sees
@require_safe
def photo(request: HttpRequest, number: str, pk: int, size: str) -> HttpResponse:
    """A picture, for those who see the ledger."""
    hung = StructurePhoto.objects.select_related("photo").filter(structure__number=number, pk=pk).first()
    if not hung or size not in ("thumb", "image"):
        raise Http404("没有这张照片。")
    try:
        return photo_response(hung.photo, size)
    except PhotoNotReady as reason:
        raise Http404(str(reason)) from reason


def attempt(form: Any, verb: Any, **more: Any) -> tuple[Any, int]:
    """Call a verb with the form's answers: (what it gave, 200) or (None, 422 or 409) with the sentence in the form."""
    if not form.is_valid():
        return None, 422
    answers = form.answers if hasattr(form, "answers") else dict(form.cleaned_data)
    if form.errors:
        return None, 422
    try:
        return verb(**answers, **more), 200
    except AnswersRefused as refusal:
        form.take_refusals(refusal.errors)
        return None, 422
    except StepForbidden as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except (StepConflict, StepRefused) as refusal:
        form.add_error(None, str(refusal))
        return None, 409


@never_cache
@sensitive_post_parameters("owner_name")
@login_required
@keeps
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Register a structure that was found."""
    how, status = {"user": request.user, "at": timezone.now()}, 200
    form = RegisterForm(request.POST or None, request.FILES or None, **how)
    if request.method == "POST":
        structure, status = attempt(form, ledger.register_structure, by=request.user, at=how["at"])
        if structure:
            messages.success(request, f"已登记 {structure.number}")
            return redirect(structure)
    return render(request, "campaigns/structures/form.html", {"form": form}, status=status)


@never_cache
@sensitive_post_parameters("owner_name")
@login_required
@keeps
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change what is known of a structure."""
    structure, now, status = found(number), timezone.now(), 200
    form = EditForm(structure, request.POST or None, user=request.user, at=now)
    if request.method == "POST":
        done, status = attempt(form, ledger.amend, structure=structure, by=request.user, at=now)
        if status == 200:
            messages.success(request, f"{number} 已修改" if done else f"{number} 没有改动")
            return redirect(structure)
    return render(request, "campaigns/structures/form.html", {"form": form, "structure": structure}, status=status)


@never_cache
@sensitive_post_parameters("owner")
@login_required
@permission_required(revealing.RIGHT, raise_exception=True)
@require_POST
def by_owner(request: HttpRequest) -> HttpResponse:
    """Find structures by the owner's whole name: the name stays in the body, the address holds its blind index."""
    now = timezone.now()
    form = OwnerForm(request.POST, user=request.user, at=now)
    ip = request.META.get("REMOTE_ADDR", "")
    index_of, status = attempt(form, lambda owner: revealing.find_by_owner(owner, by=request.user, at=now, ip=ip))
    if index_of:
        return redirect(f"/ledgers/structures/?{urlencode({'owner': index_of})}")
    context = {"listing": Listing(request.user, request.GET), "shown": None, "owner_form": form}
    return render(request, "campaigns/structures/index.html", context, status=status)


@never_cache
@login_required
@permission_required(revealing.RIGHT, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Ask for a reason, then show the owner once, in the answer to the POST and nowhere else."""
    structure, now, owner, status = found(number), timezone.now(), None, 200
    form = RevealForm(request.POST or None, user=request.user, at=now)
    if request.method == "POST":
        how = {"structure": structure, "by": request.user, "at": now, "ip": request.META.get("REMOTE_ADDR", "")}
        owner, status = attempt(form, revealing.reveal_owner, **how)
    context = {"structure": structure, "form": form, "owner": owner}
    return render(request, "campaigns/structures/reveal.html", context, status=status)
