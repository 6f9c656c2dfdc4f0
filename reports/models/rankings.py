"""How communities and departments stand beside each other: weights, points, and what was published."""
from django.db import models
from django.db.models import F, Q


class RankingKind(models.TextChoices):
    """Who is ranked."""

    COMMUNITY = "community", "社区"
    DEPARTMENT = "department", "承办单位"


class RankingWeights(models.Model):
    """One version of the formula's weights, in per cent; the newest one is in force."""

    on_time = models.PositiveSmallIntegerField("按期处置率 %", default=30)
    closing = models.PositiveSmallIntegerField("结案率 %", default=20)
    rework = models.PositiveSmallIntegerField("（1−返工率）%", default=15)
    recurrence = models.PositiveSmallIntegerField("（1−反弹率）%", default=15)
    patrol = models.PositiveSmallIntegerField("巡查到位率 %", default=10)
    satisfaction = models.PositiveSmallIntegerField("满意率 %", default=10)
    note = models.CharField("说明", max_length=100, blank=True)
    made_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="制定人"
    )
    made_at = models.DateTimeField("制定时间")

    class Meta:
        verbose_name = "考核权重"
        verbose_name_plural = "考核权重"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    on_time=100 - F("closing") - F("rework") - F("recurrence") - F("patrol") - F("satisfaction")
                ),
                name="weights_add_up_to_a_hundred",
                violation_error_message="六项权重相加应为 100。请改到合计 100。",
            )
        ]

    def __str__(self) -> str:
        """The version."""
        return f"第 {self.pk} 版权重"


class RankingPoints(models.Model):
    """Points given or taken by hand (加分、扣分) for one month, quarter or year, with the reason."""

    kind = models.CharField("对象", max_length=10, choices=RankingKind.choices)
    period = models.CharField("周期", max_length=10)
    department = models.ForeignKey("accounts.Department", models.PROTECT, related_name="+", verbose_name="单位")
    points = models.DecimalField("分值", max_digits=5, decimal_places=2, help_text="扣分写负数")
    reason = models.CharField("理由", max_length=100)
    entered_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="录入人")
    entered_at = models.DateTimeField("录入时间")

    class Meta:
        verbose_name = "加减分"
        verbose_name_plural = "加减分"
        ordering = ["pk"]
        indexes = [models.Index(fields=["kind", "period"], name="points_by_period")]
        constraints = [models.CheckConstraint(condition=~Q(points=0), name="points_are_not_nothing")]


class PublishedRanking(models.Model):
    """A ranking as it was made known: it keeps its weights' version and its numbers, whatever comes later."""

    kind = models.CharField("对象", max_length=10, choices=RankingKind.choices)
    period = models.CharField("周期", max_length=10)
    weights = models.ForeignKey(RankingWeights, models.PROTECT, related_name="rankings", verbose_name="权重")
    published_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="发布人")
    published_at = models.DateTimeField("发布时间")

    class Meta:
        verbose_name = "已发布排名"
        verbose_name_plural = "已发布排名"
        ordering = ["-published_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "period"], name="a_ranking_is_published_once_a_period")
        ]


class PublishedPlace(models.Model):
    """One line of a published ranking; no rank means 不参评. Rates are shares (0–1), the score is in points."""

    ranking = models.ForeignKey(PublishedRanking, models.CASCADE, related_name="places")
    department = models.ForeignKey("accounts.Department", models.PROTECT, related_name="+", verbose_name="单位")
    name = models.CharField("名称", max_length=30)
    rank = models.PositiveSmallIntegerField("名次", null=True, blank=True)
    score = models.DecimalField("得分", max_digits=6, decimal_places=2, null=True, blank=True)
    facts = models.JSONField("各项", default=dict)

    class Meta:
        verbose_name = "已发布名次"
        verbose_name_plural = "已发布名次"
        ordering = [F("rank").asc(nulls_last=True), "pk"]
        constraints = [
            models.UniqueConstraint(fields=["ranking", "department"], name="a_unit_has_one_place_in_a_ranking"),
            models.CheckConstraint(
                condition=Q(rank__isnull=True, score__isnull=True) | Q(rank__isnull=False, score__isnull=False),
                name="a_rank_has_a_score",
            ),
        ]
