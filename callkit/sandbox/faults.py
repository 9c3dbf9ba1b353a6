"""Injected faults: a layer around the API that does to its answers what a plan says.

Every fault passes, after some strikes or at some moment, so that a reader who tries again gets everything in the end.
"""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from starlette.types import ASGIApp, Receive, Scope, Send

from callkit import clock
from callkit.sandbox.fault_table import FAULTS
from callkit.sandbox.pages import Answer, asked, delivered


@dataclass
class Fault:
    """
    One fault of a plan.

    Parameters
    ----------
    name
        Its name in `FAULTS`.
    times
        How often it strikes at most; None: until the moment `until`, or for ever.
    after
        How many requests it lets pass first.
    share
        Its chance on each of the others.
    until
        When it is over, by the clock of the plan.
    path
        Only requests whose path begins so.
    """

    name: str
    times: int | None = 1
    after: int = 0
    share: float = 1.0
    until: datetime | None = None
    path: str = "/"


class Plan:
    """
    Which faults strike which requests; it may be changed while the server runs.

    Parameters
    ----------
    faults
        The faults, each with what is left of it.
    seed
        Where chance comes from.
    now
        The clock that ends faults and dates answers.

    Attributes
    ----------
    struck
        How often each fault has struck since the plan was made or changed.
    """

    def __init__(
        self, faults: Sequence[Fault] = (), *, seed: int = 0, now: Callable[[], datetime] = clock.now
    ) -> None:
        self._now = now
        self.change(faults, seed=seed)

    def change(self, faults: Sequence[Fault] = (), *, seed: int = 0) -> None:
        """Go on with other faults, or with none."""
        self.struck: Counter[str] = Counter()
        self._seed, self._rng = seed, random.Random(seed)  # noqa: S311
        self._reads: Counter[str] = Counter()
        self._faults = sorted(map(replace, faults), key=lambda fault: list(FAULTS).index(fault.name))

    def is_quiet(self) -> bool:
        """Tell whether no fault is left."""
        return not any(self._is_left(fault) for fault in self._faults)

    def strike(self, answer: Answer) -> None:
        """Do to an answer what the faults that are due do to it."""
        self._reads[answer.window] += answer.page == 1
        answer.moment = self._now()
        answer.n_reads = self._reads[answer.window]
        for fault in [fault for fault in self._faults if self._is_due(fault, answer)]:
            rng = random.Random(f"{self._seed}:{fault.name}:{answer.window}")  # noqa: S311 (alike on all its pages)
            if FAULTS[fault.name](answer, rng) is not False:
                self.struck[fault.name] += 1
                fault.times = None if fault.times is None else fault.times - 1
            if answer.is_refused:
                return

    def _is_due(self, fault: Fault, answer: Answer) -> bool:
        if not self._is_left(fault) or not answer.path.startswith(fault.path):
            return False
        fault.after -= 1
        return fault.after < 0 and self._rng.random() < fault.share

    def _is_left(self, fault: Fault) -> bool:
        return fault.times != 0 and (fault.until is None or self._now() < fault.until)


class Faults:
    """An ASGI layer that answers as a plan has it; give it to `callkit.sandbox.server.serving` as middleware."""

    def __init__(self, app: ASGIApp, plan: Plan) -> None:
        self._app, self._plan = app, plan

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or self._plan.is_quiet():
            await self._app(scope, receive, send)
            return
        answer = await asked(self._app, scope, receive)
        self._plan.strike(answer)
        await delivered(answer, scope, receive, send)
