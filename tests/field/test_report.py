"""随手拍 at the server's door: what becomes a case, what is refused and why, and that nothing is lost or doubled."""
import datetime
import hashlib
import io
import json
import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from accounts.roles import roles_with
from cases import intake, limits, snapping, trail
from cases.models import Case, CasePhoto, FieldReport, Reporter
from cases.states import Source, State
from grid.coordinates import metres_between, wgs84_to_gcj02
from grid.locate import OUTSIDE_SENTENCE
from grid.models import Community, Photo, PhotoState
from grid.photos import develop_photo
from tests.grid.conftest import territory  # noqa: F401  the shipped street
from tests.make import make_category, make_user

LON, LAT = 116.19112, 39.93047  # 西井社区第3网格
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("private_files", "standards")]


def jpeg(*, size=(64, 48), colour="red", gps=None, orientation=1, accuracy=8.0):
    """A photo as a phone writes it, with a position when one is given."""
    header = Image.Exif()
    header[Base.Orientation] = orientation
    header.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = "2016:12:21 13:40:00"
    if gps:
        lon, lat = gps
        header.get_ifd(IFD.GPSInfo).update(
            {
                GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: (float(lat), 0.0, 0.0), GPS.GPSLongitudeRef: "E",
                GPS.GPSLongitude: (float(lon), 0.0, 0.0), GPS.GPSHPositioningError: accuracy,
            }
        )  # fmt: skip
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "JPEG", exif=header)
    return buffer.getvalue()


def picture(content=None, name="photo.jpg"):
    """As the browser sends it."""
    return SimpleUploadedFile(name, content if content is not None else jpeg(), content_type="image/jpeg")


@pytest.fixture
def pick():
    """占道经营 on the phone."""
    return make_category("马路市场", code="0504", pick_label="占道经营", pick_icon="basket", pick_order=1)


@pytest.fixture
def street(territory, pick):  # noqa: F811
    """The ground and the pick."""
    return territory


@pytest.fixture
def street_worker(street):
    """A community worker of 西井."""
    home = Community.objects.get(code="110107005008").department
    return make_user("street_worker", "worker", department=home)


def told(**over):
    """What the phone sends."""
    return {
        "key": "a" * 32, "who": "", "category": "0504", "lon": LON, "lat": LAT, "datum": "wgs84", "accuracy_m": "12",
        "origin": "device", "photos": [picture()], **over,
    }  # fmt: skip


def send(client, **over):
    """By the queue of the phone."""
    return client.post("/m/report/", told(**over), headers={"accept": "application/json"})


def test_a_resident_without_a_login_reports_and_gets_a_code(client, street):
    answer = send(client, words="烧烤油烟直窜进屋", name="李小兰", phone="13812342046")
    assert answer.status_code == 201
    case = Case.objects.get()
    receipt = answer.json()
    assert receipt["ok"] is True and receipt["code"] == case.public_code and receipt["number"] == ""
    assert (case.source, case.state, case.registrar) == (Source.SNAP, State.REPORTED, None)
    assert case.grid.name == "西井社区第3网格" and case.community.name == "西井社区"
    assert case.title == "占道经营：西井社区第3网格" and case.description == "烧烤油烟直窜进屋"
    assert case.snap.accuracy_m == 12 and case.snap.datum == "wgs84"
    reporter = case.reporters.get()
    assert reporter.phone == "13812342046" and reporter.name == "李小兰" and reporter.reply_owed
    assert case.photos.count() == 1
    done = client.get(receipt["url"])
    assert case.public_code in done.content.decode() and case.number not in done.content.decode()


def test_no_letter_of_a_code_looks_like_another():
    for alike in ("0O", "1IL", "2Z", "5S", "8B"):
        assert sum(letter in intake.CODE_LETTERS for letter in alike) <= 1, alike


def test_the_reporters_name_and_phone_are_sealed_in_the_database_and_out_of_the_story(client, street):
    send(client, name="李小兰", phone="13812342046", words="我是李小兰，电话 13812342046")
    case = Case.objects.get()
    assert "李小兰" not in case.description and "13812342046" not in case.description
    assert all("李小兰" not in event.words for event in case.events.all())
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, phone FROM cases_reporter")
        assert "李小兰" not in str(cursor.fetchone())


def test_staff_report_a_grid_event_with_their_name_and_get_its_number(client, street, street_worker):
    client.force_login(street_worker)
    answer = send(client, who=str(street_worker.pk))
    case = Case.objects.get()
    assert (case.source, case.registrar, case.grid_event.worker) == (Source.GRID, street_worker, street_worker)
    assert answer.json()["number"] == case.number and answer.json()["code"] == ""
    assert not case.reporters.exists()
    report = FieldReport.objects.get()
    assert report.by == street_worker and report.accuracy_m == 12 and report.origin == "device"
    assert case.number in client.get(answer.json()["url"]).content.decode()


@pytest.mark.parametrize("role", sorted(roles_with("cases.report_case")))
def test_every_role_that_may_report_reports_for_the_street(client, street, role):
    person = make_user("person", role)
    client.force_login(person)
    assert send(client, who=str(person.pk)).status_code == 201
    assert Case.objects.get().source == Source.GRID


def test_who_may_not_report_for_the_street_reports_as_a_resident(client, street, clerk):
    client.force_login(clerk)
    send(client)
    assert Case.objects.get().source == Source.SNAP


def test_a_report_kept_under_one_login_is_not_sent_under_another(client, street, street_worker, handler):
    assert send(client, who=str(street_worker.pk)).status_code == 401
    client.force_login(handler)
    assert send(client, who=str(street_worker.pk)).status_code == 401
    assert not Case.objects.exists()
    client.force_login(street_worker)
    assert send(client, who=str(street_worker.pk)).status_code == 201


def test_a_receipt_of_staff_is_for_that_person_only(client, street, street_worker, handler):
    client.force_login(street_worker)
    url = send(client, who=str(street_worker.pk)).json()["url"]
    assert client.get(url).status_code == 200
    client.force_login(handler)
    assert client.get(url).status_code == 404
    assert client.get(url[:-3] + "abc").status_code == 404


# --- once ------------------------------------------------------------------------------------------------------------


def test_the_same_key_again_is_the_same_case_and_the_same_photos(client, street):
    first, second = send(client), send(client)
    assert first.status_code == second.status_code == 201
    assert first.json()["code"] == second.json()["code"]
    assert Case.objects.count() == Photo.objects.count() == CasePhoto.objects.count() == 1


def test_another_key_is_another_case(client, street):
    send(client)
    send(client, key="b" * 32)
    assert Case.objects.count() == 2


def test_a_key_of_somebody_else_tells_nothing(client, street, street_worker):
    code = send(client).json()["code"]
    client.force_login(street_worker)
    answer = send(client, who=str(street_worker.pk))
    assert answer.status_code == 422 and code not in answer.content.decode()


def test_keys_of_other_doors_cannot_be_asked_for(client, street, dispatcher):
    intake.open_case(
        source=Source.GRID, title="别处登记的", by=dispatcher, at=timezone.now(), idempotency_key="c" * 32
    )
    assert send(client, key="c" * 32).status_code == 201
    assert Case.objects.count() == 2


@pytest.mark.parametrize("key", ["", "短", "x" * 32, "a" * 31])
def test_a_form_without_a_proper_key_is_refused(client, street, key):
    answer = send(client, key=key)
    assert answer.status_code == 422 and answer.json()["sentence"] == "这张表单不完整。请刷新页面后重新填写。"
    plain = client.post("/m/report/", told(key=key))
    assert plain.status_code == 422 and "这张表单不完整" in plain.content.decode()
    assert not Case.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_eight_deliveries_of_one_report_at_once_make_one_case(client, street, tmp_path):
    from django.test import Client

    answers = []
    send(Client(), key="0" * 32)  # the year's counter exists

    def deliver():
        try:
            answers.append(send(Client()).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [201] * 8
    assert Case.objects.count() == FieldReport.objects.count() == Photo.objects.count() == 2
    assert len(list((tmp_path / "photos" / "original").rglob("*.jpeg"))) == 2


# --- photos ----------------------------------------------------------------------------------------------------------


def test_the_bytes_are_kept_as_they_came_and_shown_only_when_developed(client, street):
    content = jpeg(size=(300, 200))
    send(client, photos=[picture(content)])
    photo = Photo.objects.get()
    assert photo.sha256 == hashlib.sha256(content).hexdigest()
    assert photo.state == PhotoState.PENDING
    assert develop_photo(photo.pk).state == PhotoState.READY


def test_nine_photos_are_taken_ten_are_not(client, street):
    assert send(client, photos=[picture(jpeg(colour=(n, 0, 0))) for n in range(9)]).status_code == 201
    answer = send(client, key="b" * 32, photos=[picture() for _ in range(10)])
    assert answer.status_code == 422 and "最多 9 张" in answer.json()["sentence"]
    assert Case.objects.count() == 1 and Photo.objects.count() == 9


def test_without_a_photo_the_form_says_so(client, street):
    answer = send(client, photos=[])
    assert answer.status_code == 422 and answer.json()["sentence"] == "请至少拍一张照片。"


def test_one_bad_file_among_good_ones_stores_nothing_and_names_its_place(client, street, tmp_path):
    answer = send(client, photos=[picture(), picture(b"MZ not a photo", "photo.jpg"), picture()])
    assert answer.status_code == 422
    assert answer.json()["sentence"].startswith("第 2 张：这个文件不是照片")
    assert not Photo.objects.exists() and not Case.objects.exists()
    assert not [file for file in tmp_path.rglob("*") if file.is_file()]
    assert send(client, photos=[picture(), picture()]).status_code == 201


def test_an_empty_file_is_named(client, street):
    answer = send(client, photos=[picture(b"")])
    assert answer.status_code == 422 and not Photo.objects.exists()


def test_heic_a_turned_photo_and_twenty_megapixels_are_taken(client, street):
    from pillow_heif import register_heif_opener

    register_heif_opener()
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "blue").save(buffer, "HEIF")
    photos = [picture(buffer.getvalue(), "a.heic"), picture(jpeg(orientation=6)), picture(jpeg(size=(5200, 3900)))]
    assert send(client, photos=photos).status_code == 201
    heic, turned, large = [develop_photo(row.photo_id) for row in Case.objects.get().photos.order_by("seq")]
    assert heic.state == turned.state == large.state == PhotoState.READY
    assert (turned.width, turned.height) == (48, 64)
    assert max(large.width, large.height) == 1600


# --- place -----------------------------------------------------------------------------------------------------------


def test_a_browsers_position_is_taken_as_it_is_and_wechats_is_converted_520_metres_apart(client, street):
    send(client)
    shifted = wgs84_to_gcj02(LON, LAT)
    send(client, key="b" * 32, lon=shifted[0], lat=shifted[1], datum="gcj02")
    send(client, key="c" * 32, lon=shifted[0], lat=shifted[1], datum="wgs84")
    plain, wechat, mistaken = Case.objects.order_by("pk")
    assert metres_between(plain.lon, plain.lat, wechat.lon, wechat.lat) < 0.01
    assert (wechat.snap.raw_lon, wechat.snap.raw_lat, wechat.snap.datum) == (*shifted, "gcj02")
    assert 480 < metres_between(plain.lon, plain.lat, mistaken.lon, mistaken.lat) < 580


def test_a_photos_position_is_taken_as_it_is(client, street):
    send(client, lon="", lat="", photos=[picture(jpeg(gps=(LON, LAT)))])
    case, report = Case.objects.get(), FieldReport.objects.get()
    assert metres_between(case.lon, case.lat, LON, LAT) < 1
    assert (report.origin, report.accuracy_m, report.datum) == ("photo", 8.0, "wgs84")


def test_the_photos_position_is_better_than_the_devices_and_a_pin_is_better_than_both(client, street):
    elsewhere = 116.1960, 39.9330
    send(client, photos=[picture(jpeg(gps=elsewhere))])
    send(client, key="b" * 32, photos=[picture(jpeg(gps=elsewhere))], origin="pin")
    by_photo, by_pin = Case.objects.order_by("pk")
    assert metres_between(by_photo.lon, by_photo.lat, *elsewhere) < 1
    assert metres_between(by_pin.lon, by_pin.lat, LON, LAT) < 1


def test_outside_the_street_is_said_with_what_to_do(client, street):
    answer = send(client, lon=116.40, lat=39.90)
    assert answer.status_code == 422 and answer.json()["sentence"] == OUTSIDE_SENTENCE
    assert not Case.objects.exists() and not Photo.objects.exists()


@pytest.mark.parametrize("lon,lat", [("0", "0"), ("", ""), ("116.19", "")])
def test_no_position_wants_community_and_words(client, street, lon, lat):
    answer = send(client, lon=lon, lat=lat)
    assert answer.status_code == 422 and "没有取到位置" in answer.json()["sentence"]
    answer = send(client, lon=lon, lat=lat, community="110107005008")
    assert answer.status_code == 422 and "写明地点" in answer.json()["sentence"]
    assert send(client, lon=lon, lat=lat, community="110107005008", address="西井大街北口").status_code == 201
    case = Case.objects.get()
    assert case.community.name == "西井社区" and case.grid is None and case.lon is None
    assert case.address == "西井大街北口"


@pytest.mark.parametrize("lon", ["nan", "inf", "-inf", "1e400", "一百"])
def test_a_position_that_is_no_number_is_refused(client, street, lon):
    assert send(client, lon=lon).status_code == 422
    assert not Case.objects.exists()


# --- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phone,ok", [
    ("13812342046", True), ("138 1234 2046", True), ("010-88881234", True), ("1381234", False), ("abc", False),
])  # fmt: skip
def test_a_phone_number_is_checked_with_a_sentence(client, street, phone, ok):
    answer = send(client, phone=phone)
    assert answer.status_code == (201 if ok else 422)
    if not ok:
        assert "电话应为 11 位手机号" in answer.json()["sentence"]


def test_who_leaves_no_phone_is_not_owed_a_call(client, street):
    send(client)
    assert not Reporter.objects.exists()


def test_an_unknown_class_is_refused_and_a_retired_one_too(client, street, pick):
    assert send(client, category="9999").status_code == 422
    pick.active = False
    pick.save()
    assert send(client).status_code == 422
    pick.active = True
    pick.save()
    assert send(client).status_code == 201


# --- the plain form --------------------------------------------------------------------------------------------------


def test_the_page_opens_without_a_login_and_shows_the_picks_of_the_catalogue(client, street):
    page = client.get("/m/report/")
    assert page.status_code == 200
    text = page.content.decode()
    assert 'value="0504"' in text and "占道经营" in text
    assert 'enctype="multipart/form-data"' in text and 'name="photos"' in text


def test_the_plain_form_without_script_reports_too_and_a_mistake_keeps_what_was_typed(client, street):
    client.get("/m/report/")
    answer = client.post("/m/report/", told(lon="", lat="", words="油烟很大", photos=[]))
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "油烟很大" in text and "请至少拍一张照片。" in text and "checked" in text
    answer = client.post("/m/report/", told(lon="", lat="", photos=[picture(jpeg(gps=(LON, LAT)))]))
    assert answer.status_code == 302
    case = Case.objects.get()
    assert case.public_code in client.get(answer.url).content.decode()


def test_a_plain_form_sent_twice_counts_once_and_gone_back_to_for_the_next_thing_counts_again(client, street):
    """A browser keeps the page as it was left, key included: by the key alone the second thing would be lost."""
    first, again, other = jpeg(colour="red"), jpeg(colour="red"), jpeg(colour="blue")
    answers = [client.post("/m/report/", told(photos=[picture(content)])) for content in (first, again, other)]
    assert [answer.status_code for answer in answers] == [302, 302, 302]
    assert Case.objects.count() == Photo.objects.count() == 2
    codes = [client.get(answer.url).context["taken"].code for answer in answers]
    assert codes[0] == codes[1] != codes[2]


def test_the_door_stays_shut_without_the_token(street):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/m/report/", told(), headers={"accept": "application/json"}).status_code == 403
    token = json.loads(strict.get("/m/token/").content)["token"]
    sent = strict.post("/m/report/", told(), headers={"accept": "application/json", "x-csrftoken": token})
    assert sent.status_code == 201


def test_nothing_a_resident_wrote_stands_in_the_log(client, street, caplog):
    send(client, words="金丝雀的话", name="金丝雀", phone="13800007777")
    send(client, key="b" * 32, words="金丝雀的话", lon=116.40, lat=39.90)
    assert "金丝雀" not in caplog.text and "13800007777" not in caplog.text


# --- limits ----------------------------------------------------------------------------------------------------------


def limit(monkeypatch, *, device, address):
    old = limits.LIMITS["report"]
    new = limits.Limit(device, address, old.span, old.many, old.instead)
    monkeypatch.setitem(limits.LIMITS, "report", new)


def test_too_many_from_one_device_are_told_when_to_come_again(client, street, monkeypatch):
    limit(monkeypatch, device=2, address=100)
    client.get("/m/report/")  # the device gets its mark
    assert [send(client, key=letter * 32).status_code for letter in "abc"] == [201, 201, 429]
    refused = send(client, key="d" * 32)
    assert "以后再试" in refused.json()["sentence"] and 0 < int(refused["Retry-After"]) <= 3600
    assert send(client, key="a" * 32).status_code == 201, "a second delivery takes no place"
    from django.test import Client

    other = Client()
    other.get("/m/report/")
    assert send(other, key="e" * 32).status_code == 201, "another phone at the same address"


def test_a_failure_of_ours_is_not_held_against_the_phone_and_leaves_no_file(client, street, monkeypatch, tmp_path):
    limit(monkeypatch, device=1, address=100)
    client.get("/m/report/")  # the device gets its mark
    client.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr(snapping, "open_case", lambda **told: 1 / 0)
        assert send(client).status_code == 500
    assert not Photo.objects.exists() and not [file for file in tmp_path.rglob("*") if file.is_file()]
    assert send(client).status_code == 201
    assert send(client, key="b" * 32, lon=116.40).status_code == 429


def test_an_address_is_limited_generously_whatever_the_phones_claim(street, monkeypatch):
    from django.test import Client

    limit(monkeypatch, device=3, address=4)
    answers = []
    for letter in "abcdef":
        phone = Client()
        phone.get("/m/report/")
        answers.append(send(phone, key=letter * 32).status_code)
    assert answers == [201] * 4 + [429] * 2


def test_an_invented_device_mark_counts_as_none(street, monkeypatch):
    from django.test import Client

    limit(monkeypatch, device=2, address=100)
    answers = []
    for letter in "abc":
        phone = Client()
        phone.cookies["device"] = f"invented-{letter}:x"
        answers.append(send(phone, key=letter * 32).status_code)
    assert answers == [201, 201, 429]


def test_staff_are_not_limited(client, street, street_worker, monkeypatch):
    limit(monkeypatch, device=1, address=1)
    client.force_login(street_worker)
    who = str(street_worker.pk)
    assert [send(client, key=letter * 32, who=who).status_code for letter in "abc"] == [201] * 3


def test_the_next_span_begins_afresh_and_old_counters_go():
    at = datetime.datetime(2016, 12, 21, 6, 10, tzinfo=datetime.UTC)
    door = dict(device="d", address="1.2.3.4")
    for _ in range(limits.LIMITS["report"].device):
        limits.take_place("report", at=at, **door)
    with pytest.raises(limits.TooMany):
        limits.take_place("report", at=at, **door)
    limits.take_place("report", at=at + datetime.timedelta(hours=1), **door)
    assert limits.DoorCount.objects.count() == 4
    assert limits.forget_stale(at=at + datetime.timedelta(days=3)) == 4


def test_a_place_given_back_is_free_again():
    at, door = timezone.now(), dict(device="d", address="1.2.3.4")
    for _ in range(50):
        limits.give_back(limits.take_place("code", at=at, **door))
    for _ in range(limits.LIMITS["code"].device):
        limits.take_place("code", at=at, **door)
    with pytest.raises(limits.TooMany):
        limits.take_place("code", at=at, **door)


# --- mine ------------------------------------------------------------------------------------------------------------


def test_mine_lists_what_this_person_reported_and_no_more(
    client, street, street_worker, django_assert_max_num_queries
):
    other = make_user("worker9", "worker", department=street_worker.department)
    client.force_login(other)
    send(client, key="f" * 32, who=str(other.pk), words="别人的")
    client.force_login(street_worker)
    for letter in "abcde":
        send(client, key=letter * 32, who=str(street_worker.pk))
    with django_assert_max_num_queries(12):
        page = client.get("/m/mine/")
    numbers = {row.case.number for row in page.context["page_obj"]}
    assert len(numbers) == 5 and numbers == set(
        Case.objects.filter(registrar=street_worker).values_list("number", flat=True)
    )


def test_without_a_login_mine_holds_nothing_from_the_server(client, street):
    code = send(client).json()["code"]
    page = client.get("/m/mine/")
    assert page.status_code == 200 and code not in page.content.decode()


def test_the_story_of_a_report_holds_together(client, street):
    send(client, words="有油烟")
    assert trail.first_break(Case.objects.get()) == ""
    assert reverse("cases:report") == "/m/report/"
