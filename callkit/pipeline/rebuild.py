"""Build the tables of days anew from raw, whatever they hold now."""

from dataclasses import dataclass
from datetime import date

from tqdm import tqdm

from callkit.errors import ArchiveError, NoDataError, PageError
from callkit.fetch import archive
from callkit.pipeline.wording import as_text, several, span
from callkit.settings import Settings
from callkit.tables import days


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
        days.clear_left_overs(settings)
        reads = archive.files(settings, since, until).items()
        for day, paths in tqdm(
            reads, desc=f"Rebuilding {settings.account}", unit="day", disable=hidden, leave=False
        ):
            try:
                statement = days.rebuild(settings, day, paths)
            except (ArchiveError, PageError) as error:
                damages.append(str(error))
                continue
            done.append(day)
            n_calls, n_lines = n_calls + statement.kept, n_lines + statement.n_lines
    return Rebuilt(settings.account, tuple(done), n_calls, n_lines, tuple(damages))
