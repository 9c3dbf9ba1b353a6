"""A call's events to its journey: seconds in menu, queue and ringing, who answered, who ended it.

All is computed for all calls at once, over the lines as one array: a call's first or last line of a kind is found by
assignment in order, its sums by `numpy.bincount`.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from callkit.flow.events import Flow
from callkit.flow.marks import Flags, Marks, Steps, is_step
from callkit.flow.stamps import MISSING, Ints
from callkit.schema import AT_SOURCES, ENDED_BY, STEPS

Floats = npt.NDArray[np.float64]
WAITING = ("queued", "forwarded", "dialed")
MENU = ("menu", "menu_input", "announcement")
_NEITHER = ("voicemail", "announcement")  # steps in whose seconds nothing rings and nobody queues
_NO_CHANGE = ("unknown", "joined")
_BLOCK = 8192  # calls whose lines stay in the processor's cache together
_SPAN = 1 << 43  # milliseconds from one call to the next where all stand on one clock


class Journey(NamedTuple):
    """
    What the lines of each call say.

    Parameters
    ----------
    wait_s, menu_s, queue_s, ring_s
        Seconds; NaN where the lines do not say.
    answered_at
        UTC epoch milliseconds of the first answered step, or `MISSING`.
    n_steps, n_unknown, n_targets
        Lines, lines no row fits, and different targets rung or queued for.
    ended_by
        Place in `schema.ENDED_BY`.
    received, answered, hangup
        The first received, last answered and last hang-up line of each call, or -1.
    marks
        Which steps the call has.
    waits
        True where the call was queued, forwarded or dialed on.
    is_disordered
        True where the wait or the menu ends before it begins: stamps before the call's start or after its end.
    """

    wait_s: Floats
    menu_s: Floats
    queue_s: Floats
    ring_s: Floats
    answered_at: Ints
    n_steps: Ints
    n_unknown: Ints
    n_targets: Ints
    ended_by: Steps
    received: Ints
    answered: Ints
    hangup: Ints
    marks: Marks
    waits: Flags
    is_disordered: Flags


def _first(flow: Flow, lines: Flags, n_calls: int, *, last: bool = False) -> Ints:
    at = np.flatnonzero(lines)
    found = np.full(n_calls, -1, dtype=np.int64)
    ordered = at if last else at[::-1]
    found[flow.owner[ordered]] = ordered  # where a call has several, the last one assigned stays
    return found


def _time(flow: Flow, line: Ints) -> Ints:
    return np.where(line >= 0, flow.at_ms[line], MISSING) if len(flow.at_ms) else np.full(len(line), MISSING)


def _between(start: Ints, end: Ints) -> Floats:
    known = (start != MISSING) & (end != MISSING)
    return np.where(known, (np.where(known, end, 0) - np.where(known, start, 0)) / 1000, np.nan)


def journey(flow: Flow, started: Ints, ended: Ints) -> Journey:
    """
    Follow each call through its lines.

    Parameters
    ----------
    flow
        The lines of all calls, read and placed.
    started, ended
        UTC epoch milliseconds of each call, or `MISSING`.
    """
    n, step = len(started), flow.step()
    first_wait = _first(flow, is_step(step, *WAITING), n)
    first_answer = _first(flow, is_step(step, "answered"), n)
    hangup = _first(flow, is_step(step, "hangup"), n, last=True)
    begins, answered_at = _time(flow, first_wait), _time(flow, first_answer)
    ends = np.where(ended != MISSING, ended, _time(flow, hangup))
    until = np.where(first_answer >= 0, answered_at, ends)
    waited_until = np.where(first_answer >= 0, answered_at, _until_voicemail(flow, step, begins, ends))
    n_steps = np.bincount(flow.owner, minlength=n)
    wait = np.where(first_wait >= 0, _between(begins, waited_until), np.nan)
    menu = np.where(n_steps > 0, _between(started, np.where(first_wait >= 0, begins, until)), np.nan)
    is_disordered = (wait < 0) | (menu < 0)
    wait, menu = np.where(wait < 0, np.nan, wait), np.where(menu < 0, np.nan, menu)
    ring, queue = _parts(flow, step, n_steps, begins, waited_until, np.isfinite(wait))
    return Journey(
        wait,
        menu,
        np.where(np.isnan(wait), np.nan, queue),
        np.where(np.isnan(wait), np.nan, ring),
        answered_at,
        n_steps,
        np.bincount(flow.owner[is_step(step, "unknown")], minlength=n),
        _targets(flow, is_step(step, *WAITING), n),
        _enders(flow, hangup),
        _first(flow, is_step(step, "received"), n),
        _first(flow, is_step(step, "answered"), n, last=True),
        hangup,
        Marks.of(flow, n_steps),
        first_wait >= 0,
        is_disordered,
    )


def last_hangup(flow: Flow, n_calls: int) -> Ints:
    """
    Return when each call was hung up by the flow's own clock, in UTC epoch milliseconds, `MISSING` where none tells.

    Only objects have a clock of their own; the stamps of lines are the wall clock of the record.
    """
    if not flow.is_object.any():
        return np.full(n_calls, MISSING)
    said = is_step(flow.step(), "hangup") & flow.is_object & (flow.at_source == AT_SOURCES.index("explicit"))
    return _time(flow, _first(flow, said, n_calls, last=True))


def _until_voicemail(flow: Flow, step: Steps, begins: Ints, ends: Ints) -> Ints:
    """Return when each call's waiting ended with nobody: at its first voicemail step, else at its end."""
    voicemail = _time(flow, _first(flow, is_step(step, "voicemail"), len(ends)))
    return np.where((voicemail != MISSING) & (begins != MISSING) & (voicemail >= begins), voicemail, ends)


def settle(way: Journey, is_answered: Flags) -> Journey:
    """Unknow the seconds of answered calls whose lines do not say when they were answered."""
    unsaid = is_answered & (way.answered < 0)
    wait, queue, ring = (
        np.where(unsaid, np.nan, seconds) for seconds in (way.wait_s, way.queue_s, way.ring_s)
    )
    menu = np.where(unsaid & ~way.waits, np.nan, way.menu_s)
    answered_at = np.where(is_answered, way.answered_at, MISSING)
    return way._replace(wait_s=wait, queue_s=queue, ring_s=ring, menu_s=menu, answered_at=answered_at)


def _parts(
    flow: Flow, step: Steps, n_steps: Ints, begins: Ints, until: Ints, known: Flags
) -> tuple[Floats, Floats]:
    """Return the seconds of each call's wait in which something rang, and in which nothing did but the queue."""
    begins = np.where(known, begins, 0)
    length = np.where(known, until - begins, 0)
    bounds = np.append(0, np.cumsum(n_steps))
    parts = [(np.empty(0), np.empty(0))]
    for low in range(0, len(begins), _BLOCK):
        calls = slice(low, low + _BLOCK)
        lines = slice(bounds[low], bounds[calls][-1] + n_steps[calls][-1])
        owner = flow.owner[lines] - low
        lasts = _lasting(owner, flow.at_ms[lines], begins[calls], length[calls])
        parts.append(_shared(owner, flow.position[lines], step[lines], lasts, len(begins[calls])))
    ring, queue = (np.concatenate(part) for part in zip(*parts, strict=True))
    return ring, queue


def _lasting(owner: Ints, at_ms: Ints, begins: Ints, length: Ints) -> Ints:
    """Return the milliseconds of its call's wait that each line lasts, up to the next line or the end."""
    place, longest = owner * _SPAN, length[owner]
    since = np.where(at_ms == MISSING, 0, at_ms - begins[owner])
    # A line without a stamp, or out of order, takes no time: the clock of a call never runs back.
    since = np.maximum.accumulate(np.clip(since, 0, longest) + place) - place
    is_last = np.diff(owner, append=len(length)) != 0
    return np.where(is_last, longest, np.roll(since, -1)) - since


def _shared(
    owner: Ints, position: npt.NDArray[np.int32], step: Steps, lasts: Ints, n_calls: int
) -> tuple[Floats, Floats]:
    """Share the time of lines between ringing and queueing; at a voicemail or an announcement they are neither."""
    rings = _ringing(step, position)
    stays = is_step(step, *_NO_CHANGE) & (position > 0)
    now = np.maximum.accumulate(np.where(stays, 0, np.arange(len(step))))
    queues = ~rings & ~is_step(step, *_NEITHER)[now]
    return _seconds(owner[rings], lasts[rings], n_calls), _seconds(owner[queues], lasts[queues], n_calls)


def _seconds(owner: Ints, lasts: Ints, n_calls: int) -> Floats:
    return np.bincount(owner, weights=lasts, minlength=n_calls).astype(np.float64) / 1000


def _ringing(step: Steps, position: npt.NDArray[np.int32]) -> Flags:
    """Say of each line whether something rings after it: more was dialed than has failed since the last other step."""
    change = np.zeros(len(STEPS), dtype=np.int64)
    change[STEPS.index("dialed")] = 1
    change[[STEPS.index("no_answer"), STEPS.index("busy")]] = -1
    delta = change[step]
    resets = ((delta == 0) & ~is_step(step, *_NO_CHANGE)) | (position == 0)
    # The count falls by more than all lines with every reset, so that lows from before it no longer matter.
    count = np.cumsum(delta) - np.cumsum(resets) * (len(step) + 1)
    is_ringing: Flags = count > np.minimum.accumulate(count - np.maximum(delta, 0))
    return is_ringing


def _targets(flow: Flow, lines: Flags, n: int) -> Ints:
    names = [(h.target_kind, h.target_name, h.target_id, h.number) for h in flow.heads.heads]
    number = {name: k for k, name in enumerate(dict.fromkeys(names))}
    code = np.array([number[name] for name in names], dtype=np.int64)
    if not len(code):
        return np.zeros(n, dtype=np.int64)
    pairs = pd.unique(flow.owner[lines] * len(number) + code[flow.head[lines]])
    return np.bincount(pairs // len(number), minlength=n)


def _enders(flow: Flow, hangup: Ints) -> Steps:
    unknown = ENDED_BY.index("unknown")
    code = np.array(
        [ENDED_BY.index(h.ended_by or "unknown") for h in flow.heads.heads] + [unknown], dtype=np.int8
    )
    return code[flow.head_of(hangup)]
