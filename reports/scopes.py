"""Parts of the street by their names: what an address asks for, and how keys of a dimension are called."""
from collections.abc import Mapping

from accounts.models import Department
from cases.models import Category
from cases.states import Source
from grid.models import Community, UnitGrid
from reports.books import Scope
from reports.models import Dimension

NAMELESS = {
    Dimension.CATEGORY: "未分类", Dimension.MAJOR: "未分类", Dimension.COMMUNITY: "未定社区",
    Dimension.GRID: "未定网格", Dimension.DEPARTMENT: "未派遣",
}  # fmt: skip
ASKABLE = tuple(dimension for dimension in Dimension if dimension is not Dimension.ALL)


def names_of(dimension: str) -> dict[str, str]:
    """Key → name, in the order of the office's lists; the empty key is what is not known (yet)."""
    named = {
        Dimension.ALL: lambda: {"": "全街道"},
        Dimension.SOURCE: lambda: dict(Source.choices),
        Dimension.MAJOR: lambda: {
            f"{one.kind}:{one.major_code}": one.major for one in Category.objects.order_by("kind", "major_code")
        },
        Dimension.CATEGORY: lambda: _keyed(Category.objects.order_by("kind", "code").values_list("pk", "name")),
        Dimension.COMMUNITY: lambda: _keyed(Community.objects.order_by("code").values_list("pk", "short_name")),
        Dimension.GRID: lambda: _keyed(UnitGrid.objects.order_by("code").values_list("pk", "name")),
        Dimension.DEPARTMENT: lambda: _keyed(Department.objects.order_by("code").values_list("pk", "short_name")),
    }[Dimension(dimension)]()  # fmt: skip
    nothing = {"": NAMELESS[Dimension(dimension)]} if dimension in NAMELESS else {}
    return named | nothing


def _keyed(rows: object) -> dict[str, str]:
    return {str(key): name for key, name in rows}


def read_scope(asked: Mapping[str, str]) -> tuple[Scope, str] | None:
    """The part that an address asks for and its name in words; None when a key names nothing."""
    parts, words = {}, []
    for dimension in ASKABLE:
        if dimension.value in asked:
            name = names_of(dimension).get(asked[dimension.value])
            if name is None:
                return None
            parts[dimension.value] = asked[dimension.value]
            words.append(name)
    return Scope.of(**parts), "、".join(words) or "全街道"
