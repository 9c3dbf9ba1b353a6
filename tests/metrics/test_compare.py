"""Two periods beside each other: published intervals of differences, verdicts, groups that come and go, bad periods."""

from datetime import datetime, timedelta
from functools import cache

import numpy as np
import pytest

from callkit.errors import UsageError
from callkit.metrics import signals
from callkit.metrics.compare import COLUMNS, compare, difference_interval
from callkit.metrics.estimates import wilson
from callkit.metrics.summary import summarise
from callkit.periods import Week
from tests.metrics.frames import call, calls, row, times

LAST, THIS = "2026-W46", "2026-W47"
# Newcombe, R. G. (1998), Statistics in Medicine 17, 873–890, table II: method 10
NEWCOMBE = {
    (56, 70, 48, 80): (0.0524, 0.3339), (9, 10, 3, 10): (0.1705, 0.8090), (10, 10, 0, 20): (0.6791, 1.0),
    (10, 10, 0, 10): (0.6075, 1.0), (5, 56, 0, 29): (-0.0381, 0.1926), (0, 10, 0, 20): (-0.1611, 0.2775),
}  # fmt: skip


@pytest.mark.parametrize("counts", NEWCOMBE)
def test_newcombes_published_intervals_of_a_difference(counts):
    k1, n1, k2, n2 = counts
    low, high = difference_interval(k2 / n2, k1 / n1, wilson(k2, n2), wilson(k1, n1))
    assert (float(low), float(high)) == pytest.approx(NEWCOMBE[counts], abs=6e-5)


def test_the_difference_of_two_weeks_of_independent_calls_is_newcombes(held):
    told = calls(
        *times(48, call("answered", 5, started_local=datetime(2026, 11, 10, 9))),
        *times(32, call("abandoned", 50, started_local=datetime(2026, 11, 10, 9))),
        *times(56, call("answered", 5, started_local=datetime(2026, 11, 17, 9))),
        *times(14, call("abandoned", 50, started_local=datetime(2026, 11, 17, 9))),
    )
    found = row(compare(held(told), LAST, THIS), "answer_rate")
    assert (found["before"], found["n_before"], found["after"], found["n_after"]) == (0.6, 80, 0.8, 70)
    assert (found["low"], found["high"]) == pytest.approx((0.0524, 0.3339), abs=6e-5)
    assert found["difference"] == pytest.approx(0.2)
    assert found["method"] == "Newcombe of Wilson, taken as independent"
    assert found["verdict"] == "none"


@cache
def shop(this_week=20, lost=2):
    """Return thirteen weeks of a few calls a day, the last one with so many calls, and lost ones, a day."""
    rng = np.random.default_rng(3)
    told = []
    for k in range(7 * 13):
        start = datetime(2026, 8, 24, 9) + timedelta(days=k)
        n = this_week if k >= 84 else int(rng.poisson(20))
        gone = lost if k >= 84 else int(rng.binomial(n, 0.1))
        for place in range(n):
            outcome = "abandoned" if place < gone else "answered"
            told.append(call(outcome, float(place), started_local=start + timedelta(minutes=place),
                             service_name=["Sales", "Support"][place % 2]))  # fmt: skip
    return calls(*told)


def test_the_verdict_is_the_one_of_the_control_chart(held):
    data = held(shop(this_week=35, lost=14))
    found = compare(data, LAST, THIS, ["n_offered", "abandon_rate", "wait_p90"])
    week = Week.parse(THIS)
    judged = signals.verdicts(
        signals.series(
            data, [week.shift(k) for k in range(-12, 1)], ["n_offered", "abandon_rate", "wait_p90"]
        ),
        week,
    )
    for name in ("usual_low", "usual_high", "verdict", "rule"):
        assert found[name].tolist() == judged[name].tolist()
    assert row(found, "n_offered")["verdict"] == "high"
    assert row(found, "abandon_rate")["verdict"] == "high"
    assert row(found, "abandon_rate")["is_better"] is False
    assert row(found, "n_offered")["is_better"] is None


def test_the_values_are_those_of_each_week_alone(held):
    data = held(shop())
    found = compare(data, LAST, THIS, by="service_name")
    for name, week in (("before", LAST), ("after", THIS)):
        of = Week.parse(week)
        alone = summarise(data, by="service_name", since=of.start, until=of.end)
        assert found["number"].tolist() == alone["number"].tolist()
        assert found[name].to_numpy() == pytest.approx(alone["value"].to_numpy(), nan_ok=True)
        assert found[f"n_{name}"].tolist() == alone["n"].tolist()
    assert list(found.columns) == ["service_name", *COLUMNS]


def test_a_group_that_has_no_calls_in_one_period_counts_none_there(held):
    told = calls(
        call(service_name="Old", started_local=datetime(2026, 11, 10, 9)),
        call(service_name="New", started_local=datetime(2026, 11, 17, 9)),
        call(service_name=None, started_local=datetime(2026, 11, 17, 9)),
    )
    found = compare(held(told), LAST, THIS, ["answer_rate", "n_offered"], "service_name")
    assert found["service_name"].fillna("null").tolist() == ["New", "New", "Old", "Old", "null", "null"]
    assert found["number"].tolist() == ["answer_rate", "n_offered"] * 3
    offered = found[found["number"] == "n_offered"]
    assert offered["difference"].tolist() == [1, -1, 1]
    assert found[found["number"] == "answer_rate"]["difference"].isna().all()


def test_two_stretches_of_dates_may_be_compared(held):
    data = held(shop())
    found = compare(data, ("2026-09-01", "2026-10-01"), ("2026-10-01", "2026-11-01"), "n_offered")
    alone = summarise(data, "n_offered", "month").set_index("month")["value"]
    assert found.loc[0, ["before", "after"]].tolist() == [alone["2026-09"], alone["2026-10"]]
    assert found["verdict"].tolist() == ["none"]


@pytest.mark.parametrize(
    ("before", "after", "by", "words"),
    [
        ("2026-W99", THIS, None, "2026-W99"),
        (THIS, THIS, None, "overlap"),
        (("2026-11-01", "2026-11-20"), THIS, None, "overlap"),
        (("2026-11-01",), THIS, None, "no pair"),
        (("2026-11-05", "2026-11-01"), THIS, None, "not after the first"),
        (LAST, THIS, "day", "'day' is a stretch of time"),
        (LAST, THIS, "servic_name", "'service_name'"),
    ],
)
def test_a_period_that_cannot_be_compared_is_named(before, after, by, words):
    with pytest.raises(UsageError, match=words):
        compare(shop(), before, after, "n_offered", by)
