"""The official account (公众号): what came in, the draft it grew, what goes out. Its people stand encrypted."""
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q

from accounts.encryption import EncryptedText
from cases.models.case import Case
from cases.models.people import Reply


class WeChatPictureQuerySet(models.QuerySet):
    """Pictures that lie at WeChat."""

    def to_fetch(self, *, at: datetime) -> "WeChatPictureQuerySet":
        """Those whose turn has come, oldest first."""
        return self.filter(status="waiting", next_try_at__lte=at).order_by("next_try_at", "pk")

    def stuck(self) -> "WeChatPictureQuerySet":
        """Those that could not be fetched, newest first, with their case."""
        return self.filter(status="failed").select_related("draft__case").order_by("-received_at", "-pk")


class WeChatMessageQuerySet(models.QuerySet):
    """Messages to residents."""

    def to_send(self, *, at: datetime) -> "WeChatMessageQuerySet":
        """Those whose turn has come, oldest first."""
        return self.filter(status="queued", next_try_at__lte=at).order_by("next_try_at", "pk")

    def abandoned(self, *, before: datetime) -> "WeChatMessageQuerySet":
        """Those that a worker took and never reported back on."""
        return self.filter(status="sending", claimed_at__lt=before)

    def stuck(self) -> "WeChatMessageQuerySet":
        """Those that somebody must look at."""
        return self.filter(status__in=("failed", "unsure"))

    def for_outbox(self, user: Any) -> "WeChatMessageQuerySet":
        """Newest first with their cases; nothing for those who may not see the outbox."""
        rows = self.select_related("case").defer("openid").order_by("-created_at", "-pk")
        return rows if user.has_perm("cases.see_outbox") else rows.none()


class WeChatReceipt(models.Model):
    """One message that came in, by its MsgId: a retry finds its row and gets the answer given before."""

    key = models.CharField("消息标识", max_length=64, unique=True)
    signature = models.CharField("签名", max_length=40)
    body_hash = models.CharField("正文摘要", max_length=64)
    answer = EncryptedText("答复", blank=True, default="")
    at = models.DateTimeField("收到时间")

    class Meta:
        verbose_name = "微信来件"
        verbose_name_plural = "微信来件"
        indexes = [
            models.Index(fields=["signature"], name="wechat_by_signature"),
            models.Index(fields=["at"], name="wechat_receipt_by_age"),
        ]


class WeChatDraft(models.Model):
    """The report that one sender's messages are growing into; the raw pair is GCJ-02, the other WGS-84.

    Once it has become a case, words and sender are emptied: from then on the case keeps them. `offered` is an open case
    near by about which the sender was asked whether it is the same.
    """

    openid = EncryptedText("微信标识", max_length=80, blank=True, default="")
    openid_index = models.CharField("微信标识索引", max_length=64)
    words = EncryptedText("文字", blank=True, default="")
    has_words = models.BooleanField("有文字", default=False)
    address = EncryptedText("位置说明", max_length=200, blank=True, default="")
    raw_lon = models.FloatField("原始经度", null=True, blank=True)
    raw_lat = models.FloatField("原始纬度", null=True, blank=True)
    lon = models.FloatField("经度", null=True, blank=True)
    lat = models.FloatField("纬度", null=True, blank=True)
    started_at = models.DateTimeField("开始")
    last_at = models.DateTimeField("最近一条")
    ended_at = models.DateTimeField("结束", null=True, blank=True)
    case = models.ForeignKey(
        Case, models.CASCADE, null=True, blank=True, related_name="wechat_drafts", verbose_name="案件"
    )

    offered = models.ForeignKey(
        Case, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="附近相似案件"
    )

    class Meta:
        verbose_name = "微信草稿"
        verbose_name_plural = "微信草稿"
        constraints = [
            models.UniqueConstraint(
                fields=["openid_index"], condition=Q(ended_at__isnull=True), name="a_sender_has_one_draft"
            )
        ]
        indexes = [
            models.Index(fields=["last_at"], condition=Q(ended_at__isnull=True), name="draft_by_last_message"),
            models.Index(fields=["openid_index", "-ended_at"], name="draft_by_sender"),
        ]


class WeChatPicture(models.Model):
    """A picture that lies at WeChat (for three days) until it is fetched and kept as evidence."""

    class Status(models.TextChoices):
        """Where it is."""

        WAITING = "waiting", "待下载"
        STORED = "stored", "已保存"
        REFUSED = "refused", "不合格"
        FAILED = "failed", "下载失败"

    draft = models.ForeignKey(WeChatDraft, models.CASCADE, related_name="pictures")
    media_id = models.CharField("素材标识", max_length=200)
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.WAITING)
    photo = models.ForeignKey(
        "grid.Photo", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="照片"
    )
    received_at = models.DateTimeField("收到时间")
    tries = models.PositiveSmallIntegerField("已试", default=0)
    next_try_at = models.DateTimeField("下次")
    why = models.CharField("原因", max_length=200, blank=True)

    objects = WeChatPictureQuerySet.as_manager()

    class Meta:
        verbose_name = "微信照片"
        verbose_name_plural = "微信照片"
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(status="waiting"), name="picture_to_fetch"),
            models.Index(fields=["received_at"], condition=Q(status="failed"), name="picture_stuck"),
        ]


class WeChatMessage(models.Model):
    """One message to a resident; told once per `slot`. What is stuck says why, and may be sent again by hand."""

    class Kind(models.TextChoices):
        """A customer message (客服消息) is free text within 48 hours of the resident's last one; else a template."""

        CUSTOMER = "customer", "客服消息"
        TEMPLATE = "template", "模板消息"

    class Status(models.TextChoices):
        """Where it is; of an unsure one nobody knows whether it arrived."""

        QUEUED = "queued", "待发"
        SENDING = "sending", "发送中"
        SENT = "sent", "已发"
        HELD = "held", "不外发"
        UNSURE = "unsure", "不确定"
        FAILED = "failed", "失败"

    openid = EncryptedText("微信标识", max_length=80, blank=True, default="")
    text = EncryptedText("内容")
    case = models.ForeignKey(
        Case, models.CASCADE, null=True, blank=True, related_name="wechat_messages", verbose_name="案件"
    )
    reply = models.OneToOneField(
        Reply, models.CASCADE, null=True, blank=True, related_name="wechat_message", verbose_name="回复"
    )
    slot = models.CharField("事由键", max_length=80, unique=True)
    kind = models.CharField("类别", max_length=10, choices=Kind.choices, default=Kind.CUSTOMER)
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.QUEUED)
    why = models.CharField("原因", max_length=200, blank=True)
    tries = models.PositiveSmallIntegerField("已试", default=0)
    created_at = models.DateTimeField("生成时间")
    next_try_at = models.DateTimeField("下次")
    claimed_at = models.DateTimeField("领取时间", null=True, blank=True)
    sent_at = models.DateTimeField("发出时间", null=True, blank=True)

    objects = WeChatMessageQuerySet.as_manager()

    class Meta:
        verbose_name = "微信发件"
        verbose_name_plural = "微信发件"
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(status="queued"), name="wechat_to_send"),
            models.Index(fields=["claimed_at"], condition=Q(status="sending"), name="wechat_being_sent"),
            models.Index(fields=["status", "-created_at", "-id"], name="wechat_by_status"),
            models.Index(fields=["-created_at", "-id"], name="wechat_newest"),
        ]
