"""Finding a place by the name people use: a key site, a community, a grid."""

from grid.addresses import SHORTEST, NamedPlace, named_in, named_like

MOST = 12


def find_places(text: str, *, limit: int = MOST) -> list[NamedPlace]:
    """Places whose name is in the text ("西井大街12号门前"), then those whose name contains it ("西井")."""
    if len(text.strip()) < SHORTEST:
        return []
    found = named_in(text)
    found += [place for place in named_like(text) if place not in found]
    return found[:limit]
