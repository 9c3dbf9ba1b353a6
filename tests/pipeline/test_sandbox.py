"""One simulated week over real HTTP: what is loaded is what happened."""

from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pytest

from callkit.errors import AuthError, FetchError, RouteError
from callkit.fetch.client import Client
from callkit.fetch.session import Session
from callkit.periods import Week
from callkit.pipeline.sync import sync
from callkit.privacy import Secret
from callkit.sandbox.centre import truth
from callkit.sandbox.server import serving
from callkit.settings import Settings
from callkit.tables.store import load, open

WEEK = Week(2026, 46)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def server():
    with serving(now=NOW) as base_url:
        yield base_url


@pytest.fixture(scope="module")
def synced(server, tmp_path_factory):
    settings = Settings.load("sandbox", {"CALLKIT_DATA": str(tmp_path_factory.mktemp("data"))})
    settings = replace(settings, base_url=server)
    return settings, sync(settings, WEEK.start, WEEK.end, now=lambda: NOW)


@pytest.fixture(scope="module")
def told(synced):
    calls = load(synced[0]).calls
    return calls.set_index("call_key")


@pytest.fixture(scope="module")
def happened():
    rows = [
        {name: getattr(call, name) for name in ("call_id", "started", "outcome", "caller", "service", "agent",
                                                "direction", "duration_s", "wait_s", "menu_s", "talk_s", "ended_by")}
        for call in truth(WEEK.start, WEEK.end, now=NOW)
    ]  # fmt: skip
    return pd.DataFrame(rows).set_index("call_id")


def test_every_call_is_here_and_proven(synced, told, happened):
    report = synced[1]
    assert report.is_complete
    assert report.totals["received"] == report.totals["kept"] == len(told) == len(happened)
    assert set(told.index) == set(happened.index)
    assert len(happened) > 1000


@pytest.mark.parametrize(
    ("column", "true"),
    [("outcome", "outcome"), ("direction", "direction"), ("service_raw", "service"), ("agent_id", "agent"),
     ("duration_s", "duration_s"), ("wait_s", "wait_s"), ("menu_s", "menu_s"), ("talk_s", "talk_s"),
     ("caller", "caller"), ("ended_by", "ended_by")],
)  # fmt: skip
def test_what_is_told_is_what_happened(told, happened, column, true):
    there = told[column].reindex(happened.index).astype(object)
    right = happened[true].astype(object)
    same = (there == right) | (there.isna() & right.isna())
    assert same.all(), pd.DataFrame({"told": there, "happened": right})[~same].head()


def test_starts_are_the_true_instants(told, happened):
    seconds = (told["started_at"] - pd.Timestamp(0, tz="UTC")).dt.total_seconds()
    assert (seconds.reindex(happened.index) == happened["started"]).all()


def test_no_line_is_unknown_and_no_field(synced):
    statements = synced[1].statements
    assert statements["n_unknown_lines"].sum() == 0
    assert set(statements["unknown_keys"]) == {"{}"}


def test_the_lake_holds_the_same(synced, told):
    lake = open(synced[0])
    assert lake.calls.count().execute() == len(told)
    assert lake.events.count().execute() == synced[1].totals["n_lines"]


def test_a_second_sync_asks_for_nothing(synced):
    settings = replace(synced[0], base_url="http://127.0.0.1:9")
    assert sync(settings, WEEK.start, WEEK.end, now=lambda: NOW).fetched == ()


def read(settings, session=None):
    with Client(settings, session) as client:
        day = datetime(2026, 11, 10)
        return list(client.pages(day, day.replace(day=11)))


def test_a_wrong_key(synced):
    with pytest.raises(AuthError, match="account 'sandbox'"):
        read(replace(synced[0], token=Secret("wrong")))


def test_a_wrong_path(synced, server):
    with pytest.raises(RouteError, match="no route /wrong/v1/call_report|no route /v1/call_report"):
        read(replace(synced[0], base_url=f"{server}/wrong"))


def test_a_wrong_zone_is_refused_in_words(synced):
    with pytest.raises(FetchError, match="refused /v1/call_report with 400"):
        read(replace(synced[0], time_zone="Mars/Olympus"))


def test_the_limiter_meets_no_refusal():
    settings = Settings.load("sandbox", {})
    sleeps = []

    def sleep(seconds):
        import time

        sleeps.append(seconds)
        time.sleep(seconds)

    with (
        serving(now=NOW, limit_per_s=20) as url,
        Client(replace(settings, base_url=url), Session(url, rate=20, sleep=sleep)) as client,
    ):
        for number in [*range(1, 4)] * 4:
            client.page(datetime(2026, 11, 10), datetime(2026, 11, 11), number)
    assert max(sleeps) < 0.06
