"""Small tables of calls told by their steps, and what the path tables say of them as plain values."""

from datetime import timedelta
from typing import NamedTuple

import pandas as pd
import pyarrow as pa

from callkit.clock import instant
from callkit.metrics import hops, paths, routes
from callkit.schema import EVENTS, EVENTS_SCHEMA, NEVER, conform
from callkit.tables.tidy import Tables
from tests.metrics.frames import MONDAY, call, calls, plain

PEOPLE = ("extension", "number")


class Step(NamedTuple):
    """A step of a call, so many seconds after its start."""

    step: str
    kind: str | None = None
    name: str | None = None
    at: float | None = None
    number: str | None = None


class Way(NamedTuple):
    """A call told by its steps."""

    steps: tuple[Step, ...]
    outcome: str = "answered"
    duration_s: float | None = 60.0
    direction: str = "inbound"


def tables(*ways):
    """Return the calls and their events as `ck.load` would."""
    told = [call(w.outcome, direction=w.direction, duration_s=w.duration_s) for w in ways]
    rows = [
        {
            "call_key": f"k{number}", "position": position, "step": s.step, "target_kind": s.kind,
            "target_name": s.name, "number": s.number, "elapsed_s": s.at,
            "at": None if s.at is None else instant(MONDAY + timedelta(seconds=s.at), "Europe/London"),
            "at_source": "missing" if s.at is None else "explicit",
        }
        for number, w in enumerate(ways)
        for position, s in enumerate(w.steps)
    ]  # fmt: skip
    empty = {c.name: "" if c.null == NEVER else None for c in EVENTS}
    filled = [empty | row for row in rows]
    table = pa.table({f.name: pa.array([r[f.name] for r in filled], plain(f.type)) for f in EVENTS_SCHEMA})
    return Tables(calls(*told), conform(table, EVENTS_SCHEMA).to_pandas())


SALES, HELP = ("ring_group", "Sales"), ("queue", "Help")
ANN, BEN, CAT = (("extension", name) for name in ("Ann", "Ben", "Cat"))


def rung(who, at, *then):
    """Tell a ring at an extension, and what came of it how many seconds later."""
    return [Step("dialed", *who, at), *(Step(step, *who, at + s) for step, s in then)]


HUNTED = Way(
    (
        Step("received", "did", None, 0, "442079460100"), Step("menu", "menu", "Main", 2),
        Step("menu_input", "menu", "Main", 9, "1"), Step("forwarded", *SALES, 10),
        *rung(ANN, 10, ("no_answer", 15)), *rung(BEN, 25, ("busy", 0)), Step("queued", *HELP, 26),
        *rung(ANN, 30, ("no_answer", 10)), *rung(CAT, 45, ("answered", 5)), Step("hangup", "extension", "Cat", 110),
    ), duration_s=110.0,
)  # fmt: skip
GAVE_UP = Way(
    (Step("received", at=0), Step("forwarded", *SALES, 1), *rung(ANN, 1), Step("hangup", at=21)),
    "abandoned", 21.0,
)  # fmt: skip
TOLD_NOTHING, ODD = Way((), "unknown", None), Way((Step("received", at=0), Step("unknown")), "unknown", 8.0)
SMALL = [HUNTED, GAVE_UP, GAVE_UP, TOLD_NOTHING, ODD]


def none(value):
    return None if pd.isna(value) else value


def told_variants(data, **options):
    rows = paths.variants(data, **options)
    names = ["n", "n_answered", "duration_median_s"]
    return {row["path"]: tuple(none(row[name]) for name in names) for row in rows.to_dict("records")}


def told_transitions(data, **options):
    rows = paths.transitions(data, **options).to_dict("records")
    return {
        (r["activity"], r["next_activity"]): (r["n"], r["n_known"], none(r["gap_median_s"])) for r in rows
    }


def told_hops(data, **options):
    names = [
        "n_calls", "n", "n_answered", "n_went_on", "n_ended", "lost_total_s", "lost_mean_s", "lost_median_s", "n_known",
    ]  # fmt: skip
    return {
        (none(r["target_kind"]), none(r["target_name"])): tuple(none(r[name]) for name in names)
        for r in hops.hops(data, **options).to_dict("records")
    }


def told_returns(data, **options):
    total = hops.ping_pong(data, **options).iloc[0]
    names = ["target_kind", "target_name", "from_kind", "from_name"]
    pairs = {}
    for row in hops.ping_pong(data, by_pair=True, **options).to_dict("records"):
        kind, name, from_kind, from_name = (none(row[n]) for n in names)
        pairs[(kind, name), (from_kind, from_name)] = row["n_calls"]
    return total["n_calls"], total["n"], pairs


def told_routes(data, **options):
    table, steps = routes.routes(data, most=10**6, **options)
    found = {}
    for row in table.to_dict("records"):
        of = steps[steps["route"] == row["route"]]
        assert of["position"].tolist() == list(range(row["n_steps"]))
        seconds = [(n, none(s)) for n, s in zip(of["n_known"], of["median_s"], strict=True)]
        way = row["end"], tuple(zip(of["kind"], of["label"], strict=True))
        assert way not in found
        found[way] = (row["n"], seconds)
    return found
