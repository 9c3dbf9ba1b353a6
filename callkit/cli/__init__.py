"""The ``callkit`` command: a file for each family of commands, put together here."""

import argparse
import os
import signal
import sys
from typing import NoReturn

import callkit
from callkit.cli import exporting, fetching, reference, reporting, retention
from callkit.cli.terminal import explained, log_to_stderr, say_error, stopped, terminate
from callkit.errors import CallkitError

EXIT_CODES = """exit codes:
  0 ok · 1 notebook or process failed · 2 usage or settings · 3 fetch, key or damaged archive
  4 no or incomplete data for the period · 5 timeout · 75 another run holds the lock
  130 interrupted · 143 terminated"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    parsed = parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, terminate)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:  # nohup ignores it
        signal.signal(signal.SIGHUP, terminate)
    log_to_stderr(getattr(parsed, "log_format", "text"))
    try:
        return parsed.run(parsed) or 0
    except CallkitError as error:
        say_error(str(error), exit_code=error.exit_code)
        return error.exit_code
    except (KeyboardInterrupt, SystemExit) as signalled:
        code = 130 if isinstance(signalled, KeyboardInterrupt) else 143
        say_error(stopped(signalled), exit_code=code)
        return code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        say_error(explained(error), exit_code=2)
        return 2


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
