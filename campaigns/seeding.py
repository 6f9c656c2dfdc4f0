"""The usual kinds of campaign entries, as rows that an admin edits afterwards."""
from campaigns.models import EntryKind

TEXT, NUMBER, DATE = "text", "number", "date"
# slug, name, prefix, what is counted, unit, decimals, photos before and after, further columns
KINDS = (
    ("unlicensed", "取缔无照经营", "WZ", "取缔数", "起", 0, (True, False), (("业态", TEXT), ("处置", TEXT))),
    ("markets", "关停马路市场", "SC", "关停市场", "处", 0, (True, True), (("摊位数", NUMBER),)),
    ("walls", "整治开墙打洞", "KQ", "封堵洞口", "处", 0, (True, True), (("房号", TEXT), ("封堵日期", DATE))),
    ("group_rentals", "整治群租房", "QZ", "整治户数", "户", 0, (True, True), (("间数", NUMBER), ("清退人数", NUMBER))),
    ("underground", "整治地下空间", "DX", "清理面积", "㎡", 2, (True, True), (("类别", TEXT), ("清退人数", NUMBER))),
    ("garbage", "清运垃圾", "LJ", "清运量", "吨", 1, (False, False),
     (("垃圾类别", TEXT), ("车次", NUMBER), ("管理单位", TEXT), ("清运单位", TEXT), ("工作", TEXT))),
)  # fmt: skip


def seed_kinds() -> int:
    """Lay down the usual kinds where there are none of that name; returns how many are new."""
    made = 0
    for order, (slug, name, prefix, quantity, unit, decimals, photos, extra) in enumerate(KINDS, start=1):
        columns = [{"label": label, "type": kind} for label, kind in extra]
        made += EntryKind.objects.get_or_create(
            slug=slug,
            defaults={
                "name": name, "prefix": prefix, "quantity_name": quantity, "unit": unit, "decimals": decimals,
                "needs_before": photos[0], "needs_after": photos[1], "extra": columns, "order": order,
            },
        )[1]  # fmt: skip
    return made
