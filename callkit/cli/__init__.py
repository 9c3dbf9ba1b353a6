"""The ``callkit`` command: a file for each family of commands, put together here."""

import argparse
import os
import signal
import sys
from typing import NoReturn

import callkit
from callkit.cli import exporting, fetching, reference, reporting, retention
from callkit.cli.terminal import log_to_stderr, say_error, terminate
from callkit.errors import CallkitError

EXIT_CODES = """exit codes:
  0 ok · 1 notebook or process failed · 2 usage or settings · 3 fetch, key or damaged archive
  4 no or incomplete data for the period · 5 timeout · 75 another run holds the lock
  130 interrupted · 143 terminated"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    parsed = parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, terminate)
    log_to_stderr()
    try:
        parsed.run(parsed)
    except CallkitError as error:
        say_error(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        say_error("interrupted; what was finished is kept.")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        place = (
            f"{error.filename} cannot be used" if error.filename else "a file could not be read or written"
        )
        say_error(f"{place} ({reason}); mend that, or name another data folder in CALLKIT_DATA.")
        return 2
    return 0


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with a command line without repeating a phone number that stands in it."""

    def error(self, message: str) -> NoReturn:
        from callkit.privacy import mask_numbers

        super().error(mask_numbers(message))


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = _Parser(
        prog="callkit",
        description="Call records of Acefone accounts: fetch, tidy, report.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"callkit {callkit.__version__}")
    commands = top.add_subparsers(required=True, metavar="command")
    for family in (fetching, reporting, exporting, retention, reference):
        family.add(commands)
    return top
