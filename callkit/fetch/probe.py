"""One question to the API, and its answer whatever it is."""

from itertools import count
from typing import Any, NamedTuple

from callkit.fetch.session import ATTEMPTS, Session, _PassingTrouble


class Probe(NamedTuple):
    """
    What the API answered.

    Parameters
    ----------
    status, headers, body
        The answer as received, our own key taken out; names of headers are in lower case.
    seconds
        From the request to the head of the answer.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float


def probe(session: Session, path: str, **request: Any) -> Probe:
    """
    Send a request once and return the answer; only one of too many requests is waited for and sent again.

    Raises
    ------
    FetchError
        The host cannot be reached, or gave no answer in time.
    """
    for attempt in count(1):
        try:
            response = session._once("GET", session._base_url + path, request)
            if response.status_code == 429 and attempt < ATTEMPTS:
                session._settled(response)
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Probe(response.status_code, headers, response.content, response.elapsed.total_seconds())
        except _PassingTrouble as trouble:
            if not trouble.is_of_all:
                raise trouble.error from None
            session._pause(attempt, trouble)
    raise AssertionError("unreachable")
