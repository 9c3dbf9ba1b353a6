"""An account, a sandbox whose answers go wrong as planned, and the proof that what is stored is what happened."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from starlette.middleware import Middleware

from callkit.clock import days
from callkit.fetch.client import Client
from callkit.fetch.session import Session
from callkit.pipeline.sync import sync
from callkit.sandbox.centre import truth
from callkit.sandbox.faults import Faults, Plan
from callkit.sandbox.server import serving
from callkit.settings import Settings
from callkit.tables.days import KINDS, held, path
from callkit.tables.statement import Statement

FACTS = {
    "call_key": "call_id", "outcome": "outcome", "ended_by": "ended_by", "direction": "direction", "caller": "caller",
    "agent_id": "agent", "wait_s": "wait_s", "menu_s": "menu_s", "queue_s": "queue_s", "ring_s": "ring_s",
    "talk_s": "talk_s", "duration_s": "duration_s",
}  # fmt: skip
LINKS = ("has_recording", "recording_url")
_OF_THE_READ = ("fetched_at", "source")
ONE_DAY = timedelta(days=1)


class World:
    """
    The sandbox, and what goes wrong with it.

    Parameters
    ----------
    base_url
        Where it listens.
    plan
        What goes wrong.
    """

    def __init__(self, base_url: str, plan: Plan, moment: list[datetime]) -> None:
        self.base_url, self.plan, self._moment = base_url, plan, moment

    def at(self, moment: datetime) -> None:
        """Move the server's clock."""
        self._moment[0] = moment

    def settings(self, folder: Path, dialect: str, **more: object) -> Settings:
        """Return the settings of an account with its data in a folder."""
        of_sandbox = Settings.load("sandbox", {"CALLKIT_DATA": str(folder)})
        return replace(of_sandbox, base_url=self.base_url, dialect=dialect, **more)

    def sync(self, settings, since, until, moment, *, limit=100, timeout_s=10.0, random=lambda: 0.0):
        """Synchronise at a moment, without a second's sleep."""
        self.at(moment)
        session = Session(
            self.base_url, timeout_s=(5.0, timeout_s), sleep=lambda _: None, random=random, now=lambda: moment
        )
        client = _Paging(settings, session, now=lambda: moment)
        client.limit = limit
        return sync(settings, since, until, progress=False, client=client, now=lambda: moment)


class _Paging(Client):
    limit: int

    def page(self, since, until, number, **filters):
        return super().page(since, until, number, limit=self.limit, **filters)


@contextmanager
def world() -> Iterator[World]:
    """Serve a world while the context lasts."""
    moment = [datetime(2026, 11, 23, 9, tzinfo=UTC)]
    plan = Plan(now=lambda: moment[0])
    with serving(now=lambda: moment[0], middleware=[Middleware(Faults, plan=plan)]) as base_url:
        yield World(base_url, plan, moment)


class Truth:
    """
    What the tables of each day must be: those of a sync without a fault, proven against the simulator.

    Parameters
    ----------
    world
        Where to read them.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._of = lru_cache(maxsize=None)(self._read)

    def of(self, day: date, dialect: str) -> dict[str, pa.Table]:
        """Return the tables of a day."""
        return self._of(day, dialect)

    def _read(self, day: date, dialect: str) -> dict[str, pa.Table]:
        self._world.plan.change()
        with TemporaryDirectory() as folder:
            settings = self._world.settings(Path(folder), dialect)
            moment = datetime(day.year, day.month, day.day, 9, tzinfo=UTC) + 10 * ONE_DAY
            self._world.sync(settings, day, day + ONE_DAY, moment)
            tables = {kind: stored(settings, kind, day) for kind in KINDS}
        happened = truth(day, day + ONE_DAY, now=moment)
        _is_what_happened(tables, happened)
        return tables


def _is_what_happened(tables: dict[str, pa.Table], happened: list) -> None:
    calls = tables["calls"]
    for column, fact in FACTS.items():
        assert calls[column].to_pylist() == [getattr(call, fact) for call in happened], column
    starts = pc.cast(calls["started_at"], pa.int64()).to_pylist()
    assert starts == [call.started * 1_000_000 for call in happened]
    events = tables["events"].select(["call_key", "step", "at"])
    told = zip(*(events[name].to_pylist() for name in events.column_names), strict=True)
    steps = (
        (c.call_id, step.step, datetime.fromtimestamp(step.at, UTC)) for c in happened for step in c.route
    )
    assert list(told) == list(steps)


def stored(settings: Settings, kind: str, day: date) -> pa.Table:
    """Return a day's table without what tells of the read it came from."""
    with pq.ParquetFile(path(settings, kind, day)) as file:
        table = file.read(use_threads=False)
    table = table.drop_columns([name for name in _OF_THE_READ if name in table.column_names])
    plain = [
        column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
        for column in table.columns
    ]
    return pa.table(dict(zip(table.column_names, plain, strict=True))).combine_chunks()


def check_day(
    settings: Settings, statement: Statement, right: dict[str, pa.Table], *, links: bool = True
) -> set[str]:
    """Assert that a day's tables hold nothing false, and all where they say so, and that counts add up; give keys."""
    s = statement
    assert s.received == s.kept + s.duplicates + s.quarantined + s.forgotten, s
    assert s.is_complete == (s.doubt == ""), s
    tables = {kind: stored(settings, kind, s.day) for kind in KINDS}
    keys = tables["calls"]["call_key"]
    known = set(keys.to_pylist())
    assert len(keys) == s.kept == len(known), s
    if s.is_complete:
        assert s.kept == right["calls"].num_rows, f"{s.day} is called complete and lacks calls: {s}"
    for kind in KINDS:
        expected = right[kind].filter(pc.is_in(right[kind]["call_key"], keys.combine_chunks()))
        there = tables[kind]
        if not links and kind == "calls":
            expected, there = expected.drop_columns([*LINKS]), there.drop_columns([*LINKS])
        assert there.equals(expected.combine_chunks()), f"the {kind} of {s.day} are not what happened: {s}"
    return known


def check_all(settings: Settings, since: date, until: date, truth_: Truth) -> None:
    """Assert that every day is proven complete and is what happened, and that nothing half written is left."""
    for day in days(since, until):
        statement = held(settings, "calls", day)
        assert statement is not None, day
        assert statement.is_complete, statement
        assert held(settings, "events", day) == statement
        check_day(settings, statement, truth_.of(day, settings.dialect))
    assert left_overs(settings) == []


def left_overs(settings: Settings) -> list[str]:
    """Return the names of files that are half written."""
    return [file.name for file in settings.data.rglob("*.partial")]
