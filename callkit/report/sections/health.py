"""Data health: every record received is accounted for, and what could not be understood is said."""

import json
from collections import Counter

import numpy as np

from callkit.clock import instant, midnight, offset_in_words, to_wall
from callkit.look import words
from callkit.look.parts import Html, checks, equation, section
from callkit.privacy import mask_numbers
from callkit.report.model import Report
from callkit.report.sections import phrases
from callkit.tables.statement import ahead_s

_ID, _HEADING = "health", "Data health"
_NAMED = 3
_LONGEST = 60

Check = tuple[bool, str]


def health(model: Report) -> Html:
    """Return what became of every record of the week, and the checks of the data."""
    days = model.of_period
    received, kept, duplicates, quarantined = (
        int(days[name].sum()) for name in ("received", "kept", "duplicates", "quarantined")
    )
    forgotten = int(days["forgotten"].sum())
    parts = equation(
        (received, "record received" if received == 1 else "records received"),
        (kept, "call kept" if kept == 1 else "calls kept"),
        (duplicates, "duplicate" if duplicates == 1 else "duplicates"),
        (quarantined, "could not be read"),
        *([(forgotten, "forgotten on request")] if forgotten else []),
    )
    tests = [
        _complete(model),
        _lines(model),
        *_keys(model),
        *_clock(model),
        _contradictions(model),
        _waits(model),
        *_assumed(model),
        _fetched(model),
    ]
    say = ["Every record received is accounted for. Nothing is dropped silently."]
    return section(_ID, _HEADING, _finding(model, quarantined), say, [parts, checks(tests)])


def _finding(model: Report, quarantined: int) -> str:
    complete = f"The {model.noun} is complete" if model.is_complete else f"The {model.noun} is not complete"
    unknown = int(model.of_period["n_unknown_lines"].sum())
    wrong = []
    if quarantined:
        wrong.append(f"{words.plural(quarantined, 'record')} could not be read")
    if unknown:
        wrong.append(f"{words.plural(unknown, 'call-flow line')} {phrases.was(unknown)} not understood")
    if not wrong:
        return (
            f"{complete} and every record was read."
            if model.is_complete
            else f"{complete}; every record in it was read."
        )
    return f"{complete}. {words.opening(' and '.join(wrong))}."


def _complete(model: Report) -> Check:
    missing, n = model.missing_days, len(model.of_period)
    if not missing:
        return (
            True,
            f"All {n} days fetched to their end; on each as many different records came as the account announced.",
        )
    names = phrases.some_days(missing)
    are = "is" if len(missing) == 1 else "are"
    return False, f"{words.plural(len(missing), 'day')} of {n} {are} not complete: {names}."


def _lines(model: Report) -> Check:
    days = model.of_period
    n, unknown = int(days["n_lines"].sum()), int(days["n_unknown_lines"].sum())
    if not days["kept"].sum():
        return True, "No call came, so there is no call-flow line to read."
    if not n:
        return False, "The account sends no call-flow lines, so waits and routes cannot be told."
    if not unknown:
        return True, f"All {words.count(n)} call-flow lines match a known pattern."
    share = f"{words.count(unknown)} of {words.count(n)} call-flow lines ({words.rate(unknown / n, 2)})"
    said = f"{share} match no known pattern"
    if model.audience == "shared":  # such a line may name anybody
        return False, f"{said}. They are kept as unknown; the internal copy quotes them."
    heads = _counted(model, "unknown_lines")
    shown = phrases.listing(
        [f"“{_short(head)}” {words.times(times)}" for head, times in heads.most_common(_NAMED)]
    )
    return False, f"{said}{': ' + shown if shown else ''}. They are kept as unknown."


def _keys(model: Report) -> list[Check]:
    found = _counted(model, "unknown_keys")
    if not found:
        return []
    names = phrases.listing([f"“{_short(key)}”" for key, _ in found.most_common(_NAMED)])
    kind = "a field" if len(found) == 1 else f"{words.count(len(found))} fields"
    said = f"Records carry {kind} callkit does not know"
    if model.audience == "shared":
        return [(False, f"{said}. The raw data keep what they say; the internal copy names them.")]
    return [(False, f"{said}: {names}. The raw data keep what they say.")]


def _clock(model: Report) -> list[Check]:
    """Say that the zone is wrong, where the epochs in the calls' ids tell another time than the stamps."""
    days = model.of_period
    n, off = int(days["n_timed"].sum()), int(days["n_off_clock"].sum())
    if not off:
        return []
    by = offset_in_words(ahead_s(days))
    said = f"{words.count(off)} of {words.plural(n, 'call')} {phrases.was(off)} stamped {by}"
    return [(False, f"{said} what their ids tell; check the account’s time zone {model.settings.time_zone}.")]


def _contradictions(model: Report) -> Check:
    n, kept = int(model.of_period["n_contradictions"].sum()), int(model.of_period["kept"].sum())
    if not n:
        return True, "No call contradicts itself." if kept else "No call came that could contradict itself."
    verb = "contradicts itself" if n == 1 else "contradict themselves"
    said = f"{words.count(n)} of {words.plural(kept, 'call')} {verb}, such as a reason that does not fit the call flow"
    return False, f"{said}. What they say is kept beside the outcome."


def _waits(model: Report) -> Check:
    total = model.totals["wait_longest"]
    n_null = int(total["n_null"])
    if not n_null + int(total["n"]):
        return True, "No call was offered, so there is no wait to know."
    if not n_null:
        return True, "Every offered call says how long its caller waited."
    n = n_null + int(total["n"])
    some = f"{words.count(n_null)} of {words.plural(n, 'offered call')} {'does' if n_null == 1 else 'do'}"
    return (
        False,
        f"{some} not say how long the caller waited; the waits leave {'it' if n_null == 1 else 'them'} out.",
    )


def _assumed(model: Report) -> list[Check]:
    n, kept = int(model.of_period["n_assumed"].sum()), int(model.of_period["kept"].sum())
    if not n:
        return []
    said = f"The outcome of {words.count(n)} of {words.plural(kept, 'call')} rests on wording that callkit assumes"
    return [(False, f"{said}; the vendor does not document it.")]


def _fetched(model: Report) -> Check:
    change = _clock_change(model)
    if model.fetched_at is None:
        return False, f"No day of the {model.noun} was fetched. {change}"
    return True, f"Last fetch {words.long_moment(model.fetched_at, model.period.start.year)}. {change}"


def _clock_change(model: Report) -> str:
    zone = model.settings.time_zone
    ends = np.array(
        [int(instant(midnight(day), zone).timestamp()) for day in (model.period.start, model.period.end)]
    )
    offsets = to_wall(ends, zone) - ends
    changed = "No clock change" if offsets[0] == offsets[1] else "The clocks changed"
    return f"{changed} in this {model.noun}."


def _counted(model: Report, column: str) -> Counter[str]:
    total: Counter[str] = Counter()
    for text in model.of_period[column]:
        total.update(json.loads(text) if text else {})
    return total


def _short(text: str) -> str:
    shown = mask_numbers(" ".join(text.split()))
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"
