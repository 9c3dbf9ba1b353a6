"""Calls that follow: the missed try again, we call them back, and our people make calls of their own."""

import random
from collections.abc import Generator
from typing import Any

import simpy

from callkit.sandbox.business import GROUPS, Hours
from callkit.sandbox.calling import Call
from callkit.sandbox.phones import Phones
from callkit.sandbox.population import Caller, Population
from callkit.sandbox.routing import Switchboard

Steps = Generator[simpy.Event, Any, None]

# Share of callers who try again after each outcome, and of whom the business means to call back.
_TRIES_AGAIN = {"abandoned": 0.50, "voicemail": 0.22, "closed": 0.50, "busy": 0.75, "timeout": 0.5, "no_answer": 0.5,
                "failed": 0.75, "left_menu": 0.35}  # fmt: skip
_CALLED_BACK = {"abandoned": 0.56, "voicemail": 0.88, "busy": 0.5, "timeout": 0.65, "no_answer": 0.65}
_KEENNESS = 0.9
_MOST_TRIES, _MOST_CALL_BACKS = 6, 3
_PICKS_UP, _PICKS_UP_AGAIN = 0.62, 0.5
_FAILS, _BUSY = 0.012, 0.03
_OWN_CALLS = 6.8  # an open hour
_SALES_SHARE = {"Sales": 0.5, "Support": 0.2, "Accounts": 0.2, "Bookings": 0.1}


class Business:
    """
    The people on both ends of the line, with what they remember of the week.

    Parameters
    ----------
    env, rng
        The simulation, and where chance comes from.
    hours, phones, switchboard
        When the business is open, its extensions, and what takes the inbound calls.
    people
        Who may be called.
    """

    def __init__(
        self,
        env: simpy.Environment,
        rng: random.Random,
        hours: Hours,
        phones: Phones,
        switchboard: Switchboard,
        people: Population,
    ) -> None:
        self.env = env
        self.rng = rng
        self.hours = hours
        self.phones = phones
        self.switchboard = switchboard
        self.people = people
        self.calls: list[Call] = []
        self._reached: dict[Caller, float] = {}
        self._to_call_back: set[Caller] = set()

    def call_in(self, at: float, caller: Caller, line: str, tries: int = 1) -> Steps:
        """Have somebody call us at a time, and do what follows from how that ends."""
        missed_at = self.env.now
        yield self.env.timeout(at - self.env.now)
        if tries > 1 and self._reached.get(caller, -1) >= missed_at:
            return
        call = Call(self.env, self.hours.base, caller, line, "")
        self.calls.append(call)
        yield from self.switchboard.receive(call)
        if call.outcome == "answered":
            self._reached[caller] = self.env.now
            return
        again = self._again_at(0.35 if call.outcome == "busy" else 1.0)
        if (
            tries < _MOST_TRIES
            and again
            and self.rng.random() < _TRIES_AGAIN[call.outcome] * _KEENNESS**tries
        ):
            self.env.process(self.call_in(again, caller, line, tries + 1))
        if self.rng.random() < _CALLED_BACK.get(call.outcome, 0.0):
            self._note(call)

    def own_calls(self) -> Steps:
        """Have our people make their own calls through the open hours of the week."""
        for opens, closes in self.hours.open:
            at = opens + self.rng.expovariate(_OWN_CALLS / 3600)
            while at < closes - 300:
                yield self.env.timeout(int(at) - self.env.now)
                group = self.rng.choices(list(_SALES_SHARE), list(_SALES_SHARE.values()))[0]
                free = self.phones.free(GROUPS[group])
                if len(free) > 1:
                    extension = self.rng.choice(free)
                    self.env.process(self._call_out(extension, self.people.draw(self.rng), _PICKS_UP))
                at += self.rng.expovariate(_OWN_CALLS / 3600)

    def _note(self, call: Call) -> None:
        """Put a missed caller on the list of those to call back, unless withheld or on it already."""
        if not call.caller.is_withheld and call.caller not in self._to_call_back:
            self._to_call_back.add(call.caller)
            group = call.service[call.service.index("(") + 1 : -1]
            self.env.process(self._call_back(call.caller, group if group in GROUPS else "Sales"))

    def _call_back(self, caller: Caller, group: str) -> Steps:
        missed_at = self.env.now
        for _ in range(_MOST_CALL_BACKS):
            at = self._working_time(self.env.now + 300 + self.rng.lognormvariate(8.0, 0.9))
            if at is None:
                return
            yield self.env.timeout(at - self.env.now)
            extension = yield from self._own_extension(group)
            if extension is None or self._reached.get(caller, -1) >= missed_at:
                break
            yield from self._call_out(extension, caller, _PICKS_UP)
            if self._reached.get(caller, -1) >= missed_at or self.rng.random() > _PICKS_UP_AGAIN:
                break
        self._to_call_back.discard(caller)

    def _own_extension(self, group: str) -> Generator[simpy.Event, Any, str | None]:
        """Wait for a moment in which an extension of the group is free and nobody queues for it."""
        for _ in range(12):
            free = self.phones.free(GROUPS[group])
            if free and not self.phones.waiting(GROUPS[group]):
                return free[-1]
            yield self.env.timeout(300)
        return None

    def _call_out(self, extension: str, other: Caller, picks_up: float) -> Steps:
        """Place a call from a free extension and hold it to its end."""
        if not self.phones.take(extension):
            return
        call = Call(self.env, self.hours.base, other, "", f"Extension ({extension})")
        self.calls.append(call)
        call.step("received", "extension", extension)
        yield self.env.timeout(self.rng.randint(1, 3))
        call.step("dialed", "number", other.digits)
        chance = self.rng.random()
        if chance < _FAILS + _BUSY:
            yield self.env.timeout(self.rng.randint(1, 4))
            call.end("failed" if chance < _FAILS else "busy", "unknown")
        elif self.rng.random() > picks_up:
            yield self.env.timeout(self.rng.randint(22, 35))
            call.step("no_answer", "number", other.digits)
            call.end("no_answer", "system")
        else:
            yield self.env.timeout(self.rng.randint(4, 20))
            yield from self._converse(call, extension)
            self._reached[other] = self.env.now
        self.phones.release(extension, self.switchboard.paperwork())

    def _converse(self, call: Call, extension: str) -> Steps:
        call.step("answered", "number", call.caller.digits)
        call.agent = extension
        call.talk_s = 4 + int(self.rng.lognormvariate(4.6, 0.9))
        yield self.env.timeout(call.talk_s)
        call.end("answered", "caller" if self.rng.random() < 0.5 else "callee")

    def _again_at(self, haste: float) -> int | None:
        """Draw when a missed caller tries again; most who meet closed doors wait until we open."""
        at = self.env.now + 20 + haste * self.rng.lognormvariate(6.9, 1.2)
        if not self.hours.is_open(at) and self.rng.random() < 0.8:
            opens = self.hours.next_open(at)
            at = self.hours.length if opens is None else opens + self.rng.expovariate(1 / 5400)
        return int(at) if at < self.hours.length else None

    def _working_time(self, at: float) -> int | None:
        """Move a time that is outside opening hours into the first hours after we open."""
        if not self.hours.is_open(at):
            opens = self.hours.next_open(at)
            if opens is None:
                return None
            at = opens + self.rng.uniform(600, 7200)
        return int(at)
