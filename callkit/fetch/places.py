"""Folders wherever pyarrow can open them: on this machine, on object storage, on HDFS."""

import os
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path, PurePosixPath
from typing import NamedTuple, TypeAlias, TypeVar

import pyarrow as pa
from pyarrow import fs

from callkit.errors import ArchiveError, UsageError

# what stands in an address after its question mark, all but that which is no secret
_VALUE = re.compile(r"(?<![^&])(?!(?:region|endpoint_override|scheme)=)([^=&]+=)?[^&]+")


class RawFile(NamedTuple):
    """A raw file of a place; read and measured as one that is a `pathlib.Path`."""

    filesystem: fs.FileSystem
    path: str
    size: int

    def __str__(self) -> str:
        return self.path

    @property
    def name(self) -> str:
        """Its name without folders."""
        return PurePosixPath(self.path).name

    def content(self) -> pa.Buffer:
        """
        Return its bytes as they are stored.

        Raises
        ------
        ArchiveError
            It cannot be reached.
        """
        try:
            with self.filesystem.open_input_stream(self.path, compression=None) as stream:
                return stream.read_buffer()
        except OSError as error:
            message = f"Raw file {self.name} cannot be read ({shown(error)}); see that it can be reached."
            raise ArchiveError(message) from error


AnyFile: TypeAlias = Path | RawFile
_Kind = TypeVar("_Kind", Path, RawFile)


class Place(NamedTuple):
    """
    A folder, and the filesystem it is on.

    Parameters
    ----------
    filesystem, path
        The filesystem, and the folder as this knows it.
    address
        What `of` makes the same place of, on another machine too.
    """

    filesystem: fs.FileSystem
    path: str
    address: str

    @classmethod
    def of(cls, where: str | Path) -> "Place":
        """
        Return the place of a local folder or an address.

        Raises
        ------
        UsageError
            It is neither a folder nor an address that pyarrow can open.
        """
        if not isinstance(where, str | os.PathLike) or not str(where).strip():
            message = (
                f"{shown(repr(where))} names no folder; give a local one, such as data/raw/shop, or an address, "
                "such as s3://calls/raw/shop."
            )
            raise UsageError(message)
        if not isinstance(where, str) or "://" not in where:
            path = str(Path(where).expanduser().absolute())
            return cls(fs.LocalFileSystem(), path, path)
        try:
            filesystem, path = fs.FileSystem.from_uri(where)
        except (pa.ArrowException, OSError, ValueError) as error:
            message = (
                f"{shown(where)} cannot be opened ({shown(error)}); give a local folder, or an address that begins "
                "with file://, s3://, gs://, abfs:// or hdfs://."
            )
            raise UsageError(message) from None
        return cls(filesystem, path.rstrip("/"), where)

    @property
    def is_local(self) -> bool:
        """Whether it is a folder of this machine."""
        return isinstance(self.filesystem, fs.LocalFileSystem)

    @property
    def url(self) -> str:
        """The folder as other programs know it, such as ``file:///data/raw/shop`` or ``s3://calls/raw/shop``."""
        return f"file://{self.path}" if self.is_local else self.address.partition("?")[0].rstrip("/")

    def files(self, pattern: str) -> list[RawFile]:
        """
        Return the files whose folders and name fit a pattern such as ``*/*.parquet``.

        Raises
        ------
        UsageError
            The folder cannot be listed.
        """
        everything = fs.FileSelector(self.path, recursive=True, allow_not_found=True)
        try:
            found = self.filesystem.get_file_info(everything)
        except OSError as error:
            message = (
                f"{shown(self.address)} cannot be listed ({shown(error)}); see that it may be read from here."
            )
            raise UsageError(message) from None
        return [
            RawFile(self.filesystem, info.path, info.size)
            for info in found
            if info.type == fs.FileType.File and PurePosixPath(info.path).match(pattern)
        ]


def by_day(files: Iterable[_Kind]) -> dict[date, list[_Kind]]:
    """
    Return raw files by their day, the oldest read first.

    Raises
    ------
    ArchiveError
        The name of a file begins with no day; the message names it.
    """
    found: dict[date, list[_Kind]] = {}
    for file in sorted(files, key=str):
        found.setdefault(day_of(file), []).append(file)
    return found


def day_of(file: AnyFile) -> date:
    """
    Return the day that the name of a file begins with.

    Raises
    ------
    ArchiveError
        It begins with none.
    """
    try:
        return date.fromisoformat(file.name[:10])
    except ValueError:
        message = f"The name of {file} begins with no day of the calendar; move the file away, or name it for its day."
        raise ArchiveError(message) from None


def shown(where: object) -> str:
    """Return an address, or a text that holds some, without the keys they may carry."""
    return re.sub(r"//\S+", _without_keys, str(where))


def _without_keys(address: re.Match[str]) -> str:
    path, mark, query = address[0].partition("?")
    if "@" in query:  # a key may stand on both sides of the question mark
        return "//***"
    return re.sub("//.*@", "//***@", path) + mark + _VALUE.sub(r"\1***", query)
