"""What is proven of a day and stands in its tables: the statement, and statements as a frame."""

from collections.abc import Mapping
from datetime import date, datetime

import msgspec
import pandas as pd
from msgspec import Struct

from callkit.clock import days

ONCE_MORE = "a second read will tell"
UNREAD = f"could not be read; {ONCE_MORE}"


class Statement(Struct, frozen=True):
    """
    What a day's read proves, and what its tables hold.

    Parameters
    ----------
    day
        Date of the account's wall clock.
    announced, received
        Records the API announced, and records that came.
    duplicates, quarantined, kept, forgotten
        What became of them; they add up to `received`. Forgotten ones were taken out of the archive on request.
    n_pages, n_lines, n_unknown_lines, n_contradictions, n_assumed
        Pages read; flow lines, and those no grammar row fits; calls whose record speaks against its outcome, and
        calls whose outcome rests on assumed wording.
    n_timed, n_off_clock, off_by_s
        Calls whose start can be checked against the epoch in an id, those of them whose wall clock says another
        time, and by how many seconds most of these agree that it runs ahead of the configured zone.
    is_complete
        Whether the last read of the day proves that every call is here.
    doubt
        Why it does not, in words; empty where it does.
    read_until
        Moment of the wall clock up to which the day was read.
    fetched_at
        When that read began.
    sha256
        Hash of the pages' hashes.
    unknown_keys, unknown_lines
        How often each key the dialect does not know, and each line no grammar row fits, came up.
    raw, raw_bytes, fingerprint
        Newest raw file of the day when the tables were built, the size of all that were looked at, and the fingerprint
        they were built with.
    first_key, last_key
        Smallest and greatest call key; empty on a day without calls.
    """

    day: date
    announced: int = 0
    received: int = 0
    duplicates: int = 0
    quarantined: int = 0
    kept: int = 0
    forgotten: int = 0
    n_pages: int = 0
    n_lines: int = 0
    n_unknown_lines: int = 0
    n_contradictions: int = 0
    n_assumed: int = 0
    n_timed: int = 0
    n_off_clock: int = 0
    off_by_s: int = 0
    is_complete: bool = False
    doubt: str = "never fetched"
    read_until: datetime | None = None
    fetched_at: datetime | None = None
    sha256: str = ""
    unknown_keys: dict[str, int] = {}
    unknown_lines: dict[str, int] = {}
    raw: str = ""
    raw_bytes: int = 0
    fingerprint: str = ""
    first_key: str = ""
    last_key: str = ""

    @property
    def wants_a_second_read(self) -> bool:
        """Whether the last read may have been harmed on its way."""
        return self.doubt.endswith(ONCE_MORE)


def frame(known: Mapping[date, Statement], since: date, until: date) -> pd.DataFrame:
    """Return the statements of a span as `callkit.tables.store.statements` does."""
    rows = [_row(known.get(day, Statement(day))) for day in days(since, until)]
    table = pd.DataFrame(rows, columns=list(_row(Statement(since))))
    times = {"day": "datetime64[s]", "read_until": "datetime64[s]", "fetched_at": "datetime64[us, UTC]"}
    return table.astype({**times, "is_complete": bool})


def ahead_s(statements: pd.DataFrame) -> int:
    """Return by how many seconds most calls whose clock is off are ahead of the configured zone."""
    return int(statements.groupby("off_by_s")["n_off_clock"].sum().sort_values().index[-1])


def _row(statement: Statement) -> dict[str, object]:
    row = msgspec.structs.asdict(statement)
    for inner in ("raw", "raw_bytes", "fingerprint", "first_key", "last_key"):
        del row[inner]
    return row | {k: msgspec.json.encode(row[k]).decode() for k in ("unknown_keys", "unknown_lines")}
