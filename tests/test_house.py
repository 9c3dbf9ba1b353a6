"""The house rules that a machine can hold."""

import ast
import json
import re
import subprocess
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "callkit"
FLOORS = [
    {"errors", "plaintext"}, {"clock"}, {"opening", "periods"}, {"privacy"}, {"keys"}, {"validation"},
    {"settings", "schema"}, {"dialects"}, {"fetch", "flow"}, {"tables"}, {"pipeline"}, {"metrics"}, {"look"}, {"plots"},
    {"explore", "report"}, {"sandbox"}, {"cli", "__init__"}, {"__main__"},
]  # fmt: skip
FLOOR = {name: level for level, names in enumerate(FLOORS) for name in names}
ONLY = {
    "sandbox": {"errors", "clock", "opening", "periods", "schema", "sandbox"},
    "metrics.terms": {"schema"},
    "metrics.number": {"metrics"},
    "metrics.catalogue": {"metrics"},
    "metrics.other_grains": {"metrics"},
}
NEVER = {
    "fetch": {"pandas"},
    "flow": {"requests"},
    "tables": {"requests"},
    "catalogue": {"pandas"},
    "terms": {"pandas"},
    "other_grains": {"pandas"},
}
EXTRAS = {"weasyprint", "pyspark", "keyring"}
LATE = {  # the first keeps state, the second costs 0.3 s, the others are loaded while the kernel loads or works
    "matplotlib.pyplot", "phonenumbers.geodata.locale", "callkit.report.index", "callkit.report.writing",
}  # fmt: skip
FILES = sorted(PACKAGE.rglob("*.py"))
NOTEBOOKS = sorted((ROOT / "notebooks").rglob("*.ipynb"))
PHONE = re.compile(r"(?<![\w.])\+?(?:44|0)\d{9,10}(?!\w)")
DRAMA = re.compile(
    r"\+?(?:44|0)(?:7700900|2079460|11[3-8]4960|1[2-6]14960|1914980|1632960)\d{3}$"
)  # numbers that Ofcom keeps for drama


def tracked(*patterns):
    if not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout, so nothing tells what belongs to it")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [ROOT / name for name in listed.stdout.splitlines()]


def module(path):
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__") or "__init__"


def imports(path):
    """Yield (imported module, is it inside a function) for each import of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    late = {
        id(n)
        for f in ast.walk(tree)
        if isinstance(f, ast.FunctionDef | ast.AsyncFunctionDef)
        for n in ast.walk(f)
    }
    typing = {
        id(n)
        for i in ast.walk(tree)
        if isinstance(i, ast.If) and "TYPE_CHECKING" in ast.dump(i.test)
        for n in ast.walk(i)
    }
    for node in ast.walk(tree):
        if id(node) in typing:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) in late) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            inside = [n for n in names if n.startswith("callkit.") and is_module(n)]
            yield from ((name, id(node) in late) for name in inside or [node.module])


def is_module(name):
    path = ROOT / Path(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


@pytest.mark.parametrize("path", FILES, ids=module)
def test_imports_only_go_down(path):
    name = module(path)
    floor = name.split(".")[0]
    for imported, late in imports(path):
        package, _, rest = imported.partition(".")
        assert package not in NEVER.get(floor, set()) | NEVER.get(path.stem, set()), (
            f"{name} imports {imported}"
        )
        if late:
            allowed = (
                path.name == "__init__.py"
                or floor in ("cli", "__init__")
                or package in EXTRAS
                or imported in LATE
            )
            assert allowed, f"{name} imports {imported} inside a function"
        if package != "callkit" or floor in ("cli", "__main__"):
            continue
        target = rest.split(".")[0] or "__init__"
        if target == "__init__" and path.name != "__init__.py":
            assert rest == "" or FLOOR[floor] > 0
        if target not in ("__init__", floor):
            assert FLOOR[target] < FLOOR[floor] or floor == "__init__", f"{name} imports {imported}"
            assert target in ONLY.get(name, ONLY.get(floor, {target})), f"{name} may not import {imported}"


def test_no_import_runs_in_a_circle():
    graph = {
        f"callkit.{module(p)}": {i for i, late in imports(p) if i.startswith("callkit.") and not late}
        for p in FILES
    }
    done, path = set(), []

    def visit(name):
        assert name not in path, " → ".join([*path, name])
        if name not in done:
            path.append(name)
            for other in graph.get(name, ()):
                visit(other)
            path.pop()
            done.add(name)

    for name in graph:
        visit(name)


@pytest.mark.parametrize(
    "path", [*FILES, *sorted((ROOT / "tests").rglob("*.py"))], ids=lambda p: str(p.relative_to(ROOT))
)
def test_files_and_functions_stay_small(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 250, f"{path.name} has {text.count(chr(10))} lines"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno < 60, f"{path.name}: {node.name} is too long"
    assert path.stem not in ("utils", "helpers", "common", "core")


def test_the_top_level_holds_what_it_may():
    allowed = {"notebooks", "callkit", "data", "tests", "environment.yml", "README.md", "pyproject.toml"}
    allowed |= {"requirements.lock", "Makefile", "CHANGELOG.md", "LICENSE"}
    there = {path.relative_to(ROOT).parts[0] for path in tracked()}
    assert {name for name in there if not name.startswith(".")} <= allowed


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_a_committed_notebook_is_clean(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert "widgets" not in notebook["metadata"]
    cells = notebook["cells"]
    assert cells[0]["cell_type"] == "markdown"
    assert "".join(cells[0]["source"]).startswith("# ")
    assert len({cell["id"] for cell in cells}) == len(cells)
    assert sum("parameters" in cell["metadata"].get("tags", []) for cell in cells) == 1
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None
            assert len(source.splitlines()) <= 12, source
            assert not re.search(r"^\s*(def|class) ", source, re.M), source
        assert not re.search(r"/home/|/root/|/Users/|[A-Z]:\\", source)


def test_no_phone_number_but_those_kept_for_drama():
    kinds = ("*.ipynb", "*.md", "*.toml", "*.py", "*.txt", "*.json", "*.yml")
    for path in tracked(*kinds):
        if path.is_file():
            found = PHONE.findall(path.read_text(encoding="utf-8"))
            assert [n for n in found if not DRAMA.match(n) and n not in "0123456789"] == [], path.relative_to(
                ROOT
            )


def test_no_secret_is_committed():
    for path in tracked():
        if path.is_file() and path.suffix not in (".gz", ".png"):
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"eyJ[\w-]{10,}\.[\w-]{10,}\.", text), f"{path.name} holds a web token"
            assert "PRIVATE KEY-----" not in text.replace('"PRIVATE KEY-----"', ""), (
                f"{path.name} holds a private key"
            )


def requirement(text):
    name, bound = re.fullmatch(r"([\w-]+)(?:\[\w+\])?(>=.*)?", text).groups()
    return {"ibis-framework": "ibis-duckdb"}.get(name, name), bound


def test_environment_yml_is_in_step_with_pyproject():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = dict(requirement(text) for text in [*project["dependencies"], *extras["lab"], *extras["test"]])
    wanted["python"] = project["requires-python"]
    lines = (ROOT / "environment.yml").read_text(encoding="utf-8").splitlines()
    listed = [
        line.removeprefix("  - ")
        for line in lines[lines.index("dependencies:") + 1 :]
        if line.startswith("  - ")
    ]
    offered = {
        re.split("[>=<]", text)[0]: re.sub(r"^[\w-]+", "", text) or None
        for text in listed
        if text[:3] != "pip"
    }
    assert offered == wanted
    assert lines[-1].strip() == "- -e ."


def test_every_dependency_is_pinned_with_a_hash_and_no_address():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for lock in (ROOT / "requirements.lock", *(ROOT / ".ci").glob("*.lock")):
        text = lock.read_text(encoding="utf-8")
        assert not re.search(r"https?://|--(extra-)?index-url|--find-links", text)
        pinned = set(re.findall(r"^([\w.-]+)==", text, re.M))
        assert {re.split(r"[\[>]", text)[0] for text in project["dependencies"]} <= pinned
        blocks = re.split(r"^(?=[\w.-]+==)", text, flags=re.M)[1:]
        assert all("--hash=sha256:" in block for block in blocks)


def test_floors_are_named_once():
    assert all(not (a & b) for a, b in pairwise(FLOORS))
    assert {module(path).split(".")[0] for path in FILES} <= set(FLOOR)
