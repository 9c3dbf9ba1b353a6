"""Read what a report needs from the stored tables."""

from datetime import date

import pandas as pd

from callkit.errors import NoDataError, UsageError
from callkit.periods import KINDS, Month, Period
from callkit.report.completeness import as_date
from callkit.report.model import N_BEFORE, Report
from callkit.report.parameters import AUDIENCES
from callkit.settings import Settings
from callkit.tables import store

_N_WEEKS = 26  # weeks before that are read: an hour closed on a bank holiday is judged by older weeks


def gather(
    kind: str, period: str = "", *, audience: str = "shared", allow_incomplete: bool = False
) -> Report:
    """
    Read what a report needs from the stored tables of the configured account.

    Parameters
    ----------
    kind
        ``weekly`` or ``monthly``.
    period
        ISO week such as 2026-W47, or month such as 2026-11; empty: the last complete one.
    audience
        ``shared`` or ``internal``.
    allow_incomplete
        Go on where the period is not complete.

    Raises
    ------
    UsageError
        The kind, the period or the audience is unknown.
    NoDataError
        The period was never fetched, or is not complete and that is not allowed.
    """
    if kind not in KINDS:
        raise UsageError(f"report {kind!r} is not {' or '.join(map(repr, KINDS))}.")
    if audience not in AUDIENCES:
        raise UsageError(f"audience {audience!r} is not {' or '.join(map(repr, AUDIENCES))}.")
    settings = Settings.load()
    of = KINDS[kind].parse(period) if period else KINDS[kind].last_complete(settings.time_zone)
    statements = store.statements(settings, first_read(of), of.end)
    fetched = statements.loc[statements["fetched_at"].notna(), "day"]
    since = of.start if fetched.empty else as_date(fetched.min())
    tables = store.load(settings, since=since, until=of.end)
    model = Report(settings, of, audience, tables, statements[statements["day"] >= pd.Timestamp(since)])
    require_data(model, allow_incomplete=allow_incomplete)
    return model


def first_read(period: Period) -> date:
    """Return the first day a report of a period reads, where there are data."""
    if isinstance(period, Month):
        return period.shift(-N_BEFORE).start
    return period.shift(-_N_WEEKS).start


def require_data(model: Report, *, allow_incomplete: bool) -> None:
    """
    Make sure that the period can be reported.

    Raises
    ------
    NoDataError
        The period was never fetched, or is not complete and that is not allowed.
    """
    whose = f"{model.noun.capitalize()} {model.period} of account {model.settings.account!r}"
    if not model.of_period["received"].sum() and not model.is_complete:
        raise NoDataError(
            f"{whose} has no calls here; fetch it with callkit sync --since {model.period.start}."
        )
    if not model.is_complete and not allow_incomplete:
        n = len(model.missing_days)
        message = (
            f"{whose} is not complete: {n} of {len(model.of_period)} days {'is' if n == 1 else 'are'} wanting, the "
            f"first {model.missing_days[0]}; run callkit sync, or publish it as it is with --allow-incomplete."
        )
        raise NoDataError(message)
