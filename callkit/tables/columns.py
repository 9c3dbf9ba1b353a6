"""Whole columns of `calls`, made from the vendor's fields: text, keys and links; and which record of a call to keep."""

import hashlib
from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from callkit.dialects.records import Records
from callkit.dialects.values import NOTHING, UNFILLED
from callkit.flow.journey import Floats
from callkit.flow.marks import Flags
from callkit.schema import CALLS_SCHEMA, vendor

_TEXTS = (
    "record_id_raw", "call_id_raw", "unique_id_raw", "direction_raw", "caller_raw", "destination_raw",
    "forward_to_raw", "service_raw", "answered_by_raw", "status_raw", "reason_raw", "hangup_cause_raw",
)  # fmt: skip
_NUMBERS = (
    "duration_s", "talk_s", "ring_time_raw", "inbound_s", "outbound_s", "charge", "bill_s", "bill_calls",
)  # fmt: skip
_MAY_BE_NEGATIVE = ("charge",)
_TOO_MUCH = 1e8  # seconds of three years: no call lasts that long
_LONGEST_NOTHING = max(map(len, NOTHING)) + 2


def cleaned(column: pa.Array) -> pa.Array:
    """Return text with null where the vendor writes nothing in words: empty, NULL, N.A., ``$variable``."""
    if pc.any(pc.starts_with(column, "$")).as_py():
        unfilled = pc.match_substring_regex(column, UNFILLED)
        column = pc.if_else(unfilled, pa.scalar(None, pa.string()), column)
    short = np.flatnonzero(pc.less_equal(pc.binary_length(column), _LONGEST_NOTHING).fill_null(False))
    if not len(short):
        return column
    text = pc.utf8_lower(pc.utf8_trim_whitespace(column.take(pa.array(short))))
    nothing = np.zeros(len(column), dtype=bool)
    nothing[short] = pc.is_in(text, pa.array(sorted(NOTHING)))
    return pc.if_else(pa.array(nothing), pa.scalar(None, pa.string()), column)


def mapped(column: pa.DictionaryArray, values: Sequence[str | None]) -> pa.DictionaryArray:
    """Return a dictionary column with another value for each entry of its dictionary; None gives null."""
    distinct = list(dict.fromkeys(v for v in values if v is not None))
    number = {value: n for n, value in enumerate(distinct)}
    lookup = pa.array([None if v is None else number[v] for v in values], pa.int32())
    return pa.DictionaryArray.from_arrays(lookup.take(column.indices), pa.array(distinct, pa.string()))


def field(records: Records, path: str) -> pa.Array:
    """Return a vendor field of all records as one array, without chunks."""
    return records.columns[path].combine_chunks()


def first_told(records: Records, paths: Sequence[str]) -> pa.Array:
    """Return the first of these vendor fields that says anything, null where none does."""
    found = pa.nulls(len(records.page_of), pa.string())
    for path in paths:
        found = pc.coalesce(found, cleaned(field(records, path)))
    return found


def raw_texts(records: Records, dialect: str) -> dict[str, pa.Array]:
    """Return the text fields as sent, those of few words as dictionaries; of several the first that says anything."""
    texts = {}
    for name in _TEXTS:
        paths = vendor(name, dialect)
        text = field(records, paths[0]) if len(paths) == 1 else first_told(records, paths)
        is_coded = pa.types.is_dictionary(CALLS_SCHEMA.field(name).type)
        texts[name] = text.dictionary_encode() if is_coded else text
    return texts


def raw_numbers(records: Records, dialect: str) -> tuple[dict[str, Floats], list[tuple[str, Flags]]]:
    """Return number fields, NaN where there is none, and notes on what was sent and cannot be a number of its kind."""
    numbers, notes = {}, []
    for name in _NUMBERS:
        paths = vendor(name, dialect)
        column = records.columns.get(paths[0]) if paths else None
        if column is None or not pa.types.is_floating(column.type):
            numbers[name] = np.full(len(records.page_of), np.nan)
            continue
        values = column.to_numpy()
        bad = ~((np.abs(values) < _TOO_MUCH) & ((values >= 0) | (name in _MAY_BE_NEGATIVE)))
        bad &= column.is_valid().to_numpy()
        if bad.any():
            values = np.where(bad, np.nan, values)
            notes.append((f"unreadable {paths[0].rpartition('.')[2]}", bad))
        numbers[name] = values
    return numbers, notes


def call_keys(records: Records, dialect: str) -> pa.Array:
    """Return the vendor's call id, else its unique id, else ``h:`` and a hash of the record without its index."""
    call_id, unique_id = vendor("call_key", dialect)
    keys = cleaned(field(records, call_id))
    if keys.null_count:
        keys = pc.coalesce(keys, cleaned(field(records, unique_id)))
    missing = np.flatnonzero(pc.is_null(keys).to_numpy(zero_copy_only=False))
    if not len(missing):
        return keys
    hashed = np.full(len(keys), None, dtype=object)
    hashed[missing] = _hashes(records, missing)
    return pc.coalesce(keys, pa.array(hashed, pa.string()))


def _hashes(records: Records, rows: npt.NDArray[np.intp]) -> list[str]:
    ends = np.cumsum(records.n_lines)
    columns = [
        column.take(pa.array(rows)).to_pylist() for path, column in records.columns.items() if path != "id"
    ]
    lines = [records.lines.slice(ends[r] - records.n_lines[r], records.n_lines[r]).to_pylist() for r in rows]
    contents = zip(*columns, lines, strict=True)
    return [f"h:{hashlib.sha256(msgspec.json.encode(content)).hexdigest()[:24]}" for content in contents]


def latest(keys: pa.Array, records: Records, dialect: str) -> npt.NDArray[np.bool_]:
    """
    Say of each record whether it is the one to keep of its key: the latest fetched, else the last.

    A call has several webhooks; the one to keep is first of all one that tells its end, then the one of most steps.
    """
    encoded = keys.dictionary_encode()
    if len(encoded.dictionary) == len(keys):
        return np.ones(len(keys), dtype=bool)
    fetched = np.array([f.timestamp() if f else -np.inf for f in records.fetched_at])[records.page_of]
    ranks = [np.arange(len(keys)), fetched]  # the last one counts first
    if dialect == "webhook":
        has_end = cleaned(field(records, "end_stamp")).is_valid().to_numpy(zero_copy_only=False)
        ranks += [records.n_lines, has_end]
    order = np.lexsort(ranks)
    last = np.zeros(len(encoded.dictionary), dtype=np.int64)
    last[encoded.indices.to_numpy()[order]] = order
    keep = np.zeros(len(keys), dtype=bool)
    keep[last] = True
    return keep


def links(raw: pa.Array) -> pa.Array:
    """Return recording links without what could open them: the query with its token, and a user before the host."""
    link = cleaned(raw)
    link = pc.list_element(pc.split_pattern(link, "?", max_splits=1), 0)
    if pc.any(pc.match_substring_regex(link, "[#@]")).as_py():
        link = pc.list_element(pc.split_pattern(link, "#", max_splits=1), 0)
        link = pc.replace_substring_regex(link, r"^(\w+://)[^/]*@", r"\1")
    return link
