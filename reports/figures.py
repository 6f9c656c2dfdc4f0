"""Every number that the street tells, defined once: one function each, its formula, unit and source in its docstring.

The docstring is what the "?" beside the number says. A figure is computed from sums of facts; the lines behind it are
found by the same measures, so that every number opens exactly the rows that make it. A rate whose denominator is zero
is None and shows as "–". Sources: domain guide §2g (GB/T 30428.4 绩效评价, 数字城管 practice), §2h (接诉即办).
"""
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, TextChoices

from reports import books
from reports.books import Scope, Sums
from reports.models import CHECK_COLUMNS, CaseFact, Dimension, Measure
from reports.periods import Period
from reports.querysets import CaseFactQuerySet

__all__ = ["FIGURES", "Figure", "Part", "Scope", "Sums", "Value", "rows", "share", "sums_of", "table", "value"]


class Part(TextChoices):
    """Which lines of a figure."""

    TOP = "top", "分子"
    BOTTOM = "bottom", "分母"


@dataclass(frozen=True)
class Figure:
    """One number: how it is called, measured and explained. `good` is the way in which it should go."""

    key: str
    name: str
    unit: str
    top: str  # the measure that is counted, or the numerator
    bottom: str  # the denominator's measure; empty for a plain count
    good: str  # "up", "down" or ""
    compute: Callable[[Sums], Decimal | int | None]

    @property
    def words(self) -> str:
        """Formula, unit and source, as the screen says them."""
        return "".join(line.strip() for line in (self.compute.__doc__ or "").splitlines())

    @property
    def is_of_checks(self) -> bool:
        """Counted of the checks of key places, whose rows are no cases."""
        return self.top in CHECK_COLUMNS

    @property
    def is_rate(self) -> bool:
        """Shown as a percentage, compared in points."""
        return self.unit == "%"


FIGURES: dict[str, Figure] = {}


def figure(name: str, *, unit: str = "件", top: str, bottom: str = "", good: str = "") -> Callable:
    """Enter a function into the register of figures under its own name."""

    def enter(function: Callable[[Sums], Any]) -> Callable[[Sums], Any]:
        FIGURES[function.__name__] = Figure(function.__name__, name, unit, top, bottom, good, function)
        return function

    return enter


def share(part: int, whole: int) -> Decimal | None:
    """Per cent; nothing of nothing is not a number."""
    return Decimal(100 * part) / Decimal(whole) if whole else None


# --- counts --------------------------------------------------------------------------------------------------------


@figure("上报数", top=Measure.REPORTED)
def reported(of: Sums) -> int:
    """上报数 = 本期上报、登记和立查立改的件数。单位：件。来源：办理记录“上报”“立查立改”。"""
    return of.reported


@figure("受理数", top=Measure.ACCEPTED)
def accepted(of: Sums) -> int:
    """受理数 = 本期受理的件数，立查立改视同受理，即有效上报数。单位：件。来源：办理记录“受理”。"""
    return of.accepted


@figure("立案数", top=Measure.REGISTERED)
def registered(of: Sums) -> int:
    """立案数 = 本期立案的件数，立查立改视同立案。单位：件。来源：办理记录“立案”。"""
    return of.registered


@figure("派遣次数", unit="次", top=Measure.DISPATCHED)
def dispatched(of: Sums) -> int:
    """派遣次数 = 本期派遣的次数，撤销的不计，退回后再派另计。单位：次。来源：办理记录“派遣”。"""
    return of.dispatched


@figure("退回次数", unit="次", top=Measure.RETURNED, good="down")
def returned(of: Sums) -> int:
    """退回次数 = 本期承办单位退回的次数。单位：次。来源：办理记录“退回”。"""
    return of.returned


@figure("处置数", top=Measure.HANDLED)
def handled(of: Sums) -> int:
    """处置数 = 本期交办结果且未被返工推翻的件数。单位：件。来源：办理记录“提交反馈”。"""
    return of.handled


@figure("应处置数", top=Measure.HANDLE_DUE)
def handle_due(of: Sums) -> int:
    """应处置数 = 处置时限落在本期的件数，含以前受理的，挂账和已退回、并案、作废的不计；当天到期的次日计入。
    单位：件。来源：处置时钟。"""
    return of.handle_due


@figure("应结案数", top=Measure.CLOSING_DUE)
def closing_due(of: Sums) -> int:
    """应结案数 = 应结案时限落在本期的件数，没有应结案时限的按处置时限计，挂账不计。
    单位：件。来源：应结案时钟、处置时钟。"""
    return of.closing_due


@figure("结案数", top=Measure.CLOSED)
def closed(of: Sums) -> int:
    """结案数 = 本期结案的件数；以后重开的，原结案仍计入当月。单位：件。来源：办理记录“结案”。"""
    return of.closed


@figure("反弹数", top=Measure.REOPENED, good="down")
def reopened(of: Sums) -> int:
    """反弹数 = 本期结案后又重开的件数。单位：件。来源：办理记录“重开”。"""
    return of.reopened


@figure("督办数", top=Measure.SUPERVISED)
def supervised(of: Sums) -> int:
    """督办数 = 本期列入督办的件数，同一次督办升级不重复计。单位：件。来源：办理记录“督办”。"""
    return of.supervised


@figure("有效回访", unit="次", top=Measure.CALLED_BACK)
def called_back(of: Sums) -> int:
    """有效回访 = 本期接通的回访次数。单位：次。来源：回访记录。"""
    return of.called_back


@figure("超期未办", top="overdue_open", good="down")
def overdue_open(of: Sums) -> int | None:
    """超期未办 = 期末处置时限已过、尚未交办结果的件数，挂账不计；进行中的周期截至昨日。单位：件。来源：处置时钟。"""
    return of["overdue_open"]


# --- rates ---------------------------------------------------------------------------------------------------------


@figure("立案率", unit="%", top=Measure.ACCEPTED_REGISTERED, bottom=Measure.ACCEPTED, good="up")
def registration_rate(of: Sums) -> Decimal | None:
    """立案率 = 本期受理件中已立案的件数 ÷ 本期受理数（有效上报数）。单位：%。来源：办理记录；GB/T 30428.4。"""
    return share(of.accepted_registered, of.accepted)


@figure("按期立案率", unit="%", top=Measure.REGISTERED_IN_TIME, bottom=Measure.REGISTER_JUDGED, good="up")
def registration_on_time(of: Sums) -> Decimal | None:
    """按期立案率 = 按期立案数 ÷ 立案数；立案时间为推定的不计。单位：%。来源：立案时钟。"""
    return share(of.registered_in_time, of.register_judged)


@figure("准确派遣率", unit="%", top=Measure.DISPATCHED_RIGHT, bottom=Measure.DISPATCHED, good="up")
def dispatch_accuracy(of: Sums) -> Decimal | None:
    """准确派遣率 = 本期派遣中未被退回的次数 ÷ 派遣次数。单位：%。来源：办理记录“派遣”“退回”。"""
    return share(of.dispatched_right, of.dispatched)


@figure("处置率", unit="%", top=Measure.HANDLED_OF_DUE, bottom=Measure.HANDLE_DUE, good="up")
def handling_rate(of: Sums) -> Decimal | None:
    """处置率 = 应处置件中至今已处置的件数 ÷ 应处置数。单位：%。来源：处置时钟；GB/T 30428.4。"""
    return share(of.handled_of_due, of.handle_due)


@figure("按期处置率", unit="%", top=Measure.HANDLED_IN_TIME, bottom=Measure.HANDLE_DUE, good="up")
def handling_on_time(of: Sums) -> Decimal | None:
    """按期处置率 = 最终处置不晚于处置时限的件数 ÷ 应处置数。单位：%。来源：处置时钟；GB/T 30428.4。"""
    return share(of.handled_in_time, of.handle_due)


@figure("结案率", unit="%", top=Measure.CLOSED_OF_DUE, bottom=Measure.CLOSING_DUE, good="up")
def closing_rate(of: Sums) -> Decimal | None:
    """结案率 = 应结案件中至今已结案的件数 ÷ 应结案数。单位：%。来源：应结案时钟；GB/T 30428.4。"""
    return share(of.closed_of_due, of.closing_due)


@figure("按期结案率", unit="%", top=Measure.CLOSED_IN_TIME, bottom=Measure.CLOSING_JUDGED, good="up")
def closing_on_time(of: Sums) -> Decimal | None:
    """按期结案率 = 结案不晚于应结案时限的件数 ÷ 有应结案时限的应结案数；办理时间为推定的不计。
    单位：%。来源：应结案时钟。"""
    return share(of.closed_in_time, of.closing_judged)


@figure("返工率", unit="%", top=Measure.REWORKED, bottom=Measure.CLOSING_DUE, good="down")
def rework_rate(of: Sums) -> Decimal | None:
    """返工率 = 应结案件中有过返工的件数 ÷ 应结案数。单位：%。来源：办理记录“返工”；GB/T 30428.4。"""
    return share(of.reworked, of.closing_due)


@figure("退回率", unit="%", top=Measure.RETURNED, bottom=Measure.DISPATCHED, good="down")
def return_rate(of: Sums) -> Decimal | None:
    """退回率 = 本期退回次数 ÷ 本期派遣次数。单位：%。来源：办理记录“退回”“派遣”。"""
    return share(of.returned, of.dispatched)


@figure("超期待处置率", unit="%", top=Measure.HANDLE_OVERDUE, bottom=Measure.HANDLE_DUE, good="down")
def overdue_rate(of: Sums) -> Decimal | None:
    """超期待处置率 = 应处置件中至今没有处置的件数 ÷ 应处置数。单位：%。来源：处置时钟；GB/T 30428.4。"""
    return share(of.handle_overdue, of.handle_due)


@figure("延期率", unit="%", top=Measure.EXTENDED, bottom=Measure.HANDLE_DUE, good="down")
def extension_rate(of: Sums) -> Decimal | None:
    """延期率 = 应处置件中批准过延期的件数 ÷ 应处置数。单位：%。来源：办理记录“批准延期”；GB/T 30428.4。"""
    return share(of.extended, of.handle_due)


@figure("督办率", unit="%", top=Measure.SUPERVISED, bottom=Measure.REGISTERED)
def supervision_rate(of: Sums) -> Decimal | None:
    """督办率 = 本期督办数 ÷ 本期立案数。单位：%。来源：办理记录“督办”“立案”。"""
    return share(of.supervised, of.registered)


@figure("反弹率", unit="%", top=Measure.REOPENED, bottom=Measure.REGISTERED, good="down")
def recurrence_rate(of: Sums) -> Decimal | None:
    """反弹率 = 本期反弹数 ÷ 本期立案数。单位：%。来源：办理记录“重开”“立案”。"""
    return share(of.reopened, of.registered)


@figure("公众举报占比", unit="%", top=Measure.REGISTERED_PUBLIC, bottom=Measure.REGISTERED)
def public_share(of: Sums) -> Decimal | None:
    """公众举报占比 = 随手拍、热线、信访的立案数 ÷ 本期立案数。单位：%。来源：案件来源。"""
    return share(of.registered_public, of.registered)


@figure("平均处置时长", unit="小时", top=Measure.HANDLED, good="down")
def mean_handling(of: Sums) -> Decimal | None:
    """平均处置时长 = 本期处置件从派遣到交办结果的时间之和 ÷ 本期处置数，按自然时间。
    单位：小时。来源：办理记录“派遣”“提交反馈”。"""
    return Decimal(of.handled_minutes) / 60 / of.handled if of.handled else None


@figure("响应率", unit="%", top=Measure.RESPONDED_IN_TIME, bottom=Measure.RESPONSE_DUE, good="up")
def response_rate(of: Sums) -> Decimal | None:
    """响应率 = 规定时限内首次答复诉求人的热线件 ÷ 应响应的热线件。单位：%。来源：热线响应时限；接诉即办。"""
    return share(of.responded_in_time, of.response_due)


@figure("解决率", unit="%", top=Measure.SOLVED, bottom=Measure.CALLED_BACK, good="up")
def resolution_rate(of: Sums) -> Decimal | None:
    """解决率 = 回访确认已解决的次数 ÷ 有效回访。单位：%。来源：回访记录；接诉即办。"""
    return share(of.solved, of.called_back)


@figure("满意率", unit="%", top=Measure.SATISFIED, bottom=Measure.RATED, good="up")
def satisfaction_rate(of: Sums) -> Decimal | None:
    """满意率 = 回访满意和基本满意的次数 ÷ 评价了满意度的有效回访。单位：%。来源：回访记录；接诉即办。"""
    return share(of.satisfied, of.rated)


@figure("巡查到位率", unit="%", top="checks_done", bottom="checks_planned", good="up")
def patrol_rate(of: Sums) -> Decimal | None:
    """巡查到位率 = 重点点位已查次数 ÷ 应查次数，一周计入周日所在的周期；同一点位半天算一次，多查的不抵别处。
    单位：%。来源：检查计划、点位检查。"""
    return share(of.checks_done, of.checks_planned)


def shown(number: Decimal | int | None, *, sign: bool = False) -> str:
    """A figure's number in digits; with its sign when it is a difference."""
    if number is None:
        return "–"
    plus = "+" if sign else ""
    text = f"{number:{plus},}" if isinstance(number, int) else f"{round(number, 1):{plus},.1f}"
    return text.replace("-", "−")


# --- asking --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Value:
    """A figure as it stands: the number, and what it was made of."""

    figure: Figure
    number: Decimal | int | None
    top: int | None
    bottom: int | None

    @classmethod
    def of(cls, one: Figure, sums: Sums) -> "Value":
        """From sums."""
        return cls(one, one.compute(sums), sums[one.top], sums[one.bottom] if one.bottom else None)

    @property
    def shown(self) -> str:
        """The number as the screen writes it: thousands, one decimal for rates and hours, "–" for no number."""
        return shown(self.number)

    @property
    def words(self) -> str:
        """Name, number and unit in one line."""
        unit = "" if self.number is None else "%" if self.figure.is_rate else f" {self.figure.unit}"
        return f"{self.figure.name} {self.shown}{unit}"

    def since(self, before: "Value") -> Decimal | int | None:
        """How much more than before; points for a rate. Unknown when either is."""
        if self.number is None or before.number is None:
            return None
        return self.number - before.number


def sums_of(period: Period, *, today: date, scope: Scope | None = None) -> Sums:
    """All counters of a scope and period."""
    scope = scope or Scope()
    if not scope.is_summed:
        return books.crossed_sums(scope, period, today=today)
    dimension, key = scope.parts[0] if scope.parts else (Dimension.ALL, "")
    return books.summed((dimension,), period, today=today, keys=(key,))[dimension][key]


def value(key: str, *, period: Period, today: date, scope: Scope | None = None) -> Value:
    """One figure of a scope and period."""
    return Value.of(FIGURES[key], sums_of(period, today=today, scope=scope))


def table(keys: Iterable[str], *, dimension: str, period: Period, today: date) -> dict[str, dict[str, Value]]:
    """Key of the dimension → figure → value: by source, category, community, department, grid."""
    figures = [FIGURES[key] for key in keys]
    found = books.summed((dimension,), period, today=today)[dimension]
    return {key: {one.key: Value.of(one, sums) for one in figures} for key, sums in found.items()}


def rows(
    key: str, *, period: Period, today: date, part: str = Part.TOP, scope: Scope | None = None, user: Any = None
) -> CaseFactQuerySet:
    """The lines that make a figure's numerator or its denominator; with a user, those of cases that one may know of."""
    one, scope = FIGURES[key], scope or Scope()
    measure = one.bottom if part == Part.BOTTOM else one.top
    if measure == "overdue_open":
        lines = books.overdue_lines(scope, period, today=today)
        lines = CaseFact.objects.none() if lines is None else lines
    else:
        last = books.last_counted(measure, period.last, today)
        lines = scope.lines(CaseFact.objects.of(measure).between(period.first, last))
    return lines if user is None else lines.visible_to(user)


# --- how long overdue ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Age:
    """A group of 超期未办: by how many days they are over the limit, both included."""

    least: int
    most: int | None

    @property
    def key(self) -> str:
        """Its name in addresses."""
        return str(self.least)

    @property
    def words(self) -> str:
        """As the screen says it."""
        return f"{self.least}–{self.most} 天" if self.most else f"{self.least - 1} 天以上"

    def __contains__(self, days: int) -> bool:
        return days >= self.least and (self.most is None or days <= self.most)


AGES = (Age(1, 3), Age(4, 7), Age(8, 30), Age(31, None))


def age_of(days: int) -> Age:
    """The group of so many days."""
    return next(age for age in AGES if days in age)


def overdue_ages(period: Period, *, today: date, scope: Scope | None = None) -> list[tuple[Age, int]]:
    """超期未办 by how long, for a period that runs; of a past one only how many there were was kept."""
    if period.last < today:
        return []
    days = rows("overdue_open", period=period, today=today, scope=scope).order_by().values_list("day")
    numbers = [((today - day).days, number) for day, number in days.annotate(Count("pk"))]
    return [(age, sum(number for days, number in numbers if days in age)) for age in AGES]
