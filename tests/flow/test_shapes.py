"""A flow comes as a list, a text, an object with index keys, or not at all; what stands in it is kept in every case."""

import json

import pytest

from callkit.dialects import RawPage
from callkit.tables.tidy import tidy
from tests.benchmarks.odd_flows import FORMS
from tests.flow.conftest import told

LINES = [
    "Call received on 4420XXXXX021 at 27-Mar-2020 06:01:57",
    " Dialed Extension (Ann) at 27-Mar-2020 06:02:00",
]
STEPS = ["received", "dialed"]
MISSING = object()
HANGUP = '{"type":"hangup","time":1585288930}'


def events(dialect, flow):
    """Return step and raw of a page's only flow."""
    inner = {"call_id": "1"} if flow is MISSING else {"call_id": "1", "call_flow": flow}
    one = (
        inner if dialect == "call_records" else {"id": 1, "date": "27-Mar-2020 06:01:57", "call_stats": inner}
    )
    one |= {"date": "2020-03-27", "time": "06:01:57"} if dialect == "call_records" else {}
    body = json.dumps({FORMS[dialect][0]: [one]}, separators=(",", ":"), ensure_ascii=False).encode()
    calls, found = tidy(RawPage(body), dialect)
    assert calls["n_steps"].tolist() == [len(found)]
    assert found["position"].tolist() == list(range(len(found)))
    return found["step"].tolist(), found["raw"].tolist()


@pytest.mark.parametrize("dialect", FORMS)
@pytest.mark.parametrize(
    "flow",
    [
        LINES,
        "\n".join(LINES),
        "\n".join(LINES) + "\n",
        json.dumps(LINES),
        json.dumps(LINES, indent=1),
        {"0": LINES[0], "1": LINES[1]},
        {"1": LINES[1], "0": LINES[0]},
        {"10": LINES[1], "9": LINES[0]},
        json.dumps({"1": LINES[1], "0": LINES[0]}),
        tuple(LINES),
    ],
    ids=range(10),
)
def test_one_flow_in_many_shapes(dialect, flow):
    assert events(dialect, flow) == (STEPS, LINES)


@pytest.mark.parametrize("dialect", FORMS)
@pytest.mark.parametrize("flow", [MISSING, None, "", [], {}, " ", "NULL", "N.A.", "$call_flow", "[]", "{}"])
def test_no_flow_is_no_event(dialect, flow):
    assert events(dialect, flow) == ([], [])


@pytest.mark.parametrize("dialect", FORMS)
@pytest.mark.parametrize(
    ("flow", "raw"),
    [
        ([None, LINES[0]], ["null", LINES[0]]),
        ([LINES[0], 5, 2.5, True], [LINES[0], "5", "2.5", "true"]),
        ([LINES, LINES[0]], [json.dumps(LINES, separators=(",", ":")), LINES[0]]),
        ([{"type": "hangup", "time": 1585288930}, LINES[0]], [HANGUP, LINES[0]]),
        ({"0": None, "1": LINES[0]}, ["null", LINES[0]]),
        (["", " ", "\t"], ["", " ", "\t"]),
        ({"first": LINES[0], "then": "x"}, [LINES[0], "x"]),
        ("[cut", ["[cut"]),
        ("a\n\nb", ["a", "", "b"]),
        ([LINES[0] + "\n", "\ufeff" + LINES[0]], [LINES[0] + "\n", "\ufeff" + LINES[0]]),
    ],
    ids=range(10),
)
def test_what_stands_in_a_flow_is_kept(dialect, flow, raw):
    steps, kept = events(dialect, flow)
    assert kept == raw
    known = {LINES[0]: "received", HANGUP: "hangup", LINES[0] + "\n": "received"}
    assert steps == [known.get(text, "unknown") for text in raw]


@pytest.mark.parametrize(
    "name", ["Ann\nBo", "Ann\r\nBo", "a\x00b", "a\u2028b", "a\x1cb", "\n", "é" * 5000, "(" * 2000]
)
def test_names_that_no_golden_can_hold(name):
    (said,) = told([f" Dialed Extension ({name}) at 27-Mar-2020 06:02:00"])
    held = f"; target_name: {name.strip()}" if name.strip() else ""
    assert (
        said
        == f"dialed (documented); step_raw: Dialed Extension; target_kind: extension{held}; at: 2020-03-27 06:02:00"
    )


@pytest.mark.parametrize("dialect", FORMS)
def test_half_an_emoji_costs_neither_step_nor_record(dialect):
    page = json.dumps(
        {"type": "Agent", "dialst": "Answered", "name": "Ann \ud83d", "id": "201", "time": 1585288930}
    )
    one = f'{{"id":1,"date":"27-Mar-2020 06:01:57","call_stats":{{"call_id":"1","call_flow":[{page}]}}}}'
    if dialect == "call_records":
        one = f'{{"call_id":"1","date":"2020-03-27","time":"06:01:57","call_flow":[{page}]}}'
    _, found = tidy(RawPage(f'{{"{FORMS[dialect][0]}":[{one}]}}'.encode()), dialect)
    assert (found["step"].tolist(), found["target_name"].tolist()) == (["answered"], ["Ann \ufffd"])
