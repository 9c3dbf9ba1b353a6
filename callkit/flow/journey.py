"""A call's events to its journey: seconds in menu, queue and ringing, who answered, who ended it.

All is computed for thousands of calls at once, over their lines as one array: a call's first or last line of a kind is
found by assignment in order, its sums by `numpy.add.reduceat`.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from callkit.flow.events import Flow
from callkit.flow.marks import Flags, Marks, Steps, is_step
from callkit.flow.stamps import MISSING, Ints
from callkit.schema import AT_SOURCES, ENDED_BY

Floats = npt.NDArray[np.float64]
WAITING = ("queued", "forwarded", "dialed")
MENU = ("menu", "menu_input", "announcement")
_NEITHER = ("voicemail", "announcement")  # steps in whose seconds nothing rings and nobody queues
_NO_CHANGE = ("unknown", "joined")
_SPAN = 1 << 43  # milliseconds from one call to the next where all stand on one clock


class Journey(NamedTuple):
    """
    What the lines of each call say.

    Parameters
    ----------
    received, answered, hangup
        The first received, last answered and last hang-up line of each call, or -1.
    wait_s, menu_s, queue_s, ring_s
        Seconds; NaN where the lines do not say.
    answered_at
        UTC epoch milliseconds of the first answered step, or `MISSING`.
    n_steps, n_unknown, n_targets
        Lines, lines no row fits, and different targets rung or queued for before the first answered line.
    n_rings, n_transfers
        Dialed lines before the first answered one, or all where there is none, and transferred lines after it.
    ended_by
        Place in `schema.ENDED_BY`.
    waits
        True where the call was queued, forwarded or dialed on.
    is_disordered
        True where the wait or the menu ends before it begins: stamps before the call's start or after its end.
    marks
        Which steps the call has.
    """

    received: Ints
    answered: Ints
    hangup: Ints
    wait_s: Floats
    menu_s: Floats
    queue_s: Floats
    ring_s: Floats
    answered_at: Ints
    n_steps: Ints
    n_unknown: Ints
    n_targets: Ints
    n_rings: Ints
    n_transfers: Ints
    ended_by: Steps
    waits: Flags
    is_disordered: Flags
    marks: Marks


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
    n_steps = np.bincount(flow.owner, minlength=len(started))
    n, step = len(started), flow.step()
    answers, hangs_up = is_step(step, "answered"), is_step(step, "hangup")
    first_wait, first_answer = _first(flow, is_step(step, *WAITING), n), _first(flow, answers, n)
    hangup = _first(flow, hangs_up, n, last=True)
    begins, answered_at = _time(flow, first_wait), _time(flow, first_answer)
    ends = np.where(ended != MISSING, ended, _time(flow, hangup))
    until = np.where(first_answer >= 0, answered_at, ends)
    waited_until = np.where(first_answer >= 0, answered_at, _until_voicemail(flow, step, begins, ends))
    wait = np.where(first_wait >= 0, _between(begins, waited_until), np.nan)
    menu = np.where(n_steps > 0, _between(started, np.where(first_wait >= 0, begins, until)), np.nan)
    is_disordered = (wait < 0) | (menu < 0)
    wait, menu = np.where(wait < 0, np.nan, wait), np.where(menu < 0, np.nan, menu)
    answer = first_answer[flow.owner]
    is_after = (answer >= 0) & (np.arange(len(step)) > answer)
    ring, queue = _parts(flow, step, n_steps, begins, waited_until, np.isfinite(wait))
    return Journey(
        _first(flow, is_step(step, "received"), n),
        _first(flow, answers, n, last=True),
        hangup,
        wait,
        menu,
        np.where(np.isnan(wait), np.nan, queue),
        np.where(np.isnan(wait), np.nan, ring),
        answered_at,
        n_steps,
        _count(flow, is_step(step, "unknown"), n),
        _targets(flow, is_step(step, *WAITING) & ~is_after, n),
        _count(flow, is_step(step, "dialed") & ~is_after, n),
        _count(flow, is_step(step, "transferred") & is_after, n),
        _enders(flow, hangup),
        first_wait >= 0,
        is_disordered,
        Marks.of(flow, n_steps),
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
    lasts = _lasting(flow, begins, np.where(known, until - begins, 0))
    rings = _ringing(step, flow.position)
    stays = is_step(step, *_NO_CHANGE) & (flow.position > 0)
    now = np.maximum.accumulate(np.where(stays, 0, np.arange(len(step))))
    # At a voicemail or an announcement it is neither.
    queues = ~rings & ~is_step(step, *_NEITHER)[now]
    return _seconds(lasts * rings, n_steps), _seconds(lasts * queues, n_steps)


def _lasting(flow: Flow, begins: Ints, length: Ints) -> Ints:
    """Return the milliseconds of its call's wait that each line lasts, up to the next line or the end."""
    owner, at_ms = flow.owner, flow.at_ms
    place, longest = owner * _SPAN, length[owner]
    since = np.where(at_ms == MISSING, 0, at_ms - begins[owner])
    # A line without a stamp, or out of order, takes no time: the clock of a call never runs back.
    since = np.maximum.accumulate(np.clip(since, 0, longest) + place) - place
    is_last = np.diff(owner, append=len(length)) != 0
    return np.where(is_last, longest, np.roll(since, -1)) - since


def _seconds(lasts: Ints, n_steps: Ints) -> Floats:
    sums = np.zeros(len(n_steps))
    some = n_steps > 0
    if len(lasts):
        sums[some] = np.add.reduceat(lasts, (np.cumsum(n_steps) - n_steps)[some])
    return sums / 1000


def _ringing(step: Steps, position: npt.NDArray[np.int32]) -> Flags:
    """Say of each line whether something rings after it: more was dialed than has failed since the last other step."""
    delta = is_step(step, "dialed").astype(np.int64) - is_step(step, "no_answer", "busy")
    resets = ((delta == 0) & ~is_step(step, *_NO_CHANGE)) | (position == 0)
    # The count falls by more than all lines with every reset, so that lows from before it no longer matter.
    count = np.cumsum(delta) - np.cumsum(resets) * (len(step) + 1)
    is_ringing: Flags = count > np.minimum.accumulate(count - np.maximum(delta, 0))
    return is_ringing


def _count(flow: Flow, lines: Flags, n: int) -> Ints:
    return np.bincount(flow.owner[lines], minlength=n)


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
