"""Past reports, read from the sidecars beside their pages, whatever a sidecar holds."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from callkit.clock import wall
from callkit.errors import UsageError
from callkit.look.parts import Verdict
from callkit.periods import KINDS, Period
from callkit.report.compared import Compared

ENOUGH = 12
"""Weeks, or months, a usual range is taken from."""

NUMBERS = {
    "n_offered": "Offered",
    "answer_rate": "Answer rate",
    "abandon_rate": "Abandoned",
    "wait_p90": "9 in 10 within",
    "service_level": "Service level",
    "n_unreached": "Not reached",
}
"""The six numbers of a report's first screen, and what a table's head calls them."""

_YEARS = range(1900, 2200)
_LARGEST = 1e12
_REASONS = {
    "AuthError": "the account refused the key",
    "RouteError": "the host does not know the route asked for",
    "PageError": "an answer of the account’s host could not be read",
    "ServerError": "the account’s host failed again and again",
    "FetchError": "the calls could not be fetched",
    "ArchiveError": "an archived page cannot be trusted",
    "NoDataError": "its calls were not all there",
    "NotebookError": "the notebook stopped before its end",
    "RunTimeoutError": "making it took longer than allowed",
    "LockedError": "another run was at work",
    "SettingsError": "a setting could not be used",
    "ParameterError": "a parameter could not be used",
    "UsageError": "an argument could not be used",
    "interrupted": "the run was interrupted",
    "terminated": "the run was terminated",
}


class PastReport(NamedTuple):
    """
    What is known of a report.

    Parameters
    ----------
    period
        Its week or month.
    address
        Where its page lies, seen from the folder of its kind; empty where there is none.
    numbers
        The numbers it printed, by name; None where they are not there to read.
    is_complete, n_before
        Whether all its calls were in, and how many whole periods came before.
    fetched_at
        When its latest calls were fetched, on the account's wall clock; None where that is not said.
    service_level_s
        Seconds of its service level; None where that is not said.
    reason
        Why it was not published; empty where it was.
    tried_at
        When that was, on the account's wall clock; None where it was published or that is not said.
    """

    period: Period
    address: str
    numbers: Mapping[str, Compared] | None = None
    is_complete: bool = False
    n_before: int = 0
    fetched_at: datetime | None = None
    service_level_s: float | None = None
    reason: str = ""
    tried_at: datetime | None = None

    @property
    def is_published(self) -> bool:
        """Whether its page was published, readable or not."""
        return not self.reason

    @property
    def n_unusual(self) -> int:
        """How many of its numbers left their usual range."""
        return sum(found.is_unusual for found in (self.numbers or {}).values())

    @property
    def is_compared(self) -> bool:
        """Whether any of its numbers was compared with a usual range."""
        return any(found.verdict != "none" for found in (self.numbers or {}).values())


def past_reports(folder: Path, time_zone: str) -> list[PastReport]:
    """
    Return the shared reports of a folder and the periods that could not be published, the newest first.

    Parameters
    ----------
    folder
        Named by the kind of its reports, such as ``data/reports/<account>/weekly``.
    time_zone
        Of the account.

    Raises
    ------
    UsageError
        The folder is not named by a kind of report.
    """
    if folder.name not in KINDS:
        raise UsageError(f"folder {folder} holds no reports; it must be named {' or '.join(KINDS)}.")
    named = {
        path.with_suffix("")
        for ending in ("html", "json")
        for path in folder.glob(f"[0-9][0-9][0-9][0-9]/*.{ending}")
    }
    found = {
        period: _published(period, stem, time_zone)
        for stem in named
        if (period := _period(stem.name, folder)) and stem.parent.name == stem.name[:4]
    }
    for path in folder.glob("_failed/*.json"):
        period = _period(path.stem, folder)
        if period and period not in found:
            found[period] = _failed(period, path, time_zone)
    return [found[period] for period in sorted(found, reverse=True)]


def _period(name: str, folder: Path) -> Period | None:
    try:
        period = KINDS[folder.name].parse(name)
    except UsageError:
        return None  # an internal copy, or no report
    return period if period.year in _YEARS else None


def _published(period: Period, stem: Path, time_zone: str) -> PastReport:
    page = stem.with_name(f"{stem.name}.html")
    address = f"{stem.parent.name}/{page.name}" if page.is_file() else ""
    said = _read(stem.with_name(f"{stem.name}.json"))
    numbers = said.get("numbers")
    if not isinstance(numbers, list):
        return PastReport(period, address)
    rows = {str(row.get("number")): row for row in numbers if isinstance(row, dict)}
    compared = {name: _compared(name, rows.get(name, {})) for name in NUMBERS}
    n_before = max(_whole(said.get("n_before")), *(found.n_before for found in compared.values()))
    return PastReport(
        period,
        address,
        compared,
        said.get("is_complete") is not False,
        n_before,
        _moment(said.get("data_as_of"), time_zone),
        _number(said.get("service_level_s")),
    )


def _failed(period: Period, path: Path, time_zone: str) -> PastReport:
    said = _read(path)
    reason = _REASONS.get(str(said.get("status")), "the run failed")
    return PastReport(period, "", reason=reason, tried_at=_moment(said.get("made_at"), time_zone))


def _read(path: Path) -> dict[str, Any]:
    """Return what a sidecar says; nothing where it is damaged, too large to be one, or not there."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _compared(name: str, row: Mapping[str, Any]) -> Compared:
    value, numerator = _number(row.get("value")), _number(row.get("numerator"))
    low, high = _ends(row, "usual_low", "usual_high")
    verdicts: dict[Any, Verdict] = {"usual": "usual", "high": "high", "low": "low"}
    said = row.get("verdict")
    verdict = verdicts.get(said, "none") if isinstance(said, str) and value is not None else "none"
    is_outside = value is not None and low is not None and high is not None and not low <= value <= high
    found = Compared(
        name,
        value,
        None if numerator is None else int(numerator),
        _whole(row.get("n")),
        *_ends(row, "low", "high"),
        _number(row.get("last_value")),
        low,
        high,
        None,
        verdict,
        "limits" if is_outside else "run",
        row["is_better"] if isinstance(row.get("is_better"), bool) else None,
        _whole(row.get("n_before")),
    )
    return found._replace(verdict="none") if verdict == "usual" and found.is_too_wide else found


def _ends(row: Mapping[str, Any], low: str, high: str) -> tuple[float | None, float | None]:
    """Return both ends of a range, or neither."""
    ends = _number(row.get(low)), _number(row.get(high))
    return ends if None not in ends and ends[0] <= ends[1] else (None, None)  # type: ignore[operator]


def _number(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 <= value < _LARGEST else None


def _whole(value: Any) -> int:
    return int(_number(value) or 0)


def _moment(text: Any, time_zone: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return wall(found, time_zone) if found.year in _YEARS else None
