"""The base maps of an installation (MAP_TILES): checked at the start, and the hosts that browsers may ask for them."""
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

DATUMS = ("wgs84", "gcj02")
# A service says how its addresses are made; an archive of one's own says the rest itself (grid/base_maps.py).
NEEDED = {"url": ("name", "url", "datum"), "archive": ("name", "archive", "datum")}
MAY = {"url": ("attribution", "labels", "subdomains", "max_zoom"), "archive": ("attribution",)}
ARCHIVE = re.compile(r"/(?:.*/)?([\w-]+)\.pmtiles", re.ASCII)  # the name stands in the addresses of its tiles
HOST = re.compile(r"[A-Za-z0-9.{}-]+(:\d+)?")  # a host goes into the content policy, where a space would open another


def read_tiles(sources: Any) -> list[dict[str, Any]]:
    """The sources as the map gets them; a wrong one stops the start with a sentence that names it."""
    if not isinstance(sources, list):
        raise ImproperlyConfigured("MAP_TILES must be a JSON list of base maps, or empty.")
    for place, source in enumerate(sources, start=1):
        fault = _fault(source) if isinstance(source, dict) else "it is not a JSON object"
        if fault:
            raise ImproperlyConfigured(f"MAP_TILES, base map {place}: {fault}.")
    names = [ARCHIVE.fullmatch(source["archive"])[1] for source in sources if "archive" in source]
    if len(set(names)) < len(names):
        raise ImproperlyConfigured("MAP_TILES: two archives have the same file name; their tiles would be mixed up.")
    return sources


def _fault(source: dict[str, Any]) -> str:
    """What is wrong with a source; empty for nothing."""
    kind = "archive" if "archive" in source else "url"
    missing = [name for name in NEEDED[kind] if not source.get(name)]
    strange = sorted(set(source) - {*NEEDED[kind], *MAY[kind]})
    if missing or strange:
        return f"{' and '.join(missing)} missing" if missing else f"{strange[0]} is not known beside {kind}"
    if source["datum"] not in DATUMS:
        return f"datum is {' or '.join(DATUMS)}, not {source['datum']}"
    if "<" in source.get("attribution", ""):
        return "attribution is plain text"
    if not isinstance(source.get("max_zoom", 18), int):
        return "max_zoom is a whole number"
    if kind == "archive" and not ARCHIVE.fullmatch(str(source["archive"])):
        return "archive is the whole path of a .pmtiles file whose name has letters, digits, - and _ alone"
    return next(filter(None, map(_template_fault, _templates(source))), "")


def _templates(source: dict[str, Any]) -> list[str]:
    return [source[name] for name in ("url", "labels") if source.get(name)]


def _template_fault(template: str) -> str:
    parts = urlsplit(template)
    if not all(blank in template for blank in ("{z}", "{x}", "{y}")):
        return "url and labels must hold {z}, {x} and {y}"
    if parts.scheme in ("http", "https") and HOST.fullmatch(parts.netloc):
        return ""
    return "" if template.startswith("/") and not parts.netloc else "url must begin with https:// or, for own tiles, /"


def hosts_of(sources: Iterable[dict[str, Any]]) -> list[str]:
    """Exactly the hosts that these sources ask, each subdomain by name; own tiles need none."""
    found = []
    for source in sources:
        for parts in map(urlsplit, _templates(source)):
            if parts.netloc:
                names = source.get("subdomains", "abc") if "{s}" in parts.netloc else [""]
                found += [f"{parts.scheme}://{parts.netloc.replace('{s}', name)}" for name in names]
    return list(dict.fromkeys(found))
