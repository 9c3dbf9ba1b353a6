"""Single values as vendors write them: numbers as text, nothing as a word, a flow in four shapes."""

import math
import re
from collections.abc import Sequence
from types import NoneType
from typing import Any

import msgspec
import pyarrow as pa
from msgspec import Raw

NOTHING = frozenset({"", "null", "none", "nil", "n.a.", "n.a", "n/a", "na", "-"})
UNFILLED = r"^\$\w+\s*$"  # a variable of a webhook's template that was never filled
Flow = list[Raw] | list[str] | dict[str, Raw] | str | None
_DECIMAL = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*", re.ASCII)
_MOST_REMEMBERED = 200_000
_LONGEST_INDEX = 19  # digits: Python refuses to read integers of some thousands


def is_nothing(text: str) -> bool:
    """Say whether a text is one that vendors write for nothing: empty, NULL, N.A., ``$variable``."""
    return text.strip().lower() in NOTHING or (text[:1] == "$" and bool(re.search(UNFILLED, text)))


class _Memo(dict[Any, float | None]):
    def __missing__(self, value: Any) -> float | None:
        if len(self) > _MOST_REMEMBERED:
            self.clear()
        number = self[value] = _number(value)
        return number


def _number(value: str | float | bool | None) -> float | None:
    if value is None or (isinstance(value, str) and is_nothing(value)):
        return None
    if isinstance(value, str) and not _DECIMAL.fullmatch(value):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.nan


_MEMO = _Memo()


def numbers(column: Sequence[Any]) -> pa.Array:
    """Return numbers as float64: null where the vendor sends none, NaN where what it sends is not a number."""
    try:
        return pa.array(column, pa.float64(), from_pandas=False)
    except pa.ArrowInvalid:  # text among them, or an integer too long
        return pa.array([_MEMO[value] for value in column], pa.float64(), from_pandas=False)


def texts(column: Sequence[Any]) -> pa.Array:
    """Return text as it was sent, and numbers as they are written; None is null."""
    try:
        return pa.array(column, pa.string())
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        pass
    try:
        if {int, NoneType}.issuperset(map(type, column)):
            return pa.array(column, pa.int64()).cast(pa.string())
    except (pa.ArrowInvalid, OverflowError):
        pass  # too long for an integer of 64 bits
    return pa.array([v if v is None or isinstance(v, str) else _written(v) for v in column], pa.string())


def _written(value: float | bool) -> str:
    return msgspec.json.encode(value).decode() if isinstance(value, bool) else str(value)


def any_texts(column: Sequence[Raw | None]) -> pa.Array:
    """Return values of any shape as text: a text itself, null for null, and all else as its JSON."""
    return pa.array([None if raw is None else _any_text(raw) for raw in column], pa.string())


def _any_text(raw: Raw) -> str | None:
    text = str(raw, "utf-8")
    if text[:1] == '"':
        return msgspec.json.decode(raw, type=str)
    return None if text == "null" else text


def step(raw: Raw | str) -> str:
    """Return a step of a flow: a text itself, and an object byte for byte."""
    if isinstance(raw, str):
        return raw
    text: str = str(raw, "utf-8")
    return msgspec.json.decode(raw, type=str) if text[:1] == '"' else text


def flow_lines(flow: Flow) -> list[str]:
    r"""
    Return the steps of a flow that is a list, an object with index keys, a text, or missing.

    A text is read as JSON where it is a JSON list or object, else cut at its line ends. A step that is not text is
    given as its JSON, byte for byte.

    >>> flow_lines({"1": Raw(b'" Caller hanged up the call"'), "0": Raw(b'{"type":"init"}')})
    ['{"type":"init"}', ' Caller hanged up the call']
    >>> flow_lines("Call received\n Caller hanged up the call")
    ['Call received', ' Caller hanged up the call']
    """
    if not flow:
        return []
    if isinstance(flow, list) and isinstance(flow[0], str):  # the decoder gives text or bytes, never both
        return flow
    if isinstance(flow, str):
        return _of_text(flow)
    if isinstance(flow, dict):
        is_index = all(key.isdecimal() and len(key) < _LONGEST_INDEX for key in flow)
        flow = [flow[key] for key in (sorted(flow, key=int) if is_index else flow)]
    return list(map(step, flow))


def _of_text(text: str) -> list[str]:
    if is_nothing(text):
        return []
    if text.lstrip()[:1] in ("[", "{"):
        try:
            return flow_lines(msgspec.json.decode(text, type=list[Raw] | dict[str, Raw]))
        except (msgspec.MsgspecError, RecursionError):
            pass
    return text.removesuffix("\n").split("\n")
