"""Processes that do one piece of work after another, and end with the process that started them.

A script or notebook that uses them needs no guard of its main part: a worker runs this module and nothing of theirs.
Work and answers go through its pipes; where those close, because whoever asked is gone, it ends too.
"""

import os
import pickle  # noqa: S403 (through our own pipes only)
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from callkit.errors import CallkitError

_REMEDY = "what was built is kept: run it again, with processes = 1 in callkit.toml where that happens again"


def spread(function: Callable[..., Any], work: Sequence[tuple[Any, ...]], processes: int) -> Generator[Any]:
    """
    Call a function of a module with each of some arguments, in several processes, and give the answers in order.

    Raises
    ------
    CallkitError
        A process ended in the midst of its work.
    Exception
        What the function raised.
    """
    workers: list[_Worker] = []
    idle: SimpleQueue[_Worker] = SimpleQueue()

    def done(arguments: tuple[Any, ...]) -> Any:
        worker = idle.get()
        try:
            return worker.do(function, arguments)
        finally:
            idle.put(worker)

    pool = ThreadPoolExecutor(processes)
    try:
        for _ in range(processes):
            workers.append(_Worker())
            idle.put(workers[-1])
        futures = [pool.submit(done, arguments) for arguments in work]
        for future in futures:
            yield future.result()
    finally:
        for worker in workers:
            worker.end()
        pool.shutdown(wait=True, cancel_futures=True)


class _Worker:
    def __init__(self) -> None:
        found_in = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
        self._process = subprocess.Popen(  # noqa: S603 (this Python, this module)
            [sys.executable, "-P", "-m", __name__],  # -P: no file of the folder stands for a module
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": found_in},
        )

    def do(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        work, answers = self._process.stdin, self._process.stdout
        try:
            pickle.dump((function, arguments), work)  # type: ignore[arg-type]
            work.flush()  # type: ignore[union-attr]
            is_done, answer = pickle.load(answers)  # type: ignore[arg-type]  # noqa: S301
        except (EOFError, OSError, ValueError, pickle.UnpicklingError) as error:
            code = self._process.wait()
            why = f"by signal {-code}, perhaps for want of memory" if code < 0 else f"with code {code}"
            raise CallkitError(f"A process that built tables ended {why}; {_REMEDY}.") from error
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
            error.add_note(traceback.format_exc())
            answer = False, error
        try:
            answers.write(pickle.dumps(answer))
            answers.flush()
        except BrokenPipeError:
            os._exit(1)


if __name__ == "__main__":
    main()
