"""The year: every number is the count or the sum of the rows it opens, beside what the report printed."""
import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.models import AuditEntry
from campaigns.models import PatrolLog, Structure
from coal_to_electric.models import Household
from reports import year
from reports.bulletins.drafting import compose
from reports.bulletins.filling import filled_blocks
from reports.errors import ReportRefused
from reports.models import ReportedFigure
from reports.periods import read_period
from reports.year_figures import FIGURES
from tests.make import NOW, make_community, moment
from tests.reports.year_cast import make_year

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]
YEAR = read_period("2016")
FORM = {"words": "560.36 ㎡", "exact": "on", "value": "560.36", "source": "工作总结"}


@pytest.fixture
def full(admin, chief, clerk, dispatcher, petition_officer, category, xijing):
    """A small 2016."""
    make_year(admin=admin, chief=chief, clerk=clerk, dispatcher=dispatcher, petition_officer=petition_officer,
              category=category, xijing=xijing)  # fmt: skip


def shown(key):
    return year.line_of(FIGURES[key], YEAR, year.reported_of(key, YEAR)).shown


def enter(chief, **over):
    asked = {"year": 2016, "key": "demolished", "words": "39225.64 ㎡", "value": Decimal("39225.64"), "exact": True,
             "source": "工作总结", "by": chief, "at": NOW}  # fmt: skip
    return year.enter_reported(**asked | over)


def test_every_number_opens_rows_that_add_up_to_it(client, chief, full):
    client.force_login(chief)
    page = client.get("/year/2016/").content.decode()
    for key, one in FIGURES.items():
        answer = client.get(f"/year/2016/{key}/")
        assert answer.status_code == 200 and f'href="/year/2016/{key}/"' in page, key
        rows, line = list(answer.context["page_obj"].paginator.object_list), answer.context["line"]
        assert rows, key
        assert answer.context["hidden"] == 0 and len(answer.context["lines"][0]) == len(one.sheet.head), key
        if one.over:
            whole = client.get(f"/year/2016/{one.over}/").context["page_obj"].paginator.count
            assert line.computed == round(Decimal(100 * (len(rows) - whole)) / whole, 1)
        elif one.amount:
            assert line.computed == sum(getattr(row, one.amount) for row in rows), key
        elif not one.tell:
            assert line.computed == len(rows), key
        assert line.shown in page, key


def test_what_the_ledgers_of_this_small_year_come_to(full):
    assert {key: shown(key) for key in FIGURES} == {
        "communities": "1", "resident_departments": "1", "signed_units": "1", "signed_communities": "1",
        "signed_stations": "1", "notices": "1", "petitions": "1", "hotline": "1", "transfers": "1", "snaps": "1",
        "grid_events": "1", "bulletins": "1", "days": "358 天（首尾相差）、359 天（首尾都算）", "days_early": "4",
        "land": "980.5", "demolished": "560.36", "people": "15", "first_demolished": "480.5", "first_land": "900.1",
        "last_demolished": "79.86", "garbage": "12.5", "eligible": "2", "completed": "2", "over_fulfilled": "0",
        "persons": "32", "vehicles": "8", "sites": "4", "stoves": "10", "briquettes": "120", "unlicensed": "2",
        "quarter_rankings": "Q2 第 1 名", "month_rankings": "1 个月：稳定前四名", "honours": "1",
    }  # fmt: skip


def test_a_square_metre_more_moves_ledger_year_and_rows_alike(client, chief, full):
    client.force_login(chief)
    Structure.objects.filter(place="河湖仓库").update(demolished_area_m2=Decimal("80.86"))
    assert Structure.objects.written_off().totals().demolished_m2 == Decimal("561.36")
    assert "561.36" in client.get("/year/2016/").content.decode()
    answer = client.get("/year/2016/demolished/")
    assert answer.context["line"].shown == "561.36" and "80.86" in answer.content.decode()


def test_a_person_fewer_on_patrol_and_a_household_that_withdrew_are_seen_at_once(client, leader, full):
    client.force_login(leader)
    PatrolLog.objects.filter(number="XC20161115A").update(persons=19)
    gone = Household.objects.completed().order_by("number").first()
    Household.objects.filter(pk=gone.pk).update(withdrawn_on=NOW.date(), exit_reason="搬走")
    assert (shown("persons"), shown("completed"), shown("over_fulfilled")) == ("31", "1", "-50")
    assert client.get("/year/2016/persons/").context["line"].shown == "31"
    assert client.get("/year/2016/completed/").context["page_obj"].paginator.count == 1
    PatrolLog.objects.filter(number="XC20161115A").delete()
    assert shown("persons") == "12" and shown("vehicles") == "4"


def test_exact_figures_are_compared_and_words_are_not(chief, full):
    enter(chief)
    enter(chief, key="stoves", words="260 余个", value=None, exact=False)
    enter(chief, key="days", words="357 天", value=None, exact=False)
    lines = {line.figure.key: line for line in year.lines_of(YEAR)}
    assert lines["demolished"].difference == Decimal("560.36") - Decimal("39225.64")
    assert lines["demolished"].difference_words == "−38,665.28"
    assert (lines["stoves"].difference, lines["stoves"].difference_words) == (None, "–")
    assert lines["days"].reported.words == "357 天" and lines["days"].difference_words == "–"
    assert lines["land"].reported is None and lines["land"].difference is None


def test_a_year_without_rows_shows_zeros_and_dashes(client, leader):
    client.force_login(leader)
    assert client.get("/year/2016/").status_code == 200
    assert (shown("land"), shown("days"), shown("over_fulfilled"), shown("days_early")) == ("0", "–", "–", "–")
    assert "台账里还没有这一年的记录" in client.get("/year/2016/land/").content.decode()
    for odd in ("/year/1949/", "/year/2999/", "/year/2016/nothing/"):
        assert client.get(odd).status_code == 404


def test_reported_figures_are_the_chiefs_and_leave_a_trail(client, chief, leader):
    client.force_login(leader)
    assert client.post("/year/2016/demolished/reported/", FORM).status_code == 403
    client.force_login(chief)
    assert client.post("/year/2016/demolished/reported/", FORM | {"value": ""}).status_code == 422
    assert not ReportedFigure.objects.exists()
    assert client.post("/year/2016/demolished/reported/", FORM).status_code == 302
    assert client.post("/year/2016/demolished/reported/", FORM | {"value": "1"}).status_code == 302
    assert ReportedFigure.objects.get().value == 1
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "year_reported", "year_report_corrected"
    ]  # fmt: skip


def test_what_cannot_be_reported_is_refused(chief):
    for over, words in (({"key": "nothing"}, "没有“nothing”"), ({"value": None}, "没有填报告值")):
        with pytest.raises(ReportRefused, match=words):
            enter(chief, **over)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportedFigure.objects.create(year=2016, key="land", words="约", value=1, exact=False, entered_at=NOW)


def test_the_yearly_bulletin_tells_the_same_numbers_and_the_monthly_does_not(chief, full):
    enter(chief)
    how = {"by": chief, "at": moment("2017-01-03 10:00")}
    yearly = compose(kind="yearly", first=YEAR.first, last=YEAR.last, **how)
    tables = [block for block in filled_blocks(yearly, at=how["at"]) if block.get("table") == "year"]
    told = {row[0]["t"]: [cell["t"] for cell in row[1:]] for row in tables[0]["rows"]}
    assert told["拆除违法建筑"] == ["39225.64 ㎡", "560.36㎡", "−38,665.28"]
    assert told["出动执法人员"] == ["–", "32人次", "–"] and len(told) == len(FIGURES)
    monthly = compose(kind="monthly", first=date(2016, 12, 1), last=date(2016, 12, 31), **how)
    assert not [block for block in monthly.blocks if block.get("table") == "year"]


def test_rows_name_no_person(client, leader, full):
    client.force_login(leader)
    pages = "".join(client.get(f"/year/2016/{key}/").content.decode() for key in FIGURES)
    assert not any(canary in pages for canary in ("王海", "金丝雀", "13800007777", "1380000000"))


def test_twice_the_rows_cost_the_same_queries(client, leader, clerk, full):
    from tests.campaigns.walk import make_structure, walk

    client.force_login(leader)

    def cost(path):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    paths = ("/year/2016/land/", "/year/2016/")
    before = [cost(path) for path in paths]
    done = Structure.objects.written_off().select_related("campaign").first()
    for serial in (20, 21):
        walk(make_structure(clerk, make_community("琅山", code=f"1101070050{serial}"), campaign=done.campaign), clerk)
    assert [cost(path) for path in paths] == before


def test_the_year_and_its_rows_are_carried_away_and_noted(client, chief, dispatcher, full):
    enter(chief)
    client.force_login(dispatcher)
    for tail in ("export/", "demolished/export/"):
        assert client.post(f"/year/2016/{tail}").status_code == 403
    client.force_login(chief)
    page = load_workbook(io.BytesIO(client.post("/year/2016/export/").content))["年度数据"]
    told = {row[1]: row for row in page.iter_rows(min_row=3, values_only=True) if row[1]}
    line = year.line_of(FIGURES["demolished"], YEAR, year.reported_of("demolished", YEAR))
    row = told[FIGURES["demolished"].name]
    assert row[2] == "39225.64 ㎡" and Decimal(str(row[3])) == line.computed
    assert Decimal(str(row[5])) == line.difference
    assert len(told) == len(FIGURES)
    for key, one in FIGURES.items():
        sheet = load_workbook(io.BytesIO(client.post(f"/year/2016/{key}/export/").content))["明细"]
        rows = list(sheet.iter_rows(min_row=2, values_only=True))
        assert rows[0][: len(one.sheet.head)] == one.sheet.head, key
        assert len(rows) - 3 == one.rows(YEAR).count(), key  # the heading, an empty line and who took it
    noted = AuditEntry.objects.filter(action="figures_exported").values_list("detail__part", flat=True)
    assert set(noted) == {"年度数据", *(one.name for one in FIGURES.values())}
