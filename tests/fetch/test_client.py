import json
import logging
import traceback
from dataclasses import replace
from datetime import datetime

import pytest

from callkit.errors import AuthError, FetchError, PageError, RouteError, SettingsError
from callkit.fetch.client import Client
from callkit.fetch.session import Session
from callkit.privacy import Secret
from callkit.settings import Settings
from tests.fetch.answers import Answer, answering, page, record

DAY = (datetime(2026, 11, 16), datetime(2026, 11, 17))
KEY = "kept-very-secret"
SETTINGS = Settings(account="shop", token=Secret(KEY), rate=0)
LOGIN = replace(SETTINGS, token=Secret(), login_id="user@example.com", password=Secret("hidden-word"))


def read(url, settings=SETTINGS, **filters):
    settings = replace(settings, base_url=url)
    with Client(settings, Session(url, sleep=lambda _: None)) as client:
        return list(client.pages(*DAY, **filters))


def pages_of(n, size):
    records = [record(i) for i in reversed(range(n))]

    def by(asked):
        number = int(asked.query["page"])
        return Answer(page(records[(number - 1) * size : number * size], n, number))

    return by


def test_pages_come_until_the_announced_count_is_reached():
    with answering(by=pages_of(5, 2)) as (url, asked):
        pages = read(url)
    assert [len(json.loads(p.body)["data"]) for p in pages] == [2, 2, 1]
    assert [a.query["page"] for a in asked] == ["1", "2", "3", "1"]  # the last is a closing look
    assert pages[0].fetched_at is not None


def test_the_request_says_which_window():
    with answering(by=pages_of(0, 2)) as (url, asked):
        pages = read(url, call_status="missed")
    assert len(pages) == 1
    assert asked[0].path == "/v1/call_report"
    assert asked[0].query == {
        "from_date": "2026-11-16 00:00:00",
        "to_date": "2026-11-16 23:59:59",
        "time_zone": "Europe/London",
        "page": "1",
        "limit": "100",
        "call_status": "missed",
    }
    assert asked[0].headers["authorization"] == f"Bearer {KEY}"
    assert asked[0].headers["accept"] == "application/json"


def test_an_empty_page_ends_a_window_that_announced_more():
    first = page([record(1), record(2)], total=3)
    with answering(Answer(first), Answer(page([], total=3, number=2))) as (url, asked):
        assert len(read(url)) == 2
    assert len(asked) == 2


def test_the_bytes_are_untouched():
    body = b' {"data" : [],"filtered_records":"0"}\n'
    with answering(Answer(body)) as (url, _):
        assert read(url)[0].body == body


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_names_the_account_and_what_to_check(status):
    answer = Answer('{"message": "Unauthenticated."}', status)
    with (
        answering(answer) as (url, asked),
        pytest.raises(AuthError, match="account 'shop'.*check CALLKIT_TOKEN"),
    ):
        read(url)
    assert len(asked) == 1


@pytest.mark.parametrize(
    "answer",
    [
        Answer('{"message":"Missing Authentication Token"}', 403),
        Answer(json.dumps({"message": f"'{KEY}' not a valid key=value pair in Authorization header"}), 403),
        Answer("{}", 403, {"x-amzn-ErrorType": "MissingAuthenticationTokenException"}),
        Answer("Not Found", 404),
    ],
)  # fmt: skip
def test_a_gateway_that_knows_no_such_route_is_not_a_bad_key(answer):
    with answering(answer) as (url, _), pytest.raises(RouteError, match="no route /v1/call_report") as caught:
        read(url)
    assert KEY not in str(caught.value)


def test_no_key_is_said_before_anything_is_asked():
    with pytest.raises(SettingsError, match="CALLKIT_TOKEN"):
        Client(replace(SETTINGS, token=Secret()))


@pytest.mark.parametrize("key", ["kept-\nsecret", "kept-…secret"])
def test_a_key_that_cannot_be_sent_is_not_shown(key):
    settings = replace(SETTINGS, token=Secret(key))
    with (
        answering(Answer(page([]))) as (url, asked),
        pytest.raises(AuthError, match="copy it again") as caught,
    ):
        read(url, settings)
    assert asked == []
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<html>maintenance</html>", "HTML"),
        (b'{"data": [', "cut short"),
        (b'{"success": "false", "message": "Something."}', "failure"),
        (b"", "empty"),
    ],
)
def test_an_answer_that_is_not_a_page_is_never_data(body, words):
    with answering(Answer(body)) as (url, _), pytest.raises(PageError, match=words) as caught:
        read(url)
    assert "/v1/call_report, page 1" in str(caught.value)


def test_other_refusals_say_what_the_api_said_without_numbers_or_key():
    message = json.dumps({"message": f"from_date is wrong for {KEY} 447700900417"})
    with (
        answering(Answer(message, 422)) as (url, _),
        pytest.raises(FetchError, match="422 .from_date is wrong") as caught,
    ):
        read(url)
    assert KEY not in str(caught.value)
    assert "7700900" not in str(caught.value)


def grant(token="lent-key", **more):
    return Answer(json.dumps({"success": True, "access_token": token, **more}))


def test_the_key_shows_itself_nowhere(caplog):
    caplog.set_level(logging.DEBUG)
    secrets = (KEY, "hidden-word", "lent-key")
    shown = []
    for settings, answers in (
        (SETTINGS, [Answer(status=500), Answer(page([]))]),
        (SETTINGS, [Answer(status=401)]),
        (LOGIN, [grant(), Answer(status=401)]),
    ):
        with answering(*answers) as (url, _):
            client = Client(replace(settings, base_url=url), Session(url, sleep=lambda _: None))
            try:
                shown += [p.source for p in client.pages(*DAY)]
            except FetchError as error:
                shown += traceback.format_exception(error)
            shown.append(repr(client) + str(client))
    shown.append(caplog.text)
    assert not [s for s in secrets if s in "".join(shown)]


def test_pages_are_asked_for_one_at_a_time():
    with answering(by=pages_of(6, 2)) as (url, asked), Client(replace(SETTINGS, base_url=url)) as client:
        seen = [len(asked) for _ in client.pages(*DAY)]
    assert seen == [1, 2, 3]
