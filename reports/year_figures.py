"""The year in numbers: every figure of the street's yearly report, computed from the ledgers beside what was printed.

One function a figure: it says which rows of which ledger make it, in the ledger's own words, and its docstring is the
formula on the screen. The number is the count of these rows or the sum of one of their columns, so that what a number
opens always adds up to it. Nothing here is a constant of any year.
"""
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum

from accounts.models import Department
from campaigns.models import Agreement, Campaign, Entry, PatrolLog, Structure
from campaigns.progress import days_of
from campaigns.querysets.sums import exact
from cases.states import Source
from coal_to_electric.models import Household, Programme
from grid.models import Community
from reports import year_sheets as sheets
from reports.figures import share
from reports.models import Bulletin, CaseFact, DistrictRanking, Honour, Measure
from reports.models.bulletins import NUMBERED, SERIES
from reports.periods import Period
from reports.year_sheets import Sheet

TENTH = Decimal("0.1")
Rows = Callable[[Period], QuerySet]


@dataclass(frozen=True)
class YearFigure:
    """One number of the year. `amount` is the column that is summed, empty for a count.

    `measure` reckons it otherwise; `tell` says it in words where there is no one number.
    """

    key: str
    group: str
    name: str
    unit: str
    sheet: Sheet
    rows: Rows
    amount: str = ""
    over: str = ""  # the figure of which this one is told as the share above it (超额)
    measure: Callable[[Period], int | None] | None = None
    tell: Callable[[Period], str] | None = None

    @property
    def words(self) -> str:
        """Formula and source, as the screen says them."""
        return "".join(line.strip() for line in (self.rows.__doc__ or "").splitlines())

    def total(self, year: Period) -> Decimal | int:
        """The count of its rows, or the sum of their column."""
        rows = self.rows(year)
        if not self.amount:
            return rows.count()
        found = rows.order_by().aggregate(total=Sum(self.amount))["total"] or 0
        return exact(found) if isinstance(found, Decimal) else found

    def compute(self, year: Period) -> Decimal | int | None:
        """The number itself; nothing where only words can be told."""
        if self.measure or self.tell:
            return self.measure(year) if self.measure else None
        done = self.total(year)
        if not self.over:
            return done
        whole = FIGURES[self.over].total(year)
        rate = share(int(done - whole), int(whole))
        return None if rate is None else rate.quantize(TENTH)


FIGURES: dict[str, YearFigure] = {}


def figure(group: str, name: str, unit: str, sheet: Sheet, **more: Any) -> Callable[[Rows], Rows]:
    """Enter a function into the register of the year's figures under its own name."""

    def enter(rows: Rows) -> Rows:
        FIGURES[rows.__name__] = YearFigure(rows.__name__, group, name, unit, sheet, rows, **more)
        return rows

    return enter


# --- 组织与责任 ------------------------------------------------------------------------------------------------------


@figure("组织与责任", "社区", "个", sheets.COMMUNITIES)
def communities(year: Period) -> QuerySet:
    """社区 = 网格台账里现有的社区个数。来源：网格地图。"""
    return Community.objects.all()


@figure("组织与责任", "常驻指挥中心部门", "个", sheets.UNITS)
def resident_departments(year: Period) -> QuerySet:
    """常驻指挥中心部门 = 登记为常驻指挥中心的在用部门个数。来源：部门表。"""
    return Department.objects.active().filter(resident_in_centre=True)


def _signed(year: Period, kind: str) -> QuerySet:
    return Agreement.objects.filter(template__year=year.first.year).signed().of_party_kind(kind)


@figure("组织与责任", "签订责任书的社会单位", "家", sheets.AGREEMENTS)
def signed_units(year: Period) -> QuerySet:
    """签订责任书的社会单位 = 本年度责任书中社会单位已签订的份数。来源：责任书台账。"""
    return _signed(year, "organisation")


@figure("组织与责任", "签订责任书的社区", "个", sheets.AGREEMENTS)
def signed_communities(year: Period) -> QuerySet:
    """签订责任书的社区 = 本年度责任书中社区已签订的份数。来源：责任书台账。"""
    return _signed(year, "community")


@figure("组织与责任", "签订责任书的科队站所", "个", sheets.AGREEMENTS)
def signed_stations(year: Period) -> QuerySet:
    """签订责任书的科队站所 = 本年度责任书中科队站所已签订的份数。来源：责任书台账。"""
    return _signed(year, "station")


# --- 办理 ----------------------------------------------------------------------------------------------------------


def _accepted(year: Period, source: str) -> QuerySet:
    return CaseFact.objects.of(Measure.ACCEPTED).between(year.first, year.last).filter(case__source=source)


@figure("办理", "市、区两级监管通知单", "件", sheets.FACTS)
def notices(year: Period) -> QuerySet:
    """监管通知单 = 本年受理的市、区两级监管通知单件数。来源：案件。"""
    return _accepted(year, Source.NOTICE)


@figure("办理", "信访", "件", sheets.FACTS)
def petitions(year: Period) -> QuerySet:
    """信访 = 本年受理的信访件数。来源：案件；信访件只列给有权查看的人。"""
    return _accepted(year, Source.PETITION)


@figure("办理", "政风行风热线", "件", sheets.FACTS)
def hotline(year: Period) -> QuerySet:
    """政风行风热线 = 本年受理的热线件数。来源：案件。"""
    return _accepted(year, Source.HOTLINE)


@figure("办理", "转办单", "件", sheets.FACTS)
def transfers(year: Period) -> QuerySet:
    """转办单 = 本年受理的转办单件数。来源：案件。"""
    return _accepted(year, Source.TRANSFER)


@figure("办理", "微信办理", "件", sheets.FACTS)
def snaps(year: Period) -> QuerySet:
    """微信办理 = 本年受理的微信随手拍件数。来源：案件。"""
    return _accepted(year, Source.SNAP)


@figure("办理", "网格系统事件", "件", sheets.FACTS)
def grid_events(year: Period) -> QuerySet:
    """网格系统事件 = 本年受理的网格事件件数。来源：案件。"""
    return _accepted(year, Source.GRID)


@figure("办理", "督查通报", "期", sheets.BULLETINS)
def bulletins(year: Period) -> QuerySet:
    """督查通报 = 本年文号中已签发和原表登记的期数，作废的不计。来源：督查通报。"""
    return Bulletin.objects.numbered(series=SERIES, year=year.first.year).filter(state__in=NUMBERED)


# --- 治乱疏解 -------------------------------------------------------------------------------------------------------


def _campaigns(year: Period) -> QuerySet:
    """Those that came to their end in the year; what they did before it counts, as the report tells them whole."""
    return Campaign.objects.filter(completed_on__range=(year.first, year.last))


def _demolished(year: Period) -> QuerySet:
    return Structure.objects.filter(campaign__in=_campaigns(year)).written_off()


@figure("治乱疏解", "行动历时", "天", sheets.CAMPAIGNS, tell=lambda year: _days_words(year))
def days(year: Period) -> QuerySet:
    """行动历时 = 本年收官的专项行动从开始日到完成日的天数，首尾相差和首尾都算两种数法都列出。来源：专项行动。"""
    return _campaigns(year)


def _days_words(year: Period) -> str:
    spans = [days_of(row, on=year.last) for row in _campaigns(year).order_by("starts_on", "pk")]
    return "；".join(f"{span.apart} 天（首尾相差）、{span.inclusive} 天（首尾都算）" for span in spans)


@figure("治乱疏解", "提前完成", "天", sheets.CAMPAIGNS, measure=lambda year: _early(year),
        tell=lambda year: _early_words(year))  # fmt: skip
def days_early(year: Period) -> QuerySet:
    """提前完成 = 要求完成日 − 完成日。来源：专项行动。"""
    return _campaigns(year).filter(deadline__isnull=False)


def _early(year: Period) -> int | None:
    """Of several campaigns there is no one number; they are told in words."""
    rows = list(days_early(year)[:2])
    return days_of(rows[0], on=year.last).early if len(rows) == 1 else None


def _early_words(year: Period) -> str:
    rows = days_early(year).order_by("starts_on", "pk")
    return "；".join(f"{days_of(row, on=year.last).early} 天" for row in rows)


@figure("治乱疏解", "腾退土地", "㎡", sheets.STRUCTURES, amount="vacated_land_m2")
def land(year: Period) -> QuerySet:
    """腾退土地 = 本年收官的专项行动中已销账违建的腾退土地面积之和。来源：违建台账。"""
    return _demolished(year)


@figure("治乱疏解", "拆除违法建筑", "㎡", sheets.STRUCTURES, amount="demolished_area_m2")
def demolished(year: Period) -> QuerySet:
    """拆除违法建筑 = 本年收官的专项行动中已销账违建的已拆建筑面积之和。来源：违建台账。"""
    return _demolished(year)


@figure("治乱疏解", "疏解流动人口", "人", sheets.STRUCTURES, amount="relocated_people")
def people(year: Period) -> QuerySet:
    """疏解流动人口 = 本年收官的专项行动中已销账违建的疏解人口之和。来源：违建台账。"""
    return _demolished(year)


def _end(year: Period, *order: str) -> QuerySet:
    found = _demolished(year).filter(demolished_on__isnull=False).order_by(*order)
    return Structure.objects.filter(pk__in=list(found.values_list("pk", flat=True)[:1]))


@figure("治乱疏解", "首处拆除建筑面积", "㎡", sheets.STRUCTURES, amount="demolished_area_m2")
def first_demolished(year: Period) -> QuerySet:
    """首处拆除建筑面积 = 行动中拆除日期最早一处违建的已拆建筑面积。来源：违建台账。"""
    return _end(year, "demolished_on", "number")


@figure("治乱疏解", "首处腾退土地", "㎡", sheets.STRUCTURES, amount="vacated_land_m2")
def first_land(year: Period) -> QuerySet:
    """首处腾退土地 = 行动中拆除日期最早一处违建的腾退土地面积。来源：违建台账。"""
    return _end(year, "demolished_on", "number")


@figure("治乱疏解", "末处拆除建筑面积", "㎡", sheets.STRUCTURES, amount="demolished_area_m2")
def last_demolished(year: Period) -> QuerySet:
    """末处拆除建筑面积 = 行动中拆除日期最晚一处违建的已拆建筑面积。来源：违建台账。"""
    return _end(year, "-demolished_on", "-number")


@figure("治乱疏解", "协助清运垃圾", "吨", sheets.ENTRIES, amount="quantity")
def garbage(year: Period) -> QuerySet:
    """协助清运垃圾 = 本年清运垃圾记录的吨数之和，作废的不计。来源：专项整治记录。"""
    return Entry.objects.counted().of_kind("garbage").happened_between(year.first, year.last)


# --- 煤改电 ---------------------------------------------------------------------------------------------------------


@figure("煤改电", "符合条件", "户", sheets.HOUSEHOLDS)
def eligible(year: Period) -> QuerySet:
    """符合条件 = 本采暖季摸底认定符合条件的户数，后来退出的也计。来源：煤改电台账。"""
    return Household.objects.of_season(year.first.year).eligible()


@figure("煤改电", "完成", "户", sheets.HOUSEHOLDS)
def completed(year: Period) -> QuerySet:
    """完成 = 本采暖季已通电、已验收且没有退出的户数，含增补。来源：煤改电台账。"""
    return Household.objects.of_season(year.first.year).completed()


@figure("煤改电", "超额完成", "%", sheets.HOUSEHOLDS, over="eligible")
def over_fulfilled(year: Period) -> QuerySet:
    """超额完成 =（完成户数 − 符合条件户数）÷ 符合条件户数，下列为完成的户。来源：煤改电台账。"""
    return completed(year)


# --- 蓝天行动 -------------------------------------------------------------------------------------------------------


def _outings(year: Period) -> QuerySet:
    """The outings of the heating season that begins in the year."""
    season = Programme.objects.filter(season=year.first.year).first()
    logs = PatrolLog.objects
    return logs.between(season.heating_from, season.heating_to) if season else logs.none()


@figure("蓝天行动", "出动执法人员", "人次", sheets.PATROLS, amount="persons")
def persons(year: Period) -> QuerySet:
    """出动执法人员 = 本采暖季巡查日志的出动人次之和。来源：巡查日志。"""
    return _outings(year)


@figure("蓝天行动", "出动执法车辆", "台次", sheets.PATROLS, amount="vehicles")
def vehicles(year: Period) -> QuerySet:
    """出动执法车辆 = 本采暖季巡查日志的出动车次之和。来源：巡查日志。"""
    return _outings(year)


@figure("蓝天行动", "检查工地", "个次", sheets.PATROLS, amount="sites_inspected")
def sites(year: Period) -> QuerySet:
    """检查工地 = 本采暖季巡查日志的检查工地个次之和。来源：巡查日志。"""
    return _outings(year)


@figure("蓝天行动", "查没小煤炉", "个", sheets.PATROLS, amount="stoves_seized")
def stoves(year: Period) -> QuerySet:
    """查没小煤炉 = 本采暖季巡查日志的收缴小煤炉之和，不含煤改电回收的炉具。来源：巡查日志。"""
    return _outings(year)


@figure("蓝天行动", "收缴蜂窝煤", "块", sheets.PATROLS, amount="briquettes_seized")
def briquettes(year: Period) -> QuerySet:
    """收缴蜂窝煤 = 本采暖季巡查日志的收缴蜂窝煤之和，不含煤改电回收的蜂窝煤。来源：巡查日志。"""
    return _outings(year)


@figure("蓝天行动", "取缔无照经营", "起", sheets.PATROLS, amount="unlicensed_banned")
def unlicensed(year: Period) -> QuerySet:
    """取缔无照经营 = 本采暖季巡查日志的取缔无照经营起数之和。来源：巡查日志。"""
    return _outings(year)


# --- 考评与荣誉 ------------------------------------------------------------------------------------------------------


def _quarters(year: Period) -> Q:
    return Q(period__startswith=f"{year.first.year}Q")


@figure("考评与荣誉", "全区季度考评", "", sheets.RANKINGS, tell=lambda year: _quarter_words(year))
def quarter_rankings(year: Period) -> QuerySet:
    """全区季度考评 = 录入的本年各季度全区名次。来源：区考评来文。"""
    return DistrictRanking.objects.filter(_quarters(year))


def _quarter_words(year: Period) -> str:
    rows = quarter_rankings(year).order_by("period")
    return "；".join(f"{row.period[4:]} {f'第 {row.rank} 名' if row.rank else row.words}" for row in rows)


@figure("考评与荣誉", "每月全区考评", "", sheets.RANKINGS, tell=lambda year: _month_words(year))
def month_rankings(year: Period) -> QuerySet:
    """每月全区考评 = 录入的本年各月全区名次或来文表述。来源：区考评来文。"""
    return DistrictRanking.objects.filter(period__startswith=f"{year.first.year}-")


def _month_words(year: Period) -> str:
    rows = list(month_rankings(year).order_by("period"))
    said = dict.fromkeys(f"第 {row.rank} 名" if row.rank else row.words for row in rows)
    return f"{len(rows)} 个月：{'、'.join(said)}" if rows else ""


@figure("考评与荣誉", "荣誉", "项", sheets.HONOURS)
def honours(year: Period) -> QuerySet:
    """荣誉 = 登记的本年荣誉项数。来源：荣誉登记。"""
    return Honour.objects.filter(year=year.first.year)
