"""What the section of routes says, held to a plain count of the same calls."""

import re
from datetime import datetime, timedelta
from statistics import mean, median

import pandas as pd
import pytest

from callkit.look.typography import plain
from callkit.report import contract
from callkit.report.model import Report
from callkit.report.sections.names import told_apart
from callkit.report.sections.routes import routes
from tests.report.pages import says
from tests.report.weeks import SUPPORT, WEEK, call, usual_calls, weekly

MONDAY, TUESDAY = datetime(2026, 11, 16, 9), datetime(2026, 11, 17, 9)
STEPLESS = "The account does not send the steps of a call, so routes cannot be shown."


@pytest.fixture(scope="module")
def usual():
    return weekly()


def renamed(model, names):
    """Return a model whose groups have other names."""
    events = model.tables.events
    name = events["target_name"].astype("object")
    name = name.where(events["target_kind"] != "ring_group", name.map(names))
    tables = model.tables._replace(events=events.assign(target_name=name.astype("category")))
    return Report(model.settings, model.period, model.audience, tables, model.statements)


def left_in_vain(model):
    """Count the calls that left each group for another one before an answer, with the seconds they spent there."""
    found = {}
    steps = model.tables.events
    of_calls = steps[steps["call_key"].isin(model.calls["call_key"])].groupby("call_key")
    for _, told in of_calls:
        at = None
        for step in told.sort_values("position").itertuples():
            if step.step == "answered":
                break
            if step.step in ("forwarded", "voicemail"):
                if at:
                    found.setdefault(at[0], []).append(step.elapsed_s - at[1])
                at = (step.target_name, step.elapsed_s) if step.step == "forwarded" else None
    return found


def test_the_finding_counts_who_came_in_vain(usual):
    lost = left_in_vain(usual)
    said = says(routes, usual)
    ended = {name: int(re.search(rf"\b{name} \d+ (\d+) \d+ \d+%", said)[1]) for name in lost}
    place = max(lost, key=lambda name: len(lost[name]) + ended[name])
    n = len(lost[place])
    assert f" calls that came to {place}, {n + ended[place]} met nobody there." in said
    assert f" Of the {n + ended[place]}, {ended[place]} ended there and" in said
    assert f" and {n} went on, half of them after " in said
    assert f" after {median(lost[place]):.0f} s or more" in said
    for name, values in lost.items():
        rows = re.search(rf"\b{name} (\d+) (\d+) (\d+) (\d+)% · \d+–\d+% ([\d:]+) s", said)
        assert (int(rows[3]), float(rows[5])) == (len(values), round(mean(values)))


def test_the_rows_add_up_to_all_calls_that_came_in(usual):
    rows = re.findall(r'<p class="count">([\d,]+)<small>([\d.]+)%', routes(usual))
    assert len(rows) == 8
    assert sum(int(n) for n, _ in rows) == len(usual.calls)
    assert sum(float(share) for _, share in rows) == pytest.approx(100, abs=0.5)


def test_hand_overs_after_an_answer_are_counted_and_compared(usual):
    calls = usual.calls[usual.calls["outcome"] == "answered"]
    n, of = int((calls["n_transfers"] > 0).sum()), len(calls)
    said = says(routes, usual)
    assert f"After an answer, {n} of {of} calls were handed to somebody else: {100 * n / of:.1f}%" in said
    assert "inside the usual" in said
    assert "than usual was handed on" not in said


def test_unusually_many_hand_overs_are_in_the_finding():
    rows = [r for r in usual_calls() if r["started_local"] < pd.Timestamp(WEEK.start)]
    rows += [call(MONDAY + timedelta(minutes=i)) for i in range(200)]
    model = weekly(rows)
    of_week = model.calls["call_key"]
    handed = model.history["call_key"].isin(of_week)
    calls = model.history.assign(n_transfers=model.history["n_transfers"].mask(handed, 1).astype("int32"))
    model = Report(
        model.settings, model.period, model.audience, model.tables._replace(calls=calls), model.statements
    )
    said = says(routes, model)
    assert "A larger share of answered calls than usual was handed on." in said
    assert "Unusually high · worse After an answer, 200 of 200 calls were handed" in said


def test_where_nobody_is_lost_the_commonest_way_is_told():
    rows = [call(MONDAY + timedelta(minutes=i), wait_s=8) for i in range(30)]
    said = says(routes, weekly([*rows, call(TUESDAY, "left_menu")], n_before=0))
    assert "No call met nobody at a group or queue." in said
    assert "30 of 31 calls took the commonest way: Menu 7 s, Sales 8 s, answered." in said
    assert "Where calls waited in vain" not in said


def test_a_group_come_to_again_is_told_in_times():
    rows = [call(MONDAY + timedelta(minutes=i), wait_s=100) for i in range(3)]
    said = says(routes, weekly(rows, n_before=0))
    assert "Of 6 times that a call came to Sales, it met nobody 6 times. All 6 went on, half of them" in said
    assert "Sales 6 from 3 calls" in said


def test_the_place_where_most_met_nobody_is_named_and_a_queue_is_one():
    rows = [call(MONDAY + timedelta(minutes=i), wait_s=35) for i in range(12)]
    rows += [call(TUESDAY + timedelta(minutes=i), wait_s=35, did=SUPPORT) for i in range(2)]
    model = weekly(rows, n_before=0)
    events = model.tables.events
    of_support = events["call_key"].isin(model.calls.loc[model.calls["did"] == SUPPORT, "call_key"])
    later = of_support & (events["position"] > 2)
    events = events.assign(
        elapsed_s=events["elapsed_s"] + 500 * later,
        target_kind=events["target_kind"].astype("object").mask(events["target_name"] == "Support", "queue"),
    )
    tables = model.tables._replace(events=events)
    said = says(routes, Report(model.settings, model.period, model.audience, tables, model.statements))
    assert (
        "Of 14 calls that came to Sales, 12 met nobody there. All 12 went on, half of them after 30 s or more; "
        in said
    )
    assert "Support queue 14 0 2" in said
    nameless = tables._replace(events=events.assign(target_name=None))
    said = says(routes, Report(model.settings, model.period, model.audience, nameless, model.statements))
    assert "calls that came to a group without a name, 12 met nobody there" in said


def test_one_call_alone_is_one_call():
    said = says(routes, weekly([call(MONDAY, wait_s=35)], n_before=0))
    assert "One call came to Sales and met nobody. It went on after 30 s, and was answered later." in said
    assert "The commonest way of calls that came in" in said


def test_part_of_a_week_is_not_compared():
    days = {"is_complete": [True] * 3 + [False] * 4}
    model = weekly(**days)
    said = says(routes, model)
    assert (
        "So far: of 149 calls that came to Sales, 38 met nobody there. Of the 38, 7 ended there and 31 went on"
        in said
    )
    assert "usual" not in said


def test_routes_without_steps_say_so():
    model = weekly([call(MONDAY)], n_before=0)
    tables = model.tables._replace(events=model.tables.events.iloc[:0])
    bare = Report(model.settings, model.period, model.audience, tables, model.statements)
    assert says(routes, bare) == f"Routes {STEPLESS}"
    silent = [call(MONDAY, wait_s=None), call(datetime(2026, 11, 9, 9))]
    assert "No call of this week tells its steps" in says(routes, weekly(silent, n_before=1))
    assert "No call came in in this week" in says(routes, weekly([], n_before=0))
    only_ours = weekly([call(MONDAY, direction="outbound", did=None)], n_before=0)
    assert "No call came in in this week" in says(routes, only_ours)


def test_calls_without_steps_are_among_the_others():
    rows = [call(MONDAY + timedelta(minutes=i)) for i in range(5)] + [call(TUESDAY, wait_s=None)]
    said = says(routes, weekly(rows, n_before=0))
    assert "1 call without a step is among the others." in said
    assert "1 16.7% 1 other route, 16.7% of calls" in said


@pytest.mark.parametrize(
    ("name", "hidden", "shown"),
    [
        ("<script>alert(1)</script>", "<script", "&lt;script&gt;"),
        ("Team 07700 900417", "900417", "…417"),
        ("\u202eSales\x1b[31m", "\u202e", "Sales"),
        ("W" * 300, None, "W" * 24 + "…" + "W" * 15),
    ],
)
def test_names_of_groups_are_inert_masked_and_cut(usual, name, hidden, shown):
    html = routes(renamed(usual, {"Sales": name, "Support": f"{name} 2"}))
    assert shown in html
    assert contract.breaches(html) == contract.breaches(routes(usual))
    if hidden:
        assert hidden not in html
    else:
        rows, numbers = html.split("<details", 1)
        assert name not in rows
        assert name in numbers


def test_long_names_that_begin_alike_are_told_apart(usual):
    begins = "The office for questions about orders of "
    html = routes(
        renamed(usual, {"Sales": f"{begins}wood", "Support": f"{begins}steel", "Accounts": "Accounts"})
    )
    rows = plain(html.split("<details", 1)[0])
    assert "The office for questions…orders of wood" in rows
    assert "The office for questions…orders of steel" in rows
    assert begins not in rows


def test_names_that_look_alike_even_so_are_numbered():
    names = [f"The office for questions{way * 20} about orders" for way in ("-", "+")]
    alike = "The office for questions…-- about orders", "The office for questions…++ about orders"
    assert list(told_apart(names).values()) == [*alike[::-1]]
    longer = [f"{'W' * 30}{way * 20}{'W' * 20}" for way in "ab"]
    cut = "W" * 24 + "…" + "W" * 15
    assert told_apart([*longer, "Sales"]) == {
        "Sales": "Sales",
        longer[0]: f"{cut} (1)",
        longer[1]: f"{cut} (2)",
    }


def test_an_internal_copy_names_groups_whole(usual):
    model = renamed(usual, {"Sales": "Team 07700 900417", "Support": "Support"})
    inside = Report(model.settings, model.period, "internal", model.tables, model.statements)
    assert "07700 900417" in plain(routes(inside))
