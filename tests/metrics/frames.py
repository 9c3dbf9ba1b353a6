"""Small frames of calls that conform to the schema, from the few columns a test is about."""

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa

from callkit.clock import instant
from callkit.schema import CALLS, CALLS_SCHEMA, NEVER, OUTCOMES, conform

MONDAY = datetime(2026, 11, 16, 9, 0)
ZERO = {pa.string(): "", pa.int32(): 0, pa.bool_(): False}


def call(outcome="answered", wait_s=None, **columns):
    """Tell one call: inbound on a Monday at nine unless said otherwise."""
    return {"direction": "inbound", "outcome": outcome, "wait_s": wait_s, "started_local": MONDAY, **columns}


def calls(*rows):
    """Return the calls as `ck.load` would, one a minute where no start is given."""
    told = [{**row} for row in rows]
    for place, row in enumerate(told):
        row.setdefault("call_key", f"k{place}")
        local = row.get("started_local")
        row["started_at"] = instant(local, "Europe/London") if local else None
    filled = [{**blank(), **row} for row in told]
    table = pa.table({f.name: pa.array([r[f.name] for r in filled], plain(f.type)) for f in CALLS_SCHEMA})
    frame = conform(table, CALLS_SCHEMA).to_pandas()
    words = [f.name for f in CALLS_SCHEMA if f.type == pa.string()]
    return frame.astype(dict.fromkeys(words, "str"))


def blank():
    return {c.name: ZERO.get(plain(c.type), "") if c.null == NEVER else None for c in CALLS}


def plain(kind):
    return pa.string() if pa.types.is_dictionary(kind) else kind


def times(n, row):
    return [row] * n


def spread(n, start, step_s=60, **columns):
    """Tell `n` answered calls that follow one another."""
    return [call(wait_s=5, started_local=start + timedelta(seconds=step_s * k), **columns) for k in range(n)]


def values(summary):
    """Return number → value of a summary of one group."""
    return dict(zip(summary["number"], summary["value"], strict=True))


def row(summary, number):
    return summary[summary["number"] == number].iloc[0]


def same(left, right):
    pd.testing.assert_frame_equal(left, right, check_exact=False, rtol=1e-12)


def shop(n, seed, days=21, hours=(8, 19)):
    """Return calls of all kinds over some days, a few of their facts unknown, all in whole seconds."""
    rng = np.random.default_rng(seed)

    def seldom(value, chance=0.06):
        return None if rng.random() < chance else value

    told = []
    for _ in range(n):
        outcome = str(rng.choice([*OUTCOMES, *["answered"] * len(OUTCOMES)]))
        start = MONDAY.replace(hour=0, minute=0) + timedelta(
            days=int(rng.integers(days)), seconds=int(rng.integers(hours[0] * 3600, hours[1] * 3600))
        )
        wait_s, menu_s = seldom(int(rng.integers(0, 90))), int(rng.integers(0, 30))
        talk_s = (
            0 if outcome != "answered" else int(rng.choice([rng.integers(0, 400), rng.integers(0, 15), 4000]))
        )
        direction = str(rng.choice(["inbound", "inbound", "outbound", "unknown"]))
        row = call(
            outcome, wait_s, direction=direction, menu_s=menu_s, talk_s=seldom(talk_s),
            caller=seldom(f"+447700900{rng.integers(100, 140)}", 0.12),
            did=seldom(str(rng.choice(["+441632960001", "+441632960002"]))),
            started_local=seldom(start), service_name=seldom(str(rng.choice(["Sales", "Support"]))),
            ring_s=seldom(int(rng.integers(0, 20))), charge=seldom(round(float(rng.random()), 4)),
            n_steps=int(rng.integers(0, 9)), n_targets=int(rng.integers(1, 4)), n_rings=int(rng.integers(0, 5)),
            n_transfers=int(rng.choice([0, 0, 0, 1, 2])),
        )  # fmt: skip
        if outcome == "answered" and wait_s is not None and row["started_local"]:
            row["answered_at"] = instant(start, "Europe/London") + timedelta(seconds=menu_s + wait_s)
        told.append(row)
    return calls(*told)
