"""The demonstration of campaigns: the year 2016 ties with its files and the article, today has every stage."""
import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import transaction

from campaigns.models import Campaign, Entry, Structure, StructureEvent
from campaigns.progress import Progress
from campaigns.states import Stage
from tests.make import moment

pytestmark = pytest.mark.django_db
FOLDER = Path(__file__).resolve().parent.parent.parent / "config" / "demo" / "2016"
NOW = moment("2026-11-25 10:20")


def lines(name):
    """The rows of a file."""
    with open(FOLDER / f"{name}.csv", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def street(django_db_setup, django_db_blocker):
    """Places, people and campaigns, loaded once for this module; rolled back at the end."""
    from config.demo_loading import catalogue, people, structures
    from grid.editions import forget_everything

    with django_db_blocker.unblock(), transaction.atomic():
        forget_everything()
        catalogue.load_places(FOLDER, at=NOW)
        people.load_people(FOLDER, at=NOW)
        catalogue.load_catalogue(FOLDER, at=NOW)
        structures.load_campaign(FOLDER, at=NOW)
        structures.load_today(FOLDER, at=NOW, say=lambda words: None)
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def law(street):
    """The loader lays the periods down itself."""


def test_the_three_figures_of_the_article_are_summed_from_the_rows():
    totals = Structure.objects.all().totals()
    assert (totals.demolished_m2, totals.land_m2, totals.people, totals.sites) == (
        Decimal("39225.64"), Decimal("91670.3"), 3321, 124
    )  # fmt: skip
    rows = lines("structures")
    assert totals.demolished_m2 == sum(Decimal(row["demolished_area_m2"]) for row in rows)
    assert totals.land_m2 == sum(Decimal(row["land_vacated_m2"]) for row in rows)
    assert totals.people == sum(int(row["people_relocated"]) for row in rows)
    assert Progress(Campaign.objects.get(slug="zhiluan-2016"), on=NOW.date()).totals == totals


def test_the_sums_by_community_add_up_to_the_whole():
    rows = Structure.objects.written_off().by_community()
    assert sum(row["demolished_m2"] for row in rows) == Decimal("39225.64")
    assert sum(row["sites"] for row in rows) == 124


def test_the_days_between_first_and_last_demolition():
    assert Structure.objects.demolished_between(date(2015, 11, 19), date(2015, 11, 19)).get().number == "WJ2015-001"
    progress = Progress(Campaign.objects.get(slug="zhiluan-2016"), on=NOW.date())
    told = {one.word: (one.reported, one.computed, one.same) for one in progress.reported}
    assert told["历时"] == ("357 天", "358 天（首尾相差）、359 天（首尾都算）", False)
    assert told["提前"][2] and told["拆除面积"][2] and told["腾退土地"][2] and told["疏解流动人口"][2]


def test_every_row_walked_the_steps_and_says_what_was_derived():
    for structure in Structure.objects.written_off().prefetch_related("events", "papers"):
        events = list(structure.events.all())
        assert [one.step for one in events] == [
            "register", "determine", "notify", "demolish", "accept", "write_off"
        ]  # fmt: skip
        assert [one.step for one in events if one.derived] == ["determine", "accept", "write_off"]
        assert events[-1].words == "演示：以拆除日为销账日" and structure.is_demo
        assert structure.written_off_on == structure.demolished_on
        assert structure.papers.all()[0].authority and structure.papers.all()[0].served_on is None
    assert {event.by_name for event in StructureEvent.objects.all()} == {"何伟"}


def test_the_garbage_and_the_closed_markets():
    assert Entry.objects.of_kind("garbage").total() == Decimal("712.5")
    assert Entry.objects.of_kind("garbage").total() == sum(Decimal(row["tons"]) for row in lines("garbage"))
    assert sorted(Entry.objects.of_kind("markets").values_list("place", "happened_on")) == sorted([
        ("实兴大街", date(2016, 4, 15)), ("北工大北门", date(2016, 5, 20)), ("西井大街", date(2016, 6, 24)),
        ("琅山早市", date(2016, 8, 12)),
    ])  # fmt: skip


def test_today_has_a_structure_at_every_stage_but_written_off():
    today = Structure.objects.filter(campaign__slug="tisheng")
    assert set(today.values_list("stage", flat=True)) == set(Stage) - {Stage.WRITTEN_OFF, Stage.VOIDED}
    assert all(one.is_demo for one in today)
    assert Progress(Campaign.objects.get(slug="tisheng"), on=NOW.date()).targets


def test_loading_today_twice_changes_nothing():
    from config.demo_loading import structures

    before = Structure.objects.count(), Entry.objects.count(), StructureEvent.objects.count()
    structures.load_today(FOLDER, at=NOW, say=lambda words: None)
    assert (Structure.objects.count(), Entry.objects.count(), StructureEvent.objects.count()) == before


def test_every_structure_has_marked_pictures():
    for structure in Structure.objects.prefetch_related("photos__photo"):
        assert structure.photos.all() and all(hung.photo.is_demo for hung in structure.photos.all())
