"""Records of many pages as Arrow columns, and those that could not be read."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from callkit.dialects.pages import Layout
from callkit.dialects.structs import FLOWS, kinds, path
from callkit.dialects.values import any_texts, flow_lines, numbers, texts


class Quarantined(NamedTuple):
    """A record that could not be read: where it stands, why, and its bytes."""

    page_source: str
    index: int  # type: ignore[assignment]
    reason: str
    raw: bytes


class Records(NamedTuple):
    """
    The records of many pages, column by column.

    Parameters
    ----------
    columns
        By vendor path (``call_stats.ring_time``): text as string, numbers as float64.
    lines
        All lines of all flows, one after another.
    n_lines
        How many of them each record has.
    page_of
        The page of each record.
    fetched_at, source
        What each page says of itself.
    quarantined
        Records that could not be read.
    unknown_keys
        How often each key was met that callkit does not know.
    """

    columns: dict[str, pa.ChunkedArray]
    lines: pa.ChunkedArray
    n_lines: npt.NDArray[np.int64]
    page_of: npt.NDArray[np.int64]
    fetched_at: list[datetime | None]
    source: list[str]
    quarantined: list[Quarantined]
    unknown_keys: dict[str, int]

    def cut(self, first: int, n: int) -> "Records":
        """Return the records of `n` calls from the one numbered `first`."""
        begin, end = int(self.n_lines[:first].sum()), int(self.n_lines[: first + n].sum())
        return self._replace(
            columns={path: column.slice(first, n) for path, column in self.columns.items()},
            lines=self.lines.slice(begin, end - begin),
            n_lines=self.n_lines[first : first + n],
            page_of=self.page_of[first : first + n],
        )

    def kept(self, keep: npt.NDArray[np.bool_]) -> "Records":
        """Return those records only that are to be kept."""
        records, lines = pa.array(keep), pa.array(np.repeat(keep, self.n_lines))
        return self._replace(
            columns={path: column.filter(records) for path, column in self.columns.items()},
            lines=self.lines.filter(lines),
            n_lines=self.n_lines[keep],
            page_of=self.page_of[keep],
        )


class Columns:
    """
    Collects the fields of records, some hundred records at a time.

    Parameters
    ----------
    layout
        What a record looks like.
    """

    def __init__(self, layout: Layout) -> None:
        of_kind = {"text": pa.string(), "number": pa.float64()}
        self._types = {name: of_kind[kind] for name, kind in kinds(layout).items()}
        self._columns: dict[str, list[pa.Array]] = {name: [] for name in self._types}
        self._lines: list[pa.Array] = []
        self._n_lines: list[int] = []

    def keep(self, level: str, fields: Mapping[str, str], columns: Sequence[tuple[Any, ...]]) -> None:
        """
        Keep the fields of one level of some records.

        Parameters
        ----------
        level
            `structs.RECORD`, or the key of the object the fields stand in.
        fields
            Kind of each field.
        columns
            The values of each field, in the same order.
        """
        for (key, kind), column in zip(fields.items(), columns, strict=False):
            if kind in FLOWS:
                flows = list(map(flow_lines, column))
                self._lines.append(pa.array(list(chain.from_iterable(flows)), pa.string()))
                self._n_lines += map(len, flows)
            elif kind == "number":
                self._columns[path(level, key)].append(numbers(column))
            elif kind in ("text", "flag"):
                self._columns[path(level, key)].append(texts(column))
            elif kind == "json":
                self._columns[path(level, key)].append(any_texts(column))

    def finish(self) -> tuple[dict[str, pa.ChunkedArray], pa.ChunkedArray, npt.NDArray[np.int64]]:
        """Return `columns`, `lines` and `n_lines` of `Records`."""
        return (
            {name: pa.chunked_array(self._columns[name], kind) for name, kind in self._types.items()},
            pa.chunked_array(self._lines, pa.string()),
            np.array(self._n_lines, dtype=np.int64),
        )
