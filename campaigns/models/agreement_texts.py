"""The texts of agreements: a template and each of its wordings, its score bands and tasks, the clause library."""
from typing import Any, NoReturn

from django.db import models
from django.db.models import Q

from campaigns.models.agreements import PartyKind
from campaigns.querysets.agreements import AgreementTemplateQuerySet, TemplateEditQuerySet


class AgreementTemplate(models.Model):
    """A text from which agreements are made out; `revision` counts its wordings and guards against overwriting."""

    title = models.CharField("名称", max_length=60, help_text="例如 2016 年国家卫生区复审责任书")
    year = models.PositiveSmallIntegerField("年份")
    prefix = models.CharField(
        "编号代字", max_length=12, help_text="编号的前几个字，例如 石苹卫责，编成 石苹卫责〔2016〕01号"
    )
    last_serial = models.PositiveIntegerField("已用序号", default=0)
    sign_by = models.DateField("签订截止", null=True, blank=True)
    valid_until = models.DateField("责任期限至", null=True, blank=True)
    revision = models.PositiveIntegerField("修改次数", default=0)
    created_at = models.DateTimeField("建立时间")
    created_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    is_demo = models.BooleanField("演示数据", default=False)

    objects = AgreementTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = "责任书文本"
        verbose_name_plural = "责任书文本"
        ordering = ["-year", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["prefix", "year"], name="a_prefix_numbers_one_text_a_year"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The editor, or for readers the paper."""
        return f"/agreements/{self.pk}/"


class TemplateEdit(models.Model):
    """One saved wording of a text, whole, with who and when; added, never changed.

    A version is what one person wrote in one sitting, as long as nothing was sent for signature from it.
    `blocks` and `variables` are described in campaigns.agreement_blocks.
    """

    template = models.ForeignKey(AgreementTemplate, models.CASCADE, related_name="edits", verbose_name="文本")
    revision = models.PositiveIntegerField("第几次修改")
    version = models.PositiveIntegerField("版本")
    heading = models.CharField("标题", max_length=60)
    blocks = models.JSONField("正文", default=list)
    variables = models.JSONField("变量", default=list)
    at = models.DateTimeField("时间")
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    by_name = models.CharField("修改人", max_length=60, blank=True)

    objects = TemplateEditQuerySet.as_manager()

    class Meta:
        verbose_name = "责任书文本修改"
        verbose_name_plural = "责任书文本修改"
        ordering = ["template", "revision"]
        indexes = [models.Index(fields=["template", "version", "-revision"], name="edit_by_version")]
        constraints = [models.UniqueConstraint(fields=["template", "revision"], name="a_wording_has_its_place")]

    def __str__(self) -> str:
        return f"版本 {self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Adds a row; a row that is there is never written again."""
        if self.pk is not None and not self._state.adding:
            raise TypeError("A wording is never changed.")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise TypeError("A wording is never removed.")


class ScoreBand(models.Model):
    """From which score on a band begins; it ends where the next one begins, so that bands cannot overlap."""

    template = models.ForeignKey(AgreementTemplate, models.CASCADE, related_name="bands", verbose_name="文本")
    lower = models.DecimalField("起分（含）", max_digits=5, decimal_places=2)
    name = models.CharField("等次", max_length=20)
    deduct = models.DecimalField("扣分", max_digits=4, decimal_places=1, default=0)
    consequence = models.CharField("奖惩", max_length=120, blank=True)

    class Meta:
        verbose_name = "考核等次"
        verbose_name_plural = "考核等次"
        ordering = ["template", "-lower"]
        constraints = [
            models.UniqueConstraint(fields=["template", "lower"], name="two_bands_do_not_begin_at_one_score"),
            models.CheckConstraint(condition=Q(lower__gte=0, lower__lte=100), name="a_band_begins_within_a_hundred"),
            models.CheckConstraint(condition=Q(deduct__gte=0), name="a_band_deducts_no_less_than_nothing"),
        ]

    def __str__(self) -> str:
        return self.name


class TemplateTask(models.Model):
    """A task that each party of a kind takes on when the text is sent to it; a blank kind means every party."""

    template = models.ForeignKey(AgreementTemplate, models.CASCADE, related_name="tasks", verbose_name="文本")
    seq = models.PositiveSmallIntegerField("序号")
    text = models.CharField("任务", max_length=200)
    due_on = models.DateField("完成时限")
    party_kind = models.CharField("适用对象", max_length=12, choices=PartyKind.choices, blank=True)

    class Meta:
        verbose_name = "任务分解"
        verbose_name_plural = "任务分解"
        ordering = ["template", "seq"]
        constraints = [models.UniqueConstraint(fields=["template", "seq"], name="a_template_task_has_its_place")]

    def __str__(self) -> str:
        return self.text


class Clause(models.Model):
    """A piece of wording that is used again and again (条款库): blocks as in a text."""

    title = models.CharField("名称", max_length=30, unique=True)
    blocks = models.JSONField("内容", default=list)
    active = models.BooleanField("在用", default=True)
    changed_at = models.DateTimeField("修改时间")
    changed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "条款"
        verbose_name_plural = "条款库"
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title
