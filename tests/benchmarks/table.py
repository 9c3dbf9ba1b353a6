"""Rows of the table that the benchmark prints: what was measured, against what, and whether the goal is met."""

import os
import platform
from collections.abc import Iterable
from importlib.metadata import version
from typing import NamedTuple

from tests.benchmarks.timing import Times

HEAD = ("what", "ours", "peer", "ratio", "goal", "met?", "rounds")
PEERS = ("callkit", "pandas", "pyarrow", "msgspec", "duckdb", "ibis-framework", "polars", "orjson")


class Goal(NamedTuple):
    """What a measured value may be at most, or must be at least."""

    limit: float
    is_most: bool = True

    def is_met(self, value: float) -> bool:
        """Tell whether a value reaches the goal."""
        return value <= self.limit if self.is_most else value >= self.limit


class Row(NamedTuple):
    """
    One line of the table.

    Parameters
    ----------
    what
        What was measured.
    ours, peer
        Callkit's figure, and who was measured beside it with what figure.
    value, unit
        What the goal is about, mostly a ratio of the two.
    goal
        None where there is none.
    rounds
        How many rounds the medians are taken of.
    """

    what: str
    ours: str
    peer: str
    value: float
    unit: str
    goal: Goal | None = None
    rounds: int = 1

    def cells(self) -> tuple[str, ...]:
        """Return the line as text."""
        goal, met = "–", "–"
        if self.goal:
            goal = f"{'≤' if self.goal.is_most else '≥'} {self.goal.limit:g}{self.unit}"
            met = "yes" if self.goal.is_met(self.value) else "NO"
        return self.what, self.ours, self.peer, f"{self.value:.3g}{self.unit}", goal, met, str(self.rounds)


def slower(what: str, ours: Times, name: str, peer: Times, most: float | None = None) -> Row:
    """Say how many times as long as a peer we take, which may be so much at most."""
    goal = Goal(most) if most else None
    return _of(what, ours, name, peer, ours.seconds / peer.seconds, " ×", goal)


def faster(what: str, ours: Times, name: str, peer: Times, least: float | None = None) -> Row:
    """Say how many times as fast as a peer we are, which must be so much at least."""
    goal = Goal(least, is_most=False) if least else None
    return _of(what, ours, name, peer, peer.seconds / ours.seconds, " × faster", goal)


def _of(what: str, ours: Times, name: str, peer: Times, value: float, unit: str, goal: Goal | None) -> Row:
    rounds = min(ours.rounds, peer.rounds)
    return Row(what, in_words(ours.seconds), f"{name} {in_words(peer.seconds)}", value, unit, goal, rounds)


def in_words(seconds: float) -> str:
    """Return a time with its unit."""
    return f"{seconds:.3g} s" if seconds >= 1 else f"{1000 * seconds:.3g} ms"


def machine() -> str:
    """Name what the figures depend on: cores, Python, versions."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    versions = ", ".join(f"{name} {version(name)}" for name in PEERS)
    return f"{cores} cores ({platform.machine()}, {platform.system()}), Python {platform.python_version()}; {versions}"


def printed(rows: Iterable[Row]) -> str:
    """Return rows as a table of plain text."""
    lines = [HEAD, *(row.cells() for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines]
    return "\n".join(
        line.rstrip() for line in [text[0], "  ".join("─" * width for width in widths), *text[1:]]
    )
