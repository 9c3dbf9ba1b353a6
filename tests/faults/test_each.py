"""Each fault alone, in both dialects: what the sync says of it, and that the next one has everything."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from callkit import clock
from callkit.errors import AuthError, CallkitError, FetchError, PageError, RouteError, ServerError
from callkit.fetch import archive
from callkit.privacy import Secret
from callkit.sandbox import auth
from callkit.sandbox.fault_table import FAULTS
from callkit.sandbox.faults import Fault
from callkit.tables.days import held
from callkit.tables.store import load
from tests.faults.world import ONE_DAY, check_all, check_day, left_overs

SATURDAY = date(2026, 11, 14)
SUNDAY = SATURDAY + ONE_DAY
EARLY, LATER = datetime(2026, 11, 15, 9, tzinfo=UTC), datetime(2026, 11, 20, 9, tzinfo=UTC)
LIMIT = 40  # three pages
REFUSED = {"unauthorized": AuthError, "forbidden": AuthError, "gateway": RouteError}
LASTING = REFUSED | {
    "too_many": FetchError, "too_many_seconds": FetchError, "too_many_date": FetchError,
    "error_500": ServerError, "error_502": ServerError, "error_503": ServerError, "slow": FetchError,
    "reset_before": FetchError, "reset_within": FetchError, "cut_short": PageError, "html": PageError,
    "not_json": PageError, "empty": PageError, "failure": PageError,
}  # fmt: skip
IN_DOUBT = {
    "empty_page": "records were announced and 0 came",
    "miscount": "records were announced",
    "repeat": "records were announced",
}
SPLIT = ("page_ignored", "page_twice")  # no harm where a part of the day fits on a page
HARMLESS = ("fewer", "all", "unknown_key", "stray", "unsettled")


@pytest.fixture(params=["call_report", "call_records"])
def settings(request, world, tmp_path):
    yield world.settings(tmp_path, request.param)
    world.plan.change()


def sync(world, settings, moment=LATER, **more):
    return world.sync(settings, SATURDAY, SUNDAY, moment, limit=LIMIT, **more)


def recovers(world, settings, truth):
    world.plan.change()
    report = sync(world, settings, LATER + ONE_DAY)
    assert report.is_complete
    check_all(settings, SATURDAY, SUNDAY, truth)
    assert len(load(settings).calls) == truth.of(SATURDAY, settings.dialect)["calls"].num_rows
    return report


@pytest.mark.parametrize("name", [name for name in FAULTS if name not in (*REFUSED, "garbled")])
def test_a_fault_that_strikes_once_is_lived_through(world, truth, settings, name):
    world.plan.change([Fault(name, after=1)], seed=5)
    report = sync(world, settings, timeout_s=0.3)
    assert world.plan.struck[name] == 1
    assert report.is_complete
    right = truth.of(SATURDAY, settings.dialect)
    check_day(settings, held(settings, "calls", SATURDAY), right, links=name != "unsettled")


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_ends_the_sync_and_no_more(world, truth, settings, name):
    world.plan.change([Fault(name, after=1)])
    with pytest.raises(REFUSED[name]):
        sync(world, settings)
    assert held(settings, "calls", SATURDAY) is None
    assert left_overs(settings) == []
    recovers(world, settings, truth)


@pytest.mark.parametrize("name", ["unauthorized", "forbidden"])
def test_a_login_is_renewed_once_where_its_token_is_refused(world, truth, settings, name, tmp_path):
    login = {"token": Secret(), "login_id": auth.LOGIN_ID, "password": Secret(auth.PASSWORD)}
    renewed = world.settings(tmp_path, settings.dialect, **login)
    world.plan.change([Fault(name, after=2, path="/v1/call")])
    assert sync(world, renewed).is_complete
    check_all(renewed, SATURDAY, SUNDAY, truth)


@pytest.mark.parametrize("name", LASTING)
def test_a_fault_that_lasts_is_said_in_one_sentence_and_leaves_the_old_state(world, truth, settings, name):
    sync(world, settings, EARLY)
    world.plan.change([Fault(name, times=None)])
    with pytest.raises(LASTING[name]) as caught:
        sync(world, settings, timeout_s=0.05)
    assert isinstance(caught.value, CallkitError)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")
    check_all(settings, SATURDAY, SUNDAY, truth)
    recovers(world, settings, truth)


@pytest.mark.parametrize("name", IN_DOUBT)
def test_a_lie_that_lasts_leaves_the_day_in_doubt(world, truth, settings, name):
    world.plan.change([Fault(name, times=None)], seed=4)
    report = sync(world, settings)
    assert not report.is_complete
    (statement,) = report.statements.itertuples()
    assert IN_DOUBT[name] in statement.doubt
    assert "sync again" in str(report)
    check_day(settings, held(settings, "calls", SATURDAY), truth.of(SATURDAY, settings.dialect))
    assert [window.why for window in recovers(world, settings, truth).fetched] == ["incomplete"]


@pytest.mark.parametrize("name", SPLIT)
def test_a_server_that_cannot_turn_pages_is_read_in_parts(world, truth, settings, name):
    world.plan.change([Fault(name, times=None)])
    assert sync(world, settings).is_complete
    check_all(settings, SATURDAY, SUNDAY, truth)
    assert len(archive.files(settings)[SATURDAY]) > 1


@pytest.mark.parametrize("name", ["arrival", "departure", "exchange"])
def test_rows_that_shift_while_they_are_paged_are_never_taken_for_all(world, truth, settings, name):
    right = truth.of(SATURDAY, settings.dialect)
    for seed in range(6):
        world.plan.change([Fault(name, times=None)], seed=seed)
        sync(world, settings, LATER if seed else EARLY)
        assert world.plan.struck[name] > 0 or held(settings, "calls", SATURDAY).is_complete
        check_day(settings, held(settings, "calls", SATURDAY), right)
    recovers(world, settings, truth)


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_odd_and_no_lie_is_taken_as_it_is(world, truth, settings, name):
    world.plan.change([Fault(name, times=None)])
    report = sync(world, settings, EARLY)
    assert report.is_complete
    right = truth.of(SATURDAY, settings.dialect)
    check_day(settings, held(settings, "calls", SATURDAY), right, links=name != "unsettled")
    assert [window.why for window in recovers(world, settings, truth).fetched] == ["pending"]


def test_a_garbled_record_is_read_again(world, truth, settings):
    world.plan.change([Fault("garbled", after=1)])
    sync(world, settings)
    assert world.plan.struck["garbled"] == 1
    recovers(world, settings, truth)


def test_a_day_is_not_proven_while_its_last_calls_go_on(world, settings):
    zone, day = "Pacific/Auckland", date(2026, 11, 17)  # midnight there is a busy hour of the sandbox
    away = replace(settings, time_zone=zone, dialect="call_report")
    end = clock.instant(clock.midnight(day + ONE_DAY), zone)
    early = world.sync(away, day, day + ONE_DAY, end + timedelta(minutes=3))
    late = world.sync(away, day, day + ONE_DAY, end + ONE_DAY)
    assert early.totals["kept"] < late.totals["kept"]
    assert late.is_complete
    assert not early.statements["is_complete"].any()
    assert "may have been going on still" in early.statements["doubt"].iloc[0]


def test_pages_come_in_any_order_and_over_many_connections(world, truth, settings, tmp_path):
    many = world.settings(tmp_path, settings.dialect, connections=16)
    rng = random.Random(9)
    lasting = [n for n in FAULTS if n not in (*LASTING, *IN_DOUBT, "unsettled", "stray", "garbled")]
    for day in (SATURDAY - 3 * ONE_DAY, SATURDAY):
        world.plan.change([Fault(name, times=2, share=0.2) for name in lasting], seed=rng.randrange(99))
        world.sync(many, day, day + 2 * ONE_DAY, LATER, limit=LIMIT)
    world.plan.change()
    world.sync(many, SATURDAY - 3 * ONE_DAY, SUNDAY + ONE_DAY, LATER)
    check_all(many, SATURDAY - 3 * ONE_DAY, SUNDAY + ONE_DAY, truth)


def test_every_fault_is_tried_alone():
    assert {*LASTING, *IN_DOUBT, *SPLIT, *HARMLESS, "garbled", "arrival", "departure", "exchange"} == {
        *FAULTS
    }
