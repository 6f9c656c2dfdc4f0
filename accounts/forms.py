"""What people type here: login, new password, preferences, the audit filter, and an admin's forms about people."""
import re
from datetime import date
from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator

from accounts.audit import ACTION_NAMES
from accounts.duty import usual_hours
from accounts.masking import mask_phone
from accounts.models import Department, DutyShift, User
from accounts.roles import Role

MOBILE = re.compile(r"1\d{10}")
# A day beyond has no midnight that every database could hold.
DAYS = [
    MinValueValidator(date(1900, 1, 1), "年份太早。请核对年份。"),
    MaxValueValidator(date(2999, 12, 31), "年份太晚。请核对年份。"),
]
PHONE = re.compile(r"1\d{10}|(0\d{2,3}-?)?\d{7,8}")


def password_box(label: str, autocomplete: str, **over: Any) -> forms.CharField:
    """A password field: spaces kept, never shown again."""
    return forms.CharField(
        label=label,
        strip=False,
        max_length=200,
        error_messages={"required": f"请{label}。" if label.startswith("再") else f"请填写{label}。"},
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
        **over,
    )


class LoginForm(forms.Form):
    """Login name and password; the refusal is one sentence for both, so that it does not tell which was wrong."""

    username = forms.CharField(
        label="账号", max_length=40, error_messages={"required": "请填写账号。"},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )  # fmt: skip
    password = password_box("密码", "current-password")
    remember = forms.BooleanField(label="本机 7 天内免登录，公用电脑请勿勾选", required=False)
    next = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, request: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.user: User | None = None

    def clean(self) -> dict[str, Any]:
        """Check the password only when both boxes are filled: an empty box costs no try."""
        answers = super().clean()
        if not self.errors:
            self.user = authenticate(self.request, username=answers["username"], password=answers["password"])
            if self.user is None:
                raise ValidationError(str(self.request.login_refusal))
        return answers


class PasswordForm(forms.Form):
    """A new password of one's own, twice, after the old one."""

    old = password_box("现在的密码", "current-password")
    new = password_box("新密码", "new-password")
    again = password_box("再输一遍新密码", "new-password")

    def __init__(self, *args: Any, request: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.rules = password_validators_help_text_html()

    def clean_old(self) -> str:
        """The old one must be right; it passes the guard, so that an open screen is no place to guess."""
        old = self.cleaned_data["old"]
        if authenticate(self.request, username=self.request.user.username, password=old) is None:
            raise ValidationError(str(self.request.login_refusal).replace("账号或密码不对", "现在的密码不对"))
        return old

    def clean_new(self) -> str:
        """Strong enough by the rules that the settings name."""
        validate_password(self.cleaned_data["new"], self.request.user)
        return self.cleaned_data["new"]

    def clean(self) -> dict[str, Any]:
        """Both new ones are the same."""
        answers = super().clean()
        if "new" in answers and "again" in answers and answers["new"] != answers["again"]:
            self.add_error("again", "两次输入的新密码不同。请重新输入。")
        return answers


class PreferencesForm(forms.ModelForm):
    """How the pages look and listen for this person."""

    class Meta:
        model = User
        fields = ["theme", "shortcuts_on"]
        widgets = {"theme": forms.RadioSelect}


class AuditFilterForm(forms.Form):
    """Which entries of the trail to show; every box may stay empty."""

    action = forms.ChoiceField(label="动作", required=False)
    actor = forms.CharField(label="操作人", required=False, max_length=60)
    first = forms.DateField(label="从", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label="到", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["action"].choices = [("", "全部动作"), *ACTION_NAMES.items()]
        for name in ("first", "last"):
            self.fields[name].error_messages["invalid"] = "日期应写成 2016-11-11 的样子。请改正。"
            self.fields[name].validators += DAYS

    def clean(self) -> dict[str, Any]:
        """The days in order."""
        answers = super().clean()
        if answers.get("first") and answers.get("last") and answers["first"] > answers["last"]:
            self.add_error("last", "结束日期早于开始日期。请改正。")
        return answers


class MaskedPhoneMixin:
    """A phone box that shows the mask; leaving the mask as it is means unchanged."""

    phone_shape, phone_words = MOBILE, "11 位手机号"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "phone" in self.fields:
            self.initial["phone"] = mask_phone(self.instance.phone)
            self.fields["phone"].help_text = "显示为掩码。不改就保持原样，要改请写全号。"

    def clean_phone(self) -> str:
        """The stored number when the mask came back, else a whole new one."""
        value = (self.cleaned_data.get("phone") or "").strip()
        if value == mask_phone(self.instance.phone):
            return self.instance.phone
        if value and not self.phone_shape.fullmatch(value):
            raise ValidationError(f"电话应为 {self.phone_words}，现为 {len(value)} 位。请改正，或恢复原来的掩码。")
        return value


class PersonChoice(forms.ModelChoiceField):
    """A choice of people, each with the department, since names repeat."""

    def label_from_instance(self, person: User) -> str:
        """李小兰（城管执法队）."""
        return f"{person.real_name}（{person.department or '无部门'}）"


class DepartmentForm(MaskedPhoneMixin, forms.ModelForm):
    """A department as an admin edits it."""

    head = PersonChoice(User.objects.active().select_related("department"), label="负责人", required=False)
    phone_shape, phone_words = PHONE, "手机号或带区号的座机"

    class Meta:
        model = Department
        fields = [
            "code", "name", "short_name", "kind", "resident_in_centre", "resident_staff", "head", "phone", "duty",
            "takes_cases", "active",
        ]  # fmt: skip


class PersonForm(MaskedPhoneMixin, forms.ModelForm):
    """A person as an admin edits them: the roles, and for leaving or moving an heir and a reason."""

    roles = forms.MultipleChoiceField(
        label="角色", choices=Role.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    new_password = password_box(
        "重置密码", "new-password", required=False, help_text="留空则不改。重置后该人员需用新密码重新登录。"
    )
    heir = PersonChoice(
        User.objects.active().select_related("department"), label="接手人", required=False,
        help_text="停用或调动时，未办结的工作、负责人职务和今后的值班移交给他。",
    )  # fmt: skip
    reason = forms.CharField(label="理由", required=False, max_length=300, help_text="停用、恢复时写明。")

    class Meta:
        model = User
        fields = ["username", "real_name", "phone", "department", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["roles"] = sorted(self.instance.roles)

    def clean_new_password(self) -> str:
        """Strong enough by the rules that the settings name; a new person needs one."""
        password = self.cleaned_data["new_password"]
        if password:
            validate_password(password, self.instance)
        elif not self.instance.pk:
            raise ValidationError("请给新人员设一个初始密码。")
        return password

    def clean_department(self) -> Department | None:
        """A person who has a department may move to another, not to none."""
        department = self.cleaned_data["department"]
        if department is None and self.instance.pk and self.initial.get("department"):
            raise ValidationError("部门不能清空。请选择要调入的部门。")
        return department


def moment_box(label: str, usual: str) -> forms.DateTimeField:
    """Date and time in the browser's own picker; empty means the usual."""
    picker = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=False, widget=picker, help_text=f"留空为{usual}。")


class DutyShiftForm(forms.ModelForm):
    """A shift of the rota; times left empty become the usual ones."""

    date = forms.DateField(
        label="值班日期", help_text="夜班写开始的那一天。",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    user = PersonChoice(User.objects.active().select_related("department"), label="值班员")
    leader = PersonChoice(User.objects.active().select_related("department"), label="带班领导", required=False)
    starts_at = moment_box("开始", "白班 08:00，夜班 18:00")
    ends_at = moment_box("结束", "白班 18:00，夜班次日 08:00")

    class Meta:
        model = DutyShift
        fields = ["date", "kind", "user", "leader", "starts_at", "ends_at"]

    def clean(self) -> dict[str, Any]:
        """Fill in the usual hours."""
        answers = super().clean()
        if answers.get("date") and answers.get("kind"):
            begin, end = usual_hours(answers["date"], answers["kind"])
            answers["starts_at"] = answers.get("starts_at") or begin
            answers["ends_at"] = answers.get("ends_at") or end
        return answers
