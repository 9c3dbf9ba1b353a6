import json
from dataclasses import replace
from datetime import datetime

import pytest

from callkit.errors import AuthError, FetchError, RouteError, SettingsError
from callkit.fetch.client import Client
from callkit.fetch.credentials import LOGIN_PATH
from callkit.fetch.session import Session
from callkit.privacy import Secret
from callkit.settings import Settings
from tests.fetch.answers import Answer, answering, page

DAY = (datetime(2026, 11, 16), datetime(2026, 11, 17))
SETTINGS = Settings(account="shop", token=Secret("kept-very-secret"), rate=0)
LOGIN = replace(SETTINGS, token=Secret(), login_id="user@example.com", password=Secret("hidden-word"))
EMPTY = Answer(page([]))


def grant(token="lent-key", **more):
    return Answer(json.dumps({"success": True, "access_token": token, **more}))


def client(url, settings=LOGIN, **options):
    return Client(replace(settings, base_url=url), Session(url, sleep=lambda _: None), **options)


def test_a_login_gives_the_key():
    with answering(grant(), EMPTY) as (url, asked), client(url) as reader:
        reader.page(*DAY, 1)
    assert [(a.method, a.path) for a in asked] == [("POST", LOGIN_PATH), ("GET", "/v1/call_report")]
    assert json.loads(asked[0].body) == {"login_id": "user@example.com", "password": "hidden-word"}
    assert "authorization" not in asked[0].headers
    assert asked[1].headers["authorization"] == "Bearer lent-key"


def test_a_login_by_email_sends_an_email():
    settings = replace(LOGIN, login_id="", email="user@example.com")
    with answering(grant(), EMPTY) as (url, asked), client(url, settings) as reader:
        reader.page(*DAY, 1)
    assert json.loads(asked[0].body) == {"email": "user@example.com", "password": "hidden-word"}


@pytest.mark.parametrize(
    ("scheme", "header"),
    [
        ("Bearer", "Bearer kept-very-secret"),
        ("bearer", "bearer kept-very-secret"),
        ("raw", "kept-very-secret"),
    ],
)
def test_the_key_is_sent_as_the_account_wants_it(scheme, header):
    settings = replace(SETTINGS, auth_scheme=scheme)
    with answering(EMPTY) as (url, asked), client(url, settings) as reader:
        reader.page(*DAY, 1)
    assert asked[0].headers["authorization"] == header


@pytest.mark.parametrize("refused", [Answer(status=401), Answer('{"message": "Forbidden"}', 403)])
def test_a_refused_key_is_lent_again_once(refused):
    with answering(grant("first"), refused, grant("second"), EMPTY) as (url, asked), client(url) as reader:
        reader.page(*DAY, 1)
    assert [a.headers.get("authorization") for a in asked] == [None, "Bearer first", None, "Bearer second"]


def test_there_is_no_third_login():
    def by(asked):
        return grant() if asked.method == "POST" else Answer('{"message": "Forbidden"}', 403)

    with (
        answering(by=by) as (url, asked),
        client(url) as reader,
        pytest.raises(AuthError, match="CALLKIT_LOGIN_ID"),
    ):
        reader.page(*DAY, 1)
    assert [a.method for a in asked] == ["POST", "GET", "POST", "GET"]


def test_a_refused_token_is_not_tried_again():
    with answering(Answer(status=401)) as (url, asked), client(url, SETTINGS) as reader:
        with pytest.raises(AuthError, match="check CALLKIT_TOKEN, auth_scheme and base_url"):
            reader.page(*DAY, 1)
        assert len(asked) == 1


def test_a_firewall_is_not_a_refused_key():
    answer = Answer("<html>Access denied</html>", 403)
    with answering(grant(), answer) as (url, asked), client(url) as reader:
        with pytest.raises(FetchError, match="403 .a page for people: something before the API") as caught:
            reader.page(*DAY, 1)
        assert not isinstance(caught.value, AuthError)
        assert len(asked) == 2


def test_a_gateway_before_the_login_names_the_route():
    answer = Answer('{"message":"Missing Authentication Token"}', 403)
    with answering(answer) as (url, asked), client(url) as reader:
        with pytest.raises(RouteError, match="no route /v1/auth/login .*there is no such route on this host"):
            reader.page(*DAY, 1)
        assert len(asked) == 1


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=401), Answer('{"success": "false"}'), Answer('{"success": true}'),
        Answer('{"success": true, "access_token": " "}'), Answer('{"success": true, "access_token": 7}'),
    ],
)  # fmt: skip
def test_a_refused_login_is_made_once(answer):
    with answering(answer) as (url, asked), client(url) as reader:
        for _ in range(3):
            with pytest.raises(AuthError, match="refused the login of account 'shop'"):
                reader.page(*DAY, 1)
    assert len(asked) == 1


def test_a_refused_login_says_by_what_logins_usually_go():
    settings = replace(LOGIN, login_id="", email="user@example.com")
    with (
        answering(Answer(status=401)) as (url, _),
        client(url, settings) as reader,
        pytest.raises(AuthError, match=r"CALLKIT_EMAIL \(logins here usually go by login_id\)"),
    ):
        reader.page(*DAY, 1)


@pytest.mark.parametrize("body", ["<html>", "[]", "", b"\xff"])
def test_a_login_that_is_no_json(body):
    with (
        answering(Answer(body)) as (url, _),
        client(url) as reader,
        pytest.raises(AuthError, match="login of account .* did not answer with JSON"),
    ):
        reader.page(*DAY, 1)


def test_another_host_gets_neither_request_nor_key():
    with answering(EMPTY) as (other, elsewhere):
        redirect = Answer(status=302, headers={"Location": f"{other}/v1/call_report"})
        for answers in ([redirect], [grant(), redirect]):
            settings = LOGIN if len(answers) == 2 else SETTINGS
            with (
                answering(*answers) as (url, _),
                client(url, settings) as reader,
                pytest.raises(FetchError, match="redirects to .*, where the key is not sent"),
            ):
                reader.page(*DAY, 1)
    assert elsewhere == []


def test_no_netrc_file_is_asked_for_a_key(tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login other password words\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with answering(grant(), EMPTY) as (url, asked), client(url) as reader:
        reader._session._http.trust_env = True
        reader.page(*DAY, 1)
    assert [a.headers.get("authorization") for a in asked] == [None, "Bearer lent-key"]


@pytest.mark.parametrize("address", ["http://api.example", "ftp://api.example", "api.example"])
def test_a_key_never_travels_in_the_open(address):
    with pytest.raises(SettingsError, match="must begin with https"):
        Client(replace(SETTINGS, base_url=address))


def test_a_key_from_a_file_or_the_keyring_is_named_where_it_is_refused(tmp_path):
    (tmp_path / "token").write_text("kept-in-file\nmore\n")
    settings = replace(SETTINGS, token=Secret(), token_file=tmp_path / "token")
    with (
        answering(Answer(status=401)) as (url, asked),
        client(url, settings) as reader,
        pytest.raises(AuthError, match="check token_file, auth_scheme"),
    ):
        reader.page(*DAY, 1)
    assert asked[0].headers["authorization"] == "Bearer kept-in-file"
