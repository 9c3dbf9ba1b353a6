import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from callkit.errors import UsageError
from callkit.report.notify import Ending, command_of, notify
from callkit.settings import Settings

WRITES = (
    "import json, os, sys; json.dump([sys.argv[2:], dict(os.environ)], open(sys.argv[1], 'w')); print('loud')"
)
GOOD = Ending("ok", 0, Path("2026-W47.json"), Path("2026-W47.html"))


def told(tmp_path, ending, *more):
    place = tmp_path / "told.json"
    command = shlex.join([sys.executable, "-c", WRITES, str(place), *more])
    assert notify(command_of(command), ending)
    return json.loads(place.read_text())


def test_the_command_gets_the_sidecar_and_how_it_ended(tmp_path, capfd):
    arguments, environ = told(tmp_path, GOOD, "with spaces; and $HOME")
    sidecar, page = str(GOOD.sidecar.resolve()), str(GOOD.page.resolve())
    assert arguments == ["with spaces; and $HOME", sidecar]
    found = {name: environ[f"CALLKIT_{name}"] for name in ("STATUS", "EXIT_CODE", "SIDECAR", "PAGE")}
    assert found == {"STATUS": "ok", "EXIT_CODE": "0", "SIDECAR": sidecar, "PAGE": page}
    assert capfd.readouterr() == ("", "")


def test_without_a_sidecar_there_is_no_argument(tmp_path):
    arguments, environ = told(tmp_path, Ending("LockedError", 75))
    assert arguments == []
    assert (environ["CALLKIT_SIDECAR"], environ["CALLKIT_PAGE"]) == ("", "")
    assert (environ["CALLKIT_STATUS"], environ["CALLKIT_EXIT_CODE"]) == ("LockedError", "75")


def test_no_key_is_in_its_environment(tmp_path, monkeypatch):
    secrets = ("TOKEN", "TOKEN_FILE", "KEYRING", "LOGIN_ID", "EMAIL", "PASSWORD", "PSEUDONYM_KEY")
    for name in secrets:
        monkeypatch.setenv(f"CALLKIT_{name}", "drama")
    monkeypatch.setenv("CALLKIT_ACCOUNT", "shop")
    _, environ = told(tmp_path, GOOD)
    assert "drama" not in environ.values()
    assert environ["CALLKIT_ACCOUNT"] == "shop"


def test_what_it_is_told_is_no_misspelt_setting(tmp_path):
    _, environ = told(tmp_path, GOOD)
    names = {name: value for name, value in environ.items() if name.startswith("CALLKIT_")}
    assert Settings.load(environ=names | {"CALLKIT_CONFIG": "", "CALLKIT_ACCOUNT": "shop"}).account == "shop"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            "import sys; print('out'); sys.exit('no way: 07700 900417')",
            "ended with exit code 1: no way: …417.",
        ),
        ("import sys; sys.exit(3)", "ended with exit code 3."),
        ("import os; os.kill(os.getpid(), 9)", "ended with exit code -9."),
    ],
)
def test_its_failure_is_a_warning(caplog, code, said):
    assert not notify([sys.executable, "-c", code], GOOD)
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert record.getMessage() == f"The notify command {sys.executable!r} {said}"


def test_a_program_that_is_no_program_is_a_warning(tmp_path, caplog):
    broken = tmp_path / "broken"
    broken.write_text("#!/nowhere/at/all\n")
    broken.chmod(0o755)
    assert not notify(command_of(str(broken)), GOOD)
    assert "could not be started" in caplog.text


def test_it_may_not_take_for_ever(caplog):
    code = "import subprocess, sys; subprocess.Popen(['sleep', '63.5']); import time; time.sleep(63.5)"
    assert not notify([sys.executable, "-c", code], GOOD, longest_s=1.5)
    assert "took longer than 1.5 s and was ended" in caplog.text
    listing = subprocess.run(["ps", "-eo", "args="], capture_output=True, text=True, check=True).stdout
    assert [line for line in listing.splitlines() if line == "sleep 63.5"] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "notify-cmd is empty"),
        ("  ", "notify-cmd is empty"),
        ("mail 'me", "cannot be read: No closing quotation"),
        ("no-such-program-here x", "names 'no-such-program-here', which is no program that can be run here"),
        (os.devnull, "which is no program that can be run here"),
    ],
)
def test_what_is_no_command_is_refused(text, said):
    with pytest.raises(UsageError, match=said):
        command_of(text)
