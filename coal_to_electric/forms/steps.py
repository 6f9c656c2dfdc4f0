"""The form of each step, out of what the table asks; the revisit, the reading, the picture, the reason."""
from typing import Any

from django import forms

from coal_to_electric.forms import fields
from coal_to_electric.models import EquipmentModel, Household, Moment
from coal_to_electric.progress import Step
from coal_to_electric.states import Channel, Satisfaction


class EquipmentChoice(forms.ModelChoiceField):
    """A model; the forbidden kinds are in the list, so that choosing one says why not."""

    def __init__(self) -> None:
        rows = EquipmentModel.objects.filter(active=True).select_related("kind").order_by("kind", "name")
        wrong = {"required": "请选择设备型号。", "invalid_choice": "没有这个型号。请从列表中选择。"}
        super().__init__(rows, label="设备型号", empty_label="请选择", error_messages=wrong)

    def label_from_instance(self, obj: EquipmentModel) -> str:
        """蓄能式电暖器 XN-2400（2.4 kW）."""
        return f"{obj}（{obj.power_kw.normalize():f} kW）{'' if obj.kind.offered else ' · 不可选'}"


ASKED: dict[str, Any] = {
    "eligible": lambda: fields.yes_no("是否符合条件", yes="符合", no="不符合"),
    "reason": lambda: fields.words("理由", required=False, most=200, help_text="不符合条件时必填"),
    "until": lambda: fields.day("公示结束日期", required=False, help_text="不填则按最短公示天数"),
    "equipment": EquipmentChoice,
    "quantity": lambda: fields.number("台数", least=1, most=20, required=True),
    "price_yuan": lambda: fields.number("设备总价（元）", least="0.01", most=200_000, places=2, required=True),
    "delivered_on": lambda: fields.day("到货日期", required=False),
    "meter_no": lambda: fields.words("表号", required=False, most=30),
    "acceptor": lambda: fields.words("验收人", required=False, most=30),
    "stoves": lambda: fields.number("回收炉具（个）", most=20, required=True, help_text="没有炉具填 0"),
    "briquettes": lambda: fields.number("回收蜂窝煤（块）", most=100_000),
    "exit_reason": lambda: fields.words("退出原因", most=200, rows=2),
    "rejoin_reason": lambda: fields.words("重新加入的原因", most=200, rows=2),
}


class StepForm(fields.VersionedForm):
    """When it happened, and what the step asks; a correction wants its reason."""

    on = fields.day("发生日期")

    def __init__(self, step: Step, household: Household, data: Any = None) -> None:
        start = {
            "quantity": household.quantity or 1, "price_yuan": household.price_yuan, "equipment": household.equipment,
            "meter_no": household.meter_no,
        }  # fmt: skip
        super().__init__(household, data, initial=start)
        for name in step.asks:
            self.fields[name] = ASKED[name]()
        done = getattr(household, step.column) if step.column else None
        label = "更正原因" if done else "说明"
        self.fields["note"] = fields.words(label, required=False, most=300, rows=2)
        if done:
            self.fields["note"].help_text = f"已登记为 {done}，更正须写明原因"

    @property
    def answers(self) -> dict[str, Any]:
        """What `take` gets."""
        return dict(self.cleaned_data)


class RevisitForm(fields.VersionedForm):
    """How the visit or call went."""

    on = fields.day("回访日期")
    channel = fields.choice("方式", Channel.choices, radio=True)
    reached = fields.yes_no("见到或接通", yes="见到、接通", no="没有")
    heating_works = fields.yes_no("采暖正常吗", required=False, yes="正常", no="不正常")
    satisfaction = fields.choice("满意度", [("", "未问"), *Satisfaction.choices], required=False)
    words = fields.words("情况", required=False, most=300, rows=3, help_text="采暖不正常时必填：哪间不热、设备怎样")

    def __init__(self, household: Household, data: Any = None) -> None:
        super().__init__(household, data, initial={"channel": Channel.VISIT, "reached": "yes"})


class ReadingForm(forms.Form):
    """The off-peak kWh of a heating season."""

    season = fields.number("采暖季（年份）", least=2010, most=2099, required=True)
    kwh = fields.number("谷段电量（千瓦时）", least="0", most=99_999, places=2, required=True)
    on = fields.day("抄表日期")


class PhotoForm(forms.Form):
    """A picture from before or after."""

    moment = fields.choice("时候", Moment.choices)
    file = forms.FileField(
        label="照片", widget=forms.ClearableFileInput(attrs={"accept": "image/*"}),
        error_messages={"required": "请选择一张照片。", "empty": "照片是空文件，请重新选择。"},
    )  # fmt: skip


class ReasonForm(forms.Form):
    """Why somebody wants to see what is masked, or sends a batch back; the verb judges it."""

    reason = fields.words("理由", required=False, most=300, rows=3, help_text="至少 5 个字，会记入审计")


class PaidForm(forms.Form):
    """When the bank paid; being sure is asked for only when the day is doubted."""

    on = fields.day("发放日期")
    sure = forms.BooleanField(label="日期无误，照此登记", required=False)
