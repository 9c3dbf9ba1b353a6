"""Usual or unusual: control limits from the twelve weeks before the one that is judged.

Rates are judged by Laney's p′ chart, counts and seconds by the XmR chart (individuals and moving range); both at
three sigma. A week is also unusual when it is the eighth in a row on one side of the mean. Fewer than twelve weeks
before it: no verdict. Nor has a number of seconds one in a week with less than half the calls of those weeks: fewer
calls scatter more than the limits allow for.

Limits from twelve weeks are rough. Of simulated ordinary weeks 0.1–0.4 % fall outside where calls vary by chance
alone, 1–2 % where weeks differ by more than that; the run rule adds 0.1–0.3 %. Look at what repeats.
"""

from collections.abc import Sequence
from typing import Any, Unpack

import numpy as np
import pandas as pd

from callkit.clock import Week
from callkit.errors import UsageError
from callkit.metrics.asking import Choices, chosen
from callkit.metrics.catalogue import CATALOGUE
from callkit.metrics.groupings import hour_of_day, iso_week
from callkit.metrics.limits import RESOLUTION_S, Limits, count_limits, rate_limits, value_limits
from callkit.metrics.number import Number
from callkit.metrics.summary import VALUES, summarise

BASELINE = 12
RUN = 8
JUDGED = (
    "value", "numerator", "n", "low", "high", "last_value", "usual_low", "usual_high", "mean", "verdict", "rule",
    "is_better", "n_weeks", "method",
)  # fmt: skip


def weekly(
    data: Any,
    weeks: Sequence[Week | str],
    numbers: str | Sequence[str] | None = None,
    **choices: Unpack[Choices],
) -> pd.DataFrame:
    """
    Take numbers for each of some weeks.

    Returns
    -------
    pandas.DataFrame
        A row a week and number, in the order given: ``week`` (as 2026-W47), then the columns of `summarise`. A week
        without any call in the data has null values and n 0: it is not known to have been silent.

    Raises
    ------
    UsageError
        No week is named, or a number is not in the catalogue.
    """
    if isinstance(weeks, str | Week) or not weeks:
        raise UsageError(f"weeks {weeks!r} is no list of weeks; name at least one, such as ['2026-W47'].")
    asked = [Week.parse(str(week)) for week in weeks]
    names = [row.name for row in chosen(numbers)]
    since, until = min(asked).start, max(asked).end
    found = summarise(data, names, iso_week, since=since, until=until, **choices).rename(
        columns={"iso_week": "week"}
    )
    wanted = pd.MultiIndex.from_product([[str(w) for w in asked], names], names=["week", "number"])
    full = found.set_index(["week", "number"]).reindex(wanted).reset_index()
    full = full.fillna({"n": 0, "n_null": 0, "method": ""}).astype({"n": "int64", "n_null": "int64"})
    return full[["week", *VALUES]]


def verdicts(weekly: pd.DataFrame, week: Week | str) -> pd.DataFrame:
    """
    Judge each number of a week against the twelve weeks before it.

    Parameters
    ----------
    weekly
        What `weekly` returned, `week` and the weeks before it among its rows.
    week
        The week to judge.

    Returns
    -------
    pandas.DataFrame
        A row a number: ``number``, ``value``, ``numerator``, ``n``, ``low``, ``high`` (its interval), ``last_value``
        (the week before), ``usual_low``, ``usual_high``, ``mean``, ``verdict`` (``usual``, ``high``, ``low``, or
        ``none`` where there are not twelve weeks or no value), ``rule`` (``limits`` or ``run``: which one was broken),
        ``is_better`` (None where neither is or nothing is unusual), ``n_weeks`` (of the twelve, how many are there)
        and ``method`` of the limits.
    """
    judged = [
        {"number": name, **_judged(rows, Week.parse(str(week)), CATALOGUE[str(name)])}
        for name, rows in weekly.groupby("number", sort=False)
    ]
    return pd.DataFrame(judged, columns=["number", *JUDGED]).astype({"is_better": object})


def hourly(
    data: Any,
    weeks: Sequence[Week | str],
    week: Week | str,
    number: str = "service_level",
    **choices: Unpack[Choices],
) -> pd.DataFrame:
    """
    Judge a number in each hour of the day of a week against the same hour of the twelve weeks before.

    Every hour is a comparison of its own: of ten ordinary hours, one lies outside its limits in about one week of ten.

    Returns
    -------
    pandas.DataFrame
        A row an hour of the day for which the week has a value: ``hour``, then the columns of `verdicts` from
        ``value`` on.
    """
    this = Week.parse(str(week))
    asked = [this, *(Week.parse(str(w)) for w in weeks)]
    since, until = min(asked).start, max(asked).end
    found = summarise(
        data, [chosen(number)[0].name], [iso_week, hour_of_day], since=since, until=until, **choices
    )
    found = found.rename(columns={"iso_week": "week", "hour_of_day": "hour"})
    found = found[found["week"].isin([str(w) for w in asked])]
    judged = judged_groups(found, ["hour"], this)
    return judged[judged["value"].notna() & (judged["n"] > 0)].drop(columns="number").reset_index(drop=True)


def judged_groups(found: pd.DataFrame, keys: Sequence[str], week: Week) -> pd.DataFrame:
    """
    Judge each number of each group in a week against the twelve weeks before.

    Parameters
    ----------
    found
        What `summarise` returned by ``week`` and `keys`. A week in it in which a group has no row counts as nothing.
    keys
        Columns that make a group.
    week
        The week to judge.

    Returns
    -------
    pandas.DataFrame
        A row a group and number: `keys`, ``number``, then the columns of `verdicts` from ``value`` on.
    """
    columns = [*keys, "number"]
    weeks = [*dict.fromkeys(found["week"])]
    judged = []
    for names, rows in found.groupby(columns, sort=False, dropna=False):
        number = CATALOGUE[str(names[-1])]
        by_week = rows.set_index("week").reindex([*weeks, *({str(week)} - {*weeks})])
        by_week["n"] = by_week["n"].fillna(0)
        if number.statistic == "count":
            by_week.loc[weeks, "value"] = by_week.loc[weeks, "value"].fillna(0.0)
        judged.append(dict(zip(columns, names, strict=True)) | _judged(by_week.reset_index(), week, number))
    return pd.DataFrame(judged, columns=[*columns, *JUDGED]).astype({"is_better": object})


def _judged(rows: pd.DataFrame, week: Week, number: Number) -> dict[str, Any]:
    by_week = rows.set_index("week")
    if str(week) not in by_week.index:
        raise UsageError(f"week {week} is not among the weeks; take it into `weekly` first.")
    this = by_week.loc[[str(week)]].iloc[0]
    before = by_week.reindex([str(week.shift(k)) for k in range(-BASELINE, 0)])
    there = before["value"].notna()
    found = {name: this[name] for name in ("value", "numerator", "n", "low", "high")}
    found |= {"last_value": before["value"].iloc[-1], "n_weeks": int(there.sum())}
    nothing = {"usual_low": np.nan, "usual_high": np.nan, "mean": np.nan, "method": ""}
    unjudged = {"verdict": "none", "rule": "", "is_better": None}
    if not there.all() or number.grows_with_archive or number.statistic == "largest":
        return found | nothing | unjudged
    limits = _limits(number, before, this)
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
    values = np.append(before["value"].to_numpy(float), this["value"])
    verdict, rule = _verdict(values, limits, number.step / 2)
    better = verdict == number.better if number.better and verdict != "usual" else None
    return found | {"verdict": verdict, "rule": rule, "is_better": better}


def _limits(number: Number, before: pd.DataFrame, this: "pd.Series[Any]") -> Limits:
    if number.statistic == "share":
        n = this["n"] or before["n"].mean()
        return rate_limits(before["numerator"], before["n"], n)
    if number.statistic == "count":
        return count_limits(before["value"])
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
