"""One question to the API, and its answer whatever it is."""

from typing import Any, NamedTuple

from callkit.fetch.session import Session


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
    response = session.look(path, **request)
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Probe(response.status_code, headers, response.content, response.elapsed.total_seconds())
