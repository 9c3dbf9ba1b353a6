"""The tables of all days kept up to date with raw: each day is built by itself, many at once where there are many."""

import logging
import os
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeAlias

from callkit.errors import ArchiveError, PageError
from callkit.fetch import archive
from callkit.settings import Settings
from callkit.tables.calls import Options
from callkit.tables.days import KINDS, build, held, is_of
from callkit.tables.making import options, size
from callkit.tables.statement import Statement
from callkit.tables.tidy import fingerprint
from callkit.tables.workers import spread

log = logging.getLogger("callkit")
WORTH_BYTES = 32 << 20  # of raw files: below that a process takes longer to start than it saves
_NEVER = datetime.min.replace(tzinfo=UTC)
Outcome: TypeAlias = Statement | PageError | ArchiveError


def refresh(
    settings: Settings,
    since: date | None = None,
    until: date | None = None,
    *,
    tolerant: bool = False,
) -> dict[date, Statement]:
    """
    Bring the tables of every archived day up to date and return the days' statements, in order.

    Days whose tables are missing, half written, older than the newest raw file or of another fingerprint are built
    again from raw; the others are only looked at.

    Parameters
    ----------
    settings
        The account.
    since, until
        First day, and the day after the last one; None for all there is.
    tolerant
        Go on where a day's records cannot be told apart at all; it gets a statement with that doubt.

    Raises
    ------
    ArchiveError
        A raw file that is needed is damaged.
    PageError
        A day's records cannot be told apart at all.
    """
    expected = fingerprint(options(settings))
    statements: dict[date, Statement] = {}
    stale = {}
    for day, paths in archive.files(settings, since, until).items():
        calls, events = (held(settings, kind, day) for kind in KINDS)
        if calls is None or calls != events or not is_of(calls, paths, expected):
            stale[day] = paths
        statements[day] = calls or Statement(day)
    n_built = 0
    with closing(rebuilt(settings, stale)) as found:
        for day, built in found:
            if isinstance(built, Statement):
                statements[day], n_built = built, n_built + 1
            elif tolerant and isinstance(built, PageError):
                statements[day] = Statement(day, doubt=str(built).rstrip("."), fetched_at=_NEVER)
            elif isinstance(built, PageError):
                raise PageError(f"{day}: {built} Sync that day again once this is mended.") from built
            else:
                raise built
    if n_built:
        log.info("Built the tables of %d days from raw.", n_built)
    return statements


def rebuilt(
    settings: Settings, days: Mapping[date, Sequence[Path]], *, processes: int | None = None
) -> Generator[tuple[date, Outcome]]:
    """
    Rebuild the tables of some days, and give each day's statement, or why it could not be built.

    Parameters
    ----------
    settings
        The account.
    days
        The raw files of each day.
    processes
        How many; default: as the settings say, else as many as there are processors, and only this one where there
        is little to do.

    Yields
    ------
    tuple of date and Statement
        In the order of the days; in the place of a statement the error, where there is one.
    """
    work = [(settings.folder("tables"), options(settings), day, paths) for day, paths in days.items()]
    if processes is None:
        is_much = sum(map(size, days.values())) >= WORTH_BYTES
        processes = (settings.processes or _processors()) if is_much else 1
    processes = min(processes, len(work))
    if processes > 1:
        with closing(spread(_outcome, work, processes)) as found:
            yield from zip(days, found, strict=True)
    else:
        yield from ((day, _outcome(*arguments)) for day, arguments in zip(days, work, strict=True))


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _outcome(folder: Path, options: Options, day: date, paths: Sequence[Path]) -> Outcome:
    try:
        return build(folder, options, day, paths)
    except (PageError, ArchiveError) as error:
        return error
