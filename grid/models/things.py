"""What stands in the street (物): components of GB/T 30428.2-2013 or GB/T 47678.5-2026, each with its code."""
import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import models
from simple_history.models import HistoricalRecords

from grid.querysets import ThingClassQuerySet, ThingQuerySet

DISTRICT_CODE = re.compile(r"^\d{6}$")


class CodeStandard(models.TextChoices):
    """Which text a class and its codes follow; both are in use, since a component keeps the code on its plate."""

    OLD = "2013", "GB/T 30428.2-2013"
    NEW = "2026", "GB/T 47678.5-2026"


@dataclass(frozen=True)
class CodeShape:
    """How a component's code is put together: district, class, serial."""

    standard: str
    class_digits: int
    length: int


SHAPES = {
    16: CodeShape(CodeStandard.OLD, 4, 16),  # 6 district + 2 major + 2 minor + 6 serial
    17: CodeShape(CodeStandard.NEW, 5, 17),  # 6 district + 2 major + 3 minor + 6 serial
}
CLASS_DIGITS = {shape.standard: shape.class_digits for shape in SHAPES.values()}


def check_thing_code(code: str) -> None:
    """Whether this can be the code on a component's plate: 16 or 17 digits."""
    if not code.isascii() or not code.isdigit():
        raise ValidationError("部件标识码只有数字。请对照部件上的标牌填写。")
    if len(code) not in SHAPES:
        lengths = "16 位（2013 版）或 17 位（2026 版）"
        raise ValidationError(f"部件标识码应为 {lengths}，现为 {len(code)} 位。请对照标牌核对。")


def class_code_of(code: str) -> tuple[str, str]:
    """The standard and the class that a sound code names."""
    shape = SHAPES[len(code)]
    return shape.standard, code[6 : 6 + shape.class_digits]


class ThingClass(models.Model):
    """A minor class of components (部件小类).

    A class of 2013 has the digits of the case category under which its faults are reported; a class of 2026 names the
    one of 2013 that it continues. Which that is, is data: the two texts have no table between them.
    """

    standard = models.CharField("标准", max_length=4, choices=CodeStandard.choices, default=CodeStandard.OLD)
    code = models.CharField("小类代码", max_length=5)
    major = models.CharField("大类", max_length=20)
    name = models.CharField("小类", max_length=30)
    default_owner = models.ForeignKey(
        "accounts.Department", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="默认权属单位"
    )
    older = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="newer", verbose_name="对应的 2013 版小类",
        limit_choices_to={"standard": CodeStandard.OLD},
        help_text="2026 版的小类填；案件类别用 2013 版的代码，填了才会在登记案件时列出这一类的部件",
    )  # fmt: skip
    basis = models.CharField("依据", max_length=60, blank=True, help_text="例如 推定，待对照标准原文核定")
    active = models.BooleanField("在用", default=True)

    objects = ThingClassQuerySet.as_manager()

    class Meta:
        verbose_name = "部件小类"
        verbose_name_plural = "部件小类"
        ordering = ["standard", "code"]
        constraints = [
            models.UniqueConstraint(fields=["standard", "code"], name="a_thing_class_code_names_one_class"),
            models.CheckConstraint(
                condition=models.Q(standard__in=CodeStandard.values), name="a_thing_class_follows_a_known_standard"
            ),
            models.CheckConstraint(
                condition=models.Q(older__isnull=True) | models.Q(standard=CodeStandard.NEW),
                name="only_a_newer_thing_class_continues_an_older_one",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """Its name among the classes of both standards, which mostly have the same names."""
        return f"{self.name}（2026 版）" if self.standard == CodeStandard.NEW else self.name

    @property
    def category_code(self) -> str:
        """The digits of the case category of its faults; five digits, which no category has, while nobody said."""
        return self.older.code if self.older else self.code

    def clean(self) -> None:
        """As many digits as the standard has, and a class of 2013 continues none."""
        digits = CLASS_DIGITS.get(self.standard, 0)
        if not (self.code.isascii() and self.code.isdigit() and len(self.code) == digits):
            raise ValidationError({"code": f"{self.get_standard_display()} 的小类代码是 {digits} 位数字。"})
        if self.older and (self.standard, self.older.standard) != (CodeStandard.NEW, CodeStandard.OLD):
            raise ValidationError({"older": "只有 2026 版的小类对应一个 2013 版的小类。请清空，或核对标准。"})


class ThingState(models.TextChoices):
    """How it stands there."""

    INTACT = "intact", "完好"
    DAMAGED = "damaged", "破损"
    MISSING = "missing", "缺失"
    RETIRED = "retired", "停用"


class Thing(models.Model):
    """One component: what it is, whose it is, who mends it, how it is, and where it stands (WGS-84)."""

    code = models.CharField("标识码", max_length=17, unique=True, validators=[check_thing_code])
    thing_class = models.ForeignKey(ThingClass, models.PROTECT, related_name="things", verbose_name="小类")
    state = models.CharField("状态", max_length=10, choices=ThingState.choices, default=ThingState.INTACT)
    owner = models.ForeignKey(
        "accounts.Department", models.PROTECT, null=True, blank=True, related_name="things_owned",
        verbose_name="权属单位",
    )  # fmt: skip
    owner_name = models.CharField(
        "其他权属单位", max_length=60, blank=True, help_text="不在部门名单里的，例如 国网电力"
    )
    maintainer = models.ForeignKey(
        "accounts.Department", models.PROTECT, null=True, blank=True, related_name="things_kept",
        verbose_name="养护单位",
    )  # fmt: skip
    address = models.CharField("位置", max_length=100, blank=True)
    lon = models.FloatField("经度")
    lat = models.FloatField("纬度")
    community = models.ForeignKey("grid.Community", models.PROTECT, related_name="things", verbose_name="社区")
    grid = models.ForeignKey("grid.UnitGrid", models.PROTECT, related_name="things", verbose_name="网格")
    installed_on = models.DateField("设置日期", null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)
    entry_key = models.CharField("登记键", max_length=32, unique=True, null=True, blank=True, editable=False)
    history = HistoricalRecords(excluded_fields=["entry_key"])

    objects = ThingQuerySet.as_manager()

    class Meta:
        verbose_name = "部件"
        verbose_name_plural = "部件"
        ordering = ["code"]
        indexes = [
            models.Index(fields=["thing_class", "code"], name="thing_by_class"),
            models.Index(fields=["community", "code"], name="thing_by_community"),
            models.Index(fields=["state", "code"], name="thing_by_state"),
            # All that the map counts, so that counting never reads the rows themselves.
            models.Index(fields=["lon", "lat", "state"], name="thing_by_position_and_state"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=ThingState.values), name="a_thing_has_a_known_state"),
            models.CheckConstraint(
                condition=models.Q(lon__gte=-180, lon__lte=180, lat__gte=-90, lat__lte=90),
                name="a_thing_stands_on_the_earth",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.thing_class} {self.code}"

    @property
    def owner_words(self) -> str:
        """Whose it is, in words; empty when nobody said."""
        return str(self.owner) if self.owner else self.owner_name


class ThingPhoto(models.Model):
    """A photo of a component."""

    thing = models.ForeignKey(Thing, models.CASCADE, related_name="photos", verbose_name="部件")
    photo = models.ForeignKey("grid.Photo", models.PROTECT, related_name="+", verbose_name="照片")

    class Meta:
        verbose_name = "部件照片"
        verbose_name_plural = "部件照片"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["thing", "photo"], name="a_photo_shows_a_thing_once")]

    def __str__(self) -> str:
        return f"部件照片 {self.pk}"
