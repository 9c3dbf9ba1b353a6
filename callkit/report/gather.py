"""Read what the weekly report needs from the stored tables."""

import pandas as pd

from callkit.clock import Week
from callkit.errors import NoDataError, UsageError
from callkit.report.model import Weekly, as_date
from callkit.settings import Settings
from callkit.tables import store

AUDIENCES = ("shared", "internal")
_N_READ = 26  # weeks before that are read: an hour closed on a bank holiday is judged by older weeks


def gather(week: str = "", *, audience: str = "shared", allow_incomplete: bool = False) -> Weekly:
    """
    Read what the weekly report needs from the stored tables of the configured account.

    Parameters
    ----------
    week
        ISO week such as 2026-W47; empty: the last complete one.
    audience
        ``shared`` or ``internal``.
    allow_incomplete
        Go on where the week is not complete.

    Raises
    ------
    NoDataError
        The week was never fetched, or is not complete and that is not allowed.
    """
    if audience not in AUDIENCES:
        raise UsageError(f"audience {audience!r} is not {' or '.join(map(repr, AUDIENCES))}.")
    settings = Settings.load()
    of = Week.parse(week) if week else Week.last_complete(settings.time_zone)
    statements = store.statements(settings, of.shift(-_N_READ).start, of.end)
    fetched = statements.loc[statements["fetched_at"].notna(), "day"]
    since = of.start if fetched.empty else as_date(fetched.min())
    calls = store.load(settings, since=since, until=of.end).calls
    model = Weekly(settings, of, audience, calls, statements[statements["day"] >= pd.Timestamp(since)])
    require_data(model, allow_incomplete=allow_incomplete)
    return model


def require_data(model: Weekly, *, allow_incomplete: bool) -> None:
    """
    Make sure that the week can be reported.

    Raises
    ------
    NoDataError
        The week was never fetched, or is not complete and that is not allowed.
    """
    whose = f"Week {model.week} of account {model.settings.account!r}"
    if not model.of_week["received"].sum() and not model.is_complete:
        raise NoDataError(
            f"{whose} has no calls here; fetch it with callkit sync --since {model.week.start}."
        )
    if not model.is_complete and not allow_incomplete:
        n = len(model.missing_days)
        message = (
            f"{whose} is not complete: {n} of 7 days {'is' if n == 1 else 'are'} wanting, the first "
            f"{model.missing_days[0]}; run callkit sync, or publish it as it is with --allow-incomplete."
        )
        raise NoDataError(message)
