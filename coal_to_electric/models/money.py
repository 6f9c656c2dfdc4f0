"""Subsidies: the policies that reckon them, meter readings, and the batches in which they are paid. Yuan, kWh."""
from decimal import Decimal
from typing import Any, NoReturn

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Round
from simple_history.models import HistoricalRecords

from coal_to_electric.models.household import Household
from coal_to_electric.models.programme import EquipmentKind, Programme
from coal_to_electric.querysets import BatchQuerySet, LineQuerySet, PolicyQuerySet
from coal_to_electric.states import Basis, BatchStatus, Payer, PaymentKind


def _refuse_overlap(row: models.Model, others: models.QuerySet, what: str) -> None:
    """Two rows in force on the same day would give two amounts."""
    later = models.Q(effective_to__isnull=True) | models.Q(effective_to__gte=row.effective_from)
    found = others.exclude(pk=row.pk).filter(later)
    if row.effective_to:
        found = found.filter(effective_from__lte=row.effective_to)
    other = found.order_by("effective_from").first()
    if other:
        until = other.effective_to or "今"
        words = f"{other.effective_from} 至 {until} 已有{what}，同一天不能有两条。"
        raise ValidationError(f"{words}请先填那一条的停用日期。")


class SubsidyPolicy(models.Model):
    """What one payer gives for one kind of equipment, in force between two days.

    A share is kept as a fraction (1/3 has no decimals). The caps are in yuan and as a fraction of the price.
    """

    name = models.CharField("名称", max_length=60)
    kind = models.ForeignKey(EquipmentKind, models.PROTECT, related_name="policies", verbose_name="设备类型")
    payer = models.CharField("出资", max_length=10, choices=Payer.choices)
    basis = models.CharField("计算方式", max_length=6, choices=Basis.choices)
    share_of = models.PositiveSmallIntegerField("份额分子", default=1)
    share_in = models.PositiveSmallIntegerField("份额分母", default=3, validators=[MinValueValidator(1)])
    per_m2_yuan = models.DecimalField("每平方米（元）", max_digits=8, decimal_places=2, null=True, blank=True)
    cap_yuan = models.DecimalField("单户上限（元）", max_digits=10, decimal_places=2, null=True, blank=True)
    cap_share_of = models.PositiveSmallIntegerField("上限占设备价分子", null=True, blank=True)
    cap_share_in = models.PositiveSmallIntegerField(
        "上限占设备价分母", null=True, blank=True, validators=[MinValueValidator(1)]
    )
    covers_low_income = models.BooleanField("低保户自付部分由本级补足", default=False)
    effective_from = models.DateField("起用日期")
    effective_to = models.DateField("停用日期", null=True, blank=True)
    source = models.CharField("依据", max_length=200)
    history = HistoricalRecords()

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = "设备补贴政策"
        verbose_name_plural = "设备补贴政策"
        ordering = ["kind", "payer", "effective_from"]
        indexes = [models.Index(fields=["kind", "payer", "effective_from"], name="policy_by_kind")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(basis="area") | models.Q(per_m2_yuan__isnull=False, per_m2_yuan__gt=0),
                name="a_policy_by_area_says_how_much_a_square_metre",
                violation_error_message="按采暖面积计算时，请填每平方米多少元。",
            ),
            models.CheckConstraint(
                condition=models.Q(share_of__gt=0, share_in__gte=models.F("share_of")), name="a_share_is_at_most_all",
                violation_error_message="份额应大于 0、不超过 1。请核对分子、分母。",
            ),
            models.CheckConstraint(
                condition=models.Q(cap_share_of__isnull=True, cap_share_in__isnull=True)
                | models.Q(
                    cap_share_of__isnull=False, cap_share_in__isnull=False, cap_share_of__gt=0,
                    cap_share_in__gte=models.F("cap_share_of"),
                ),
                name="a_cap_by_share_is_at_most_all",
                violation_error_message="上限占设备价的分子、分母请同时填，且不超过 1。",
            ),
            models.CheckConstraint(
                condition=models.Q(effective_to__isnull=True) | models.Q(effective_to__gte=models.F("effective_from")),
                name="a_policy_ends_after_it_begins", violation_error_message="停用日期不能早于起用日期。",
            ),
            models.UniqueConstraint(
                fields=["kind", "payer", "effective_from"], name="one_policy_begins_a_day_for_a_kind_and_payer"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        """Its name."""
        return self.name

    def clean(self) -> None:
        """No two policies of a payer for one kind on the same day."""
        super().clean()
        if self.kind_id and self.payer and self.effective_from:
            same = SubsidyPolicy.objects.filter(kind=self.kind_id, payer=self.payer)
            _refuse_overlap(self, same, f"{self.get_payer_display()}政策")


class OffPeakRate(models.Model):
    """What one payer gives for each kWh used off-peak, up to a number of kWh in a heating season."""

    payer = models.CharField("出资", max_length=10, choices=Payer.choices)
    per_kwh_yuan = models.DecimalField("每千瓦时（元）", max_digits=6, decimal_places=4)
    cap_kwh = models.PositiveIntegerField("每采暖季上限（千瓦时）", default=10_000)
    effective_from = models.DateField("起用日期")
    effective_to = models.DateField("停用日期", null=True, blank=True)
    source = models.CharField("依据", max_length=200)
    history = HistoricalRecords()

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = "谷电补贴标准"
        verbose_name_plural = "谷电补贴标准"
        ordering = ["payer", "effective_from"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(per_kwh_yuan__gt=0, cap_kwh__gt=0), name="an_off_peak_rate_is_positive"
            ),
            models.UniqueConstraint(fields=["payer", "effective_from"], name="one_rate_begins_a_day_for_a_payer"),
        ]

    def __str__(self) -> str:
        """市级 0.1 元."""
        return f"{self.get_payer_display()} {self.per_kwh_yuan.normalize():f} 元"

    def clean(self) -> None:
        """No two rates of a payer on the same day."""
        super().clean()
        if self.payer and self.effective_from:
            _refuse_overlap(self, OffPeakRate.objects.filter(payer=self.payer), f"{self.get_payer_display()}标准")


class OffPeakReading(models.Model):
    """What a household used off-peak in one heating season (谷段电量), in kWh."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="readings", verbose_name="住户")
    season = models.PositiveSmallIntegerField("采暖季")
    kwh = models.DecimalField("谷段电量（千瓦时）", max_digits=9, decimal_places=2, validators=[MinValueValidator(0)])
    read_on = models.DateField("抄表日期")
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "谷段电量"
        verbose_name_plural = "谷段电量"
        ordering = ["-season"]
        constraints = [
            models.UniqueConstraint(fields=["household", "season"], name="one_reading_a_household_and_season"),
            models.CheckConstraint(condition=models.Q(kwh__gte=0), name="a_reading_is_not_negative"),
        ]

    def __str__(self) -> str:
        """Season and kWh."""
        return f"{self.season} {self.kwh}"


class PaymentBatch(models.Model):
    """A list of subsidies to be paid together: made by one person, approved by another, then paid."""

    number = models.CharField("批次号", max_length=20, unique=True)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="batches", verbose_name="采暖季")
    kind = models.CharField("补贴种类", max_length=10, choices=PaymentKind.choices)
    season = models.PositiveSmallIntegerField("补贴年度")
    status = models.CharField("状态", max_length=10, choices=BatchStatus.choices, default=BatchStatus.SUBMITTED)
    households = models.PositiveIntegerField("户数")
    city_yuan = models.DecimalField("市级合计（元）", max_digits=14, decimal_places=2)
    district_yuan = models.DecimalField("区级合计（元）", max_digits=14, decimal_places=2)
    created_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="编制人")
    created_at = models.DateTimeField("编制时间")
    decided_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审批人"
    )
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    refusal = models.CharField("退回原因", max_length=300, blank=True)
    paid_on = models.DateField("发放日期", null=True, blank=True)
    paid_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记发放人"
    )
    note = models.CharField("说明", max_length=200, blank=True)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = "补贴发放批次"
        verbose_name_plural = "补贴发放批次"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["programme", "status", "-id"], name="batch_by_status")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True) | ~models.Q(decided_by=models.F("created_by")),
                name="nobody_approves_their_own_batch",
            ),
            models.CheckConstraint(
                condition=models.Q(status="submitted") | models.Q(decided_by__isnull=False, decided_at__isnull=False),
                name="a_decided_batch_says_by_whom",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="refused") | ~models.Q(refusal=""), name="a_refused_batch_says_why"
            ),
            models.CheckConstraint(
                condition=~models.Q(status="paid") | models.Q(paid_on__isnull=False), name="a_paid_batch_says_when"
            ),
        ]

    def __str__(self) -> str:
        """Its number."""
        return self.number

    def get_absolute_url(self) -> str:
        """Its page."""
        return f"/ledgers/households/payments/{self.number}/"

    @property
    def total_yuan(self) -> Decimal:
        """City and district together."""
        return self.city_yuan + self.district_yuan


class PaymentLine(models.Model):
    """What one household gets in a batch, with the working as it was; amounts are never changed (migration 0002)."""

    batch = models.ForeignKey(PaymentBatch, models.PROTECT, related_name="lines", verbose_name="批次")
    household = models.ForeignKey(Household, models.PROTECT, related_name="payments", verbose_name="住户")
    kind = models.CharField("补贴种类", max_length=10, choices=PaymentKind.choices)
    season = models.PositiveSmallIntegerField("补贴年度")
    city_yuan = models.DecimalField("市级（元）", max_digits=10, decimal_places=2)
    district_yuan = models.DecimalField("区级（元）", max_digits=10, decimal_places=2)
    amount_yuan = models.DecimalField("合计（元）", max_digits=10, decimal_places=2)
    working = models.CharField("算式", max_length=400, blank=True)
    live = models.BooleanField("有效", default=True, help_text="退回的批次里的行不再有效，住户可以重新编入")

    objects = LineQuerySet.as_manager()

    class Meta:
        verbose_name = "补贴明细"
        verbose_name_plural = "补贴明细"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["household", "kind", "season"], condition=models.Q(live=True), name="a_subsidy_is_paid_once"
            ),
            models.CheckConstraint(
                condition=models.Q(city_yuan__gte=0, district_yuan__gte=0, amount_yuan__gt=0),
                name="a_payment_is_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_yuan=Round(models.F("city_yuan") + models.F("district_yuan"), 2)),
                name="a_payment_is_the_sum_of_its_payers",
            ),
        ]

    def __str__(self) -> str:
        """Whose line it is."""
        return f"{self.batch_id} {self.household_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Adds a row; an amount that stands in a batch is never written again."""
        if not self._state.adding:
            raise TypeError("A payment is never changed; the batch is refused and made anew.")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise TypeError("A payment is never removed.")
