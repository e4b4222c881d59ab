"""What changed, in order: the page streams it, `Control.wait_for` waits on it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections import deque
from collections.abc import AsyncIterator, Iterator
from typing import Any

KEPT = 5000  # a page that was away for longer loads everything anew


class Feed:
    """Numbered changes. A change has a number, a kind and plain JSON fields."""

    def __init__(self) -> None:
        self.number = 0
        self.closed = False
        self._kept: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._waiting: set[asyncio.Future[None]] = set()

    def publish(self, kind: str, **fields: Any) -> None:
        """Tell everybody; the change is also kept for those who come back."""
        self.number += 1
        self._kept.append({"number": self.number, "kind": kind, **fields})
        self._wake()

    def touch(self) -> None:
        """Wake those who wait without telling the pages anything (a call was made, a click was acknowledged)."""
        self.number += 1
        self._wake()

    def close(self) -> None:
        self.closed = True
        self._wake()

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def after(self, number: int, seconds: float) -> int:
        """The newest number, once it is above `number` or after that many seconds."""
        if self.number <= number and not self.closed:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.add(future)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await future
            self._waiting.discard(future)
        return self.number

    def _newer_than(self, number: int) -> Iterator[dict[str, Any]]:
        return itertools.takewhile(lambda change: change["number"] > number, reversed(self._kept))

    async def follow(self, number: int, pulse: float = 15.0) -> AsyncIterator[dict[str, Any] | None]:
        """Changes after `number`; None as a sign of life every `pulse` seconds; kind "reset" when some are gone."""
        while not self.closed:
            if self._kept and number < self._kept[0]["number"] - 1 and len(self._kept) == KEPT:
                number = self.number
                yield {"number": number, "kind": "reset"}
            seen = self.number
            fresh = list(self._newer_than(number))
            for change in reversed(fresh):
                number = change["number"]
                yield change
            if not fresh and await self.after(seen, pulse) == seen:
                yield None
