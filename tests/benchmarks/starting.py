"""What `import callkit` and the command's help cost above a bare Python."""

import subprocess
import sys
from collections.abc import Iterator

from tests.benchmarks.table import Goal, Row, in_words
from tests.benchmarks.timing import in_turn

BARE = ("-c", "pass")
COMMANDS = {
    "import callkit": (("-c", "import callkit"), 0.1),
    "callkit --help": (("-m", "callkit", "--help"), 0.15),
}


def rows(rounds: int = 9) -> Iterator[Row]:
    """Measure each command, once its bytecode is there."""
    runs = {"bare": BARE} | {name: command for name, (command, _) in COMMANDS.items()}
    for command in runs.values():
        _run(*command)
    times = in_turn({name: lambda command=command: _run(*command) for name, command in runs.items()}, rounds)
    bare = times["bare"].seconds
    for name, (_, most) in COMMANDS.items():
        taken, peer = times[name], f"python -c pass {in_words(bare)}"
        above = round(taken.seconds - bare, 3)
        yield Row(name, in_words(taken.seconds), peer, above, " s more", Goal(most), taken.rounds)


def _run(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
