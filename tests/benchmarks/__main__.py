"""What callkit's work costs, as ratios in one run: ``python -m tests.benchmarks``."""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks import (
    building,
    fetching,
    numbers,
    reading_lines,
    reporting,
    slow_numbers,
    starting,
    tidying,
)
from tests.benchmarks.table import Row, machine, printed

VERY_MANY = 10_000_000


class Asked(NamedTuple):
    """A folder for archives, how many rounds, and whether ten million calls are wanted too."""

    folder: Path
    rounds: int
    is_all: bool = False


def _build(asked: Asked) -> Iterator[Row]:
    return building.rows(asked.folder, (*building.SIZES, VERY_MANY) if asked.is_all else building.SIZES)


def _numbers(asked: Asked) -> Iterator[Row]:
    yield from numbers.rows(asked.folder, rounds=asked.rounds)
    yield from slow_numbers.rows(asked.folder, rounds=asked.rounds)
    if asked.is_all:
        yield from numbers.large_rows(asked.folder, VERY_MANY)


ROWS: dict[str, Callable[[Asked], Iterator[Row]]] = {
    "tidy": lambda asked: tidying.rows(rounds=asked.rounds),
    "build": _build,
    "events": lambda asked: reading_lines.rows(rounds=asked.rounds),
    "numbers": _numbers,
    "summarise": lambda asked: numbers.frame_rows(rounds=asked.rounds),
    "report": lambda asked: reporting.rows(asked.folder, rounds=asked.rounds),
    "fetch": lambda asked: fetching.rows(asked.rounds),
    "start": lambda asked: starting.rows(asked.rounds),
}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--only", metavar="ROWS", default=",".join(ROWS), help=f"some of {', '.join(ROWS)}")
    parser.add_argument("--rounds", type=int, default=9, help="rounds that medians are taken of (default: 9)")
    parser.add_argument(
        "--all", action="store_true", help="ten million calls too: half an hour and 3 GB of disk more"
    )
    given = parser.parse_args()
    names = given.only.split(",")
    if odd := [name for name in names if name not in ROWS]:
        parser.error(f"--only {odd[0]}: known are {', '.join(ROWS)}")
    began, found = time.monotonic(), []
    with tempfile.TemporaryDirectory(prefix="callkit-bench-") as folder:
        for name in names:
            for row in ROWS[name](Asked(Path(folder), given.rounds, given.all)):
                found.append(row)
                sys.stderr.write("  ".join(row.cells()) + "\n")
    sys.stdout.write(f"{machine()}\n\n{printed(found)}\n\n{time.monotonic() - began:.0f} s in all\n")


if __name__ == "__main__":
    main()
