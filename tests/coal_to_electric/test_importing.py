"""The ledger's door for spreadsheets: new rows, known rows, rows that do not do, and taking a batch back."""
import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import pytest

from coal_to_electric.importing import TARGET, check_row, find_known, rows_out, take_back, write_row
from coal_to_electric.models import Household
from coal_to_electric.progress import take
from coal_to_electric.revisits import revisit
from sheets.batches import name_columns, open_batch
from sheets.committing import commit_batch, undo_batch
from sheets.exporting import answer
from sheets.preview import judge_batch
from sheets.targets import How, RowRefused
from tests.coal_to_electric.make import TODAY, bring, id_number, make_household
from tests.coal_to_electric.test_subsidies import FILE
from tests.make import NOW

pytestmark = pytest.mark.django_db


def values(langshan, **over):
    """A row as it was read."""
    return {"householder": "王小明", "id_number": id_number(800), "community": langshan, "address": "琅山村平房区9排9号",
            "heating_area_m2": Decimal("38.0"), **over}


def test_a_new_row_takes_the_steps_whose_dates_it_has(programme, clerk, langshan):
    row = values(
        langshan, number="MGD2016-300", survey_date=date(2016, 3, 7), surveyed_eligible=True, sign_date=date(2016, 4, 7),
        kind="storage", model="XN-3200", quantity=2, price_yuan=Decimal("6440.00"), installed_date=date(2016, 8, 7),
        stove_recovered_date=date(2016, 9, 1), stoves_recovered=1,
    )
    written = write_row(row, known=None, by=clerk, at=NOW)
    one = Household.objects.get(pk=written.pk)
    assert written.created and one.number == "MGD2016-300" and one.stage == "recover" and one.surveyed_eligible
    assert one.city_yuan == Decimal("2146.67") and one.chosen_date == date(2016, 4, 7) and one.stoves_recovered == 1
    assert one.steps.count() == 6
    take_back(written, by=clerk, at=NOW)
    assert not Household.objects.exists()


def test_why_a_household_is_not_eligible_comes_in_and_goes_out_with_its_power_and_what_it_said(programme, clerk, langshan):
    row = values(langshan, survey_date=date(2016, 3, 7), surveyed_eligible=False, eligible_reason="近期拆迁")
    write_row(row, known=None, by=clerk, at=NOW)
    one = Household.objects.get()
    assert (one.surveyed_eligible, one.eligible_reason) == (False, "近期拆迁")
    other = bring(make_household(programme, clerk, langshan), "power_on", clerk)
    for on, said in ((TODAY - timedelta(days=1), "satisfied"), (TODAY, "fairly")):
        other.refresh_from_db()
        revisit(other, by=clerk, at=NOW, on=on, channel="visit", reached=True, heating_works=True, satisfaction=said)
    content = b"".join(answer(TARGET, rows_out(Household.objects.all()), kind="csv", by=clerk, at=NOW).streaming_content)
    lines = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    out = {line["户号"]: line for line in lines}
    assert out[one.number]["认定理由"] == "近期拆迁" and out[one.number]["回访满意度"] == ""
    said = out[other.number]
    assert (said["回访日期"], said["回访满意度"]) == (f"{TODAY}", "基本满意") and said["总功率"] == str(other.power_kw)


def test_a_row_that_somebody_worked_on_since_is_not_taken_back(programme, clerk, langshan):
    written = write_row(values(langshan), known=None, by=clerk, at=NOW)
    take("visit", Household.objects.for_page().get(), by=clerk, at=NOW, on=TODAY)
    with pytest.raises(RowRefused, match="导入后又办过"):
        take_back(written, by=clerk, at=NOW)


def test_a_known_row_is_amended_and_can_be_put_back(programme, clerk, langshan):
    one = make_household(programme, clerk, langshan)
    known = find_known([{"number": one.number}])[0]
    assert known.how == How.NUMBER
    written = write_row({"family_size": 4, "visit_date": date(2016, 5, 6)}, known=known, by=clerk, at=NOW)
    one.refresh_from_db()
    assert (one.family_size, one.visit_date, one.stage) == (4, date(2016, 5, 6), "visit")
    take_back(written, by=clerk, at=NOW)
    one.refresh_from_db()
    assert (one.family_size, one.visit_date, one.stage) == (None, None, "")


def test_how_a_row_is_recognised(programme, clerk, langshan, django_assert_num_queries):
    one = make_household(programme, clerk, langshan, householder="李小兰", id_number=id_number(801))
    rows = [
        {"id_number": id_number(801)}, {"householder": "李小兰", "address": one.address},
        {"householder": "王芳", "address": one.address}, {"householder": "王芳", "address": "别处"},
    ]
    with django_assert_num_queries(4):
        found = find_known(rows)
    assert {place: known.how for place, known in found.items()} == {0: How.SAME_ID, 1: How.SAME_PERSON, 2: How.SAME_PLACE}
    assert found[1].asks and not found[2].asks


def test_what_a_row_may_not_be(programme, clerk, langshan):
    direct = check_row(values(langshan, kind="direct", price_yuan=Decimal(300)))
    assert [(one.column, one.doubt) for one in direct] == [("kind", False)] and "直热式" in direct[0].sentence
    chosen = {"kind": "storage", "model": "XN-3200", "price_yuan": Decimal(300)}
    large = check_row(values(langshan, **chosen, heating_area_m2=Decimal(60)))
    assert [(one.column, one.doubt) for one in large] == [("kind", True)]
    assert check_row(values(langshan, **chosen)) == [] and check_row(values(langshan)) == []
    with pytest.raises(RowRefused, match="没有型号“ZZ”"):
        write_row(values(langshan, kind="storage", model="ZZ", price_yuan=Decimal(300)), known=None, by=clerk, at=NOW)
    assert not Household.objects.exists()


@pytest.mark.parametrize(("chosen", "column", "sentence"), [
    ({"kind": "storage"}, "model", "填了设备“蓄能式电暖器”，没有填型号。请填台账里有的型号（XN-1600、XN-2400、XN-3200），或请管理员添加。"),
    ({"kind": "storage", "model": "KR-8"}, "model", "蓄能式电暖器没有型号“KR-8”。请填台账里有的型号"),
    ({"kind": "water", "model": "XN-3200"}, "model", "电加热水储能没有型号“XN-3200”。请管理员先添加型号。"),
    ({"model": "XN-3200"}, "kind", "填了型号“XN-3200”，没有填设备。请同时填设备。"),
    ({"kind": "storage", "model": "XN-3200"}, "", ""),
])  # fmt: skip
def test_equipment_and_its_model_are_judged_before_the_row_is_written(programme, langshan, chosen, column, sentence):
    found = check_row(values(langshan, price_yuan=Decimal(300), **chosen))
    assert [(one.column, one.doubt) for one in found] == ([(column, False)] if column else [])
    assert all(one.sentence.startswith(sentence) for one in found)


def test_the_headings_of_the_shipped_file_are_known():
    named = {one for column in TARGET.columns for one in (column.title, *column.synonyms)}
    heads = set(next(csv.reader(FILE.open(encoding="utf-8-sig"))))
    unknown = {"lon", "lat", "community_code", "grid_code", "unit_power_kw", "total_power_kw", "status"}
    assert heads - named == unknown


# --- through the import pages' own verbs -----------------------------------------------------------------------------------


@pytest.fixture
def territory(policies, clerk, programme):
    """Communities and grids as the file names them."""
    from config.demo_loading import catalogue

    catalogue.load_places(FILE.parent, at=NOW)
    return programme


def take_in(content, name, clerk):
    """A file up to its judgement."""
    batch = open_batch(content, name=name, key="households", by=clerk, at=NOW)
    name_columns(batch, mapping={int(place): column for place, column in batch.mapping.items()}, by=clerk, at=NOW)
    batch.refresh_from_db()
    judge_batch(batch, at=NOW)
    batch.refresh_from_db()
    return batch


def test_the_shipped_file_goes_in_as_a_sheet_comes_out_and_changes_nothing_again(territory, clerk):
    content = FILE.read_bytes()
    batch = take_in(content, "households.csv", clerk)
    wrong = [row.problems for row in batch.rows.all() if row.result == "error"]
    assert wrong == [] and sum(batch.counts.get(key, 0) for key in ("fine", "warned")) == 277
    assert commit_batch(batch, by=clerk, at=NOW, count=277) == 277
    rows = Household.objects.of_season(2016)
    assert (rows.count(), rows.eligible().count(), rows.completed().count(), rows.withdrawn().count()) == (277, 245, 270, 7)
    assert sum(one.city_yuan for one in rows.completed()) == sum(
        Decimal(row["subsidy_city_yuan"]) for row in csv.DictReader(FILE.open(encoding="utf-8-sig")) if row["equipment"]
    )
    assert take_in(content, "again.csv", clerk).counts.get("same") == 277
    for kind in ("csv", "xlsx"):
        out = answer(TARGET, rows_out(rows), kind=kind, by=clerk, at=NOW)
        assert take_in(b"".join(out.streaming_content), f"台账.{kind}", clerk).counts.get("same") == 277, kind
    assert undo_batch(batch, by=clerk, at=NOW) == (277, 0) and not rows.exists()


def sheet(*lines):
    """A file of one office with the columns that these tests need."""
    heads = "户主,社区,地址,采暖面积,设备,型号,台数,设备总价,选型日期"
    return "\n".join([heads, *lines]).encode("utf-8-sig")


def test_a_row_without_its_model_is_refused_at_preview_beside_the_one_with_it(territory, clerk):
    content = sheet("王小明,琅山村,琅山村平房区9排9号,38,蓄能式电暖器,,1,3220,2016-05-01",
                    "王大明,琅山村,琅山村平房区9排8号,38,蓄能式电暖器,XN-3200,1,3220,2016-05-01")  # fmt: skip
    without, given = take_in(content, "选型.csv", clerk).rows.order_by("pk")
    assert without.result == "error" and [one["column"] for one in without.problems] == ["model"]
    assert given.result == "fine"


def test_an_approximate_area_stays_approximate_all_the_way_round(territory, clerk):
    content = sheet("王小明,琅山村,琅山村平房区9排9号,约80,空气源热泵,KR-8,1,30000,2016-05-01",
                    "王大明,琅山村,琅山村平房区9排8号,80,空气源热泵,KR-8,1,30000,2016-05-01")  # fmt: skip
    assert commit_batch(take_in(content, "约数.csv", clerk), by=clerk, at=NOW, count=2) == 2
    about, exact = Household.objects.order_by("pk")
    assert (about.heating_area_m2, exact.heating_area_m2) == (80, 80)
    assert (about.heating_area_approximate, exact.heating_area_approximate) == (True, False)
    assert about.city_yuan == exact.city_yuan == 8000  # 100 yuan a square metre of the number as it stands
    for kind in ("csv", "xlsx"):
        out = b"".join(answer(TARGET, rows_out(Household.objects.all()), kind=kind, by=clerk, at=NOW).streaming_content)
        assert kind != "csv" or out.decode("utf-8-sig").count("约80") == 1
        assert take_in(out, f"台账.{kind}", clerk).counts.get("same") == 2, kind


def test_only_the_mark_of_an_area_is_corrected_and_put_back(programme, clerk, langshan):
    one = make_household(programme, clerk, langshan)
    known = find_known([{"number": one.number}])[0]
    written = write_row({"heating_area_m2": one.heating_area_m2, "heating_area_approximate": True}, known=known, by=clerk, at=NOW)
    one.refresh_from_db()
    assert one.heating_area_approximate and one.steps.order_by("pk").last().detail == {"fields": "采暖面积为约数"}
    take_back(written, by=clerk, at=NOW)
    one.refresh_from_db()
    assert not one.heating_area_approximate


def test_no_column_lets_a_payment_in():
    assert {column.name for column in TARGET.columns if column.only_out} == {
        "stage", "city_yuan", "district_yuan", "own_yuan", "subsidy_paid_date", "power_kw", "revisit_date", "satisfaction",
    }
