"""Deliveries that were seen before: platforms deliver at least once, and each is to be acted on once."""

from __future__ import annotations

from datetime import timedelta

from handlers.clock.clocks import wall_now
from store import reports
from store.engine import Store

KEPT = timedelta(hours=2)  # Slack's last retry comes after five minutes; the rest is for a queue that was stuck


class Deliveries:
    """Remembered in the store, so that a retry after a restart is known too."""

    def __init__(self, store: Store, platform: str) -> None:
        self._store = store
        self._platform = platform

    async def first_time(self, event_id: str) -> bool:
        at = wall_now()
        return await self._store.writing(lambda c: reports.first_delivery(c, self._platform, event_id[:200], at, KEPT))
