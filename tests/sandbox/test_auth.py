"""Keys, tokens and the header that carries them, over HTTP."""

from datetime import UTC, datetime, timedelta

import pytest
import requests

from callkit.sandbox import auth, query_records, query_report
from callkit.sandbox.server import serving

START = datetime(2026, 11, 23, 6, tzinfo=UTC)
LOGIN = {"login_id": auth.LOGIN_ID, "password": auth.PASSWORD}


class Clock:
    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now


@pytest.fixture
def server_clock():
    return Clock()


@pytest.fixture
def base_url(server_clock):
    with serving(now=server_clock) as url:
        yield url


def post(base_url, path, json=None, header=""):
    return requests.post(base_url + path, json=json, headers={"authorization": header}, timeout=10)


def calls(base_url, header, path=query_report.PATH):
    return requests.get(base_url + path, headers={"authorization": header}, timeout=10)


@pytest.mark.parametrize("login", [LOGIN, {"email": auth.EMAIL, "password": auth.PASSWORD}])
def test_a_login_gives_a_token_that_opens_both_endpoints(base_url, login):
    answer = post(base_url, auth.LOGIN_PATH, login)
    grant = answer.json()
    assert list(grant) == ["success", "access_token", "token_type", "expires_in"]
    assert grant["success"] is True
    assert grant["expires_in"] == 3600
    for path in (query_report.PATH, query_records.PATH):
        assert calls(base_url, f"Bearer {grant['access_token']}", path).status_code == 200


@pytest.mark.parametrize(
    ("login", "status"),
    [
        (LOGIN | {"password": "guess"}, 401),
        ({"login_id": auth.EMAIL, "password": auth.PASSWORD}, 401),
        ({"email": auth.LOGIN_ID, "password": auth.PASSWORD}, 401),
        ({"login_id": auth.LOGIN_ID}, 400),
        ({}, 400),
        ([], 400),
    ],
)
def test_a_wrong_login_gives_none(base_url, login, status):
    answer = post(base_url, auth.LOGIN_PATH, login)
    assert answer.status_code == status
    assert answer.json()["success"] == "false"


def test_a_token_ends_after_an_hour_and_the_key_never(base_url, server_clock):
    token = post(base_url, auth.LOGIN_PATH, LOGIN).json()["access_token"]
    server_clock.now += timedelta(seconds=3599)
    assert calls(base_url, token).status_code == 200
    server_clock.now += timedelta(seconds=1)
    refused = calls(base_url, token)
    assert refused.status_code == 401
    assert refused.json()["success"] == "false"
    assert calls(base_url, "sandbox-key").status_code == 200


def test_a_token_is_renewed_while_it_is_good(base_url, server_clock):
    token = post(base_url, auth.LOGIN_PATH, LOGIN).json()["access_token"]
    server_clock.now += timedelta(minutes=55)
    renewed = post(base_url, auth.REFRESH_PATH, header=f"Bearer {token}").json()["access_token"]
    assert renewed != token
    server_clock.now += timedelta(minutes=55)
    assert calls(base_url, renewed).status_code == 200
    assert post(base_url, auth.REFRESH_PATH, header=token).status_code == 401
    assert post(base_url, auth.REFRESH_PATH, header="sandbox-key").status_code == 401
    assert post(base_url, auth.REFRESH_PATH).status_code == 401


def test_a_token_can_be_made_to_end_sooner(server_clock):
    with serving(now=server_clock, lifetime_s=60) as url:
        grant = post(url, auth.LOGIN_PATH, LOGIN).json()
        assert grant["expires_in"] == 60
        server_clock.now += timedelta(seconds=60)
        assert calls(url, grant["access_token"]).status_code == 401


@pytest.mark.parametrize("scheme", auth.SCHEMES)
def test_one_form_of_the_header_alone_can_be_read(scheme):
    with serving(now=START, schemes=[scheme]) as url:
        read = {
            written: calls(url, header).status_code
            for written, header in [
                ("raw", "sandbox-key"),
                *((s, f"{s} sandbox-key") for s in auth.SCHEMES[1:]),
            ]
        }
    assert read == {written: 200 if written == scheme else 401 for written in auth.SCHEMES}
