"""Responsibility grids (责任网格): several unit grids of one community, the ground of one team."""
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.audit import record
from grid.models import Community, ResponsibilityGrid, UnitGrid
from grid.posts import may_appoint
from grid.registering import NotYours, RegisterRefused, claim

STALE = "这个责任网格刚被别人修改过，没有覆盖。请刷新后再改。"


def keep_area(
    area: ResponsibilityGrid | None = None, *, code: str, name: str, community: Community,
    unit_grids: Iterable[UnitGrid], by: Any, at: datetime, active: bool = True, version: int = 0,
) -> ResponsibilityGrid:  # fmt: skip
    """Draw a responsibility grid, or redraw it at its version. Raises NotYours, RegisterRefused, RegisterConflict."""
    if not may_appoint(by):
        raise NotYours("你的角色不能划分责任网格。需要时请与台账专员或管理员联系。")
    grids = list(unit_grids)
    strange = [grid.name for grid in grids if grid.community_id != community.pk]
    if not grids:
        raise RegisterRefused({"unit_grids": "请至少选一个单元网格。"})
    if strange:
        raise RegisterRefused({"unit_grids": f"{'、'.join(strange[:3])}不在{community.name}。请只选本社区的网格。"})
    columns = {"code": code, "name": name, "community": community, "active": active}
    try:
        with transaction.atomic():
            area = _redrawn(area, columns, version) if area else ResponsibilityGrid.objects.create(**columns)
            area.unit_grids.set(grids)
            record("area_kept", actor=by, subject=area, detail={"count": len(grids)}, at=at)
    except IntegrityError:
        raise RegisterRefused({"code": f"编号 {code} 已经用过。请换一个。"})
    return area


def _redrawn(area: ResponsibilityGrid, columns: dict[str, Any], version: int) -> ResponsibilityGrid:
    claim(area, version, stale=STALE)
    for name, value in columns.items():
        setattr(area, name, value)
    area.save(update_fields=list(columns))
    return area
