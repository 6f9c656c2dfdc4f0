"""The desk's page of checks: numbers, weeks, filters, who sees what, pictures, a steady number of queries."""
import datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from grid.photos import develop_photo, store_photo
from tests.grid.checks_cast import check, make_place
from tests.make import NOW, moment

pytestmark = pytest.mark.django_db
PAGE = "/grid/checks/"


@pytest.fixture(autouse=True)
def today():
    """A Wednesday afternoon in 2016."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def two_places(xijing, langshan, community_worker, other_community_worker):
    """Three checks a week in each; last week two were done in 西井, none in 琅山."""
    places = make_place(xijing, name="西井大街"), make_place(langshan, name="琅山大集")
    for day in (12, 13):
        check(places[0], community_worker, at=moment(f"2016-12-{day} 09:00"))
    return places


def text(client, address=PAGE):
    """The page's words without line breaks."""
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def numbers(client, **asked):
    """(planned, done, missed) of the whole, as the page was given them."""
    whole = client.get(PAGE, asked).context["overview"].whole
    return whole.planned, whole.done, whole.missed


def test_last_weeks_misses_are_red_and_this_week_is_only_not_done_yet(client, inspector, two_places):
    client.force_login(inspector)
    assert numbers(client) == (6, 0, 0)
    assert "is-bad" not in text(client)
    page = text(client, f"{PAGE}?week=2016-W50")
    assert numbers(client, week="2016-W50") == (6, 2, 4)
    assert page.index("琅山大集") < page.index("西井大街</a>") and page.count("is-bad") == 2
    assert "33.3 <small>%" in page and "2016-12-12 至 2016-12-18" in page


def test_the_page_filters_by_community_and_by_what_was_missed(client, inspector, two_places, community_worker):
    check(two_places[0], community_worker, at=moment("2016-12-14 09:00"))
    client.force_login(inspector)
    page = text(client, f"{PAGE}?week=2016-W50&missed=on")
    assert "琅山大集" in page and "西井大街</a>" not in page
    page = text(client, f"{PAGE}?week=2016-W50&community={two_places[0].community_id}")
    assert "西井大街</a>" in page and "琅山大集" not in page and ">琅山村</a>" in page
    assert "没有符合条件的点位" in text(client, f"{PAGE}?week=2016-W50&missed=on&community={two_places[0].community_id}")


@pytest.mark.parametrize("asked", [
    "week=2016-W99", "week=x", "week=2017-W10", "community=999", "community=x", "page=99", "first=2016-12-01",
    "first=x&last=y", "first=2016-12-31&last=2016-12-01", "first=0001-01-01&last=2016-12-01",
])  # fmt: skip
def test_what_makes_no_sense_shows_this_week(client, inspector, two_places, asked):
    client.force_login(inspector)
    assert "2016-12-19 至 2016-12-25" in text(client, f"{PAGE}?{asked}")


def test_the_weeks_of_a_month_stand_behind_a_number_of_the_reports(client, leader, two_places):
    client.force_login(leader)
    asked = {"first": "2016-12-01", "last": "2016-12-20"}
    assert numbers(client, **asked) == (18, 2, 16)  # the weeks that end on the 4th, 11th and 18th
    assert "内结束的各周" in text(client, f"{PAGE}?first=2016-12-01&last=2016-12-20")


@pytest.mark.parametrize("asked", [
    "first=2016-12-19&last=2016-12-20", "first=2016-12-21&last=2016-12-21", "first=2016-12-21&last=2016-12-31",
    "first=2017-02-01&last=2017-02-28", "first=9999-12-31&last=9999-12-31",
])  # fmt: skip
def test_a_span_in_which_no_week_has_ended_is_empty_and_says_so(client, leader, two_places, community_worker, asked):
    check(two_places[0], community_worker)
    client.force_login(leader)
    page = text(client, f"{PAGE}?{asked}")
    assert "这段时间内没有结束的周" in page and "2016-12-19 至 2016-12-25" not in page and "西井大街" not in page
    assert client.get(f"{PAGE}?{asked}").context["overview"].whole.planned == 0


def test_a_week_that_ends_today_is_not_over(client, leader, two_places):
    client.force_login(leader)
    with time_machine.travel(moment("2016-12-25 15:00"), tick=False):
        assert numbers(client, first="2016-12-01", last="2016-12-31") == (18, 2, 16)


def test_a_worker_sees_the_own_community_only(client, community_worker, two_places, other_community_worker):
    foreign = check(two_places[1], other_community_worker)
    own = check(two_places[0], community_worker)
    client.force_login(community_worker)
    page = text(client, f"{PAGE}?week=2016-W50")
    assert numbers(client, week="2016-W50") == (3, 2, 1)
    assert "琅山" not in page and "今日路线" in page and "全部社区" not in page
    assert numbers(client, week="2016-W50", community=two_places[1].community_id) == (3, 2, 1)
    assert client.get(f"{PAGE}{own.pk}/").status_code == 200
    assert client.get(f"{PAGE}{foreign.pk}/").status_code == 404


def test_who_has_nothing_to_do_with_checks_is_turned_away(client, handler, petition_officer, two_places):
    for person in (handler, petition_officer):
        client.force_login(person)
        assert client.get(PAGE).status_code == 403
    client.logout()
    assert client.get(PAGE).status_code == 302


def test_the_page_of_a_check_says_how_far_how_late_and_shows_its_pictures(
    client, inspector, other_community_worker, community_worker, xijing, settings, tmp_path
):
    from tests.field.test_report import picture

    settings.MEDIA_ROOT = tmp_path
    place = make_place(xijing)
    photo = store_photo(picture(), by=community_worker, at=NOW)
    made = check(
        place, community_worker, photos=[photo], words="门前堆物", verdict="trouble",
        position=(place.lon, place.lat + 0.005), checked_at=NOW - datetime.timedelta(hours=5),
    )  # fmt: skip
    client.force_login(inspector)
    page = text(client, f"{PAGE}{made.pk}/")
    assert "门前堆物" in page and "离点位 556 米" in page and "较远" in page and "2016-12-21 14:20 补传" in page
    row = made.photos.get()
    address = f"{PAGE}{made.pk}/photos/{row.pk}"
    assert client.get(f"{address}/thumb/").status_code == 404  # not developed yet
    develop_photo(photo.pk)
    assert client.get(f"{address}/thumb/").status_code == 200
    assert client.get(f"{address}/original/").status_code == 404
    client.force_login(other_community_worker)
    assert client.get(f"{address}/thumb/").status_code == 404


def test_more_places_cost_no_more_queries(client, inspector, xijing, langshan, community_worker):
    def cost():
        client.get(PAGE)
        with CaptureQueriesContext(connection) as seen:
            client.get(PAGE)
        return len(seen)

    client.force_login(inspector)
    for home in (xijing, langshan):
        make_place(home)
    few = cost()
    for _ in range(6):
        check(make_place(xijing), community_worker)
        make_place(langshan)
    assert cost() == few
