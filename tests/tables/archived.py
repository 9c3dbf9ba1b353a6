"""Days of records in the archive, as a sync leaves them."""

from datetime import UTC, date, datetime, timedelta

from callkit.dialects import RawPage
from callkit.fetch import archive
from callkit.fetch.windows import Window
from tests.fetch.answers import page

MONDAY = date(2026, 11, 16)
LATER = datetime(2026, 12, 1, 9, tzinfo=UTC)


def put(settings, day, records, moment=LATER, announced=None):
    """Archive a day's records, as a sync would."""
    start = datetime.combine(day, datetime.min.time())
    window = Window(day, start, start + timedelta(days=1), "new")
    return archive.write(
        settings, window, [RawPage(page(records, announced), moment, "page")], lambda: moment
    )
