"""The ready examples of schedules: each is parsed by what reads it, and run with a stub in the place of ``callkit``."""

import ast
import configparser
import os
import re
import shlex
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import pytest
import yaml

from callkit import cli
from callkit.cli import reporting
from callkit.settings import Settings

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "notebooks" / "reports" / "examples"
STUB = '#!/bin/sh\nprintf "%s\\n" "$@" > asked\nenv > environment\n'


@pytest.fixture
def server(tmp_path):
    """A folder like the one of the examples, whose programs only write down what they are asked."""
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name in ("callkit", "pip"):
        (programs / name).write_text(STUB)
        (programs / name).chmod(0o755)
    return tmp_path


def asked(server):
    return (server / "asked").read_text().splitlines()


def require_report(arguments):
    parsed = cli.parser().parse_args(arguments)
    assert parsed.run
    return reporting.periods_of(parsed, Settings(account="shop"))


def shell(command, folder, **environ):
    subprocess.run(
        ["sh", "-ec", command], cwd=folder, env={"PATH": os.environ["PATH"], **environ}, check=True
    )


def test_there_is_an_example_of_each_kind():
    names = {
        "crontab",
        "callkit-report.service",
        "callkit-report.timer",
        "weekly-report.yml",
        "airflow_dag.py",
    }
    assert {path.name for path in EXAMPLES.iterdir() if path.is_file()} == names


def test_the_crontab(server):
    text = (EXAMPLES / "crontab").read_text()
    lines = [
        line for line in text.splitlines() if line and not line.startswith("#") and "=" not in line.split()[0]
    ]
    jobs = [re.fullmatch(r"((?:[\d*/,-]+ ){4}[\d*/,-]+) +(.+)", line).groups() for line in lines]
    assert [when for when, _ in jobs] == ["0 6 * * 1", "30 6 1 * *"]
    for (_, command), kind in zip(jobs, ("weekly", "monthly"), strict=True):
        assert "%" not in command  # a new line, to cron
        shell(command.replace("/srv/callkit", str(server)), "/")
        assert asked(server)[:2] == ["report", kind]
        require_report(asked(server))


def unit(name):
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    parser.optionxform = str
    parser.read(EXAMPLES / name)
    return parser


def test_the_unit():
    service = unit("callkit-report.service")["Service"]
    program, *arguments = shlex.split(service["ExecStart"])
    assert program == f"{service['WorkingDirectory']}/.venv/bin/callkit"
    require_report(arguments)
    assert "2" in re.findall(r"\b(\d+) [a-z]", cli.EXIT_CODES)
    assert service["RestartPreventExitStatus"] == "2"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not there")
def test_systemd_takes_unit_and_timer(server):
    for name in ("callkit-report.service", "callkit-report.timer"):
        text = (EXAMPLES / name).read_text().replace("/srv/callkit", str(server))
        (server / name).write_text(text)
    verify = [
        "systemd-analyze",
        "verify",
        "--man=no",
        str(server / "callkit-report.timer"),
        "callkit-report.service",
    ]
    done = subprocess.run(verify, cwd=server, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    when = unit("callkit-report.timer")["Timer"]["OnCalendar"]
    done = subprocess.run(["systemd-analyze", "calendar", when], capture_output=True, text=True)
    assert done.returncode == 0
    assert re.search(r"Next elapse: Mon .* 0[56]:00:00 UTC|Next elapse: Mon ", done.stdout)


def workflow():
    found = yaml.safe_load((EXAMPLES / "weekly-report.yml").read_text())
    return found, found.get("on", found.get(True))  # "on" is a truth value in YAML 1.1


def test_the_workflow_has_what_a_schedule_needs():
    found, on = workflow()
    assert on["schedule"] == [{"cron": "23 6 * * 1"}]
    assert set(on["workflow_dispatch"]["inputs"]) == {"week", "allow_incomplete"}
    assert found["concurrency"] == {"group": "weekly-report", "cancel-in-progress": False}
    assert found["permissions"] == {"contents": "read"}
    (job,) = found["jobs"].values()
    upload = job["steps"][-1]
    assert upload["if"] == "always()"
    assert "!data/reports/*/weekly/2*/*.internal.html" in upload["with"]["path"]
    commands = [step["run"] for step in job["steps"] if "run" in step]
    assert not any("${{" in command for command in commands)  # what somebody types is never part of a script


@pytest.mark.parametrize(
    ("inputs", "more"),
    [
        ({"WEEK": "", "ALLOW_INCOMPLETE": ""}, []),
        ({"WEEK": "2026-W47", "ALLOW_INCOMPLETE": "false"}, ["--week", "2026-W47"]),
        ({"WEEK": "x; rm -r y", "ALLOW_INCOMPLETE": "true"}, ["--week", "x; rm -r y", "--allow-incomplete"]),
    ],
)
def test_the_workflow_runs(server, inputs, more):
    (job,) = workflow()[0]["jobs"].values()
    step = next(step for step in job["steps"] if "callkit report" in step.get("run", ""))
    shell(step["run"], server, **inputs)
    assert asked(server)[:2] == ["report", "weekly"]
    assert asked(server)[len(asked(server)) - len(more) :] == more
    if "rm" not in inputs["WEEK"]:
        require_report(asked(server))


def test_the_workflow_sets_up_from_files_that_are_there(server):
    (job,) = workflow()[0]["jobs"].values()
    step = next(step for step in job["steps"] if "pip" in step.get("run", ""))
    for name in re.findall(r"--requirement (\S+)", step["run"]):
        assert (ROOT / name).is_file()
    shell(step["run"].replace("python -m venv .venv\n", ""), server)
    assert asked(server) == ["install", "--quiet", "--no-deps", "--editable", "."]


def test_the_task_of_airflow():
    tree = ast.parse((EXAMPLES / "airflow_dag.py").read_text())
    (task,) = [
        n for n in ast.walk(tree) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "BashOperator"
    ]
    values = {k.arg: ast.literal_eval(k.value) for k in task.keywords if not isinstance(k.value, ast.Call)}
    (form,) = re.findall(r"\{\{ data_interval_start\.strftime\('([^']+)'\) \}\}", values["bash_command"])
    week = datetime(2026, 11, 16, 6).strftime(form)
    command = shlex.split(re.sub(r"\{\{.*?\}\}", week, values["bash_command"]))
    assert command[:2] == ["exec", ".venv/bin/callkit"]
    assert [*map(str, require_report(command[2:]))] == ["2026-W47"]
    assert values["append_env"]
