"""What commands share: how one is added, and how it finds its account."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from callkit.settings import Settings

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def add_command(
    commands: Commands, name: str, run: Callable[[argparse.Namespace], int | None], text: str, more: str = ""
) -> argparse.ArgumentParser:
    """Add a command: `text` stands in the list of commands, and with `more` at the head of its own help."""
    sub = commands.add_parser(name, help=text, description=f"{text} {more}".strip())
    sub.set_defaults(run=run)
    return sub


def add_account(sub: argparse.ArgumentParser) -> None:
    """Add the arguments that choose an account."""
    source = sub.add_mutually_exclusive_group()
    source.add_argument("--config", metavar="FILE", help="settings file (default: callkit.toml)")
    source.add_argument("--sandbox", action="store_true", help="use the built-in account with invented calls")


def settings_of(parsed: argparse.Namespace) -> "Settings":
    """Return the settings of the account that was chosen."""
    from callkit.settings import Settings

    return Settings.load("sandbox" if parsed.sandbox else parsed.config)
