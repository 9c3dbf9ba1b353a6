"""A server with a fixed latency and a limit, for measuring the fetch; run it as a module, it prints its port."""

import asyncio
import sys
import time
from collections import deque

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.fetch.answers import page, record

PAGES_A_DAY, A_PAGE = 10, 100
TOTAL = PAGES_A_DAY * A_PAGE


def app(latency_s: float, limit_per_s: int) -> Starlette:
    """Return a server of days with ten full pages each; above the limit in any second it answers 429."""
    numbers = range(1, PAGES_A_DAY + 1)
    bodies = {n: page([record(i) for i in range((n - 1) * A_PAGE, n * A_PAGE)], TOTAL, n) for n in numbers}
    nothing = page([], TOTAL, PAGES_A_DAY + 1)
    latest: deque[float] = deque(maxlen=limit_per_s or 1)

    async def answer(request: Request) -> Response:
        moment = time.monotonic()
        if limit_per_s and len(latest) == limit_per_s and moment - latest[0] < 1:
            return Response(b'{"success": "false"}', 429)
        latest.append(moment)
        await asyncio.sleep(latency_s)
        return Response(bodies.get(int(request.query_params["page"]), nothing), media_type="application/json")

    return Starlette(routes=[Route("/v1/call_report", answer)])


async def serve(latency_s: float, limit_per_s: int) -> None:
    """Serve until the process is ended, having printed the port."""
    config = uvicorn.Config(
        app(latency_s, limit_per_s), port=0, log_level="error", access_log=False, http="h11"
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    sys.stdout.write(f"{server.servers[0].sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await task


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1]), int(sys.argv[2])))
