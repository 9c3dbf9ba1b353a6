"""Hours that lose most: named where they do, and seldom where nothing is wrong."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from callkit.errors import UsageError
from callkit.metrics.estimates import wilson
from callkit.metrics.worst import LEAST, Block, above_others, worst_hours

MONDAY, END = pd.Timestamp("2026-08-31"), date(2026, 11, 23)
LAST_WEEK, LAST_FOUR = date(2026, 11, 16), date(2026, 10, 26)
PROFILE = np.array([6, 12, 12, 10, 9, 7, 8, 9, 8, 5]) / 86
N_WEEKS = 12


def calls(seed, *, a_day=60, missed=0.12, days_differ=0.3, n_weeks=N_WEEKS, worse=None):
    """Return weeks of which days differ; `worse` gives another share for (weekday, hour) places."""
    rng, days = np.random.default_rng(seed), []
    for number in range(n_weeks * 7):
        if number % 7 > 4:
            continue
        n = rng.poisson(a_day)
        hours = 8 + rng.choice(10, n, p=PROFILE)
        odds = np.log(missed / (1 - missed)) + rng.normal(0, days_differ)
        share = np.full(n, 1 / (1 + np.exp(-odds)))
        if worse:
            share = np.array([worse(number % 7, h) or p for h, p in zip(hours, share, strict=True)])
        started = MONDAY + pd.to_timedelta(number * 86400 + hours * 3600 + rng.integers(0, 3600, n), unit="s")
        outcome = np.where(rng.random(n) < share, "abandoned", "answered")
        days.append(pd.DataFrame({"started_local": started, "outcome": outcome}))
    found = pd.concat(days, ignore_index=True).astype({"started_local": "datetime64[us]"})
    number = found.index.astype("str")
    found = found.assign(call_key=number, caller=number, did="+442079460100", direction="inbound")
    found = found.assign(wait_s=10.0, talk_s=60.0, started_at=found["started_local"].dt.tz_localize("UTC"))
    return found.astype({"direction": "category", "outcome": "category"})


def test_an_hour_of_one_weekday_that_loses_most_is_named_with_its_calls():
    data = calls(1, a_day=120, worse=lambda weekday, hour: 0.5 if (weekday, hour) == (0, 9) else None)
    found = worst_hours(data, LAST_FOUR, END)
    assert (found.weekday, found.hour) == (0, 9)
    of_span = data[data["started_local"] >= pd.Timestamp(LAST_FOUR)]
    at = (of_span["started_local"].dt.day_of_week == 0) & (of_span["started_local"].dt.hour == 9)
    is_missed = of_span["outcome"] == "abandoned"
    assert found[2:] == (
        (at & is_missed).sum(),
        at.sum(),
        (~at & is_missed).sum(),
        (~at).sum(),
    )


@pytest.mark.parametrize(
    ("worse", "place"),
    [
        (lambda _, hour: 0.4 if hour == 12 else None, (None, 12)),
        (lambda weekday, _: 0.4 if weekday == 4 else None, (4, None)),
    ],
)
def test_an_hour_of_every_day_and_a_whole_weekday_are_named_as_such(worse, place):
    assert worst_hours(calls(2, worse=worse), LAST_FOUR, END)[:2] == place


def test_weeks_in_which_nothing_is_wrong_name_no_hour():
    found = [worst_hours(calls(seed), since, END) for seed in range(4) for since in (LAST_WEEK, LAST_FOUR)]
    assert found == [None] * 8


@pytest.mark.slow
def test_at_most_one_ordinary_period_in_twenty_names_an_hour():
    found = [worst_hours(calls(seed, a_day=150), LAST_FOUR, END) for seed in range(100)]
    assert sum(block is not None for block in found) <= 5
    assert all(block is None or isinstance(block, Block) for block in found)


def test_without_weeks_to_tell_how_days_scatter_nothing_is_named():
    data = calls(3, n_weeks=3, a_day=120, worse=lambda _, hour: 0.6 if hour == 12 else None)
    assert worst_hours(data, date(2026, 8, 31), date(2026, 9, 21)) is None
    assert worst_hours(data.iloc[:0], LAST_FOUR, END) is None


def test_a_period_that_ends_before_it_begins_is_refused():
    with pytest.raises(UsageError, match="until"):
        worst_hours(calls(4, n_weeks=1), END, LAST_FOUR)


def test_few_rows_no_others_and_no_dispersion_are_not_compared():
    gaps = above_others(
        [LEAST - 1, 40, 40, 40], [LEAST - 1, 50, 50, 50], [1, 0, 1, 1], [90, 0, 90, 90], [1, 1, np.nan, 1]
    )
    assert np.isnan(gaps[:3]).all()
    assert gaps[3] > 0


def test_both_sides_are_widened_alike_and_more_comparisons_ask_for_more():
    one = above_others([15], [100], [60], [900], [1.0])
    assert one < wilson(15, 100)[0] - wilson(60, 900)[1]  # exact, so stricter than Wilson's
    assert above_others([15], [100], [60], [900], [3.0]) < one
    assert above_others([15] * 50, [100] * 50, [60] * 50, [900] * 50, [1.0] * 50)[0] < one
