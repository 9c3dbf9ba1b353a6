"""A number of the week beside last week and its usual range."""

from typing import Any, NamedTuple, cast

import pandas as pd

from callkit.look.parts import Verdict


class Compared(NamedTuple):
    """One number of the week beside last week and its usual range; None where there is none."""

    number: str
    value: float | None
    numerator: int | None
    n: int
    low: float | None
    high: float | None
    last_value: float | None
    usual_low: float | None
    usual_high: float | None
    mean: float | None
    verdict: Verdict
    rule: str
    is_better: bool | None
    n_before: int

    @property
    def is_unusual(self) -> bool:
        """Whether the value left its usual range."""
        return self.verdict in ("high", "low")


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame whose columns have names."""
    return cast("list[dict[str, Any]]", frame.to_dict("records"))


def compare(row: dict[str, Any]) -> Compared:
    """Return a row of `callkit.metrics.signals.verdicts` as plain values, None where there is none."""
    return Compared(**{name: plain(row[name]) for name in Compared._fields})


def unjudged(found: pd.DataFrame) -> pd.DataFrame:
    """Return judged rows without their judgement: part of a week is not compared with whole ones."""
    return found.assign(verdict="none", usual_low=float("nan"), usual_high=float("nan"))


def plain(value: Any) -> Any:
    """Return a value of a frame as Python has it, None where it is missing."""
    if value is None or value is pd.NA or value != value:
        return None
    return value.item() if hasattr(value, "item") else value
