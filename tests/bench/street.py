"""The ground of the measurements: the shipped territory, 33 departments, people, classes, limits."""
import csv
import io
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password

from accounts.models import Department, RoleGrant, User
from cases.models import Category, HotlineKind, ReturnReason
from cases.standards import seed_standards
from grid.importing import load_key_sites, load_territory
from grid.models import Community, KeySite, Photo, UnitGrid
from grid.workdays import seed_calendar

PASSWORD = "measured-2016"
SHIPPED = Path(__file__).resolve().parents[2] / "config" / "demo" / "2016"
RESIDENT = "城管执法队 公安警务组 工商所 食药所 交通组 消防组 环保组 房管所"
OFFICES = "指挥中心 网格中心 城管科 综治办 安全办 信访办 社区科 爱卫办 流管办 民政科 人防办 党政办 宣传部 社保所 司法所 财政科"
OUTSIDE = "环卫队 自来水管网所 供电所 燃气所 热力所 通信维护组 绿化队 排水所 道路养护所"
EVENTS = {
    "01市容环境": "私搭乱建 暴露垃圾 积存垃圾渣土 道路不洁 绿地脏乱 废弃车辆 废弃家具设备 道路破损 道路遗撒 焚烧垃圾树叶 油烟污染 毁绿占绿 违规燃煤",
    "02宣传广告": "非法小广告 违章张贴悬挂广告牌匾 占道广告牌 街头散发广告",
    "03施工管理": "施工扰民 工地扬尘 施工占道 施工废弃料 裸露土方未苫盖",
    "04突发事件": "路面塌陷 自来水管破裂 下水道堵塞 热力管道破裂 道路积水 架空线缆损坏",
    "05街面秩序": "无照经营游商 占道废品收购 店外经营 机动车乱停放 非机动车乱停放 乱堆物堆料 生活噪音 黑车拉客 露天烧烤 沿街晾挂 马路市场",
    "06其他事件": "私拉电线 违法群租 物业服务 占用消防通道设施 政策咨询 拆迁滞留区管理",
}


@dataclass
class Ground:
    """What the filler hangs cases on."""

    grids: list[tuple[int, int, str, float, float]]  # grid, community, the community's name, lon, lat
    sites: list[tuple[int, str]]
    categories: list[Category]
    handling: list[tuple[int, str, list[tuple[int, str]]]]  # department, its name, its handlers
    people: dict[str, list[tuple[int, str, int | None]]]  # role → id, name, department
    photos: list[int]
    hotline: int
    return_reasons: list[str]
    named: dict[type, dict[int, Any]]  # communities, grids, sites and departments as rows, for the search text


def lay_ground(*, at: datetime) -> Ground:
    """Everything a case refers to; a street that is there already is used as it stands."""
    if not UnitGrid.objects.exists():
        _territory(at)
        seed_calendar()
        seed_standards()
        departments = _departments()
        _categories(departments)
        _people(departments)
        _photos(at)
    return _as_laid()


def _territory(at: datetime) -> None:
    names = ("outline", "communities", "grids")
    load_territory(**{name: (SHIPPED / f"{name}.geojson").read_text() for name in names}, by=None, at=at)
    text = (SHIPPED / "key_sites.csv").read_text(encoding="utf-8-sig")
    load_key_sites(csv.DictReader(io.StringIO(text)), by=None, at=at)


def _departments() -> list[Department]:
    rows = []
    for kind, letter, names in (("resident", "D", RESIDENT), ("office", "S", OFFICES), ("outside", "X", OUTSIDE)):
        rows += [
            Department(code=f"{letter}{n:02d}", name=name, short_name=name, kind=kind)
            for n, name in enumerate(names.split(), start=1)
        ]
    return Department.objects.bulk_create(rows)


def _categories(departments: list[Department]) -> None:
    rows = []
    for place, (head, names) in enumerate(EVENTS.items()):
        rows += [
            Category(
                kind="event", major_code=head[:2], major=head[2:], code=f"{head[:2]}{n:02d}", name=name,
                evidence_required=False, default_department=departments[(place * 3 + n) % 8],
            )
            for n, name in enumerate(names.split(), start=1)
        ]  # fmt: skip
    Category.objects.bulk_create(rows)


def _people(departments: list[Department]) -> None:
    """Two to three people for each role and department; one hash for all, since hashing is not measured."""
    password, centre = make_password(PASSWORD), departments[8]
    posts: list[tuple[str, str, Department | None]] = [
        (role, f"{role}{n}", centre)
        for role, count in (("dispatcher", 8), ("chief", 2), ("inspector", 6), ("petition", 2), ("leader", 1))
        for n in range(1, count + 1)
    ]
    posts += [("handler", f"handler-{d.code}-{n}", d) for d in departments for n in (1, 2, 3)]
    posts += [("worker", f"worker-{c.code}-{n}", c.department) for c in Community.objects.select_related("department")
              for n in (1, 2)]  # fmt: skip
    users = User.objects.bulk_create(
        User(username=name, real_name=_name(place), department=department, password=password)
        for place, (_, name, department) in enumerate(posts)
    )
    RoleGrant.objects.bulk_create(
        RoleGrant(user=user, role=role) for user, (role, _, _) in zip(users, posts, strict=True)
    )


def _name(place: int) -> str:
    return "赵钱孙李周吴郑王冯陈褚卫"[place % 12] + "安平文新立志"[place // 12 % 6] + "明华强军林"[place // 72 % 5]


def _photos(at: datetime) -> None:
    Photo.objects.bulk_create(
        Photo(
            state="ready", original=f"bench/{n}.jpg", image=f"bench/{n}-i.jpg", thumb=f"bench/{n}-t.jpg",
            format="jpeg", sha256=f"{n:064x}", width=1600, height=1200, uploaded_at=at,
        )
        for n in range(60)
    )  # fmt: skip


def _as_laid() -> Ground:
    people: dict[str, list] = {}
    grants = RoleGrant.objects.select_related("user").order_by("pk")
    for grant in grants:
        people.setdefault(grant.role, []).append((grant.user.pk, grant.user.real_name, grant.user.department_id))
    hands: dict[Any, list] = {}
    for pk, name, department in people["handler"]:
        hands.setdefault(department, []).append((pk, name))
    departments = Department.objects.filter(pk__in=hands).order_by("pk")
    named = {
        Community: Community.objects.without_shapes(), UnitGrid: UnitGrid.objects.without_shapes(),
        KeySite: KeySite.objects.defer("line"), Department: Department.objects.all(),
    }  # fmt: skip
    return Ground(
        grids=[
            (g.pk, g.community_id, g.community.short_name, g.community.label_lon, g.community.label_lat)
            for g in UnitGrid.objects.select_related("community").defer("shape", "community__shape").order_by("pk")
        ],
        sites=list(KeySite.objects.order_by("pk").values_list("pk", "name")),
        categories=list(Category.objects.order_by("pk")),
        handling=[(d.pk, d.short_name, hands[d.pk]) for d in departments],
        people=people,
        photos=list(Photo.objects.order_by("pk").values_list("pk", flat=True)[:60]),
        hotline=HotlineKind.objects.order_by("pk").values_list("pk", flat=True)[0],
        return_reasons=list(ReturnReason.objects.order_by("pk").values_list("name", flat=True)),
        named={model: rows.in_bulk() for model, rows in named.items()},
    )
