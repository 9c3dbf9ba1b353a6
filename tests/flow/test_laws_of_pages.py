"""Laws of whole pages, in both dialects: nothing is lost or told twice, and a time says where it comes from."""

import json

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callkit.dialects import RawPage
from callkit.tables.calls import Options
from callkit.tables.tidy import build, tidy
from tests.benchmarks import plain_reading
from tests.flow.conftest import GOLDENS, Golden

START = 1_585_288_917  # 27-Mar-2020 06:01:57, when London has the time of Greenwich
KNOWN = [line for path in GOLDENS for line in Golden(path).lines]
TEXTS = [line for line in KNOWN if line[:1] != "{"]
OBJECTS = [line for line in KNOWN if plain_reading.json_object(line) is not None]
DIALECTS = ("call_report", "call_records")
steps = st.one_of(st.sampled_from(TEXTS), st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
objects = st.sampled_from(OBJECTS)
flows = st.lists(st.one_of(steps, objects), max_size=6)
calls = st.lists(st.tuples(st.sampled_from("abcdefgh"), flows, st.sampled_from([None, 9, "12"])), max_size=4)
both = pytest.mark.parametrize("dialect", DIALECTS)


def record(dialect, key, flow, length):
    """Return the JSON of a record; an object of its flow stands in it as it is."""
    sent = ",".join(step if step in OBJECTS else json.dumps(step) for step in flow)
    if dialect == "call_report":
        inner = f'"call_id":"{key}","call_duration":{json.dumps(length)},"call_flow":[{sent}]'
        return f'{{"id":1,"date":"27-Mar-2020 06:01:57","call_stats":{{{inner}}}}}'
    named = f'"call_id":"{key}","date":"2020-03-27","time":"06:01:57"'
    return f'{{{named},"call_duration":{json.dumps(length)},"call_flow":[{sent}]}}'


def page(dialect, some):
    name = {"call_report": "data", "call_records": "results"}[dialect]
    return RawPage(f'{{"{name}":[{",".join(record(dialect, *one) for one in some)}]}}'.encode())


def tables(dialect, *pages):
    return build([page(dialect, some) for some in pages], Options(dialect=dialect))


def latest(some):
    """Return the calls of records told again and again, in the order of their last telling."""
    last = {key: n for n, (key, _, _) in enumerate(some)}
    return [one for n, one in enumerate(some) if last[one[0]] == n]


@both
@settings(max_examples=40)
@given(calls)
def test_every_step_is_one_event_byte_for_byte(dialect, some):
    built = tables(dialect, some)
    kept = latest(some)
    assert (built.received, built.calls.num_rows, len(built.quarantined)) == (len(some), len(kept), 0)
    assert built.duplicates == len(some) - len(kept)
    events = built.events.to_pydict()
    assert events["raw"] == [step for _, flow, _ in kept for step in flow]
    assert events["call_key"] == [key for key, flow, _ in kept for _ in flow]
    assert events["position"] == [n for _, flow, _ in kept for n in range(len(flow))]
    assert built.calls["n_steps"].to_pylist() == [len(flow) for _, flow, _ in kept]


@both
@settings(max_examples=40)
@given(calls)
def test_pages_added_twice_change_nothing(dialect, some):
    once, twice = tables(dialect, some), tables(dialect, some, some)
    assert twice.calls.drop(["source"]).equals(once.calls.drop(["source"]))
    assert twice.events.equals(once.events)
    assert twice.received == 2 * once.received
    assert twice.duplicates == once.received + once.duplicates
    assert twice.unknown_lines == once.unknown_lines


@both
@settings(max_examples=40)
@given(calls, calls)
def test_half_and_half_make_the_whole(dialect, one, other):
    other = [(key.upper(), flow, length) for key, flow, length in other]
    first, second, whole = tables(dialect, one), tables(dialect, other), tables(dialect, one, other)
    for name in ("calls", "events"):
        halves = [getattr(part, name) for part in (first, second)]
        joined = [row for half in halves for row in half.to_pylist()]
        assert joined == getattr(whole, name).to_pylist()
        assert {half.schema for half in halves} == {getattr(whole, name).schema}


@both
@settings(max_examples=40)
@given(calls)
def test_a_time_says_where_it_comes_from(dialect, some):
    told, events = tidy([page(dialect, some)], dialect)
    starts_and_ends = told.set_index("call_key")[["started_at", "ended_at"]]
    for event in events.to_dict("records"):
        plain, (started, ended) = plain_reading.read(event["raw"]), starts_and_ends.loc[event["call_key"]]
        at = None if pd.isna(event["at"]) else event["at"].timestamp() * 1000
        if plain.at_ms is not None:
            assert event["at_source"] == "explicit"
            said = pd.Timestamp(plain.at_ms, unit="ms", tz="UTC")
            clock = event["at"] if event["raw"] in OBJECTS else event["at"].tz_convert("Europe/London")
            assert clock.tz_localize(None) == said.tz_localize(None)
        elif event["at_source"] == "derived":
            assert (event["step"], event["at"]) == ("hangup", ended)
            assert started == pd.Timestamp(START, unit="s", tz="UTC")
        else:
            assert (event["at_source"], at) == ("missing", None)
            assert event["step"] != "hangup" or dialect == "call_records" or pd.isna(ended)
        assert pd.isna(event["elapsed_s"]) == (at is None)


@both
@pytest.mark.parametrize(
    ("length", "source"), [(9, "derived"), (None, "missing"), ("soon", "missing"), (-1, "missing")]
)
def test_a_hang_up_without_a_time_gets_the_end_or_none(dialect, length, source):
    flow = {"call_report": [" Caller hanged up the call"], "call_records": ['{"type":"hangup"}']}[dialect]
    _, events = tidy([page(dialect, [("a", flow, length)])], dialect)
    assert events["at_source"].tolist() == [source]
    at = pd.Timestamp(START + 9, unit="s", tz="UTC")
    assert events["at"].tolist() == [at] if source == "derived" else events["at"].isna().all()
