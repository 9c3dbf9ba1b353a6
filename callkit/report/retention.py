"""Keep the newest reports of a kind and remove the older ones."""

import logging
from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path

from callkit import clock
from callkit.errors import UsageError
from callkit.periods import KINDS, Period
from callkit.pipeline import deletions
from callkit.report import listing, publish
from callkit.settings import Settings

log = logging.getLogger("callkit")


def require_kept(folder: Path, wanted: Collection[Period], n: int) -> None:
    """
    Make sure that no report asked for would be removed as soon as it is made.

    Parameters
    ----------
    folder
        Folder of a kind of report.
    wanted
        The periods asked for.
    n
        How many periods are kept.

    Raises
    ------
    UsageError
        A period asked for would not be among the newest `n`.
    """
    first = min(wanted)
    there = sorted({*published(folder), *wanted})
    needed = len(there) - there.index(first)
    if needed > n:
        newer = "a newer report is" if n == 1 else f"{n} newer reports are"
        message = (
            f"keep {n} would remove {first.noun} {first} at once, since {newer} asked for or there already; "
            f"keep at least {needed}, or leave --keep out."
        )
        raise UsageError(message)


def published(folder: Path) -> list[Period]:
    """Return the periods a folder of reports holds a page of, shared or internal, the oldest first."""
    return sorted({period for path in folder.glob("[0-9]*/*.html") if (period := _period(folder, path))})


def keep(settings: Settings, kind: str, n: int, *, now: Callable[[], datetime] = clock.now) -> list[Path]:
    """
    Remove the reports of a kind but those of its newest `n` periods, and return the files that were removed.

    With a page go its PDF, notebook and sidecar, for both audiences. What failing runs left goes where its period is
    older than the oldest one kept. It is noted in the account's log of deletions.

    Parameters
    ----------
    settings
        The account.
    kind
        ``weekly`` or ``monthly``.
    n
        How many periods are kept, 1 or more.
    now
        Gives the present instant.

    Raises
    ------
    UsageError
        `n` is below 1.
    LockedError
        Another run is making a report of this account.
    """
    if n < 1:
        raise UsageError(f"keep {n} keeps no report; keep 1 or more.")
    folder = settings.folder("reports") / kind
    with publish.locked(folder):
        kept = published(folder)[-n:]
        old = {
            path: period
            for path in sorted([*folder.glob("[0-9]*/*"), *folder.glob("_failed/*")])
            if kept and path.is_file() and (period := _period(folder, path)) and period < kept[0]
        }
        if not old:
            return []
        with deletions.noted(
            settings, "keep", [p.start for p in old.values()], {"report_files": len(old)}, now
        ):
            for path in old:
                path.unlink(missing_ok=True)
        for place in {path.parent for path in old}:
            if not any(place.iterdir()):
                place.rmdir()
        listing.update(folder, settings)
    for path in old:
        log.info("Removed %s", path, extra={"event": "removed", "fields": {"file": str(path)}})
    return [*old]


def _period(folder: Path, path: Path) -> Period | None:
    """Return the period a file is named by; None where it is no file of a report."""
    name, *others = path.name.split(".")
    if path.suffix not in publish.PARTS or len(others) > 2:
        return None
    try:
        return KINDS[folder.name].parse(name)
    except UsageError:
        return None
