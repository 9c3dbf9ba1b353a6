"""The README against the code: its commands, its exit codes, its tables and its Python."""

import re
import shlex
import tomllib
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import pytest

from callkit import cli, schema
from callkit.flow.grammar import rows

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
HEADER = ("column", "type", "unit", "meaning", "null when", "vendor fields")


def text():
    return README.read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", text(), re.S)


def commands():
    lines = [line for block in blocks("console") for line in block.splitlines()]
    return [*lines, *re.findall(r"`((?:make|callkit) [^`]+)`", text())]


def test_every_command_exists():
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    for command in commands():
        words = shlex.split(command)
        if words[0] == "make":
            assert set(words[1:]) <= targets, command
        else:
            assert cli.parser().parse_args(words[1:]).run, command


def test_set_up_takes_two_commands():
    assert blocks("console")[0].split("\n") == ["make report", "make test", ""]


def test_every_exit_code_is_the_command_lines():
    table = re.findall(r"^\| (\d+)(?:, (\d+))? \|", text(), re.M)
    codes = {code for pair in table for code in pair if code}
    assert codes == set(re.findall(r"\b(\d+) [a-z]", cli.EXIT_CODES))


def test_the_grammar_example_is_a_row():
    (example,) = [block for block in blocks("toml") if "[[grammar]]" in block]
    assert rows(tomllib.loads(example)["grammar"])


def markdown(header, lines):
    cells = [header, tuple("---" for _ in header), *lines]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in cells)


def columns():
    tables = (("`calls`: a row a call.", schema.CALLS), ("`events`: a row a step of a call.", schema.EVENTS))
    return "\n\n".join(f"{title}\n\n{markdown(HEADER, schema.dictionary(rows))}" for title, rows in tables)


def choices():
    from callkit.sandbox.choices import CHOICES

    return markdown(("parameter", "choice", "why"), CHOICES)


@pytest.mark.parametrize("name", ["columns", "choices"])
def test_printed_tables_are_in_step(name, request):
    printed = {"columns": columns, "choices": choices}[name]()
    wanted = f"<!-- {name} -->\n{printed}\n<!-- /{name} -->"
    between = re.compile(rf"<!-- {name} -->\n.*<!-- /{name} -->", re.S)
    if request.config.getoption("--update-goldens"):
        README.write_text(between.sub(lambda _: wanted, text()), encoding="utf-8")
    assert between.search(text())[0] == wanted, "run pytest --update-goldens tests/test_readme.py"


@pytest.mark.filterwarnings("ignore:FigureCanvasAgg is non-interactive")
def test_the_python_of_the_readme_runs(tmp_path, monkeypatch):
    monkeypatch.setenv("CALLKIT_DATA", str(tmp_path))
    matplotlib.use("agg")
    names = {}
    for block in blocks("python"):
        exec(compile(block, "README.md", "exec"), names)
    plt.close("all")
    assert len(names["calls"]) > 4000
    assert set(names["events"].call_key) == set(names["calls"].call_key)
