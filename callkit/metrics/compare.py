"""What changed from one period to another, and whether that is unusual.

A difference carries Newcombe's interval: the squares of the distances between each value and the end of its own
interval are added (for numbers that are no shares the same is known as MOVER). Both periods' intervals are widened by
the same dispersion. Whether a change means anything is a question to the control chart, not to the two periods: weeks
are judged against the twelve before, see `callkit.metrics.signals`.

Newcombe, R. G. (1998), Interval estimation for the difference between independent proportions, Statistics in Medicine
17, 873–890, method 10; Donner, A. and Zou, G. Y. (2012), Closed-form confidence intervals for functions of the normal
mean and standard deviation, Statistical Methods in Medical Research 21, 347–359.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple, Unpack

import ibis
import numpy as np
import pandas as pd

from callkit.clock import midnight, parse_date
from callkit.errors import UsageError
from callkit.metrics import judging, signals
from callkit.metrics.asking import Choices, options, told_by
from callkit.metrics.catalogue import CATALOGUE
from callkit.metrics.groupings import By, Grouping, groupings, iso_week
from callkit.metrics.sources import sources
from callkit.metrics.summary import VALUES, summarise
from callkit.periods import Week

PeriodLike = str | Week | tuple[str | date, str | date]
COLUMNS = (
    "number", "before", "n_before", "after", "n_after", "difference", "low", "high", "method", "usual_low",
    "usual_high", "verdict", "rule", "is_better",
)  # fmt: skip
_RESERVED = {*COLUMNS, *VALUES, *judging.JUDGED, "period"}
_ADDING_UP = ("count", "total", "largest")
_WEEKEND = 2  # days without a call after which a week may still be over
_JUDGED = ("usual_low", "usual_high", "verdict", "rule", "is_better")


class _Period(NamedTuple):
    since: date
    until: date
    week: Week | None


def compare(
    data: Any,
    before: PeriodLike,
    after: PeriodLike,
    numbers: str | Sequence[str] | None = None,
    by: By = None,
    **choices: Unpack[Choices],
) -> pd.DataFrame:
    """
    Compare numbers of two periods.

    Parameters
    ----------
    data
        Tables, a calls frame, a lake or an Ibis table, with the weeks before too: they tell what is usual.
    before, after
        ISO weeks such as ``2026-W47``, or pairs of a first date and the date after the last one.
    numbers, by
        As of `callkit.metrics.summary.summarise`; groups cannot be periods.
    **choices
        See `callkit.metrics.asking.Choices`.

    Returns
    -------
    pandas.DataFrame
        A row a group and number: the groups' columns, ``number``, ``before``, ``n_before``, ``after``, ``n_after``,
        ``difference`` (after − before; of counts and totals too, so take periods of one length), ``low`` and ``high``
        (its 95 % interval, null where a value has none), ``method``, then of the later period ``usual_low``,
        ``usual_high``, ``verdict`` (``usual``, ``high``, ``low``, or ``none`` where it is no week, has not twelve weeks
        before it or limits no share can leave; none either of counts and totals of a week whose last three days hold
        no call yet), ``rule`` and ``is_better``.

    Raises
    ------
    UsageError
        A period cannot be read, the two overlap, or a number, group or choice cannot be used.

    Examples
    --------
    >>> float(difference_interval(48 / 80, 56 / 70, (0.4904, 0.7005), (0.6912, 0.8767))[0].round(2))
    0.05
    """
    options(**choices)
    earlier, later = _period(before, "before"), _period(after, "after")
    if earlier.since < later.until and later.since < earlier.until:
        raise UsageError(f"before {before} and after {after} overlap; name two periods that do not.")
    groups = groupings(by)
    for group in groups:
        if group.name in _RESERVED or group.name.endswith(("_before", "_after")):
            raise UsageError(f"by {group.name!r} is a name the answer needs; rename it in the calls first.")
        if group.is_period:
            raise UsageError(f"by {group.name!r} is a stretch of time itself; group by something else.")
    keys = [*(g.name for g in groups), "number"]
    both = _both(data, earlier, later, numbers, groups, choices)
    judged = _judged(data, later, numbers, groups, choices)
    found = _differences(both).merge(judged[[*keys, *_JUDGED]], how="left", on=keys)
    found = found.fillna({"verdict": "none", "rule": "", "method": ""})
    found["is_better"] = found["is_better"].astype(object).where(found["is_better"].notna(), None)
    return found[[*keys[:-1], *COLUMNS]].astype({"verdict": "str", "rule": "str"})


def difference_interval(
    before: Any, after: Any, before_ends: tuple[Any, Any], after_ends: tuple[Any, Any]
) -> tuple[Any, Any]:
    """Return the ends of the interval of a difference, after − before, from the two values and their intervals."""
    difference = after - before
    below = np.hypot(after - after_ends[0], before_ends[1] - before)
    above = np.hypot(after_ends[1] - after, before - before_ends[0])
    return difference - below, difference + above


def _period(of: PeriodLike, what: str) -> _Period:
    if isinstance(of, tuple | list) and not isinstance(of, Week):
        if len(of) != 2:
            raise UsageError(f"{what} {of!r} is no pair of a first date and the date after the last one.")
        since, until = (parse_date(day, what) for day in of)
        if until <= since:
            raise UsageError(f"{what} {since} to {until}: the second date is not after the first one.")
        return _Period(since, until, None)
    week = Week.parse(str(of))
    return _Period(week.start, week.end, week)


def _both(
    data: Any,
    earlier: _Period,
    later: _Period,
    numbers: str | Sequence[str] | None,
    groups: tuple[Grouping, ...],
    choices: Choices,
) -> pd.DataFrame:
    """Return the numbers of both periods beside each other; a count of a group without calls is none."""

    def which(table: Any) -> Any:
        at = table.started_local
        inside = [
            (
                (at >= ibis.literal(midnight(p.since), "timestamp"))
                & (at < ibis.literal(midnight(p.until), "timestamp")),
                name,
            )
            for name, p in (("before", earlier), ("after", later))
        ]
        return ibis.cases(*inside, else_="between")

    period = Grouping("period", "Period", which, is_period=True, is_clock=True)
    since, until = min(earlier.since, later.since), max(earlier.until, later.until)
    found = summarise(data, numbers, [*groups, period], since=since, until=until, **choices)
    keys = [*(g.name for g in groups), "number"]
    one, two = (found[found["period"] == name].drop(columns="period") for name in ("before", "after"))
    both = one.merge(two, how="outer", on=keys, suffixes=("_before", "_after"), sort=False)
    order = {row.name: place for place, row in enumerate(told_by(sources(data), numbers, groups))}
    if not groups:
        both = both.set_index("number").reindex(list(order)).reset_index()
    is_count = both["number"].map(lambda name: CATALOGUE[name].statistic == "count").astype(bool)
    for name, rows in (("before", one), ("after", two)):
        both[f"n_{name}"] = both[f"n_{name}"].fillna(0).astype("int64")
        value = both[f"value_{name}"]
        both[name] = value.mask(
            is_count & value.isna() & (len(rows) > 0), 0.0
        )  # no call at all: not known to be none
    return both.sort_values(
        keys,
        na_position="last",
        ignore_index=True,
        key=lambda of: of.map(order) if of.name == "number" else of,
    )


def _differences(both: pd.DataFrame) -> pd.DataFrame:
    ends = [(both[f"low_{name}"], both[f"high_{name}"]) for name in ("before", "after")]
    low, high = difference_interval(both["before"], both["after"], *ends)
    is_share = both["number"].map(lambda name: CATALOGUE[name].statistic == "share").astype(bool)
    method = np.where(is_share, "Newcombe", "MOVER") + " of " + both["method_after"].fillna("").astype(object)
    return both.assign(
        difference=both["after"] - both["before"], low=low, high=high, method=method.where(low.notna(), "")
    )


def _judged(
    data: Any,
    later: _Period,
    numbers: str | Sequence[str] | None,
    groups: tuple[Grouping, ...],
    choices: Choices,
) -> pd.DataFrame:
    """Return the verdicts on the later period, where it is a week."""
    keys = [g.name for g in groups]
    if later.week is None:
        return pd.DataFrame(columns=[*keys, "number", *_JUDGED])
    since = later.week.shift(-judging.BASELINE).start
    found = summarise(
        data, numbers, [iso_week, *groups], since=since, until=later.until, dispersion=False, **choices
    )
    judged = signals.judged_groups(found.rename(columns={"iso_week": "period"}), keys, later.week)
    last = found.attrs["archive"][1]
    if last is None or last < later.until - timedelta(days=1 + _WEEKEND):
        adds_up = judged["number"].map(lambda name: CATALOGUE[name].statistic in _ADDING_UP).astype(bool)
        judged.loc[adds_up, list(_JUDGED)] = [np.nan, np.nan, "none", "", None]
    return judged
