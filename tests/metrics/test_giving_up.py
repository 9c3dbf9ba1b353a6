"""The rate of giving up, its peaks, and mean patience by three ways, on small calls whose answer is plain."""

from datetime import timedelta

import numpy as np
import pytest
from scipy.stats import poisson

from callkit.errors import UsageError
from callkit.metrics.estimates import wilson
from callkit.metrics.giving_up import hazard, mean_patience, patience_index, peaks
from tests.metrics.frames import MONDAY, call, calls, same, times

SOME = calls(
    call("abandoned", 0),
    call("abandoned", 3),
    call("answered", 5),
    call("timeout", 8),
    call("abandoned", 10),
    call("answered", 12),
    call("answered"),
    call("left_menu", 2),
    call("closed", 2),
    call("abandoned", 4, direction="outbound"),
    *times(20, call("answered", 0)),
)


def drawn(n, patience_s, answer_s, seed=1):
    """Return calls whose caller leaves after `patience_s`, if not answered after `answer_s`, in whole seconds."""
    rng = np.random.default_rng(seed)
    patience, answer = np.ceil(patience_s(rng, n)), np.ceil(answer_s(rng, n))
    some = calls(call("answered", 1)).iloc[[0] * n].reset_index(drop=True)
    outcome = np.where(patience < answer, "abandoned", "answered")
    return some.assign(call_key=some.index.astype(str), wait_s=np.minimum(patience, answer), outcome=outcome)


def exponential(mean):
    return lambda rng, n: rng.exponential(mean, n)


def test_the_rate_is_those_who_left_by_the_seconds_all_waited(held):
    bins = hazard(held(SOME), width_s=5, last_s=15)
    assert bins["from_s"].tolist() == [0, 5, 10, 15]
    assert bins["to_s"].tolist() == [5, 10, 15, np.inf]
    assert bins["n_left"].tolist() == [2, 1, 0, 0]
    assert bins["at_risk"].tolist() == [5, 3, 1, 0]
    assert bins["waited_s"].tolist() == [3 + 4 * 5, 3 + 5 + 5, 2, 0]
    assert bins["rate"].tolist() == pytest.approx([2 / 23, 1 / 13, 0, np.nan], nan_ok=True)
    assert bins.attrs["n_null"] == 1


def test_by_the_second_it_is_those_who_left_of_those_at_risk():
    bins = hazard(drawn(300, exponential(60), exponential(30)), width_s=1)
    seen = bins[(bins["at_risk"] > 0) & np.isfinite(bins["to_s"])]
    assert seen["rate"].tolist() == pytest.approx((seen["n_left"] / seen["at_risk"]).tolist())
    assert len(seen) > 60


def test_its_interval_leaves_a_fortieth_on_either_side():
    bins = hazard(SOME, width_s=5, last_s=15)
    assert poisson.sf(1, bins["low"][0] * 23) == pytest.approx(0.025)
    assert poisson.cdf(2, bins["high"][0] * 23) == pytest.approx(0.025)
    assert bins["low"][2] == 0
    assert poisson.cdf(0, bins["high"][2] * 2) == pytest.approx(0.025)
    assert bins[["low", "high"]].iloc[3].isna().all()


def announced(at_s, share):
    """Return patience of mean 300 s, of which a share leaves in the 3 s after a time."""

    def patience(rng, n):
        usual = rng.exponential(300, n)
        leaves = (rng.random(n) < share) & (usual > at_s)
        return np.where(leaves, at_s + 3 * rng.random(n), usual)

    return patience


def test_an_announcement_is_a_peak():
    found = peaks(hazard(drawn(2000, announced(60, 0.2), exponential(60))))
    assert found[["from_s", "to_s"]].to_numpy().tolist() == [[60, 65]]
    peak = found.iloc[0]
    assert peak["rate"] == peak["n_left"] / peak["waited_s"]
    assert peak["low"] < peak["rate"] < peak["high"]


def test_peaks_side_by_side_are_one():
    bins = hazard(drawn(5000, announced(60, 0.2), exponential(60)), width_s=2)
    assert bins.loc[bins["is_peak"], "from_s"].tolist() == [60, 62]
    assert peaks(bins)[["from_s", "to_s"]].to_numpy().tolist() == [[60, 64]]


def test_chance_makes_no_peaks():
    series = [
        hazard(drawn(n, exponential(200), exponential(40), seed)) for n in (60, 1500) for seed in range(20)
    ]
    assert sum(len(peaks(bins)) for bins in series) <= 1
    few = calls(*times(3, call("abandoned", 42)), *times(9, call("answered", 60)))
    assert peaks(hazard(few)).empty


def test_callers_who_leave_at_the_very_start_are_a_peak_of_it():
    some = calls(
        *times(40, call("abandoned", 2)), *times(5, call("abandoned", 12)), *times(200, call("answered", 30))
    )
    assert peaks(hazard(some))["from_s"].tolist() == [0]


def test_no_rate_is_told_of_nobody_or_where_too_many_waits_are_unknown():
    assert hazard(SOME.iloc[:0]).empty
    assert peaks(hazard(SOME.iloc[:0])).empty
    assert hazard(calls(*times(9, call("answered")), call("abandoned", 30))).empty


@pytest.mark.parametrize("wrong", [{"width_s": 0}, {"last_s": -1}])
def test_bins_of_nothing_are_refused(wrong):
    with pytest.raises(UsageError, match="cannot be used; give a number above 0"):
        hazard(SOME, **wrong)


def test_the_index_counts_answered_and_abandoned_calls(held):
    index = patience_index(held(SOME)).set_index("index")
    assert index.loc["answered_per_abandoned", ["value", "n"]].tolist() == [22 / 3, 25]
    low, high = index.loc["answered_per_abandoned", ["low", "high"]]
    few, many = (float(end) for end in wilson(22, 25))
    assert (low, high) == pytest.approx((few / (1 - few), many / (1 - many)))
    assert index.loc["mean_patience", ["value", "n"]].tolist() == [38 / 3, 3]
    low, high = index.loc["mean_patience", ["low", "high"]]
    assert mean_patience(held(SOME)) == (38 / 3, low, high, 3)
    assert poisson.sf(2, 38 / high) == pytest.approx(0.025)
    assert poisson.cdf(3, 38 / low) == pytest.approx(0.025)
    assert index["unit"].tolist() == ["calls", "s", "s"]


def test_mean_patience_is_found_again():
    index = patience_index(drawn(3000, exponential(120), exponential(40))).set_index("index")
    assert index.loc["mean_patience", "low"] < 120 < index.loc["mean_patience", "high"]


def hours(*rows):
    """Return calls hour by hour from (day, hour, calls, of which given up, wait of each in s)."""
    told = []
    for day, hour, n, n_left, wait_s in rows:
        start = MONDAY + timedelta(days=day, hours=hour)
        for place in range(n):
            told.append(call("abandoned" if place < n_left else "answered", wait_s, started_local=start))
    return calls(*told)


def test_the_line_through_the_hours_gives_mean_patience_back(held):
    straight = hours(
        *((day, hour, 20, k, 5 + 10 * k) for day in range(3) for hour, k in enumerate((0, 1, 2, 4)))
    )
    found = patience_index(held(straight)).set_index("index").loc["mean_patience_hourly"]
    assert found[["value", "low", "high"]].tolist() == pytest.approx([200, 200, 200])
    assert found["n"] == 12


def test_a_line_that_says_nothing_has_no_value():
    index = patience_index(hours(*((0, hour, 5, hour % 2, 5) for hour in range(10))))
    assert index["value"].isna().tolist() == [False, False, True]  # one day, and all hours wait alike
    falling = patience_index(hours(*((k % 2, k, 20, 10 - k, 5 * k) for k in range(10)))).iloc[2]
    assert falling[["value", "low", "high"]].isna().all()
    rng = np.random.default_rng(3)
    loose = patience_index(
        hours(*((k % 4, k // 4, 20, int(rng.integers(0, 9)), 5 + k) for k in range(20)))
    ).iloc[2]
    assert loose["high"] == np.inf


def test_nobody_who_gave_up_sets_no_upper_bound():
    index = patience_index(calls(*times(9, call("answered", 20)))).set_index("index")
    assert index["value"].isna().all()
    assert index.loc["mean_patience", "low"] == pytest.approx(180 / 3.689, rel=1e-3)
    assert index.loc["mean_patience", "high"] == np.inf
    assert patience_index(SOME.iloc[:0])[["value", "low", "high"]].isna().all(axis=None)


def test_hang_ups_in_the_menu_and_a_closed_line_never_count():
    counting = SOME[~SOME["outcome"].isin(["left_menu", "closed"])]
    same(hazard(SOME), hazard(counting))
    same(patience_index(SOME), patience_index(counting))
