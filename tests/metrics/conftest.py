"""The two places numbers are taken from: a frame, and Parquet read by the engine."""

import ibis
import pytest

from callkit.tables.store import Lake


@pytest.fixture(scope="session")
def engine():
    """Return one engine: what is asked of tables of one name and shape is compiled once."""
    return ibis.duckdb.connect()


@pytest.fixture(scope="session")
def engine_in_utc():
    engine = ibis.duckdb.connect()
    engine.raw_sql("SET TimeZone = 'UTC'")
    return engine


@pytest.fixture(params=["frame", "parquet"])
def held(request, tmp_path, engine):
    """Return a function that gives a calls frame back as it is, or as an Ibis table over a Parquet file."""

    def as_parquet(frame):
        path = tmp_path / "calls.parquet"
        frame.to_parquet(path, index=False)
        return engine.read_parquet(path, table_name="calls")

    return as_parquet if request.param == "parquet" else lambda frame: frame


@pytest.fixture(params=["frame", "parquet"])
def kept_tables(request, tmp_path, engine_in_utc):
    """Return a function that gives calls and events back as they are, or as a lake over Parquet files."""

    def as_lake(data):
        held = []
        for kind, frame in zip(("calls", "events"), data, strict=True):
            frame.to_parquet(tmp_path / f"{kind}.parquet", index=False)
            held.append(engine_in_utc.read_parquet(tmp_path / f"{kind}.parquet", table_name=kind))
        return Lake(*held)

    return as_lake if request.param == "parquet" else lambda data: data
