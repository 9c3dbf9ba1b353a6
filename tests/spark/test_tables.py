"""Tables built on Spark against those built embedded: the same bytes, calls, statements and refusals."""

import logging
from dataclasses import replace
from pathlib import Path

import pandas.testing as pdt
import pytest

from callkit.errors import ArchiveError, CallkitError, NoDataError, PageError, UsageError
from callkit.fetch import archive
from callkit.tables import days, upkeep
from callkit.tables import spark as cluster
from callkit.tables.statement import frame
from tests.spark import AS_PANDAS, MARKS

pytestmark = MARKS


def contents(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in Path(folder).rglob("*") if p.is_file()}


def plain(table):
    """Return a frame with words as text and no value as None, to compare across engines."""
    return table.astype(object).where(table.notna(), None)


def test_every_file_is_the_same_to_the_byte(shop):
    ours, theirs = contents(shop.out), contents(shop.settings.folder("tables"))
    assert set(ours) == set(theirs)
    assert len([name for name in ours if name.startswith("quarantine")]) == 1
    assert ours == theirs


@AS_PANDAS
def test_opened_tables_are_those_loaded(shop):
    for loaded, opened, order in (
        (shop.loaded.calls, shop.lake.calls, ["call_key"]),
        (shop.loaded.events, shop.lake.events, ["call_key", "position"]),
    ):
        found = opened.to_pandas().sort_values(order, ignore_index=True)
        wanted = loaded.sort_values(order, ignore_index=True)
        pdt.assert_frame_equal(plain(found), plain(wanted), check_dtype=False)


@AS_PANDAS
def test_a_call_of_two_days_windows_counts_once(shop):
    calls = shop.lake.calls
    assert calls.count().execute() == calls.call_key.nunique().execute() == len(shop.loaded.calls)
    stored = sum(days.held(shop.settings, "calls", day).kept for day in archive.files(shop.settings))
    assert stored == len(shop.loaded.calls) + 5
    assert (shop.loaded.calls["duration_s"] == 7200).sum() == 2  # the later read is kept


def test_days_up_to_date_are_only_looked_at(spark, shop, caplog):
    before = {p: p.stat().st_mtime_ns for p in Path(shop.out).rglob("*.parquet")}
    with caplog.at_level(logging.INFO, "callkit"):
        found = cluster.build(spark, shop.settings.folder("raw"), shop.out, shop.settings)
    assert {p: p.stat().st_mtime_ns for p in Path(shop.out).rglob("*.parquet")} == before
    assert caplog.messages == []
    assert found == upkeep.refresh(shop.settings)


def test_only_what_is_missing_or_of_another_fingerprint_is_built(spark, small, caplog):
    raw, out = small.folder("raw"), small.folder("tables")
    first, second = upkeep.refresh(small)
    wanted = contents(out)
    days.path(small, "events", second).unlink()
    with caplog.at_level(logging.INFO, "callkit"):
        cluster.build(spark, f"file://{raw}", f"file://{out}", small)
        assert caplog.messages == ["Built the tables of 1 days from raw."]
        assert contents(out) == wanted
        caplog.clear()
        cluster.build(spark, raw, out, replace(small, country="IE"))
        assert caplog.messages == ["Built the tables of 2 days from raw."]
    assert contents(out) != wanted


def test_by_default_the_archive_says_how_it_is_read(spark, small):
    found = cluster.build(spark, small.folder("raw"), small.data / "of spark")
    assert found == upkeep.refresh(small)
    assert contents(small.data / "of spark") == contents(small.folder("tables"))
    assert frame(found, min(found), max(found))["is_complete"].all()


def test_the_session_is_left_as_it_was(spark, shop):
    assert spark.conf.get("spark.sql.session.timeZone") == "America/New_York"
    assert spark.catalog.listTables() == []
    assert type(spark).getActiveSession() is spark


def test_a_damaged_raw_file_is_one_sentence_as_embedded(spark, small):
    path = archive.files(small)[min(archive.files(small))][0]
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(ArchiveError) as embedded:
        upkeep.refresh(small)
    with pytest.raises(ArchiveError) as ours:
        cluster.build(spark, small.folder("raw"), small.folder("tables"), small)
    assert str(ours.value) == str(embedded.value)
    assert path.name in str(ours.value)
    assert (ours.value.__cause__, ours.value.__suppress_context__) in ((None, True), (None, False))


def test_pages_that_cannot_be_told_apart_are_one_sentence_as_embedded(spark, small, monkeypatch):
    day = max(archive.files(small))
    page = archive.read(archive.files(small)[day][0]).pages[0].body
    archive.rewrite(archive.files(small)[day][0], lambda _: (page[: len(page) // 2], 1))
    with pytest.raises(PageError) as embedded:
        upkeep.refresh(small)
    with pytest.raises(PageError) as ours:
        cluster.build(spark, small.folder("raw"), small.data / "of spark", small)
    assert str(ours.value) == str(embedded.value)
    assert str(ours.value).startswith(f"{day}: ")
    built = {p.stem for p in (small.data / "of spark").glob("calls/*.parquet")}
    assert built == {str(d) for d in archive.files(small)} - {str(day)}


def test_what_cannot_be_written_names_the_day(spark, small):
    (small.data / "of spark").write_text("a file where a folder should be")
    with pytest.raises(
        CallkitError, match=r"^The tables of 2026-10-19 could not be built \(.*; mend that and .*\.$"
    ):
        cluster.build(spark, small.folder("raw"), small.data / "of spark", small)


def test_tables_half_written_or_of_two_builds_are_not_opened(spark, small):
    first, second = upkeep.refresh(small)
    path = days.path(small, "events", second)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(ArchiveError, match=f"see {second}"):
        cluster.open(spark, small.folder("tables"))
    upkeep.refresh(replace(small, country="IE"), since=second)
    with pytest.raises(ArchiveError, match="of different builds"):
        cluster.open(spark, small.folder("tables"))


def test_a_folder_without_files_is_no_silent_success(spark, tmp_path):
    with pytest.raises(NoDataError, match=r"^No raw files are in .*/raw; give the account's own, as"):
        cluster.build(spark, tmp_path / "raw", tmp_path / "tables")
    with pytest.raises(NoDataError, match="^No tables are in"):
        cluster.open(spark, tmp_path / "tables")


@pytest.mark.parametrize(
    ("where", "says"),
    [("ftp://host/raw", "ftp://host/raw cannot be opened"), ("", "'' names no folder"),
     (None, "None names no folder")],
)  # fmt: skip
def test_an_address_that_cannot_be_opened(spark, tmp_path, where, says):
    for ask in (lambda: cluster.build(spark, where, tmp_path / "tables"), lambda: cluster.open(spark, where)):
        with pytest.raises(UsageError, match=f"^{says}"):
            ask()


def test_options_of_another_kind_are_refused(spark, small):
    with pytest.raises(UsageError, match="options is 'shop'; give what"):
        cluster.build(spark, small.folder("raw"), small.folder("tables"), "shop")


def test_an_address_spark_itself_cannot_read_is_one_sentence(spark, small):
    upkeep.refresh(small)
    with pytest.raises(
        UsageError, match=r"^Spark cannot read store://x \(.*No FileSystem for scheme .*\); give it"
    ):
        cluster._rows(spark, "store://x", "calls", upkeep.refresh(small))
