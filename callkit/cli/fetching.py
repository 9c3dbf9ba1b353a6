"""``callkit sync``, ``doctor`` and ``sandbox``: what speaks with an API, or is one."""

import argparse
import signal
import sys
from typing import TYPE_CHECKING

import callkit
from callkit.cli.account import Commands, add_account, add_command, settings_of
from callkit.cli.terminal import say, say_error
from callkit.errors import ArchiveError, FetchError, NoDataError

if TYPE_CHECKING:
    from callkit.pipeline.sync_report import SyncReport
    from callkit.settings import Settings


def add(commands: Commands) -> None:
    """Add the commands of this family."""
    sync = add_command(
        commands, "sync", _sync, "Fetch the call records that are wanting and bring the tables up to date."
    )
    add_account(sync)
    sync.add_argument("--since", metavar="DATE", help="first day, like 2026-11-16 (default: 13 weeks ago)")
    sync.add_argument("--until", metavar="DATE", help="the day after the last one (default: tomorrow)")
    instead = sync.add_mutually_exclusive_group()
    instead.add_argument(
        "--verify",
        action="store_true",
        help="fetch nothing: check every archived page and all tables, or those of the days given",
    )
    instead.add_argument(
        "--rebuild",
        action="store_true",
        help="fetch nothing: build the tables of all days, or of those given, anew from the archive",
    )
    doctor = add_command(
        commands,
        "doctor",
        _doctor,
        "Ask the API a few dozen questions and say what it really does.",
        "It only reads; nothing is archived. Numbers are masked.",
    )
    add_account(doctor)
    sandbox = add_command(
        commands, "sandbox", _sandbox, "Serve invented calls over the Call Report API until stopped."
    )
    sandbox.add_argument("--port", type=int, default=8642, help="loopback port (default: 8642)")


def _sync(parsed: argparse.Namespace) -> None:
    settings = settings_of(parsed)
    if parsed.verify or parsed.rebuild:
        _inspect(settings, parsed)
        return
    report = callkit.sync(settings, since=parsed.since, until=parsed.until)
    say(str(report))
    require_complete(report)


def _inspect(settings: "Settings", parsed: argparse.Namespace) -> None:
    from callkit.clock import parse_date
    from callkit.pipeline.rebuild import rebuild
    from callkit.pipeline.verify import verify

    since = parse_date(parsed.since, "since") if parsed.since else None
    until = parse_date(parsed.until, "until") if parsed.until else None
    report = verify(settings, since, until) if parsed.verify else rebuild(settings, since, until)
    say(str(report))
    if n := len(report.damages):
        found = "1 damage was found" if n == 1 else f"{n:,} damages were found"
        raise ArchiveError(f"{found}; each is named above with its remedy.")


def require_complete(report: "SyncReport") -> None:
    """Raise `NoDataError` where a day that had ended is not proven complete."""
    if report.is_complete:
        return
    doubtful = report.ended[~report.ended["is_complete"]]
    first, n = f"{doubtful['day'].iloc[0]:%Y-%m-%d}", len(doubtful)
    which = f"The day {first} is" if n == 1 else f"{n:,} days, the first of them {first}, are"
    raise NoDataError(f"{which} not proven complete; what came is kept, and the next sync reads again.")


def _doctor(parsed: argparse.Namespace) -> None:
    settings = settings_of(parsed)
    if sys.stderr.isatty():
        pace = f"at {settings.rate:g} requests a second" if settings.rate else "without a limit"
        say_error(f"asking the API a few dozen questions {pace} …")
    diagnosis = callkit.doctor(settings)
    say(str(diagnosis))
    if diagnosis.exit_code:
        raise FetchError("No call record could be read; the report above says where it stopped.")


def _sandbox(parsed: argparse.Namespace) -> None:
    from callkit.sandbox.server import serving
    from callkit.settings import Settings

    key = Settings.load("sandbox").token.reveal()
    with serving(port=parsed.port) as base_url:
        say(
            f"Invented calls at {base_url}/v1/call_report and /v1/call/records, key {key!r}. Stop with Ctrl+C."
        )
        signal.pause()
