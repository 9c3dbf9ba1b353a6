"""A number of the week beside last week and its usual range."""

from functools import partial
from typing import Any, NamedTuple, cast

import pandas as pd

from callkit.look import words
from callkit.look.parts import Html, Verdict, badge
from callkit.metrics.catalogue import CATALOGUE
from callkit.metrics.judging import RUN

_LABELS = {"abandon_rate": "Abandoned", "n_unreached": "Callers not reached"}
_STEP = {"share": 0.001, "s": 1.0}  # the last digit shown of a value, by unit; of a count: 1


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
        """Whether the value left its usual range, or is the last of a run on one side of the mean."""
        return self.verdict in ("high", "low")

    @property
    def running(self) -> int:
        """How many periods make the run the value is unusual by; 0 where it left its usual range, or is usual."""
        return RUN if self.is_unusual and self.rule == "run" else 0

    @property
    def is_too_wide(self) -> bool:
        """Whether the usual range holds every value there can be, so that nothing is judged by it."""
        ends = (self.usual_low, self.usual_high)
        return CATALOGUE[self.number].unit == "share" and None not in ends and ends[0] <= 0 and ends[1] >= 1  # type: ignore[operator]


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


def verdict_badge(
    found: Compared, noun: str, n_before: int | None = None, *, is_complete: bool = True
) -> Html:
    """Return the badge of a number; where it is not compared, it says why."""
    return badge(
        found.verdict,
        found.is_better,
        n_before,
        noun,
        running=found.running,
        is_too_wide=is_complete and found.is_too_wide,
    )


def label(number: str, service_level_s: float | None) -> str:
    """Return what a reader calls a number; a service level names its seconds, where they are known."""
    if number == "service_level" and service_level_s is not None:
        return f"Service level, {words.seconds(service_level_s)}"
    return _LABELS.get(number, CATALOGUE[number].label)


def by_its_end(noun: str) -> str:
    """Say until when the callers of a week or month were waited for."""
    return "by Sunday night" if noun == "week" else "by the end of the month"


def value(found: Compared) -> str:
    """Write the value of a number: ``8.7%``, ``68 s``, ``1,498``."""
    return words.value(found.value, CATALOGUE[found.number].unit)


def of_number(number: str, value: float | None) -> str:
    """Write any value of a number of the catalogue."""
    return words.value(value, CATALOGUE[number].unit)


def usual(found: Compared) -> str:
    """Write the usual range of a number: ``5.0–8.1%``; empty where there is none."""
    if found.usual_low is None or found.usual_high is None:
        return ""
    low, high = found.usual_low, found.usual_high
    step = _STEP.get(CATALOGUE[found.number].unit, 1.0)
    if found.verdict == "high" and found.rule == "limits" and of_number(found.number, high) == value(found):
        high = max(low, high - step)  # rounded alike, the value would seem to lie inside
    if found.verdict == "low" and found.rule == "limits" and of_number(found.number, low) == value(found):
        low = min(high, low + step)
    return words.span(low, high, partial(of_number, found.number))


def usual_of_part(found: Compared, noun: str) -> str:
    """Say what is usual beside the value of a part of a week or month; empty where there is no range."""
    span = usual(found)
    is_share = CATALOGUE[found.number].unit == "share"
    of = (
        words.plural(found.n, "call") if is_share and found.n else f"a whole {noun}"
    )  # a share's limits go by its n
    return f"Usual for {of}: {span}" if span else ""


def of_all(found: Compared) -> str:
    """Write what a share was taken from: ``131 of 1,498``."""
    return f"{words.count(found.numerator)} of {words.count(found.n)}"
