"""``callkit prune`` and ``callkit forget``: what is no longer kept."""

import argparse
import sys

from callkit.cli.account import Commands, add_account, add_command, settings_of
from callkit.cli.terminal import say


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

    say(str(prune(settings_of(parsed), parsed.older_than, dry_run=parsed.dry_run)))


def _forget(parsed: argparse.Namespace) -> None:
    from callkit.pipeline.forget import forget

    settings = settings_of(parsed)
    number = sys.stdin.readline() if parsed.caller == ["-"] else " ".join(parsed.caller)
    say(str(forget(settings, number, dry_run=parsed.dry_run)))
