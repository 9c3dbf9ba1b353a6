"""A loopback server that gives prepared answers, and pages to give."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit


class Answer(NamedTuple):
    body: bytes | str = b""
    status: int = 200
    headers: dict[str, str] = {}


class Asked(NamedTuple):
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@contextmanager
def answering(
    *answers: Answer, by: Callable[[Asked], Answer] | None = None
) -> Iterator[tuple[str, list[Asked]]]:
    """Serve the answers one after the other (the last one for ever), or what `by` makes of each request."""
    asked: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            query = {k: v[0] for k, v in parse_qs(parts.query).items()}
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {k.lower(): v for k, v in self.headers.items()}
            asked.append(Asked(self.command, parts.path, query, headers, body))
            answer = by(asked[-1]) if by else answers[min(len(asked), len(answers)) - 1]
            content = answer.body if isinstance(answer.body, bytes) else answer.body.encode()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self) -> None:
            self._serve()

        def do_POST(self) -> None:
            self._serve()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that went away
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def record(
    number: int, day: str = "16-Nov-2026", *, caller: str = "07700900417", duration: str = "9"
) -> dict[str, Any]:
    """Return one missed call of a day; `number` is its second in the hour after nine, and names it."""
    clock = f"09:{number // 60:02d}:{number % 60:02d}"
    return {
        "id": number,
        "call_stats": {
            "inbound_sec": 0,
            "outbound_sec": "0",
            "ring_time": "9",
            "answer_time": "0",
            "call_flow": [
                f"Call received on 442079460100 at {day} {clock}",
                f" Call forwarded to Ring Group (Sales) at {day} {clock}",
                f" Dialed Extension (201) at {day} {clock}",
                " Caller hanged up the call",
            ],
            "call_id": f"{day}-{number}",
            "call_duration": duration,
        },
        "call_hint": "inbound",
        "source": caller,
        "destination": None,
        "reason_key": "Channel not available",
        "hangup_cause": "Normal Clearing",
        "date": f"{day} {clock}",
        "recording_file_link": None,
        "status": "missed",
        "call_answered_by": "",
        "service": "Ring Group (Sales)",
    }


def page(records: list[Any], total: int | None = None, number: int = 1) -> bytes:
    """Return a page of records that announces `total` of them (default: those there are)."""
    total = len(records) if total is None else total
    counts = {"total_records": str(total), "filtered_records": str(total), "page_records": str(len(records))}
    return json.dumps({**counts, "page": str(number), "data": records}).encode()
