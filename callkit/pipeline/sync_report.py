"""What a sync brought, in words: what was fetched, what became of every record, what is not proven."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import escape

import msgspec
import pandas as pd

from callkit.clock import offset_in_words
from callkit.fetch.windows import Window
from callkit.pipeline.wording import as_text, several
from callkit.privacy import mask_numbers
from callkit.tables.statement import ahead_s

_WHY = {
    "new": "new",
    "incomplete": "incomplete before",
    "pending": "read again, less than 48 hours past",
    "today": "today so far",
}
_FEW = 0.5  # share of calls whose clock is off below which a wrong zone is not the reason


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
    open_from
        First day whose calls may be going on still; it and later days cannot be complete yet.
    time_zone
        Zone the account's stamps were read in.
    fetched
        The windows that were fetched, and why.
    statements
        A row a day; see `callkit.tables.store.statements`. A day that could not be read says why in `doubt`.
    """

    account: str
    since: date
    until: date
    open_from: date
    time_zone: str
    fetched: tuple[Window, ...] = field(repr=False)
    statements: pd.DataFrame = field(repr=False)

    @property
    def ended(self) -> pd.DataFrame:
        """The statements of the days that had ended, with all their calls."""
        return self.statements[self.statements["day"] < pd.Timestamp(self.open_from)]

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
        parts = " + ".join(several(sums[name], word) for name, word in fates)
        parts += f" + {sums['forgotten']:,} forgotten on request" if sums["forgotten"] else ""
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
                ("Assumed", f"The outcome of {several(sums['n_assumed'], 'call')} rests on assumed wording.")
            )
        if clock := self._clock():
            lines.append(("Clock", clock))
        unknown = _added(self.statements["unknown_keys"])
        if unknown:
            listed = ", ".join(
                f"{repr(mask_numbers(key))[1:-1]} ({n:,})" for key, n in sorted(unknown.items())
            )
            lines.append(("Unknown fields", f"{listed}."))
        return lines

    def __str__(self) -> str:
        return as_text(self.lines())

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
        return f"{several(len(reasons), 'day')} ({', '.join(parts)}).{until}"

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
        more = f", and {several(len(doubtful) - 1, 'day')} more" if len(doubtful) > 1 else ""
        return f"no: {first['day']:%Y-%m-%d} ({first['doubt']}){more}; sync again."

    def _clock(self) -> str:
        """Say that the configured zone is wrong, where the epochs in the calls' ids say so."""
        off = self.statements[self.statements["n_off_clock"] > _FEW * self.statements["n_timed"]]
        if not len(off):
            return ""
        n, n_timed = int(off["n_off_clock"].sum()), int(off["n_timed"].sum())
        by = offset_in_words(ahead_s(off))
        said = f"the ids of {n:,} of {several(n_timed, 'call')} put the account's clock {by} {self.time_zone}"
        return f"{said}; check the setting time_zone, then sync again."


def _added(texts: "pd.Series[str]") -> Counter[str]:
    total: Counter[str] = Counter()
    for text in texts:
        total.update(msgspec.json.decode(text, type=dict[str, int]))
    return total
