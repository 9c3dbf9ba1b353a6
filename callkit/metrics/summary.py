"""Any numbers of the catalogue by any grouping, each with what it was counted from and its uncertainty.

The engine aggregates once, wide; the small answer is then lengthened to a row a group and number. Rates carry
Wilson's 95 % interval. Quantiles are taken from the counts per distinct value, with numpy's linear interpolation.
"""

from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from callkit.errors import UsageError
from callkit.metrics.catalogue import CATALOGUE, MOST_UNKNOWN, Expression, Number, Options
from callkit.metrics.engine import answers, calls_of, n_where, nearest
from callkit.metrics.grains import By, Grouping, callers, groupings

VALUES = ("number", "value", "numerator", "n", "low", "high", "method", "n_null")
_Z = NormalDist().inv_cdf(0.975)


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
        numerator of a mean or total is the sum of its seconds; a quantile and a
        largest value have none.

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
    return _lengthened(frames, rows, [g.name for g in groups])


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


def wilson(numerator: Any, n: Any) -> tuple[np.ndarray, np.ndarray]:
    """
    Return Wilson's 95 % interval of a share, null where n is 0.

    Wilson, E. B. (1927), Journal of the American Statistical Association 22, 209–212.
    """
    k, n = np.asarray(numerator, dtype=float), np.asarray(n, dtype=float)
    n = np.where(n > 0, n, np.nan)
    p, z2 = k / n, _Z**2
    middle, half = p + z2 / (2 * n), _Z * np.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    low, high = (middle - half) / (1 + z2 / n), (middle + half) / (1 + z2 / n)
    return np.where(k == 0, 0.0 * n, low), np.where(k == n, 0.0 * n + 1, high)


def quantile(values: np.ndarray, counts: np.ndarray, level: float) -> float:
    """Return a quantile of values that each occur so many times, as numpy's linear method gives it; null of none."""
    if not counts.sum():
        return float("nan")
    order = np.argsort(values)
    values, ends = values[order], np.cumsum(counts[order])
    place = (ends[-1] - 1) * level
    below = int(place)
    low, high = values[np.searchsorted(ends, [below, min(below + 1, ends[-1] - 1)], side="right")]
    return float(low + (high - low) * (place - below))


def _seconds(name: str, value: float) -> float:
    if not isinstance(value, (int, float)) or not value >= 0:
        raise UsageError(f"{name} {value!r} is not a number of seconds, 0 or more.")
    return value


def _expressions(
    table: Any, rows: tuple[Number, ...], groups: tuple[Grouping, ...], options: Options
) -> list[Any]:
    names = [g.name for g in groups]
    table = table.mutate(**{g.name: g.expression(table) for g in groups if g.expression})
    found = []
    for grain, alike in _by_grain(rows).items():
        periods = [g.name for g in groups if g.is_period]
        prepared = callers(table, names, periods) if grain == "caller" else table
        found.append(_aggregate(prepared, alike, names, options))
        found += [_counts(prepared, *pair, names, options) for pair in _quantile_pairs(alike)]
    return found


def _by_grain(rows: Sequence[Number]) -> dict[str, list[Number]]:
    return {grain: [r for r in rows if r.grain == grain] for grain in dict.fromkeys(r.grain for r in rows)}


def _pair(row: Number) -> tuple[Expression, Expression]:
    return row.numerator, row.denominator


def _quantile_pairs(rows: Sequence[Number]) -> list[tuple[Expression, Expression]]:
    return list(dict.fromkeys(_pair(row) for row in rows if row.statistic == "quantile"))


class _Columns:
    """Names of the columns of a wide answer; what two numbers count alike is counted once."""

    def __init__(self, rows: Sequence[Number]) -> None:
        functions = dict.fromkeys(f for row in rows for f in _pair(row))
        self.place = {function: f"x{k}" for k, function in enumerate(functions)}

    def among(self, part: str, row: Number) -> str:
        return f"{part}_{self.place[row.denominator]}"

    def of(self, part: str, row: Number) -> str:
        return f"{part}_{self.place[row.numerator]}_{self.place[row.denominator]}"


def _aggregate(table: Any, rows: Sequence[Number], names: list[str], options: Options) -> Any:
    column = _Columns(rows)
    table = table.select(*names, **{place: f(table, options) for f, place in column.place.items()})
    found = {}
    for row in rows:
        of, among = table[column.place[row.numerator]], table[column.place[row.denominator]]
        found[column.among("rows", row)] = n_where(among)
        found[column.among("unknown", row)] = n_where(among.isnull())  # noqa: PD003
        found[column.of("n", row)] = of.count(where=among)
        if row.statistic in ("count", "share"):
            found[column.of("true", row)] = n_where(among & of)
        elif row.statistic in ("mean", "total"):
            found[column.of("sum", row)] = of.sum(where=among)
        elif row.statistic == "largest":
            found[column.of("max", row)] = of.max(where=among)
    return table.group_by(names).agg(**found) if names else table.agg(**found)


def _counts(
    table: Any, numerator: Expression, denominator: Expression, names: list[str], options: Options
) -> Any:
    of, among = numerator(table, options).name("of"), denominator(table, options)
    kept = table.select(*names, of, among=among).filter(lambda t: t.among & t.of.notnull())  # noqa: PD004
    return kept.group_by([*names, "of"]).agg(times=kept.count())


def _lengthened(frames: list[pd.DataFrame], rows: Sequence[Number], names: list[str]) -> pd.DataFrame:
    parts = iter(frames)
    keys: dict[str, pd.DataFrame] = {}
    pieces: dict[str, dict[str, np.ndarray]] = {}
    for alike in _by_grain(rows).values():
        wide, column = next(parts), _Columns(alike)
        for pair in _quantile_pairs(alike):
            wide = _with_quantiles(wide, next(parts), [r for r in alike if _pair(r) == pair], names)
        keys |= {row.name: wide[names] for row in alike}
        pieces |= {row.name: _piece(wide, row, column) for row in alike}
    values = {part: np.concatenate([pieces[row.name][part] for row in rows]) for part in VALUES}
    long = pd.DataFrame(values).astype({"number": "str", "method": "str"})
    if names:
        groups: pd.DataFrame = pd.concat([keys[row.name] for row in rows], ignore_index=True)
        long = pd.concat([groups, long], axis=1)
        long = long.sort_values(names, kind="stable", na_position="last", ignore_index=True)
    return long


def _with_quantiles(
    wide: pd.DataFrame, counts: pd.DataFrame, rows: list[Number], names: list[str]
) -> pd.DataFrame:
    def of_group(place: Any) -> dict[str, float]:
        return {f"{row.name}.quantile": quantile(values[place], times[place], row.level or 0) for row in rows}

    values, times = counts["of"].to_numpy(float), counts["times"].to_numpy(int)
    if not names:
        return wide.assign(**of_group(slice(None)))
    places = list(counts.groupby(names, dropna=False, sort=False).indices.values())
    found = pd.DataFrame([of_group(place) for place in places], columns=[f"{r.name}.quantile" for r in rows])
    first = counts[names].iloc[[place[0] for place in places]].reset_index(drop=True)
    return wide.merge(pd.concat([first, found], axis=1), "left", names)


_PART = {"count": "true", "share": "true", "mean": "sum", "total": "sum", "largest": "max"}


def _piece(wide: pd.DataFrame, row: Number, column: _Columns) -> dict[str, np.ndarray]:
    def part(name: str) -> np.ndarray:
        return wide[name].to_numpy(float, na_value=np.nan)

    n = part(column.of("n", row))
    low = high = numerator = np.full(len(wide), np.nan)
    if row.statistic == "quantile":
        value = part(f"{row.name}.quantile")
    elif row.statistic == "largest":
        value = part(column.of("max", row))
    else:
        numerator = part(column.of(_PART[row.statistic], row))
        over = np.where(n > 0, n, np.nan) if row.statistic in ("share", "mean") else 1.0
        value = numerator / over
    unknown = part(column.among("rows", row)) - n + part(column.among("unknown", row))
    if row.is_mixed:
        value = np.where(unknown > MOST_UNKNOWN * (n + unknown), np.nan, value)
    if row.statistic == "share":
        low, high = wilson(numerator, np.where(np.isnan(value), 0, n))
    method = np.full(len(wide), "Wilson" if row.statistic == "share" else "", dtype=object)
    number = np.full(len(wide), row.name, dtype=object)
    parts = (number, value, numerator, n.astype(int), low, high, method, unknown.astype(int))
    return dict(zip(VALUES, parts, strict=True))
