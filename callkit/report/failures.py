"""What a failing run leaves under ``_failed``: a sidecar that says why, and the notebook as far as it ran."""

import contextlib
import logging
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from callkit import clock
from callkit.errors import CallkitError, LockedError, NotebookError
from callkit.periods import Period
from callkit.privacy import mask_message
from callkit.report import limits, listing, publish
from callkit.settings import Settings

log = logging.getLogger("callkit")
_INTERRUPTED, _TERMINATED = 130, 143


def status_of(error: BaseException) -> tuple[str, int]:
    """Return what the sidecar of a failed run calls an error, and the exit code that goes with it."""
    if isinstance(error, CallkitError):
        return type(error).__name__, error.exit_code
    if isinstance(error, KeyboardInterrupt):
        return "interrupted", _INTERRUPTED
    if isinstance(error, SystemExit):
        return "terminated", _TERMINATED
    return "failed", 2 if isinstance(error, OSError) else 1


def about(settings: Settings, period: Period, audience: str, *, allow_incomplete: bool) -> dict[str, Any]:
    """Return what every sidecar says of a run, finished or not."""
    parameters = {period.noun: str(period), "audience": audience, "allow_incomplete": allow_incomplete}
    return {
        "report": period.kind,
        "account": settings.account,
        "period": str(period),
        "parameters": parameters,
    }


@contextlib.contextmanager
def kept(settings: Settings, staged: Path, period: Period, record: Mapping[str, Any]) -> Iterator[None]:
    """
    Keep what a failing run left in its staging folder, say why in a sidecar, and list it in the index.

    Parameters
    ----------
    settings
        The account.
    staged
        Staging folder of the run, which holds the lock.
    period
        Its week or month.
    record
        What `about` gives.

    Raises
    ------
    NotebookError
        A fault of the program, named in a line; its traceback is in the sidecar.
    """
    folder, audience = settings.folder("reports") / period.kind, record["parameters"]["audience"]
    try:
        yield
    except BaseException as error:
        with limits.undisturbed(is_ending=True):
            left = _keep(settings, staged, folder, period, audience, {**record, **_why(error)})
        explained = _explained(error, left, publish.failed_sidecar(folder, str(period), audience))
        if explained is error:
            raise
        raise explained from error


def record_failure(
    settings: Settings, period: Period, audience: str, error: BaseException, *, allow_incomplete: bool = False
) -> Path | None:
    """
    Say in a sidecar under ``_failed`` why a report was not even begun, such as a fetch that failed.

    Returns
    -------
    Path or None
        The sidecar; None where another run holds the lock, whose own sidecar will tell.
    """
    folder = settings.folder("reports") / period.kind
    record = about(settings, period, audience, allow_incomplete=allow_incomplete) | _why(error)
    try:
        with limits.undisturbed(is_ending=True), publish.locked(folder), publish.staging(folder) as staged:
            _keep(settings, staged, folder, period, audience, record)
    except LockedError:
        return None
    return publish.failed_sidecar(folder, str(period), audience)


def _why(error: BaseException) -> dict[str, Any]:
    status, code = status_of(error)
    said = str(error) if isinstance(error, Exception) else f"{status}."
    said = " ".join([said, *getattr(error, "__notes__", ())])
    found = {"status": status, "exit_code": code, "error": mask_message(said), "made_at": made_at()}
    if status == "failed":
        found["traceback"] = mask_message("".join(traceback.format_exception(error)))
    return found


def _keep(
    settings: Settings, staged: Path, folder: Path, period: Period, audience: str, record: Mapping[str, Any]
) -> Path | None:
    try:
        publish.write_json(staged / f"{publish.stem(str(period), audience)}.json", record)
        left = publish.keep_failed(staged, folder, str(period), audience)
        listing.update(folder, settings)
    except OSError as error:
        log.warning(
            "What was left of the run could not be kept in %s: %s.", folder / "_failed", error.strerror
        )
        return None
    return left


def _explained(error: BaseException, left: Path | None, sidecar: Path | None) -> BaseException:
    """Return the error with where to look, as one line."""
    where = f"What ran is in {left}." if left else ""
    if isinstance(error, CallkitError):
        return type(error)(f"{error} {where}") if left else error
    if isinstance(error, Exception) and not isinstance(error, OSError):
        said = mask_message(f"{type(error).__name__}: {error}".splitlines()[0][:200]).rstrip(".: ")
        return NotebookError(
            f"The report stopped with {said}.{f' Its traceback is in {sidecar}.' if sidecar else ''}"
        )
    if left:
        error.add_note(where)
    return error


def made_at() -> str:
    """Return the present instant as sidecars write it."""
    return clock.now().isoformat(timespec="seconds")
