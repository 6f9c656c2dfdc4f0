"""The campaign of 2016 with its 124 structures and 68 loads of garbage, and a campaign of today with every stage.

Every row goes through the ledger's own verbs. Days that the file does not have are derived and marked so in the
story: 认定 on the day of the notice, 验收 and 销账 on the day of demolition. Service of the notices is not in the file,
and stays empty.
"""
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Department, User
from campaigns import entries, ledger, plans
from campaigns.answers import owner_kind_of
from campaigns.lawful import seed_periods
from campaigns.models import Campaign, EntryKind, Structure
from campaigns.seeding import seed_kinds
from campaigns.states import Measure, Mode, PhotoMoment
from config.demo_loading.files import Row, codes, rows
from config.demo_loading.pictures import keep_picture
from grid.models import Community, KeySite, Photo, SiteStatus, UnitGrid

ENFORCER = "石景山区城市管理综合行政执法监察局"  # in 2016 the district enforced and the street organised
AS_WRITTEN_OFF = "演示：以拆除日为销账日"
PLACE_OF = {
    "临街棚亭": "street", "一层外扩": "street", "出租大院": "alley", "院内私建": "alley", "阳光房": "alley",
    "屋顶加建": "alley", "地面二层加建": "alley", "简易棚": "alley",
}  # fmt: skip
CLOSED_ON = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
SOURCE = "苹果园街道 2016 年工作总结"
REPORTED = (
    (Measure.DAYS, "357 天", Decimal(357)), (Measure.DAYS_EARLY, "4 天", Decimal(4)),
    (Measure.DEMOLISHED, "39225.64 ㎡", Decimal("39225.64")), (Measure.LAND, "91670.3 ㎡", Decimal("91670.3")),
    (Measure.PEOPLE, "3321 人", Decimal(3321)),
)  # fmt: skip


class _Street:
    """What a load looks up again and again."""

    def __init__(self, folder: Path, *, at: datetime) -> None:
        self.at = at
        self.clerk = User.objects.get(username="clerk")
        self.communities = {one.code: one for one in Community.objects.without_shapes()}
        self.grids = {one.code: one for one in UnitGrid.objects.without_shapes()}
        self.sites = {one.code: one for one in KeySite.objects.for_list()}
        self.departments = {one.code: one for one in Department.objects.all()}
        self.photos: dict[tuple[str, int], Photo] = {
            (place, moment): keep_picture(folder / "photos" / f"{place}-{moment}.jpg", at=at)
            for place in ("alley", "lot", "street") for moment in (0, 1)
        }  # fmt: skip

    def photo(self, kind: str, moment: int) -> Photo:
        """The picture that stands for such a structure, marked as 演示照片 wherever it is shown."""
        return self.photos[PLACE_OF.get(kind, "lot"), moment]

    def step(self, name: str, structure: Structure, **answers: Any) -> None:
        """One step by the clerk."""
        ledger.make(name, structure, by=self.clerk, at=self.at, **answers)


@transaction.atomic
def load_campaign(folder: Path, *, at: datetime) -> str:
    """The campaign of 2016 with everything that its files have."""
    seed_periods()
    seed_kinds()
    street = _Street(folder, at=at)
    campaign = _campaign_of_2016(street)
    lines = rows(folder, "structures")
    for line in lines:
        _structure_of_2016(campaign, line, street)
    loads = rows(folder, "garbage")
    for line in loads:
        _load_of_garbage(campaign, line, street)
    closed = sum(_closed_market(campaign, site, street) for site in street.sites.values())
    return f"违建 {len(lines)} 处，清运垃圾 {len(loads)} 车次记录，关停马路市场 {closed} 处"


def _campaign_of_2016(street: _Street) -> Campaign:
    campaign = plans.keep_campaign(
        by=street.clerk, at=street.at, slug="zhiluan-2016", name="治乱疏解建高端", starts_on=date(2015, 11, 19),
        deadline=date(2016, 11, 15), completed_on=date(2016, 11, 11), lead=street.departments.get("S01"), is_demo=True,
        plan="精准发力、联动疏解、综合整治：拆除违法建设，关停马路市场，取缔低端大杂院和废品回收站，清运积存垃圾。"
        "区治乱疏解指挥部要求 2016 年 11 月 15 日前完成。",
    )  # fmt: skip
    for measure, words, value in REPORTED:
        plans.note_reported(
            campaign, by=street.clerk, at=street.at, measure=measure, words=words, value=value, source=SOURCE
        )
    return campaign


def _structure_of_2016(campaign: Campaign, line: Row, street: _Street) -> None:
    down, noticed = date.fromisoformat(line["demolished_date"]), date.fromisoformat(line["notice_date"])
    departments = [street.departments[code] for code in codes(line["dept_codes"])]
    area = Decimal(line["demolished_area_m2"])
    structure = ledger.register_structure(
        by=street.clerk, at=street.at, number=line["struct_no"], campaign=campaign, is_demo=True,
        place=line["place"], community=street.communities[line["community_code"]],
        grid=street.grids[line["grid_code"]], site=street.sites.get(line["site_id"]), lon=float(line["lon"]),
        lat=float(line["lat"]), type=line["type"], owner_kind=owner_kind_of(line["owner_kind"]),
        owner_name=line["owner_name"], use=line["use"], construction=line["structure"], storeys=int(line["storeys"]),
        found_on=date.fromisoformat(line["found_date"]), found_source="网格巡查（演示）", project=line["project"],
        responsible=departments[0], note=line["note"], photos=[street.photo(line["type"], 0)],
    )  # fmt: skip
    street.step("determine", structure, on=noticed, floor_area_m2=area, derived=True,
                words="演示：原表没有认定日期，按通知日推定")  # fmt: skip
    street.step("notify", structure, on=noticed, number=line["notice_no"], authority=ENFORCER,
                deadline_on=date.fromisoformat(line["deadline_date"]))  # fmt: skip
    street.step(
        "demolish", structure, on=down, mode=next(mode for mode in Mode if mode.label == line["demolition_mode"]),
        demolished_area_m2=area, vacated_land_m2=Decimal(line["land_vacated_m2"]), departments=departments,
        relocated_people=int(line["people_relocated"]), persons_on_site=int(line["persons_on_site"]),
        machines=int(line["machines"]), after_photos=[street.photo(line["type"], 1)],
    )  # fmt: skip
    street.step("accept", structure, on=down, derived=True, words=AS_WRITTEN_OFF)
    street.step("write_off", structure, on=down, derived=True, words=AS_WRITTEN_OFF)


def _load_of_garbage(campaign: Campaign, line: Row, street: _Street) -> None:
    extra = {
        "垃圾类别": line["garbage_kind"], "车次": line["trips"], "管理单位": line["manager"],
        "清运单位": line["carrier"], "工作": line["work"],
    }  # fmt: skip
    entries.record_entry(
        EntryKind.objects.get(slug="garbage"), by=street.clerk, at=street.at, number=line["record_no"],
        campaign=campaign, happened_on=date.fromisoformat(line["date"]), place=line["compound"],
        community=street.communities[line["community_code"]], grid=street.grids[line["grid_code"]],
        site=street.sites.get(line["site_id"]), lon=float(line["lon"]), lat=float(line["lat"]),
        quantity=Decimal(line["tons"]), extra=extra, is_demo=True,
    )  # fmt: skip


def _closed_market(campaign: Campaign, site: KeySite, street: _Street) -> bool:
    """A market among the key sites that was closed on a day which the file names."""
    day = CLOSED_ON.search(site.note)
    if site.status not in (SiteStatus.CLOSED, SiteStatus.BANNED) or not day:
        return False
    entries.record_entry(
        EntryKind.objects.get(slug="markets"), by=street.clerk, at=street.at, campaign=campaign, is_demo=True,
        happened_on=date(*map(int, day.groups())), place=site.name, community=site.community, grid=site.grid, site=site,
        lon=site.lon, lat=site.lat, quantity=Decimal(1), note=site.note, photos_later=True,
    )  # fmt: skip
    return True


# --- today ------------------------------------------------------------------------------------------------------------

NOW_SLUG = "tisheng"
# place, community, type, use, owner kind, owner, floor area, how far it has come, days since the last step
TODAY = (
    ("西井大街 12 号院门前棚亭", "110107005008", "临街棚亭", "商铺", "landlord", "郝明远", "36.50", "", 3),
    ("海特花园 9 号楼屋顶阳光房", "110107005005", "阳光房", "自住", "resident", "卢霁", "28.00", "", 6),
    ("琅山村 3 排东侧彩钢房", "110107005017", "彩钢房", "仓储", "villager", "薛樾安", "164.20", "determine", 4),
    ("西黄村小区 5 号楼一层外扩", "110107005010", "一层外扩", "餐饮", "landlord", "蒋晗棠", "42.80", "notify", 11),
    ("下庄 7 排院内私建", "110107005013", "院内私建", "出租居住", "villager", "崔砚禾", "88.60", "urge", 9),
    ("刘娘府路北厂房", "110107005014", "小作坊厂房", "小作坊", "company", "某建材部（演示）", "735.00", "decide", 5),
    ("边府路洗车棚", "110107005009", "洗车棚", "汽修", "landlord", "叶昀笙", "120.00", "announce", 8),
    ("苹果园四社区平房夹道棚房", "110107005004", "简易棚", "仓储", "nobody", "", "64.30", "demolish", 2),
    ("西井村南废品分拣棚", "110107005008", "彩钢房", "废品分拣", "landlord", "魏湉蔚", "210.40", "accept", 1),
)  # fmt: skip
BACK = {"determine": 262, "notify": 250, "urge": 58, "decide": 30, "announce": 22, "demolish": 6, "accept": 2}
WAY = tuple(BACK)
ENTRIES = (
    ("unlicensed", "西井大街南段", "110107005008", "3", {"业态": "早点摊", "处置": "取缔"}),
    ("walls", "苹果园二社区 6 号楼底商", "110107005002", "4", {"房号": "6-1、6-2、6-3、6-5"}),
    ("group_rentals", "海特花园 3 号楼 1202", "110107005005", "1", {"间数": "7", "清退人数": "11"}),
    ("underground", "西山枫林 2 号楼地下一层", "110107005016", "186.40", {"类别": "普通地下室", "清退人数": "9"}),
    ("unlicensed", "实兴大街路口", "110107005008", "2", {"业态": "水果摊", "处置": "引导入市"}),
)  # fmt: skip


@transaction.atomic
def load_today(folder: Path, *, at: datetime, say: Callable[[str], None]) -> None:
    """A campaign of today with structures at every stage, none written off. Nothing if it is there."""
    if Campaign.objects.filter(slug=NOW_SLUG).exists():
        return
    street, today = _Street(folder, at=at), timezone.localdate(at)
    campaign = plans.keep_campaign(
        by=street.clerk, at=at, slug=NOW_SLUG, name=f"{today.year} 年疏解整治促提升", is_demo=True,
        starts_on=date(today.year, 1, 1), deadline=date(today.year, 12, 31), lead=street.departments.get("S01"),
        plan="演示数据：拆除违法建设、整治开墙打洞、群租房和地下空间，腾退后优先补绿、补停车。",
    )  # fmt: skip
    for line in TODAY:
        _structure_of_today(campaign, line, street, today)
    for back, line in enumerate(ENTRIES, start=2):
        _entry_of_today(campaign, line, street, today - timedelta(days=5 * back))
    _targets_of_today(campaign, street)
    say(f"在办违建 {len(TODAY)} 处，专项整治 {len(ENTRIES)} 条（演示）。")


def _structure_of_today(campaign: Campaign, line: tuple, street: _Street, today: date) -> None:
    place, code, kind, use, owner_kind, owner, area, reached, age = line
    grid = next(one for one in street.grids.values() if one.community_id == street.communities[code].pk)
    site = next((one for one in street.sites.values() if one.grid_id == grid.pk), None)
    done = WAY[: WAY.index(reached) + 1] if reached else ()
    days = {name: today - timedelta(days=BACK[name] - BACK[reached] + age) for name in done}
    structure = ledger.register_structure(
        by=street.clerk, at=street.at, campaign=campaign, is_demo=True, place=place,
        community=street.communities[code], grid=grid, site=site, lon=site.lon if site else None,
        lat=site.lat if site else None, type=kind, use=use, owner_kind=owner_kind, owner_name=owner,
        construction="彩钢", storeys=1, floor_area_m2=Decimal(area), found_source="网格巡查（演示）",
        found_on=(days["determine"] if done else today) - timedelta(days=age + 7),
        responsible=street.departments["D01"], photos=[street.photo(kind, 0)],
    )  # fmt: skip
    for name in done:
        _step_of_today(name, structure, street, days[name], today)


def _step_of_today(name: str, structure: Structure, street: _Street, on: date, today: date) -> None:
    serial, area = structure.number[-3:], structure.floor_area_m2
    words = {"notify": "限拆", "urge": "催", "decide": "强拆", "announce": "公告"}
    answers: dict[str, Any] = {"on": on}
    if name in words:
        answers |= {
            "number": f"石苹{words[name]}字〔{on.year}〕{serial}号（演示）", "authority": "苹果园街道办事处",
            "deadline_on": on + timedelta(days=10),
        }  # fmt: skip
        if on + timedelta(days=1) <= today:
            answers |= {"service": "direct", "served_on": on + timedelta(days=1)}
    if name == "determine":
        answers |= {"floor_area_m2": area}
    if name == "demolish":
        answers |= {
            "mode": Mode.ASSISTED, "demolished_area_m2": area, "vacated_land_m2": area, "relocated_people": 4,
            "persons_on_site": 16, "machines": 2,
            "departments": [street.departments[code] for code in ("D01", "D06", "S01")],
        }  # fmt: skip
    if name == "accept":
        answers |= {"after_photos": [street.photo(structure.type, 1)], "later_use": "补建绿地"}
    street.step(name, structure, **answers)


def _entry_of_today(campaign: Campaign, line: tuple, street: _Street, on: date) -> None:
    slug, place, code, quantity, extra = line
    grid = next(one for one in street.grids.values() if one.community_id == street.communities[code].pk)
    photos = {PhotoMoment.BEFORE: [street.photos["street", 0]], PhotoMoment.AFTER: [street.photos["street", 1]]}
    entries.record_entry(
        EntryKind.objects.get(slug=slug), by=street.clerk, at=street.at, campaign=campaign, happened_on=on, place=place,
        community=street.communities[code], grid=grid, quantity=Decimal(quantity), extra=extra, is_demo=True,
        department=street.departments["D01"], before=photos[PhotoMoment.BEFORE], after=photos[PhotoMoment.AFTER],
    )  # fmt: skip


def _targets_of_today(campaign: Campaign, street: _Street) -> None:
    """Invented plans: for the street, for two communities, for a department."""
    kinds = {one.slug: one for one in EntryKind.objects.all()}
    how = {"by": street.clerk, "at": street.at}
    plans.set_target(campaign, measure=Measure.DEMOLISHED, amount=Decimal(1200), **how)
    plans.set_target(campaign, measure=Measure.SITES, amount=Decimal(9), **how)
    for code in ("110107005008", "110107005017"):
        plans.set_target(
            campaign, measure=Measure.DEMOLISHED, amount=Decimal(300), community=street.communities[code], **how
        )
    plans.set_target(campaign, measure=Measure.ENTRIES, kind=kinds["unlicensed"], amount=Decimal(8),
                     department=street.departments["D01"], **how)  # fmt: skip
    plans.set_target(campaign, measure=Measure.ENTRIES, kind=kinds["walls"], amount=Decimal(6), **how)
    plans.set_target(campaign, measure=Measure.ENTRIES, kind=kinds["underground"], amount=Decimal(300), **how)
