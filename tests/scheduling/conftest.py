"""What ``callkit report`` is asked and does, with a stub in the place of the sync and of the notebook's run."""

import hashlib
import json

import pytest

import callkit
from callkit import cli
from callkit.report import listing, making, publish
from callkit.settings import Settings


class Desk:
    """A stub of the work: notes what it was asked for, and fails where it is told to."""

    def __init__(self, settings):
        self.settings, self.synced, self.made, self.failing = settings, [], [], {}
        self.is_complete, self.sync_error, self.code = True, None, None

    def sync(self, settings, *, since, until, progress):
        self.synced.append((str(since), str(until), progress))
        if self.sync_error:
            raise self.sync_error

    def make_report(self, settings, period, *, audience, **options):
        self.made.append((str(period), audience, options))
        if error := self.failing.get(str(period)):
            raise error
        folder = settings.folder("reports") / period.kind
        page = publish.place(folder, str(period), audience)
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text("page")
        digest = hashlib.sha256(b"page").hexdigest()
        said = {"status": "ok", "is_complete": self.is_complete, "page": {"sha256": digest}}
        publish.write_json(page.with_name(f"{publish.stem(str(period), audience)}.json"), said)
        return page

    def failed(self, kind="weekly"):
        folder = self.settings.folder("reports") / kind / "_failed"
        return {path.name: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}


@pytest.fixture
def desk(tmp_path, monkeypatch):
    for name in ("CALLKIT_CONFIG", "CALLKIT_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CALLKIT_ACCOUNT", "shop")
    monkeypatch.setenv("CALLKIT_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    desk = Desk(Settings(account="shop", data=tmp_path / "data"))
    monkeypatch.setattr(callkit, "sync", desk.sync)
    monkeypatch.setattr(making, "make_report", desk.make_report)
    monkeypatch.setattr(listing, "update", lambda folder, settings: None)
    return desk


@pytest.fixture
def report(desk, capsys):
    """Run ``callkit report`` in this process; return its exit code and what it wrote."""

    def at_once(*arguments):
        try:
            code = cli.main(["report", *arguments])
        except SystemExit as left:
            code = left.code
        return (code, *capsys.readouterr())

    return at_once
