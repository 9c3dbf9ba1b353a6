"""Build the tables of days anew from raw, whatever they hold now."""

from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import partial

from tqdm import tqdm

from callkit.errors import NoDataError
from callkit.fetch import archive
from callkit.pipeline.wording import as_text, several, span
from callkit.settings import Settings
from callkit.tables.days import clear_left_overs
from callkit.tables.statement import Statement
from callkit.tables.upkeep import rebuilt


@dataclass(frozen=True)
class Rebuilt:
    """
    What was built.

    Parameters
    ----------
    account
        The account.
    days
        Days whose tables were built.
    n_calls, n_lines
        Calls and flow lines in them.
    damages
        A sentence for each day that could not be built, with its remedy; its old tables are as they were.
    """

    account: str
    days: tuple[date, ...]
    n_calls: int
    n_lines: int
    damages: tuple[str, ...]

    def lines(self) -> list[tuple[str, str]]:
        """Return the report as pairs of a heading and a sentence."""
        of = f", {span(self.days)}" if self.days else ""
        built = f"the tables of {several(len(self.days), 'day')}{of}: {several(self.n_calls, 'call')}"
        lines = [
            ("Account", f"{self.account}."),
            ("Rebuilt", f"{built}, {several(self.n_lines, 'flow line')}."),
        ]
        return [*lines, *(("Damaged", damage) for damage in self.damages)]

    def __str__(self) -> str:
        return as_text(self.lines())


def rebuild(
    settings: Settings, since: date | None = None, until: date | None = None, *, progress: bool | None = None
) -> Rebuilt:
    """
    Build the tables of all days, or of a span, anew from raw. Content does not change unless raw or settings did.

    Parameters
    ----------
    settings
        The account.
    since, until
        First day, and the day after the last one.
    progress
        Show a progress bar; default: on a terminal only.

    Raises
    ------
    NoDataError
        There is no raw file of the span.
    LockedError
        A sync of this account is running.
    """
    done: list[date] = []
    damages: list[str] = []
    n_calls = n_lines = 0
    if not archive.files(settings, since, until):
        message = f"No call records of account {settings.account!r} are here for that; fetch them with callkit sync."
        raise NoDataError(message)
    hidden = None if progress is None else not progress
    with archive.lock(settings):
        clear_left_overs(settings)
        reads = archive.files(settings, since, until)
        shown = partial(tqdm, total=len(reads), unit="day", disable=hidden, leave=False)
        with closing(rebuilt(settings, reads)) as found:
            for day, built in shown(found, desc=f"Rebuilding {settings.account}"):
                if isinstance(built, Statement):
                    done.append(day)
                    n_calls, n_lines = n_calls + built.kept, n_lines + built.n_lines
                else:
                    damages.append(str(built))
    return Rebuilt(settings.account, tuple(done), n_calls, n_lines, tuple(damages))
