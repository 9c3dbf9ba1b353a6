"""The pages of an account's call records, asked for one by one or for a whole span."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Self
from urllib.parse import urlencode

import requests

from callkit import clock
from callkit.dialects import RawPage, dialect
from callkit.errors import PageError
from callkit.fetch.credentials import Credentials
from callkit.fetch.filters import LARGEST_LIMIT, Operator, Order, Status, checked, require_span
from callkit.fetch.limiter import note_in
from callkit.fetch.paging import Read
from callkit.fetch.probe import Probe, probe
from callkit.fetch.session import Session
from callkit.fetch.sieve import Sieve
from callkit.fetch.windows import Span, months
from callkit.settings import Settings
from callkit.validation import base_url

log = logging.getLogger("callkit")


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
        note = note_in(settings.folder("raw"))
        self._session = session or Session(settings.base_url, rate=settings.rate, shared=note)
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
        self, since: datetime, until: datetime, number: int, *, limit: int = LARGEST_LIMIT, **filters: object
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
            asked = (
                f"{path}, page {number}" if filters else f"{path}?{urlencode(query)}"
            )  # a filter may be a number
            return RawPage(response.content, self._now(), asked)

        return self._credentials.send("GET", path, read, params=query)

    def pages(
        self, since: datetime, until: datetime, *, limit: int = LARGEST_LIMIT,
        did: str | None = None, dest_num: str | None = None, src_num: str | None = None, call_id: str | None = None,
        call_status: Status | None = None, call_duration: int | None = None, operator: Operator | None = None,
        bill_sec: int | None = None, bill_sec_operator: Operator | None = None, sort: str | None = None,
        order: Order | None = None,
    ) -> Iterator[RawPage]:  # fmt: skip
        """
        Yield the pages of a span; the server's newest calls come first unless it is asked otherwise.

        Records that do not fit a filter are left out of the pages and counted, and a warning says so; all else is as
        received. Of each parameter is said what the vendor documents, and what is a reading of the sample, of the
        name or of the sibling API. Dialect call_records has no bill_sec, bill_sec_operator, sort and order.

        Parameters
        ----------
        since, until
            First moment, and the moment after the last one, on the account's wall clock. They are sent as
            ``from_date`` and ``to_date`` (documented; the format is a reading), with ``time_zone`` from the settings
            (a reading). ``page`` counts from 1 by itself (documented; the 1 is a reading).
        limit
            Records a page, 1 to 100 (documented).
        did, dest_num
            Our number that was called; the number where the call landed (documented; the writing is a reading: the
            vendor's record has 44… without a plus).
        src_num
            Number the call came from (a reading).
        call_id
            The client's number, says the page; the call's own id, says the name. Both fit (a reading).
        call_status
            ``answered`` or ``missed`` (documented; the two words are a reading).
        call_duration, operator
            Seconds of the call (documented), and how they compare (a reading); without it they are equal.
        bill_sec, bill_sec_operator
            Billed seconds, and how they compare (a reading).
        sort, order
            Field to order by, and the direction (a reading); the order is checked, and kept to within one query.

        Raises
        ------
        UsageError
            A value cannot be used, or the dialect has no such filter; nothing was asked.
        FetchError
            As for `page`.
        """
        given = checked({
            "did": did, "dest_num": dest_num, "src_num": src_num, "call_id": call_id, "call_status": call_status,
            "call_duration": call_duration, "operator": operator, "bill_sec": bill_sec,
            "bill_sec_operator": bill_sec_operator, "sort": sort, "order": order,
        })  # fmt: skip
        require_span(since, until, limit)
        zone = self._settings.time_zone
        self._dialect.query(since, until, 1, time_zone=zone, limit=limit, **given)  # refuses what it has not
        return self._read(Span(since, until), limit, given)

    def _read(self, whole: Span, limit: int, given: dict[str, Any]) -> Iterator[RawPage]:
        def ask(since: datetime, until: datetime, number: int) -> RawPage:
            return self.page(since, until, number, limit=limit, **given)

        spoken, sieve = self._dialect, Sieve(given, self._settings.country)
        spans = [*months(whole, spoken.LONGEST)]
        try:
            for span in spans if given.get("order") == "asc" else reversed(spans):
                sieve.begin()
                read = Read(ask, spoken.envelope, [span], limit)
                for page in read:
                    kept = sieve.sift(spoken.records(page.body)) if given else None
                    yield page if kept is None else page._replace(body=spoken.with_records(page.body, kept))
                if doubt := read.reading(self._now()).doubt:
                    log.warning("The calls from %s to %s may not all be here: %s.", *span, doubt)
        finally:
            sieve.tell()

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
        found = probe(self._session, path, params=dict(query), auth=self._credentials.header(scheme))
        headers = {name: self._credentials.hidden(value) for name, value in found.headers.items()}
        return found._replace(headers=headers, body=self._hidden(found.body))

    def _trouble(self, body: bytes) -> str:
        """Return why an answer is no page: as text, since an error would carry along what it came from."""
        with suppress(PageError):
            self._dialect.envelope(body)
            return ""
        try:
            self._dialect.envelope(self._hidden(body))  # before its message is cut or masked
        except PageError as error:
            return str(error)
        return "the answer holds the account's key where none belongs."

    def _hidden(self, body: bytes) -> bytes:
        text = body.decode("utf-8", "surrogateescape")
        return self._credentials.hidden(text).encode("utf-8", "surrogateescape")
