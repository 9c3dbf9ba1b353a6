import hashlib
import json

import pytest

from callkit.errors import LockedError
from callkit.report.publish import (
    failed_sidecar,
    is_good,
    keep_failed,
    locked,
    place,
    publish,
    staging,
    stem,
    write_json,
)


def make(folder, period, audience="shared", text="good"):
    name = stem(period, audience)
    for part in (".ipynb", ".json", ".html"):
        (folder / f"{name}{part}").write_text(text)


def names(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_a_report_goes_to_its_place_and_the_newest_week_is_latest(tmp_path):
    for period in ("2026-W47", "2026-W46", "2027-W01"):
        with staging(tmp_path) as staged:
            make(staged, period, text=period)
            page = publish(staged, tmp_path, period, "shared")
        assert page == tmp_path / period[:4] / f"{period}.html"
        assert (tmp_path / "latest.html").read_text() == max(period, "2026-W47")
    assert names(tmp_path) == sorted(
        ["latest.html"]
        + [
            f"{p[:4]}/{p}.{e}"
            for p in ("2026-W47", "2026-W46", "2027-W01")
            for e in ("html", "ipynb", "json")
        ]
    )


def test_an_internal_report_is_for_its_owner_and_never_latest(tmp_path):
    with staging(tmp_path) as staged:
        make(staged, "2026-W47", "internal")
        page = publish(staged, tmp_path, "2026-W47", "internal")
    assert page.name == "2026-W47.internal.html"
    assert {p.stat().st_mode & 0o777 for p in page.parent.iterdir()} == {0o600}
    assert not (tmp_path / "latest.html").exists()


def test_a_pdf_goes_with_its_page_and_an_old_one_never_stays_beside_a_new_page(tmp_path):
    for audience in ("shared", "internal"):
        pdf = tmp_path / "2026" / f"{stem('2026-W47', audience)}.pdf"
        with staging(tmp_path) as staged:
            make(staged, "2026-W47", audience)
            (staged / pdf.name).write_bytes(b"%PDF")
            publish(staged, tmp_path, "2026-W47", audience)
        assert pdf.read_bytes() == b"%PDF"
        assert pdf.stat().st_mode & 0o777 == (0o644 if audience == "shared" else 0o600)
        with staging(tmp_path) as staged:
            make(staged, "2026-W47", audience)
            publish(staged, tmp_path, "2026-W47", audience)
        assert not pdf.exists()


def test_months_have_their_own_latest(tmp_path):
    for period in ("2026-09", "2026-10", "2025-12"):
        with staging(tmp_path / "monthly") as staged:
            make(staged, period, text=period)
            page = publish(staged, tmp_path / "monthly", period, "shared")
        assert page == place(tmp_path / "monthly", period, "shared")
    assert page == tmp_path / "monthly" / "2025" / "2025-12.html"
    assert (tmp_path / "monthly" / "latest.html").read_text() == "2026-10"


def good(folder, audience="shared", **changes):
    page = place(folder, "2026-W47", audience)
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text("good")
    said = {"status": "ok", "is_complete": True, "page": {"sha256": hashlib.sha256(b"good").hexdigest()}}
    write_json(page.with_name(f"{stem('2026-W47', audience)}.json"), said | changes)
    return page


def test_a_whole_report_is_good_for_its_audience_alone(tmp_path):
    assert not is_good(tmp_path, "2026-W47", "shared")
    page = good(tmp_path)
    assert is_good(tmp_path, "2026-W47", "shared")
    assert not is_good(tmp_path, "2026-W47", "internal")
    assert not is_good(tmp_path, "2026-W46", "shared")
    assert not is_good(tmp_path, "2026-W47", "shared", pdf=True)
    page.with_suffix(".pdf").write_bytes(b"%PDF")
    assert is_good(tmp_path, "2026-W47", "shared", pdf=True)
    good(tmp_path, "internal")
    assert is_good(tmp_path, "2026-W47", "internal")


@pytest.mark.parametrize(
    "changes", [{"is_complete": False}, {"status": "failed"}, {"page": {"sha256": "00"}}, {"page": None}]
)
def test_a_report_that_is_not_complete_or_changed_is_not_good(tmp_path, changes):
    good(tmp_path, **changes)
    assert not is_good(tmp_path, "2026-W47", "shared")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"status": "ok"}'])
def test_a_damaged_sidecar_is_no_good_report(tmp_path, text):
    good(tmp_path).with_suffix(".json").write_text(text)
    assert not is_good(tmp_path, "2026-W47", "shared")


def test_a_failing_run_keeps_the_good_report_and_its_own_evidence(tmp_path):
    with staging(tmp_path) as staged:
        make(staged, "2026-W47")
        publish(staged, tmp_path, "2026-W47", "shared")
    before = {name: (tmp_path / name).read_text() for name in names(tmp_path)}
    with staging(tmp_path) as staged:
        make(staged, "2026-W47", text="half")
        assert keep_failed(staged, tmp_path, "2026-W47", "shared") == tmp_path / "_failed" / "2026-W47.ipynb"
    assert {name: (tmp_path / name).read_text() for name in before} == before
    assert names(tmp_path / "_failed") == ["2026-W47.ipynb", "2026-W47.json"]
    with staging(tmp_path) as staged:
        make(staged, "2026-W47", text="better")
        publish(staged, tmp_path, "2026-W47", "shared")
    assert names(tmp_path / "_failed") == []


def test_a_run_that_wrote_no_notebook_leaves_none(tmp_path):
    with staging(tmp_path) as staged:
        write_json(staged / "2026-W47.json", {})
        assert failed_sidecar(tmp_path, "2026-W47", "shared") is None
        assert keep_failed(staged, tmp_path, "2026-W47", "shared") is None
    assert failed_sidecar(tmp_path, "2026-W47", "shared") == tmp_path / "_failed" / "2026-W47.json"
    assert failed_sidecar(tmp_path, "2026-W47", "internal") is None


def test_staging_clears_what_a_killed_run_left(tmp_path):
    (tmp_path / ".run-old").mkdir()
    with staging(tmp_path) as staged:
        assert [p.name for p in tmp_path.iterdir()] == [staged.name]
    assert list(tmp_path.iterdir()) == []


def test_a_second_run_is_refused_while_the_first_holds_the_lock(tmp_path):
    with (
        locked(tmp_path),
        pytest.raises(LockedError, match="Another run is making a report"),
        locked(tmp_path),
    ):
        pass
    with locked(tmp_path):
        pass


def test_a_sidecar_holds_no_number_that_is_none(tmp_path):
    write_json(tmp_path / "a.json", {"value": None, "line": "Größe"})
    assert json.loads((tmp_path / "a.json").read_text()) == {"value": None, "line": "Größe"}
    with pytest.raises(ValueError, match="Out of range"):
        write_json(tmp_path / "a.json", {"value": float("nan")})
