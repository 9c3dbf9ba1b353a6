import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from callkit.dialects import RawPage
from callkit.errors import ArchiveError, FetchError, LockedError
from callkit.fetch import archive
from callkit.fetch.windows import Window
from callkit.privacy import Secret
from callkit.settings import Settings
from tests.fetch.answers import page, record

MONDAY = date(2026, 11, 16)
WINDOW = Window(MONDAY, datetime(2026, 11, 16), datetime(2026, 11, 17), "new")
NOW = datetime(2026, 11, 23, 6, 4, 12, tzinfo=UTC)
PAGES = [
    RawPage(page([record(2), record(1)], 3), NOW, "/v1/call_report?page=1"),
    RawPage(page([record(0)], 3, 2).replace(b", ", b",\n") + b"\r\n", NOW, "/v1/call_report?page=2"),
]


@pytest.fixture
def settings(tmp_path):
    return Settings(account="shop", data=tmp_path, token=Secret("kept-very-secret"))


def write(settings, pages=PAGES, window=WINDOW, now=NOW):
    return archive.write(settings, window, pages, lambda: now)


def test_pages_come_back_byte_for_byte(settings):
    path = write(settings)
    found = archive.read(path)
    assert [p.body for p in found.pages] == [p.body for p in PAGES]
    assert [p.source for p in found.pages] == [f"{path.name}#1", f"{path.name}#2"]
    assert found.pages[0].fetched_at == NOW
    assert (found.head.day, found.head.dialect, found.head.until) == (
        MONDAY,
        "call_report",
        datetime(2026, 11, 17),
    )
    assert (found.reading.announced, found.reading.received, found.reading.n_pages) == (3, 3, 2)


def test_the_name_says_day_and_fetch(settings):
    path = write(settings, PAGES[:1])
    assert path.relative_to(settings.data) == Path("raw/shop/2026/2026-11-16.20261123T060412Z.pages.zst")


def test_a_file_gets_its_name_when_it_is_on_the_disk(settings, monkeypatch):
    kept = []
    monkeypatch.setattr(archive.os, "fsync", lambda _: kept.append(archive.files(settings)))
    write(settings)
    assert kept[0] == {}


def test_no_file_is_ever_written_over(settings):
    first, second = write(settings, PAGES[:1]), write(settings, [])
    assert first != second
    assert archive.files(settings) == {MONDAY: [first, second]}
    assert len(archive.read(first).pages) == 1


def test_files_of_a_span_of_days(settings):
    write(settings, [])
    write(settings, [], WINDOW._replace(day=MONDAY + timedelta(days=1)))
    assert list(archive.files(settings, MONDAY, MONDAY + timedelta(days=1))) == [MONDAY]
    assert list(archive.files(settings, MONDAY + timedelta(days=1))) == [MONDAY + timedelta(days=1)]


def test_what_was_received_counts_as_a_hash_of_content_only(settings):
    first, second = archive.read(write(settings, PAGES[:1])), archive.read(write(settings, PAGES[:1]))
    assert first.sha256 == second.sha256
    assert first.sha256 != archive.read(write(settings, [])).sha256


def test_the_key_is_not_in_the_file(settings):
    content = pa.input_stream(str(write(settings, PAGES[:1])), compression="zstd").read()
    assert b"kept-very-secret" not in content


def test_pages_that_stop_with_an_error_leave_nothing(settings):
    def pages():
        yield PAGES[0]
        raise FetchError("gone")

    with pytest.raises(FetchError, match="gone"):
        write(settings, pages())
    assert [p for p in settings.folder("raw").rglob("*") if p.is_file()] == []


def test_a_killed_writer_leaves_no_final_file_and_the_next_one_clears_up(settings, tmp_path):
    script = f"""
import sys, time
sys.path[:0] = {[str(Path(p)) for p in sys.path if p]!r}
from tests.fetch.test_archive import *
def pages():
    yield PAGES[0]
    print("half", flush=True)
    time.sleep(60)
settings = Settings(account="shop", data=Path({str(tmp_path)!r}))
with archive.lock(settings):
    write(settings, pages())
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as writer:
        assert writer.stdout.readline() == b"half\n"
        with pytest.raises(LockedError, match="Another sync of account 'shop'"), archive.lock(settings):
            pass
        writer.kill()
    assert archive.files(settings) == {}
    assert len(list(settings.folder("raw").rglob("*.partial"))) == 1
    with archive.lock(settings):
        assert list(settings.folder("raw").rglob("*.partial")) == []


def test_one_process_holds_the_lock_only_while_it_works(settings):
    with archive.lock(settings), pytest.raises(LockedError), archive.lock(settings):
        pass
    with archive.lock(settings):
        pass


def rewritten(path, change):
    content = change(pa.input_stream(str(path), compression="zstd").read())
    with pa.CompressedOutputStream(str(path), "zstd") as stream:
        stream.write(content)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: c.replace(b"missed", b"maybe?"), "page 1 does not match its hash"),
        (lambda c: c[: c.rindex(b'{"line":"reading"')], "closing statement is missing"),
        (lambda c: c[:-1], "out of order"),
        (lambda c: c[c.index(b"\n") + 1 :], "out of order"),
        (lambda c: b"nonsense", "damaged"),
        (lambda c: b"", "closing statement is missing"),
    ],
)
def test_harm_is_seen_on_reading(settings, change, words):
    path = write(settings, PAGES[:1])
    rewritten(path, change)
    with pytest.raises(ArchiveError, match=words) as caught:
        archive.read(path)
    assert "shop/2026/2026-11-16" in str(caught.value)


def test_a_file_cut_short_is_seen_on_reading(settings):
    path = write(settings, PAGES[:1])
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ArchiveError, match=r"damaged .*restore it from a copy, or remove it and sync again"):
        archive.read(path)


def without(number):
    def change(body):
        parsed = json.loads(body)
        left = [r for r in parsed["data"] if r["id"] != number]
        n = len(parsed["data"]) - len(left)
        return (json.dumps({**parsed, "data": left}).encode(), n) if n else (body, 0)

    return change


def test_records_are_taken_out_of_a_file_that_keeps_its_name(settings):
    path = write(settings)
    before = archive.read(path)
    assert archive.rewrite(path, without(0)) == 1
    after = archive.read(path)
    assert archive.files(settings) == {MONDAY: [path]}
    assert after.pages[0].body == before.pages[0].body
    assert b"442079460100" not in after.pages[1].body
    assert (after.forgotten, after.reading) == (1, before.reading)
    assert after.sha256 != before.sha256
    assert archive.rewrite(path, without(1)) == 1
    assert archive.read(path).forgotten == 2


def test_a_file_that_loses_nothing_is_not_touched(settings):
    path = write(settings)
    stamp = path.stat().st_mtime_ns
    assert archive.rewrite(path, without(9)) == 0
    assert path.stat().st_mtime_ns == stamp


def test_a_rewrite_that_fails_leaves_the_file_as_it_was(settings, monkeypatch):
    path = write(settings)
    before = path.read_bytes()
    monkeypatch.setattr(archive.os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(OSError, match="No space"):
        archive.rewrite(path, without(0))
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]
