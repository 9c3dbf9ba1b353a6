"""Raw pages as received: one file a day and fetch, never changed afterwards, every page checked against its hash.

``raw/<account>/2026/2026-11-16.20261123T060412Z.pages.zst`` holds, under zstd, a line of JSON that names the window,
then for each page a line of JSON (request without the key, time, length, sha256) and the bytes of the page, at the end
the closing statement of the read. A file that has its name is whole: it is moved there when it is on the disk.
"""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path, PurePath
from typing import Any, NamedTuple, TypeAlias

import msgspec
import pyarrow as pa
from msgspec import Struct, structs

from callkit.dialects import RawPage, dialect
from callkit.errors import ArchiveError, LockedError
from callkit.fetch.paging import Held, Read
from callkit.fetch.places import AnyFile, by_day
from callkit.fetch.windows import Reading, Window
from callkit.settings import Settings

_ENDING = ".pages.zst"
_STAMP = "%Y%m%dT%H%M%SZ"
PATTERN = f"[0-9][0-9][0-9][0-9]/[0-9]*{_ENDING}"


class Head(Struct, frozen=True, tag="window", tag_field="line"):
    """The first line of a raw file: which window of which account it holds, since and until on the wall clock."""

    account: str
    dialect: str
    time_zone: str
    day: date
    since: datetime
    until: datetime
    version: int = 1


class PageHead(Struct, frozen=True, tag="page", tag_field="line"):
    """The line before a page's bytes; `forgotten` records were taken out of it on request."""

    request: str
    fetched_at: datetime | None
    length: int
    sha256: str
    forgotten: int = 0


class Archived(NamedTuple):
    """A raw file, read and found unharmed; `sha256` is the hash of the pages' hashes."""

    head: Head
    pages: list[RawPage]
    reading: Reading
    sha256: str
    page_heads: list[PageHead]

    @property
    def forgotten(self) -> int:
        """Records that were taken out of its pages on request."""
        return sum(head.forgotten for head in self.page_heads)


Line: TypeAlias = Head | PageHead | Reading
_LINES = msgspec.json.Decoder(Line)


@contextmanager
def lock(settings: Settings) -> Iterator[None]:
    """Hold the account's lock, or raise `LockedError`, and clear away what a killed writer left half written."""
    folder = settings.folder("raw")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message = f"Another sync of account {settings.account!r} is running; wait until it has ended."
            raise LockedError(message) from None
        for partial in folder.glob("*/.*.partial"):
            partial.unlink()
        yield


def write(
    settings: Settings, window: Window, pages: Read | Iterable[RawPage], now: Callable[[], datetime]
) -> Path:
    """
    Archive the pages of a window as they come, and return the new file.

    Nothing is left behind where the pages stop with an error.

    Parameters
    ----------
    settings
        The account.
    window
        What is fetched.
    pages
        Its pages: a read that asks for them, or pages that are here already.
    now
        Gives the present instant.
    """
    fetched_at = now()
    target = _free_name(settings, window.day, fetched_at)
    read = pages if isinstance(pages, Read) else Held(pages, dialect(settings.dialect).envelope)
    with _replacing(target) as partial, pa.CompressedOutputStream(str(partial), "zstd") as stream:
        stream.write(_line(Head(settings.account, settings.dialect, settings.time_zone, *window[:3])))
        for page in read:
            _write_page(stream, page.body, PageHead(page.source, page.fetched_at, 0, ""))
        stream.write(_line(read.reading(fetched_at)))
    return target


def rewrite(path: Path, change: Callable[[bytes], tuple[bytes, int]]) -> int:
    """
    Take records out of the pages of a raw file, and return how many: the one exception to append-only.

    The file keeps its name and what its closing statement says; each changed page gets a new hash and tells how many
    records it lost. A file that nothing is taken out of is not touched.

    Parameters
    ----------
    path
        A raw file.
    change
        Given a page's bytes, returns its new bytes and how many records it took out.

    Raises
    ------
    ArchiveError
        The file is damaged; it is left as it is.
    """
    found = read(path)
    changed = [change(page.body) for page in found.pages]
    taken = sum(n for _, n in changed)
    if taken:
        with _replacing(path) as partial, pa.CompressedOutputStream(str(partial), "zstd") as stream:
            stream.write(_line(found.head))
            for head, (body, n) in zip(found.page_heads, changed, strict=True):
                _write_page(stream, body, structs.replace(head, forgotten=head.forgotten + n))
            stream.write(_line(found.reading))
    return taken


def _write_page(stream: Any, body: bytes, head: PageHead) -> None:
    digest = hashlib.sha256(body).hexdigest()
    stream.write(_line(structs.replace(head, length=len(body), sha256=digest)))
    stream.write(body + b"\n")


@contextmanager
def _replacing(target: Path) -> Iterator[Path]:
    """Give another name beside a file to write under, and move it into place when all of it is on the disk."""
    partial = target.with_name(f".{target.name}.partial")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield partial
        _sync(partial)
        partial.replace(target)
        _sync(target.parent)
    finally:
        partial.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def files(settings: Settings, since: date | None = None, until: date | None = None) -> dict[date, list[Path]]:
    """Return the raw files of each day that has any, the oldest read first, `until` excluded."""
    found = by_day(settings.folder("raw").glob(PATTERN))
    return {d: paths for d, paths in found.items() if (since or d) <= d and (until is None or d < until)}


def read(path: AnyFile) -> Archived:
    """
    Read a raw file and check every page against its hash.

    Raises
    ------
    ArchiveError
        The file is cut short, or a page is not what was archived.
    """
    source = str(path) if isinstance(path, Path) else path.content()
    try:
        with pa.input_stream(source, compression="zstd") as stream:
            content = stream.read()
        return _parsed(path, content)
    except (OSError, msgspec.DecodeError, msgspec.ValidationError) as error:
        raise _damaged(path, str(error)) from error


def _parsed(path: AnyFile, content: bytes) -> Archived:
    head: Head | None = None
    pages: list[RawPage] = []
    heads: list[PageHead] = []
    digests, at = hashlib.sha256(), 0
    while at < len(content):
        end = content.find(b"\n", at)
        line = _LINES.decode(content[at : end if end >= 0 else None])
        at = end + 1
        if isinstance(line, Head):
            head = line
        elif isinstance(line, Reading):
            if head is None or end < 0 or at != len(content):
                raise _damaged(path, "its parts are out of order")
            return Archived(head, pages, line, digests.hexdigest(), heads)
        else:
            body = content[at : at + line.length]
            if hashlib.sha256(body).hexdigest() != line.sha256:
                raise _damaged(path, f"page {len(pages) + 1} does not match its hash")
            digests.update(line.sha256.encode())
            heads.append(line)
            pages.append(RawPage(body, line.fetched_at, f"{path.name}#{len(pages) + 1}"))
            at += line.length + 1
    raise _damaged(path, "its closing statement is missing")


def _damaged(path: AnyFile, why: str) -> ArchiveError:
    place = "/".join(PurePath(str(path)).parts[-3:])
    return ArchiveError(
        f"Raw file {place} is damaged ({why}); restore it from a copy, or remove it and sync again."
    )


def _line(line: Line) -> bytes:
    return msgspec.json.encode(line) + b"\n"


def _free_name(settings: Settings, day: date, moment: datetime) -> Path:
    folder = settings.folder("raw") / str(day.year)
    while (path := folder / f"{day}.{moment:{_STAMP}}{_ENDING}").exists():
        moment += timedelta(seconds=1)
    return path
