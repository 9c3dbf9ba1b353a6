from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from callkit.flow import events
from callkit.flow.grammar import rows

GOLDENS = sorted((Path(__file__).parent / "goldens").glob("*.txt"))


def read(lines, user_rows=(), table=None):
    """Read the lines of one call; `at` stays wall clock."""
    return events.read(
        pa.chunked_array([lines], pa.string()), np.array([len(lines)]), table or rows(user_rows)
    )


def told(lines, user_rows=(), table=None):
    """Return what each line says, as text a person can read."""
    flow = read(lines, user_rows, table)
    return [
        _event(flow.heads.heads[h], at) for h, at in zip(flow.head.tolist(), flow.at_ms.tolist(), strict=True)
    ]


def _event(head, at_ms):
    fields = {
        name: value
        for name, value in head._asdict().items()
        if value not in (None, False) and name not in ("row", "step")
    }
    if at_ms != events.MISSING:
        fields["at"] = str(np.datetime64(at_ms, "ms")).replace("T", " ").removesuffix(".000")
    status = head.row.status if head.row else "no row"
    return "; ".join([f"{head.step} ({status})", *(f"{name}: {value}" for name, value in fields.items())])


class Golden:
    """A file with lines as the vendor writes them and the events they mean."""

    def __init__(self, path):
        self.path = path
        given, _, wanted = path.read_text(encoding="utf-8").partition("--- events ---\n")
        self.lines = given.removeprefix("--- input ---\n").splitlines()
        self.events = wanted.splitlines()

    def update(self, told_now):
        parts = ["--- input ---", *self.lines, "--- events ---", *told_now]
        self.path.write_text("\n".join(parts) + "\n", encoding="utf-8")


@pytest.fixture(params=GOLDENS, ids=lambda path: path.stem)
def golden(request):
    return Golden(request.param)
