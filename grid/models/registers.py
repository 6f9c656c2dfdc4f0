"""Organisations of the street (组织): units, shops, property companies, and the papers that they have or lack."""
import datetime

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from accounts.encryption import EncryptedText
from accounts.masking import mask_name, mask_phone
from grid.querysets import OrganisationQuerySet
from sheets.codes import CODE_DIGITS, code_check


def check_uscc(code: str) -> None:
    """A unified social credit code (统一社会信用代码): 18 signs, the last one follows from the rest (GB 32100)."""
    if len(code) != 18:
        raise ValidationError(f"统一社会信用代码应为 18 位，现为 {len(code)} 位。请对照营业执照填写。")
    strange = next((sign for sign in code if sign not in CODE_DIGITS), "")
    if strange:
        raise ValidationError(f"统一社会信用代码里不会有“{strange}”。请用大写字母和数字，对照营业执照填写。")
    if code[-1] != code_check(code[:17]):
        raise ValidationError("统一社会信用代码的校验位不对，可能有一位抄错。请对照营业执照核对。")


class OrganisationKind(models.TextChoices):
    """What sort of organisation: a social unit, a shop, a property company, or one of the two new kinds (两新组织)."""

    UNIT = "unit", "社会单位"
    SHOP = "shop", "商户"
    PROPERTY = "property", "物业公司"
    ECONOMIC = "economic", "新经济组织"
    SOCIAL = "social", "新社会组织"


class Organisation(models.Model):
    """An organisation of the register: where it stands (WGS-84), who answers, its frontage in metres (门前三包)."""

    code = models.CharField("编号", max_length=20, unique=True)
    name = models.CharField("名称", max_length=80)
    kind = models.CharField("类别", max_length=10, choices=OrganisationKind.choices, default=OrganisationKind.UNIT)
    uscc = models.CharField(
        "统一社会信用代码", max_length=18, unique=True, null=True, blank=True, validators=[check_uscc],
        help_text="还没有办照的空着",
    )  # fmt: skip
    nature = models.CharField("性质", max_length=20, blank=True, help_text="例如 物业、学校、商贸、建设单位")
    community = models.ForeignKey(
        "grid.Community", on_delete=models.PROTECT, related_name="organisations", verbose_name="社区"
    )
    grid = models.ForeignKey(
        "grid.UnitGrid", on_delete=models.PROTECT, null=True, blank=True, related_name="organisations",
        verbose_name="网格",
    )  # fmt: skip
    lon = models.FloatField("经度", validators=[MinValueValidator(-180), MaxValueValidator(180)])
    lat = models.FloatField("纬度", validators=[MinValueValidator(-90), MaxValueValidator(90)])
    staff = models.PositiveIntegerField("职工（人）", null=True, blank=True)
    responsible_person = EncryptedText("负责人", max_length=30, blank=True, default="")
    post = models.CharField("职务", max_length=20, blank=True)
    phone = EncryptedText("联系电话", max_length=20, blank=True, default="")
    door_front_m = models.PositiveIntegerField("门前三包（米）", null=True, blank=True)
    honour = models.CharField("荣誉", max_length=60, blank=True)
    active = models.BooleanField("在用", default=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    is_demo = models.BooleanField("演示数据", default=False)
    entry_key = models.CharField("登记键", max_length=32, unique=True, null=True, blank=True, editable=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = "社会单位"
        verbose_name_plural = "社会单位"
        ordering = ["code"]
        indexes = [models.Index(fields=["kind", "code"], name="organisation_by_kind")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=OrganisationKind.values), name="an_organisation_has_a_known_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(lon__gte=-180, lon__lte=180, lat__gte=-90, lat__lte=90),
                name="an_organisation_lies_on_the_earth",
            ),
        ]

    def paper_words(self, kind: str) -> str:
        """One of its papers as a table's cell says it; empty when nothing is known of it."""
        return next((one.words for one in self.licences.all() if one.kind == kind), "")

    def __str__(self) -> str:
        return self.name

    @property
    def masked_person(self) -> str:
        """The person who answers for it, as everybody may read it."""
        return mask_name(self.responsible_person or "")

    @property
    def masked_phone(self) -> str:
        """The phone, as everybody may read it."""
        return mask_phone(self.phone or "")

    @property
    def names_somebody(self) -> bool:
        """Whether there is anybody to show to who has the right."""
        return bool(self.responsible_person or self.phone)


class LicenceKind(models.TextChoices):
    """The papers that a shop may need."""

    BUSINESS = "business", "营业执照"
    FOOD = "food", "食品经营许可证"
    HYGIENE = "hygiene", "公共场所卫生许可证"
    FIRE = "fire", "消防安全检查合格证"
    TOBACCO = "tobacco", "烟草专卖零售许可证"


class Licence(models.Model):
    """One paper of an organisation: its number and how long it holds, or that it is missing (无照、缺证)."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="licences", verbose_name="单位")
    kind = models.CharField("证照", max_length=10, choices=LicenceKind.choices)
    number = models.CharField("证号", max_length=40, blank=True)
    valid_until = models.DateField("有效期至", null=True, blank=True)
    missing = models.BooleanField("缺证", default=False)

    class Meta:
        verbose_name = "证照"
        verbose_name_plural = "证照"
        ordering = ["organisation_id", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind"], name="an_organisation_has_a_paper_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=LicenceKind.values), name="a_licence_has_a_known_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(missing=False) | models.Q(number="", valid_until__isnull=True),
                name="a_missing_paper_has_no_number",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def words(self) -> str:
        """As a table's cell says it: 缺证, or the number and how long it holds."""
        if self.missing:
            return "缺证"
        return f"{self.number} 至 {self.valid_until:%Y-%m-%d}" if self.valid_until else self.number

    def is_expired(self, day: datetime.date) -> bool:
        """Whether it holds no longer on a day."""
        return self.valid_until is not None and self.valid_until < day
