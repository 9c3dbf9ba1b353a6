"""Records like that of the vendor's page, to change one thing in."""

import copy
import json

from callkit.dialects import RawPage

RECORD = {
    "id": 36671,
    "call_stats": {
        "inbound_sec": 0,
        "outbound_sec": 0,
        "bill_sec": 0,
        "bill_calls": 0,
        "total_charges": 0,
        "connection_time": "06:01:57",
        "ring_time": "4",
        "answer_time": "0",
        "call_flow": [
            "Call received on 4420XXXXX021 at 27-Mar-2020 06:01:57",
            " Call forwarded to Extension (TestUser1) at 27-Mar-2020 06:02:00",
            " Dialed Extension (TestUser1) at 27-Mar-2020 06:02:00",
            " Caller hanged up the call",
        ],
        "call_id": "15XXXXXX7.4XX0",
        "call_date": "2020-03-27",
        "call_duration": "4",
    },
    "call_hint": "inbound",
    "source": "000509030018",
    "destination": None,
    "forward_to_number": "4420XXXXX021 Extension (TestUser1)",
    "reason_key": "Channel not available",
    "hangup_cause": "Normal Clearing",
    "date": "27-Mar-2020 06:01:57",
    "recording_file_link": None,
    "status": "missed",
    "call_answered_by": "",
    "service": "Extension (TestUser1)",
}


def record(key="1", stats=(), **fields):
    """Return the record with another call id, and with other fields."""
    new = copy.deepcopy(RECORD) | fields
    if "call_stats" not in fields:
        new["call_stats"] |= {"call_id": f"1585288917.{key}"} | dict(stats)
    return new


def page(*records, fetched_at=None, source="", **members):
    """Return a page with these records."""
    envelope = {"total_records": str(len(records)), "filtered_records": str(len(records))}
    envelope |= {"page_records": str(len(records)), "page": "1", "data": list(records)}
    return RawPage(json.dumps(envelope | members).encode(), fetched_at, source)
