"""The pages of patrols: what the phone sends and is told, who may see what, and lists that stay cheap."""
import csv
import io
import secrets
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.models import PatrolCount, PatrolDuty, PatrolFinding, PatrolLog, PatrolPhoto, PollutionAlert
from campaigns.patrols import Outing, count_patrol, date_of
from cases.models import Case
from grid.photos import develop_photo
from tests.campaigns.test_patrols import shot
from tests.field.conftest import private_files  # noqa: F401
from tests.make import make_category, make_user, put

pytestmark = pytest.mark.django_db


def key():
    """A phone's mark."""
    return secrets.token_hex(16)


def today(shift="day"):
    """The date of this shift now."""
    return date_of(shift, timezone.now())


def told(**over):
    """What the phone sends."""
    return {"key": key(), "who": "", "day": f"{today():%Y-%m-%d}", "shift": "day", **over}


def send(client, to="/m/patrol/", **over):
    """By the phone's queue."""
    return client.post(to, told(**over), headers={"accept": "application/json"})


def counted(by, day=None, **added):
    """A log with counts."""
    outing = Outing(day or today(), "day", by.department)
    return count_patrol(outing, key=key(), added=added, by=by, at=timezone.now()).log


@pytest.fixture
def phone(client, community_worker):
    """The worker's phone."""
    client.force_login(community_worker)
    return client


@pytest.fixture
def desk(client, inspector):
    """The inspector's desk."""
    client.force_login(inspector)
    return client


# --- the phone -------------------------------------------------------------------------------------------------------


def test_a_press_is_kept_at_once_and_told_with_the_counters(phone):
    answer = send(phone, persons_by="2", vehicles_by="1")
    body = answer.json()
    assert answer.status_code == 200 and body["ok"] is True and body["closed"] is False
    assert (body["counters"]["persons"], body["counters"]["vehicles"], body["turn"]) == (2, 1, 1)
    page = phone.get("/m/patrol/?shift=day").content.decode()
    assert 'name="persons" value="2"' in page and 'name="persons_seen" value="2"' in page and "近两月累计 2 人次" in page


def test_a_second_delivery_is_told_the_same_and_counts_once(phone):
    same = key()
    first, second = send(phone, key=same, persons_by="2"), send(phone, key=same, persons_by="2")
    assert first.json() == second.json() and PatrolLog.objects.get().persons == 2


def test_the_plain_form_counts_the_difference_to_what_it_showed(phone, community_worker):
    counted(community_worker, persons=5)
    answer = phone.post("/m/patrol/", told(persons="14", persons_seen="3", vehicles="0", vehicles_seen="0"))
    assert answer.status_code == 302 and PatrolLog.objects.get().persons == 16, "two phones add up"
    phone.post("/m/patrol/", told(step="stoves_seized:1"))
    phone.post("/m/patrol/", told(step="persons:-1", persons="16", persons_seen="16"))
    log = PatrolLog.objects.get()
    assert (log.persons, log.stoves_seized) == (15, 1)


@pytest.mark.parametrize(
    ("over", "status", "sentence"),
    [
        ({"persons_by": "0"}, 422, "没有变化"),
        ({"persons_by": "x"}, 422, "整数"),
        ({"persons_by": "1", "key": "x"}, 422, "刷新页面"),
        ({"persons_by": "1", "shift": "noon"}, 422, "刷新页面"),
        ({"persons_by": "1", "day": "2016-01-01"}, 422, "已过 7 天"),
        ({"persons_by": "1", "who": "999999"}, 401, "登录已过期"),
        ({"step": "secret:1"}, 422, "没有变化"),
    ],
)
def test_what_cannot_be_counted_is_said(phone, over, status, sentence):
    answer = send(phone, **over)
    assert answer.status_code == status and sentence in answer.json()["sentence"]
    assert not PatrolLog.objects.exists()


def test_the_plain_form_comes_back_with_what_was_typed(phone):
    answer = phone.post("/m/patrol/", told(persons="-3", persons_seen="0", vehicles="7", vehicles_seen="0"))
    page = answer.content.decode()
    assert answer.status_code == 422 and "出动人次应为 0 以上的整数" in page and 'name="vehicles" value="7"' in page


def test_handing_in_asks_to_be_sure_then_freezes(phone):
    send(phone, persons_by="14")
    first = phone.post("/m/patrol/close/", told(area="西井大街"))
    assert first.status_code == 422 and "数字不能再改" in first.content.decode() and "确认上报" in first.content.decode()
    assert phone.post("/m/patrol/close/", told(area="西井大街", sure="on")).status_code == 302
    log = PatrolLog.objects.get()
    assert not log.is_open and log.area == "西井大街"
    late = send(phone, persons_by="2")
    assert late.status_code == 409 and "没有记上：出动人次 +2" in late.json()["sentence"]
    page = phone.get("/m/patrol/?shift=day").content.decode()
    assert "已上报，数字不能再改" in page and "上报今日日志" not in page


def test_handing_in_by_the_plain_form_takes_what_was_typed_with_it(phone):
    answer = phone.post("/m/patrol/close/", told(persons="14", persons_seen="0", sure="on"))
    assert answer.status_code == 302 and PatrolLog.objects.get().persons == 14


def test_handing_in_by_the_queue_twice_is_once(phone):
    send(phone, persons_by="14")
    same = key()
    answers = [send(phone, "/m/patrol/close/", key=same, sure="on") for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200] and answers[1].json()["closed"] is True


def test_a_picture_is_kept_and_shown_to_the_own_team_alone(
    phone, community_worker, other_community_worker, inspector, private_files  # noqa: F811
):
    answer = send(phone, "/m/patrol/photos/", photo=shot())
    row = PatrolPhoto.objects.get()
    assert answer.json()["photo"] == f"/m/patrol/photos/{row.pk}/thumb/"
    assert phone.get(answer.json()["photo"]).status_code == 404, "not developed yet"
    develop_photo(row.photo_id)
    assert phone.get(answer.json()["photo"]).status_code == 200
    desk = f"/patrols/{row.log_id}/photos/{row.pk}/thumb/"
    assert phone.get(desk).status_code == 403
    phone.force_login(other_community_worker)
    assert phone.get(answer.json()["photo"]).status_code == 404
    phone.force_login(inspector)
    assert phone.get(desk).status_code == 200 and phone.get(desk.replace("thumb", "original")).status_code == 404


def test_no_picture_is_said(phone):
    answer = send(phone, "/m/patrol/photos/")
    assert answer.status_code == 422 and "请先拍一张照片" in answer.json()["sentence"]


@pytest.fixture
def pick(db):
    """烧煤冒烟, one of the phone's picks."""
    return make_category("散煤燃烧", code="0190", pick_label="烧煤冒烟", pick_icon="flame", pick_order=1)


def finding(client, pick, **over):
    """A finding by the phone's queue."""
    place = {"community": "110107005008", "address": "西井大街北口"}
    given = {"kind": "handed", "category": pick.code, "photos": [shot()], "words": "小煤炉冒烟", **place, **over}
    return send(client, "/m/patrol/finding/", **given)


def test_a_finding_becomes_a_case_once_and_shows_how_far_it_is(phone, pick, standards, inspector, private_files):  # noqa: F811
    same = key()
    first, second = finding(phone, pick, key=same), finding(phone, pick, key=same)
    case = Case.objects.get()
    assert first.json() == second.json() and case.number in first.json()["sentence"]
    page = phone.get("/m/patrol/?shift=day").content.decode()
    assert case.number in page and "待受理" in page
    put(case, "in_progress")
    phone.force_login(inspector)
    log = PatrolLog.objects.get()
    shown = phone.get(f"/patrols/{log.pk}/").content.decode()
    assert "处置中" in shown and f'href="/cases/{case.number}/"' in shown


def test_who_may_not_read_cases_reads_only_how_far_a_finding_is(phone, pick, standards, clerk, leader, private_files):  # noqa: F811
    finding(phone, pick)
    case, log = Case.objects.get(), PatrolLog.objects.get()
    for who, reads in ((clerk, False), (leader, True)):
        phone.force_login(who)
        page = phone.get(f"/patrols/{log.pk}/").content.decode()
        assert case.number in page and "待受理" in page and (case.title in page) is reads


def test_the_page_of_a_case_says_on_which_patrol_it_was_found(phone, pick, standards, inspector, dispatcher, private_files):  # noqa: F811
    finding(phone, pick)
    case, log = Case.objects.get(), PatrolLog.objects.get()
    for who, reads in ((inspector, True), (dispatcher, False)):
        phone.force_login(who)
        assert (f'href="/patrols/{log.pk}/"' in phone.get(f"/cases/{case.number}/").content.decode()) is reads


def test_one_put_right_on_the_spot_needs_both_pictures_and_words(phone, pick, standards, private_files):  # noqa: F811
    for over, sentence in (
        ({"words": "收了"}, "至少 10 个字"), ({"words": "当场收缴小煤炉一个"}, "至少 10 个字"),
        ({"words": "当场收缴小煤炉一个并教育商户"}, "整改后照片"),
    ):  # fmt: skip
        answer = finding(phone, pick, kind="fixed", **over)
        assert answer.status_code == 422 and sentence in answer.json()["sentence"] and not PatrolFinding.objects.exists()
    answer = finding(phone, pick, kind="fixed", words="当场收缴小煤炉一个并教育商户", after_photos=[shot("green")])
    assert answer.status_code == 200 and Case.objects.get().get_state_display() == "核查中"


def test_a_plain_finding_that_lacks_something_comes_back_with_its_words(phone, pick):
    answer = phone.post("/m/patrol/finding/", told(kind="handed", words="小煤炉冒烟"))
    page = answer.content.decode()
    assert answer.status_code == 422 and "请选一类问题" in page and "小煤炉冒烟" in page


def test_a_plain_finding_pressed_twice_counts_once_and_gone_back_to_for_the_next_thing_counts_again(
    phone, pick, standards, private_files  # noqa: F811
):
    """A browser keeps the page as it was left, key included: by the key alone the second thing would be lost."""
    same = told(kind="handed", category=pick.code, community="110107005008", address="西井大街北口", words="小煤炉冒烟")
    for over in ({}, {}, {"words": "又一处小煤炉冒烟"}):
        assert phone.post("/m/patrol/finding/", {**same, **over, "photos": [shot()]}).status_code == 302
    texts = list(Case.objects.order_by("pk").values_list("description", flat=True))
    assert texts == ["小煤炉冒烟", "又一处小煤炉冒烟"] and PatrolFinding.objects.count() == 2


def test_an_inspector_counts_for_the_own_team_but_opens_no_case(client, inspector):
    client.force_login(inspector)
    assert send(client, persons_by="2").status_code == 200
    assert "/m/patrol/finding/" not in client.get("/m/patrol/?shift=day").content.decode().replace("data-", "")
    assert client.get("/m/patrol/finding/").status_code == 403


@pytest.mark.parametrize("who", ["handler", "dispatcher", "clerk", "leader", "outsider"])
def test_who_does_not_patrol_is_turned_away_and_the_queue_is_told(client, request, who):
    client.force_login(request.getfixturevalue(who))
    answer = send(client, persons_by="1")
    assert answer.status_code == 403 and answer.json()["sentence"] and not PatrolLog.objects.exists()
    assert client.get("/m/patrol/").status_code == 403


def test_without_a_login_the_queue_waits_and_a_browser_logs_in(client):
    assert send(client, persons_by="1").status_code == 401
    assert client.get("/m/patrol/").headers["Location"].startswith("/login/")


def test_who_has_no_team_is_told(client):
    client.force_login(make_user("free", "worker"))
    assert "没有所属单位" in send(client, persons_by="1").json()["sentence"]


def test_earlier_logs_are_the_own_teams(phone, community_worker, other_community_worker):
    counted(community_worker, persons=14)
    counted(other_community_worker, persons=777)
    page = phone.get("/m/patrol/past/").content.decode()
    assert "14" in page and "777" not in page


# --- the desk --------------------------------------------------------------------------------------------------------


def test_the_list_sums_the_period_and_filters(desk, community_worker, other_community_worker):
    counted(community_worker, persons=1234)
    counted(other_community_worker, persons=766, vehicles=3)
    page = desk.get("/patrols/").content.decode()
    assert "2,000 <small>人次" in page
    one = desk.get(f"/patrols/?first=&last=&team={community_worker.department_id}").content.decode()
    assert "1,234 <small>人次" in one and "2,000" not in one
    assert "这段时间没有巡查日志" in desk.get("/patrols/?first=2010-01-01&last=2010-02-01").content.decode()
    assert "应为日期" in desk.get("/patrols/?first=soon&last=").content.decode()


def test_the_list_opens_on_the_latest_two_months_that_were_handed_in(desk, community_worker):
    log = counted(community_worker, persons=5)
    long_ago = today() - timedelta(days=3000)
    PatrolLog.objects.filter(pk=log.pk).update(date=long_ago, ended_at=timezone.now())
    page = desk.get("/patrols/").content.decode()
    assert f'value="{long_ago:%Y-%m-%d}"' in page and f'value="{long_ago - timedelta(days=61):%Y-%m-%d}"' in page
    assert "5 <small>人次" in page


def test_ten_logs_ask_no_more_than_two(desk, community_worker, other_community_worker):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert desk.get("/patrols/?first=&last=").status_code == 200
        return len(asked)

    counted(community_worker, persons=1)
    counted(other_community_worker, persons=1)
    few = queries()
    for back in range(1, 6):
        for by in (community_worker, other_community_worker):
            counted(by, today() - timedelta(days=back), persons=1)
    assert queries() == few


def test_earlier_logs_on_the_phone_and_a_log_ask_no_more_for_more(phone, community_worker, inspector, pick, standards, private_files):  # noqa: F811
    def queries(address):
        with CaptureQueriesContext(connection) as asked:
            assert phone.get(address).status_code == 200
        return len(asked)

    log = counted(community_worker, persons=1)
    finding(phone, pick)
    few, shown = queries("/m/patrol/past/"), queries("/m/patrol/?shift=day")
    for back in range(1, 4):
        counted(community_worker, today() - timedelta(days=back), persons=1)
        finding(phone, pick)
    assert queries("/m/patrol/past/") == few and queries("/m/patrol/?shift=day") == shown
    phone.force_login(inspector)
    many = queries(f"/patrols/{log.pk}/")
    finding_count = PatrolFinding.objects.count()
    PatrolFinding.objects.exclude(pk=PatrolFinding.objects.first().pk).delete()
    assert finding_count == 4 and queries(f"/patrols/{log.pk}/") == many


def test_the_inspector_issues_an_alert_fills_the_roster_and_lifts(desk):
    day, now = today(), timezone.localtime()
    told = {
        "level": "yellow", "document": "市预警", "starts_at": f"{now:%Y-%m-%dT%H:%M}",
        "ends_at": f"{now + timedelta(days=2):%Y-%m-%dT%H:%M}",
    }  # fmt: skip
    assert desk.post("/patrols/alerts/", told).status_code == 302
    again = desk.post("/patrols/alerts/", told)
    assert again.status_code == 422 and "时间重叠" in again.content.decode() and PollutionAlert.objects.count() == 1
    assert "未排带队领导" in desk.get("/patrols/").content.decode()
    assert desk.post(f"/patrols/days/{day}/day/", {"leader_name": "陈国强"}).status_code == 302
    taken = desk.post(f"/patrols/days/{day}/day/", {"leader_name": "李卫东"})
    assert taken.status_code == 409 and "一个班次只有一位" in taken.content.decode()
    two = desk.post(f"/patrols/days/{day}/night/", {"leader_name": "李卫东、王志远"})
    assert two.status_code == 422 and "只由一位处级领导" in two.content.decode()
    assert desk.post(f"/patrols/days/{day}/day/", {"leader_name": "", "instead_of": "陈国强"}).status_code == 302
    assert not PatrolDuty.objects.exists()
    alert = PollutionAlert.objects.get()
    assert desk.post(f"/patrols/alerts/{alert.pk}/lift/").status_code == 302
    assert desk.post(f"/patrols/alerts/{alert.pk}/lift/").status_code == 409
    assert desk.get(f"/patrols/days/{day}/").status_code == 200 and desk.get("/patrols/days/soon/").status_code == 404
    assert desk.post(f"/patrols/days/{day}/noon/", {"leader_name": "陈国强"}).status_code == 404


@pytest.mark.parametrize("who", ["chief", "clerk", "leader"])
def test_who_sees_patrols_does_not_roster_or_correct_them(client, request, who, community_worker):
    log = counted(community_worker, persons=1)
    client.force_login(request.getfixturevalue(who))
    for address in ("/patrols/", "/patrols/alerts/", f"/patrols/days/{today()}/", f"/patrols/{log.pk}/"):
        assert client.get(address).status_code == 200, address
    assert client.get(f"/patrols/{log.pk}/correct/").status_code == 403
    assert client.post(f"/patrols/days/{today()}/day/", {"leader_name": "陈国强"}).status_code == 403
    assert client.post("/patrols/alerts/", {}).status_code == 403
    assert not PatrolDuty.objects.exists()


@pytest.mark.parametrize("who", ["dispatcher", "handler", "community_worker", "petition_officer", "admin", "auditor"])
def test_who_does_not_see_patrols_is_turned_away(client, request, who):
    client.force_login(request.getfixturevalue(who))
    assert client.get("/patrols/").status_code == client.get("/patrols/alerts/").status_code == 403


def test_a_correction_is_shown_on_the_log(desk, community_worker):
    log = counted(community_worker, persons=14)
    PatrolLog.objects.filter(pk=log.pk).update(ended_at=timezone.now())
    values = {**{name: 0 for name in log.counters()}, "persons": 16, "turn": log.turn}
    bad = desk.post(f"/patrols/{log.pk}/correct/", {**values, "reason": "错了"})
    assert bad.status_code == 422 and "至少 5 个字" in bad.content.decode()
    assert desk.post(f"/patrols/{log.pk}/correct/", {**values, "reason": "漏记城管队两人"}).status_code == 302
    stale = desk.post(f"/patrols/{log.pk}/correct/", {**values, "persons": 17, "reason": "漏记城管队三人"})
    assert stale.status_code == 409 and "刚刚被别人更正" in stale.content.decode()
    page = desk.get(f"/patrols/{log.pk}/").content.decode()
    assert "出动人次 14 → 16" in page and "漏记城管队两人" in page


def test_the_export_holds_what_was_filtered_for_who_may_carry_it_away(client, clerk, inspector, community_worker):
    counted(community_worker, persons=14)
    client.force_login(inspector)
    assert client.post("/patrols/export/").status_code == 403
    client.force_login(clerk)
    answer = client.post("/patrols/export/?first=&last=", {"format": "csv"})
    text = b"".join(answer.streaming_content).decode()
    assert answer.status_code == 200 and "出动人次（人次）" in text and ",14," in text and "导出" in text
    assert client.get("/patrols/export/").status_code == 405


def test_the_export_names_the_cases_that_were_handed_over(client, clerk, phone, pick, standards, private_files):  # noqa: F811
    finding(phone, pick)
    client.force_login(clerk)
    answer = client.post("/patrols/export/?first=&last=", {"format": "csv"})
    lines = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert lines[0]["移交案件"] == Case.objects.get().number and lines[0]["发现问题（个）"] == "1"


def test_each_press_stays_as_a_row(phone, community_worker):
    send(phone, persons_by="2")
    row = PatrolCount.objects.get()
    assert row.added == {"persons": 2} and row.by == community_worker


def test_an_administrator_edits_the_measures_of_a_level_and_the_next_alert_takes_them(client, admin, inspector):
    from accounts.models import AuditEntry
    from campaigns.models import AlertMeasure
    from campaigns.patrols_roster import measures_for, seed_measures

    seed_measures()
    row = AlertMeasure.objects.get(level="red")
    address = f"/admin/campaigns/alertmeasure/{row.pk}/change/"
    client.force_login(inspector)
    assert client.get(address).status_code in (302, 403)
    client.force_login(admin)
    assert client.post(address, {"level": "red", "words": "停止一切土石方作业"}).status_code == 302
    assert measures_for("red") == "停止一切土石方作业"
    assert AuditEntry.objects.filter(action="record_changed", actor=admin).exists()


def test_a_day_or_an_alert_of_no_possible_year_is_said_and_not_broken_upon(desk):
    for day in ("0001-01-01", "9999-12-31", "2016-02-30"):
        assert desk.get(f"/patrols/days/{day}/").status_code == 404
    assert desk.get("/patrols/days/2016-12-23/").status_code == 200
    told = {"level": "red", "document": "第 12 号预警"}
    first = desk.post("/patrols/alerts/", {**told, "starts_at": "0001-01-01T00:00", "ends_at": "0001-01-02T00:00"})
    assert first.status_code == 422 and "年份不对" in first.content.decode() and not PollutionAlert.objects.exists()
    sound = {**told, "starts_at": "2016-12-23T00:00", "ends_at": "2016-12-24T00:00"}
    assert desk.post("/patrols/alerts/", sound).status_code == 302 and PollutionAlert.objects.exists()
