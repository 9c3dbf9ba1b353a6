"""Whole columns of `calls`, made from the vendor's fields: instants, numbers, names, keys and links."""

import hashlib
from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from callkit import clock
from callkit.dialects.decode import Records
from callkit.dialects.values import NOTHING
from callkit.errors import PageError
from callkit.flow.stamps import MISSING, Ints, tail_seconds
from callkit.privacy import e164

_LONGEST_NOTHING = max(map(len, NOTHING)) + 2
_MOST_UNREAD, _UNREAD_SHARE = 10, 0.1
_EPOCH = r"(?P<epoch>\d{10})\.\d+$"


def cleaned(column: pa.Array) -> pa.Array:
    """Return text with null where the vendor writes nothing in words: empty, NULL, N.A."""
    short = pc.less_equal(pc.binary_length(column), _LONGEST_NOTHING)
    if not pc.any(short).as_py():
        return column
    is_nothing = pc.is_in(pc.utf8_lower(pc.utf8_trim_whitespace(column)), pa.array(sorted(NOTHING)))
    return pc.if_else(is_nothing, pa.scalar(None, pa.string()), column)


def mapped(column: pa.DictionaryArray, values: Sequence[str | None]) -> pa.DictionaryArray:
    """Return a dictionary column with another value for each entry of its dictionary; None gives null."""
    distinct = list(dict.fromkeys(v for v in values if v is not None))
    number = {value: n for n, value in enumerate(distinct)}
    lookup = pa.array([None if v is None else number[v] for v in values], pa.int32())
    return pa.DictionaryArray.from_arrays(lookup.take(column.indices), pa.array(distinct, pa.string()))


def call_keys(records: Records) -> pa.Array:
    """Return the vendor's call id, else its unique id, else ``h:`` and a hash of the record without its index."""
    call_id = records.columns["call_stats.call_id"].combine_chunks()
    keys = cleaned(call_id)
    if keys.null_count:
        keys = pc.coalesce(keys, cleaned(records.columns["call_stats.unique_id"].combine_chunks()))
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


def latest(keys: pa.Array, records: Records) -> npt.NDArray[np.bool_]:
    """Say of each record whether it is the one to keep of its key: the latest fetched, else the last."""
    encoded = keys.dictionary_encode()
    if len(encoded.dictionary) == len(keys):
        return np.ones(len(keys), dtype=bool)
    fetched = np.array([f.timestamp() if f else -np.inf for f in records.fetched_at])[records.page_of]
    order = np.lexsort((np.arange(len(keys)), fetched))
    last = np.zeros(len(encoded.dictionary), dtype=np.int64)
    last[encoded.indices.to_numpy()[order]] = order
    keep = np.zeros(len(keys), dtype=bool)
    keep[last] = True
    return keep


def epochs(call_ids: pa.Array) -> Ints:
    """Return the UTC epoch seconds that Asterisk's call ids begin with (``1585288917.4410``), `MISSING` elsewhere."""
    found = pc.struct_field(pc.extract_regex(call_ids, _EPOCH), "epoch").fill_null("")
    seconds: Ints = pc.if_else(pc.equal(found, ""), str(MISSING), found).cast(pa.int64()).to_numpy()
    return seconds


def walls(records: Records) -> Ints:
    """
    Return when each call began, in wall-clock seconds: its `date`, else `call_date` and `connection_time`.

    Raises
    ------
    PageError
        So many dates cannot be read that the vendor must be writing them in another form.
    """
    column = records.columns["date"].combine_chunks()
    found = tail_seconds(
        pc.binary_join_element_wise("", pc.utf8_trim_whitespace(column), " at ").fill_null("")
    )
    rest = np.flatnonzero(found == MISSING)
    if not len(rest):
        return found
    left = pa.array(rest)
    day, time = (records.columns[f"call_stats.{key}"].take(left) for key in ("call_date", "connection_time"))
    dates = column.take(left)
    read = _iso(dates)
    parts = _iso(pc.binary_join_element_wise(day.combine_chunks(), time.combine_chunks(), " "))
    found[rest] = np.where(read == MISSING, parts, read)
    unread = cleaned(dates.filter(pa.array(found[rest] == MISSING))).drop_null()
    if len(unread) > max(_MOST_UNREAD, _UNREAD_SHARE * len(column)):
        message = (
            f"The date of {len(unread):,} of {len(column):,} records cannot be read (the first: "
            f"{unread[0].as_py()!r}); no table was built, as callkit knows it as 27-Mar-2020 06:01:57."
        )
        raise PageError(message)
    return found


def _iso(column: pa.Array) -> Ints:
    parsed = pc.strptime(column, format=clock.WALL_FORMAT, unit="s", error_is_null=True)
    seconds: Ints = parsed.cast(pa.int64()).fill_null(MISSING).to_numpy()
    return seconds


def callers(raw: pa.Array, country: str) -> pa.Array:
    """Return numbers in E.164, null where a text is not a whole number."""
    encoded = raw.dictionary_encode()
    distinct = encoded.dictionary
    if country == "GB":  # what e164 gives for the usual forms, for all at once
        usual = pc.replace_substring_regex(distinct, r"^(?:\+?44|0)([1-9]\d{9})$", r"+44\1")
        is_usual = pc.match_substring_regex(distinct, r"^(?:\+?44|0)[1-9]\d{9}$")
    else:
        usual, is_usual = distinct, pa.array(np.zeros(len(distinct), dtype=bool))
    others = pc.filter(distinct, pc.invert(is_usual)).to_pylist()
    read = pa.array([e164(text, country) for text in others], pa.string())
    return pc.replace_with_mask(usual, pc.invert(is_usual), read).take(encoded.indices)


def services(raw: pa.DictionaryArray) -> tuple[pa.DictionaryArray, pa.DictionaryArray]:
    """Return kind and name of services written ``Kind (Name)``; a text without brackets is a name."""
    split = [_service(text) for text in raw.dictionary.to_pylist()]
    return mapped(raw, [kind for kind, _ in split]), mapped(raw, [name for _, name in split])


def _service(text: str) -> tuple[str | None, str | None]:
    text = text.strip()
    if text.lower() in NOTHING:
        return None, None
    kind, bracket, name = text.partition("(")
    if not bracket or not name.endswith(")"):
        return None, text
    return kind.strip() or None, name[:-1].strip() or None


def links(raw: pa.Array) -> pa.Array:
    """Return recording links without what could open them: the query with its token, and a user before the host."""
    link = cleaned(raw)
    for mark in ("?", "#"):
        link = pc.list_element(pc.split_pattern(link, mark, max_splits=1), 0)
    if pc.any(pc.match_substring(link, "@")).as_py():
        link = pc.replace_substring_regex(link, r"^(\w+://)[^/]*@", r"\1")
    return link


def directions(raw: pa.DictionaryArray) -> pa.DictionaryArray:
    """Return inbound or outbound by the vendor's word, unknown where it says neither."""
    values = [_direction(text) for text in raw.dictionary.to_pylist()]
    return mapped(raw, values).dictionary_decode().fill_null("unknown").dictionary_encode()


def _direction(word: str) -> str:
    word = word.lower()
    if "inbound" in word:
        return "inbound"
    return "outbound" if "outbound" in word or word.replace("_", "").startswith("clicktocall") else "unknown"
