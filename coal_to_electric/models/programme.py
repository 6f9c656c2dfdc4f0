"""A heating season's programme (采暖季任务), how long its stages may take, and the equipment that is offered."""
from django.core.validators import MinValueValidator
from django.db import models

from coal_to_electric.states import Method, Stage


class Programme(models.Model):
    """One season's task: how many households are to change, entered as it was given; what was done is counted."""

    season = models.PositiveSmallIntegerField("采暖季", unique=True, help_text="采暖季开始的年份，例如 2016")
    name = models.CharField("名称", max_length=40)
    target = models.PositiveIntegerField("目标户数", validators=[MinValueValidator(1)])
    heating_from = models.DateField("采暖开始")
    heating_to = models.DateField("采暖结束")
    notice_days = models.PositiveSmallIntegerField("公示不少于（天）", default=7)
    closed_on = models.DateField("收官日期", null=True, blank=True, help_text="收官后不再提示停滞和待回访")
    shown_first = models.BooleanField("默认打开", default=False)
    source = models.CharField("依据", max_length=200, blank=True)
    last_serial = models.PositiveIntegerField("已用户号", default=0, editable=False)
    last_batch = models.PositiveIntegerField("已用批次号", default=0, editable=False)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    class Meta:
        verbose_name = "采暖季任务"
        verbose_name_plural = "采暖季任务"
        ordering = ["-season"]
        constraints = [
            models.CheckConstraint(condition=models.Q(target__gt=0), name="a_programme_has_a_target"),
            models.CheckConstraint(
                condition=models.Q(heating_to__gt=models.F("heating_from")),
                name="a_heating_season_ends_after_it_begins",
                violation_error_message="采暖结束应晚于采暖开始。请核对两个日期。",
            ),
            models.UniqueConstraint(
                fields=["shown_first"], condition=models.Q(shown_first=True), name="one_programme_is_shown_first",
                violation_error_message="已有默认打开的采暖季。请先取消那一个。",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        """2016 采暖季."""
        return f"{self.season} 采暖季"

    @property
    def is_open(self) -> bool:
        """Whether work goes on."""
        return self.closed_on is None


class StageLimit(models.Model):
    """After how many days a household counts as stuck before a stage (停滞提示)."""

    stage = models.CharField("下一环节", max_length=10, choices=Stage.choices, unique=True)
    days = models.PositiveSmallIntegerField("天数", validators=[MinValueValidator(1)])

    class Meta:
        verbose_name = "停滞期限"
        verbose_name_plural = "停滞期限"
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=models.Q(days__gt=0), name="a_stage_limit_is_positive")]

    def __str__(self) -> str:
        """待安装 20 天."""
        return f"待{self.get_stage_display()} {self.days} 天"


class EquipmentKind(models.Model):
    """A kind of electric heating (设备类型); direct heating is listed so that it can be refused with its reason."""

    code = models.SlugField("代码", max_length=20, unique=True)
    name = models.CharField("名称", max_length=30, unique=True)
    method = models.CharField("采暖方式", max_length=10, choices=Method.choices)
    offered = models.BooleanField("可选", default=True)
    largest_area_m2 = models.DecimalField(
        "适用采暖面积（㎡）", max_digits=7, decimal_places=2, null=True, blank=True, help_text="超过时提示，不禁止"
    )
    note = models.CharField("说明", max_length=100, blank=True)

    class Meta:
        verbose_name = "设备类型"
        verbose_name_plural = "设备类型"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(method="direct") | models.Q(offered=False), name="direct_heating_is_never_offered",
                violation_error_message="直热式设备不在煤改电范围，不能设为可选。",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        """Its name."""
        return self.name


class EquipmentModel(models.Model):
    """A model that can be chosen: power in kW, list price in yuan."""

    kind = models.ForeignKey(EquipmentKind, models.PROTECT, related_name="models", verbose_name="设备类型")
    name = models.CharField("型号", max_length=30)
    power_kw = models.DecimalField("功率（kW）", max_digits=6, decimal_places=2)
    price_yuan = models.DecimalField("单价（元）", max_digits=10, decimal_places=2, null=True, blank=True)
    active = models.BooleanField("可选", default=True)

    class Meta:
        verbose_name = "设备型号"
        verbose_name_plural = "设备型号"
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "name"], name="a_model_is_listed_once_in_its_kind"),
            models.CheckConstraint(condition=models.Q(power_kw__gt=0), name="equipment_has_power"),
        ]

    def __str__(self) -> str:
        """Kind and model."""
        return f"{self.kind} {self.name}"
