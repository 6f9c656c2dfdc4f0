"""Taking in the ground: the shipped street whole, twice the same, and every unsound file refused with a reason."""
import copy
import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import AuditEntry, Department
from grid.importing import ImportRefused, load_key_sites, load_territory
from grid.models import Community, Edition, KeySite, Post, Street, UnitGrid
from tests.grid.conftest import AT, DEMO, demo_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def files():
    """The three files, parsed, to be spoilt."""
    return {name: json.loads(demo_text(f"{name}.geojson")) for name in ("outline", "communities", "grids")}


def load(files):
    """Load the parsed files."""
    return load_territory(**{name: json.dumps(data) for name, data in files.items()}, by=None, at=AT)


def refusal(files):
    """The problems of files that must be refused; nothing of them is stored."""
    with pytest.raises(ImportRefused) as refused:
        load(files)
    assert not UnitGrid.objects.exists()
    assert not Department.objects.exists()
    return " ".join(refused.value.problems)


def test_the_shipped_street_is_taken_in_whole_and_without_a_seam(territory):
    assert (Street.objects.count(), Community.objects.count(), UnitGrid.objects.count()) == (1, 20, 100)
    assert territory.created == 121
    assert territory.warnings == []
    assert AuditEntry.objects.filter(action="territory_loaded").count() == 1


def test_each_community_is_a_department_of_the_same_code(territory):
    for community in Community.objects.select_related("department"):
        assert (community.department.code, community.department.kind) == (community.code, "community")


def test_loading_twice_changes_nothing(territory):
    before = Edition.objects.token_of("territory")
    again = load({name: json.loads(demo_text(f"{name}.geojson")) for name in ("outline", "communities", "grids")})
    assert (again.created, again.changed, again.unchanged) == (0, 0, 121)
    assert Edition.objects.token_of("territory") == before
    assert AuditEntry.objects.filter(action="territory_loaded").count() == 1


def test_a_changed_leader_ends_one_post_and_the_phone_is_not_stored_in_clear(territory, files):
    files["grids"]["features"][0]["properties"]["leader_phone"] = "13800001234"
    assert load(files).changed == 1
    posts = Post.objects.filter(unit_grid__code="110107005001001")
    assert [(post.phone, post.until is None) for post in posts] == [("13800001234", True)]  # the same day is mended
    assert load(files).changed == 0
    assert Post.objects.count() == 100
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM grid_post")
        assert not any(b"13800001234" in bytes(row[0]) for row in cursor.fetchall())


def test_a_grid_code_of_another_street_is_refused_and_ours_is_not(files):
    spoilt = copy.deepcopy(files)
    spoilt["grids"]["features"][0]["properties"]["code"] = "110107006001001"
    assert "网格代码 110107006001001 不合本街道的编码规则" in refusal(spoilt)
    assert load(files).created == 121


def test_a_code_used_twice_is_refused(files):
    files["grids"]["features"][1]["properties"]["code"] = "110107005001001"
    assert "网格代码 110107005001001 用了不止一次" in refusal(files)


def test_a_grid_outside_its_community_is_refused(files):
    features = files["grids"]["features"]
    features[0]["geometry"], features[50]["geometry"] = features[50]["geometry"], features[0]["geometry"]
    assert "网格 110107005001001 有一部分在社区 110107005001 之外" in refusal(files)


def test_a_grid_of_an_unknown_community_is_refused(files):
    files["grids"]["features"][0]["properties"]["community_code"] = "110107005099"
    assert "社区 110107005099 不在社区文件里" in refusal(files)


def test_a_border_that_crosses_itself_is_refused(files):
    ring = files["grids"]["features"][0]["geometry"]["coordinates"][0]
    ring[1], ring[2] = ring[2], ring[1]
    assert "自相交" in refusal(files)


@pytest.mark.parametrize("text", ["", "没有", "[]", '{"features": 3}', '{"type": "FeatureCollection"}'])
def test_a_file_that_is_no_geojson_is_refused_in_words(text, files):
    with pytest.raises(ImportRefused, match="不是 GeoJSON"):
        load_territory(
            outline=json.dumps(files["outline"]), communities=json.dumps(files["communities"]), grids=text,
            by=None, at=AT,
        )  # fmt: skip


@pytest.mark.parametrize("geometry", [None, {}, {"type": "Polygon", "coordinates": [[[1, 2]]]}, {"type": "Point"}, 5])
def test_a_feature_without_a_sound_shape_is_refused_in_words(geometry, files):
    files["grids"]["features"][0]["geometry"] = geometry
    assert "网格文件第 1 个要素" in refusal(files)


def test_projected_coordinates_are_refused(files):
    for feature in files["grids"]["features"]:
        feature["geometry"]["coordinates"] = [[[x * 1000, y] for x, y in feature["geometry"]["coordinates"][0]]]
    assert "不是经纬度" in refusal(files)


def test_a_number_that_is_a_word_is_refused(files):
    files["communities"]["features"][0]["properties"]["households"] = "两千户"
    assert "households 应为数字，现为“两千户”" in refusal(files)


def test_a_grid_in_use_may_not_vanish(territory, files):
    files["grids"]["features"].pop()
    with pytest.raises(ImportRefused, match="代码一经使用不能取消"):
        load(files)
    assert UnitGrid.objects.count() == 100


def test_gaps_and_overlaps_are_told_and_loaded_all_the_same(files):
    outline = files["outline"]["features"][0]["geometry"]["coordinates"][0]
    outline[0][1] -= 0.001
    outline[-1][1] -= 0.001
    report = load(files)
    assert report.created == 121
    assert any("没有盖住街道轮廓" in warning for warning in report.warnings)


def test_a_code_that_belongs_to_an_office_is_not_made_a_community(files):
    Department.objects.create(code="110107005001", name="城管执法队", short_name="城管", kind="resident")
    with pytest.raises(ImportRefused, match="已用于部门“城管执法队”"):
        load(files)
    assert not Community.objects.exists()


# --- key sites -------------------------------------------------------------------------------------------------------


def site_rows():
    """The shipped rows."""
    return list(csv.DictReader(io.StringIO(demo_text("key_sites.csv"))))


def test_the_sixty_key_sites_are_taken_in_and_twice_is_once(sites):
    assert sites.created == 60
    assert KeySite.objects.exclude(line=None).count() == 14
    again = load_key_sites(site_rows(), by=None, at=AT)
    assert (again.created, again.changed) == (0, 0)


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("grid_code", "110107005001009", "第 2 行：网格代码 110107005001009 不存在"),
        ("community_code", "110107005001", "第 2 行：社区 110107005001 与网格"),
        ("category", "公园", "第 2 行：类别“公园”不认识"),
        ("status", "不明", "第 2 行：状态“不明”不认识"),
        ("lon", "东经", "第 2 行：经纬度不是数字"),
        ("lon", "116.3", "第 2 行：位置 116.3"),
        ("lon", "nan", "第 2 行：位置 nan"),
        ("line_wkt", "LINESTRING (", "第 2 行：线形不是 LINESTRING"),
        ("line_wkt", "POINT (116 39)", "第 2 行：线形不是 LINESTRING"),
        ("patrol_per_week", "每天", "第 2 行：每周巡查“每天”不是次数"),
        ("name", "", "第 2 行：编号或名称是空的"),
        ("site_id", "KS002", "编号 KS002 用了不止一次"),
    ],
)
def test_a_row_that_does_not_fit_refuses_the_file_and_names_its_line(territory, column, value, sentence):
    rows = site_rows()
    rows[0][column] = value
    with pytest.raises(ImportRefused) as refused:
        load_key_sites(rows, by=None, at=AT)
    assert any(problem.startswith(sentence) for problem in refused.value.problems), refused.value.problems
    assert not KeySite.objects.exists()


# --- from the command line -------------------------------------------------------------------------------------------


def test_a_folder_is_loaded_by_one_command_and_says_what_it_did(capsys):
    call_command("load_territory", DEMO)
    call_command("load_territory", DEMO)
    said = capsys.readouterr().out
    assert "边界：新增 121，改动 0，未变 0。" in said
    assert "重点点位：新增 0，改动 0，未变 60。" in said


def test_a_folder_without_the_files_is_refused_in_words(tmp_path):
    with pytest.raises(CommandError, match=r"找不到文件 .*outline\.geojson"):
        call_command("load_territory", tmp_path)
