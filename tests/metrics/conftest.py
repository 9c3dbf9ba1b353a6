"""The two places numbers are taken from: a frame, and Parquet read by the engine."""

import ibis
import pytest


@pytest.fixture(params=["frame", "parquet"])
def held(request, tmp_path):
    """Return a function that gives a calls frame back as it is, or as an Ibis table over a Parquet file."""

    def as_parquet(frame):
        path = tmp_path / "calls.parquet"
        frame.to_parquet(path, index=False)
        return ibis.duckdb.connect().read_parquet(path)

    return as_parquet if request.param == "parquet" else lambda frame: frame
