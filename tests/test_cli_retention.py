import json
import subprocess
import sys

import pytest

from callkit import cli
from callkit.fetch import archive
from callkit.periods import Week
from callkit.report import index
from callkit.tables import days, store
from tests.pipeline.retained import MONDAY, NUMBER, account, calls, files, put, report, shown
from tests.report import sidecars
from tests.test_cli import run


@pytest.fixture
def settings(tmp_path):
    settings = account(tmp_path / "data")
    put(settings, MONDAY, [*calls(MONDAY), *calls(MONDAY, 5, NUMBER)[3:]])
    store.load(settings)
    report(settings, "2026-W47.internal.html", NUMBER)
    (tmp_path / "callkit.toml").write_text('account = "shop"\n[dids]\n"442079460100" = "Sales"\n')
    return settings


@pytest.fixture
def command(settings, tmp_path, monkeypatch, capsys):
    """Run a command in this process; return its exit code and what it wrote."""
    monkeypatch.chdir(tmp_path)
    for name in ("CALLKIT_CONFIG", "CALLKIT_ACCOUNT", "CALLKIT_DATA"):
        monkeypatch.delenv(name, raising=False)

    def at_once(*arguments):
        try:
            code = cli.main([*arguments])
        except SystemExit as left:
            code = left.code
        return (code, *capsys.readouterr())

    return at_once


def test_forget(command, settings):
    assert command("forget", "--dry-run", "--caller", "07700", "900", "417")[0] == 0
    code, out, err = command("forget", "--caller", "07700 900417", "--dry-run")
    assert (code, err) == (0, "")
    assert "2 records on 1 page of 1 raw file, 2026-11-16." in out
    assert "nothing was changed" in out
    code, out, err = command("forget", "--caller", NUMBER)
    assert (code, err) == (0, "")
    assert "Mobile, ends 417" in out
    assert "weekly/2026/2026-W47.internal.html" in out
    assert "ask the vendor to delete" in out
    assert "900417" not in out
    assert shown(settings) == []


def test_a_report_that_is_gone_is_no_longer_listed(command, settings):
    weekly = settings.folder("reports") / "weekly"
    for number in (45, 46):
        sidecars.put(weekly, sidecars.sidecar(Week(2026, number)), page=NUMBER if number == 46 else "good")
    index.write(weekly, settings)
    assert command("forget", "--caller", NUMBER, "--dry-run")[0] == 0
    assert "2026-W46.html" in (weekly / "index.html").read_text()
    assert command("forget", "--caller", NUMBER)[0] == 0
    assert "2026-W46" not in (weekly / "index.html").read_text()
    assert "2026-W45.html" in (weekly / "index.html").read_text()


def test_the_number_is_read_from_standard_input(settings, tmp_path):
    asked = [sys.executable, "-m", "callkit", "forget", "--caller", "-"]
    done = subprocess.run(
        asked, cwd=tmp_path, input="07700 900417\n", capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert shown(settings) == []
    empty = subprocess.run(asked, cwd=tmp_path, input="", capture_output=True, text=True, timeout=60)
    assert empty.returncode == 2
    assert "not a whole phone number" in empty.stderr
    help_text = run("forget", "--help", cwd=tmp_path).stdout
    assert "shell's history" in " ".join(help_text.split())


@pytest.mark.parametrize(
    "arguments",
    [
        ["--caller", "07700900417x"],
        ["--caller", "+4477009004170417"],
        ["--caller", "442079460100"],
        ["07700900417"],
        ["--caller", "07700900417", "07700900417"],
        ["--caler", "07700900417", "--sandbx"],
        ["--call-er=07700900417", "--caller", "x"],
    ],
)
def test_no_refusal_repeats_a_number(command, settings, arguments):
    before = files(settings)
    code, out, err = command("forget", *arguments)
    assert (code, out) == (2, "")
    assert "900417" not in err
    assert "9460100" not in err
    assert "Traceback" not in err
    assert files(settings) == before


def test_prune(command, settings):
    code, out, err = command("prune", "--older-than", "1d", "--dry-run")
    assert (code, err) == (0, "")
    code, out, err = command("prune", "--older-than", "99y")
    assert (code, err) == (0, "")
    assert "0 files (0 bytes) removed." in out
    for age in ("0m", "24x", ""):
        code, out, err = command("prune", "--older-than", age)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert "is not an age; write a number above 0" in err
    assert command("prune")[0] == 2


def test_verify_and_rebuild(command, settings):
    code, out, err = command("sync", "--verify")
    assert (code, err) == (0, "")
    assert "1 whole file: 1 page, 5 records" in out
    days.path(settings, "events", MONDAY).unlink()
    code, out, err = command("sync", "--verify", "--since", "2026-11-01")
    assert code == 3
    assert "callkit sync --rebuild --since 2026-11-16 --until 2026-11-17" in out
    assert err == "callkit: 1 damage was found; each is named above with its remedy.\n"
    code, out, err = command("sync", "--rebuild", "--since", "2026-11-16", "--until", "2026-11-17")
    assert (code, err) == (0, "")
    assert "of 1 day, 2026-11-16: 5 calls, 20 flow lines." in out
    assert command("sync", "--verify")[0] == 0
    raw = archive.files(settings)[MONDAY][0]
    raw.write_bytes(raw.read_bytes()[:-9])
    assert command("sync", "--rebuild")[0] == 3
    assert command("sync", "--verify")[0] == 3
    assert command("sync", "--verify", "--until", "2026-11-01")[0] == 4
    assert command("sync", "--verify", "--rebuild")[0] == 2


@pytest.mark.parametrize(
    "arguments", [["forget", "--caller", NUMBER], ["prune", "--older-than", "1d"], ["sync", "--rebuild"]]
)
def test_two_at_once(command, settings, arguments):
    with archive.lock(settings):
        code, _, err = command(*arguments)
    assert code == 75
    assert err.count("\n") == 1


def test_what_is_logged_can_be_read(command, settings):
    command("forget", "--caller", NUMBER)
    lines = (settings.folder("raw") / "deletions.jsonl").read_text().splitlines()
    assert [json.loads(line)["state"] for line in lines] == ["begun", "done"]
    assert "417" not in "".join(lines)
