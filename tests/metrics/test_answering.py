"""Who is seen answering: small flows one by one, the simulator's weeks against its truth, and the hours of the day."""

from collections import defaultdict
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from callkit.clock import wall
from callkit.errors import UsageError
from callkit.metrics.answering import COLUMNS, answering, by_hour_of_day
from callkit.metrics.staffing import agents_needed
from callkit.opening import OpeningHours
from callkit.periods import Week
from callkit.sandbox import wire
from tests.metrics.flows import as_lake, flow, tables
from tests.metrics.frames import MONDAY
from tests.reference.test_sandbox_truth import tables as read_back

OPEN = OpeningHours.parse({day: "09:00-12:00" for day in ("mon", "tue", "wed", "thu", "fri", "sat")})
DAY = MONDAY.date()


def seen(told, **span):
    found = answering(told, **span)
    return {(row.day.to_pydatetime(), row.hour): row.n_people for row in found.itertuples()}


def at(hour, days=0):
    return datetime.combine(DAY + timedelta(days=days), datetime.min.time()), hour


def on_call(who, start_s, until_s, **columns):
    """Tell a call that began at nine, answered by an extension after some seconds and ended after others."""
    return flow(
        "answered", (0, "dialed", who), (start_s, "answered", who), (until_s, "hangup"), duration_s=until_s,
        talk_s=until_s - start_s, **columns,
    )  # fmt: skip


def test_each_is_counted_once_an_hour_and_in_every_hour_of_the_talk():
    told = tables(
        on_call("201", 10, 60), on_call("201", 10, 90), on_call("202", 10, 3600), on_call("203", 3599, 7300)
    )
    assert seen(told) == {at(9): 3, at(10): 1, at(11): 1}


def test_a_call_handed_on_shows_both_each_until_the_next_answer():
    told = tables(
        flow(
            "answered", (0, "dialed", "201"), (10, "answered", "201"), (3500, "transferred", "202"),
            (3700, "answered", "202"), (7500, "hangup"), duration_s=7500.0, talk_s=7000.0,
        )
    )  # fmt: skip
    assert seen(told) == {at(9): 1, at(10): 2, at(11): 1}


def test_without_the_answer_in_its_flow_a_call_shows_whom_the_record_names():
    silent = flow(
        "answered", (0, "dialed", "201"), (3700, "hangup"), agent_id="201", duration_s=3700, talk_s=80
    )
    told = tables(silent, on_call("201", 10, 60), flow("answered", (0, "menu"), agent_id=None, talk_s=9.0))
    assert seen(told) == {at(9): 1, at(10): 1}
    assert answering(told).attrs["n_unknown"] == 1
    assert seen(told.calls.assign(agent_id="201")) == {at(9): 1, at(10): 1}  # of calls alone the record's


def test_only_answers_to_calls_that_came_in_count():
    told = tables(
        on_call("201", 10, 60, direction="outbound"),
        flow("abandoned", (0, "dialed", "202"), (9, "no_answer", "202"), (20, "hangup")),
        flow("answered", (0, "dialed", "447700900123", "number"), (5, "answered", "447700900123", "number")),
    )
    assert seen(told) == {}
    assert list(answering(told)) == ["day", "hour", "n_people"]


def test_a_talk_past_midnight_is_of_the_next_day():
    late = on_call("201", 0, 7200, started_local=MONDAY.replace(hour=23, minute=30))
    assert seen(tables(late)) == {at(23): 1, at(0, 1): 1, at(1, 1): 1}


@pytest.mark.parametrize("dialect", ["call_report", "call_records"])
def test_a_simulated_week_as_it_happened(dialect, tmp_path):
    week = Week(2026, 47)
    sent = wire.sent(week, dialect=dialect)
    expected = defaultdict(set)
    for call in (one.call for one in sent):
        if call.direction != "inbound" or call.outcome != "answered":
            continue
        steps = [(step.at, step.step, step.target) for step in call.route]
        answers = [(when, who) for when, does, who in steps if does == "answered"]
        ends = [when for when, _ in answers[1:]] + [call.ended]
        for (start, who), end in zip(answers, ends, strict=True):
            hour = int(start // 3600)
            while hour * 3600 < max(end, start + 0.001):
                local = wall(datetime.fromtimestamp(hour * 3600).astimezone(), "Europe/London")
                expected[local.replace(minute=0, second=0)].add(who)
                hour += 1
    told = read_back(dialect, [one.body for one in sent])
    found = answering(told)
    ours = {row.day + timedelta(hours=row.hour): row.n_people for row in found.itertuples()}
    assert ours == {hour: len(people) for hour, people in expected.items()}
    pd.testing.assert_frame_equal(answering(as_lake(told, tmp_path)), found)
    one_day = answering(told, since=week.start, until=week.start + timedelta(days=1))
    assert one_day.equals(found[found["day"] == pd.Timestamp(week.start)].reset_index(drop=True))


def busy_weeks(n_people=1, n=12, days=range(5), weeks=2):
    """Tell calls of five minutes from nine to ten on each day, answered by so many people in turn; some give up."""
    for week in range(weeks):
        for day in days:
            for k in range(n):
                start = MONDAY + timedelta(days=7 * week + day, seconds=3600 * k / n)
                if k % 6 == 5:
                    yield flow(
                        "abandoned",
                        (0, "queued"),
                        (70, "hangup"),
                        started_local=start,
                        wait_s=70,
                        duration_s=70,
                    )
                else:
                    who = str(201 + k % n_people)
                    yield flow(
                        "answered", (0, "dialed", who), (5, "answered", who), (305, "hangup"), started_local=start,
                        wait_s=5, duration_s=305, talk_s=300,
                    )  # fmt: skip


SPAN = (DAY, DAY + timedelta(days=7))


def test_hours_of_the_day_are_means_over_monday_to_friday():
    told = tables(*busy_weeks(2), on_call("250", 0, 60, started_local=MONDAY + timedelta(hours=1)))
    found = by_hour_of_day(told, OPEN, *SPAN)
    assert tuple(found) == COLUMNS
    assert found.attrs["weekdays"] == [0, 1, 2, 3, 4]
    found = found.set_index("hour")
    assert found.index.tolist() == [9, 10, 11]
    assert found["n"].tolist() == [60, 1, 0]
    assert found["n_open_hours"].tolist() == [5, 5, 5]
    assert found["arrivals_per_hour"].tolist() == [12, 0.2, 0]
    assert found.loc[9, "answering"] == 2
    assert found.loc[10, "answering"] == 0.2  # one person on one of five days
    cells = agents_needed(told, OPEN, *SPAN).query("weekday < 5")
    for name in ("agents", "agents_low", "agents_high"):
        means = cells.groupby("hour")[name].agg(lambda of: of.astype(float).mean())
        assert found[name].tolist() == pytest.approx(means.tolist())


@pytest.mark.parametrize(("people", "short"), [(1, 2), (2, 1), (3, 0), (5, 0)])
def test_whole_people_are_short(people, short):
    row = by_hour_of_day(tables(*busy_weeks(people)), OPEN, *SPAN).iloc[0]
    assert row["answering"] == people
    assert row["agents"] == 3
    assert row["short"] == short


def test_half_a_person_counts_as_one_and_less_as_none():
    both = [*busy_weeks(2, days=range(4)), *busy_weeks(3, days=[4])]
    assert by_hour_of_day(tables(*both), OPEN, *SPAN).iloc[0][["answering", "short"]].tolist() == [2.2, 1]
    both = [*busy_weeks(2, days=range(2)), *busy_weeks(3, days=[2, 3, 4])]
    assert by_hour_of_day(tables(*both), OPEN, *SPAN).iloc[0][["answering", "short"]].tolist() == [2.6, 0]


def test_days_left_out_and_hours_open_in_part_weigh_as_they_were_open():
    told = tables(*busy_weeks(2, days=range(4)), *busy_weeks(4, days=[4]))
    found = by_hour_of_day(told, OPEN, *SPAN, left_out=[DAY + timedelta(days=4)])
    assert found.iloc[0][["answering", "n", "n_open_hours"]].tolist() == [2, 48, 4]
    assert found.attrs["n_open_days"] == 4
    half = OpeningHours.parse({"mon": "09:00-12:00", "fri": "09:30-12:00"})
    found = by_hour_of_day(told, half, *SPAN).iloc[0]
    assert found["answering"] == pytest.approx((1 * 2 + 0.5 * 4) / 1.5)
    assert found["n_open_hours"] == 1.5


def test_a_business_closed_on_workdays_is_seen_on_the_others():
    weekend = OpeningHours.parse({"sat": "09:00-10:00", "sun": "09:00-10:00"})
    found = by_hour_of_day(tables(*busy_weeks(2, days=[5])), weekend, *SPAN)
    assert found.attrs["weekdays"] == [5, 6]
    assert found["answering"].tolist() == [1]


def test_a_holiday_is_no_day():
    xmas = date(2026, 12, 21), date(2026, 12, 28)
    weeks = OpeningHours.parse({day: "09:00-10:00" for day in ("mon", "tue", "wed", "thu", "fri")}, "GB-ENG")
    moved = [
        (columns | {"started_local": columns["started_local"] + timedelta(days=35)}, steps)
        for columns, steps in busy_weeks(2, weeks=1)
    ]
    found = by_hour_of_day(tables(*moved), weeks, *xmas)
    assert found["n_open_hours"].tolist() == [4]
    assert found["answering"].tolist() == [2]


def test_nobody_talked_or_no_hour_open():
    missed = tables(flow("abandoned", (0, "queued"), (70, "hangup"), wait_s=70, duration_s=70))
    found = by_hour_of_day(missed, OPEN, *SPAN)
    assert found["agents"].isna().all()
    assert found["answering"].tolist() == found["short"].tolist() == [0, 0, 0]
    shut = by_hour_of_day(missed, OpeningHours.parse({}), *SPAN)
    assert shut.empty
    assert tuple(shut) == COLUMNS


def test_calls_alone_tell_whom_the_records_name(tmp_path):
    told = tables(*busy_weeks(2))
    named = told.calls.assign(agent_id=np.where(told.calls["outcome"] == "answered", "201", None))
    assert by_hour_of_day(named, OPEN, *SPAN)["answering"].tolist() == [1, 0, 0]
    lake = by_hour_of_day(as_lake(told, tmp_path), OPEN, *SPAN)
    pd.testing.assert_frame_equal(lake, by_hour_of_day(told, OPEN, *SPAN))


def test_what_cannot_be_used_is_refused():
    told = tables(*busy_weeks(1, n=1, weeks=1))
    with pytest.raises(UsageError, match="opening 'nine' cannot be used"):
        by_hour_of_day(told, "nine", *SPAN)
    with pytest.raises(UsageError, match="service_level 1 cannot be used"):
        by_hour_of_day(told, OPEN, *SPAN, service_level=1)
    with pytest.raises(UsageError, match="is not after since"):
        answering(told, DAY, DAY)
