"""The demonstration's ledger agrees with its file, through the ledger's own words."""
import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import transaction

from coal_to_electric.models import Household, HouseholdStep, PaymentBatch, PaymentLine, Programme
from coal_to_electric.states import ORDER, furthest
from coal_to_electric.summary import funnel, summary_of
from config.demo_loading import catalogue, households, people
from tests.coal_to_electric.test_subsidies import FILE
from tests.make import moment

NOW = moment("2026-11-25 10:20")
FOLDER = Path(FILE).parent


@pytest.fixture(scope="module")
def street(django_db_setup, django_db_blocker, tmp_path_factory):
    """The ledger loaded once for this module; rolled back at the end."""
    from django.test import override_settings

    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")), transaction.atomic():
        catalogue.load_places(FOLDER, at=NOW)
        people.load_people(FOLDER, at=NOW)
        households.load_households(FOLDER, at=NOW)
        households.load_season(FOLDER, at=NOW, say=lambda line: None)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def loaded(street):
    """As it was before the test."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_the_figures_of_2016_come_out_of_the_rows(loaded):
    rows = Household.objects.of_season(2016)
    assert (rows.count(), rows.eligible().count(), rows.completed().count()) == (277, 245, 270)
    assert (rows.withdrawn().count(), rows.added().count()) == (7, 32)
    head = summary_of(Programme.objects.get(season=2016), rows)
    assert (str(head.rate), str(head.over), head.target, head.waiting) == ("110.2", "10.2", 245, 0)
    assert sum(row["completed"] for row in rows.by_community()) == 270
    whole, lines = funnel(rows)
    assert whole.total == sum(line.total for line in lines) == 277 and whole.withdrawn == 7
    shared = rows.values("address").distinct().count()
    assert shared == 235


def test_one_household_less_and_every_figure_follows(loaded):
    one = Household.objects.of_season(2016).completed().first()
    Household.objects.filter(pk=one.pk).update(withdrawn_on=date(2016, 12, 30), exit_reason="测试")
    head = summary_of(Programme.objects.get(season=2016), Household.objects.of_season(2016))
    assert (head.completed, head.withdrawn, str(head.rate)) == (269, 8, "109.8")


def test_every_row_stands_in_the_ledger_as_in_the_file(loaded):
    ours = {one.number: one for one in Household.objects.of_season(2016).select_related("equipment__kind", "community", "grid")}
    dates = {name: name for name in ("survey_date", "visit_date", "sign_date", "outside_power_date", "installed_date",
             "power_on_date", "accepted_date", "stove_recovered_date", "subsidy_paid_date")}
    dates |= {"indoor_wiring_date": "indoor_wiring_date", "delivered_date": "delivered_date"}
    wrong = []
    for row in csv.DictReader(FILE.open(encoding="utf-8-sig")):
        one = ours[row["hh_no"]]
        said = [row["householder"], row["id_number"], row["phone"], row["community_code"], row["grid_code"], row["meter_no"],
                row["exit_reason"], *[row[column] for column in dates.values()], row["equipment"]]
        stands = [one.householder, one.id_number, one.phone, one.community.code, one.grid.code, one.meter_no, one.exit_reason,
                  *[str(getattr(one, name) or "") for name in dates], one.equipment.kind.name if one.equipment else ""]
        money = [row[f"{part}_yuan"] for part in ("equipment_price", "subsidy_city", "subsidy_district", "paid_by_household")]
        kept = [one.price_yuan, one.city_yuan, one.district_yuan, one.own_yuan]
        if said != stands or [Decimal(value) if value else None for value in money] != kept:
            wrong.append(row["hh_no"])
    assert wrong == []


def test_payments_equal_their_households_and_were_made_by_two(loaded):
    assert PaymentLine.objects.filter(batch__programme__season=2016).count() == 270
    for batch in PaymentBatch.objects.all():
        found = batch.lines.totals()
        assert (found["households"], found["city"], found["district"]) == (batch.households, batch.city_yuan, batch.district_yuan)
        assert batch.decided_by_id != batch.created_by_id and batch.is_demo
    paid = Household.objects.of_season(2016).subsidies_paid_between(date(2016, 11, 28), date(2016, 12, 21))
    assert paid.count() == 270 and paid.subsidy_total() == sum(b.total_yuan for b in PaymentBatch.objects.filter(programme__season=2016))


def test_the_season_at_work_has_every_stage_and_two_batches(loaded):
    rows = Household.objects.of_season(2026)
    assert rows.count() == 42 and set(rows.values_list("stage", flat=True)) == {"", *[stage.value for stage in ORDER]}
    assert rows.withdrawn().count() == 2 and rows.added().count() == 4 and rows.owed_equipment().exists()
    assert sorted(PaymentBatch.objects.filter(programme__season=2026).values_list("status", flat=True)) == ["paid", "submitted"]
    assert all(one.id_number.startswith("110199") and one.is_demo for one in rows)
    assert rows.in_community("110107005008").count() >= 10
    assert all(one.stage == furthest(one) for one in Household.objects.all())
    assert HouseholdStep.objects.filter(derived=True).exists()


def test_loading_the_season_again_changes_nothing(loaded):
    before = (Household.objects.count(), HouseholdStep.objects.count(), PaymentLine.objects.count())
    households.load_season(FOLDER, at=NOW, say=lambda line: None)
    assert (Household.objects.count(), HouseholdStep.objects.count(), PaymentLine.objects.count()) == before
