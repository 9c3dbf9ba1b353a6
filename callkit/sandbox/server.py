"""The sandbox's API over HTTP: both endpoints for calls and the login, as the vendor's pages have them.

What it does where those pages are silent stands in `callkit.sandbox.choices`. It listens on the loopback only.
"""

import socket
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from callkit import clock
from callkit.errors import CallkitError, UsageError
from callkit.sandbox import auth, query, query_records, query_report
from callkit.sandbox.auth import Keys
from callkit.sandbox.business import SEED
from callkit.sandbox.pages import breakable

HOST = "127.0.0.1"

Now = datetime | Callable[[], datetime] | None
Parse = Callable[[dict[str, str], datetime], query.Query]
Page = Callable[[query.Query, query.Found], dict[str, Any]]
Endpoint = Callable[[Request], Awaitable[Response]]


def app(
    *,
    now: Now = None,
    seed: int = SEED,
    limit_per_s: float | None = None,
    middleware: Sequence[Middleware] = (),
    lifetime_s: float = auth.LIFETIME_S,
    schemes: Collection[str] = auth.SCHEMES,
) -> Starlette:
    """
    Return the API as an ASGI application.

    Parameters
    ----------
    now
        The present instant, or what tells it; None for the real clock. Calls are listed once they have ended.
    seed
        Which population and which weeks.
    limit_per_s
        Requests a second that are answered; None for no limit.
    middleware
        Further layers around the API, outermost first.
    lifetime_s
        How long an access token is good, by the clock of `now`.
    schemes
        Forms of the authorization header that are read; see `callkit.sandbox.auth.Keys`.
    """
    present, keys = _clock(now), Keys(lifetime_s, schemes)

    def calls(parse: Parse, page: Page) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            moment = present()
            if not keys.opens(_header(request), moment):
                return _failure(401, "Unauthorized: the authorization header holds no key that is good.")
            question = parse(_single(request), moment)
            return _json(page(question, query.find(question, seed, moment)))

        return endpoint

    async def login(request: Request) -> Response:
        return _granted(keys.login(_object(await request.body()), present()))

    async def refresh(request: Request) -> Response:
        return _granted(keys.refresh(_header(request), present()))

    routes = [
        Route(query_report.PATH, calls(query_report.parse, _report), methods=["GET"]),
        Route(query_records.PATH, calls(query_records.parse, _records), methods=["GET"]),
        Route(auth.LOGIN_PATH, login, methods=["POST"]),
        Route(auth.REFRESH_PATH, refresh, methods=["POST"]),
    ]
    layers = [*middleware, *([Middleware(_RateLimit, per_s=limit_per_s)] if limit_per_s else [])]
    handlers = {UsageError: _refuse, HTTPException: _no_route, Exception: _fail}
    return Starlette(routes=routes, middleware=layers, exception_handlers=handlers)


@contextmanager
def serving(*, port: int = 0, **options: Any) -> Iterator[str]:
    """
    Serve the API on the loopback while the context lasts.

    Parameters
    ----------
    port
        Port to listen on; 0 for a free one.
    **options
        As for `app`.

    Yields
    ------
    str
        The base URL, such as ``http://127.0.0.1:40123``.

    Raises
    ------
    UsageError
        The port is taken.
    """
    layers = breakable(app(**options))
    config = uvicorn.Config(
        layers, http="h11", ws="none", loop="asyncio", lifespan="off", log_config=None, access_log=False,
        log_level="error", timeout_keep_alive=60,
    )  # fmt: skip
    server = uvicorn.Server(config)
    with _listener(port) as listener:
        thread = threading.Thread(target=server.run, args=([listener],), name="callkit-sandbox", daemon=True)
        thread.start()
        try:
            while thread.is_alive() and not server.started:
                time.sleep(0.002)
            if not server.started:
                raise CallkitError("The sandbox's server did not start; its reason stands above.")
            yield f"http://{HOST}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def _clock(now: Now) -> Callable[[], datetime]:
    if callable(now):
        return now
    return clock.now if now is None else lambda: now


def _listener(port: int) -> socket.socket:
    # named as TCP, else asyncio leaves Nagle's algorithm on and each small page takes 40 ms more
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(256)
        return listener
    except (OSError, OverflowError) as error:
        listener.close()
        raise UsageError(f"Port {port} cannot be used ({error}); choose another with --port.") from error


def _header(request: Request) -> str:
    return request.headers.get("authorization", "")


def _single(request: Request) -> dict[str, str]:
    given = request.query_params.multi_items()
    if len({name for name, _ in given}) < len(given):
        raise UsageError("A parameter is given twice; give each of them once.")
    return dict(given)


def _object(body: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise UsageError(f"The body is not a JSON object ({error}).") from error


def _report(question: query.Query, found: query.Found) -> dict[str, Any]:
    return {
        "total_records": str(found.n_total),
        "filtered_records": str(found.n_filtered),
        "page_records": str(len(found.on_page)),
        "page": str(question.page),
        "data": [msgspec.Raw(item.body) for item in found.on_page],
    }


def _records(question: query.Query, found: query.Found) -> dict[str, Any]:
    return {
        "count": found.n_filtered,
        "limit": question.limit,
        "size": len(found.on_page),
        "page": question.page,
        "results": [msgspec.Raw(item.body) for item in found.on_page],
    }


def _json(content: dict[str, Any], status: int = 200) -> Response:
    return Response(msgspec.json.encode(content), status, media_type="application/json")


def _granted(grant: dict[str, Any] | None) -> Response:
    return _json(grant) if grant else _failure(401, "Unauthorized: no account has this login or this token.")


def _failure(status: int, message: str) -> Response:
    return _json({"success": "false", "message": message}, status)


async def _refuse(_: Request, error: Exception) -> Response:
    return _failure(400, str(error))


async def _no_route(_: Request, __: Exception) -> Response:
    return _json({"message": "Missing Authentication Token"}, 403)


async def _fail(_: Request, __: Exception) -> Response:
    return _failure(500, "500 response")


class _RateLimit:
    """Answers 429 to requests beyond so many in any second."""

    def __init__(self, app: ASGIApp, per_s: float) -> None:
        self._app = app
        self._span_s = max(1.0, 1.0 / per_s)
        self._latest: deque[float] = deque(maxlen=max(1, int(per_s)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        moment = time.monotonic()
        if len(self._latest) == self._latest.maxlen and moment - self._latest[0] < self._span_s:
            await _failure(429, "Too many requests.")(scope, receive, send)
            return
        self._latest.append(moment)
        await self._app(scope, receive, send)
