"""What is typed and uploaded during the first set-up."""
from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.core.exceptions import ValidationError

from accounts.departments import USUAL, DepartmentsRefused, read_departments
from accounts.models import User

MAX_BYTES = 20 * 1024 * 1024


def _secret(label: str) -> forms.CharField:
    """A box for a new password."""
    box = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    empty = f"请{label}。" if label.startswith("再") else f"请填写{label}。"
    return forms.CharField(label=label, strip=False, widget=box, error_messages={"required": empty})


class FirstAdminForm(forms.ModelForm):
    """The first admin's account."""

    password = _secret("密码")
    again = _secret("再输一遍密码")
    token = forms.CharField(widget=forms.HiddenInput)

    class Meta:
        model = User
        fields = ["username", "real_name"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules = password_validators_help_text_html()

    def clean(self) -> dict[str, Any]:
        """Twice the same, and strong enough."""
        answers = super().clean()
        if answers.get("password") and answers.get("again") and answers["password"] != answers["again"]:
            self.add_error("again", "两次输入的密码不同。请重新输入。")
        if answers.get("password"):
            person = User(username=answers.get("username", ""), real_name=answers.get("real_name", ""))
            try:
                validate_password(answers["password"], person)
            except ValidationError as error:
                self.add_error("password", error)
        return answers


class DepartmentsForm(forms.Form):
    """Departments pasted from a spreadsheet; the usual ones stand in the box to begin with."""

    lines = forms.CharField(
        label="部门",
        initial=USUAL,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false"}),
        help_text="每行一个：编码、全称、简称、类别，用制表符或逗号隔开，可从表格粘贴。社区随辖区底图建立，不必写在这里。",
    )

    def clean_lines(self) -> list[Any]:
        """Every line must be right before any is entered."""
        try:
            return read_departments(self.cleaned_data["lines"])
        except DepartmentsRefused as refusal:
            raise ValidationError(refusal.sentences) from refusal


class TerritoryForm(forms.Form):
    """The three GeoJSON files of the territory, in WGS-84."""

    outline = forms.FileField(label="街道轮廓（GeoJSON）")
    communities = forms.FileField(label="社区边界（GeoJSON）")
    grids = forms.FileField(label="单元网格（GeoJSON）")

    def clean(self) -> dict[str, Any]:
        """Read all three as text."""
        answers = super().clean()
        for name in self.fields:
            if answers.get(name):
                self._read(name, answers)
        return answers

    def _read(self, name: str, answers: dict[str, Any]) -> None:
        """The file's text, or a sentence in its place."""
        file, label = answers[name], self.fields[name].label
        if file.size > MAX_BYTES:
            self.add_error(name, f"{label}文件为 {file.size // 1048576} MB，最多 20 MB。请简化边界后再上传。")
            return
        try:
            answers[name] = file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            self.add_error(name, f"{label}不是 UTF-8 文本。请另存为 UTF-8 的 GeoJSON。")
