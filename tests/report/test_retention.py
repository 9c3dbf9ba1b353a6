import json
from datetime import UTC, datetime

import pytest

from callkit.errors import LockedError, UsageError
from callkit.periods import Month, Week
from callkit.report import publish, retention
from callkit.settings import Settings

WEEKS = [Week(2025, 52), Week(2026, 1), Week(2026, 2), Week(2026, 3)]
ENDINGS = ("html", "ipynb", "json", "pdf")


@pytest.fixture
def settings(tmp_path):
    """An account with four weeks in two years, one of them internal only, failed runs, and files of others."""
    settings = Settings(account="shop", data=tmp_path)
    folder = settings.folder("reports") / "weekly"
    names = [f"{w}.{a}{e}" for w in WEEKS[:3] for a in ("", "internal.") for e in ENDINGS]
    names += [f"{WEEKS[3]}.internal.{e}" for e in ENDINGS]
    for name in [*(f"{n[:4]}/{n}" for n in names), "_failed/2025-W51.json", "_failed/2026-W02.ipynb"]:
        put(folder / name)
    for name in (
        "latest.html",
        "index.html",
        "2025/notes.html",
        "2025/2025-W52.txt",
        "2025/2025-W52.a.b.html",
    ):
        put(folder / name)
    put(settings.folder("reports") / "monthly" / "2025" / "2025-12.html")
    return settings


def put(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{}")


def names(settings):
    folder = settings.folder("reports")
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file() and p.name != ".lock"}


def test_the_newest_stay_and_the_older_go_with_all_that_belongs_to_them(settings):
    before = names(settings)
    gone = retention.keep(settings, "weekly", 2)
    assert before - names(settings) == {
        *(f"weekly/2025/2025-W52.{a}{e}" for a in ("", "internal.") for e in ENDINGS),
        *(f"weekly/2026/2026-W01.{a}{e}" for a in ("", "internal.") for e in ENDINGS),
        "weekly/_failed/2025-W51.json",
    }
    assert len(gone) == 17
    assert retention.keep(settings, "weekly", 2) == []


def test_an_empty_year_goes_too(settings):
    for name in ("notes.html", "2025-W52.txt", "2025-W52.a.b.html"):
        (settings.folder("reports") / "weekly" / "2025" / name).unlink()
    retention.keep(settings, "weekly", 2)
    assert not (settings.folder("reports") / "weekly" / "2025").exists()


def test_evidence_of_failures_younger_than_the_oldest_kept_stays(settings):
    retention.keep(settings, "weekly", 3)
    assert {n for n in names(settings) if "_failed" in n} == {"weekly/_failed/2026-W02.ipynb"}


def test_what_was_removed_is_noted_and_logged(settings, caplog):
    at = datetime(2026, 2, 1, tzinfo=UTC)
    with caplog.at_level("INFO", "callkit"):
        gone = retention.keep(settings, "weekly", 1, now=lambda: at)
    assert [r.event for r in caplog.records] == ["removed"] * len(gone)
    assert {r.fields["file"] for r in caplog.records} == {str(path) for path in gone}
    lines = (settings.folder("raw") / "deletions.jsonl").read_text().splitlines()
    begun, done = map(json.loads, lines)
    assert (begun["state"], done["state"], done["what"]) == ("begun", "done", "keep")
    assert (done["report_files"], done["first_day"], done["last_day"]) == (
        len(gone),
        "2025-12-15",
        "2026-01-05",
    )


def test_months_are_kept_by_themselves(settings):
    put(settings.folder("reports") / "monthly" / "2026" / "2026-01.internal.html")
    before = names(settings)
    retention.keep(settings, "monthly", 1)
    assert before - names(settings) == {"monthly/2025/2025-12.html"}


def test_a_folder_without_reports_stays_as_it_is(tmp_path):
    settings = Settings(account="shop", data=tmp_path)
    assert retention.keep(settings, "weekly", 1) == []
    put(settings.folder("reports") / "weekly" / "_failed" / "2020-W01.json")
    assert retention.keep(settings, "weekly", 1) == []


def test_it_waits_for_nobody(settings):
    before = names(settings)
    folder = settings.folder("reports") / "weekly"
    with publish.locked(folder), pytest.raises(LockedError):
        retention.keep(settings, "weekly", 1)
    with pytest.raises(UsageError, match="keep 0 keeps no report"):
        retention.keep(settings, "weekly", 0)
    assert names(settings) == before


@pytest.mark.parametrize(
    ("wanted", "n", "needed"),
    [([Week(2026, 4)], 1, None), ([Week(2026, 3)], 1, None), ([Week(2026, 2)], 1, 2), ([Week(2025, 40)], 2, 5),
     ([Week(2026, 4), Week(2026, 5)], 2, None), ([Week(2026, 4), Week(2026, 5)], 1, 2)],
)  # fmt: skip
def test_what_would_go_at_once_is_refused(settings, wanted, n, needed):
    folder = settings.folder("reports") / "weekly"
    if needed is None:
        retention.require_kept(folder, wanted, n)
        return
    with pytest.raises(
        UsageError, match=rf"keep {n} would remove week {wanted[0]} at once.* at least {needed}, or"
    ):
        retention.require_kept(folder, wanted, n)
    retention.require_kept(folder, wanted, needed)


def test_any_number_fits_an_empty_folder(tmp_path):
    retention.require_kept(tmp_path / "monthly", [Month(2026, 1)], 1)
    assert not list(tmp_path.iterdir())
