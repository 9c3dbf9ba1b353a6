import hashlib
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from msgspec import structs

from callkit.errors import LockedError, NoDataError
from callkit.fetch import archive
from callkit.pipeline import rebuild as rebuilding
from callkit.pipeline import verify as verifying
from callkit.pipeline.forget import forget
from callkit.pipeline.rebuild import rebuild
from callkit.pipeline.verify import verify
from callkit.tables import days, store, upkeep
from tests.fetch.answers import record
from tests.pipeline.retained import MONDAY, NUMBER, account, calls, copied, files, put
from tests.tables.archived import LATER

TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)


@pytest.fixture
def settings(tmp_path):
    return copied(three_days, tmp_path)


def three_days(settings):
    put(settings, MONDAY, calls(MONDAY), datetime(2026, 11, 17, 9, tzinfo=UTC))
    put(settings, MONDAY, [*calls(MONDAY), record(7, caller=NUMBER)])
    put(settings, TUESDAY, [])
    put(settings, WEDNESDAY, [*calls(WEDNESDAY), "odd"])
    store.load(settings)


def path_of(settings, kind, day=MONDAY):
    return days.path(settings, kind, day)


def test_what_is_whole_is_counted(settings):
    found = verify(settings)
    assert found.damages == ()
    assert (found.n_files, found.n_pages, found.n_records, found.n_days) == (4, 4, 11, 3)
    assert found.n_bytes == sum(len(p.body) for f in sorted(settings.folder("raw").glob("*/*.zst"))
                                for p in archive.read(f).pages)  # fmt: skip
    assert "4 whole files: 4 pages, 11 records" in str(found)
    assert "Damaged:     nothing." in str(found)


def test_it_only_reads(settings):
    (settings.folder("raw") / ".lock").unlink(missing_ok=True)
    before = {p: p.stat().st_mtime_ns for p in settings.data.rglob("*")}
    verify(settings)
    assert {p: p.stat().st_mtime_ns for p in settings.data.rglob("*")} == before


def test_what_was_forgotten_or_pruned_is_no_damage(settings):
    forget(settings, NUMBER)
    found = verify(settings)
    assert (found.damages, found.n_records) == ((), 10)
    assert verify(settings, WEDNESDAY).n_files == 1
    assert verify(settings, until=TUESDAY).n_files == 2


def test_days_without_tables_are_no_damage_either(settings):
    shutil.rmtree(settings.folder("tables"))
    found = verify(settings)
    assert (found.damages, found.n_unbuilt, found.n_days) == ((), 3, 0)
    assert "3 days without tables to compare; a load builds them." in str(found)
    assert verify(replace(settings, time_zone="Asia/Kolkata")).n_unbuilt == 3


def test_an_account_without_files(tmp_path):
    with pytest.raises(NoDataError, match="fetch them with callkit sync"):
        verify(account(tmp_path))
    with pytest.raises(NoDataError, match="fetch them with callkit sync"):
        rebuild(account(tmp_path))
    assert list(tmp_path.iterdir()) == []


def flip(path, at=None):
    content = bytearray(path.read_bytes())
    content[len(content) // 2 if at is None else at] ^= 255
    path.write_bytes(content)


def flip_a_key(path):
    keys = pq.read_metadata(path).row_group(0).column(0)  # a byte elsewhere may only say a thing twice
    flip(path, keys.data_page_offset + keys.total_compressed_size - 1)


def write_anew(path, head=None, reading=None):
    """Write a raw file again whose pages are right and whose head or closing statement is not."""
    found = archive.read(path)
    with pa.CompressedOutputStream(str(path), "zstd") as stream:
        stream.write(archive._line(structs.replace(found.head, **(head or {}))))
        for page, page_head in zip(found.pages, found.page_heads, strict=True):
            archive._write_page(stream, page.body, page_head)
        stream.write(archive._line(structs.replace(found.reading, **(reading or {}))))


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (flip, "is damaged"),
        (lambda p: p.write_bytes(p.read_bytes()[:-5]), "is damaged"),
        (lambda p: p.write_bytes(b""), "is damaged"),
        (lambda p: write_anew(p, head={"account": "other"}), "belongs to account 'other'"),
        (lambda p: write_anew(p, head={"day": TUESDAY}), "holds 2026-11-17, and its name says otherwise"),
        (lambda p: write_anew(p, reading={"received": 5}), "closes with 5 records on 1 page, and holds 4 on 1"),
        (lambda p: write_anew(p, reading={"n_pages": 2}), "closes with 4 records on 2 pages, and holds 4 on 1"),
        (lambda p: write_anew(p, reading={"fetched_at": LATER + timedelta(days=1)}), "read at another time"),
        (lambda p: write_anew(p, reading={"fetched_at": LATER - timedelta(days=90)}), "read at another time"),
    ],
)  # fmt: skip
def test_a_damaged_raw_file_is_named_with_its_remedy(settings, harm, said):
    path = archive.files(settings)[MONDAY][-1]
    harm(path)
    found = verify(settings)
    assert len(found.damages) == 1
    assert path.name in found.damages[0]
    assert said in found.damages[0]
    assert "restore it from a copy, or remove it and sync again." in found.damages[0]
    assert (found.n_files, found.n_days) == (3, 2)


def other_content(path):
    pq.write_table(pq.read_table(path).slice(1), path)


def other_statement(settings, **changes):
    """Write both tables of a day with another statement."""
    for kind in days.KINDS:
        statement = structs.replace(days.held(settings, kind, MONDAY), **changes)
        table = pq.ParquetFile(path_of(settings, kind)).read()
        pq.write_table(table.replace_schema_metadata({b"callkit": archive.msgspec.json.encode(statement)}),
                       path_of(settings, kind))  # fmt: skip


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda s: path_of(s, "events").unlink(), "not of one piece"),
        (lambda s: path_of(s, "events").write_bytes(b"x"), "not of one piece"),
        (lambda s: shutil.copy(path_of(s, "events", WEDNESDAY), path_of(s, "events")), "not of one piece"),
        (lambda s: other_content(path_of(s, "calls")), "not what raw gives"),
        (lambda s: flip_a_key(path_of(s, "calls")), "2026-11-16"),
        (lambda s: put(s, MONDAY, calls(MONDAY), LATER + timedelta(hours=1)), "before its newest raw file"),
        (lambda s: other_statement(s, kept=3), "does not add up"),
        (lambda s: [p.unlink() for p in archive.files(s)[MONDAY]], "have no raw file"),
    ],
)
def test_damaged_tables_are_named_and_built_again(settings, harm, said):
    harm(settings)
    found = verify(settings)
    assert len(found.damages) == 1
    assert said in found.damages[0]
    if "no raw" not in said:
        assert "callkit sync --rebuild --since 2026-11-16 --until 2026-11-17" in found.damages[0]
        rebuild(settings, MONDAY, TUESDAY)
        assert verify(settings).damages == ()


def test_a_damaged_quarantine_counts_too(settings):
    quarantine = settings.folder("tables") / "quarantine" / f"{WEDNESDAY}.jsonl"
    quarantine.unlink()
    assert "2026-11-18 are not what raw gives" in verify(settings).damages[0]


def test_a_running_sync_is_waited_for(settings, monkeypatch):
    put(settings, MONDAY, calls(MONDAY), LATER + timedelta(hours=1))
    waits = []

    def wait(seconds):
        waits.append(seconds)
        upkeep.refresh(settings)

    monkeypatch.setattr(verifying.time, "sleep", wait)
    with archive.lock(settings):
        assert verify(settings).damages == ()
    assert waits == [1]


def content(settings):
    """Return a hash of everything the tables say."""
    digest = hashlib.sha256()
    for path in sorted(settings.folder("tables").rglob("*.*")):
        is_table = path.suffix == ".parquet"
        digest.update(str(pq.read_table(path).to_pylist()).encode() if is_table else path.read_bytes())
        digest.update(str(pq.read_metadata(path).metadata[b"callkit"]).encode() if is_table else b"")
    return digest.hexdigest()


@pytest.mark.parametrize("harm", [lambda s: None, lambda s: shutil.rmtree(s.folder("tables"))])
def test_rebuilt_tables_are_the_same(settings, harm):
    before = content(settings)
    harm(settings)
    found = rebuild(settings)
    assert content(settings) == before
    assert found.days == (MONDAY, TUESDAY, WEDNESDAY)
    assert (found.n_calls, found.damages) == (7, ())
    assert "of 3 days, 2026-11-16 to 2026-11-18: 7 calls" in str(found)


def test_only_the_span_is_rebuilt(settings):
    before = {p: p.stat().st_mtime_ns for p in files(settings)}
    rebuild(settings, TUESDAY, WEDNESDAY)
    changed = {p.name for p, at in before.items() if p.stat().st_mtime_ns != at}
    assert changed == {"2026-11-17.parquet"}


def test_a_damaged_day_keeps_its_old_tables_and_holds_up_no_other(settings):
    flip(archive.files(settings)[TUESDAY][0])
    before = content(settings)
    found = rebuild(settings)
    assert found.days == (MONDAY, WEDNESDAY)
    assert "2026-11-17" in found.damages[0]
    assert content(settings) == before


@pytest.mark.parametrize("at", range(1, 6))
def test_a_failure_in_the_middle_leaves_each_day_whole(settings, monkeypatch, at):
    before, write, written = content(settings), days.write, []

    def failing(table, file):
        written.append(file)
        if len(written) == at:
            file.write_bytes(b"half")
            raise OSError(28, "No space left on device", str(file))
        write(table, file)

    with monkeypatch.context() as patched:
        patched.setattr(days, "write", failing)
        with pytest.raises(OSError, match="No space left"):
            rebuild(settings)
    assert content(settings) == before
    assert not [*settings.data.rglob("*.partial")]
    assert verify(settings).damages == ()


def test_it_waits_for_nobody(settings):
    with archive.lock(settings), pytest.raises(LockedError):
        rebuilding.rebuild(settings)
