"""What comes from a phone in the street: each report as it arrived, and the places taken at the open doors."""
from django.db import models
from django.db.models import Q

from cases.models.case import Case
from cases.models.details import SnapDetail
from cases.models.people import Reporter
from grid.models import SiteCheck


class FieldReport(models.Model):
    """One report sent from a phone: it opened a case, or joined one that was open already (就是这个).

    `key` is the phone's own mark, so that a second delivery is known. The position stands as it came in, in `datum`,
    accuracy in metres; the case holds it in WGS-84. Who joined has a code of his own, `public_code`.
    """

    class Origin(models.TextChoices):
        """Whence the position: a pin set by hand wins, then the photo, then the device."""

        PIN = "pin", "手工标注"
        PHOTO = "photo", "照片"
        DEVICE = "device", "手机定位"
        NONE = "none", "未取到"

    key = models.CharField("幂等键", max_length=40, unique=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="field_reports", verbose_name="案件")
    joined = models.BooleanField("并入已有案件", default=False)
    reporter = models.OneToOneField(
        Reporter, models.CASCADE, null=True, blank=True, related_name="field_report", verbose_name="上报人"
    )
    public_code = models.CharField("查询码", max_length=8, unique=True, null=True, blank=True)
    by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="field_reports", verbose_name="工作人员"
    )
    raw_lon = models.FloatField("原始经度", null=True, blank=True)
    raw_lat = models.FloatField("原始纬度", null=True, blank=True)
    datum = models.CharField(
        "坐标系", max_length=6, choices=SnapDetail.Datum.choices, default=SnapDetail.Datum.WGS84
    )
    accuracy_m = models.FloatField("定位精度（米）", null=True, blank=True)
    origin = models.CharField("位置来自", max_length=8, choices=Origin.choices, default=Origin.NONE)
    at = models.DateTimeField("收到时间")

    class Meta:
        verbose_name = "手机上报"
        verbose_name_plural = "手机上报"
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["by", "-at"], name="field_report_by_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(joined=False) | Q(public_code__isnull=False), name="who_joins_has_a_code_of_his_own"
            ),
        ]

    def __str__(self) -> str:
        """The code that was handed out."""
        return self.code

    @property
    def code(self) -> str:
        """The code under which this reporter asks."""
        return self.public_code or self.case.public_code or ""


class FieldAct(models.Model):
    """One move sent from a phone. Its key makes a second delivery known; its version lets the next one follow it.

    A worker without network signs and hands in, and both wait in the phone; the second was filled in before the first
    had a version of its own, so it names the first one's key instead.
    """

    key = models.CharField("幂等键", max_length=40, unique=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="field_acts", verbose_name="案件")
    move = models.CharField("动作", max_length=30)
    version = models.PositiveIntegerField("办后版本")
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="工作人员")
    at = models.DateTimeField("收到时间")

    class Meta:
        verbose_name = "手机办理"
        verbose_name_plural = "手机办理"
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        """Which move of which case."""
        return f"{self.case} {self.move}"


class DoorCount(models.Model):
    """How often one device or address came to an open door in one span of time; the key is a keyed hash."""

    door = models.CharField("入口", max_length=12)
    key = models.CharField("索引", max_length=64)
    since = models.DateTimeField("时段开始")
    used = models.PositiveIntegerField("次数", default=0)

    class Meta:
        verbose_name = "入口计数"
        verbose_name_plural = "入口计数"
        constraints = [models.UniqueConstraint(fields=["door", "key", "since"], name="a_span_is_counted_once")]
        indexes = [models.Index(fields=["since"], name="door_count_by_span")]


class CheckFinding(models.Model):
    """A problem that was found at the check of a key place (点位检查), and the case that it became."""

    site_check = models.OneToOneField(
        SiteCheck, models.PROTECT, related_name="finding", verbose_name="点位检查"
    )
    case = models.OneToOneField(Case, models.CASCADE, related_name="check_finding", verbose_name="案件")
    at = models.DateTimeField("收到时间")

    class Meta:
        verbose_name = "检查发现"
        verbose_name_plural = "检查发现"
        ordering = ["pk"]

    def __str__(self) -> str:
        """Which case came of which check."""
        return f"检查 {self.site_check_id} 案件 {self.case_id}"
