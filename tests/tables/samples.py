"""Published answers of the platform as pages."""

from pathlib import Path

from callkit.dialects import RawPage
from callkit.tables.calls import Options
from callkit.tables.tidy import as_frame, build

FOLDER = Path(__file__).parents[1] / "samples"
INDIA = {"time_zone": "Asia/Kolkata", "country": "IN"}


def body(name):
    return (FOLDER / f"{name}.json").read_bytes()


def webhook(name):
    """Return call and events of one stored webhook."""
    return told(RawPage(body(f"webhook_{name}")), "webhook")


def record(name):
    """Return call and events of one record of GET /v1/call/records."""
    return told(RawPage(b'{"count":1,"results":[%s],"page":1}' % body(f"record_{name}")), "call_records")


def told(page, dialect):
    built = build([page], Options(dialect=dialect, **INDIA))
    assert (built.quarantined, built.unknown_keys, built.unknown_lines) == ([], {}, {})
    (one,) = as_frame(built.calls).to_dict("records")
    return one, as_frame(built.events)
