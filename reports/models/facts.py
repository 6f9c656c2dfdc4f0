"""What is counted: one row for each thing that a case adds to a day, and the sums of a day and of a month.

Nothing here is the record: every row can be made again from the cases (`manage.py rebuild_facts`).
"""
from django.db import models
from django.db.models import Q

from reports.querysets import CaseFactQuerySet, CountersQuerySet


class Measure(models.TextChoices):
    """What is counted of a case; each is a column of the daily sums. 件 unless the words say otherwise.

    Acts are dated by the day on which they happened; 应处置, 应结案, 应响应 and their parts by the day on which
    they fall due.
    """

    REPORTED = "reported", "上报"
    ACCEPTED = "accepted", "受理"
    ACCEPTED_REGISTERED = "accepted_registered", "受理后已立案"
    REGISTERED = "registered", "立案"
    REGISTERED_PUBLIC = "registered_public", "立案（公众举报）"
    REGISTER_JUDGED = "register_judged", "立案（有立案时限）"
    REGISTERED_IN_TIME = "registered_in_time", "按期立案"
    DISPATCHED = "dispatched", "派遣"
    DISPATCHED_RIGHT = "dispatched_right", "准确派遣"
    RETURNED = "returned", "退回"
    HANDLED = "handled", "处置完成"
    HANDLE_DUE = "handle_due", "应处置"
    HANDLED_OF_DUE = "handled_of_due", "应处置中已处置"
    HANDLED_IN_TIME = "handled_in_time", "按期处置"
    HANDLE_OVERDUE = "handle_overdue", "超期待处置"
    EXTENDED = "extended", "应处置中准予延期"
    OVERDUE_AT_MONTH_END = "overdue_at_month_end", "月末超期未办"
    CLOSING_DUE = "closing_due", "应结案"
    CLOSED_OF_DUE = "closed_of_due", "应结案中已结案"
    CLOSING_JUDGED = "closing_judged", "应结案（有应结案时限）"
    CLOSED_IN_TIME = "closed_in_time", "按期结案"
    REWORKED = "reworked", "应结案中有返工"
    CLOSED = "closed", "结案"
    REOPENED = "reopened", "反弹"
    SUPERVISED = "supervised", "督办"
    RESPONSE_DUE = "response_due", "应响应"
    RESPONDED_IN_TIME = "responded_in_time", "按时响应"
    CALLED_BACK = "called_back", "有效回访（次）"
    SOLVED = "solved", "回访已解决（次）"
    RATED = "rated", "评价满意度的回访（次）"
    SATISFIED = "satisfied", "回访满意、基本满意（次）"


# They fall due at some hour of their day: until the day is over nobody can say how it went.
DUE_MEASURES = frozenset(
    {
        Measure.HANDLE_DUE, Measure.HANDLED_OF_DUE, Measure.HANDLED_IN_TIME, Measure.HANDLE_OVERDUE, Measure.EXTENDED,
        Measure.CLOSING_DUE, Measure.CLOSED_OF_DUE, Measure.CLOSING_JUDGED, Measure.CLOSED_IN_TIME, Measure.REWORKED,
        Measure.RESPONSE_DUE, Measure.RESPONDED_IN_TIME,
    }
)  # fmt: skip


# The checks of key places, 次: no lines of cases, but sums of their own, dated by the Sunday of their week.
CHECK_COLUMNS = ("checks_planned", "checks_done")


class Dimension(models.TextChoices):
    """By what the sums are kept apart."""

    ALL = "all", "全街道"
    SOURCE = "source", "来源"
    MAJOR = "major", "大类"
    CATEGORY = "category", "小类"
    COMMUNITY = "community", "社区"
    GRID = "grid", "网格"
    DEPARTMENT = "department", "承办单位"


class CaseFact(models.Model):
    """One thing that one case adds to one day (Asia/Shanghai): the line behind a figure.

    `department` is who had the case then; `minutes` (of 处置完成) is the time from dispatch to the hand-in that stood.
    """

    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="+", verbose_name="案件")
    measure = models.CharField("计数项", max_length=24, choices=Measure.choices)
    nth = models.PositiveSmallIntegerField("第几次")
    day = models.DateField("日期")
    department = models.ForeignKey(
        "accounts.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="承办单位"
    )
    minutes = models.PositiveIntegerField("处置用时（分）", default=0)

    objects = CaseFactQuerySet.as_manager()

    class Meta:
        verbose_name = "计数明细"
        verbose_name_plural = "计数明细"
        constraints = [
            models.UniqueConstraint(fields=["case", "measure", "nth"], name="a_case_counts_a_thing_once")
        ]
        indexes = [
            models.Index(fields=["measure", "day"], name="fact_line_by_day"),
            models.Index(fields=["day"], name="fact_line_of_a_day"),
        ]


class Counters(models.Model):
    """Sums of one span for one key of one dimension: a column for each measure, and minutes spent handling."""

    day = models.DateField("日期")
    dimension = models.CharField("维度", max_length=10, choices=Dimension.choices)
    key = models.CharField("键", max_length=20, blank=True)
    handled_minutes = models.PositiveBigIntegerField("处置用时（分）", default=0)
    checks_planned = models.PositiveIntegerField("应查点位（次）", default=0)
    checks_done = models.PositiveIntegerField("已查点位（次）", default=0)

    objects = CountersQuerySet.as_manager()

    class Meta:
        abstract = True


for _measure in Measure:
    Counters.add_to_class(_measure.value, models.PositiveIntegerField(_measure.label, default=0))


class DailyFact(Counters):
    """The sums of one day."""

    class Meta:
        verbose_name = "每日事实"
        verbose_name_plural = "每日事实"
        constraints = [
            models.UniqueConstraint(fields=["dimension", "day", "key"], name="a_day_is_summed_once"),
        ]
        indexes = [
            models.Index(fields=["day"], name="daily_fact_by_day"),
            models.Index(
                fields=["dimension", "key", "day"], condition=Q(handle_overdue__gt=0), name="daily_fact_overdue"
            ),
        ]


class MonthlyFact(Counters):
    """The sums of one month; `day` is its first."""

    class Meta:
        verbose_name = "每月事实"
        verbose_name_plural = "每月事实"
        constraints = [
            models.UniqueConstraint(fields=["dimension", "day", "key"], name="a_month_is_summed_once"),
        ]


class CountedCase(models.Model):
    """How much of a case's story its lines say: what has more events by now is counted again."""

    case = models.OneToOneField("cases.Case", models.CASCADE, primary_key=True, related_name="+", verbose_name="案件")
    event_count = models.PositiveIntegerField("已计事件数")

    class Meta:
        verbose_name = "已计案件"
        verbose_name_plural = "已计案件"


class FactMark(models.Model):
    """How far the facts follow events and weeks of checks: one row, held while facts are written."""

    seen_until = models.DateTimeField("已计到", null=True, blank=True)
    rolled_at = models.DateTimeField("计数时间", null=True, blank=True)
    checks_until = models.DateField("点位检查已计到", null=True, blank=True)

    class Meta:
        verbose_name = "计数进度"
        verbose_name_plural = "计数进度"
