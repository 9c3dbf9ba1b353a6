"""The API over HTTP, on the loopback."""

import threading
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
import requests
from starlette.middleware import Middleware

from callkit.dialects import call_report
from callkit.errors import UsageError
from callkit.sandbox.centre import truth
from callkit.sandbox.query_report import PATH
from callkit.sandbox.server import HOST, serving

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
KEY = {"authorization": "Bearer sandbox-key"}


@pytest.fixture(scope="module")
def base_url():
    with serving(now=NOW) as url:
        yield url


def get(base_url, headers=KEY, path=PATH, **params):
    return requests.get(base_url + path, params=params, headers=headers, timeout=10)


def test_pages_of_a_window_are_all_of_it(base_url):
    since, until = datetime(2026, 11, 17), datetime(2026, 11, 18)
    ids, page = [], 1
    while True:
        query = call_report.query(since, until, page, time_zone="Europe/London", limit=60)
        answer = get(base_url, **query)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/json"
        body = answer.json()
        assert list(body) == ["total_records", "filtered_records", "page_records", "page", "data"]
        assert body["page"] == str(page)
        assert body["page_records"] == str(len(body["data"]))
        ids += [record["id"] for record in body["data"]]
        if len(body["data"]) < 60:
            break
        page += 1
    assert ids == [c.record_id for c in truth(since.date(), until.date())][::-1]
    assert body["total_records"] == body["filtered_records"] == str(len(ids))
    assert call_report.envelope(answer.content).filtered == len(ids)


@pytest.mark.parametrize(
    "header", ["sandbox-key", "Bearer sandbox-key", "bearer sandbox-key", "BEARER  sandbox-key"]
)
def test_the_key_in_three_writings(base_url, header):
    assert get(base_url, {"authorization": header}).status_code == 200


@pytest.mark.parametrize(
    "header", [{}, {"authorization": ""}, {"authorization": "Basic sandbox-key"}, {"authorization": "key"}]
)
def test_no_key_no_calls(base_url, header):
    answer = get(base_url, header)
    assert answer.status_code == 401
    assert answer.json()["success"] == "false"


def test_bad_parameters_are_named(base_url):
    answer = get(base_url, limit="500")
    assert answer.status_code == 400
    assert answer.json()["success"] == "false"
    assert "limit 500" in answer.json()["message"]
    twice = requests.get(f"{base_url}{PATH}?page=1&page=2", headers=KEY, timeout=10)
    assert twice.status_code == 400


def test_other_routes_do_not_exist(base_url):
    for answer in (
        get(base_url, path="/v1/call-report"),
        requests.post(base_url + PATH, headers=KEY, timeout=10),
    ):
        assert answer.status_code == 403
        assert answer.json() == {"message": "Missing Authentication Token"}


def test_the_running_week_grows():
    moment = datetime(2026, 11, 18, 9, tzinfo=UTC)
    counts = []
    with serving(now=lambda: moment) as url:
        for _ in range(3):
            counts.append(int(get(url, from_date="2026-11-16", to_date="2026-11-22").json()["total_records"]))
            moment += timedelta(hours=4)
    assert counts[0] < counts[1] < counts[2] <= len(truth(date(2026, 11, 16), date(2026, 11, 23)))


def test_another_seed_tells_of_other_calls(base_url):
    with serving(now=NOW, seed=7) as url:
        assert get(url).json()["data"] != get(base_url).json()["data"]


def test_requests_beyond_the_limit_are_refused():
    with serving(now=NOW, limit_per_s=3) as url, requests.Session() as session:
        codes = [session.get(url + PATH, headers=KEY, timeout=10).status_code for _ in range(8)]
        body = session.get(url + PATH, headers=KEY, timeout=10).json()
    assert codes[:3] == [200] * 3
    assert 429 in codes[3:]
    assert body == {"success": "false", "message": "Too many requests."} or "data" in body


class Cut:
    """Cuts every answer short."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        async def cut(message):
            if message["type"] == "http.response.start":
                message["headers"] = [h for h in message["headers"] if h[0] != b"content-length"]
            elif message.get("body"):
                message["body"] = message["body"][:40]
            await send(message)

        await self.app(scope, receive, cut)


def test_layers_can_be_put_around_the_api():
    with serving(now=NOW, middleware=[Middleware(Cut)]) as url:
        body = get(url).content
    assert len(body) == 40
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(body)


def test_nothing_is_left_behind():
    before = threading.enumerate()
    with serving(now=NOW) as url, requests.Session() as session:
        assert url.startswith(f"http://{HOST}:")
        session.get(url + PATH, headers=KEY, timeout=10)
    assert threading.enumerate() == before
    with pytest.raises(requests.ConnectionError):
        get(url)


def test_the_server_stops_when_its_user_fails():
    before = threading.enumerate()
    with pytest.raises(RuntimeError, match="user"), serving(now=NOW):
        raise RuntimeError("user")
    assert threading.enumerate() == before


def test_a_taken_port_is_said(base_url):
    port = int(base_url.rpartition(":")[2])
    with pytest.raises(UsageError, match=f"Port {port}"), serving(port=port):
        pass
