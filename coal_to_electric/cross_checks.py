"""What coal-to-electric can find wrong: households that lie in no unit grid; by number alone, nobody's name."""
from collections.abc import Iterator
from datetime import datetime

from coal_to_electric.models import Household
from grid.cross_checks import CrossCheck, Found


def households_without_grid(at: datetime) -> Iterator[Found]:
    """Households that take part and lie in no grid."""
    rows = Household.objects.filter(grid=None, withdrawn_on=None)
    for number, community, is_demo in rows.values_list("number", "community_id", "is_demo").iterator():
        yield Found(number, number, "没有网格", f"/ledgers/households/{number}/", community, is_demo)


CHECKS = (
    CrossCheck(
        "household_without_grid", "煤改电住户没有网格", "打开这一户，补上网格", households_without_grid,
        ("coal_to_electric.see_households", "coal_to_electric.see_community_households"),
    ),
)  # fmt: skip
