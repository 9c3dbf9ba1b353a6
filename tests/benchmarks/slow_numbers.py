"""The numbers that take longest, each alone over Parquet, against statements for DuckDB written by hand."""

import math
from collections.abc import Iterator
from pathlib import Path

import duckdb

import callkit as ck
from tests.benchmarks.building import account, archived
from tests.benchmarks.table import Row, slower
from tests.benchmarks.timing import Times, alone, in_turn

RINGS = """
WITH call AS (SELECT call_key, outcome FROM read_parquet($calls) WHERE direction = 'inbound'),
step AS (
    SELECT call_key, position, elapsed_s, step, target_kind AS kind, coalesce(target_id, target_name, '') AS who
    FROM read_parquet($events) WHERE step NOT IN ('joined', 'unknown')),
dialed AS (SELECT * FROM step WHERE step = 'dialed'),
followed AS (
    SELECT d.call_key, d.position, d.kind,
           any_value(d.elapsed_s) AS began_s,
           min(s.position) FILTER (s.step NOT IN ('dialed', 'answered', 'no_answer', 'busy')) AS ends,
           min((s.position, s.step, s.elapsed_s)) FILTER (s.who = d.who AND s.kind = d.kind
               AND s.step IN ('dialed', 'answered', 'no_answer', 'busy')) AS own,
           min(s.position) FILTER ((s.who <> d.who OR s.kind <> d.kind) AND s.step = 'answered') AS other,
           min(s.position) FILTER ((s.who <> d.who OR s.kind <> d.kind) AND s.step = 'dialed'
               AND s.elapsed_s - d.elapsed_s > 2) AS apart
    FROM dialed d LEFT JOIN step s ON d.call_key = s.call_key AND s.position > d.position
    GROUP BY ALL),
told AS (
    SELECT *, own IS NULL OR own[1] > coalesce(ends, own[1]) AS is_open,
           if(other > ends, NULL, other) AS other_at, if(apart > ends, NULL, apart) AS apart_at
    FROM followed),
counted AS (SELECT *, count(*) FILTER (is_open) OVER (PARTITION BY call_key) AS n_open FROM told),
answers AS (SELECT call_key, count(*) AS n FROM step WHERE step = 'answered' GROUP BY ALL),
fate AS (
    SELECT kind,
           is_open AND apart_at IS NOT NULL AND (other_at IS NULL OR apart_at < other_at) AS passed,
           is_open AND NOT passed AND other_at IS NOT NULL AS elsewhere,
           is_open AND n IS NULL AND outcome IN ('answered', 'unknown') AS unsaid,
           unsaid AND n_open = 1 AND outcome = 'answered' AS only_one,
           (unsaid AND NOT only_one) OR (elsewhere AND began_s IS NULL) AS unknown,
           (NOT is_open AND own[2] = 'answered') OR only_one AS answered,
           NOT is_open AND own[2] = 'busy' AND NOT coalesce(own[3] - began_s > 2, false) AS busy
    FROM counted JOIN call USING (call_key) LEFT JOIN answers USING (call_key))
SELECT count(*) FILTER (answered) / count(*) FILTER (answered OR NOT (elsewhere OR busy))
FROM fate WHERE kind = 'extension' AND NOT unknown
"""
TALKING = """
WITH moment AS (
    SELECT epoch_ms(answered_at) AS when_ms, 1 AS delta, epoch_ms(answered_at) + round(1000 * talk_s) AS closes
    FROM read_parquet($calls) WHERE direction = 'inbound' AND outcome = 'answered' AND talk_s > 0),
change AS (SELECT when_ms, delta FROM moment UNION ALL SELECT closes, -1 FROM moment)
SELECT max(n) FROM (SELECT sum(delta) OVER (ORDER BY when_ms, delta ROWS UNBOUNDED PRECEDING) AS n FROM change)
"""
RECOVERED = """
WITH call AS (
    SELECT call_key, caller AS who, started_at, direction, outcome = 'answered' AS spoken,
           direction = 'inbound' AND outcome NOT IN ('answered', 'left_menu', 'closed') AS missed
    FROM read_parquet($calls) WHERE caller IS NOT NULL AND started_at IS NOT NULL),
told AS (SELECT * FROM call WHERE missed OR (spoken AND direction IN ('inbound', 'outbound'))),
before AS (
    SELECT *, max(if(missed, started_at, NULL)) OVER past AS missed_before,
           max(if(spoken, started_at, NULL)) OVER past AS spoken_before
    FROM told WINDOW past AS (PARTITION BY who ORDER BY started_at, if(missed, 0, 1), call_key
                              ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)),
placed AS (
    SELECT *, coalesce(spoken_before >= missed_before, false) AS is_over,
           missed AND (missed_before IS NULL OR is_over OR started_at > missed_before + INTERVAL 24 HOUR) AS is_first
    FROM before),
numbered AS (
    SELECT *, sum(is_first::INT) OVER (PARTITION BY who ORDER BY started_at, if(missed, 0, 1), call_key
                                       ROWS UNBOUNDED PRECEDING) AS episode
    FROM placed WHERE missed OR (missed_before IS NOT NULL AND NOT is_over)),
episodes AS (
    SELECT min(if(missed, started_at, NULL)) AS first_missed, min(if(spoken, started_at, NULL)) AS resolved
    FROM numbered GROUP BY who, episode)
SELECT avg(coalesce(resolved <= first_missed + INTERVAL 24 HOUR, false)::INT) FROM episodes
WHERE first_missed + INTERVAL 24 HOUR <= (SELECT max(started_at) FROM read_parquet($calls))
"""
STATEMENTS = {"ring_answer_rate": RINGS, "talking_peak": TALKING, "recovery_rate": RECOVERED}


def rows(folder: Path, n_calls: int = 1_000_000, rounds: int = 9) -> Iterator[Row]:
    """Measure each of the slowest numbers alone."""
    archived(folder, n_calls)
    for name in STATEMENTS:
        found = alone(in_parquet, str(folder), n_calls, rounds, name, one_core=False).value
        times = {who: Times(*taken) for who, taken in found.items()}
        what = f"{name} alone, {n_calls:,} calls in Parquet"
        yield slower(what, times["callkit"], "DuckDB SQL by hand", times["sql"])


def in_parquet(folder: str, n_calls: int, rounds: int, name: str) -> dict[str, Times]:
    """Measure ours and the one by hand, and make sure that both find the same."""
    settings = account(Path(folder), n_calls)
    lake, files = ck.open(settings), settings.folder("tables")
    found: dict[str, float] = {}
    times = in_turn(
        {
            "callkit": lambda: float(ck.summarise(lake, name, dispersion=False)["value"].iloc[0]),
            "sql": lambda: by_hand(name, files),
        },
        rounds,
        look=found.__setitem__,
    )
    ours, theirs = found["callkit"], found["sql"]
    if not (math.isclose(ours, theirs, rel_tol=1e-9) or (math.isnan(ours) and math.isnan(theirs))):
        raise AssertionError(f"callkit and sql do not agree on {name}: {ours} and {theirs}")
    return times


def by_hand(name: str, files: Path) -> float:
    """Return a number from the statement written by hand."""
    given = {
        kind: str(files / kind / "*.parquet")
        for kind in ("calls", "events")
        if f"${kind}" in STATEMENTS[name]
    }
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        (value,) = engine.execute(STATEMENTS[name], given).fetchone()
        return math.nan if value is None else float(value)
