"""Tables of callers and of answered calls: against plain Python over sandbox weeks, and small cases by hand."""

from datetime import date, timedelta

import pandas as pd
import pytest

from callkit.metrics.callers import callers, contacts
from callkit.metrics.engine import answers
from callkit.metrics.groupings import Grouping, iso_week, weekday
from callkit.metrics.sources import sources
from tests.metrics.frames import MONDAY, call, calls
from tests.metrics.happened import week

ANN, BOB = "+447700900001", "+447700900002"
service = Grouping("service_name", "Service")


def asked(given, rows, *by):
    return [rows(given, {f"g{k}": group for k, group in enumerate(by)})]


def found(rows, data, *by, since=None, until=None):
    (table,) = answers(sources(data, since=since, until=until), asked, rows, *by)
    return table.sort_values([*[f"g{k}" for k in range(len(by))], *table.columns[-3:]], ignore_index=True)


def by_who(table):
    return table.set_index("who")[["n_calls", "n_offered", "n_answered", "is_new"]].T.to_dict("list")


def at(hours, caller=ANN, outcome="answered", **columns):
    return call(outcome, 5, caller=caller, started_local=MONDAY + timedelta(hours=hours), **columns)


def test_callers_are_counted_with_their_calls(held):
    some = calls(at(0), at(1, outcome="closed"), at(2, BOB, "abandoned"), at(3, None), at(4, None, "abandoned"),
                 at(5, BOB, direction="outbound"))  # fmt: skip
    table = found(callers, held(some))
    assert by_who(table) == {
        ANN: [2, 1, 1, True], BOB: [1, 1, 0, True], "k3": [1, 1, 1, None], "k4": [1, 1, 0, None],
    }  # fmt: skip
    assert dict(zip(table["who"], table["is_known"], strict=True)) == {
        ANN: True,
        BOB: True,
        "k3": False,
        "k4": False,
    }


def test_who_called_before_the_period_is_not_new(held):
    some = calls(at(0), at(24), at(25, BOB), at(48, BOB))
    table = found(callers, held(some), since=date(2026, 11, 17), until=date(2026, 11, 18))
    assert by_who(table) == {ANN: [1, 1, 1, False], BOB: [1, 1, 1, True]}


def test_a_caller_is_new_in_the_group_of_the_first_call_alone(held):
    some = calls(at(3, service_name="Sales"), at(0, service_name="Support"), at(3, BOB, service_name="Sales"))
    table = found(callers, held(some), service)
    rows = table.set_index(["g0", "who"])["is_new"].to_dict()
    assert rows == {("Sales", ANN): False, ("Support", ANN): True, ("Sales", BOB): True}


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_first_calls_of_one_instant_the_lower_key_is_the_first(held, order):
    rows = [at(0, service_name="Sales", call_key="a"), at(0, service_name="Support", call_key="b")]
    table = found(callers, held(calls(*rows[::order])), service)
    assert table.set_index("g0")["is_new"].to_dict() == {"Sales": True, "Support": False}


def test_the_next_call_is_the_same_callers_on_the_same_number(held):
    some = calls(at(0, did="x"), at(1, did="y"), at(2, BOB, did="x"), at(3, did="x", outcome="abandoned"),
                 at(4, did="x", direction="outbound"), at(5, did="x"), at(6, None, did="x"))  # fmt: skip
    rows = found(contacts, held(some)).set_index("call_key")
    assert rows["next_s"].fillna(-1).to_dict() == {"k0": 3 * 3600, "k1": -1, "k2": -1, "k5": -1}
    assert rows["observed_s"].to_dict() == {"k0": 6 * 3600, "k1": 5 * 3600, "k2": 4 * 3600, "k5": 3600}
    assert set(rows["on_day"]) == {pd.Timestamp(2026, 11, 16)}


@pytest.mark.parametrize("name", ["2026-W13", "2026-W43"])
def test_sandbox_weeks_against_plain_python(name, held):
    tables = week(name)[1]
    came_in = sorted(
        (c for c in tables.calls.to_dict("records") if c["direction"] == "inbound"),
        key=lambda c: (c["started_at"], c["call_key"]),
    )
    last = tables.calls["started_at"].max()
    wanted, by_caller, first = {}, {}, {}
    for place, c in enumerate(came_in):
        known = isinstance(c["caller"], str)
        who = c["caller"] if known else c["call_key"]
        begun = by_caller.setdefault((c["started_local"].weekday(), who), [0, 0, 0, False if known else None])
        begun[0] += 1
        begun[1] += c["outcome"] not in ("left_menu", "closed")
        begun[2] += c["outcome"] == "answered"
        if known and first.setdefault(who, place) == place:
            begun[3] = True
        if known and c["outcome"] == "answered":
            later = (o for o in came_in[place + 1 :] if (o["caller"], o["did"]) == (c["caller"], c["did"]))
            again = next(((o["started_at"] - c["started_at"]).total_seconds() for o in later), None)
            wanted[c["call_key"]] = [again, (last - c["started_at"]).total_seconds()]
    rows = found(contacts, held(tables.calls), iso_week)
    told = rows.astype({"next_s": object}).where(rows.notna(), None)
    assert {
        k: [n, o] for k, n, o in zip(told["call_key"], told["next_s"], told["observed_s"], strict=True)
    } == wanted
    table = found(callers, held(tables.calls), weekday).astype({"is_new": object})
    columns = ["g0", "who", "n_calls", "n_offered", "n_answered", "is_new"]
    assert {(day, who): list(ns) for day, who, *ns in table[columns].itertuples(index=False)} == by_caller
