"""``GET /v1/call/records``: the request, and what a page and its records look like.

The API of newer UK accounts and of the same platform elsewhere: flat records, and a flow of objects. It has no
parameter for the zone. Its ``size`` is not to be trusted, so that only ``count`` is read. One query spans a month at
most.
"""

from datetime import datetime, timedelta
from functools import partial

from callkit.clock import WALL_FORMAT
from callkit.dialects import pages
from callkit.dialects.pages import Layout
from callkit.errors import UsageError
from callkit.privacy import masked

PATH = "/v1/call/records"
LIMIT = 100
SENDS_ZONE = False
LONGEST: timedelta | None = timedelta(days=28)
LOGIN_FIELD = "email"
LAYOUT = Layout(
    records="results",
    counts=("count", "count", "", "page"),
    others=("limit", "size", "status", "trace_id"),
    identity=("call_id", "id"),
    kinds={
        "id": "text", "call_id": "text", "uuid": "text", "direction": "text", "call_hint": "unused",
        "description": "unused", "detailed_description": "unused", "status": "text", "blocked_number_id": "unused",
        "recording_url": "text", "service": "text", "date": "text", "time": "text", "end_stamp": "text",
        "broadcast_id": "unused", "dtmf_input": "unused", "call_duration": "number", "answered_seconds": "number",
        "minutes_consumed": "unused", "charges": "number", "department_name": "unused", "agent_number": "text",
        "agent_number_with_prefix": "unused", "agent_name": "text", "client_number": "text", "did_number": "text",
        "caller_id_num": "unused", "reason": "text", "hangup_cause": "text", "notes": "unused",
        "contact_details": "unused", "missed_agents": "unused", "call_flow": "steps", "accountid": "unused",
        "agent_ring_time": "number", "circle": "unused", "billing_circle": "unused", "agent_hangup_data": "unused",
        "transfer_missed_agent": "unused", "lead_id": "unused", "support_api_call": "unused", "sid": "unused",
        "sname": "unused", "is_incoming_from_broadcast": "unused", "sip_agent_ids": "unused",
        "dialer_call_details": "unused", "custom_status": "unused", "is_whatsapp": "unused", "lead_data": "unused",
        "voicemail_recording": "flag", "aws_call_recording_identifier": "unused", "call_tags": "unused",
    },
)  # fmt: skip
_NAMES = {
    "did": "did_number", "src_num": "callerid", "call_id": "callerid", "dest_num": "destination",
    "call_status": "call_type", "call_duration": "duration", "operator": "operator",
}  # fmt: skip
_TYPES = {"answered": "c", "missed": "m"}


def query(
    since: datetime, until: datetime, page: int, *, time_zone: str, limit: int = LIMIT, **filters: object
) -> dict[str, str]:
    """
    Return the parameters that ask for one page of a window of calls.

    Parameters
    ----------
    since, until
        Start of the window and the moment after its end, on the account's wall clock.
    page
        Number of the page, from 1.
    time_zone
        IANA zone of the wall clock; it is not sent.
    limit
        Records a page, 1 to 100.
    **filters
        Further parameters under the names that call_report has for them, such as ``did`` or ``call_status``.

    Raises
    ------
    UsageError
        There is no such filter here, or two of them ask for different callers.
    """
    del time_zone  # the vendor has no parameter for it: stamps are the account's wall clock
    asked: dict[str, str] = {}
    for name, value in filters.items():
        theirs, wanted = _filter(name, str(value))
        if asked.setdefault(theirs, wanted) != wanted:
            raise UsageError(
                f"src_num and call_id name two callers ({masked(asked[theirs])}; {masked(wanted)}); give one of them."
            )
    return {
        "from_date": since.strftime(WALL_FORMAT),
        "to_date": (until - timedelta(seconds=1)).strftime(WALL_FORMAT),
        "page": str(page),
        "limit": str(limit),
        **asked,
    }


def _filter(name: str, value: str) -> tuple[str, str]:
    if name not in _NAMES:
        raise UsageError(f"dialect call_records has no filter {name!r}; it has {', '.join(_NAMES)}.")
    if name == "call_status":
        if value.lower() not in _TYPES:
            raise UsageError(f"call_status {value!r} is not one call_records has; write answered or missed.")
        value = _TYPES[value.lower()]
    return _NAMES[name], value


envelope = partial(pages.envelope, LAYOUT)
records = partial(pages.records, LAYOUT)
with_records = partial(pages.with_records, LAYOUT)
