"""A limit in time for work that happens in this process."""

import contextlib
import signal
import threading
from collections.abc import Iterator

from callkit.errors import RunTimeoutError

_LEAST_S = 0.001  # 0 would switch the alarm off
_AGAIN_S = 1.0  # a library may swallow the first one


@contextlib.contextmanager
def limited(seconds: float, whole_s: float, doing: str) -> Iterator[None]:
    """
    End what runs inside when the time is up, where this is the main thread of a system that has alarms.

    Parameters
    ----------
    seconds
        What is left of the time.
    whole_s
        The whole limit, for the error's words.
    doing
        What was being done.

    Raises
    ------
    RunTimeoutError
        The time was up first.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(*_: object) -> None:
        raise RunTimeoutError(f"The run took longer than {whole_s:g} s and was ended while {doing}.")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, _LEAST_S), _AGAIN_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
