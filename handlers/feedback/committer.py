"""Group commit: whoever waits for the disk at the same moment shares one transaction, and one flush."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from desk.intake import flow
from desk.intake.event import FeedbackEvent, Receipt, Refused
from store.engine import Store

MOST_A_COMMIT = 2000  # events; bounds how long one commit holds the writer


class Committer:
    """The intake of the HTTP API. `accept` returns once what it was given is durable."""

    def __init__(self, store: Store, workspace: int, key: flow.ViewerKey) -> None:
        self._store = store
        self._workspace = workspace
        self._key = key
        self._waiting: list[tuple[flow.Delivery, datetime, asyncio.Future[list[Receipt]]]] = []
        self._work: asyncio.Task[None] | None = None

    async def accept(self, source: str, items: Sequence[FeedbackEvent | Refused], now: datetime) -> list[Receipt]:
        done: asyncio.Future[list[Receipt]] = asyncio.get_running_loop().create_future()
        self._waiting.append((flow.Delivery(source, items), now, done))
        if self._work is None or self._work.done():
            # A task of its own: a client that hangs up must not take the others' commit with it.
            self._work = asyncio.create_task(self._commit_all())
        return await done

    async def _commit_all(self) -> None:
        while self._waiting:
            await self._commit()

    async def _commit(self) -> None:
        taken: list[tuple[flow.Delivery, datetime, asyncio.Future[list[Receipt]]]] = []
        size = 0
        while self._waiting and (not taken or size + len(self._waiting[0][0].items) <= MOST_A_COMMIT):
            taken.append(self._waiting.pop(0))
            size += len(taken[-1][0].items)
        deliveries = [delivery for delivery, _, _ in taken]
        now = max(at for _, at, _ in taken)
        try:
            answers = await self._store.writing(lambda c: flow.accept(c, self._workspace, self._key, deliveries, now))
        except Exception as failed:
            for _, _, done in taken:
                if not done.done():
                    done.set_exception(failed)
            return
        for (_, _, done), receipts in zip(taken, answers, strict=True):
            if not done.done():
                done.set_result(receipts)
