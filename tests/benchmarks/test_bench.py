"""The benchmark itself, at tiny sizes: all find the same, and the table has its rows; nothing is timed."""

import pytest

for peer in ("polars", "orjson", "psutil"):
    pytest.importorskip(
        peer, reason=f"{peer} is in the extra dev: make .venv/.dev installs it, as .ci/run does"
    )

from tests.benchmarks import (  # noqa: E402
    agreed,
    building,
    fetching,
    numbers,
    reading_lines,
    reporting,
    slow_numbers,
    starting,
    table,
    tidying,
    timing,
)
from tests.benchmarks.__main__ import ROWS  # noqa: E402
from tests.benchmarks.table import Goal, Row  # noqa: E402

N = 300


@pytest.fixture
def here(monkeypatch):
    """Call functions in this process instead of a new one."""

    def call(function, *arguments, one_core=True, is_watched=False):
        return timing.Alone(function(*arguments), timing.peak_mb())

    for module in (tidying, reading_lines, building, numbers, slow_numbers):
        monkeypatch.setattr(module, "alone", call)


def said(rows):
    """Return the rows as text, each having been measured and compared."""
    rows = list(rows)
    assert all(row.value > 0 for row in rows)
    return [row.what for row in rows], table.printed(rows)


def test_tables_of_all_agree(here):
    whats, text = said(tidying.rows((N,), 1))
    assert whats == ["tidy, 300 calls"] * 4
    assert all(name in text for name in ("orjson.loads", "json_normalize", "polars", "DuckDB"))


def test_a_peer_that_does_less_is_found_out():
    ours = {"events": 6, "steps": {"dialed": 6}}
    agreed.require_alike({"callkit": ours, "peer": dict(ours)})
    with pytest.raises(AssertionError, match="callkit and peer do not agree: events: 6 and 5"):
        agreed.require_alike({"callkit": ours, "peer": {**ours, "events": 5}})


def test_lines_of_all_agree(here):
    whats, text = said(reading_lines.rows(N, 1))
    assert len(whats) == 4 * len(reading_lines.VARIETIES)
    assert "regexp_extract" in text


def test_a_build_and_the_numbers_over_it(here, tmp_path):
    whats, _ = said(building.rows(tmp_path, (100, N)))
    assert whats == [
        "build, 100 calls in days of 100",
        "build, 300 calls in days of 300",
        "build, 300 calls, time a call",
        "build, 300 calls by two processes",
    ]
    whats, text = said([*numbers.rows(tmp_path, N, 1), *numbers.large_rows(tmp_path, N)])
    slowest, _ = said(slow_numbers.rows(tmp_path, N, 1))
    assert len(slowest) == 3
    assert len(whats) == 5
    assert "SQL by hand" in text


def test_a_number_by_hand_that_differs_is_found_out(here, tmp_path, monkeypatch):
    by_hand = numbers.numbers_in_sql.numbers
    monkeypatch.setattr(numbers.numbers_in_sql, "numbers", lambda files: by_hand(files).assign(n_missed=1))
    with pytest.raises(AssertionError, match="callkit and sql do not agree"):
        list(numbers.rows(tmp_path, N, 1))


def test_a_frame_is_summarised(here):
    whats, _ = said(numbers.frame_rows(N, 1))
    assert len(whats) == 2


@pytest.mark.slow
def test_a_report_is_made(tmp_path):
    whats, _ = said(reporting.rows(tmp_path, N, 1))
    assert whats == ["weekly report, 300 calls, command to HTML"]


def test_a_fetch_is_counted(monkeypatch):
    monkeypatch.setattr(fetching, "LIMIT", 30)
    whats, text = said(fetching.rows(1, 1))
    assert len(whats) == 3
    assert "no 429" in text


def test_starts_are_measured():
    rows = list(starting.rows(1))  # what one start costs above another may be nothing on a busy machine
    assert [row.what for row in rows] == ["import callkit", "callkit --help"]
    assert "python -c pass" in table.printed(rows)


def test_a_function_runs_alone():
    found = timing.alone(timing.peak_mb, is_watched=True)
    assert 0 < found.value <= found.peak_mb


def test_a_function_that_fails_alone_says_so():
    with pytest.raises(RuntimeError, match="ended with 1"):
        timing.alone(building.measured, "nowhere", 5, 1)


def test_a_goal_is_met_or_not():
    row = Row("tidy", "1 s", "peer 1 s", 3.2, " ×", Goal(3))
    assert row.cells()[-3:-1] == ("≤ 3 ×", "NO")
    assert row._replace(goal=Goal(3, is_most=False)).cells()[-3:-1] == ("≥ 3 ×", "yes")


def test_every_row_can_be_asked_for():
    assert list(ROWS) == ["tidy", "build", "events", "numbers", "summarise", "report", "fetch", "start"]
