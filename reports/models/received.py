"""What others say of the street: the district's monthly assessment (每月考评) and honours, entered as received."""
from django.db import models
from django.db.models import F, Q


class DistrictRanking(models.Model):
    """The district's ranking of its streets for a month or quarter; the formula is not published, so it is received."""

    period = models.CharField("周期", max_length=10, unique=True, help_text="2016-05 或 2016Q2")
    score = models.DecimalField("得分", max_digits=6, decimal_places=2, null=True, blank=True)
    rank = models.PositiveSmallIntegerField("名次", null=True, blank=True)
    of = models.PositiveSmallIntegerField("参评单位数", default=9)
    words = models.CharField("原文表述", max_length=40, blank=True, help_text="来文没有确切名次时照原文写")
    source_document = models.CharField("来源文件", max_length=100)
    entered_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="录入人"
    )
    entered_at = models.DateTimeField("录入时间")
    is_demo = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = "区考评名次"
        verbose_name_plural = "区考评名次"
        ordering = ["-period"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rank__isnull=True) | Q(rank__gte=1, rank__lte=F("of")),
                name="a_rank_lies_among_the_ranked",
                violation_error_message="名次应在 1 和参评单位数之间。请核对来文。",
            ),
            models.CheckConstraint(
                condition=Q(rank__isnull=False) | ~Q(words=""),
                name="a_received_ranking_says_something",
                violation_error_message="名次和原文表述都空着。请至少填一项。",
            ),
        ]


class Honour(models.Model):
    """An honour given to the street or to a unit in it (荣誉)."""

    name = models.CharField("荣誉", max_length=60)
    holder = models.CharField("获得单位", max_length=60)
    year = models.PositiveSmallIntegerField("年度")
    source_document = models.CharField("来源文件", max_length=100, blank=True)
    entered_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="录入人"
    )
    entered_at = models.DateTimeField("录入时间")
    is_demo = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = "荣誉"
        verbose_name_plural = "荣誉"
        ordering = ["-year", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["name", "holder", "year"], name="an_honour_is_entered_once")
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name
