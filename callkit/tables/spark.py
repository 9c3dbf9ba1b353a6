"""The same build on a Spark cluster, and its tables as Ibis tables on Spark (needs the extra ``callkit[spark]``).

A task builds a day exactly as the embedded build does and writes the same files, ``calls/2026-11-16.parquet``,
``events/2026-11-16.parquet`` and ``quarantine/2026-11-16.jsonl``, so that tables made here and there may be mixed. Days
that are up to date are only looked at. Workers need callkit and what it stands on, and reach both folders.
"""

import logging
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import ibis
import msgspec
import pyarrow as pa

from callkit import errors
from callkit.errors import CallkitError, NoDataError, UsageError
from callkit.fetch import archive
from callkit.fetch.places import Place, RawFile, by_day, shown
from callkit.schema import CALLS, EVENTS, INSTANT
from callkit.settings import Settings
from callkit.tables.calls import Options
from callkit.tables.days import KINDS
from callkit.tables.making import options as options_of
from callkit.tables.placed import answer, known
from callkit.tables.statement import Statement
from callkit.tables.store import Lake, may_repeat, repeats_of

log = logging.getLogger("callkit")
_ASKED = "day string, paths array<string>, sizes array<bigint>"
_ANSWERED = "day string, statement string, is_new boolean, error string, message string"
_ANSWER = pa.schema(
    [(name, pa.bool_() if name == "is_new" else pa.string()) for name in _ANSWERED.split()[::2]]
)


class _Job(NamedTuple):
    """What every task is told: the two folders, and what the tables depend on."""

    raw: str
    out: str
    options: Options


def build(
    spark: Any, raw: str | Path, out: str | Path, options: Settings | Options | None = None
) -> dict[date, Statement]:
    """
    Build the tables of every archived day on Spark, a task a day, and return the days' statements, in order.

    Days whose tables are missing, half written, older than the newest raw file or of another fingerprint are built
    from raw; the others are only looked at.

    Parameters
    ----------
    spark
        A SparkSession; nothing of it is changed.
    raw, out
        The account's folders of raw files (as ``data/raw/shop``) and of tables (as ``data/tables/shop``): folders
        that every worker sees, or addresses such as ``s3://calls/raw/shop`` that pyarrow can open.
    options
        What the tables depend on beside the pages: the account's settings, of which no key leaves this process, or
        options. Default: account, dialect and zone as the newest raw file names them, numbers read as British.

    Returns
    -------
    dict
        Date → what the day's last read proves, as it stands in the tables; `callkit.tables.statement.frame` makes a
        DataFrame of it.

    Raises
    ------
    UsageError
        pyspark is missing here or callkit on the workers, or a folder cannot be opened.
    NoDataError
        There is no raw file.
    ArchiveError
        A raw file that is needed is damaged, or one is named for no day.
    PageError
        A day's records cannot be told apart at all.
    CallkitError
        A day cannot be read or written, or Spark gave up; the days that were built stay.
    """
    _require(spark)
    source, target = Place.of(raw), Place.of(out)
    days = by_day(source.files(archive.PATTERN))
    if not days:
        raise NoDataError(f"No raw files are in {shown(raw)}; give the account's own, as data/raw/<account>.")
    job = _Job(source.address, target.address, _options(options, days))
    answers = _asked(spark, job, days)
    if failed := [a for a in answers if a.error]:
        log.error("%d of %d days could not be built.", len(failed), len(answers))
        raise getattr(errors, failed[0].error)(failed[0].message)
    if n_built := sum(a.is_new for a in answers):
        log.info("Built the tables of %d days from raw.", n_built)
    told = {a.day: msgspec.json.decode(a.statement, type=Statement) for a in answers}
    return {date.fromisoformat(day): statement for day, statement in told.items()}


def open(spark: Any, out: str | Path) -> Lake:  # noqa: A001 (as callkit.open)
    """
    Open all calls and events of a folder of tables as Ibis tables on Spark; a call of two days' windows counts once.

    They belong to a new session on the same cluster, whose zone is UTC; the settings of `spark` itself are not
    changed.

    Parameters
    ----------
    spark
        A SparkSession.
    out
        The folder that `build`, or callkit on one machine, has filled.

    Raises
    ------
    UsageError
        pyspark is missing, or the folder cannot be opened.
    NoDataError
        There are no tables.
    ArchiveError
        Tables are half written, of different builds, or named for no day.
    """
    _require(spark)
    place = Place.of(out)
    days = known(place)
    session = spark.newSession()
    session.conf.set("spark.sql.parquet.inferTimestampNTZ.enabled", "true")  # a wall clock stays one
    with _unwarned():
        engine = ibis.pyspark.connect(session)  # sets the session's zone to UTC
    rows = {kind: _rows(session, place.url, kind, days) for kind in KINDS}
    if may_repeat(days) and (gone := _repeated(rows["calls"], days)):
        from pyspark.sql import functions

        repeated = functions.broadcast(session.createDataFrame(gone, "call_key string, file string"))
        for kind, table in rows.items():
            named = table.withColumn("file", functions.col("_metadata.file_name"))
            rows[kind] = named.join(repeated, ["call_key", "file"], "left_anti").drop("file")
    for kind, table in rows.items():
        table.createOrReplaceTempView(kind)
    # Ibis takes an instant of Spark for a wall clock
    instants = [[c.name for c in columns if c.type == INSTANT] for columns in (CALLS, EVENTS)]
    opened = zip(map(engine.table, KINDS), instants, strict=True)
    return Lake(*(table.cast(dict.fromkeys(names, "timestamp('UTC')")) for table, names in opened))


@contextmanager
def _unwarned() -> Iterator[None]:
    """Leave out what PySpark says of pandas 3 at every turn; it needs pandas for none of this."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
        yield


def _require(spark: Any) -> None:
    try:
        import pyspark  # noqa: F401
    except ImportError:
        message = "Spark needs the package pyspark; install it with pip install 'callkit[spark]'."
        raise UsageError(message) from None
    if not hasattr(spark, "createDataFrame"):
        raise UsageError(f"spark is {spark!r}; give what SparkSession.builder.getOrCreate() returns.")


def _options(given: Settings | Options | None, days: Mapping[date, list[RawFile]]) -> Options:
    if isinstance(given, Options):
        return given
    if isinstance(given, Settings):
        return options_of(given)
    if given is not None:
        raise UsageError(f"options is {given!r}; give what ck.Settings.load() returns, or leave it out.")
    head = archive.read(days[max(days)][-1]).head
    return Options(head.dialect, head.time_zone, head.account)


def _asked(spark: Any, job: _Job, days: Mapping[date, list[RawFile]]) -> list[Any]:
    """Run a task for each day, and return their answers by day."""
    rows = [(str(day), [f.path for f in files], [f.size for f in files]) for day, files in days.items()]
    tasks = spark.createDataFrame(rows, _ASKED).repartition(len(rows))
    try:
        with _unwarned():
            return sorted(tasks.mapInArrow(partial(_answers, job), _ANSWERED).collect())
    except Exception as error:
        log.debug("Spark gave up.", exc_info=True)
        raise _given_up(error) from None  # the cause is a hundred lines of two languages


def _answers(job: _Job, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Answer for each day of the batches; run on a worker."""
    raw, out = Place.of(job.raw), Place.of(job.out)
    for batch in batches:
        for row in batch.to_pylist():
            files = [
                RawFile(raw.filesystem, *known_by)
                for known_by in zip(row["paths"], row["sizes"], strict=True)
            ]
            told = {"day": row["day"], **answer(job.options, out, date.fromisoformat(row["day"]), files)}
            yield pa.RecordBatch.from_pylist([told], _ANSWER)


def _given_up(error: Exception) -> CallkitError:
    """Say in one sentence why Spark itself could not run the tasks."""
    if missing := re.search(r"No module named '([\w.]+)'", str(error)):
        return UsageError(
            f"The Spark workers cannot import {missing[1]}; send them callkit and what it stands on with "
            "spark.archives, or name a Python that has it in PYSPARK_PYTHON."
        )
    why = shown(error).strip().partition("\n")[0].rstrip(".")
    return CallkitError(f"Spark could not build the tables ({why}); its log says more.")


def _rows(session: Any, url: str, kind: str, days: Iterable[date]) -> Any:
    """Return the rows of one kind of table, of all days, as a DataFrame of Spark."""
    try:
        return session.read.parquet(*(f"{url}/{kind}/{day}.parquet" for day in days))
    except Exception as error:
        log.debug("Spark gave up.", exc_info=True)
        why = next(filter(None, map(str.strip, shown(error).splitlines()[1:])), shown(error))
        message = (
            f"Spark cannot read {shown(url)} ({why}); give it the package and keys that open this address."
        )
        raise UsageError(message) from None


def _repeated(calls: Any, days: Mapping[date, Statement]) -> list[tuple[str, str]]:
    """Return key and file of each call that a later read, of another day, holds too."""
    from pyspark.sql import functions

    files = functions.collect_list("_metadata.file_name").alias("files")
    keys: dict[date, list[str]] = {}
    for row in calls.groupBy("call_key").agg(files).where("size(files) > 1").collect():
        for file in row.files:
            keys.setdefault(date.fromisoformat(file[:10]), []).append(row.call_key)
    gone = repeats_of(days, {day: pa.chunked_array([found], pa.string()) for day, found in keys.items()})
    return [(key, f"{day}.parquet") for day, found in gone.items() for key in sorted(found)]
