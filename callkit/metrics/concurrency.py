"""How many calls go on at once: callers talking, callers waiting, and lines taken.

- **talking**: answered inbound calls, from the answer on.
- **waiting**: offered calls, from the end of the menu to the answer, the voicemail or the end.
- **lines**: all calls in either direction, from start to end.

The mean of calls at once over an hour is the traffic carried, in Erlangs.
"""

from datetime import date
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from callkit.errors import UsageError
from callkit.metrics import sweep
from callkit.metrics.engine import answers, n_where
from callkit.metrics.sources import Sources, nearest, sources

Kind = Literal["talking", "waiting", "lines"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_STRETCHES = (sweep.talking, sweep.waiting, sweep.lines)


def concurrency(data: Any, *, since: date | None = None, until: date | None = None) -> pd.DataFrame:
    """
    Count the calls that went on at once in each clock hour.

    Parameters
    ----------
    data
        Tables, a calls frame, a lake or an Ibis table.
    since, until
        First date, and the date after the last one; None: all there is. Calls that began before are seen.

    Returns
    -------
    pandas.DataFrame
        A row a clock hour and kind, in order, for the hours in which a call began or went on: ``kind`` (``talking``,
        ``waiting``, ``lines``), ``hour_at`` (the instant it begins; the hour that autumn repeats is two),
        ``hour_local``, ``mean`` (calls at once over the hour: Erlangs), ``peak`` (most at once) and ``peak_at`` (the
        instant it was first reached; null where `peak` is 0). ``attrs["n_null"]`` counts by kind the calls of all
        the data whose times are not known.
    """
    counted, placed, unknown = answers(sources(data, since=since, until=until), _by_hour)
    hours = placed.sort_values("hour_ms")[["hour_ms", "hour_local"]]
    every = pd.DataFrame({"kind": range(len(KINDS))}).merge(hours, how="cross")
    rows = every.merge(counted, how="left", on=["kind", "hour_ms"]).fillna({"busy_ms": 0, "peak": 0})
    peak_ms = (rows["hour_ms"] + rows["peak_ms"]).where(rows["peak"] > 0)
    table = pd.DataFrame(
        {
            "kind": np.array(KINDS)[rows["kind"].astype(int)],
            "hour_at": _instants(rows["hour_ms"]),
            "hour_local": rows["hour_local"].astype("datetime64[us]"),
            "mean": rows["busy_ms"].astype(float) / sweep.HOUR_MS,
            "peak": rows["peak"].astype("int64"),
            "peak_at": _instants(peak_ms),
        }
    )
    table.attrs["n_null"] = {kind: int(unknown[kind].iloc[0]) for kind in KINDS}
    return table


def _instants(milliseconds: pd.Series) -> pd.Series:
    return pd.to_datetime(milliseconds, unit="ms", utc=True).astype("datetime64[us, UTC]")


def _cut(given: Sources) -> tuple[Any, Any]:
    calls = sweep.begun(given.calls, {})
    parts = [sweep.pieces(calls, stretch, kind, ()) for kind, stretch in enumerate(_STRETCHES)]
    cut = parts[0].union(*parts[1:])
    return calls, cut


def _by_hour(given: Sources) -> list[Any]:
    calls, cut = _cut(given)
    began = calls.group_by("hour_ms").agg(own=calls.h.max())
    went_on = cut.group_by("hour_ms").agg(other=cut.h.max())
    both = began.outer_join(went_on, "hour_ms")
    hours = both.select(
        hour_ms=both.hour_ms.fill_null(both.hour_ms_right),
        hour_local=sweep.wall(both.own.fill_null(both.other)),
    )
    unknown = {}
    for kind, stretch in zip(KINDS, _STRETCHES, strict=True):
        which, start_ms, end_ms = stretch(calls)
        lasted_ms = end_ms - start_ms
        unknown[kind] = n_where(which & lasted_ms.isnull())  # noqa: PD003
    hours = hours.filter(sweep.asked(hours.hour_local, given))
    return [sweep.swept(cut, ()), hours, calls.agg(**unknown)]


def peaks(table: pd.DataFrame) -> pd.DataFrame:
    """
    Return the most calls at once, and when.

    Parameters
    ----------
    table
        What `concurrency` returns.

    Returns
    -------
    pandas.DataFrame
        A row a kind that occurs: ``kind``, ``peak``, ``peak_at`` and ``hour_local`` (the clock hour), of equal peaks
        the first.
    """
    reached = table[table["peak"] > 0].sort_values(["peak", "hour_at"], ascending=[False, True])
    firsts = reached.drop_duplicates("kind").sort_values("kind", key=lambda kinds: kinds.map(KINDS.index))
    return firsts[["kind", "peak", "peak_at", "hour_local"]].reset_index(drop=True)


def time_at(
    data: Any, kind: Kind = "talking", *, since: date | None = None, until: date | None = None
) -> pd.DataFrame:
    """
    Return how long how many calls went on at once.

    Parameters
    ----------
    data
        Tables, a calls frame, a lake or an Ibis table.
    kind
        ``talking``, ``waiting`` or ``lines``.
    since, until
        First date, and the date after the last one; None: all there is.

    Returns
    -------
    pandas.DataFrame
        A row a number of calls, from 0 to the peak: ``n_at_once``, ``seconds`` and ``share`` of the clock hours in
        which any call began or went on.

    Raises
    ------
    UsageError
        The kind is not known.
    """
    counted, hours = answers(sources(data, since=since, until=until), _time_at, KINDS.index(known_kind(kind)))
    total_s = len(hours) * sweep.HOUR_MS / 1000
    if not total_s:
        return pd.DataFrame({"n_at_once": np.array([], int), "seconds": np.array([]), "share": np.array([])})
    counted = counted[counted["hour_ms"].isin(hours["hour_ms"])]
    seconds = np.bincount(counted["n"].astype("int64"), counted["lasts_ms"].astype(float) / 1000, 1)
    seconds[0] = total_s - seconds.sum()
    return pd.DataFrame(
        {"n_at_once": np.arange(len(seconds)), "seconds": seconds, "share": seconds / total_s}
    )


def _time_at(given: Sources, kind: int) -> list[Any]:
    _, hours, _ = _by_hour(given)
    rows = sweep.steps(sweep.pieces(sweep.begun(given.calls, {}), _STRETCHES[kind], kind, ()), ())
    lasts = rows.mutate(lasts_ms=sweep.lasts(rows, ()))
    lasts = lasts.filter(lasts.n > 0)
    return [lasts.group_by(["hour_ms", "n"]).agg(lasts_ms=lasts.lasts_ms.cast("float64").sum()), hours]


def known_kind(kind: str) -> Kind:
    """
    Return a kind as it was given.

    Raises
    ------
    UsageError
        It is not known.
    """
    for known in KINDS:
        if kind == known:
            return known
    raise UsageError(f"kind {kind!r} is not known{nearest(str(kind), KINDS)}")
