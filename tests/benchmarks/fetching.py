"""Pages a second from a server with 50 ms latency: ``python -m tests.benchmarks.fetching``."""

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

LATENCY_S, ROUNDS, LIMIT = 0.05, 9, 3
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


def main() -> None:
    """Print the table."""
    lines = []
    with serving(LATENCY_S) as url:
        for connections, n_days in ((1, 2), (16, 48)):
            found = statistics.median(requests_a_second(url, connections, n_days) for _ in range(ROUNDS))
            most = connections / LATENCY_S
            lines.append(f"{connections:>2} connections, no limit: {found:6.1f} requests/s, "
                         f"{found / most:4.0%} of connections / latency")  # fmt: skip
    with serving(LATENCY_S, LIMIT) as url:
        found = requests_a_second(url, 16, 3, LIMIT)
        lines.append(f"16 connections, limit {LIMIT}/s: {found:6.2f} requests/s, {found / LIMIT:4.0%} of the limit, "
                     "no request refused")  # fmt: skip
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
