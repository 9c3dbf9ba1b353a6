"""What the doctor says of the records that came: the clock in their ids, what cannot be read, steps unknown."""

import json
import re
import tomllib
from datetime import UTC, datetime, timedelta

import pytest

from callkit.dialects import dialect
from callkit.pipeline.examination.calls import calls, moment
from tests.pipeline.variations import NOW, examined, without

REPORT, RECORDS = "call_report", "call_records"


@pytest.mark.parametrize("name", [REPORT, RECORDS])
def test_the_configured_zone_is_right(name):
    seen = examined(dialect=name)
    assert seen.said("Clock").startswith(
        "The stamps are UTC+0, as Europe/London has it. [known] call_id: UTC+0 in 569"
    )
    assert ("uuid: UTC+0 in 569, UTC+1 in 31 of 600 calls; id: " in seen.said("Clock")) is (name == RECORDS)
    assert "would fit" not in seen.said("Clock")


@pytest.mark.parametrize(
    ("zone", "by"), [("Asia/Kolkata", "5 h 30 min behind"), ("America/New_York", "5 h ahead of")]
)
def test_a_wrong_zone(zone, by):
    for change in ({"dialect": RECORDS}, {"query": without("time_zone")}):
        seen = examined(time_zone=zone, **change)
        assert seen.said("Clock").startswith(
            f"The stamps are UTC+0, {by} time_zone {zone}; Europe/London would fit. [known]"
        )
        assert f'time_zone = "Europe/London"  # the stamps are {by} {zone}' in seen.diagnosis.toml()


def test_the_zone_of_the_country_comes_first():
    seen = examined(query=lambda q: {**q, "time_zone": "Asia/Kolkata"}, country="IN")
    assert "5 h 30 min ahead of time_zone Europe/London; Asia/Kolkata would fit." in seen.said("Clock")
    assert 'time_zone = "Asia/Kolkata"' in seen.diagnosis.toml()


def test_a_zone_nobody_thought_of():
    seen = examined(query=lambda q: {**q, "time_zone": "Asia/Kathmandu"})
    assert "The stamps are UTC+5:45, 5 h 45 min ahead of time_zone Europe/London; none" in seen.said("Clock")
    assert "time_zone" not in seen.diagnosis.toml()


def anonymous(page, _):
    for n, record in enumerate(page.get("data", [])):
        record["call_stats"] = {
            **record["call_stats"],
            "call_id": f"call-{record['id']}-{n}",
            "unique_id": None,
        }
    return page


def test_ids_without_epochs():
    seen = examined(body=anonymous)
    assert seen.said("Clock").startswith(
        "The ids hold no epochs that go with the stamps, so that the zone cannot"
    )
    assert seen.diagnosis.found("Clock").sure == "not told"


def test_few_calls_in_one_season():
    def body(page, _):
        return {**page, "filtered_records": "3", "data": page["data"][:3]} if "data" in page else page

    seen = examined(body=body)
    assert seen.diagnosis.found("Clock").sure == "likely"
    assert "UTC would fit too" in seen.said("Clock")


def test_epochs_hidden_in_ids():
    record = {"id": "66339a44c0ffee0123456789", "uuid": "66339a0bf4240", "call_id": "h3.08-1714657803.2156835",
              "date": "2024-05-02", "time": "19:20:03", "end_stamp": "2024-05-02 19:20:55", "direction": "inbound",
              "client_number": "+447700900123"}  # fmt: skip
    (call,) = calls(json.dumps({"results": [record]}).encode(), dialect(RECORDS))
    assert call.epochs == {"call_id": 1714657803, "uuid": 1714657803, "id": 1714657860}
    assert call.wall == datetime(2024, 5, 2, 19, 20, 3)
    assert call.number == "+447700900123"
    started = datetime.fromtimestamp(call.epochs["call_id"], UTC).replace(tzinfo=None)
    assert call.wall - started == timedelta(hours=5, minutes=30)


@pytest.mark.parametrize("text", ["", "yesterday", "16/11/2026 09:00", "99-Nov-2026 09:00:00"])
def test_stamps_that_cannot_be_read(text):
    assert moment(text) is None


def odd_lines(page, _):
    """Write two kinds of lines as nobody knows them, one with a name in it."""
    text = json.dumps(page)
    text = text.replace("Call answered by Extension (", "Call picked up at the desk of Extension (")
    return re.sub(r"Dialed Extension \((\d+)\)", r"Ringing Harvey Miles on 07700900\1", text).encode()


def test_unknown_lines():
    seen = examined(body=odd_lines)
    assert re.match(
        r"[\d,]+ of [\d,]+ \(\d\d%\) fit no row of the grammar; rows for them stand below. \[known\] [\d,]+ steps of",
        seen.said("Flow"),
    )
    toml = seen.diagnosis.toml()
    assert tomllib.loads(toml.replace('# step = "…"', 'step = "dialed"'))["grammar"][0] == {
        "pattern": r"Ringing\s+(?P<target_name>.+?)\s+on\s+(?P<number>.+?)", "step": "dialed",
    }  # fmt: skip
    assert (
        r"Call\s+picked\s+up\s+at\s+the\s+desk\s+of\s+(?P<kind>Extension)\s*\((?P<target_name>.*)\)" in toml
    )
    assert not re.search(r"Harvey|Miles|07700900|Amira", seen.text)


def odd_objects(page, _):
    return json.dumps(page).replace('"type": "Department"', '"type": "Skill+Pool"').encode()


def test_unknown_objects():
    seen = examined(dialect=RECORDS, body=odd_objects)
    assert "type = 'Skill+Pool'" in seen.diagnosis.toml()
    assert "fit no row of the grammar" in seen.said("Flow")


def damaged(page, _):
    for record in page.get("data", [])[::2]:
        record["call_stats"] = "gone"
    for record in page.get("data", [])[1::2]:
        record["mood of 07700900123"] = "fair"
    return page


def test_records_that_cannot_be_read_and_keys_unknown():
    seen = examined(body=damaged)
    assert re.match(r"300 of 600 \(50%\) cannot be read. Keys that callkit does not know: mood of …123 \(300\).",
                    seen.said("Records"))  # fmt: skip
    usual = examined()
    assert usual.said("Records").startswith(
        "Every record can be read. No key is unknown. [known] 600 records, 0 of"
    )


def test_dates_that_no_table_can_be_built_from():
    def body(page, _):
        for record in page.get("data", []):
            record["date"] = "sixteenth of November"
            record["call_stats"].update(call_date="", connection_time="")
        return page

    seen = examined(body=body)
    assert seen.diagnosis.exit_code == 0
    assert seen.diagnosis.found("Sample").sure == "not told"
    assert "cannot be read" in seen.said("Records")


def test_the_calls_of_today_are_not_asked_for():
    seen = examined()
    asked = [a.query["to_date"][:10] for a in seen.asked if a.query.get("to_date", "x")[4:5] == "-"]
    assert max(asked) < NOW.date().isoformat()
