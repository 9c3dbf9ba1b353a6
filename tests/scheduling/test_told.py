"""What is told of a run: the notify command and the log."""

import json
import logging
import shlex
import sys

import pytest

from callkit.cli import terminal
from callkit.errors import AuthError, LockedError, NoDataError, NotebookError, SettingsError
from callkit.periods import Week
from callkit.report import failures

LAST = Week.last_complete("Europe/London")
WRITES = (
    "import json, os, sys; names = ('STATUS', 'EXIT_CODE', 'SIDECAR', 'PAGE');"
    "print(json.dumps([sys.argv[2:], *(os.environ['CALLKIT_' + n] for n in names)]), file=open(sys.argv[1], 'a'))"
)


@pytest.fixture
def notified(tmp_path):
    """The command to give, and what it was told, a list a run."""
    place = tmp_path / "told.jsonl"
    command = shlex.join([sys.executable, "-c", WRITES, str(place)])

    def told():
        return [json.loads(line) for line in place.read_text().splitlines()] if place.exists() else []

    return command, told


def test_somebody_is_told_of_each_report_made(desk, report, notified):
    command, told = notified
    span = f"{LAST.shift(-1)}..{LAST}"
    assert report("weekly", "--weeks", span, "--notify-cmd", command) == (0, "", "")
    folder = desk.settings.folder("reports") / "weekly"
    stems = [folder / str(week)[:4] / str(week) for week in (LAST.shift(-1), LAST)]
    assert told() == [[[f"{s}.json"], "ok", "0", f"{s}.json", f"{s}.html"] for s in stems]
    report("weekly", "--weeks", span, "--notify-cmd", command, "--skip-existing")
    assert len(told()) == 2


def test_somebody_is_told_of_a_failed_sync_once(desk, report, notified):
    command, told = notified
    desk.sync_error = AuthError("The account's key was refused.")
    assert report("weekly", "--weeks", f"{LAST.shift(-1)}..{LAST}", "--notify-cmd", command)[0] == 3
    sidecar = str(desk.settings.folder("reports") / "weekly" / "_failed" / f"{LAST}.json")
    assert told() == [[[sidecar], "AuthError", "3", sidecar, ""]]


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (LockedError("Busy."), "LockedError", 75),
        (SettingsError("No key for account 'shop'."), "SettingsError", 2),
    ],
)
def test_somebody_is_told_where_no_sidecar_could_be_written(desk, report, notified, error, status, code):
    command, told = notified
    desk.sync_error = error
    assert report("weekly", "--notify-cmd", command)[0] == code
    assert told() == [[[], status, str(code), "", ""]]


def test_a_failure_names_its_own_sidecar_and_never_an_older_one(desk, report, notified):
    command, told = notified
    desk.sync_error = AuthError("Refused.")
    report("weekly")
    desk.sync_error, desk.failing = None, {str(LAST): LockedError("Busy.")}
    assert report("weekly", "--notify-cmd", command)[0] == 75
    assert told() == [[[], "LockedError", "75", "", ""]]


def test_a_signal_during_the_sync_is_recorded_and_told(desk, report, notified):
    command, told = notified
    desk.sync_error = SystemExit(143)
    code, _, err = report("weekly", "--notify-cmd", command)
    assert (code, err) == (143, "callkit: terminated; what was finished is kept.\n")
    assert told()[0][1:3] == ["terminated", "143"]
    left = desk.failed()[f"{LAST}.json"]
    assert (left["status"], left["exit_code"], left["error"]) == ("terminated", 143, "terminated.")
    desk.sync_error = KeyboardInterrupt()
    assert report("weekly")[0] == 130
    assert desk.failed()[f"{LAST}.json"]["status"] == "interrupted"


def test_a_failing_notify_command_changes_nothing(desk, report, caplog):
    code, out, _ = report("weekly", "--notify-cmd", shlex.join([sys.executable, "-c", "raise SystemExit(9)"]))
    assert (code, out) == (0, "")
    assert "ended with exit code 9" in caplog.text


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def test_an_error_is_an_object_a_line(desk, report, monkeypatch):
    desk.failing = {str(LAST): NoDataError(f"Week {LAST} misses a call of 07700 900417.")}
    code, out, err = report("weekly", "--log-format", "json", "--audience", "both")
    first, second, last = lines(err)
    assert (code, out) == (4, "")
    assert first.pop("time").endswith("+00:00")
    assert first == {
        "level": "error", "event": "failed", "message": f"{LAST} (shared): Week {LAST} misses a call of …417.",
        "account": "shop", "report": "weekly", "period": str(LAST), "audience": "shared", "exit_code": 4,
    }  # fmt: skip
    assert (second["audience"], last["event"], last["made"]) == ("internal", "ended", [])
    code, _, err = report("weekly", "--log-format", "json", "--week", "never")
    assert (code, lines(err)[0]["exit_code"], lines(err)[0]["level"]) == (2, 2, "error")


def test_what_was_done_is_logged_with_its_fields(desk, report, caplog):
    report("weekly", "--log-format", "json")
    report("weekly", "--log-format", "json", "--skip-existing")
    synced, made, skipped = caplog.records
    assert [r.event for r in caplog.records] == ["synced", "made", "skipped"]
    page = str(desk.settings.folder("reports") / "weekly" / str(LAST)[:4] / f"{LAST}.html")
    assert made.fields | {"seconds": 0} == {
        "account": "shop", "report": "weekly", "period": str(LAST), "audience": "shared", "page": page, "seconds": 0,
    }  # fmt: skip
    assert skipped.fields["page"] == page
    assert synced.fields["seconds"] >= 0
    assert desk.synced[0][2] is False


def test_records_of_the_log_are_objects_too():
    record = logging.LogRecord(
        "callkit", logging.WARNING, "", 0, "%s rang on %s", ("07700900417", "2026-11-16"), None
    )
    line = json.loads(terminal._Json().format(record))
    assert (line["level"], line["event"], line["message"]) == (
        "warning",
        "message",
        "…417 rang on 2026-11-16",
    )
    record.event, record.fields = "made", {"page": "2026-W47.html", "seconds": 1.5}
    line = json.loads(terminal._Json().format(record))
    assert (line["event"], line["page"], line["seconds"]) == ("made", "2026-W47.html", 1.5)


def test_a_fault_of_the_program_is_a_line_and_its_traceback_is_kept(desk, tmp_path):
    about = failures.about(desk.settings, LAST, "shared", allow_incomplete=False)
    staged = tmp_path / "staged"
    staged.mkdir()
    said = r"stopped with KeyError: '…417'\. Its traceback is in .*_failed"
    with (
        pytest.raises(NotebookError, match=said) as caught,
        failures.kept(desk.settings, staged, LAST, about),
    ):
        {}[str(447700900000 + 417)]
    assert "\n" not in str(caught.value)
    left = desk.failed()[f"{LAST}.json"]
    assert (left["status"], left["exit_code"]) == ("failed", 1)
    assert "Traceback" in left["traceback"]
    assert "7700900417" not in json.dumps(left)
