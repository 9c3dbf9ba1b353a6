"""Publish a report all at once: into a folder beside its place, then moved, under a lock.

::

    data/reports/<account>/weekly/
    ├── 2026/2026-W47.html       the report; beside it executed notebook (.ipynb), sidecar (.json) and perhaps a .pdf
    ├── 2026/2026-W47.internal.* the copy with whole numbers, readable by its owner only
    ├── latest.html              the newest shared week
    ├── index.html               all of them
    └── _failed/2026-W47.*       what a failing run left; it never touches a good report
"""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from callkit.errors import LockedError

PARTS = (".ipynb", ".json", ".pdf", ".html")  # the page last: where it lies, its evidence lies too
_SHARED = "shared"


def stem(period: str, audience: str) -> str:
    """Return the name of a report's files, without ending."""
    return period if audience == _SHARED else f"{period}.{audience}"


def place(folder: Path, period: str, audience: str) -> Path:
    """Return where the page of a report lies, or would."""
    return folder / period[:4] / f"{stem(period, audience)}.html"


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """
    Hold the lock of a folder of reports.

    Raises
    ------
    LockedError
        Another run holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            message = f"Another run is making a report in {folder}; try again when it has ended."
            raise LockedError(message) from error
        yield


@contextlib.contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """Give a temporary folder on the same file system as `folder`, gone at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(".run-*"):  # of a run that was killed; the lock says nobody works in it
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(prefix=".run-", dir=folder) as name:
        yield Path(name)


def publish(staged: Path, folder: Path, period: str, audience: str) -> Path:
    """
    Move the files of a finished report from its staging folder to their place, and return the page's path.

    Parameters
    ----------
    staged
        Staging folder with the page, the notebook, the sidecar and perhaps the PDF, named by `stem`.
    folder
        Folder of this kind of report.
    period, audience
        Week or month of the report, and for whom it is; only shared pages become ``latest.html``.
    """
    name = stem(period, audience)
    year = folder / period[:4]
    year.mkdir(parents=True, exist_ok=True)
    if audience == _SHARED:
        page = (staged / f"{name}.html").read_text(encoding="utf-8")
        page = page.replace('href="../index.html"', 'href="index.html"')  # it lies one folder higher
        (staged / "latest.html").write_text(page, encoding="utf-8", newline="\n")
    if not (staged / f"{name}.pdf").exists():
        (year / f"{name}.pdf").unlink(missing_ok=True)  # it would show another page than the new one
    for part in PARTS:
        if part == ".pdf" and not (staged / f"{name}.pdf").exists():
            continue
        (staged / f"{name}{part}").chmod(0o644 if audience == _SHARED else 0o600)
        os.replace(staged / f"{name}{part}", year / f"{name}{part}")  # noqa: PTH105
    newer = [p for p in folder.glob("[0-9]*/*.html") if p.stem.count(".") == 0 and p.stem > period]
    if audience == _SHARED and not newer:
        os.replace(staged / "latest.html", folder / "latest.html")  # noqa: PTH105
    _forget_failure(folder, name)
    return year / f"{name}.html"


def is_good(folder: Path, period: str, audience: str, *, pdf: bool = False) -> bool:
    """
    Tell whether the finished report of a period lies in its place, of all its calls, whole and unchanged.

    Parameters
    ----------
    folder, period, audience
        As for `publish`.
    pdf
        Ask for its PDF too.
    """
    page = place(folder, period, audience)
    try:
        said = json.loads(_beside(page, ".json").read_text(encoding="utf-8"))
        digest = hashlib.sha256(page.read_bytes()).hexdigest()
        is_whole = said["status"] == "ok" and said["is_complete"] is True and said["page"]["sha256"] == digest
    except (FileNotFoundError, ValueError, LookupError, TypeError):
        return False
    return is_whole and (not pdf or _beside(page, ".pdf").is_file())


def keep_failed(staged: Path, folder: Path, period: str, audience: str) -> Path | None:
    """Keep what a failing run left as evidence, and return where its notebook lies; None where none was written."""
    name = stem(period, audience)
    place = folder / "_failed"
    place.mkdir(parents=True, exist_ok=True)
    _forget_failure(folder, name)
    for part in (".ipynb", ".json"):
        if (staged / f"{name}{part}").exists():
            (staged / f"{name}{part}").chmod(0o600)  # a traceback may show what the page would mask
            os.replace(staged / f"{name}{part}", place / f"{name}{part}")  # noqa: PTH105
    notebook = place / f"{name}.ipynb"
    return notebook if notebook.exists() else None


def failed_sidecar(folder: Path, period: str, audience: str) -> Path | None:
    """Return the sidecar a failing run of a period left; None where there is none."""
    path = folder / "_failed" / f"{stem(period, audience)}.json"
    return path if path.exists() else None


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write a sidecar."""
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def _beside(page: Path, ending: str) -> Path:
    return page.with_name(f"{page.name.removesuffix('.html')}{ending}")


def _forget_failure(folder: Path, name: str) -> None:
    for part in (".ipynb", ".json"):
        (folder / "_failed" / f"{name}{part}").unlink(missing_ok=True)
