"""Make a report: run its notebook, turn it into one page, check it, publish it."""

import dataclasses
import hashlib
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat

from callkit.errors import UsageError
from callkit.periods import Period
from callkit.report import contract, failures, limits, listing, page, pdf, publish
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
    name = publish.stem(str(period), audience)
    about = failures.about(settings, period, audience, allow_incomplete=allow_incomplete)
    with publish.locked(folder), publish.staging(folder) as staged:
        with failures.kept(settings, staged, period, about):
            listing.load_meanwhile()
            clock = _Stopwatch(sync_s)
            executed = run(
                notebook, staged / f"{name}.ipynb", about["parameters"], environ=environ, timeout_s=timeout_s
            )
            left_s = timeout_s - clock.lap("notebook")
            with limits.limited(left_s, timeout_s, "the page was written"):
                _write(staged / name, executed, about, clock, with_pdf=with_pdf)
        with limits.undisturbed():
            path = publish.publish(staged, folder, str(period), audience)
            listing.update(folder, settings)
    return path


def _require(audience: str, *, with_pdf: bool) -> None:
    if audience not in AUDIENCES:
        raise UsageError(f"audience {audience!r} is not {' or '.join(map(repr, AUDIENCES))}.")
    if with_pdf:
        pdf.require()


class _Stopwatch:
    """Seconds of each part of a run."""

    def __init__(self, sync_s: float | None) -> None:
        self.seconds: dict[str, float] = {}
        self._sync_s = sync_s
        self._last = time.monotonic()

    def lap(self, name: str) -> float:
        """Give the seconds since the last lap a name, and return them."""
        now = time.monotonic()
        self.seconds[name], self._last = now - self._last, now
        return self.seconds[name]

    def all(self) -> dict[str, float | None]:
        """Return the seconds of each part, the sync's first, and of all together."""
        total = (self._sync_s or 0) + sum(self.seconds.values())
        parts = {"sync": self._sync_s, **self.seconds, "total": total}
        return {name: None if value is None else round(value, 3) for name, value in parts.items()}


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


def _write(
    stem: Path,
    executed: nbformat.NotebookNode,
    about: Mapping[str, Any],
    clock: _Stopwatch,
    *,
    with_pdf: bool,
) -> None:
    """Write page, notebook, PDF and sidecar of an executed notebook."""
    html = page.render(executed)
    contract.require(html, masked=about["parameters"]["audience"] == "shared")
    kept = stem.with_name(f"{stem.name}.ipynb")
    nbformat.write(page.without_paths(executed), kept)  # type: ignore[no-untyped-call]
    stem.with_name(f"{stem.name}.html").write_text(html, encoding="utf-8", newline="\n")
    clock.lap("page")
    if with_pdf:
        pdf.write(html, stem.with_name(f"{stem.name}.pdf"))
        clock.lap("pdf")
    record = dict(about) | page.record(executed) | {"status": "ok", "exit_code": 0, "page": _described(html)}
    record |= {"seconds": clock.all(), "made_at": failures.made_at()}
    publish.write_json(stem.with_name(f"{stem.name}.json"), record)


def _described(html: str) -> dict[str, Any]:
    data = html.encode()
    return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
