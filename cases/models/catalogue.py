"""What admins edit: categories, time limits, hotline kinds, reasons of return, phrases."""
from django.db import models
from simple_history.models import HistoricalRecords

from cases.states import Clock, Source, Urgency
from grid.workdays import Unit


class Category(models.Model):
    """A minor class (小类) of an event or a component, in the manner of GB/T 30428.2."""

    class Kind(models.TextChoices):
        """事件 happen, 部件 stand there."""

        EVENT = "event", "事件"
        COMPONENT = "component", "部件"

    kind = models.CharField("类型", max_length=10, choices=Kind.choices)
    major_code = models.CharField("大类代码", max_length=2)
    major = models.CharField("大类", max_length=20)
    code = models.CharField("小类代码", max_length=4)
    name = models.CharField("小类", max_length=30)
    default_department = models.ForeignKey(
        "accounts.Department", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="默认承办单位"
    )
    evidence_required = models.BooleanField("须有整改后照片", default=True)
    tags = models.CharField("自动标签", max_length=60, blank=True, help_text="多个标签用空格分开，例如：蓝天行动")
    pick_label = models.CharField("随手拍九宫格名称", max_length=10, blank=True)
    pick_icon = models.CharField("随手拍图标", max_length=40, blank=True)
    pick_order = models.PositiveSmallIntegerField("随手拍顺序", null=True, blank=True)
    active = models.BooleanField("在用", default=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = "案件类别"
        verbose_name_plural = "案件类别"
        ordering = ["kind", "code"]
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="a_category_code_names_one_class")]

    def __str__(self) -> str:
        """The minor class, as people say it."""
        return self.name


class CaseStandard(models.Model):
    """One time limit (时限标准): how long a step may take. The most specific row in force wins.

    An empty category, kind, major class, source or urgency means "any". Amount is in `unit`.
    """

    clock = models.CharField("时钟", max_length=12, choices=Clock.choices)
    category = models.ForeignKey(
        Category, models.CASCADE, null=True, blank=True, related_name="standards", verbose_name="小类"
    )
    kind = models.CharField("类型", max_length=10, choices=Category.Kind.choices, blank=True)
    major_code = models.CharField(
        "大类代码", max_length=2, blank=True, help_text="与类型一起填：事件、部件各有 01 起的大类"
    )
    source = models.CharField("来源", max_length=2, choices=Source.choices, blank=True)
    urgency = models.CharField("紧急程度", max_length=10, choices=Urgency.choices, blank=True)
    amount = models.PositiveIntegerField("时限")
    unit = models.CharField("单位", max_length=16, choices=Unit.choices)
    effective_from = models.DateField("起用日期", default="2005-01-01")
    effective_to = models.DateField("停用日期", null=True, blank=True)
    note = models.CharField("依据", max_length=100, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = "时限标准"
        verbose_name_plural = "时限标准"
        ordering = ["clock", "category", "major_code", "source", "urgency"]
        indexes = [models.Index(fields=["clock"], name="standard_by_clock")]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="a_limit_is_positive"),
            models.CheckConstraint(
                condition=models.Q(major_code="") | ~models.Q(kind=""),
                name="a_major_class_is_of_events_or_of_components",
                violation_error_message="事件与部件的大类代码相同。填了大类代码，请同时选类型。",
            ),
        ]

    def __str__(self) -> str:
        """The limit in words."""
        return f"{self.get_clock_display()} {self.amount} {self.get_unit_display()}"


class HotlineKind(models.Model):
    """A hotline: 政风行风热线, 12345 with response and resolution clocks of 接诉即办, 96310. Rows, not code."""

    code = models.CharField("代码", max_length=10, unique=True)
    name = models.CharField("名称", max_length=30)
    swift_response = models.BooleanField("按接诉即办计响应、解决时限", default=False)
    response_hours = models.PositiveSmallIntegerField("响应时限（小时）", null=True, blank=True)
    resolution_days = models.PositiveSmallIntegerField("解决时限（日）", null=True, blank=True)
    active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = "热线种类"
        verbose_name_plural = "热线种类"
        ordering = ["code"]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class ReturnReason(models.Model):
    """Why a department may send a case back (退回原因)."""

    code = models.CharField("代码", max_length=20, unique=True)
    name = models.CharField("原因", max_length=30)
    active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = "退回原因"
        verbose_name_plural = "退回原因"
        ordering = ["code"]

    def __str__(self) -> str:
        """The reason."""
        return self.name


class Phrase(models.Model):
    """A ready sentence (常用语) offered where a move asks for words."""

    move = models.CharField("动作", max_length=30)
    text = models.CharField("内容", max_length=200)
    order = models.PositiveSmallIntegerField("顺序", default=0)

    class Meta:
        verbose_name = "常用语"
        verbose_name_plural = "常用语"
        ordering = ["move", "order", "pk"]

    def __str__(self) -> str:
        """The sentence."""
        return self.text
