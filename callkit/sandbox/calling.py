"""A call in the making: its steps as they happen, and at the end the truth about it."""

import simpy

from callkit.sandbox.business import DIDS
from callkit.sandbox.population import Caller
from callkit.sandbox.truth import TrueCall, TrueStep, clocks


class Call:
    """
    One call while it lasts.

    Parameters
    ----------
    env
        The simulation; its clock counts seconds from the week's first instant.
    base
        That instant, in UTC epoch seconds.
    caller
        The other party.
    line
        Label of our number that is called; empty for an outbound call.
    service
        The service it lands on, until another one takes it.
    """

    def __init__(self, env: simpy.Environment, base: int, caller: Caller, line: str, service: str) -> None:
        self.env = env
        self.base = base
        self.caller = caller
        self.line = line
        self.service = service
        self.started = int(env.now)
        self.route: list[TrueStep] = []
        self.agent: str | None = None
        self.talk_s = 0
        self.gives_up_at = 0
        self.outcome = ""
        self.ended_by = ""
        self.ended = 0

    def step(
        self, step: str, target_kind: str | None = None, target: str | None = None, key: str = ""
    ) -> None:
        """Note that a step happens now."""
        self.route.append(TrueStep(step, target_kind, target, self.base + int(self.env.now), key))

    def answer(self, extension: str) -> None:
        """Note that an extension picks up."""
        self.step("answered", "extension", extension)
        self.agent = extension

    def end(self, outcome: str, ended_by: str) -> None:
        """Note that the call is over; one that ends for an unknown reason leaves no hang-up step."""
        self.outcome, self.ended_by, self.ended = outcome, ended_by, int(self.env.now)
        if ended_by == "callee":
            self.step("hangup", "extension", self.agent)
        elif ended_by == "caller" and not self.line:
            self.step("hangup", "number", self.caller.digits)
        elif ended_by != "unknown":
            self.step("hangup")

    def truth(self, record_id: int) -> TrueCall:
        """Return what happened, as a record with this index."""
        started, ended = self.base + self.started, self.base + self.ended
        withheld = self.caller.is_withheld and self.line != ""
        return TrueCall(
            call_id=f"{started}.{record_id % 1_000_000}",
            record_id=record_id,
            started=started,
            direction="inbound" if self.line else "outbound",
            caller=None if withheld else f"+{self.caller.digits}",
            did=DIDS[self.line] if self.line else None,
            service=self.service,
            outcome=self.outcome,
            ended_by=self.ended_by,
            agent=self.agent,
            **clocks(self.route, ended)._asdict(),
            talk_s=self.talk_s,
            duration_s=ended - started,
            route=tuple(self.route),
        )
