"""``GET /v1/call_report``: the request, the envelope of a page, and the fields of a record.

The vendor's page gives every number as text or number as it likes, names no date format and no order. What is sent
here is the account's wall clock, ``YYYY-MM-DD HH:MM:SS``, both bounds inclusive. The tables of kinds list a record's
fields in the order of the wire, which is the order the decoder is fastest in.
"""

import re
from datetime import datetime, timedelta
from typing import NamedTuple, NoReturn

import msgspec

from callkit.clock import WALL_FORMAT
from callkit.errors import PageError
from callkit.privacy import mask_numbers

PATH = "/v1/call_report"
LIMIT = 100
BOM = b"\xef\xbb\xbf"
_SURROGATES = re.compile(
    rb"\\\\|\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(?P<half>\\u[dD][89a-fA-F][\da-fA-F]{2})"
)

STATS = "call_stats"
ENVELOPE_KEYS = ("total_records", "filtered_records", "page_records", "page", "success", "message")
RECORD_KINDS = {
    "id": "text", STATS: "stats", "call_hint": "text", "source": "text", "destination": "text",
    "forward_to_number": "text", "reason_key": "text", "hangup_cause": "text", "date": "text",
    "recording_file_link": "text", "status": "text", "call_answered_by": "text", "service": "text",
}  # fmt: skip
STATS_KINDS = {
    "inbound_sec": "number", "outbound_sec": "number", "bill_sec": "number", "bill_calls": "number",
    "total_charges": "number", "connection_time": "text", "ring_time": "number", "answer_time": "number",
    "call_flow": "flow", "call_id": "text", "unique_id": "text", "call_date": "text", "call_duration": "number",
}  # fmt: skip


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


class Envelope(NamedTuple):
    """What a page says about itself; None where it does not, or not in a number."""

    total: int | None
    filtered: int | None
    on_page: int | None
    page: int | None
    n_records: int


def envelope(body: bytes) -> Envelope:
    """
    Read what a page says about itself.

    Raises
    ------
    PageError
        The answer is not JSON, is cut short, reports a failure, or has no list of records.
    """
    page = members(body)
    records = records_of(page)
    total, filtered, on_page, number = (_count(page.get(key)) for key in ENVELOPE_KEYS[:4])
    return Envelope(total, filtered, on_page, number, len(records))


def members(body: bytes) -> dict[str, msgspec.Raw]:
    """
    Return the members of a page, their values still as bytes.

    Raises
    ------
    PageError
        The answer is not a JSON object, or reports a failure.

    Notes
    -----
    Half a surrogate pair, as a cut emoji leaves it, is read as U+FFFD: it must not hold up a whole day.
    """
    body = body.removeprefix(BOM)
    try:
        page = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        mended = _SURROGATES.sub(lambda found: rb"\ufffd" if found["half"] else found[0], body)
        if mended != body:
            return members(mended)
        _refuse(body, error)
    if bytes(page.get("success", b"")).lower() in (b"false", b'"false"'):
        message = mask_numbers(bytes(page.get("message", b"no message")).decode("utf-8", "replace"))[:200]
        raise PageError(f"The API reports a failure: {message}; no record was read from this answer.")
    return page


def records_of(page: dict[str, msgspec.Raw]) -> list[msgspec.Raw]:
    """
    Return the records of a page as bytes; an object with index keys counts as a list.

    Raises
    ------
    PageError
        There is no list of records.
    """
    try:
        data = msgspec.json.decode(page["data"], type=list[msgspec.Raw] | dict[str, msgspec.Raw])
    except KeyError:
        keys = ", ".join(sorted(page)[:10]) or "none"
        raise PageError(f"The answer has no data (its keys: {keys}); check base_url and dialect.") from None
    except msgspec.MsgspecError as error:
        raise PageError(
            f"data of the answer is not a list of records ({error}); check the dialect."
        ) from error
    return list(data.values()) if isinstance(data, dict) else data


def _count(raw: msgspec.Raw | None) -> int | None:
    try:
        return None if raw is None else msgspec.json.decode(raw, type=int | None, strict=False)
    except msgspec.MsgspecError:
        return None


def _refuse(body: bytes, error: Exception) -> NoReturn:
    if not body.strip():
        raise PageError("The answer is empty; try again, and check base_url if it stays so.") from error
    if body.lstrip()[:1] == b"<":
        raise PageError("The answer is an HTML page, not JSON; check base_url.") from error
    size = f"{len(body):,} bytes"
    if body.lstrip()[:1] == b"{":
        raise PageError(
            f"The answer ({size}) is cut short or damaged JSON ({error}); fetch it again."
        ) from error
    raise PageError(f"The answer ({size}) is not a JSON object ({error}); check base_url.") from error
