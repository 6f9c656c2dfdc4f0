"""Base maps: each host by name in the content policy, a wrong source stops the start."""
import json

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.tiles import hosts_of, read_tiles
from tests.archives import picture_archive
from tests.house.sample import manage

TIANDITU = {"name": "天地图", "datum": "wgs84", "subdomains": "01", "attribution": "天地图",
            "url": "https://t{s}.tianditu.example/vec?x={x}&y={y}&l={z}&tk=k",
            "labels": "https://t{s}.tianditu.example/cva?x={x}&y={y}&l={z}&tk=k"}  # fmt: skip
OWN = {"name": "本地", "datum": "wgs84", "url": "/tiles/{z}/{x}/{y}.png"}
ARCHIVE = {"name": "离线", "datum": "wgs84", "archive": "/tiles/street-1.pmtiles", "attribution": "街道自有"}


def test_no_base_map_is_the_default_and_adds_no_host():
    assert read_tiles([]) == [] and hosts_of([]) == []


def test_each_subdomain_is_a_host_by_name_and_own_tiles_are_none():
    assert hosts_of(read_tiles([TIANDITU, OWN, ARCHIVE])) == ["https://t0.tianditu.example", "https://t1.tianditu.example"]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("https://a.example/{z}/{x}/{y}.png", "not a JSON object"),
        ({}, "name and url and datum missing"),
        ({**OWN, "datum": "bd09"}, "datum is wgs84 or gcj02"),
        ({**OWN, "url": "/tiles/{z}/{x}.png"}, "{z}, {x} and {y}"),
        ({**OWN, "url": "ftp://a.example/{z}/{x}/{y}"}, "must begin with https"),
        ({**OWN, "url": "https://a.example *.evil.example/{z}/{x}/{y}"}, "must begin with https"),
        ({**OWN, "url": "//a.example/{z}/{x}/{y}"}, "must begin with https"),
        ({**OWN, "attribution": "<b>x</b>"}, "plain text"),
        ({**OWN, "max_zoom": "18"}, "whole number"),
        ({**OWN, "tiles": 1}, "tiles is not known"),
        ({**ARCHIVE, "datum": ""}, "datum missing"),
        ({**ARCHIVE, "datum": "bd09"}, "datum is wgs84 or gcj02"),
        ({**ARCHIVE, "url": "/tiles/{z}/{x}/{y}.png"}, "url is not known beside archive"),
        ({**ARCHIVE, "max_zoom": 18}, "max_zoom is not known beside archive"),
        ({**ARCHIVE, "archive": "street.pmtiles"}, "whole path"),
        ({**ARCHIVE, "archive": "/tiles/street.mbtiles"}, "whole path"),
        ({**ARCHIVE, "archive": "/tiles/街道.pmtiles"}, "letters, digits"),
        ({**ARCHIVE, "archive": "/tiles/.pmtiles"}, "letters, digits"),
        ({**ARCHIVE, "archive": ["/tiles/street.pmtiles"]}, "whole path"),
    ],
)
def test_a_wrong_source_is_named_with_its_place(source, words):
    with pytest.raises(ImproperlyConfigured) as refused:
        read_tiles([OWN, source])
    assert "MAP_TILES, base map 2" in str(refused.value) and words in str(refused.value)


def test_archives_of_one_name_would_mix_their_tiles_and_are_refused():
    assert read_tiles([ARCHIVE, {**ARCHIVE, "archive": "/tiles/street-2.pmtiles"}])
    with pytest.raises(ImproperlyConfigured, match="same file name"):
        read_tiles([ARCHIVE, {**ARCHIVE, "archive": "/other/street-1.pmtiles"}])


def test_something_else_than_a_list_is_refused():
    with pytest.raises(ImproperlyConfigured):
        read_tiles({"url": "/"})


def test_a_wrong_source_stops_the_start_and_a_right_one_opens_its_hosts_alone():
    assert "MAP_TILES, base map 1" in manage("check", MAP_TILES="[{}]").stderr
    script = "from django.conf import settings; print(settings.CONTENT_SECURITY_POLICY['DIRECTIVES']['img-src'])"
    told = manage("shell", "-v", "0", "-c", script, MAP_TILES=json.dumps([TIANDITU, OWN]))
    assert told.returncode == 0, told.stderr
    assert "'data:', 'blob:', 'https://t0.tianditu.example', 'https://t1.tianditu.example']" in told.stdout


def test_the_check_of_the_system_names_an_archive_that_is_missing_and_is_silent_about_one_that_is_there(tmp_path):
    archive = {**ARCHIVE, "archive": str(tmp_path / "street.pmtiles")}
    refused = manage("check", MAP_TILES=json.dumps([archive]))
    assert refused.returncode == 1 and "MAP_TILES 的底图“离线”" in refused.stderr and "config.E005" in refused.stderr
    picture_archive(tmp_path / "street.pmtiles")
    allowed = manage("check", MAP_TILES=json.dumps([archive]))
    assert allowed.returncode == 0, allowed.stderr
