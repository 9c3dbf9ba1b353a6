"""``callkit export``: the tables as files that others read."""

import argparse

import callkit
from callkit.cli.account import Commands, add_account, add_command, settings_of
from callkit.cli.terminal import say

_KEEP = {
    "shared": "Callers are pseudonyms, and other numbers and names are masked.",
    "internal": "It holds whole numbers and names: keep it inside.",
}


def add(commands: Commands) -> None:
    """Add the commands of this family."""
    export = add_command(
        commands,
        "export",
        _export,
        "Write calls, events or an event log to a CSV or Parquet file.",
        "It fetches nothing: callkit sync does. No cell of text is a formula to a spreadsheet: what would be one "
        "begins with an apostrophe.",
    )
    add_account(export)
    export.add_argument(
        "what",
        choices=["calls", "events", "event-log"],
        help="calls: a row a call; events: a row a step; event-log: events in the column names of process mining",
    )
    export.add_argument(
        "--output", metavar="FILE", required=True, help="file to write; .csv or .parquet chooses the form"
    )
    export.add_argument("--weeks", type=int, metavar="N", help="only the last N complete ISO weeks")
    export.add_argument("--since", metavar="DATE", help="first day, like 2026-11-16 (default: all there is)")
    export.add_argument("--until", metavar="DATE", help="the day after the last one (default: all there is)")
    export.add_argument(
        "--audience",
        choices=["shared", "internal"],
        default="shared",
        help="shared masks numbers and names (default); internal shows them, and only you can read the file",
    )
    export.add_argument(
        "--bom", action="store_true", help="begin a CSV with a byte order mark, so that Excel reads accents"
    )


def _export(parsed: argparse.Namespace) -> None:
    from callkit.tables.export import require_target

    settings = settings_of(parsed)
    require_target(parsed.output)
    calls, events = callkit.load(settings, parsed.weeks, parsed.since, parsed.until)
    frame = {"calls": calls, "events": events}.get(parsed.what)
    frame = callkit.to_event_log(events, calls) if frame is None else frame
    path = callkit.export(frame, parsed.output, settings, audience=parsed.audience, bom=parsed.bom)
    say(f"{len(frame):,} rows are in {path}. {_KEEP[parsed.audience]}")
