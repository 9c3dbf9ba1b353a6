"""The table of faults: what an API and the network before it do wrong, each with a name and what it makes of an answer.

None of them lies so that nobody could know: whatever is left out of a window or announced beside the truth, some other
page or the count of records speaks against it.
"""

import random
from collections.abc import Callable, Mapping
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import msgspec

from callkit.sandbox.pages import Answer

Apply = Callable[[Answer, random.Random], bool | None]  # False where it does not concern this answer

_HTML = b"<!DOCTYPE html><html><head><title>Maintenance</title></head><body>We are back soon.</body></html>"
_NO_RECORDS = (b'"not a record"', b"null", b"7", b"[]")


def _refuse(status: int, content: Mapping[str, Any] | bytes, retry_after: str = "") -> Apply:
    def apply(answer: Answer, _: random.Random) -> None:
        answer.status = status
        answer.body = content if isinstance(content, bytes) else msgspec.json.encode(content)
        if retry_after:
            soon = format_datetime((answer.moment + timedelta(seconds=4)).replace(microsecond=0), usegmt=True)
            answer.headers["retry-after"] = soon if retry_after == "date" else retry_after

    return apply


def _deliver(how: str) -> Apply:
    def apply(answer: Answer, _: random.Random) -> None:
        answer.delivery = how

    return apply


def _failed(message: str) -> dict[str, str]:
    return {"success": "false", "message": message}


def _empty_page(answer: Answer, _: random.Random) -> bool:
    answer.edits.append(lambda _: [])
    return bool(answer.rows)


def _fewer(answer: Answer, _: random.Random) -> bool:
    answer.limit = max(1, answer.limit // 3)
    return len(answer.rows) > answer.limit


def _all(answer: Answer, _: random.Random) -> bool:
    answer.limit, before = max(answer.limit, len(answer.rows)), answer.limit
    return answer.limit > before


def _page_ignored(answer: Answer, _: random.Random) -> bool:
    answer.page, before = 1, answer.page
    return before > 1


def _page_twice(answer: Answer, _: random.Random) -> bool:
    answer.page, before = max(1, answer.page - 1), answer.page
    return before > 1


def _arrival(answer: Answer, rng: random.Random) -> bool:
    """Leave the newest records out of the first pages: they arrive while the others are read, and rows shift."""
    later = answer.rows[rng.randint(1, 3) :]
    if answer.page > rng.randint(1, 3) or answer.page * answer.limit >= len(later):
        return False  # only where a page follows on which they are counted
    answer.rows = later
    return True


def _departure(answer: Answer, rng: random.Random) -> bool:
    """Leave a record out of the later pages: it is gone while the others are read, and rows shift the other way."""
    if answer.page == 1 or not answer.rows:
        return False
    answer.rows.pop(rng.randrange(len(answer.rows)))
    return True


def _exchange(answer: Answer, rng: random.Random) -> bool:
    """Have the newest record arrive and another go while a window is read once: the count stands still."""
    gone = rng.randint(1, answer.limit)
    if answer.n_reads > 2 or gone >= len(answer.rows) - 1 or len(answer.rows) - 1 <= answer.limit:
        return False  # only where another page follows
    answer.rows.pop(0 if answer.page == answer.n_reads == 1 else gone)
    return True


def _miscount(answer: Answer, rng: random.Random) -> bool:
    """Announce more than there are, or on later pages fewer."""
    answer.n_more += rng.choice((-2, -1, 1, 2)) if answer.page > 1 else rng.randint(1, 2)
    return answer.is_page


def _unsettled(answer: Answer, _: random.Random) -> bool:
    """Send records as they are at hang-up: without the recording and the notes that follow."""
    late = dict.fromkeys(("recording_file_link", "recording_url", "notes"))
    answer.edit(lambda record: record | {name: None for name in late if name in record})
    return bool(answer.rows)


def _repeat(answer: Answer, rng: random.Random) -> bool:
    """Send one record in the place of another one of the page."""

    def edit(rows: list[bytes]) -> list[bytes]:
        if len(rows) > 1:
            kept, lost = rng.sample(range(len(rows)), 2)
            rows[lost] = rows[kept]
        return rows

    answer.edits.append(edit)
    return len(answer.rows) > 1


def _garbled(answer: Answer, rng: random.Random) -> bool:
    """Send something that is no record in the place of one of the page."""
    place, odd = rng.random(), rng.choice(_NO_RECORDS)
    answer.edits.append(lambda rows: [odd if n == int(place * len(rows)) else r for n, r in enumerate(rows)])
    return bool(answer.rows)


def _unknown_key(answer: Answer, rng: random.Random) -> bool:
    name = rng.choice(("mood", "sentiment_score", "x_trace"))
    answer.edit(lambda record: record | {name: "good"})
    return bool(answer.rows)


def _stray(answer: Answer, rng: random.Random) -> bool:
    """Add something that is no record, and count it."""
    if not answer.is_page or not answer.is_whole:
        return False  # it would make up for a record that is missing
    odd = rng.choice(_NO_RECORDS)
    answer.edits.append(lambda rows: [*rows, odd])
    answer.n_more += 1
    return True


FAULTS: Mapping[str, Apply] = {  # those that strike one answer together do so in this order
    "unauthorized": _refuse(401, _failed("Unauthorized")),
    "forbidden": _refuse(403, _failed("Forbidden")),
    "gateway": _refuse(403, {"message": "Missing Authentication Token"}),
    "too_many": _refuse(429, _failed("Too many requests.")),
    "too_many_seconds": _refuse(429, _failed("Too many requests."), retry_after="3"),
    "too_many_date": _refuse(429, _failed("Too many requests."), retry_after="date"),
    "error_500": _refuse(500, _failed("500 response")),
    "error_502": _refuse(502, _HTML),
    "error_503": _refuse(503, b""),
    "slow": _deliver("never"),
    "reset_before": _deliver("reset before"),
    "reset_within": _deliver("reset within"),
    "cut_short": _deliver("cut short"),
    "html": _refuse(200, _HTML),
    "not_json": _refuse(200, b"OK"),
    "empty": _refuse(200, b""),
    "failure": _refuse(200, _failed("Something went wrong")),
    "empty_page": _empty_page,
    "fewer": _fewer,
    "all": _all,
    "page_ignored": _page_ignored,
    "page_twice": _page_twice,
    "arrival": _arrival,
    "departure": _departure,
    "exchange": _exchange,
    "miscount": _miscount,
    "unsettled": _unsettled,
    "repeat": _repeat,
    "garbled": _garbled,
    "unknown_key": _unknown_key,
    "stray": _stray,
}
