"""What the switchboard does with an inbound call: opening hours, menu, ring group, queue, voicemail, transfer."""

import math
import random
from collections.abc import Generator
from typing import Any

import simpy

from callkit.sandbox.business import DIDS, GROUP_OF, GROUPS, MENU, MENU_KEYS, Group, Hours
from callkit.sandbox.calling import Call
from callkit.sandbox.phones import Phones

Steps = Generator[simpy.Event, Any, None]

_KEYS = {"1": 0.52, "2": 0.21, "3": 0.27}
_LEAVES_MENU, _PRESSES_NOTHING = 0.035, 0.05
_FAILS = 0.003
_TRANSFERS, _TRANSFER_LOST = 0.06, 0.12
_HAS_VOICEMAIL = 0.78
_QUEUE_PICKUP = 0.93
# Patience has two peaks: callers who think better of it at once, and those whom the announcement at 30 s sends away.
_LEAVES_AT_ONCE, _LEAVES_AT_ANNOUNCEMENT, _PATIENCE_S = 0.024, 0.14, 330.0


class Switchboard:
    """
    Routes inbound calls.

    Parameters
    ----------
    env, rng
        The simulation, and where chance comes from.
    hours, phones
        When the business is open, and its extensions.
    pickup
        Factor on the share of rings that are picked up; below one in a bad week.
    """

    def __init__(
        self, env: simpy.Environment, rng: random.Random, hours: Hours, phones: Phones, pickup: float
    ) -> None:
        self.env = env
        self.rng = rng
        self.hours = hours
        self.phones = phones
        self.pickup = pickup

    def receive(self, call: Call) -> Steps:
        """Take an inbound call from its first second to its end."""
        call.step("received", "did", DIDS[call.line].removeprefix("+"))
        if self.rng.random() < _FAILS:
            yield from self._pass(0, 2)
            call.end("failed", "unknown")
        elif not self.hours.is_open(self.env.now):
            yield from self._closed(call)
        elif call.line == "Main":
            yield from self._menu(call)
        else:
            yield from self._pass(1, 3)
            yield from self._ring_group(call, GROUPS[call.line])

    def _pass(self, shortest: int, longest: int) -> Steps:
        yield self.env.timeout(self.rng.randint(shortest, longest))

    def _closed(self, call: Call) -> Steps:
        call.service = "Time Group (Opening hours)"
        yield from self._pass(0, 1)
        call.step("schedule_check", "schedule", "Opening hours")
        call.step("announcement", "announcement", "Closed")
        chance = self.rng.random()
        yield from self._pass(3, 13) if chance < 0.55 else self._pass(14, 14)
        if chance < 0.85:
            call.end("closed", "caller" if chance < 0.55 else "system")
        else:
            yield from self._voicemail(call, call.line, "voicemail")

    def _menu(self, call: Call) -> Steps:
        call.service = f"Virtual Receptionist ({MENU})"
        yield from self._pass(1, 2)
        call.step("menu", "menu", MENU)
        chance = self.rng.random()
        if chance < _LEAVES_MENU:
            yield from self._pass(2, 20)
            call.end("left_menu", "caller")
            return
        key = "1"
        if chance < _LEAVES_MENU + _PRESSES_NOTHING:
            yield from self._pass(20, 20)
        else:
            yield from self._pass(4, 16)
            key = self.rng.choices(list(_KEYS), list(_KEYS.values()))[0]
            call.step("menu_input", "menu", MENU, key)
            yield from self._pass(0, 1)
        yield from self._ring_group(call, GROUPS[MENU_KEYS[key]])

    def _ring_group(self, call: Call, group: Group) -> Steps:
        call.service = f"Ring Group ({group.name})"
        call.step("forwarded", "ring_group", group.name)
        call.gives_up_at = int(self.env.now) + self._patience(call)
        free = self.phones.free(group)
        if not group.skips_busy:
            for extension in self.phones.on_duty(group):
                if extension in free:
                    continue
                call.step("dialed", "extension", extension)
                call.step("busy", "extension", extension)
        rung = 0
        for extension in free:
            if self.phones.take(extension):
                rung += 1
                yield from self._ring(call, extension, group.pickup * self.pickup)
                if call.outcome:
                    return
        if not self.phones.on_duty(group) or (rung and not group.queues_unanswered):
            yield from self._overflow(call, group, "no_answer" if rung else "voicemail")
        elif self.phones.waiting(group) >= group.places:
            yield from self._pass(2, 5)
            call.end("busy", "unknown")
        else:
            yield from self._queue(call, group)

    def _queue(self, call: Call, group: Group) -> Steps:
        full_at = int(self.env.now) + group.queue_s
        leaves_at = min(full_at, call.gives_up_at)
        extension: str | None = ""
        while extension is not None:
            call.step("queued", "queue", group.name)
            extension = yield from self.phones.wait(group, leaves_at - int(self.env.now))
            if extension is not None:
                yield from self._ring(call, extension, _QUEUE_PICKUP * self.pickup)
                if call.outcome:
                    return
        if call.gives_up_at <= full_at:
            call.end("abandoned", "caller")
        else:
            yield from self._overflow(call, group, "timeout")

    def _ring(self, call: Call, extension: str, pickup: float) -> Steps:
        """Ring an extension that is taken; the call has an outcome afterwards unless nobody picked up."""
        group = GROUP_OF[extension]
        call.step("dialed", "extension", extension)
        rings = self.rng.randint(*group.rings_s)
        picks_up = self.rng.random() < pickup
        after = min(2 + int(self.rng.gammavariate(2.2, 3.2)), rings - 1) if picks_up else rings
        left = max(call.gives_up_at - int(self.env.now), 0)
        yield self.env.timeout(min(after, left))
        if left < after:
            self.phones.release(extension)
            call.end("abandoned", "caller")
        elif picks_up:
            yield from self._talk(call, extension)
        else:
            call.step("no_answer", "extension", extension)
            self.phones.release(extension)

    def _talk(self, call: Call, extension: str) -> Steps:
        call.answer(extension)
        talk_s = self._talk_s(GROUP_OF[extension])
        if talk_s > 20 and self.rng.random() < _TRANSFERS:
            first_s = self.rng.randint(10, 20)
            yield from self._speak(call, first_s)
            other = self._colleague(extension)
            if other:
                self.phones.release(extension, self.paperwork())
                yield from self._transfer(call, other)
                return
            talk_s -= first_s
        yield from self._speak(call, talk_s)
        self._hang_up(call, extension)

    def _speak(self, call: Call, seconds: int) -> Steps:
        yield self.env.timeout(seconds)
        call.talk_s += seconds

    def _transfer(self, call: Call, extension: str) -> Steps:
        """Hand the caller to an extension that is taken."""
        call.step("transferred", "extension", extension)
        call.step("dialed", "extension", extension)
        if self.rng.random() < _TRANSFER_LOST:
            yield from self._pass(*GROUP_OF[extension].rings_s)
            call.step("no_answer", "extension", extension)
            self.phones.release(extension)
            yield from self._voicemail(call, GROUP_OF[extension].name, "answered")
            return
        yield from self._pass(3, 12)
        call.answer(extension)
        yield from self._speak(call, self._talk_s(GROUP_OF[extension]))
        self._hang_up(call, extension)

    def _hang_up(self, call: Call, extension: str) -> None:
        self.phones.release(extension, self.paperwork())
        call.end("answered", "caller" if self.rng.random() < 0.62 else "callee")

    def _overflow(self, call: Call, group: Group, otherwise: str) -> Steps:
        if otherwise == "voicemail" or self.rng.random() < _HAS_VOICEMAIL:
            yield from self._voicemail(call, group.name, "voicemail")
        else:
            call.end(otherwise, "system")

    def _voicemail(self, call: Call, box: str, outcome: str) -> Steps:
        call.step("voicemail", "voicemail", box)
        message_s = self.rng.lognormvariate(3.0, 0.6) if self.rng.random() < 0.7 else 0
        yield self.env.timeout(self.rng.randint(4, 9) + min(int(message_s), 90))
        call.end(outcome, "system" if message_s > 90 else "caller")

    def _colleague(self, extension: str) -> str | None:
        """Take a free extension of another group for a transfer, if there is one."""
        others = [
            e
            for group in GROUPS.values()
            if extension not in group.extensions
            for e in self.phones.free(group)
        ]
        chosen = self.rng.choice(others) if others else None
        return chosen if chosen and self.phones.take(chosen) else None

    def _patience(self, call: Call) -> int:
        chance = self.rng.random()
        if chance < _LEAVES_AT_ONCE:
            return self.rng.randint(1, 6)
        if chance < _LEAVES_AT_ONCE + _LEAVES_AT_ANNOUNCEMENT:
            return max(round(self.rng.gauss(33, 2.5)), 27)
        return 3 + int(self.rng.expovariate(1 / (_PATIENCE_S * call.caller.patience)))

    def _talk_s(self, group: Group) -> int:
        if self.rng.random() < 0.03:
            return self.rng.randint(2, 9)
        spread = 0.8
        return max(int(self.rng.lognormvariate(math.log(group.talk_s) - spread**2 / 2, spread)), 5)

    def paperwork(self) -> int:
        """Draw the seconds an extension needs after a call before it takes the next."""
        return self.rng.randint(8, 40)
