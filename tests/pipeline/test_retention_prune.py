import json
from datetime import UTC, date, datetime, timedelta

import pytest

from callkit.errors import LockedError, NoDataError, UsageError
from callkit.fetch import archive
from callkit.pipeline import published
from callkit.pipeline.prune import first_kept, prune
from callkit.tables import store
from tests.fetch.answers import record
from tests.pipeline.retained import MONDAY, account, calls, copied, files, log, put, report

NOW = datetime(2026, 12, 16, 23, 30, tzinfo=UTC)
WEDNESDAY = MONDAY + timedelta(days=2)


@pytest.fixture
def settings(tmp_path):
    return copied(five_days, tmp_path)


def five_days(settings):
    for n in range(4):
        put(settings, MONDAY + timedelta(days=n), [*calls(MONDAY + timedelta(days=n)), "odd"][n % 2 :])
    put(settings, date(2025, 12, 31), [record(1, "31-Dec-2025")])
    store.load(settings)
    for ending in ("html", "ipynb", "json", "internal.html", "internal.ipynb", "internal.json"):
        for week in ("2026-W46", "2026-W47"):
            report(settings, f"{week}.{ending}")
    report(settings, "2026-W46.ipynb", folder="weekly/_failed")
    report(settings, "2026-10.internal.html", folder="monthly/2026")
    report(settings, "2026-11.internal.html", folder="monthly/2026")
    report(settings, "latest.html", folder="weekly")
    report(settings, "notes.internal.html", folder="weekly")


def run(settings, older_than="1m", **options):
    return prune(settings, older_than, **{"now": lambda: NOW} | options)


def test_what_is_wholly_older_goes_and_the_rest_stays(settings):
    before = files(settings)
    found = run(settings)
    assert found.until == date(2026, 11, 16)
    gone = {p.relative_to(settings.data).as_posix() for p in set(before) - set(files(settings))}
    assert gone == {
        *(p.relative_to(settings.data).as_posix() for p in before if "2025-12-31" in p.name),
        *(f"reports/shop/weekly/2026/2026-W46.{e}" for e in ("ipynb", "internal.html", "internal.ipynb")),
        "reports/shop/weekly/2026/2026-W46.internal.json",
        "reports/shop/weekly/_failed/2026-W46.ipynb",
        "reports/shop/monthly/2026/2026-10.internal.html",
    }
    assert not (settings.folder("raw") / "2025").exists()
    assert len(store.load(settings).calls) == 12 - 2 + 0


def test_the_day_is_that_of_the_accounts_wall_clock(settings):
    assert run(settings, "4w", now=lambda: datetime(2026, 12, 16, 23, 59, tzinfo=UTC)).until == WEDNESDAY
    summer = datetime(2027, 6, 16, 23, 30, tzinfo=UTC)
    assert run(settings, "1d", dry_run=True, now=lambda: summer).until == date(2027, 6, 16)


def test_pdfs_go_and_stay_with_their_pages(settings):
    for name in ("2026-W46", "2026-W46.internal", "2026-W47.internal"):
        report(settings, f"{name}.pdf")
    report(settings, "2026-10.pdf", folder="monthly/2026")
    report(settings, "2026-10.json", folder="monthly/_failed")
    report(settings, "2026-12.ipynb", folder="monthly/_failed")
    gone = run(settings).reports
    assert {"weekly/2026/2026-W46.internal.pdf", "monthly/_failed/2026-10.json"} <= {*gone}
    assert not {
        "weekly/2026/2026-W46.pdf",
        "weekly/2026/2026-W47.internal.pdf",
        "monthly/2026/2026-10.pdf",
    } & {*gone}
    assert "monthly/_failed/2026-12.ipynb" not in gone


def test_what_goes_is_listed_and_counted(settings):
    n_bytes = sum(len(b) for p, b in files(settings).items() if "2025-12-31" in p.name)
    said = str(run(settings))
    assert "1 file of 1 day, 2025-12-31." in said
    assert "Raw:" in said
    assert "2 files of 1 day, 2025-12-31." in said
    assert "weekly/_failed/2026-W46.ipynb" in said
    assert f"({n_bytes / 1000:.1f} kB) removed." in said
    assert "fetch them again" in said


def test_a_trial_removes_nothing(settings):
    before = files(settings)
    tried = run(settings, "3w", dry_run=True)
    assert files(settings) == before
    assert tried.n_files > 20
    assert "would be removed; nothing was" in str(tried)
    assert run(settings, "3w").n_files == tried.n_files
    with pytest.raises(NoDataError):
        store.load(settings)


def test_it_is_logged(settings):
    assert run(settings).n_files == run(settings, dry_run=True).n_files + 9
    begun, done = log(settings)
    assert (begun["state"], done["state"], done["what"]) == ("begun", "done", "prune")
    assert (done["first_day"], done["last_day"]) == ("2025-12-31", "2025-12-31")
    assert (done["raw_files"], done["table_files"], done["report_files"]) == (1, 2, 6)
    run(settings)
    assert len(log(settings)) == 2
    run(settings, "1d")
    assert len(log(settings)) == 4
    assert json.dumps(log(settings)).count("2026-11-19") == 2


def test_quarantine_and_half_written_files_go_too(settings):
    left = settings.folder("tables") / "calls" / ".2026-11-16.parquet.4.partial"
    left.write_bytes(b"half")
    assert (settings.folder("tables") / "quarantine" / "2026-11-16.jsonl").exists()
    run(settings, "29d")
    assert not left.exists()
    assert not (settings.folder("tables") / "quarantine" / "2026-11-16.jsonl").exists()
    assert (settings.folder("tables") / "quarantine" / "2026-11-18.jsonl").exists()


def test_it_waits_for_nobody(settings):
    with archive.lock(settings), pytest.raises(LockedError):
        run(settings)
    with published.locked(settings), pytest.raises(LockedError):
        run(settings)


def test_an_account_without_files(tmp_path):
    assert run(account(tmp_path)).n_files == 0
    assert "0 files" in str(run(account(tmp_path)))
    assert log(account(tmp_path)) == []


@pytest.mark.parametrize(
    ("age", "until"),
    [
        ("1d", date(2024, 3, 30)), ("2w", date(2024, 3, 17)), ("1m", date(2024, 2, 29)), ("13m", date(2023, 2, 28)),
        ("24m", date(2022, 3, 31)), ("1y", date(2023, 3, 31)), ("3m", date(2023, 12, 31)), (" 2w\n", date(2024, 3, 17)),
    ],
)  # fmt: skip
def test_ages(age, until):
    assert first_kept(age, date(2024, 3, 31)) == until


@pytest.mark.parametrize(
    "age", ["", "0m", "24", "24x", "-1m", "m", "1.5m", "24M", "99999y", "999999d", "٣m", "1m 2d"]
)
def test_what_is_no_age_is_refused_in_a_sentence(age):
    with pytest.raises(UsageError, match="is not an age; write a number above 0 and d, w, m or y, like 24m"):
        first_kept(age, date(2024, 3, 31))
