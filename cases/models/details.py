"""What each of the six sources brings along; one row beside the case, of the class of its source."""
from django.db import models

from accounts.encryption import EncryptedText
from cases.models.case import Case


class NoticeDetail(models.Model):
    """督查督办监管通知单: a document from city or district that must be answered to its sender."""

    class Level(models.TextChoices):
        """Who sent it."""

        CITY = "city", "市级"
        DISTRICT = "district", "区级"

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="notice")
    level = models.CharField("级别", max_length=10, choices=Level.choices)
    doc_no = models.CharField("文号", max_length=60)
    issuing_unit = models.CharField("来文单位", max_length=60)

    class Meta:
        verbose_name = "监管通知单"
        verbose_name_plural = "监管通知单"
        constraints = [models.UniqueConstraint(fields=["doc_no"], name="a_notice_is_registered_once")]


class PetitionDetail(models.Model):
    """信访件: what may be known of a petition without knowing whose it is; the person is `Petitioner`."""

    class Kind(models.TextChoices):
        """信访工作条例 29–31."""

        SUGGESTION = "suggestion", "建议意见"
        ACCUSATION = "accusation", "检举控告"
        APPEAL = "appeal", "申诉求决"

    class Form(models.TextChoices):
        """How it came."""

        LETTER = "letter", "来信"
        VISIT = "visit", "来访"
        CALL = "call", "来电"
        ONLINE = "online", "网上"

    class Outcome(models.TextChoices):
        """答复结论."""

        SUPPORTED = "supported", "支持"
        PARTLY = "partly", "部分支持"
        EXPLAINED = "explained", "解释说明"
        NOT_SUPPORTED = "not_supported", "不支持"

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="petition")
    doc_no = models.CharField("信访编号", max_length=60, blank=True)
    code_name = models.CharField("信访人代号", max_length=20)
    kind = models.CharField("类别", max_length=12, choices=Kind.choices, default=Kind.APPEAL)
    form = models.CharField("形式", max_length=10, choices=Form.choices, default=Form.VISIT)
    persons = models.PositiveSmallIntegerField("人数", default=1)
    is_repeat = models.BooleanField("重复信访", default=False)
    secret = models.BooleanField("要求保密", default=False)
    outcome = models.CharField("答复结论", max_length=15, choices=Outcome.choices, blank=True)

    class Meta:
        verbose_name = "信访件"
        verbose_name_plural = "信访件"


class HotlineDetail(models.Model):
    """热线件: the outside number makes imports idempotent."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="hotline")
    kind = models.ForeignKey("cases.HotlineKind", models.PROTECT, verbose_name="热线种类")
    outside_number = models.CharField("热线编号", max_length=60)
    response_due_at = models.DateTimeField("响应时限", null=True, blank=True)
    responded_at = models.DateTimeField("响应时间", null=True, blank=True)
    resolution_due_at = models.DateTimeField("解决时限", null=True, blank=True)

    class Meta:
        verbose_name = "热线件"
        verbose_name_plural = "热线件"
        constraints = [
            models.UniqueConstraint(fields=["kind", "outside_number"], name="a_hotline_call_is_registered_once")
        ]


class TransferDetail(models.Model):
    """转办单: from whom, and the receipt that goes back."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="transfer")
    doc_no = models.CharField("转办单号", max_length=60)
    sender = models.CharField("转办单位", max_length=60)
    receipt_at = models.DateTimeField("回执时间", null=True, blank=True)

    class Meta:
        verbose_name = "转办单"
        verbose_name_plural = "转办单"
        constraints = [models.UniqueConstraint(fields=["doc_no"], name="a_transfer_is_registered_once")]


class SnapDetail(models.Model):
    """随手拍: the phone's own position, kept raw beside the converted one."""

    class Datum(models.TextChoices):
        """What the raw pair is measured in."""

        WGS84 = "wgs84", "WGS-84"
        GCJ02 = "gcj02", "GCJ-02"

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="snap")
    outside_number = models.CharField("渠道编号", max_length=60, blank=True)
    openid = EncryptedText("微信标识", max_length=80, blank=True, default="")
    openid_index = models.CharField("微信标识索引", max_length=64, blank=True, db_index=True)
    raw_lon = models.FloatField("原始经度", null=True, blank=True)
    raw_lat = models.FloatField("原始纬度", null=True, blank=True)
    datum = models.CharField("坐标系", max_length=6, choices=Datum.choices, default=Datum.WGS84)
    accuracy_m = models.FloatField("定位精度（米）", null=True, blank=True)

    class Meta:
        verbose_name = "随手拍"
        verbose_name_plural = "随手拍"


class GridDetail(models.Model):
    """网格事件: the worker or collector who found it."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="grid_event")
    outside_number = models.CharField("网格系统编号", max_length=60, blank=True)
    worker = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="网格员"
    )
    fixed_on_spot = models.BooleanField("立查立改", default=False)

    class Meta:
        verbose_name = "网格事件"
        verbose_name_plural = "网格事件"
