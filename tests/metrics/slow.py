"""Every number over calls again, call by call in plain Python: from the definitions, not from the package.

A call is any object with the facts as attributes: ``key``, ``started`` (UTC seconds), ``local`` (wall clock),
``direction``, ``outcome``, ``caller``, ``did``, ``service_name``, ``wait_s``, ``menu_s``, ``ring_s``, ``talk_s``,
``answered`` (UTC seconds), ``charge``, ``n_steps``, ``n_targets``, ``n_rings``, ``n_transfers``; None where not known.
"""

import math
from collections.abc import Mapping
from typing import NamedTuple

MISSED = ("abandoned", "timeout", "no_answer", "busy", "voicemail", "failed", "unknown")
NOT_OFFERED = ("left_menu", "closed")
LONG_S = 3600
MOST_UNKNOWN = 0.1


class Told(NamedTuple):
    """A number's value, what it was taken from, and how many rows did not say."""

    value: float | None
    numerator: float | None
    n: int
    n_null: int


class Choices(NamedTuple):
    """What a reader chooses."""

    service_level_s: float = 20
    short_abandon_s: float = 5
    short_talk_s: float = 10
    service_targets: Mapping[str, float] = {}  # noqa: RUF012 (never changed)


DEFAULTS = Choices()


def is_offered(call):
    return call.direction == "inbound" and call.outcome not in NOT_OFFERED


def is_missed(call):
    return call.direction == "inbound" and call.outcome in MISSED


def of_calls(calls, choices=DEFAULTS):
    """Return each number over the calls themselves."""
    inbound = [c for c in calls if c.direction == "inbound"]
    offered = [c for c in inbound if is_offered(c)]
    answered = [c for c in offered if c.outcome == "answered"]
    abandoned = [c for c in offered if c.outcome == "abandoned"]
    outbound = [c for c in calls if c.direction == "outbound"]
    ours = [c for c in outbound if c.outcome == "answered"]
    return {
        **volumes(inbound, offered, outbound),
        **service_levels(answered, abandoned, choices),
        **abandons(offered, choices),
        **waits(offered, answered, abandoned),
        **talks([c.talk_s for c in answered], [c.talk_s for c in ours], choices.short_talk_s),
        **routes(answered),
        **charges(calls),
    }


def volumes(inbound, offered, outbound):
    ended = {name: count(c.outcome == name for c in offered) for name in (*MISSED, "answered")}
    unoffered = {name: count(c.outcome == name for c in inbound) for name in NOT_OFFERED}
    return {
        "n_inbound": count(True for _ in inbound),
        "n_offered": count(map(is_offered, inbound)),
        "n_answered": ended["answered"],
        "answer_rate": share(c.outcome == "answered" for c in offered),
        "n_missed": count(map(is_missed, offered)),
        "n_abandoned": ended["abandoned"],
        "n_timeout": ended["timeout"],
        "n_no_answer": ended["no_answer"],
        "n_busy": ended["busy"],
        "n_voicemail": ended["voicemail"],
        "n_failed": ended["failed"],
        "n_unknown_outcome": ended["unknown"],
        "n_left_menu": unoffered["left_menu"],
        "n_closed": unoffered["closed"],
        "n_outbound": count(True for _ in outbound),
        "outbound_answer_rate": share(c.outcome == "answered" for c in outbound),
    }


def within(call, seconds):
    return None if call.wait_s is None else call.wait_s <= seconds


def short(call, choices):
    """Tell whether an abandoned call is a short one; no call is where the threshold is 0."""
    return within(call, choices.short_abandon_s) if choices.short_abandon_s else False


def service_levels(answered, abandoned, choices):
    """Return the levels by formula; an abandon of an unknown wait is left out of all that know abandons."""

    def early(call):
        return within(call, choices.service_targets.get(call.service_name, choices.service_level_s))

    in_time = [early(c) for c in answered]
    unknown = [None for c in abandoned if c.wait_s is None]
    known = [c for c in abandoned if c.wait_s is not None]
    in_time_or_not = in_time + unknown
    return {
        "service_level": share(
            in_time_or_not + [False for c in known if not short(c, choices)], is_mixed=True
        ),
        "service_level_strict": share(in_time_or_not + [False for c in known], is_mixed=True),
        "service_level_positive": share(in_time_or_not + [early(c) for c in known], is_mixed=True),
        "service_level_answered": share(in_time),
        "service_level_ignore": share(in_time_or_not + [False for c in known if not early(c)], is_mixed=True),
        "service_level_credit": share(in_time_or_not + [short(c, choices) for c in known], is_mixed=True),
    }


def abandons(offered, choices):
    gave_up = [c.outcome == "abandoned" for c in offered]
    is_short = [short(c, choices) if left else False for c, left in zip(offered, gave_up, strict=True)]
    net = [
        left if known is False else None for left, known in zip(gave_up, is_short, strict=True) if not known
    ]
    return {
        "abandon_rate": share(gave_up),
        "abandon_rate_net": share(net, is_mixed=True),
        "n_short_abandoned": count(of for of, left in zip(is_short, gave_up, strict=True) if left),
    }


def waits(offered, answered, abandoned):
    every, until_answer, until_left = ([c.wait_s for c in of] for of in (offered, answered, abandoned))
    return {
        "speed_of_answer": mean(until_answer),
        "abandon_wait_mean": mean(until_left),
        "wait_mean": mean(every),
        "wait_median": quantile(until_answer, 0.5),
        "wait_p90": quantile(until_answer, 0.9),
        "wait_p95": quantile(until_answer, 0.95),
        "abandon_wait_median": quantile(until_left, 0.5),
        "wait_longest": largest(every),
        "wait_longest_answered": largest(until_answer),
        "wait_longest_abandoned": largest(until_left),
        "ring_mean": mean(c.ring_s for c in answered),
    }


def talks(talked, ours, short_s):
    is_short = [None if s is None else s < short_s for s in talked]
    return {
        "talk_mean": mean(talked),
        "talk_mean_trimmed": mean(s for s in talked if s is None or s <= LONG_S),
        "talk_median": quantile(talked, 0.5),
        "talk_p90": quantile(talked, 0.9),
        "talk_total": total(talked),
        "n_short_answered": count(is_short),
        "short_answered_rate": share(is_short),
        "outbound_talk_mean": mean(ours),
    }


def routes(answered):
    """Return what the flows of answered calls tell; a call without any says nothing."""
    is_handed_on = [c.n_transfers > 0 if c.n_steps else None for c in answered]
    return {
        "n_transferred": count(is_handed_on),
        "transfer_rate": share(is_handed_on),
        "targets_per_answer": mean(c.n_targets if c.n_steps else None for c in answered),
        "rings_per_answer": mean(c.n_rings if c.n_steps else None for c in answered),
    }


def charges(calls):
    """Return what calls cost; nothing where all of it is 0, which says that it is not reported."""
    answers = [(c.charge, float(c.outcome == "answered")) for c in calls]
    minutes = [(c.charge, None if c.talk_s is None else c.talk_s / 60) for c in calls]
    found = {
        "charge_total": total(c.charge for c in calls),
        "charge_per_answered": ratio(answers),
        "charge_per_minute": ratio(minutes),
    }
    return {name: told._replace(value=told.value if told.numerator else None) for name, told in found.items()}


def count(of):
    of = list(of)
    known = [bool(x) for x in of if x is not None]
    return Told(sum(known), sum(known), len(known), len(of) - len(known))


def share(of, *, is_mixed=False):
    hits, _, n, n_null = count(of)
    is_unsaid = not n or (is_mixed and n_null > MOST_UNKNOWN * (n + n_null))
    return Told(None if is_unsaid else hits / n, hits, n, n_null)


def amounts(of, taken, *, has_sum=True):
    of = list(of)
    known = sorted(x for x in of if x is not None)
    n_null = len(of) - len(known)
    if not known:
        return Told(None, None, 0, n_null)
    return Told(taken(known), math.fsum(known) if has_sum else None, len(known), n_null)


def total(of):
    return amounts(of, math.fsum)


def mean(of):
    return amounts(of, lambda known: math.fsum(known) / len(known))


def largest(of):
    return amounts(of, max, has_sum=False)


def quantile(of, level):
    """Return a quantile that lies between the two values around its place."""

    def between(known):
        place = (len(known) - 1) * level
        below = math.floor(place)
        above = min(below + 1, len(known) - 1)
        return known[below] + (known[above] - known[below]) * (place - below)

    return amounts(of, between, has_sum=False)


def ratio(pairs):
    """Divide the sums of pairs; one with a part that is not known is left out."""
    pairs = list(pairs)
    known = [(above, below) for above, below in pairs if above is not None and below is not None]
    over, under = (math.fsum(part) for part in zip(*known, strict=True)) if known else (None, 0)
    return Told(over / under if under else None, over, len(known), len(pairs) - len(known))
