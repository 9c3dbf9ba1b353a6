import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from callkit.fetch.credentials import LOGIN_PATH, REFRESH_PATH
from callkit.privacy import Secret
from callkit.sandbox import auth
from callkit.sandbox.server import serving
from tests.fetch.answers import Answer, answering
from tests.fetch.test_credentials import DAY, EMPTY, LOGIN, client, grant

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.moment = NOON

    def __call__(self):
        return self.moment

    def go(self, minutes):
        self.moment += timedelta(minutes=minutes)


class Account:
    """An API that lends keys by number and takes those not revoked; `wall` holds requests until all are there."""

    def __init__(self, *, refreshes=True, expires_in=3600, wall=None):
        self.refreshes, self.expires_in, self.wall = refreshes, expires_in, wall
        self.lent, self.revoked, self.calls = 0, set(), []
        self._lock = threading.Lock()

    def __call__(self, asked):
        with self._lock:
            self.calls.append(asked.path)
            key = asked.headers.get("authorization", "").removeprefix("Bearer ")
            if asked.path == LOGIN_PATH or (asked.path == REFRESH_PATH and self.refreshes):
                self.lent += 1
                return grant(f"key-{self.lent}", expires_in=self.expires_in)
        if asked.path == REFRESH_PATH:
            return Answer('{"message": "Unauthenticated."}', 401)
        if key in self.revoked:
            if self.wall:
                self.wall.wait(10)
            return Answer('{"message": "Unauthenticated."}', 401)
        return EMPTY

    def count(self, path):
        return self.calls.count(path)


def test_a_key_is_exchanged_before_it_ends():
    time, account = Clock(), Account()
    with answering(by=account) as (url, asked), client(url, now=time) as reader:
        reader.page(*DAY, 1)
        time.go(57)
        reader.page(*DAY, 1)
        assert account.count(REFRESH_PATH) == 0
        time.go(2)
        reader.page(*DAY, 1)
        reader.page(*DAY, 1)
    assert (account.count(LOGIN_PATH), account.count(REFRESH_PATH)) == (1, 1)
    keys = [a.headers.get("authorization") for a in asked if a.path != LOGIN_PATH]
    assert keys == ["Bearer key-1", "Bearer key-1", "Bearer key-1", "Bearer key-2", "Bearer key-2"]


def test_where_no_key_is_exchanged_the_login_is_made_again():
    time, account = Clock(), Account(refreshes=False)
    with answering(by=account) as (url, asked), client(url, now=time) as reader:
        reader.page(*DAY, 1)
        time.go(59)
        reader.page(*DAY, 1)
    assert (account.count(LOGIN_PATH), account.count(REFRESH_PATH)) == (2, 1)
    assert asked[-1].headers["authorization"] == "Bearer key-2"


@pytest.mark.parametrize(
    ("expires_in", "minutes"), [(60, 0.5), ("3600", 58), (7200.0, 118)]
)  # half of a short life, else two minutes before its end
def test_how_long_a_key_is_used(expires_in, minutes):
    time, account = Clock(), Account(expires_in=expires_in)
    with answering(by=account) as (url, _), client(url, now=time) as reader:
        reader.page(*DAY, 1)
        time.go(minutes - 0.01)
        reader.page(*DAY, 1)
        assert account.count(REFRESH_PATH) == 0
        time.go(0.01)
        reader.page(*DAY, 1)
    assert account.count(REFRESH_PATH) == 1


@pytest.mark.parametrize("expires_in", [None, 0, -1, "soon", "nan", "inf", 1e30, True and "never"])
def test_a_key_without_an_end_is_used_until_it_is_refused(expires_in):
    time, account = Clock(), Account(expires_in=expires_in)
    with answering(by=account) as (url, _), client(url, now=time) as reader:
        reader.page(*DAY, 1)
        time.go(60 * 24 * 30)
        reader.page(*DAY, 1)
    assert (account.count(LOGIN_PATH), account.count(REFRESH_PATH)) == (1, 0)


def test_sixteen_threads_share_one_login():
    time, account = Clock(), Account(refreshes=False)
    with answering(by=account) as (url, _), client(url, now=time) as reader, ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda n: reader.page(*DAY, n), range(1, 17)))
        assert account.count(LOGIN_PATH) == 1
        time.go(61)
        list(pool.map(lambda n: reader.page(*DAY, n), range(1, 17)))
    assert (account.count(LOGIN_PATH), account.count(REFRESH_PATH)) == (2, 1)


def test_sixteen_refused_threads_make_one_login():
    account = Account(wall=threading.Barrier(16))
    with answering(by=account) as (url, _), client(url) as reader, ThreadPoolExecutor(16) as pool:
        reader.page(*DAY, 1)
        account.revoked.add("key-1")
        pages = list(pool.map(lambda n: reader.page(*DAY, n), range(1, 17)))
    assert len(pages) == 16
    assert account.count(LOGIN_PATH) == 2


@pytest.mark.parametrize("dialect", ["call_report", "call_records"])
@pytest.mark.parametrize("field", ["login_id", "email"])
@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "raw"])
def test_an_hour_of_the_sandbox(dialect, field, scheme):
    name = {"login_id": auth.LOGIN_ID, "email": auth.EMAIL}[field]
    login = {**dict.fromkeys(("login_id", "email"), ""), field: name}
    settings = replace(LOGIN, **login, password=Secret(auth.PASSWORD), dialect=dialect, auth_scheme=scheme)
    time = Clock()
    with serving(now=time, schemes=[scheme]) as url, client(url, settings, now=time) as reader:
        for minutes in (0, 59, 58.5, 61):  # the last key has ended before it was exchanged
            time.go(minutes)
            assert reader.page(*DAY, 1).body
