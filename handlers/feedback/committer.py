"""Group commit: whoever waits for the disk at the same moment shares one transaction, and one flush."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from desk.configuration.model import Configuration
from desk.intake import flow
from desk.intake.event import FeedbackEvent, Receipt, Refused
from desk.intake.rules import Defaults
from handlers.feedback.ports import SourceCounts
from handlers.keys import Keys
from store import events
from store.engine import Store

MOST_A_COMMIT = 2000  # events; bounds how long one commit holds the writer


class Committer:
    """The intake of the HTTP API. `accept` returns once what it was given is durable."""

    def __init__(self, store: Store, workspace: int, keys: Keys) -> None:
        self._store = store
        self._workspace = workspace
        self._key = flow.ViewerKey(keys.viewer_key_id, keys.viewer_key)
        self._waiting: list[tuple[flow.Delivery, datetime, asyncio.Future[list[Receipt]]]] = []
        self._work: asyncio.Task[None] | None = None

    async def accept(self, source: str, items: Sequence[FeedbackEvent | Refused], now: datetime) -> list[Receipt]:
        done: asyncio.Future[list[Receipt]] = asyncio.get_running_loop().create_future()
        self._waiting.append((flow.Delivery(source, items), now, done))
        if self._work is None or self._work.done():
            # A task of its own: a client that hangs up must not take the others' commit with it.
            self._work = asyncio.create_task(self._commit_all())
        return await done

    async def counts(self, source: str) -> SourceCounts | None:
        """`handlers.feedback.ports.CountsPort`."""
        for row in await self._store.reading(lambda c: events.source_counts(c, self._workspace)):
            if row["source"] == source:
                return SourceCounts(
                    received=row["received"],
                    accepted=row["accepted"],
                    duplicate=row["duplicate"],
                    late=row["late"],
                    refused=row["refused"],
                    last_seen_at=row["last_seen_at"],
                )
        return None

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
            answers = await self._store.appending(lambda c: flow.accept(c, self._workspace, self._key, deliveries, now))
        except Exception as failed:
            for _, _, done in taken:
                if not done.done():
                    done.set_exception(failed)
            return
        for (_, _, done), receipts in zip(taken, answers, strict=True):
            if not done.done():
                done.set_result(receipts)


def source_defaults(configuration: Configuration, source: str) -> Defaults:
    """What the configuration says of a source that its events need not repeat."""
    known = configuration.sources.get(source)
    return Defaults(known.market, known.show, known.resolution) if known else Defaults()


class FileIntake:
    """`handlers.feedback.ports.ImportPort`: a batch and how far the file is done, in one transaction."""

    def __init__(self, store: Store, workspace: int, keys: Keys) -> None:
        self._store = store
        self._workspace = workspace
        self._key = flow.ViewerKey(keys.viewer_key_id, keys.viewer_key)

    async def accept(
        self, source: str, items: Sequence[FeedbackEvent | Refused], now: datetime, file: str, rows_done: int
    ) -> list[Receipt]:
        def unit(connection: Connection) -> list[Receipt]:
            (receipts,) = flow.accept(connection, self._workspace, self._key, [flow.Delivery(source, items)], now)
            events.keep_rows_done(connection, self._workspace, file, rows_done, now)
            return receipts

        return await self._store.appending(unit)

    async def rows_done(self, file: str) -> int:
        return await self._store.reading(lambda c: events.rows_done(c, self._workspace, file))
