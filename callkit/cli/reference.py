"""``callkit columns`` and ``callkit metrics``: the tables behind callkit, printed."""

import argparse
from collections.abc import Mapping, Sequence

from callkit.cli.account import Commands, add_command
from callkit.cli.terminal import say, say_table


def add(commands: Commands) -> None:
    """Add the commands of this family."""
    columns = add_command(commands, "columns", _columns, "Print the data dictionary of calls and events.")
    columns.add_argument("--steps", action="store_true", help="print the table of call-flow steps instead")
    columns.add_argument("--config", metavar="FILE", help="settings file whose [[grammar]] rows count too")
    add_command(commands, "metrics", _metrics, "Print the definition of every number.")


def _columns(parsed: argparse.Namespace) -> None:
    if parsed.steps:
        from callkit.flow.grammar import rows as steps

        grammar = steps(_own_rows(parsed.config))
        say_table(("step", "status", "pattern"), ((row.step, row.status, row.pattern) for row in grammar))
        return
    from callkit.schema import CALLS, EVENTS, dictionary

    header = ("column", "type", "unit", "meaning")
    for title, columns in (("calls: a row a call", CALLS), ("events: a row a step of a call", EVENTS)):
        say(f"{title}\n")
        rows = dictionary(columns)
        say_table(header, ((*row[:3], _told(*row[3:])) for row in rows))
        say("")


def _told(meaning: str, null_when: str, vendor_fields: str) -> str:
    return f"{meaning} Null: {null_when}." + (f" From: {vendor_fields}." if vendor_fields else "")


def _own_rows(config: str | None) -> Sequence[Mapping[str, str]]:
    from callkit.settings import Settings, find

    return Settings.load(config).grammar if find(config) else ()


def _metrics(_parsed: argparse.Namespace) -> None:
    from callkit.metrics.catalogue import CATALOGUE

    rows = ((n.name, n.label, n.unit, n.grain, n.better or "", n.definition) for n in CATALOGUE.values())
    say_table(("number", "label", "unit", "grain", "better", "definition"), rows)
