"""Any numbers of the catalogue by any grouping, each with what it was counted from and its uncertainty.

The engine counts (`callkit.metrics.counting`), its small answer is added up (`callkit.metrics.totals`) and lengthened
to a row a group and number. Rates carry Wilson's 95 % interval. Quantiles are taken from the counts per distinct value,
with numpy's linear interpolation.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from callkit.errors import UsageError
from callkit.metrics.catalogue import CATALOGUE, Number, Options
from callkit.metrics.counting import Counting
from callkit.metrics.engine import answers, calls_of, nearest
from callkit.metrics.grains import GRAINS, By, Grouping, groupings
from callkit.metrics.totals import PARTS, Totals, groups_of

VALUES = ("number", *PARTS)


def summarise(
    data: Any,
    numbers: str | Sequence[str] | None = None,
    by: By = None,
    *,
    service_level_s: float = 20,
    short_abandon_s: float = 5,
) -> pd.DataFrame:
    """
    Take numbers of the catalogue over groups of calls.

    Parameters
    ----------
    data
        Tables, a calls frame, a lake or an Ibis table.
    numbers
        Names in the catalogue; default: all of them.
    by
        A column of `calls`, a grouping (``hour_of_day``, ``weekday``, ``day``, ``iso_week``, ``month``), or a list of
        these; default: all calls are one group.
    service_level_s, short_abandon_s
        Seconds within which a call counts as answered in time, and within which an abandon is short (0: none is).

    Returns
    -------
    pandas.DataFrame
        A row a group and number, groups sorted with null last: the groups' columns, then ``number``, ``value``,
        ``numerator``, ``n`` (rows it was taken from), ``low`` and ``high`` (95 % interval; null where there is none),
        ``method`` of the interval, and ``n_null`` (rows left out because the record does not say). The value is null
        where n is 0, except counts, and where a number that mixes kinds of calls does not know enough of them. The
        numerator of a mean or total is the sum of its seconds; a quantile and a largest value have none.

    Raises
    ------
    UsageError
        A number, a column or an option cannot be used.
    """
    rows = chosen(numbers)
    options = Options(
        _seconds("service_level_s", service_level_s), _seconds("short_abandon_s", short_abandon_s)
    )
    groups = groupings(by)
    for group in groups:
        if group.name in VALUES:
            raise UsageError(f"by {group.name!r} is a column of the answer; rename it in the calls first.")
    calls = calls_of(data, [g.name for g in groups if g.expression is None])
    frames = answers(calls, _expressions, rows, groups, options)
    return _lengthened(frames, rows, groups)


def chosen(numbers: str | Sequence[str] | None) -> tuple[Number, ...]:
    """
    Return the catalogue's rows of some names, all of them by default.

    Raises
    ------
    UsageError
        A name is not in the catalogue.
    """
    names = CATALOGUE if numbers is None else [numbers] if isinstance(numbers, str) else numbers
    if not names:
        raise UsageError("numbers is empty; name some of the catalogue, or leave it out for all of them.")
    for name in names:
        if name not in CATALOGUE:
            raise UsageError(f"number {name!r} is not in the catalogue{nearest(str(name), CATALOGUE)}")
    return tuple(CATALOGUE[name] for name in dict.fromkeys(names))


def _seconds(name: str, value: float) -> float:
    if not isinstance(value, (int, float)) or not value >= 0:
        raise UsageError(f"{name} {value!r} is not a number of seconds, 0 or more.")
    return value


def _countings(rows: Sequence[Number], groups: Sequence[Grouping]) -> dict[str, Counting]:
    """Return what to count, by grain; with groups the calls come first, as the groups are theirs."""
    grains = dict.fromkeys([*(["call"] if groups else []), *(row.grain for row in rows)])
    return {grain: Counting([row for row in rows if row.grain == grain]) for grain in grains}


def _expressions(
    calls: Any, rows: tuple[Number, ...], groups: tuple[Grouping, ...], options: Options
) -> list[Any]:
    of_calls = {g.name: g.expression(calls) if g.expression else calls[g.name] for g in groups}
    periods = [g.name for g in groups if g.is_period]
    found = []
    for grain, counting in _countings(rows, groups).items():
        table, columns = calls, of_calls
        if grain != "call":
            table = GRAINS[grain](calls, of_calls, periods)
            columns = {name: table[name] for name in of_calls}
        found += counting.expressions(table, columns, options)
    return found


def _lengthened(
    frames: list[pd.DataFrame], rows: Sequence[Number], groups: Sequence[Grouping]
) -> pd.DataFrame:
    names = [g.name for g in groups]
    keys, places = groups_of(frames, names)
    taken: dict[str, dict[str, np.ndarray]] = {}
    first = 0
    for counting in _countings(rows, groups).values():
        own = slice(first, first := first + 1 + len(counting.by_value))
        totals = Totals(counting, frames[own], places[own], len(keys))
        taken |= {row.name: totals.number(row) for row in counting.rows}
    order = keys.sort_values(names, na_position="last").index if names else keys.index
    long = keys.loc[order.repeat(len(rows))].reset_index(drop=True)
    long["number"] = np.tile(np.array([row.name for row in rows], dtype=object), len(keys))
    for part in PARTS:
        long[part] = np.column_stack([taken[row.name][part] for row in rows])[order].ravel()
    return long.astype({"number": "str", "method": "str"})
