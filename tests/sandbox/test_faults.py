"""The injected faults over HTTP: what each does to an answer, on both endpoints, and that it passes."""

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
import requests
from starlette.middleware import Middleware

from callkit.sandbox import auth, query_records, query_report
from callkit.sandbox.centre import truth
from callkit.sandbox.fault_table import FAULTS
from callkit.sandbox.faults import Fault, Faults, Plan
from callkit.sandbox.server import serving

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
KEY = {"authorization": "sandbox-key"}
CALLS = [c.call_id for c in truth(date(2026, 11, 17), date(2026, 11, 18))][::-1]
N, LIMIT = len(CALLS), 60
STATUS = {
    "unauthorized": 401, "forbidden": 403, "gateway": 403, "too_many": 429, "too_many_seconds": 429,
    "too_many_date": 429, "error_500": 500, "error_502": 502, "error_503": 503, "html": 200, "not_json": 200,
    "empty": 200, "failure": 200,
}  # fmt: skip
BROKEN = {
    "slow": requests.ReadTimeout, "reset_before": requests.ConnectionError,
    "reset_within": (requests.ConnectionError, requests.exceptions.ChunkedEncodingError),
}  # fmt: skip


@pytest.fixture(scope="module")
def served():
    plan = Plan(now=lambda: NOW)
    with serving(now=NOW, middleware=[Middleware(Faults, plan=plan)]) as url:
        yield url, plan


@pytest.fixture(params=[query_report.PATH, query_records.PATH])
def path(request):
    return request.param


@pytest.fixture
def ask(served, path):
    url, plan = served

    def get(page=1, limit=LIMIT, timeout=10):
        params = {
            "from_date": "2026-11-17 00:00:00",
            "to_date": "2026-11-17 23:59:59",
            "page": page,
            "limit": limit,
        }
        return requests.get(url + path, params=params, headers=KEY, timeout=timeout)

    yield get
    plan.change()


def read(answer):
    """Return how many records a page announces, and the call ids on it."""
    page = answer.json()
    rows = page["data"] if "data" in page else page["results"]
    assert int(page.get("page_records", page.get("size"))) == len(rows)
    ids = [r.get("call_id") or r["call_stats"]["call_id"] if isinstance(r, dict) else None for r in rows]
    return int(page.get("filtered_records", page.get("count"))), ids


@pytest.mark.parametrize("name", STATUS)
def test_an_answer_in_the_place_of_a_page(served, ask, name):
    served[1].change([Fault(name)])
    answer = ask()
    assert answer.status_code == STATUS[name]
    with pytest.raises((KeyError, ValueError)):
        read(answer)
    assert read(ask()) == (N, CALLS[:LIMIT])


def test_when_to_come_back_is_said_in_seconds_or_as_a_date(served, ask):
    served[1].change([Fault("too_many"), Fault("too_many_seconds", after=1), Fault("too_many_date", after=2)])
    said = [ask().headers.get("retry-after") for _ in range(3)]
    assert said[:2] == [None, "3"]
    assert parsedate_to_datetime(said[2]) == NOW + timedelta(seconds=4)


@pytest.mark.parametrize("name", BROKEN)
def test_an_answer_that_does_not_come(served, ask, name):
    served[1].change([Fault(name)])
    with pytest.raises(BROKEN[name]):
        ask(timeout=0.3)
    assert read(ask()) == (N, CALLS[:LIMIT])


def test_a_body_that_is_cut_short_looks_whole(served, ask):
    served[1].change([Fault("cut_short")])
    cut = ask()
    assert cut.content
    assert ask().content.startswith(cut.content)
    assert int(cut.headers["content-length"]) == len(cut.content)


@pytest.mark.parametrize(
    ("name", "page", "expected"),
    [
        ("empty_page", 2, (N, [])),
        ("fewer", 2, (N, CALLS[20:40])),
        ("all", 1, (N, CALLS)),
        ("all", 2, (N, [])),
        ("page_ignored", 3, (N, CALLS[:LIMIT])),
        ("page_twice", 3, (N, CALLS[LIMIT : 2 * LIMIT])),
        ("unknown_key", 1, (N, CALLS[:LIMIT])),
        ("unsettled", 1, (N, CALLS[:LIMIT])),
        ("stray", 1, (N + 1, [*CALLS[:LIMIT], None])),
    ],
)
def test_pages_that_are_not_what_was_asked_for(served, ask, name, page, expected):
    served[1].change([Fault(name)])
    assert read(ask(page)) == expected
    assert read(ask(page)) == (N, CALLS[(page - 1) * LIMIT : page * LIMIT])


def test_rows_shift_where_records_arrive_or_go(served, ask):
    served[1].change([Fault("arrival")], seed=1)
    announced, ids = read(ask(1))
    m = N - announced
    assert m in (1, 2, 3)
    assert ids == CALLS[m : m + LIMIT]
    assert set(ids) & set(read(ask(2))[1]) == set(CALLS[LIMIT : LIMIT + m])
    served[1].change([Fault("departure", times=None)], seed=2)
    assert read(ask(1)) == (N, CALLS[:LIMIT])
    pages = [read(ask(page)) for page in (2, 3, 4)]
    assert {announced for announced, _ in pages} == {N - 1}
    assert len({*CALLS[:LIMIT], *(i for _, ids in pages for i in ids)}) < N


def test_one_record_comes_and_another_goes_at_an_unchanged_count(served, ask):
    served[1].change([Fault("exchange", times=None)])
    before, second, after, last = (read(ask(page)) for page in (1, 2, 1, 1))
    assert before == (N - 1, CALLS[1 : LIMIT + 1])
    (gone,) = {*CALLS[: LIMIT + 1]} - {*after[1]}
    assert gone in CALLS[1 : LIMIT + 1]
    assert after[0] == second[0] == N - 1
    assert {*before[1]}.isdisjoint(second[1])
    assert last == (N, CALLS[:LIMIT])


def test_nothing_arrives_where_no_page_would_tell(served, ask):
    served[1].change([Fault("arrival", times=None)])
    last = -(-N // LIMIT)
    assert read(ask(last)) == (N, CALLS[(last - 1) * LIMIT :])


def test_counts_that_are_wrong(served, ask):
    served[1].change([Fault("miscount")])
    assert read(ask(1))[0] > N
    served[1].change([Fault("miscount")])
    assert read(ask(2))[0] != N


def test_a_record_in_the_place_of_another(served, ask):
    served[1].change([Fault("repeat")])
    announced, ids = read(ask())
    assert (announced, len(ids), len(set(ids))) == (N, LIMIT, LIMIT - 1)


def test_something_that_is_no_record_in_the_place_of_one(served, ask):
    served[1].change([Fault("garbled")])
    announced, ids = read(ask())
    assert (announced, len(ids), ids.count(None)) == (N, LIMIT, 1)


def test_what_comes_after_hang_up(served, ask):
    links = re.compile(rb"https://recordings")
    served[1].change([Fault("unsettled")])
    assert not links.search(ask().content)
    assert links.search(ask().content)


def test_faults_are_over_at_a_moment_and_strike_by_chance(served, ask):
    clock = [NOW]
    url, plan = served
    plan._now = lambda: clock[0]
    plan.change([Fault("error_500", times=None, share=0.5, until=NOW + timedelta(hours=1))], seed=3)
    codes = [ask().status_code for _ in range(30)]
    assert 5 < codes.count(500) < 25
    assert not plan.is_quiet()
    clock[0] += timedelta(hours=1)
    assert plan.is_quiet()
    assert ask().status_code == 200
    plan.change([Fault("error_500", times=None, share=0.5)], seed=3)
    assert [ask().status_code for _ in range(30)] == codes


def test_what_comes_together_leaves_nothing_in_doubt_unsaid(served, ask):
    served[1].change([Fault(name, times=3) for name in FAULTS if name not in (*STATUS, *BROKEN, "cut_short")])
    assert ask().status_code == 200
    assert served[1].struck["stray"] == 0


def test_a_login_can_fail_too(served):
    url, plan = served
    login = {"login_id": auth.LOGIN_ID, "password": auth.PASSWORD}
    plan.change([Fault("error_503", path=auth.LOGIN_PATH), Fault("stray")])
    codes = [requests.post(url + auth.LOGIN_PATH, json=login, timeout=10).status_code for _ in range(2)]
    assert codes == [503, 200]
    plan.change()


def test_every_fault_is_tried_here():
    text = Path(__file__).read_text(encoding="utf-8")
    assert [name for name in FAULTS if f'"{name}"' not in text] == []
