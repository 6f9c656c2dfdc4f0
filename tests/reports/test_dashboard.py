"""The leaders' page: its numbers, their rows, its cost, who sees it, and what leaves the house."""
import io
import re
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import AuditEntry
from campaigns.models import PatrolLog
from config.demo_loading.targets import load_targets
from reports import facts, figures
from reports.books import Sums
from reports.dashboard import Dashboard, is_short, last_full_period, spark, target_words
from reports.ledgers import patrols_of
from reports.models import Dimension, FigureTarget, MonthlyFact
from reports.periods import read_period
from tests.make import BEIJING, make_case, moment, move
from tests.reports.test_facts import START, cast, closed_case  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]
TODAY = date(2016, 12, 21)
NOW = moment("2016-12-21 14:20")


@pytest.fixture
def december():
    """It is 21 December 2016."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def november(cast, category, xijing):  # noqa: F811
    """One closed case and one that only came in."""
    closed_case(cast, category, xijing.grids.get())
    make_case(cast["dispatcher"], at=START, source="WX", community=xijing, lon=116.17, lat=39.93)
    facts.roll_up(at=NOW)


NUMBER = re.compile(r'<a href="(/figures/[^"]+)">\s*([\d,.−]+|–)')


def test_every_number_on_the_page_opens_rows_that_are_as_many(client, leader, december, november):
    client.force_login(leader)
    answer = client.get("/dashboard/?period=2016-11")
    page, beside = answer.content.decode(), [kpi for kpi in answer.context["kpis"] if kpi.extra_href]
    links = NUMBER.findall(page)
    assert len(links) > 40 and len(beside) == 3
    for kpi in beside:
        said = int("".join(filter(str.isdecimal, kpi.extra)))
        assert client.get(kpi.extra_href).context["page_obj"].paginator.count == said, kpi.extra
    for href, said in links:
        answer = client.get(href.replace("&amp;", "&"))
        assert answer.status_code == 200, href
        found = answer.context["value"]
        assert found.shown == said.strip(), href
        assert answer.context["page_obj"].paginator.count == (found.top or 0), href
        if found.figure.bottom:
            bottom = client.get(href.replace("&amp;", "&") + "&part=bottom")
            assert bottom.context["page_obj"].paginator.count == found.bottom


def test_it_opens_on_the_last_full_month_that_has_cases(client, leader, december, november):
    client.force_login(leader)
    assert client.get("/dashboard/").context["period"].key == "2016-11"
    assert last_full_period("quarter", today=TODAY).key == "2016Q3"  # the fourth is not over
    assert last_full_period("month", today=date(2016, 11, 30)).key == "2016-10"  # nothing is over yet


def test_communities_with_as_many_cases_share_a_rank_and_those_without_have_none():
    page = Dashboard(read_period("2016"), today=TODAY)
    places = [{"pk": pk, "code": f"{pk:03}", "short_name": str(pk)} for pk in (1, 2, 3, 4, 5)]
    page.parts = {Dimension.COMMUNITY: {str(pk): Sums(accepted=count) for pk, count in ((1, 3), (2, 5), (3, 3), (4, 1))}}
    assert [(row["pk"], row["rank"]) for row in page.communities(places)] == [(2, 1), (1, 2), (3, 2), (4, 4), (5, None)]


def test_the_blocks_of_the_page(client, leader, december, november, xijing):
    client.force_login(leader)
    context = client.get("/dashboard/?period=2016-11").context
    numbers = {kpi.value.figure.key: kpi.value.number for kpi in context["kpis"]}
    assert numbers == {
        "accepted": 1, "closing_rate": None, "handling_on_time": 100, "satisfaction_rate": None, "overdue_open": 0
    }  # 应结案 falls into December
    assert {row["name"]: row["count"] for row in context["sources"]}["网格事件"] == 1
    assert context["places"][0]["short_name"] == "西井" and context["places"][0]["count"] == 1
    assert "西井 1 件最多" in context["map_words"] and "11月 1 件" in context["chart_words"]
    assert [row["accepted"] for row in context["trend"]][10:] == [1, 0]
    assert context["units"][0]["name"] == "城管执法队"


def test_a_rate_stands_beside_the_target_that_an_administrator_set(client, leader, december, november):
    client.force_login(leader)
    extra = lambda: client.get("/dashboard/?period=2016-11").context["kpis"][2].extra  # noqa: E731
    assert extra() == ""
    load_targets()
    assert extra() == "目标 95%"
    FigureTarget.objects.filter(figure="handling_on_time").update(target=Decimal("97.50"))
    load_targets()  # what was set stays
    assert extra() == "目标 97.5%"
    FigureTarget.objects.filter(figure="handling_on_time").update(target=None)
    load_targets()
    assert extra() == ""


def test_what_misses_its_target_is_marked_and_without_a_target_nothing_is(client, leader, cast, category, december,  # noqa: F811
                                                                          november, langshan):  # fmt: skip
    case, grid = make_case(cast["dispatcher"], at=START), langshan.grids.get()
    move("accept", case, cast["dispatcher"], at=START + timedelta(minutes=1), category=category)
    move("register", case, cast["dispatcher"], at=START + timedelta(minutes=2), category=category, grid=grid, urgency="normal")
    move("dispatch", case, cast["dispatcher"], at=START + timedelta(minutes=3), lead=cast["handler"].department)
    facts.roll_up(at=NOW)
    client.force_login(leader)

    def marked():
        context = client.get("/dashboard/?period=2016-12").context
        return {row.get("short_name") or row["name"] for row in (*context["places"], *context["units"]) if row["short"]}

    assert marked() == set()
    load_targets()
    assert marked() == {"琅山村", "城管执法队"}  # 西井 has closed all in time
    assert target_words(Decimal("95.00"), Decimal("92.9")) == "目标 95%，差 2.1"
    assert is_short(Decimal("94.9"), Decimal(95)) and not is_short(Decimal(95), Decimal(95))


@pytest.mark.parametrize(("target", "kept"), [("0", False), ("100.01", False), ("100", True), (None, True)])
def test_a_target_is_a_share_of_a_hundred(target, kept):
    try:
        with transaction.atomic():
            FigureTarget.objects.create(figure="closing_rate", target=target and Decimal(target))
    except IntegrityError:
        assert not kept
    assert FigureTarget.objects.exists() is kept


def test_the_administrator_edits_a_target_and_nobody_else(client, leader, chief, admin):
    load_targets()
    row = FigureTarget.objects.get(figure="handling_on_time")
    page = f"/admin/reports/figuretarget/{row.pk}/change/"
    for nobody in (leader, chief):
        client.force_login(nobody)
        assert client.post(page, {"target": "50"}).status_code == 302  # to the login of the admin site
    row.refresh_from_db()
    assert row.target == 95 and not AuditEntry.objects.filter(action="record_changed").exists()
    client.force_login(admin)
    refused = client.post(page, {"target": "101"})
    assert refused.status_code == 200 and "目标应大于 0、不超过 100" in refused.content.decode()
    assert client.post(page, {"target": "96.5"}).status_code == 302
    row.refresh_from_db()
    assert row.target == Decimal("96.5") and row.figure == "handling_on_time"
    entry = AuditEntry.objects.get(action="record_changed")
    assert (entry.subject_id, entry.detail, entry.actor) == (str(row.pk), {"fields": "target"}, admin)
    assert client.post(f"/admin/reports/figuretarget/{row.pk}/delete/", {"post": "yes"}).status_code == 403


def test_comparison_with_the_span_before_and_the_year_before(cast, category, xijing, december):  # noqa: F811
    for year, day in ((2015, 11), (2016, 10), (2016, 11)):
        for hour in range(1 if year == 2015 else day - 8):
            at = datetime(year, day, 3, 10, hour, tzinfo=BEIJING)
            case = make_case(cast["dispatcher"], at=at)
            move("accept", case, cast["dispatcher"], at=at, category=category)
    facts.roll_up(at=NOW)
    kpi = Dashboard(read_period("2016-11"), today=TODAY).kpis()[0]
    assert (kpi.value.number, kpi.delta, kpi.year_delta, kpi.ago) == (3, "+1", "+2", "较上月")
    assert kpi.extra == "年累计 5 件"


def test_a_running_month_counts_what_happened_until_now(cast, category, december):  # noqa: F811
    case = make_case(cast["dispatcher"], at=NOW - timedelta(hours=1))
    move("accept", case, cast["dispatcher"], at=NOW - timedelta(minutes=1), category=category)
    facts.roll_up(at=NOW)
    assert Dashboard(read_period("2016-12"), today=TODAY).kpis()[0].value.number == 1


def test_the_patrols_of_a_year_are_those_of_the_winter_that_began_in_it(xijing):
    for day, persons in ((date(2017, 1, 15), 14), (date(2018, 12, 1), 3)):
        when = datetime(day.year, day.month, day.day, 10, tzinfo=BEIJING)
        PatrolLog.objects.create(number=f"XC{day}", date=day, shift="day", team=xijing.department, persons=persons,
                                 started_at=when, ended_at=when)  # fmt: skip
    told = [patrols_of(read_period(year)) for year in ("2015", "2016", "2017", "2018")]
    assert told[0] is None  # no outing was made before
    assert [(one["last"], one["numbers"][0][1]) for one in told[1:]] == [
        (date(2017, 1, 15), 14), (date(2017, 1, 15), 14), (date(2018, 12, 1), 3)
    ]  # fmt: skip


@pytest.mark.parametrize("key", ["2016-11", "2016Q4", "2016"])
def test_it_costs_at_most_fifteen_queries(client, leader, december, november, key, django_assert_max_num_queries):
    client.force_login(leader)
    client.get("/dashboard/")
    with django_assert_max_num_queries(15):
        client.get(f"/dashboard/?period={key}")


def test_it_costs_the_same_with_twice_as_many(client, leader, cast, category, xijing, langshan, december,  # noqa: F811
                                               django_assert_num_queries):  # fmt: skip
    client.force_login(leader)
    closed_case(cast, category, xijing.grids.get())
    facts.roll_up(at=NOW)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get("/dashboard/?period=2016-11")
    with CaptureQueriesContext(connection) as before:
        client.get("/dashboard/?period=2016-11")
    for _ in range(3):
        closed_case(cast, category, langshan.grids.get())
    facts.roll_up(at=NOW)
    with django_assert_num_queries(len(before)):
        client.get("/dashboard/?period=2016-11")


def test_the_rows_cost_the_same_with_twice_as_many(client, leader, cast, category, xijing, december,  # noqa: F811
                                                   django_assert_num_queries):  # fmt: skip
    client.force_login(leader)
    closed_case(cast, category, xijing.grids.get())
    facts.roll_up(at=NOW)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get("/figures/closed/?period=2016-11")
    with CaptureQueriesContext(connection) as before:
        client.get("/figures/closed/?period=2016-11")
    for _ in range(3):
        closed_case(cast, category, xijing.grids.get())
    facts.roll_up(at=NOW)
    with django_assert_num_queries(len(before)):
        assert client.get("/figures/closed/?period=2016-11").context["page_obj"].paginator.count == 4


def test_an_empty_street_has_a_page_of_dashes(client, leader, december):
    client.force_login(leader)
    answer = client.get("/dashboard/")
    assert answer.status_code == 200 and answer.context["period"].key == "2016-11"
    assert "还没有受理案件" in answer.content.decode()


@pytest.mark.parametrize("query", ["period=2016-13", "period=2016-12-01", "period=x", "period=2027"])
def test_other_periods_are_not_found(client, leader, december, query):
    client.force_login(leader)
    assert client.get(f"/dashboard/?{query}").status_code == 404
    assert client.get("/dashboard/?period=2016Q4").status_code == 200


@pytest.mark.parametrize("path", [
    "/figures/nosuch/?period=2016", "/figures/closed/?period=2016-13", "/figures/closed/?period=2016&community=999999",
    "/figures/closed/?period=2016&source=QQ",
])  # fmt: skip
def test_rows_of_what_is_not_there_are_not_found(client, leader, path):
    client.force_login(leader)
    assert client.get(path).status_code == 404
    assert client.get("/figures/closed/?period=2016&source=WX").status_code == 200


def test_the_map_of_points_leaves_petitions_out(client, leader, petition_officer, cast, category, december):  # noqa: F811
    place = {"lon": 116.17, "lat": 39.93}
    petition = make_case(petition_officer, source="XF", at=START, **place)
    case = make_case(cast["dispatcher"], at=START, **place)
    move("accept", petition, petition_officer, at=START, category=category)
    move("accept", case, cast["dispatcher"], at=START, category=category)
    facts.roll_up(at=NOW)
    client.force_login(leader)
    pins = client.get("/dashboard/?period=2016-11&map=points").context["points"]
    assert [pin["url"] for pin in pins] == [case.get_absolute_url()]


def test_the_export_is_todays_data_and_is_noted(client, leader, december, november, settings):
    settings.DEMO = True
    client.force_login(leader)
    answer = client.post("/dashboard/export/?period=2016-11")
    book = load_workbook(io.BytesIO(answer.content))
    rows = {row[0]: row for row in book["指标"].iter_rows(min_row=3, values_only=True) if row[0]}
    assert "演示数据" in book["指标"]["A1"].value
    assert rows["受理数"][2] == 1 and rows["响应率"][2] == "–" and rows["立案率"][5].startswith("立案率 = ")
    assert {row[0] for row in book["社区"].iter_rows(min_row=3, values_only=True)} >= {"西井"}
    entry = AuditEntry.objects.get(action="figures_exported")
    assert entry.actor == leader and entry.detail == {"period": "2016-11"}


def test_no_name_and_no_phone_is_on_the_page_in_the_rows_or_in_the_export(client, chief, cast, category, december):  # noqa: F811
    case = make_case(
        cast["dispatcher"], source="WX", at=START, description="我叫欧阳金丝雀，电话 13800007777",
        reporter={"name": "欧阳金丝雀", "phone": "13800007777"},
    )  # fmt: skip
    move("accept", case, cast["dispatcher"], at=START, category=category)
    facts.roll_up(at=NOW)
    client.force_login(chief)
    pages = [client.get("/dashboard/?period=2016-11&map=points"), client.get("/figures/accepted/?period=2016-11")]
    for page in pages:
        assert "金丝雀" not in page.content.decode() and "13800007777" not in page.content.decode()
    book = load_workbook(io.BytesIO(client.post("/dashboard/export/?period=2016-11").content))
    cells = {str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
    assert not any("金丝雀" in cell or "13800007777" in cell for cell in cells)
    assert case.number in pages[1].content.decode()


def test_the_rows_and_the_ranking_are_carried_away_and_noted(client, leader, dispatcher, december, november):
    client.force_login(dispatcher)
    assert client.post("/figures/closed/export/?period=2016-11").status_code == 403
    client.force_login(leader)
    rows = load_workbook(io.BytesIO(client.post("/figures/closed/export/?period=2016-11").content))["结案数"]
    assert [cell.value for cell in rows[3]][:1] == ["2016-11-21"] and rows["B3"].value.startswith("WG-")
    table = load_workbook(io.BytesIO(client.post("/rankings/export/?kind=community&period=2016-11").content))["社区排名"]
    assert [table["A3"].value, table["B3"].value] == [1, "西井"]
    assert [entry.detail["part"] for entry in AuditEntry.objects.order_by("pk")] == ["结案数", "社区排名"]


def test_a_spark_leaves_out_what_is_not_known():
    assert spark([None, 5]) == "" and spark([]) == ""
    assert spark([1, None, 3]) == "0.0,25.0 150.0,4.0"


def test_the_month_turns_at_midnight_in_beijing(cast, category):  # noqa: F811
    for second in (58, 62):
        at = moment("2016-12-31 23:59") + timedelta(seconds=second)
        case = make_case(cast["dispatcher"], at=at)
        move("accept", case, cast["dispatcher"], at=at, category=category)
    facts.roll_up(at=timezone.now())
    assert [figures.value("accepted", period=read_period(key), today=date(2017, 2, 1)).number for key in ("2016", "2017")] == [1, 1]
    assert MonthlyFact.objects.filter(dimension="all").count() == 2


def test_it_says_when_nobody_counts_any_more(client, leader, december):
    client.force_login(leader)
    assert "统计还没有运行" in client.get("/dashboard/").content.decode()
    facts.roll_up(at=NOW - timedelta(minutes=16))
    assert "统计停在 今天 14:04" in client.get("/dashboard/").content.decode()
    facts.roll_up(at=NOW - timedelta(minutes=14))
    assert "数据截至 11月30日 24:00" in client.get("/dashboard/").content.decode()
