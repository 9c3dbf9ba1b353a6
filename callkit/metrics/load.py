"""When calls come in: offered calls per open hour of a week or month.

Only real open hours count: bank holidays are closed, the hour that spring skips is none, the one that autumn repeats
is two, and an hour that is open for a part of its minutes counts for that part.

The cells of a week, or of a calendar month, are judged against the twelve before it by XmR limits at three sigma that
are never narrower than chance alone (Poisson) would spread the calls; so a cell with fewer than about five calls is
judged by its Poisson limits. All twelve must be in the data; a cell that was closed in up to two of them, as on a bank
holiday, is judged from the others. Every cell is a comparison of its own: in simulations of weeks 0.1 % of ordinary
cells fall outside where calls come by chance alone, about 1 % where they come in bursts. Of 54 open hours that frames
one cell in every second to twentieth week without a cause.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from callkit import clock
from callkit.metrics import terms
from callkit.metrics.engine import answers, collected, n_where
from callkit.metrics.judging import BASELINE
from callkit.metrics.limits import count_limits
from callkit.metrics.sources import Sources, between, calls_table, sources, span
from callkit.opening import OpeningHours, known_hours
from callkit.periods import Month

_WEEK = timedelta(weeks=1)
_LEAST_BEFORE = BASELINE - 2
_VERDICT = ("usual_low", "usual_high", "verdict")
_UNJUDGED = (np.nan, np.nan, "none")
_QUARTER = 900
_HOURS = np.arange(24)
_CELLS = 7 * 24


def arrivals(
    calls: Any,
    opening: OpeningHours,
    since: str | date,
    until: str | date,
    *,
    time_zone: str = "Europe/London",
) -> pd.DataFrame:
    """
    Count offered calls by weekday and hour of arrival, per hour that was really open.

    Parameters
    ----------
    calls
        Tables, a calls frame, a lake or an Ibis table.
    opening
        Opening hours and bank holidays.
    since, until
        First date, and the date after the last one.
    time_zone
        IANA zone of the wall clock.

    Returns
    -------
    pandas.DataFrame
        168 rows, Monday 00:00 first: ``weekday`` (0 is Monday), ``hour``, ``n`` (offered calls while open),
        ``n_outside`` (offered calls of that hour while closed, bank holidays included; all `n` and `n_outside` add
        up to the calls offered), ``n_open_hours``, ``per_open_hour`` (null where closed), ``is_open``,
        ``n_before`` (open ones of the twelve weeks or months before; 0 where not all twelve are in the data, or the
        span is neither one week nor one month), ``usual_low``, ``usual_high`` (of ``per_open_hour``) and ``verdict``
        (``usual``, ``high``, ``low``, or ``none`` where the cell is closed or fewer than ten of them were open).

    Raises
    ------
    UsageError
        `until` is not after `since`, or `opening` is not opening hours.
    """
    begin, end = span(since, until)
    starts = _starts(begin, end)
    first, blocks = starts[0], len(starts)
    counted = _counted(calls, known_hours(opening), first, end)
    hours = open_hours(opening, first, end, time_zone)
    counted["block"] = _block(counted["day"], starts)
    hours["block"] = _block(hours["day"], starts)
    inside, outside = counted[counted["is_open"]], counted[~counted["is_open"]]
    n, n_outside = _cells(inside, "n", blocks), _cells(outside, "n", blocks)[-1]
    exposure = _cells(hours, "hours", blocks)
    present = np.bincount(counted["block"], counted["n_any"], blocks) > 0
    cells = pd.DataFrame({"weekday": np.repeat(np.arange(7), 24), "hour": np.tile(_HOURS, 7)})
    cells["n"], cells["n_outside"] = n[-1].astype(int), n_outside.astype(int)
    cells["n_open_hours"], cells["is_open"] = exposure[-1], exposure[-1] > 0
    cells["per_open_hour"] = cells["n"] / cells["n_open_hours"].where(cells["is_open"])
    cells["n_before"] = (exposure[:-1] > 0).sum(axis=0) if blocks > 1 and present[:-1].all() else 0
    judged = [
        _judged(n[:, k], exposure[:, k]) if enough else _UNJUDGED
        for k, enough in enumerate(cells["n_before"] >= _LEAST_BEFORE)
    ]
    cells[[*_VERDICT]] = pd.DataFrame(judged, columns=_VERDICT)
    return cells


def added(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the `arrivals` of several stretches of days together, without a verdict."""
    found = parts[0].assign(n_before=0)
    found[[*_VERDICT]] = [_UNJUDGED] * len(found)
    for column in ("n", "n_outside", "n_open_hours"):
        found[column] = sum(part[column] for part in parts)
    found["is_open"] = found["n_open_hours"] > 0
    found["per_open_hour"] = found["n"] / found["n_open_hours"].where(found["is_open"])
    return found


def offered_load(
    calls: Any,
    opening: OpeningHours,
    since: str | date,
    until: str | date,
    *,
    time_zone: str = "Europe/London",
) -> pd.DataFrame:
    """
    Return the talk that was offered by weekday and hour of arrival, in Erlangs per hour that was really open.

    Offered load is calls an hour × mean talk: the callers who would talk at once had nobody been missed. The mean is
    that of all answered inbound calls of the span, as those of a single hour are too few to tell it.

    Parameters
    ----------
    calls
        Tables, a calls frame, a lake or an Ibis table.
    opening
        Opening hours and bank holidays.
    since, until
        First date, and the date after the last one.
    time_zone
        IANA zone of the wall clock.

    Returns
    -------
    pandas.DataFrame
        168 rows, Monday 00:00 first: ``weekday`` (0 is Monday), ``hour``, ``n`` (offered calls while open),
        ``n_open_hours``, ``is_open``, ``talk_s`` (the mean, in seconds; the same in all rows) and ``erlangs`` (null
        where closed, or where nobody talked).

    Raises
    ------
    UsageError
        `until` is not after `since`, or `opening` is not opening hours.
    """
    cells = arrivals(calls, opening, since, until, time_zone=time_zone)
    table = calls_table(between(calls, since, until))
    talk_s = collected(table.filter(terms.answered(table)).agg(mean=table.talk_s.mean()))["mean"].iloc[0]
    cells["talk_s"] = float("nan") if pd.isna(talk_s) else float(talk_s)
    cells["erlangs"] = cells["per_open_hour"] * cells["talk_s"] / 3600
    return cells[["weekday", "hour", "n", "n_open_hours", "is_open", "talk_s", "erlangs"]]


def _starts(begin: date, end: date) -> list[date]:
    """Return the first dates of the twelve weeks or months before a span, and of itself; else only its own."""
    if end - begin == _WEEK:
        return [begin - back * _WEEK for back in range(BASELINE, -1, -1)]
    month = Month.of(begin)
    if (month.start, month.end) == (begin, end):
        return [month.shift(-back).start for back in range(BASELINE, -1, -1)]
    return [begin]


def _block(days: pd.Series, starts: list[date]) -> np.ndarray:
    return np.searchsorted(pd.DatetimeIndex(starts).as_unit("us"), days.to_numpy(), side="right") - 1


def _counted(calls: Any, opening: OpeningHours, first: date, until: date) -> pd.DataFrame:
    """Count the calls of each minute that has any, offered ones and all, and tell which minutes were open."""
    given = sources(between(calls, first, until))
    (grouped,) = answers(given, _by_minute)
    found: pd.DataFrame = grouped.astype({"day": "datetime64[us]", "minute": "int64"})
    spans = {day: opening.on(day.date()) for day in found["day"].unique()}
    found["is_open"] = [
        any(opens <= minute < closes for opens, closes in spans[day])
        for day, minute in zip(found["day"], found["minute"], strict=True)
    ]
    found["is_open"] = found["is_open"].astype(bool)
    found["hour"] = found["minute"] // 60
    return found


def _by_minute(given: Sources) -> list[Any]:
    when = given.calls.started_local
    table = given.calls.select(
        day=when.truncate("D"),
        minute=when.hour().cast("int64") * 60 + when.minute(),
        is_offered=terms.offered(given.calls),
    )
    return [table.group_by(["day", "minute"]).agg(n=n_where(table.is_offered), n_any=table.count())]


def open_hours(opening: OpeningHours, first: date, until: date, time_zone: str) -> pd.DataFrame:
    """
    Say how long each clock hour of each date was open, in hours that really passed.

    Returns
    -------
    pandas.DataFrame
        A row a date and hour: ``day``, ``hour`` and ``hours``, 0 to 1, and 2 for the hour that autumn repeats.
    """
    ends = np.array([clock.midnight(first), clock.midnight(until)], dtype="datetime64[s]").astype("int64")
    start, end = clock.to_utc(ends, time_zone)
    wall = clock.to_wall(np.arange(start, end, _QUARTER), time_zone)
    passed = np.bincount((wall - ends[0]) // 3600, minlength=(ends[1] - ends[0]) // 3600) * _QUARTER / 3600
    days = pd.date_range(first, until, inclusive="left", unit="us")
    minutes = np.zeros((len(days), 24))
    for row, day in enumerate(days):
        for opens, closes in opening.on(day.date()):
            minutes[row] += np.clip(
                np.minimum(closes, _HOURS * 60 + 60) - np.maximum(opens, _HOURS * 60), 0, None
            )
    hours = minutes.ravel() / 60 * passed
    return pd.DataFrame({"day": days.repeat(24), "hour": np.tile(_HOURS, len(days)), "hours": hours})


def _cells(rows: pd.DataFrame, column: str, blocks: int) -> np.ndarray:
    place = (rows["block"] * 7 + rows["day"].dt.day_of_week) * 24 + rows["hour"]
    return np.bincount(place, rows[column], blocks * _CELLS).reshape(blocks, _CELLS)


def _judged(n: np.ndarray, exposure: np.ndarray) -> tuple[float, float, str]:
    if not exposure[-1]:
        return _UNJUDGED
    before = np.flatnonzero(exposure[:-1] > 0)
    limits = count_limits(n[before], exposure[before], exposure[-1])
    rate = n[-1] / exposure[-1]
    verdict = "high" if rate > limits.high else "low" if rate < limits.low else "usual"
    return limits.low, limits.high, verdict
