"""Understand a business's phone calls: Acefone call records as tidy frames, call flows and weekly reports.

>>> import callkit as ck
>>> settings = ck.Settings.load("sandbox")
>>> settings.account
'sandbox'
"""

import sys
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from callkit.pipeline.examination.diagnosis import Diagnosis
    from callkit.pipeline.sync_report import SyncReport
    from callkit.settings import Settings

__version__ = "0.1.0"

_HOMES = {
    "Settings": "callkit.settings",
    "Week": "callkit.periods",
    "Month": "callkit.periods",
    "OpeningHours": "callkit.opening",
    "CallkitError": "callkit.errors",
    "CALLS": "callkit.schema",
    "EVENTS": "callkit.schema",
    "Tables": "callkit.tables.tidy",
    "tidy": "callkit.tables.tidy",
    "load": "callkit.tables.store",
    "open": "callkit.tables.store",
    "statements": "callkit.tables.store",
    "to_event_log": "callkit.tables.event_log",
    "export": "callkit.tables.export",
    "CATALOGUE": "callkit.metrics.catalogue",
    "summarise": "callkit.metrics.summary",
    "compare": "callkit.metrics.compare",
    "hour_of_day": "callkit.metrics.groupings",
    "weekday": "callkit.metrics.groupings",
    "day": "callkit.metrics.groupings",
    "iso_week": "callkit.metrics.groupings",
    "month": "callkit.metrics.groupings",
    "explore": "callkit.explore.explorer",
}
_MODULES = ("metrics", "plots", "look", "report", "privacy", "sandbox")
__all__ = ["__version__", "doctor", "sync", *_HOMES, *_MODULES]  # noqa: PLE0604 (names come from the tables above)


def __getattr__(name: str) -> Any:
    if name in ("load", "open", "tidy") and "IPython" in sys.modules:
        import_module("callkit.explore.display").register()  # notebooks show frames with numbers masked
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    if name in _MODULES:
        return import_module(f"callkit.{name}")
    raise AttributeError(f"module 'callkit' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)


def sync(
    settings: "Settings",
    *,
    weeks: int = 13,
    since: "str | date | None" = None,
    until: "str | date | None" = None,
    progress: bool | None = None,
) -> "SyncReport":
    """
    Fetch the call records that are wanting, archive them and bring the tables up to date.

    For the account ``sandbox`` a built-in server with invented calls is started for the time of the fetch.

    Parameters
    ----------
    settings
        The account.
    weeks
        How many complete ISO weeks before the running one to hold, where `since` is not given.
    since, until
        First day, and the day after the last one, as dates or text such as ``2026-11-16``; default of `until`:
        tomorrow.
    progress
        Show a progress bar; default: on a terminal only.

    Returns
    -------
    SyncReport
        What was fetched, and for each day whether it is complete.

    Raises
    ------
    UsageError
        The account has no key, or an argument cannot be used.
    FetchError
        The API could not be read; what was fetched before is kept.
    LockedError
        Another sync of this account is running.
    """
    from datetime import timedelta

    from callkit.clock import now, parse_date, wall
    from callkit.errors import UsageError
    from callkit.periods import Week
    from callkit.pipeline.sync import sync as run

    _require_settings(settings)
    if not isinstance(weeks, int) or weeks < 0:
        raise UsageError(f"weeks = {weeks!r} is no number of weeks; give 0 or more.")
    today = wall(now(), settings.time_zone).date()
    first = parse_date(since, "since") if since else Week.of(today).shift(-weeks).start
    last = parse_date(until, "until") if until else max(today, first) + timedelta(days=1)
    with _answering(settings) as account:
        return run(account, first, last, progress=progress)


def doctor(settings: "Settings") -> "Diagnosis":
    """
    Ask an account's API a few dozen questions and say what it really does, where the vendor's pages are silent.

    It only reads, at the account's rate, and archives nothing. For the account ``sandbox`` a built-in server with
    invented calls is asked.

    Parameters
    ----------
    settings
        The account.

    Returns
    -------
    Diagnosis
        What was found, each with its evidence; print it. No number, name or key is in it.

    Raises
    ------
    UsageError
        There is nothing to ask with: no key, or a dialect that is not fetched.
    """
    from callkit.pipeline.doctor import doctor as look

    _require_settings(settings)
    settings.require_key()
    with _answering(settings) as account:
        return look(account)


def _require_settings(settings: object) -> None:
    from callkit.errors import UsageError
    from callkit.settings import Settings

    if not isinstance(settings, Settings):
        raise UsageError(f"settings is {settings!r}; give what ck.Settings.load() returns.")


@contextmanager
def _answering(settings: "Settings") -> "Iterator[Settings]":
    """Give settings whose API answers: for the sandbox its server is started, and stopped at the end."""
    if settings.account != "sandbox":
        yield settings
        return
    from dataclasses import replace

    from callkit.sandbox.server import serving

    with serving() as base_url:
        yield replace(settings, base_url=base_url)
