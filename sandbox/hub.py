"""The parts of one running sandbox, and the few things all of them need."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Coroutine
from typing import Any

from sandbox.calls import Calls
from sandbox.delivery import Deliveries
from sandbox.faults import Faults
from sandbox.feed import Feed
from sandbox.interactions import Interactions
from sandbox.limits import Limits
from sandbox.modals import Modals
from sandbox.response_urls import ResponseUrls
from sandbox.roster import Roster
from sandbox.settings import Address, Settings
from sandbox.workspace import Workspace

log = logging.getLogger("sandbox")


class Hub:
    def __init__(self, roster: Roster, settings: Settings) -> None:
        self.settings = settings
        self.roster = roster
        self.app = roster.app
        self.feed = Feed()
        self.workspace = Workspace(roster, self.feed)
        self.calls = Calls()
        self.faults = Faults()
        self.limits = Limits(settings.rate_scale)
        self.deliveries = Deliveries(self)
        self.response_urls = ResponseUrls(self)
        self.interactions = Interactions(self)
        self.modals = Modals(self)
        self.address = Address(settings.public_url or f"http://{settings.host}:{settings.port}")
        self.page_key = secrets.token_urlsafe(24)  # the page's cookie: pictures are for it and for the bot alone
        self.uploads: dict[str, str] = {}  # ticket of an upload URL → file id
        self._tasks: set[asyncio.Task[Any]] = set()

    def use_address(self, url: str) -> None:
        """Say where this sandbox is reached, once its port is known."""
        self.address = Address(url)

    def now(self) -> float:
        """The machine's time in seconds since 1970; every `ts` comes from it."""
        return time.time()

    def monotonic_ns(self) -> int:
        """Arrival times: comparable between the processes of one machine."""
        return time.monotonic_ns()

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run something besides; it is cancelled when the sandbox stops, and a failure is logged."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("background work failed", exc_info=error)

    async def close(self) -> None:
        self.feed.close()
        await self.deliveries.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
