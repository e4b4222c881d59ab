"""Who computes first: while an alarm is decided and sent, or a person waits for an answer, intake waits before it takes
requests apart.

Threads of one process share one interpreter. A transaction of a hundred statements gives it away, and waits to get it
back, a hundred times: beside intake at work it takes three times as long as alone. What waits here is not lost and
hardly later, as it would have to wait for the same writer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

AT_MOST = 0.25  # seconds: whatever holds it for longer, intake must go on


class RightOfWay:
    """For one event loop. Several may have it at once; whoever gives way waits for all of them."""

    def __init__(self, at_most: float = AT_MOST) -> None:
        self._at_most = at_most
        self._holders = 0
        self._free = asyncio.Event()
        self._free.set()

    @contextmanager
    def taken(self) -> Iterator[None]:
        self._holders += 1
        self._free.clear()
        try:
            yield
        finally:
            self._holders -= 1
            if not self._holders:
                self._free.set()

    async def given(self) -> None:
        """Return when nobody has it, or after `at_most` seconds."""
        if self._free.is_set():
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(self._at_most):
                await self._free.wait()
