"""Requests a second from a server with 50 ms latency, with and without a limit."""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from callkit.clock import midnight
from callkit.fetch.client import Client
from callkit.fetch.windows import Window
from callkit.pipeline.fetching import fetch
from callkit.privacy import Secret
from callkit.settings import Settings
from tests.benchmarks.slow_server import PAGES_A_DAY
from tests.benchmarks.table import Goal, Row

LATENCY_S, LIMIT = 0.05, 3
LEAST, LEAST_OF_LIMIT = 0.85, 0.95
REQUESTS_A_DAY = PAGES_A_DAY + 2  # an empty page after the last full one, and the closing look


@contextmanager
def serving(latency_s: float, limit_per_s: int = 0) -> Iterator[str]:
    command = [sys.executable, "-m", "tests.benchmarks.slow_server", str(latency_s), str(limit_per_s)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.terminate()


def requests_a_second(url: str, connections: int, n_days: int, rate: float = 0) -> float:
    """Fetch and archive so many days, and return the requests a second."""
    first = date(2026, 1, 1)
    days = [first + timedelta(days=n) for n in range(n_days)]
    windows = [Window(day, midnight(day), midnight(day + timedelta(days=1)), "new") for day in days]
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            account="bench", base_url=url, data=Path(folder), token=Secret("bench"), rate=rate,
            connections=connections,
        )  # fmt: skip
        with Client(settings) as client:
            began = time.perf_counter()
            done = list(fetch(settings, client, windows, lambda: datetime.now(UTC)))
            seconds = time.perf_counter() - began
    assert all(found.n_pages == PAGES_A_DAY + 1 for found in done)
    return (n_days * REQUESTS_A_DAY - 1) / seconds  # the first one waits for nobody


def rows(rounds: int = 9, n_days: int = 48) -> Iterator[Row]:
    """Measure one connection and sixteen without a limit, then sixteen at a limit, which refuses nobody."""
    with serving(LATENCY_S) as url:
        for connections, days, least in ((1, max(1, n_days // 24), None), (16, n_days, LEAST)):
            found = statistics.median(requests_a_second(url, connections, days) for _ in range(rounds))
            yield _row(
                f"fetch, 50 ms latency, {connections} connections",
                found,
                connections / LATENCY_S,
                least,
                rounds,
            )
    with serving(LATENCY_S, LIMIT) as url:
        found = requests_a_second(url, 16, max(1, n_days // 16), LIMIT)
        yield _row(
            f"fetch, limit of {LIMIT} requests/s, 16 connections, no 429", found, LIMIT, LEAST_OF_LIMIT, 1
        )


def _row(what: str, found: float, most: float, least: float | None, rounds: int) -> Row:
    goal = Goal(100 * least, is_most=False) if least else None
    peer = f"at most {most:g} requests/s"
    return Row(what, f"{found:.4g} requests/s", peer, 100 * found / most, " %", goal, rounds)
