"""Illegal structures (违法建设台账): the columns that an office keeps, the papers, the story, the pictures."""
from typing import Any, NoReturn

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from accounts.encryption import EncryptedText
from accounts.masking import mask_name
from accounts.querysets import AppendOnlyQuerySet
from campaigns.querysets import StructureQuerySet
from campaigns.states import (
    GROUP_OF,
    WAITS_FOR,
    CaseTie,
    Era,
    LandNature,
    Mode,
    OwnerKind,
    PaperKind,
    Period,
    PeriodUnit,
    PhotoMoment,
    Service,
    Setting,
    Stage,
    Supervision,
)

LONGEST_NAME = 4  # a longer one is a unit's


def masked_owner(name: str) -> str:
    """An owner as whoever may not know sees it: a person 陈*, a unit (five characters or more) its first two."""
    name = name.strip()
    return mask_name(name) if len(name) <= LONGEST_NAME else f"{name[:2]}***"


class StructureCounter(models.Model):
    """The last serial of the ledger in a year; gaps are allowed, a number is never used again."""

    year = models.PositiveSmallIntegerField("年份", unique=True)
    last = models.PositiveIntegerField("已用序号", default=0)

    class Meta:
        verbose_name = "违建编号计数"
        verbose_name_plural = "违建编号计数"


class Structure(models.Model):
    """One illegal structure. Areas in m²; `stage` is the last step done, moved by campaigns.ledger alone.

    Floor area is all storeys as determined (认定建筑面积), footprint the ground it covers (占地面积), and what came
    of it are three figures that are never added to each other: demolished floor area, vacated land, people.
    Position is WGS-84.
    """

    number = models.CharField("台账编号", max_length=20, unique=True)
    campaign = models.ForeignKey(
        "campaigns.Campaign", models.PROTECT, null=True, blank=True, related_name="structures", verbose_name="批次"
    )
    stage = models.CharField("阶段", max_length=12, choices=Stage.choices, default=Stage.SURVEYED)
    version = models.PositiveIntegerField("版本", default=1)

    place = models.CharField("点位名称", max_length=60)
    address = models.CharField("地址", max_length=100, blank=True)
    community = models.ForeignKey("grid.Community", models.PROTECT, related_name="structures", verbose_name="社区")
    grid = models.ForeignKey(
        "grid.UnitGrid", models.PROTECT, null=True, blank=True, related_name="structures", verbose_name="单元网格"
    )
    site = models.ForeignKey(
        "grid.KeySite", models.SET_NULL, null=True, blank=True, related_name="structures", verbose_name="重点点位"
    )
    lon = models.FloatField("经度", null=True, blank=True)
    lat = models.FloatField("纬度", null=True, blank=True)

    owner_kind = models.CharField("当事人类型", max_length=12, choices=OwnerKind.choices, blank=True)
    owner_name = EncryptedText("当事人", max_length=60, blank=True, default="")
    owner_index = models.CharField("当事人索引", max_length=64, blank=True, db_index=True, editable=False)
    land_nature = models.CharField("土地性质", max_length=12, choices=LandNature.choices, blank=True)
    property_nature = models.CharField("产权性质", max_length=20, blank=True)
    era = models.CharField("新生或既有", max_length=10, choices=Era.choices, blank=True)
    setting = models.CharField("城镇或乡村", max_length=10, choices=Setting.choices, blank=True)
    type = models.CharField("违建类型", max_length=20, blank=True)
    use = models.CharField("用途", max_length=20, blank=True)
    construction = models.CharField("结构", max_length=20, blank=True)
    storeys = models.PositiveSmallIntegerField("层数", null=True, blank=True)
    built_year = models.PositiveSmallIntegerField("建成年份", null=True, blank=True)
    footprint_m2 = models.DecimalField("占地面积", max_digits=12, decimal_places=2, null=True, blank=True)
    floor_area_m2 = models.DecimalField("认定建筑面积", max_digits=12, decimal_places=2, null=True, blank=True)
    area_approximate = models.BooleanField("面积为约数", default=False)

    found_source = models.CharField("发现来源", max_length=30, blank=True)
    found_on = models.DateField("发现日期")
    project = models.CharField("所属项目", max_length=30, blank=True)
    supervision = models.CharField("挂账级别", max_length=10, choices=Supervision.choices, blank=True)
    responsible = models.ForeignKey(
        "accounts.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="责任单位"
    )
    responsible_person = models.CharField("责任人", max_length=30, blank=True)
    departments = models.ManyToManyField(
        "accounts.Department", blank=True, related_name="structures", verbose_name="联合执法单位"
    )

    planned_at = models.DateTimeField("计划拆除时间", null=True, blank=True)
    mode = models.CharField("拆除方式", max_length=10, choices=Mode.choices, blank=True)
    demolished_on = models.DateField("拆除日期", null=True, blank=True)
    demolished_area_m2 = models.DecimalField("已拆建筑面积", max_digits=12, decimal_places=2, null=True, blank=True)
    remeasured = models.BooleanField("经复测", default=False, help_text="已拆面积大于认定面积时，须经复测。")
    vacated_land_m2 = models.DecimalField("腾退土地面积", max_digits=12, decimal_places=2, null=True, blank=True)
    relocated_people = models.PositiveIntegerField("疏解人口", null=True, blank=True)
    persons_on_site = models.PositiveIntegerField("现场人数", null=True, blank=True)
    machines = models.PositiveIntegerField("机械台数", null=True, blank=True)
    accepted_on = models.DateField("验收日期", null=True, blank=True)
    written_off_on = models.DateField("销账日期", null=True, blank=True)
    later_use = models.CharField("后续用途", max_length=60, blank=True)
    relapsed_on = models.DateField("反弹日期", null=True, blank=True)
    note = models.CharField("备注", max_length=300, blank=True)

    registered_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )
    registered_at = models.DateTimeField("登记时间")
    is_demo = models.BooleanField("演示数据", default=False)

    objects = StructureQuerySet.as_manager()

    class Meta:
        verbose_name = "违法建设"
        verbose_name_plural = "违法建设"
        indexes = [
            models.Index(fields=["-demolished_on", "-id"], name="structure_newest"),
            models.Index(fields=["stage", "-demolished_on"], name="structure_by_stage"),
            models.Index(fields=["community", "stage"], name="structure_by_community"),
            models.Index(fields=["campaign", "stage"], name="structure_by_campaign"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="a_structure_stands_at_a_known_stage"),
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True) | Q(lon__isnull=False, lat__isnull=False),
                name="a_structure_has_both_coordinates",
            ),
            models.CheckConstraint(
                condition=(Q(footprint_m2__isnull=True) | Q(footprint_m2__gte=0))
                & (Q(floor_area_m2__isnull=True) | Q(floor_area_m2__gte=0))
                & (Q(demolished_area_m2__isnull=True) | Q(demolished_area_m2__gte=0))
                & (Q(vacated_land_m2__isnull=True) | Q(vacated_land_m2__gte=0)),
                name="an_area_is_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(demolished_area_m2__isnull=True)
                | Q(floor_area_m2__isnull=True)
                | Q(remeasured=True)
                | Q(demolished_area_m2__lte=F("floor_area_m2")),
                name="no_more_is_demolished_than_determined",
            ),
            models.CheckConstraint(
                condition=~Q(stage__in=[Stage.DEMOLISHED, Stage.ACCEPTED, Stage.WRITTEN_OFF])
                | (Q(demolished_on__isnull=False) & Q(demolished_area_m2__isnull=False) & ~Q(mode="")),
                name="a_demolished_structure_says_when_how_and_how_much",
            ),
            models.CheckConstraint(
                condition=~Q(stage=Stage.WRITTEN_OFF) | Q(written_off_on__gte=F("demolished_on")),
                name="a_structure_is_written_off_after_it_came_down",
            ),
        ]

    def __str__(self) -> str:
        """The ledger number."""
        return self.number

    def get_absolute_url(self) -> str:
        """The whole page of the structure."""
        return f"/ledgers/structures/{self.number}/"

    @property
    def owner_masked(self) -> str:
        """Who it is, as whoever may not know sees it."""
        return masked_owner(self.owner_name)

    @property
    def group(self) -> int:
        """In which of the six groups it now waits (1–6); 6 for a written-off one, 0 for a voided one."""
        if self.stage in (Stage.WRITTEN_OFF, Stage.VOIDED):
            return GROUP_OF[self.stage]
        done = GROUP_OF[self.stage]
        return done if self.stage in (Stage.NOTIFIED, Stage.URGED, Stage.DECIDED) else done + 1

    @property
    def waits_for(self) -> str:
        """The step it waits for, as the row says it."""
        return WAITS_FOR[self.stage]

    @property
    def is_written_off(self) -> bool:
        """Whether it counts in the totals."""
        return self.stage == Stage.WRITTEN_OFF


class StructurePaper(models.Model):
    """One paper of a structure, with the authority that enforces, its service and the last day it grants."""

    structure = models.ForeignKey(Structure, models.CASCADE, related_name="papers", verbose_name="违法建设")
    kind = models.CharField("文书", max_length=14, choices=PaperKind.choices)
    number = models.CharField("文号", max_length=60, blank=True)
    issued_on = models.DateField("制发日期")
    authority = models.CharField("执法主体", max_length=60)
    service = models.CharField("送达方式", max_length=8, choices=Service.choices, blank=True)
    served_on = models.DateField("送达日期", null=True, blank=True)
    deadline_on = models.DateField("限期至", null=True, blank=True, help_text="文书给当事人的最后一日")
    added_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    added_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "违建文书"
        verbose_name_plural = "违建文书"
        ordering = ["issued_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(served_on__isnull=True) | Q(served_on__gte=F("issued_on")),
                name="a_paper_is_served_after_it_was_issued",
                violation_error_message="送达日期早于制发日期。请核对。",
            ),
            models.CheckConstraint(
                condition=Q(deadline_on__isnull=True) | Q(deadline_on__gte=F("issued_on")),
                name="a_paper_grants_a_day_to_come",
                violation_error_message="限期早于制发日期。请核对。",
            ),
            models.UniqueConstraint(
                fields=["structure", "kind", "number"], name="a_paper_is_entered_once",
                violation_error_message="这份文书已经登记。",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        """Kind and number."""
        return f"{self.get_kind_display()} {self.number}".strip()


class StructureEvent(models.Model):
    """One step of the story (痕迹化管理), appended and never changed; `derived` marks a day the source lacked."""

    structure = models.ForeignKey(Structure, models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField("序号")
    step = models.CharField("动作", max_length=20)
    stage = models.CharField("之后的阶段", max_length=12, choices=Stage.choices)
    happened_on = models.DateField("发生日期")
    recorded_at = models.DateTimeField("记录时间")
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    by_name = models.CharField("操作人", max_length=60, blank=True)
    words = models.CharField("内容", max_length=500, blank=True)
    derived = models.BooleanField("推定日期", default=False)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = "违建办理记录"
        verbose_name_plural = "违建办理记录"
        ordering = ["structure", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["structure", "seq"], name="a_structures_event_has_its_place"),
        ]

    def __str__(self) -> str:
        """The step and its day."""
        return f"{self.step} {self.happened_on:%Y-%m-%d}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Adds a row; a row that is there is never written again."""
        if self.pk is not None and not self._state.adding:
            raise TypeError("An event is never changed.")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise TypeError("An event is never removed.")


class StructurePhoto(models.Model):
    """A picture of a structure before or after; the picture itself is grid.Photo."""

    structure = models.ForeignKey(Structure, models.CASCADE, related_name="photos")
    photo = models.ForeignKey("grid.Photo", models.PROTECT, related_name="+", verbose_name="照片")
    moment = models.CharField("时候", max_length=6, choices=PhotoMoment.choices)
    taken_on = models.DateField("拍摄日期", null=True, blank=True)
    seq = models.PositiveSmallIntegerField("序号", default=0)
    added_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    added_at = models.DateTimeField("添加时间")

    class Meta:
        verbose_name = "违建照片"
        verbose_name_plural = "违建照片"
        ordering = ["seq", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["structure", "photo"], name="a_photo_hangs_on_a_structure_once")
        ]


class StructureCase(models.Model):
    """A case and a structure that belong together; the case itself knows nothing of it."""

    structure = models.ForeignKey(Structure, models.PROTECT, related_name="cases")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+", verbose_name="案件")
    tie = models.CharField("关系", max_length=10, choices=CaseTie.choices)
    tied_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "违建关联案件"
        verbose_name_plural = "违建关联案件"
        ordering = ["tied_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["structure", "case"], name="a_case_is_tied_to_a_structure_once"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(tie=CaseTie.FROM_CASE), name="a_case_becomes_one_structure"
            ),
        ]


class LawPeriod(models.Model):
    """A period of the law that must pass before force, in force from a day on; editable, with its source."""

    period = models.CharField("期间", max_length=8, choices=Period.choices)
    amount = models.PositiveSmallIntegerField("长度", validators=[MinValueValidator(1)])
    unit = models.CharField("单位", max_length=12, choices=PeriodUnit.choices)
    basis = models.CharField("依据", max_length=100)
    effective_from = models.DateField("起用日期")
    effective_to = models.DateField("止用日期", null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = "强拆法定期间"
        verbose_name_plural = "强拆法定期间"
        ordering = ["period", "-effective_from"]
        constraints = [
            models.UniqueConstraint(fields=["period", "effective_from"], name="a_period_begins_once_on_a_day"),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")),
                name="a_period_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        """Its length in words."""
        return f"{self.get_period_display()} {self.amount} {self.get_unit_display()}"
