"""The reports that ``callkit report`` was asked for, one after another: one that fails does not stop the others."""

import logging
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from callkit.cli.reporting import require_begun
from callkit.cli.terminal import explained, say, say_error
from callkit.errors import CallkitError, LockedError, UsageError

if TYPE_CHECKING:
    from callkit.periods import Period
    from callkit.settings import Settings

log = logging.getLogger("callkit")
_PERIODS_BEFORE = 12  # that a report compares its period with


@dataclass(frozen=True)
class Asked:
    """What was asked for: the options of ``callkit report``, checked."""

    settings: "Settings"
    periods: list["Period"]
    audiences: tuple[str, ...] = ("shared",)
    syncs: bool = True
    skips_existing: bool = False
    allow_incomplete: bool = False
    keep: int | None = None
    with_pdf: bool = False
    timeout_s: float = 900
    command: list[str] | None = None
    prints_paths: bool = False
    shows_progress: bool | None = None

    @property
    def folder(self) -> Path:
        """The folder of this kind of report."""
        return self.settings.folder("reports") / self.periods[0].kind


@dataclass
class _Told:
    """What came of each report."""

    made: list[str] = field(default_factory=list)
    there: list[str] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)  # exit codes of those that failed, in order


def run(asked: Asked) -> int:
    """
    Sync once, make every report asked for that is not there, remove old ones, and return the exit code.

    It is that of the first failure. Each failure is a line on stderr, and one more says what was made where there
    were several.
    """
    told = _Told()
    begun = [period for period in asked.periods if _has_begun(asked, period, told)]
    wanted = [(p, a) for p in begun for a in asked.audiences if not _is_there(asked, p, a, told)]
    sync_s = _synced(asked, wanted, told) if wanted and asked.syncs else None
    if sync_s is not None or not asked.syncs:
        for period, audience in wanted:
            _make(asked, period, audience, sync_s, told)
    if told.codes:
        _sum_up(asked, told)
        return told.codes[0]
    if asked.keep:
        _keep(asked, asked.keep)
    return 0


def _keep(asked: Asked, n: int) -> None:
    from callkit.report import retention

    try:
        retention.keep(asked.settings, asked.periods[0].kind, n)
    except LockedError as error:
        log.warning("Older reports stay for now: %s", error)


def _has_begun(asked: Asked, period: "Period", told: _Told) -> bool:
    try:
        require_begun(asked.settings, period, allow_running=asked.allow_incomplete)
    except CallkitError as error:
        _fail(asked, error, told, period)
        _notify(asked, error)
        return False
    return True


def _is_there(asked: Asked, period: "Period", audience: str, told: _Told) -> bool:
    from callkit.report import publish

    if not (
        asked.skips_existing and publish.is_good(asked.folder, str(period), audience, pdf=asked.with_pdf)
    ):
        return False
    page = publish.place(asked.folder, str(period), audience)
    log.info(
        "%s is there already",
        page,
        extra={"event": "skipped", "fields": _fields(asked, period, audience) | {"page": str(page)}},
    )
    told.there.append(_name(asked, period, audience))
    if asked.prints_paths:
        say(f"{page}")
    return True


def _synced(asked: Asked, wanted: list[tuple["Period", str]], told: _Told) -> float | None:
    """Sync the whole span and return how many seconds that took; None where it failed, as each report then says."""
    import callkit

    first, last = wanted[0][0], wanted[-1][0]
    began = time.monotonic()
    try:
        callkit.sync(
            asked.settings,
            since=first.shift(-_PERIODS_BEFORE).start,
            until=last.end,
            progress=asked.shows_progress,
        )
    except BaseException as error:
        sidecar = [_recorded(asked, period, audience, error) for period, audience in wanted][-1]
        _notify(asked, error, sidecar)
        if not isinstance(error, CallkitError | OSError):
            raise
        _fail(asked, error, told, event="sync failed")
        return None
    seconds = time.monotonic() - began
    log.info(
        "The calls from %s to %s are there",
        first.shift(-_PERIODS_BEFORE).start,
        last.end,
        extra={
            "event": "synced",
            "fields": {"account": asked.settings.account, "seconds": round(seconds, 3)},
        },
    )
    return seconds


def _recorded(asked: Asked, period: "Period", audience: str, error: BaseException) -> Path | None:
    from callkit.report.failures import record_failure

    if isinstance(error, LockedError | UsageError):
        return None  # the run that holds the lock tells how it ended, and bad input writes nothing
    with suppress(OSError):  # the error itself is told; a full disk takes no sidecar
        return record_failure(
            asked.settings, period, audience, error, allow_incomplete=asked.allow_incomplete
        )
    return None


def _make(asked: Asked, period: "Period", audience: str, sync_s: float | None, told: _Told) -> None:
    from callkit.report.making import make_report

    began, before = time.monotonic(), _left(asked, period, audience)
    try:
        page = make_report(
            asked.settings,
            period,
            audience=audience,
            allow_incomplete=asked.allow_incomplete,
            timeout_s=asked.timeout_s,
            with_pdf=asked.with_pdf,
            sync_s=sync_s,
        )
    except BaseException as error:
        left = _left(asked, period, audience)
        _notify(asked, error, left[0] if left != before else None)
        if not isinstance(error, CallkitError | OSError):
            raise
        _fail(asked, error, told, period, audience)
        return
    seconds = round(time.monotonic() - began, 3)
    fields = _fields(asked, period, audience) | {"page": str(page), "seconds": seconds}
    log.info("%s is made", page, extra={"event": "made", "fields": fields})
    told.made.append(_name(asked, period, audience))
    if asked.prints_paths:
        say(f"{page}")
        sys.stdout.flush()
    _notify(asked, None, page.with_name(f"{page.name.removesuffix('.html')}.json"), page)


def _left(asked: Asked, period: "Period", audience: str) -> tuple[Path | None, int]:
    """Return the sidecar that a failing run left, and when it was written, so that a new one can be told."""
    from callkit.report import publish

    path = publish.failed_sidecar(asked.folder, str(period), audience)
    return path, path.stat().st_mtime_ns if path else 0


def _fail(
    asked: Asked,
    error: CallkitError | OSError,
    told: _Told,
    period: "Period | None" = None,
    audience: str = "shared",
    event: str = "failed",
) -> None:
    code, said = (2, explained(error)) if isinstance(error, OSError) else (error.exit_code, str(error))
    told.codes.append(code)
    if period is not None and len(asked.periods) * len(asked.audiences) > 1:
        said = f"{_name(asked, period, audience)}: {said}"
    say_error(said, event, **_fields(asked, period, audience), exit_code=code)


def _sum_up(asked: Asked, told: _Told) -> None:
    n = len(asked.periods) * len(asked.audiences)
    if n > 1:
        names = f": {', '.join(told.made)}" if told.made else ""
        made = f"{len(told.made)} of {n} reports were made{names}"
        there = f"; there already: {', '.join(told.there)}" if told.there else ""
        say_error(f"{made}{there}.", "ended", made=told.made, there=told.there)


def _notify(
    asked: Asked, error: BaseException | None, sidecar: Path | None = None, page: Path | None = None
) -> None:
    if not asked.command:
        return
    from callkit.report.failures import status_of
    from callkit.report.notify import Ending, notify

    status, code = status_of(error) if error else ("ok", 0)
    notify(asked.command, Ending(status, code, sidecar, page))


def _name(asked: Asked, period: "Period", audience: str) -> str:
    return f"{period} ({audience})" if len(asked.audiences) > 1 else str(period)


def _fields(asked: Asked, period: "Period | None" = None, audience: str = "") -> dict[str, str]:
    found = {"account": asked.settings.account, "report": asked.periods[0].kind}
    if period is not None:
        found |= {"period": str(period)} | ({"audience": audience} if audience else {})
    return found
