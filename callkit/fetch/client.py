"""The pages of an account's call records, asked for one by one or for a whole span."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Self
from urllib.parse import urlencode

import requests

from callkit import clock
from callkit.dialects import RawPage, dialect
from callkit.errors import PageError
from callkit.fetch.credentials import Credentials
from callkit.fetch.paging import Read
from callkit.fetch.probe import Probe, probe
from callkit.fetch.session import Session
from callkit.fetch.windows import Span
from callkit.settings import Settings
from callkit.validation import base_url


class Client:
    """
    Read an account's call records page by page; many threads may share one client.

    Parameters
    ----------
    settings
        The account: base URL, dialect, key or login, rate.
    session
        HTTP session to use; default: a new one with the account's rate.
    now
        Gives the present instant.

    Raises
    ------
    SettingsError
        The account has neither a key nor a login, its key cannot be read or would travel in the open, or its dialect
        is not fetched.
    """

    def __init__(
        self,
        settings: Settings,
        session: Session | None = None,
        *,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        settings.require_key()
        base_url(settings.base_url)
        self._settings, self._now = settings, now
        self._dialect: Any = dialect(settings.dialect)
        self._session = session or Session(settings.base_url, rate=settings.rate)
        self._credentials = Credentials(
            settings, self._session, usual_field=getattr(self._dialect, "LOGIN_FIELD", "login_id"), now=now
        )

    def __repr__(self) -> str:
        return f"Client(account={self._settings.account!r}, host={self._session.host!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def page(
        self, since: datetime, until: datetime, number: int, *, limit: int = 100, **filters: object
    ) -> RawPage:
        """
        Return one page of a span as the API sends it, the bytes untouched.

        Parameters
        ----------
        since, until
            First moment, and the moment after the last one, on the account's wall clock.
        number
            Number of the page, from 1.
        limit
            Records a page, 1 to 100.
        filters
            Further parameters, under the names of `pages`; they are sent, and nothing is done about what comes back.

        Raises
        ------
        AuthError
            The key or the login was refused.
        RouteError
            The host does not know the route.
        PageError
            The answer is not a page of call records.
        FetchError
            The host cannot be reached, or refuses or fails for good.
        """
        zone = self._settings.time_zone
        query = self._dialect.query(since, until, number, time_zone=zone, limit=limit, **filters)
        path = self._dialect.PATH

        def read(response: requests.Response) -> RawPage:
            if trouble := self._trouble(response.content):
                raise PageError(f"{self._session.host}{path}, page {number}: {trouble}")
            return RawPage(response.content, self._now(), f"{path}?{urlencode(query)}")

        return self._credentials.send("GET", path, read, params=query)

    def pages(self, since: datetime, until: datetime, **filters: Any) -> Iterator[RawPage]:
        """
        Yield the pages of a span, newest calls first as the API sends them.

        Parameters
        ----------
        since, until
            First moment, and the moment after the last one, on the account's wall clock.
        filters
            Further query parameters of the dialect.
        """

        def ask(start: datetime, end: datetime, number: int) -> RawPage:
            return self.page(start, end, number, **filters)

        yield from Read(ask, self._dialect.envelope, [Span(since, until)])

    def probe(self, path: str, query: Mapping[str, str], *, scheme: str | None = None) -> Probe:
        """
        Ask one question with the account's key, and return the answer whatever it is.

        Nothing is sent again, unless the answer says that there were too many requests.

        Parameters
        ----------
        path, query
            Path under the base URL, and the query's parameters.
        scheme
            How the key stands in its header: ``Bearer``, ``bearer`` or ``raw``; default: as the settings say.

        Raises
        ------
        AuthError
            The login that gives the key was refused.
        FetchError
            The host cannot be reached.
        """
        hidden = self._credentials.hidden
        found = probe(self._session, path, params=dict(query), auth=self._credentials.header(scheme))
        headers = {name: hidden(value) for name, value in found.headers.items()}
        text = found.body.decode("utf-8", "surrogateescape")
        return found._replace(headers=headers, body=hidden(text).encode("utf-8", "surrogateescape"))

    def _trouble(self, body: bytes) -> str:
        """Return why an answer is no page, without our key in it; not as an error, which would chain the text."""
        try:
            self._dialect.envelope(body)
        except PageError as error:
            return self._credentials.hidden(str(error))
        return ""
