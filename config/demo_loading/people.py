"""The people of the demonstration: departments, their heads, the thirteen logins, the hands of 2016, the duty rota."""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts import duty
from accounts.audit import record
from accounts.models import Department, DepartmentKind, DutyShift, RoleGrant, ShiftKind, User
from accounts.roles import Role
from config.demo_loading.acts import DISABLED, ENTERED
from config.demo_loading.files import Row, rows

PASSWORD = "demo-2016"
DAYS_AROUND = 7  # the rota covers a week before and a week after
CENTRE, GRID_CENTRE, PETITIONS, JUSTICE = "S01", "S02", "S06", "S15"


@dataclass(frozen=True)
class Login:
    """One login of the demonstration (architecture.md): an invented person who does not occur in the data of 2016."""

    username: str
    real_name: str
    role: Role
    department: str
    phone: str = ""


LOGINS = (
    Login("dispatcher", "陈立新", Role.DISPATCHER, CENTRE, "13800009001"),
    Login("dispatcher2", "赵敏", Role.DISPATCHER, CENTRE, "13800009002"),
    Login("chief", "周建国", Role.CHIEF, CENTRE, "13800009003"),
    Login("inspector", "孙晓梅", Role.INSPECTOR, GRID_CENTRE, "13800009004"),
    Login("handler", "刘志强", Role.HANDLER, "D01", "13800009005"),
    Login("handler2", "马丽华", Role.HANDLER, "X01", "13800009006"),
    Login("worker", "王海涛", Role.WORKER, "110107005008", "13800009007"),
    Login("worker2", "吴静", Role.WORKER, "110107005017", "13800009008"),
    Login("petition", "徐慧", Role.PETITION, PETITIONS, "13800009009"),
    Login("clerk", "何伟", Role.CLERK, "S03", "13800009010"),
    Login("leader", "郑国栋", Role.LEADER, "", "13800009011"),
    Login("admin", "林晓燕", Role.ADMIN, "S12", "13800009012"),
    Login("auditor", "冯立军", Role.AUDITOR, "", "13800009013"),
)
# A petition must be checked outside the department that handled it, and 信访办 handled six of the ten.
SECOND_PETITION_OFFICER = Login("xf-fuhe", "高建华", Role.PETITION, JUSTICE)


@transaction.atomic
def load_people(folder: Path, *, at: datetime) -> str:
    """Departments and their heads, and the thirteen logins; what is there already stays as it is."""
    departments = load_departments(rows(folder, "departments"))
    load_heads(folder, departments, at=at)
    # Hashed once for all of them: a hash costs a third of a second, and everybody knows the password.
    enlist(LOGINS, departments, at=at, password=make_password(PASSWORD))
    return f"部门 {len(departments)} 个，演示账号 {len(LOGINS)} 个"


def load_departments(lines: list[Row]) -> dict[str, Department]:
    """The units of departments.csv; the communities came with the territory."""
    kinds = {kind.label: kind.value for kind in DepartmentKind}
    for line in lines:
        Department.objects.get_or_create(
            code=line["dept_code"],
            defaults={
                "name": line["name"], "short_name": line["short_name"], "kind": kinds[line["kind"]],
                "resident_in_centre": line["resident_in_centre"] == "1",
                "resident_staff": int(line["resident_staff"] or 0), "phone": line["phone"], "duty": line["duty"],
            },
        )  # fmt: skip
    return {department.code: department for department in Department.objects.all()}


def load_heads(folder: Path, departments: dict[str, Department], *, at: datetime) -> None:
    """The head of each department and community as a person: escalation needs somebody to address.

    departments.csv names 33; the communities' are those who signed the agreements of 2016. They are active, since
    reminders reach them, and have no password.
    """
    names = {line["dept_code"]: line["leader"] for line in rows(folder, "departments")}
    for line in rows(folder, "agreements"):
        if line["party_kind"] == "社区" and line["party_signer"]:
            names.setdefault(line["community_code"], line["party_signer"])
    headless = [departments[code] for code in names if code in departments and departments[code].head_id is None]
    wanted = [Login(f"fz-{one.code.lower()}", names[one.code], _head_role(one), one.code) for one in headless]
    people = enlist(wanted, departments, at=at)
    for department in headless:
        department.head = people[f"fz-{department.code.lower()}"]
        department.save(update_fields=["head"])


def _head_role(department: Department) -> Role:
    return Role.WORKER if department.kind == DepartmentKind.COMMUNITY else Role.HANDLER


def enlist(
    logins: Iterable[Login], departments: dict[str, Department], *, at: datetime, password: str = ""
) -> dict[str, User]:  # fmt: skip
    """People, in few queries however many they are, by username; without a (hashed) password nobody can log in."""
    logins = list(logins)
    usernames = [login.username for login in logins]
    known = set(User.objects.filter(username__in=usernames).values_list("username", flat=True))
    fresh = [login for login in logins if login.username not in known]
    User.objects.bulk_create(
        User(
            username=login.username, real_name=login.real_name, department=departments.get(login.department),
            password=password or make_password(None), phone=login.phone, is_demo=True, date_joined=at,
        )
        for login in fresh
    )  # fmt: skip
    people = {user.username: user for user in User.objects.filter(username__in=usernames).select_related("department")}
    RoleGrant.objects.bulk_create(
        RoleGrant(user=people[login.username], role=login.role, granted_at=at) for login in fresh
    )
    if fresh:
        record(ENTERED, actor=None, detail={"count": len(fresh)}, at=at)
    return people


@dataclass(frozen=True)
class Hands:
    """Who acted in 2016: handlers by (name, department), verifiers by name, and the desk's own people."""

    handlers: dict[tuple[str, str], User]
    verifiers: dict[str, User]
    desk: tuple[User, User]
    chief: User
    petition: User
    second_petition: User
    leader: User

    @property
    def borrowed(self) -> list[User]:
        """Those who exist only for 2016: active while it is played, disabled afterwards."""
        return [*self.handlers.values(), *self.verifiers.values(), self.second_petition]


def hands_of_2016(cases: list[Row], *, at: datetime) -> Hands:
    """One person per name and department: 田衍 the handler is not 田衍 the head of another department.

    The workflow lets only active people act, so they are made active here; `let_go` disables them in the same
    transaction when the year has been played.
    """
    departments = {department.code: department for department in Department.objects.all()}
    pairs = sorted({(row["handler"], row["lead_dept_code"]) for row in cases})
    names = sorted({row["verifier"] for row in cases if row["verifier"]})
    handlers = {
        pair: Login(f"2016-{pair[1].lower()}-{serial:02d}", pair[0], Role.HANDLER, pair[1])
        for serial, pair in enumerate(pairs, start=1)
    }
    verifiers = {
        name: Login(f"2016-hc-{serial:02d}", name, Role.INSPECTOR, GRID_CENTRE)
        for serial, name in enumerate(names, start=1)
    }
    wanted = [*handlers.values(), *verifiers.values(), SECOND_PETITION_OFFICER]
    people = enlist(wanted, departments, at=at)
    User.objects.filter(pk__in=[user.pk for user in people.values()]).update(is_active=True)
    for user in people.values():
        user.is_active = True
    logins = {user.username: user for user in User.objects.select_related("department").filter(is_demo=True)}
    return Hands(
        handlers={pair: people[login.username] for pair, login in handlers.items()},
        verifiers={name: people[login.username] for name, login in verifiers.items()},
        desk=(logins["dispatcher"], logins["dispatcher2"]), chief=logins["chief"], petition=logins["petition"],
        second_petition=people[SECOND_PETITION_OFFICER.username], leader=logins["leader"],
    )  # fmt: skip


def let_go(hands: Hands, *, at: datetime) -> int:
    """Disable the people of 2016: their names stay in the story, nobody can log in as them or be sent anything.

    They have no password, no session, no post and no open case, so nothing is handed over (accounts.staff).
    """
    gone = User.objects.filter(pk__in=[user.pk for user in hands.borrowed]).update(is_active=False)
    record(DISABLED, actor=None, detail={"count": gone}, at=at)
    return gone


def load_rota(*, at: datetime) -> int:
    """Duty shifts from a week before to a week after, day and night; days that have somebody keep them."""
    who = {user.username: user for user in User.objects.filter(username__in=[login.username for login in LOGINS])}
    today = timezone.localdate(at)
    days = [today + timedelta(days=offset) for offset in range(-DAYS_AROUND, DAYS_AROUND + 1)]
    taken = set(DutyShift.objects.filter(date__in=days).values_list("date", "kind"))
    shifts = [shift for day in days for shift in _shifts_of(day, who) if (shift.date, shift.kind) not in taken]
    DutyShift.objects.bulk_create(shifts)
    return len(shifts)


def _shifts_of(day: Any, who: dict[str, User]) -> list[DutyShift]:
    by_day = (who["dispatcher"], who["dispatcher2"])
    by_night = (who["chief"], who["dispatcher2"], who["dispatcher"])
    turn = day.toordinal()
    return [
        DutyShift(
            date=day, kind=kind, user=people[turn % len(people)], leader=who["leader"],
            **dict(zip(("starts_at", "ends_at"), duty.usual_hours(day, kind), strict=True)),
        )
        for kind, people in ((ShiftKind.DAY, by_day), (ShiftKind.NIGHT, by_night))
    ]  # fmt: skip
