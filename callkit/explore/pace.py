"""Calls that wait a moment for more to come."""

import asyncio
from collections.abc import Callable


class Debounce:
    """
    Call a function once, a moment after the last of many calls; at once where no event loop runs.

    Parameters
    ----------
    call
        What to call.
    wait_s
        The moment, in seconds.
    """

    def __init__(self, call: Callable[[], None], wait_s: float) -> None:
        self._call, self._wait_s = call, wait_s
        self._timer: asyncio.TimerHandle | None = None

    def __call__(self) -> None:
        """Ask for the call; an earlier request that still waits is dropped."""
        if self._timer:
            self._timer.cancel()
        loop = _running_loop()
        if loop is None:
            self._call()
        else:
            self._timer = loop.call_later(self._wait_s, self._call)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
