"""Stored webhooks: one object, an array, or a file with one a line."""

import json

import pytest

from callkit.dialects import RawPage
from callkit.dialects.decode import Decoder
from callkit.dialects.webhook import records
from callkit.errors import PageError

ONE = {
    "call_id": "1783784576.1",
    "call_status": "missed",
    "call_flow": [{"type": "init", "time": "1783784576"}],
}
OTHER = ONE | {"call_id": "1783784576.2", "outbound_sec": "7"}


def decoded(*bodies):
    decoder = Decoder("webhook")
    for n, body in enumerate(bodies, 1):
        decoder.add(RawPage(body, source=f"file {n}"))
    return decoder.finish()


def lines(*webhooks):
    return b"\n".join(json.dumps(w).encode() if isinstance(w, dict) else w for w in webhooks)


@pytest.mark.parametrize(
    "body",
    [
        json.dumps([ONE, OTHER]).encode(),
        json.dumps([ONE, OTHER], indent=2).encode(),
        lines(ONE, OTHER),
        b"\xef\xbb\xbf" + lines(ONE, b"", b"  ", OTHER, b""),
        lines(ONE, OTHER).replace(b"\n", b"\r\n"),
    ],
    ids=["array", "printed array", "lines", "blank lines", "other line ends"],
)
def test_webhooks_of_every_form(body):
    read = decoded(body)
    assert read.columns["call_id"].to_pylist() == [ONE["call_id"], OTHER["call_id"]]
    assert read.columns["outbound_sec"].to_pylist() == [None, 7.0]
    assert read.n_lines.tolist() == [1, 1]
    assert (read.quarantined, read.unknown_keys) == ([], {})


@pytest.mark.parametrize("indent", [None, 2])
def test_one_webhook(indent):
    read = decoded(json.dumps(ONE, indent=indent).encode())
    assert read.columns["call_id"].to_pylist() == [ONE["call_id"]]


@pytest.mark.parametrize("body", [b"", b"\n \n", b"[]"])
def test_a_file_may_hold_none(body):
    assert len(decoded(body).n_lines) == 0


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"<html>gateway</html>", "malformed"),
        (b'{"call_id": "178', "truncated"),
        (b"[1, 2]", "Expected `object`"),
        (b'{"call_status": {"odd": 1}}', "call_status"),
        (b'{"call_id": "\xff"}', "codec"),
    ],
)
def test_a_line_that_cannot_be_read_is_quarantined_alone(bad, reason):
    read = decoded(lines(ONE, bad, OTHER))
    assert read.columns["call_id"].to_pylist() == [ONE["call_id"], OTHER["call_id"]]
    (quarantined,) = read.quarantined
    assert (quarantined.page_source, quarantined.index, quarantined.raw) == ("file 1", 1, bad)
    assert reason in quarantined.reason


def test_an_array_that_is_cut_is_no_page():
    with pytest.raises(PageError, match="file 1: The array of webhooks is cut short"):
        decoded(json.dumps([ONE, OTHER]).encode()[:-9])


def test_half_an_emoji_costs_a_letter():
    read = decoded(lines(ONE, b'{"call_id": "\\ud83d 1", "ref_id": "\\ud83d"}', b"oops"))
    assert read.columns["call_id"].to_pylist() == [ONE["call_id"], "\ufffd 1"]
    assert len(read.quarantined) == 1


def test_records_are_given_byte_for_byte():
    body = lines(ONE, b"oops", OTHER)
    assert b"\n".join(map(bytes, records(body))) == body


@pytest.mark.parametrize(
    ("agent", "text"),
    [
        ("", ""),
        (None, None),
        ("Rep", "Rep"),
        ('{"id": "7"}', '{"id": "7"}'),
        ({"id": "7"}, '{"id": "7"}'),
        ([{"id": "7"}], '[{"id": "7"}]'),
    ],
)
def test_an_agent_is_kept_in_any_shape(agent, text):
    read = decoded(json.dumps(ONE | {"answered_agent": agent}).encode())
    assert read.columns["answered_agent"].to_pylist() == [text]


def test_keys_nobody_knows_are_counted():
    read = decoded(lines(ONE | {"mood": "calm"}, OTHER), lines(OTHER | {"mood": None}))
    assert read.unknown_keys == {"mood": 2}
