from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiohttp import ClientSession

from handlers.feedback.limits import Limits
from tests.handlers.feedback.serving import Api, StoredIntake, serve, stored_intake

Start = Callable[..., Awaitable[Api]]


@pytest.fixture
def intake(sqlite_template: Path, tmp_path: Path) -> Iterator[StoredIntake]:
    with stored_intake(sqlite_template, tmp_path) as made:
        yield made


@pytest.fixture
async def start(intake: StoredIntake) -> AsyncIterator[Start]:
    async with AsyncExitStack() as stack:

        async def started(limits: Limits | None = None, give_way: Callable[[], Awaitable[None]] | None = None) -> Api:
            api = Api(intake)
            api.give_way = give_way
            api.port = await stack.enter_async_context(serve(lambda: api.router(limits)))
            api.client = await stack.enter_async_context(ClientSession(f"http://127.0.0.1:{api.port}"))
            return api

        yield started


@pytest.fixture
async def api(start: Start) -> Api:
    return await start()
