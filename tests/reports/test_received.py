"""What the district and others say of the street, and who is told of a month's figures."""
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry, Notification
from reports import facts, received, subscriptions
from reports.errors import ReportRefused
from reports.models import DistrictRanking, FigureSubscription, Honour
from reports.periods import read_period
from tests.make import NOW, make_case, moment, move

pytestmark = pytest.mark.django_db
FORM = {"period": "2016Q2", "rank": "1", "of": "9", "score": "", "words": "", "source_document": "工作总结"}
YEAR = read_period("2016")


def enter(chief, **over):
    return received.enter_ranking(
        **{"period": "2016-05", "score": None, "rank": 2, "of": 9, "words": "", "source_document": "通报", "by": chief,
           "at": NOW} | over
    )  # fmt: skip


def test_a_rank_is_entered_and_corrected_and_the_trail_keeps_both(chief):
    enter(chief)
    enter(chief, rank=3, score=Decimal("91.50"))
    row = DistrictRanking.objects.get()
    assert (row.rank, row.score) == (3, Decimal("91.50"))
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "ranking_received", "received_ranking_corrected"
    ]  # fmt: skip


def test_words_stand_where_no_rank_was_given(chief):
    enter(chief, rank=None, words="稳定前四名")
    found = received.received_of(YEAR)["district"]
    assert [(row.when, row.rank, row.words) for row in found] == [("5月", None, "稳定前四名")]


@pytest.mark.parametrize(("over", "words"), [
    ({"period": "2016"}, "不是月份或季度"), ({"period": "五月"}, "不是月份或季度"), ({"rank": 10}, "应在 1 和 9 之间"),
    ({"rank": None}, "都空着"),
])  # fmt: skip
def test_what_cannot_be_is_refused(chief, over, words):
    with pytest.raises(ReportRefused, match=words):
        enter(chief, **over)
    assert not DistrictRanking.objects.exists()


def test_the_database_refuses_it_too(chief):
    for over in ({"rank": 10}, {"rank": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            DistrictRanking.objects.create(**{"period": "2016-05", "of": 9, "entered_at": NOW} | over)


def test_an_honour_is_entered_once(chief):
    asked = {"name": "全国绿化模范单位", "holder": "射击射箭中心", "year": 2016, "source_document": "", "by": chief, "at": NOW}
    received.enter_honour(**asked)
    with pytest.raises(ReportRefused, match="不要重复登记"):
        received.enter_honour(**asked)
    assert [row.name for row in received.received_of(YEAR)["honours"]] == ["全国绿化模范单位"]


def test_the_form_is_the_chiefs(client, chief, leader):
    client.force_login(leader)
    assert client.post("/rankings/received/", FORM).status_code == 403
    client.force_login(chief)
    assert client.post("/rankings/received/", FORM | {"rank": "12"}).status_code == 422
    assert client.post("/rankings/received/", FORM).status_code == 302
    honour = {"what": "honour", "name": "先进单位", "holder": "苹果园街道", "year": "2016", "source_document": ""}
    assert client.post("/rankings/received/", honour).status_code == 302
    assert client.post("/rankings/received/", honour).status_code == 422
    assert DistrictRanking.objects.get().rank == 1 and Honour.objects.count() == 1
    page = client.get("/dashboard/?period=2016").content.decode()
    assert "第 1 名" in page and "先进单位" in page


def test_subscribers_are_told_once_a_month_with_the_figures_and_a_link(leader, chief, dispatcher, category, standards):
    case = make_case(dispatcher)
    move("accept", case, dispatcher, category=category)
    facts.roll_up(at=NOW)
    subscriptions.subscribe(user=leader, at=NOW)
    subscriptions.subscribe(user=leader, at=NOW)
    first = moment("2017-01-01 08:30")
    assert subscriptions.send_monthly_figures(at=first) == 1
    assert subscriptions.send_monthly_figures(at=first) == 0  # a second beat
    assert subscriptions.send_monthly_figures(at=moment("2017-01-02 08:30")) == 0
    notice = Notification.objects.get(kind="info")
    assert notice.user == leader and notice.url == "/dashboard/?period=2016-12"
    assert notice.text.startswith("2016年12月月报：受理数 1 件，结案率 –")
    assert subscriptions.send_monthly_figures(at=moment("2017-02-01 08:30")) == 1


def test_who_may_not_see_the_figures_is_not_told(leader, dispatcher):
    for user in (leader, dispatcher):
        subscriptions.subscribe(user=user, at=NOW)
    assert subscriptions.send_monthly_figures(at=moment("2017-01-01 08:30")) == 1
    assert Notification.objects.get().user == leader


def test_subscribing_by_the_button(client, leader):
    client.force_login(leader)
    client.post("/dashboard/subscribe/", {"wanted": "yes"})
    assert FigureSubscription.objects.get().user == leader
    assert "取消订阅" in client.get("/dashboard/").content.decode()
    client.post("/dashboard/subscribe/", {"wanted": "no"})
    assert not FigureSubscription.objects.exists()


def test_the_year_of_what_is_received(chief):
    enter(chief, period="2017-01")
    assert received.received_of(YEAR)["district"] == []
    assert date(2016, 1, 1) == YEAR.first
