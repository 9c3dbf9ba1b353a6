"""Usual or unusual: limits by hand on small series, verdicts on thirteen told weeks."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from callkit.clock import midnight
from callkit.errors import UsageError
from callkit.metrics.signals import hourly, series, verdicts
from callkit.periods import Week
from tests.metrics.frames import call, calls

WEEK = Week(2026, 47)
WEEKS = [WEEK.shift(k) for k in range(-12, 1)]


def told(values, number="n_offered", ns=None):
    """Return what `weekly` would, for one number over the weeks up to `WEEK`."""
    weeks = [str(WEEK.shift(k)) for k in range(1 - len(values), 1)]
    ns = ns or [1000] * len(values)
    rows = zip(weeks, values, ns, strict=True)
    return pd.DataFrame(
        [
            {"period": w, "number": number, "value": v, "numerator": v * n if number.endswith("rate") else v, "n": n,
             "low": np.nan, "high": np.nan, "method": "", "n_null": 0}
            for w, v, n in rows
        ]
    )  # fmt: skip


def verdict(values, number="n_offered", ns=None):
    return verdicts(told(values, number, ns), WEEK).iloc[0]


@pytest.mark.parametrize(
    ("last", "expected", "rule"), [(105, "usual", ""), (170, "high", "limits"), (60, "low", "limits")]
)
def test_a_week_beyond_its_limits_is_unusual(last, expected, rule):
    found = verdict([100, 110] * 6 + [last])
    assert (found["verdict"], found["rule"], found["n_before"]) == (expected, rule, 12)
    assert (found["mean"], found["last_value"]) == (105, 110)
    assert found["is_better"] is None


@pytest.mark.parametrize(
    ("number", "last", "better"),
    [
        ("answer_rate", 0.99, True),
        ("answer_rate", 0.2, False),
        ("abandon_rate", 0.99, False),
        ("abandon_rate", 0.2, True),
    ],
)
def test_the_catalogue_tells_which_way_is_better(number, last, better):
    assert verdict([0.5, 0.51] * 6 + [last], number)["is_better"] is better
    assert verdict([0.5, 0.51] * 6 + [0.5], number)["is_better"] is None


def test_the_eighth_week_on_one_side_is_unusual():
    up = [100] * 5 + [110] * 7
    assert verdict([*up, 110])[["verdict", "rule"]].tolist() == ["high", "run"]
    assert verdict([*up, 100])["verdict"] == "usual"
    assert verdict([110] * 5 + [100] * 8)[["verdict", "rule"]].tolist() == ["low", "run"]


def test_runs_of_rare_events_say_nothing():
    assert verdict([2] + [0] * 12)["verdict"] == "usual"


def test_fewer_than_twelve_weeks_give_no_verdict():
    found = verdict([100] * 12)
    assert (found["verdict"], found["n_before"], found["last_value"]) == ("none", 11, 100)
    assert np.isnan(found["usual_low"])
    gap = told([100] * 13).query("period != '2026-W40'")
    assert verdicts(gap, "2026-W47")[["verdict", "n_before"]].to_numpy().tolist() == [["none", 11]]


def test_a_week_without_a_value_is_not_judged():
    found = verdict([0.5] * 12 + [np.nan], "answer_rate", [100] * 12 + [0])
    assert found["verdict"] == "none"
    assert (found["usual_low"], found["mean"]) == (pytest.approx(0.35), 0.5)


def test_a_week_that_is_not_there_is_refused():
    with pytest.raises(UsageError, match="2026-W48 is not among"):
        verdicts(told([1] * 13), WEEK.shift(1))
    with pytest.raises(UsageError, match="no list of periods"):
        series(HOURS, [], "n_offered")


def hour_calls(week, hour, answered, late):
    start = midnight(week.start) + timedelta(hours=hour)
    return [call("answered", 5, started_local=start)] * answered + [
        call("answered", 50, started_local=start)
    ] * late


HOURS = calls(*(
    row
    for k, week in enumerate(WEEKS)
    for row in hour_calls(week, 9, 6 + k % 2, 4 - k % 2) + hour_calls(week, 10, *((1, 9) if week == WEEK else (8, 2)))
))  # fmt: skip


def test_weekly_has_a_row_for_each_week_and_number(held):
    weeks = [WEEK.shift(-13), *WEEKS]
    found = series(held(HOURS), weeks, ["n_offered", "service_level"])
    assert found["period"].tolist() == [str(w) for w in weeks for _ in range(2)]
    missing, first = found.iloc[0], found.iloc[2]
    assert (missing["n"], first["value"], first["n"]) == (0, 20, 20)
    assert np.isnan(missing["value"])
    judged = verdicts(found, WEEK)
    assert judged["number"].tolist() == ["n_offered", "service_level"]
    assert judged["verdict"].tolist() == ["usual", "low"]


def test_each_hour_is_judged_by_the_same_hour_before(held):
    found = hourly(held(HOURS), WEEKS, WEEK).set_index("hour")
    assert found["verdict"].to_dict() == {9: "usual", 10: "low"}
    assert found.loc[10, ["value", "n", "usual_low", "is_better"]].tolist() == [0.1, 10, 0.4, False]
    assert found["low"].lt(found["value"]).all()
    assert hourly(HOURS, WEEKS[1:], WEEK)["verdict"].tolist() == ["none", "none"]


def test_an_hour_without_calls_is_a_count_of_none_but_no_rate():
    sparse = HOURS[
        ~((HOURS["started_local"].dt.hour == 9) & (HOURS["started_local"].dt.isocalendar().week == 40))
    ]
    assert hourly(sparse, WEEKS, WEEK, "n_offered")["n_before"].tolist() == [12, 12]
    assert hourly(sparse, WEEKS, WEEK)["n_before"].tolist() == [11, 12]
