"""The forms in which a vendor answers: request shape, wire structs, records to columns. One file per answer."""

from datetime import datetime
from importlib import import_module
from types import ModuleType
from typing import NamedTuple

from callkit.errors import SettingsError
from callkit.validation import DIALECTS


class RawPage(NamedTuple):
    """
    One answer of the API as it was received.

    Parameters
    ----------
    body
        The bytes of the answer.
    fetched_at
        When it was received, or None where that is not known.
    source
        Name of the file or page it stands in; rows of `calls` carry it.
    """

    body: bytes
    fetched_at: datetime | None = None
    source: str = ""


def dialect(name: str) -> ModuleType:
    """
    Return the module that speaks a dialect.

    Raises
    ------
    SettingsError
        There is no such dialect.
    """
    if name not in DIALECTS:
        raise SettingsError(f"dialect {name!r} is not known; the dialects are {', '.join(DIALECTS)}.")
    return import_module(f"callkit.dialects.{name}")
