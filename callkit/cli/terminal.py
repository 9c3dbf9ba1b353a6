"""What the commands write: text and tables on stdout, warnings and errors on stderr."""

import json
import logging
import os
import shutil
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from types import FrameType
from typing import Any

from callkit.plaintext import table

FORMS = ("text", "json")


class _Text(logging.Formatter):
    """A line that a person reads."""

    def format(self, record: logging.LogRecord) -> str:
        return f"callkit: {record.getMessage()}"


class _Json(logging.Formatter):
    """A line that a program reads: an object with time, level, event, message and what else is known."""

    def format(self, record: logging.LogRecord) -> str:
        from callkit.privacy import mask_message

        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"time": at, "level": record.levelname.lower()}
        line["event"] = getattr(record, "event", "message")
        line["message"] = mask_message(record.getMessage())
        line |= getattr(record, "fields", {})
        return json.dumps(line, ensure_ascii=False, default=str)


_form: logging.Formatter = _Text()


def say(text: str) -> None:
    """Write a line to stdout."""
    sys.stdout.write(f"{text}\n")


def say_error(text: str, event: str = "failed", **fields: Any) -> None:
    """Write a line to stderr, in the form of the log."""
    record = logging.LogRecord("callkit", logging.ERROR, "", 0, "%s", (text,), None)
    record.event, record.fields = event, fields
    sys.stderr.write(f"{_form.format(record)}\n")


def say_table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Write a table to stdout, no wider than the terminal."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for line in table(header, rows, width):
        say(line)


def log_to_stderr(form: str = "text") -> None:
    """
    Show callkit's own warnings; those of the libraries below come back as the error they lead to.

    As ``json`` show too what was done, an object a line.
    """
    global _form  # noqa: PLW0603 (a process has one stderr)
    _form = _Json() if form == "json" else _Text()
    log = logging.getLogger("callkit")
    if form == "json":
        log.setLevel(logging.INFO)
    if log.hasHandlers():
        return
    handler = logging.StreamHandler()
    handler.setFormatter(_form)
    log.addHandler(handler)
    logging.getLogger().addHandler(logging.NullHandler())


def explained(error: OSError) -> str:
    """Return what an error of the system means for the user, in a sentence."""
    reason = os.strerror(error.errno) if error.errno else str(error)
    place = f"{error.filename} cannot be used" if error.filename else "a file could not be read or written"
    return f"{place} ({reason}); mend that, or name another data folder in CALLKIT_DATA."


def stopped(error: BaseException) -> str:
    """Return how and where a signal ended the work, in a line."""
    how = "interrupted" if isinstance(error, KeyboardInterrupt) else "terminated"
    where = " ".join(getattr(error, "__notes__", ()))
    return f"{how}. {where}" if where else f"{how}; what was finished is kept."


def terminate(number: int, _frame: FrameType | None) -> None:
    """Leave on a signal with its exit code."""
    raise SystemExit(128 + number)
