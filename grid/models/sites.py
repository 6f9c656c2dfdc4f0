"""The street's register of places (地): what it watches (重点点位), compounds, yards, building sites, markets."""
from django.db import models

from grid.querysets import KeySiteQuerySet


class SiteCategory(models.TextChoices):
    """What sort of place: the three that the street watches (重点道路、重要点位、小区环境), and further ones."""

    ROAD = "重点道路", "重点道路"
    POINT = "重点点位", "重点点位"
    COMPOUND = "小区", "小区"
    YARD = "大杂院", "大杂院"
    RENTAL = "出租房", "出租房"
    CONSTRUCTION = "工地", "工地"
    MARKET = "市场", "市场"


class SiteStatus(models.TextChoices):
    """What became of the site: watched daily, or closed, banned, demolished, put right."""

    WATCHED = "日常监测", "日常监测"
    CLOSED = "关停", "关停"
    BANNED = "取缔", "取缔"
    DEMOLISHED = "拆除", "拆除"
    PUT_RIGHT = "整治完成", "整治完成"


class CheckTime(models.TextChoices):
    """When a key place is to be checked; the hours are those of the check rule."""

    ANY = "any", "不限"
    DAY = "day", "白天"
    NIGHT = "night", "夜间"


class KeySite(models.Model):
    """One place: a point in WGS-84, for a road also its line (WKB); it is watched when it has checks a week."""

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
    check_time = models.CharField("检查时段", max_length=5, choices=CheckTime.choices, default=CheckTime.ANY)
    property_company = models.ForeignKey(
        "grid.Organisation", on_delete=models.SET_NULL, null=True, blank=True, related_name="compounds",
        verbose_name="物业公司",
    )  # fmt: skip
    note = models.CharField("备注", max_length=200, blank=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    entry_key = models.CharField("登记键", max_length=32, unique=True, null=True, blank=True, editable=False)

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
                condition=models.Q(check_time__in=CheckTime.values), name="a_site_has_a_known_check_time"
            ),
            models.CheckConstraint(
                condition=models.Q(lon__gte=-180, lon__lte=180, lat__gte=-90, lat__lte=90),
                name="a_site_lies_on_the_earth",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def building_words(self) -> str:
        """Its buildings as people write them: 3号楼 4单元 6层、4号楼 1单元 6层."""
        return "、".join(one.words for one in self.buildings.all())


class Building(models.Model):
    """One building of a compound: its name, its units (单元) and floors."""

    site = models.ForeignKey(KeySite, on_delete=models.CASCADE, related_name="buildings", verbose_name="小区")
    name = models.CharField("楼号", max_length=20, help_text="例如 3号楼")
    units = models.PositiveSmallIntegerField("单元（个）", default=1)
    floors = models.PositiveSmallIntegerField("层数", default=1)

    class Meta:
        verbose_name = "楼栋"
        verbose_name_plural = "楼栋"
        ordering = ["site_id", "name"]
        constraints = [models.UniqueConstraint(fields=["site", "name"], name="a_building_stands_once_in_a_compound")]

    def __str__(self) -> str:
        return self.name

    @property
    def words(self) -> str:
        """As people write it."""
        return f"{self.name} {self.units}单元 {self.floors}层"
