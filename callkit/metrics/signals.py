"""Usual or unusual: control limits from the twelve weeks, or months, before the one that is judged.

Rates are judged by Laney's p′ chart, counts and seconds by the XmR chart (individuals and moving range); both at
three sigma. A week is also unusual when it is the eighth in a row on one side of the mean. Fewer than twelve weeks
before it: no verdict. Nor has a number of seconds one in a week with less than half the calls of those weeks: fewer
calls scatter more than the limits allow for. All this goes for months as well, whose counts are set against as many
days as the judged month has.

Limits from twelve weeks are rough. Of simulated ordinary weeks 0.1–0.4 % fall outside where calls vary by chance
alone, 1–2 % where weeks differ by more than that; the run rule adds 0.1–0.3 %. Look at what repeats.
"""

from collections.abc import Sequence
from typing import Any, Unpack

import pandas as pd

from callkit.errors import UsageError
from callkit.metrics.asking import Choices, chosen
from callkit.metrics.catalogue import CATALOGUE
from callkit.metrics.groupings import By, Grouping, groupings, hour_of_day, iso_week, month
from callkit.metrics.judging import JUDGED, judge
from callkit.metrics.summary import VALUES, summarise
from callkit.periods import Month, Period, Week, parse_period


def series(
    data: Any,
    periods: Sequence[Period | str],
    numbers: str | Sequence[str] | None = None,
    **choices: Unpack[Choices],
) -> pd.DataFrame:
    """
    Take numbers for each of some weeks, or of some months.

    Returns
    -------
    pandas.DataFrame
        A row a period and number, in the order given: ``period`` (as 2026-W47 or 2026-11), then the columns of
        `summarise`. A period without any call in the data has null values and n 0: it is not known to have been silent.

    Raises
    ------
    UsageError
        No period is named, weeks and months are mixed, or a number is not in the catalogue.
    """
    asked = _parsed(periods)
    names = [row.name for row in chosen(numbers)]
    since, until = asked[0].start, asked[-1].end
    found = summarise(data, names, _by(asked[0]), since=since, until=until, **choices)
    found = found.rename(columns={_by(asked[0]).name: "period"})
    wanted = pd.MultiIndex.from_product(
        [[str(parse_period(str(p))) for p in periods], names], names=["period", "number"]
    )
    full = found.set_index(["period", "number"]).reindex(wanted).reset_index()
    full = full.fillna({"n": 0, "n_null": 0, "method": ""}).astype({"n": "int64", "n_null": "int64"})
    return full[["period", *VALUES]]


def verdicts(series: pd.DataFrame, period: Period | str) -> pd.DataFrame:
    """
    Judge each number of a week, or month, against the twelve before it.

    Parameters
    ----------
    series
        What `series` returned, `period` and those before it among its rows.
    period
        The week or month to judge.

    Returns
    -------
    pandas.DataFrame
        A row a number: ``number``, ``value``, ``numerator``, ``n``, ``low``, ``high`` (its interval), ``last_value``
        (the period before), ``usual_low``, ``usual_high``, ``mean``, ``verdict`` (``usual``, ``high``, ``low``, or
        ``none`` where there are not twelve before, no value, or limits no share can leave), ``rule`` (``limits`` or
        ``run``: which one was broken), ``is_better`` (None where neither is or nothing is unusual), ``n_before`` (of
        the twelve, how many are there) and ``method`` of the limits.
    """
    judged = [
        {"number": name, **judge(rows, parse_period(str(period)), CATALOGUE[str(name)])}
        for name, rows in series.groupby("number", sort=False)
    ]
    return pd.DataFrame(judged, columns=["number", *JUDGED]).astype({"is_better": object})


def hourly(
    data: Any,
    periods: Sequence[Period | str],
    period: Period | str,
    number: str = "service_level",
    **choices: Unpack[Choices],
) -> pd.DataFrame:
    """
    Judge a number in each hour of the day of a week, or month, against the same hour of the twelve before.

    Every hour is a comparison of its own: of ten ordinary hours, one lies outside its limits in about one week of ten.

    Returns
    -------
    pandas.DataFrame
        A row an hour of the day for which the period has a value: ``hour``, then the columns of `verdicts` from
        ``value`` on.
    """
    found = by_group(data, periods, period, hour_of_day, number, **choices)
    return found.rename(columns={"hour_of_day": "hour"}).drop(columns="number")


def by_group(
    data: Any,
    periods: Sequence[Period | str],
    period: Period | str,
    by: By,
    number: str,
    **choices: Unpack[Choices],
) -> pd.DataFrame:
    """
    Judge a number of each group in a week, or month, against the same group in the twelve before.

    Every group is a comparison of its own.

    Returns
    -------
    pandas.DataFrame
        A row a group for which the period has a value: the columns of the groups, ``number``, then the columns of
        `verdicts` from ``value`` on.
    """
    this = parse_period(str(period))
    asked = _parsed([this, *periods])
    since, until, time = asked[0].start, asked[-1].end, _by(this)
    keys = groupings(by)
    found = summarise(data, [chosen(number)[0].name], [time, *keys], since=since, until=until, **choices)
    found = found.rename(columns={time.name: "period"})
    found = found[found["period"].isin([str(p) for p in asked])]
    judged = judged_groups(found, [key.name for key in keys], this)
    return judged[judged["value"].notna() & (judged["n"] > 0)].reset_index(drop=True)


def judged_groups(found: pd.DataFrame, keys: Sequence[str], period: Period) -> pd.DataFrame:
    """
    Judge each number of each group in a week, or month, against the twelve before.

    Parameters
    ----------
    found
        What `summarise` returned by ``period`` and `keys`. A period in it in which a group has no row counts as
        nothing.
    keys
        Columns that make a group.
    period
        The week or month to judge.

    Returns
    -------
    pandas.DataFrame
        A row a group and number: `keys`, ``number``, then the columns of `verdicts` from ``value`` on.
    """
    columns = [*keys, "number"]
    periods = [*dict.fromkeys(found["period"])]
    judged = []
    for names, rows in found.groupby(columns, sort=False, dropna=False):
        number = CATALOGUE[str(names[-1])]
        over_time = rows.set_index("period").reindex([*periods, *({str(period)} - {*periods})])
        over_time["n"] = over_time["n"].fillna(0)
        if number.statistic == "count":
            over_time.loc[periods, "value"] = over_time.loc[periods, "value"].fillna(0.0)
        judged.append(dict(zip(columns, names, strict=True)) | judge(over_time.reset_index(), period, number))
    return pd.DataFrame(judged, columns=[*columns, *JUDGED]).astype({"is_better": object})


def _parsed(periods: Sequence[Period | str]) -> list[Period]:
    """Return periods of one kind, the earliest first."""
    if isinstance(periods, str | Week | Month) or not periods:
        raise UsageError(
            f"periods {periods!r} is no list of periods; name at least one, such as ['2026-W47']."
        )
    asked = [parse_period(str(period)) for period in periods]
    if len({type(period) for period in asked}) > 1:
        raise UsageError(
            f"{asked[0]} and {next(p for p in asked if type(p) is not type(asked[0]))} are a week and a "
            "month; name periods of one kind."
        )
    return sorted(asked)


def _by(period: Period) -> Grouping:
    return month if isinstance(period, Month) else iso_week
