"""全部指标: every figure beside other spans, one figure by parts and months; every number opens as many rows."""
import io
from datetime import date
from random import Random

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.models import AuditEntry
from reports import breakdown, facts, figures
from reports.figures import FIGURES, Scope
from reports.models import Dimension
from reports.periods import read_period
from tests.make import make_case
from tests.reports.test_facts import LATER, START, cast, closed_case  # noqa: F401
from tests.reports.walks import live

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]
TODAY = date(2017, 3, 1)
YEAR, DECEMBER = read_period("2016"), read_period("2016-12")


@pytest.fixture
def walked(cast, xijing, langshan):  # noqa: F811
    """Cases of some weeks, counted."""
    live(Random(77), cast, [xijing, langshan], start=START, cases=10, steps=220)
    facts.roll_up(at=LATER)


@pytest.fixture
def later():
    """It is March 2017."""
    with time_machine.travel(LATER, tick=False):
        yield


def opened(client, href):
    return client.get(href).context["page_obj"].paginator.count


def test_every_figure_stands_beside_other_spans_and_opens_its_rows(client, chief, walked, later):
    client.force_login(chief)
    answer = client.get("/figures/?period=2016-12")
    page, rows = answer.content.decode(), answer.context["rows"]
    assert [one.key for one, _ in rows] == list(FIGURES)
    for one, cells in rows:
        assert one.words in page, "its formula is on the screen"
        for cell, span in zip(cells, ("2016-12", "2016-11", "2015-12"), strict=True):
            assert cell.value == figures.value(one.key, period=read_period(span), today=TODAY), (one.key, span)
            if not one.is_of_checks and cell.value.number is not None:
                assert opened(client, cell.href) == (cell.value.top or 0), (one.key, span)


@pytest.mark.parametrize("by", [one for one in breakdown.PARTS if one != "month"])
def test_a_figure_by_parts_is_what_each_part_says(client, chief, walked, later, by):
    client.force_login(chief)
    for key in ("handling_on_time", "accepted", "overdue_open"):
        cells = client.get(f"/figures/?figure={key}&by={by}&period=2016").context["cells"]
        whole = figures.value(key, period=YEAR, today=TODAY)
        assert sum(cell.value.top for cell in cells) == whole.top, key
        assert whole.top or whole.bottom or key == "overdue_open"
        for cell in cells:
            assert opened(client, cell.href) == cell.value.top, (key, cell.name)
            if cell.bottom_href:
                assert opened(client, cell.bottom_href) == cell.value.bottom > 0


def test_a_figure_by_month_is_what_each_month_says(walked):
    months = breakdown.split(FIGURES["closed"], "month", DECEMBER, today=TODAY)
    assert [cell.name for cell in months][::11] == ["2016年1月", "2016年12月"]
    for cell, month in zip(months, YEAR.months(), strict=True):
        assert cell.value == figures.value("closed", period=month, today=TODAY)
    assert len(breakdown.split(FIGURES["closed"], "month", read_period("2017"), today=TODAY)) == 3  # April has not come


def test_parts_of_which_nothing_was_counted_are_left_out(cast, category, xijing, langshan):  # noqa: F811
    closed_case(cast, category, xijing.grids.get())
    facts.roll_up(at=LATER)
    cells = breakdown.split(FIGURES["accepted"], "community", YEAR, today=TODAY)
    assert [(cell.name, cell.value.number) for cell in cells] == [("西井", 1)]
    assert breakdown.split(FIGURES["accepted"], "community", read_period("2015"), today=TODAY) == []


def test_what_is_not_there_is_not_found_and_checks_are_told_by_community_and_month_alone(client, chief, xijing, later):
    client.force_login(chief)
    for query in ("figure=nosuch", "figure=closed&by=weather", "period=2016-13", "figure=patrol_rate&by=grid"):
        assert client.get(f"/figures/?{query}").status_code == 404, query
    for query in ("figure=closed&by=grid", "figure=patrol_rate&by=community", "figure=patrol_rate&by=month", ""):
        assert client.get(f"/figures/?{query}").status_code == 200, query
    grid = xijing.grids.get().pk
    assert client.get(f"/figures/patrol_rate/?period=2016-12&grid={grid}").status_code == 404
    assert client.get(f"/figures/patrol_rate/?period=2016-12&community={xijing.pk}").status_code == 302


def test_the_table_is_carried_away_by_who_sees_it(client, chief, dispatcher, walked, later):
    url = "/figures/export/?figure=handling_on_time&by=department&period=2016"
    client.force_login(dispatcher)
    assert client.post(url).status_code == 403 and client.get("/figures/").status_code == 403
    client.force_login(chief)
    assert client.post("/figures/export/?period=2016").status_code == 404  # which figure?
    sheet = load_workbook(io.BytesIO(client.post(url).content))["按承办单位"]
    cells = breakdown.split(FIGURES["handling_on_time"], Dimension.DEPARTMENT, YEAR, today=TODAY)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3, max_row=2 + len(cells))]
    assert [(row[0], row[2], row[3]) for row in rows] == [(one.name, one.value.top, one.value.bottom) for one in cells]
    assert AuditEntry.objects.get(action="figures_exported").detail == {"period": "2016", "part": "按期处置率按承办单位"}


@pytest.mark.parametrize("query", ["", "figure=closed&by=community", "figure=closed&by=month"])
def test_it_costs_the_same_with_twice_as_many(client, chief, cast, category, xijing, langshan, later, query):  # noqa: F811
    client.force_login(chief)
    counts = []
    for community in (xijing, langshan):
        closed_case(cast, category, community.grids.get())
        make_case(cast["dispatcher"], at=START, community=community)
        facts.roll_up(at=LATER)
        client.get(f"/figures/?{query}&period=2016")
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/figures/?{query}&period=2016")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 15


def test_a_scope_of_nothing_counted_has_sums_of_nothing(xijing):
    found = figures.sums_of(YEAR, today=TODAY, scope=Scope.of(community=xijing.pk))
    assert found.accepted == 0 and found.overdue_open == 0
    inside = figures.sums_of(read_period("2016-12-05"), today=TODAY, scope=Scope.of(community=xijing.pk))
    assert inside.overdue_open is None  # nobody kept how it stood
