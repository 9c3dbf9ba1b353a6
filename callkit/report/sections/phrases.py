"""The turns of phrase that several sections share."""

from collections.abc import Sequence
from functools import partial

from callkit.look import words
from callkit.metrics.catalogue import CATALOGUE
from callkit.report.compared import Compared
from callkit.report.model import N_BEFORE, Report

_STEP = {"share": 0.001, "s": 1.0}  # the last digit shown of a value, by unit; of a count: 1
_DIRECTION = {"high": "above", "low": "below", "usual": "inside"}


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


def bank_holidays(model: Report) -> str:
    """Say which days of the week were closed for a bank holiday; empty where none was."""
    days = [words.long_day(day) for day in model.bank_holidays]
    holiday = "a bank holiday" if len(days) == 1 else "bank holidays"
    return f"{listing(days)} {was(len(days))} {holiday}, with the lines closed." if days else ""


def against(found: Compared) -> str:
    """Say where a value lies: ``above the usual 5.0–8.1%``; empty where it is not compared."""
    if found.is_unusual and found.rule == "run":
        side = "above" if found.verdict == "high" else "below"
        return f"inside the usual {usual(found)}, but {side} the mean for eight in a row"
    direction = _DIRECTION.get(found.verdict, "")
    return f"{direction} the usual {usual(found)}" if direction else ""


def then(clause: str) -> str:
    """Return a clause behind its comma; nothing for none."""
    return f", {clause}" if clause else ""


def of_all(found: Compared) -> str:
    """Write what a share was taken from: ``131 of 1,498``."""
    return f"{words.count(found.numerator)} of {words.count(found.n)}"


def no_wait(model: Report) -> str:
    """Say why there is no wait of answered calls."""
    return "the calls do not say the wait" if model.total("n_answered") else "no call was answered"


def listing(items: Sequence[str]) -> str:
    """Join words as a sentence does: ``a, b and c``."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


def was(count: int) -> str:
    """Return the verb for so many in the past."""
    return "was" if count == 1 else "were"


def not_enough(model: Report) -> str:
    """Say that usual ranges need more weeks, or months; empty where there are enough."""
    n = model.n_before
    if n >= N_BEFORE:
        return ""
    if not n:
        return f"No whole {model.noun} came before this one, and usual ranges need {N_BEFORE}."
    so_far = f"{words.in_words(n)} whole {model.noun}{'' if n == 1 else 's'}"
    return f"Only {so_far} came before this one, and usual ranges need {N_BEFORE}."


def first_verdict(model: Report) -> str:
    """Name the week or month that will be the first to have a verdict."""
    gap = next(
        (n for n in range(1, N_BEFORE + 1) if model.period.shift(-n) not in model.periods), N_BEFORE + 1
    )
    return words.named_with_year(model.period.shift(N_BEFORE + 1 - gap))
