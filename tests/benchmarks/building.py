"""The build of raw archive to Parquet: how much memory it takes and how long, at growing numbers of calls."""

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from callkit.clock import midnight
from callkit.dialects import RawPage
from callkit.fetch import archive
from callkit.fetch.windows import Window
from callkit.settings import Settings
from callkit.tables import upkeep
from callkit.tables.statement import Statement
from tests.benchmarks.pages import CALLS_A_DAY, FIRST_DAY, pages
from tests.benchmarks.table import Goal, Row, in_words
from tests.benchmarks.timing import alone, peak_mb

SIZES = (10_000, 100_000, 1_000_000)
MOST_MB, MOST_GROWTH = 350, 1.1
LATER = datetime(2028, 1, 3, tzinfo=UTC)


def account(folder: Path, n_calls: int) -> Settings:
    """Return the account that holds so many calls under a folder."""
    return Settings("bench", data=folder / str(n_calls))


def archived(folder: Path, n_calls: int, a_day: int = CALLS_A_DAY) -> Settings:
    """Archive so many calls under a folder, day by day as a sync does, unless they are there."""
    settings = account(folder, n_calls)
    if archive.files(settings):
        return settings
    for first in range(0, n_calls, a_day):
        day = FIRST_DAY + timedelta(days=first // a_day)
        window = Window(day, midnight(day), midnight(day + timedelta(days=1)), "new")
        told = pages(min(a_day, n_calls - first), first=first, a_day=a_day)
        archive.write(settings, window, (RawPage(page, LATER, "page") for page in told), lambda: LATER)
    return settings


def rows(folder: Path, sizes: Sequence[int] = SIZES) -> Iterator[Row]:
    """Build each size once by one process, and the last one by two."""
    seconds = {}
    for n_calls in sizes:
        archived(folder, n_calls)
        (floor_mb, taken), peak = alone(measured, str(folder), n_calls, 1, one_core=False)
        seconds[n_calls] = taken
        what = f"build, {n_calls:,} calls in days of {min(n_calls, CALLS_A_DAY):,}"
        ours = f"{peak:.0f} MB, of which imports {floor_mb:.0f}"
        yield Row(what, ours, "–", round(peak), " MB", Goal(MOST_MB))
    small, large = sizes[-2:]
    growth = seconds[large] / seconds[small] / (large / small)
    ours, peer = in_words(seconds[large]), f"{small:,} calls {in_words(seconds[small])}"
    yield Row(f"build, {large:,} calls, time a call", ours, peer, growth, " ×", Goal(MOST_GROWTH))
    (_, taken), peak = alone(measured, str(folder), large, 2, one_core=False, is_watched=True)
    ours, peer = f"{in_words(taken)}, {peak:.0f} MB in all", f"one process {in_words(seconds[large])}"
    yield Row(f"build, {large:,} calls by two processes", ours, peer, seconds[large] / taken, " × faster")


def measured(folder: str, n_calls: int, processes: int) -> tuple[float, float]:
    """Build all days, and return the memory that the imports alone took and the seconds of the build."""
    floor_mb, began = peak_mb(), time.perf_counter()
    settings = account(Path(folder), n_calls)
    days = archive.files(settings)
    built = [statement for _, statement in upkeep.rebuilt(settings, days, processes=processes)]
    taken = time.perf_counter() - began
    if odd := [statement for statement in built if not isinstance(statement, Statement)]:
        raise odd[0]
    kept = sum(statement.kept for statement in built)
    if kept != n_calls or not all(statement.is_complete for statement in built):
        raise AssertionError(f"{kept:,} calls were built of {n_calls:,}, or a day is not complete")
    return floor_mb, taken
