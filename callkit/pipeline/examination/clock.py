"""The account's offset from UTC, inferred from the epochs that are hidden in ids, against the configured zone."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from phonenumbers import example_number
from phonenumbers.timezone import time_zones_for_number

from callkit.clock import offset_in_words, to_wall
from callkit.pipeline.examination.calls import Call, utc_wall
from callkit.pipeline.examination.case import Case
from callkit.pipeline.examination.diagnosis import LIKELY, NOT_TOLD, Advice, Finding, sure_by
from callkit.pipeline.wording import several

_QUARTER, _SLACK_S, _FARTHEST_S = 900, 120, 15 * 3600
_SHARE = 0.95  # of the calls that must agree
_MOST_OFFSETS = 3
_ZONES = (
    "UTC", "Europe/London", "Europe/Paris", "Europe/Athens", "Asia/Dubai", "Asia/Kolkata", "Asia/Singapore",
    "Asia/Tokyo", "Australia/Sydney", "Africa/Johannesburg", "America/New_York", "America/Chicago", "America/Denver",
    "America/Los_Angeles",
)  # fmt: skip
_MODERN = {"Asia/Calcutta": "Asia/Kolkata"}
Timed = tuple[int, int]  # an epoch, and the offset of the wall clock from it


def clock_of(case: Case, calls: Sequence[Call]) -> Finding:
    """
    Say on whose clock the stamps are.

    Parameters
    ----------
    case
        The account; a wrong setting is noted there.
    calls
        The calls that came while the configured zone was asked for.
    """
    zone = case.settings.time_zone
    by_id = {name: _timed(calls, name) for name in ("call_id", "uuid", "id")}
    evidence = "; ".join(_agreement(name, found, calls) for name, found in by_id.items() if found)
    timed = next((found for found in by_id.values() if found), [])
    if not timed:
        held = sum(bool(call.epochs) for call in calls)
        said = "The ids hold no epochs that go with the stamps, so that the zone cannot be checked."
        return Finding(
            "Clock", said, NOT_TOLD, f"{held} of {len(calls)} calls have an id with an epoch in it"
        )
    offset, n = Counter(off for _, off in timed).most_common(1)[0]
    fitting = [name for name in _candidates(case.settings.country) if _fits(timed, name)]
    there = f"The stamps are {_utc(offset)}"
    if _fits(timed, zone):
        others = ", ".join(name for name in fitting if name != zone)
        also = f"; {others} would fit too" if others else ""
        return Finding("Clock", f"{there}, as {zone} has it.", sure_by(len(timed)), evidence + also)
    expected = Counter(_offset(zone, epoch) for epoch, _ in timed).most_common(1)[0][0]
    by = offset_in_words(offset - expected)
    is_one = bool(fitting) or n >= _SHARE * len(timed)
    if fitting:
        case.advice.append(Advice("time_zone", fitting[0], f"the stamps are {by} {zone}"))
    fit = f"{' or '.join(fitting)} would fit" if fitting else "none of the usual zones fits"
    sure = sure_by(len(timed)) if is_one else LIKELY
    return Finding("Clock", f"{there}, {by} time_zone {zone}; {fit}.", sure, evidence)


def _timed(calls: Sequence[Call], name: str) -> list[Timed]:
    """Return epochs and offsets by one id, where both go together."""
    found = []
    for call in calls:
        epoch, wall = call.epochs.get(name), call.ended if name == "id" else call.wall
        if epoch is None or wall is None:
            continue
        seconds = round((wall - utc_wall(epoch)) / timedelta(seconds=1))
        # an ObjectId is made when the record is stored, soon after the call's end
        offset = -(-seconds // _QUARTER) * _QUARTER if name == "id" else round(seconds / _QUARTER) * _QUARTER
        if abs(offset) <= _FARTHEST_S and (name == "id" or abs(seconds - offset) <= _SLACK_S):
            found.append((epoch, offset))
    return found


def _agreement(name: str, timed: Sequence[Timed], calls: Sequence[Call]) -> str:
    counted = Counter(off for _, off in timed).most_common(_MOST_OFFSETS)
    n_held = sum(name in call.epochs for call in calls)
    return f"{name}: {', '.join(f'{_utc(offset)} in {n:,}' for offset, n in counted)} of {several(n_held, 'call')}"


def _offset(zone: str, epoch: int) -> int:
    return int(to_wall(np.array([epoch]), zone)[0]) - epoch


def _fits(timed: Sequence[Timed], zone: str) -> bool:
    epochs, offsets = (np.array(values, dtype=np.int64) for values in zip(*timed, strict=True))
    return float(np.mean(to_wall(epochs, zone) - epochs == offsets)) >= _SHARE


def _candidates(country: str) -> list[str]:
    """Return zones to try: those of the configured country first."""
    example = example_number(country)
    theirs = time_zones_for_number(example) if example else ()
    named = [_MODERN.get(name, name) for name in theirs if "/" in name]
    return list(dict.fromkeys([*named, *_ZONES]))


def _utc(offset: int) -> str:
    hours, minutes = divmod(abs(offset) // 60, 60)
    return f"UTC{'-' if offset < 0 else '+'}{hours}" + (f":{minutes:02}" if minutes else "")
