"""The same work done with DuckDB, on one thread."""

import json
from collections.abc import Sequence

import duckdb
import pyarrow as pa

from tests.benchmarks import agreed

_STATS = {name: ["VARCHAR"] if name == "call_flow" else "VARCHAR" for name in agreed.STATS}
_PAGE = {"data": [{name: _STATS if name == "call_stats" else "VARCHAR" for name in agreed.RECORD}]}
_STEP = " ".join(f"WHEN starts_with(line, '{begin}') THEN '{step}'" for begin, step in agreed.STEPS.items())
_NUMBERS = ", ".join(f"try_cast({name} AS DOUBLE) AS {name}" for name in agreed.NUMBERS)
_WAITING = ", ".join(f"'{step}'" for step in agreed.WAITING)


def _instant(text: str) -> str:
    stamp = f"try_strptime({text}[-{agreed.STAMP_WIDTH}:], '{agreed.STAMP}')"
    return f"timezone('{agreed.TIME_ZONE}', {stamp})"


_TABLES = f"""
CREATE OR REPLACE TEMP TABLE record AS
SELECT *, {_instant("date")} AS started_at, started_at + to_seconds(call_duration) AS ended_at
FROM (SELECT * REPLACE ({_NUMBERS})
      FROM (SELECT unnest(from_json(page, '{json.dumps(_PAGE)}').data, recursive := true) FROM pages));

CREATE OR REPLACE TEMP TABLE events AS
SELECT call_key, position, CASE {_STEP} ELSE 'unknown' END AS step, regexp_extract(raw, '{agreed.NAME}', 1) AS name,
       if(name = '', NULL, name) AS target_name,
       coalesce({_instant("raw")}, if(step = 'hangup', ended_at, NULL)) AS "at", raw
FROM (SELECT call_id AS call_key, ended_at, generate_subscripts(call_flow, 1) - 1 AS position,
             unnest(call_flow) AS raw, ltrim(raw) AS line FROM record);

CREATE OR REPLACE TEMP TABLE calls AS
WITH journey AS (
    SELECT call_key, count(*) AS n_steps, min("at") FILTER (step IN ({_WAITING})) AS waits,
           min("at") FILTER (step = 'answered') AS answered, min("at") FILTER (step = 'voicemail') AS voicemail,
           min("at") FILTER (step = 'schedule_check') AS closed
    FROM events GROUP BY call_key)
SELECT record.* EXCLUDE (call_flow, call_id, call_duration), call_id AS call_key, call_duration AS duration_s,
       coalesce(answer_time, outbound_sec) AS talk_s, n_steps,
       epoch(coalesce(answered, voicemail, ended_at) - waits) AS wait_s,
       CASE WHEN talk_s > 0 THEN 'answered' WHEN voicemail IS NOT NULL THEN 'voicemail'
            WHEN closed IS NOT NULL THEN 'closed' WHEN waits IS NOT NULL THEN 'abandoned'
            ELSE 'left_menu' END AS outcome
FROM record LEFT JOIN journey ON call_id = journey.call_key;
"""


def tables(pages: Sequence[bytes]) -> tuple[pa.Table, pa.Table]:
    """Return calls and events."""
    with duckdb.connect(config={"threads": 1}) as engine:
        engine.execute("SET TimeZone = 'UTC'")
        engine.register("pages", pa.table({"page": pa.array(pages, pa.binary()).cast(pa.string())}))
        engine.execute(_TABLES)
        calls, events = engine.table("calls"), engine.sql("SELECT * EXCLUDE name FROM events")
        return calls.to_arrow_table(), events.to_arrow_table()


def lines(column: pa.Array) -> pa.Table:
    """Return words, number, name and wall clock of lines, by a regular expression."""
    parts = "['words', 'number', 'more', 'name', 'last', 'stamp']"
    with duckdb.connect(config={"threads": 1}) as engine:
        engine.register("flow", pa.table({"raw": column}))
        found = engine.sql(
            f"SELECT part, try_strptime(part.stamp, '{agreed.STAMP}') AS \"at\" "
            f"FROM (SELECT regexp_extract(raw, '{agreed.LINE}', {parts}) AS part FROM flow)"
        )
        return found.to_arrow_table()
