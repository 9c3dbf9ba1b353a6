"""Tables made part by part are the tables made at once; only the order of categories may differ."""

import msgspec
import pytest

from callkit.dialects import RawPage
from callkit.periods import Week
from callkit.sandbox import wire
from callkit.tables import tidy as tidying
from callkit.tables.calls import Options
from callkit.tables.tidy import as_frame, build

WEEK = Week.parse("2026-W43")  # the clocks go back


def pages(dialect):
    records = [msgspec.Raw(sent.body) for sent in wire.sent(WEEK, dialect=dialect)][:700]
    records += records[90:110]  # told twice, in two parts
    name = {"call_report": "data", "call_records": "results"}[dialect]
    return [RawPage(msgspec.json.encode({name: records[i : i + 60]})) for i in range(0, len(records), 60)]


@pytest.mark.parametrize("dialect", ["call_report", "call_records"])
@pytest.mark.parametrize("part", [29, 97, 400])
def test_parts_make_the_whole(dialect, part, monkeypatch):
    options = Options(dialect, "America/New_York")  # another zone: the clock check has something to find
    whole = build(pages(dialect), options)
    monkeypatch.setattr(tidying, "PART", part)
    parts = build(pages(dialect), options)
    assert parts[2:] == whole[2:]
    assert whole.duplicates == 20
    assert whole.clock.n_off == 700
    for ours, theirs in zip(parts[:2], whole[:2], strict=True):
        assert ours.schema == theirs.schema
        assert ours.to_pylist() == theirs.to_pylist()


def test_no_calls_make_empty_tables():
    built = build([RawPage(b'{"data":[]}')])
    assert (built.calls.num_rows, built.events.num_rows, built.received) == (0, 0, 0)
    assert as_frame(built.calls).columns.tolist() == built.calls.column_names
