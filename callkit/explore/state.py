"""What the explorer shows: a period and picked values, the calls they leave, and the counts beside each value.

No widget here: everything is a plain function of the calls and a `Choice`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import pandas as pd

from callkit.clock import midnight
from callkit.errors import NoDataError, UsageError
from callkit.look import words

PAGE = 50
NONE = ""
"""Stands for a missing value in picked values: `Choice` compares text only."""


class Facet(NamedTuple):
    """A column that calls can be picked by: what the control is called, and what its tooltip says."""

    column: str
    label: str
    tooltip: str


FACETS = (
    Facet("direction", "Direction", "Calls that came in, or calls we made"),
    Facet("service_name", "Service", "The group, queue or mailbox the call landed on"),
    Facet("did", "Line", "Our number the call came in on"),
    Facet("outcome", "Outcome", "How the call ended for the caller"),
)


class Preset(NamedTuple):
    """A period counted back from the last day of the data."""

    label: str
    tooltip: str
    days: int | None


PRESETS = (
    Preset("This week", "From Monday to the last day of the data", None),
    Preset("4 weeks", "The last 28 days of the data", 28),
    Preset("13 weeks", "The last 91 days of the data", 91),
)


@dataclass(frozen=True)
class Choice:
    """
    A view of the calls.

    Parameters
    ----------
    since, until
        First day, and the day after the last one, on the account's wall clock.
    picked
        For each column the values that stay; a column that is absent or has no values keeps all.
    """

    since: date
    until: date
    picked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def without(self, column: str) -> "Choice":
        """Return the same choice with every value of a column."""
        return replace(self, picked={name: values for name, values in self.picked.items() if name != column})


def span(calls: pd.DataFrame) -> tuple[date, date]:
    """
    Return the first and the last day of the data.

    Raises
    ------
    NoDataError
        No call has a readable date.
    """
    started = calls["started_local"]
    if not started.notna().any():
        raise NoDataError(
            "There are no calls to look at; fetch some with ck.sync(settings) and load them again."
        )
    return started.min().date(), started.max().date()


def preset(which: Preset, first: date, last: date) -> tuple[date, date]:
    """Return the first and last day of a preset, never earlier than the data begin."""
    length = last.weekday() + 1 if which.days is None else which.days
    return max(first, last - timedelta(days=length - 1)), last


def period(start: date | None, end: date | None, first: date, last: date) -> tuple[date, date]:
    """
    Return `since` and `until` (excluded) of two picked days, cut to the days the data cover.

    Raises
    ------
    UsageError
        A day is not set, the days are the wrong way round, or the data hold none of them.
    """
    held = f"the calls run from {words.day(first)} to {words.day(last)} {last.year}"
    if start is None or end is None:
        name = "first" if start is None else "last"
        raise UsageError(f"The {name} day is empty or not a date; {held}.")
    if start > end:
        raise UsageError(
            f"The first day, {words.day(start)}, is after the last day, {words.day(end)}; swap them."
        )
    if end < first or start > last:
        raise UsageError(
            f"There are no calls from {words.day(start)} to {words.day(end)} {end.year}; {held}."
        )
    return max(start, first), min(end, last) + timedelta(days=1)


def newest_first(calls: pd.DataFrame) -> pd.DataFrame:
    """Return the calls that have a readable date, the latest first."""
    return calls[calls["started_local"].notna()].sort_values("started_at", ascending=False, kind="stable")


def chosen(calls: pd.DataFrame, choice: Choice, *, whole_history: bool = False) -> pd.DataFrame:
    """
    Return the calls of a choice, in the order they came in.

    Parameters
    ----------
    calls
        Calls with `started_local` and the picked columns.
    choice
        The view.
    whole_history
        Leave the period out: the weeks before it tell what is usual.
    """
    return calls[_kept(calls, choice, whole_history=whole_history)]


def values(calls: pd.DataFrame, column: str) -> tuple[str, ...]:
    """Return every value a column holds, the most frequent first; `NONE` where it is missing."""
    return tuple(_named(value) for value in _tally(calls[column]).index)


def counts(calls: pd.DataFrame, choice: Choice, column: str) -> dict[str, int]:
    """Count the calls for each value of a column, all other picks and the period applied."""
    tally = _tally(calls[column][_kept(calls, choice.without(column))])
    return {_named(value): int(n) for value, n in tally.items()}


def page(calls: pd.DataFrame, number: int) -> pd.DataFrame:
    """Return one page of `PAGE` calls, from page 0."""
    return calls.iloc[number * PAGE : (number + 1) * PAGE]


def n_pages(n_calls: int) -> int:
    """Return how many pages so many calls fill."""
    return -(-n_calls // PAGE)


def steps(events: pd.DataFrame, call_key: str) -> pd.DataFrame:
    """Return the events of one call in their order."""
    return events[events["call_key"] == call_key].sort_values("position")


def _kept(calls: pd.DataFrame, choice: Choice, *, whole_history: bool = False) -> np.ndarray:
    keep = np.ones(len(calls), dtype=bool)
    if not whole_history:
        started = calls["started_local"]
        keep &= (started >= midnight(choice.since)).to_numpy() & (started < midnight(choice.until)).to_numpy()
    for column, values in choice.picked.items():
        if values:
            keep &= _is_one_of(calls[column], values)
    return keep


def _tally(column: pd.Series) -> pd.Series:
    tally = column.value_counts(dropna=False, sort=True)
    return tally[tally > 0]


def _is_one_of(column: pd.Series, values: tuple[str, ...]) -> np.ndarray:
    keep = column.isin([value for value in values if value != NONE])
    if NONE in values:
        keep |= column.isna()
    return np.asarray(keep, dtype=bool)


def _named(value: object) -> str:
    return value if isinstance(value, str) else NONE
