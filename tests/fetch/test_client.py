import json
from dataclasses import replace
from datetime import datetime

import pytest

from callkit.errors import AuthError, FetchError, PageError, RouteError, SettingsError, UsageError
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


def test_pages_are_asked_for_one_at_a_time():
    with answering(by=pages_of(6, 2)) as (url, asked), Client(replace(SETTINGS, base_url=url)) as client:
        seen = [len(asked) for _ in client.pages(*DAY)]
    assert seen == [1, 2, 3]


def test_pages_that_prove_nothing_are_told(caplog):
    with answering(Answer(page([record(1)], total=9))) as (url, _):
        assert len(read(url)) == 2
    (told,) = caplog.messages
    assert told.startswith(
        "The calls from 2026-11-16 00:00:00 to 2026-11-17 00:00:00 may not all be here: page 2"
    )


@pytest.mark.parametrize(
    ("dialect", "filters", "words"),
    [
        ("call_report", {"limit": 101}, "limit 101"),
        ("call_report", {"operator": ">"}, "compares nothing"),
        ("call_records", {"bill_sec": 3}, "dialect call_records has no filter 'bill_sec'"),
        ("call_records", {"sort": "date"}, "has no filter 'sort'"),
        (
            "call_records",
            {"src_num": "07700900417", "call_id": "07700900555"},
            "src_num and call_id name two callers",
        ),
    ],
)
def test_a_bad_value_is_said_before_anything_is_asked(dialect, filters, words):
    with answering(Answer(page([]))) as (url, asked):
        client = Client(replace(SETTINGS, base_url=url, dialect=dialect))
        with pytest.raises(UsageError, match=words):
            client.pages(*DAY, **filters)
    assert asked == []


def test_a_single_page_is_what_the_server_sends():
    body = page([record(1)], total=9, number=4)
    with answering(Answer(body)) as (url, asked), Client(replace(SETTINGS, base_url=url)) as client:
        found = client.page(*DAY, 4, limit=7, did="442079460100")
    assert found.body == body
    assert (asked[0].query["page"], asked[0].query["limit"], asked[0].query["did"]) == (
        "4",
        "7",
        "442079460100",
    )


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 404, 500])
def test_a_probe_returns_whatever_comes(status):
    answer = Answer(f"said to {KEY}", status, {"X-Limit": "3", "X-Echo": KEY, "Location": "/elsewhere"})
    with answering(answer) as (url, asked), Client(replace(SETTINGS, base_url=url)) as client:
        found = client.probe("/v1/call_report", {"page": "1"}, scheme="raw")
    assert (found.status, found.body, found.headers["x-limit"]) == (status, b"said to ***", "3")
    assert found.headers["x-echo"] == "***"
    assert 0 <= found.seconds < 5
    assert [(a.query, a.headers["authorization"]) for a in asked] == [({"page": "1"}, KEY)]


def test_a_probe_waits_where_there_were_too_many_requests():
    busy = Answer(status=429, headers={"Retry-After": "0.01"})
    with answering(busy, busy, Answer(b"fine")) as (url, asked):
        client = Client(
            replace(SETTINGS, base_url=url), Session(url, sleep=lambda _: None, random=lambda: 0.0)
        )
        assert client.probe("/v1/call_report", {}).body == b"fine"
    assert len(asked) == 3


def test_a_probe_of_no_host_is_one_sentence():
    with answering(Answer()) as (url, _):
        pass
    with pytest.raises(FetchError, match="Cannot reach"):
        Client(replace(SETTINGS, base_url=url)).probe("/v1/call_report", {})


def test_webhooks_are_not_fetched():
    with pytest.raises(SettingsError, match=r'read them with ck.tidy\(pages, dialect="webhook"\)'):
        Client(replace(SETTINGS, dialect="webhook", base_url=""))
