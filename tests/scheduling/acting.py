"""Real runs of ``callkit report``, in a process of their own, of a notebook that is told what to do."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat

WEEK = "2026-W46"
DRIVER = """
import sys
from pathlib import Path
from callkit.report import making
notebook = Path(sys.argv.pop(1))
making.find_notebook = lambda kind: notebook
exec(sys.argv.pop(1))
from callkit.cli import main
sys.exit(main())
"""
PARAMETERS = """week: str = ""  # ISO week
audience: str = "shared"  # for whom
allow_incomplete: bool = False  # go on or not"""
PAGE = """from IPython.display import HTML, display
display(HTML("<header><h1>Calls</h1></header><main><p>All is well.</p></main>"))
about = {"title": "Calls", "running": "", "is_example": True, "is_complete": True, "numbers": []}
display({"application/vnd.callkit+json": about, "text/plain": ""}, raw=True)"""
GOES_ON = "# The part that goes on\nimport pathlib, subprocess, time\nsubprocess.Popen(['sleep', '64.5'])\n"
GOES_ON += "pathlib.Path('STARTED').touch()\ntime.sleep(64.5)"


def hear_signals() -> None:
    """Let a process hear what the tests' own may be deaf to: under nohup or in the background of a shell."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


class Run:
    """A report that is being made."""

    def __init__(
        self, folder: Path, *sources: str, arguments: tuple[str, ...] = (), before: str = ""
    ) -> None:
        self.folder, self.started = folder, folder / "started"
        self.reports = folder / "data" / "reports" / "sandbox" / "weekly"
        cells = [nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})]
        cells += [nbformat.v4.new_code_cell(s.replace("STARTED", str(self.started))) for s in sources]
        notebook = nbformat.v4.new_notebook(cells=cells, metadata={"language_info": {"name": "python"}})
        nbformat.write(notebook, folder / "in.ipynb")
        code = before.replace("STARTED", str(self.started))
        command = [
            sys.executable,
            "-c",
            DRIVER,
            str(folder / "in.ipynb"),
            code,
            "report",
            "weekly",
            "--sandbox",
        ]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CALLKIT_")}
        self.process = subprocess.Popen(
            [*command, "--no-sync", "--week", WEEK, *arguments],
            cwd=folder,
            env=kept | {"CALLKIT_DATA": str(folder / "data")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=hear_signals,
        )

    def wait_for_start(self) -> list[int]:
        """Wait until the part that goes on is running, and return what the run started, and what that did."""
        self._until(lambda: self.started.exists() or self.process.poll() is not None)
        assert self.process.poll() is None, self.process.communicate()[1]
        kernels = children(self.process.pid)
        return kernels + [pid for kernel in kernels for pid in children(kernel)]

    def end(self) -> tuple[int, str, str]:
        """Wait for the end and return exit code, stdout and stderr."""
        out, err = self.process.communicate(timeout=120)
        return self.process.returncode, out, err

    def files(self) -> dict[str, bytes]:
        """Return what lies in the folder of reports but for failures, runs under way, the lock and the list."""
        found = {p.relative_to(self.reports).as_posix(): p for p in self.reports.rglob("*") if p.is_file()}
        others = ("_failed/", ".run-", ".lock", "index.html")
        return {name: path.read_bytes() for name, path in found.items() if not name.startswith(others)}

    def _until(self, is_so) -> None:
        for _ in range(1200):
            if is_so():
                return
            time.sleep(0.05)
        raise AssertionError("it never came to it")


def children(parent: int) -> list[int]:
    listing = subprocess.run(
        ["ps", "-eo", "pid=,ppid=,stat="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split() for line in listing.splitlines()]
    return [int(pid) for pid, ppid, state in rows if int(ppid) == parent and not state.startswith("Z")]


def living(pids: list[int]) -> list[int]:
    """Return the processes that still run; one that was ended but not yet fetched does not."""
    listing = subprocess.run(["ps", "-eo", "pid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in listing.splitlines()]
    return sorted({int(pid) for pid, state in rows if not state.startswith("Z")} & set(pids))


def gone(pids: list[int]) -> bool:
    """Wait until none of the processes runs."""
    for _ in range(200):
        if not living(pids):
            return True
        time.sleep(0.05)
    return False
