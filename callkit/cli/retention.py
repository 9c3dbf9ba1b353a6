"""``callkit prune`` and ``callkit forget``: what is no longer kept."""

import argparse
import contextlib
import sys
from typing import TYPE_CHECKING

from callkit.cli.account import Commands, add_account, add_command, settings_of
from callkit.cli.terminal import say

if TYPE_CHECKING:
    from callkit.settings import Settings


def add(commands: Commands) -> None:
    """Add the commands of this family."""
    prune = add_command(
        commands,
        "prune",
        _prune,
        "Remove raw files, tables, internal reports and executed notebooks older than an age.",
        "Shared pages stay. What was removed is noted in data/raw/<account>/deletions.jsonl.",
    )
    add_account(prune)
    prune.add_argument(
        "--older-than",
        metavar="AGE",
        required=True,
        help="a number of days, weeks, months or years, like 24m",
    )
    forget = add_command(
        commands,
        "forget",
        _forget,
        "Take a caller out of the archive, the tables and the reports.",
        "A command line is seen by others on this machine and kept in the shell's history: with --caller - the "
        "number is read from standard input instead. That it was done is noted in "
        "data/raw/<account>/deletions.jsonl, without the number.",
    )
    add_account(forget)
    forget.add_argument(
        "--caller",
        metavar="NUMBER",
        nargs="+",  # a number with spaces, where the quotes were left out
        required=True,
        help="the caller's number, national or international; - reads it from standard input",
    )
    for sub in (prune, forget):
        sub.add_argument("--dry-run", action="store_true", help="change nothing, only say what would go")


def _prune(parsed: argparse.Namespace) -> None:
    from callkit.pipeline.prune import prune

    settings = settings_of(parsed)
    done = prune(settings, parsed.older_than, dry_run=parsed.dry_run)
    if not parsed.dry_run:
        _list_again(settings)
    say(str(done))


def _forget(parsed: argparse.Namespace) -> None:
    from callkit.pipeline.forget import forget

    settings = settings_of(parsed)
    number = sys.stdin.readline() if parsed.caller == ["-"] else " ".join(parsed.caller)
    done = forget(settings, number, dry_run=parsed.dry_run)
    if not parsed.dry_run:
        _list_again(settings)
    say(str(done))


def _list_again(settings: "Settings") -> None:
    """Write the lists of past reports again: some reports may be gone."""
    from callkit.errors import LockedError
    from callkit.report import listing, publish

    for made in sorted(settings.folder("reports").glob("*/index.html")):
        with (
            contextlib.suppress(LockedError),
            publish.locked(made.parent),
        ):  # a run at work writes the list itself
            listing.update(made.parent, settings)
