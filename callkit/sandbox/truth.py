"""What really happened in a simulated call, to the second.

Everything here can also be told from the call's record by a reader who makes no mistake, so a pipeline is right
exactly when its tables say the same.
"""

from dataclasses import dataclass
from typing import NamedTuple

_WAITING = ("queued", "forwarded", "dialed")
_AFTER_WAITING = ("voicemail", "announcement")


class TrueStep(NamedTuple):
    """
    One step of a call.

    Parameters
    ----------
    step
        Kind of step, of `callkit.schema.STEPS`.
    target_kind, target
        Kind (of `callkit.schema.TARGET_KINDS`) and name or number of what it leads to; None where there is none.
    at
        When it happened, in UTC epoch seconds.
    key
        The key the caller pressed, in a ``menu_input`` step.
    """

    step: str
    target_kind: str | None
    target: str | None
    at: int
    key: str = ""


class Clocks(NamedTuple):
    """Seconds before the first answer: waiting, in the menu, queueing and ringing; None where there was none."""

    wait_s: int | None
    menu_s: int
    queue_s: int | None
    ring_s: int | None


@dataclass(frozen=True, slots=True)
class TrueCall:
    """
    One simulated call.

    Parameters
    ----------
    call_id
        The vendor's call id: start as UTC epoch, a dot, and a running number.
    record_id
        The vendor's index of the record, growing with the start of the call.
    started, duration_s
        Start in UTC epoch seconds, and whole length.
    direction
        ``inbound`` or ``outbound``.
    caller
        The other party in E.164; None where the number is withheld.
    did
        Our number the call came in on, in E.164; None for outbound calls.
    service
        Service the call landed on, in the vendor's form: ``Ring Group (Sales)``.
    outcome
        One of `callkit.schema.OUTCOMES`.
    ended_by
        ``caller`` (the other party, also of a call we placed), ``callee`` (our extension), ``system`` or ``unknown``.
    agent
        The extension that spoke last with the caller; None where nobody did.
    wait_s
        From the first queued, forwarded or dialed step to the first answer, else to the voicemail, else to the end;
        None without such a step.
    menu_s
        From the start to the first queued, forwarded or dialed step, or to the end.
    queue_s, ring_s
        The parts of `wait_s` in which nothing rang, and something did; seconds with a voicemail are in neither.
        None where `wait_s` is.
    talk_s
        Seconds in which an extension spoke with the other party.
    route
        The steps, in order.
    """

    call_id: str
    record_id: int
    started: int
    direction: str
    caller: str | None
    did: str | None
    service: str
    outcome: str
    ended_by: str
    agent: str | None
    wait_s: int | None
    menu_s: int
    queue_s: int | None
    ring_s: int | None
    talk_s: int
    duration_s: int
    route: tuple[TrueStep, ...]

    @property
    def ended(self) -> int:
        """When the call ended, in UTC epoch seconds."""
        return self.started + self.duration_s


def clocks(route: list[TrueStep], ended: int) -> Clocks:
    """Return the seconds before the first answer of a call with these steps that ended at `ended`."""
    started = route[0].at
    first = next((s.at for s in route if s.step in _WAITING), None)
    if first is None:
        return Clocks(None, ended - started, None, None)
    voicemail = next((s.at for s in route if s.step == "voicemail" and s.at >= first), ended)
    until = next((s.at for s in route if s.step == "answered"), voicemail)
    spent = {"queue": 0, "ring": 0, "other": 0}
    for step, following in zip(route, [*route[1:], None], strict=True):
        leaves = min(following.at if following else ended, until)
        if first <= step.at < leaves:
            kind = "ring" if step.step == "dialed" else "other" if step.step in _AFTER_WAITING else "queue"
            spent[kind] += leaves - step.at
    return Clocks(until - first, first - started, spent["queue"], spent["ring"])
