"""Run a report's notebook and write what it leaves: page, executed notebook, sidecar and perhaps a PDF."""

import hashlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat

from callkit.report import contract, failures, limits, page, pdf, publish
from callkit.report.kernel import Kernel
from callkit.report.runner import run


def write(
    kernel: Kernel,
    notebook: Path,
    stem: Path,
    about: Mapping[str, Any],
    *,
    timeout_s: float,
    with_pdf: bool,
    sync_s: float | None,
) -> None:
    """
    Run a report's notebook and write page, executed notebook, sidecar and perhaps a PDF.

    Parameters
    ----------
    kernel
        Where to run it.
    notebook
        The notebook.
    stem
        Path of what is written, without ending.
    about
        What `callkit.report.failures.about` says of the run.
    timeout_s, with_pdf, sync_s
        As for `callkit.report.making.make_report`, which names the errors too.
    """
    clock = _Stopwatch(sync_s)
    executed = run(
        kernel, notebook, stem.with_name(f"{stem.name}.ipynb"), about["parameters"], timeout_s=timeout_s
    )
    left_s = timeout_s - clock.lap("notebook")
    with limits.limited(left_s, timeout_s, "the page was written"):
        _write(stem, executed, about, clock, with_pdf=with_pdf)


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
