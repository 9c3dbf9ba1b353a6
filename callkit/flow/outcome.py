"""How each call ended, what says so, and what in the record speaks against it.

The first of these that speaks decides: the agent's seconds; a voicemail step; a failed schedule check; who hung up, and
in which stage; the vendor's reason and cause; its status. An assumed row of the grammar decides where no documented
field does, and the evidence then says ``assumed``.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from callkit.flow.events import Flow, words
from callkit.flow.journey import MENU, WAITING, Floats, Journey
from callkit.flow.marks import FAILED_CHECK, Flags
from callkit.flow.stamps import Ints
from callkit.schema import ENDED_BY, EVIDENCE, OUTCOMES

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
    "calldisconnectedbycallee": Cause(None, _ANY, "callee"),
}  # fmt: skip
STATUSES = {
    "answered": Cause("answered", frozenset({"answered"})),
    "answeredbyagent": Cause("answered", frozenset({"answered"})),
    "missed": Cause("no_answer", _ANY - {"answered"}),
}
_SILENT = Cause(None, _ANY)


class Facts(NamedTuple):
    """
    What the fields of each record say beside the flow.

    Parameters
    ----------
    talk_s
        Agent-side seconds, NaN where not sent.
    is_outbound
        Whether we placed the call.
    status, reason, hangup_cause
        The vendor's words.
    names_answerer
        Whether the record names who answered.
    notes
        Further contradictions: a text, and the calls it holds for.
    """

    talk_s: Floats
    is_outbound: Flags
    status: pa.DictionaryArray
    reason: pa.DictionaryArray
    hangup_cause: pa.DictionaryArray
    names_answerer: Flags
    notes: Sequence[tuple[str, Flags]] = ()


class Verdict(NamedTuple):
    """Outcome, evidence and ender of each call, and what contradicts the outcome (null where nothing does)."""

    outcome: pa.DictionaryArray
    evidence: pa.DictionaryArray
    ended_by: pa.DictionaryArray
    contradictions: pa.Array
    is_answered: Flags


class _Word(NamedTuple):
    """A dictionary column of the vendor's words and their meaning, by code; the last code is null."""

    codes: Ints
    texts: list[str]
    causes: list[Cause]

    @classmethod
    def of(cls, column: pa.DictionaryArray, meanings: dict[str, Cause]) -> "_Word":
        texts = [*column.dictionary.to_pylist(), ""]
        codes = column.indices.fill_null(len(texts) - 1).to_numpy().astype(np.int64)
        return cls(codes, texts, [meanings.get(re.sub(r"[^a-z]", "", t.lower()), _SILENT) for t in texts])

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


def decide(flow: Flow, way: Journey, facts: Facts) -> Verdict:
    """
    Decide each call's outcome.

    Parameters
    ----------
    flow, way
        The lines of all calls, and what they say together.
    facts
        What the record's fields say.
    """
    status = _Word.of(facts.status, CAUSES | STATUSES)
    reason, cause = _Word.of(facts.reason, CAUSES), _Word.of(facts.hangup_cause, CAUSES)
    outcome, evidence = _by_fields((("reason", reason), ("reason", cause), ("status", status)))
    says_answered = status.outcome() == OUTCOMES.index("answered")
    for name, holds, kind, is_sure in reversed(_rules(flow, way, facts, says_answered)):
        outcome = np.where(holds, OUTCOMES.index(name), outcome)
        word = np.where(is_sure, EVIDENCE.index(kind), EVIDENCE.index("assumed"))
        evidence = np.where(holds, word, evidence)
    ended_by = way.ended_by.astype(np.int64)
    for said in (reason, cause):
        ended_by = np.where(ended_by == ENDED_BY.index("unknown"), said.ended_by(), ended_by)
    notes = _contradictions(way, facts, outcome, (reason, cause, status))
    return Verdict(
        words(OUTCOMES, outcome),
        words(EVIDENCE, evidence),
        words(ENDED_BY, ended_by),
        _joined(notes, len(outcome)),
        outcome == OUTCOMES.index("answered"),
    )


def _by_fields(said: Sequence[tuple[str, _Word]]) -> tuple[Ints, Ints]:
    """Return outcome and evidence by the vendor's words alone, the first that speaks deciding."""
    n = len(said[0][1].codes)
    outcome, evidence = np.full(n, OUTCOMES.index("unknown")), np.full(n, EVIDENCE.index("none"))
    for name, word in reversed(said):
        speaks = word.outcome()
        outcome = np.where(speaks >= 0, speaks, outcome)
        evidence = np.where(speaks >= 0, EVIDENCE.index(name), evidence)
    return outcome, evidence


def _rules(
    flow: Flow, way: Journey, facts: Facts, says_answered: Flags
) -> list[tuple[str, Flags, str, Flags]]:
    """Return the rules: outcome, where it holds, its evidence, and where that is more than an assumed row."""
    has, surely = way.marks.has, way.marks.surely
    sure_end = ~np.append(flow.heads.assumed(), True)[flow.head_of(way.hangup)]
    talks, answers = facts.talk_s > 0, has("answered")
    by_caller = (way.ended_by == ENDED_BY.index("caller")) & ~facts.is_outbound & ~answers
    by_system = (way.ended_by == ENDED_BY.index("system")) & ~answers
    unmoved = ~way.waits & (
        way.n_unknown == 0
    )  # an unknown line may have been the one that moved the call on
    sure_wait = sure_end & surely(*WAITING)
    return [
        ("answered", talks, "talk", talks),
        ("answered", answers & says_answered, "flow", surely("answered")),
        ("voicemail", has("voicemail"), "voicemail", surely("voicemail")),
        ("closed", has(FAILED_CHECK), "schedule", surely(FAILED_CHECK)),
        ("left_menu", by_caller & unmoved & has(*MENU), "flow", sure_end & surely(*MENU)),
        ("abandoned", by_caller & unmoved, "flow", sure_end),
        ("abandoned", by_caller & way.waits, "flow", sure_wait),
        ("timeout", by_system & has("queued"), "flow", sure_end & surely("queued")),
        ("no_answer", by_system & way.waits, "flow", sure_wait),
    ]


def _contradictions(
    way: Journey, facts: Facts, outcome: Ints, said: Sequence[_Word]
) -> list[tuple[Sequence[str], Ints]]:
    """Return contradictions as lists of texts and, for each call, the place of its text in the list, 0 for none."""
    answered, has = outcome == OUTCOMES.index("answered"), way.marks.has
    reason, cause, status = said
    notes: list[tuple[Sequence[str], Ints]] = []
    for word, before in ((reason, ""), (cause, ""), (status, "status ")):
        texts = ["", *(before + text for text in word.texts)]
        notes.append((texts, np.where(word.against(outcome), word.codes + 1, 0)))
    flags = [
        ("answered step", has("answered") & ~answered),
        ("voicemail step", has("voicemail") & answered & ~has("answered")),
        ("failed schedule check", has(FAILED_CHECK) & answered),
        ("call_answered_by", facts.names_answerer & ~answered),
        ("stamps disagree with the call's start or duration", way.is_disordered),
        *facts.notes,
    ]
    return notes + [(["", text], holds.astype(np.int64)) for text, holds in flags]


def _joined(notes: Sequence[tuple[Sequence[str], Ints]], n: int) -> pa.Array:
    some = np.zeros(n, dtype=bool)
    for _, place in notes:
        some |= place > 0
    rows = pd.DataFrame({k: place[some] for k, (_, place) in enumerate(notes)})
    codes = rows.groupby(list(rows), sort=False).ngroup().to_numpy() + 1
    texts: list[str | None] = [None]
    for combination in rows.drop_duplicates().itertuples(index=False):
        parts = dict.fromkeys(notes[k][0][place] for k, place in enumerate(combination) if place)
        texts.append("; ".join(parts))
    number = np.zeros(n, dtype=np.int64)
    number[some] = codes
    return pa.array(texts, pa.string()).take(pa.array(number))
