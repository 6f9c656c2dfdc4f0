"""A person's own page: who I am here, how it looks, my WeChat, my password, my shifts."""
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.binding import BindingRefused, binding_of, offer_code, unbind
from accounts.forms import PasswordForm, PreferencesForm
from accounts.login import LoginLocked, change_password
from accounts.masking import mask_phone
from accounts.models import DutyShift
from accounts.preferences import set_preferences


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """The page, and saving how it looks."""
    form = PreferencesForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        set_preferences(request.user, **form.cleaned_data)
        messages.success(request, "已保存个人设置")
        return redirect("accounts:profile")
    shifts = DutyShift.objects.upcoming_for(request.user, at=timezone.now()).select_related("user", "leader")[:20]
    binding = binding_of(request.user, at=timezone.now())
    context = {
        "form": form, "phone": mask_phone(request.user.phone), "shifts": shifts, "binding": binding,
        "has_account": bool(settings.WECHAT_TOKEN) or settings.DEMO,
    }  # fmt: skip
    return render(request, "accounts/profile.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def wechat(request: HttpRequest) -> HttpResponse:
    """Show a code that binds one's own WeChat."""
    try:
        offer_code(request.user, at=timezone.now())
    except BindingRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(f"{reverse('accounts:profile')}#wechat")


@login_required
@require_POST
def unbind_wechat(request: HttpRequest) -> HttpResponse:
    """Notices stay inside the house again; pressing twice changes nothing."""
    if unbind(request.user, by=request.user, at=timezone.now(), request=request):
        messages.success(request, "已解除微信绑定，通知只在系统里")
    return redirect(f"{reverse('accounts:profile')}#wechat")


@login_required
@never_cache
@sensitive_post_parameters()
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password."""
    form = PasswordForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        change_password(request.user, password=form.cleaned_data["new"], at=timezone.now(), request=request)
        messages.success(request, "密码已修改，其他设备上的登录已退出")
        return redirect("accounts:profile")
    refusal = getattr(request, "login_refusal", None)
    if isinstance(refusal, LoginLocked):
        return render(request, "lockout.html", {"sentence": str(refusal)}, status=429)
    return render(request, "accounts/password.html", {"form": form}, status=422 if form.is_bound else 200)
