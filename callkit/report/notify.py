"""Tell somebody how a run ended: a command of the user's, with the sidecar's path."""

import logging
import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

from callkit.errors import UsageError
from callkit.privacy import mask_message
from callkit.report.environment import without_any_key

log = logging.getLogger("callkit")
LONGEST_S = 60.0


class Ending(NamedTuple):
    """
    How a report ended.

    Parameters
    ----------
    status
        ``ok``, or the name of what went wrong, as in the sidecar.
    exit_code
        What the command line returns for it.
    sidecar
        Where its sidecar lies; None where none could be written.
    page
        Where its page lies; None where it failed.
    """

    status: str
    exit_code: int
    sidecar: Path | None = None
    page: Path | None = None


def command_of(text: str) -> list[str]:
    """
    Return the words of a command.

    Raises
    ------
    UsageError
        The quotes are not closed, it is empty, or its program is not there.
    """
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise UsageError(f"notify-cmd {text!r} cannot be read: {error}.") from error
    if not words:
        raise UsageError("notify-cmd is empty; name a program, with its arguments.")
    if shutil.which(words[0]) is None:
        raise UsageError(
            f"notify-cmd names {words[0]!r}, which is no program that can be run here; give its path."
        )
    return words


def notify(command: list[str], ending: Ending, *, longest_s: float = LONGEST_S) -> bool:
    """
    Run the command, with the sidecar's path as its last argument, and tell whether it ended well.

    It runs without a shell and without the account's keys in its environment, which says ``CALLKIT_STATUS``,
    ``CALLKIT_EXIT_CODE``, ``CALLKIT_SIDECAR`` and ``CALLKIT_PAGE`` (empty where there is none). Its failure is a
    warning: the report stands whether or not somebody was told.

    Parameters
    ----------
    command
        Program and arguments.
    ending
        How the report ended.
    longest_s
        Seconds the command may take.
    """
    sidecar, page = (str(path.resolve()) if path else "" for path in (ending.sidecar, ending.page))
    told = {"STATUS": ending.status, "EXIT_CODE": str(ending.exit_code), "SIDECAR": sidecar, "PAGE": page}
    environ = without_any_key(os.environ) | {f"CALLKIT_{name}": value for name, value in told.items()}
    with tempfile.TemporaryFile() as said:
        why = _run([*command, *filter(None, [sidecar])], environ, said.fileno(), longest_s)
        said.seek(0)
        last = said.read().decode("utf-8", "replace").strip().rpartition("\n")[2]
    if why:
        words = f"The notify command {command[0]!r} {why}{f': {mask_message(last[:200])}' if last else ''}"
        log.warning("%s", f"{words.rstrip('.')}.", extra={"event": "notify failed"})
    return not why


def _run(command: list[str], environ: dict[str, str], output: int, longest_s: float) -> str:
    """Run a command in a group of its own and return what went wrong, empty where nothing did."""
    try:
        process = subprocess.Popen(  # noqa: S603 (the user's own command, no shell)
            command,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    except OSError as error:
        return f"could not be started: {error.strerror}"
    try:
        code = process.wait(longest_s)
    except subprocess.TimeoutExpired:
        return f"took longer than {longest_s:g} s and was ended"
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return f"ended with exit code {code}" if code else ""
