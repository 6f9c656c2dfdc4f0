"""The forms of the ledger of illegal structures: registering and editing, the steps, papers, pictures, cases."""
from typing import Any

from django import forms
from django.utils import timezone

from campaigns.forms import fields as f
from campaigns.forms.placed import PlacedForm
from campaigns.models import Structure, StructurePaper
from campaigns.states import Era, LandNature, Mode, OwnerKind, PaperKind, PhotoMoment, Service, Setting, Supervision
from campaigns.steps import Step

TYPES = ("彩钢房", "地面二层加建", "小作坊厂房", "临街棚亭", "简易棚", "砖混平房", "出租大院", "仓储厂房", "屋顶加建",
         "翻建房屋", "院内私建", "洗车棚", "阳光房", "一层外扩", "废品收购站")  # fmt: skip
USES = ("汽修", "商铺", "仓储", "小作坊", "自住", "出租居住", "废品分拣", "餐饮", "废品收购", "闲置")
CONSTRUCTIONS = ("彩钢", "砖混", "砖木", "混合")
PROJECTS = ("大杂院整治", "环境秩序整治", "刘娘府综合改造", "东下庄棚户区改造", "永引渠南路工程", "保险产业园建设")
SOURCES = ("网格巡查", "社区上报", "群众举报", "联合检查", "上级交办")
AUTHORITIES = ("石景山区城市管理综合行政执法监察局", "石景山区规划分局", "石景山区人民政府", "苹果园街道办事处")
LISTS = {
    "type": TYPES, "use": USES, "construction": CONSTRUCTIONS, "project": PROJECTS, "found_source": SOURCES,
    "authority": AUTHORITIES,
}  # fmt: skip


def with_list(field: forms.CharField, name: str) -> forms.CharField:
    """A text for which usual answers are offered."""
    field.widget.attrs["list"] = f"usual-{name}"
    return field


class StructureForm(PlacedForm):
    """What is known of a structure; the owner is never shown in it, only written anew."""

    place = f.words("点位名称", required=True)
    address = f.words("地址", most=100, hint="填道路、小区或门牌，再在地图上点选位置")
    type = with_list(f.words("违建类型", most=20), "type")
    era = f.choice("新生或既有", Era.choices)
    setting = f.choice("城镇或乡村", Setting.choices)
    use = with_list(f.words("用途", most=20), "use")
    construction = with_list(f.words("结构", most=20), "construction")
    storeys = f.count("层数")
    built_year = f.count("建成年份")
    footprint_m2 = f.area("占地面积")
    floor_area_m2 = f.area("认定建筑面积", hint="全部楼层之和；认定前可先填估数")
    area_approximate = f.tick("面积为约数")
    owner_kind = f.choice("当事人类型", OwnerKind.choices)
    owner_name = f.words("当事人", hint="加密保存，各处只显示脱敏后的名字")
    land_nature = f.choice("土地性质", LandNature.choices)
    property_nature = f.words("产权性质", most=20)
    found_on = f.day("发现日期", required=True)
    found_source = with_list(f.words("发现来源", most=30), "found_source")
    project = with_list(f.words("所属项目", most=30), "project")
    supervision = f.choice("挂账级别", Supervision.choices, empty="未挂账")
    responsible = f.department("责任单位")
    responsible_person = f.words("责任人", most=30)
    departments = f.departments("联合执法单位")
    note = f.text("备注")

    GROUPS = (
        ("点位", ("place", "found_on", "found_source", "campaign", "project", "supervision")),
        ("建筑", ("type", "era", "setting", "use", "construction", "storeys", "built_year", "footprint_m2",
                "floor_area_m2", "area_approximate")),
        ("当事人和土地", ("owner_kind", "owner_name", "land_nature", "property_nature")),
        ("拆除结果", ("mode", "demolished_on", "demolished_area_m2", "remeasured", "vacated_land_m2",
                  "relocated_people", "persons_on_site", "machines", "later_use")),
        ("责任", ("responsible", "responsible_person", "departments", "note", "reason")),
    )  # fmt: skip

    @property
    def groups(self) -> list[tuple[str, list]]:
        """The form in the order of the ledger's paper."""
        found = [(word, [self[name] for name in names if name in self.fields]) for word, names in self.GROUPS]
        return [(word, fields) for word, fields in found if fields]

    @property
    def lists(self) -> list[tuple[str, tuple[str, ...]]]:
        """The usual answers that stand in this form."""
        return [(name, usual) for name, usual in LISTS.items() if name in self.fields]

    @property
    def answers(self) -> dict[str, Any]:
        """The columns."""
        return dict(self.cleaned_data)


class RegisterForm(StructureForm):
    """登记违建: with the first pictures."""

    photos = f.photos("现状照片", hint="尽量拍到参照物，拆除后从同一角度再拍")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.initial.setdefault("found_on", self.today)

    @property
    def answers(self) -> dict[str, Any]:
        """The columns, with the pictures stored."""
        return {**self.cleaned_data, "photos": self.stored("photos")}


class EditForm(StructureForm):
    """编辑: the columns as they are; what came of a demolition once it is registered."""

    version = f.version()
    mode = f.choice("拆除方式", Mode.choices)
    demolished_on = f.day("拆除日期")
    demolished_area_m2 = f.area("已拆建筑面积")
    remeasured = f.tick("经复测")
    vacated_land_m2 = f.area("腾退土地面积", hint="没有腾退土地的填 0")
    relocated_people = f.count("疏解人口", hint="没有的填 0")
    persons_on_site = f.count("现场人数")
    machines = f.count("机械台数")
    later_use = f.words("后续用途", hint="绿化、停车、建设等")
    reason = f.text("修改理由", hint="已销账的数字计入总数，改动须写明理由", most=200)

    def __init__(self, structure: Structure, *args: Any, **more: Any) -> None:
        self.structure = structure
        kept = {name: getattr(structure, name) for name in self.base_fields if hasattr(structure, name)}
        kept |= {"owner_name": "", "departments": list(structure.departments.all()), "campaign": structure.campaign}
        super().__init__(*args, initial=kept, **more)
        self.fields["owner_name"].help_text = (
            f"现为 {structure.owner_masked}，不改请留空" if structure.owner_name else "加密保存，各处只显示脱敏后的名字"
        )
        if structure.demolished_on is None:
            for name in ("mode", "demolished_on", "demolished_area_m2", "remeasured", "persons_on_site", "machines"):
                del self.fields[name]
        if not structure.is_written_off:
            del self.fields["reason"]

    @property
    def answers(self) -> dict[str, Any]:
        """The columns; an owner left empty stays."""
        answers = dict(self.cleaned_data)
        if not answers.get("owner_name"):
            del answers["owner_name"]
        return answers


class StepForm(f.LedgerForm):
    """One step, built from its row of the table."""

    version = f.version()

    def __init__(self, step: Step, structure: Structure, *args: Any, **more: Any) -> None:
        self.step, self.structure = step, structure
        super().__init__(*args, auto_id="id_step_%s", **more)
        self.initial.setdefault("version", structure.version)
        for name in step.asks:
            self.fields[name] = getattr(self, f"_{name}")()
            if name in ("floor_area_m2", "area_approximate", "footprint_m2", "mode", "demolished_area_m2",
                        "vacated_land_m2", "relocated_people", "later_use"):  # fmt: skip
                self.initial.setdefault(name, getattr(structure, name))

    def _on(self) -> forms.Field:
        self.initial.setdefault("on", self.today)
        return f.day("制发日期" if self.step.paper else "日期", required=True)

    def _number(self) -> forms.Field:
        return f.words("认定文号" if self.step.name == "determine" else "文号", required=bool(self.step.paper),
                       hint="" if self.step.paper else "有认定书的填文号和执法主体")  # fmt: skip

    def _authority(self) -> forms.Field:
        return with_list(f.words("执法主体", required=bool(self.step.paper), hint="文书上盖章的机关"), "authority")

    def _service(self) -> forms.Field:
        return f.choice("送达方式", Service.choices)

    def _served_on(self) -> forms.Field:
        return f.day("送达日期", hint="还没有送达的先不填，送达后在文书里补")

    def _deadline_on(self) -> forms.Field:
        return f.day("限期至", hint="文书给当事人的最后一日")

    def _words(self) -> forms.Field:
        return f.text("说明", required=self.step.name == "relapse")

    def _reason(self) -> forms.Field:
        return f.text("理由", required=True, most=200)

    def _floor_area_m2(self) -> forms.Field:
        return f.area("认定建筑面积", required=True, hint="全部楼层之和")

    def _area_approximate(self) -> forms.Field:
        return f.tick("面积为约数")

    def _footprint_m2(self) -> forms.Field:
        return f.area("占地面积")

    def _mode(self) -> forms.Field:
        field = f.choice("拆除方式", Mode.choices, required=True)
        field.widget = forms.RadioSelect(choices=Mode.choices)
        return field

    def _demolished_area_m2(self) -> forms.Field:
        if self.structure.demolished_area_m2 is None:
            self.initial.setdefault("demolished_area_m2", self.structure.floor_area_m2)
        return f.area("拆除建筑面积", required=True)

    def _remeasured(self) -> forms.Field:
        return f.tick("经复测", hint="拆除面积大于认定面积时勾选")

    def _vacated_land_m2(self) -> forms.Field:
        return f.area("腾退土地面积", hint="没有的填 0；销账前须填")

    def _relocated_people(self) -> forms.Field:
        return f.count("疏解人口", hint="没有的填 0；销账前须填")

    def _departments(self) -> forms.Field:
        self.initial.setdefault("departments", list(self.structure.departments.all()))
        return f.departments("联合执法单位")

    def _persons_on_site(self) -> forms.Field:
        return f.count("现场人数")

    def _machines(self) -> forms.Field:
        return f.count("机械台数")

    def _after_photos(self) -> forms.Field:
        return f.photos("拆除后照片", hint="与拆除前同一角度")

    def _later_use(self) -> forms.Field:
        return f.words("后续用途", hint="绿化、停车、建设等")

    def _planned_at(self) -> forms.Field:
        if self.structure.planned_at:
            self.initial.setdefault("planned_at", timezone.localtime(self.structure.planned_at).strftime(f.MOMENT))
        return f.moment("计划拆除时间", required=True)

    def _opens_case(self) -> forms.Field:
        self.initial.setdefault("opens_case", True)
        return f.tick("同时开案件，交指挥席派遣")

    @property
    def lists(self) -> list[tuple[str, tuple[str, ...]]]:
        """The usual answers that stand in this form."""
        return [(name, usual) for name, usual in LISTS.items() if name in self.fields]

    @property
    def answers(self) -> dict[str, Any]:
        """What the step is taken with; questions left open are left out."""
        answers = {name: self.cleaned_data.get(name) for name in self.step.asks}
        if "after_photos" in answers:
            answers["after_photos"] = self.stored("after_photos")
        if "departments" in answers:
            answers["departments"] = list(answers["departments"])
        empty = (None, "")
        return {name: value for name, value in answers.items() if value not in empty}


class PaperForm(f.LedgerForm):
    """One paper, entered or corrected."""

    kind = f.choice("文书", PaperKind.choices, required=True)
    number = f.words("文号")
    issued_on = f.day("制发日期", required=True)
    authority = with_list(f.words("执法主体", required=True, hint="文书上盖章的机关"), "authority")
    service = f.choice("送达方式", Service.choices)
    served_on = f.day("送达日期")
    deadline_on = f.day("限期至", hint="文书给当事人的最后一日")
    lists = [("authority", AUTHORITIES)]

    def __init__(self, *args: Any, paper: StructurePaper | None = None, **more: Any) -> None:
        if paper:
            more["initial"] = {name: getattr(paper, name) for name in self.base_fields}
        super().__init__(*args, **more)
        if paper:
            del self.fields["kind"]


class PhotosForm(f.LedgerForm):
    """Further pictures."""

    moment = f.choice("时候", PhotoMoment.choices, required=True)
    taken_on = f.day("拍摄日期")
    photos = f.photos("照片")

    def clean(self) -> dict[str, Any]:
        """At least one picture."""
        cleaned = super().clean()
        if not cleaned.get("photos") and "photos" not in self.errors:
            self.add_error("photos", "请选择照片。")
        return cleaned

    @property
    def answers(self) -> dict[str, Any]:
        """The pictures, stored."""
        return {**self.cleaned_data, "photos": self.stored("photos")}


class CaseForm(f.LedgerForm):
    """从台账开案件."""

    version = f.version()
    title = f.words("事项", required=True, most=80, hint="什么地方、什么问题")
    words = f.text("情况")


class FromCaseForm(f.LedgerForm):
    """转入违建台账."""

    place = f.words("点位名称", required=True, hint="台账上的名称，例如：西黄村废品回收站")
    words = f.text("说明")


class OwnerForm(f.LedgerForm):
    """按当事人查找: the whole name, sent in the body of a POST and never in an address."""

    owner = f.words("当事人", required=True, hint="填全名；查找会记入审计")


class RevealForm(f.LedgerForm):
    """Why somebody must know whose it is."""

    reason = f.text("查看理由", required=True, most=200, rows=3, hint="写明为什么要知道当事人。理由和时间会记入审计。")
