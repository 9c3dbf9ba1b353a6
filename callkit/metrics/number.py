"""What a number of the catalogue is made of."""

from dataclasses import dataclass
from typing import Literal

from callkit.metrics.options import Expression

Statistic = Literal["count", "share", "mean", "ratio", "total", "largest", "quantile"]
Unit = Literal["calls", "callers", "rings", "misses", "share", "s", "Erlangs", "each", "charge"]
GrainName = Literal["call", "missed_caller", "caller", "contact", "episode", "ring", "hour"]

MOST_UNKNOWN = 0.1
"""Share of unknown waits above which answered and abandoned calls are not set against each other."""


@dataclass(frozen=True)
class Number:
    """
    One number of the catalogue.

    Parameters
    ----------
    name, label, unit, definition
        Code name; what a reader calls it; ``calls``, ``callers``, ``rings``, ``misses``, ``share``, ``s``, ``Erlangs``,
        ``each`` (so many for each row) or ``charge`` (as reported); what it is, in one sentence.
    statistic
        How the rows become one value: ``count`` and ``share`` take true numerators (of all denominators), the
        others the numerator's amounts over the denominator's rows; ``ratio`` divides their sum by that of `per`.
    numerator, denominator
        Expressions over a row of the grain's table: true or false, or an amount; and whether the row counts.
    better
        ``high`` or ``low``; None where neither is.
    level
        Which quantile, 0 to 1, for the statistic ``quantile``; numpy's linear interpolation.
    grain
        Table the number is taken over: ``call``, or another of `callkit.metrics.grains`.
    per
        Amount whose sum divides, for the statistic ``ratio``.
    is_mixed
        Whether it sets the waits of answered calls against those of abandoned ones. Then the value is null where more
        than a tenth of the rows do not say: one kind alone would speak for both.
    is_null_if_zero
        Whether a sum of nothing but zeros says that the account does not report the amount.
    grows_with_archive
        Whether it depends on how far back the data go, so that one week cannot be set against another.
    source
        Where the definition comes from.
    """

    name: str
    label: str
    unit: Unit
    definition: str
    statistic: Statistic
    numerator: Expression
    denominator: Expression
    better: Literal["high", "low"] | None = None
    level: float | None = None
    grain: GrainName = "call"
    per: Expression | None = None
    is_mixed: bool = False
    is_null_if_zero: bool = False
    grows_with_archive: bool = False
    source: str = ""

    @property
    def step(self) -> float:
        """Distance between two values next to each other, 0 where there is none: quantiles are whole seconds."""
        return 1.0 if self.statistic == "quantile" and self.unit == "s" else 0.0
