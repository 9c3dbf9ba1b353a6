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
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from callkit.errors import UsageError
from callkit.metrics.against_others import Days, judged
from callkit.metrics.dispersion import History, day_number, history
from callkit.metrics.engine import answers
from callkit.metrics.estimates import Values
from callkit.metrics.groupings import ON_DAY
from callkit.metrics.options import DEFAULTS
from callkit.metrics.ring_counts import COUNTS, WHO, counted, first_read, given_with_events, hourly, span

_RATE = (
    "answer_rate", "low", "high", "method", "dispersion", "others_rate", "p_adjusted", "verdict", "is_ranked",
)  # fmt: skip
COLUMNS = (
    "group", *WHO, *COUNTS, *_RATE, "ring_median_s", "talk_median_s", "talk_p90_s", "talk_total_s", "n_talk",
    "n_short", "short_rate",
)  # fmt: skip
HOURS = (*WHO, "hour", *COUNTS, "share")
GROUPS = ("group", "n_people", *COUNTS, *_RATE)


class Crew(NamedTuple):
    """
    Extensions, their groups, and all of them together.

    Parameters
    ----------
    people
        What `people` returns.
    groups
        A row a group, by name: ``group``, ``n_people`` (extensions that rang), and the counts and the rate of `people`
        over all rings of the group, each group judged against all others.
    everybody
        The same in one row, of everybody.
    """

    people: pd.DataFrame
    groups: pd.DataFrame
    everybody: pd.DataFrame


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
    return crew(data, since, until, groups=groups, short_talk_s=short_talk_s).people


def crew(
    data: Any,
    since: str | date | None = None,
    until: str | date | None = None,
    *,
    groups: Mapping[str, str] | None = None,
    short_talk_s: float = DEFAULTS.short_talk_s,
) -> Crew:
    """
    Count the rings of extensions, of their groups and of all together.

    Parameters
    ----------
    data, since, until, groups, short_talk_s
        As for `people`.

    Raises
    ------
    UsageError
        As for `people`.
    """
    if not isinstance(short_talk_s, (int, float)) or not short_talk_s >= 0:
        raise UsageError(f"short_talk_s {short_talk_s!r} is not a number of seconds, 0 or more.")
    given = given_with_events(data, since, until)
    (ends,) = answers(given, span)
    first, last = (None if pd.isna(of) else of.date() for of in ends.iloc[0])
    weeks = history(first, last, given.until)
    (rows,) = answers(given, counted, first_read(given.since, weeks))
    daily, seconds = rows[rows["times"].isna()], rows[rows["times"].notna()]
    who = pd.Index(daily["who"].unique(), dtype="str")
    place = who.get_indexer(daily["who"])
    names = _named(daily, place)
    names["group"] = _groups(names, groups or {})
    found = names.join(_judged(daily, place, names["group"], weeks, given.since))
    for name in ("talk", "ring"):
        found = found.join(_seconds(seconds.dropna(subset=f"{name}_s"), who, name, short_talk_s))
    found = found[found["n_rings"] > 0].sort_values(["group", *WHO], ignore_index=True)
    code, labels = pd.factorize(names["group"], use_na_sentinel=False)
    sizes = found.groupby("group", dropna=False).size().reindex(labels, fill_value=0)
    by_group = _together(daily, code[place], weeks, given.since).assign(
        group=labels, n_people=sizes.to_numpy()
    )
    by_group = by_group[by_group["n_rings"] > 0].sort_values("group", ignore_index=True)
    everybody = _together(daily, 0 * place, weeks, given.since).assign(group=None, n_people=len(found))
    return Crew(
        found[list(COLUMNS)], by_group[list(GROUPS)], everybody[list(GROUPS)].astype({"group": "str"})
    )


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
    (rows,) = answers(given_with_events(data, since, until), hourly)
    who = pd.Index(rows["who"].unique(), dtype="str")
    names = _named(rows, who.get_indexer(rows["who"])).set_index(who)
    found = rows.drop(columns=WHO).join(names, on="who").astype(dict.fromkeys(["hour", *COUNTS], int))
    total = found.groupby("hour")["n_answered"].transform("sum")
    found["share"] = found["n_answered"] / total.where(total > 0)
    return found.sort_values([*WHO, "hour"], ignore_index=True)[list(HOURS)]


def _named(rows: pd.DataFrame, place: np.ndarray) -> pd.DataFrame:
    """Return id and name of each extension; of several names the last by the alphabet."""
    return rows.groupby(place)[WHO].max()


def _groups(names: pd.DataFrame, groups: Mapping[str, str]) -> "pd.Series[Any]":
    known = {
        who: getattr(group, "group", group) for who, group in groups.items()
    }  # also [agents] of the settings
    of = {key: names[key].map(known) for key in WHO}
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


def _together(
    daily: pd.DataFrame, place: np.ndarray, weeks: History | None, since: date | None
) -> pd.DataFrame:
    """Return the counts and rates of several extensions together, all judged against the others."""
    members = pd.Series([""] * (int(place.max(initial=-1)) + 1))
    return _judged(daily, place, members, weeks, since)


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
