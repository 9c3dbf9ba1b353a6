"""One polite HTTP session for many threads: a rate limit, retries with growing waits, no key for another host."""

import logging
import random as _random
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any, Self, TypeVar
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ProtocolError, ReadTimeoutError

from callkit import clock
from callkit.errors import FetchError, PageError, ServerError
from callkit.fetch.limiter import Limiter

log = logging.getLogger("callkit")
T = TypeVar("T")

TIMEOUT_S = (10.0, 60.0)  # to connect, and between two bytes: call reports are slow to come
ATTEMPTS, UNREACHABLE_ATTEMPTS, PAGE_ATTEMPTS = 6, 4, 3
LONGEST_BACKOFF_S = 60.0
LONGEST_RETRY_AFTER_S = 300.0
MOST_CONNECTIONS = 16
_REDIRECTS = (301, 302, 303, 307, 308)
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class _PassingTrouble(Exception):  # noqa: N818 (it never leaves this module)
    """A failure that another attempt may cure; `error` is raised after the last one. Some are of all requests."""

    def __init__(
        self, error: FetchError, attempts: int, retry_after_s: float = 0.0, *, is_of_all: bool = False
    ) -> None:
        super().__init__(str(error))
        self.error, self.attempts, self.retry_after_s = error, attempts, retry_after_s
        self.is_of_all = is_of_all


class Session:
    """
    An HTTP session with one host.

    Parameters
    ----------
    base_url
        The host; requests name paths under it.
    rate
        Requests a second at most, retries included; 0 for no limit.
    shared
        File by which all processes of the account keep to that rate together; None: only this one keeps to it.
    timeout_s
        Seconds to connect, and seconds without a byte.
    sleep, random, monotonic, now
        How to wait (default: until the time is over or the session is closed), what draws the jitter (0 to 1), the
        clock of the rate limit, and the present instant.
    """

    def __init__(
        self,
        base_url: str,
        *,
        rate: float = 0.0,
        shared: Path | None = None,
        timeout_s: tuple[float, float] = TIMEOUT_S,
        sleep: Callable[[float], object] | None = None,
        random: Callable[[], float] = _random.random,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self.host = urlsplit(base_url).netloc
        self._base_url, self._timeout_s = base_url, timeout_s
        self._closed = Event()
        self._sleep, self._random, self._now = sleep or self._closed.wait, random, now
        self._limiter = Limiter(rate, shared, sleep=self._sleep, monotonic=monotonic)
        self._http = requests.Session()
        self._http.mount(urljoin(base_url, "/"), HTTPAdapter(pool_maxsize=MOST_CONNECTIONS))
        self._http.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._http.headers["accept"] = "application/json"
        self._http.trust_env = urlsplit(base_url).hostname not in _LOOPBACK  # no proxy stands before loopback

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; threads that wait for their turn wake up, and send nothing more."""
        self._closed.set()
        self._http.close()

    def send(self, method: str, path: str, read: Callable[[requests.Response], T], **request: Any) -> T:
        """
        Send a request, again where it may help, and return what `read` makes of the answer.

        Parameters
        ----------
        method, path
            HTTP method, and path under the base URL.
        read
            Turns an answer into the result; where it raises `PageError` the request is sent again.
        request
            What `requests` takes: params, json, auth.

        Raises
        ------
        FetchError
            The last attempt failed too; or whatever `read` raises.
        """
        for attempt in count(1):
            try:
                return read(self._answer(method, self._base_url + path, request))
            except PageError as error:
                trouble = _PassingTrouble(error, PAGE_ATTEMPTS)
            except _PassingTrouble as passing:
                trouble = passing
            if attempt >= trouble.attempts:
                raise trouble.error from None
            self._pause(attempt, trouble)
        raise AssertionError("unreachable")

    def look(self, path: str, **request: Any) -> requests.Response:
        """
        Ask for a path once and return the answer whatever it is; only for a turn is it asked for again.

        Raises
        ------
        FetchError
            The host cannot be reached, or gave no answer in time.
        """
        for attempt in count(1):
            try:
                response = self.once("GET", self._base_url + path, request)
                if response.status_code == 429 and attempt < ATTEMPTS:
                    self._settled(response)
                return response
            except _PassingTrouble as trouble:
                if not trouble.is_of_all:
                    raise trouble.error from None
                self._pause(attempt, trouble)
        raise AssertionError("unreachable")

    def once(self, method: str, url: str, request: dict[str, Any]) -> requests.Response:
        """Send one request when its turn comes, and return the answer."""
        self._limiter.wait()
        if self._closed.is_set():
            raise FetchError("The fetch was stopped; sync again.")
        try:
            return self._http.request(method, url, timeout=self._timeout_s, allow_redirects=False, **request)
        except requests.exceptions.SSLError as error:
            message = f"The certificate of {self.host} cannot be trusted ({_reason(error)}); check base_url."
            raise FetchError(message) from None
        except requests.ReadTimeout:
            message = f"{self.host} sent nothing for {self._timeout_s[1]:g} s; sync again later."
            raise _PassingTrouble(ServerError(message), ATTEMPTS) from None
        except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError) as error:
            message = f"{self.host} broke its answer off or garbled it ({_reason(error)}); sync again later."
            raise _PassingTrouble(ServerError(message), UNREACHABLE_ATTEMPTS) from None
        except requests.ConnectionError as error:
            if not isinstance(error.args and error.args[0], ProtocolError | ReadTimeoutError):
                raise self._unreachable(error) from None
            message = (
                f"{self.host} broke off before its answer was whole ({_reason(error)}); sync again later."
            )
            raise _PassingTrouble(ServerError(message), UNREACHABLE_ATTEMPTS) from None
        except requests.RequestException as error:
            raise self._unreachable(error) from None
        except ValueError:
            message = f"{self.host} redirects to something that is no address; check base_url."
            raise FetchError(message) from None

    def _unreachable(self, error: Exception) -> _PassingTrouble:
        message = f"Cannot reach {self.host} ({_reason(error)}); check base_url and the network."
        return _PassingTrouble(FetchError(message), UNREACHABLE_ATTEMPTS)

    def _pause(self, attempt: int, trouble: _PassingTrouble) -> None:
        if trouble.retry_after_s > LONGEST_RETRY_AFTER_S:
            wait = f"{trouble.retry_after_s:.0f} s"
            raise FetchError(
                f"{self.host} asks to be left alone for {wait}; sync again after that."
            ) from None
        backoff = self._random() * min(LONGEST_BACKOFF_S, 2.0 ** (attempt - 1))
        delay = max(backoff, trouble.retry_after_s)
        log.info("Attempt %d: %s Next attempt in %.1f s.", attempt, trouble, delay)
        if trouble.is_of_all:
            self._limiter.hold(delay)
        else:
            self._sleep(delay)

    def _answer(self, method: str, url: str, request: dict[str, Any]) -> requests.Response:
        for _ in range(4):
            response = self.once(method, url, request)
            if response.status_code not in _REDIRECTS or "location" not in response.headers:
                return self._settled(response)
            there = urlsplit(urljoin(url, response.headers["location"]))
            if (there.scheme, there.netloc) != urlsplit(self._base_url)[:2]:
                message = (
                    f"{self.host} redirects to {there.scheme}://{there.netloc}, where the key is not sent; "
                )
                raise FetchError(message + "if that is the account's API, set base_url to it.")
            url, request = there.geturl(), {k: v for k, v in request.items() if k != "params"}
        raise FetchError(f"{self.host} redirects in a circle; check base_url.")

    def _settled(self, response: requests.Response) -> requests.Response:
        status = response.status_code
        if status == 429:
            error = FetchError(f"{self.host} says there are too many requests; lower the setting rate.")
        elif status >= 500:
            error = ServerError(f"{self.host} answered {status} {ATTEMPTS} times; sync again later.")
        else:
            return response
        wait_s = retry_after_s(response.headers.get("retry-after"), self._now())
        raise _PassingTrouble(error, ATTEMPTS, wait_s, is_of_all=status == 429 or wait_s > 0)


def retry_after_s(value: str | None, moment: datetime) -> float:
    """Return the seconds a ``Retry-After`` header asks for, given in seconds or as a date; 0 where it does not."""
    if not value:
        return 0.0
    if re.fullmatch(r"\s*\d+(\.\d+)?\s*", value):
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - moment).total_seconds())


def _reason(error: Exception) -> str:
    found = re.search(r"\[Errno -?\d+\] ([^'\")]+)", str(error))
    return found[1].strip() if found else type(error).__name__
