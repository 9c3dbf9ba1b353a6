"""What numbers are taken over beside calls, again in plain Python: callers, contacts, episodes, rings and hours.

Calls are as in `tests.metrics.slow`. Each function that makes rows returns pairs of the group and the row.
"""

from collections import defaultdict
from datetime import UTC, datetime

from tests.metrics.happened import hours_of, seconds_of
from tests.metrics.slow import count, is_missed, is_offered, largest, mean, share
from tests.metrics.test_episodes import followed

DAY_S = 86_400


def starts(calls):
    return [c.started for c in calls if c.started is not None]


def of_missed_callers(missed, period):
    """Return the numbers over missed callers; answers to them count from the whole period."""
    named = defaultdict(list)
    for c in missed:
        if c.caller is not None:
            named[c.caller].append(c.started)
    first = {who: min((at for at in of if at is not None), default=None) for who, of in named.items()}
    known = {who: at for who, at in first.items() if at is not None}
    unsaid = [None] * (len(first) - len(known) + sum(c.caller is None for c in missed))
    return {
        "n_missed_callers": count([True] * len(known) + unsaid),
        "n_unreached": count([not is_reached(who, at, period) for who, at in known.items()] + unsaid),
    }


def is_reached(who, first, period):
    return any(
        c.caller == who and c.outcome == "answered" and c.direction in ("inbound", "outbound")
        and c.started is not None and c.started >= first
        for c in period
    )  # fmt: skip


def first_calls(archive):
    """Return the key of each caller's first inbound call."""
    first = {}
    for c in sorted(archive, key=lambda c: (c.started is None, c.started or 0, c.key)):
        if c.direction == "inbound" and c.caller is not None:
            first.setdefault(c.caller, c.key)
    return first


def of_callers(calls, first):
    """Return the numbers over the callers of some calls; each withheld call is somebody not known."""
    named = defaultdict(list)
    for c in calls:
        if c.direction == "inbound":
            named[c.caller].append(c)
    withheld = named.pop(None, [])
    unsaid = [None] * len(withheld)
    new = [any(c.key == first[who] for c in of) for who, of in named.items()]
    spoken = [
        any(c.outcome == "answered" for c in of) for of in named.values() if any(is_offered(c) for c in of)
    ]
    return {
        "n_callers": count([True] * len(named) + unsaid),
        "n_new_callers": count(new + unsaid),
        "n_returning_callers": count([not of for of in new] + unsaid),
        "new_caller_rate": share(new + unsaid),
        "calls_per_caller": mean([len(of) for of in named.values()] + unsaid),
        "caller_answer_rate": share(spoken + [None for c in withheld if is_offered(c)]),
    }


def contacts(archive, group_of):
    """Yield each answered inbound call of a known caller: seconds to their next call, and to the archive's end."""
    known = [
        c for c in archive if c.direction == "inbound" and c.caller is not None and c.started is not None
    ]
    lines = defaultdict(list)
    for c in sorted(known, key=lambda c: (c.started, c.key)):
        lines[c.caller, c.did].append(c)
    last = max(starts(archive), default=None)
    for of in lines.values():
        for c, following in zip(of, [*of[1:], None], strict=True):
            if c.outcome == "answered":
                again = following and following.started - c.started
                yield group_of(c), c, (again, last - c.started)


def of_contacts(rows):
    found = {}
    for days in (1, 7):
        again = [
            None if seen < days * DAY_S else next_s is not None and next_s <= days * DAY_S
            for next_s, seen in rows
        ]
        found[f"repeat_rate_{days}d"] = share(again)
        found[f"resolution_rate_{days}d"] = share(None if of is None else not of for of in again)
    return found


def episodes(archive, group_of):
    """Yield each episode at its first miss: recovered, by us, by the caller, called back; None where not known."""
    by_key = {c.key: c for c in archive}
    rows = [(c.started, c.direction, c.outcome, c.caller, c.key) for c in archive if c.started is not None]
    last = max(starts(archive), default=None)
    for e in followed(rows):
        miss, first = by_key[e["key"]], e["misses"][0]
        spoken, who = e["answer"] or (None, None)
        is_back = spoken is not None and spoken - first <= DAY_S
        is_called = bool(e["ours"]) and e["ours"][0] - first <= DAY_S
        flags = (is_back, is_back and who == "us", is_back and who == "caller", is_called)
        yield group_of(miss), miss, (True, *(flags if last - first >= DAY_S else (None,) * 4))
    for c in archive:
        if is_missed(c) and (c.caller is None or c.started is None):
            yield group_of(c), c, (None,) * 5


def of_episodes(rows):
    known, *flags = zip(*rows, strict=True) if rows else [()] * 5
    names = ("recovery_rate", "recovered_by_us_rate", "recovered_by_caller_rate", "callback_rate")
    return {"n_episodes": count(known), **dict(zip(names, map(share, flags), strict=True))}


def of_rings(fates):
    """Return the numbers over rings, each told by what became of it."""
    fates = list(fates)
    return {
        "n_ring_attempts": count(True for _ in fates),
        "n_ring_no_answer": count(fate == "missed" for fate in fates),
        "ring_answer_rate": share(fate == "answered" for fate in fates if fate in ("answered", "missed")),
    }


def spans(calls):
    """Return from when to when offered calls wait, and answered ones talk."""
    waiting = [
        (c.started + c.menu_s, c.started + c.menu_s + c.wait_s)
        for c in calls
        if is_offered(c) and None not in (c.started, c.menu_s, c.wait_s)
    ]
    talking = [
        (c.answered, c.answered + c.talk_s)
        for c in calls
        if c.direction == "inbound"
        and c.outcome == "answered"
        and None not in (c.started, c.answered, c.talk_s)
    ]
    return waiting, talking


def hour_of(second):
    return second // 3600 * 3600


def hours(archive, asked, parts_of, hour_keys, zone):
    """
    Yield each group's row of each hour in use: talk, peaks, calls offered, and Erlangs offered.

    Parameters
    ----------
    archive, asked
        All calls, and those of the period.
    parts_of
        The parts of a call's group that the clock does not tell.
    hour_keys
        Return the whole group from its parts and an hour's wall clock.
    zone
        Zone of the wall clock.
    """
    inbound = [c for c in archive if c.direction == "inbound" and c.started is not None]
    parts = defaultdict(list)
    for c in inbound:
        parts[parts_of(c)].append(c)
    used = {hour_of(c.started) for c in inbound} | set(map(hour_of, seconds_of(spans(inbound)[1])))
    talks, rows = defaultdict(list), []
    for c in asked:
        if c.direction == "inbound" and c.outcome == "answered" and None not in (c.started, c.talk_s):
            talks[hour_keys(parts_of(c), c.local)].append(c.talk_s)
    for part, of in parts.items() or {(): []}.items():
        waiting, talking = (hours_of(seconds_of(kind)) for kind in spans(of))
        untold = {
            hour_of(c.started) for c in of if c.outcome == "answered" and None in (c.answered, c.talk_s)
        }
        begun = defaultdict(int)
        for c in of:
            begun[hour_of(c.started)] += is_offered(c)
        for hour in used:
            wall = datetime.fromtimestamp(hour, UTC).astimezone(zone).replace(tzinfo=None)
            group, n = hour_keys(part, wall), begun.get(hour, 0)
            talked = (None, None) if hour in untold else talking.get(hour, (0, 0))
            rows.append((group, wall, talked, waiting.get(hour, (0, 0))[1], n))
    for group, wall, (talking_s, talking_peak, *_), waiting_peak, n in rows:
        talk = talks[group]
        erlangs = 0.0 if not n else n * sum(talk) / len(talk) / 3600 if talk else None
        yield group, wall, (talking_s, talking_peak, waiting_peak, n, erlangs)


def of_hours(rows):
    talking_s, talking_peak, waiting_peak, n_offered, erlangs = zip(*rows, strict=True) if rows else [()] * 5
    return {
        "talking_peak": largest(talking_peak),
        "talking_mean": mean(in_hours(talking_s)),
        "waiting_peak": largest(waiting_peak),
        "offered_erlangs": mean(erlangs),
        "busy_hour_offered": largest(n_offered),
        "busy_hour_erlangs": largest(in_hours(talking_s)),
    }


def in_hours(seconds):
    return [None if s is None else s / 3600 for s in seconds]
