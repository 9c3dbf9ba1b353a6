import os
import subprocess
import sys
import time

import pytest

import callkit
from callkit import cli
from callkit.cli import reporting
from callkit.errors import NoDataError
from callkit.periods import Week
from callkit.settings import Settings
from tests.fetch.answers import Answer, answering, page, record


def run(*arguments, cwd, **environ):
    command = [sys.executable, "-m", "callkit", *arguments]
    kept = {k: v for k, v in os.environ.items() if not k.startswith("CALLKIT_")}
    return subprocess.run(command, cwd=cwd, env=kept | environ, capture_output=True, text=True, timeout=120)


def test_no_account_is_a_usage_error_with_its_remedy(tmp_path):
    done = run("report", "weekly", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("callkit: No account is configured")
    assert "--sandbox" in done.stderr
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "environ", "code", "said"),
    [
        (
            ["report", "weekly", "--week", "2026-W60"],
            {"CALLKIT_ACCOUNT": "a"},
            2,
            "week '2026-W60' is not an ISO week",
        ),
        (["report", "weekly"], {"CALLKIT_ACCOUNT": "a"}, 2, "No key for account 'a'"),
        (["report", "weekly", "--config", "none.toml"], {}, 2, "none.toml does not exist"),
        (["report", "weekly", "--no-sync"], {"CALLKIT_ACCOUNT": "a"}, 4, "callkit sync"),
        (["report", "weekly", "--week", "2999-W01"], {"CALLKIT_ACCOUNT": "a"}, 4, "choose an earlier week"),
        (["sync", "--since", "2999-01-01"], {"CALLKIT_ACCOUNT": "a", "CALLKIT_TOKEN": "t"}, 2, "lies ahead"),
        (
            ["sync"],
            {"CALLKIT_ACCOUNT": "a", "CALLKIT_TOKEN": "t", "CALLKIT_DATA": "/dev/null/x"},
            2,
            "CALLKIT_DATA",
        ),
        (
            ["sync", "--since", "16.11.2026"],
            {"CALLKIT_ACCOUNT": "a", "CALLKIT_TOKEN": "t"},
            2,
            "since '16.11.2026'",
        ),
        (["sync"], {"CALLKIT_ACCOUNT": "a", "CALLKIT_TOKEN": "t", "CALLKIT_TIME_ZONE": "Mars"}, 2, "'Mars'"),
    ],
)
def test_bad_input_is_one_clear_sentence(tmp_path, monkeypatch, capsys, arguments, environ, code, said):
    for name in [name for name in os.environ if name.startswith("CALLKIT_")]:
        monkeypatch.delenv(name)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    assert cli.main(arguments) == code
    out, error = capsys.readouterr()
    assert said in error
    assert out == ""
    assert error.strip().count("\n") == 0


def test_an_unreachable_host_is_a_fetch_error(tmp_path):
    environ = {"CALLKIT_ACCOUNT": "a", "CALLKIT_TOKEN": "t0ken", "CALLKIT_BASE_URL": "http://127.0.0.1:9"}
    done = run(
        "sync", "--since", "2026-11-16", "--until", "2026-11-17", cwd=tmp_path, **environ, CALLKIT_RATE="0"
    )
    assert done.returncode == 3, done.stderr
    assert "127.0.0.1:9" in done.stderr
    assert "t0ken" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_running_week_is_reported_only_when_asked():
    settings, week = Settings(account="a"), Week.last_complete("Europe/London").shift(1)
    with pytest.raises(
        NoDataError, match="has not ended; report it from .* or as it is with --allow-incomplete"
    ):
        reporting.require_begun(settings, week, allow_running=False)
    reporting.require_begun(settings, week, allow_running=True)
    with pytest.raises(NoDataError, match="choose an earlier week"):
        reporting.require_begun(settings, week.shift(1), allow_running=True)


def test_tables_fit_a_terminal(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    for arguments in (["columns"], ["columns", "--steps"], ["metrics"]):
        cli.main(arguments)
        printed = capsys.readouterr().out
        assert max(map(len, printed.splitlines())) <= 100
        assert " in the" in printed or "hanged up the call" in printed


def test_unknown_words_are_refused(tmp_path):
    no_time = run("report", "weekly", "--timeout", "0", cwd=tmp_path)
    assert (no_time.returncode, "'0' is not a number of seconds above 0" in no_time.stderr) == (2, True)
    assert run("reprot", cwd=tmp_path).returncode == 2
    assert run("report", "yearly", cwd=tmp_path).returncode == 2


def test_help_and_tables_are_printed(tmp_path):
    assert "exit codes:" in run("--help", cwd=tmp_path).stdout
    assert run("--version", cwd=tmp_path).stdout == f"callkit {callkit.__version__}\n"
    columns = run("columns", cwd=tmp_path).stdout
    assert "call_stats.call_flow" in columns
    assert "at_source" in columns
    steps = run("columns", "--steps", cwd=tmp_path).stdout
    assert "documented" in steps
    assert "assumed" in steps
    assert "service_level_strict" in run("metrics", cwd=tmp_path).stdout


def test_the_front_door_opens_without_heavy_imports():
    heavy = "'pandas', 'numpy', 'pyarrow', 'matplotlib', 'ibis'"
    code = f"import callkit, sys; print([m for m in ({heavy}) if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"
    assert set(dir(callkit)) >= {"Settings", "sync", "load", "open", "tidy", "summarise", "explore", "plots"}
    with pytest.raises(AttributeError, match="no attribute 'lode'"):
        callkit.lode  # noqa: B018


def test_every_name_of_the_front_door_is_there():
    for name in callkit.__all__:
        assert getattr(callkit, name) is not None


def test_a_terminated_command_says_so(tmp_path):
    command = [sys.executable, "-m", "callkit", "sandbox", "--port", "0"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert "/v1/call_report" in process.stdout.readline()
        time.sleep(0.1)
        process.terminate()
        assert process.wait(20) == 143
        assert "terminated" in process.stderr.read()


def test_commands_name_their_run():
    assert cli.parser().parse_args(["metrics"]).run is not None


def test_a_sync_that_proves_nothing_says_so(tmp_path):
    environ = {
        "CALLKIT_ACCOUNT": "a",
        "CALLKIT_TOKEN": "t",
        "CALLKIT_RATE": "0",
        "CALLKIT_DATA": str(tmp_path),
    }
    asked = ("sync", "--since", "2026-11-16", "--until", "2026-11-17")
    with answering(Answer(page([record(1)], 2)), Answer(page([], 2, 2))) as (url, _):
        done = run(*asked, cwd=tmp_path, **environ, CALLKIT_BASE_URL=url)
    assert done.returncode == 4, done.stderr
    assert done.stdout.startswith("Account:")
    assert "The day 2026-11-16 is not proven complete" in done.stderr
    assert done.stderr.strip().count("\n") == 0
    with answering(Answer(page([record(1)]))) as (url, _):
        done = run(*asked, cwd=tmp_path, **environ, CALLKIT_BASE_URL=url)
    assert (done.returncode, done.stderr) == (0, "")


def test_help_loads_nothing_but_callkit_and_pythons_own(tmp_path):
    code = """import sys
there = set(sys.modules)
from callkit.cli import main
try:
    main(["--help"])
finally:
    print(*{name.partition(".")[0] for name in set(sys.modules) - there} - sys.stdlib_module_names, file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert "exit codes:" in done.stdout
    assert done.stderr == "callkit\n"


def test_the_doctor_looks_at_the_sandbox(tmp_path):
    done = run("doctor", "--sandbox", cwd=tmp_path, CALLKIT_DATA=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Account sandbox at 127.0.0.1")
    assert list(tmp_path.iterdir()) == []


def test_the_doctor_says_where_it_stopped(tmp_path):
    assert run("doctor", cwd=tmp_path, CALLKIT_ACCOUNT="a").returncode == 2
    environ = {"CALLKIT_ACCOUNT": "a", "CALLKIT_TOKEN": "t0ken", "CALLKIT_BASE_URL": "http://127.0.0.1:9"}
    done = run("doctor", cwd=tmp_path, **environ, CALLKIT_RATE="0")
    assert done.returncode == 3
    assert "127.0.0.1:9" in done.stdout
    assert "No call record could be read" in done.stderr
    assert "t0ken" not in done.stdout + done.stderr
