"""The sandbox's API over HTTP: ``GET /v1/call_report`` as the vendor's page has it, on the loopback only.

What it does where that page is silent stands in `callkit.sandbox.choices`.
"""

import hmac
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

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
from callkit.sandbox import query
from callkit.sandbox.business import SEED, TOKEN

PATH = "/v1/call_report"
HOST = "127.0.0.1"

Now = datetime | Callable[[], datetime] | None


def app(
    *,
    now: Now = None,
    seed: int = SEED,
    limit_per_s: float | None = None,
    middleware: Sequence[Middleware] = (),
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
    """
    present = _clock(now)

    async def call_report(request: Request) -> Response:
        if not _is_authorized(request.headers.get("authorization", "")):
            return _failure(401, "Unauthorized: the authorization header holds no key of this account.")
        moment = present()
        question = query.parse(_single(request), moment)
        return _page(question, query.find(question, seed, moment))

    layers = [*middleware, *([Middleware(_RateLimit, per_s=limit_per_s)] if limit_per_s else [])]
    return Starlette(
        routes=[Route(PATH, call_report, methods=["GET"])],
        middleware=layers,
        exception_handlers={UsageError: _refuse, HTTPException: _no_route, Exception: _fail},
    )


@contextmanager
def serving(
    *,
    now: Now = None,
    seed: int = SEED,
    limit_per_s: float | None = None,
    middleware: Sequence[Middleware] = (),
    port: int = 0,
) -> Iterator[str]:
    """
    Serve the API on the loopback while the context lasts.

    Parameters
    ----------
    now, seed, limit_per_s, middleware
        As for `app`.
    port
        Port to listen on; 0 for a free one.

    Yields
    ------
    str
        The base URL, such as ``http://127.0.0.1:40123``.

    Raises
    ------
    UsageError
        The port is taken.
    """
    layers = app(now=now, seed=seed, limit_per_s=limit_per_s, middleware=middleware)
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


def _is_authorized(header: str) -> bool:
    scheme, _, key = header.strip().rpartition(" ")
    return scheme.strip().lower() in ("", "bearer") and hmac.compare_digest(key.encode(), TOKEN.encode())


def _single(request: Request) -> dict[str, str]:
    given = request.query_params.multi_items()
    if len({name for name, _ in given}) < len(given):
        raise UsageError("A parameter is given twice; give each of them once.")
    return dict(given)


def _page(question: query.Query, found: query.Found) -> Response:
    head = {
        "total_records": str(found.n_total),
        "filtered_records": str(found.n_filtered),
        "page_records": str(len(found.on_page)),
        "page": str(question.page),
        "data": [msgspec.Raw(item.body) for item in found.on_page],
    }
    return Response(msgspec.json.encode(head), media_type="application/json")


def _failure(status: int, message: str) -> Response:
    body = msgspec.json.encode({"success": "false", "message": message})
    return Response(body, status, media_type="application/json")


async def _refuse(_: Request, error: Exception) -> Response:
    return _failure(400, str(error))


async def _no_route(_: Request, __: Exception) -> Response:
    body = msgspec.json.encode({"message": "Missing Authentication Token"})
    return Response(body, 403, media_type="application/json")


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
