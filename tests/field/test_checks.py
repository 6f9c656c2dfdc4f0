"""Checks from a phone: taken once, believed, a problem becomes a case; whose route it is; two at once."""
import datetime
import threading

import pytest
import time_machine
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases import checking, trail
from cases.check_route import route_of
from cases.models import Case, CheckFinding, FieldReport
from cases.states import Source, State
from grid.check_weeks import weeks_of
from grid.models import KeySite, Photo, SiteCheck
from tests.field.test_report import jpeg, picture
from tests.grid.checks_cast import MONDAY, check, make_place
from tests.make import NOW, make_category, moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("private_files", "standards")]


@pytest.fixture(autouse=True)
def today():
    """A Wednesday afternoon in 2016."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def pick():
    """占道经营 on the phone."""
    return make_category("马路市场", code="0504", pick_label="占道经营", pick_icon="basket", pick_order=1)


@pytest.fixture
def place(xijing, pick):
    """A key place of 西井, to be checked three times a week."""
    return make_place(xijing, name="西井大街")


def told(place, **over):
    """What the phone sends of a check without a finding."""
    return {
        "key": "a" * 32, "who": "", "verdict": "normal", "lon": place.lon, "lat": place.lat, "datum": "wgs84",
        "accuracy_m": "12", "origin": "device", "photos": [picture()], **over,
    }  # fmt: skip


def send(client, place, **over):
    """By the queue of the phone."""
    return client.post(f"/m/checks/{place.code}/", told(place, **over), headers={"accept": "application/json"})


def milliseconds(text):
    """A Beijing moment as a phone's clock counts."""
    return str(int(moment(text).timestamp() * 1000))


def done(place):
    """How many checks of this week count."""
    return weeks_of([MONDAY], today=NOW.date())[MONDAY][place.pk].tally.done


# --- one check -------------------------------------------------------------------------------------------------------


def test_a_worker_checks_a_place_with_a_picture_and_a_position(client, place, community_worker):
    client.force_login(community_worker)
    answer = send(client, place, words="一切正常")
    assert answer.status_code == 200 and answer.json()["ok"] is True
    assert answer.json()["sentence"] == "西井大街：正常" and answer.json()["number"] == ""
    made = SiteCheck.objects.get()
    assert (made.by, made.site, made.verdict, made.words) == (community_worker, place, "normal", "一切正常")
    assert (made.distance_m, made.accuracy_m, made.photos.count()) == (0, 12, 1)
    assert done(place) == 1 and not Case.objects.exists()


def test_the_same_key_twice_makes_one_check_and_one_case(client, place, community_worker):
    client.force_login(community_worker)
    first = send(client, place, verdict="trouble", category="0504")
    again = send(client, place, verdict="trouble", category="0504")
    assert first.json() == again.json() and again.status_code == 200
    assert SiteCheck.objects.count() == Case.objects.count() == CheckFinding.objects.count() == 1
    assert Photo.objects.count() == 1


def test_a_problem_becomes_a_case_with_everything_filled_in(client, place, community_worker, inspector):
    client.force_login(community_worker)
    answer = send(client, place, verdict="trouble", category="0504", words="路口三家摊贩")
    case = Case.objects.get()
    assert answer.json()["number"] == case.number and case.number in answer.json()["sentence"]
    assert (case.source, case.state, case.site, case.category.code) == (Source.GRID, State.REPORTED, place, "0504")
    assert (case.title, case.description, case.address) == ("占道经营：西井大街", "路口三家摊贩", "西井大街")
    assert (case.community, case.grid, case.lon, case.lat) == (place.community, place.grid, place.lon, place.lat)
    assert case.grid_event.worker == community_worker and {tag.word for tag in case.tags.all()} >= {"点位检查"}
    made = SiteCheck.objects.get()
    assert [row.photo for row in case.photos.all()] == [row.photo for row in made.photos.all()]
    assert CheckFinding.objects.get().site_check == made and FieldReport.objects.get().case == case
    assert trail.first_break(case) == ""
    client.force_login(inspector)
    assert f"/grid/checks/{made.pk}/" in client.get(f"/cases/{case.number}/").content.decode()
    assert f"/cases/{case.number}/" in client.get(f"/grid/checks/{made.pk}/").content.decode()


def test_a_checks_page_tells_its_case_to_who_may_know_of_cases_alone(client, place, community_worker, clerk, inspector):
    client.force_login(community_worker)
    send(client, place, verdict="trouble", category="0504")
    case, address = Case.objects.get(), f"/grid/checks/{SiteCheck.objects.get().pk}/"
    client.force_login(clerk)
    page = client.get(address).content.decode()
    assert "已转案件" in page and case.number not in page and case.get_state_display() not in page
    client.force_login(inspector)
    page = client.get(address).content.decode()
    assert case.number in page and case.get_state_display() in page and "已转案件" not in page


def test_the_case_lies_at_the_place_when_the_phone_was_far_or_in_another_community(client, place, community_worker, langshan):
    client.force_login(community_worker)
    send(client, place, verdict="trouble", category="0504", lon=place.lon + 0.18)  # in 琅山村, says the phone
    case, made = Case.objects.get(), SiteCheck.objects.get()
    assert made.is_far and (case.community, case.lon) == (place.community, place.lon)
    assert FieldReport.objects.get().raw_lon == pytest.approx(place.lon + 0.18)
    assert "离点位" in send(client, place).json()["sentence"]


def test_without_a_position_the_pictures_own_counts_and_none_at_all_is_taken_too(client, place, community_worker):
    client.force_login(community_worker)
    nothing = {"lon": "", "lat": "", "accuracy_m": "", "origin": "", "datum": ""}
    send(client, place, photos=[picture(jpeg(gps=(place.lon, place.lat)))], **nothing)
    send(client, place, key="b" * 32, lon="0", lat="0")
    send(client, place, key="c" * 32, verdict="trouble", category="0504", **nothing)
    with_photo, zero, none = SiteCheck.objects.order_by("key")
    assert with_photo.distance_m == 0 and zero.distance_m is None and none.distance_m is None
    assert Case.objects.get().lon == place.lon and FieldReport.objects.get().origin == "none"


def test_a_late_upload_keeps_its_time_and_a_clock_that_runs_ahead_is_now(client, place, community_worker):
    client.force_login(community_worker)
    send(client, place, pressed=milliseconds("2016-12-19 21:30"))
    send(client, place, key="b" * 32, pressed=milliseconds("2016-12-23 09:00"))
    late, ahead = SiteCheck.objects.order_by("key")
    assert (late.checked_at, late.received_at) == (moment("2016-12-19 21:30"), NOW)
    assert (late.day, late.part) == (datetime.date(2016, 12, 19), "night")
    assert ahead.checked_at == NOW and done(place) == 2
    refused = send(client, place, key="c" * 32, pressed=milliseconds("2016-12-10 09:00"))
    assert refused.status_code == 422 and "已过 7 天" in refused.json()["sentence"]


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"photos": []}, "请至少拍一张照片"), ({"verdict": ""}, "请选“正常”或“有问题”"),
        ({"verdict": "trouble"}, "请选一类问题"), ({"verdict": "trouble", "category": "9999"}, "已经停用"),
        ({"words": "长" * 501}, "最多 500 个字"), ({"key": "x"}, "表单不完整"),
        ({"key": "a" * 39}, "表单不完整"), ({"verdict": "fine"}, "表单不完整"),
        ({"photos": b"no picture"}, "第 1 张：这个文件不是照片"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_kept(client, place, community_worker, over, sentence, tmp_path):
    def sent():
        return over | ({"photos": [picture(over["photos"])]} if isinstance(over.get("photos"), bytes) else {})

    client.force_login(community_worker)
    answer = send(client, place, **sent())
    assert answer.status_code == 422 and sentence in answer.json()["sentence"]
    assert not SiteCheck.objects.exists() and not Photo.objects.exists() and not Case.objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    plain = client.post(f"/m/checks/{place.code}/", told(place, **sent()))
    assert plain.status_code == 422 and sentence in plain.content.decode()


def test_phones_and_id_numbers_are_masked_in_the_words(client, place, community_worker):
    client.force_login(community_worker)
    send(client, place, words="摊主电话 13812342046", verdict="trouble", category="0504")
    assert SiteCheck.objects.get().words == Case.objects.get().description == "摊主电话 138****2046"


def test_a_category_that_came_along_with_normal_opens_no_case(client, place, community_worker):
    client.force_login(community_worker)
    assert send(client, place, category="0504").status_code == 200
    assert not Case.objects.exists()


def test_when_the_case_cannot_be_opened_no_check_and_no_bytes_remain(client, place, community_worker, monkeypatch, tmp_path):
    def broken(*args, **given):
        raise RuntimeError("the case cannot be opened")

    monkeypatch.setattr(checking, "report_at", broken)
    client.force_login(community_worker)
    client.raise_request_exception = False
    assert send(client, place, verdict="trouble", category="0504").status_code == 500
    assert not SiteCheck.objects.exists() and not Photo.objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    monkeypatch.undo()
    assert send(client, place, verdict="trouble", category="0504").status_code == 200
    assert SiteCheck.objects.count() == Case.objects.count() == 1


def test_a_plain_form_checks_without_script(client, place, community_worker):
    client.force_login(community_worker)
    page = client.get(f"/m/checks/{place.code}/").content.decode()
    assert 'name="verdict" value="trouble"' in page and "占道经营" in page
    answer = client.post(f"/m/checks/{place.code}/", told(place, who=str(community_worker.pk)), follow=True)
    assert answer.redirect_chain[-1][0] == "/m/checks/" and "西井大街：正常" in answer.content.decode()
    for _ in range(2):  # gone back to for what is found next, and pressed twice
        trouble = told(place, who=str(community_worker.pk), verdict="trouble", category="0504")
        assert client.post(f"/m/checks/{place.code}/", trouble).status_code == 302
    assert (SiteCheck.objects.count(), Case.objects.count()) == (2, 1)


# --- whose it is -----------------------------------------------------------------------------------------------------


def test_another_communitys_place_is_not_there_and_other_roles_are_turned_away(
    client, place, community_worker, other_community_worker, inspector, leader
):
    client.force_login(other_community_worker)
    assert client.get(f"/m/checks/{place.code}/").status_code == 404
    answer = send(client, place)
    assert answer.status_code == 404 and "已不归你检查" in answer.json()["sentence"]  # for the queue, which settles it
    for person in (inspector, leader):
        client.force_login(person)
        assert client.get("/m/checks/").status_code == 403
        assert send(client, place).status_code == 403
    assert not SiteCheck.objects.exists()
    client.force_login(community_worker)
    assert client.get(f"/m/checks/{place.code}/").status_code == 200


def test_what_was_taken_before_the_place_went_elsewhere_is_answered_as_taken(client, place, community_worker, langshan):
    client.force_login(community_worker)
    first = send(client, place)
    KeySite.objects.filter(pk=place.pk).update(community=langshan, grid=langshan.grids.get())
    again = send(client, place)
    assert again.status_code == 200 and again.json() == first.json()
    assert send(client, place, key="b" * 32).status_code == 404 and SiteCheck.objects.count() == 1


def test_the_queue_waits_for_the_login_it_was_made_under(client, place, community_worker, other_community_worker):
    assert send(client, place).status_code == 401
    client.force_login(community_worker)
    assert send(client, place, who=str(other_community_worker.pk)).status_code == 401
    assert client.post(f"/m/checks/{place.code}/", told(place, who="999")).status_code == 409
    assert not SiteCheck.objects.exists()


def test_a_key_of_somebody_else_is_refused(client, place, community_worker, xijing):
    from tests.make import make_user

    colleague = make_user("colleague", "worker", department=xijing.department)
    check(place, colleague, key="a" * 32)
    client.force_login(community_worker)
    answer = send(client, place)
    assert answer.status_code == 422 and "另一个账号" in answer.json()["sentence"]


def test_a_key_that_another_place_was_checked_with_is_refused_and_says_so(client, place, community_worker, xijing):
    other = make_place(xijing, name="西井公园")
    client.force_login(community_worker)
    assert send(client, place).status_code == 200
    answer = send(client, other)
    assert answer.status_code == 422 and "已交过西井大街的检查" in answer.json()["sentence"]
    assert SiteCheck.objects.get().site == place and Photo.objects.count() == 1


def test_a_reports_key_does_not_stand_in_the_way_of_a_checks_problem(client, place, community_worker):
    client.force_login(community_worker)
    report = {
        "key": "a" * 32, "category": "0504", "lon": place.lon, "lat": place.lat, "datum": "wgs84", "origin": "device",
        "photos": [picture()],
    }  # fmt: skip
    assert client.post("/m/report/", report, headers={"accept": "application/json"}).status_code == 201
    assert send(client, place, verdict="trouble", category="0504").status_code == 200
    assert Case.objects.count() == FieldReport.objects.count() == 2 and CheckFinding.objects.count() == 1


# --- the route -------------------------------------------------------------------------------------------------------


def names(stops):
    """The places' names."""
    return [stop.site.name for stop in stops]


def test_the_route_has_what_is_due_now_what_comes_later_and_what_is_done(client, xijing, langshan, community_worker):
    make_place(langshan, name="琅山大集")
    make_place(xijing, name="没有计划", per_week=0)
    make_place(xijing, name="现在要查")
    make_place(xijing, name="夜里查", check_time="night")
    check(make_place(xijing, name="上午查过"), community_worker, at=moment("2016-12-21 08:00"))
    check(make_place(xijing, name="查够了", per_week=1), community_worker, at=moment("2016-12-19 08:00"))
    route = route_of(community_worker, at=NOW)
    assert (names(route.now), names(route.later), names(route.done)) == (["现在要查"], ["夜里查", "上午查过"], ["查够了"])
    assert [stop.why_later for stop in route.later] == ["夜间查才计入", "这半天已查"]
    client.force_login(community_worker)
    page = client.get("/m/checks/").content.decode()
    assert "现在要查 1 处" in page and "琅山大集" not in page and "没有计划" not in page
    evening = route_of(community_worker, at=moment("2016-12-21 19:00"))
    assert names(evening.now) == ["现在要查", "夜里查", "上午查过"]


def test_a_street_without_plans_says_where_they_come_from(client, community_worker):
    client.force_login(community_worker)
    assert "本周没有检查计划" in client.get("/m/checks/").content.decode()


def test_a_longer_route_costs_no_more_queries(client, xijing, community_worker):
    def cost():
        with CaptureQueriesContext(connection) as seen:
            client.get("/m/checks/")
        return len(seen)

    client.force_login(community_worker)
    for _ in range(2):
        check(make_place(xijing), community_worker)
    client.get("/m/checks/")
    few = cost()
    for _ in range(5):
        check(make_place(xijing), community_worker)
        make_place(xijing, check_time="night")
    assert cost() == few


# --- at once ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_eight_deliveries_at_once_make_one_check_and_one_case(place, community_worker):
    answers = []

    def deliver():
        client = Client()
        client.force_login(community_worker)
        answers.append(send(client, place, verdict="trouble", category="0504"))
        connections.close_all()

    threads = [threading.Thread(target=deliver) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["number"] for answer in answers}) == 1
    assert SiteCheck.objects.count() == Case.objects.count() == CheckFinding.objects.count() == 1
    assert Photo.objects.count() == 1
