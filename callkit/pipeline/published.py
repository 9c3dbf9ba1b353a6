"""The files under ``reports/<account>``: whose period is long over, and which of them show a number."""

import contextlib
import fcntl
import gzip
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from callkit.errors import LockedError, UsageError
from callkit.periods import parse_period
from callkit.pipeline.writings import Sought
from callkit.settings import Settings

_FAILED = "_failed"
_NOTEBOOK = ".ipynb"


@contextlib.contextmanager
def locked(settings: Settings) -> Iterator[None]:
    """
    Hold the locks of all the account's reports, and clear away what a killed run left.

    Raises
    ------
    LockedError
        A report is being made.
    """
    with contextlib.ExitStack() as held:
        for folder in _kinds(settings):
            file = held.enter_context((folder / ".lock").open("a"))
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                message = f"A {folder.name} report of account {settings.account!r} is being made; try again when it is."
                raise LockedError(message) from None
            for left in folder.glob(".run-*"):
                shutil.rmtree(left)
        yield


def older(settings: Settings, until: date) -> list[Path]:
    """Return the internal reports, executed notebooks and failed runs of periods that ended before a day."""
    return [
        path
        for path in _files(settings)
        if (_is_internal(path) or path.suffix == _NOTEBOOK or path.parent.name == _FAILED)
        and (end := _end(path)) is not None
        and end <= until
    ]


def showing(settings: Settings, sought: Sought) -> list[Path]:
    """Return the files that show a number in any writing, each with its siblings of the same name."""
    files = _files(settings)
    shown = {path.with_suffix("") for path in files if sought.stands_in(_content(path)) or _is_closed(path)}
    return [path for path in files if path.with_suffix("") in shown]


def _is_closed(path: Path) -> bool:
    """Tell whether a file may show any number and cannot be searched: an internal PDF whose page is gone."""
    return path.suffix == ".pdf" and _is_internal(path) and not path.with_suffix(".html").exists()


def _kinds(settings: Settings) -> list[Path]:
    return sorted(path for path in settings.folder("reports").glob("*") if path.is_dir())


def _files(settings: Settings) -> list[Path]:
    files = (path for path in settings.folder("reports").rglob("*") if path.is_file())
    return sorted(path for path in files if path.name != ".lock")


def _is_internal(path: Path) -> bool:
    return path.stem.endswith(".internal")


def _end(path: Path) -> date | None:
    """Return the day after a file's period, told by its name; None where it names none."""
    try:
        return parse_period(path.name.partition(".")[0]).end
    except (UsageError, ValueError, OverflowError):
        return None


def _content(path: Path) -> bytes:
    content = path.read_bytes()
    return gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
