"""Run a parameterised notebook in one process, and believe only a run that really finished.

papermill gives return code 0 for ``sys.exit(0)`` in a cell, has no limit for the whole run, and leaves a
half-run notebook without an error mark when it is stopped. Here a run succeeds only if papermill recorded no
exception, an end, and every code cell as completed; else the kernel is ended and a `CallkitError` says which cell.
"""

import contextlib
import logging
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from callkit import errors
from callkit.errors import CallkitError, NotebookError, RunTimeoutError
from callkit.privacy import mask_numbers
from callkit.report.kernel import Kernel
from callkit.report.parameters import checked

log = logging.getLogger("callkit")


def run(
    kernel: Kernel, notebook: Path, output: Path, parameters: Mapping[str, Any], *, timeout_s: float = 600
) -> NotebookNode:
    """
    Run a notebook to its end and return it executed; it is also written to `output`, finished or not.

    Parameters
    ----------
    kernel
        Where to run it, as `callkit.report.kernel.started` gives it; it is ended in any case.
    notebook, output
        Notebook to run, and where the executed one is written.
    parameters
        Values of declared parameters; the others keep their defaults.
    timeout_s
        Limit for the whole run, in seconds.

    Raises
    ------
    ParameterError
        A parameter is unknown or of the wrong type.
    RunTimeoutError
        The run took longer than `timeout_s`.
    NotebookError
        A cell stopped the run, or some cell did not complete. Where the cell raised a callkit error, that error
        is raised instead.
    KeyboardInterrupt, SystemExit
        A signal came; a note of the exception says in which cell.
    """
    values = checked(_read(notebook), parameters)
    with _readable(output, kernel, timeout_s):
        executed: NotebookNode = papermill.execute_notebook(
            notebook,
            output,
            values,
            kernel_name="python3",
            progress_bar=False,
            start_timeout=max(1, min(60, round(timeout_s))),
            kernel_manager_class=_manager(kernel),
            shutdown_kernel="immediate",
        )
    _require_finished(executed)
    _log_streams(executed)
    return executed


@contextlib.contextmanager
def _readable(output: Path, kernel: Kernel, timeout_s: float) -> Iterator[None]:
    """Turn what ends a run early into an error that names the cell, and end the kernel in any case."""
    watch = _Watch(kernel, timeout_s)
    try:
        yield
    except PapermillExecutionError as error:
        raise _cell_error(error, output) from None  # its traceback may show what the page masks
    except (DeadKernelError, RuntimeError) as error:
        if watch.expired:
            message = f"The run took longer than {timeout_s:g} s and was ended in {_last_cell(output)}."
            raise RunTimeoutError(message) from error
        raise NotebookError(f"The kernel stopped in {_last_cell(output)}.") from error
    except (KeyboardInterrupt, SystemExit) as signalled:
        signalled.add_note(f"It was in {_last_cell(output)}.")
        raise
    finally:
        watch.end()


def _log_streams(executed: NotebookNode) -> None:
    outputs = [output for cell in executed.cells for output in cell.get("outputs", ())]
    for output in outputs:
        if output.output_type == "stream":
            log.info("The notebook wrote to %s: %s", output.name, mask_numbers(output.text.strip()))


class _Watch:
    """Ends the kernel when the time is up."""

    def __init__(self, kernel: Kernel, timeout_s: float) -> None:
        self.expired = False
        self._kernel = kernel
        self._timer = threading.Timer(timeout_s, self._expire)
        self._timer.daemon = True
        self._timer.start()

    def end(self) -> None:
        self._timer.cancel()
        self._kernel.end()

    def _expire(self) -> None:
        self.expired = True
        self._kernel.end()


def _manager(kernel: Kernel) -> type[AsyncKernelManager]:
    class Manager(AsyncKernelManager):
        """Hands a kernel that was started before to what runs notebooks."""

        def __init__(self, **kwargs: Any) -> None:
            super().__init__(connection_file=str(kernel.connection_file), **kwargs)
            self.load_connection_file()

        async def _async_launch_kernel(self, *_: Any, **__: Any) -> None:
            of: Any = self.provisioner
            of.process, of.pid, of.pgid = kernel.process, kernel.process.pid, kernel.process.pid

    return Manager


def _cell_error(error: PapermillExecutionError, output: Path) -> CallkitError:
    kind = getattr(errors, error.ename, None)
    if isinstance(kind, type) and issubclass(kind, CallkitError):
        return kind(error.evalue)
    first = str(error.evalue).strip().split("\n")[0]
    said = mask_numbers(f"{error.ename}: {first}" if first else error.ename)  # it goes to a log or a mail
    return NotebookError(f"{_last_cell(output)} stopped with {said}.".replace("..", ".")[:400])


def _require_finished(notebook: NotebookNode) -> None:
    recorded = notebook.metadata.papermill
    cells = [c for c in notebook.cells if c.cell_type == "code" and c.source.strip()]
    unfinished = [c for c in cells if c.metadata.get("papermill", {}).get("status") != "completed"]
    if recorded.get("exception") is None and recorded.get("end_time") and not unfinished:
        return
    where = title(notebook, notebook.cells.index(unfinished[0]) - 1) if unfinished else "the last cell"
    raise NotebookError(f"The notebook did not run to its end; it left off after {where}.")


def _read(path: Path) -> NotebookNode:
    notebook: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    return notebook


def _last_cell(output: Path) -> str:
    try:
        notebook = _read(output)
    except (OSError, ValueError):  # a signal came before it was written, or while it was
        return "a cell that cannot be told"
    started = [i for i, c in enumerate(notebook.cells) if c.metadata.get("papermill", {}).get("start_time")]
    return title(notebook, started[-1]) if started else "the first cell"


def title(notebook: NotebookNode, index: int) -> str:
    """Name a cell by the heading above it, else by its first line."""
    above = [c.source for c in notebook.cells[: index + 1] if c.cell_type == "markdown"]
    headings = [line.lstrip("# ") for source in above for line in source.splitlines() if line.startswith("#")]
    source = notebook.cells[index].source.strip()
    comment = source.splitlines()[0] if source else ""
    name = comment.lstrip("# ") if comment.startswith("#") or not headings else headings[-1]
    return f"the cell {name!r}"
