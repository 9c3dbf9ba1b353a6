"""Numbers of the catalogue over Parquet and over a frame, against the same written by hand."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

import callkit as ck
from tests.benchmarks import numbers_in_pandas, numbers_in_sql
from tests.benchmarks.building import account, archived
from tests.benchmarks.pages import pages
from tests.benchmarks.table import Goal, Row, faster, in_words, slower
from tests.benchmarks.timing import Times, alone, in_turn

BY = ["hour_of_day", "service_name"]
TWENTY = (
    "n_offered", "n_answered", "answer_rate", "n_abandoned", "abandon_rate", "n_short_abandoned", "n_missed",
    "n_left_menu", "n_closed", "service_level", "service_level_strict", "speed_of_answer", "wait_median", "wait_p90",
    "wait_longest", "talk_mean", "talk_median", "talk_total", "n_missed_callers", "n_unreached",
)  # fmt: skip
EIGHT = (
    "n_offered", "n_answered", "answer_rate", "n_abandoned", "abandon_rate", "service_level", "wait_median",
    "talk_mean",
)  # fmt: skip
MOST_OF_SQL, LEAST_PANDAS, MOST_MS, MOST_S, MOST_GB = 1.3, 3, 50, 10, 2
OURS, WIDENED = "callkit", "widened"


def rows(folder: Path, n_calls: int = 1_000_000, rounds: int = 9) -> Iterator[Row]:
    """Measure twenty numbers by hour and service."""
    archived(folder, n_calls)
    found = alone(in_parquet, str(folder), n_calls, rounds, one_core=False).value
    times = {name: Times(*taken) for name, taken in found.items()}
    what = f"{len(TWENTY)} numbers by hour × service, {n_calls:,} calls in Parquet"
    yield slower(what, times[OURS], "DuckDB SQL by hand", times["sql"], MOST_OF_SQL)
    yield faster(what, times[OURS], "pandas by hand", times["pandas"], LEAST_PANDAS)
    yield slower(
        f"the same with the dispersion of days, {n_calls:,} calls", times[WIDENED], OURS, times[OURS]
    )


def large_rows(folder: Path, n_calls: int = 10_000_000) -> Iterator[Row]:
    """Measure the numbers over many calls once, their memory too."""
    archived(folder, n_calls)
    seconds, peak_mb = alone(once, str(folder), n_calls, one_core=False)
    what, peak_gb = f"{len(TWENTY)} numbers by hour × service, {n_calls:,} calls", peak_mb / 1000
    yield Row(what, in_words(seconds), "–", seconds, " s", Goal(MOST_S))
    yield Row(what, f"{peak_gb:.2f} GB", "–", peak_gb, " GB", Goal(MOST_GB))


def frame_rows(n_calls: int = 20_000, rounds: int = 9) -> Iterator[Row]:
    """Measure a widget's refresh: eight numbers by one grouping of a frame."""
    found = alone(on_frame, n_calls, rounds, one_core=False).value
    for name, taken in found.items():
        time = Times(*taken)
        what = f"summarise, {len(EIGHT)} numbers by {name}, frame of {n_calls:,} calls"
        share = f"{1000 * time.seconds / MOST_MS:.0%} of {MOST_MS} ms"
        yield Row(what, in_words(time.seconds), share, 1000 * time.seconds, " ms", Goal(MOST_MS), time.rounds)


def in_parquet(folder: str, n_calls: int, rounds: int) -> dict[str, Times]:
    """Measure ours and those by hand, and make sure that all find the same."""
    settings = account(Path(folder), n_calls)
    lake, files = ck.open(settings), settings.folder("tables") / "calls"
    found = {}
    times = in_turn(
        {
            OURS: lambda: ck.summarise(lake, TWENTY, by=BY, dispersion=False),
            WIDENED: lambda: ck.summarise(lake, TWENTY, by=BY),
            "sql": lambda: numbers_in_sql.numbers(files),
            "pandas": lambda: numbers_in_pandas.numbers(files),
        },
        rounds,
        look=found.__setitem__,
    )
    require_alike(found)
    return times


def require_alike(found: dict[str, Any]) -> None:
    """Raise where a number written by hand differs from ours: a count at all, a share or seconds by over 1e-9."""
    long = found.pop(OURS)
    ours = _wide(long)
    pd.testing.assert_frame_equal(_wide(found.pop(WIDENED)), ours)
    for name, wide in found.items():
        theirs = wide.astype({"service_name": "str"}).set_index(BY)[list(TWENTY)].sort_index().astype(float)
        try:
            pd.testing.assert_frame_equal(
                ours, theirs, check_names=False, check_index_type=False, rtol=1e-9, atol=0
            )
        except AssertionError as error:
            raise AssertionError(f"callkit and {name} do not agree: {error}") from error


def _wide(long: pd.DataFrame) -> pd.DataFrame:
    return long.set_index([*BY, "number"])["value"].unstack("number")[list(TWENTY)]  # noqa: PD010


def once(folder: str, n_calls: int) -> float:
    """Take the numbers once, the opening of the tables not counted."""
    lake = ck.open(account(Path(folder), n_calls))
    return in_turn({OURS: lambda: ck.summarise(lake, TWENTY, by=BY, dispersion=False)}, 1)[OURS].seconds


def on_frame(n_calls: int, rounds: int) -> dict[str, Times]:
    """Measure refreshes of a frame, once its queries are compiled."""
    calls = ck.tidy(pages(n_calls)).calls
    for grouping in ("hour_of_day", "service_name"):
        ck.summarise(calls, EIGHT, by=grouping)
    return in_turn(
        {name: lambda by=name: ck.summarise(calls, EIGHT, by=by) for name in ("hour_of_day", "service_name")},
        rounds,
    )
