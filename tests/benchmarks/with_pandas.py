"""The same work done with pandas: json_normalize, str.extract, to_datetime."""

from collections.abc import Sequence

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa

from tests.benchmarks import agreed

_WORDS = {  # a line's words without number and name
    "Call received on": "received",
    "Dialed Extension": "dialed",
    "Caller hanged up the call": "hangup",
    "Call forwarded to Virtual Receptionist": "menu",
    "Call forwarded to Call Queue": "queued",
    "Option selected in Virtual Receptionist": "menu_input",
    "Call answered by Extension": "answered",
    "Extension did not answer": "no_answer",
    "Call forwarded to Voicemail": "voicemail",
    "Call forwarded to Extension": "forwarded",
    "Call outside Time Group": "schedule_check",
}


def tables(pages: Sequence[bytes]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return calls and events."""
    calls = pd.json_normalize([record for page in pages for record in orjson.loads(page)["data"]])
    calls.columns = calls.columns.str.removeprefix("call_stats.")
    for name in agreed.NUMBERS:
        calls[name] = pd.to_numeric(calls[name], errors="coerce")
    calls = calls.rename(columns={"call_id": "call_key", "call_duration": "duration_s"})
    calls["talk_s"] = calls["answer_time"].fillna(calls["outbound_sec"])
    calls["started_at"] = _instant(calls["date"])
    calls["ended_at"] = calls["started_at"] + pd.to_timedelta(calls["duration_s"], unit="s")
    events = (
        calls[["call_key", "ended_at", "call_flow"]].explode("call_flow").rename(columns={"call_flow": "raw"})
    )
    events["position"] = events.groupby(level=0).cumcount()
    events[["step", "target_name", "at"]] = _read(events["raw"])
    events["at"] = events["at"].where(events["step"] != "hangup", events["at"].fillna(events["ended_at"]))
    return _settled(calls, events), events.drop(columns="ended_at")


def lines(column: pa.Array) -> pd.DataFrame:
    """Return step, name and instant of lines."""
    return _read(column.to_pandas().astype("str"))


def _read(raw: pd.Series) -> pd.DataFrame:
    parts = raw.str.extract(agreed.LINE)
    words = parts[0].fillna("") + parts[2].fillna("") + parts[4].fillna("")
    step = words.str.strip().map(_WORDS).fillna("unknown").astype("category")
    return pd.DataFrame({"step": step, "target_name": parts[3], "at": _instant(parts[5])})


def _instant(text: pd.Series) -> pd.Series:
    wall = pd.to_datetime(text, format=agreed.STAMP, errors="coerce")
    return wall.dt.tz_localize(agreed.TIME_ZONE, ambiguous="NaT", nonexistent="NaT").dt.tz_convert("UTC")


def _settled(calls: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    def first(*steps: str) -> pd.Series:
        return events["at"][events["step"].isin(steps)].groupby(level=0).first().reindex(calls.index)

    waits, voicemail, closed = first(*agreed.WAITING), first("voicemail"), first("schedule_check")
    until = first("answered").fillna(voicemail).fillna(calls["ended_at"])
    holds = [calls["talk_s"] > 0, voicemail.notna(), closed.notna(), waits.notna()]
    words = ["answered", "voicemail", "closed", "abandoned"]
    return calls.drop(columns="call_flow").assign(
        n_steps=events.groupby(level=0).size(),
        wait_s=(until - waits).dt.total_seconds(),
        outcome=np.select(holds, words, "left_menu"),
    )
