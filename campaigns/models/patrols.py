"""Blue-sky patrols (蓝天行动): the pollution alerts, who leads each shift they demand, and the log of every outing."""
from datetime import date, datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Q, Sum

from accounts.models import Department
from cases.models import Case
from grid.models import Photo


class AlertLevel(models.TextChoices):
    """空气重污染预警 by its colour, mildest first."""

    BLUE = "blue", "蓝色"
    YELLOW = "yellow", "黄色"
    ORANGE = "orange", "橙色"
    RED = "red", "红色"


class Shift(models.TextChoices):
    """日查 or 夜查; a night belongs to the date on which it begins."""

    DAY = "day", "日查"
    NIGHT = "night", "夜查"


# The counters of an outing: column → (word, unit). The six of the monthly article first, then the log's further ones.
COUNTERS = {
    "persons": ("出动人次", "人次"),
    "vehicles": ("出动车次", "台次"),
    "sites_inspected": ("检查工地", "个次"),
    "stoves_seized": ("收缴小煤炉", "个"),
    "briquettes_seized": ("收缴蜂窝煤", "块"),
    "unlicensed_banned": ("取缔无照经营", "起"),
    "shops_inspected": ("检查单位商户", "家次"),
    "burning_stopped": ("查处烧烤焚烧", "起"),
    "problems_found": ("发现问题", "个"),
    "fixed_on_spot": ("立查立改", "个"),
    "leaflets": ("宣传材料", "份"),
}
MAIN = tuple(COUNTERS)[:6]
FURTHER = tuple(COUNTERS)[6:]


class AlertMeasure(models.Model):
    """What a level of alert demands of the subdistrict; a new alert takes these words over."""

    level = models.CharField("级别", max_length=8, choices=AlertLevel.choices, unique=True, error_messages={
        "unique": "这一级别的措施已经有了。请修改原来那一行。"})  # fmt: skip
    words = models.TextField("应急措施", max_length=1000)

    class Meta:
        verbose_name = "预警措施"
        verbose_name_plural = "预警措施"
        ordering = ["pk"]

    def __str__(self) -> str:
        """黄色预警措施."""
        return f"{self.get_level_display()}预警措施"


class AlertQuerySet(models.QuerySet):
    """Words for alerts."""

    def at(self, moment: datetime) -> Self:
        """In force at a moment."""
        return self.filter(starts_at__lte=moment, ends_at__gt=moment)

    def touching(self, start: datetime, end: datetime) -> Self:
        """In force at some moment from `start` to before `end`."""
        return self.filter(starts_at__lt=end, ends_at__gt=start).exclude(starts_at=F("ends_at"))

    def not_over(self, moment: datetime) -> Self:
        """In force or still to come."""
        return self.filter(ends_at__gt=moment)


class PollutionAlert(models.Model):
    """One alert (预警) with its span; `serial` is the street's running number, and lifting it early ends it there."""

    serial = models.PositiveIntegerField("序号", unique=True)
    level = models.CharField("级别", max_length=8, choices=AlertLevel.choices)
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    document = models.CharField("依据文件", max_length=120)
    measures = models.TextField("应急措施", blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="发布人"
    )
    issued_at = models.DateTimeField("发布时间")
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="解除人"
    )
    lifted_at = models.DateTimeField("解除时间", null=True, blank=True)
    is_demo = models.BooleanField("演示数据", default=False)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = "空气重污染预警"
        verbose_name_plural = "空气重污染预警"
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")) | Q(ends_at=F("starts_at"), lifted_at__isnull=False),
                name="an_alert_ends_after_it_starts_unless_lifted_before",
            ),
        ]
        indexes = [models.Index(fields=["starts_at", "ends_at"], name="alert_by_time")]

    def __str__(self) -> str:
        """黄色预警."""
        return f"{self.get_level_display()}预警"


class PatrolDuty(models.Model):
    """The 处级领导 who leads one shift of one date; there is exactly one, or the shift is unfilled."""

    date = models.DateField("日期")
    shift = models.CharField("班次", max_length=5, choices=Shift.choices)
    leader_name = models.CharField("带队处级领导", max_length=30)
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="带队人员"
    )
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="排班人"
    )
    assigned_at = models.DateTimeField("排班时间")
    is_demo = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = "巡查带班"
        verbose_name_plural = "巡查带班"
        ordering = ["-date", "shift"]
        constraints = [
            models.UniqueConstraint(fields=["date", "shift"], name="a_patrol_shift_has_one_leader"),
            models.CheckConstraint(condition=~Q(leader_name=""), name="who_leads_a_patrol_has_a_name"),
        ]

    def __str__(self) -> str:
        """2016-12-21 夜查."""
        return f"{self.date:%Y-%m-%d} {self.get_shift_display()}"


class PatrolQuerySet(models.QuerySet):
    """Words for logs."""

    def between(self, start: date | None, end: date | None) -> Self:
        """Of shifts from one date to another, both included; an end that is None is open."""
        found = self.filter(date__gte=start) if start else self
        return found.filter(date__lte=end) if end else found

    def of_team(self, department: Department | int | None) -> Self:
        """Of one team; of nobody's team there is none."""
        return self.filter(team=department) if department else self.none()

    def totals(self) -> dict[str, int]:
        """Outings and every counter as sums over outings: 人次 and 台次, not distinct persons and cars."""
        sums = {name: Sum(name, default=0) for name in COUNTERS}
        return self.aggregate(outings=Count("pk"), **sums)

    def for_list(self) -> Self:
        """With what a line of the list names, newest first."""
        return self.select_related("team").prefetch_related("departments").order_by("-date", "-shift", "-pk")


class PatrolLog(models.Model):
    """One outing: one team in one shift. Counters are sums of its counts; `ended_at` freezes them.

    `alert_level` is the level in force when it began, empty for none; counters in 人次, 台次, pieces.
    """

    number = models.CharField("编号", max_length=40, unique=True)
    date = models.DateField("日期")
    shift = models.CharField("班次", max_length=5, choices=Shift.choices)
    team = models.ForeignKey(Department, models.PROTECT, related_name="patrols", verbose_name="巡查单位")
    departments = models.ManyToManyField(
        Department, related_name="joined_patrols", blank=True, verbose_name="参加部门"
    )
    leader_name = models.CharField("带队处级领导", max_length=30, blank=True)
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="带队人员"
    )
    alert_level = models.CharField("预警级别", max_length=8, choices=AlertLevel.choices, blank=True)
    started_at = models.DateTimeField("开始")
    ended_at = models.DateTimeField("结束", null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="上报人"
    )
    area = models.CharField("路线点位", max_length=200, blank=True)
    note = models.CharField("情况说明", max_length=500, blank=True)
    feedback = models.CharField("反馈", max_length=100, blank=True)
    persons = models.PositiveIntegerField("出动人次", default=0)
    vehicles = models.PositiveIntegerField("出动车次", default=0)
    sites_inspected = models.PositiveIntegerField("检查工地", default=0)
    stoves_seized = models.PositiveIntegerField("收缴小煤炉", default=0)
    briquettes_seized = models.PositiveIntegerField("收缴蜂窝煤", default=0)
    unlicensed_banned = models.PositiveIntegerField("取缔无照经营", default=0)
    shops_inspected = models.PositiveIntegerField("检查单位商户", default=0)
    burning_stopped = models.PositiveIntegerField("查处烧烤焚烧", default=0)
    problems_found = models.PositiveIntegerField("发现问题", default=0)
    fixed_on_spot = models.PositiveIntegerField("立查立改", default=0)
    leaflets = models.PositiveIntegerField("宣传材料", default=0)
    turn = models.PositiveIntegerField("变更次数", default=0)
    closing_key = models.CharField("上报幂等键", max_length=40, blank=True)
    is_demo = models.BooleanField("演示数据", default=False)

    objects = PatrolQuerySet.as_manager()

    class Meta:
        verbose_name = "巡查日志"
        verbose_name_plural = "巡查日志"
        ordering = ["-date", "-shift", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["date", "shift", "team"], name="a_team_has_one_log_for_a_shift"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="a_patrol_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(**{f"{name}__gte": 0 for name in COUNTERS}), name="no_patrol_counter_is_below_zero"
            ),
        ]
        indexes = [models.Index(fields=["team", "-date"], name="patrol_by_team")]

    def __str__(self) -> str:
        """XC20161121A."""
        return self.number

    @property
    def is_open(self) -> bool:
        """Whether its counters may still be counted."""
        return self.ended_at is None

    def counters(self) -> dict[str, int]:
        """Every counter by its name."""
        return {name: getattr(self, name) for name in COUNTERS}


class PatrolCount(models.Model):
    """What one press, or several at once, added to the counters; `key` makes a second delivery known."""

    key = models.CharField("幂等键", max_length=40, unique=True)
    log = models.ForeignKey(PatrolLog, models.CASCADE, related_name="counts", verbose_name="日志")
    added = models.JSONField("增减")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="记录人"
    )
    at = models.DateTimeField("收到时间")

    class Meta:
        verbose_name = "巡查计数"
        verbose_name_plural = "巡查计数"
        ordering = ["pk"]

    def __str__(self) -> str:
        """Of which log."""
        return f"{self.log_id} {self.added}"


class PatrolPhoto(models.Model):
    """A picture that the team took on its way (留痕)."""

    key = models.CharField("幂等键", max_length=40, unique=True)
    log = models.ForeignKey(PatrolLog, models.CASCADE, related_name="photos", verbose_name="日志")
    photo = models.OneToOneField(Photo, models.PROTECT, related_name="patrol_photo", verbose_name="照片")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="拍摄人"
    )
    at = models.DateTimeField("收到时间")

    class Meta:
        verbose_name = "巡查照片"
        verbose_name_plural = "巡查照片"
        ordering = ["pk"]

    def __str__(self) -> str:
        """Of which log."""
        return f"{self.log_id} 照片 {self.pk}"


class PatrolFinding(models.Model):
    """A problem found on the way that became a case; how far 发现-督办-反馈 has come is read from the case."""

    class Kind(models.TextChoices):
        """Put right on the spot and to be checked, or handed to those whose matter it is."""

        FIXED = "fixed", "立查立改"
        HANDED = "handed", "转案件"

    key = models.CharField("幂等键", max_length=40, unique=True)
    log = models.ForeignKey(PatrolLog, models.CASCADE, related_name="findings", verbose_name="日志")
    kind = models.CharField("处理方式", max_length=8, choices=Kind.choices)
    case = models.OneToOneField(
        Case, models.CASCADE, related_name="patrol_finding", null=True, verbose_name="案件"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="发现人")
    at = models.DateTimeField("收到时间")

    class Meta:
        verbose_name = "巡查发现"
        verbose_name_plural = "巡查发现"
        ordering = ["pk"]

    def __str__(self) -> str:
        """How it was dealt with."""
        return f"{self.get_kind_display()} {self.case_id}"


class PatrolCorrection(models.Model):
    """One counter of a frozen log put right, by whom and why."""

    log = models.ForeignKey(PatrolLog, models.CASCADE, related_name="corrections", verbose_name="日志")
    counter = models.CharField("项目", max_length=20)
    was = models.PositiveIntegerField("原数")
    becomes = models.PositiveIntegerField("更正为")
    reason = models.CharField("理由", max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="更正人")
    at = models.DateTimeField("更正时间")

    class Meta:
        verbose_name = "巡查更正"
        verbose_name_plural = "巡查更正"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(was=F("becomes")), name="a_correction_changes_something"),
        ]

    def __str__(self) -> str:
        """出动人次 25 → 26."""
        return f"{self.word} {self.was} → {self.becomes}"

    @property
    def word(self) -> str:
        """The counter's name."""
        return COUNTERS[self.counter][0]
