"""Which steps a line is, and which ones a call has."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from callkit.flow.events import Flow
from callkit.flow.stamps import Ints
from callkit.schema import STEPS

FAILED_CHECK = "failed schedule check"
_SURE = 32  # bits by which the marks of sure rows stand above those of all
Flags = npt.NDArray[np.bool_]
Steps = npt.NDArray[np.int8]


def is_step(step: Steps, *names: str) -> Flags:
    """Say of each line whether it is one of these steps."""
    found: Flags = step == STEPS.index(names[0])
    for name in names[1:]:
        found |= step == STEPS.index(name)
    return found


class Marks(NamedTuple):
    """Which steps each call has, as bits: `bits` by any row, `sure_bits` by rows that are not assumed."""

    bits: npt.NDArray[np.uint32]
    sure_bits: npt.NDArray[np.uint32]

    @classmethod
    def of(cls, flow: Flow, n_steps: Ints) -> "Marks":
        """Gather the steps of each call."""
        by_head = np.array(
            [_mark(h.step) | (_mark(FAILED_CHECK) * h.is_failed_check) for h in flow.heads.heads],
            dtype=np.uint64,
        )
        both = by_head | (by_head * ~flow.heads.assumed() << np.uint64(_SURE))
        gathered = _gathered(flow, both, n_steps)
        return cls(gathered.astype(np.uint32), (gathered >> np.uint64(_SURE)).astype(np.uint32))

    def has(self, *names: str) -> Flags:
        """Say of each call whether it has one of these steps."""
        return _any(self.bits, names)

    def surely(self, *names: str) -> Flags:
        """Say of each call whether a row that is not assumed tells of one of these steps."""
        return _any(self.sure_bits, names)


def _mark(name: str) -> int:
    return 1 << (len(STEPS) if name == FAILED_CHECK else STEPS.index(name))


def _any(bits: npt.NDArray[np.uint32], names: tuple[str, ...]) -> Flags:
    found: Flags = (bits & sum(map(_mark, names))) != 0
    return found


def _gathered(flow: Flow, by_head: npt.NDArray[np.uint64], n_steps: Ints) -> npt.NDArray[np.uint64]:
    gathered = np.zeros(len(n_steps), dtype=np.uint64)
    if len(flow.head):
        some = n_steps > 0
        gathered[some] = np.bitwise_or.reduceat(by_head[flow.head], (np.cumsum(n_steps) - n_steps)[some])
    return gathered
