"""Each filter in both dialects, against the sandbox that obeys it and against one that ignores it."""

import json
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode

import pytest
from starlette.middleware import Middleware

from callkit.fetch.client import Client
from callkit.fetch.filters import DOCUMENTED, PARAMETERS, READING, checked
from callkit.sandbox.query_report import PARAMETERS as THEIRS
from callkit.sandbox.server import serving
from callkit.settings import Settings

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = (datetime(2026, 11, 16), datetime(2026, 11, 17))
KEPT = {"from_date", "to_date", "time_zone", "page", "limit"}
LIST = {"call_report": "data", "call_records": "results"}


class Deaf:
    """Takes every filter out of a request."""

    def __init__(self, app):
        self._app = app

    async def __call__(self, scope, receive, send):
        query = [pair for pair in parse_qsl(scope["query_string"].decode()) if pair[0] in KEPT]
        await self._app({**scope, "query_string": urlencode(query).encode()}, receive, send)


@pytest.fixture(scope="module")
def servers():
    with serving(now=NOW) as obedient, serving(now=NOW, middleware=[Middleware(Deaf)]) as deaf:
        yield {"obedient": obedient, "deaf": deaf}


def fetch(url, dialect, since=DAY[0], until=DAY[1], **filters):
    settings = replace(Settings.load("sandbox", {}), base_url=url, dialect=dialect)
    with Client(settings) as client:
        pages = list(client.pages(since, until, **filters))
    return [record for page in pages for record in json.loads(page.body)[LIST[dialect]]]


def ids(records):
    return [str(record["id"]) for record in records]


FILTERS = [
    {"did": "+442079460100"}, {"did": "020 7946 0200"}, {"dest_num": "442079460300"}, {"src_num": "a caller"},
    {"call_id": "a caller"}, {"call_status": "missed"}, {"call_status": "answered"},
    {"call_duration": 60, "operator": ">="}, {"call_duration": 20, "operator": "<"},
    {"call_duration": 19, "operator": "!="}, {"call_duration": 60, "operator": "<="},
    {"call_duration": 100, "operator": ">"}, {"call_duration": 19},
    {"did": "+442079460100", "call_status": "missed"},
]  # fmt: skip
ONLY_REPORT = [{"bill_sec": 1, "bill_sec_operator": ">="}, {"bill_sec": 0}, {"sort": "call_duration", "order": "asc"},
               {"sort": "source", "order": "desc"}, {"order": "asc"}, {"sort": "service"}]  # fmt: skip
CASES = [("call_report", f) for f in FILTERS + ONLY_REPORT] + [("call_records", f) for f in FILTERS]


def concrete(url, dialect, filters):
    if "a caller" not in filters.values():
        return filters
    fields = [r["source"] if dialect == "call_report" else r["client_number"] for r in fetch(url, dialect)]
    caller = next(number for number in fields if number[-10:].startswith(("77009", "20794")))
    return {name: caller for name in filters}


@pytest.mark.parametrize(("dialect", "filters"), CASES, ids=str)
def test_a_server_that_obeys_is_not_complained_of(servers, caplog, dialect, filters):
    filters = concrete(servers["obedient"], dialect, filters)
    found = fetch(servers["obedient"], dialect, **filters)
    assert 0 < len(found) <= len(fetch(servers["obedient"], dialect))
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("dialect", "filters"), [c for c in CASES if not {"sort", "order"} & {*c[1]}], ids=str
)
def test_a_server_that_ignores_a_filter_is_caught(servers, caplog, dialect, filters):
    filters = concrete(servers["obedient"], dialect, filters)
    obeyed = fetch(servers["obedient"], dialect, **filters)
    everything = fetch(servers["deaf"], dialect)
    found = fetch(servers["deaf"], dialect, **filters)
    assert {*ids(obeyed)} <= {*ids(found)} < {*ids(everything)}
    if not {"did", "dest_num", "src_num"} & {*filters}:  # any number of a record may be the one asked for
        assert ids(found) == ids(obeyed)
    (warning,) = caplog.messages
    out = len(everything) - len(found)
    assert warning.startswith("The server ignored ")
    assert warning.endswith(f": {out} of the {len(everything)} records it sent were left out.")
    assert all(f"{name} (" in warning for name in filters if "operator" not in name) or len(filters) > 1


def test_a_filter_that_leaves_nothing_is_told_loudly(servers, caplog):
    assert fetch(servers["deaf"], "call_report", src_num="07700900999", call_status="missed") == []
    (line,) = caplog.records
    assert line.levelno == logging.ERROR
    assert "Nothing is left: none of the" in line.message
    assert "src_num" in line.message
    assert "7700900" not in line.message


def test_an_empty_answer_is_no_cause_for_alarm(servers, caplog):
    assert fetch(servers["obedient"], "call_report", src_num="07700900999") == []
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("filters", "asked"),
    [
        ({"sort": "call_duration", "order": "desc"}, "sort 'call_duration', order 'desc'"),
        ({"order": "asc"}, "order 'asc'"),
    ],
)
def test_an_order_that_is_ignored_is_told(servers, caplog, filters, asked):
    everything = fetch(servers["deaf"], "call_report")
    assert ids(fetch(servers["deaf"], "call_report", **filters)) == ids(everything)
    assert caplog.messages == [f"The server ignored {asked}: its records did not come in that order."]


def test_a_field_no_record_has_cannot_be_checked(servers, caplog):
    fetch(servers["deaf"], "call_report", sort="mood")
    assert caplog.messages == ["The records have no mood, so that sort 'mood' could not be checked."]


def test_pages_that_leave_nothing_out_are_as_received(servers):
    url = servers["obedient"]
    settings = replace(Settings.load("sandbox", {}), base_url=url)
    with Client(settings) as client:
        plain = [client.page(*DAY, n, limit=50, call_status="missed").body for n in (1, 2)]
        assert [p.body for p in client.pages(*DAY, limit=50, call_status="missed")] == plain


def test_a_long_span_is_asked_for_by_the_month(servers, caplog):
    since, until = datetime(2026, 10, 1), datetime(2026, 11, 17)
    whole = fetch(servers["obedient"], "call_report", since, until, did="+442079460300")
    parts = fetch(servers["obedient"], "call_records", since, until, did="+442079460300")
    calls = [record["call_stats"]["call_id"] for record in whole]
    inbound = [record["call_id"] for record in parts if record["direction"] == "inbound"]
    assert inbound == calls
    assert caplog.text == ""


def test_the_order_in_the_hour_that_happens_twice(servers, caplog):
    since = datetime(2026, 10, 25)
    assert fetch(servers["obedient"], "call_report", since, since + timedelta(days=1), sort="date") != []
    assert caplog.text == ""


def test_the_table_has_the_sixteen_parameters():
    assert sorted(row.name for row in PARAMETERS) == sorted(THEIRS)
    assert {row.certainty for row in PARAMETERS} == {DOCUMENTED, READING}
    assert all(row.meaning.endswith(".") for row in PARAMETERS)


def test_the_docstring_names_every_parameter_and_how_sure_it_is():
    text = Client.pages.__doc__
    assert [name for name in THEIRS if name not in text] == []
    assert "documented" in text
    assert "a reading" in text


def test_every_filter_can_be_given():
    import inspect

    takes = {*inspect.signature(Client.pages).parameters} - {"self", "since", "until", "limit"}
    assert takes == {*THEIRS} - KEPT
    assert checked(dict.fromkeys(takes)) == {}
