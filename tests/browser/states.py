"""A page for every state a report can be in, written to a folder."""

from dataclasses import replace

import pandas as pd

from callkit.report import index
from callkit.validation import Person
from tests.report.pages import page
from tests.report.sidecars import put_many
from tests.report.test_monthly import monthly
from tests.report.weeks import MAIN, SETTINGS, SUPPORT, named, usual_calls, weekly

LONG = "Hauptabteilungssachbearbeitungsvertretungsstelle" * 3


def _before(day):
    return [row for row in usual_calls() if row["started_local"] < pd.Timestamp(day)]


def _long():
    people = {who: Person(LONG, LONG) for who in SETTINGS.agents}
    lines = {"n_unknown_lines": 3, "unknown_lines": {LONG: 3}, "unknown_keys": {LONG: 2}}
    settings = named(
        title=LONG, dids={MAIN: LONG, SUPPORT: f"{LONG} 2"}, agents=people, service_targets={LONG: 30},
        show_agents="name",
    )  # fmt: skip
    model = weekly(usual_calls(n_worse=6), settings=settings, audience="internal", **lines)
    events = model.tables.events
    events["target_name"] = events["target_name"].cat.rename_categories(lambda name: f"{name} {LONG}")
    return model


MODELS = {
    "usual": weekly,
    "unusual": lambda: weekly(usual_calls(n_worse=6)),
    "incomplete": lambda: weekly(_before("2026-11-19"), is_complete=[True] * 3 + [False] * 4),
    "empty": lambda: weekly(_before("2026-11-16")),
    "first weeks": lambda: weekly(usual_calls(n_before=3), n_before=3),
    "internal": lambda: replace(weekly(usual_calls(n_worse=6)), audience="internal"),
    "long words": _long,
    "month": monthly,
}


def write(name, folder):
    """Write the page of a state and return its path."""
    if name == "index":
        reports = folder / "weekly"
        put_many(reports)
        return index.write(reports, named())
    path = folder / f"{name.replace(' ', '-')}.html"
    path.write_text(page(MODELS[name]()), encoding="utf-8", newline="\n")
    return path
