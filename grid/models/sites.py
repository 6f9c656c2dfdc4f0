"""Key sites (重点点位): the roads, points and compounds that the street watches."""
from django.db import models

from grid.querysets import KeySiteQuerySet


class SiteCategory(models.TextChoices):
    """The three kinds of watched place: 重点道路、重要点位、小区环境."""

    ROAD = "重点道路", "重点道路"
    POINT = "重点点位", "重点点位"
    COMPOUND = "小区", "小区"


class SiteStatus(models.TextChoices):
    """What became of the site: watched daily, or closed, banned, demolished, put right."""

    WATCHED = "日常监测", "日常监测"
    CLOSED = "关停", "关停"
    BANNED = "取缔", "取缔"
    DEMOLISHED = "拆除", "拆除"
    PUT_RIGHT = "整治完成", "整治完成"


class KeySite(models.Model):
    """One watched place: a point in WGS-84, for a road also its line (WKB); patrols counted per week."""

    code = models.CharField("编号", max_length=20, unique=True)
    name = models.CharField("名称", max_length=60)
    category = models.CharField("类别", max_length=10, choices=SiteCategory.choices)
    subcategory = models.CharField("小类", max_length=20, blank=True)
    community = models.ForeignKey("grid.Community", on_delete=models.PROTECT, related_name="sites", verbose_name="社区")
    grid = models.ForeignKey("grid.UnitGrid", on_delete=models.PROTECT, related_name="sites", verbose_name="网格")
    lon = models.FloatField("经度")
    lat = models.FloatField("纬度")
    line = models.BinaryField("线形", null=True, blank=True, help_text="WKB，WGS-84")
    status = models.CharField("状态", max_length=10, choices=SiteStatus.choices, default=SiteStatus.WATCHED)
    patrol_per_week = models.PositiveSmallIntegerField("每周巡查（次）", default=0)
    note = models.CharField("备注", max_length=200, blank=True)

    objects = KeySiteQuerySet.as_manager()

    class Meta:
        verbose_name = "重点点位"
        verbose_name_plural = "重点点位"
        ordering = ["code"]
        indexes = [models.Index(fields=["category", "code"], name="site_category_code")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(category__in=SiteCategory.values), name="a_site_has_a_known_category"
            ),
            models.CheckConstraint(condition=models.Q(status__in=SiteStatus.values), name="a_site_has_a_known_status"),
            models.CheckConstraint(
                condition=models.Q(lon__gte=-180, lon__lte=180, lat__gte=-90, lat__lte=90),
                name="a_site_lies_on_the_earth",
            ),
        ]

    def __str__(self) -> str:
        return self.name
