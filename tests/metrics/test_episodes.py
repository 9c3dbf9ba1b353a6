"""Runs of misses of one caller: against plain Python, call by call, on drawn calls and on whole simulated weeks."""

from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from callkit.metrics import recovery
from callkit.metrics.engine import answers, collected
from callkit.metrics.episodes import episodes
from callkit.metrics.groupings import GROUPINGS, Grouping
from callkit.metrics.sources import Sources, calls_table, sources
from callkit.periods import Week
from callkit.sandbox import wire
from callkit.sandbox.business import OPENING
from callkit.tables.tidy import tidy
from tests.metrics.frames import MONDAY, call, calls

LONDON = ZoneInfo("Europe/London")
DAY_S = 86_400
PEOPLE = ["+447700900100", "+447700900101", None]
MISSED = ("abandoned", "timeout", "no_answer", "busy", "voicemail", "failed", "unknown")
FLAGS = ["is_recovered", "is_by_us", "is_by_caller", "is_called_back"]


def grain(data, **groups):
    if groups:
        return collected(episodes(Sources(calls_table(data)), groups))
    return answers(sources(data), whole)[0]  # built once for all frames


def whole(given):
    return [episodes(given, {})]


def followed(rows):
    """Return each episode of (seconds, direction, outcome, caller, key): its misses, our calls, and the answer."""
    found, running = [], {}
    order = sorted(rows, key=lambda r: (r[0], r[1:3] not in [("inbound", o) for o in MISSED], r[4]))
    for at, direction, outcome, caller, key in order:
        if caller is None:
            continue
        now = running.get(caller)
        if direction == "inbound" and outcome in MISSED:
            if now is None or now["answer"] or at - now["misses"][-1] > DAY_S:
                now = running[caller] = {
                    "caller": caller,
                    "key": key,
                    "misses": [],
                    "ours": [],
                    "answer": None,
                    "next": None,
                }
                for other in found:
                    if other["caller"] == caller and other["next"] is None:
                        other["next"] = at
                found.append(now)
            now["misses"].append(at)
        elif now and not now["answer"]:
            if direction == "outbound":
                now["ours"].append(at)
            if outcome == "answered" and direction in ("inbound", "outbound"):
                now["answer"] = (at, "us" if direction == "outbound" else "caller")
    return found


def expected(rows):
    """Return caller, first miss, attempts, call-backs, who answered, and the seconds to each."""
    last = max(r[0] for r in rows)
    out = []
    for e in followed(rows):
        first, (end, by) = e["misses"][0], e["answer"] or (e["next"] or last, None)
        called = e["ours"][0] - first if e["ours"] else None
        spoken = end - first if by else None
        out.append((e["caller"], first, len(e["misses"]), len(e["ours"]), by, called, spoken, end - first))
    return sorted(out, key=lambda o: (o[1], o[0]))


def told(found):
    named = found.assign(first=found["first_missed_at"].map(lambda moment: moment.timestamp()))
    columns = [
        "caller",
        "first",
        "n_attempts",
        "n_callbacks",
        "resolved_by",
        "to_callback_s",
        "to_resolved_s",
    ]
    rows = named[[*columns, "observed_s"]].astype(object).to_numpy().tolist()
    return [tuple(None if value != value else value for value in row) for row in rows]


def flags(rows):
    """Return how often each combination of the grain's flags occurs."""
    last, counts = max(r[0] for r in rows), Counter()
    for _, first, _, _, by, called, spoken, _ in expected(rows):
        is_back = spoken is not None and spoken <= DAY_S
        known = (
            is_back,
            is_back and by == "us",
            is_back and by == "caller",
            called is not None and called <= DAY_S,
        )
        counts[known if last - first >= DAY_S else (None,) * 4] += 1
    counts[(None,) * 4] += sum(r[1] == "inbound" and r[2] in MISSED and r[3] is None for r in rows)
    return counts


def counted(found):
    rows = found[FLAGS].astype(object).where(found[FLAGS].notna(), None)
    return Counter(map(tuple, rows.to_numpy().tolist()))


OUTCOMES = ["abandoned", "voicemail", "answered", "closed", "no_answer"]
DRAWN = st.lists(
    st.tuples(
        st.sampled_from([0, 3600, 30_000, DAY_S - 1, DAY_S, DAY_S + 1, 2 * DAY_S, 200_000]),
        st.sampled_from(["inbound", "inbound", "outbound", "internal"]),
        st.sampled_from(OUTCOMES),
        st.sampled_from(PEOPLE),
    ),
    min_size=1,
    max_size=14,
)


@settings(max_examples=40, deadline=None)
@example(
    [
        (0, "inbound", "abandoned", PEOPLE[0]),
        (0, "outbound", "answered", PEOPLE[0]),
        (3600, "outbound", "no_answer", PEOPLE[0]),
        (3600, "inbound", "abandoned", PEOPLE[0]),
    ]
)
@given(DRAWN)
def test_every_miss_lies_in_one_episode_and_all_are_as_in_plain_python(drawn):
    frame = calls(
        *(
            call(outcome, direction=direction, caller=caller, started_local=MONDAY + timedelta(seconds=at))
            for at, direction, outcome, caller in drawn
        )
    )
    begun = int(frame["started_at"].min().timestamp()) - min(row[0] for row in drawn)
    rows = [(begun + at, *rest, f"k{place}") for place, (at, *rest) in enumerate(drawn)]
    missed = [r for r in rows if r[1] == "inbound" and r[2] in MISSED]
    found = recovery.episodes(frame)
    assert told(found) == expected(rows)
    assert found["n_attempts"].sum() == sum(r[3] is not None for r in missed)
    assert found.attrs["n_withheld"] == sum(r[3] is None for r in missed)
    by = found["resolved_by"]
    assert (by == "us").sum() + (by == "caller").sum() + found["is_censored"].sum() == len(found)
    assert counted(grain(frame)) == +flags(rows)


@pytest.fixture(scope="module", params=[("2026-W42", "2026-W43", "2026-W44"), ("2026-W13",)])
def weeks(request):
    """Return weeks with a change of the clocks: the simulator's calls, and the tables read from what it sends."""
    sent = [record for week in request.param for record in wire.sent(Week.parse(week))]
    page = msgspec.json.encode({"data": [msgspec.Raw(record.body) for record in sent]})
    rows = [(r.call.started, r.call.direction, r.call.outcome, r.call.caller, r.call.call_id) for r in sent]
    return rows, tidy([page]).calls


def test_episodes_of_simulated_weeks(weeks, held):
    rows, frame = weeks
    assert told(recovery.episodes(held(frame))) == expected(rows)
    found = grain(held(frame))
    assert counted(found) == flags(rows)
    assert (~found["is_known"]).sum() == sum(r[1] == "inbound" and r[2] in MISSED and not r[3] for r in rows)


def test_the_opening_hours_clock_of_simulated_weeks(weeks):
    _, frame = weeks
    found = recovery.episodes(frame, OPENING).sample(40, random_state=1)
    for row in found.itertuples():
        first = row.first_missed_at.timestamp()
        ends = {
            "to_callback_s": row.to_callback_s,
            "to_resolved_s": row.to_resolved_s,
            "observed_s": row.observed_s,
        }
        for name, seconds in ends.items():
            value = getattr(row, f"open_{name}")
            assert (value != value) if seconds != seconds else value == opened(first, first + seconds), name


def opened(start, end):
    """Count the open seconds of two instants, minute by minute."""
    total, at = 0, int(start)
    while at < end:
        step = min(60 - at % 60, int(end) - at)
        total += step * OPENING.is_open(datetime.fromtimestamp(at, LONDON).replace(tzinfo=None))
        at += step
    return total


def test_a_period_holds_the_episodes_that_begin_in_it_and_sees_what_follows(weeks, held):
    _, frame = weeks
    everything = recovery.episodes(frame, OPENING)
    middle = everything["first_missed_local"].dt.normalize().sort_values().iloc[len(everything) // 2]
    since, until = middle.date(), middle.date() + timedelta(days=2)
    part = recovery.episodes(held(frame), OPENING, since, until)
    days = everything["first_missed_local"].dt.date
    wanted = everything[(days >= since) & (days < until)].reset_index(drop=True)
    assert len(wanted) > 5
    pd.testing.assert_frame_equal(part, wanted)


def test_groups_and_day_are_those_of_the_first_miss():
    rows = [
        call(
            "abandoned",
            caller=PEOPLE[0],
            service_name=name,
            did=did,
            started_local=MONDAY + timedelta(hours=hour),
        )
        for hour, name, did in [(0, "Sales", "1"), (10, None, "2"), (20, "Support", None), (60, None, None)]
    ]
    groups = {
        "g0": Grouping("service_name", "Service"),
        "g1": Grouping("did", "Number"),
        "g2": GROUPINGS["day"],
    }
    found = grain(calls(*rows), **groups).sort_values("on_day")
    assert found["g0"].fillna("").tolist() == ["Sales", ""]
    assert found["g1"].fillna("").tolist() == ["1", ""]
    assert found["on_day"].dt.date.tolist() == [date(2026, 11, 16), date(2026, 11, 18)]
    assert found["g2"].tolist() == found["on_day"].tolist()


def test_an_undated_miss_is_not_known_and_nobody_missed_gives_no_row():
    undated = calls({**call("abandoned", caller=PEOPLE[0]), "started_local": None}, call())
    assert grain(undated)[["is_known", *FLAGS]].isin([True]).sum().sum() == 0
    assert recovery.episodes(undated).attrs["n_withheld"] == 1
    for none in (undated.iloc[:0], undated.iloc[1:]):
        assert grain(none).empty
        found = recovery.episodes(none, OPENING)
        assert found.empty
        assert tuple(found.columns) == recovery.EPISODE_COLUMNS
