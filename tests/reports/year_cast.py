"""What the tests of the year begin with: a small 2016 with something in every ledger."""
from datetime import date
from decimal import Decimal

from campaigns import plans
from campaigns.entries import record_entry
from campaigns.models import EntryKind, PatrolLog
from campaigns.seeding import seed_kinds
from cases.states import Source
from coal_to_electric.seeding import seed_equipment, seed_limits, seed_policies
from reports import facts, received
from reports.bulletins.registering import PastIssue, register_past
from tests.campaigns.agreement_cast import list_party, make_text, make_unit
from tests.campaigns.agreement_cast import walk as sign
from tests.campaigns.walk import make_structure, walk
from tests.coal_to_electric.make import bring, make_household, make_programme
from tests.make import NOW, make_case, make_department, moment, move


def make_year(*, admin, chief, clerk, dispatcher, petition_officer, category, xijing) -> None:
    """One or two rows of everything that the year's report tells."""
    make_department("公安", code="D09", resident_in_centre=True)
    _agreements(admin, clerk, xijing)
    _cases(dispatcher, petition_officer, category)
    _campaign(clerk, xijing)
    _households(clerk, xijing)
    _patrols(xijing)
    issue = PastIssue(1, date(2016, 1, 4), "关于督查情况的通报", "日常督查", "各社区", 3, 2, "指挥中心", "各社区", 2)
    register_past([issue], by=chief, at=NOW)
    how = {"by": chief, "at": NOW, "source_document": "工作总结"}
    received.enter_ranking(period="2016Q2", score=None, rank=1, of=9, words="", **how)
    received.enter_ranking(period="2016-05", score=None, rank=None, of=9, words="稳定前四名", **how)
    received.enter_honour(name="先进单位", holder="苹果园街道", year=2016, **how)


def _agreements(admin, clerk, xijing) -> None:
    text = make_text(admin)
    station = make_department("司法所", kind="station", code="K01")
    for party in ({"organisation": make_unit(xijing)}, {"department": xijing.department}, {"department": station}):
        sign(list_party(text, admin, **party), "signed", admin=admin, clerk=clerk)


def _cases(dispatcher, petition_officer, category) -> None:
    at = moment("2016-11-21 09:30")
    for source in Source:
        by = petition_officer if source == Source.PETITION else dispatcher
        case = make_case(by, source=source, at=at)
        move("accept", case, by, at=at, category=category)
    facts.roll_up(at=NOW)


def _campaign(clerk, xijing) -> None:
    seed_kinds()
    campaign = plans.keep_campaign(
        by=clerk, at=NOW, slug="zhiluan", name="治乱疏解建高端", starts_on=date(2015, 11, 19),
        deadline=date(2016, 11, 15), completed_on=date(2016, 11, 11),
    )  # fmt: skip
    walk(make_structure(clerk, xijing, campaign=campaign), clerk)
    other = make_structure(clerk, xijing, campaign=campaign, place="河湖仓库", number="WJ2016-900")
    walk(other, clerk, demolished_area_m2=Decimal("79.86"), vacated_land_m2=Decimal("80.4"), relocated_people=3)
    make_structure(clerk, xijing, campaign=campaign, place="还没有拆的棚")
    record_entry(
        EntryKind.objects.get(slug="garbage"), by=clerk, at=NOW, campaign=campaign, happened_on=date(2016, 3, 21),
        place="苹二小区", community=xijing, quantity=Decimal("12.5"),
    )  # fmt: skip


def _households(clerk, xijing) -> None:
    seed_limits()
    seed_policies(seed_equipment())
    programme = make_programme()
    for _ in range(2):
        bring(make_household(programme, clerk, xijing), "accept", clerk)
    make_household(programme, clerk, xijing)


def _patrols(xijing) -> None:
    for day, persons in ((date(2016, 11, 15), 20), (date(2017, 1, 15), 12), (date(2016, 3, 1), 500)):
        PatrolLog.objects.create(
            number=f"XC{day:%Y%m%d}A", date=day, shift="day", team=xijing.department, started_at=NOW, ended_at=NOW,
            persons=persons, vehicles=4, sites_inspected=2, stoves_seized=5, briquettes_seized=60, unlicensed_banned=1,
        )  # fmt: skip
