"""Who lives in the street (人、户): kept to what the duty needs, personal columns encrypted.

Of police and health (重点人口) nothing is kept, and there is no free text in which it could be (docs/adr/0012).
"""
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from accounts.encryption import EncryptedText
from accounts.masking import mask_id_number, mask_name, mask_phone
from grid.querysets import DwellingQuerySet, ResidentQuerySet


class DwellingUse(models.TextChoices):
    """What a dwelling is used for."""

    OWN = "own", "自住"
    RENTED = "rented", "出租"
    VACANT = "vacant", "空置"
    BUSINESS = "business", "经营"


class Dwelling(models.Model):
    """One dwelling (户): the building is plain, the door behind it encrypted; area in m²."""

    code = models.CharField("户编号", max_length=12, unique=True)
    building = models.CharField("楼院", max_length=60, help_text="写到楼号或院号，例如 西井一区3号楼")
    door = EncryptedText("单元房号", max_length=30, blank=True, default="")
    door_index = models.CharField(max_length=64, editable=False)
    site = models.ForeignKey(
        "grid.KeySite", models.PROTECT, null=True, blank=True, related_name="dwellings", verbose_name="小区"
    )
    community = models.ForeignKey("grid.Community", models.PROTECT, related_name="dwellings", verbose_name="社区")
    grid = models.ForeignKey("grid.UnitGrid", models.PROTECT, related_name="dwellings", verbose_name="网格")
    lon = models.FloatField("经度")
    lat = models.FloatField("纬度")
    use = models.CharField("用途", max_length=10, choices=DwellingUse.choices, default=DwellingUse.OWN)
    area_m2 = models.DecimalField(
        "建筑面积（㎡）", max_digits=8, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(Decimal("0.01"), "建筑面积要大于 0 ㎡。请核对，不知道的空着。")],
    )  # fmt: skip
    rental_registered_on = models.DateField("出租登记日期", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)
    entry_key = models.CharField("登记键", max_length=32, unique=True, null=True, blank=True, editable=False)

    objects = DwellingQuerySet.as_manager()

    class Meta:
        verbose_name = "户"
        verbose_name_plural = "户"
        ordering = ["code"]
        indexes = [
            models.Index(fields=["community", "code"], name="dwelling_by_community"),
            models.Index(fields=["grid", "code"], name="dwelling_by_grid"),
            models.Index(fields=["use", "code"], name="dwelling_by_use"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["door_index"], name="a_door_is_registered_once"),
            models.CheckConstraint(condition=Q(use__in=DwellingUse.values), name="a_dwelling_has_a_known_use"),
            models.CheckConstraint(
                condition=Q(rental_registered_on__isnull=True) | Q(use=DwellingUse.RENTED),
                name="only_a_rented_dwelling_has_a_rental_registration",
            ),
            models.CheckConstraint(condition=Q(area_m2__isnull=True) | Q(area_m2__gt=0), name="a_dwelling_has_room"),
        ]

    def __str__(self) -> str:
        return f"{self.building}（{self.code}）"

    @property
    def masked_door(self) -> str:
        """The door as everybody may read it: that there is one."""
        return "***" if self.door else ""

    @property
    def has_unregistered_rental(self) -> bool:
        """Let without a registration (出租未登记)."""
        return self.use == DwellingUse.RENTED and self.rental_registered_on is None


class ResidentKind(models.TextChoices):
    """By registration (户籍): here, from elsewhere, from abroad."""

    REGISTERED = "registered", "户籍"
    MIGRANT = "migrant", "流动"
    FOREIGN = "foreign", "境外"


class Sex(models.TextChoices):
    """As on the identity card."""

    MALE = "m", "男"
    FEMALE = "f", "女"


class Resident(models.Model):
    """One person of a dwelling; who has left stays until the retention runs out, then is erased."""

    dwelling = models.ForeignKey(Dwelling, models.PROTECT, related_name="residents", verbose_name="户")
    name = EncryptedText("姓名", max_length=30)
    id_number = EncryptedText("证件号", max_length=18, blank=True, default="")
    id_index = models.CharField(max_length=64, blank=True, default="", editable=False, db_index=True)
    phone = EncryptedText("电话", max_length=20, blank=True, default="")
    phone_index = models.CharField(max_length=64, blank=True, default="", editable=False, db_index=True)
    sex = models.CharField("性别", max_length=1, choices=Sex.choices, blank=True)
    birth_year = models.PositiveSmallIntegerField(
        "出生年", null=True, blank=True, validators=[MinValueValidator(1900), MaxValueValidator(2100)]
    )
    kind = models.CharField("户口", max_length=10, choices=ResidentKind.choices, default=ResidentKind.REGISTERED)
    home_place = models.CharField("户籍地", max_length=40, blank=True, help_text="写到省、市，例如 河北省保定市")
    is_head = models.BooleanField("户主", default=False)
    arrived_on = models.DateField("来京日期", null=True, blank=True)
    left_on = models.DateField("离开日期", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)
    entry_key = models.CharField("登记键", max_length=32, unique=True, null=True, blank=True, editable=False)

    objects = ResidentQuerySet.as_manager()

    class Meta:
        verbose_name = "居民"
        verbose_name_plural = "居民"
        ordering = ["dwelling_id", "pk"]
        indexes = [
            models.Index(fields=["kind", "left_on"], name="resident_by_kind"),
            models.Index(fields=["left_on"], name="resident_by_departure"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["id_index"], condition=Q(left_on__isnull=True) & ~Q(id_index=""),
                name="a_person_lives_in_one_dwelling_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["dwelling"], condition=Q(left_on__isnull=True, is_head=True),
                name="a_dwelling_has_one_head",
            ),
            models.CheckConstraint(condition=Q(kind__in=ResidentKind.values), name="a_resident_has_a_known_kind"),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True) | Q(arrived_on__isnull=True) | Q(left_on__gte=models.F("arrived_on")),
                name="a_resident_leaves_after_arriving",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"居民 {self.pk}"

    @property
    def masked_name(self) -> str:
        """The name as everybody may read it."""
        return mask_name(self.name or "")

    @property
    def masked_phone(self) -> str:
        """The phone as everybody may read it."""
        return mask_phone(self.phone or "")

    @property
    def masked_id_number(self) -> str:
        """The ID number as everybody may read it."""
        return mask_id_number(self.id_number or "")


class RetentionRule(models.Model):
    """How long the street keeps who has left (个人信息保存期限), in months; one row, edited by admins."""

    months_after_leaving = models.PositiveSmallIntegerField(
        "离开后保存（月）", default=12, validators=[MinValueValidator(1), MaxValueValidator(120)]
    )
    basis = models.CharField("依据", max_length=100, blank=True)

    class Meta:
        verbose_name = "居民信息保存期限"
        verbose_name_plural = "居民信息保存期限"

    def __str__(self) -> str:
        return f"离开后保存 {self.months_after_leaving} 个月"
