"""The turns of phrase that several sections share."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from callkit.look import words
from callkit.look.dates import WEEKDAYS
from callkit.report.compared import Compared, of_all, of_number, usual, value
from callkit.report.model import N_BEFORE, Report

__all__ = ["of_all", "of_number", "usual", "value"]  # of one number, and beside the turns below

_LEAST_RUN = 3  # days in a row that are named by the first and the last
IN_A_SENTENCE = {
    "n_offered": "calls offered",
    "answer_rate": "answer rate",
    "abandon_rate": "share abandoned",
    "wait_p90": "wait of nine in ten",
    "service_level": "service level",
    "n_unreached": "callers not reached",
}
"""What the six numbers are called inside a sentence."""

_DIRECTION = {"high": "above", "low": "below", "usual": "inside"}


def bank_holidays(model: Report) -> str:
    """Say which days of the week were closed for a bank holiday; empty where none was."""
    days = model.bank_holidays
    holiday = "a bank holiday" if len(days) == 1 else "bank holidays"
    return f"{some_days(days)} {was(len(days))} {holiday}, with the lines closed." if days else ""


def some_days(days: Sequence[date]) -> str:
    """
    Name days in rising order; three or more in a row are named by the first and the last.

    Examples
    --------
    >>> some_days([date(2026, 11, 4), *(date(2026, 11, day) for day in (16, 17, 18))])
    'Wednesday 4 November and Monday 16 to Wednesday 18 November'
    """
    named = []
    for _, run in groupby(enumerate(days), lambda placed: placed[1].toordinal() - placed[0]):
        first, *others = (day for _, day in run)
        last = others[-1] if others else first
        if len(others) < _LEAST_RUN - 1:
            named += [words.long_day(day) for day in (first, *others)]
        elif first.month == last.month:
            named.append(f"{WEEKDAYS[first.weekday()]} {first.day} to {words.long_day(last)}")
        else:
            named.append(f"{words.long_day(first)} to {words.long_day(last)}")
    return listing(named)


def against(found: Compared, noun: str) -> str:
    """Say where a value lies: ``above the usual 5.0–8.1%``; empty where it is not compared."""
    if found.running:
        side = "above" if found.verdict == "high" else "below"
        run = f"{words.in_words(found.running)} {noun}s in a row"
        return f"inside the usual {usual(found)}, but {side} the mean for {run}"
    direction = _DIRECTION.get(found.verdict, "")
    return f"{direction} the usual {usual(found)}" if direction else ""


def stays(found: Compared, topic: str, their: str) -> str:
    """Say that a number keeps to one side of its mean; empty where it did not break the run rule."""
    if not found.running:
        return ""
    return f"{topic} {'above' if found.verdict == 'high' else 'below'} {their} mean."


def so_far(model: Report, finding: str) -> str:
    """Return a finding that does not begin with a name; of part of a period, as what is known so far."""
    return finding if model.is_complete else f"So far: {finding[:1].lower()}{finding[1:]}"


def then(clause: str) -> str:
    """Return a clause behind its comma; nothing for none."""
    return f", {clause}" if clause else ""


def waits(model: Report, half: str, nine: str) -> str:
    """Say within how long half of the answered calls were answered, and nine in ten."""
    if model.totals["wait_median"]["n"] == 1:
        return f"The one call answered had waited {half}."
    return f"Of answered calls, half were answered within {half}, nine in ten within {nine}."


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
