"""Registration: each source's form, for whom, with its refusals, and never the same case twice."""
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from cases.errors import MoveForbidden
from cases.models import Case, HotlineKind, Petitioner
from cases.registering import register_case, sources_for
from cases.states import Source, State
from grid.models import Photo
from tests.make import NOW, make_case, make_user, moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]

FORM = {"title": "实兴大街工地土方未苫盖", "description": "车辆带泥上路", "urgency": "normal", "received_at": "2016-12-21T09:00"}
INSIDE, OUTSIDE = {"lon": "116.17", "lat": "39.93"}, {"lon": "116.9", "lat": "39.1"}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    """Uploads of a test go with the test."""
    settings.MEDIA_ROOT = tmp_path


def picture(name="现场.jpg"):
    sink = io.BytesIO()
    Image.new("RGB", (40, 30), "grey").save(sink, "JPEG")
    return SimpleUploadedFile(name, sink.getvalue(), "image/jpeg")


def post(client, user, source, **over):
    client.force_login(user)
    return client.post("/cases/new/", {**FORM, "source": source, "key": f"k-{source}", **over})


OWN = {
    "DC": {"level": "city", "doc_no": "市监通〔2016〕第7号", "issuing_unit": "市城市管理委"},
    "ZB": {"doc_no": "石转办〔2016〕8号", "sender": "区应急办"},
    "RX": {"outside_number": "RX009", "name": "李小兰", "phone": "13812341234"},
    "WX": {"name": "王小明", "phone": "13900001111"},
    "WG": {},
    "XF": {"kind": "appeal", "form": "visit", "persons": "2", "name": "金丝雀", "phone": "13800007777"},
}


def own(source):
    extra = {"kind": HotlineKind.objects.get(code="ZFXF").pk} if source == "RX" else {}
    return {**OWN[source], **extra}


@pytest.mark.parametrize(("who", "sources"), [
    ("dispatcher", "DC RX ZB WX WG"), ("chief", "DC RX ZB WX WG"), ("petition_officer", "XF"), ("handler", "WG"),
    ("community_worker", "WG"), ("inspector", ""), ("clerk", ""), ("leader", ""), ("admin", ""), ("auditor", ""),
])  # fmt: skip
def test_each_role_registers_at_its_own_doors(client, who, sources, request):
    user = request.getfixturevalue(who)
    assert " ".join(sources_for(user)) == sources
    client.force_login(user)
    for source in Source:
        assert client.get(f"/cases/new/?source={source}").status_code == (200 if source in sources.split() else 403)
    with pytest.raises(MoveForbidden):
        register_case(source="XF" if "XF" not in sources else "DC", by=user, at=NOW, title="x", place={}, detail={},
                      reporter={})  # fmt: skip


@pytest.mark.parametrize("source", ["DC", "ZB", "RX", "WX", "WG"])
def test_the_dispatcher_registers_every_source_with_its_own_row(client, dispatcher, xijing, source):
    answer = post(client, dispatcher, source, **own(source), **INSIDE)
    case = Case.objects.get()
    assert answer.status_code == 302 and answer["Location"] == case.get_absolute_url()
    assert case.source == source and case.state == State.REPORTED and case.registrar == dispatcher
    assert case.community == xijing and case.grid == xijing.grids.get() and case.due_clock == "accept"
    detail = {"DC": "notice", "ZB": "transfer", "RX": "hotline", "WX": "snap", "WG": "grid_event"}[source]
    assert getattr(case, detail).case == case
    assert case.reporters.filter(reply_owed=True).count() == (0 if source == "WG" else 1)
    assert case.received_at == moment("2016-12-21 09:00")


def test_the_petition_officer_registers_a_petition_and_the_name_goes_into_its_own_table(client, petition_officer):
    post(client, petition_officer, "XF", **{**own("XF"), "description": "金丝雀反映漏水"})
    case = Case.objects.get()
    assert case.petition.persons == 2 and Petitioner.objects.get().name == "金丝雀"
    assert "金丝雀" not in case.description and case.reporters.count() == 0


@pytest.mark.parametrize(("source", "over", "sentence"), [
    ("DC", {"title": ""}, "请填写事项。"), ("DC", {"doc_no": ""}, "请填写文号。"),
    ("DC", {"issuing_unit": ""}, "请填写来文单位。"), ("DC", {"title": "长" * 81}, "事项太长，最多 80 个字。请缩短。"),
    ("DC", {"received_at": "昨天"}, "收件时间应为日期和时间，例如 2016-12-23 17:30。"),
    ("DC", {"received_at": "2099-01-01T09:00"}, "收件时间晚于现在。请核对日期和时间。"),
    ("DC", {"received_at": "0001-01-01T00:00"}, "年份不对。请核对日期和时间。"),
    ("RX", {"phone": "12345"}, "电话应为 11 位手机号，或区号加座机号。请核对。"),
    ("RX", {"outside_number": ""}, "请填写热线编号。"),
    ("ZB", {"sender": ""}, "请填写转办单位。"), ("WG", OUTSIDE, "这个位置不在本街道范围内。"),
    ("WG", {"lon": "999", "lat": "39"}, "位置不对。请在地图上重新点选。"),
])  # fmt: skip
def test_what_is_missing_or_wrong_is_said_and_nothing_saved(client, dispatcher, xijing, source, over, sentence):
    answer = post(client, dispatcher, source, **{**own(source), **over})
    assert answer.status_code == 422 and sentence in answer.content.decode() and not Case.objects.exists()
    assert "车辆带泥上路" in answer.content.decode()  # what was typed is still there
    assert post(client, dispatcher, source, **own(source)).status_code == 302


@pytest.mark.parametrize(("over", "sentence"), [
    ({"name": ""}, "请填写姓名。"), ({"id_number": "123"}, "证件号应为 18 位"), ({"persons": "0"}, "人数至少 1 人。"),
])  # fmt: skip
def test_a_petition_needs_its_petitioner(client, petition_officer, over, sentence):
    answer = post(client, petition_officer, "XF", **{**own("XF"), **over})
    assert answer.status_code == 422 and sentence in answer.content.decode() and not Case.objects.exists()


def test_a_document_that_is_registered_is_not_registered_again(client, dispatcher):
    post(client, dispatcher, "DC", **own("DC"))
    answer = post(client, dispatcher, "DC", **own("DC"), key="another", title="完全不同的另一件事情", description="")
    assert answer.status_code == 422 and "已登记为 DC-2016-001，不要重复登记。" in answer.content.decode()
    assert Case.objects.count() == 1


def test_a_double_click_registers_one_case_and_leads_to_it_twice(client, dispatcher, xijing):
    first, second = (post(client, dispatcher, "WG", photos=[picture()], **INSIDE) for _ in range(2))
    assert first["Location"] == second["Location"] and Case.objects.count() == 1
    third = post(client, dispatcher, "WG", photos=[picture()], sure="1", **INSIDE)
    assert third["Location"] == first["Location"] and Case.objects.count() == 1


def test_who_goes_back_and_fills_in_another_matter_registers_that_too(client, dispatcher):
    first = post(client, dispatcher, "WG", title="杨庄路井盖缺失", description="")
    second = post(client, dispatcher, "WG", title="金顶街路灯不亮", description="")
    assert first["Location"] != second["Location"]
    assert set(Case.objects.values_list("title", flat=True)) == {"杨庄路井盖缺失", "金顶街路灯不亮"}


@pytest.mark.parametrize("key", ["", "k" * 65])
def test_a_form_without_its_key_registers_nothing_since_a_second_press_would_count_twice(client, dispatcher, key):
    answer = post(client, dispatcher, "WG", key=key)
    assert answer.status_code == 422 and "这张登记表不完整，没有登记。" in answer.content.decode()
    assert not Case.objects.exists() and "车辆带泥上路" in answer.content.decode()
    assert post(client, dispatcher, "WG").status_code == 302


def test_a_likely_duplicate_is_shown_first_and_registered_only_when_insisted(client, dispatcher, xijing):
    known = make_case(dispatcher, title=FORM["title"], description=FORM["description"], lon=116.1701, lat=39.93)
    answer = post(client, dispatcher, "WG", **INSIDE)
    html = answer.content.decode()
    assert answer.status_code == 409 and known.number in html and "仍要登记" in html and "相距" in html
    assert Case.objects.count() == 1
    assert post(client, dispatcher, "WG", **INSIDE, sure="1").status_code == 302
    assert Case.objects.count() == 2


def test_something_else_at_the_same_place_is_registered_at_once(client, dispatcher, xijing):
    make_case(dispatcher, title="路灯不亮", description="", lon=116.1701, lat=39.93)
    assert post(client, dispatcher, "WG", **INSIDE).status_code == 302


def test_a_petition_is_never_shown_as_a_likely_duplicate_to_the_desk(client, dispatcher, petition_officer):
    make_case(petition_officer, source="XF", title=FORM["title"], description=FORM["description"])
    assert post(client, dispatcher, "WG").status_code == 302


def test_photos_are_hung_before_and_survive_a_refusal(client, dispatcher):
    answer = post(client, dispatcher, "WG", title="", photos=[picture(), picture("二.jpg")])
    html = answer.content.decode()
    assert answer.status_code == 422 and "已收到 2 张" in html
    token = html.split('name="kept" value="')[1].split('"')[0]
    assert post(client, dispatcher, "WG", kept=token, photos=[picture("三.jpg")]).status_code == 302
    assert [photo.kind for photo in Case.objects.get().photos.all()] == ["before"] * 3


def test_somebody_elses_list_of_kept_photos_counts_for_nothing(client, dispatcher, other_dispatcher):
    html = post(client, dispatcher, "WG", title="", photos=[picture()]).content.decode()
    token = html.split('name="kept" value="')[1].split('"')[0]
    post(client, other_dispatcher, "WG", kept=token)
    assert Case.objects.get().photos.count() == 0 and Photo.objects.count() == 1


def test_a_file_that_is_no_photo_is_refused_by_its_name_and_ten_are_too_many(client, dispatcher):
    answer = post(client, dispatcher, "WG", photos=[SimpleUploadedFile("a.exe", b"MZ....")])
    assert answer.status_code == 422 and "a.exe：这个文件不是照片" in answer.content.decode()
    answer = post(client, dispatcher, "WG", photos=[picture() for _ in range(10)])
    assert answer.status_code == 422 and "最多 9 张" in answer.content.decode() and not Case.objects.exists()


def test_a_place_is_found_by_its_name_without_any_script(client, dispatcher, xijing):
    answer = post(client, dispatcher, "WG", address="西井", find="find")
    html = answer.content.decode()
    assert answer.status_code == 200 and "西井社区" in html and FORM["title"] in html and not Case.objects.exists()
    chosen = re.search(r'name="find" value="([\d.]+,[\d.]+[^"]*)"', html)[1]  # not a button 查找
    html = post(client, dispatcher, "WG", address="西井", find=chosen).content.decode()
    assert f'name="lon" value="{chosen.split(",")[0]}"' in html and not Case.objects.exists()
    assert "没有找到这个地点" in post(client, dispatcher, "WG", address="火星", find="find").content.decode()
    assert "西井社区" in client.get("/cases/new/place/?address=西井").content.decode()


def test_a_grid_may_be_chosen_without_a_map(client, dispatcher, xijing):
    post(client, dispatcher, "WG", grid=xijing.grids.get().pk)
    assert Case.objects.get().community == xijing and Case.objects.get().lon is None


def test_likely_classes_are_suggested_while_typing_and_cases_only_to_those_who_see_them(client, dispatcher, category):
    known = make_case(dispatcher, title="无照经营游商占道售卖", description="", at=timezone.now())
    client.force_login(dispatcher)
    data = {"source": "WG", "title": "无照经营游商占道售卖", "description": ""}
    html = client.post("/cases/new/likely/", data).content.decode()
    assert f'data-value="{category.pk}"' in html and known.number in html
    assert client.get("/cases/new/likely/").status_code == 405
    client.force_login(make_user("w", "worker"))
    assert known.number not in client.post("/cases/new/likely/", data).content.decode()


def test_a_worker_puts_it_right_at_once_and_may_not_check_it(client, community_worker, xijing):
    client.force_login(community_worker)
    data = {**FORM, "source": "WG", "key": "fix", "words": "当场清理完毕并劝离摊贩", **INSIDE}
    address = "/cases/new/?source=WG&fixed=1"
    assert "整改后照片" in client.get(address).content.decode()
    answer = client.post(address, data)
    html = answer.content.decode()
    assert answer.status_code == 422 and "请附整改前照片，至少一张。" in html and "请在同一角度拍一张整改后照片。" in html
    answer = client.post(address, {**data, "photos": [picture()], "after_photos": [picture("后.jpg")]})
    case = Case.objects.get()
    assert answer.status_code == 302 and case.state == State.CHECKING and case.grid_event.fixed_on_spot
    assert sorted(photo.kind for photo in case.photos.all()) == ["after", "before"]
    from tests.make import move

    with pytest.raises(MoveForbidden):
        move("pass_check", case, community_worker, words="没有问题")


def test_a_handler_registers_and_is_told_the_number_though_he_does_not_follow_it(client, handler):
    answer = post(client, handler, "WG")
    assert answer.status_code == 302 and answer["Location"] == "/cases/new/"
    assert "已登记 WG-2016-001" in client.get("/cases/new/").content.decode()
