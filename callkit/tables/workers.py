"""Processes that do one piece of work after another, and end with the process that started them.

A script or notebook that uses them needs no ``if __name__ == "__main__"``: a worker runs this module and nothing of
theirs. Work and answers go through its pipes; where those close, because whoever asked is gone, it ends too.
"""

import os
import pickle  # noqa: S403 (through our own pipes only)
import signal
import subprocess
import sys
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any

from callkit.errors import CallkitError

_ENDED = (
    "A process that built tables was ended from outside, perhaps for want of memory; what it had built is kept: "
    "run it again, with processes = 1 in callkit.toml to need less memory."
)


def spread(function: Callable[..., Any], work: Sequence[tuple[Any, ...]], processes: int) -> Generator[Any]:
    """
    Call a function of a module with each of some arguments, in several processes, and give the answers in order.

    Raises
    ------
    CallkitError
        A process was ended from outside.
    Exception
        What the function raised.
    """
    workers = [_Worker() for _ in range(processes)]
    idle: SimpleQueue[_Worker] = SimpleQueue()
    for worker in workers:
        idle.put(worker)

    def done(arguments: tuple[Any, ...]) -> Any:
        worker = idle.get()
        try:
            return worker.do(function, arguments)
        finally:
            idle.put(worker)

    pool = ThreadPoolExecutor(processes)
    try:
        futures = [pool.submit(done, arguments) for arguments in work]
        for future in futures:
            yield future.result()
    finally:
        for worker in workers:
            worker.end()
        pool.shutdown(wait=True, cancel_futures=True)


class _Worker:
    def __init__(self) -> None:
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self._process = subprocess.Popen(  # noqa: S603 (this Python, this module)
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )

    def do(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        work, answers = self._process.stdin, self._process.stdout
        try:
            pickle.dump((function, arguments), work)  # type: ignore[arg-type]
            work.flush()  # type: ignore[union-attr]
            is_done, answer = pickle.load(answers)  # type: ignore[arg-type]  # noqa: S301
        except (EOFError, OSError, ValueError, pickle.UnpicklingError) as error:
            raise CallkitError(_ENDED) from error
        if not is_done:
            raise answer
        return answer

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            try:
                pipe.close()  # type: ignore[union-attr]
            except BrokenPipeError:  # of work that was never sent
                continue


def main() -> None:
    """Do the work that comes in until there is no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asked is interrupted too, and ends this process
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what the work prints is no answer
    while True:
        try:
            function, arguments = pickle.load(sys.stdin.buffer)  # noqa: S301
        except EOFError:
            return
        try:
            answer = True, function(*arguments)
        except Exception as error:  # raised again where it was asked for
            answer = False, error
        try:
            pickle.dump(answer, answers)
            answers.flush()
        except BrokenPipeError:
            os._exit(1)


if __name__ == "__main__":
    main()
