"""Time and numbers as the office writes them."""
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from config import ui
from config.templatetags import ui as tags

NOON = datetime(2016, 12, 21, 4, 0, tzinfo=UTC)  # 2016-12-21 12:00 in Beijing


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "剩 0分"),
        (42, "剩 42分"),
        (102, "剩 1时42分"),
        (185, "剩 3时05分"),
        (1440, "剩 1天"),
        (2640, "剩 1天20时"),
        (3 * 1440 - 1, "剩 2天23时"),
        (3 * 1440 + 600, "剩 3天"),
        (9 * 1440 + 1, "剩 9天"),
        (-320, "超期 5时20分"),
        (-1680, "超期 1天4时"),
    ],
)
def test_what_is_left_of_a_limit_is_written_as_the_design_writes_it(minutes, words):
    assert ui.duration_words(minutes) == words


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2016, 12, 21, 5, 46, tzinfo=UTC), "今天 13:46"),
        (datetime(2016, 12, 20, 1, 5, tzinfo=UTC), "昨天 09:05"),
        (datetime(2016, 12, 21, 16, 0, tzinfo=UTC), "明天 00:00"),
        (datetime(2016, 12, 18, 1, 5, tzinfo=UTC), "12-18 09:05"),
        (datetime(2015, 11, 19, 0, 0, tzinfo=UTC), "2015-11-19 08:00"),
        (date(2016, 12, 21), "今天"),
        (date(2016, 11, 11), "11-11"),
        (date(2017, 1, 3), "2017-01-03"),
    ],
)
def test_a_moment_is_written_by_its_distance_from_today_in_beijing(moment, words):
    assert ui.when_words(moment, now=NOON) == words


def test_the_day_changes_at_midnight_in_beijing_not_in_greenwich():
    half_past_midnight = datetime(2016, 12, 20, 16, 30, tzinfo=UTC)
    assert ui.when_words(half_past_midnight, now=datetime(2016, 12, 20, 15, 0, tzinfo=UTC)) == "明天 00:30"
    assert ui.when_words(half_past_midnight, now=datetime(2016, 12, 20, 17, 0, tzinfo=UTC)) == "今天 00:30"


def test_numbers_have_thousands_and_keep_the_decimals_they_were_measured_with():
    assert tags.thousands(2982) == "2,982"
    assert tags.thousands(Decimal("39225.64")) == "39,225.64"
    assert tags.thousands(Decimal("91670.3")) == "91,670.3"
    assert tags.thousands(0) == "0"


def test_nothing_known_is_a_dash_and_never_a_zero():
    assert (tags.thousands(None), tags.when(None), tags.duration_words(None)) == ("–", "–", "–")
