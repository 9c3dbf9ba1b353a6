"""What the doctor says of dates, bounds and zones is as the API behaves."""

from datetime import datetime, timedelta

import pytest

from callkit import clock
from callkit.clock import WALL_FORMAT
from callkit.pipeline.examination.case import VENDOR, written
from tests.pipeline.variations import examined, refusing, without

LONDON = "Europe/London"


@pytest.fixture(scope="module")
def usual():
    return examined()


def has_seconds(text):
    return text[4:5] == "-" and " " in text


def moved(query, **seconds):
    """Shift bounds that hold a time of day."""
    for name, by in seconds.items():
        if has_seconds(query.get(name, "")):
            moment = datetime.strptime(query[name], WALL_FORMAT) + timedelta(seconds=by)
            query[name] = moment.strftime(WALL_FORMAT)
    return query


def from_vendor(query):
    """Read bounds in the vendor's own writing, as callkit's."""
    for name in ("from_date", "to_date"):
        if "-" in query.get(name, ""):
            query[name] = datetime.strptime(query[name], "%d-%b-%Y %H:%M:%S").strftime(WALL_FORMAT)
    return query


def test_the_days_before_yesterday_are_tried():
    def query(query):
        return (
            moved(query, from_date=86_400 * 400, to_date=86_400 * 400)
            if query["from_date"][8:10] == "17"
            else query
        )

    seen = examined(
        instead=refusing(lambda q: q.get("from_date", "")[8:] == "x"),
        query=lambda q: query(q) if "from_date" in q else q,
    )
    assert "Monday 2026-11-16 is looked at" in seen.said("Sample")
    assert "2 days asked for" in seen.said("Sample")


def test_no_call_at_all():
    def body(page, _):
        return {**page, "total_records": "0", "filtered_records": "0", "page_records": "0", "data": []}

    seen = examined(body=body)
    assert seen.diagnosis.exit_code == 0
    assert "No day with calls was found from 2026-11-11 to 2026-11-17" in seen.said("Sample")
    for about in ("Dates", "Bounds", "Page size", "Order", "time_zone", "call_id"):
        assert seen.diagnosis.found(about).sure == "not told", about
    assert "No record came. [not told]" in seen.said("Records")


def test_which_dates_are_understood(usual):
    good, refused = "YYYY-MM-DD HH:MM:SS, YYYY-MM-DD", "DD-Mon-YYYY HH:MM:SS is refused (status 400)"
    assert usual.said("Dates").startswith(f"Select the day asked for: {good}. {refused}. [known]")
    assert "YYYY-MM-DD HH:MM:SS: 100 of 100 calls are of the day" in usual.said("Dates")


def test_days_that_mean_their_midnight():
    def query(query):
        return {k: f"{v} 00:00:00" if k.endswith("_date") and len(v) == 10 else v for k, v in query.items()}

    assert "YYYY-MM-DD selects nothing." in examined(query=query).said("Dates")


def test_the_vendor_s_own_dates():
    def is_other(query):
        return query.get("from_date", "1-A")[4:5] == "-"

    seen = examined(instead=refusing(is_other), query=from_vendor)
    assert "Found with dates as DD-Mon-YYYY HH:MM:SS" in seen.said("Sample")
    assert "Select the day asked for: DD-Mon-YYYY HH:MM:SS." in seen.said("Dates")
    assert "callkit writes YYYY-MM-DD HH:MM:SS, which this API does not understand." in seen.said("Dates")
    assert seen.said("Bounds").startswith("Both bounds are included.")


def test_dates_that_are_ignored():
    seen = examined(query=without("from_date", "to_date"))
    assert seen.said("Dates").startswith("No writing selects the day asked for.")
    assert "YYYY-MM-DD HH:MM:SS is not understood: calls of other days come." in seen.said("Dates")


@pytest.mark.parametrize(
    ("shift", "said"),
    [({}, "Both bounds are included."),
     ({"to_date": -1}, "from_date is included, to_date is not: callkit misses calls of a day's last second."),
     ({"from_date": 1}, "to_date is included, from_date is not: callkit misses calls of a day's first second."),
     ({"from_date": 1, "to_date": -1}, "Neither bound is included: callkit misses")],
)  # fmt: skip
def test_bounds(shift, said):
    seen = examined(query=lambda query: moved(query, **shift))
    assert seen.said("Bounds").startswith(said)
    assert seen.diagnosis.found("Bounds").sure == "known"


def test_bounds_whose_time_of_day_is_not_looked_at():
    def query(query):
        return {k: v[:10] if k.endswith("_date") else v for k, v in query.items()}

    assert examined(query=query).said("Bounds").startswith("The time of day is not looked at")


def rezoned(query, is_back):
    """Move the bounds from the zone asked for to London's clock, or from London's to it."""
    zones = [query.get("time_zone", LONDON), LONDON]
    source, target = reversed(zones) if is_back else zones
    for name in ("from_date", "to_date"):
        if has_seconds(query.get(name, "")):
            instant = clock.instant(datetime.strptime(query[name], WALL_FORMAT), source)
            query[name] = clock.wall(instant, target).strftime(WALL_FORMAT)
    return query


@pytest.mark.parametrize(
    ("query", "said"),
    [(without(), "It moves both the span that is asked for and the stamps."),
     (without("time_zone"), "It has no effect: the API keeps to the account's own clock."),
     (lambda q: without("time_zone")(rezoned(q, False)), "It moves the span that is asked for, and not the stamps."),
     (lambda q: rezoned(q, True), "It moves the stamps, and not the span that is asked for.")],
)  # fmt: skip
def test_what_time_zone_does(query, said):
    seen = examined(query=query)
    assert seen.said("time_zone").startswith(f"{said} [known] with Asia/Kolkata, 5 h 30 min ahead of")
    assert seen.said("Without time_zone").startswith("The stamps are the same. [known]")


def test_a_zone_that_is_refused():
    seen = examined(instead=refusing(lambda q: q.get("time_zone", LONDON) != LONDON))
    assert seen.said("time_zone").startswith("Its effect is refused. [not told]")


def test_every_zone_is_refused():
    seen = examined(instead=refusing(lambda q: "time_zone" in q))
    assert seen.said("time_zone").startswith(
        "Europe/London is refused, and callkit sends it with every question"
    )
    assert "status 400; without time_zone a page" in seen.said("time_zone")
    assert seen.said("Bounds").startswith("Both bounds are included.")
    assert sum("time_zone" in a.query for a in seen.asked) == 1


def test_the_account_s_own_clock():
    seen = examined(time_zone="Asia/Kolkata")
    assert "with America/New_York, 10 h 30 min behind Asia/Kolkata" in seen.said("time_zone")
    assert seen.said("Without time_zone").startswith(
        "The stamps are 5 h 30 min behind those with Asia/Kolkata."
    )


def test_the_writings_of_a_date():
    assert written(datetime(2026, 1, 5, 7), VENDOR) == "05-Jan-2026 07:00:00"
