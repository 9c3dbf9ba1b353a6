"""The pages of an account's call records: signing in, paging, and what each refusal means."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode

import msgspec
import requests

from callkit import clock
from callkit.dialects import RawPage, dialect
from callkit.errors import AuthError, FetchError, PageError, RouteError
from callkit.fetch.session import Session
from callkit.fetch.windows import Tally
from callkit.privacy import Secret, mask_numbers
from callkit.settings import Settings

LOGIN_PATH = "/v1/auth/login"
_RENEW_S = 120  # a key is renewed so long before it ends
_GATEWAY_WORDS = (
    "missing authentication token",
    "not a valid key=value pair",
    "authorization header requires",
    "no matching route",
)
_GATEWAY_ERRORS = ("MissingAuthenticationToken", "IncompleteSignature", "InvalidSignature")


class _Bearer(requests.auth.AuthBase):
    """Put a key on a request at the last moment, so that no netrc file and no session header holds another."""

    def __init__(self, key: Secret) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        key = self._key.reveal()
        if not (key.isascii() and key.isprintable()):  # what refuses them further down prints them
            raise AuthError(
                "The key holds characters that cannot be sent; copy it again, without line breaks."
            )
        request.headers["authorization"] = f"Bearer {key}"
        return request


class _Lease(NamedTuple):
    """A key, and when it ends where that is known."""

    key: Secret
    until: datetime | None = None


class Client:
    """
    Read an account's call records page by page.

    Parameters
    ----------
    settings
        The account: base URL, dialect, key or login, rate.
    session
        HTTP session to use; default: a new one with the account's rate.

    Raises
    ------
    SettingsError
        The account has neither a key nor a login.
    """

    def __init__(self, settings: Settings, session: Session | None = None) -> None:
        settings.require_key()
        self._settings = settings
        self._dialect: Any = dialect(settings.dialect)
        self._session = session or Session(settings.base_url, rate=settings.rate)
        self._lease = _Lease(settings.token) if settings.token else None

    def __repr__(self) -> str:
        return f"Client(account={self._settings.account!r}, host={self._session.host!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def pages(self, since: datetime, until: datetime, **filters: str) -> Iterator[RawPage]:
        """
        Yield the pages of a window, newest calls first as the API sends them, the bytes untouched.

        Paging ends when as many records came as were announced, or with an empty page.

        Parameters
        ----------
        since, until
            First moment, and the moment after the last one, on the account's wall clock.
        filters
            Further query parameters of the dialect.

        Raises
        ------
        AuthError
            The key or the login was refused.
        RouteError
            The host does not know the route.
        PageError
            An answer is not a page of call records, or the server sends the same page again and again.
        FetchError
            The host cannot be reached, or refuses or fails for good.
        """
        tally, last = Tally(), b""
        for number in count(1):
            query = self._dialect.query(since, until, number, time_zone=self._settings.time_zone, **filters)
            page = self._page(query)
            if page.body == last:
                message = f"{self._session.host} sent page {number - 1} again as page {number} of {since:%d %B %Y}; "
                raise PageError(message + "the parameter page seems to be ignored there.")
            tally.add(self._dialect.envelope(page.body))
            yield page
            if tally.is_done:
                return
            last = page.body

    def _page(self, query: dict[str, str]) -> RawPage:
        path = self._dialect.PATH

        def read(response: requests.Response) -> RawPage:
            self._refuse(response, path)
            try:
                self._dialect.envelope(response.content)
            except PageError as error:
                raise PageError(
                    f"{self._session.host}{path}, page {query['page']}: {self._hidden(str(error))}"
                ) from None
            return RawPage(response.content, clock.now(), f"{path}?{urlencode(query)}")

        lease = self._key()
        try:
            return self._session.send("GET", path, read, params=query, auth=_Bearer(lease.key))
        except AuthError:
            if self._settings.token:
                raise
        self._lease = None
        return self._session.send("GET", path, read, params=query, auth=_Bearer(self._key().key))

    def _key(self) -> _Lease:
        if self._lease is None or (self._lease.until and self._lease.until <= clock.now()):
            login = {"login_id": self._settings.login_id, "password": self._settings.password.reveal()}
            self._lease = self._session.send("POST", LOGIN_PATH, self._granted, json=login)
        return self._lease

    def _granted(self, response: requests.Response) -> _Lease:
        self._refuse(response, LOGIN_PATH)
        try:
            grant = msgspec.json.decode(response.content, type=dict[str, Any])
        except msgspec.DecodeError:
            raise PageError(
                f"{self._session.host}{LOGIN_PATH} did not answer with JSON; check base_url."
            ) from None
        key = grant.get("access_token")
        if not isinstance(key, str) or not key or grant.get("success") in (False, "false"):
            raise AuthError(self._refused(response.status_code))
        try:
            left = timedelta(seconds=float(grant["expires_in"]) - _RENEW_S)
        except (KeyError, TypeError, ValueError):
            return _Lease(Secret(key))
        return _Lease(Secret(key), clock.now() + max(left, timedelta(seconds=1)))

    def _refuse(self, response: requests.Response, path: str) -> None:
        """Raise what an answer's status means, unless it is good."""
        status, host = response.status_code, self._session.host
        if status == 404 or (status == 403 and _is_gateway(response)):
            message = (
                f"{host} has no route {path} (it answered {status}); check base_url and dialect of account "
            )
            raise RouteError(f"{message}{self._settings.account!r}.")
        if status in (401, 403):
            raise AuthError(self._refused(status))
        if status != 200:
            raise FetchError(
                f"{host} refused {path} with {status}{self._said(response)}; check the settings."
            )

    def _refused(self, status: int) -> str:
        account, host = self._settings.account, self._session.host
        if self._settings.token:
            return (
                f"{host} refused the key of account {account!r} ({status}); check CALLKIT_TOKEN and base_url."
            )
        check = "check CALLKIT_LOGIN_ID, CALLKIT_PASSWORD and base_url"
        return f"{host} refused the login of account {account!r} ({status}); {check}."

    def _said(self, response: requests.Response) -> str:
        try:
            message = msgspec.json.decode(response.content, type=dict[str, Any]).get("message")
        except msgspec.DecodeError:
            return ""
        text = self._hidden(mask_numbers(str(message or "")))[:200]
        return f" ({text})" if text else ""

    def _hidden(self, text: str) -> str:
        """Return a text of the vendor without our own key in it."""
        for secret in (self._settings.token, self._settings.password, self._lease and self._lease.key):
            text = text.replace(secret.reveal(), "***") if secret else text
        return text


def _is_gateway(response: requests.Response) -> bool:
    """Tell whether an API gateway answered, which knows no such route, and not the account's API."""
    kind, body = response.headers.get("x-amzn-errortype", ""), response.text.lower()
    return kind.startswith(_GATEWAY_ERRORS) or any(words in body for words in _GATEWAY_WORDS)
