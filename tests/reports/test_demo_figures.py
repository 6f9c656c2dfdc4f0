"""The demonstration's figures: the report's own numbers, out of the facts; what was counted is what a rebuild counts."""
from datetime import date, timedelta

import pytest

from reports import facts, figures, year
from reports.models import DistrictRanking, Honour
from reports.periods import read_period
from tests.house.test_load_street import NOW, few, load, loaded, street  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
TODAY = date(2026, 11, 25)
YEAR = read_period("2016")


def test_the_209_matters_of_2016_by_source(loaded):  # noqa: F811
    assert figures.value("accepted", period=YEAR, today=TODAY).number == 209
    found = figures.table(["accepted"], dimension="source", period=YEAR, today=TODAY)
    assert {key: row["accepted"].number for key, row in found.items()} == {
        "DC": 81, "XF": 10, "RX": 10, "ZB": 11, "WX": 39, "WG": 58
    }  # fmt: skip
    months = [figures.value("accepted", period=month, today=TODAY).number for month in YEAR.months()]
    assert sum(months) == 209 and all(months)


def test_what_2016_has_no_time_for_is_a_dash(loaded):  # noqa: F811
    shown = {key: figures.value(key, period=YEAR, today=TODAY).shown for key in figures.FIGURES}
    assert shown["registration_on_time"] == shown["closing_on_time"] == shown["response_rate"] == "–"
    assert shown["closing_rate"] == "100.0" and shown["closed"] == "209"
    overdue = figures.value("handle_due", period=YEAR, today=TODAY).number
    in_time = figures.value("handling_on_time", period=YEAR, today=TODAY)
    assert in_time.bottom == overdue and in_time.bottom - in_time.top == 9  # nine are late by the file


def test_the_second_quarter_was_first_and_the_months_say_what_the_report_says(loaded):  # noqa: F811
    assert DistrictRanking.objects.get(rank=1).period == "2016Q2"
    assert set(DistrictRanking.objects.exclude(rank=1).values_list("words", flat=True)) == {"稳定前四名"}
    assert Honour.objects.count() == 6 and not Honour.objects.filter(is_demo=False)


def test_every_exact_figure_of_the_report_comes_out_of_the_ledgers(loaded):  # noqa: F811
    lines = year.lines_of(YEAR)
    assert {one.figure.name: one.difference for one in lines if one.difference} == {}
    assert sum(one.difference is not None for one in lines) >= 20  # the others are words or rounded numbers
    assert all(one.reported for one in lines)


def test_facts_hold_when_the_present_day_is_renewed(few):  # noqa: F811
    assert facts.fingerprint() == facts.rebuild(at=NOW)
    load(NOW + timedelta(days=4))
    rolled = facts.fingerprint()
    assert facts.rebuild(at=NOW) == rolled
