"""The five registers of the demonstration: invented people, dwellings, shops and things in believable number.

Everything is drawn from one seed, so that two loads are equal. ID numbers are of area 110199, which was never issued,
phones of 1380000xxxx; every row is marked as demonstration.
"""
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import shapely
from django.db import transaction

from accounts.encryption import blind_index
from accounts.models import Department, User
from config.demo_loading.files import Row, rows
from grid.editions import publish
from grid.locate import SUBJECT
from grid.models import (
    Building,
    CodeStandard,
    Community,
    Dwelling,
    DwellingUse,
    KeySite,
    Licence,
    LicenceKind,
    Organisation,
    OrganisationKind,
    Post,
    PostRole,
    Resident,
    ResidentKind,
    ResponsibilityGrid,
    RetentionRule,
    SiteCategory,
    Thing,
    ThingClass,
    ThingState,
    UnitGrid,
)
from grid.people import ID, PHONE, door_index
from grid.posts import appoint
from grid.sites import record_place
from grid.things import DISTRICT
from sheets.codes import code_check, id_check

SEED = 2016
THINGS, DWELLINGS, RESIDENTS, SHOPS, COMPANIES = 3000, 5000, 12000, 160, 8
SINCE = date(2016, 1, 1)
CHANGED_ON = date(2016, 6, 1)
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉萍红鹏飞燕玲辉建国春梅海宁晨雨欣怡子涵"
PRESUMED = "演示：推定，待对照标准原文核定"
HOMES = ("河北省保定市", "河南省周口市", "山东省菏泽市", "安徽省阜阳市", "四川省南充市", "山西省大同市")
TRADES = (
    ("早点铺", "餐饮"), ("小饭馆", "餐饮"), ("便利店", "百货"), ("理发店", "美容美发"), ("五金店", "五金"),
    ("水果店", "食品"), ("洗衣店", "服务"), ("药店", "医药"),
)  # fmt: skip
# Places beside the sixty that the street watched in 2016: what they are called, and of which sort they are.
FURTHER_PLACES = {
    SiteCategory.YARD: (("平房大院", "平房院"), ("铁路宿舍大院", "单位宿舍院"), ("老果园大院", "平房院")),
    SiteCategory.RENTAL: (("临街出租楼", "整栋出租"), ("合租公寓", "公寓"), ("后街出租院", "院落出租")),
    SiteCategory.CONSTRUCTION: (("回迁房工地", "房建"), ("雨污管线工地", "市政管线"), ("学校扩建工地", "房建")),
    SiteCategory.MARKET: (("便民菜市场", "菜市场"), ("早市", "早市"), ("建材市场", "建材")),
}
OUTSIDE_OWNERS = {
    "0101": "自来水公司（演示）", "0105": "国网电力（演示）", "0107": "通信公司（演示）", "0110": "热力公司（演示）",
}  # fmt: skip


@dataclass(frozen=True)
class Spot:
    """A position inside a unit grid, WGS-84."""

    lon: float
    lat: float
    grid: UnitGrid


class Draw:
    """What is drawn by lot, all from one seed."""

    def __init__(self) -> None:
        self.lot = random.Random(SEED)
        self.serial = 0
        self.grids = list(UnitGrid.objects.select_related("community").order_by("code"))
        self.shapes = {grid.pk: shapely.from_wkb(bytes(grid.shape)) for grid in self.grids}
        self.of_community: dict[int, list[UnitGrid]] = {}
        for grid in self.grids:
            self.of_community.setdefault(grid.community_id, []).append(grid)

    def spot(self, grid: UnitGrid) -> Spot:
        """A position that surely lies inside a grid."""
        shape = self.shapes[grid.pk]
        west, south, east, north = shape.bounds
        for _ in range(50):
            lon, lat = round(self.lot.uniform(west, east), 6), round(self.lot.uniform(south, north), 6)
            if shape.contains(shapely.Point(lon, lat)):
                return Spot(lon, lat, grid)
        inside = shape.representative_point()
        return Spot(round(inside.x, 6), round(inside.y, 6), grid)

    def name(self) -> str:
        """An invented name."""
        return self.lot.choice(SURNAMES) + "".join(self.lot.sample(GIVEN, self.lot.choice((1, 2, 2, 2))))

    def person(self) -> dict[str, object]:
        """Name, number, phone, sex and year of an invented person; no two have the same number."""
        self.serial += 1
        # 7919 is prime to 29,000: everybody is born on another day, so that no two numbers are equal.
        born = date(1936, 1, 1) + timedelta(days=self.serial * 7919 % 29_000)
        first = f"110199{born:%Y%m%d}{self.serial % 1000:03d}"
        number, phone = first + id_check(first), f"1380000{self.serial % 10_000:04d}"
        return {
            "name": self.name(), "id_number": number, "phone": phone, "birth_year": born.year,
            "sex": "m" if int(first[16]) % 2 else "f", "id_index": blind_index(number, purpose=ID),
            "phone_index": blind_index(phone, purpose=PHONE),
        }  # fmt: skip


@transaction.atomic
def load_registers(folder: Path, *, at: datetime) -> str:
    """Things, dwellings and residents, shops and property companies, who answers; rows that are there stay."""
    draw = Draw()
    classes = load_thing_classes(rows(folder, "categories"))
    things = _load_things(draw, classes)
    companies = _load_companies(draw)
    compounds = _load_compounds(draw, companies)
    dwellings = _load_dwellings(draw, compounds)
    residents = _load_residents(draw, dwellings)
    shops = _load_shops(draw, at)
    _load_posts(draw, at)
    RetentionRule.objects.get_or_create(pk=1, defaults={"months_after_leaving": 12, "basis": "演示：待街道核定"})
    publish(SUBJECT)
    return f"台账：部件 {things} 个，户 {len(dwellings)} 户，居民 {residents} 人，商户 {shops} 家（演示数据）"


def load_thing_classes(lines: list[Row]) -> list[ThingClass]:
    """The classes of components of the catalogue, whose digits are those of the cases' categories.

    Beside each the class of 2026 that continues it. Its digits are presumed, and say so: of the newer text only the
    shape of its codes is known.
    """
    owners = {one.code: one for one in Department.objects.all()}
    for line in lines:
        if line["case_type"] == "部件":
            named = {"major": line["major"], "name": line["minor"]}
            older, _ = ThingClass.objects.get_or_create(
                standard=CodeStandard.OLD, code=line["minor_code"], defaults=named
            )
            ThingClass.objects.get_or_create(
                standard=CodeStandard.NEW, code=f"{older.code[:2]}0{older.code[2:]}",
                defaults={**named, "older": older, "basis": PRESUMED},
            )  # fmt: skip
    cleaner = owners.get("X01")
    ThingClass.objects.filter(code__startswith="03", default_owner=None).update(default_owner=cleaner)
    return list(ThingClass.objects.filter(standard=CodeStandard.OLD).order_by("code"))


def _load_things(draw: Draw, classes: list[ThingClass]) -> int:
    states = [ThingState.INTACT] * 93 + [ThingState.DAMAGED] * 4 + [ThingState.MISSING] * 2 + [ThingState.RETIRED]
    made, serials = [], Counter()
    continued = {one.older_id: one for one in ThingClass.objects.filter(older__in=classes).select_related("older")}
    for _ in range(THINGS):
        one, spot = draw.lot.choice(classes), draw.spot(draw.lot.choice(draw.grids))
        if len(made) % 10 == 9:  # a tenth came with plates of the newer text
            one = continued.get(one.pk, one)
        serials[one.pk] += 1
        code, grid = f"{DISTRICT}{one.code}{serials[one.pk]:06d}", spot.grid
        if len(made) % 700 == 350:  # some stand in another grid than the register says, for the cross-checks to find
            grid = next(other for other in draw.of_community[grid.community_id] if other != grid)
        if len(made) == 1500:  # and one plate was read wrongly
            one = classes[(classes.index(one) + 1) % len(classes)]
        made.append(Thing(
            code=code, thing_class=one, state=draw.lot.choice(states),
            owner=one.default_owner, owner_name="" if one.default_owner else OUTSIDE_OWNERS.get(one.category_code, ""),
            address=f"{spot.grid.community.short_name}内", lon=spot.lon, lat=spot.lat, grid=grid,
            community=spot.grid.community, installed_on=SINCE - timedelta(days=draw.lot.randrange(4000)), is_demo=True,
        ))  # fmt: skip
    return len(Thing.objects.bulk_create(made, batch_size=500, ignore_conflicts=True))


def _load_companies(draw: Draw) -> list[Organisation]:
    for serial in range(1, COMPANIES + 1):
        spot, person = draw.spot(draw.lot.choice(draw.grids)), draw.person()
        Organisation.objects.get_or_create(
            code=f"W{serial:03d}",
            defaults={
                "name": f"苹果园第{serial}物业服务公司（虚构）", "kind": OrganisationKind.PROPERTY,
                "uscc": _uscc(f"W{serial:04d}"), "nature": "物业", "responsible_person": person["name"],
                "phone": person["phone"], "lon": spot.lon, "lat": spot.lat, "grid": spot.grid,
                "community": spot.grid.community, "is_demo": True,
            },
        )  # fmt: skip
    return list(Organisation.objects.of_kind(OrganisationKind.PROPERTY).order_by("code"))


def _uscc(serial: str) -> str:
    """A credit code of an area that does not exist (999999), with its check sign (GB 32100)."""
    first = f"92999999{serial:0>9}".replace("I", "1").replace("O", "0")[:17]
    return first + code_check(first)


def _load_compounds(draw: Draw, companies: list[Organisation]) -> list[KeySite]:
    """Every compound but a few has a company, and each has buildings."""
    compounds = list(KeySite.objects.of_category("小区").select_related("community").order_by("code"))
    for place, site in enumerate(compounds):
        if place % 8 != 7:
            site.property_company = companies[place % len(companies)]
    KeySite.objects.bulk_update(compounds, ["property_company"])
    Building.objects.bulk_create(
        [
            Building(
                site=site, name=f"{number}号楼", units=draw.lot.choice((3, 4, 5)), floors=draw.lot.choice((5, 6, 6, 12))
            )
            for site in compounds
            for number in range(1, 10)
        ],
        ignore_conflicts=True,
    )
    return compounds


def _load_dwellings(draw: Draw, compounds: list[KeySite]) -> list[Dwelling]:
    uses = [DwellingUse.OWN] * 78 + [DwellingUse.RENTED] * 15 + [DwellingUse.VACANT] * 5 + [DwellingUse.BUSINESS] * 2
    made = []
    for site, building, spot, door in _doors(draw, compounds):
        use = draw.lot.choice(uses)
        registered = SINCE + timedelta(days=draw.lot.randrange(300)) if use == DwellingUse.RENTED else None
        made.append(Dwelling(
            code=f"H{len(made) + 1:06d}", building=building, door=door, door_index=door_index(building, door),
            site=site, community=spot.grid.community, grid=spot.grid, lon=spot.lon, lat=spot.lat, use=use,
            area_m2=Decimal(draw.lot.randrange(3800, 12000)) / 100, is_demo=True,
            rental_registered_on=registered if draw.lot.random() < 0.7 else None,
        ))  # fmt: skip
    Dwelling.objects.bulk_create(made, batch_size=500, ignore_conflicts=True)
    return list(Dwelling.objects.filter(is_demo=True).order_by("code"))


def _doors(draw: Draw, compounds: list[KeySite]) -> Iterator[tuple[KeySite, str, Spot, str]]:
    """Doors of the compounds in turn, as many as are wanted; a building stands at one spot."""
    spots: dict[tuple[int, int], Spot] = {}
    for place in range(DWELLINGS):
        site, turn = compounds[place % len(compounds)], place // len(compounds)
        number, rest = turn % 9 + 1, turn // 9
        if (site.pk, number) not in spots:
            spots[site.pk, number] = draw.spot(draw.lot.choice(draw.of_community[site.community_id]))
        unit, floor, side = rest % 3 + 1, rest // 3 % 6 + 1, rest // 18 + 1
        yield site, f"{site.name}{number}号楼", spots[site.pk, number], f"{unit}单元{floor}0{side}"


def _load_residents(draw: Draw, dwellings: list[Dwelling]) -> int:
    """Two or three to a dwelling that is lived in; who rents came from elsewhere more often."""
    lived = [one for one in dwellings if one.use in (DwellingUse.OWN, DwellingUse.RENTED)]
    made: list[Resident] = []
    for place in range(RESIDENTS):
        home = lived[place % len(lived)]
        migrant = draw.lot.random() < (0.7 if home.use == DwellingUse.RENTED else 0.05)
        arrived = SINCE - timedelta(days=draw.lot.randrange(2500)) if migrant else None
        left = SINCE + timedelta(days=200 + draw.lot.randrange(150)) if migrant and draw.lot.random() < 0.06 else None
        made.append(Resident(
            dwelling=home, kind=ResidentKind.MIGRANT if migrant else ResidentKind.REGISTERED,
            home_place=draw.lot.choice(HOMES) if migrant else "北京市石景山区", arrived_on=arrived, left_on=left,
            is_head=place < len(lived) and left is None, is_demo=True, **draw.person(),
        ))  # fmt: skip
    gone, living = [one for one in made if one.left_on], [one for one in made if not one.left_on]
    for wrong, right in zip(living[-2:], gone[:2], strict=True):  # two numbers were copied from somebody else's line
        wrong.id_number, wrong.id_index = right.id_number, right.id_index
    return len(Resident.objects.bulk_create(made, batch_size=500))


def _load_shops(draw: Draw, at: datetime) -> int:
    """Shops along the streets; some lack a paper, some papers ran out."""
    made = []
    for serial in range(1, SHOPS + 1):
        spot, person, (word, nature) = draw.spot(draw.lot.choice(draw.grids)), draw.person(), draw.lot.choice(TRADES)
        licensed = draw.lot.random() < 0.9
        made.append(Organisation(
            code=f"S{serial:03d}", name=f"{person['name'][0]}记{word}（虚构）", kind=OrganisationKind.SHOP,
            nature=nature,
            uscc=_uscc(f"S{serial:04d}".replace("S", "A")) if licensed else None, staff=draw.lot.randrange(1, 8),
            responsible_person=person["name"], phone=person["phone"], door_front_m=draw.lot.randrange(3, 16),
            lon=spot.lon, lat=spot.lat, grid=spot.grid, community=spot.grid.community, is_demo=True,
        ))  # fmt: skip
    Organisation.objects.bulk_create(made, ignore_conflicts=True)
    shops = list(Organisation.objects.of_kind(OrganisationKind.SHOP).filter(is_demo=True).order_by("code"))
    Licence.objects.bulk_create(_papers(draw, shops, at), ignore_conflicts=True)
    return len(shops)


def _papers(draw: Draw, shops: list[Organisation], at: datetime) -> Iterator[Licence]:
    for shop in shops:
        wanted = [LicenceKind.BUSINESS] + ([LicenceKind.FOOD] if shop.nature in ("餐饮", "食品") else [])
        for kind in wanted:
            missing = draw.lot.random() < 0.12 or (kind == LicenceKind.BUSINESS and not shop.uscc)
            until = at.date() + timedelta(days=draw.lot.randrange(-60, 900))
            number = "" if missing else f"演{kind.value[:2].upper()}{shop.code}"
            yield Licence(
                organisation=shop, kind=kind, number=number, valid_until=None if missing else until, missing=missing
            )


def _load_posts(draw: Draw, at: datetime) -> None:
    """Leaders of grids since January, some changed in June; keepers of most key places; two areas a community."""
    clerk = User.objects.get(username="clerk")
    Post.objects.with_role(PostRole.GRID_LEADER).filter(since__gt=SINCE).update(since=SINCE, is_demo=True)
    for grid in draw.grids[::12]:
        appoint(grid, role=PostRole.GRID_LEADER, holder=draw.name(), since=CHANGED_ON, by=clerk, at=at, is_demo=True)
    for place, site in enumerate(KeySite.objects.patrolled().order_by("code")):
        if place % 9 != 8:
            appoint(site, role=PostRole.KEEPER, holder=draw.name(), since=SINCE, by=clerk, at=at, is_demo=True)
    for community in Community.objects.without_shapes().order_by("code"):
        grids = draw.of_community[community.pk]
        for half, part in enumerate((grids[: len(grids) // 2], grids[len(grids) // 2 :]), start=1):
            area, _ = ResponsibilityGrid.objects.get_or_create(
                code=f"Z{community.code[-3:]}-{half}",
                defaults={"name": f"{community.short_name}第{half}片区", "community": community},
            )
            area.unit_grids.set(part)
            appoint(area, role=PostRole.AREA_LEADER, holder=draw.name(), since=SINCE, by=clerk, at=at, is_demo=True)


@transaction.atomic
def load_further_places(*, at: datetime) -> str:
    """Courtyards, rented houses, building sites and markets: none is key, so that no check of the sixty changes.

    Each is in another community; the last of a kind has no keeper, for the cross-checks to find. Their names say that
    they are invented, so no address of a case is taken for one of them.
    """
    draw, clerk, made = Draw(), User.objects.get(username="clerk"), 0
    homes = iter(sorted(draw.of_community))
    for category, places in FURTHER_PLACES.items():
        for turn, (word, sort) in enumerate(places, start=1):
            spot = draw.spot(draw.lot.choice(draw.of_community[next(homes)]))
            name = f"{spot.grid.community.short_name}{word}（虚构）"
            if KeySite.objects.filter(name=name).exists():
                continue
            place = record_place(
                name=name, category=category, subcategory=sort, lon=spot.lon, lat=spot.lat, note="演示数据",
                by=clerk, at=at,
            )  # fmt: skip
            if turn < len(places):
                appoint(place, role=PostRole.KEEPER, holder=draw.name(), since=SINCE, by=clerk, at=at, is_demo=True)
            made += 1
    return f"地点台账：大杂院、出租房、工地、市场 {made} 处（演示数据）"
