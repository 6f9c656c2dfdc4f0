"""Plain functions that make one thing each, with fixed values; tests say only what matters to them."""
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import Department, RoleGrant, User
from cases import intake, workflow
from cases.models import Case, Category, ReturnReason
from cases.states import Source, State
from grid.models import Community, Photo, PhotoState, UnitGrid

BEIJING = ZoneInfo("Asia/Shanghai")


def moment(text: str) -> datetime:
    """A Beijing moment: moment("2016-12-21 14:20")."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=BEIJING)


NOW = moment("2016-12-21 14:20")  # a Wednesday, inside working hours


def make_department(
    short_name: str = "城管执法队", *, kind: str = "resident", code: str = "", **over: Any
) -> Department:
    """A department that takes cases."""
    code = code or f"T{Department.objects.count():03d}"
    return Department.objects.create(code=code, name=short_name, short_name=short_name, kind=kind, **over)


def make_user(username: str, *roles: str, department: Department | None = None, **over: Any) -> User:
    """A person with roles."""
    user = User(username=username, real_name=over.pop("real_name", username), department=department, **over)
    user.set_password("demo-2016")
    user.save()
    RoleGrant.objects.bulk_create(RoleGrant(user=user, role=role) for role in roles)
    return user


def make_community(short_name: str = "西井", *, code: str = "110107005008") -> Community:
    """A community with its department and one grid, a square around 116.19 E 39.93 N shifted by its code."""
    from shapely import box

    east = 116.0 + int(code[-3:]) * 0.02
    shape = box(east, 39.92, east + 0.02, 39.94).wkb
    department = make_department(f"{short_name}社区", kind="community", code=code)
    community = Community.objects.create(
        code=code, name=f"{short_name}社区", short_name=short_name, department=department, shape=shape,
        area_m2=1000, label_lon=east + 0.01, label_lat=39.93,
    )  # fmt: skip
    UnitGrid.objects.create(
        code=f"{code}001", name=f"{short_name}社区第1网格", community=community, serial=1, area_m2=1000, shape=shape
    )
    return community


def make_category(
    name: str = "无照经营游商", *, code: str = "0501", evidence_required: bool = False, **over: Any
) -> Category:
    """A minor class; without evidence unless the test is about evidence."""
    found = Category.objects.filter(code=code, kind="event").first()
    return found or Category.objects.create(
        kind="event", major_code=code[:2], major="街面秩序", code=code, name=name,
        evidence_required=evidence_required, **over,
    )  # fmt: skip


def make_photo(**over: Any) -> Photo:
    """A photo that waits to be developed, without bytes behind it."""
    return Photo.objects.create(**{"state": PhotoState.PENDING, "uploaded_at": NOW, **over})


DETAILS = {
    Source.NOTICE: lambda n: {
        "level": "district", "doc_no": f"石环监通〔2016〕第{n:03d}号", "issuing_unit": "区市政市容监管中心"
    },
    Source.TRANSFER: lambda n: {"doc_no": f"石转办〔2016〕{n:03d}号", "sender": "区应急办"},
    Source.HOTLINE: lambda n: {"kind": _hotline_kind(), "outside_number": f"RX{n:05d}"},
    Source.PETITION: lambda n: {"doc_no": f"石苹信〔2016〕{n:03d}号"},
    Source.GRID: lambda n: {"outside_number": f"{n}"},
    Source.SNAP: lambda n: {"outside_number": f"SSP{n}"},
}  # fmt: skip


def _hotline_kind() -> Any:
    from cases.models import HotlineKind

    return HotlineKind.objects.get_or_create(code="ZFXF", defaults={"name": "政风行风热线"})[0]


def make_case(by: User, *, source: str = Source.GRID, at: datetime = NOW, **over: Any) -> Case:
    """A case just reported, with nobody owed an answer."""
    serial = Case.objects.count() + 1
    over.setdefault("detail", DETAILS[source](serial))
    if source == Source.PETITION:
        over.setdefault("reporter", {"name": "金丝雀", "phone": "13800007777"})
    over.setdefault("title", "西井大街马路市场回潮，占道售卖熟食")
    return intake.open_case(source=source, by=by, at=at, **over)


def make_return_reason() -> ReturnReason:
    """Not ours."""
    return ReturnReason.objects.get_or_create(code="not_ours", defaults={"name": "不属本单位职责"})[0]


def move(name: str, case: Case, by: User, *, at: datetime = NOW, **answers: Any) -> Any:
    """Make a move; shorter than the whole name."""
    return workflow.make(name, case, by=by, at=at, **answers)


def put(case: Case, state: str, **columns: Any) -> Case:
    """Stand a case in a state without walking there: for tests of single moves only."""
    Case.objects.filter(pk=case.pk).update(**{"state": State(state), **columns})
    case.refresh_from_db()
    return case
