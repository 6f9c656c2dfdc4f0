"""Loading the demonstration in parts, each whole or not at all and remembered by an entry of the trail."""
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.conf import settings

from accounts.audit import record
from accounts.models import AuditEntry
from config.demo_loading import (
    agreements,
    bulletins,
    catalogue,
    checks,
    compare,
    households,
    patrols,
    people,
    present,
    received,
    registers,
    replay,
    structures,
    targets,
    year,
)
from config.demo_loading.acts import LOADED
from config.demo_loading.files import fingerprint, missing
from grid import sweeping
from reports import facts

PARTS = {
    "边界": ("outline.geojson", "communities.geojson", "grids.geojson", "key_sites.csv", "aliases.csv"),
    "人员": ("departments.csv", "agreements.csv"),
    "类别": ("categories.csv", "cases.csv"),
    "2016 年案件": ("cases.csv", "patrols.csv"),
    "煤改电": ("households.csv",),
    "巡查": ("patrols.csv",),
    "专项行动": ("structures.csv", "garbage.csv", "key_sites.csv"),
    "督查通报": ("bulletins.csv",),
    "责任书": ("agreements.csv", "agreement_tasks.csv", "units.csv"),
    "考评与荣誉": ("received.csv", "honours.csv"),
    "年度数据": ("reported.csv",),
    "五类台账": ("categories.csv", "grids.geojson"),
    "其他地点": ("grids.geojson",),
}


class LoadRefused(Exception):
    """Not loaded; str() says why and what to do."""


def load(folder: Path, *, now: datetime, with_present: bool, say: Callable[[str], None]) -> None:
    """Everything that is not there yet; a second time it only looks whether it has anything to do."""
    if not settings.DEMO:
        raise LoadRefused("演示数据只能载入演示系统。请设置 DEMO=1，或在正式系统里使用导入功能。")
    gone = missing(folder)
    if gone:
        raise LoadRefused(f"{folder} 里缺少 {'、'.join(gone)}。请核对文件夹。")
    steps: dict[str, Callable[[], str]] = {
        "边界": lambda: f"网格：{catalogue.load_places(folder, at=now)}",
        "人员": lambda: f"人员：{people.load_people(folder, at=now)}",
        "类别": lambda: f"类别：{catalogue.load_catalogue(folder, at=now)}",
        "2016 年案件": lambda: _play_year(folder, now=now, say=say),
        "煤改电": lambda: households.load_households(folder, at=now),
        "巡查": lambda: patrols.load_patrols(folder, at=now),
        "专项行动": lambda: structures.load_campaign(folder, at=now),
        "督查通报": lambda: f"督查通报：登记 2016 年 {bulletins.load_past(folder, at=now)} 期",
        "责任书": lambda: agreements.load_year(folder, at=now),
        "考评与荣誉": lambda: received.load_received(folder, at=now),
        "年度数据": lambda: year.load_reported(folder, at=now),
    }
    for part, step in steps.items():
        _once(part, folder, step, now=now, say=say)
    people.load_rota(at=now)
    targets.load_targets()
    if with_present:
        _once("五类台账", folder, lambda: registers.load_registers(folder, at=now), now=now, say=say)
        _once("其他地点", folder, lambda: registers.load_further_places(at=now), now=now, say=say)
        present.keep_present(folder, now=now, say=say)
        checks.keep_checks(folder, now=now, say=say)
        patrols.keep_patrol_today(folder, now=now, say=say)
        households.load_season(folder, at=now, say=say)
        structures.load_today(folder, at=now, say=say)
        bulletins.tell_present(now=now)
        agreements.load_today(folder, at=now, say=say)
        sweeping.sweep(by=None, at=now)
    facts.roll_up(at=now)


def _once(part: str, folder: Path, step: Callable[[], str], *, now: datetime, say: Callable[[str], None]) -> None:
    """Do a part unless these very files were loaded already."""
    edition = {"part": part, "edition": fingerprint(folder, *PARTS[part])}
    if AuditEntry.objects.filter(action=LOADED, detail=edition).exists():
        return
    said = step()
    record(LOADED, actor=None, detail=edition, at=now)
    say(f"{said}。")


def _play_year(folder: Path, *, now: datetime, say: Callable[[str], None]) -> str:
    count = replay.replay(folder, at=now, say=say)
    unlike = list(compare.differences(folder))
    for sentence in unlike:
        say(sentence)
    return f"2016 年案件 {count} 件，与原表不一致 {len(unlike)} 处"
