"""蓝天行动群: a message and photos of the work group become a case in one step."""
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from cases.models import Case
from cases.pasting import place_of, read_message, take_from_group
from tests.field.wechat_letters import jpeg
from tests.make import NOW, make_user, moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards", "private_files")]


@pytest.fixture
def stove(xijing):
    """A key site in 西井."""
    from grid.models import KeySite, UnitGrid

    return KeySite.objects.create(
        code="KS001", name="西井大街早点铺", category="重点点位",
        community=xijing, grid=UnitGrid.objects.get(), lon=116.171, lat=39.931,
    )  # fmt: skip


@pytest.mark.parametrize(("text", "sender", "when", "words"), [
    ("王强 12月21日 14:05\n西井大街烧煤", "王强", "2016-12-21 14:05", "西井大街烧煤"),
    ("王强 2016-12-21 14:05:33\n西井大街烧煤\n[图片]", "王强", "2016-12-21 14:05", "西井大街烧煤"),
    ("西井 王强 昨天 22:40\n@所有人 西井大街烧煤", "西井 王强", "2016-12-20 22:40", "西井大街烧煤"),
    ("王强 14:05\r\n西井大街烧煤\r\n冒黑烟", "王强", "2016-12-21 14:05", "西井大街烧煤\n冒黑烟"),
    ("王强:\n西井大街烧煤", "王强", "", "西井大街烧煤"),
    ("地点：西井大街，有人烧煤", "", "", "地点：西井大街，有人烧煤"),
    ("西井大街烧煤", "", "", "西井大街烧煤"),
    ("王强 15:05\n西井大街烧煤", "王强", "", "西井大街烧煤"),  # later than now: not believed
    ("王强 11月21日 14:05\n西井大街烧煤", "王强", "", "西井大街烧煤"),  # a month old: not believed
    ("王强 13月41日 14:05\n西井大街烧煤", "王强", "", "西井大街烧煤"),
    ("王强 12月21日 14:05", "王强", "2016-12-21 14:05", ""),
])  # fmt: skip
def test_a_message_is_read_as_it_is_copied(text, sender, when, words):
    message = read_message(text, at=NOW)
    assert (message.sender, message.words) == (sender, words)
    assert message.said_at == (moment(when) if when else None)


def test_new_years_eve_is_last_year(db):
    message = read_message("王强 12月31日 23:50\n烧煤", at=moment("2017-01-01 00:10"))
    assert message.said_at == moment("2016-12-31 23:50")


def test_a_name_in_front_is_the_sender_only_when_it_is_staff(dispatcher):
    make_user("wq", real_name="王强")
    assert read_message("王强：西井大街烧煤", at=NOW).sender == "王强"
    assert read_message("李四：西井大街烧煤", at=NOW).sender == ""


def test_a_message_becomes_a_case_with_place_sender_time_and_tag(dispatcher, stove):
    worker = make_user("wq", "worker", real_name="王强", department=stove.community.department)
    message = read_message("王强 12月21日 14:05\n西井大街早点铺烧煤，冒黑烟。请城管来看看", at=NOW)
    case = take_from_group(message, photos=[], by=dispatcher, at=NOW)
    assert (case.source, case.title) == ("WG", "西井大街早点铺烧煤，冒黑烟")
    assert (case.reported_at, case.received_at) == (moment("2016-12-21 14:05"), NOW)
    assert (case.site, case.community, case.lon) == (stove, stove.community, 116.171)
    assert case.grid_event.worker == worker
    assert [tag.word for tag in case.tags.all()] == ["蓝天行动"]
    assert not case.reporters.get().reply_owed


def test_a_community_named_gives_no_false_pin(xijing):
    place = place_of(read_message("西井社区有人烧煤", at=NOW), [])
    assert place == {"community_id": xijing.pk, "grid_id": None}
    assert place_of(read_message("不知哪里有人烧煤", at=NOW), []) == {}


def test_a_cameras_own_position_leads(stove):
    from tests.make import make_photo

    inside, outside = make_photo(lon=116.165, lat=39.935), make_photo(lon=116.5, lat=39.9)
    message = read_message("西井大街早点铺烧煤", at=NOW)
    assert place_of(message, [outside, inside])["lon"] == 116.165
    assert place_of(message, [outside])["lon"] == 116.171


# --- the page ---------------------------------------------------------------------------------------------------------


def send(client, text="王强 12月21日 14:05\n西井社区有人烧煤取暖", photos=1, **more):
    files = [SimpleUploadedFile(f"{number}.jpg", jpeg((number * 40, 9, 9)), "image/jpeg") for number in range(photos)]
    with time_machine.travel(NOW, tick=False):
        return client.post("/cases/paste/", {"text": text, "photos": files, **more})


def test_one_step_from_paste_to_case(client, dispatcher, xijing):
    client.force_login(dispatcher)
    assert client.get("/cases/paste/").status_code == 200
    answer = send(client, photos=2)
    case = Case.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/cases/{case.number}/")
    assert case.photos.count() == 2 and case.community == xijing
    assert case.events.get().by == dispatcher


def test_a_second_paste_of_the_same_message_is_the_same_case(client, dispatcher, other_dispatcher, xijing):
    client.force_login(dispatcher)
    send(client)
    client.force_login(other_dispatcher)
    answer = send(client, text="王强 12月21日 14:05\n西井社区 有人烧煤取暖\n[图片]")
    assert answer.status_code == 302 and Case.objects.count() == 1
    assert "没有重复登记" in client.get(answer["Location"]).content.decode()


def test_a_very_similar_matter_is_shown_first_and_the_photos_are_kept(client, dispatcher, xijing):
    client.force_login(dispatcher)
    send(client)
    answer = send(client, text="李红 12月21日 14:10\n西井社区有人烧煤取暖")
    page = answer.content.decode()
    assert answer.status_code == 409 and Case.objects.get().number in page
    kept = page.split('name="kept" value="')[1].split('"')[0]
    answer = send(client, text="李红 12月21日 14:10\n西井社区有人烧煤取暖", photos=0, sure="1", kept=kept)
    assert answer.status_code == 302 and Case.objects.count() == 2
    assert Case.objects.latest("pk").photos.count() == 1


@pytest.mark.parametrize(("text", "sentence"), [
    ("", "请粘贴群里的消息"), ("字" * 2001, "消息太长"), ("王强 12月21日 14:05", "没有内容"), ("[图片]", "没有内容"),
])  # fmt: skip
def test_what_is_no_message_is_said(client, dispatcher, text, sentence):
    client.force_login(dispatcher)
    answer = send(client, text=text, photos=0)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert not Case.objects.exists()


def test_a_file_that_is_no_photo_is_said_and_nothing_is_opened(client, dispatcher, xijing):
    client.force_login(dispatcher)
    with time_machine.travel(NOW, tick=False):
        answer = client.post("/cases/paste/", {"text": "西井社区烧煤", "photos": SimpleUploadedFile("x.jpg", b"no")})
    assert answer.status_code == 422 and "不是照片" in answer.content.decode()
    assert not Case.objects.exists()


@pytest.mark.parametrize(("who", "status"), [
    ("dispatcher", 302), ("chief", 302), ("community_worker", 302), ("handler", 302), ("petition_officer", 403),
    ("inspector", 403), ("clerk", 403), ("leader", 403), ("admin", 403), ("auditor", 403), ("outsider", 403),
])  # fmt: skip
def test_who_registers_grid_events_may_paste(client, request, xijing, who, status):
    client.force_login(request.getfixturevalue(who))
    assert send(client).status_code == status
    assert Case.objects.count() == (status == 302)


def test_a_stranger_is_sent_to_the_login(client, db):
    assert send(client)["Location"].startswith("/login/")


def test_a_phone_in_the_message_is_masked(client, dispatcher, xijing):
    client.force_login(dispatcher)
    send(client, text="西井社区烧煤，联系人13812341234")
    case = Case.objects.get()
    assert "13812341234" not in case.title + case.description


def test_the_moment_must_not_lie_ahead(client, dispatcher, xijing):
    client.force_login(dispatcher)
    send(client, text="王强 15:00\n西井社区烧煤")
    assert Case.objects.get().reported_at == NOW
