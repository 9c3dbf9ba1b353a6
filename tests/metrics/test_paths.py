"""Paths and transitions of a handful of calls, seen by eye."""

from datetime import date

import pytest

from callkit.errors import UsageError
from callkit.metrics import hops, paths, routes
from callkit.metrics.estimates import wilson
from callkit.tables.tidy import Tables
from tests.metrics.ways import (
    GAVE_UP,
    HELP,
    HUNTED,
    SMALL,
    Step,
    Way,
    tables,
    told_transitions,
    told_variants,
)


def test_paths_and_how_the_calls_on_them_ended(kept_tables):
    found = paths.variants(kept_tables(tables(*SMALL)))
    assert found["path"].tolist() == [
        "received › forwarded › dialed › hangup",
        "no_steps",
        "received › menu › menu_input › forwarded › dialed › no_answer › dialed › busy › queued › dialed › no_answer"
        " › dialed › answered › hangup",
        "received › unknown",
    ]
    assert found["n"].tolist() == [2, 1, 1, 1]
    assert found["n_steps"].tolist() == [4, 0, 14, 2]
    assert found["n_answered"].tolist() == [0, 0, 1, 0]
    assert found["n_known"].tolist() == [2, 0, 1, 1]
    assert found["duration_median_s"].fillna(-1).tolist() == [21, -1, 110, 8]
    assert found["share"].tolist() == [0.4, 0.2, 0.2, 0.2]
    assert found.loc[0, ["low", "high"]].tolist() == pytest.approx([float(end) for end in wilson(2, 5)])
    assert found.loc[0, ["answered_rate", "answered_low"]].tolist() == [0, 0]


def test_paths_by_target_name_places_and_people_but_no_phone_number():
    odd = Way(
        (Step("received", "did", None, 0, "442079460100"), Step("dialed", "number", None, 1, "447700900417"))
    )
    assert list(told_variants(tables(odd), by_target=True)) == ["received › dialed number"]
    found = told_variants(tables(HUNTED), by_target=True)
    assert list(found)[0].startswith(
        "received › menu Main › menu_input Main › forwarded ring group Sales › dialed extension Ann › no_answer "
        "extension Ann › dialed extension Ben › busy extension Ben › queued queue Help › "
    )
    assert list(found)[0].endswith(" › hangup")


def test_a_name_with_the_sign_between_steps_breaks_no_path():
    way = Way((Step("queued", "queue", "A › B", 0), Step("hangup", at=3)))
    assert list(told_variants(tables(way), by_target=True)) == ["queued queue A > B › hangup"]


def test_what_follows_what_and_how_long_after(kept_tables):
    found = told_transitions(kept_tables(tables(*SMALL)))
    assert found["start", "received"] == (4, 4, 0)
    assert found["start", "end"] == (1, 0, None)
    assert found["forwarded", "dialed"] == (3, 3, 0)
    assert found["dialed", "no_answer"] == (2, 2, 12.5)
    assert found["received", "unknown"] == (1, 0, None)
    assert found["unknown", "end"] == (1, 0, None)
    assert found["answered", "hangup"] == (1, 1, 60)


def test_a_clock_that_runs_back_tells_no_gap_and_position_orders():
    way = Way((Step("received", at=0), Step("queued", *HELP, 9), Step("hangup", at=4)), duration_s=9.0)
    assert told_transitions(tables(way))["queued", "hangup"] == (1, 0, None)
    shuffled = Tables(tables(way).calls, tables(way).events.iloc[::-1])
    assert told_transitions(shuffled) == told_transitions(tables(way))


@pytest.mark.parametrize(
    "ask",
    [paths.variants, paths.transitions, hops.hops, hops.ping_pong, lambda d, **o: routes.routes(d, **o)],
)
def test_what_cannot_be_asked_is_refused(ask):
    data = tables(HUNTED)
    with pytest.raises(UsageError, match="hold no events"):
        ask(data.calls)
    with pytest.raises(UsageError, match="direction 'in' is none of inbound, outbound, unknown"):
        ask(data, direction="in")
    with pytest.raises(UsageError, match="not after since"):
        ask(data, since=date(2026, 11, 16), until=date(2026, 11, 16))


def test_no_calls_give_tables_of_the_same_columns():
    data = tables(HUNTED)
    none_left = Tables(data.calls.head(0), data.events)
    for ask in (paths.variants, paths.transitions, hops.hops, hops.ping_pong):
        full, empty = ask(data), ask(none_left)
        assert list(full) == list(empty)
        assert full.dtypes.tolist() == empty.dtypes.tolist()
    assert (
        len(paths.variants(none_left)) == len(paths.transitions(none_left)) == len(hops.hops(none_left)) == 0
    )
    assert hops.ping_pong(none_left)["share"].isna().all()
    assert all(len(table) == 0 for table in routes.routes(none_left))


def test_a_period_and_a_direction_choose_calls():
    data = tables(HUNTED, GAVE_UP._replace(direction="outbound"))
    assert paths.variants(data, direction="outbound")["n"].tolist() == [1]
    assert len(paths.variants(data, since=date(2026, 11, 17))) == 0
    assert paths.variants(data, until=date(2026, 11, 17))["n"].sum() == 2
