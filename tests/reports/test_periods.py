"""Spans of time and their names."""
from datetime import date

import pytest

from reports.periods import period_of, read_period

NAMES = [
    ("2016-12-21", date(2016, 12, 21), date(2016, 12, 21), "2016年12月21日"),
    ("2016W51", date(2016, 12, 19), date(2016, 12, 25), "2016年12月19日—12月25日"),
    ("2016-02", date(2016, 2, 1), date(2016, 2, 29), "2016年2月"),
    ("2016Q4", date(2016, 10, 1), date(2016, 12, 31), "2016年第四季度"),
    ("2016", date(2016, 1, 1), date(2016, 12, 31), "2016年"),
]


@pytest.mark.parametrize(("key", "first", "last", "words"), NAMES)
def test_a_name_means_a_span_and_the_span_has_that_name(key, first, last, words):
    period = read_period(key)
    assert (period.first, period.last, period.words, period.key) == (first, last, words, key)
    assert period_of(period.span, last) == period
    assert period.previous().following() == period
    assert (period.following().first - period.last).days == 1


@pytest.mark.parametrize("key", ["", "2016-13", "2016Q5", "2016-02-30", "2016W54", "x", "0000", "2016-12-21 ", "16", "0001",
                                 "0001-01", "9999", "9999-12", "9999W52"])
def test_other_words_mean_nothing(key):
    assert read_period(key) is None


def test_the_same_span_a_year_before():
    before = {key: read_period(key).a_year_before().key for key in ("2016-02-29", "2016-03", "2017Q1", "2016", "2016W51")}
    assert before == {
        "2016-02-29": "2015-02-28", "2016-03": "2015-03", "2017Q1": "2016Q1", "2016": "2015", "2016W51": "2015W52"
    }


def test_the_months_of_a_quarter():
    assert [month.key for month in read_period("2016Q4").months()] == ["2016-10", "2016-11", "2016-12"]
