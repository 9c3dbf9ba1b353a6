"""Make a report: run its notebook, turn it into one page, check it, publish it."""

import contextlib
import dataclasses
import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat

from callkit.clock import now
from callkit.errors import CallkitError, UsageError
from callkit.periods import Period
from callkit.report import contract, page, publish
from callkit.report.parameters import AUDIENCES
from callkit.report.runner import run, without_key
from callkit.settings import Settings

NOTEBOOKS = Path("notebooks", "reports")
_ONLY_FETCHING = (
    "base_url", "rate", "connections", "processes", "auth_scheme", "token", "token_file", "keyring", "login_id",
    "email", "password", "data",
)  # fmt: skip


def make_report(
    settings: Settings,
    period: Period,
    *,
    audience: str = "shared",
    allow_incomplete: bool = False,
    timeout_s: float = 900,
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
        Limit for the notebook's run, in seconds.

    Raises
    ------
    UsageError
        The audience is unknown, the notebook is not there, or `settings` are not what the notebook would load.
    NoDataError
        The period has no calls, or is not complete.
    NotebookError, RunTimeoutError
        The notebook stopped, or took too long; what ran is kept under ``_failed``.
    LockedError
        Another run is making a report of this account.
    """
    if audience not in AUDIENCES:
        raise UsageError(f"audience {audience!r} is not {' or '.join(map(repr, AUDIENCES))}.")
    kind, noun = period.kind, period.noun
    notebook, environ = find_notebook(kind), kernel_environment(settings)
    folder, name = settings.folder("reports") / kind, publish.stem(str(period), audience)
    parameters = {noun: str(period), "audience": audience, "allow_incomplete": allow_incomplete}
    record = {"report": kind, "account": settings.account, "period": str(period), "parameters": parameters}
    with publish.locked(folder), publish.staging(folder) as staged:
        with _failures(staged, folder, str(period), audience, record):
            started = time.monotonic()
            executed = run(
                notebook, staged / f"{name}.ipynb", parameters, environ=environ, timeout_s=timeout_s
            )
            ran = time.monotonic()
            html = page.render(executed)
            contract.require(html, masked=audience == "shared")
            rendered = time.monotonic()
            _write(staged / name, executed, html)
            seconds = {"notebook": round(ran - started, 3), "page": round(rendered - ran, 3)}
            record |= page.record(executed)
            record |= {"status": "ok", "page": _described(html), "seconds": seconds, "made_at": _made_at()}
            publish.write_json(staged / f"{name}.json", record)
        return publish.publish(staged, folder, str(period), audience)


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


def kernel_environment(settings: Settings) -> dict[str, str]:
    """
    Return what the kernel's environment must add so that the notebook loads the same settings.

    Raises
    ------
    UsageError
        The notebook would load other settings: some were changed after loading.
    """
    added = {"CALLKIT_DATA": str(settings.data.resolve())}
    if settings.account == "sandbox":
        added["CALLKIT_CONFIG"] = "sandbox"
    elif "CALLKIT_CONFIG" in os.environ:
        added["CALLKIT_CONFIG"] = str(Path(os.environ["CALLKIT_CONFIG"]).resolve())
    seen = Settings.load(environ={**without_key(os.environ), **added})
    fields = [f.name for f in dataclasses.fields(Settings) if f.name not in _ONLY_FETCHING]
    different = [name for name in fields if getattr(seen, name) != getattr(settings, name)]
    if different:
        message = (
            f"The notebook would load another {different[0]} than the settings given have; "
            "write it to a callkit.toml and name that in CALLKIT_CONFIG."
        )
        raise UsageError(message)
    return added


@contextlib.contextmanager
def _failures(
    staged: Path, folder: Path, period: str, audience: str, record: dict[str, Any]
) -> Iterator[None]:
    name = publish.stem(period, audience)
    try:
        yield
    except BaseException as error:
        status = type(error).__name__ if isinstance(error, CallkitError) else "interrupted"
        if isinstance(error, Exception) and not isinstance(error, CallkitError):
            status = "failed"
        kept = {**record, "status": status, "error": str(error), "made_at": _made_at()}
        publish.write_json(staged / f"{name}.json", kept)
        left = publish.keep_failed(staged, folder, period, audience)
        if isinstance(error, CallkitError) and left:
            raise type(error)(f"{error} What ran is in {left}.") from error
        raise


def _write(stem: Path, executed: nbformat.NotebookNode, html: str) -> None:
    kept = stem.with_name(f"{stem.name}.ipynb")
    nbformat.write(page.without_paths(executed), kept)  # type: ignore[no-untyped-call]
    stem.with_name(f"{stem.name}.html").write_text(html, encoding="utf-8", newline="\n")


def _described(html: str) -> dict[str, Any]:
    data = html.encode()
    return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def _made_at() -> str:
    return now().isoformat(timespec="seconds")
