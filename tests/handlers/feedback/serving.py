"""The real API over real HTTP, in front of the real store."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
from aiohttp import ClientSession
from fastapi import APIRouter, FastAPI
from sqlalchemy import select

from desk.intake import flow
from desk.intake.event import FeedbackEvent, Receipt, Refused
from handlers.feedback.http import make_router
from handlers.feedback.limits import Limits
from handlers.feedback.ports import SourceCounts
from store import events
from store.engine import Store
from store.tables import events as events_table
from store.workspaces import ensure
from tests import databases

FRIDAY_SHOW = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)
WALL_TIME = FRIDAY_SHOW.timestamp()
WORKSPACE = 1
VIEWERS = flow.ViewerKey("test", b"k" * 32)

KEY = "lk_shop_5f2e"
SECRET = b"whsec_5f2e"
OLD_SECRET = b"whsec_0000"


class StoredIntake:
    """Intake as the bot has it: one transaction, then the answers."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.broken: Exception | None = None

    async def accept(
        self, source: str, items: Sequence[FeedbackEvent | Refused], now: datetime, file: str = "", rows_done: int = 0
    ) -> list[Receipt]:
        if self.broken:
            raise self.broken

        def unit(connection: Any) -> list[Receipt]:
            if file:
                events.keep_rows_done(connection, WORKSPACE, file, rows_done, now)
            return flow.accept(connection, WORKSPACE, VIEWERS, [flow.Delivery(source, items)], now)[0]

        return await self._store.writing(unit)

    async def rows_done(self, file: str) -> int:
        return await self._store.reading(lambda connection: events.rows_done(connection, WORKSPACE, file))

    async def counts(self, source: str) -> SourceCounts | None:
        rows = await self._store.reading(lambda connection: events.source_counts(connection, WORKSPACE))
        for row in rows:
            if row["source"] == source:
                names = ("received", "accepted", "duplicate", "late", "refused", "last_seen_at")
                return SourceCounts(**{name: row[name] for name in names})
        return None

    def stored(self) -> list[Mapping[str, Any]]:
        """Every event in the store, in the order in which it came."""
        query = select(events_table).order_by(events_table.c.id)
        return self._store.read(lambda connection: [dict(row) for row in connection.execute(query).mappings()])


class Keys:
    def __init__(self) -> None:
        self.secret_list: dict[str, list[bytes]] = {"shop": [SECRET]}

    async def bearer(self, token: str) -> str | None:
        return {KEY: "shop", "lk_desk_77aa": "desk"}.get(token)

    async def secrets(self, source: str) -> Sequence[bytes]:
        return self.secret_list.get(source, [])


@contextmanager
def stored_intake(template: Path, folder: Path) -> Iterator[StoredIntake]:
    with databases.sqlite_database(template, folder) as url:
        store = Store(url)
        store.write(lambda connection: ensure(connection, "test", FRIDAY_SHOW))
        yield StoredIntake(store)
        store.close()


class Api:
    """The served API, what stands behind it, and a client with the shop's key."""

    def __init__(self, intake: StoredIntake) -> None:
        self.intake = intake
        self.keys = Keys()
        self.monotonic = 1000.0
        self.wall_time = WALL_TIME
        self.give_way: Callable[[], Awaitable[None]] | None = None
        self.port = 0
        self.client: ClientSession

    def router(self, limits: Limits | None) -> APIRouter:
        return make_router(
            self.intake,
            self.keys,
            lambda: FRIDAY_SHOW,
            limits,
            counts=self.intake,
            give_way=self.give_way,
            wall_time=lambda: self.wall_time,
            monotonic=lambda: self.monotonic,
        )

    async def post(
        self, body: bytes | AsyncIterator[bytes], headers: Mapping[str, str] | None = None, *, key: str | None = KEY
    ) -> tuple[int, Any, Mapping[str, str]]:
        given = {"Content-Type": "application/json", **({"Authorization": f"Bearer {key}"} if key else {})}
        async with self.client.post("/v1/feedback", data=body, headers={**given, **(headers or {})}) as response:
            return response.status, await response.json(content_type=None), response.headers


@asynccontextmanager
async def serve(make: Callable[[], APIRouter]) -> AsyncIterator[int]:
    """The router on a free port, until the end of the block. The socket listens before the server runs."""
    app = FastAPI()
    app.include_router(make())
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", ws="none"))
    # The protocol is said aloud because asyncio turns Nagle's algorithm off only for sockets that say it.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    running = asyncio.create_task(server.serve([listening]))
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        await running
        listening.close()
