"""Pages to complete tables, against one pass of `orjson.loads` and against others doing the same work."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import orjson

import callkit as ck
from tests.benchmarks import agreed, with_duckdb, with_pandas, with_polars
from tests.benchmarks.pages import pages
from tests.benchmarks.table import Row, faster, slower
from tests.benchmarks.timing import Times, alone, in_turn

LARGE = 1_000_000
SIZES = (10_000, 100_000, LARGE)
MOST, LEAST_PANDAS, LEAST_POLARS = 3.6, 6, 1.5
GOAL_AT = 100_000
STREAMING, OURS = "orjson.loads, streaming", "callkit"


def rows(sizes: Sequence[int] = SIZES, rounds: int = 9) -> Iterator[Row]:
    """Measure at each size; 1e6 calls and more only once, as a round takes minutes."""
    for n_calls in sizes:
        found = alone(measured, n_calls, 1 if n_calls >= LARGE else rounds).value
        times = {name: Times(*taken) for name, taken in found.items()}
        ours, is_goal = times[OURS], n_calls == GOAL_AT
        what = f"tidy, {n_calls:,} calls"
        yield slower(what, ours, STREAMING, times[STREAMING], MOST if is_goal else None)
        for name, least in (("json_normalize", LEAST_PANDAS), ("polars", LEAST_POLARS), ("DuckDB", None)):
            yield faster(what, ours, name, times[name], least if is_goal else None)


def measured(n_calls: int, rounds: int) -> dict[str, Times]:
    """Measure everybody on the same pages, and make sure that all find the same."""
    held = list(pages(n_calls))
    contenders: dict[str, Callable[[], Any]] = {
        OURS: lambda: ck.tidy(held),
        "polars": lambda: with_polars.tables(held),
        "DuckDB": lambda: with_duckdb.tables(held),
        "json_normalize": lambda: with_pandas.tables(held),
    }
    found: dict[str, dict[str, Any]] = {}

    def look(name: str, tables: Any) -> None:
        if name != STREAMING:
            found[name] = agreed.figures(*tables)

    times = in_turn({STREAMING: lambda: _streaming(held), **contenders}, rounds, look=look)
    agreed.require_alike(found)
    return times


def _streaming(held: Sequence[bytes]) -> None:
    for page in held:
        orjson.loads(page)
