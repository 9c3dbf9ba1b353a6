import stat

import pandas as pd
import pytest

from callkit import cli
from tests.fetch.answers import record
from tests.tables.archived import MONDAY, put
from tests.tables.conftest import settings, three_days  # noqa: F401 (fixtures)


@pytest.fixture
def account(three_days, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CALLKIT_ACCOUNT", three_days.account)
    monkeypatch.setenv("CALLKIT_DATA", str(three_days.data))
    return three_days


@pytest.mark.parametrize(
    ("what", "span", "n"),
    [
        ("calls", [], 5),
        ("events", [], 20),
        ("event-log", ["--since", "2026-11-17"], 8),
        ("calls", ["--until", "2026-11-17"], 3),
    ],
)
@pytest.mark.parametrize(("kind", "read"), [("csv", pd.read_csv), ("parquet", pd.read_parquet)])
def test_a_table_becomes_a_file(account, tmp_path, capsys, what, span, n, kind, read):
    path = tmp_path / f"out.{kind}"
    assert cli.main(["export", what, "--output", path.name, *span]) == 0
    assert len(read(path)) == n
    assert capsys.readouterr().out.startswith(f"{n} rows are in out.{kind}. Callers are pseudonyms")
    assert "900" not in " ".join(read(path).get("caller", pd.Series(dtype="str")).dropna().astype("str"))


def test_an_internal_file_says_that_it_stays_inside(account, tmp_path, capsys):
    assert cli.main(["export", "calls", "--output", "a.csv", "--audience", "internal", "--bom"]) == 0
    assert "keep it inside" in capsys.readouterr().out
    assert stat.S_IMODE((tmp_path / "a.csv").stat().st_mode) == 0o600
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--output", "a.xlsx"], 2, "'a.xlsx' does not say which form"),
        (["--output", "none/a.csv"], 2, "The folder none does not exist"),
        (["--output", "a.csv", "--since", "soon"], 2, "since 'soon' is not a date"),
        (["--output", "a.csv", "--weeks", "0"], 2, "weeks = 0"),
        (["--output", "a.csv", "--until", "2020-01-01"], 4, "fetch them with"),
    ],
)
def test_what_cannot_be_is_one_sentence(account, tmp_path, capsys, arguments, code, said):
    before = sorted(tmp_path.iterdir())
    assert cli.main(["export", "calls", *arguments]) == code
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before


def test_a_hostile_caller_is_no_formula_in_the_file(account, tmp_path):
    put(account, MONDAY, [record(0, caller="=cmd|' /C calc'!A0")])
    for audience in ("shared", "internal"):
        assert cli.main(["export", "calls", "--output", "a.csv", "--audience", audience]) == 0
        assert '"=' not in (tmp_path / "a.csv").read_text()
