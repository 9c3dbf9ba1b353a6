"""An answer in the making: the records of the whole window, the page that is cut from them, and how it is delivered."""

import asyncio
import socket
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from callkit import clock
from callkit.sandbox import query_records, query_report
from callkit.sandbox.query import DEFAULT_LIMIT, LARGEST_LIMIT

CUT = "callkit.cut"  # in the scope: what breaks the connection off


class Form(NamedTuple):
    """Names in a page: its records, how many there are in all, how many on the page."""

    rows: str
    counts: tuple[str, ...]
    size: str


FORMS = {
    query_report.PATH: Form("data", ("total_records", "filtered_records"), "page_records"),
    query_records.PATH: Form("results", ("count",), "size"),
}


@dataclass
class Answer:
    """
    An answer before it is sent.

    Parameters
    ----------
    path
        The route asked for.
    window
        What tells this window's requests from others'.
    status, body, headers
        What is sent. A page is cut from `rows` unless a body is given in its place.
    head, rows, page, limit
        Of a page: its members, all records of its window, and which of them are asked for.
    moment
        When it is sent.
    n_reads
        How often the window's first page was asked for, this request included.
    n_more
        How many more than that are announced.
    edits
        What is done to the records of the page before it is sent.
    delivery
        ``whole``, ``cut short``, ``reset before``, ``reset within`` or ``never``.
    """

    path: str
    window: str
    status: int
    body: bytes | None
    headers: dict[str, str] = field(default_factory=dict)
    head: dict[str, Any] = field(default_factory=dict)
    rows: list[bytes] = field(default_factory=list)
    page: int = 1
    limit: int = DEFAULT_LIMIT
    moment: datetime = field(default_factory=clock.now)
    n_reads: int = 0
    n_more: int = 0
    edits: list[Callable[[list[bytes]], list[bytes]]] = field(default_factory=list)
    delivery: str = "whole"

    @property
    def is_page(self) -> bool:
        """Whether it is a page of records."""
        return bool(self.head) and self.body is None

    @property
    def is_refused(self) -> bool:
        """Whether something was put in the place of a page."""
        return bool(self.head) and self.body is not None

    @property
    def is_whole(self) -> bool:
        """Whether no record was left out of the window and the right number is announced."""
        return self.n_more == 0 and len(self.rows) == int(self.head[FORMS[self.path].counts[-1]])

    def edit(self, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        """Change each record of the page."""
        self.edits.append(lambda rows: [_changed(row, change) for row in rows])

    def content(self) -> bytes:
        """Return the body: the page as it is by now, or what was put in its place."""
        if self.body is not None:
            return self.body
        form = FORMS[self.path]
        rows = self.rows[(self.page - 1) * self.limit :][: self.limit]
        for edit in self.edits:
            rows = edit(rows)
        numbers = dict.fromkeys(form.counts, len(self.rows) + self.n_more)
        numbers |= {form.size: len(rows), "page": self.page, "limit": self.limit}
        told = {name: type(self.head[name])(n) for name, n in numbers.items() if name in self.head}
        return msgspec.json.encode(self.head | told | {form.rows: [msgspec.Raw(row) for row in rows]})


async def asked(app: ASGIApp, scope: Scope, receive: Receive) -> Answer:
    """Return what the API answers a request with; of a page, all records of its window."""
    path, query = scope["path"], dict(parse_qsl(scope["query_string"].decode()))
    status, body = await _reply(app, scope, receive)
    form, window = FORMS.get(path), {k: v for k, v in query.items() if k not in ("page", "limit")}
    answer = Answer(path, f"{path}?{urlencode(window)}", status, body)
    if form is None or status != 200:
        return answer
    answer.head = msgspec.json.decode(body)
    answer.page, answer.limit = int(query.get("page", 1)), int(query.get("limit", DEFAULT_LIMIT))
    answer.body = None
    for page in range(1, 2 + int(answer.head[form.counts[-1]]) // LARGEST_LIMIT):
        whole = urlencode(window | {"page": page, "limit": LARGEST_LIMIT}).encode()
        _, body = await _reply(app, {**scope, "query_string": whole}, receive)
        answer.rows += _rows(body, form)
    return answer


async def delivered(answer: Answer, scope: Scope, receive: Receive, send: Send) -> None:
    """Send an answer, or as much of it as its delivery allows."""
    if answer.delivery == "never":
        while (await receive())["type"] != "http.disconnect":
            pass
        return
    content = answer.content()
    if answer.delivery == "cut short":
        content = content[: len(content) // 2]
    headers = {"content-type": "application/json", "content-length": str(len(content))} | answer.headers
    if answer.delivery == "reset before":
        await _broken(scope)
        return
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    if answer.delivery == "reset within":
        await send({"type": "http.response.body", "body": content[: len(content) // 2], "more_body": True})
        await _broken(scope)
        return
    await send({"type": "http.response.body", "body": content})


def breakable(app: ASGIApp) -> ASGIApp:
    """Return an application whose layers can break the connection off, as served by uvicorn."""

    async def layer(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, CUT: getattr(send, "__self__", None)}, receive, send)

    return layer


async def _broken(scope: Scope) -> None:
    transport = scope[CUT].transport
    linger = struct.pack("ii", 1, 0)  # close with a reset
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    transport.abort()
    await asyncio.sleep(0)


async def _reply(app: ASGIApp, scope: Scope, receive: Receive) -> tuple[int, bytes]:
    messages: list[Message] = []

    async def keep(message: Message) -> None:
        messages.append(message)

    await app(dict(scope), receive, keep)
    body = b"".join(m.get("body", b"") for m in messages if m["type"] == "http.response.body")
    return next(m["status"] for m in messages if m["type"] == "http.response.start"), body


def _rows(body: bytes, form: Form) -> list[bytes]:
    page: Mapping[str, msgspec.Raw] = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    return [bytes(row) for row in msgspec.json.decode(page[form.rows], type=list[msgspec.Raw])]


def _changed(row: bytes, change: Callable[[dict[str, Any]], dict[str, Any]]) -> bytes:
    record = msgspec.json.decode(row)
    return msgspec.json.encode(change(record)) if isinstance(record, dict) else row
