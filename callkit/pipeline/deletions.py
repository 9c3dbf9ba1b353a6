"""What was deleted on purpose, in ``raw/<account>/deletions.jsonl``: when, what kind, how much, and never whose.

A deletion writes a line before it begins and one when it is done. A first line without a second one tells of a run
that was killed; running the same command again finishes its work.
"""

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime

import msgspec

from callkit.settings import Settings

NAME = "deletions.jsonl"


@contextmanager
def noted(
    settings: Settings,
    what: str,
    days: Collection[date],
    numbers: Mapping[str, int],
    now: Callable[[], datetime],
) -> Iterator[None]:
    """
    Note that a deletion begins, and that it is done where no error stopped it.

    Parameters
    ----------
    settings
        The account.
    what
        ``prune``, ``forget``, or ``keep`` of the newest reports.
    days
        The days concerned; the first and the last of them are noted.
    numbers
        How many files, records … are deleted.
    now
        Gives the present instant.
    """
    first, last = min(days, default=None), max(days, default=None)
    line = {"what": what, "first_day": first, "last_day": last, **numbers}
    _append(settings, {"at": now(), "state": "begun", **line})
    yield
    _append(settings, {"at": now(), "state": "done", **line})


def _append(settings: Settings, line: Mapping[str, object]) -> None:
    folder = settings.folder("raw")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / NAME).open("ab") as file:
        file.write(msgspec.json.encode(line) + b"\n")
        file.flush()
        os.fsync(file.fileno())
