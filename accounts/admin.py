"""People, departments and the rota in the admin site; every act goes through its verb and into the trail."""
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts import staff
from accounts.audit import record
from accounts.forms import DepartmentForm, DutyShiftForm, PersonForm
from accounts.login import reset_password
from accounts.models import Department, DutyShift, User
from accounts.roles import Role
from accounts.views.entry import sign_out

admin.site.site_header = admin.site.site_title = "系统管理"
admin.site.index_title = "苹果园街道社会治理综合指挥中心"
admin.site.unregister(Group)  # permissions come from the one table of roles


def _street_login(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """One login page for everything, behind the one guard; whoever is logged in already lacks the right."""
    if request.user.is_authenticated:
        raise PermissionDenied("系统管理只对系统管理员开放。需要时请向系统管理员申请。")
    return redirect_to_login(request.GET.get("next", "/admin/"))


def _street_password(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """The own password is changed on the profile, where it is audited and ends the other sessions."""
    return redirect("accounts:password")


admin.site.login = _street_login
admin.site.password_change = _street_password
admin.site.logout = lambda request, extra_context=None: sign_out(request)


class RecordedAdmin(admin.ModelAdmin):
    """An admin page whose saves go into the trail: which fields, not what they held."""

    added, changed = "record_added", "record_changed"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save, and write which fields changed."""
        super().save_model(request, obj, form, change)
        action = self.changed if change else self.added
        detail = {"fields": "、".join(form.changed_data)}
        record(action, actor=request.user, subject=obj, detail=detail, request=request, at=timezone.now())


@admin.register(Department)
class DepartmentAdmin(RecordedAdmin):
    """Departments; a department is put out of use, not deleted."""

    form = DepartmentForm
    added, changed = "department_created", "department_changed"
    list_display = ["code", "short_name", "name", "kind", "head", "takes_cases", "active"]
    list_filter = ["kind", "active"]
    list_select_related = ["head"]
    search_fields = ["code", "name", "short_name"]
    list_per_page = 50


@admin.register(DutyShift)
class DutyShiftAdmin(RecordedAdmin):
    """The rota."""

    form = DutyShiftForm
    added = changed = "duty_changed"
    list_display = ["date", "kind", "user", "leader", "starts_at", "ends_at"]
    list_filter = ["kind"]
    date_hierarchy = "date"
    list_select_related = ["user", "leader"]
    list_per_page = 50


@admin.register(User)
class PersonAdmin(admin.ModelAdmin):
    """People: created, given roles, moved, disabled, each through its verb."""

    form = PersonForm
    list_display = ["username", "real_name", "department", "roles_held", "is_active", "is_demo"]
    list_filter = ["is_active", "department__kind", "grants__role"]
    list_select_related = ["department"]
    search_fields = ["username", "real_name"]
    list_per_page = 50
    fieldsets = [
        (None, {"fields": ["username", "real_name", "phone", "new_password"]}),
        ("部门与角色", {"fields": ["department", "roles"]}),
        ("停用、恢复与移交", {"fields": ["is_active", "heir", "reason"]}),
    ]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """The list is narrowed by what it offers alone: by the password's hash one would spell it out."""
        offered = ("is_active", "department__kind", "grants__role")
        return lookup.startswith(offered) and super().lookup_allowed(lookup, value, request)

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the roles, so that the list asks for them once."""
        return super().get_queryset(request).prefetch_related("grants")

    @admin.display(description="角色")
    def roles_held(self, person: User) -> str:
        """The roles in words."""
        return "、".join(Role(grant.role).label for grant in person.grants.all())

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A refused act changes nothing at all (the page's save is one transaction) and says why."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except staff.StaffRefused as refusal:
            messages.error(request, str(refusal))
            return redirect(request.path)

    def save_model(self, request: HttpRequest, obj: User, form: PersonForm, change: bool) -> None:
        """Hand each change to its verb."""
        by, at, answers = request.user, timezone.now(), form.cleaned_data
        if not change:
            self._create(request, obj, answers)
            return
        person = User.objects.get(pk=obj.pk)
        self._correct(request, person, form)
        if answers["new_password"]:
            reset_password(person, password=answers["new_password"], by=by, at=at, request=request)
        if "roles" in form.changed_data:
            staff.set_roles(person, roles=answers["roles"], by=by, at=at, request=request)
        self._move_or_end(request, person, answers)

    def _create(self, request: HttpRequest, obj: User, answers: dict[str, Any]) -> None:
        """A new person."""
        made = staff.create_user(
            username=answers["username"],
            real_name=answers["real_name"],
            password=answers["new_password"],
            roles=answers["roles"],
            department=answers["department"],
            phone=answers["phone"],
            by=request.user,
            at=timezone.now(),
            request=request,
        )
        obj.pk, obj._state.adding = made.pk, False

    def _correct(self, request: HttpRequest, person: User, form: PersonForm) -> None:
        """Corrections of login, name and phone."""
        plain = [name for name in ("username", "real_name", "phone") if name in form.changed_data]
        if plain:
            values = {name: form.cleaned_data[name] for name in plain}
            staff.correct_user(person, by=request.user, at=timezone.now(), request=request, **values)

    def _move_or_end(self, request: HttpRequest, person: User, answers: dict[str, Any]) -> None:
        """Another department, the end, or a return."""
        by, at, heir, reason = request.user, timezone.now(), answers["heir"], answers["reason"]
        department = answers["department"]
        if department is not None and department.pk != person.department_id:
            staff.move_user(person, department=department, by=by, at=at, heir=heir, request=request)
        if person.is_active and not answers["is_active"]:
            staff.disable_user(person, by=by, at=at, heir=heir, reason=reason, request=request)
        elif answers["is_active"] and not person.is_active:
            staff.enable_user(person, by=by, at=at, reason=reason, request=request)
