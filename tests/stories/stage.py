"""The whole house in one test: the composed bot, a sandbox workspace, real HTTP, and a clock that runs fast."""

from __future__ import annotations

import asyncio
import multiprocessing
import socket
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import aiohttp
import orjson
from cryptography.fernet import Fernet
from pydantic import SecretStr

import bot
from handlers import drawing
from handlers.clock.clocks import SharedClock, shared_clock
from handlers.feedback.keys import SourceKeys
from handlers.opening import open_store
from handlers.settings import Settings
from sandbox.control import Control
from sandbox.server import running
from store import workspaces
from tests.factories import NOON
from tests.handlers.slack.rig import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET
from tests.stories.evening import HOUSE, SHOW, TICK

SEALING = Fernet.generate_key().decode()
SPEED = 40.0  # five minutes in seven seconds and a half
# Every house has a process of its own that draws, as the bot has: here it comes from one that has matplotlib already.
FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(["analytics.charts"])


@dataclass
class Stage:
    """What a test holds in its hand."""

    settings: Settings
    control: Control
    clock: SharedClock
    token: str
    http: aiohttp.ClientSession
    sent: int = 0
    receipts: list[dict[str, Any]] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def url(self) -> str:
        policy = self.settings.http()
        return f"http://{policy.host}:{policy.port}"

    async def post(self, texts: Iterable[str], market: str = "us", viewers: str = "v") -> list[dict[str, Any]]:
        """Comments of as many viewers, said now; the receipts."""
        now = self.clock.now()
        rows = []
        for text in texts:
            self.sent += 1
            rows.append(
                {
                    "event_id": f"e{self.sent}",
                    "at": now.isoformat(),
                    "kind": "chat_comment",
                    "show": SHOW,
                    "market": market,
                    "viewer": f"{viewers}{self.sent}",
                    "text": text,
                }
            )
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        async with self.http.post(f"{self.url}/v1/feedback", data=orjson.dumps(rows), headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            receipts: list[dict[str, Any]] = (await answer.json())["results"]
            self.receipts += receipts
            return receipts

    async def evening(self, ticks: int, ambient: Iterable[str], complaints: Iterable[str] = ()) -> None:
        """Comments tick by tick, as a live show's would come.

        The clock stands while they are posted and moves from tick to tick, so nobody waits for a tick to pass; it goes
        on at its pace once all of them have been read.
        """
        texts, speed = [*ambient, *complaints], self.clock.speed()
        for _ in range(ticks):
            await self.post(texts)
            self.clock.set(self.clock.now() + TICK, 0.0)
        async with asyncio.timeout(180):  # of a machine that does other things besides
            while await self._unread():
                await asyncio.sleep(0.02)
        self.clock.set(self.clock.now(), speed)

    async def _unread(self) -> int:
        async with self.http.get(f"{self.url}/health") as answer:
            waiting: int = (await answer.json())["events"]["waiting"]
            return waiting


async def _listening(port: int) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                await writer.wait_closed()
                return


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def _drawing_pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, FORKED, drawing._live_with_parent)


@asynccontextmanager
async def house(settings: Settings) -> AsyncIterator[None]:
    """The composed bot, for as long as the block lasts."""
    with patch.object(drawing, "_pool", _drawing_pool):
        async with bot.house(settings) as jobs:
            tasks = [asyncio.create_task(job(), name=name) for name, job in jobs.items()]  # type: ignore[arg-type]
            try:
                await _listening(settings.http().port)
                yield
                for task in tasks:
                    if task.done():
                        task.result()
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def stage(
    database_url: str, folder: Path, *, mode: str = "socket", text: str = HOUSE, **sandbox: Any
) -> AsyncIterator[Stage]:
    """A sandbox and everything that the house needs; enter `house(stage.settings)` to open it."""
    port = free_port()
    given = {"rate_scale": 0.0, "file_delay": 0.05, **sandbox}
    if mode == "http":
        given |= {"delivery": "http", "request_url": f"http://127.0.0.1:{port}/slack/events"}
    config = folder / "livedesk.yaml"
    config.write_text(text, "utf-8")
    clock = shared_clock(folder / "clock.json", NOON, SPEED)
    async with running(**given) as box, aiohttp.ClientSession() as http:
        settings = Settings(
            config=config,
            database_url=SecretStr(database_url),
            http_port=port,
            slack_mode=mode,
            SLACK_BOT_TOKEN=SecretStr(BOT_TOKEN),
            SLACK_APP_TOKEN=SecretStr(APP_TOKEN),
            SLACK_SIGNING_SECRET=SecretStr(SIGNING_SECRET),
            SLACK_API_URL=box.api_url,
            viewer_key=SecretStr("a viewer key that is only for tests, and long"),
            secret_key=SecretStr(SEALING),
            clock=f"file:{folder / 'clock.json'}",
            _env_file=None,
        )
        store = open_store(settings.database())
        workspace = store.write(lambda c: workspaces.ensure(c, settings.workspace, NOON))
        token = SourceKeys(store, workspace, SEALING).new_bearer("tiktok-us", NOON)
        store.close()
        yield Stage(settings, box.control, clock, token, http)
