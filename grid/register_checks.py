"""What the registers of the grid can find wrong in themselves; one query each, only what is wrong is read."""
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Length, Substr
from django.utils import timezone

from grid.addresses import normal
from grid.cross_checks import CrossCheck, Found
from grid.models import (
    CodeStandard,
    Dwelling,
    KeySite,
    Licence,
    Organisation,
    Post,
    PostRole,
    Resident,
    SiteCategory,
    SiteStatus,
    Thing,
    UnitGrid,
)
from grid.models.things import CLASS_DIGITS, SHAPES
from grid.people import names_room

PEOPLE = ("grid.see_people", "grid.see_community_people")
COMMUNITY_DIGITS, DISTRICT_DIGITS = 12, 6
KEY = (SiteCategory.ROAD, SiteCategory.POINT)  # the categories that are watched by their very name (重点)


def place_url(code: str) -> str:
    """A place's page."""
    return f"/grid/places/{code}/"


def _place(row: KeySite, words: str) -> Found:
    return Found(row.code, f"{row.name}（{row.code}）", words, place_url(row.code), row.community_id)


def _watched() -> Iterable[KeySite]:
    return KeySite.objects.with_status(SiteStatus.WATCHED).only("code", "name", "community_id")


def places_without_keeper(at: datetime) -> Iterator[Found]:
    """Watched places for which nobody answers today."""
    held = Post.objects.with_role(PostRole.KEEPER).holding_on(timezone.localdate(at)).filter(site=OuterRef("pk"))
    return (_place(row, "没有点位责任人") for row in _watched().exclude(Exists(held)).iterator())


def grids_without_leader(at: datetime) -> Iterator[Found]:
    """Unit grids that nobody leads today."""
    held = Post.objects.with_role(PostRole.GRID_LEADER).holding_on(timezone.localdate(at))
    rows = UnitGrid.objects.exclude(Exists(held.filter(unit_grid=OuterRef("pk"))))
    for code, name, community in rows.values_list("code", "name", "community_id").iterator():
        yield Found(code, f"{name}（{code}）", "没有网格长", f"/grid/{code}/", community)


def places_without_plan(at: datetime) -> Iterator[Found]:
    """Key roads and points that are watched by nobody's plan."""
    rows = _watched().filter(category__in=KEY, patrol_per_week=0)
    return (_place(row, "没有检查计划，每周 0 次") for row in rows.iterator())


def compounds_without_company(at: datetime) -> Iterator[Found]:
    """Compounds of which no property company is known."""
    rows = _watched().of_category(SiteCategory.COMPOUND).filter(property_company=None)
    return (_place(row, "没有登记物业公司") for row in rows.iterator())


def lacking_licences(at: datetime) -> Iterator[Found]:
    """Papers that organisations lack, or that ran out."""
    today = timezone.localdate(at)
    rows = Licence.objects.filter(Q(missing=True) | Q(valid_until__lt=today), organisation__active=True)
    for row in rows.select_related("organisation").iterator():
        holder, paper = row.organisation, row.get_kind_display()
        words = f"缺{paper}" if row.missing else f"{paper}已于 {row.valid_until:%Y-%m-%d} 到期"
        yield Found(
            f"{holder.code}:{row.kind}", f"{holder.name}（{holder.code}）", words,
            f"/grid/organisations/{holder.code}/", holder.community_id, holder.is_demo,
        )  # fmt: skip


def unregistered_rentals(at: datetime) -> Iterator[Found]:
    """Dwellings that are let without a registration."""
    rows = Dwelling.objects.let_unregistered().values_list("code", "building", "community_id", "is_demo")
    for code, building, community, is_demo in rows.iterator():
        yield _dwelling(code, building, "出租，没有登记", community, is_demo)


def _dwelling(code: str, building: str, words: str, community: int, is_demo: bool) -> Found:
    return Found(code, dwelling_title(code, building), words, dwelling_url(code), community, is_demo)


def dwelling_url(code: str) -> str:
    """A dwelling's page."""
    return f"/grid/dwellings/{code}/"


def dwelling_title(code: str, building: str) -> str:
    """A dwelling in a finding; by its number alone where the building's words would tell the room."""
    return code if names_room(building) else f"{building}（{code}）"


def rooms_in_buildings(at: datetime) -> Iterator[Found]:
    """Dwellings that were entered before rooms were refused in the plain column."""
    rows = Dwelling.objects.values_list("code", "building", "community_id", "is_demo")
    for code, building, community, is_demo in rows.iterator():
        if names_room(building):
            yield _dwelling(code, building, "楼院里写了单元或房号，这一栏不加密", community, is_demo)


def shared_id_numbers(at: datetime) -> Iterator[Found]:
    """Dwellings of which a person has the ID number of another person: other name, same number.

    One person who moved stands twice by right. Names are compared inside, never told; dwellings by their codes, and
    only those of the same community, for whoever reads the finding reads no other's people.
    """
    twice = Resident.objects.exclude(id_index="").order_by().values("id_index").annotate(n=Count("pk")).filter(n__gt=1)
    same: dict[str, list[Resident]] = {}
    rows = Resident.objects.filter(id_index__in=twice.values("id_index")).select_related("dwelling")
    for row in rows.only("name", "id_index", "dwelling__code", "dwelling__building", "dwelling__community_id",
                         "dwelling__is_demo").iterator():  # fmt: skip
        same.setdefault(row.id_index, []).append(row)
    told: dict[str, set[str]] = {}
    homes = {}
    for group in same.values():
        if len({normal(row.name) for row in group}) < 2:
            continue
        for row in group:
            homes[row.dwelling.code] = row.dwelling
            others = {other.dwelling.code for other in group if other.pk != row.pk}
            told.setdefault(row.dwelling.code, set()).update(others)
    for code, others in told.items():
        home = homes[code]
        own = {other for other in others if homes[other].community_id == home.community_id}
        words = _same_id_words(code, own, elsewhere=len(others - own))
        yield _dwelling(code, home.building, words, home.community_id, home.is_demo)


def _same_id_words(code: str, own: set[str], *, elsewhere: int) -> str:
    same = "登记了同一个证件号，姓名不同"
    if not own:
        return f"与其他社区的 {elsewhere} 户{same}"
    others = "、".join(sorted(own - {code})[:5])
    told = f"与 {others} {same}" if others else f"本户有两人{same}"
    return f"{told}；另 {elsewhere} 户在其他社区" if elsewhere else told


def wrong_thing_codes(at: datetime) -> Iterator[Found]:
    """Components whose code names another class than the register, or another district than their grid's."""
    sound = Q(pk__in=[])
    for length, shape in SHAPES.items():
        digits = shape.class_digits
        sound |= Q(length=length, thing_class__standard=shape.standard, **{f"class_{digits}": F("thing_class__code")})
    inner = {
        f"class_{digits}": Substr("code", DISTRICT_DIGITS + 1, digits) for digits in sorted(set(CLASS_DIGITS.values()))
    }
    rows = Thing.objects.annotate(
        length=Length("code"), district=Substr("code", 1, DISTRICT_DIGITS),
        grid_district=Substr("grid__code", 1, DISTRICT_DIGITS), **inner,
    ).exclude(sound, district=F("grid_district"))  # fmt: skip
    facts = rows.values_list(
        "code", "thing_class__name", "thing_class__standard", "thing_class__code", "grid__code", "community_id",
        "is_demo",
    )  # fmt: skip
    for code, name, standard, class_code, grid, community, is_demo in facts.iterator():
        words = f"标识码里的小类是 {class_in(code)}，登记的是{name}（{CodeStandard(standard).label} {class_code}）"
        if code[:DISTRICT_DIGITS] != grid[:DISTRICT_DIGITS]:
            words = f"标识码是 {code[:DISTRICT_DIGITS]} 的，与所在网格 {grid} 不符"
        yield Found(code, f"{name} {code}", words, f"/grid/things/{code}/", community, is_demo)


def class_in(code: str) -> str:
    """The digits of a code that name its class; of a code of another length there are none."""
    shape = SHAPES.get(len(code))
    return code[DISTRICT_DIGITS : DISTRICT_DIGITS + shape.class_digits] if shape else "–"


def wrong_grid_codes(at: datetime) -> Iterator[Found]:
    """Unit grids whose code begins with another community's."""
    rows = UnitGrid.objects.annotate(head=Substr("code", 1, COMMUNITY_DIGITS)).exclude(community__code=F("head"))
    facts = rows.values_list("code", "name", "community__name", "community__code", "community_id")
    for code, name, community, community_code, community_id in facts.iterator():
        words = f"网格代码与{community}（{community_code}）不符"
        yield Found(code, f"{name}（{code}）", words, f"/grid/{code}/", community_id)


def organisations_without_grid(at: datetime) -> Iterator[Found]:
    """Organisations that lie in no unit grid."""
    rows = Organisation.objects.active().filter(grid=None).values_list("code", "name", "community_id", "is_demo")
    for code, name, community, is_demo in rows.iterator():
        yield Found(code, f"{name}（{code}）", "没有网格", f"/grid/organisations/{code}/", community, is_demo)


REGISTER_CHECKS = (
    CrossCheck(
        "place_without_keeper", "地点没有责任人", "由台账专员或管理员打开地点，任命点位责任人", places_without_keeper,
    ),
    CrossCheck("place_without_plan", "重点点位没有检查计划", "打开地点，填写每周检查次数", places_without_plan),
    CrossCheck(
        "compound_without_company", "小区没有物业公司", "打开小区，选择物业公司；没有物业的可以搁置",
        compounds_without_company,
    ),
    CrossCheck("grid_without_leader", "网格没有网格长", "由台账专员或管理员打开网格，任命网格长", grids_without_leader),
    CrossCheck("licence_lacking", "证照缺失或过期", "打开单位，登记新的证照", lacking_licences),
    CrossCheck("organisation_without_grid", "单位没有网格", "打开单位，在地图上点出位置", organisations_without_grid),
    CrossCheck("rental_unregistered", "出租房没有登记", "打开这一户，填写出租登记日期", unregistered_rentals, PEOPLE),
    CrossCheck(
        "room_in_building", "楼院里写了房号", "打开这一户编辑：楼院只写到楼号或院号，单元、房号移到“单元房号”",
        rooms_in_buildings, PEOPLE,
    ),
    CrossCheck("id_shared", "两人同一个证件号", "打开这一户，对照证件改正", shared_id_numbers, PEOPLE),
    CrossCheck("thing_code", "部件标识码与小类或网格不符", "核对标牌；登记错的停用后重新登记", wrong_thing_codes),
    CrossCheck("grid_code", "网格代码与社区不符", "请管理员核对边界文件", wrong_grid_codes),
)
