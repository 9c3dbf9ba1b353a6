"""What holds an account's key: a token as it was given, or a login whose key is renewed before it ends."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote

import msgspec
import requests

from callkit import clock
from callkit.errors import AuthError, FetchError, PageError, RouteError
from callkit.fetch.refusals import refusal
from callkit.fetch.session import Session
from callkit.keys import Login
from callkit.privacy import Secret
from callkit.settings import Settings

LOGIN_PATH, REFRESH_PATH = "/v1/auth/login", "/v1/auth/refresh"
_MARGIN_S = 120.0  # a key is renewed so long before it ends, or after half of a short life
T = TypeVar("T")


class Lease(NamedTuple):
    """A key, and when to renew it where that is known."""

    key: Secret
    renew_at: datetime | None = None


class _Header(requests.auth.AuthBase):
    """Put a key on a request at the last moment, so that no netrc file and no session header holds another."""

    def __init__(self, key: Secret, scheme: str) -> None:
        self._key, self._prefix = key, "" if scheme == "raw" else f"{scheme} "

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if not (self._key.reveal().isascii() and self._key.reveal().isprintable()):
            # what refuses them further down prints them
            raise AuthError(
                "The key holds characters that cannot be sent; copy it again, without line breaks."
            )
        request.headers["authorization"] = self._prefix + self._key.reveal()
        return request


class _NoHeader(requests.auth.AuthBase):
    """Send no key: without this a netrc file would be asked for one."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


class Credentials:
    """
    The key of one account, for as many threads as share it.

    A login is made with the first request. Before its key ends, the key is exchanged for a new one; where that is
    refused, and once for a request whose key is refused, the login is made again.

    Parameters
    ----------
    settings
        The account.
    session
        HTTP session with its host.
    usual_field
        Field that logins of this API usually go by, ``login_id`` or ``email``; it is suggested where one is refused.
    now
        Gives the present instant.

    Raises
    ------
    SettingsError
        The account has neither a key nor a login, or it cannot be read.
    """

    def __init__(
        self,
        settings: Settings,
        session: Session,
        *,
        usual_field: str = "login_id",
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        held = settings.key()
        self._settings, self._session, self._now = settings, session, now
        self._usual_field = usual_field
        self._login = held if isinstance(held, Login) else None
        self._lease = None if isinstance(held, Login) else Lease(held)
        self._secrets = {held.password if isinstance(held, Login) else held}
        self._lock = Lock()
        self._final = ""

    def __repr__(self) -> str:
        return f"Credentials(account={self._settings.account!r})"

    def header(self, scheme: str | None = None) -> requests.auth.AuthBase:
        """Return what puts the present key on a request, after another scheme than the account's where one is given."""
        return self._header(self._present(), scheme)

    def send(self, method: str, path: str, read: Callable[[requests.Response], T], **request: Any) -> T:
        """
        Send a request with the account's key, as `callkit.fetch.session.Session.send` does.

        Raises
        ------
        AuthError
            The key was refused; or the login, or the key it gave twice.
        RouteError
            The host does not know the route.
        FetchError
            The host cannot be reached, or refuses or fails for good.
        """

        def accept(response: requests.Response) -> T:
            self._refuse(response, path)
            return read(response)

        lease = self._present()
        try:
            return self._session.send(method, path, accept, auth=self._header(lease), **request)
        except AuthError:
            if self._login is None:
                raise
        lease = self._renewed(lease)
        return self._session.send(method, path, accept, auth=self._header(lease), **request)

    def hidden(self, text: str) -> str:
        """Return a text of the vendor without any key of ours in it."""
        for secret in tuple(self._secrets):
            plain = secret.reveal()
            quoted = json.dumps(plain)[1:-1]
            for written in (plain, quote(plain), quote(plain, safe=""), quoted, quoted.replace("/", r"\/")):
                text = text.replace(written, "***") if plain else text
        return text

    def _header(self, lease: Lease, scheme: str | None = None) -> _Header:
        return _Header(lease.key, scheme or self._settings.auth_scheme)

    def _present(self) -> Lease:
        with self._lock:
            if self._lease is None:
                self._lease = self._signed_in()
            elif self._lease.renew_at and self._lease.renew_at <= self._now():
                self._lease = self._refreshed(self._lease) or self._signed_in()
            return self._lease

    def _renewed(self, refused: Lease) -> Lease:
        """Return another lease than one that was refused: the one another thread got meanwhile, or a new one."""
        with self._lock:
            if self._lease is refused or self._lease is None:
                self._lease = None
                self._lease = self._signed_in()
            return self._lease

    def _refreshed(self, lease: Lease) -> Lease | None:
        try:
            return self._session.send(
                "POST", REFRESH_PATH, self._reader(REFRESH_PATH), auth=self._header(lease)
            )
        except FetchError:  # the vendor's page names no status for a refusal but 500
            return None

    def _signed_in(self) -> Lease:
        assert self._login is not None  # noqa: S101
        if self._final:  # one refused login is enough: more of them could lock the account
            raise AuthError(self._final)
        body = {self._login.field: self._login.name, "password": self._login.password.reveal()}
        try:
            return self._session.send(
                "POST", LOGIN_PATH, self._reader(LOGIN_PATH), json=body, auth=_NoHeader()
            )
        except (AuthError, RouteError) as error:
            self._final = str(error)
            raise
        except FetchError as error:
            self._final = f"The login of account {self._settings.account!r} failed: {error}"
            raise AuthError(self._final) from None

    def _reader(self, path: str) -> Callable[[requests.Response], Lease]:
        def read(response: requests.Response) -> Lease:
            self._refuse(response, path)
            try:
                grant = msgspec.json.decode(response.content, type=dict[str, Any])
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                grant = None
            if grant is None:
                raise PageError(f"{self._session.host}{path} did not answer with JSON; check base_url.")
            key = grant.get("access_token")
            if not isinstance(key, str) or not key.strip() or str(grant.get("success")).lower() == "false":
                raise AuthError(self._of_key(response.status_code))
            secret = Secret(key.strip())
            self._secrets.add(secret)
            return Lease(secret, self._renewal(grant.get("expires_in")))

        return read

    def _renewal(self, expires_in: object) -> datetime | None:
        try:
            life_s = float(str(expires_in))
            margin_s = min(_MARGIN_S, life_s / 2)
            return self._now() + timedelta(seconds=life_s - margin_s) if life_s > 0 else None
        except (ValueError, OverflowError):
            return None

    def _refuse(self, response: requests.Response, path: str) -> None:
        error = refusal(response, self._session.host, path, hide=self.hidden, of_key=self._of_key)
        if error:
            raise error

    def _of_key(self, status: int) -> str:
        settings, host = self._settings, self._session.host
        if self._login is None:
            place = (
                "CALLKIT_TOKEN" if settings.token else "token_file" if settings.token_file else "the keyring"
            )
            message = f"{host} refused the key of account {settings.account!r} ({status}); "
            return f"{message}check {place}, auth_scheme and base_url."
        field = f"CALLKIT_{self._login.field.upper()}"
        message = f"{host} refused the login of account {settings.account!r} ({status}); "
        usual = (
            ""
            if self._login.field == self._usual_field
            else f" (logins here usually go by {self._usual_field})"
        )
        return f"{message}check {field}{usual}, CALLKIT_PASSWORD and base_url."
