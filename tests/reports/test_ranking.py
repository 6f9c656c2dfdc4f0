"""The ranking: its formula, ties, who is 不参评, versions of weights, publishing once, points, and who may."""
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry
from reports import facts, ranking
from reports.errors import ReportConflict, ReportRefused
from reports.models import PublishedRanking, RankingPoints, RankingWeights
from reports.periods import read_period
from reports.ranking import Place, ranked, score_of
from tests.make import moment
from tests.reports.test_facts import LATER, START, cast, closed_case  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]
TODAY = date(2017, 3, 1)
NOVEMBER = read_period("2016-11")
NEW = {"on_time": 50, "closing": 10, "rework": 10, "recurrence": 10, "patrol": 10, "satisfaction": 10}


def a_place(name, score):
    return Place(1, "1", name, 1, {}, Decimal(0), score=None if score is None else Decimal(score))


@pytest.fixture
def counted(cast, category, xijing, langshan):  # noqa: F811
    """One closed case in 西井; 琅山村 has none."""
    closed_case(cast, category, xijing.grids.get())
    facts.roll_up(at=LATER)


def test_ties_share_a_rank_and_the_next_is_left_out():
    places = ranked([a_place("丁", 80), a_place("甲", 90), a_place("乙", 85), a_place("丙", 85), a_place("戊", None)])
    assert [(one.name, one.rank) for one in places] == [("甲", 1), ("丙", 2), ("乙", 2), ("丁", 4), ("戊", None)]


def test_the_score_is_the_weighted_mean_of_what_is_known_and_the_points():
    weights = RankingWeights()
    rates = {name: Decimal(100) for name in ranking.WEIGHTS} | {"on_time": Decimal(50)}
    assert score_of(rates, weights, Decimal(0)) == 85  # 30 % of 50, 70 % of 100
    without_patrol = rates | {"patrol": None}
    assert score_of(without_patrol, weights, Decimal(0)) == Decimal("83.33")  # (15 + 60) / 90
    assert score_of(without_patrol, weights, Decimal("-2.5")) == Decimal("80.83")
    assert score_of(dict.fromkeys(ranking.WEIGHTS), weights, Decimal(5)) is None


def test_who_had_nothing_to_handle_is_left_out_not_first(counted):
    places = ranking.compute("community", NOVEMBER, today=TODAY, weights=ranking.weights_in_force())
    assert [(one.name, one.rank, one.due) for one in places] == [("西井", 1, 1), ("琅山村", None, 0)]
    assert places[0].score == 100 and places[1].score is None


def test_departments_are_ranked_without_the_communities(counted):
    places = ranking.compute("department", NOVEMBER, today=TODAY, weights=ranking.weights_in_force())
    assert [one.name for one in places if one.rank] == ["城管执法队"]
    assert not {"西井社区", "琅山村社区"} & {one.name for one in places}


def test_complaints_are_counted_per_thousand_households(cast, category, xijing, counted):  # noqa: F811
    from tests.make import make_case, move

    xijing.households = 2000
    xijing.save()
    case = make_case(cast["dispatcher"], source="WX", at=START)
    move("accept", case, cast["dispatcher"], at=START, category=category)
    move("register", case, cast["dispatcher"], at=START, category=category, grid=xijing.grids.get(), urgency="normal")
    facts.roll_up(at=LATER)
    place = ranking.compute("community", NOVEMBER, today=TODAY, weights=ranking.weights_in_force())[0]
    assert (place.complaints, place.per_thousand) == (1, Decimal("0.5"))


def test_weights_add_up_to_a_hundred(admin):
    row = ranking.change_weights(by=admin, at=LATER, note="新办法", **NEW)
    assert ranking.weights_in_force() == row
    with pytest.raises(ReportRefused, match="相加应为 100，现为 110"):
        ranking.change_weights(by=admin, at=LATER, **NEW | {"patrol": 20})
    with pytest.raises(IntegrityError, match=r"weights_add_up|CHECK"), transaction.atomic():
        RankingWeights.objects.create(**NEW | {"patrol": 20}, made_at=LATER)


def test_a_published_ranking_keeps_its_weights_and_numbers(counted, chief, admin, cast, category, langshan):  # noqa: F811
    row = ranking.publish("community", NOVEMBER, by=chief, at=LATER)
    ranking.change_weights(by=admin, at=LATER, **NEW)
    closed_case(cast, category, langshan.grids.get())
    facts.roll_up(at=LATER)
    published, places = ranking.ranking_of("community", NOVEMBER, today=TODAY)
    assert published == row and published.weights != ranking.weights_in_force()
    assert [(one.name, one.rank) for one in places] == [("西井", 1), ("琅山村", None)]
    live = ranking.compute("community", NOVEMBER, today=TODAY, weights=ranking.weights_in_force())
    assert [one.rank for one in live] == [1, 1]
    assert AuditEntry.objects.get(action="ranking_published").actor == chief


def test_it_is_published_once_and_only_when_the_period_is_over(counted, chief):
    with pytest.raises(ReportRefused, match="还没有结束"):
        ranking.publish("community", NOVEMBER, by=chief, at=moment("2016-11-30 23:59"))
    ranking.publish("community", NOVEMBER, by=chief, at=moment("2016-12-01 00:00"))
    with pytest.raises(ReportConflict, match="已经发布"):
        ranking.publish("community", NOVEMBER, by=chief, at=LATER)
    assert PublishedRanking.objects.count() == 1
    with pytest.raises(ReportRefused, match="没有名次可发布"):
        ranking.publish("community", read_period("2016-08"), by=chief, at=LATER)


def test_movement_against_the_period_before(counted, chief, cast, category, langshan, xijing):  # noqa: F811
    closed_case(cast, category, langshan.grids.get(), at=moment("2016-12-05 09:30"))
    closed_case(cast, category, xijing.grids.get(), at=moment("2016-12-05 09:30"))
    facts.roll_up(at=LATER)
    december = read_period("2016-12")
    ranking.give_points(kind="community", period=december, department=xijing.department, points=Decimal(-3),
                        reason="迟报", by=chief, at=LATER)  # fmt: skip
    _, places = ranking.ranking_of("community", december, today=TODAY)
    assert [(one.name, one.rank, one.before, one.moved) for one in places] == [("琅山村", 1, None, None), ("西井", 2, 1, -1)]


def test_points_come_before_publishing(counted, chief, xijing):
    give = {"kind": "community", "period": NOVEMBER, "department": xijing.department, "by": chief, "at": LATER}
    ranking.give_points(**give, points=Decimal("1.5"), reason="受市级表扬")
    assert ranking.ranking_of("community", NOVEMBER, today=TODAY)[1][0].score == Decimal("101.50")
    with pytest.raises(ReportRefused, match="分值是 0"):
        ranking.give_points(**give, points=Decimal(0), reason="无")
    ranking.publish("community", NOVEMBER, by=chief, at=LATER)
    with pytest.raises(ReportConflict, match="不能再加减分"):
        ranking.give_points(**give, points=Decimal(1), reason="补登一次")


def test_the_page_publishes_for_a_chief_and_not_for_a_leader(client, chief, leader, counted):
    url = "/rankings/publish/?kind=community&period=2016-11"
    client.force_login(leader)
    assert "点开数字看到的是案件现在的情况" not in client.get("/rankings/?kind=community&period=2016-11").content.decode()
    assert client.post(url).status_code == 403 and not PublishedRanking.objects.exists()
    client.force_login(chief)
    assert client.post(url).status_code == 302 and PublishedRanking.objects.count() == 1
    answer = client.post(url)
    assert answer.status_code == 409 and "已经发布" in answer.content.decode()
    page = client.get("/rankings/?kind=community&period=2016-11").content.decode()
    assert "已发布" in page and "点开数字看到的是案件现在的情况" in page


def test_points_by_the_form(client, chief, counted, xijing):
    client.force_login(chief)
    url = "/rankings/points/?kind=community&period=2016-11"
    assert client.post(url, {"department": xijing.department_id, "points": "", "reason": ""}).status_code == 422
    assert client.post(url, {"department": xijing.department_id, "points": "-2", "reason": "迟报"}).status_code == 302
    assert "迟报" in client.get("/rankings/?kind=community&period=2016-11").content.decode()


def test_the_admin_changes_the_weights(client, admin, chief):
    client.force_login(chief)
    assert client.post("/rankings/weights/", NEW).status_code == 403
    client.force_login(admin)
    answer = client.post("/rankings/weights/", NEW | {"patrol": 20})
    assert answer.status_code == 422 and "现为 110" in answer.content.decode()
    assert client.post("/rankings/weights/", NEW | {"note": "新办法"}).status_code == 302
    assert RankingWeights.objects.get().on_time == 50


def test_points_sent_twice_count_once(client, chief, counted, xijing, langshan):
    client.force_login(chief)
    url, given = "/rankings/points/?kind=community&period=2016-11", {"points": "-2", "reason": "迟报"}
    assert client.post(url, {"department": xijing.department_id, **given}).status_code == 302
    answer = client.post(url, {"department": xijing.department_id, **given})
    assert answer.status_code == 409 and "已按同样的理由记过 -2 分" in answer.content.decode()
    for other in ({"reason": "又迟报"}, {"points": "-1"}, {"department": langshan.department_id}):
        assert client.post(url, {"department": xijing.department_id, **given, **other}).status_code == 302, other
    assert client.post(url.replace("2016-11", "2016-12"), {"department": xijing.department_id, **given}).status_code == 302
    assert RankingPoints.objects.count() == 5


def test_weights_sent_twice_are_one_version(client, admin):
    client.force_login(admin)
    for _ in range(2):
        assert client.post("/rankings/weights/", NEW | {"note": "新办法"}).status_code == 302
    assert RankingWeights.objects.count() == 1 and AuditEntry.objects.filter(action="weights_changed").count() == 1
    assert "没有改动" in client.get("/rankings/weights/").content.decode()
    client.post("/rankings/weights/", NEW | {"note": "更正说明"})
    client.post("/rankings/weights/", NEW | {"note": "新办法"})  # back again: a version of its own
    assert RankingWeights.objects.count() == 3


def test_two_at_once_who_give_the_same_points_give_them_once(transactional_db, chief, xijing):
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connections

    give = {"kind": "community", "period": NOVEMBER, "department": xijing.department, "by": chief, "at": LATER}

    def once(_):
        try:
            return ranking.give_points(**give, points=Decimal(-2), reason="迟报")
        except ReportConflict as conflict:
            return conflict
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(once, range(4)))
    assert RankingPoints.objects.count() == 1 and sum(isinstance(one, ReportConflict) for one in found) == 3
