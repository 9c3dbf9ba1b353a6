"""Without the peers of the extra dev only the test that says so is collected, not the modules that use them."""

from importlib.util import find_spec
from pathlib import Path

HAS_PEERS = all(map(find_spec, ("polars", "orjson", "psutil")))
collect_ignore = [
    path.name for path in Path(__file__).parent.glob("*.py") if not HAS_PEERS and path.name != "test_bench.py"
]
