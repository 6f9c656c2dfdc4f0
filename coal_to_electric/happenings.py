"""Households of coal-to-electric as a place tells them (事): by number alone, nobody's name."""
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from coal_to_electric.models import Household
from grid.calendar import begin_of
from grid.happenings import Ground, Happening, last_day, lies_on


def tell_households(ground: Ground, user: Any, before: datetime, most: int) -> Iterable[Happening]:
    """The newest households of a ground that this person may know of, by the day of their survey."""
    here = lies_on(ground, has_site=False)
    rows = Household.objects.visible_to(user).filter(here, survey_date__lte=last_day(before))
    newest = rows.order_by("-survey_date", "-pk").only("number", "survey_date", "withdrawn_on", "accepted_date")
    return [
        Happening(
            begin_of(one.survey_date), "煤改电", one.number,
            "已退出" if one.withdrawn_on else "已验收" if one.accepted_date else "办理中", one.get_absolute_url(),
        )
        for one in newest[:most]
    ]  # fmt: skip
