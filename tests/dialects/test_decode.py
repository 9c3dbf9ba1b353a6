"""Pages to columns, tier by tier."""

import gc

import pytest

from callkit.dialects import RawPage, decode, pages
from callkit.dialects.decode import Decoder
from callkit.errors import PageError
from tests.dialects.records import page, record

RING = "call_stats.ring_time"


def decoded(*pages):
    decoder = Decoder()
    for one in pages:
        decoder.add(one)
    return decoder.finish()


def ids(records):
    return [key.rpartition(".")[2] for key in records.columns["call_stats.call_id"].to_pylist()]


def test_a_record_becomes_a_row():
    records = decoded(page(record()))
    assert records.columns["id"].to_pylist() == ["36671"]
    assert records.columns["source"].to_pylist() == ["000509030018"]
    assert records.columns[RING].to_pylist() == [4.0]
    assert records.columns["destination"].to_pylist() == [None]
    assert records.lines.to_pylist() == record()["call_stats"]["call_flow"]
    assert (records.n_lines.tolist(), records.page_of.tolist()) == ([4], [0])
    assert (records.quarantined, records.unknown_keys) == ([], {})


@pytest.mark.parametrize("odd", ["", "N.A.", "null", " NULL ", None, "n/a", "-"])
def test_a_number_that_is_nothing_is_null_and_its_neighbours_are_kept(odd):
    records = decoded(page(record("1"), record("2", {"ring_time": odd}), record("3", {"ring_time": 2.5})))
    assert records.columns[RING].to_pylist() == [4.0, None, 2.5]


@pytest.mark.parametrize("flow", [None, [], "", "NULL", {}, "[]"])
def test_a_call_without_a_flow_has_no_lines(flow):
    records = decoded(page(record("1", {"call_flow": flow}), record("2")))
    assert records.n_lines.tolist() == [0, 4]


def test_missing_fields_are_null():
    bare = {"id": 7, "call_stats": {"call_id": "1585288917.9"}}
    records = decoded(page(bare, record("1")))
    assert ids(records) == ["9", "1"]
    assert records.columns["service"].to_pylist() == [None, "Extension (TestUser1)"]


@pytest.mark.parametrize("stats", [None, [], {}])
def test_a_record_without_statistics_is_kept(stats):
    records = decoded(page(record("1"), record(call_stats=stats), record("3")))
    assert records.columns["call_stats.call_id"].to_pylist() == ["1585288917.1", None, "1585288917.3"]
    assert records.quarantined == []


def test_unknown_keys_are_counted_and_learned():
    first = page(record("1", sentiment="calm"), record("2", {"mos": 4.1}), source="a")
    later = page(
        record("3", sentiment="calm"), record("4", sentiment=None), record("5"), trace_id="t", source="b"
    )
    last = page(record("6", {"mos": 4.0}), trace_id="u")
    records = decoded(first, later, last)
    assert records.unknown_keys == {"sentiment": 3, "call_stats.mos": 2, "envelope.trace_id": 2}
    assert ids(records) == ["1", "2", "3", "4", "5", "6"]


def test_more_keys_than_can_be_learned_are_still_counted(monkeypatch):
    monkeypatch.setattr(decode, "MOST_LEARNED", 2)
    odd = {f"odd {n}": n for n in range(5)}
    records = decoded(*(page(record(str(n), **odd)) for n in range(4)))
    assert records.unknown_keys == dict.fromkeys(odd, 4)
    assert ids(records) == ["0", "1", "2", "3"]


@pytest.mark.parametrize("key", ['say "hi"', "back\\slash", "\x00", ""])
def test_keys_of_any_kind_are_counted(key):
    pages = [page(record("1", {key: 1}, **{key: 2}), **{key: 3}), page(record("2", **{key: 4}))]
    records = decoded(*pages)
    assert records.unknown_keys == {f"call_stats.{key}": 1, key: 2, f"envelope.{key}": 1}
    assert ids(records) == ["1", "2"]


def test_a_record_that_cannot_be_read_is_quarantined_alone():
    bad = record("2", {"ring_time": {"s": 4}})
    records = decoded(page(record("1"), bad, "no record", record("3"), source="day.jsonl"))
    assert ids(records) == ["1", "3"]
    assert [(q.page_source, q.index) for q in records.quarantined] == [("day.jsonl", 1), ("day.jsonl", 2)]
    assert "ring_time" in records.quarantined[0].reason
    assert records.quarantined[1].raw == b'"no record"'


def test_bytes_that_are_no_text_cost_one_record():
    body = page(record("1"), record("2", source="NAME"), record("3")).body.replace(b"NAME", b"\xff\xfe")
    records = decoded(RawPage(body))
    assert ids(records) == ["1", "3"]
    assert b"\xff\xfe" in records.quarantined[0].raw


def test_a_broken_page_is_named():
    with pytest.raises(PageError, match="2026-11-16 page 3: .*cut short"):
        decoded(RawPage(page(record()).body[:-5], source="2026-11-16 page 3"))
    with pytest.raises(PageError, match="reports a failure"):
        decoded(page(record(), success="false"))


def test_a_page_that_says_success_is_a_page():
    assert ids(decoded(page(record(), success=True))) == ["1"]


def test_many_pages_of_mixed_forms_keep_their_order():
    odd = [{"ring_time": ""}, {}, {"ring_time": 4}, {"call_flow": "a\nb"}, {"mystery": 1}]
    many = [page(*(record(f"{n}{m}", odd[(n + m) % 5]) for m in range(20))) for n in range(10, 70)]
    records = decoded(*many)
    assert ids(records) == [f"{n}{m}" for n in range(10, 70) for m in range(20)]
    assert records.n_lines.tolist() == [
        2 if (n + m) % 5 == 3 else 4 for n in range(10, 70) for m in range(20)
    ]
    assert records.unknown_keys == {"call_stats.mystery": 240}
    assert records.page_of.tolist() == [n for n in range(60) for _ in range(20)]


def test_the_garbage_collector_is_left_as_it_was():
    decoded(page(record()))
    assert gc.isenabled()
    with pytest.raises(PageError):
        decoded(RawPage(b""))
    assert gc.isenabled()


def test_half_a_surrogate_pair_costs_a_letter_and_not_the_page():
    whole = page(record("1"), record("2", {}, service="Queue (Amy \U0001f600)"))
    cut = whole._replace(body=whole.body.replace(b"\\ude00", b"").replace("\U0001f600".encode(), b"\\ud83d"))
    assert b"\\ud83d" in cut.body
    records = decoded(cut)
    assert records.columns["service"].to_pylist()[1] == "Queue (Amy \ufffd)"
    assert records.quarantined == []


def test_a_whole_pair_and_an_escaped_backslash_stay_when_a_half_is_mended():
    body = rb'{"data":[],"note":"\ud83d","kept":"\ud83d\ude00 \\ud83d"}'
    assert bytes(pages.members(body)["kept"]) == rb'"\ud83d\ude00 \\ud83d"'
