"""Stored webhooks: one object, an array of them, or JSONL, a webhook a line.

The vendor sends a webhook at each stage of a call and fills a template that its user makes, so that a field may be
missing, empty, or the template's own ``$variable``. Webhooks are not fetched: they are read from files.
"""

from msgspec import Raw, json

from callkit.dialects.pages import BOM, UNREADABLE, Layout, mended
from callkit.errors import PageError


def records(body: bytes) -> list[Raw]:
    """
    Return the webhooks of a file as bytes; in JSONL a line that is not JSON is one of them.

    Raises
    ------
    PageError
        An array is cut short or damaged.
    """
    body = body.removeprefix(BOM).strip()
    try:
        if body[:1] == b"[":
            return json.decode(body, type=list[Raw])
        return [json.decode(body, type=Raw)] if body else []
    except UNREADABLE as error:
        if (whole := mended(body)) != body:
            return records(whole)
        if body[:1] == b"[":
            raise PageError(f"The array of webhooks is cut short or damaged JSON ({error}).") from error
    return [Raw(line) for line in body.splitlines() if line.strip()]


LAYOUT = Layout(
    records="webhooks",
    counts=("", "", "", ""),
    split=records,
    kinds={
        "uuid": "text", "call_to_number": "text", "caller_id_number": "text", "start_stamp": "text",
        "answer_stamp": "unused", "end_stamp": "text", "billsec": "number", "digits_dialed": "unused",
        "direction": "text", "duration": "unused", "answered_agent": "json", "answered_agent_name": "text",
        "answered_agent_number": "json", "answer_agent_number": "unused", "missed_agent": "unused",
        "call_flow": "steps", "broadcast_lead_fields": "unused", "recording_url": "text", "recording_name": "unused",
        "call_status": "text", "status": "text", "call_id": "text", "outbound_sec": "number",
        "agent_ring_time": "number", "agent_transfer_ring_time": "unused", "customer_ring_time": "unused",
        "billing_circle": "unused", "call_connected": "unused", "aws_call_recording_identifier": "unused",
        "customer_no_with_prefix ": "text", "customer_number_with_prefix": "text", "did_number": "text",
        "campaign_name": "unused", "campaign_id": "unused", "reason_key": "text", "hangup_cause": "text",
        "hangup_cause_description": "text", "hangup_cause_code": "unused", "hangup_cause_key": "text",
        "ref_id": "unused", "custom_identifier": "unused",
    },
)  # fmt: skip
