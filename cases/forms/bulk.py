"""The forms of acts on many cases: what is asked once, and what is asked for each case."""
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Count, Max
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from cases import workflow
from cases.deadlines import default_urgency_for
from cases.forms import choices
from cases.models import Case, CaseTag
from cases.states import Urgency
from cases.suggest import leads_by_thing
from cases.workflow import MOVES, Move

EACH, ONE = "each", "one"
WAYS = ((EACH, "按推荐单位分别派遣"), (ONE, "统一派给一个单位"))
BLUE_SKY = "蓝天行动"
LARGEST_KEY = 2**63 - 1  # what a database holds
URGENCIES = (("", "按类别默认"), *Urgency.choices)


def why_not_in_bulk(move: Move, case: Case, user: Any) -> str:
    """Why this case cannot take part, or nothing."""
    if case.state not in move.from_:
        return f"{case.get_state_display()}，不能{move.button}"
    if move not in workflow.offered(case, user):
        return "不在你的办理范围内"
    if move.name == "register" and not case.grid_id and not case.is_petition:
        return "还没有网格，请单件立案"
    return ""


def suggested_leads(cases: list[Case]) -> dict[int, int]:
    """Case → the department that answers for its component, else that of its class, else who led most of the class."""
    without = {case.category_id for case in cases if case.category and not case.category.default_department_id}
    led = Case.objects.filter(category__in=without, lead__isnull=False).order_by().values("category", "lead")
    most: dict[int, int] = {}
    for row in led.annotate(n=Count("pk"), last=Max("dispatched_at")).order_by("n", "last"):
        most[row["category"]] = row["lead"]
    by_class = {
        case.pk: case.category.default_department_id or most.get(case.category_id)
        for case in cases if case.category
    }  # fmt: skip
    return by_class | leads_by_thing(cases)


class BulkForm(forms.Form):
    """What is asked for many cases at once; `answers_for` gives each case its own."""

    def __init__(self, move: Move, cases: list[Case], user: Any, *, at: datetime, data: Any = None) -> None:
        self.move, self.user, self.at = move, user, at
        reasons = {case.pk: why_not_in_bulk(move, case, user) for case in cases}
        self.cases = [case for case in cases if not reasons[case.pk]]
        self.left_out = [(case, reasons[case.pk]) for case in cases if reasons[case.pk]]
        super().__init__(data, auto_id="id_bulk_%s")
        getattr(self, f"_ask_{move.name}")()

    # --- what each act asks --------------------------------------------------------------------------------------

    def _ask_dispatch(self) -> None:
        options = [("", "按类别默认时限"), *choices.closing_times(at=self.at)]
        self.fields["way"] = forms.ChoiceField(
            label="派遣方式", choices=WAYS, widget=forms.RadioSelect, initial=EACH, required=False
        )
        self.fields["lead"] = forms.ModelChoiceField(
            choices.departments(), label="统一派给", required=False, empty_label="选择承办单位",
            help_text="选“统一派给一个单位”时填写",
        )  # fmt: skip
        self.fields["due"] = forms.DateTimeField(
            label="处置时限", required=False, widget=forms.Select(choices=options),
            error_messages={"invalid": "处置时限应为日期和时间，例如 2016-12-23 17:30。"},
        )  # fmt: skip
        self.fields["duty_leader"] = forms.CharField(
            label="带班处级领导", required=False, max_length=30,
            widget=forms.TextInput(attrs={"placeholder": "输入姓名", "autocomplete": "off"}),
        )  # fmt: skip
        self.fields["words"] = self._words("派遣要求", required=False)
        for case in self.cases:
            self.fields[f"lead-{case.number}"] = self._key("承办单位")

    def _ask_accept(self) -> None:
        for case in self.cases:
            self.fields[f"category-{case.number}"] = self._key("类别")

    def _ask_register(self) -> None:
        self.fields["urgency"] = forms.ChoiceField(label="紧急程度", choices=URGENCIES, required=False)

    def _ask_merge(self) -> None:
        pairs = [(case.number, f"{case.number} {case.title}") for case in self.cases]
        self.fields["master"] = forms.ChoiceField(
            label="并入哪一件", choices=pairs, widget=forms.RadioSelect, initial=pairs[0][0] if pairs else "",
            error_messages={"required": "请选择并入哪一件。"},
        )  # fmt: skip
        self.fields["reason"] = self._words("理由", least=5)

    def _ask_request_suspension(self) -> None:
        self.fields["review_on"] = forms.DateField(
            label="复核日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages={"required": "请填写复核日期。", "invalid": "复核日期应为日期，例如 2016-12-23。"},
        )  # fmt: skip
        self.fields["reason"] = self._words("理由", least=5)

    def _ask_note(self) -> None:
        self.fields["words"] = self._words("批注")

    @staticmethod
    def _key(label: str) -> forms.IntegerField:
        told = dict.fromkeys(("invalid", "max_value", "min_value"), choices.NOT_IN_LIST.format(label=label))
        return forms.IntegerField(
            required=False, widget=forms.HiddenInput, min_value=1, max_value=LARGEST_KEY, error_messages=told
        )

    @staticmethod
    def _words(label: str, *, required: bool = True, least: int = 0) -> forms.CharField:
        sentences = {
            "required": f"请填写{label}。", "max_length": f"{label}太长。请缩到 2000 个字以内。",
            "min_length": f"{label}太短。请写明原因，至少 {least} 个字。",
        }  # fmt: skip
        return forms.CharField(
            label=label if required else f"{label}（选填）", required=required, max_length=2000,
            min_length=least or None, error_messages=sentences,
            widget=forms.Textarea(attrs={"rows": 2, "class": "input--short"}),
        )  # fmt: skip

    # --- rows ----------------------------------------------------------------------------------------------------

    @property
    def shared_fields(self) -> list:
        """What is asked once."""
        return [field for field in self if "-" not in field.name]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Each case with its own select where there is one; the options are written once, not once a row."""
        if self.move.name == "dispatch":
            rows = choices.departments().values_list("pk", "short_name")
            return self._rows_with("lead", list(rows), suggested_leads(self.cases), "选择单位")
        if self.move.name == "accept":
            rows = choices.categories().values_list("pk", "name")
            known = {case.pk: case.category_id for case in self.cases}
            return self._rows_with("category", list(rows), known, "选择类别")
        return [{"case": case} for case in self.cases]

    def _rows_with(self, name: str, pairs: list, usual: dict[int, int | None], empty: str) -> list[dict[str, Any]]:
        options = format_html_join("", '<option value="{}">{}</option>', [("", empty), *pairs])
        word = "承办单位" if name == "lead" else "类别"
        return [
            {"case": case, "name": f"{name}-{case.number}", "word": word,
             "options": self._choose(options, self._value(name, case, usual)),
             "error": next(iter(self.errors.get(f"{name}-{case.number}", [])), "")}
            for case in self.cases
        ]  # fmt: skip

    def _value(self, name: str, case: Case, usual: dict[int, int | None]) -> str:
        if self.is_bound:
            return self.data.get(f"{name}-{case.number}", "")
        return str(usual.get(case.pk) or "")

    @staticmethod
    def _choose(options: SafeString, value: str) -> SafeString:
        """The same options with one of them chosen; only digits ever match."""
        if not value.isdecimal():
            return options
        return mark_safe(options.replace(f'value="{value}"', f'value="{value}" selected', 1))  # escaped above

    # --- answers -------------------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        """Every case has what its move asks, and 蓝天行动 its leader."""
        cleaned = super().clean()
        if not self.cases:
            raise forms.ValidationError(f"选中的案件都不能{self.move.button}。请关闭后重新勾选。")
        if self.move.name == "dispatch":
            self._check_dispatch(cleaned)
        elif self.move.name == "accept":
            self._check_each("category", "请选择类别。", choices.categories())
        return cleaned

    def _check_dispatch(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("way") == ONE and not cleaned.get("lead"):
            self.add_error("lead", "请选择统一派给哪个单位。")
        elif cleaned.get("way") != ONE:
            self._check_each("lead", "请选择承办单位。", choices.departments())
        blue = CaseTag.objects.filter(word=BLUE_SKY, case__in=[case.pk for case in self.cases])
        numbers = sorted(blue.values_list("case__number", flat=True))
        if numbers and not cleaned.get("duty_leader"):
            told = "、".join(numbers)
            self.add_error("duty_leader", f"“{BLUE_SKY}”案件须填带班处级领导，共 {len(numbers)} 件：{told}。")

    def _check_each(self, name: str, sentence: str, rows: Any) -> None:
        """Exchange the chosen keys for the rows, all of them read at once."""
        asked = {case.number: self.cleaned_data.get(f"{name}-{case.number}") for case in self.cases}
        found = rows.in_bulk([key for key in asked.values() if key])
        self.chosen = {number: found.get(key) for number, key in asked.items()}
        for number, row in self.chosen.items():
            if row is None:
                self.add_error(f"{name}-{number}", sentence)

    def answers_for(self, case: Case, *, master: Case | None = None) -> dict[str, Any]:
        """What this case's move is made with."""
        given = self.cleaned_data
        if self.move.name == "dispatch":
            lead = given["lead"] if given.get("way") == ONE else self.chosen[case.number]
            optional = {name: given.get(name) for name in ("due", "duty_leader", "words")}
            return {"lead": lead, **{name: value for name, value in optional.items() if value}}
        if self.move.name == "accept":
            return {"category": self.chosen[case.number]}
        if self.move.name == "register":
            urgency = given.get("urgency") or self._usual_urgency(case)
            return {"category": case.category, "urgency": urgency, **({"grid": case.grid} if case.grid_id else {})}
        if self.move.name == "merge":
            return {"master": master, "reason": given["reason"]}
        return {name: given[name] for name in ("review_on", "reason", "words") if name in self.fields}

    @staticmethod
    def _usual_urgency(case: Case) -> str:
        return default_urgency_for(case.category) if case.urgency == Urgency.NORMAL else case.urgency

    @property
    def title(self) -> str:
        """批量派遣 3 件."""
        return f"批量{self.button}"

    @property
    def button(self) -> str:
        """派遣 3 件."""
        count = len(self.cases) - (self.move.name == "merge" and bool(self.cases))
        return f"{self.move.button} {count} 件"

    @property
    def suggested_by(self) -> str:
        """Where the recommended units come from."""
        return "依据部件权属、类别的默认单位和以往办理记录"


def bulk_form(name: str, cases: list[Case], user: Any, *, at: datetime, data: Any = None) -> BulkForm:
    """The form of one act on many cases."""
    return BulkForm(MOVES[name], cases, user, at=at, data=data)


