"""What the registers' forms say of wrong input: every wrong field at once, each in the house's words."""
import pytest

from grid.forms.organisations import LicenceForm, OrganisationForm
from grid.forms.people import DwellingForm, ResidentForm
from grid.forms.places import AreaForm, PlaceForm, PostForm
from grid.forms.things import ThingForm
from grid.models import Dwelling, KeySite, Licence, PostRole
from grid.organisations import record_organisation
from tests.grid.test_people import inside
from tests.make import NOW

pytestmark = pytest.mark.django_db
LONG = "长" * 300
FORMS = {
    "place": PlaceForm, "thing": ThingForm, "organisation": OrganisationForm, "dwelling": DwellingForm,
    "resident": ResidentForm, "area": AreaForm, "licence": LicenceForm,
    "post": lambda data: PostForm((PostRole.KEEPER,), data),
}  # fmt: skip
DJANGO = ("该字段", "确保", "输入一个", "选择一个有效", "无效", "This ")


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("text", ["", LONG, "-7", "x", "99999999999", "1.23456", "2016-02-30"])
def test_no_field_speaks_in_foreign_words(name, text):
    form = FORMS[name](dict.fromkeys(FORMS[name]({}).fields, text))
    said = [str(sentence) for sentences in form.errors.values() for sentence in sentences]
    assert said and not [one for one in said if any(word in one for word in DJANGO) or not one.endswith("。")]


def test_everything_that_is_wrong_is_told_at_once():
    given = {"name": LONG, "category": "小区", "patrol_per_week": "8", "check_time": "night", "buildings": "1号楼 很高"}
    assert {name: str(told[0]) for name, told in PlaceForm(given).errors.items()} == {
        "name": "名称太长，有 300 个字，最多 60 个字。请写短一些。", "status": "请选择状态。",
        "patrol_per_week": "夜间的检查每周最多 7 次（半天算一次）。请改少次数，或改检查时段。",
        "buildings": "第 1 行“1号楼 很高”没有看懂。请写成：3号楼 4单元 6层。", "lon": "请在地图上点出位置。",
    }  # fmt: skip
    dwelling = DwellingForm({"building": "西井一区3号楼501", "use": "own", "area_m2": "-3"})
    assert set(dwelling.errors) == {"building", "area_m2", "lon"} and "不知道的空着" in str(dwelling.errors["area_m2"])


@pytest.mark.parametrize(("phone", "taken"), [("12", ""), ("138 0000-7777", "13800007777"), ("010-68870000", "010-68870000"), ("", "")])
@pytest.mark.parametrize("name", ["organisation", "post", "resident"])
def test_a_phone_is_one_everywhere(name, phone, taken):
    form = FORMS[name]({"phone": phone})
    assert ("phone" in form.errors) is (phone == "12") and form.cleaned_data.get("phone", "") == taken


def test_the_summary_leads_to_the_map_once(client, clerk):
    client.force_login(clerk)
    page = client.post("/grid/things/new/", {"state": "intact"}).content.decode()
    assert '<a href="#id_lon">位置</a>' in page and "纬度" not in page
    assert page.count('id="id_lon"') == 1 and 'data-map-pick' in page.split('id="id_lon"')[1][:200]


def test_what_a_constraint_forbids_is_said_by_the_verb(client, clerk, xijing):
    """A form that checks the database's constraints itself names them, in English, and hides the verb's sentence."""
    client.force_login(clerk)
    here = inside(xijing)
    home = {"building": "西井一区3号楼", "use": "own", "rental_registered_on": "2016-12-01", **here}
    answer = client.post("/grid/dwellings/new/", home)
    assert answer.status_code == 422 and "只有出租的房屋才有出租登记" in answer.content.decode()
    shop = record_organisation(name="西井早点铺", kind="shop", by=clerk, at=NOW, **here)
    answer = client.post(f"/grid/organisations/{shop.code}/licence/", {"kind": "food", "missing": "on", "number": "1"})
    assert answer.status_code == 422 and "缺证的没有证号和有效期" in answer.content.decode()
    far = {"name": "远处", "category": "小区", "status": "日常监测", "patrol_per_week": "0", "check_time": "any"}
    answer = client.post("/grid/places/new/", {**far, "lon": "999999", "lat": "39.9"})
    assert answer.status_code == 422 and "约束" not in answer.content.decode()
    assert not Dwelling.objects.exists() and not Licence.objects.exists() and not KeySite.objects.exists()
