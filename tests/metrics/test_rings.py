"""What became of each ring: small flows one by one, then the simulator's weeks against its truth."""

import pytest

from callkit.metrics.engine import answers
from callkit.metrics.groupings import Grouping, groupings
from callkit.metrics.rings import rings
from callkit.metrics.sources import sources
from callkit.periods import Week
from callkit.sandbox import wire
from tests.metrics.flows import as_lake, flow, tables
from tests.reference.test_sandbox_truth import tables as read_back

DIALECTS = ("call_report", "call_records")
END = (30, "hangup")
ANSWERED, MISSED, BUSY, ELSEWHERE, UNKNOWN = "answered", "missed", "busy", "elsewhere", "unknown"


def _build(given, groups):
    return [rings(given, dict(groups))]


def rung(data, **groups):
    """Return the rings as rows of a frame."""
    (found,) = answers(sources(data), _build, tuple(groups.items()))
    return found.sort_values(["call_key", "position"], ignore_index=True)


def fate(row):
    if row.is_answered is None or row.is_answered != row.is_answered:
        assert row.is_unanswered is None or row.is_unanswered != row.is_unanswered
        return UNKNOWN
    is_so = {ANSWERED: row.is_answered, MISSED: row.is_unanswered, BUSY: row.is_busy}
    told = [name for name, holds in is_so.items() if holds]
    assert len(told) < 2
    return told[0] if told else ELSEWHERE


def fates(data):
    return [(row.who, fate(row), row.ring_s) for row in rung(data).astype(object).itertuples()]


def fates_of(outcome, *told, **columns):
    return fates(tables(flow(outcome, *told, **columns)))


def test_an_extension_that_answers(tmp_path):
    told = flow("answered", (3, "dialed", "201"), (9, "answered", "201"), END, talk_s=21)
    (row,) = rung(tables(told)).itertuples()
    assert rung(as_lake(tables(told), tmp_path)).equals(rung(tables(told)))
    assert (fate(row), row.ring_s, row.talk_s, row.agent_name, row.agent_id) == (
        ANSWERED,
        6,
        21,
        "201",
        "201",
    )


def test_one_after_another():
    assert fates_of(
        "answered",
        (3, "dialed", "201"), (20, "no_answer", "201"), (20, "dialed", "202"), (20, "busy", "202"),
        (20, "dialed", "203"), (25, "answered", "203"), END,
    ) == [("201", MISSED, 17), ("202", BUSY, 0), ("203", ANSWERED, 5)]  # fmt: skip


def test_where_only_the_dialing_is_told_the_next_one_ends_the_ring():
    told = ((0, "dialed", "201"), (15, "dialed", "202"), (30, "dialed", "203"), (38, "answered", "203"), END)
    assert fates_of("answered", *told) == [("201", MISSED, 15), ("202", MISSED, 15), ("203", ANSWERED, 8)]


def test_a_colleague_who_is_quicker_is_no_failure_of_the_others():
    together = ((0, "dialed", "201"), (1, "dialed", "202"), (2, "dialed", "203"))
    assert fates_of("answered", *together, (9, "answered", "202"), END) == [
        ("201", ELSEWHERE, 9), ("202", ANSWERED, 8), ("203", ELSEWHERE, 7),
    ]  # fmt: skip
    assert fates_of("abandoned", *together, (9, "hangup")) == [
        ("201", MISSED, 9), ("202", MISSED, 8), ("203", MISSED, 7),
    ]  # fmt: skip


def test_one_of_several_that_says_no_while_the_others_ring():
    told = ((0, "dialed", "201"), (0, "dialed", "202"), (6, "no_answer", "201"), (9, "answered", "202"), END)
    assert fates_of("answered", *told) == [("201", MISSED, 6), ("202", ANSWERED, 9)]


def test_who_still_rings_when_more_are_dialed_may_answer():
    told = ((0, "dialed", "201"), (15, "dialed", "202"), (20, "answered", "201"), END)
    assert fates_of("answered", *told) == [("201", ANSWERED, 20), ("202", ELSEWHERE, 5)]


@pytest.mark.parametrize(
    "step", ["queued", "voicemail", "forwarded", "transferred", "announcement", "hangup"]
)
def test_a_call_that_goes_elsewhere_ends_the_ring(step):
    told = ((2, "dialed", "201"), (14, step), (20, "answered", "201"), END)
    assert fates_of("answered", *told) == [("201", MISSED, 12)]


@pytest.mark.parametrize("step", ["joined", "unknown"])
def test_a_step_that_says_nothing_does_not(step):
    told = ((2, "dialed", "201"), (4, step), (20, "answered", "201"), END)
    assert fates_of("answered", *told) == [("201", ANSWERED, 18)]


def test_busy_after_ringing_is_a_refusal():
    told = ((0, "dialed", "201"), (2, "busy", "201"), (2, "dialed", "202"), (5, "busy", "202"), END)
    assert fates_of("busy", *told) == [("201", BUSY, 2), ("202", MISSED, 3)]


def test_ringing_twice_is_two_rings():
    told = ((0, "dialed", "201"), (9, "dialed", "201"), (11, "answered", "201"), END)
    assert fates_of("answered", *told) == [("201", MISSED, 9), ("201", ANSWERED, 2)]


def test_a_flow_without_an_end_ends_with_its_call():
    assert fates_of("abandoned", (48, "dialed", "201")) == [("201", MISSED, 12)]


def test_a_number_is_no_extension_but_may_be_quicker():
    told = (
        (0, "dialed", "201"),
        (0, "dialed", "447700900100", "number"),
        (7, "answered", "447700900100", "number"),
    )
    assert fates_of("answered", *told, END) == [("201", ELSEWHERE, 7)]


def test_our_own_calls_ring_nobody():
    told = flow("answered", (0, "dialed", "201"), (4, "answered", "201"), END, direction="outbound")
    assert fates(tables(told, flow("abandoned", (0, "dialed", "202"), END))) == [("202", MISSED, 30)]


def is_null(value):
    return value != value


def test_an_answer_no_step_tells_of_is_that_of_the_only_ring():
    told = ((0, "dialed", "201"), (8, "no_answer", "201"), (8, "dialed", "202"), END)
    found = fates_of("answered", *told)
    assert [of[:2] for of in found] == [("201", MISSED), ("202", ANSWERED)]
    assert is_null(found[1][2])
    several = fates_of("answered", (0, "dialed", "201"), (0, "dialed", "202"), END)
    assert [of[:2] for of in several] == [("201", UNKNOWN), ("202", UNKNOWN)]
    assert fates_of("unknown", (0, "dialed", "201"), END)[0][1] == UNKNOWN


def test_what_has_no_time_is_not_judged_by_it():
    told = ((None, "dialed", "201"), (None, "dialed", "202"), (9, "answered", "202"), END)
    found = fates_of("answered", *told)
    assert [of[:2] for of in found] == [("201", UNKNOWN), ("202", ANSWERED)]
    assert is_null(found[1][2])
    untimed = fates_of("abandoned", (3, "dialed", "201"), (None, "queued"), (20, "queued"), END)
    assert untimed[0][1] == MISSED
    assert is_null(untimed[0][2])


def test_talk_of_a_call_that_is_handed_on_is_told_apart():
    told = flow(
        "answered",
        (0, "dialed", "201"), (5, "answered", "201"), (25, "transferred", "202"), (25, "dialed", "202"),
        (31, "answered", "202"), (90, "hangup"), talk_s=79,
    )  # fmt: skip
    assert rung(tables(told))["talk_s"].tolist() == [20, 59]


def test_an_id_names_an_extension_before_its_name_does():
    told = flow(
        "answered",
        (0, "dialed", "Old name", "extension", "0502"), (5, "answered", "New name", "extension", "0502"), END,
    )  # fmt: skip
    other = flow("abandoned", (0, "dialed", "Reception"), END)
    found = rung(tables(told, other), g0=Grouping("agent_id", "Extension"), g1=Grouping("agent_name", "Name"))
    assert found["who"].tolist() == ["0502", "Reception"]
    assert found["g0"].fillna("").tolist() == ["0502", ""]  # a name is no id: it would escape the masks
    assert found["g1"].tolist() == ["Old name", "Reception"]
    assert fate(found.iloc[0]) == ANSWERED


def test_groups_may_read_any_column():
    (by_hour, by_did) = groupings(["hour_of_day", "did"])
    custom = Grouping("x", "x", lambda t: t.agent_name + "-" + t.did)
    found = rung(
        tables(flow("abandoned", (0, "dialed", "201"), END, did="1", agent_name="x")),
        a=by_hour,
        b=by_did,
        c=custom,
    )
    assert found[["a", "b", "c"]].iloc[0].tolist() == [9, "1", "201-1"]


def plain_fates(call):
    """Tell the fate of each ring of a simulated call, step by step; its extensions ring one after another."""
    for place, step in enumerate(call.route):
        if (step.step, step.target_kind) != ("dialed", "extension"):
            continue
        after = call.route[place + 1]
        own = after.step if after.target == step.target else ""
        told = {"answered": ANSWERED, "busy": BUSY}.get(own, MISSED)
        talk = None
        if told == ANSWERED:
            talk = next((s.at for s in call.route[place + 2 :]), call.ended) - after.at
        yield call.call_id, place, step.target, told, after.at - step.at, talk


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("week", ["2026-W43", "2026-W47"])
def test_every_ring_of_a_simulated_week(dialect, week):
    sent = wire.sent(Week.parse(week), dialect=dialect)
    truth = [one.call for one in sent if one.call.direction == "inbound"]
    found = rung(read_back(dialect, [one.body for one in sent]))
    wanted = sorted(row for call in truth for row in plain_fates(call))
    ours = [
        (
            row.call_key,
            row.position,
            row.who,
            fate(row),
            row.ring_s,
            None if is_null(row.talk_s) else row.talk_s,
        )
        for row in found.itertuples()
    ]
    assert ours == wanted
    assert len(ours) == sum(
        (s.step, s.target_kind) == ("dialed", "extension") for c in truth for s in c.route
    )
    assert found["talk_s"].sum() == sum(c.talk_s for c in truth)
    answered = set(found.loc[found["is_answered"], "call_key"])
    assert answered == {c.call_id for c in truth if c.outcome == "answered"}
    assert len({row[3] for row in ours}) == 3
