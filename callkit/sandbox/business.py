"""The business behind the sandbox: its numbers and people as in callkit.toml, and its habits on the phone."""

import random
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from callkit import clock
from callkit.opening import OpeningHours
from callkit.periods import Week

SETTINGS = tomllib.loads((Path(__file__).parent / "callkit.toml").read_text(encoding="utf-8"))
TIME_ZONE: str = SETTINGS["time_zone"]
TOKEN: str = SETTINGS["token"]
OPENING = OpeningHours.parse(SETTINGS["opening_hours"], SETTINGS["bank_holidays"])
DIDS: Mapping[str, str] = {label: number for number, label in SETTINGS["dids"].items()}
MENU = "Main menu"
MENU_KEYS = {"1": "Sales", "2": "Support", "3": "Accounts"}
SEED = 2026
BAD_EVERY = 9


@dataclass(frozen=True)
class Group:
    """
    A ring group and its habits.

    Parameters
    ----------
    name, extensions
        Its name, and the extensions it rings one after another.
    rings_s
        Shortest and longest time an extension rings before the next one is tried.
    pickup
        Share of rings that are picked up.
    skips_busy
        Whether busy extensions are passed over without being dialed.
    queue_s
        How long its queue holds a caller.
    places
        Places in its queue, 0 for no queue; callers beyond them hear the busy tone.
    queues_unanswered
        Whether a caller whom nobody picked up goes on to the queue; else to voicemail.
    talk_s
        Mean length of a conversation.
    """

    name: str
    extensions: tuple[str, ...]
    rings_s: tuple[int, int]
    pickup: float
    skips_busy: bool
    queue_s: int
    places: int
    queues_unanswered: bool
    talk_s: float


def _people(group: str) -> tuple[str, ...]:
    return tuple(extension for extension, person in SETTINGS["agents"].items() if person["group"] == group)


GROUPS = {
    group.name: group
    for group in (
        Group("Sales", _people("Sales"), (16, 20), 0.64, True, 170, 99, True, 250.0),
        Group("Support", _people("Support"), (15, 18), 0.82, True, 220, 99, True, 290.0),
        Group("Accounts", _people("Accounts"), (18, 20), 0.80, False, 120, 1, False, 210.0),
        Group("Bookings", _people("Bookings"), (15, 17), 0.84, False, 120, 0, False, 170.0),
    )
}
GROUP_OF = {extension: group for group in GROUPS.values() for extension in group.extensions}

# Who is on the phones when on weekdays, in minutes after midnight, lunch taken out; who on Saturdays, from opening to
# closing; and who is ill in a bad week.
_ROSTER = {
    "201": ((480, 720), (780, 990)), "202": ((510, 750), (810, 1020)),
    "203": ((540, 780), (840, 1080)), "204": ((540, 720), (840, 1080)),
    "211": ((480, 720), (780, 1020)), "212": ((510, 750), (810, 1020)),
    "213": ((540, 780), (840, 1080)),
    "221": ((480, 750), (795, 1020)), "222": ((510, 780), (825, 1080)),
    "231": ((480, 720), (780, 990)), "232": ((510, 750), (810, 1080)),
    "233": ((540, 780), (840, 1080)),
}  # fmt: skip
_SATURDAY = ("201", "204", "211", "213", "222", "231", "233")
_ILL = ("202", "203", "212", "232")


@dataclass(frozen=True)
class Hours:
    """A week's open spans and shifts, in seconds after its first instant."""

    base: int
    length: int
    open: tuple[tuple[int, int], ...]
    shifts: tuple[tuple[str, int, int], ...]

    def is_open(self, at: float) -> bool:
        """Tell whether the business is open."""
        return any(opens <= at < closes for opens, closes in self.open)

    def next_open(self, at: float) -> int | None:
        """Return when the business opens next, or None if not within the week."""
        return next((opens for opens, _ in self.open if opens > at), None)


def epoch(day: date, minute: int = 0) -> int:
    """Return the UTC epoch second of a minute of a day on the business's wall clock."""
    return int(clock.instant(clock.midnight(day) + timedelta(minutes=minute), TIME_ZONE).timestamp())


def is_bad(week: Week, seed: int = SEED) -> bool:
    """Tell whether the business is short of staff in a week: one week in nine is."""
    return (_ordinal(week) + random.Random(f"{seed}:bad").randrange(BAD_EVERY)) % BAD_EVERY == 0  # noqa: S311


def first_record(week: Week) -> int:
    """Return the index of a week's first record."""
    return _ordinal(week) * 10_000


def _ordinal(week: Week) -> int:
    return (week.start.toordinal() - 1) // 7


@lru_cache(maxsize=64)
def hours(week: Week, seed: int) -> Hours:
    """Return when the business is open in a week, and who is on the phones when."""
    base = epoch(week.start)
    spans: list[tuple[int, int]] = []
    shifts: list[tuple[str, int, int]] = []
    ill = _ILL if is_bad(week, seed) else ()
    for day in clock.days(week.start, week.end):
        for span in OPENING.on(day):
            spans.append(_seconds(day, span, base))
            roster = dict.fromkeys(_SATURDAY, (span,)) if day.weekday() == 5 else _ROSTER
            shifts += [
                (e, *_seconds(day, part, base))
                for e, parts in roster.items()
                if e not in ill
                for part in parts
            ]
    return Hours(base, epoch(week.end) - base, tuple(spans), tuple(shifts))


def _seconds(day: date, span: tuple[int, int], base: int) -> tuple[int, int]:
    return epoch(day, span[0]) - base, epoch(day, span[1]) - base
