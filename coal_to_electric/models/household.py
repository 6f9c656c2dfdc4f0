"""The household (户): who lives there is encrypted, what was done when is not; and its append-only story."""
from decimal import Decimal
from typing import Any, NoReturn

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F
from django.db.models.functions import Round

from accounts.encryption import EncryptedText
from accounts.masking import mask_id_number, mask_name, mask_phone
from accounts.querysets import AppendOnlyQuerySet
from coal_to_electric.models.programme import EquipmentModel, Programme
from coal_to_electric.querysets import HouseholdQuerySet
from coal_to_electric.states import Origin, Stage, Tenure, next_stage

LARGEST_AREA = Decimal("300")  # m² of one household; more is a slip of the decimal point


def _day(label: str) -> models.DateField:
    return models.DateField(label, null=True, blank=True)


def _yuan(label: str) -> models.DecimalField:
    return models.DecimalField(label, max_digits=10, decimal_places=2, null=True, blank=True)


class Household(models.Model):
    """One home that changes from coal to electricity; areas in m², power in kW, money in yuan, position in WGS-84."""

    number = models.CharField("户号", max_length=20, unique=True)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="households", verbose_name="采暖季")
    householder = EncryptedText("户主", max_length=60)
    id_number = EncryptedText("证件号", max_length=18, blank=True, default="")
    phone = EncryptedText("联系电话", max_length=20, blank=True, default="")
    id_index = models.CharField("证件号索引", max_length=64, blank=True, editable=False)
    name_index = models.CharField("户主索引", max_length=64, blank=True, editable=False, db_index=True)
    phone_index = models.CharField("电话索引", max_length=64, blank=True, editable=False, db_index=True)
    community = models.ForeignKey("grid.Community", models.PROTECT, related_name="+", verbose_name="社区")
    grid = models.ForeignKey(
        "grid.UnitGrid", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="网格"
    )
    address = models.CharField("地址", max_length=100)
    lon = models.FloatField("经度", null=True, blank=True)
    lat = models.FloatField("纬度", null=True, blank=True)

    dwelling = models.CharField("房屋类型", max_length=20, default="平房")
    tenure = models.CharField("房屋性质", max_length=10, choices=Tenure.choices, blank=True)
    floor_area_m2 = models.DecimalField("房屋面积（㎡）", max_digits=7, decimal_places=2, null=True, blank=True)
    heating_area_m2 = models.DecimalField("采暖面积（㎡）", max_digits=7, decimal_places=2)
    heating_area_approximate = models.BooleanField("采暖面积为约数", default=False)
    family_size = models.PositiveSmallIntegerField(
        "人口", null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(30)]
    )
    low_income = models.BooleanField("低保户", default=False)
    stoves_before = models.PositiveSmallIntegerField("原炉具数", null=True, blank=True)
    coal_tons = models.DecimalField("年用煤量（吨）", max_digits=6, decimal_places=2, null=True, blank=True)

    origin = models.CharField("来源", max_length=10, choices=Origin.choices, default=Origin.SURVEY)
    surveyed_eligible = models.BooleanField("摸底符合条件", null=True, blank=True)
    eligible_reason = models.CharField("认定理由", max_length=200, blank=True)
    survey_date = _day("摸底日期")
    visit_date = _day("入户宣传日期")
    sign_date = _day("登记日期")
    review_date = _day("审核日期")
    notice_from = _day("公示开始")
    notice_to = _day("公示结束")
    chosen_date = _day("选型日期")
    outside_power_date = _day("外电网完成日期")
    indoor_wiring_date = _day("户线完成日期")
    delivered_date = _day("到货日期")
    installed_date = _day("安装日期")
    power_on_date = _day("通电日期")
    accepted_date = _day("验收日期")
    acceptor = models.CharField("验收人", max_length=30, blank=True)
    stove_recovered_date = _day("炉具回收日期")
    stoves_recovered = models.PositiveSmallIntegerField("回收炉具（个）", null=True, blank=True)
    briquettes_recovered = models.PositiveIntegerField("回收蜂窝煤（块）", null=True, blank=True)
    subsidy_paid_date = _day("补贴发放日期")
    off_peak_date = _day("谷电开通日期")
    revisit_date = _day("回访日期")
    revisit_due_on = _day("应回访日期")
    withdrawn_on = _day("退出日期")
    exit_reason = models.CharField("退出原因", max_length=200, blank=True)
    stage = models.CharField("已到环节", max_length=10, choices=Stage.choices, blank=True, editable=False)
    stage_on = models.DateField("到该环节日期", null=True, blank=True, editable=False)

    equipment = models.ForeignKey(
        EquipmentModel, models.PROTECT, null=True, blank=True, related_name="households", verbose_name="设备"
    )
    quantity = models.PositiveSmallIntegerField("台数", null=True, blank=True)
    power_kw = models.DecimalField("总功率（kW）", max_digits=7, decimal_places=2, null=True, blank=True)
    meter_no = models.CharField("表号", max_length=30, blank=True)
    price_yuan = _yuan("设备总价（元）")
    city_yuan = _yuan("市级补贴（元）")
    district_yuan = _yuan("区级补贴（元）")
    own_yuan = _yuan("住户自付（元）")

    note = models.CharField("备注", max_length=200, blank=True)
    version = models.PositiveIntegerField("版本", default=0, editable=False)
    created_at = models.DateTimeField("建档时间")
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = "煤改电住户"
        verbose_name_plural = "煤改电住户"
        ordering = ["number"]
        indexes = [
            models.Index(fields=["programme", "number"], name="household_by_number"),
            models.Index(fields=["programme", "stage", "stage_on"], name="household_by_stage"),
            models.Index(fields=["programme", "community", "stage"], name="household_by_community"),
            models.Index(fields=["programme", "address"], name="household_by_address"),
            models.Index(fields=["subsidy_paid_date"], name="household_by_payment"),
            models.Index(
                fields=["revisit_due_on"], condition=models.Q(revisit_due_on__isnull=False), name="household_revisits"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "id_index"], condition=~models.Q(id_index=""),
                name="a_person_joins_a_programme_once",
            ),
            models.CheckConstraint(
                condition=models.Q(heating_area_m2__gt=0, heating_area_m2__lte=LARGEST_AREA),
                name="a_heated_area_is_plausible",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_on__isnull=True) | ~models.Q(exit_reason=""),
                name="who_withdraws_has_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(notice_to__isnull=True)
                | models.Q(notice_from__isnull=False, notice_to__gte=F("notice_from")),
                name="a_notice_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=models.Q(equipment__isnull=True)
                | models.Q(quantity__isnull=False, price_yuan__isnull=False, quantity__gt=0, price_yuan__gt=0),
                name="chosen_equipment_has_number_and_price",
            ),
            models.CheckConstraint(
                condition=models.Q(city_yuan__isnull=True)
                | models.Q(
                    district_yuan__isnull=False, own_yuan__isnull=False,
                    city_yuan__gte=0, district_yuan__gte=0, own_yuan__gte=0,
                ),
                name="no_part_of_a_price_is_negative",
            ),
            models.CheckConstraint(  # rounded, since SQLite keeps decimals as binary fractions
                condition=models.Q(city_yuan__isnull=True)
                | models.Q(
                    price_yuan__isnull=False,
                    price_yuan=Round(F("city_yuan") + F("district_yuan") + F("own_yuan"), 2),
                ),
                name="the_parts_make_the_price",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        """The ledger number; never a name."""
        return self.number

    def get_absolute_url(self) -> str:
        """Its page."""
        return f"/ledgers/households/{self.number}/"

    @property
    def shown_name(self) -> str:
        """The householder, masked."""
        return mask_name(self.householder)

    @property
    def shown_phone(self) -> str:
        """The phone, masked."""
        return mask_phone(self.phone)

    @property
    def shown_id(self) -> str:
        """The ID number, masked."""
        return mask_id_number(self.id_number)

    @property
    def is_completed(self) -> bool:
        """完成: powered, accepted and not withdrawn."""
        return bool(self.power_on_date and self.accepted_date and not self.withdrawn_on)

    @property
    def next_stage(self) -> Stage | None:
        """What is to be done next; nothing for who has withdrawn or is through."""
        return None if self.withdrawn_on else next_stage(self.stage)

    @property
    def subsidy_yuan(self) -> Decimal | None:
        """City and district together."""
        return None if self.city_yuan is None else self.city_yuan + self.district_yuan


class HouseholdStep(models.Model):
    """One thing that was done for a household: when it happened, who wrote it down. Added, never changed."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="steps", verbose_name="住户")
    step = models.CharField("步骤", max_length=20)
    happened_on = models.DateField("发生日期")
    recorded_at = models.DateTimeField("登记时间")
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    note = models.CharField("说明", max_length=300, blank=True)
    detail = models.JSONField("内容", default=dict, blank=True)
    derived = models.BooleanField("推定", default=False, help_text="原表没有、由其他日期推定")

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = "住户经过"
        verbose_name_plural = "住户经过"
        ordering = ["happened_on", "pk"]
        indexes = [models.Index(fields=["household", "happened_on", "id"], name="step_by_household")]

    def __str__(self) -> str:
        """The step's key."""
        return self.step

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Adds a row; a row that is there is never written again."""
        if not self._state.adding:
            raise TypeError("A step is never changed.")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise TypeError("A step is never removed.")


class Moment(models.TextChoices):
    """Before the change (the coal stove) or after it."""

    BEFORE = "before", "改造前"
    AFTER = "after", "改造后"


class HouseholdPhoto(models.Model):
    """A picture of the home before or after the change; the newest of each moment is shown."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="photos", verbose_name="住户")
    photo = models.ForeignKey("grid.Photo", models.PROTECT, related_name="+", verbose_name="照片")
    moment = models.CharField("时候", max_length=6, choices=Moment.choices)
    at = models.DateTimeField("登记时间")
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="登记人")

    class Meta:
        verbose_name = "住户照片"
        verbose_name_plural = "住户照片"
        ordering = ["pk"]
        indexes = [models.Index(fields=["household", "moment", "-id"], name="photo_by_household")]
        constraints = [
            models.UniqueConstraint(fields=["household", "photo", "moment"], name="a_picture_hangs_once_at_a_household")
        ]

    def __str__(self) -> str:
        """Before or after."""
        return self.get_moment_display()


class Revisit(models.Model):
    """A visit or call in the winter after: does it heat, are they content."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="revisits", verbose_name="住户")
    on = models.DateField("回访日期")
    channel = models.CharField("方式", max_length=6)
    reached = models.BooleanField("见到或接通")
    heating_works = models.BooleanField("采暖正常", null=True, blank=True)
    satisfaction = models.CharField("满意度", max_length=15, blank=True)
    words = models.CharField("情况", max_length=300, blank=True)
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="回访人")
    at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "冬季回访"
        verbose_name_plural = "冬季回访"
        ordering = ["-on", "-pk"]
        indexes = [models.Index(fields=["household", "-on"], name="revisit_by_household")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reached=False) | models.Q(heating_works__isnull=False),
                name="who_was_reached_was_asked_about_the_heating",
            )
        ]

    def __str__(self) -> str:
        """Its day."""
        return f"{self.on:%Y-%m-%d}"
