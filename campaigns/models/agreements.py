"""Responsibility agreements (责任书): one with each party, made out from a text, signed, kept, assessed, closed."""
from datetime import date
from typing import Any, NoReturn

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from accounts.encryption import EncryptedText
from accounts.masking import mask_name
from accounts.querysets import AppendOnlyQuerySet
from campaigns.querysets.agreements import AgreementQuerySet, AgreementTaskQuerySet


class PartyKind(models.TextChoices):
    """Who signs with the street office: a social unit, a community, or a station."""

    ORGANISATION = "organisation", "社会单位"
    COMMUNITY = "community", "社区"
    STATION = "station", "科队站所"


class AgreementStage(models.TextChoices):
    """How far an agreement has come."""

    DRAFT = "draft", "草稿"
    ISSUED = "issued", "待签"
    SIGNED = "signed", "已签"
    IN_FORCE = "in_force", "履行中"
    ASSESSED = "assessed", "已考核"
    CLOSED = "closed", "已归档"


class Agreement(models.Model):
    """One agreement with one party; its text is the wording that `edit` keeps, frozen when it is sent for signature."""

    template = models.ForeignKey(
        "campaigns.AgreementTemplate", models.PROTECT, related_name="agreements", verbose_name="文本"
    )
    edit = models.ForeignKey(
        "campaigns.TemplateEdit", models.PROTECT, null=True, blank=True, related_name="agreements",
        verbose_name="送签文本",
    )  # fmt: skip
    number = models.CharField("编号", max_length=40, blank=True)
    party_kind = models.CharField("签订对象类别", max_length=12, choices=PartyKind.choices)
    organisation = models.ForeignKey(
        "grid.Organisation", models.PROTECT, null=True, blank=True, related_name="agreements", verbose_name="社会单位"
    )
    department = models.ForeignKey(
        "accounts.Department", models.PROTECT, null=True, blank=True, related_name="agreements", verbose_name="部门"
    )
    stage = models.CharField("状态", max_length=10, choices=AgreementStage.choices, default=AgreementStage.DRAFT)
    issued_at = models.DateTimeField("送签时间", null=True, blank=True)
    viewed_at = models.DateTimeField("查看时间", null=True, blank=True)
    reminded_on = models.DateField("最近提醒", null=True, blank=True)
    signed_on = models.DateField("签订日期", null=True, blank=True)
    signed_at = models.DateTimeField("登记签订时间", null=True, blank=True)
    signer = EncryptedText("乙方签字人", max_length=30, blank=True, default="")
    street_signer = EncryptedText("甲方签字人", max_length=30, blank=True, default="")
    at_meeting = models.BooleanField("动员会上签订", default=False)
    valid_until = models.DateField("期限", null=True, blank=True)
    score = models.DecimalField(
        "考核得分", max_digits=5, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )  # fmt: skip
    band = models.CharField("考核等次", max_length=20, blank=True)
    deduct = models.DecimalField("扣分", max_digits=4, decimal_places=1, null=True, blank=True)
    consequence = models.CharField("奖惩", max_length=120, blank=True)
    is_demo = models.BooleanField("演示数据", default=False)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = "责任书"
        verbose_name_plural = "责任书"
        ordering = ["pk"]
        indexes = [models.Index(fields=["template", "stage"], name="agreement_by_stage")]
        constraints = [
            models.CheckConstraint(
                condition=Q(party_kind="organisation", organisation__isnull=False, department__isnull=True)
                | Q(party_kind__in=["community", "station"], organisation__isnull=True, department__isnull=False),
                name="an_agreement_has_exactly_one_party",
            ),
            models.UniqueConstraint(fields=["template", "organisation"], name="a_unit_signs_a_text_once"),
            models.UniqueConstraint(fields=["template", "department"], name="a_department_signs_a_text_once"),
            models.UniqueConstraint(
                fields=["number"], condition=~Q(number=""), name="an_agreement_number_is_used_once"
            ),
            models.CheckConstraint(
                condition=Q(stage__in=AgreementStage.values), name="an_agreement_has_a_known_stage"
            ),
            models.CheckConstraint(
                condition=Q(stage="draft") | (Q(edit__isnull=False, issued_at__isnull=False) & ~Q(number="")),
                name="what_was_sent_for_signature_has_text_and_number",
            ),
            models.CheckConstraint(
                condition=Q(stage__in=["draft", "issued"]) | Q(signed_on__isnull=False),
                name="a_signed_agreement_has_its_day",
            ),
            models.CheckConstraint(
                condition=~Q(stage__in=["assessed", "closed"]) | ~Q(band=""),
                name="an_assessed_agreement_has_its_band",
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__gte=0, score__lte=100), name="a_score_lies_in_a_hundred"
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.party_name}（草稿）"

    @property
    def party(self) -> Any:
        """The organisation or department that signs."""
        return self.organisation or self.department

    @property
    def party_name(self) -> str:
        """Its full name."""
        return self.party.name

    @property
    def masked_signer(self) -> str:
        """Who signed for the party, as everybody may read it."""
        return mask_name(self.signer or "")

    @property
    def masked_street_signer(self) -> str:
        """Who signed for the street office, as everybody may read it."""
        return mask_name(self.street_signer or "")

    def get_absolute_url(self) -> str:
        """The party's page."""
        return f"/agreements/party/{self.pk}/"


class AgreementValue(models.Model):
    """What a variable of the text says for one party; encrypted, since it may name a person."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="values", verbose_name="责任书")
    name = models.CharField("变量", max_length=20)
    text = EncryptedText("内容", max_length=200)

    class Meta:
        verbose_name = "责任书变量"
        verbose_name_plural = "责任书变量"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["agreement", "name"], name="a_variable_is_filled_once")]

    def __str__(self) -> str:
        return self.name


class AgreementTask(models.Model):
    """One task that a party took on (任务分解): due on a day, found done on a day, scored 0–100 when checked."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="tasks", verbose_name="责任书")
    seq = models.PositiveSmallIntegerField("序号")
    text = models.CharField("任务", max_length=200)
    due_on = models.DateField("完成时限")
    finished_on = models.DateField("完成日期", null=True, blank=True)
    check_score = models.DecimalField("检查得分", max_digits=5, decimal_places=2, null=True, blank=True)
    checker = models.CharField("检查单位", max_length=30, blank=True)

    objects = AgreementTaskQuerySet.as_manager()

    class Meta:
        verbose_name = "责任书任务"
        verbose_name_plural = "责任书任务"
        ordering = ["agreement", "seq"]
        indexes = [models.Index(fields=["due_on"], condition=Q(finished_on__isnull=True), name="agreement_task_open")]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "seq"], name="a_task_has_its_place_in_the_agreement"),
            models.CheckConstraint(
                condition=Q(check_score__isnull=True) | Q(check_score__gte=0, check_score__lte=100),
                name="a_task_score_lies_in_a_hundred",
            ),
            models.CheckConstraint(
                condition=Q(check_score__isnull=True) | Q(finished_on__isnull=False),
                name="only_a_finished_task_is_scored",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def on_time(self) -> bool | None:
        """Done by its day; nothing while it is not done."""
        return None if self.finished_on is None else self.finished_on <= self.due_on

    def is_late(self, *, today: date) -> bool:
        """Done after its day, or not done though the day is over."""
        return (self.finished_on or today) > self.due_on


class AgreementScan(models.Model):
    """One page of the signed paper: a photo, or a PDF that is only ever handed out as a download."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="scans", verbose_name="责任书")
    photo = models.ForeignKey(
        "grid.Photo", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="照片"
    )
    file = models.FileField("PDF", upload_to="agreements/%Y/%m", max_length=200, blank=True)
    added_at = models.DateTimeField("添加时间")
    added_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="添加人"
    )

    class Meta:
        verbose_name = "签字页"
        verbose_name_plural = "签字页"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(photo__isnull=False, file="") | (Q(photo__isnull=True) & ~Q(file="")),
                name="a_scan_is_a_photo_or_a_file",
            ),
        ]


class AgreementRecord(models.Model):
    """One step of an agreement (痕迹化管理): who did what when; added, never changed."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="records", verbose_name="责任书")
    act = models.CharField("动作", max_length=20)
    from_stage = models.CharField("原状态", max_length=10, choices=AgreementStage.choices, blank=True)
    to_stage = models.CharField("新状态", max_length=10, choices=AgreementStage.choices)
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    by_name = models.CharField("操作人", max_length=60, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    happened_at = models.DateTimeField("发生时间")
    recorded_at = models.DateTimeField("记录时间", auto_now_add=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = "责任书记录"
        verbose_name_plural = "责任书记录"
        ordering = ["agreement", "pk"]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Adds a row; a row that is there is never written again."""
        if self.pk is not None and not self._state.adding:
            raise TypeError("A record of an agreement is never changed.")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise TypeError("A record of an agreement is never removed.")
