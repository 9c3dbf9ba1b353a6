"""The verdict on one number of one week or month: its limits from the twelve before, and the run rule."""

from typing import Any

import numpy as np
import pandas as pd

from callkit.errors import UsageError
from callkit.metrics.limits import RESOLUTION_S, Limits, count_limits, rate_limits, value_limits
from callkit.metrics.number import Number
from callkit.periods import Period

BASELINE = 12
RUN = 8
JUDGED = (
    "value", "numerator", "n", "low", "high", "last_value", "usual_low", "usual_high", "mean", "verdict", "rule",
    "is_better", "n_before", "method",
)  # fmt: skip


def judge(rows: pd.DataFrame, period: Period, number: Number) -> dict[str, Any]:
    """Return the columns of `JUDGED` of one number in one period, from its rows of that period and those before."""
    over_time = rows.set_index("period")
    if str(period) not in over_time.index:
        raise UsageError(f"period {period} is not among those given; take it into `series` first.")
    this = over_time.loc[[str(period)]].iloc[0]
    twelve = [period.shift(back) for back in range(-BASELINE, 0)]
    before = over_time.reindex([str(p) for p in twelve])
    there = before["value"].notna()
    found = {name: this[name] for name in ("value", "numerator", "n", "low", "high")}
    found |= {"last_value": before["value"].iloc[-1], "n_before": int(there.sum())}
    nothing = {"usual_low": np.nan, "usual_high": np.nan, "mean": np.nan, "method": ""}
    unjudged = {"verdict": "none", "rule": "", "is_better": None}
    if not there.all() or number.grows_with_archive or number.statistic == "largest":
        return found | nothing | unjudged
    lengths = np.array([_length(p) / _length(period) for p in twelve])
    limits = _limits(number, before, this, lengths)
    found |= {
        "usual_low": limits.low,
        "usual_high": limits.high,
        "mean": limits.mean,
        "method": limits.method,
    }
    if pd.isna(this["value"]) or (
        number.statistic not in ("count", "share") and this["n"] < before["n"].mean() / 2
    ):
        return found | unjudged
    values = before["value"].to_numpy(float)
    values = values / lengths if number.statistic == "count" else values
    verdict, rule = _verdict(np.append(values, this["value"]), limits, number.step / 2)
    if verdict == "usual" and number.statistic == "share" and limits.low <= 0 and limits.high >= 1:
        return found | unjudged  # no share could lie outside
    better = verdict == number.better if number.better and verdict != "usual" else None
    return found | {"verdict": verdict, "rule": rule, "is_better": better}


def _length(period: Period) -> int:
    return (period.end - period.start).days


def _limits(number: Number, before: pd.DataFrame, this: "pd.Series[Any]", lengths: np.ndarray) -> Limits:
    if number.statistic == "share":
        n = this["n"] or before["n"].mean()
        return rate_limits(before["numerator"], before["n"], n)
    if number.statistic == "count":
        return count_limits(before["value"], lengths)
    step = RESOLUTION_S if number.unit == "s" else 1 / max(this["n"], 1) if number.unit == "each" else 0.0
    return value_limits(before["value"], step)


def _verdict(values: np.ndarray, limits: Limits, margin: float) -> tuple[str, str]:
    """Name the verdict on the last value, and the rule it broke; a run must lie by a margin beyond the mean."""
    last, run = values[-1], values[-RUN:]
    if last > limits.high:
        return "high", "limits"
    if last < limits.low:
        return "low", "limits"
    if limits.judges_runs and (run > limits.mean + margin).all():
        return "high", "run"
    if limits.judges_runs and (run < limits.mean - margin).all():
        return "low", "run"
    return "usual", ""
