"""An account's files to prune and to forget in, and a search through all of them."""

import gzip
import json
import shutil
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq

from callkit.pipeline.writings import Sought
from callkit.settings import Settings
from callkit.tables import store
from tests.fetch.answers import record
from tests.tables.archived import MONDAY, put

NUMBER = "+447700900417"
OTHER = "07700900999"


def account(folder):
    return Settings(account="shop", data=folder, dids={"442079460100": "Sales"})


def calls(day, n=3, caller=OTHER):
    return [record(i, f"{day:%d-%b-%Y}", caller=caller) for i in range(n)]


def shown(settings, number=NUMBER):
    """Return every file of the data folder that shows the number, packed or not."""
    sought = Sought(number, "GB")
    return sorted(
        path.relative_to(settings.data).as_posix()
        for path in settings.data.rglob("*")
        if path.is_file() and any(sought.stands_in(text) for text in texts(path))
    )


def files(settings):
    return {p: p.read_bytes() for p in settings.data.rglob("*") if p.is_file() and p.name != ".lock"}


def texts(path):
    content = path.read_bytes()
    yield content
    if path.suffix == ".zst":
        with pa.input_stream(path, compression="zstd") as stream:
            yield stream.read()
    elif path.suffix == ".gz":
        yield gzip.decompress(content)
    elif path.suffix == ".parquet":
        yield json.dumps(pq.read_table(path).to_pylist(), default=str).encode()


def report(settings, name, text="", folder="weekly/2026"):
    path = settings.folder("reports") / folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def flow(record, *lines):
    record["call_stats"]["call_flow"] += lines
    return record


def copied(make, folder):
    """Return what `make` makes in a folder: made once, and copied from then on."""
    shutil.copytree(_made(make).name, folder, dirs_exist_ok=True)
    return account(folder)


@cache
def _made(make):
    held = TemporaryDirectory()  # goes with the process
    make(account(Path(held.name)))
    return held


def with_caller(folder):
    """Return an account where a caller stands in raw files, tables, quarantine and reports."""
    return copied(_with_caller, folder)


def _with_caller(settings):
    tuesday, wednesday = (MONDAY + timedelta(days=n) for n in (1, 2))
    put(settings, MONDAY, [*calls(MONDAY), record(7, caller=NUMBER)])
    put(settings, MONDAY, [*calls(MONDAY), record(7, caller="07700 900417"), record(8, caller=OTHER)])
    put(settings, tuesday, calls(tuesday))
    unreadable = "not a record, but 00 44 7700 900-417"
    put(
        settings,
        wednesday,
        [
            *calls(wednesday, 2),
            unreadable,
            flow(record(5), " Dialed PJSIP%2F%2B447700900417%40TRUNK"),
            record(6) | {"forward_to_number": "447700900417 Extension (Home)", "source": OTHER},
            record(9) | {"source": OTHER, "notes": [{"mobile": 7700900417}]},
        ],
    )
    store.load(settings)
    report(settings, "2026-W47.html", "<p>Mobile, ends 417</p>")
    report(settings, "2026-W47.ipynb", "{}")
    report(settings, "2026-W47.internal.html", "<td>+44 7700 900417</td>")
    report(settings, "2026-W47.internal.ipynb", r'{"text": "\u0030\u0037700 900417"}')
    report(settings, "2026-W47.internal.json", "{}")
    report(settings, "2026-W46.internal.html", "<td>+447700900999</td>")
    report(settings, "2026-W47.ipynb", '{"error": "07700900417"}', "weekly/_failed")
    report(settings, "2026-W47.json", "{}", "weekly/_failed")


def log(settings):
    path = settings.folder("raw") / "deletions.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


__all__ = [
    "MONDAY",
    "NUMBER",
    "OTHER",
    "account",
    "calls",
    "copied",
    "files",
    "log",
    "put",
    "report",
    "shown",
    "with_caller",
]
