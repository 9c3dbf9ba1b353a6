"""Every simulated call comes back from its record as the simulator knows it: outcome, clocks, people and route."""

from functools import cache
from itertools import takewhile
from operator import attrgetter

import msgspec
import pytest

from callkit.periods import Week
from callkit.sandbox import wire, wire_records
from callkit.tables.tidy import tidy

FACTS = {
    "outcome": "outcome", "ended_by": "ended_by", "agent_id": "agent", "wait_s": "wait_s", "menu_s": "menu_s",
    "queue_s": "queue_s", "ring_s": "ring_s", "talk_s": "talk_s", "duration_s": "duration_s", "caller": "caller",
    "did": "did", "direction": "direction",
    "n_targets": lambda call: len(
        {(s.target_kind, s.target) for s in call.route[: len(up_to_answer(call))] if s.step in WAITING}
    ),
    "n_rings": lambda call: sum(step == "dialed" for step in up_to_answer(call)),
    "n_transfers": lambda call: [s.step for s in call.route][len(up_to_answer(call)) :].count("transferred"),
}  # fmt: skip
WAITING = ("queued", "forwarded", "dialed")
DIALECTS = {"call_report": "data", "call_records": "results"}
WEEKS = ["2026-W13", "2026-W43", "2026-W47"]  # clocks go forward; go back, and a bad week; an ordinary one
HALF_A_YEAR = [
    str(Week(2025, 40).shift(n)) for n in range(26)
]  # both changes of the clocks, and a turn of the year
SPANS = [
    *((dialect, (week,)) for dialect in DIALECTS for week in WEEKS),
    *(pytest.param((dialect, tuple(HALF_A_YEAR)), marks=pytest.mark.slow) for dialect in DIALECTS),
]
SHOWN = {
    ("call_records", "did"): wire_records.our_number
}  # that record has the number we show on a call of our own
NOT_SAID = {  # by dialect, the steps whose target is not in the record
    "call_report": set(),
    "call_records": {("received", "did")},
}


@cache
def sent(dialect, weeks):
    return [one for week in weeks for one in wire.sent(Week.parse(week), dialect=dialect)]


@cache
def read(dialect, weeks):
    """Return the calls as they happened, and what is made of their records."""
    return [s.call for s in sent(dialect, weeks)], tables(dialect, [s.body for s in sent(dialect, weeks)])


def tables(dialect, bodies):
    records = [msgspec.Raw(body) for body in bodies]
    pages = ({DIALECTS[dialect]: records[i : i + 100]} for i in range(0, len(records), 100))
    return tidy(map(msgspec.json.encode, pages), dialect)


@pytest.fixture(scope="module", params=SPANS, ids=lambda span: f"{span[0]}-{span[1][0]}-{len(span[1])}")
def span(request):
    return request.param


def up_to_answer(call):
    """Return the steps of a call before its first answer, all where nobody answered."""
    return list(takewhile(lambda step: step != "answered", (s.step for s in call.route)))


def none_for_null(values):
    return [None if value != value else value for value in values]


def facts(truth, dialect, name):
    """Return what a column must say of each call."""
    fact = SHOWN.get((dialect, name), FACTS[name])
    fact = attrgetter(fact) if isinstance(fact, str) else fact
    return [fact(call) for call in truth]


def column(told, truth, name):
    return none_for_null(
        told.calls.set_index("call_key").loc[[call.call_id for call in truth], name].tolist()
    )


def test_each_call_is_there_once(span):
    truth, told = read(*span)
    assert sorted(told.calls["call_key"]) == sorted(call.call_id for call in truth)
    assert len(truth) > 500 * len(span[1])


@pytest.mark.parametrize("fact", FACTS)
def test_each_fact_of_each_call(span, fact):
    truth, told = read(*span)
    assert column(told, truth, fact) == facts(truth, span[0], fact)


def test_starts_are_exact_on_days_of_a_clock_change_too(span):
    truth, told = read(*span)
    assert [int(at.timestamp()) for at in column(told, truth, "started_at")] == [
        call.started for call in truth
    ]


def test_each_step_of_each_route(span):
    truth, told = read(*span)
    events = told.events
    names = none_for_null(events["target_name"].astype(object))
    numbers = [n and n.removeprefix("+") for n in none_for_null(events["number"].astype(object))]
    ours = {}
    for key, step, kind, name, number, at in zip(
        events["call_key"], events["step"], none_for_null(events["target_kind"].astype(object)), names, numbers,
        [int(at.timestamp()) for at in events["at"]], strict=True,
    ):  # fmt: skip
        ours.setdefault(key, []).append((step, kind, name if kind not in ("did", "number") else number, at))
    silent = NOT_SAID[span[0]]
    assert ours == {
        call.call_id: [
            (s.step, s.target_kind, None if (s.step, s.target_kind) in silent else s.target, s.at)
            for s in call.route
        ]
        for call in truth
    }


def test_each_key_a_caller_pressed(span):
    truth, told = read(*span)
    pressed = told.events.loc[told.events["step"] == "menu_input"]
    ours = sorted(zip(pressed["call_key"], pressed["number"], strict=True))
    assert ours == sorted((call.call_id, s.key) for call in truth for s in call.route if s.key)


def test_all_of_it_is_explicit_but_what_the_record_leaves_out(span):
    _, told = read(*span)
    unstamped = told.events["raw"].str.strip() == "Caller hanged up the call"
    assert (told.events["at_source"] == unstamped.map({True: "derived", False: "explicit"})).all()


def without(bodies, *keys):
    """Take fields out of records, wherever they stand."""
    for body in bodies:
        one = msgspec.json.decode(body)
        for inner in (one, one.get("call_stats", {})):
            for key in keys:
                inner.pop(key, None)
        yield msgspec.json.encode(one)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_a_record_without_a_flow_cannot_say_is_null(dialect):
    weeks = ("2026-W47",)
    truth, whole = read(dialect, weeks)
    told = tables(dialect, without([s.body for s in sent(dialect, weeks)], "call_flow"))
    for name in ("wait_s", "menu_s", "queue_s", "ring_s", "answered_at"):
        assert told.calls[name].isna().all(), name
    assert len(told.events) == 0
    for name in ("duration_s", "talk_s", "caller", "direction", "started_at", "ended_at"):
        assert column(told, truth, name) == column(whole, truth, name), name
    outcomes = zip(column(told, truth, "outcome"), truth, strict=True)
    assert all((ours == "answered") == (call.outcome == "answered") for ours, call in outcomes)
    assert set(column(told, truth, "ended_by")) <= {"caller", "callee", "system", "unknown"}


LOST = {  # of a record without its lengths; a flow of objects has the time of the hang-up
    "call_report": {"wait_s", "queue_s", "ring_s", "talk_s", "duration_s"},
    "call_records": {"talk_s", "duration_s"},
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_a_record_without_its_length_cannot_say_is_null(dialect):
    weeks = ("2026-W47",)
    truth, whole = read(dialect, weeks)
    lengths = ("call_duration", "answered_seconds", "answer_time", "outbound_sec", "end_stamp")
    told = tables(dialect, without([s.body for s in sent(dialect, weeks)], *lengths))
    for name in ("wait_s", "menu_s", "queue_s", "ring_s", "talk_s", "duration_s"):
        pairs = list(zip(column(told, truth, name), column(whole, truth, name), strict=True))
        assert all(ours in (None, theirs) for ours, theirs in pairs), name
        if name in LOST[dialect]:
            assert any(ours is None and theirs is not None for ours, theirs in pairs), name


@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_never_was_is_null(dialect):
    truth, told = read(dialect, ("2026-W47",))
    for name in ("wait_s", "queue_s", "ring_s", "caller", "agent_id"):
        nulls = [value is None for value in column(told, truth, name)]
        assert nulls == [fact is None for fact in facts(truth, dialect, name)]
        assert any(nulls)
