"""What every page may use: the words for time and numbers, the navigation, the page slots, the login map."""
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from math import cos, radians
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString

from accounts.landing import has_page

MINUTES_A_DAY = 24 * 60

# The eight signs of a case's stage (docs/workflow.md §6): key → word.
STAGES = {
    "new": "待受理",
    "accepted": "已立案",
    "dispatched": "已派遣",
    "handling": "处置中",
    "verify": "待核查",
    "closed": "已结案",
    "returned": "已退回",
    "hold": "挂账",
}
# The five kinds of a clock: key → icon.
CLOCKS = {
    "ok": "clock",
    "due": "clock-exclamation",
    "over": "alert-triangle",
    "stop": "player-pause",
    "done": "check",
}

# What an upper app puts on a lower app's page: slot → dotted names of `piece(request, subject) -> SafeString`.
SLOTS: dict[str, tuple[str, ...]] = {
    "case.side": (
        "campaigns.views.pieces.case_side",
        "campaigns.views.patrols_shown.case_side",
        "cases.views.check_pieces.case_side",
        "reports.views.documents.case_side",
    ),
    "check.side": ("cases.views.check_pieces.check_side",),
    "thing.main": ("cases.views.pieces.thing_main",),
    "place.side": ("cases.views.pieces.place_side",),
    "organisation.side": ("campaigns.views.pieces.organisation_side",),
}


def span_words(minutes: int) -> str:
    """A length of time in the office's words: 42分, 3时05分, 1天20时, and from three days on only days."""
    days, rest = divmod(abs(minutes), MINUTES_A_DAY)
    hours, mins = divmod(rest, 60)
    if days >= 3 or (days and not hours):
        return f"{days}天"
    if days:
        return f"{days}天{hours}时"
    return f"{hours}时{mins:02d}分" if hours else f"{mins}分"


def duration_words(minutes: int) -> str:
    """What is left of a limit, or by how much it is passed (a negative number of minutes)."""
    return f"{'超期' if minutes < 0 else '剩'} {span_words(minutes)}"


def when_words(value: datetime | date, *, now: datetime) -> str:
    """A moment as people say it: 今天 13:46, 昨天 09:05, 12-18 09:05, and with the year when it is another one."""
    today = timezone.localtime(now).date()
    if isinstance(value, datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        day, clock = local.date(), f" {local:%H:%M}"
    else:
        day, clock = value, ""
    near = {today: "今天", today - timedelta(days=1): "昨天", today + timedelta(days=1): "明天"}
    if day in near:
        return near[day] + clock
    return (f"{day:%m-%d}" if day.year == today.year else f"{day:%Y-%m-%d}") + clock


def thousands_words(value: int | float | Decimal) -> str:
    """A number with thousands separated; the decimals stay as they were measured."""
    return f"{value:,}"


@dataclass(frozen=True)
class NavEntry:
    """One line of the side navigation: where to, its sign and word, and the permissions of which one is enough."""

    key: str
    address: str
    icon: str
    word: str
    needs: tuple[str, ...] = ()


NAV = (
    NavEntry(
        "desk", "/desk/", "inbox", "指挥席", ("cases.use_desk", "cases.see_all_cases", "cases.see_community_cases")
    ),
    NavEntry("tasks", "/m/tasks/", "checklist", "我的任务", ("cases.use_mobile", "cases.feedback_case")),
    NavEntry("callbacks", "/callbacks/", "phone-call", "回访", ("cases.call_back_case",)),
    NavEntry("handover", "/handover/", "transfer", "交接班", ("cases.see_handover",)),
    NavEntry("patrols", "/patrols/", "route", "巡查日志", ("campaigns.see_patrols", "campaigns.roster_patrols")),
    NavEntry("structures", "/ledgers/structures/", "building-warehouse", "违建台账", ("campaigns.see_structures",)),
    NavEntry(
        "households",
        "/ledgers/households/",
        "bolt",
        "煤改电台账",
        ("coal_to_electric.see_households", "coal_to_electric.see_community_households"),
    ),
    NavEntry("campaigns", "/campaigns/", "flag", "专项行动", ("campaigns.see_campaigns",)),
    NavEntry("kinds", "/campaigns/kinds/", "clipboard-list", "整治类别", ("campaigns.manage_kinds",)),
    NavEntry(
        "agreements", "/agreements/", "signature", "责任书", ("campaigns.see_agreements", "campaigns.see_own_agreement")
    ),
    NavEntry(
        "imports", "/imports/", "upload", "导入",
        (
            "campaigns.import_ledgers", "coal_to_electric.import_households", "grid.import_registers",
            "cases.import_cases",
        ),
    ),
    NavEntry("bulletins", "/bulletins/", "file-text", "督查通报", ("reports.see_bulletins",)),
    NavEntry("rankings", "/rankings/", "list-numbers", "考核排名", ("reports.see_rankings",)),
    NavEntry("dashboard", "/dashboard/", "chart-histogram", "领导驾驶舱", ("reports.see_dashboard",)),
    NavEntry("year", "/year/", "calendar-event", "年度数据", ("reports.see_dashboard",)),
    NavEntry("month", "/month/edit/", "speakerphone", "每月公开", ("reports.publish_month",)),
    NavEntry("weights", "/rankings/weights/", "adjustments", "考核权重", ("reports.manage_weights",)),
    NavEntry("wall", "/wall/links/", "device-tv", "大屏链接", ("reports.manage_wall",)),
    NavEntry("grid", "/grid/", "map-2", "网格地图"),
    NavEntry("outbox", "/outbox/", "mail-forward", "发件箱", ("cases.see_outbox",)),
    NavEntry("audit", "/audit/", "shield-check", "审计", ("accounts.read_audit",)),
    NavEntry("admin", "/admin/", "settings", "系统管理", ("accounts.enter_admin",)),
)


# Pages that belong to an entry without lying below its address.
UNDER = {"desk": ("/cases/",), "dashboard": ("/figures/",)}


def nav_for(user: Any, *, path: str) -> list[tuple[NavEntry, bool]]:
    """The entries a person may open, each with whether it is the one that is open now."""
    mine = [
        entry
        for entry in NAV
        if has_page(entry.address) and (not entry.needs or any(user.has_perm(need) for need in entry.needs))
    ]
    near = [entry for entry in mine if path.startswith((entry.address, *UNDER.get(entry.key, ())))]
    here = max(near, key=lambda entry: len(entry.address), default=None)
    return [(entry, entry is here) for entry in mine]


def pieces_for(slot: str, *, request: HttpRequest, subject: Any) -> list[SafeString]:
    """What upper apps put into a slot of this page."""
    makers: Iterable[Callable[[HttpRequest, Any], SafeString]] = map(import_string, SLOTS.get(slot, ()))
    return [made for made in (make(request, subject) for make in makers) if made]


# --- the street as a drawing on the login page -------------------------------------------------------------------

MAP_WIDTH, MAP_HEIGHT = 900.0, 760.0


def _rings(shape: Any) -> list[list[tuple[float, float]]]:
    """The outer rings of a polygon or of several."""
    return [list(part.exterior.coords) for part in getattr(shape, "geoms", [shape])]


def draw_street(communities: Iterable[bytes], grids: Iterable[bytes]) -> dict[str, list[str]]:
    """SVG paths of communities and unit grids from WKB in WGS-84, fitted into the drawing; empty without territory."""
    from shapely import from_wkb

    areas = [_rings(from_wkb(bytes(wkb))) for wkb in communities]
    cells = [_rings(from_wkb(bytes(wkb))) for wkb in grids]
    points = [point for rings in areas for ring in rings for point in ring]
    if not points:
        return {}
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    squeeze = cos(radians((south + north) / 2))
    scale = max(MAP_WIDTH / ((east - west) * squeeze), MAP_HEIGHT / (north - south))

    def path(rings: list[list[tuple[float, float]]]) -> str:
        return "".join(
            "M" + "L".join(f"{(x - west) * squeeze * scale:.1f} {(north - y) * scale:.1f}" for x, y, *_ in ring) + "Z"
            for ring in rings
        )

    return {"communities": [path(rings) for rings in areas], "grids": [path(rings) for rings in cells]}


def _read_street() -> dict[str, list[str]]:
    """The drawing of the territory that is in force."""
    from grid.models import Community, UnitGrid

    shapes = (Community.objects.order_by("code"), UnitGrid.objects.order_by("code"))
    return draw_street(*(rows.values_list("shape", flat=True) for rows in shapes))


@cache
def _kept_street() -> Any:
    """Where this process keeps the drawing; made late, since tags are loaded before the models are."""
    from grid.editions import Kept
    from grid.locate import SUBJECT

    return Kept(SUBJECT, _read_street)


def street_drawing() -> dict[str, list[str]]:
    """The drawing, kept in this process until another territory is published, so a login page costs no geometry."""
    return _kept_street().get()
