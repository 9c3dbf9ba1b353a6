"""What an engine is asked for some numbers: how many rows are alike, and how often each value occurs.

Nearly all that numbers ask of a row is true or false, and few combinations of it occur. So one pass over a grain's
table groups the rows by them; the few rows that come back are added up to each number in `callkit.metrics.totals`.
Quantiles take a pass of their own, by value.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from callkit.metrics.number import Number
from callkit.metrics.options import Expression, Options

TIMES = "times"
OF = "of"
_AMONG = "among"
_PARTS = {
    "mean": ("n", "sum", "squares"),
    "ratio": ("n", "sum"),
    "total": ("n", "sum"),
    "largest": ("n", "max"),
    "quantile": ("n",),
}
_TAKEN = {
    "n": lambda of: of.count(),
    "sum": lambda of: of.sum(),
    "max": lambda of: of.max(),
    "squares": lambda of: (of * of).sum(),
}


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
        flags += [row.numerator for row in rows if row.statistic not in _PARTS]
        amounts = [row.numerator for row in rows if row.statistic in _PARTS]
        self.flags = {f: f"is_{k}" for k, f in enumerate(dict.fromkeys(flags))}
        self.amounts = {f: f"of_{k}" for k, f in enumerate(dict.fromkeys(amounts))}
        ratios = [(row.per, row.numerator) for row in rows if row.per is not None]
        self.divisors = {pair: f"per_{k}" for k, pair in enumerate(dict.fromkeys(ratios))}
        self.by_value = list(dict.fromkeys(pair(row) for row in rows if row.statistic == "quantile"))

    def expressions(self, table: Any, keys: Mapping[str, Any], options: Options) -> list[Any]:
        """
        Return the tables to ask for: rows that are alike, then for each pair of `by_value` the values.

        Parameters
        ----------
        table
            A grain's table.
        keys
            What makes a group: expressions over it by name.
        options
            What the reader chose.

        Returns
        -------
        list of ibis.Table
            First a row a group and combination of `flags`: their columns, ``times``, and parts such as ``sum_of_0``
            of `amounts`. Then, of what is counted and known, a row a group and value: ``of``, ``times``.
        """
        pairs = [self._values(table, keys, options, *functions) for functions in self.by_value]
        return [self._alike(table, keys, options), *pairs]

    def _alike(self, table: Any, keys: Mapping[str, Any], options: Options) -> Any:
        asked = {name: function(table, options) for function, name in (self.flags | self.amounts).items()}
        for (divisor, amount), name in self.divisors.items():
            asked[name] = amount(table, options).notnull().ifelse(divisor(table, options), None)
        rows = table.select(**keys, **asked)
        taken = dict.fromkeys(
            (part, row.numerator) for row in self.rows for part in _PARTS.get(row.statistic, ())
        )
        parts = {self.part(*key): _TAKEN[key[0]](rows[self.amounts[key[1]]]) for key in taken}
        parts |= {f"sum_{name}": rows[name].sum() for name in self.divisors.values()}
        return rows.group_by([*keys, *self.flags.values()]).agg(**{TIMES: rows.count()}, **parts)

    def part(self, name: str, amount: Expression) -> str:
        """Name the column of a part of an amount: ``n`` (known ones), ``sum``, ``squares`` or ``max``."""
        return f"{name}_{self.amounts[amount]}"

    def divisor(self, row: Number) -> str:
        """Name the column of what a ratio divides by."""
        assert row.per is not None  # noqa: S101 (asked of ratios alone)
        return f"sum_{self.divisors[row.per, row.numerator]}"

    @staticmethod
    def _values(
        table: Any, keys: Mapping[str, Any], options: Options, of: Expression, among: Expression
    ) -> Any:
        asked = {OF: of(table, options), _AMONG: among(table, options)}
        rows = table.select(**keys, **asked)
        rows = rows.filter(rows[_AMONG] & rows[OF].notnull())  # noqa: PD004
        return rows.group_by([*keys, OF]).agg(**{TIMES: rows.count()})


def pair(row: Number) -> tuple[Expression, Expression]:
    """Return a number's numerator and denominator."""
    return row.numerator, row.denominator
