"""The ``callkit`` command: sync, report, sandbox, columns, metrics."""

import argparse
import logging
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import callkit
from callkit.errors import CallkitError, NoDataError
from callkit.plaintext import table

if TYPE_CHECKING:
    from callkit.clock import Week
    from callkit.settings import Settings

EXIT_CODES = """exit codes:
  0 ok · 1 notebook failed · 2 usage or settings · 3 fetch or key · 4 no or incomplete data for the period
  5 timeout · 75 another run holds the lock · 130 interrupted · 143 terminated"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    parsed = parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _terminate)
    _log_to_stderr()
    try:
        parsed.run(parsed)
    except CallkitError as error:
        _say_error(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        _say_error("interrupted; what was finished is kept.")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        place = (
            f"{error.filename} cannot be used" if error.filename else "a file could not be read or written"
        )
        _say_error(f"{place} ({reason}); mend that, or name another data folder in CALLKIT_DATA.")
        return 2
    return 0


def _log_to_stderr() -> None:
    """Show callkit's own warnings; those of the libraries below come back as the error they lead to."""
    if logging.getLogger("callkit").hasHandlers():
        return
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("callkit: %(message)s"))
    logging.getLogger("callkit").addHandler(handler)
    logging.getLogger().addHandler(logging.NullHandler())


def _terminate(number: int, _frame: FrameType | None) -> None:
    _say_error("terminated; what was finished is kept.")
    raise SystemExit(128 + number)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _say_error(text: str) -> None:
    sys.stderr.write(f"callkit: {text}\n")


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(
        prog="callkit",
        description="Call records of Acefone accounts: fetch, tidy, report.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"callkit {callkit.__version__}")
    commands = top.add_subparsers(required=True, metavar="command")

    def command(name: str, run: Callable[[argparse.Namespace], None], text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(run=run)
        return sub

    def account(sub: argparse.ArgumentParser) -> None:
        source = sub.add_mutually_exclusive_group()
        source.add_argument("--config", metavar="FILE", help="settings file (default: callkit.toml)")
        source.add_argument(
            "--sandbox", action="store_true", help="use the built-in account with invented calls"
        )

    sync = command("sync", _sync, "Fetch the call records that are wanting and bring the tables up to date.")
    account(sync)
    sync.add_argument("--since", metavar="DATE", help="first day, like 2026-11-16 (default: 13 weeks ago)")
    sync.add_argument("--until", metavar="DATE", help="the day after the last one (default: tomorrow)")

    report = command("report", _report, "Make a report: one HTML file under data/reports/.")
    account(report)
    _report_arguments(report)

    sandbox = command("sandbox", _sandbox, "Serve invented calls over the Call Report API until stopped.")
    sandbox.add_argument("--port", type=int, default=8642, help="loopback port (default: 8642)")

    columns = command("columns", _columns, "Print the data dictionary of calls and events.")
    columns.add_argument("--steps", action="store_true", help="print the table of call-flow steps instead")
    columns.add_argument("--config", metavar="FILE", help="settings file whose [[grammar]] rows count too")
    command("metrics", _metrics, "Print the definition of every number.")
    return top


def _report_arguments(report: argparse.ArgumentParser) -> None:
    report.add_argument("name", choices=["weekly"], help="which report")
    report.add_argument(
        "--week", metavar="WEEK", help="ISO week like 2026-W47 (default: the last complete one)"
    )
    report.add_argument(
        "--audience",
        choices=["shared", "internal"],
        default="shared",
        help="shared masks every number (default); internal shows whom to call back, and stays inside",
    )
    report.add_argument("--no-sync", action="store_true", help="use what was fetched before")
    report.add_argument(
        "--allow-incomplete", action="store_true", help="publish a week that is not complete, and say so"
    )
    report.add_argument(
        "--timeout",
        type=_seconds,
        default=900,
        metavar="S",
        help="seconds the report may take (default: 900)",
    )


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return number


def _settings(parsed: argparse.Namespace) -> "Settings":
    from callkit.settings import Settings

    return Settings.load("sandbox" if parsed.sandbox else parsed.config)


def _sync(parsed: argparse.Namespace) -> None:
    _say(str(callkit.sync(_settings(parsed), since=parsed.since, until=parsed.until)))


def _report(parsed: argparse.Namespace) -> None:
    from callkit.clock import Week

    settings = _settings(parsed)
    week = Week.parse(parsed.week) if parsed.week else Week.last_complete(settings.time_zone)
    require_begun(settings, week, allow_running=parsed.allow_incomplete)
    if parsed.config:
        os.environ["CALLKIT_CONFIG"] = str(Path(parsed.config).expanduser().resolve())
    if not parsed.no_sync:
        settings.require_key()
        callkit.sync(settings, since=week.shift(-12).start, until=week.end)
    from callkit.report.weekly import run_weekly

    path = run_weekly(
        settings,
        week,
        audience=parsed.audience,
        allow_incomplete=parsed.allow_incomplete,
        timeout_s=parsed.timeout,
    )
    _say(str(path))


def require_begun(settings: "Settings", week: "Week", *, allow_running: bool) -> None:
    """Raise `NoDataError` where a week lies ahead, or has not ended and that is not allowed."""
    from callkit.clock import now, wall

    today = wall(now(), settings.time_zone).date()
    if week.start > today:
        raise NoDataError(
            f"Week {week} begins on {week.start}, and today is {today}; choose an earlier week."
        )
    if week.end > today and not allow_running:
        message = (
            f"Week {week} has not ended; report it from {week.end} on, or as it is with --allow-incomplete."
        )
        raise NoDataError(message)


def _sandbox(parsed: argparse.Namespace) -> None:
    from callkit.sandbox.server import serving
    from callkit.settings import Settings

    key = Settings.load("sandbox").token.reveal()
    with serving(port=parsed.port) as base_url:
        _say(f"Invented calls at {base_url}/v1/call_report, key {key!r}. Stop with Ctrl+C.")
        signal.pause()


def _columns(parsed: argparse.Namespace) -> None:
    if parsed.steps:
        from callkit.flow.grammar import rows as steps

        grammar = steps(_own_rows(parsed.config))
        _table(("step", "status", "pattern"), ((row.step, row.status, row.pattern) for row in grammar))
        return
    from callkit.schema import CALLS, EVENTS, dictionary

    header = ("column", "type", "unit", "meaning")
    for title, columns in (("calls: a row a call", CALLS), ("events: a row a step of a call", EVENTS)):
        _say(f"{title}\n")
        rows = dictionary(columns)
        _table(header, ((*row[:3], _told(*row[3:])) for row in rows))
        _say("")


def _told(meaning: str, null_when: str, vendor_fields: str) -> str:
    return f"{meaning} Null: {null_when}." + (f" From: {vendor_fields}." if vendor_fields else "")


def _own_rows(config: str | None) -> Sequence[Mapping[str, str]]:
    from callkit.settings import Settings, find

    return Settings.load(config).grammar if find(config) else ()


def _metrics(_parsed: argparse.Namespace) -> None:
    from callkit.metrics.catalogue import CATALOGUE

    rows = ((n.name, n.label, n.unit, n.grain, n.better or "", n.definition) for n in CATALOGUE.values())
    _table(("number", "label", "unit", "grain", "better", "definition"), rows)


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for line in table(header, rows, width):
        _say(line)
