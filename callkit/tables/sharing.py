"""What a file for others shows of a frame.

Callers become keyed pseudonyms, the same in every file of the account, so that a caller can be followed and counted
without being known. The vendor's own lines, which may name anybody, are hidden; the step they tell of stays. Names of
groups, queues and menus stay, those of people do not, whichever column they stand in. All else is masked as in
notebooks.
"""

import re
from collections.abc import Iterable
from typing import Any

import pandas as pd

from callkit.errors import UsageError
from callkit.flow.heads import nameless
from callkit.privacy import Secret, pseudonym, pseudonym_key
from callkit.settings import Settings
from callkit.tables.cells import each, is_text
from callkit.tables.masks import MASKS, PLACES, Mask, mask_of, may_be_number

_PEOPLE = ("agent_name", "target_name", "org:resource", "answered_by_raw", "forward_to_raw", "number")
_KEYS = ("call_key", "case:concept:name")
_SERVICES = {
    "service_name": "service_kind",
    "service_raw": "service_kind",
    "case:service_name": "case:service_kind",
}
_PERSON = re.compile("extension|agent|user", re.IGNORECASE)


class Shared:
    """
    The masks of an account's shared files.

    Parameters
    ----------
    settings
        The account: its key makes the pseudonyms, and ``show_agents`` says whether people of ``[agents]`` are named.
    """

    def __init__(self, settings: Settings) -> None:
        people = settings.agents.values() if settings.show_agents == "name" else ()
        self._named = frozenset(person.name for person in people)
        self._settings = settings
        self._key: Secret | None = None

    def require_rows(self, frame: pd.DataFrame) -> None:
        """
        Make sure that columns are columns: masks go by their names.

        Raises
        ------
        UsageError
            The frame lies on its side.
        """
        is_turned = any(isinstance(label, str) and label in MASKS for label in frame.index)
        if is_turned and not all(kind.kind in "biufM" for kind in frame.dtypes):
            raise UsageError(
                "The rows are named like columns of calls or events; turn the frame with .T first."
            )

    def frame(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a frame of plain columns with what is personal masked."""
        shown = {name: self._column(frame, name) for name in frame.columns}
        return pd.DataFrame(shown, index=frame.index, columns=frame.columns)

    def heads(self, columns: pd.Index) -> Iterable[str]:
        """Return the names of columns; where they are values of a personal column, masked like these."""
        for label in columns:
            parts = label if isinstance(label, tuple) else (label,)
            masks = map(self._mask, columns.names)
            yield " ".join(mask(str(part)) for mask, part in zip(masks, parts, strict=True))

    def _column(self, frame: pd.DataFrame, name: str) -> pd.Series:
        column = frame[name]
        if not is_text(column):
            if name not in MASKS:
                return column
            column = column.astype("str")  # numbers of callers that were read as numbers
        if name == "number" and "value" in frame:
            return column  # the names of a summary's numbers
        shown = each(column, self._mask(name))
        if name == "target_name" and "target_kind" in frame:
            shown = shown.mask(frame["target_kind"].isin(PLACES), column)
        if name in _SERVICES and _SERVICES[name] in frame and is_text(frame[_SERVICES[name]]):
            is_person = frame[_SERVICES[name]].str.contains(_PERSON).fillna(False)
            shown = shown.mask(
                is_person, each(column, nameless if name == "service_raw" else self._mask("agent_name"))
            )
        return shown

    def _mask(self, name: Any) -> Mask:
        if name == "caller":
            return self._caller
        if name == "raw":
            return _line
        if name in _KEYS:
            return self._call_key
        return self._person if name in _PEOPLE else mask_of(name)

    def _caller(self, text: str) -> str:
        return self._pseudonym(text, "caller") if text else text

    def _call_key(self, text: str) -> str:
        return self._pseudonym(text, "call") if may_be_number(text) else text

    def _person(self, text: str) -> str:
        return text if text in self._named else mask_of("agent_name")(text)

    def _pseudonym(self, text: str, kind: str) -> str:
        if self._key is None:
            self._key = pseudonym_key(self._settings.pseudonym_key, self._settings.data)
        return pseudonym(text, self._key, kind)


def _line(text: str) -> str:
    return "line hidden" if text else text
