"""What is asked of the rings: how many of each extension by day or hour ended how, and after how many seconds."""

from datetime import date, timedelta
from typing import Any

import ibis

from callkit.clock import midnight, parse_date
from callkit.errors import UsageError
from callkit.metrics.dispersion import History
from callkit.metrics.engine import n_where
from callkit.metrics.groupings import ON_DAY, hour_of_day
from callkit.metrics.rings import rings
from callkit.metrics.sources import Sources, between, sources

WHO = ["agent_name", "agent_id"]
COUNTS = ("n_rings", "n_answered", "n_unanswered", "n_busy", "n_elsewhere", "n_unknown")


def given_with_events(data: Any, since: str | date | None, until: str | date | None) -> Sources:
    """
    Return calls and events as sources.

    Raises
    ------
    UsageError
        There are no events.
    """
    begin = parse_date(since, "since") if since else None
    end = parse_date(until, "until") if until else None
    given = sources(data, (), begin, end)
    if given.events is None:
        raise UsageError(
            "people need the events; pass the Tables of ck.load or ck.tidy, or a lake of ck.open."
        )
    return given


def span(given: Sources) -> list[Any]:
    """Return when the first and the last call began."""
    started = given.calls.started_local
    return [given.calls.agg(first=started.min(), last=started.max())]


def first_read(since: date | None, weeks: History | None) -> date | None:
    """Return the first day whose rings are read: of the period, or of the weeks that tell how days scatter."""
    if since is None or weeks is None:
        return since
    return min(since, date(1970, 1, 1) + timedelta(days=weeks.first))


def counted(given: Sources, first: date | None) -> list[Any]:
    """Return counts by extension and day and, where ``times`` is not null, by extension and seconds of the period."""
    rows = _rings(given._replace(since=first))
    answered = rows.filter(rows.is_answered)
    if given.since is not None:
        answered = answered.filter(answered[ON_DAY] >= ibis.literal(midnight(given.since), "timestamp"))
    daily = rows.group_by(["who", ON_DAY]).agg(**_counts(rows))
    seconds = answered.group_by(["who", "talk_s", "ring_s"]).agg(times=answered.count())
    # one question, as the rings are by far the most work
    return [_padded(daily, seconds).union(_padded(seconds, daily))]


def _padded(table: Any, other: Any) -> Any:
    """Return a table with the columns of another one too, null, in an order that both share."""
    missing = {name: ibis.null(kind) for name, kind in other.schema().items() if name not in table.columns}
    return table.mutate(**missing).select(*sorted({*table.columns, *other.columns}))


def hourly(given: Sources) -> list[Any]:
    """Return counts by extension and hour of the day."""
    rows = _rings(given)
    rows = rows.mutate(hour=hour_of_day.of(rows))
    return [rows.group_by(["who", "hour"]).agg(**_counts(rows))]


def _rings(given: Sources) -> Any:
    calls = between(given.calls, given.since, given.until)
    events = given.events.semi_join(calls, "call_key")
    rows = rings(given._replace(calls=calls, events=events), {})
    return rows.mutate(who=ibis.coalesce(rows.who, ""))


def _counts(rows: Any) -> dict[str, Any]:
    counted = {
        "n_answered": rows.is_answered,
        "n_unanswered": rows.is_unanswered,
        "n_busy": rows.is_busy,
        "n_elsewhere": ~rows.is_answered & ~rows.is_unanswered & ~rows.is_busy,
        "n_unknown": rows.is_answered.isnull(),  # noqa: PD003
    }
    names = {name: rows[name].max() for name in WHO}
    return {"n_rings": rows.count()} | {name: n_where(of) for name, of in counted.items()} | names
