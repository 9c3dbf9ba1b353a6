"""Bring an account up to date: fetch the days that are wanting, archive them, build their tables, prove them."""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from html import escape

import msgspec
import pandas as pd
from tqdm import tqdm

from callkit import clock
from callkit.errors import UsageError
from callkit.fetch import archive
from callkit.fetch.client import Client
from callkit.fetch.windows import Known, Window, wanting
from callkit.privacy import mask_numbers
from callkit.settings import Settings
from callkit.tables.days import clear_left_overs, rebuild, refresh
from callkit.tables.statement import frame

log = logging.getLogger("callkit")


@dataclass(frozen=True)
class SyncReport:
    """
    What a sync fetched, and for each day of the span whether it is complete.

    Parameters
    ----------
    account
        The account.
    since, until
        First day, and the day after the last one.
    today
        Date of the account's wall clock when the sync began; it and later days cannot be complete yet.
    fetched
        The windows that were fetched, and why.
    statements
        A row a day; see `callkit.tables.store.statements`.
    """

    account: str
    since: date
    until: date
    today: date
    fetched: tuple[Window, ...] = field(repr=False)
    statements: pd.DataFrame = field(repr=False)

    @property
    def ended(self) -> pd.DataFrame:
        """The statements of the days that had ended."""
        return self.statements[self.statements["day"] < pd.Timestamp(self.today)]

    @property
    def is_complete(self) -> bool:
        """Whether every day of the span that had ended is proven complete."""
        return bool(self.ended["is_complete"].all())

    @property
    def totals(self) -> dict[str, int]:
        """Sums over the span: announced, received, duplicates, quarantined, kept, pages, lines and what was odd."""
        numbers = self.statements.select_dtypes("integer").sum()
        return {str(name): int(number) for name, number in numbers.items()}

    def lines(self) -> list[tuple[str, str]]:
        """Return the report as pairs of a heading and a sentence."""
        sums = self.totals
        last = self.until - timedelta(days=1)
        fates = (("kept", "call"), ("duplicates", "duplicate"), ("quarantined", "unreadable record"))
        parts = " + ".join(_several(sums[name], word) for name, word in fates)
        lines = [
            ("Account", f"{self.account}, {self.since} to {last}."),
            ("Fetched", self._fetched()),
            ("Records", f"{sums['received']:,} received = {parts}."),
            ("Complete", self._complete()),
            (
                "Flow lines",
                f"{sums['n_lines']:,}, of which {sums['n_unknown_lines']:,} without a fitting row of the grammar.",
            ),
        ]
        if sums["n_assumed"]:
            lines.append(
                ("Assumed", f"The outcome of {_several(sums['n_assumed'], 'call')} rests on assumed wording.")
            )
        unknown = _added(self.statements["unknown_keys"])
        if unknown:
            listed = ", ".join(
                f"{repr(mask_numbers(key))[1:-1]} ({n:,})" for key, n in sorted(unknown.items())
            )
            lines.append(("Unknown fields", f"{listed}."))
        return lines

    def __str__(self) -> str:
        return "\n".join(f"{heading + ':':<12} {text}" for heading, text in self.lines())

    def _repr_html_(self) -> str:
        rows = (f"<tr><th scope='row'>{escape(h)}</th><td>{escape(t)}</td></tr>" for h, t in self.lines())
        return f"<table><caption>Sync</caption><tbody>{''.join(rows)}</tbody></table>"

    def _fetched(self) -> str:
        if not self.fetched:
            return "nothing, all days were here."
        reasons = [window.why for window in self.fetched]
        parts = [f"{reasons.count(why)} {words}" for why, words in _WHY.items() if why in reasons]
        today = [window for window in self.fetched if window.why == "today"]
        until = f" Today is read up to {today[0].until:%H:%M}." if today else ""
        return f"{_several(len(reasons), 'day')} ({', '.join(parts)}).{until}"

    def _complete(self) -> str:
        ended = self.ended
        doubtful = ended[~ended["is_complete"]]
        if not len(ended):
            return "no day of the span has ended yet."
        if not len(doubtful):
            days = (
                "the 1 day that has ended" if len(ended) == 1 else f"all {len(ended):,} days that have ended"
            )
            return f"{days} brought as many records as announced."
        first = doubtful.iloc[0]
        more = f", and {_several(len(doubtful) - 1, 'day')} more" if len(doubtful) > 1 else ""
        return f"no: {first['day']:%Y-%m-%d} ({first['doubt']}){more}; sync again."


_WHY = {
    "new": "new",
    "incomplete": "incomplete before",
    "pending": "read again, less than 48 hours past",
    "today": "today so far",
}


def sync(
    settings: Settings,
    since: date,
    until: date,
    *,
    progress: bool | None = None,
    client: Client | None = None,
    now: Callable[[], datetime] = clock.now,
) -> SyncReport:
    """
    Fetch the days of a span that are wanting, archive them as received and bring the tables up to date.

    Each day is archived before it is parsed, and done when its tables stand; an error leaves all days before it done.

    Parameters
    ----------
    settings
        The account.
    since, until
        First day, and the day after the last one.
    progress
        Show a progress bar; default: on a terminal only.
    client
        Client to fetch with; default: one made from the settings.
    now
        Gives the present instant.

    Raises
    ------
    SettingsError
        The account has no key; nothing was written.
    UsageError
        The span is empty, or lies ahead.
    FetchError
        The API could not be read.
    ArchiveError
        A raw file that is needed is damaged.
    LockedError
        Another sync of this account is running.
    """
    settings.require_key()
    today = clock.wall(now(), settings.time_zone).date()
    _require_span(since, until, today)
    with archive.lock(settings), client or Client(settings) as source:
        clear_left_overs(settings)
        statements = refresh(settings, since, until)
        known = {day: Known(s.fetched_at, s.is_complete) for day, s in statements.items() if s.fetched_at}
        reads = archive.files(settings, since, until)
        windows = wanting(since, until, known, now(), settings.time_zone)
        hidden = None if progress is None else not progress
        for window in tqdm(
            windows, desc=f"Fetching {settings.account}", unit="day", disable=hidden, leave=False
        ):
            log.info("Fetching %s (%s).", window.day, window.why)
            file = archive.write(settings, window, source.pages(window.since, window.until), now)
            reads.setdefault(window.day, []).append(file)
            statements[window.day] = rebuild(settings, window.day, reads[window.day])
    return SyncReport(settings.account, since, until, today, tuple(windows), frame(statements, since, until))


def _require_span(since: date, until: date, today: date) -> None:
    if since > today:
        message = f"since {since} lies ahead: today is {today}, and calls are fetched once they are made."
        raise UsageError(message)
    if not since < until:
        raise UsageError(f"since {since} is not before until {until}; until is the day after the last one.")


def _several(n: int, word: str) -> str:
    return f"{n:,} {word}" if n == 1 else f"{n:,} {word}s"


def _added(texts: "pd.Series[str]") -> Counter[str]:
    total: Counter[str] = Counter()
    for text in texts:
        total.update(msgspec.json.decode(text, type=dict[str, int]))
    return total
