"""立查立改: found and put right on the spot, from the phone straight to another's check."""
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cases.models import Case, CasePhoto, FieldReport
from cases.states import Source, State
from grid.coordinates import metres_between
from grid.locate import OUTSIDE_SENTENCE
from grid.models import Photo
from tests.field.conftest import private_files  # noqa: F401
from tests.field.test_report import LAT, LON, pick, picture, street, street_worker  # noqa: F401
from tests.grid.conftest import territory  # noqa: F401  the shipped street
from tests.make import make_user, move

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("private_files", "standards")]
DONE = "当场劝离游商并清扫路面，通道恢复"


@pytest.fixture
def phone(client, street_worker):  # noqa: F811
    """The worker's phone."""
    client.force_login(street_worker)
    return client


def told(**over):
    """What the phone sends."""
    return {
        "key": "c" * 32, "who": "", "category": "0504", "lon": LON, "lat": LAT, "datum": "wgs84", "accuracy_m": "12",
        "origin": "device", "photos": [picture()], "after_photos": [picture()], "words": DONE, **over,
    }  # fmt: skip


def send(client, **over):
    """By the phone's queue."""
    return client.post("/m/tasks/fix/", told(**over), headers={"accept": "application/json"})


def test_both_photos_and_the_words_make_a_case_that_waits_for_a_check(phone, street_worker):  # noqa: F811
    answer = send(phone)
    case = Case.objects.get()
    assert answer.status_code == 200 and answer.json()["number"] == case.number
    assert (case.source, case.state, case.registrar, case.result) == (Source.GRID, State.CHECKING, street_worker, DONE)
    assert case.grid_event.fixed_on_spot and case.grid_event.worker == street_worker
    report = FieldReport.objects.get()
    assert (report.case, report.by, report.raw_lon, report.raw_lat) == (case, street_worker, LON, LAT)
    assert (report.datum, report.accuracy_m, report.origin) == ("wgs84", 12, "device")
    assert case.grid.name == "西井社区第3网格" and case.title == "占道经营：西井社区第3网格"
    assert [(row.kind) for row in case.photos.order_by("kind")] == ["after", "before"]
    assert case.clocks.get(stopped_at__isnull=True).kind == "check"
    assert case.number in phone.get("/m/tasks/?tab=done").content.decode()


def test_who_fixed_it_does_not_check_it_and_another_does(phone, street_worker, inspector):  # noqa: F811
    send(phone)
    case = Case.objects.get()
    page = phone.get(f"/m/tasks/{case.number}/").content.decode()
    assert "pass_check" not in page and "<textarea" not in page
    move("pass_check", case, inspector, words="现场已恢复", at=case.handled_at)
    assert case.state == State.CHECKED


def test_each_delivery_counts_once(phone):
    first, second = send(phone), send(phone)
    assert first.json() == second.json() and Case.objects.count() == FieldReport.objects.count() == 1
    assert CasePhoto.objects.count() == Photo.objects.count() == 2


def test_a_position_of_wechats_map_is_converted_once_and_kept_as_it_came(phone):
    send(phone, datum="gcj02", origin="pin")
    case, report = Case.objects.get(), FieldReport.objects.get()
    assert (report.raw_lon, report.raw_lat, report.datum, report.origin) == (LON, LAT, "gcj02", "pin")
    assert 480 < metres_between(case.lon, case.lat, LON, LAT) < 580


def test_without_a_position_the_words_stand_alone(phone):
    send(phone, lon="", lat="", community="110107005008", address="西井大街北口")
    report = FieldReport.objects.get()
    assert (report.raw_lon, report.origin, report.case.address) == (None, "none", "西井大街北口")


def test_another_person_cannot_use_the_key(phone, client, street_worker):  # noqa: F811
    send(phone)
    client.force_login(make_user("colleague", "worker", department=street_worker.department))
    answer = send(client)
    assert answer.status_code == 403 and "另一个账号" in answer.json()["sentence"]


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"photos": []}, "请至少拍一张照片"),
        ({"after_photos": []}, "整改后照片"),
        ({"words": "已清理"}, "至少 10 个字"),
        ({"category": ""}, "请选一类问题"),
        ({"lon": 116.5, "lat": 39.9}, OUTSIDE_SENTENCE),
        ({"lon": "0", "lat": "0"}, "没有取到位置"),
        ({"after_photos": [SimpleUploadedFile("a.jpg", b"%PDF-1.4 no photo")]}, "不是照片"),
        ({"key": "x"}, "刷新页面"), ({"key": "c" * 39}, "刷新页面"),
    ],
)
def test_what_is_missing_or_wrong_is_said_and_nothing_is_kept(phone, private_files, over, sentence):  # noqa: F811
    answer = send(phone, **over)
    assert answer.status_code == 422 and sentence in answer.json()["sentence"], answer.content.decode()
    assert not Case.objects.exists() and not Photo.objects.exists()
    assert not [path for path in private_files.rglob("*") if path.is_file()]


def test_the_plain_form_does_it_too_and_keeps_what_was_typed(phone):
    answer = phone.post("/m/tasks/fix/", told(words="已清理"))
    assert answer.status_code == 422 and ">\n已清理</textarea>" in answer.content.decode()
    answer = phone.post("/m/tasks/fix/", told(), follow=True)
    assert "立查立改，已转核查" in answer.content.decode() and Case.objects.count() == 1


def test_a_plain_form_gone_back_to_for_the_next_thing_counts_again(phone):
    for words in (DONE, DONE, "又劝离一处游商，清走遗撒垃圾"):
        assert phone.post("/m/tasks/fix/", told(words=words)).status_code == 302
    assert sorted(Case.objects.values_list("result", flat=True)) == sorted([DONE, "又劝离一处游商，清走遗撒垃圾"])


def test_an_inspector_has_tasks_but_fixes_nothing(client, inspector, street):  # noqa: F811
    client.force_login(inspector)
    assert client.get("/m/tasks/fix/").status_code == 403
    assert "立查立改" not in client.get("/m/tasks/").content.decode()
