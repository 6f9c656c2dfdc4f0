"""Other campaign entries with little structure (取缔无照、马路市场、清运垃圾 …), of kinds that an admin defines."""
from typing import Any

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from campaigns.querysets import EntryQuerySet
from campaigns.states import PhotoMoment


class EntryKind(models.Model):
    """One kind of entry: what it counts, in which unit, which photos and further columns it wants.

    `extra` is a list of {"label": …, "type": "text" | "number" | "date"}; the label is the column's name for good.
    """

    slug = models.SlugField("网址名", max_length=30, unique=True)
    name = models.CharField("名称", max_length=20, unique=True)
    prefix = models.CharField(
        "编号字头", max_length=2, unique=True,
        validators=[RegexValidator(r"^[A-Z]{2}$", "编号字头是两个大写字母，如 WZ。")],
    )  # fmt: skip
    quantity_name = models.CharField("数量名称", max_length=20, help_text="如：取缔数、清运量")
    unit = models.CharField("单位", max_length=6, help_text="如：起、吨、㎡")
    decimals = models.PositiveSmallIntegerField("小数位", default=0, choices=[(0, "整数"), (1, "一位"), (2, "两位")])
    needs_before = models.BooleanField("须有整治前照片", default=False)
    needs_after = models.BooleanField("须有整治后照片", default=False)
    extra = models.JSONField("附加栏目", default=list, blank=True)
    order = models.PositiveSmallIntegerField("顺序", default=0)
    active = models.BooleanField("在用", default=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = "整治类别"
        verbose_name_plural = "整治类别"
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(decimals__lte=2), name="a_quantity_has_at_most_two_decimals"),
        ]

    def __str__(self) -> str:
        """The kind's name."""
        return self.name


class EntryCounter(models.Model):
    """The last serial given to a kind in a year; gaps are allowed."""

    kind = models.ForeignKey(EntryKind, models.CASCADE, related_name="+")
    year = models.PositiveSmallIntegerField("年份")
    last = models.PositiveIntegerField("已用序号", default=0)

    class Meta:
        verbose_name = "整治编号计数"
        verbose_name_plural = "整治编号计数"
        constraints = [models.UniqueConstraint(fields=["kind", "year"], name="one_counter_per_kind_and_year")]


class Entry(models.Model):
    """One thing done on one day at one place: its quantity in the kind's unit. A voided one counts nowhere."""

    kind = models.ForeignKey(EntryKind, models.PROTECT, related_name="entries", verbose_name="整治类别")
    number = models.CharField("编号", max_length=20, unique=True)
    campaign = models.ForeignKey(
        "campaigns.Campaign", models.PROTECT, null=True, blank=True, related_name="entries", verbose_name="专项行动"
    )
    happened_on = models.DateField("日期")
    place = models.CharField("点位", max_length=60)
    community = models.ForeignKey("grid.Community", models.PROTECT, related_name="entries", verbose_name="社区")
    grid = models.ForeignKey(
        "grid.UnitGrid", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="网格"
    )
    site = models.ForeignKey(
        "grid.KeySite", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="重点点位"
    )
    lon = models.FloatField("经度", null=True, blank=True)
    lat = models.FloatField("纬度", null=True, blank=True)
    quantity = models.DecimalField("数量", max_digits=12, decimal_places=2, validators=[MinValueValidator(0)])
    approximate = models.BooleanField("约数", default=False)
    department = models.ForeignKey(
        "accounts.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="责任单位"
    )
    extra = models.JSONField("附加内容", default=dict, blank=True)
    note = models.CharField("备注", max_length=300, blank=True)
    voided_at = models.DateTimeField("作废时间", null=True, blank=True)
    void_reason = models.CharField("作废原因", max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间")
    version = models.PositiveIntegerField("版本", default=1)
    is_demo = models.BooleanField("演示数据", default=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = "整治记录"
        verbose_name_plural = "整治记录"
        ordering = ["-happened_on", "-pk"]
        indexes = [
            models.Index(fields=["kind", "-happened_on", "-id"], name="entry_by_kind"),
            models.Index(fields=["kind", "community"], name="entry_by_community"),
            models.Index(fields=["campaign", "kind"], name="entry_by_campaign"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=0), name="an_entry_counts_nothing_negative"),
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True) | Q(lon__isnull=False, lat__isnull=False),
                name="an_entry_has_both_coordinates",
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True) | ~Q(void_reason=""), name="a_voided_entry_says_why"
            ),
        ]

    def __str__(self) -> str:
        """The number."""
        return self.number

    def get_absolute_url(self) -> str:
        """Its line in the ledger of its kind."""
        return f"/campaigns/entries/{self.kind.slug}/{self.number}/"

    @property
    def extras(self) -> list[tuple[str, Any]]:
        """The further columns of the kind with what was entered."""
        return [(column["label"], self.extra.get(column["label"], "")) for column in self.kind.extra]


class EntryPhoto(models.Model):
    """A picture of an entry; the picture itself is grid.Photo."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="photos")
    photo = models.ForeignKey("grid.Photo", models.PROTECT, related_name="+", verbose_name="照片")
    moment = models.CharField("时候", max_length=6, choices=PhotoMoment.choices)
    seq = models.PositiveSmallIntegerField("序号", default=0)

    class Meta:
        verbose_name = "整治照片"
        verbose_name_plural = "整治照片"
        ordering = ["seq", "pk"]
        constraints = [models.UniqueConstraint(fields=["entry", "photo"], name="a_photo_hangs_on_an_entry_once")]
