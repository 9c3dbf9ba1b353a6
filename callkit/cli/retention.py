"""``callkit prune`` and ``callkit forget``."""

from callkit.cli.account import Commands


def add(commands: Commands) -> None:
    """Add the commands of this family."""
    del commands
