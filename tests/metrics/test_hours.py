"""The table of clock hours: against every second counted in plain Python, and the law of the sweep."""

from datetime import date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callkit.clock import instant, midnight
from callkit.metrics.engine import answers
from callkit.metrics.groupings import Grouping, hour_of_day
from callkit.metrics.hours import hours
from callkit.metrics.sources import sources
from tests.metrics.frames import MONDAY, call, calls
from tests.metrics.happened import hours_of, local, seconds_of, spans_of, week

CHANGES = ["2026-W13", "2026-W43"]
service = Grouping("service_name", "Service")


def asked(given, *by):
    return [hours(given, {f"g{k}": group for k, group in enumerate(by)})]


def found(data, *by, since=None, until=None):
    (rows,) = answers(sources(data, since=since, until=until), asked, *by)
    keys = [f"g{k}" for k in range(len(by))]
    return rows.sort_values([*keys, "hour_ms"], ignore_index=True)


def truth(told, name):
    """Return (service, None where by none; UTC hour) → the row, by counting seconds."""
    told = told[told["direction"] == "inbound"]
    by_service = {None: told} if name is None else dict(list(told.groupby("service_name", dropna=False)))
    in_use = {int(at.timestamp()) // 3600 * 3600 for at in told["started_at"]}
    in_use |= set(hours_of(seconds_of(spans_of(told)["talking"])))
    rows = {}
    for key, part in by_service.items():
        spans = spans_of(part)
        talk, wait = (hours_of(seconds_of(spans[kind])) for kind in ("talking", "waiting"))
        offered = part[~part["outcome"].isin(["left_menu", "closed"])]
        begun = [int(at.timestamp()) // 3600 * 3600 for at in offered["started_at"]]
        talks = part.loc[part["outcome"] == "answered", "talk_s"]
        for hour in in_use:
            n = begun.count(hour)
            rows[key, hour] = {
                "talking_s": talk.get(hour, (0,))[0], "talking_peak": talk.get(hour, (0, 0))[1],
                "waiting_peak": wait.get(hour, (0, 0))[1], "n_offered": n,
                "offered_erlangs": n * talks.mean() / 3600 if n else 0.0,
            }  # fmt: skip
    return rows


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("by", [None, "service_name"])
def test_every_hour_is_that_counted_second_by_second(name, by):
    tables = week(name)[1]
    told = tables.calls.assign(service_name=tables.calls["service_name"].astype("str").fillna("none"))
    wanted = truth(told, by)
    rows = found(told, *([service] if by else []))
    assert len(rows) == len(wanted)
    for row in rows.to_dict("records"):
        hour = row["hour_ms"] // 1000
        numbers = wanted[row.get("g0"), hour]
        assert {column: row[column] for column in numbers} == pytest.approx(numbers, nan_ok=True)
        assert row["on_day"].date() == local(hour).date()


def test_parquet_and_frame_tell_the_same(held):
    data = held(week("2026-W13")[1].calls)
    pd.testing.assert_frame_equal(
        found(data, hour_of_day, service), found(week("2026-W13")[1], hour_of_day, service), check_dtype=False
    )


@pytest.mark.parametrize("name", CHANGES)
def test_an_hour_is_grouped_by_its_own_wall_clock(name):
    rows = found(week(name)[1], hour_of_day)
    begins = [local(ms // 1000) for ms in rows["hour_ms"]]
    assert rows["g0"].tolist() == [at.hour for at in begins]
    assert rows["on_day"].tolist() == [midnight(at.date()) for at in begins]


def test_the_hour_that_autumn_repeats_is_two(held):
    summer = pd.Timestamp("2026-10-24 23:30", tz="UTC")  # 00:30
    some = calls(*(call(talk_s=60.0, started_local=datetime(2026, 10, 25, h, 30)) for h in (0, 1, 1, 2)))
    some["started_at"] = [summer + timedelta(hours=k) for k in range(4)]
    some["answered_at"] = some["started_at"]
    rows = found(held(some), hour_of_day)
    assert rows[["g0", "n_offered", "talking_s"]].to_numpy().tolist() == [[h, 1, 60] for h in (0, 1, 1, 2)]


def talk(minute, seconds, **columns):
    """Tell a call answered at once, some minutes after nine on Monday."""
    at = MONDAY + timedelta(minutes=minute)
    return call(
        started_local=at,
        answered_at=instant(at, "Europe/London"),
        talk_s=float(seconds),
        menu_s=0.0,
        **columns,
    )


def test_a_talk_is_shared_among_the_hours_it_crosses(held):
    rows = found(held(calls(talk(50, 2 * 3600))), hour_of_day)
    assert rows[["g0", "talking_s", "talking_peak", "n_offered"]].to_numpy().tolist() == [
        [9, 600, 1, 1], [10, 3600, 1, 0], [11, 3000, 1, 0],
    ]  # fmt: skip


def test_an_end_and_a_start_of_the_same_instant_are_not_two_at_once(held):
    rows = found(held(calls(talk(0, 60), talk(1, 60), talk(1, 0))))
    assert rows[["talking_s", "talking_peak", "n_offered"]].to_numpy().tolist() == [[120, 1, 3]]


def test_a_silent_group_counts_0_in_every_hour_in_use(held):
    some = calls(
        talk(0, 60, service_name="Sales"),
        talk(60, 90, service_name="Support"),
        talk(61, 30, service_name="Sales"),
    )
    rows = found(held(some), service)
    assert rows[["g0", "talking_s", "talking_peak", "n_offered"]].to_numpy().tolist() == [
        ["Sales", 60, 1, 1], ["Sales", 30, 1, 1], ["Support", 0, 0, 0], ["Support", 90, 1, 1],
    ]  # fmt: skip
    assert rows["offered_erlangs"].tolist() == pytest.approx([45 / 3600, 45 / 3600, 0, 90 / 3600])


def test_offered_load_is_not_known_where_nobody_talked(held):
    some = calls(call("abandoned", 5, service_name="Sales", menu_s=0.0), talk(0, 60, service_name="Support"))
    rows = found(held(some), service).set_index("g0")
    assert pd.isna(rows.loc["Sales", "offered_erlangs"])
    assert rows.loc["Sales", ["waiting_peak", "talking_peak"]].tolist() == [1, 0]


def test_the_mean_talk_is_that_of_the_period(held):
    some = calls(talk(0, 60), talk(60 * 24, 180), talk(60 * 48, 6000))
    rows = found(held(some), since=date(2026, 11, 17), until=date(2026, 11, 18))
    assert rows["n_offered"].tolist()[:2] == [1, 1]
    assert rows["offered_erlangs"].iloc[1] == pytest.approx(180 / 3600)


def test_only_inbound_calls_make_an_hour(held):
    some = calls(talk(0, 60, direction="outbound"), call("closed", started_local=MONDAY + timedelta(hours=3)))
    rows = found(held(some), hour_of_day)
    assert rows[["g0", "n_offered", "talking_s", "talking_peak"]].to_numpy().tolist() == [[12, 0, 0, 0]]


@given(
    st.lists(
        st.tuples(st.integers(0, 9000), st.integers(0, 5000), st.sampled_from("ab")), min_size=1, max_size=25
    )
)
@settings(max_examples=25)
def test_the_sweep_is_what_every_second_counts(spans):
    at = MONDAY - timedelta(hours=1)
    some = calls(
        *(
            call(started_local=at + timedelta(seconds=start), talk_s=float(lasts), service_name=name,
                 answered_at=instant(at + timedelta(seconds=start), "Europe/London"), menu_s=0.0)
            for start, lasts, name in spans
        )
    )  # fmt: skip
    wanted = truth(some, "service_name")
    rows = found(some, service)
    assert len(rows) == len(wanted)
    for row in rows.to_dict("records"):
        numbers = wanted[row["g0"], row["hour_ms"] // 1000]
        assert {column: row[column] for column in numbers} == pytest.approx(numbers, nan_ok=True)
