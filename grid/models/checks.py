"""Checks of key places (点位检查): the plan that held, the rules by which a check is judged, and the checks."""
import datetime
from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from grid.models.sites import CheckTime, KeySite


class CheckRule(models.Model):
    """By what checks are judged; one row, edited by admins. Hours of Beijing, distance in metres, lateness in days."""

    day_begins = models.TimeField("白天从", default=datetime.time(6))
    night_begins = models.TimeField("夜间从", default=datetime.time(18))
    far_m = models.PositiveSmallIntegerField(
        "离点位多远要标出（米）", default=200, validators=[MinValueValidator(20), MaxValueValidator(5000)]
    )
    latest_days = models.PositiveSmallIntegerField(
        "最迟几天内补传（天）", default=7, validators=[MinValueValidator(1), MaxValueValidator(14)]
    )

    class Meta:
        verbose_name = "点位检查规则"
        verbose_name_plural = "点位检查规则"
        constraints = [
            models.CheckConstraint(
                condition=Q(day_begins__lt=F("night_begins")), name="a_day_of_checks_begins_before_its_night",
                violation_error_message="白天开始的时间应早于夜间开始的时间。请改正其中一个。",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        """白天 06:00–18:00."""
        return f"白天 {self.day_begins:%H:%M}–{self.night_begins:%H:%M}"


class CheckPlan(models.Model):
    """How often a place is to be checked from a day on, until the next row; what held last month stays known."""

    site = models.ForeignKey(KeySite, models.CASCADE, related_name="check_plans", verbose_name="点位")
    since = models.DateField("起用日期")
    per_week = models.PositiveSmallIntegerField("每周检查（次）")
    check_time = models.CharField("检查时段", max_length=5, choices=CheckTime.choices)

    class Meta:
        verbose_name = "检查计划"
        verbose_name_plural = "检查计划"
        ordering = ["site_id", "since"]
        constraints = [
            models.UniqueConstraint(fields=["site", "since"], name="a_site_has_one_check_plan_from_a_day_on"),
            models.CheckConstraint(
                condition=Q(check_time__in=CheckTime.values), name="a_check_plan_has_a_known_check_time"
            ),
        ]

    def __str__(self) -> str:
        """2016-12-05 起每周 3 次."""
        return f"{self.since:%Y-%m-%d} 起每周 {self.per_week} 次"


class DayPart(models.TextChoices):
    """The half of a day in which a check was made."""

    DAY = "day", "白天"
    NIGHT = "night", "夜间"


class Verdict(models.TextChoices):
    """What was found."""

    NORMAL = "normal", "正常"
    TROUBLE = "trouble", "有问题"


class SiteCheckQuerySet(models.QuerySet):
    """Checks of key places."""

    def visible_to(self, user: Any) -> Self:
        """All for who oversees them, those of the own community's places for its workers."""
        if user.has_perm("grid.see_checks"):
            return self.all()
        if user.has_perm("grid.see_community_checks") and user.department_id:
            return self.filter(site__community__department=user.department_id)
        return self.none()

    def between(self, first: datetime.date, last: datetime.date) -> Self:
        """Of these days, both included."""
        return self.filter(day__range=(first, last))

    def for_list(self) -> Self:
        """With the names of place and checker, without lines and outlines."""
        return self.select_related("site__community", "site__grid", "by").defer(
            "site__line", "site__community__shape", "site__grid__shape"
        )


class SiteCheck(models.Model):
    """One check of a place: who, when by the phone and when it arrived, where (WGS-84, metres), what was found.

    `day` and `part` are the half day for which it counts, as they were judged when it arrived; a night belongs to the
    date on which it begins. `distance_m` is to the place (of a road to its line), None without a position.
    """

    key = models.CharField("幂等键", max_length=40, unique=True)
    site = models.ForeignKey(KeySite, models.PROTECT, related_name="checks", verbose_name="点位")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="site_checks", verbose_name="检查人"
    )
    checked_at = models.DateTimeField("检查时间")
    received_at = models.DateTimeField("收到时间")
    day = models.DateField("计入日期")
    part = models.CharField("时段", max_length=5, choices=DayPart.choices)
    lon = models.FloatField("经度", null=True, blank=True)
    lat = models.FloatField("纬度", null=True, blank=True)
    accuracy_m = models.FloatField("定位精度（米）", null=True, blank=True)
    distance_m = models.PositiveIntegerField("离点位（米）", null=True, blank=True)
    is_far = models.BooleanField("离点位较远", default=False)
    verdict = models.CharField("结论", max_length=8, choices=Verdict.choices)
    words = models.CharField("说明", max_length=500, blank=True)
    is_demo = models.BooleanField("演示数据", default=False)

    objects = SiteCheckQuerySet.as_manager()

    class Meta:
        verbose_name = "点位检查"
        verbose_name_plural = "点位检查"
        ordering = ["-checked_at", "-pk"]
        indexes = [
            models.Index(fields=["day", "site"], name="site_check_by_day"),
            models.Index(fields=["site", "-checked_at"], name="site_check_of_a_site"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="a_check_has_a_known_verdict"),
            models.CheckConstraint(condition=Q(part__in=DayPart.values), name="a_check_has_a_known_part"),
            models.CheckConstraint(
                condition=Q(received_at__gte=F("checked_at")), name="a_check_arrives_after_it_was_made"
            ),
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True, distance_m__isnull=True, is_far=False)
                | Q(lon__isnull=False, lat__isnull=False, distance_m__isnull=False),
                name="a_check_with_a_position_has_a_distance",
            ),
        ]

    def __str__(self) -> str:
        """KS001 正常."""
        return f"{self.site_id} {self.get_verdict_display()}"

    @property
    def is_late(self) -> bool:
        """Whether it waited on the phone for the network."""
        return self.received_at - self.checked_at > datetime.timedelta(minutes=10)


class SiteCheckPhoto(models.Model):
    """A picture that was taken at a check."""

    site_check = models.ForeignKey(SiteCheck, models.CASCADE, related_name="photos", verbose_name="点位检查")
    photo = models.ForeignKey("grid.Photo", models.PROTECT, related_name="+", verbose_name="照片")

    class Meta:
        verbose_name = "点位检查照片"
        verbose_name_plural = "点位检查照片"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["site_check", "photo"], name="a_photo_proves_a_check_once")
        ]

    def __str__(self) -> str:
        """Which one."""
        return f"点位检查照片 {self.pk}"
