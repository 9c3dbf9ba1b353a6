"""Time lost on the way, calls that came back, and routes, of a handful of calls, seen by eye."""

import pandas as pd
import pytest

from callkit.metrics import hops, paths, routes
from callkit.metrics.estimates import INDEPENDENT
from tests.metrics.ways import (
    ANN,
    BEN,
    GAVE_UP,
    HUNTED,
    SALES,
    TOLD_NOTHING,
    Step,
    Way,
    rung,
    tables,
    told_hops,
    told_returns,
)  # fmt: skip


def test_time_lost_on_the_way(kept_tables):
    found = hops.hops(kept_tables(tables(HUNTED, GAVE_UP)))
    assert found[["target_kind", "target_name"]].to_numpy().tolist() == [
        ["extension", "Ann"], ["ring_group", "Sales"], ["extension", "Ben"], ["extension", "Cat"], ["queue", "Help"],
    ]  # fmt: skip
    assert found["n_calls"].tolist() == [2, 2, 1, 1, 1]
    assert found["n"].tolist() == [3, 2, 1, 1, 1]
    assert found["n_answered"].tolist() == [0, 0, 0, 1, 1]
    assert found["n_went_on"].tolist() == [2, 1, 1, 0, 0]
    assert found["n_ended"].tolist() == [1, 1, 0, 0, 0]
    assert found["lost_total_s"].tolist() == [25, 16, 0, 0, 0]
    assert found["lost_mean_s"].fillna(-1).tolist() == [12.5, 16, 0, -1, -1]
    assert found["n_known"].tolist() == [2, 1, 1, 0, 0]
    assert found.loc[0, "went_on_rate"] == pytest.approx(2 / 3)


def test_places_without_people_are_the_same_rows(kept_tables):
    data = kept_tables(tables(HUNTED, GAVE_UP, TOLD_NOTHING))
    every, alone = hops.hops(data), hops.hops(data, at_people=False)
    assert alone["target_name"].tolist() == ["Sales", "Help"]
    kept = every[~every["target_kind"].isin(("extension", "number"))].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, kept)


def test_extensions_that_ring_at_once_lose_nothing_where_one_is_answered():
    way = Way((Step("forwarded", *SALES, 0), *rung(ANN, 0), *rung(BEN, 0), Step("answered", *BEN, 7)))
    assert {at: of[:5] for at, of in told_hops(tables(way)).items()} == {
        at: (1, 1, 1, 0, 0) for at in (SALES, ANN, BEN)
    }


def test_a_ring_nobody_tells_the_end_of_lasts_to_the_next():
    way = Way((*rung(ANN, 0), *rung(BEN, 20), Step("voicemail", "voicemail", "Main", 50)), "voicemail")
    found = told_hops(tables(way))
    assert [found[who][5] for who in (ANN, BEN)] == [20, 30]


def test_calls_that_came_back(kept_tables):
    found = hops.ping_pong(kept_tables(tables(HUNTED, GAVE_UP, TOLD_NOTHING)))
    assert found[["n_calls", "n", "n_returns"]].to_numpy().tolist() == [[1, 2, 1]]
    assert found["share"].tolist() == [0.5]
    pairs = hops.ping_pong(kept_tables(tables(HUNTED, GAVE_UP)), by_pair=True)
    assert pairs.loc[0, ["target_name", "from_name"]].tolist() == ["Ann", "Ben"]
    assert len(pairs) == 1
    again = Way((*rung(ANN, 0, ("no_answer", 5)), *rung(ANN, 5, ("no_answer", 5))), "abandoned")
    assert told_returns(tables(again))[:2] == (0, 1)


def test_routes_in_a_readers_words(kept_tables):
    table, steps = routes.routes(kept_tables(tables(HUNTED, GAVE_UP, GAVE_UP, TOLD_NOTHING)), most=2)
    assert table["n"].tolist() == [2, 1, 1]
    assert table["end"].tolist() == ["gave_up", "nobody", "answered"]
    assert table["n_steps"].tolist() == [1, 0, 4]
    assert steps[["route", "kind", "label", "median_s"]].to_numpy().tolist() == [
        [0, "no_answer", "Sales", 20]
    ]
    _, steps = routes.routes(tables(HUNTED))
    assert steps[["kind", "label", "median_s"]].to_numpy().tolist() == [
        ["menu", "Menu", 8], ["no_answer", "Sales", 16], ["no_answer", "Help", 19], ["ring", "Help", 5],
    ]  # fmt: skip


def test_every_share_names_the_method_of_its_interval(kept_tables):
    data = kept_tables(tables(HUNTED, GAVE_UP, TOLD_NOTHING))
    assert INDEPENDENT == "Wilson, taken as independent"
    for found in (
        hops.hops(data), hops.ping_pong(data), hops.ping_pong(data, by_pair=True), paths.variants(data),
        routes.routes(data).table,
    ):  # fmt: skip
        assert len(found) == found["low"].notna().sum()
        assert set(found["method"]) == {INDEPENDENT}
    nobody = hops.ping_pong(kept_tables(tables(TOLD_NOTHING)))
    assert (nobody["low"].isna().tolist(), nobody["method"].tolist()) == ([True], [""])
