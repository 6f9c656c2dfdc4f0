"""Evidence photos: the untouched original, kept and never served, and the clean picture that is shown."""
from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models

from grid.querysets import PhotoQuerySet


class PhotoState(models.TextChoices):
    """Stored but not yet re-encoded; fit to be shown; or found unreadable when re-encoded."""

    PENDING = "pending", "处理中"
    READY = "ready", "可查看"
    REFUSED = "refused", "无法读取"


class Photo(models.Model):
    """One evidence photo; position in WGS-84 as the camera wrote it, accuracy in metres, sha256 of the original."""

    original = models.FileField("原件", upload_to="photos/original/%Y/%m", max_length=200)
    image = models.FileField("照片", upload_to="photos/image/%Y/%m", max_length=200, blank=True)
    thumb = models.FileField("缩略图", upload_to="photos/thumb/%Y/%m", max_length=200, blank=True)
    state = models.CharField("状态", max_length=10, choices=PhotoState.choices, default=PhotoState.PENDING)
    refusal = models.CharField("未采用的原因", max_length=200, blank=True)
    format = models.CharField("原件格式", max_length=10)
    taken_at = models.DateTimeField("拍摄时间", null=True, blank=True)
    lon = models.FloatField("经度", null=True, blank=True)
    lat = models.FloatField("纬度", null=True, blank=True)
    datum = models.CharField("坐标系", max_length=10, default="wgs84")
    accuracy_m = models.FloatField("定位精度（米）", null=True, blank=True, validators=[MinValueValidator(0)])
    sha256 = models.CharField("原件摘要", max_length=64, db_index=True)
    dhash = models.BigIntegerField("相似指纹", null=True, blank=True, help_text="64 位差异哈希，按有符号整数存放")
    width = models.PositiveIntegerField("宽（像素）", default=0)
    height = models.PositiveIntegerField("高（像素）", default=0)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="photos",
        verbose_name="上传人",
    )
    uploaded_at = models.DateTimeField("上传时间")
    is_demo = models.BooleanField("演示数据", default=False)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        verbose_name = "照片"
        verbose_name_plural = "照片"
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "uploaded_at"], name="photo_state_uploaded")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="ready") | (~models.Q(image="") & ~models.Q(thumb="")),
                name="a_ready_photo_has_its_pictures",
            ),
        ]

    def __str__(self) -> str:
        return f"照片 {self.pk}"
