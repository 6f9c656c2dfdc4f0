"""Base maps of one's own: tiles out of an archive, for staff alone; what cannot be drawn is said, not left blank."""
import gzip
import json
import os
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from config.checks import check_archives
from grid.base_maps import Archive, ArchiveRefused, archive_at, base_maps
from tests.archives import picture_archive, place_of, places, vector_archive, vector_tile, write_archive
from tests.make import make_user

HERE = place_of(116.19, 39.935, 14)


def address(place, key="street"):
    return "/grid/tiles/{}/{}/{}/{}".format(key, *place)


@pytest.fixture
def archive(settings, tmp_path):
    """The street's pictures, as MAP_TILES names them."""
    path = picture_archive(tmp_path / "street.pmtiles")
    settings.MAP_TILES = [{"name": "本地", "datum": "wgs84", "archive": str(path)}]
    return path


@pytest.fixture
def staff(client, db):
    """Somebody without any role, who may open the map all the same."""
    client.force_login(make_user("someone"))
    return client


# --- tiles ---------------------------------------------------------------------------------------------------------


def test_a_picture_is_served_as_it_lies_and_kept_by_this_browser_alone(staff, archive):
    answer = staff.get(address(HERE))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert answer.content == Archive(str(archive)).tile(*HERE) and answer.content.startswith(b"\x89PNG")
    assert "private" in answer["Cache-Control"] and "max-age=31536000" in answer["Cache-Control"]
    assert "Content-Encoding" not in answer
    again = staff.get(address(HERE), headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_vector_tile_says_that_it_is_packed(staff, archive):
    vector_archive(archive)
    answer = staff.get(address(HERE))
    assert answer["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert answer["Content-Encoding"] == "gzip" and gzip.decompress(answer.content) == vector_tile()


def test_a_hole_is_an_empty_answer_and_not_a_fault(staff, archive):
    for place in ((14, 0, 0), (3, 6, 3), (19, HERE[1] << 5, HERE[2] << 5)):
        answer = staff.get(address(place))
        assert (answer.status_code, answer.content) == (204, b"")
        assert "max-age" in answer["Cache-Control"]


@pytest.mark.parametrize(
    "wrong",
    ["14/16384/0", "14/0/16384", "0/1/0", "31/0/0", "99999999999999999999/0/0", "14/-1/0", "14/x/0", "14/1.5/0", "14/0"],
)
def test_nothing_but_numbers_of_the_earth_is_accepted(staff, archive, wrong):
    assert staff.get("/grid/tiles/street/14/16383/16383").status_code == 204
    assert staff.get(f"/grid/tiles/street/{wrong}").status_code == 404


def test_only_the_archives_of_the_settings_are_read(staff, archive):
    picture_archive(archive.parent / "other.pmtiles")
    assert staff.get(address(HERE)).status_code == 200
    assert staff.get(address(HERE, "other")).status_code == 404
    assert staff.get(address(HERE, "..%2Fother")).status_code == 404


def test_tiles_are_for_staff_and_only_to_be_read(client, archive, db):
    answer = client.get(address(HERE))
    assert answer.status_code == 302 and answer["Location"].startswith("/login/")
    client.force_login(make_user("someone"))
    assert client.get(address(HERE)).status_code == 200
    assert client.post(address(HERE)).status_code == 405


def test_a_large_archive_is_read_through_its_further_directories(tmp_path):
    dice = random.Random(1)
    tiles = {(9, x, y): dice.randbytes(dice.randrange(1, 60)) for x in range(150) for y in range(150)}
    archive = Archive(str(write_archive(tmp_path / "large.pmtiles", tiles, TileType.PNG)))
    assert archive.header["leaf_directory_length"] > 0
    assert all(archive.tile(*place) == tiles[place] for place in dice.sample(sorted(tiles), 500))
    assert archive.tile(9, 151, 151) is None


# --- another file in its place -------------------------------------------------------------------------------------


def test_a_replaced_file_is_opened_anew_and_its_tiles_have_other_addresses(staff, archive):
    before, url = staff.get(address(HERE)), base_maps()[0]["url"]
    assert staff.get("/grid/ground.json").json()["tiles"][0]["url"] == url
    os.replace(picture_archive(archive.parent / "new.pmtiles", "orange"), archive)
    after = staff.get(address(HERE), headers={"If-None-Match": before["ETag"]})
    assert (before.status_code, after.status_code) == (200, 200)
    assert after.content != before.content
    assert staff.get("/grid/ground.json").json()["tiles"][0]["url"] == base_maps()[0]["url"] != url


def test_an_unchanged_file_stays_open_and_a_replaced_one_is_closed(archive):
    assert archive_at(str(archive)) is archive_at(str(archive))
    files = Path("/proc/self/fd")
    if not files.exists():
        pytest.skip("open files are counted on Linux alone")
    before = len(list(files.iterdir()))
    for colour in ("orange", "teal", "orange", "teal"):
        os.replace(picture_archive(archive.parent / "new.pmtiles", colour), archive)
        assert archive_at(str(archive)).tile(*HERE)
    assert len(list(files.iterdir())) == before


def test_many_threads_read_while_the_file_is_replaced(archive):
    there = {Archive(str(archive)).tile(*HERE)}
    new = picture_archive(archive.parent / "new.pmtiles", "orange")
    there.add(Archive(str(new)).tile(*HERE))

    def look(turn):
        if turn == 100:
            os.replace(new, archive)
        return archive_at(str(archive)).tile(*places([14])[turn % 5])

    with ThreadPoolExecutor(8) as hands:
        seen = set(hands.map(look, range(400)))
    assert seen == there


def test_a_file_that_is_gone_is_left_out_and_said_in_the_log_until_it_is_back(staff, archive, settings, caplog):
    service = {"name": "天地图", "datum": "wgs84", "url": "https://t.example/{z}/{x}/{y}"}
    settings.MAP_TILES = [*settings.MAP_TILES, service]
    away = archive.rename(archive.with_suffix(".away"))
    assert staff.get("/grid/ground.json").json()["tiles"] == [service]
    assert staff.get(address(HERE)).status_code == 404
    assert "读不到" in caplog.text and "street.pmtiles" in caplog.text
    away.rename(archive)
    assert [source["name"] for source in staff.get("/grid/ground.json").json()["tiles"]] == ["本地", "天地图"]
    assert staff.get(address(HERE)).status_code == 200


def test_a_file_that_is_refused_is_looked_at_and_said_once_until_it_changes(staff, archive, caplog, monkeypatch):
    looks = []
    monkeypatch.setattr("grid.base_maps.Archive", lambda path: looks.append(path) or Archive(path))
    whole = archive.read_bytes()
    archive.write_bytes(whole[:-1])
    for _ in range(3):
        assert staff.get(address(HERE)).status_code == 404
        assert staff.get("/grid/ground.json").json()["tiles"] == []
    assert len(looks) == caplog.text.count("没有拷完整") == 1
    archive.write_bytes(whole)
    assert staff.get(address(HERE)).status_code == 200
    assert len(looks) == 2


# --- what browsers get ---------------------------------------------------------------------------------------------


def test_the_path_stays_on_the_server_and_the_archive_tells_its_zooms(client, archive, db):
    told = client.get("/grid/ground.json")
    assert str(archive.parent) not in told.content.decode()
    source = told.json()["tiles"][0]
    assert source.pop("url").startswith("/grid/tiles/street/{z}/{x}/{y}?v=")
    assert source == {"name": "本地", "datum": "wgs84", "min_zoom": 10, "max_zoom": 14}


def test_vector_tiles_name_what_draws_them_and_pictures_do_not(staff, archive):
    assert "painter" not in base_maps()[0]
    vector_archive(archive)
    assert base_maps()[0]["painter"] == "/static/vendor/protomaps-leaflet.js"
    assert staff.get(base_maps()[0]["url"].format(z=HERE[0], x=HERE[1], y=HERE[2])).status_code == 200


# --- what cannot be drawn ------------------------------------------------------------------------------------------


def bent(path, **changes):
    """An archive of which some bytes say something else."""
    data = bytearray(picture_archive(path).read_bytes())
    for place, value in changes.items():
        data[int(place[1:])] = value
    path.write_bytes(data)


def described(path, words):
    """A vector archive that says this of itself."""
    with path.open("wb") as file:
        writer = Writer(file)
        writer.write_tile(zxy_to_tileid(*HERE), b"x")
        writer.finalize({"tile_type": TileType.MVT, "tile_compression": Compression.NONE}, words)


REFUSED = {
    "missing": (lambda path: None, "读不到"),
    "a folder": (lambda path: path.mkdir(), "读不到"),
    "empty": (lambda path: path.touch(), "不是第 3 版的 PMTiles"),
    "a text": (lambda path: path.write_text("地图" * 200), "不是第 3 版的 PMTiles"),
    "version 2": (lambda path: bent(path, _7=2), "不是第 3 版的 PMTiles"),
    "half a copy": (lambda path: path.write_bytes(picture_archive(path).read_bytes()[:-1]), "没有拷完整"),
    "a broken directory": (lambda path: bent(path, _130=255), "目录是坏的"),
    "a directory packed otherwise": (lambda path: bent(path, _97=Compression.ZSTD.value), "不是用 gzip 压缩"),
    "avif": (lambda path: write_archive(path, {HERE: b"x"}, TileType.AVIF), "里的瓦片是 AVIF"),
    "mlt": (lambda path: write_archive(path, {HERE: b"x"}, TileType.MLT), "里的瓦片是 MLT"),
    "brotli": (lambda path: write_archive(path, {HERE: b"x"}, TileType.PNG, packing=Compression.BROTLI), "用 BROTLI 压缩"),
    "a list for a description": (lambda path: described(path, []), "目录是坏的"),
    "layers without names": (lambda path: described(path, {"vector_layers": 7}), "目录是坏的"),
    "no layers": (lambda path: described(path, {}), "没有图层 roads"),
    "another schema": (lambda path: vector_archive(path, road_layer="transportation"), "没有图层 roads"),
    "only near by": (lambda path: vector_archive(path, range(13, 15)), "从第 13 级才开始"),
}  # fmt: skip


@pytest.mark.parametrize("make", [picture_archive, vector_archive])
def test_a_right_archive_passes_the_check(archive, make):
    make(archive)
    assert check_archives(None) == []


@pytest.mark.parametrize("case", REFUSED)
def test_a_wrong_archive_is_an_error_that_says_which_and_what_to_do(settings, tmp_path, case):
    make, words = REFUSED[case]
    path = tmp_path / "wrong.pmtiles"
    make(path)
    settings.MAP_TILES = [{"name": "影像", "datum": "wgs84", "archive": str(path)}]
    with pytest.raises(ArchiveRefused):
        archive_at(str(path))
    (error,) = check_archives(None)
    assert error.id == "config.E005"
    assert words in error.msg and "“影像”" in error.msg and str(path) in error.msg and "请" in error.msg
    assert base_maps() == []


def test_sources_of_other_kinds_are_not_looked_for_on_the_disk(settings):
    settings.MAP_TILES = [{"name": "天地图", "datum": "wgs84", "url": "https://t.example/{z}/{x}/{y}"}]
    assert check_archives(None) == [] and base_maps() == settings.MAP_TILES
    assert json.dumps(base_maps())
