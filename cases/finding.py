"""Cases as the search of the map finds them: by number, as far as a person may know of them."""
import re
from collections.abc import Iterable
from typing import Any

from cases.models import Case
from cases.states import Source
from grid.finding import Found

NUMBER = re.compile(rf"({'|'.join(Source.values)})(-\d{{0,4}}(-\d*)?)?")


def find_cases(text: str, user: Any, most: int) -> Iterable[Found]:
    """Cases whose number begins so, the newest first; whose place a person may not know, without title and place."""
    begin = text.upper()
    if not NUMBER.fullmatch(begin):
        return []
    rows = Case.objects.visible_to(user).filter(number__startswith=begin).for_rows().order_by("-received_at", "-pk")
    found = list(rows[:most])
    placed = set(Case.objects.placed_for(user).filter(pk__in=[case.pk for case in found]).values_list("pk", flat=True))
    return [_found(case, case.pk in placed) for case in found]


def _found(case: Case, is_placed: bool) -> Found:
    title = f"{case.number} {case.title}" if is_placed else case.number
    lon, lat = (case.lon, case.lat) if is_placed else (None, None)
    where = "" if lon is not None else "，没有登记位置" if is_placed else "，位置不公开"
    return Found("案件", title, f"{case.get_state_display()}{where}", case.get_absolute_url(), lon, lat, "cases")
