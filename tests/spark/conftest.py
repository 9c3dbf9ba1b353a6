"""A Spark of two workers on this machine, and archives of sandbox weeks built both embedded and on Spark."""

import os
import shutil
import sys
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec
import pytest

from callkit.clock import wall
from callkit.dialects import RawPage
from callkit.fetch import archive
from callkit.fetch.windows import Window
from callkit.periods import Week
from callkit.sandbox import wire
from callkit.settings import Person, Settings
from callkit.tables import spark as cluster
from callkit.tables import store
from callkit.tables.store import Lake
from callkit.tables.tidy import Tables

DIALECTS = ("call_report", "call_records")
WEEKS = ("2026-W43", "2026-W53")  # the clocks go back; over a new year
READ_AT = datetime(2027, 2, 1, 9, tzinfo=UTC)
JAVA = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m -XX:+UseSerialGC -XX:-UsePerfData"  # for a short life
# To plan and compile a query takes far longer than to run it over so few calls: one dialect's tables are asked as
# Spark does by itself, all else without.
BY_ITSELF = {
    "spark.sql.adaptive.enabled": "true", "spark.sql.codegen.wholeStage": "true",
    "spark.sql.codegen.factoryMode": "FALLBACK", "spark.sql.shuffle.partitions": "2",
}  # fmt: skip
QUICK = dict(zip(BY_ITSELF, ("false", "false", "NO_CODEGEN", "1"), strict=True))
GRAMMAR = ({"pattern": "Call parked on (?P<target_name>.+?)", "step": "queued"},)


@pytest.fixture(scope="session")
def spark():
    """Start Spark on the loopback alone, with a session that is not in UTC, and stop it at the end."""
    if shutil.which("java") is None:
        pytest.fail("there is no java; .ci/run installs openjdk-17-jre-headless")
    from pyspark.sql import SparkSession

    os.environ.update(SPARK_LOCAL_IP="127.0.0.1", PYSPARK_PYTHON=sys.executable)
    options = {
        "spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1", "spark.ui.enabled": "false",
        "spark.sql.session.timeZone": "America/New_York", "spark.driver.extraJavaOptions": JAVA, **QUICK,
    }  # fmt: skip
    session = SparkSession.builder.master("local[2]").config(map=options).getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


class Shop(NamedTuple):
    """An account's archive, its tables as built embedded, and as built on Spark."""

    settings: Settings
    loaded: Tables
    out: str
    lake: Lake


@pytest.fixture(scope="session", params=DIALECTS)
def shop(request, spark, tmp_path_factory):
    data = tmp_path_factory.mktemp(request.param)
    settings = Settings(
        "shop", dialect=request.param, data=data, grammar=GRAMMAR, agents={"201": Person("Sam Example")}
    )
    put_weeks(settings)
    out = str(data / "of spark")
    cluster.build(spark, settings.folder("raw"), out, settings)
    lake = cluster.open(spark, out)
    if request.param == "call_report":
        for name, value in BY_ITSELF.items():
            lake.calls.get_backend()._session.conf.set(name, value)
    return Shop(settings, store.load(settings), out, lake)


def put_weeks(settings):
    """Archive sandbox weeks, a record that cannot be read among them, and calls that stand in two days' windows."""
    by_day = defaultdict(list)
    for week in WEEKS:
        for call, body in wire.sent(Week.parse(week), dialect=settings.dialect):
            at = datetime.fromtimestamp(call.started, UTC)
            by_day[wall(at, settings.time_zone).date()].append(msgspec.json.decode(body))
    first, second, third, *_ = by_day
    by_day[second][:0] = by_day[first][-3:]  # the later day's read, and the later read, take the call
    by_day[second] += [longer(record) for record in by_day[third][:2]]
    by_day[third].append("odd")
    for number, (day, records) in enumerate(by_day.items()):
        put(settings, day, records, READ_AT + timedelta(days=second == day, minutes=number))
    put(settings, third, by_day[third], READ_AT + timedelta(hours=20))


def longer(record):
    """Return a record that tells of the same call with another length."""
    stats = record.get("call_stats", record)
    return {**record, "call_stats": {**stats, "call_duration": "7200"}} if "call_stats" in record else {
        **record, "call_duration": 7200}  # fmt: skip


def put(settings, day, records, moment):
    """Archive a day's records, as a sync would."""
    if settings.dialect == "call_report":
        counts = dict.fromkeys(("total_records", "filtered_records", "page_records"), str(len(records)))
        page = {**counts, "page": "1", "data": records}
    else:
        page = {"count": len(records), "limit": 1000, "size": len(records), "page": 1, "results": records}
    start = datetime.combine(day, datetime.min.time())
    window = Window(day, start, start + timedelta(days=1), "new")
    pages = [RawPage(msgspec.json.encode(page), moment, "page")]
    return archive.write(settings, window, pages, lambda: moment)


@pytest.fixture
def small(tmp_path):
    """Return an account with the calls of a day and a half of the sandbox."""
    settings = replace(Settings("small"), data=tmp_path)
    sent = wire.sent(Week.parse(WEEKS[0]))[:500]
    by_day = defaultdict(list)
    for call, body in sent:
        at = datetime.fromtimestamp(call.started, UTC)
        by_day[wall(at, settings.time_zone).date()].append(msgspec.json.decode(body))
    for day, records in by_day.items():
        put(settings, day, records, READ_AT)
    return settings
