"""``callkit report``."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

import callkit
from callkit.cli.account import Commands, add_account, add_command, settings_of
from callkit.cli.terminal import say
from callkit.errors import NoDataError

if TYPE_CHECKING:
    from callkit.periods import Week
    from callkit.settings import Settings


def add(commands: Commands) -> None:
    """Add the commands of this family."""
    report = add_command(commands, "report", _report, "Make a report: one HTML file under data/reports/.")
    add_account(report)
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


def _report(parsed: argparse.Namespace) -> None:
    from callkit.periods import Week

    settings = settings_of(parsed)
    week = Week.parse(parsed.week) if parsed.week else Week.last_complete(settings.time_zone)
    require_begun(settings, week, allow_running=parsed.allow_incomplete)
    if parsed.config:
        os.environ["CALLKIT_CONFIG"] = str(Path(parsed.config).expanduser().resolve())
    if not parsed.no_sync:
        settings.require_key()
        callkit.sync(settings, since=week.shift(-12).start, until=week.end)
    from callkit.report.making import make_report

    path = make_report(
        settings,
        week,
        audience=parsed.audience,
        allow_incomplete=parsed.allow_incomplete,
        timeout_s=parsed.timeout,
    )
    say(str(path))


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
