import re

import pytest
from pyarrow import fs

from callkit.errors import ArchiveError, UsageError
from callkit.fetch import archive
from callkit.fetch.places import Place, by_day, shown
from callkit.settings import Settings
from tests.fetch.answers import record
from tests.tables.archived import LATER, MONDAY, put


@pytest.fixture
def settings(tmp_path):
    return Settings(account="shop", data=tmp_path)


@pytest.fixture
def raw(settings):
    """Return an account's raw folder with two reads of a day, and what is none of its business."""
    put(settings, MONDAY, [record(0)])
    put(settings, MONDAY, [record(0), record(1)], LATER.replace(hour=10))
    folder = settings.folder("raw")
    (folder / "2026" / ".2026-11-16.20261201T120000Z.pages.zst.1.partial").write_bytes(b"half")
    (folder / "2026" / "notes.txt").write_text("mine")
    (folder / "old").mkdir()
    (folder / "old" / "2026-11-17.20261201T090000Z.pages.zst").write_bytes(b"elsewhere")
    return folder


@pytest.mark.parametrize("form", ["{}", "file://{}", "file://{}/"])
def test_the_files_of_a_place_are_those_of_the_archive(settings, raw, form):
    place = Place.of(form.format(raw))
    found = by_day(place.files(archive.PATTERN))
    wanted = archive.files(settings)
    assert {day: [str(file) for file in files] for day, files in found.items()} == {
        day: [str(path) for path in paths] for day, paths in wanted.items()
    }
    assert [f.size for f in found[MONDAY]] == [p.stat().st_size for p in wanted[MONDAY]]
    for ours, theirs in zip(found[MONDAY], wanted[MONDAY], strict=True):
        assert archive.read(ours) == archive.read(theirs)
    assert (place.is_local, place.url) == (True, f"file://{raw}")


def test_a_damaged_file_is_told_as_on_this_disk(settings, raw):
    path = archive.files(settings)[MONDAY][0]
    path.write_bytes(path.read_bytes()[:60])
    file = Place.of(raw).files(archive.PATTERN)[0]._replace(path=str(path))
    told = []
    for form in (file, path):
        with pytest.raises(ArchiveError) as raised:
            archive.read(form)
        told.append(str(raised.value))
    assert told[0] == told[1]


def test_a_file_that_is_gone_is_no_damage(settings, raw):
    file = Place.of(raw).files(archive.PATTERN)[0]._replace(path=f"{raw}/2026/gone.pages.zst")
    with pytest.raises(ArchiveError, match=r"^Raw file gone.pages.zst cannot be read \(.*\); see that"):
        archive.read(file)


def test_an_address_on_a_store_keeps_its_parts():
    place = Place.of("s3://calls/raw/shop/?region=eu-west-2")
    assert isinstance(place.filesystem, fs.S3FileSystem)
    assert (place.path, place.url) == ("calls/raw/shop", "s3://calls/raw/shop")
    assert place.address == "s3://calls/raw/shop/?region=eu-west-2"
    assert not place.is_local


def test_a_relative_folder_is_the_same_on_any_worker(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert Place.of("raw").address == str(tmp_path / "raw")


def test_a_folder_that_is_not_there_has_no_files(tmp_path):
    assert Place.of(tmp_path / "none").files("*") == []


def test_a_file_where_a_folder_should_be_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(
        UsageError, match=r"/file cannot be listed \(.*\); see that it may be read from here\.$"
    ):
        Place.of(tmp_path / "file").files("*")


@pytest.mark.parametrize(
    ("where", "told"),
    [("ftp://user:secret@host/raw", "ftp://***@host/raw"),
     ("s3://AKIAKEY:secret/ret@bucket/raw", "s3://***@bucket/raw"),
     ("s3://AKIAKEY:secret?ret@bucket/raw", "s3://***"),
     ("s3://bucket/raw?access_key=secret1&secret_key=secret2", "s3://bucket/raw?access_key=***&secret_key=***"),
     ("s3://bucket/raw?region=eu-west-2&key=secret", "s3://bucket/raw?region=eu-west-2&key=***"),
     ("abfs://box/raw?sas=secret==", "abfs://box/raw?sas=***")],
)  # fmt: skip
def test_an_address_that_cannot_be_opened_is_named_without_its_key(where, told):
    with pytest.raises(UsageError) as raised:
        Place.of(where)
    assert str(raised.value).startswith(f"{told} cannot be opened (")
    assert not re.search("secret(?!_key)", str(raised.value))


@pytest.mark.parametrize("where", ["", "  ", 7, None, b"s3://AKIA:secret@calls"])
def test_what_names_no_folder_is_named(where):
    with pytest.raises(UsageError) as raised:
        Place.of(where)
    said = " names no folder; give a local one, such as data/raw/shop, or an address, such as s3://calls/raw/shop."
    assert str(raised.value) == repr(where).replace("AKIA:secret", "***") + said


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("see s3://AKIA:secret@calls/raw, s3://b/c", "see s3://***@calls/raw, s3://b/c"),
     ("s3://b/c s3://K:s/e@d/e s3://f", "s3://b/c s3://***@d/e s3://f"),
     ("s3://K:s@e@d/e", "s3://***@d/e"),
     ("s3://d/e?secret", "s3://d/e?***"),
     ("s3://d?mail=a@b&key=secret", "s3://***"),
     ("s3://d?scheme=http&endpoint_override=localhost:9000", "s3://d?scheme=http&endpoint_override=localhost:9000"),
     ("R&D? me@shop = you", "R&D? me@shop = you")],
)  # fmt: skip
def test_keys_in_addresses_are_not_shown(text, wanted):
    assert shown(text) == wanted


def test_a_raw_file_named_for_no_day_is_named(raw, settings):
    (raw / "2026" / "2026-13-45.20261201T090000Z.pages.zst").write_bytes(b"")
    said = r"^The name of .*/2026/2026-13-45\..*\.pages\.zst begins with no day of the calendar; move the file away"
    for find in (lambda: by_day(Place.of(raw).files(archive.PATTERN)), lambda: archive.files(settings)):
        with pytest.raises(ArchiveError, match=said):
            find()
