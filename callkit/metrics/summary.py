"""Any numbers of the catalogue by any grouping, each with what it was counted from and its uncertainty.

The engine counts (`callkit.metrics.counting`), its small answer is added up (`callkit.metrics.totals`) and lengthened
to a row a group and number. Intervals are widened by what days scatter more than independent calls would, measured
over up to thirteen weeks of the data (`callkit.metrics.dispersion`).
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, Unpack

import numpy as np
import pandas as pd

from callkit.errors import UsageError
from callkit.metrics.asking import Asked, Choices, expressions, options, told_by
from callkit.metrics.dispersion import History, day_number, history
from callkit.metrics.engine import answers
from callkit.metrics.frames import orders
from callkit.metrics.groupings import By, groupings
from callkit.metrics.placing import placed
from callkit.metrics.sources import Sources, raw_calls, sources
from callkit.metrics.totals import PARTS, Totals

VALUES = ("number", *PARTS)


def summarise(
    data: Any,
    numbers: str | Sequence[str] | None = None,
    by: By = None,
    *,
    since: str | date | None = None,
    until: str | date | None = None,
    dispersion: bool = True,
    **choices: Unpack[Choices],
) -> pd.DataFrame:
    """
    Take numbers of the catalogue over groups of calls.

    Parameters
    ----------
    data
        Tables, a calls frame, a lake or an Ibis table. Give all the calls there are, and name the period: the calls
        before tell which callers are new and how much days scatter, those after it who called again. For one service
        take its rows of `by`: of calls that are cut to it, call-backs and answers elsewhere are missing.
    numbers
        Names in the catalogue; default: all that the data can tell (rings need the events; numbers of hours are not
        taken by a column of many values, such as ``caller``).
    by
        A column of `calls`, a grouping (``hour_of_day``, ``weekday``, ``day``, ``iso_week``, ``month``), or a list of
        these; default: all calls are one group.
    since, until
        First date of the period, and the date after its last; default: all of the data.
    dispersion
        Whether to widen intervals by how much days scatter; False is quicker and takes calls as independent.
    **choices
        ``service_level_s``, ``short_abandon_s``, ``short_talk_s``, ``service_targets``: see `Choices`.

    Returns
    -------
    pandas.DataFrame
        A row a group and number, groups sorted with null last: the groups' columns, then ``number``, ``value``,
        ``numerator`` (of a mean, ratio or total the sum of its amounts; quantiles have none), ``n`` (rows it was
        taken from), ``low`` and ``high`` (95 % interval), ``method`` (of the interval), ``dispersion`` (by which n was
        divided; null where rows were taken as independent) and ``n_null`` (rows the record does not tell enough of).
        The value is null where n is 0, except counts, and where a number that mixes kinds of calls does not know
        enough of them. ``attrs["archive"]`` holds the first and last date with a call. With less than four whole
        weeks of data before `until` only shares have an interval, as of independent calls.

    Raises
    ------
    UsageError
        A number, a column, a period or a choice cannot be used.
    """
    groups = groupings(by)
    for group in groups:
        if group.name in VALUES:
            raise UsageError(f"by {group.name!r} is a column of the answer; rename it in the calls first.")
    given = sources(data, [g.name for g in groups if g.expression is None], since, until)
    asked = Asked(told_by(given, numbers, groups), groups, options(**choices), dispersion)
    return _summarised(given, asked, orders(raw_calls(data), [g.name for g in groups]))


def _summarised(given: Sources, asked: Asked, labels: dict[str, list[str]]) -> pd.DataFrame:
    (span, *frames) = answers(given, expressions, asked)
    first, last = (None if pd.isna(of) else of.date() for of in span.iloc[0])
    weeks = history(first, last, given.until) if asked.has_days else None
    found = _lengthened(frames, asked, given.since, weeks, labels)
    found.attrs["archive"] = (first, last)
    return found


def _lengthened(
    frames: list[pd.DataFrame],
    asked: Asked,
    since: date | None,
    weeks: History | None,
    labels: dict[str, list[str]],
) -> pd.DataFrame:
    names = list(asked.keys())
    answer = placed(frames, asked.keys(), None if since is None else day_number(since))
    taken: dict[str, dict[str, np.ndarray]] = {}
    first = 0
    for counting in asked.countings().values():
        own = slice(first, first := first + 1 + len(counting.by_value))
        totals = Totals(counting, answer.rows[own], answer.pools, weeks)
        taken |= {row.name: totals.number(row) for row in counting.rows}
    keys = answer.groups
    order = keys.index
    if names:
        by_label = {key: labels.get(group.name, []) for key, group in asked.keys().items()}
        ranked = pd.DataFrame({key: _ranked(keys[key], of) for key, of in by_label.items()})
        order = ranked.sort_values(names, na_position="last").index
    long = keys.loc[order.repeat(len(asked.rows))].reset_index(drop=True)
    long = long.rename(columns={key: group.name for key, group in asked.keys().items()})
    long["number"] = np.tile(np.array([row.name for row in asked.rows], dtype=object), len(keys))
    for part in PARTS:
        long[part] = np.column_stack([taken[row.name][part] for row in asked.rows])[order].ravel()
    return long.astype({"number": "str", "method": "str"})


def _ranked(keys: pd.Series, labels: list[str]) -> pd.Series:
    """Return what groups are sorted by: the place of ordered categories, else themselves."""
    return keys.map({label: place for place, label in enumerate(labels)}) if labels else keys
