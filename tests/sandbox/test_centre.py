"""The simulated weeks: the same every time, inside their bounds, and like a business."""

import re
from datetime import UTC, date, datetime

import pytest

from callkit import clock, schema
from callkit.periods import Week
from callkit.privacy import e164
from callkit.sandbox import centre
from callkit.sandbox.business import GROUPS, OPENING, SEED, TIME_ZONE, epoch, is_bad
from callkit.sandbox.centre import simulate, truth
from callkit.settings import Settings

WEEK = Week(2026, 47)
ODD_WEEKS = [Week(2026, 13), Week(2026, 43), Week(2020, 53), Week(2025, 52), Week(2001, 1)]
DRAMA = re.compile(
    r"\+(447700900\d{3}|442079460\d{3}|441(1[3-8]|[2-6]1)4960\d{3}|441914980\d{3}|441632960\d{3}|493023125\d{3}|120255501\d\d)"
)


def offered(calls):
    return [c for c in calls if c.direction == "inbound" and c.outcome not in ("left_menu", "closed")]


def share(calls, outcome):
    return sum(c.outcome == outcome for c in calls) / len(calls)


def test_the_settings_are_those_of_the_business():
    settings = Settings.load("sandbox", environ={})
    assert settings.account == "sandbox"
    assert settings.example
    assert settings.opening == OPENING
    assert [p.group for p in settings.agents.values()] == [
        g.name for g in GROUPS.values() for _ in g.extensions
    ]
    assert sum(len(g.extensions) for g in GROUPS.values()) == 12
    settings.require_key()


def test_a_week_is_the_same_whenever_it_is_drawn():
    first = simulate(WEEK)
    centre._simulate.cache_clear()
    simulate(WEEK.shift(-1))
    assert simulate(WEEK) == first
    assert simulate(WEEK, SEED + 1) != first


@pytest.mark.parametrize("week", [WEEK, *ODD_WEEKS], ids=str)
def test_a_week_keeps_its_bounds(week):
    calls = simulate(week)
    assert [c.started for c in calls] == sorted(c.started for c in calls)
    assert epoch(week.start) <= calls[0].started
    assert calls[-1].started < epoch(week.end)
    assert len({c.call_id for c in calls}) == len({c.record_id for c in calls}) == len(calls)
    assert all(c.call_id.startswith(f"{c.started}.") for c in calls)
    for call in calls:
        times = [step.at for step in call.route]
        assert times == sorted(times)
        assert call.started == times[0]
        assert times[-1] <= call.ended
        assert call.outcome in schema.OUTCOMES
        assert call.ended_by in schema.ENDED_BY
        assert {s.step for s in call.route} <= set(schema.STEPS)
        assert {s.target_kind for s in call.route} <= {*schema.TARGET_KINDS, None}
        assert (call.outcome == "answered") == (call.talk_s > 0) == (call.agent is not None)


def test_an_extension_takes_one_call_at_a_time():
    engaged = []
    for call in simulate(WEEK):
        open_at = {}
        for step in (*call.route, None):
            at, name = (call.ended, None) if step is None else (step.at, step.step)
            if step is not None and step.target_kind == "extension" and name in ("dialed", "received"):
                open_at[step.target] = at
            elif name in ("no_answer", "busy", "transferred", None):
                over = (
                    [step.target]
                    if name in ("no_answer", "busy")
                    else [e for e in open_at if name is None or e != step.target]
                )
                engaged += [(e, open_at.pop(e), at, name) for e in over if e in open_at]
    by_extension = {}
    for extension, since, until, name in engaged:
        if name != "busy":
            by_extension.setdefault(extension, []).append((since, until))
    assert len(by_extension) == 12
    for spans in by_extension.values():
        spans.sort()
        assert all(first[1] <= second[0] for first, second in zip(spans, spans[1:], strict=False))


def test_nobody_is_rung_while_the_business_is_closed():
    christmas = [c for c in truth(date(2025, 12, 25), date(2025, 12, 27)) if c.direction == "inbound"]
    assert christmas
    assert {c.outcome for c in christmas} <= {"closed", "voicemail", "failed"}
    for call in simulate(WEEK):
        if call.outcome == "closed":
            assert not OPENING.is_open(clock.wall(datetime.fromtimestamp(call.started, UTC), TIME_ZONE))


def test_numbers_are_kept_for_drama_and_can_be_read():
    numbers = {c.caller for week in ODD_WEEKS for c in simulate(week) if c.caller}
    assert all(DRAMA.fullmatch(n) for n in numbers)
    assert all(e164(n) == n for n in numbers)
    assert any(not n.startswith("+44") for n in numbers)
    assert all(
        c.did in ("+442079460100", "+442079460200", "+442079460300")
        for c in simulate(WEEK)
        if c.direction == "inbound"
    )


def test_one_week_in_nine_is_bad():
    assert sum(is_bad(Week(2026, 1).shift(n)) for n in range(90)) == 10


def test_a_week_is_like_a_business():
    usual = [c for n in range(8) if not is_bad(week := Week(2026, 40).shift(n)) for c in simulate(week)]
    n_weeks = sum(not is_bad(Week(2026, 40).shift(n)) for n in range(8))
    calls = offered(usual)
    in_time = sum(c.outcome == "answered" and c.wait_s <= 20 for c in calls)
    counted = sum(c.outcome in ("answered", "abandoned") for c in calls)
    assert 1400 < len(usual) / n_weeks < 1600
    assert 0.80 < share(calls, "answered") < 0.88
    assert 0.05 < share(calls, "abandoned") < 0.09
    assert 0.60 < in_time / counted < 0.80
    assert {c.outcome for c in usual} == set(schema.OUTCOMES) - {"unknown"}
    assert any(c.caller is None for c in calls)


def test_a_bad_week_loses_more_callers():
    bad = [week for n in range(27) if is_bad(week := Week(2026, 20).shift(n))]
    for week in bad:
        assert (
            share(offered(simulate(week)), "abandoned")
            > share(offered(simulate(week.shift(-1))), "abandoned") + 0.01
        )


def test_missed_callers_are_called_back_and_try_again():
    calls = simulate(WEEK)
    missed = {
        c.caller: c.ended
        for c in reversed(calls)
        if c.caller and c.outcome in ("abandoned", "voicemail", "timeout")
    }
    later = [c for c in calls if c.caller in missed and c.started > missed[c.caller]]
    assert sum(c.direction == "outbound" for c in later) > 20
    assert sum(c.direction == "inbound" for c in later) > 20
    reached = {c.caller for c in later if c.outcome == "answered"}
    assert 20 <= len(missed) - len(reached) <= 60


def test_truth_of_some_days():
    week = simulate(WEEK)
    monday = truth(date(2026, 11, 16), date(2026, 11, 17))
    assert monday == [c for c in week if c.started < epoch(date(2026, 11, 17))]
    assert truth(date(2026, 11, 16), date(2026, 11, 23)) == list(week)
    noon = datetime(2026, 11, 16, 12, tzinfo=UTC)
    ended = truth(date(2026, 11, 16), date(2026, 11, 23), now=noon)
    assert ended
    assert ended == [c for c in week if c.ended <= noon.timestamp()]
    assert truth(date(2026, 11, 16), date(2026, 11, 16)) == []
