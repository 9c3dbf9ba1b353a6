"""The vendors' words for a call's status, reason and hang-up cause, and what each of them means."""

import re
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from callkit.flow.marks import Flags
from callkit.flow.stamps import Ints
from callkit.schema import ENDED_BY, OUTCOMES

_ENDS_UNANSWERED = frozenset({"abandoned", "left_menu", "closed", "voicemail", "no_answer", "timeout"})
_ANY = frozenset(OUTCOMES)


class Cause(NamedTuple):
    """What a vendor's reason means: an outcome, the outcomes it does not contradict, and who ended the call."""

    outcome: str | None
    agrees: frozenset[str]
    ended_by: str | None = None


_FAILED = Cause("failed", frozenset({"failed"}))
_BUSY = Cause("busy", frozenset({"busy", "voicemail", "timeout"}))
_NO_ANSWER = Cause("no_answer", _ENDS_UNANSWERED)
_CANCEL = Cause("abandoned", _ENDS_UNANSWERED, "caller")
CAUSES = {
    "channelnotavailable": _FAILED, "chanunavail": _FAILED, "destinationnotset": _FAILED, "rejected": _FAILED,
    "callrejected": _FAILED, "congestion": _FAILED, "usernotregistered": _FAILED, "unallocatednumber": _FAILED,
    "busy": _BUSY, "userbusy": _BUSY,
    "noanswer": _NO_ANSWER, "noanswerfromuser": _NO_ANSWER, "noanswerfromuseruseralerted": _NO_ANSWER,
    "nouserresponding": _NO_ANSWER,
    "cancel": _CANCEL, "cancelled": _CANCEL, "canceled": _CANCEL, "originatorcancel": _CANCEL,
    "disconnectedbycaller": Cause("abandoned", _ANY, "caller"),
    "calldisconnectedbycaller": Cause("abandoned", _ANY, "caller"),
    "disconnectedbycallee": Cause(None, _ANY, "callee"),
    "hangupasperdestination": Cause(None, _ANY, "system"), "destinationhangup": Cause(None, _ANY, "system"),
    "calldisconnectedbycallee": Cause(None, _ANY, "callee"),
}  # fmt: skip
STATUSES = {
    "answered": Cause("answered", frozenset({"answered"})),
    "answeredbyagent": Cause("answered", frozenset({"answered", "unknown"})),
    "answeredbycustomer": Cause("answered", frozenset({"answered"})),
    "contacted": Cause("answered", frozenset({"answered"})),
    "missed": Cause("no_answer", _ANY - {"answered"}),
}
_SILENT = Cause(None, _ANY)


class Word(NamedTuple):
    """A dictionary column of the vendor's words and their meaning, by code; the last code is null."""

    codes: Ints
    texts: list[str]
    causes: list[Cause]

    @classmethod
    def of(cls, column: pa.DictionaryArray, meanings: dict[str, Cause]) -> "Word":
        """Read a column of the vendor's words."""
        texts = [*column.dictionary.to_pylist(), ""]
        codes = column.indices.fill_null(len(texts) - 1).to_numpy().astype(np.int64)
        return cls(codes, texts, [meanings.get(_letters(t), _SILENT) for t in texts])

    def is_word(self, letters: str) -> Flags:
        """Say where it is a word, given by its small letters."""
        found: Flags = np.array([_letters(text) == letters for text in self.texts])[self.codes]
        return found

    def outcome(self) -> Ints:
        """Return the place in `OUTCOMES` of the outcome it means, -1 for none."""
        return np.array([OUTCOMES.index(c.outcome) if c.outcome else -1 for c in self.causes])[self.codes]

    def ended_by(self) -> Ints:
        """Return the place in `ENDED_BY` of who it says ended the call."""
        return np.array([ENDED_BY.index(c.ended_by or "unknown") for c in self.causes])[self.codes]

    def against(self, outcome: Ints) -> Flags:
        """Say where it contradicts an outcome."""
        agrees = np.array([[name in cause.agrees for name in OUTCOMES] for cause in self.causes])
        return ~agrees[self.codes, outcome]


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.lower())
