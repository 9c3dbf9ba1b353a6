"""What an engine is asked for some numbers: how many rows are alike, and how often each value occurs.

Nearly all that numbers ask of a row is true or false, and few combinations of it occur. So one pass over a grain's
table groups the rows by them; the few rows that come back are added up to each number in `callkit.metrics.totals`.
Quantiles take a pass of their own, by value.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from callkit.metrics.catalogue import Expression, Number, Options

TIMES = "times"
_TAKEN = {"mean": ("n", "sum"), "total": ("n", "sum"), "largest": ("n", "max"), "quantile": ("n",)}
_BY_ENGINE = {"n": "count", "sum": "sum", "max": "max"}


class Counting:
    """
    What is counted over one grain's table for some numbers; what several of them count is counted once.

    Parameters
    ----------
    rows
        The numbers, all of one grain.
    """

    def __init__(self, rows: Sequence[Number]) -> None:
        self.rows = rows
        flags = [row.denominator for row in rows]
        flags += [row.numerator for row in rows if row.statistic not in _TAKEN]
        amounts = [row.numerator for row in rows if row.statistic in _TAKEN]
        self.flags = {f: f"is_{k}" for k, f in enumerate(dict.fromkeys(flags))}
        self.amounts = {f: f"of_{k}" for k, f in enumerate(dict.fromkeys(amounts))}
        self.by_value = list(dict.fromkeys(pair(row) for row in rows if row.statistic == "quantile"))

    def expressions(self, table: Any, groups: Mapping[str, Any], options: Options) -> list[Any]:
        """
        Return the tables to ask for: rows that are alike, then for each pair of `by_value` the values.

        Parameters
        ----------
        table
            A grain's table.
        groups
            Name of each group's column, and its expression over the table.
        options
            What the reader chose.

        Returns
        -------
        list of ibis.Table
            First a row a group and combination of `flags`: their columns, ``times``, and parts such as ``sum_of_0``
            of `amounts`. Then, of what is counted and known, a row a group and value: ``of``, ``times``.
        """
        pairs = [self._values(table, groups, options, *functions) for functions in self.by_value]
        return [self._alike(table, groups, options), *pairs]

    def _alike(self, table: Any, groups: Mapping[str, Any], options: Options) -> Any:
        asked = {name: function(table, options) for function, name in (self.flags | self.amounts).items()}
        rows = table.select(**groups, **asked)
        taken = dict.fromkeys(
            (part, row.numerator) for row in self.rows for part in _TAKEN.get(row.statistic, ())
        )
        parts = {self.part(*key): getattr(rows[self.amounts[key[1]]], _BY_ENGINE[key[0]])() for key in taken}
        keys = [*groups, *self.flags.values()]
        return rows.group_by(keys).agg(**{TIMES: rows.count()}, **parts)

    def part(self, name: str, amount: Expression) -> str:
        """Name the column of a part of an amount: ``n`` (known ones), ``sum`` or ``max``."""
        return f"{name}_{self.amounts[amount]}"

    @staticmethod
    def _values(
        table: Any, groups: Mapping[str, Any], options: Options, of: Expression, among: Expression
    ) -> Any:
        rows = table.select(**groups, of=of(table, options), among=among(table, options))
        rows = rows.filter(rows.among & rows.of.notnull())  # noqa: PD004
        return rows.group_by([*groups, "of"]).agg(**{TIMES: rows.count()})


def pair(row: Number) -> tuple[Expression, Expression]:
    """Return a number's numerator and denominator."""
    return row.numerator, row.denominator
