"""The forms of campaigns, their targets and reported values, of entries and their kinds."""
from typing import Any

from django import forms

from campaigns.entries import EXTRA_TYPES, MOST_EXTRA
from campaigns.forms import fields as f
from campaigns.forms.placed import PlacedForm
from campaigns.models import Campaign, Entry, EntryKind
from campaigns.states import Measure

OF_TARGETS = [choice for choice in Measure.choices if choice[0] not in (Measure.DAYS, Measure.DAYS_EARLY)]


class CampaignForm(f.LedgerForm):
    """A campaign: name, plan, days."""

    name = f.words("名称", required=True, most=40)
    slug = forms.SlugField(
        label="网址名", max_length=40, help_text="小写字母、数字和横线，定了不改",
        error_messages={"required": "请填写网址名。", "invalid": "网址名只用小写字母、数字和横线。",
                        "max_length": "网址名太长。请缩短。"},
    )  # fmt: skip
    plan = f.text("方案", most=2000, rows=5)
    starts_on = f.day("开始", required=True)
    deadline = f.day("要求完成")
    completed_on = f.day("完成", hint="全部完成后填写")
    lead = f.department("牵头单位")

    def __init__(self, *args: Any, campaign: Campaign | None = None, **more: Any) -> None:
        if campaign:
            more["initial"] = {name: getattr(campaign, name) for name in self.base_fields}
        super().__init__(*args, **more)
        if campaign:
            del self.fields["slug"]


class TargetForm(f.LedgerForm):
    """How much is planned, for whom."""

    measure = f.choice("指标", OF_TARGETS, required=True)
    amount = f.decimal("计划数", required=True)
    community = f.community()
    department = f.department("单位")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["kind"] = forms.ModelChoiceField(
            EntryKind.objects.filter(active=True), label="整治类别", required=False, empty_label="不限",
            error_messages={"invalid_choice": "没有这个类别。请从列表中选择。"},
        )  # fmt: skip
        self.fields["community"].empty_label = "全街道"
        self.fields["department"].empty_label = "不分单位"


class ReportedForm(f.LedgerForm):
    """What a report printed."""

    measure = f.choice("指标", Measure.choices, required=True)
    words = f.words("上报原文", required=True, most=40, hint="照原文写，如：357 天、700 余吨")
    value = f.decimal("上报值", hint="原文是约数的不填")
    source = f.words("出处", required=True, most=80)


class EntryForm(PlacedForm):
    """One entry of a kind: the kind says which columns and pictures."""

    happened_on = f.day("日期", required=True)
    place = f.words("点位", required=True)
    approximate = f.tick("约数", hint="原文是“余”“近”的勾选")
    department = f.department("责任单位")
    note = f.text("备注")
    version = f.version(required=False)

    def __init__(self, kind: EntryKind, *args: Any, entry: Entry | None = None, **more: Any) -> None:
        self.kind, self.entry = kind, entry
        if entry:
            more["initial"] = {name: getattr(entry, name) for name in self.base_fields if hasattr(entry, name)}
            more["initial"] |= {"campaign": entry.campaign, "quantity": entry.quantity}
            more["initial"] |= {
                f"extra_{n}": entry.extra.get(column["label"], "") for n, column in enumerate(kind.extra)
            }
        super().__init__(*args, **more)
        self.initial.setdefault("happened_on", self.today)
        label = f"{kind.quantity_name}（{kind.unit}）"
        self.fields["quantity"] = f.decimal(label, name=kind.quantity_name, places=kind.decimals, required=True)
        for n, column in enumerate(kind.extra):
            field = f.day(column["label"]) if column["type"] == "date" else f.words(column["label"], most=100)
            self.fields[f"extra_{n}"] = field
        self.fields["before"] = f.photos("整治前照片", hint="必须上传" if kind.needs_before and not entry else "选填")
        self.fields["after"] = f.photos("整治后照片", hint="必须上传" if kind.needs_after and not entry else "选填")

    @property
    def groups(self) -> list[tuple[str, list]]:
        """The form in the order of the paper."""
        own = [f"extra_{n}" for n in range(len(self.kind.extra))]
        named = (
            ("整治", ("happened_on", "place", "quantity", "approximate", "department", "campaign")),
            (self.kind.name, own), ("照片", ("before", "after")), ("备注", ("note",)),
        )  # fmt: skip
        found = [(word, [self[name] for name in names if name in self.fields]) for word, names in named]
        return [(word, fields) for word, fields in found if fields]

    @property
    def answers(self) -> dict[str, Any]:
        """The columns, with the pictures stored."""
        names = ("happened_on", "place", "community", "grid", "lon", "lat", "quantity", "approximate", "department",
                 "campaign", "note")  # fmt: skip
        columns = {name: self.cleaned_data.get(name) for name in names}
        extra = {
            column["label"]: str(self.cleaned_data.get(f"extra_{n}") or "") for n, column in enumerate(self.kind.extra)
        }
        seen = {"version": self.cleaned_data.get("version")} if self.entry else {}
        pictures = {"before": self.stored("before"), "after": self.stored("after")}
        return {**columns, **seen, **pictures, "extra": extra}


class VoidForm(f.LedgerForm):
    """Why an entry is voided."""

    reason = f.text("作废原因", required=True, most=200)


class KindForm(f.LedgerForm):
    """A kind of entry: what it counts, which pictures and further columns it wants."""

    name = f.words("名称", required=True, most=20)
    slug = forms.SlugField(
        label="网址名", max_length=30, help_text="小写字母、数字和横线，定了不改",
        error_messages={"required": "请填写网址名。", "invalid": "网址名只用小写字母、数字和横线。",
                        "max_length": "网址名太长。请缩短。"},
    )  # fmt: skip
    prefix = forms.RegexField(
        r"^[A-Z]{2}$", label="编号字头", help_text="两个大写字母，如 WZ；编成 WZ2016-001",
        error_messages={"required": "请填写编号字头。", "invalid": "编号字头是两个大写字母，如 WZ。"},
    )  # fmt: skip
    quantity_name = f.words("数量名称", required=True, most=20, hint="如：取缔数、清运量")
    unit = f.words("单位", required=True, most=6, hint="如：起、吨、㎡")
    decimals = forms.TypedChoiceField(label="小数位", choices=[(0, "整数"), (1, "一位"), (2, "两位")], coerce=int)
    needs_before = f.tick("须有整治前照片")
    needs_after = f.tick("须有整治后照片")
    extra = f.text("附加栏目", most=600, rows=4, hint="一行一个：名称，逗号，类型（文字、数、日期）。例如：车次，数")
    order = f.count("顺序")
    active = f.tick("在用")

    def __init__(self, *args: Any, kind: EntryKind | None = None, **more: Any) -> None:
        self.kind = kind
        if kind:
            more["initial"] = {name: getattr(kind, name) for name in self.base_fields if name != "extra"}
            lines = [f"{column['label']}，{EXTRA_TYPES[column['type']]}" for column in kind.extra]
            more["initial"]["extra"] = "\n".join(lines)
        else:
            more.setdefault("initial", {"active": True, "order": 0})
        super().__init__(*args, **more)
        if kind:
            del self.fields["slug"]

    def clean_extra(self) -> list[dict[str, str]]:
        """The lines as columns."""
        types = {word: key for key, word in EXTRA_TYPES.items()}
        columns = []
        for line in filter(None, map(str.strip, self.cleaned_data["extra"].splitlines())):
            label, _, kind = line.replace("，", ",").partition(",")
            word = kind.strip() or "文字"
            if word not in types:
                raise forms.ValidationError(f"“{line}”的类型没有看懂。类型是文字、数、日期之一。")
            columns.append({"label": label.strip(), "type": types[word]})
        if len(columns) > MOST_EXTRA:
            raise forms.ValidationError(f"附加栏目有 {len(columns)} 个，最多 {MOST_EXTRA} 个。")
        return columns

    def clean_order(self) -> int:
        """Nothing means first."""
        return self.cleaned_data.get("order") or 0
