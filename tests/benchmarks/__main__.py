"""What callkit's work costs, as ratios in one run: ``python -m tests.benchmarks``."""

import argparse
import sys
import time
from collections.abc import Callable, Iterator

from tests.benchmarks import reading_lines, tidying
from tests.benchmarks.table import Row, machine, printed

ROWS: dict[str, Callable[..., Iterator[Row]]] = {
    "tidy": tidying.rows,
    "events": reading_lines.rows,
}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--only", metavar="ROWS", default=",".join(ROWS), help=f"some of {', '.join(ROWS)}")
    parser.add_argument("--rounds", type=int, default=9, help="rounds that medians are taken of (default: 9)")
    asked = parser.parse_args()
    names = asked.only.split(",")
    if odd := [name for name in names if name not in ROWS]:
        parser.error(f"--only {odd[0]}: known are {', '.join(ROWS)}")
    began, found = time.monotonic(), []
    for name in names:
        for row in ROWS[name](rounds=asked.rounds):
            found.append(row)
            sys.stderr.write("  ".join(row.cells()) + "\n")
    sys.stdout.write(f"{machine()}\n\n{printed(found)}\n\n{time.monotonic() - began:.0f} s in all\n")


if __name__ == "__main__":
    main()
