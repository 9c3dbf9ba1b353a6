"""The extensions: each takes one call at a time, whether it comes in, goes out or is handed over."""

from collections.abc import Callable, Generator
from typing import Any

import simpy

from callkit.sandbox.business import GROUP_OF, GROUPS, Group, Hours


class Phones:
    """
    The extensions of all groups, and who is on the phones.

    An extension that is free and on the phones stands in its group's store, the longest idle first; callers in a
    group's queue wait for the store.
    """

    def __init__(self, env: simpy.Environment, hours: Hours) -> None:
        self.env = env
        self.stores = {name: simpy.FilterStore(env) for name in GROUPS}
        self._on: set[str] = set()
        self._engaged: set[str] = set()
        for extension, begins, ends in hours.shifts:
            self._at(begins, self._begin, extension)
            self._at(ends, self._leave, extension)

    def on_duty(self, group: Group) -> list[str]:
        """List the group's extensions whose people are on the phones."""
        return [e for e in group.extensions if e in self._on]

    def free(self, group: Group) -> list[str]:
        """List the group's free extensions, the longest idle first."""
        return list(self.stores[group.name].items)

    def waiting(self, group: Group) -> int:
        """Count the callers in the group's queue."""
        return len(self.stores[group.name].get_queue)

    def take(self, extension: str) -> bool:
        """Take an extension for a call; tell whether it was free."""
        store = self.stores[GROUP_OF[extension].name]
        if extension not in store.items:
            return False
        store.get(lambda item: item == extension)
        self._engaged.add(extension)
        return True

    def wait(self, group: Group, seconds: int) -> Generator[simpy.Event, Any, str | None]:
        """Wait in the group's queue for a free extension and take it; give up after so many seconds with None."""
        request = self.stores[group.name].get()
        if not request.triggered and seconds > 0:
            yield request | self.env.timeout(seconds)
        if not request.triggered:
            request.cancel()
            return None
        self._engaged.add(str(request.value))
        return str(request.value)

    def release(self, extension: str, after: float = 0) -> None:
        """Free an extension after so many seconds of paperwork."""
        self._at(after, self._release, extension)

    def _at(self, delay: float, do: Callable[[str], None], extension: str) -> None:
        self.env.timeout(delay).callbacks.append(lambda _: do(extension))

    def _begin(self, extension: str) -> None:
        self._on.add(extension)
        if extension not in self._engaged:
            self._put(extension)

    def _leave(self, extension: str) -> None:
        self._on.discard(extension)
        store = self.stores[GROUP_OF[extension].name]
        if extension in store.items:
            store.get(lambda item: item == extension)

    def _release(self, extension: str) -> None:
        self._engaged.discard(extension)
        if extension in self._on:
            self._put(extension)

    def _put(self, extension: str) -> None:
        self.stores[GROUP_OF[extension].name].put(extension)
