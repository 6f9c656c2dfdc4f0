"""The territory: the street, its communities and their unit grids (单元网格, GB/T 30428.1), in WGS-84."""
from django.core.validators import RegexValidator
from django.db import models

from grid.querysets import CommunityQuerySet, EditionQuerySet, UnitGridQuerySet


class Edition(models.Model):
    """Which edition of a body of reference data is in force; a process drops what it keeps when the token changes.

    The token is random, not a counter: a rolled-back edit would hand its number to the next, different edition.
    """

    subject = models.CharField("内容", max_length=20, unique=True)
    token = models.CharField("版次标记", max_length=32)

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = "基础数据版次"
        verbose_name_plural = "基础数据版次"

    def __str__(self) -> str:
        return self.subject


class Street(models.Model):
    """The street itself (街道): the outline that all its communities together fill."""

    code = models.CharField("街道代码", max_length=9, unique=True, validators=[RegexValidator(r"^\d{9}$")])
    name = models.CharField("名称", max_length=60)
    shape = models.BinaryField("边界", help_text="WKB，WGS-84")
    area_m2 = models.DecimalField("面积（㎡）", max_digits=14, decimal_places=2)

    class Meta:
        verbose_name = "街道"
        verbose_name_plural = "街道"

    def __str__(self) -> str:
        return self.name


class Community(models.Model):
    """A community (社区) of the street, and the department its workers belong to; area in m², label in WGS-84."""

    code = models.CharField("社区代码", max_length=12, unique=True, validators=[RegexValidator(r"^\d{12}$")])
    name = models.CharField("名称", max_length=60)
    short_name = models.CharField("简称", max_length=30)
    department = models.OneToOneField(
        "accounts.Department", on_delete=models.PROTECT, related_name="community", verbose_name="对应部门"
    )
    shape = models.BinaryField("边界", help_text="WKB，WGS-84")
    area_m2 = models.DecimalField("面积（㎡）", max_digits=14, decimal_places=2)
    households = models.PositiveIntegerField("户数", default=0)
    population = models.PositiveIntegerField("人口", default=0)
    label_lon = models.FloatField("标注经度")
    label_lat = models.FloatField("标注纬度")

    objects = CommunityQuerySet.as_manager()

    class Meta:
        verbose_name = "社区"
        verbose_name_plural = "社区"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class UnitGrid(models.Model):
    """A unit grid (单元网格): 15 digits = 6 district + 3 street + 3 community + 3 serial; area in m²."""

    code = models.CharField("网格代码", max_length=15, unique=True, validators=[RegexValidator(r"^\d{15}$")])
    name = models.CharField("名称", max_length=60)
    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="grids", verbose_name="社区")
    serial = models.PositiveSmallIntegerField("顺序号")
    area_m2 = models.DecimalField("面积（㎡）", max_digits=14, decimal_places=2)
    shape = models.BinaryField("边界", help_text="WKB，WGS-84")

    objects = UnitGridQuerySet.as_manager()

    class Meta:
        verbose_name = "单元网格"
        verbose_name_plural = "单元网格"
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["community", "serial"], name="a_serial_is_used_once_in_a_community"),
        ]

    def __str__(self) -> str:
        return self.name
