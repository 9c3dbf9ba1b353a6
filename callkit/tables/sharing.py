"""What a file for others shows of a frame.

Callers become keyed pseudonyms, the same in every file of the account, so that a caller can be followed and counted
without being known. The vendor's own lines, which may name anybody, are hidden; the step they tell of stays. Our own
lines stay whole. The name of a group, queue or menu stays where its kind stands beside it, or before it in its own
text; a name that may be a person's does not. All else is masked as in notebooks. Columns are known by callkit's names:
one that was renamed is masked by what its texts say only, and so shows names.
"""

import re
from collections.abc import Iterable
from typing import Any

import pandas as pd

from callkit.errors import UsageError
from callkit.flow.grammar import DESTINATIONS, KINDS
from callkit.privacy import Secret, pseudonym, pseudonym_key
from callkit.schema import CALLS, EVENTS
from callkit.settings import Settings
from callkit.tables.cells import each, is_text
from callkit.tables.masks import MASKS, PLACES, Mask, mask_of, may_be_number
from callkit.tables.parties import service

_KIND_OF = {
    "target_name": "target_kind",
    "service_name": "service_kind",
    "case:service_name": "case:service_kind",
}
_PEOPLE = ("agent_name", "org:resource", "answered_by_raw", "forward_to_raw", *_KIND_OF)
_KEYS = ("call_key", "case:concept:name")
_OURS = {column.name for column in (*CALLS, *EVENTS)}
_IN_CATALOGUE = re.compile(r"[a-z]+(?:_(?:[a-z]+\d{0,2}|\d{1,2}[a-z]))+")  # the name of a number, as wait_p90


def _plain(kind: Any) -> str:
    return re.sub(r"[\W_]+", "", str(kind)).lower()


_WORDS = KINDS | DESTINATIONS | dict(zip(PLACES, PLACES, strict=True))
_PLACES = {_plain(word) for word, kind in _WORDS.items() if kind in PLACES}


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
        self._masks: dict[str, Mask] = {
            "caller": self._caller,
            "raw": _line,
            "number": self._number,
            "service_raw": self._service,
            **dict.fromkeys(_KEYS, self._call_key),
            **dict.fromkeys(_PEOPLE, self._person),
        }

    def frame(self, frame: pd.DataFrame) -> pd.DataFrame:
        """
        Return a frame of plain columns with what is personal masked.

        Raises
        ------
        UsageError
            The frame is long, or lies on its side: its rows are named like columns, and masks go by columns.
        """
        self._require_columns(frame)
        shown = {name: self._column(frame, name) for name in frame.columns}
        return pd.DataFrame(shown, index=frame.index, columns=frame.columns)

    def heads(self, columns: pd.Index) -> Iterable[str]:
        """Return the names of columns; where they are values of a personal column, masked like these."""
        for label in columns:
            parts = label if isinstance(label, tuple) else (label,)
            masks = map(self._mask, columns.names)
            yield " ".join(mask(str(part)) for mask, part in zip(masks, parts, strict=True))

    def _require_columns(self, frame: pd.DataFrame) -> None:
        for name in frame.columns:
            if str(name).removeprefix("case:") in _OURS or not is_text(frame[name]):
                continue
            found = frame[name][frame[name].isin([*self._masks, *MASKS])]
            if len(found):
                raise UsageError(
                    f"The rows are named like columns ({found.iloc[0]!r}), and masks go by columns; turn the frame "
                    "with .T, .pivot or .unstack first, or rename these values."
                )

    def _column(self, frame: pd.DataFrame, name: Any) -> pd.Series:
        column: pd.Series = frame[name]
        if not is_text(column):
            if name not in MASKS:
                return column
            column = column.astype("str")  # numbers of callers that were read as numbers
        shown = each(column, self._mask(name))
        if name in _KIND_OF and _KIND_OF[name] in frame:
            kinds = frame[_KIND_OF[name]]
            places = kinds.isin([kind for kind in kinds.unique() if _is_place(kind)])
            shown = shown.mask(places, column if name == "target_name" else each(column, mask_of(name)))
        return shown

    def _mask(self, label: Any) -> Mask:
        parts = label if isinstance(label, tuple) else (label,)
        return next((self._masks[part] for part in parts if part in self._masks), None) or mask_of(label)

    def _caller(self, text: str) -> str:
        return self._pseudonym(text, "caller") if text else text

    def _call_key(self, text: str) -> str:
        return self._pseudonym(text, "call") if may_be_number(text) else text

    def _person(self, text: str) -> str:
        return text if text in self._named else mask_of("agent_name")(text)

    def _number(self, text: str) -> str:
        return text if _IN_CATALOGUE.fullmatch(text) else self._person(text)

    def _service(self, text: str) -> str:
        kind, name = service(text)
        if _is_place(kind):
            return mask_of("service_raw")(text)
        shown = self._person(name or "")
        return f"{mask_of('service_kind')(kind)} ({shown})" if kind else shown

    def _pseudonym(self, text: str, kind: str) -> str:
        if self._key is None:
            self._key = pseudonym_key(self._settings.pseudonym_key, self._settings.data)
        return pseudonym(text, self._key, kind)


def _is_place(kind: Any) -> bool:
    """Tell whether a kind, as the vendor or callkit writes it, is one of places; one that nobody knows is not."""
    return _plain(kind) in _PLACES


def _line(text: str) -> str:
    return "line hidden" if text else text
