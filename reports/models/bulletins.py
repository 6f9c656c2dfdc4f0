"""督查通报: an issue from draft to print, the number it takes, and what was frozen with it.

What is issued (or withdrawn after that, or came from the table of 2016) never changes: rows refuse it here, and
PostgreSQL refuses it itself (migration 0003_bulletin_guard).
"""
from datetime import date
from typing import Any, NoReturn, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

SERIES = "苹城管督"


class BulletinKind(models.TextChoices):
    """How often, or about what, an issue is written."""

    DAILY = "daily", "日常督查"
    SPECIAL = "special", "专项"
    WEEKLY = "weekly", "周报"
    MONTHLY = "monthly", "月报"
    QUARTERLY = "quarterly", "季报"
    YEARLY = "yearly", "年报"


class BulletinState(models.TextChoices):
    """Where an issue stands."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待签发"
    ISSUED = "issued", "已签发"
    WITHDRAWN = "withdrawn", "作废"
    IMPORTED = "imported", "原表登记"


OPEN_STATES = (BulletinState.DRAFT, BulletinState.SUBMITTED)
NUMBERED = (BulletinState.ISSUED, BulletinState.IMPORTED)


class AppendOnlyQuerySet(models.QuerySet):
    """Rows are added and never changed."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise TypeError("These rows are append-only.")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise TypeError("These rows are append-only.")

    def delete(self) -> NoReturn:
        """Refused."""
        raise TypeError("These rows are append-only.")


class BulletinQuerySet(models.QuerySet):
    """Issues."""

    def open(self) -> Self:
        """Those that may still be changed or sent back."""
        return self.filter(state__in=OPEN_STATES)

    def untouched(self) -> Self:
        """Drafts as they were made: nobody has worked on them."""
        return self.filter(state=BulletinState.DRAFT, version=1)

    def at_version(self, bulletin: Any) -> Self:
        """The row as this person has it before them: nobody else was faster."""
        return self.filter(pk=bulletin.pk, version=bulletin.version, state=bulletin.state)

    def narrowed(self, *, kind: str = "", state: str = "", year: int | None = None) -> Self:
        """As the filters of the list say; the year is the one of the number, or of the period while there is none."""
        found = self.filter(**{name: value for name, value in (("kind", kind), ("state", state)) if value})
        return found.filter(Q(year=year) | Q(year__isnull=True, last__year=year)) if year else found

    def for_list(self) -> Self:
        """Without the text; what waits for somebody first, then the newest number."""
        waits = models.Case(models.When(state__in=OPEN_STATES, then=0), default=1, output_field=models.IntegerField())
        newest = (F("year").desc(nulls_last=True), F("number").desc(nulls_last=True), "-pk")
        return self.select_related("issued_by", "corrects").defer("blocks").order_by(waits, *newest)

    def numbered(self, *, series: str, year: int) -> Self:
        """Every number of a series and year, the withdrawn ones too."""
        return self.filter(series=series, year=year, number__isnull=False).order_by("number")

    def update(self, **kwargs: Any) -> int:
        """Only open issues change this way; what is sealed keeps every column."""
        return super(BulletinQuerySet, self.open()).update(**kwargs)

    def mark_withdrawn(self, **kwargs: Any) -> int:
        """The one change that an issued number knows: it becomes 作废 and stays in the list."""
        wanted = {"withdrawn_at", "withdrawn_by", "withdrawal"}
        if set(kwargs) != wanted:
            raise TypeError("A withdrawal says when, by whom and why.")
        rows = self.filter(state=BulletinState.ISSUED)
        return super(BulletinQuerySet, rows).update(state=BulletinState.WITHDRAWN, version=F("version") + 1, **kwargs)

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused: it would pass by the seal."""
        raise TypeError("Bulletins are changed one at a time.")

    def delete(self) -> NoReturn:
        """Refused: a draft that nobody wants is withdrawn and stays visible."""
        raise TypeError("A bulletin is never removed.")


class Bulletin(models.Model):
    """One issue. `blocks` is its text: in a draft with linked numbers, once issued with the values that they had.

    `first` and `last` are the days reported on (both included, Asia/Shanghai). The number is taken when it is issued.
    """

    kind = models.CharField("类型", max_length=10, choices=BulletinKind.choices)
    state = models.CharField("状态", max_length=10, choices=BulletinState.choices, default=BulletinState.DRAFT)
    version = models.PositiveIntegerField("版本", default=1)
    series = models.CharField("代字", max_length=20, default=SERIES)
    year = models.PositiveSmallIntegerField("年份", null=True, blank=True)
    number = models.PositiveIntegerField("期号", null=True, blank=True)
    title = models.CharField("标题", max_length=80)
    first = models.DateField("统计起始日")
    last = models.DateField("统计截止日")
    topic = models.CharField("专项", max_length=20, blank=True)
    scope = models.CharField("通报对象", max_length=60, blank=True)
    addressee = models.CharField("主送", max_length=100, blank=True)
    copies = models.CharField("抄送", max_length=100, blank=True)
    issuer = models.CharField("印发单位", max_length=40)
    blocks = models.JSONField("正文", default=list, blank=True)
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections", verbose_name="更正"
    )
    created_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="拟稿人"
    )
    created_at = models.DateTimeField("拟稿时间")
    submitted_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="送签人"
    )
    submitted_at = models.DateTimeField("送签时间", null=True, blank=True)
    issued_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签发人"
    )
    issued_at = models.DateTimeField("签发时间", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="作废人"
    )
    withdrawn_at = models.DateTimeField("作废时间", null=True, blank=True)
    withdrawal = models.CharField("作废理由", max_length=200, blank=True)
    # What the table of 2016 says of an issue, and nothing more.
    problems = models.PositiveIntegerField("问题数", null=True, blank=True)
    fixed = models.PositiveIntegerField("已整改", null=True, blank=True)
    pages = models.PositiveSmallIntegerField("页数", null=True, blank=True)
    is_demo = models.BooleanField("演示数据", default=False)

    objects = BulletinQuerySet.as_manager()

    class Meta:
        verbose_name = "督查通报"
        verbose_name_plural = "督查通报"
        indexes = [
            models.Index(fields=["state", "-created_at"], name="bulletin_by_state"),
            models.Index(fields=["-year", "-number"], name="bulletin_by_number"),
            models.Index(fields=["kind", "-last"], name="bulletin_by_kind"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["series", "year", "number"], name="a_bulletin_number_is_given_once"),
            models.CheckConstraint(
                condition=Q(number__isnull=True, year__isnull=True) | Q(number__gte=1, year__isnull=False),
                name="a_bulletin_number_has_its_year",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN_STATES, number__isnull=True)
                | Q(state__in=NUMBERED, number__isnull=False)
                | Q(state=BulletinState.WITHDRAWN),
                name="a_number_is_taken_when_issued",
            ),
            models.CheckConstraint(
                condition=~Q(state=BulletinState.ISSUED) | Q(issued_by__isnull=False, issued_at__isnull=False),
                name="an_issued_bulletin_has_its_signer",
            ),
            models.CheckConstraint(
                condition=Q(issued_by__isnull=True) | Q(submitted_by__isnull=True) | ~Q(issued_by=F("submitted_by")),
                name="the_signer_did_not_submit",
            ),
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="a_bulletin_period_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        """第 161 期, or what it will be about."""
        return f"{self.year}年第{self.number}期" if self.number else self.title

    @property
    def is_open(self) -> bool:
        """Whether it may still change."""
        return self.state in OPEN_STATES

    @property
    def is_frozen(self) -> bool:
        """Whether its numbers stand as they were when it was issued."""
        return self.issued_at is not None

    @property
    def document_number(self) -> str:
        """苹城管督〔2016〕第161期."""
        return f"{self.series}〔{self.year}〕第{self.number:03d}期" if self.number else ""

    @property
    def issued_on(self) -> date | None:
        """The day of issue in Beijing."""
        return timezone.localtime(self.issued_at).date() if self.issued_at else None

    def writers(self) -> set[int]:
        """Keys of those who drafted, edited or submitted it, and so may not sign it (四眼原则)."""
        found = {self.created_by_id, self.submitted_by_id}
        found.update(self.steps.filter(act__in=WRITING_ACTS).values_list("by", flat=True))
        return found - {None}

    def get_absolute_url(self) -> str:
        """Its page."""
        return f"/bulletins/{self.pk}/"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Adds a row; one that is there changes by the verbs alone, which ask whether it is still open."""
        if not self._state.adding:
            raise TypeError("A bulletin is changed by its verbs.")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise TypeError("A bulletin is never removed.")


class BulletinNumber(models.Model):
    """A number of an issue as it was when issued: its value, and the cases that made it, by their numbers.

    A case stands as often as it counted. Of a rate `cases` are those judged and `hits` those that passed.
    """

    bulletin = models.ForeignKey(Bulletin, models.PROTECT, related_name="numbers", verbose_name="通报")
    name = models.CharField("名称", max_length=60)
    figure = models.CharField("指标", max_length=40)
    value = models.CharField("数值", max_length=20)
    cases = models.JSONField("案件", default=list)
    hits = models.JSONField("其中", default=list, blank=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = "通报数字"
        verbose_name_plural = "通报数字"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["bulletin", "name"], name="a_number_is_frozen_once")]


class BulletinStep(models.Model):
    """What was done with an issue, by whom and when, with the words said."""

    class Act(models.TextChoices):
        """The acts."""

        DRAFTED = "drafted", "拟稿"
        EDITED = "edited", "修改"
        SUBMITTED = "submitted", "送签发"
        SENT_BACK = "sent_back", "退回修改"
        ISSUED = "issued", "签发"
        WITHDRAWN = "withdrawn", "作废"
        IMPORTED = "imported", "登记"

    bulletin = models.ForeignKey(Bulletin, models.PROTECT, related_name="steps", verbose_name="通报")
    act = models.CharField("动作", max_length=10, choices=Act.choices)
    by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="人员"
    )
    by_name = models.CharField("姓名", max_length=60, blank=True)
    at = models.DateTimeField("时间")
    words = models.CharField("说明", max_length=200, blank=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = "通报经过"
        verbose_name_plural = "通报经过"
        ordering = ["pk"]


WRITING_ACTS = (BulletinStep.Act.DRAFTED, BulletinStep.Act.EDITED, BulletinStep.Act.SUBMITTED)


class BulletinCounter(models.Model):
    """The last number of a series in one year, held by the transaction that issues: no gaps, none given twice."""

    series = models.CharField("代字", max_length=20)
    year = models.PositiveSmallIntegerField("年份")
    last = models.PositiveIntegerField("已用期号", default=0)

    class Meta:
        verbose_name = "期号计数"
        verbose_name_plural = "期号计数"
        constraints = [models.UniqueConstraint(fields=["series", "year"], name="one_counter_per_series_and_year")]


class BulletinSchedule(models.Model):
    """Whether issues of a kind are drafted by themselves, and since when: what ended earlier is not caught up."""

    kind = models.CharField("类型", max_length=10, choices=BulletinKind.choices, unique=True)
    since = models.DateTimeField("启用时间", null=True, blank=True)
    changed_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="设置人"
    )
    changed_at = models.DateTimeField("设置时间")

    class Meta:
        verbose_name = "拟稿计划"
        verbose_name_plural = "拟稿计划"


class BulletinSlot(models.Model):
    """A period that a schedule has drafted: written with the draft or not at all, so that no period has two."""

    kind = models.CharField("类型", max_length=10, choices=BulletinKind.choices)
    first = models.DateField("统计起始日")
    bulletin = models.OneToOneField(Bulletin, models.PROTECT, related_name="slot", verbose_name="通报")

    class Meta:
        verbose_name = "拟稿时段"
        verbose_name_plural = "拟稿时段"
        constraints = [models.UniqueConstraint(fields=["kind", "first"], name="a_period_is_drafted_once")]
