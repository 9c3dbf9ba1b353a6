"""The sandbox's API made to behave otherwise, and the doctor sent to it."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from starlette.middleware import Middleware
from starlette.responses import Response

from callkit.pipeline.doctor import doctor
from callkit.pipeline.examination.answers import MOST_REQUESTS
from callkit.pipeline.examination.diagnosis import Diagnosis
from callkit.sandbox.server import serving
from callkit.settings import Settings

NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)  # a Wednesday
Query = dict[str, str]


class Asked(NamedTuple):
    method: str
    path: str
    query: Query
    scheme: str


class Changed:
    """
    A layer around the API.

    `instead` may answer in its place, `query` changes what is asked, `body` changes the page that comes.
    """

    def __init__(
        self,
        app: Any,
        asked: list[Asked],
        instead: Callable[[Asked], Response | None] = lambda _: None,
        query: Callable[[Query], Query] = lambda query: query,
        body: Callable[[dict[str, Any], Query], dict[str, Any] | bytes] | None = None,
    ) -> None:
        self.app, self.asked, self.instead, self.query, self.body = app, asked, instead, query, body

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        query = dict(parse_qsl(scope["query_string"].decode()))
        header = dict(scope["headers"]).get(b"authorization", b"").decode()
        scheme = header.rpartition(" ")[0] or "raw"
        asked = Asked(scope["method"], scope["path"], query, scheme)
        self.asked.append(asked)
        if response := self.instead(asked):
            await response(scope, receive, send)
            return
        scope = {**scope, "query_string": urlencode(self.query(dict(query))).encode()}
        if not self.body:
            await self.app(scope, receive, send)
            return
        parts: list[Any] = []

        async def hold(message: Any) -> None:
            parts.append(message)

        await self.app(scope, receive, hold)
        content = b"".join(part.get("body", b"") for part in parts[1:])
        if parts[0]["status"] == 200:
            changed = self.body(json.loads(content), query)
            content = changed if isinstance(changed, bytes) else json.dumps(changed).encode()
        await Response(content, parts[0]["status"], media_type="application/json")(scope, receive, send)


class Seen(NamedTuple):
    diagnosis: Diagnosis
    asked: list[Asked]

    def said(self, about: str) -> str:
        finding = self.diagnosis.found(about)
        assert finding, about
        return f"{finding.said} [{finding.sure}] {finding.evidence}"

    @property
    def text(self) -> str:
        return str(self.diagnosis) + self.diagnosis._repr_html_()


@contextmanager
def around(asked: list[Asked], server: dict[str, Any], **change: Any) -> Iterator[str]:
    with serving(now=NOW, middleware=[Middleware(Changed, asked=asked, **change)], **server) as url:
        yield url


def examined(
    *, server: dict[str, Any] | None = None, sleep: Any = lambda _: None, path: str = "", **given: Any
) -> Seen:
    """Send the doctor to a changed sandbox; what is no change of it is a setting."""
    change = {name: given.pop(name) for name in ("instead", "query", "body") if name in given}
    asked: list[Asked] = []
    with around(asked, server or {}, **change) as url:
        settings = replace(Settings.load("sandbox", {}), base_url=url + path, **given)
        found = doctor(settings, now=lambda: NOW, sleep=sleep)
    assert len(asked) == found.n_requests <= MOST_REQUESTS
    assert {a.method for a in asked} <= {"GET"} | ({"POST"} if "password" in given else set())
    assert settings.token.reveal() not in str(found) + found._repr_html_() or not settings.token
    return Seen(found, asked)


def without(*names: str) -> Callable[[Query], Query]:
    """Return a change of the query that takes parameters out."""
    return lambda query: {name: value for name, value in query.items() if name not in names}


def failure(status: int, message: str, **headers: str) -> Response:
    """Return a refusal as the vendor writes it."""
    body = json.dumps({"success": "false", "message": message})
    return Response(body, status, {k.replace("_", "-"): v for k, v in headers.items()}, "application/json")


def gateway() -> Response:
    """Return what the gateway says of a route that does not exist."""
    return Response('{"message": "Missing Authentication Token"}', 403, media_type="application/json")


def refusing(test: Callable[[Query], bool]) -> Callable[[Asked], Response | None]:
    """Return what refuses the questions that pass a test."""
    return lambda asked: failure(400, "no") if test(asked.query) else None
