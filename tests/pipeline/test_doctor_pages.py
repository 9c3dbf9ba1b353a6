"""What the doctor says of pages, their order and their filters is as the API behaves."""

import pytest

from callkit.sandbox import query as sandbox_query
from tests.pipeline.variations import examined, refusing, without


@pytest.fixture(scope="module")
def usual():
    return examined()


def capped(query, most):
    return {**query, "limit": str(min(int(query.get("limit", most)), most))}


@pytest.mark.parametrize(
    ("query", "said"),
    [(without(), "is honoured; a limit of 200 is refused; the default is 20."),
     (lambda q: capped(q, 50), "brings 50 records at most; a limit of 200 counts as 50; the default is 50."),
     (without("limit"), "brings 20 records at most; a limit of 200 counts as 20; the default is 20.")],
)  # fmt: skip
def test_page_sizes(query, said):
    seen = examined(query=query)
    assert seen.said("Page size").startswith(f"A limit of 100 {said} [known]")
    assert "Of 5,908 calls in 28 days: limit 1: " in seen.said("Page size")


def test_a_larger_page(monkeypatch):
    monkeypatch.setattr(sandbox_query, "LARGEST_LIMIT", 1000)
    assert "a limit of 200 counts as well" in examined().said("Page size")
    assert "a limit of 200 counts as well" in examined(dialect="call_records").said("Page size")


def first_few(page, query):
    """Make an account of few calls: none but the day's last eight."""
    if "data" not in page:
        return page
    data = page["data"][:8] if query.get("page", "1") == "1" else []
    return {**page, "total_records": "8", "filtered_records": "8", "data": data}


def test_a_small_account():
    seen = examined(body=first_few)
    assert "what more than 100 brings cannot be told from 8 calls" in seen.said("Page size")
    assert seen.diagnosis.found("Page size").sure == "likely"
    assert seen.diagnosis.found("Order").sure == "likely"
    assert seen.diagnosis.found("Flow").sure == "known"


@pytest.mark.parametrize(
    ("query", "said"),
    [(without(), "Pages count from 1. [known]"),
     (without("page"), "The parameter page is ignored. [known]"),
     (lambda q: {**q, "page": str(int(q["page"]) + 1)},
      "Pages count from 0, and callkit counts from 1: the first page of each read is missed. [known]"),
     (lambda q: {**q, "limit": "20"}, "It cannot be told. [not told]")],
)  # fmt: skip
def test_page_numbers(query, said):
    assert examined(query=query).said("Page number").startswith(said)


@pytest.mark.parametrize(
    ("query", "said"),
    [({}, "Newest first; calls of one second stand by their id, the last one first. [known]"),
     ({"order": "asc"}, "Oldest first"),
     ({"sort": "call_duration"}, "Neither newest nor oldest first. [known]")],
)  # fmt: skip
def test_orders(query, said):
    assert examined(query=lambda q: {**q, **query}).said("Order").startswith(said)


def of_the_call(page, query):
    """Let call_id mean the call."""
    if "call_id" not in query:
        return page
    data = [record for record in page["data"] if record["call_stats"]["call_id"] == query["call_id"]]
    return {**page, "filtered_records": str(len(data)), "data": data}


def both(page, query):
    found = of_the_call(page, query)
    return page if "data" not in page else found if found["data"] or "." in query.get("call_id", "") else page


@pytest.mark.parametrize(
    ("change", "said"),
    [({}, "It means the client's number. [known] a call's own id selects nothing (0 of 5,908 calls)"),
     ({"query": without("call_id"), "body": of_the_call}, "It means the call's own id. [known]"),
     ({"query": lambda q: without("call_id")(q) if "." in q.get("call_id", "") else q, "body": both},
      "It takes the call's own id, and the client's number too. [known]"),
     ({"query": without("call_id")}, "It is ignored: every call comes. [known]"),
     ({"instead": refusing(lambda q: "call_id" in q)}, "Its meaning is not clear. [not told]")],
)  # fmt: skip
def test_what_call_id_means(change, said):
    assert examined(**change).said("call_id").startswith(said)


@pytest.mark.parametrize(
    ("change", "said"),
    [({}, "The client's number selects its calls. [known]"),
     ({"query": without("src_num")}, "The client's number is ignored. [known] 5,908 of 5,908 calls"),
     ({"instead": refusing(lambda q: "src_num" in q)}, "The client's number is refused. [known] status 400")],
)  # fmt: skip
def test_the_filter_by_number(change, said):
    assert examined(**change).said("src_num").startswith(said)


def test_unknown_parameters(usual):
    assert usual.said("Unknown parameter").startswith("It is refused: a misspelt filter is noticed. [known]")
    seen = examined(query=without("callkit_doctor"))
    assert seen.said("Unknown parameter").startswith("It is passed over: a misspelt filter goes unnoticed.")
