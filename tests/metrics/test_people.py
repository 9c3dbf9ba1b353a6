"""Extensions: counts against the simulator's truth, verdicts, and what is refused."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from callkit.clock import wall
from callkit.errors import UsageError
from callkit.metrics import people as metrics
from callkit.metrics.people import by_hour, people
from callkit.metrics.summary import summarise
from callkit.periods import Week
from callkit.sandbox import wire
from tests.metrics.flows import as_lake, flow, tables
from tests.metrics.frames import MONDAY
from tests.metrics.test_rings import ANSWERED, BUSY, MISSED, plain_fates
from tests.reference.test_sandbox_truth import tables as read_back

WEEKS = [Week(2026, 46), Week(2026, 47)]


@pytest.fixture(scope="module", params=["call_report", "call_records"])
def weeks(request):
    """Return two simulated weeks of inbound calls as they happened, and the tables read back."""
    sent = [one for week in WEEKS for one in wire.sent(week, dialect=request.param)]
    truth = [one.call for one in sent if one.call.direction == "inbound"]
    return truth, read_back(request.param, [one.body for one in sent])


def plainly(truth, since, until, hours=False):
    """Count the fates of rings by extension, and list their talk, in plain Python."""
    fates, talks = defaultdict(Counter), defaultdict(list)
    for call in truth:
        began = wall(datetime.fromtimestamp(call.started).astimezone(), "Europe/London")
        if not since <= began.date() < until:
            continue
        for _, _, who, fate, _, talk in plain_fates(call):
            key = (who, began.hour) if hours else who
            fates[key][fate] += 1
            talks[key] += [] if talk is None else [talk]
    return fates, talks


@pytest.mark.parametrize("span", [(WEEKS[0].start, WEEKS[-1].end), (WEEKS[1].start, WEEKS[1].end)])
def test_each_number_is_that_of_the_simulated_rings(weeks, span):
    truth, told = weeks
    fates, talks = plainly(truth, *span)
    found = people(told, *span).set_index("agent_id")
    assert set(found.index) == set(fates)
    for who, row in found.iterrows():
        count, talk = fates[who], sorted(talks[who])
        assert row["n_rings"] == count.total()
        assert (row["n_answered"], row["n_unanswered"], row["n_busy"]) == (
            count[ANSWERED], count[MISSED], count[BUSY],
        )  # fmt: skip
        assert row["n_elsewhere"] == row["n_unknown"] == 0
        decided = count[ANSWERED] + count[MISSED]
        assert row["answer_rate"] == pytest.approx(count[ANSWERED] / decided)
        interval = binomtest(count[ANSWERED], decided).proportion_ci(0.95, "wilson")
        assert (row["low"], row["high"]) == pytest.approx((interval.low, interval.high))
        assert row["talk_median_s"] == pytest.approx(np.median(talk))
        assert row["talk_p90_s"] == pytest.approx(np.quantile(talk, 0.9))
        assert (row["talk_total_s"], row["n_talk"]) == (sum(talk), len(talk))
        assert row["short_rate"] == pytest.approx(sum(t < 10 for t in talk) / len(talk))
    assert set(found["verdict"]) == {"none"}  # two weeks do not tell how much days scatter
    assert set(found["method"]) == {"Wilson, taken as independent"}


def test_sums_count_a_call_that_is_handed_on_more_than_once(weeks):
    truth, told = weeks
    found = people(told)
    answered = sum(call.outcome == "answered" for call in truth)
    handed_on = sum(sum(s.step == "answered" for s in call.route) - 1 for call in truth if call.agent)
    assert found["n_answered"].sum() == answered + handed_on > answered
    assert found["talk_total_s"].sum() == sum(call.talk_s for call in truth)


def test_each_hour(weeks):
    truth, told = weeks
    fates, _ = plainly(truth, WEEKS[0].start, WEEKS[-1].end, hours=True)
    found = by_hour(told)
    ours = {(row.agent_id, row.hour): (row.n_rings, row.n_answered) for row in found.itertuples()}
    assert ours == {key: (count.total(), count[ANSWERED]) for key, count in fates.items()}
    assert found.groupby("hour")["share"].sum().to_numpy() == pytest.approx(1)


def test_tables_over_parquet_tell_the_same(weeks, tmp_path):
    _, told = weeks
    lake, span = as_lake(told, tmp_path), (WEEKS[1].start, WEEKS[1].end)
    pd.testing.assert_frame_equal(people(lake, *span), people(told, *span))
    pd.testing.assert_frame_equal(by_hour(lake, *span), by_hour(told, *span))


def test_numbers_of_the_catalogue_are_the_same():
    told = tables(*half(12, 0.9), *half(9, 0.5, who="202"), *half(4, 0.7, who="203"))
    week = Week.of(MONDAY.date()).shift(7)
    span = {"since": week.start, "until": week.end}
    names = ["n_ring_attempts", "n_ring_no_answer", "ring_answer_rate"]
    found = summarise(told, names, by="agent_id", **span).set_index(["number", "agent_id"])
    ours = people(told, **span).set_index("agent_id")
    rate = found.loc["ring_answer_rate"].loc[ours.index]
    for column, theirs in (
        ("answer_rate", "value"),
        *((c, c) for c in ("low", "high", "dispersion", "method")),
    ):
        pd.testing.assert_series_equal(ours[column], rate[theirs], check_names=False, check_index_type=False)
    assert found.loc["n_ring_attempts"].loc[ours.index, "value"].tolist() == ours["n_rings"].tolist()
    assert found.loc["n_ring_no_answer"].loc[ours.index, "value"].tolist() == ours["n_unanswered"].tolist()


def test_what_no_sandbox_call_does():
    end = (40, "hangup")
    found = people(
        tables(
            flow(
                "answered", (0, "dialed", "Ann"), (0, "dialed", "Ben"), (4, "answered", "Ben"), end, talk_s=9
            ),
            flow("answered", (0, "dialed", "Ann"), (0, "dialed", "Ben"), end),
            flow("answered", (0, "dialed", "Ann"), (4, "answered", "Ann"), end, talk_s=None),
            flow("abandoned", (0, "dialed", "Ann"), end, started_local=None),
        )
    ).set_index("agent_name")
    counts = found[list(metrics.COUNTS)]
    assert counts.loc["Ann"].tolist() == [4, 1, 1, 0, 1, 1]
    assert counts.loc["Ben"].tolist() == [2, 1, 0, 0, 0, 1]
    assert found["agent_id"].isna().all()
    assert found.loc["Ann", ["n_talk", "ring_median_s"]].tolist() == [0, 4]
    assert found.loc["Ann", ["talk_total_s", "talk_median_s", "short_rate"]].isna().all()
    assert found.loc["Ben", ["n_short", "short_rate"]].tolist() == [1, 1]


def half(n, share, weeks=8, who="201", start=MONDAY):
    """Tell calls to one extension over some weeks, a share of them answered, `n` each Monday."""
    for week in range(weeks):
        for k in range(n):
            answer = [(5, "answered", who)] if k < share * n else []
            yield flow(
                "answered" if answer else "abandoned", (0, "dialed", who), *answer, (40, "hangup"),
                started_local=start + timedelta(weeks=week, minutes=k),
            )  # fmt: skip


def test_who_differs_from_the_others():
    told = tables(
        *half(20, 0.9), *half(20, 0.5, who="202"), *half(20, 0.9, who="203"), *half(2, 0.5, who="204")
    )
    found = people(told).set_index("agent_name")
    assert found["verdict"].to_dict() == {"201": "high", "202": "low", "203": "high", "204": "none"}
    assert found["is_ranked"].to_dict() == {"201": True, "202": True, "203": True, "204": False}
    assert found["p_adjusted"].isna().tolist() == [False, False, False, True]
    assert found.loc["204", ["low", "high"]].notna().all()
    apart = people(told, groups={"201": "A", "203": "A", "202": "B"})
    assert apart["agent_name"].tolist() == ["201", "203", "202", "204"]
    assert apart["verdict"].tolist() == ["usual", "usual", "none", "none"]  # alone in a group


def test_verdicts_are_those_of_the_period_with_the_scatter_of_the_weeks_before():
    told = tables(*half(40, 0.8), *half(40, 0.8, who="202"))
    week = Week.of(MONDAY.date()).shift(7)
    found = people(told, week.start, week.end)
    assert found["n_rings"].tolist() == [40, 40]
    assert set(found["method"]) == {"Wilson, days of 8 weeks"}
    assert (people(told, week.start, week.end, groups={"201": "A"})["verdict"] == "none").all()


def test_no_rings_give_an_empty_table_of_the_same_columns():
    nobody = tables(flow("left_menu", (0, "menu"), (9, "hangup")))
    assert people(nobody).empty
    assert tuple(people(nobody)) == metrics.COLUMNS
    assert by_hour(nobody).empty
    assert tuple(by_hour(nobody)) == metrics.HOURS
    span = MONDAY.date() - timedelta(days=9), MONDAY.date() - timedelta(days=2)
    assert people(tables(*half(2, 1)), *span).empty
    assert metrics.crew(tables(*half(2, 1)), *span).groups.empty


def test_what_cannot_be_used_is_refused():
    told = tables(*half(1, 1, weeks=1))
    with pytest.raises(UsageError, match="people need the events; pass the Tables of ck.load"):
        people(told.calls)
    with pytest.raises(UsageError, match="short_talk_s -1 is not a number of seconds"):
        people(told, short_talk_s=-1)


def test_groups_and_everybody_together(weeks):
    _, told = weeks
    groups = {
        "201": "Sales",
        "202": "Sales",
        "203": "Sales",
        "204": "Sales",
        "211": "Support",
        "212": "Support",
    }
    found = metrics.crew(told, groups=groups)
    pd.testing.assert_frame_equal(found.people, people(told, groups=groups))
    assert found.groups["group"].tolist()[:2] == ["Sales", "Support"]
    assert pd.isna(found.groups["group"].iloc[2])
    for row in [*found.groups.itertuples(), *found.everybody.itertuples()]:
        own = found.people["group"].isna() if pd.isna(row.group) else found.people["group"] == row.group
        rows = found.people if row.others_rate != row.others_rate else found.people[own]
        assert row.n_people == len(rows)
        for name in metrics.COUNTS:
            assert getattr(row, name) == rows[name].sum()
        decided = rows["n_answered"].sum() + rows["n_unanswered"].sum()
        assert row.answer_rate == pytest.approx(rows["n_answered"].sum() / decided)
        interval = binomtest(int(rows["n_answered"].sum()), int(decided)).proportion_ci(0.95, "wilson")
        assert (row.low, row.high) == pytest.approx((interval.low, interval.high))


def test_a_group_is_judged_against_all_others():
    told = tables(
        *half(20, 0.9), *half(20, 0.5, who="202"), *half(20, 0.9, who="203"), *half(20, 0.9, who="204")
    )
    groups = {"201": "A", "202": "B", "203": "C", "204": "C"}
    found = metrics.crew(told, groups=groups).groups.set_index("group")
    assert found["verdict"].to_dict() == {"A": "high", "B": "low", "C": "high"}
    assert found.loc["C", "others_rate"] == pytest.approx(0.7)
    assert found["n_people"].to_dict() == {"A": 1, "B": 1, "C": 2}
    alone = metrics.crew(told)
    assert alone.groups["verdict"].tolist() == ["none"]
    assert alone.groups[list(metrics.COUNTS)].equals(alone.everybody[list(metrics.COUNTS)])
    week = Week.of(MONDAY.date()).shift(7)
    of_week = metrics.crew(told, week.start, week.end, groups=groups | {"299": "D"}).groups
    assert of_week["group"].tolist() == ["A", "B", "C"]
    assert of_week["n_rings"].tolist() == [20, 20, 40]
