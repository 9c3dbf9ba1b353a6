"""The same work done with polars."""

from collections.abc import Sequence

import polars as pl
import pyarrow as pa

from tests.benchmarks import agreed

_KINDS = {"call_flow": pl.List(pl.String)}
_STATS = pl.Struct({name: _KINDS.get(name, pl.String) for name in agreed.STATS})
_RECORD = pl.Struct({name: _STATS if name == "call_stats" else pl.String for name in agreed.RECORD})
_PAGE = pl.Struct({"data": pl.List(_RECORD)})


def tables(pages: Sequence[bytes]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return calls and events."""
    bodies = pl.Series([page.decode() for page in pages])
    records = bodies.str.json_decode(_PAGE).struct.field("data").explode().struct.unnest()
    calls = records.unnest("call_stats").with_row_index("n")
    calls = calls.with_columns(
        pl.col(agreed.NUMBERS).cast(pl.Float64, strict=False), started_at=_instant(pl.col("date"))
    ).rename({"call_id": "call_key", "call_duration": "duration_s"})
    calls = calls.with_columns(
        talk_s=pl.coalesce("answer_time", "outbound_sec"),
        ended_at=pl.col("started_at") + pl.duration(seconds="duration_s"),
        position=pl.int_ranges(pl.col("call_flow").list.len()),
    )
    flow = calls.select("n", "call_key", "ended_at", "position", raw="call_flow").explode("position", "raw")
    events = flow.with_columns(step=_step(), target_name=pl.col("raw").str.extract(agreed.NAME), at=_at())
    is_hangup = pl.col("step") == "hangup"
    events = events.with_columns(at=pl.when(is_hangup).then(pl.coalesce("at", "ended_at")).otherwise("at"))
    calls = calls.join(_journeys(events), on="n", how="left", maintain_order="left")
    return _settled(calls), events.drop("n", "ended_at")


def lines(column: pa.Array) -> pl.DataFrame:
    """Return step, name and wall clock of lines."""
    return pl.DataFrame({"raw": pl.from_arrow(column)}).select(
        step=_step(), target_name=pl.col("raw").str.extract(agreed.NAME), at=_wall(pl.col("raw"))
    )


def _step() -> pl.Expr:
    line = pl.col("raw").str.strip_chars_start()
    chosen = pl
    for begin, step in agreed.STEPS.items():
        chosen = chosen.when(line.str.starts_with(begin)).then(pl.lit(step))
    return chosen.otherwise(pl.lit("unknown")).cast(pl.Categorical)


def _wall(text: pl.Expr) -> pl.Expr:
    stamp = text.str.tail(agreed.STAMP_WIDTH)
    return stamp.str.strptime(pl.Datetime("us"), agreed.STAMP, strict=False)


def _instant(text: pl.Expr) -> pl.Expr:
    local = _wall(text).dt.replace_time_zone(agreed.TIME_ZONE, ambiguous="earliest", non_existent="null")
    return local.dt.convert_time_zone("UTC")


def _at() -> pl.Expr:
    return _instant(pl.col("raw"))


def _journeys(events: pl.DataFrame) -> pl.DataFrame:
    at, step = pl.col("at"), pl.col("step")
    first = {name: at.filter(step == name).first() for name in ("answered", "voicemail", "schedule_check")}
    return events.group_by("n").agg(
        waits=at.filter(step.is_in(agreed.WAITING)).first(), n_steps=pl.len(), **first
    )


def _settled(calls: pl.DataFrame) -> pl.DataFrame:
    until = pl.coalesce("answered", "voicemail", "ended_at")
    outcome = (
        pl.when(pl.col("talk_s") > 0).then(pl.lit("answered"))
        .when(pl.col("voicemail").is_not_null()).then(pl.lit("voicemail"))
        .when(pl.col("schedule_check").is_not_null()).then(pl.lit("closed"))
        .when(pl.col("waits").is_not_null()).then(pl.lit("abandoned"))
        .otherwise(pl.lit("left_menu"))
    )  # fmt: skip
    wait = (until - pl.col("waits")).dt.total_seconds()
    return calls.with_columns(wait_s=wait.cast(pl.Float64), outcome=outcome).drop(
        "n", "call_flow", "position"
    )
