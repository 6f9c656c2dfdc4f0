"""The people behind a case: encrypted, masked, and owed an answer."""
from django.db import models

from accounts.encryption import EncryptedText
from cases.models.case import Case
from cases.querysets import OwedQuerySet


class ReporterKind(models.TextChoices):
    """Who reported; staff are not owed a reply, issuing units are."""

    RESIDENT = "resident", "居民"
    UNIT = "unit", "来文单位"
    STAFF = "staff", "网格人员"


class Reporter(models.Model):
    """One who reported a case (not a petitioner): a resident, an issuing unit, a grid worker.

    A merged case's reporters move to the master and stay owed. `reply_owed` is decided at intake.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="reporters")
    came_with = models.ForeignKey(Case, models.CASCADE, related_name="own_reporters", verbose_name="原案件")
    kind = models.CharField("身份", max_length=10, choices=ReporterKind.choices)
    name = EncryptedText("姓名", max_length=60, blank=True, default="")
    phone = EncryptedText("电话", max_length=20, blank=True, default="")
    phone_index = models.CharField("电话索引", max_length=64, blank=True, db_index=True)
    last_four_index = models.CharField("后四位索引", max_length=64, blank=True, db_index=True)
    openid = EncryptedText("微信标识", max_length=80, blank=True, default="")
    reply_owed = models.BooleanField("须回复", default=False)
    replied_at = models.DateTimeField("答复时间", null=True, blank=True)
    at = models.DateTimeField("上报时间")

    objects = OwedQuerySet.as_manager()

    class Meta:
        verbose_name = "上报人"
        verbose_name_plural = "上报人"
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["case", "reply_owed", "replied_at"], name="reporter_owed")]

    @property
    def is_owed(self) -> bool:
        """Whether this one still waits for the final answer (as `OwedQuerySet.owed`)."""
        return self.reply_owed and self.replied_at is None

    @property
    def usual_channel(self) -> str:
        """How this one is answered: by the door through which they came."""
        if self.kind == ReporterKind.UNIT:
            return Reply.Channel.DOCUMENT
        return Reply.Channel.WECHAT if self.openid else Reply.Channel.PHONE


class Petitioner(models.Model):
    """信访人: kept in a table of its own that no case queryset joins; opened only by a reveal with an audit row."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="+")
    name = EncryptedText("姓名", max_length=60)
    phone = EncryptedText("电话", max_length=20, blank=True, default="")
    id_number = EncryptedText("证件号", max_length=18, blank=True, default="")
    address = EncryptedText("住址", max_length=100, blank=True, default="")
    original_title = EncryptedText("原事项", max_length=200, blank=True, default="")
    original_text = EncryptedText("原文", blank=True, default="")
    name_index = models.CharField("姓名索引", max_length=64, blank=True, db_index=True)
    last_four_index = models.CharField("后四位索引", max_length=64, blank=True, db_index=True)
    reply_owed = models.BooleanField("须答复", default=True)
    replied_at = models.DateTimeField("答复时间", null=True, blank=True)

    objects = OwedQuerySet.as_manager()

    class Meta:
        verbose_name = "信访人"
        verbose_name_plural = "信访人"


class Reply(models.Model):
    """An answer given (回复): to whom, by which channel, in which words. `final` settles what is owed."""

    class Channel(models.TextChoices):
        """How it went out; there is no SMS channel."""

        PHONE = "phone", "电话"
        WECHAT = "wechat", "微信"
        LETTER = "letter", "书面"
        VISIT = "visit", "当面"
        DOCUMENT = "document", "反馈单"
        CODE = "code", "查询码"

    case = models.ForeignKey(Case, models.CASCADE, related_name="replies")
    reporter = models.ForeignKey(Reporter, models.CASCADE, null=True, blank=True, related_name="replies")
    to_petitioner = models.BooleanField("答复信访人", default=False)
    channel = models.CharField("方式", max_length=10, choices=Channel.choices)
    words = models.TextField("内容")
    final = models.BooleanField("办结答复", default=False)
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="答复人")
    at = models.DateTimeField("答复时间")

    class Meta:
        verbose_name = "回复"
        verbose_name_plural = "回复"
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["channel", "at"], name="reply_by_channel")]


class CallBack(models.Model):
    """回访: reached or not, solved or not, satisfied or not."""

    class Satisfaction(models.TextChoices):
        """As asked on the phone."""

        SATISFIED = "satisfied", "满意"
        FAIRLY = "fairly", "基本满意"
        DISSATISFIED = "dissatisfied", "不满意"

    case = models.ForeignKey(Case, models.CASCADE, related_name="call_backs")
    reporter = models.ForeignKey(Reporter, models.SET_NULL, null=True, blank=True, related_name="call_backs")
    reached = models.BooleanField("已接通")
    solved = models.BooleanField("已解决", null=True, blank=True)
    satisfaction = models.CharField("满意度", max_length=15, choices=Satisfaction.choices, blank=True)
    words = models.CharField("说明", max_length=300, blank=True)
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="回访人")
    at = models.DateTimeField("回访时间")

    class Meta:
        verbose_name = "回访"
        verbose_name_plural = "回访"
        ordering = ["at", "pk"]


class Opinion(models.Model):
    """What a reporter says of a closing under their own code (评价): solved or not, satisfied or not, and why.

    `closed_at` names the closing that is judged, so that a case closed again is judged again. Who says that nothing is
    solved asks the desk to reopen: `wish` stands open until the case is reopened or somebody answers why not.
    """

    class Wish(models.TextChoices):
        """What became of "not solved"."""

        NONE = "", "无"
        ASKED = "asked", "待决定"
        REOPENED = "reopened", "已重开"
        KEPT = "kept", "不重开"

    case = models.ForeignKey(Case, models.CASCADE, related_name="opinions", verbose_name="案件")
    reporter = models.ForeignKey(
        Reporter, models.SET_NULL, null=True, blank=True, related_name="opinions", verbose_name="上报人"
    )
    code = models.CharField("查询码", max_length=8)
    closed_at = models.DateTimeField("所评结案时间")
    solved = models.BooleanField("已解决")
    satisfaction = models.CharField("满意度", max_length=15, choices=CallBack.Satisfaction.choices)
    words = models.CharField("说明", max_length=300, blank=True)
    at = models.DateTimeField("评价时间")
    wish = models.CharField("重开请求", max_length=10, choices=Wish.choices, blank=True, default="")
    decided_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="决定人"
    )
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    decision = models.CharField("不重开的答复", max_length=300, blank=True)

    class Meta:
        verbose_name = "上报人评价"
        verbose_name_plural = "上报人评价"
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["case"], condition=models.Q(wish="asked"), name="opinion_asks_to_reopen")]
        constraints = [
            models.UniqueConstraint(fields=["code", "closed_at"], name="a_closing_is_judged_once_per_code"),
            models.CheckConstraint(
                condition=models.Q(wish="") | models.Q(solved=False), name="only_the_unsolved_is_asked_to_reopen"
            ),
        ]
