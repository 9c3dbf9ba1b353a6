"""``callkit report``: what can be asked for, and what is refused before anything is done."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from callkit.cli.account import Commands, add_account, add_command, settings_of
from callkit.cli.terminal import FORMS
from callkit.errors import NoDataError, UsageError

if TYPE_CHECKING:
    from callkit.periods import Period
    from callkit.settings import Settings

_NOUNS = {"weekly": "week", "monthly": "month"}
_EXAMPLES = {"weekly": "2026-W47", "monthly": "2026-11"}
_SPANS = {"weekly": "2026-W40..2026-W47", "monthly": "2026-08..2026-11"}
_AUDIENCES = {"shared": ("shared",), "internal": ("internal",), "both": ("shared", "internal")}


def add(commands: Commands) -> None:
    """Add the commands of this family."""
    report = add_command(
        commands,
        "report",
        _report,
        "Make a report: one HTML file under data/reports/.",
        "It fetches what is wanting first. A report that cannot be trusted is not published: the last good one stays, "
        "and what a failing run left lies under _failed. Without a terminal it says nothing where all went well.",
    )
    add_account(report)
    report.add_argument("name", choices=[*_NOUNS], help="which report")
    _add_periods(report)
    report.add_argument(
        "--audience",
        choices=[*_AUDIENCES],
        default="shared",
        help="shared masks every number (default); internal shows whom to call back, and stays inside; both makes both",
    )
    _add_running(report)
    _add_telling(report)


def _add_running(report: argparse.ArgumentParser) -> None:
    report.add_argument("--no-sync", action="store_true", help="use what was fetched before")
    report.add_argument(
        "--skip-existing",
        action="store_true",
        help="leave a report that is there, whole and of all its calls; one of an incomplete period is made again",
    )
    report.add_argument(
        "--allow-incomplete",
        action="store_true",
        help="publish a period that is not complete, and say so on the page",
    )
    report.add_argument(
        "--keep",
        type=_count,
        metavar="N",
        help="after success remove all but the newest N periods of this report, for both audiences",
    )
    report.add_argument(
        "--pdf", action="store_true", help="put a PDF beside the page (needs the extra pdf: weasyprint)"
    )
    report.add_argument(
        "--timeout",
        type=_seconds,
        default=900,
        metavar="S",
        help="seconds a report's notebook and page may take together (default: 900); a sync has its own limits",
    )


def _add_telling(report: argparse.ArgumentParser) -> None:
    report.add_argument(
        "--notify-cmd",
        metavar="CMD",
        help="run this after each report, made or failed, with the path of its sidecar as last argument; no shell, "
        "60 seconds at most",
    )
    report.add_argument(
        "--log-format",
        choices=FORMS,
        default="text",
        help="on stderr: text for people (default), or json, an object a line, which says what was done too",
    )
    report.add_argument(
        "--print-path",
        action="store_true",
        help="print where each page lies, as is done on a terminal anyway",
    )


def _add_periods(report: argparse.ArgumentParser) -> None:
    period = report.add_mutually_exclusive_group()
    for name, noun in _NOUNS.items():
        kind = "ISO week" if noun == "week" else "month"
        period.add_argument(
            f"--{noun}",
            metavar=noun.upper(),
            help=f"{kind} like {_EXAMPLES[name]} (default: the last complete one)",
        )
        period.add_argument(
            f"--{noun}s", metavar="A..B", help=f"all {noun}s of a span like {_SPANS[name]}, the oldest first"
        )


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return number


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def _report(parsed: argparse.Namespace) -> int:
    from callkit.cli.batch import Asked, run
    from callkit.report import notify, pdf, retention
    from callkit.report.making import find_notebook

    settings = settings_of(parsed)
    periods = periods_of(parsed, settings)
    find_notebook(parsed.name)
    if parsed.pdf:
        pdf.require()
    command = None if parsed.notify_cmd is None else notify.command_of(parsed.notify_cmd)
    if parsed.keep:
        retention.require_kept(settings.folder("reports") / parsed.name, periods, parsed.keep)
    if parsed.config:
        os.environ["CALLKIT_CONFIG"] = str(Path(parsed.config).expanduser().resolve())
    asked = Asked(
        settings=settings,
        periods=periods,
        audiences=_AUDIENCES[parsed.audience],
        syncs=not parsed.no_sync,
        skips_existing=parsed.skip_existing,
        allow_incomplete=parsed.allow_incomplete,
        keep=parsed.keep,
        with_pdf=parsed.pdf,
        timeout_s=parsed.timeout,
        command=command,
        prints_paths=parsed.print_path or (sys.stdout.isatty() and parsed.log_format == "text"),
        shows_progress=None if parsed.log_format == "text" else False,
    )
    return run(asked)


def periods_of(parsed: argparse.Namespace, settings: "Settings") -> list["Period"]:
    """
    Return the periods that are asked for, the oldest first; by default the last complete one.

    Raises
    ------
    UsageError
        A period or a span cannot be read, runs backwards, or is not of this kind of report.
    """
    from callkit.periods import KINDS, spanning

    name, noun = parsed.name, _NOUNS[parsed.name]
    for other in _NOUNS.values():
        given = next((o for o in (other, f"{other}s") if getattr(parsed, o) is not None), None)
        if given and other != noun:
            wanted = f"--{noun}s {_SPANS[name]}" if given.endswith("s") else f"--{noun} {_EXAMPLES[name]}"
            raise UsageError(f"--{given} is not for the {name} report; write {wanted}.")
    of, one, span = KINDS[name], getattr(parsed, noun), getattr(parsed, f"{noun}s")
    if one is not None:
        return [of.parse(one)]
    if span is None:
        return [of.last_complete(settings.time_zone)]
    first, dots, last = span.partition("..")
    if not dots:
        raise UsageError(f"{noun}s {span!r} is not a span; write it like {_SPANS[name]}.")
    periods = list(spanning(of.parse(first), of.parse(last)))
    if not periods:
        raise UsageError(f"{noun}s {span} runs backwards; write the earlier {noun} first.")
    return periods


def require_begun(settings: "Settings", period: "Period", *, allow_running: bool) -> None:
    """Raise `NoDataError` where a period lies ahead, or has not ended and that is not allowed."""
    from callkit.clock import now, wall

    today, noun = wall(now(), settings.time_zone).date(), period.noun
    name = f"{noun.capitalize()} {period}"
    if period.start > today:
        raise NoDataError(f"{name} begins on {period.start}, and today is {today}; choose an earlier {noun}.")
    if period.end > today and not allow_running:
        raise NoDataError(
            f"{name} has not ended; report it from {period.end} on, or as it is with --allow-incomplete."
        )
