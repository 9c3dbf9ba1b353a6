"""Look at a live account and say what its API really does, where the vendor's pages are silent.

A few dozen questions at the account's own rate, none of which changes anything; `MOST_REQUESTS` is the most that are
sent, a login and repeats included. What is found is said with its evidence and how sure it is.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from callkit import clock
from callkit.errors import AuthError, FetchError, ServerError
from callkit.fetch.client import Client
from callkit.fetch.limiter import note_in
from callkit.pipeline.examination.access import access
from callkit.pipeline.examination.answers import MOST_REQUESTS, CountedSession, SpentError
from callkit.pipeline.examination.case import Case
from callkit.pipeline.examination.diagnosis import NOT_TOLD, Diagnosis, Finding
from callkit.pipeline.examination.pages import call_id, order, page_size, spread, unknown_parameter
from callkit.pipeline.examination.reading import rate, reading
from callkit.pipeline.examination.spans import bounds, dates, sample, time_zone
from callkit.privacy import mask_numbers
from callkit.settings import Settings

Look = Callable[[Case], list[Finding]]
LOOKS: tuple[tuple[str, Look], ...] = (
    ("Host", access),
    ("Sample", sample),
    ("Dates", dates),
    ("Bounds", bounds),
    ("Page size", page_size),
    ("Order", order),
    ("time_zone", time_zone),
    ("call_id", call_id),
    ("Unknown parameter", unknown_parameter),
    ("further pages", spread),
)


def doctor(
    settings: Settings,
    *,
    now: Callable[[], datetime] = clock.now,
    sleep: Callable[[float], object] | None = None,
) -> Diagnosis:
    """
    Find out what an account's API really does.

    Parameters
    ----------
    settings
        The account.
    now
        Gives the present instant.
    sleep
        How to wait; default: until the time is over.

    Raises
    ------
    SettingsError
        There is nothing to ask with: no key, or a dialect that is not fetched. Whatever the API does is no error.
    """
    note = note_in(settings.folder("raw"))
    session = CountedSession(settings.base_url, settings.rate, note, sleep=sleep, now=now)
    with Client(settings, session, now=now) as client:
        case = Case(settings, client, session, now)
        findings = _looked_at(case)
        rows: Sequence[str] = ()
        if case.is_readable:
            read, rows = reading(case)
            findings += read
        findings.append(rate(case))
    return Diagnosis(
        settings.account,
        session.host,
        tuple(findings),
        tuple(case.advice),
        tuple(rows),
        len(session.sent_at),
        MOST_REQUESTS,
        case.is_readable,
    )


def _looked_at(case: Case) -> list[Finding]:
    findings: list[Finding] = []
    for place, (about, look) in enumerate(LOOKS):
        if place and not case.is_readable:
            break
        try:
            findings += look(case)
        except ServerError as error:
            findings.append(Finding(about, _words(error), NOT_TOLD, "No answer came to this question."))
        except FetchError as error:
            about = (
                "Key"
                if isinstance(error, AuthError)
                else "Requests"
                if isinstance(error, SpentError)
                else "Host"
            )
            left = ", ".join(name for name, _ in LOOKS[place:])
            findings.append(Finding(about, _words(error), evidence=f"Not, or not wholly, looked at: {left}"))
            break
    return findings


def _words(error: FetchError) -> str:
    return mask_numbers(str(error))
