"""The parameters of the newer endpoint, each against the plain truth."""

import json
from datetime import UTC, date, datetime

import pytest

from callkit.errors import UsageError
from callkit.sandbox import query, query_records
from callkit.sandbox.business import SEED
from callkit.sandbox.centre import truth

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
TUESDAY = {"from_date": "2026-11-17 00:00:00", "to_date": "2026-11-17 23:59:59", "limit": "100"}
CALLS = truth(date(2026, 11, 17), date(2026, 11, 18))[::-1]


def ask(**given):
    return query.find(query_records.parse(given, NOW), SEED, NOW)


def all_of(**given):
    pages = [ask(**TUESDAY, page=str(page), **given) for page in range(1, 9)]
    found = [item.call for page in pages for item in page.on_page]
    assert pages[0].n_filtered == len(found)
    return found


def test_newest_first_and_twenty_a_page():
    assert [item.call for item in ask(**(TUESDAY | {"limit": ""})).on_page] == CALLS[:20]
    assert all_of() == CALLS


def test_a_limit_beyond_a_hundred_is_a_hundred():
    assert query_records.parse({"limit": "1000"}, NOW).limit == 100


def test_numbers():
    client = next(c.caller for c in CALLS if c.did and (c.caller or "").startswith("+44"))
    for written in (client, client[1:], f"0{client[3:]}"):
        assert all_of(callerid=written) == [c for c in CALLS if c.caller == client]
    support = [c for c in CALLS if c.did == "+442079460200"]
    assert all_of(destination="442079460200") == support
    assert all_of(did_number="+442079460200") == support
    assert [c.did for c in all_of(did_number="+442079460100", direction="outbound")].count(None) > 5


def test_words_and_seconds():
    assert all_of(call_type="c") == [c for c in CALLS if c.outcome == "answered"]
    assert all_of(call_type="m") == [c for c in CALLS if c.outcome != "answered"]
    assert all_of(direction="outbound") == [c for c in CALLS if c.direction == "outbound"]
    assert all_of(duration="60", operator="<=") == [c for c in CALLS if c.duration_s <= 60]


def test_comma_lists():
    assert all_of(agents="agent|211,agent||212") == [c for c in CALLS if c.agent in ("211", "212")]
    assert all_of(services="department: sales, ivr: main menu") == [
        c for c in CALLS if c.service in ("Ring Group (Sales)", "Virtual Receptionist (Main menu)")
    ]
    assert all_of(broadcast="1") == []
    flow = json.loads(
        next(i.body for i in ask(**TUESDAY).on_page if b'"Department","' in i.body or b"IVR" in i.body)
    )
    menu = next(step["id"] for step in flow["call_flow"] if step["type"] == "IVR")
    assert all_of(ivr=menu) == [c for c in CALLS if any(s.step == "menu" for s in c.route)]


def test_the_id_is_that_of_the_call():
    assert all_of(call_id=CALLS[3].call_id) == [CALLS[3]]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"from_date": "2026-10-01 00:00:00", "to_date": "2026-11-16 00:00:00"}, "0 to 31 days"),
        ({"limit": "0"}, "limit 0"),
        ({"call_type": "answered"}, "call_type 'answered'"),
        ({"direction": "1"}, "direction '1'"),
        ({"duration": "9", "operator": "=>"}, "operator '=>'"),
        ({"time_zone": "Europe/London"}, "'time_zone' is not a parameter"),
    ],
)
def test_a_value_that_cannot_be_read_is_named(given, says):
    with pytest.raises(UsageError, match=says):
        query_records.parse(given, NOW)


def test_all_parameters_are_chosen_for():
    from callkit.sandbox.choices import CHOICES

    named = {name for choice in CHOICES for name in choice.parameter.split(", ")}
    assert set(query_records.PARAMETERS) <= named
