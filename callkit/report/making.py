"""Make a report: run its notebook, turn it into one page, check it, publish it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from callkit.errors import UsageError
from callkit.periods import Period
from callkit.report import failures, kernel, limits, listing, pdf, publish
from callkit.report.environment import kernel_environment
from callkit.report.parameters import AUDIENCES
from callkit.settings import Settings

NOTEBOOKS = Path("notebooks", "reports")


def make_report(
    settings: Settings,
    period: Period,
    *,
    audience: str = "shared",
    allow_incomplete: bool = False,
    timeout_s: float = 900,
    with_pdf: bool = False,
    sync_s: float | None = None,
) -> Path:
    """
    Make the report of one week or month from the stored tables and return the path of its page.

    Parameters
    ----------
    settings
        The account, as `Settings.load` reads it.
    period
        ISO week or calendar month of the account's wall clock.
    audience
        ``shared`` masks every number; ``internal`` shows whom to call back, to its owner only.
    allow_incomplete
        Publish a period that is not complete, and say so on it; else that is an error.
    timeout_s
        Limit for the notebook's run and its page together, in seconds.
    with_pdf
        Put the page as a PDF beside it.
    sync_s
        How many seconds the sync before it took, for the sidecar; None where there was none.

    Raises
    ------
    UsageError
        The audience is unknown, the notebook or weasyprint is not there, or the notebook would load other settings.
    NoDataError
        The period has no calls, or is not complete.
    NotebookError, RunTimeoutError
        The notebook stopped, or took too long; what ran is kept under ``_failed``.
    LockedError
        Another run is making a report of this account.
    """
    _require(audience, with_pdf=with_pdf)
    notebook, environ = find_notebook(period.kind), kernel_environment(settings)
    folder = settings.folder("reports") / period.kind
    about = failures.about(settings, period, audience, allow_incomplete=allow_incomplete)
    with publish.locked(folder), publish.staging(folder) as staged:
        with failures.kept(settings, staged, period, about):
            stem = staged / publish.stem(str(period), audience)
            _run(notebook, environ, stem, about, timeout_s=timeout_s, with_pdf=with_pdf, sync_s=sync_s)
        with limits.undisturbed():
            path = publish.publish(staged, folder, str(period), audience)
            listing.update(folder, settings)
    return path


def _require(audience: str, *, with_pdf: bool) -> None:
    if audience not in AUDIENCES:
        raise UsageError(f"audience {audience!r} is not {' or '.join(map(repr, AUDIENCES))}.")
    if with_pdf:
        pdf.require()


def _run(
    notebook: Path, environ: Mapping[str, str], stem: Path, about: Mapping[str, Any], **options: Any
) -> None:
    """Let a kernel load while this process loads what runs a notebook, then run it and write what it leaves."""
    with kernel.started(environ, kernel.LOADED) as loading:
        from callkit.report import writing

        listing.load_meanwhile()
        writing.write(loading, notebook, stem, about, **options)


def find_notebook(kind: str) -> Path:
    """
    Return the notebook of a kind of report in this checkout, else the one in this folder or the nearest above.

    Raises
    ------
    UsageError
        There is none.
    """
    here = Path.cwd()
    places = [Path(__file__).parents[2], here, *here.parents]
    named = NOTEBOOKS / f"{kind}.ipynb"
    found = next((place / named for place in places if (place / named).is_file()), None)
    if found is None:
        raise UsageError(f"{named} is not in this folder or above it; run callkit inside its checkout.")
    return found
