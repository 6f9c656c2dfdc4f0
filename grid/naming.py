"""What a place's name in a table means: 西井, 西井社区, 110107005008 → the community; a slip is answered by a guess."""
from collections.abc import Callable, Iterable

from rapidfuzz import fuzz, process

from grid.models import Community, UnitGrid
from sheets.targets import Resolved

LEAST_LIKENESS = 55  # of 100; below it a guess misleads more than it helps


def _resolver(rows: Iterable, names: Callable[[object], Iterable[str]]) -> Callable[[str], Resolved]:
    """A function from a name to its row, or to the full name that was probably meant."""
    found = {name: row for row in rows for name in names(row) if name}

    def resolve(text: str) -> Resolved:
        tidy = "".join(text.split())
        if tidy in found:
            return Resolved(found[tidy])
        guess = process.extractOne(tidy, list(found), scorer=fuzz.WRatio, score_cutoff=LEAST_LIKENESS)
        return Resolved(suggestion=found[guess[0]].name if guess else "")

    return resolve


def communities() -> Callable[[str], Resolved]:
    """Communities by name, short name and code."""
    return _resolver(Community.objects.without_shapes(), lambda one: (one.short_name, one.name, one.code))


def unit_grids() -> Callable[[str], Resolved]:
    """Unit grids by name and code."""
    return _resolver(UnitGrid.objects.without_shapes(), lambda one: (one.name, one.code))
