"""The Anonymous Bank's real calls of January and February 1999, written as call_report pages.

Each row becomes the record a phone system would have told of it: menu, queue and agent as flow lines, talk seconds as
answer_time. The traps of the data are met so: PHANTOM rows are left out; a HANG with no queue time left in the menu,
even where a queue start is noted; a negative menu time counts as none; a HANG is never given talk seconds; the key is
the row, as call_id repeats. A customer number is not a phone number and is told as ``customer 9664491``.

``python -m tests.reference.bank`` archives the pages of January and builds the tables of its account.
"""

import csv
import gzip
import json
from calendar import month_abbr
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from callkit.clock import midnight
from callkit.dialects import RawPage
from callkit.fetch import archive
from callkit.fetch.windows import Window
from callkit.settings import Settings
from callkit.tables.upkeep import refresh

FOLDER = Path(__file__).parents[2] / "data" / "samples" / "anonymous_bank"
PUBLISHED = datetime(2000, 2, 9, tzinfo=UTC)
FIRST, AFTER = date(1999, 1, 1), date(1999, 2, 1)
MONTHS = {"january": (FIRST, AFTER), "february": (AFTER, date(1999, 3, 1))}
DID = "442079460999"
PAGE = 100


class Row(NamedTuple):
    """One call of the published table."""

    number: int
    start: datetime
    menu_s: int
    queue_s: int
    talk_s: int
    outcome: str
    kind: str
    customer: str
    server: str


def rows(month: str = "january") -> Iterator[Row]:
    """Yield the calls of a month, PHANTOM rows left out."""
    with gzip.open(FOLDER / f"{month}.txt.gz", "rt", encoding="ascii", newline="") as file:
        for number, row in enumerate(csv.DictReader(file, delimiter="\t"), 1):
            if row["outcome"] == "PHANTOM":
                continue
            start = datetime.strptime(f"19{row['date']} {row['vru_entry']}", "%Y%m%d %H:%M:%S")
            menu_s = max(int(row["vru_time"]), 0)
            talk_s = int(row["ser_time"]) if row["outcome"] == "AGENT" else 0
            customer = "" if row["customer_id"] == "0" else f"customer {row['customer_id']}"
            yield Row(
                number,
                start,
                menu_s,
                int(row["q_time"]),
                talk_s,
                row["outcome"],
                row["type"],
                customer,
                row["server"],
            )


def record(row: Row) -> dict[str, Any]:
    """Return the call_report record of a call."""
    answered = row.outcome == "AGENT"
    duration = row.menu_s + row.queue_s + row.talk_s
    epoch = int((row.start - datetime(1970, 1, 1)).total_seconds()) - 2 * 3600  # Israel's winter time
    return {
        "id": row.number,
        "call_stats": {
            "inbound_sec": duration,
            "outbound_sec": row.talk_s,
            "bill_sec": 0,
            "bill_calls": "0",
            "total_charges": "0",
            "connection_time": f"{row.start:%H:%M:%S}",
            "ring_time": str(row.menu_s + row.queue_s),
            "answer_time": str(row.talk_s),
            "call_flow": flow(row),
            "call_id": f"{epoch}.{row.number}",
            "call_date": f"{row.start:%Y-%m-%d}",
            "call_duration": str(duration),
        },
        "call_hint": "inbound",
        "source": row.customer,
        "destination": None,
        "forward_to_number": None,
        "reason_key": "",
        "hangup_cause": "Normal Clearing",
        "date": _stamp(row.start),
        "recording_file_link": None,
        "status": "answered" if answered else "missed",
        "call_answered_by": row.server if answered else "",
        "service": f"Call Queue ({row.kind})"
        if answered or row.queue_s
        else "Virtual Receptionist (Voice response unit)",
    }


def flow(row: Row) -> list[str]:
    """Return the flow lines of a call."""
    queued = row.start + timedelta(seconds=row.menu_s)
    lines = [
        f"Call received on {DID} at {_stamp(row.start)}",
        f" Call forwarded to Virtual Receptionist (Voice response unit) at {_stamp(row.start)}",
    ]
    if row.queue_s or row.outcome == "AGENT":
        lines.append(f" Call forwarded to Call Queue ({row.kind}) at {_stamp(queued)}")
    if row.outcome == "AGENT":
        answer = queued + timedelta(seconds=row.queue_s)
        lines.append(f" Call answered by Extension ({row.server}) at {_stamp(answer)}")
    return [*lines, " Caller hanged up the call"]


@cache
def pages(month: str = "january") -> dict[date, list[bytes]]:
    """Return the pages of each day of a month, as the API would send them; a day without calls has one empty page."""
    first, after = MONTHS[month]
    days: dict[date, list[dict[str, Any]]] = {
        first + timedelta(days=n): [] for n in range((after - first).days)
    }
    for row in rows(month):
        days[row.start.date()].append(record(row))
    return {
        day: [_page(records, n) for n in range(max(1, -(-len(records) // PAGE)))]
        for day, records in days.items()
    }


def _page(records: list[dict[str, Any]], index: int) -> bytes:
    part = records[index * PAGE : (index + 1) * PAGE]
    envelope = {"total_records": len(records), "filtered_records": len(records), "page_records": len(part)}
    texts = {name: str(count) for name, count in envelope.items()} | {"page": str(index + 1)}
    return json.dumps({**texts, "data": part}).encode()


def _stamp(moment: datetime) -> str:
    return f"{moment.day:02d}-{month_abbr[moment.month]}-{moment:%Y %H:%M:%S}"


def store(settings: Settings) -> None:
    """Archive the days that are not there yet, as if they had been fetched on the day of publication, and build."""
    with archive.lock(settings):
        there = archive.files(settings)
        for day, bodies in pages().items():
            if day not in there:
                window = Window(day, midnight(day), midnight(day + timedelta(days=1)), "new")
                archive.write(
                    settings, window, [RawPage(body, PUBLISHED) for body in bodies], lambda: PUBLISHED
                )
        refresh(settings)


if __name__ == "__main__":
    store(Settings.load(FOLDER / "callkit.toml"))
