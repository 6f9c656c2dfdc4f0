"""The campaign (专项行动): what the street set out to do, by when, how much, and what it reported."""
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from simple_history.models import HistoricalRecords

from campaigns.querysets import CampaignQuerySet
from campaigns.states import UNITS, Measure


class Campaign(models.Model):
    """A campaign with its plan and its days; `deadline` is the district's, `completed_on` the last day of work."""

    slug = models.SlugField("网址名", max_length=40, unique=True)
    name = models.CharField("名称", max_length=40, unique=True)
    plan = models.TextField("方案", blank=True)
    starts_on = models.DateField("开始")
    deadline = models.DateField("要求完成", null=True, blank=True)
    completed_on = models.DateField("完成", null=True, blank=True)
    lead = models.ForeignKey(
        "accounts.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="牵头单位"
    )
    is_demo = models.BooleanField("演示数据", default=False)
    history = HistoricalRecords()

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = "专项行动"
        verbose_name_plural = "专项行动"
        ordering = ["-starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(completed_on__isnull=True) | Q(completed_on__gte=models.F("starts_on")),
                name="a_campaign_ends_after_it_began",
                violation_error_message="完成日期早于开始日期。请核对。",
            ),
            models.CheckConstraint(
                condition=Q(deadline__isnull=True) | Q(deadline__gte=models.F("starts_on")),
                name="a_campaign_is_due_after_it_began",
                violation_error_message="要求完成日期早于开始日期。请核对。",
            ),
        ]

    def __str__(self) -> str:
        """The campaign's name."""
        return self.name

    def get_absolute_url(self) -> str:
        """The page of the campaign."""
        return f"/campaigns/{self.slug}/"


class CampaignTarget(models.Model):
    """How much of something is planned: for the whole street, one community or one department."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="targets", verbose_name="专项行动")
    measure = models.CharField("指标", max_length=20, choices=Measure.choices)
    kind = models.ForeignKey(
        "campaigns.EntryKind", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="整治类别"
    )
    community = models.ForeignKey(
        "grid.Community", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="社区"
    )
    department = models.ForeignKey(
        "accounts.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位"
    )
    amount = models.DecimalField("计划数", max_digits=14, decimal_places=2)
    history = HistoricalRecords()

    class Meta:
        verbose_name = "任务目标"
        verbose_name_plural = "任务目标"
        ordering = ["measure", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_target_is_more_than_nothing"),
            models.CheckConstraint(
                condition=Q(community__isnull=True) | Q(department__isnull=True),
                name="a_target_is_for_a_community_or_a_department",
            ),
            models.CheckConstraint(
                condition=Q(measure=Measure.ENTRIES, kind__isnull=False)
                | (~Q(measure=Measure.ENTRIES) & Q(kind__isnull=True)),
                name="a_target_in_entries_names_their_kind",
            ),
            models.UniqueConstraint(
                "campaign", "measure", Coalesce("kind", 0), Coalesce("community", 0), Coalesce("department", 0),
                name="a_target_is_set_once",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        """What is to be reached."""
        return f"{self.label} {self.amount} {self.unit}"

    @property
    def label(self) -> str:
        """The measure's word, for entries the kind's."""
        return self.kind.name if self.kind_id else self.get_measure_display()

    @property
    def unit(self) -> str:
        """What the amount is counted in."""
        return self.kind.unit if self.kind_id else UNITS[self.measure]


class ReportedValue(models.Model):
    """A figure as an earlier report printed it; it stands beside the computed one and never replaces it."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="reported", verbose_name="专项行动")
    measure = models.CharField("指标", max_length=20, choices=Measure.choices)
    words = models.CharField("上报原文", max_length=40, help_text="照原文写，如：357 天、700 余吨")
    value = models.DecimalField("上报值", max_digits=14, decimal_places=2, null=True, blank=True)
    source = models.CharField("出处", max_length=80)

    class Meta:
        verbose_name = "上报值"
        verbose_name_plural = "上报值"
        ordering = ["measure", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "measure"], name="a_measure_is_reported_once_in_a_campaign")
        ]

    def __str__(self) -> str:
        """The figure in its own words."""
        return self.words
