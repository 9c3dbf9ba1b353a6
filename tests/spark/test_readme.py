"""The Python that the README gives for a cluster."""

import re
from pathlib import Path

import callkit
from tests.spark import MARKS

pytestmark = MARKS
README = Path(__file__).parents[2] / "README.md"


def test_the_first_example_builds_and_answers(shop, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(callkit.Settings, "load", lambda: shop.settings)
    example = re.findall(r"```py\n(.*?)```", README.read_text(encoding="utf-8"), re.S)[0]
    example = example.replace("/mnt/calls/raw/shop", str(shop.settings.folder("raw")))
    example = example.replace("/mnt/calls/tables/shop", str(tmp_path))
    exec(compile(example, "README.md", "exec"), names := {})
    assert sum(statement.kept for statement in names["statements"].values()) >= len(shop.loaded.calls)
    assert "service_level" in capsys.readouterr().out
