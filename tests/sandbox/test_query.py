"""The parameters of a request, each against the plain truth."""

from datetime import UTC, date, datetime

import pytest

from callkit.errors import UsageError
from callkit.periods import Week
from callkit.sandbox import query, query_report
from callkit.sandbox.business import SEED
from callkit.sandbox.centre import simulate, truth

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
TUESDAY = {"from_date": "2026-11-17", "to_date": "2026-11-17", "limit": "100"}
CALLS = truth(date(2026, 11, 17), date(2026, 11, 18))


def ask(now=NOW, **given):
    question = query_report.parse(given, now)
    found = query.find(question, SEED, now)
    return [item.call for item in found.on_page], found


def all_of(**given):
    first, found = ask(**TUESDAY, **given)
    pages = [call for page in range(2, 9) for call in ask(**TUESDAY, page=str(page), **given)[0]]
    assert len(first + pages) == found.n_filtered
    assert found.n_total == len(CALLS)
    return first + pages


def test_newest_first_twenty_a_page():
    on_page, found = ask(from_date="2026-11-17 00:00:00", to_date="2026-11-17 23:59:59")
    assert on_page == CALLS[::-1][:20]
    assert found.n_total == found.n_filtered == len(CALLS)


def test_pages_follow_one_another():
    assert all_of() == CALLS[::-1]
    assert all_of(order="asc") == CALLS
    assert ask(**TUESDAY, page="50")[0] == []


def test_both_bounds_are_included():
    one = CALLS[40]
    at = f"{datetime.fromtimestamp(one.started, UTC):%Y-%m-%d %H:%M:%S}"  # in November London's clock is UTC
    assert one in ask(from_date=at, to_date=at)[0]


def test_bounds_are_on_the_wall_clock_asked_for():
    london = ask(from_date="2026-11-17 09:00:00", to_date="2026-11-17 10:00:00", limit="100")[0]
    kolkata = ask(
        from_date="2026-11-17 14:30:00", to_date="2026-11-17 15:30:00", limit="100", time_zone="Asia/Kolkata"
    )[0]
    assert london
    assert london == kolkata


def test_seven_days_up_to_now_without_bounds():
    _, found = ask()
    assert found.n_total == sum(NOW.timestamp() - 7 * 86_400 <= c.started for c in simulate(Week(2026, 47)))


def test_a_call_is_listed_once_it_has_ended():
    noon = datetime(2026, 11, 17, 12, tzinfo=UTC)
    _, found = ask(now=noon, **TUESDAY)
    assert found.n_total == sum(c.ended <= noon.timestamp() for c in CALLS)
    assert any(c.started <= noon.timestamp() < c.ended for c in CALLS)
    assert ask(now=datetime(2026, 11, 16, tzinfo=UTC), **TUESDAY)[1].n_total == 0


def test_numbers_in_any_writing():
    client = next(c.caller for c in CALLS if c.direction == "inbound" and (c.caller or "").startswith("+44"))
    for written in (client, client[1:], f"0{client[3:]}", f"00{client[1:]}"):
        assert all_of(call_id=written) == [c for c in CALLS[::-1] if c.caller == client]
    support = [c for c in CALLS[::-1] if c.did == "+442079460200"]
    assert all_of(did="020 7946 0200") == support
    assert all_of(dest_num="442079460200") == support
    assert all_of(src_num="211") == [
        c for c in CALLS[::-1] if c.direction == "outbound" and c.route[0].target == "211"
    ]
    assert all_of(src_num="nobody") == []


def test_status_and_seconds():
    assert all_of(call_status="missed") == [c for c in CALLS[::-1] if c.outcome != "answered"]
    assert all_of(call_duration="60", operator=">=") == [c for c in CALLS[::-1] if c.duration_s >= 60]
    assert all_of(call_duration="60", operator="<") == [c for c in CALLS[::-1] if c.duration_s < 60]
    assert all_of(bill_sec="0", bill_sec_operator="!=") == [
        c for c in CALLS[::-1] if c.direction == "outbound" and c.talk_s
    ]
    length = str(CALLS[0].duration_s)
    assert all_of(call_duration=length) == [c for c in CALLS[::-1] if c.duration_s == CALLS[0].duration_s]


def test_sort_by_a_field():
    lengths = [c.duration_s for c in all_of(sort="call_duration", order="desc")]
    assert lengths == sorted(lengths, reverse=True)
    for field in query_report._SORTS:
        assert sorted(c.record_id for c in all_of(sort=field)) == [c.record_id for c in CALLS]


def test_an_empty_parameter_is_not_sent():
    assert ask(**TUESDAY, did="", sort=" ")[0] == CALLS[::-1][:100]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"limit": "0"}, "limit 0"),
        ({"limit": "101"}, "limit 101"),
        ({"page": "0"}, "page 0"),
        ({"page": "two"}, "page 'two'"),
        ({"from_date": "16/11/2026"}, "from_date '16/11/2026'"),
        ({"to_date": "2026-02-30 00:00:00"}, "to_date '2026-02-30 00:00:00'"),
        ({"from_date": "0001-01-01", "to_date": "0001-01-02"}, "0001-01-0"),
        ({"from_date": "2026-11-18", "to_date": "2026-11-16"}, "not a span"),
        ({"from_date": "2020-01-01", "to_date": "2026-11-16"}, "not a span"),
        ({"time_zone": "Mars/Olympus"}, "Mars/Olympus"),
        ({"sort": "colour"}, "sort 'colour'"),
        ({"order": "up"}, "order 'up'"),
        ({"call_status": "lost"}, "call_status 'lost'"),
        ({"call_duration": "60", "operator": "~"}, "operator '~'"),
        ({"bill_sec": "-1"}, "bill_sec '-1'"),
        ({"from": "2026-11-16"}, "'from' is not a parameter"),
    ],
)
def test_a_value_that_cannot_be_read_is_named(given, says):
    with pytest.raises(UsageError, match=says.replace("(", r"\(")):
        query_report.parse(given, NOW)


def test_all_sixteen_parameters_are_chosen_for():
    from callkit.sandbox.choices import CHOICES

    named = {name for choice in CHOICES for name in choice.parameter.split(", ")}
    assert len(query_report.PARAMETERS) == 16
    assert set(query_report.PARAMETERS) <= named
