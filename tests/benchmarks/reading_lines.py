"""Lines of flows to events, at few, many and very many distinct heads."""

from collections.abc import Iterator

import numpy as np
import orjson
import pyarrow as pa

from callkit.flow import events
from callkit.flow.grammar import rows as grammar
from callkit.flow.stamps import MISSING
from tests.benchmarks import with_duckdb, with_pandas, with_polars
from tests.benchmarks.pages import pages
from tests.benchmarks.table import Goal, Row
from tests.benchmarks.timing import Times, alone, in_turn

N_CALLS = 197_500  # 1.26 million lines
CHECKED = 100_000
VARIETIES = (
    (20, 36),
    (100, 1230),
    (10**8, 8000),
)  # numbers called, people: 176, 5,000 and 231,000 distinct heads
LEAST_MILLIONS = 3
ENOUGH_S = 20  # for whoever reads a tenth of a million lines a second
OURS, REGEX = "callkit", "DuckDB regexp_extract + strptime"


def rows(n_calls: int = N_CALLS, rounds: int = 9) -> Iterator[Row]:
    """Measure each variety of lines."""
    for n_dids, n_people in VARIETIES:
        found = alone(measured, n_calls, n_dids, n_people, rounds).value
        n_lines, n_heads = found.pop("lines"), found.pop("heads")
        rates = {name: n_lines / 1e6 / seconds for name, (seconds, _) in found.items()}
        rounds_of = {name: taken[1] for name, taken in found.items()}
        what = f"events, {n_lines:,} lines, {n_heads:,} heads"
        ours, is_many = f"{rates[OURS]:.2f} M/s", n_dids > 10**6
        goal = None if is_many else Goal(LEAST_MILLIONS, is_most=False)
        yield Row(what, ours, "–", rates[OURS], " M/s", goal, rounds_of[OURS])
        for name in (REGEX, "polars", "pandas str.extract"):
            goal = Goal(1, is_most=False) if is_many and name == REGEX else None
            peer, ratio = f"{name} {rates[name]:.2f} M/s", rates[OURS] / rates[name]
            yield Row(what, ours, peer, ratio, " × faster", goal, rounds_of[name])


def measured(n_calls: int, n_dids: int, n_people: int, rounds: int) -> dict[str, Times | int]:
    """Measure everybody on the same lines, having made sure that all read the same instants from them."""
    column, n_lines = _lines(n_calls, n_dids, n_people)
    whole, table = pa.chunked_array([column]), grammar()
    n_heads = len(events.read(whole, n_lines, table).heads.heads)
    _require_alike(column[:CHECKED])
    times = in_turn(
        {
            OURS: lambda: events.read(whole, n_lines, table),
            REGEX: lambda: with_duckdb.lines(column),
            "polars": lambda: with_polars.lines(column),
            "pandas str.extract": lambda: with_pandas.lines(column),
        },
        rounds,
        enough_s=ENOUGH_S,
    )
    return {**times, "lines": len(column), "heads": n_heads}


def _lines(n_calls: int, n_dids: int, n_people: int) -> tuple[pa.Array, np.ndarray]:
    told = pages(n_calls, n_dids=n_dids, n_people=n_people)
    flows = [record["call_stats"]["call_flow"] for page in told for record in orjson.loads(page)["data"]]
    return pa.array([line for flow in flows for line in flow]), np.array([len(flow) for flow in flows])


def _require_alike(column: pa.Array) -> None:
    """Raise where a contender reads other wall clocks, or other names, than we do."""
    flow = events.read(pa.chunked_array([column]), np.array([len(column)]), grammar())
    stamped = flow.at_ms != MISSING
    named = sum(
        n for head, n in zip(flow.heads.heads, np.bincount(flow.head), strict=True) if head.target_name
    )
    ours = (int(stamped.sum()), int(flow.at_ms[stamped].sum()), int(named))
    regex = with_duckdb.lines(column)
    names = regex["part"].combine_chunks().field("name").to_pandas()
    theirs = {
        REGEX: (regex["at"].to_pandas(), int((names != "").sum())),
        "polars": ((polars := with_polars.lines(column))["at"].to_pandas(), polars["target_name"].count()),
        "pandas": (
            (pandas := with_pandas.lines(column))["at"].dt.tz_localize(None),
            pandas["target_name"].count(),
        ),
    }
    for name, (at, n_named) in theirs.items():
        epochs = at.dropna().astype("datetime64[ms]").astype("int64")
        found = (len(epochs), int(epochs.sum()), int(n_named))
        if found != ours:
            raise AssertionError(f"callkit and {name} do not agree: {ours} and {found}")
