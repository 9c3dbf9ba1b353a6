from datetime import date, datetime

import numpy as np
import pytest

from callkit.look import words


@pytest.mark.parametrize("nothing", [None, float("nan"), np.nan, np.float64("inf")])
def test_a_missing_value_is_a_dash(nothing):
    assert {words.count(nothing), words.rate(nothing), words.seconds(nothing), words.decimal(nothing)} == {
        "–"
    }


def test_halves_are_rounded_up_not_to_even():
    assert words.rate(0.125, 0) == "13%"
    assert words.rate(0.0625, 1) == "6.3%"
    assert words.count(2.5) == "3"
    assert words.count(-2.5) == "-3"


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "0 s"),
        (99, "99 s"),
        (100, "1 min 40 s"),
        (120, "2 min"),
        (125, "2 min 05 s"),
        (3600, "1 h"),
        (5400, "1 h 30 min"),
    ],
)
def test_seconds(seconds, written):
    assert words.seconds(seconds) == written


def test_seconds_round_before_they_are_split():
    assert words.seconds(99.6) == "1 min 40 s"
    assert words.seconds(3599.7) == "1 h"


def test_a_range_names_its_unit_once_where_both_ends_share_it():
    assert words.span(1372, 1604) == "1,372–1,604"
    assert words.span(0.829, 0.887, words.rate) == "82.9–88.7%"
    assert words.span(95, 130, words.seconds) == "95 s–2 min 10 s"


def test_a_range_of_one_value_is_that_value():
    assert words.span(3, 3) == "3"
    assert words.interval(1.0, 1.0) == "100%"


def test_a_range_with_one_end_is_refused():
    with pytest.raises(ValueError, match="both ends"):
        words.span(1, None)


def test_dates_are_english_and_without_leading_noughts():
    assert words.day(date(2026, 3, 1)) == "Sun 1 Mar"
    assert words.long_moment(datetime(2026, 11, 19, 14, 20)) == "Thursday 19 November, 14:20"


def test_a_period_repeats_only_what_changes():
    assert (
        words.period(date(2026, 11, 30), date(2026, 12, 7)) == "Monday 30 November to Sunday 6 December 2026"
    )
    assert words.period(date(2026, 11, 16), date(2026, 11, 17)) == "Monday 16 November 2026"


def test_small_numbers_are_words():
    assert words.in_words(0) == "no"
    assert words.opening(words.in_words(5)) == "Five"
    assert words.plural(0, "caller") == "0 callers"
