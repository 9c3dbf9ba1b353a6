"""Small tables of calls and their steps, told by what happens at which second."""

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from callkit.schema import CALLS_SCHEMA, EVENTS, EVENTS_SCHEMA, conform
from callkit.tables.store import Lake
from callkit.tables.tidy import Tables
from tests.metrics.frames import call, calls, plain


def step(at, does, name=None, kind="extension", target_id=None):
    """Tell what happens at a second, without one at None."""
    return {"elapsed_s": at, "step": does, "target_name": name, "target_kind": kind if name else None,
            "target_id": target_id}  # fmt: skip


def tables(*told):
    """Return the tables of calls, each told as its columns and its steps."""
    rows = [
        {"call_key": f"k{place}", "position": position, "at_source": "explicit", "raw": "", **step(*one)}
        for place, (_, flow) in enumerate(told)
        for position, one in enumerate(flow)
    ]
    columns = {f.name: pa.array([row.get(f.name) for row in rows], plain(f.type)) for f in EVENTS_SCHEMA}
    events = conform(pa.table(columns), EVENTS_SCHEMA).to_pandas()
    words = [c.name for c in EVENTS if c.type == pa.string()]
    frame = calls(*({"duration_s": 60.0, "talk_s": 0.0, **columns} for columns, _ in told))
    return Tables(frame, events.astype(dict.fromkeys(words, "str")))


def flow(outcome, *told, **columns):
    """Tell a call by its outcome and steps."""
    return call(outcome, **columns), told


def as_lake(told, folder):
    """Return tables as Ibis tables over Parquet."""
    engine, held = ibis.duckdb.connect(), []
    for name, frame, schema in zip(("calls", "events"), told, (CALLS_SCHEMA, EVENTS_SCHEMA), strict=True):
        path = folder / f"{name}.parquet"
        pq.write_table(pa.Table.from_pandas(frame, schema=schema, preserve_index=False), path)
        held.append(engine.read_parquet(path))
    return Lake(*held)
