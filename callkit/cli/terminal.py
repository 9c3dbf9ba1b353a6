"""What the commands write: text and tables on stdout, warnings and errors on stderr."""

import logging
import shutil
import sys
from collections.abc import Iterable
from types import FrameType

from callkit.plaintext import table


def say(text: str) -> None:
    """Write a line to stdout."""
    sys.stdout.write(f"{text}\n")


def say_error(text: str) -> None:
    """Write a line to stderr."""
    sys.stderr.write(f"callkit: {text}\n")


def say_table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Write a table to stdout, no wider than the terminal."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for line in table(header, rows, width):
        say(line)


def log_to_stderr() -> None:
    """Show callkit's own warnings; those of the libraries below come back as the error they lead to."""
    if logging.getLogger("callkit").hasHandlers():
        return
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("callkit: %(message)s"))
    logging.getLogger("callkit").addHandler(handler)
    logging.getLogger().addHandler(logging.NullHandler())


def terminate(number: int, _frame: FrameType | None) -> None:
    """Leave on a signal with its exit code."""
    say_error("terminated; what was finished is kept.")
    raise SystemExit(128 + number)
