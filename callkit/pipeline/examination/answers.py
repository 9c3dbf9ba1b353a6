"""What an answer of the API is, and a session that counts its requests and stops at the last one allowed."""

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from callkit import clock
from callkit.dialects.pages import Envelope
from callkit.errors import FetchError, PageError
from callkit.fetch.probe import Probe
from callkit.fetch.refusals import is_gateway, is_html
from callkit.fetch.session import Session
from callkit.fetch.windows import announced_by
from callkit.pipeline.examination.calls import Call, calls

MOST_REQUESTS = 40
PAGE, NO_ROUTE, KEY_REFUSED, FOR_PEOPLE, REDIRECT, OTHER = (
    "page", "no route", "key refused", "for people", "redirect", "other",
)  # fmt: skip
_IN_A_ROW = 5  # requests over which the pace is taken


class SpentError(FetchError):
    """All requests that the doctor may send were sent."""


class CountedSession(Session):
    """
    A session that notes when it sent what and what was refused, and sends `MOST_REQUESTS` at most, retries included.

    Parameters
    ----------
    base_url, rate, shared
        As for `Session`.
    sleep, now
        How to wait, and the present instant.
    """

    def __init__(
        self,
        base_url: str,
        rate: float,
        shared: Path | None = None,
        *,
        sleep: Callable[[float], object] | None = None,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        super().__init__(base_url, rate=rate, shared=shared, sleep=sleep, now=now)
        self.sent_at: list[float] = []
        self.slowest_s = 0.0
        self.too_many: list[str] = []

    def once(self, method: str, url: str, request: dict[str, Any]) -> Any:
        """
        Send one request, and note when, and what was said of too many.

        Raises
        ------
        SpentError
            No request is left.
        FetchError
            As for `Session`.
        """
        if len(self.sent_at) >= MOST_REQUESTS:
            raise SpentError(f"{MOST_REQUESTS} requests were sent, which is all the doctor may send.")
        place = len(self.sent_at)
        self.sent_at.append(time.monotonic())
        response = super().once(method, url, request)
        seconds = response.elapsed.total_seconds()
        self.sent_at[place] = time.monotonic() - seconds  # the wait for its turn is no part of it
        self.slowest_s = max(self.slowest_s, seconds)
        if response.status_code == 429:
            self.too_many.append(response.headers.get("retry-after", ""))
        return response

    @property
    def pace(self) -> float:
        """The most requests a second, over a few in a row."""
        n = min(_IN_A_ROW, len(self.sent_at))
        spans = [b - a for a, b in zip(self.sent_at, self.sent_at[n - 1 :], strict=False)]
        return (n - 1) / max(min(spans), 1e-3) if n > 1 else 0.0


class Answer(NamedTuple):
    """
    An answer of the API.

    Parameters
    ----------
    kind, words
        What it is; in words without anything that stands in it.
    body
        The bytes.
    announced, calls
        The count it announces, and its records, where it is a page.
    there
        The host it redirects to.
    """

    kind: str
    words: str
    body: bytes = b""
    announced: int | None = None
    calls: tuple[Call, ...] = ()
    there: str = ""

    @property
    def is_page(self) -> bool:
        """Whether it is a page of call records."""
        return self.kind == PAGE


def judged(probe: Probe, module: ModuleType) -> Answer:
    """
    Return what an answer is.

    Parameters
    ----------
    probe
        The answer.
    module
        The dialect it was asked in.
    """
    response: Any = SimpleNamespace(  # a requests.Response, as far as it is looked at
        headers=probe.headers, text=probe.body.decode("utf-8", "replace"), content=probe.body
    )
    status = probe.status
    if status in range(300, 400):
        there = _host_of(probe.headers.get("location", ""))
        return Answer(REDIRECT, f"{status}, a redirect to {there or 'another path'}", there=there)
    if status == 404 or (status == 403 and is_gateway(response)):
        return Answer(NO_ROUTE, f"{status}: there is no such route")
    if is_html(response):
        return Answer(FOR_PEOPLE, f"{status}, an HTML page")
    if status in (401, 403):
        return Answer(KEY_REFUSED, f"{status}: the key was refused")
    return _page(probe, module) if status == 200 else Answer(OTHER, f"status {status}")


def _host_of(location: str) -> str:
    try:
        parts = urlsplit(location)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.hostname}" if parts.scheme and parts.hostname else ""


def _page(probe: Probe, module: ModuleType) -> Answer:
    try:
        envelope: Envelope = module.envelope(probe.body)
        found = tuple(calls(probe.body, module))
    except PageError as error:
        return Answer(OTHER, f"200, but no page: {error}".rstrip("."))
    return Answer(PAGE, "a page", probe.body, announced_by(envelope), found)
