"""How often each extension rang and was answered, and how long its people talked.

Rings are those of `callkit.metrics.rings`: one call may ring several extensions, and one that is handed on is
answered by several. So sums over extensions, and over queues, count such a call more than once; they are not the
calls offered or answered.

**Answer rate** = answered ÷ (answered + unanswered rings), as Amazon Connect's agent answer rate. Rings at an engaged
extension, rings that a colleague answered and those the record tells nothing about are in neither.

The verdict is that of `callkit.metrics.against_others`. What rings where differs from group to group: name the groups,
and an extension is compared with the others of its own alone.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import ibis
import numpy as np
import pandas as pd

from callkit.clock import midnight, parse_date
from callkit.errors import UsageError
from callkit.metrics.against_others import Days, judged
from callkit.metrics.dispersion import History, day_number, history
from callkit.metrics.engine import answers, n_where
from callkit.metrics.estimates import Values
from callkit.metrics.groupings import ON_DAY, hour_of_day
from callkit.metrics.options import DEFAULTS
from callkit.metrics.rings import rings
from callkit.metrics.sources import Sources, between, sources

_WHO = ["agent_name", "agent_id"]
COUNTS = ("n_rings", "n_answered", "n_unanswered", "n_busy", "n_elsewhere", "n_unknown")
COLUMNS = (
    "group", *_WHO, *COUNTS, "answer_rate", "low", "high", "method", "dispersion", "others_rate", "p_adjusted",
    "verdict", "is_ranked", "ring_median_s", "talk_median_s", "talk_p90_s", "talk_total_s", "n_talk", "n_short",
    "short_rate",
)  # fmt: skip
HOURS = (*_WHO, "hour", *COUNTS, "share")


def people(
    data: Any,
    since: str | date | None = None,
    until: str | date | None = None,
    *,
    groups: Mapping[str, str] | None = None,
    short_talk_s: float = DEFAULTS.short_talk_s,
) -> pd.DataFrame:
    """
    Count the rings of each extension and what became of them.

    Parameters
    ----------
    data
        Tables, or a lake: calls with their events. Give all there is, and name the period: the weeks before it tell
        how much days scatter.
    since, until
        First date of the period, and the date after its last; default: all of the data.
    groups
        Group of each extension, by its id or name; those it does not name are one more. Default: all are one group.
    short_talk_s
        Seconds below which the talk of an answered call is short.

    Returns
    -------
    pandas.DataFrame
        A row an extension that rang in the period, by group and name and never by result: ``group``, ``agent_name``,
        ``agent_id`` (null where the record sends none); ``n_rings``, and of them ``n_answered``, ``n_unanswered``,
        ``n_busy`` (engaged), ``n_elsewhere`` (a colleague answered) and ``n_unknown``; ``answer_rate`` with ``low``
        and ``high`` (95 % interval, its ``method`` and ``dispersion``), ``others_rate`` (of all others of its group),
        ``p_adjusted`` and ``verdict`` (``usual``, ``high``, ``low``, or ``none``), ``is_ranked`` (false below 30
        answered and unanswered rings: then never set it against others); ``ring_median_s`` until it answered;
        ``talk_median_s``, ``talk_p90_s`` and ``talk_total_s`` of the ``n_talk`` answered rings whose talk is known,
        ``n_short`` of them below `short_talk_s`, and ``short_rate``.

    Raises
    ------
    UsageError
        The data hold no events, or an argument cannot be used.
    """
    if not isinstance(short_talk_s, (int, float)) or not short_talk_s >= 0:
        raise UsageError(f"short_talk_s {short_talk_s!r} is not a number of seconds, 0 or more.")
    given = _given(data, since, until)
    span, daily, seconds = answers(given, _expressions)
    first, last = (None if pd.isna(of) else of.date() for of in span.iloc[0])
    who = pd.Index(daily["who"].unique(), dtype="str")
    place = who.get_indexer(daily["who"])
    weeks = history(first, last, given.until)
    names = _named(daily, place)
    names["group"] = _groups(names, groups or {})
    found = names.join(_judged(daily, place, names["group"], weeks, given.since))
    for name in ("talk", "ring"):
        found = found.join(_seconds(seconds.dropna(subset=f"{name}_s"), who, name, short_talk_s))
    found = found[found["n_rings"] > 0].sort_values(["group", *_WHO], ignore_index=True)
    return found[list(COLUMNS)]


def by_hour(data: Any, since: str | date | None = None, until: str | date | None = None) -> pd.DataFrame:
    """
    Count the rings of each extension by the hour of the day their call began in.

    Parameters
    ----------
    data, since, until
        As for `people`.

    Returns
    -------
    pandas.DataFrame
        A row an extension and hour in which it rang: ``agent_id``, ``agent_name``, ``hour``, the counts of `people`,
        and ``share`` (of all answered rings of that hour, its own; null where nobody answered).

    Raises
    ------
    UsageError
        The data hold no events.
    """
    (rows,) = answers(_given(data, since, until), _hourly)
    who = pd.Index(rows["who"].unique(), dtype="str")
    names = _named(rows, who.get_indexer(rows["who"])).set_index(who)
    found = rows.drop(columns=_WHO).join(names, on="who").astype(dict.fromkeys(["hour", *COUNTS], int))
    total = found.groupby("hour")["n_answered"].transform("sum")
    found["share"] = found["n_answered"] / total.where(total > 0)
    return found.sort_values([*_WHO, "hour"], ignore_index=True)[list(HOURS)]


def _given(data: Any, since: str | date | None, until: str | date | None) -> Sources:
    begin = parse_date(since, "since") if since else None
    end = parse_date(until, "until") if until else None
    given = sources(data, (), begin, end)
    if given.events is None:
        raise UsageError(
            "people need the events; pass the Tables of ck.load or ck.tidy, or a lake of ck.open."
        )
    return given


def _expressions(given: Sources) -> list[Any]:
    """Return what to ask for: the span of the calls, counts by extension and day, and by seconds."""
    started = given.calls.started_local
    rows = _rings(given._replace(since=None))
    of_period = rows
    if given.since is not None:
        of_period = rows.filter(rows[ON_DAY] >= ibis.literal(midnight(given.since), "timestamp"))
    answered = of_period.filter(of_period.is_answered)
    return [
        given.calls.agg(first=started.min(), last=started.max()),
        rows.group_by(["who", ON_DAY]).agg(**_counts(rows)),
        answered.group_by(["who", "talk_s", "ring_s"]).agg(times=answered.count()),
    ]


def _hourly(given: Sources) -> list[Any]:
    rows = _rings(given)
    rows = rows.mutate(hour=hour_of_day.of(rows))
    return [rows.group_by(["who", "hour"]).agg(**_counts(rows))]


def _rings(given: Sources) -> Any:
    rows = rings(given._replace(calls=between(given.calls, given.since, given.until)), {})
    return rows.mutate(who=ibis.coalesce(rows.who, ""))


def _counts(rows: Any) -> dict[str, Any]:
    counted = {
        "n_answered": rows.is_answered,
        "n_unanswered": rows.is_unanswered,
        "n_busy": rows.is_busy,
        "n_elsewhere": ~rows.is_answered & ~rows.is_unanswered & ~rows.is_busy,
        "n_unknown": rows.is_answered.isnull(),  # noqa: PD003
    }
    names = {name: rows[name].max() for name in _WHO}
    return {"n_rings": rows.count()} | {name: n_where(of) for name, of in counted.items()} | names


def _named(rows: pd.DataFrame, place: np.ndarray) -> pd.DataFrame:
    """Return id and name of each extension; of several names the last by the alphabet."""
    return rows.groupby(place)[_WHO].max()


def _groups(names: pd.DataFrame, groups: Mapping[str, str]) -> "pd.Series[Any]":
    known = {
        who: getattr(group, "group", group) for who, group in groups.items()
    }  # also [agents] of the settings
    of = {key: names[key].map(known) for key in _WHO}
    return of["agent_id"].fillna(of["agent_name"]).astype("str")


def _seconds(rows: pd.DataFrame, who: pd.Index, name: str, short_s: float) -> pd.DataFrame:
    """Return quantiles, total and counts of seconds by extension."""
    place = who.get_indexer(pd.Index(rows["who"]))
    of, times = rows[f"{name}_s"].to_numpy(float), rows["times"].to_numpy(int)
    values = Values(place, of, times, len(who))
    n_short = np.bincount(place, times * (of < short_s), len(who)).astype(int)
    some = np.where(values.n > 0, values.n, np.nan)
    found = {
        f"{name}_median_s": values.quantile(0.5),
        f"{name}_p90_s": values.quantile(0.9),
        f"{name}_total_s": np.bincount(place, of * times, len(who)) * some / some,
        f"n_{name}": values.n,
    }
    shorts = {"n_short": n_short, "short_rate": n_short / some} if name == "talk" else {}
    return pd.DataFrame(found | shorts)


def _judged(
    daily: pd.DataFrame,
    place: np.ndarray,
    group: "pd.Series[Any]",
    weeks: History | None,
    since: date | None,
) -> pd.DataFrame:
    """Return each extension's counts of the period, its answer rate, and whether that differs from the others'."""
    dates = daily[ON_DAY].to_numpy("datetime64[D]")
    day = np.where(np.isnat(dates), -1, dates.astype(int))  # a call without a date is of no period
    is_asked = np.ones(len(day)) if since is None else day >= day_number(since)
    counts = {name: np.bincount(place, daily[name].to_numpy(int) * is_asked).astype(int) for name in COUNTS}
    hits, missed = (daily[name].to_numpy(int) for name in ("n_answered", "n_unanswered"))
    rates = judged(Days.of(place, day, hits, hits + missed), pd.factorize(group)[0], weeks, since)
    return pd.DataFrame(counts).join(
        rates.rename(columns={"share": "answer_rate", "others_share": "others_rate"})
    )
