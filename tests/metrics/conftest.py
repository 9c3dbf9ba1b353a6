"""The two places numbers are taken from: a frame, and Parquet read by the engine."""

import ibis
import pytest

from callkit.tables.store import Lake


@pytest.fixture(params=["frame", "parquet"])
def held(request, tmp_path):
    """Return a function that gives a calls frame back as it is, or as an Ibis table over a Parquet file."""

    def as_parquet(frame):
        path = tmp_path / "calls.parquet"
        frame.to_parquet(path, index=False)
        return ibis.duckdb.connect().read_parquet(path)

    return as_parquet if request.param == "parquet" else lambda frame: frame


@pytest.fixture(params=["frame", "parquet"])
def kept_tables(request, tmp_path):
    """Return a function that gives calls and events back as they are, or as a lake over Parquet files."""

    def as_lake(data):
        engine = ibis.duckdb.connect()
        engine.raw_sql("SET TimeZone = 'UTC'")
        for kind, frame in zip(("calls", "events"), data, strict=True):
            frame.to_parquet(tmp_path / f"{kind}.parquet", index=False)
        return Lake(*(engine.read_parquet(tmp_path / f"{kind}.parquet") for kind in ("calls", "events")))

    return as_lake if request.param == "parquet" else lambda data: data
