"""The hours of the day with the most calls at once, and the lines they need.

Two busy hours are usual: the clock hour with the most traffic of all, and the time-consistent one, the same hour of
every day, with the highest mean (ITU-T E.600). Plan lines by the time-consistent one: what one single hour reached is
partly chance.
"""

from datetime import date, timedelta

import pandas as pd

from callkit.clock import midnight
from callkit.metrics import goals
from callkit.metrics.concurrency import KINDS, Kind, known_kind
from callkit.metrics.load import open_hours
from callkit.opening import OpeningHours, known_hours

_ALWAYS = OpeningHours()


def by_hour_of_day(
    table: pd.DataFrame,
    opening: OpeningHours = _ALWAYS,
    *,
    since: date | None = None,
    until: date | None = None,
    time_zone: str = "Europe/London",
) -> pd.DataFrame:
    """
    Return how many calls went on at once at each hour of the day, over the days on which the business opened.

    Parameters
    ----------
    table
        What `concurrency` returns.
    opening
        Opening hours and bank holidays: a day with no open hour does not count, with what went on in it.
    since, until
        First date, and the date after the last one; None: those of the table.
    time_zone
        IANA zone of the wall clock.

    Returns
    -------
    pandas.DataFrame
        A row a kind and hour, 24 a kind: ``kind``, ``hour``, ``mean`` (calls at once, over all such hours that
        passed; null where none did), ``mean_peak`` (mean of each hour's peak), ``peak``, ``peak_at`` and ``n_hours``
        (clock hours that passed: autumn's repeated one is two, spring's skipped one none).
    """
    if table.empty and (since is None or until is None):
        return pd.DataFrame(columns=["kind", "hour", "mean", "mean_peak", "peak", "peak_at", "n_hours"])
    first = since or table["hour_local"].min().date()
    last = until or table["hour_local"].max().date() + timedelta(days=1)
    passed = open_hours(_ALWAYS, first, last, time_zone)
    opens = {day: bool(known_hours(opening).on(day.date())) for day in passed["day"].unique()}
    passed = passed[passed["day"].map(opens)]
    n_hours = passed.groupby("hour")["hours"].sum().reindex(range(24), fill_value=0.0)
    days = table["hour_local"].dt.normalize()
    inside = table[(days >= midnight(first)) & (days < midnight(last)) & days.map(opens).eq(True)]
    inside = inside.assign(hour=inside["hour_local"].dt.hour).sort_values(
        ["peak", "hour_at"], ascending=[False, True]
    )
    index = pd.MultiIndex.from_product([KINDS, range(24)], names=["kind", "hour"])
    grouped = inside.groupby(["kind", "hour"])
    found = grouped.agg(mean=("mean", "sum"), mean_peak=("peak", "sum"), peak=("peak", "max"))
    found = found.reindex(index, fill_value=0)
    found["peak_at"] = grouped["peak_at"].first().reindex(index)
    found["n_hours"] = n_hours.reindex(index.get_level_values("hour")).to_numpy()
    for name in ("mean", "mean_peak"):
        found[name] = found[name] / found["n_hours"].where(found["n_hours"] > 0)
    hours_of_day: pd.DataFrame = found.reset_index().astype({"peak": "int64"})
    return hours_of_day


def busy_hour(
    table: pd.DataFrame,
    kind: Kind = "lines",
    *,
    opening: OpeningHours = _ALWAYS,
    blocking: float = 0.01,
    time_zone: str = "Europe/London",
) -> pd.DataFrame:
    """
    Return the hours with the most traffic, and the lines it needs by Erlang B.

    Parameters
    ----------
    table
        What `concurrency` returns.
    kind
        ``lines``, ``talking`` or ``waiting``.
    opening
        Opening hours: days that are closed do not thin out the mean over days.
    blocking
        Share of calls that may find all lines taken.
    time_zone
        IANA zone of the wall clock.

    Returns
    -------
    pandas.DataFrame
        Two rows, none where no call went on: ``rule`` (``clock_hour``: the one hour with the most traffic;
        ``time_consistent``: the hour of the day with the highest mean over days), ``hour``, ``hour_local`` (null for
        the second), ``erlangs``, ``n_hours`` (how many hours the mean is over) and ``lines`` (fewest with at most
        `blocking` lost). Of equal hours the first. Calls are taken to come by chance, and what was carried for all
        that was offered: callers who found the lines engaged left no record.

    Raises
    ------
    UsageError
        The kind is not known, or `blocking` is not between 0 and 1.
    """
    rows = table[table["kind"] == known_kind(kind)]
    columns = ["rule", "hour", "hour_local", "erlangs", "n_hours"]
    if not rows["mean"].sum():
        return pd.DataFrame(columns=[*columns, "lines"])
    one = rows.iloc[int(rows["mean"].to_numpy().argmax())]
    days = by_hour_of_day(table, opening, time_zone=time_zone)
    days = days[days["kind"] == kind]
    found = [["clock_hour", one["hour_local"].hour, one["hour_local"], one["mean"], 1.0]]
    if days["mean"].sum():
        mean = days.iloc[int(days["mean"].fillna(-1.0).to_numpy().argmax())]
        found.append(["time_consistent", mean["hour"], pd.NaT, mean["mean"], mean["n_hours"]])
    hours = pd.DataFrame(found, columns=columns)
    return hours.assign(lines=goals.lines_for(hours["erlangs"].to_numpy(float), blocking))
