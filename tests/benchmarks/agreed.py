"""What every contender must make of the pages, and the figures by which their tables are compared."""

import math
from typing import Any

import pandas as pd

NUMBERS = (
    "inbound_sec", "outbound_sec", "bill_sec", "bill_calls", "total_charges", "ring_time", "answer_time",
    "call_duration",
)  # fmt: skip
STATS = (*NUMBERS, "connection_time", "call_flow", "call_id", "unique_id", "call_date")
RECORD = (
    "id", "call_stats", "call_hint", "source", "destination", "forward_to_number", "reason_key", "hangup_cause",
    "date", "recording_file_link", "status", "call_answered_by", "service",
)  # fmt: skip
STEPS = {  # how lines begin; the first that fits counts
    "Dialed": "dialed",
    "Call received": "received",
    "Caller hanged": "hangup",
    "Call forwarded to Virtual": "menu",
    "Call forwarded to Call Queue": "queued",
    "Option": "menu_input",
    "Call answered": "answered",
    "Extension": "no_answer",
    "Call forwarded to Voicemail": "voicemail",
    "Call forwarded": "forwarded",
    "Call outside": "schedule_check",
}
WAITING = ("queued", "forwarded", "dialed")
NAME = r"\((.*)\)"
LINE = (
    r"^ *(Call received on|Option)? ?([0-9]+)?([^(]*?)(?: \((.*)\)([^)]*?))?"
    r"(?: at ([0-9]{2}-[A-Z][a-z]{2}-[0-9]{4} [0-9:]{8}))?$"
)  # words, number, words, name, words, stamp
STAMP, STAMP_WIDTH = "%d-%b-%Y %H:%M:%S", 20
TIME_ZONE = "Europe/London"


def figures(calls: Any, events: Any) -> dict[str, Any]:
    """Return the figures of a contender's tables, whatever kind of table it makes."""
    calls = _narrow(calls, ["call_key", "outcome", "wait_s", "talk_s", "duration_s", "started_at"])
    events = _narrow(events, ["step", "target_name", "at"])
    return {
        "calls": len(calls),
        "distinct calls": int(calls["call_key"].nunique()),
        "outcomes": _counted(calls["outcome"]),
        "sum of wait_s": round(float(calls["wait_s"].sum())),
        "unknown waits": int(calls["wait_s"].isna().sum()),
        "sum of talk_s": round(float(calls["talk_s"].sum())),
        "sum of duration_s": round(float(calls["duration_s"].sum())),
        "sum of started_at": _summed(calls["started_at"]),
        "events": len(events),
        "steps": _counted(events["step"]),
        "names": _counted(events["target_name"]),
        "unknown at": int(events["at"].isna().sum()),
        "sum of at": _summed(events["at"]),
    }


def require_alike(found: dict[str, dict[str, Any]]) -> None:
    """Raise where a contender's figures differ from those of the first."""
    (first, ours), *others = found.items()
    for name, theirs in others:
        odd = [key for key in ours if theirs[key] != ours[key]]
        if odd:
            said = ", ".join(f"{key}: {ours[key]} and {theirs[key]}" for key in odd)
            raise AssertionError(f"{first} and {name} do not agree: {said}")


def _narrow(frame: Any, names: list[str]) -> pd.DataFrame:
    return frame[names] if isinstance(frame, pd.DataFrame) else frame.select(names).to_pandas()


def _counted(words: pd.Series) -> dict[str, int]:
    counts = words.value_counts()
    return {str(word): int(n) for word, n in sorted(counts.items()) if n}


def _summed(instants: pd.Series) -> int:
    """Return the sum of instants in seconds; each is whole."""
    epochs = instants.dropna().astype("datetime64[us, UTC]").astype("int64")
    return math.fsum(epochs // 1_000_000).__int__()
