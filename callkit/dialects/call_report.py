"""``GET /v1/call_report``: the request, and what a page and its records look like.

The vendor's page gives every number as text or number as it likes, names no date format and no order. What is sent
here is the account's wall clock, ``YYYY-MM-DD HH:MM:SS``, both bounds inclusive.
"""

from datetime import datetime, timedelta
from functools import partial

from callkit.clock import WALL_FORMAT
from callkit.dialects import pages
from callkit.dialects.pages import Layout

PATH = "/v1/call_report"
LIMIT = 100
SENDS_ZONE = True
LONGEST: timedelta | None = None  # the vendor names no longest span of one query
LOGIN_FIELD = "login_id"
LAYOUT = Layout(
    records="data",
    counts=("total_records", "filtered_records", "page_records", "page"),
    identity=("id", "call_stats"),
    kinds={
        "id": "text", "call_stats": "stats", "call_hint": "text", "source": "text", "destination": "text",
        "forward_to_number": "text", "reason_key": "text", "hangup_cause": "text", "date": "text",
        "recording_file_link": "text", "status": "text", "call_answered_by": "text", "service": "text",
    },
    stats={
        "inbound_sec": "number", "outbound_sec": "number", "bill_sec": "number", "bill_calls": "number",
        "total_charges": "number", "connection_time": "text", "ring_time": "number", "answer_time": "number",
        "call_flow": "lines", "call_id": "text", "unique_id": "text", "call_date": "text", "call_duration": "number",
    },
)  # fmt: skip


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
        IANA zone of the wall clock.
    limit
        Records a page, 1 to 100.
    **filters
        Further parameters of the vendor's page, such as ``did`` or ``call_status``.
    """
    last = until - timedelta(seconds=1)
    return {
        "from_date": since.strftime(WALL_FORMAT),
        "to_date": last.strftime(WALL_FORMAT),
        "time_zone": time_zone,
        "page": str(page),
        "limit": str(limit),
        **{name: str(value) for name, value in filters.items()},
    }


envelope = partial(pages.envelope, LAYOUT)
records = partial(pages.records, LAYOUT)
with_records = partial(pages.with_records, LAYOUT)
