"""The catalogue of the demonstration: territory, calendar, classes of cases with their usual department, limits."""
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path

from django.db import transaction

from accounts.models import Department
from cases.models import Category
from cases.standards import seed_standards
from config.demo_loading.files import Row, rows, text
from grid.editions import publish
from grid.importing import load_key_sites, load_territory
from grid.locate import SUBJECT
from grid.models import Community, KeySite, PlaceAlias
from grid.workdays import seed_calendar

EVENT, COMPONENT = Category.Kind.EVENT, Category.Kind.COMPONENT
OTHER = "0699"  # the phone's 其他 has no class in the file
# Matters of conduct, contract or policy: a picture proves nothing.
WITHOUT_PICTURE = {"0602", "0604", "0605", "0607", "0608", OTHER, "0508", "0509"}
# Whatever burns, smokes or raises dust is worked on under 蓝天行动, whose cases go out under a leader's name.
BLUE_SKY = {"0190", "0115", "0116", "0302", "0307", "0510"}
# The eight picks of the phone (design): label, sign, class.
PICKS = (
    ("占道经营", "basket", "0501"),
    ("垃圾暴露", "trash", "0102"),
    ("私搭乱建", "building-warehouse", "0101"),
    ("烧煤冒烟", "flame", "0190"),
    ("管线漏水", "droplet", "0402"),
    ("乱停乱放", "car", "0505"),
    ("施工扬尘", "barrier-block", "0302"),
    ("其他", "dots", OTHER),
)
WITHOUT_CASES = {"0104": "X01"}  # 道路不洁 has no case in 2016; sweeping is 环卫队's


@transaction.atomic
def load_catalogue(folder: Path, *, at: datetime) -> str:
    """Classes, limits, reasons, hotlines and phrases; rows that an admin has changed stay as they are."""
    lines = rows(folder, "categories")
    leads = usual_leads(rows(folder, "cases"))
    departments = {department.code: department for department in Department.objects.all()}
    lines.append({"case_type": "事件", "major_code": "06", "major": "其他事件", "minor_code": OTHER, "minor": "其他"})
    for line in lines:
        _load_category(line, leads, departments)
    seed_standards()
    return f"小类 {len(lines)} 个"


def load_places(folder: Path, *, at: datetime) -> str:
    """The street, its communities and grids, and the key sites; and the holiday tables."""
    names = ("outline", "communities", "grids")
    load_territory(**{name: text(folder, f"{name}.geojson") for name in names}, by=None, at=at)
    sites = rows(folder, "key_sites")
    load_key_sites(sites, by=None, at=at)
    load_aliases(rows(folder, "aliases"))
    seed_calendar()
    return f"重点点位 {len(sites)} 处"


def load_aliases(lines: list[Row]) -> None:
    """Other names of sites and communities; those that exist stay as they are."""
    sites = dict(KeySite.objects.values_list("code", "pk"))
    communities = dict(Community.objects.values_list("code", "pk"))
    for line in lines:
        place = {"site_id": sites[line["site_id"]]} if line["site_id"] else {
            "community_id": communities[line["community_code"]]
        }  # fmt: skip
        PlaceAlias.objects.get_or_create(name=line["name"], defaults=place)
    publish(SUBJECT)


def kind_of(case_type: str) -> str:
    """事件 or 部件 as the catalogue keeps it."""
    return COMPONENT if case_type == "部件" else EVENT


def usual_leads(cases: list[Row]) -> dict[tuple[str, str], str]:
    """The department that led most cases of each class in 2016; of two that led as many, the lower code."""
    counts: dict[tuple[str, str], Counter] = defaultdict(Counter)
    for row in cases:
        counts[kind_of(row["case_type"]), row["minor_code"]][row["lead_dept_code"]] += 1
    return {
        key: min(led, key=lambda code: (-led[code], code)) for key, led in counts.items()
    }  # fmt: skip


def _load_category(line: Row, leads: dict[tuple[str, str], str], departments: dict[str, Department]) -> None:
    kind, code = kind_of(line["case_type"]), line["minor_code"]
    is_event = kind == EVENT
    pick = next((n for n, (_, _, picked) in enumerate(PICKS, start=1) if is_event and picked == code), None)
    label, icon = PICKS[pick - 1][:2] if pick else ("", "")
    lead = leads.get((kind, code)) or (WITHOUT_CASES.get(code) if is_event else None)
    Category.objects.get_or_create(
        kind=kind, code=code,
        defaults={
            "major_code": line["major_code"], "major": line["major"], "name": line["minor"].removesuffix("(扩展)"),
            "default_department": departments.get(lead), "tags": "蓝天行动" if is_event and code in BLUE_SKY else "",
            "evidence_required": not (is_event and code in WITHOUT_PICTURE),
            "pick_label": label, "pick_icon": icon, "pick_order": pick,
        },
    )  # fmt: skip
