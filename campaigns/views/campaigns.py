"""Campaigns: all of them, one with its progress, setting one up, its targets and what was reported."""
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns import plans
from campaigns.forms.campaigns import CampaignForm, ReportedForm, TargetForm
from campaigns.models import Campaign, EntryKind
from campaigns.progress import Progress, overview
from campaigns.views.structures import attempt

sees = permission_required("campaigns.see_campaigns", raise_exception=True)
keeps = permission_required(plans.KEEP, raise_exception=True)
FORM = ["GET", "HEAD", "POST"]


@login_required
@sees
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All campaigns with their days and sums, and the ledgers of entries."""
    rows = overview(on=timezone.localdate())
    context = {"rows": rows, "kinds": EntryKind.objects.filter(active=True),
               "may_keep": request.user.has_perm(plans.KEEP),
               "may_define": request.user.has_perm("campaigns.manage_kinds")}  # fmt: skip
    return render(request, "campaigns/campaigns/index.html", context)


@login_required
@sees
@require_safe
def campaign(request: HttpRequest, slug: str) -> HttpResponse:
    """One campaign: targets against the ledgers, days against the deadline, reported beside computed."""
    found = get_object_or_404(Campaign.objects.select_related("lead"), slug=slug)
    progress = Progress(found, on=timezone.localdate())
    context = {"campaign": found, "progress": progress, "may_keep": request.user.has_perm(plans.KEEP)}
    return render(request, "campaigns/campaigns/page.html", context)


@login_required
@keeps
@require_http_methods(FORM)
def new(request: HttpRequest) -> HttpResponse:
    """Set up a campaign."""
    now, status = timezone.now(), 200
    form = CampaignForm(request.POST or None, user=request.user, at=now)
    if request.method == "POST":
        made, status = attempt(form, plans.keep_campaign, by=request.user, at=now)
        if made:
            messages.success(request, f"已设立“{made}”")
            return redirect(made)
    return render(request, "campaigns/campaigns/form.html", {"form": form, "title": "设立专项行动"}, status=status)


@login_required
@keeps
@require_http_methods(FORM)
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change a campaign's name, plan or days."""
    found, now, status = get_object_or_404(Campaign, slug=slug), timezone.now(), 200
    form = CampaignForm(request.POST or None, campaign=found, user=request.user, at=now)
    if request.method == "POST":
        made, status = attempt(form, plans.keep_campaign, campaign=found, by=request.user, at=now)
        if made:
            messages.success(request, f"“{made}”已修改")
            return redirect(made)
    context = {"form": form, "title": f"编辑{found}", "campaign": found}
    return render(request, "campaigns/campaigns/form.html", context, status=status)


@login_required
@keeps
@require_http_methods(FORM)
def target(request: HttpRequest, slug: str) -> HttpResponse:
    """Set a target; the same one again changes its amount."""
    found, now, status = get_object_or_404(Campaign, slug=slug), timezone.now(), 200
    form = TargetForm(request.POST or None, user=request.user, at=now)
    if request.method == "POST":
        made, status = attempt(form, plans.set_target, campaign=found, by=request.user, at=now)
        if made:
            messages.success(request, f"已设定目标：{made}")
            return redirect(found)
    context = {"form": form, "title": "设定目标", "campaign": found}
    return render(request, "campaigns/campaigns/form.html", context, status=status)


@login_required
@keeps
@require_POST
def drop_target(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take a target away; the history keeps it."""
    found = get_object_or_404(Campaign, slug=slug)
    plans.drop_target(get_object_or_404(found.targets, pk=pk), by=request.user, at=timezone.now())
    messages.success(request, "已取消目标")
    return redirect(found)


@login_required
@keeps
@require_http_methods(FORM)
def reported(request: HttpRequest, slug: str) -> HttpResponse:
    """Note what a report printed; it stands beside the computed figure."""
    found, now, status = get_object_or_404(Campaign, slug=slug), timezone.now(), 200
    form = ReportedForm(request.POST or None, user=request.user, at=now)
    if request.method == "POST":
        made, status = attempt(form, plans.note_reported, campaign=found, by=request.user, at=now)
        if made:
            messages.success(request, f"已登记上报值：{made}")
            return redirect(found)
    context = {"form": form, "title": "登记上报值", "campaign": found}
    return render(request, "campaigns/campaigns/form.html", context, status=status)
