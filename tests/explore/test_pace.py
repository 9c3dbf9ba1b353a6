"""Many changes in a moment are answered once."""

import asyncio

from callkit.explore import explorer
from callkit.explore.pace import Debounce


def test_changes_in_quick_succession_are_answered_once():
    calls = []

    async def scene():
        later = Debounce(lambda: calls.append(1), 0.01)
        for _ in range(5):
            later()
        await asyncio.sleep(0.05)
        later()
        await asyncio.sleep(0.05)

    asyncio.run(scene())
    assert calls == [1, 1]
    assert explorer.DEBOUNCE_S == 0.25
