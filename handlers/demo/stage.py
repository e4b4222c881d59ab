"""What the show is played on: a Slack workspace and the bot as processes, a translation server, and one clock."""

from __future__ import annotations

import asyncio
import fcntl
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp

from desk.analyse.flow import CONSUMER
from handlers.clock.clocks import SharedClock, shared_clock, wall_now
from handlers.demo.processes import Child, free_port
from handlers.feedback.keys import SourceKeys
from handlers.keys import load_or_create_keys
from handlers.opening import open_store
from handlers.settings import DatabasePolicy
from sandbox import roster, translator
from sandbox.control import Control, ControlError
from sandbox.settings import DEFAULT_ROSTER
from store import events, outbox, workspaces
from store.engine import Store

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATION = ROOT / "examples" / "livedesk.yaml"
WORKSPACE = "demo"
START_SECONDS = 60.0  # of wall time, for each process; a cold start on a slow disk takes a few
QUIET_WITHIN = 30.0  # for what is under way
LOOK_EVERY = 0.05
FILES = ("livedesk.db*", "keys.json", "clock*", "workspace.json*", "*.log")  # what an earlier demo left


class StageTakenError(Exception):
    """Another demo uses this folder; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Stage:
    """`url` is the workspace's page, `intake` the bot's HTTP API, `token` opens files of the workspace."""

    folder: Path
    url: str
    intake: str
    token: str
    clock: SharedClock
    control: Control
    store: Store
    workspace: int
    keys: SourceKeys
    workspace_process: Child
    bot: Child

    async def set_clock(self, at: datetime, speed: float) -> None:
        """Set the bot's clock, and with it the one that the page shows."""
        self.clock.set(at, speed)
        await self.control.clock(at.timestamp(), speed)

    async def start_bot(self) -> None:
        """Start the bot, again if need be, and wait until it takes feedback and hears Slack.

        `ChildFailedError` when it does not come up.
        """
        await self.bot.start()
        await _until_ready(self.bot, self._is_bot_ready)

    async def until_quiet(self, within: float = QUIET_WITHIN) -> bool:
        """Wait until all that is stored is analysed, and all that is said is sent and translated; False when it was
        not after so many seconds."""
        return await until(self._is_quiet, within)

    async def _is_quiet(self) -> bool:
        waiting = await self.store.reading(lambda c: events.backlog(c, self.workspace, CONSUMER))
        states = await self.store.reading(lambda c: outbox.counts(c, self.workspace))
        owed = await self.store.reading(lambda c: outbox.unenriched(c, self.workspace))
        return not (waiting or states.get("pending") or states.get("claimed") or owed)

    async def _is_bot_ready(self) -> bool:
        async with aiohttp.ClientSession(trust_env=False) as session, session.get(f"{self.intake}/health") as answer:
            return answer.status == 200 and bool((await self.control.state())["connections"])


@asynccontextmanager
async def open_stage(
    folder: Path,
    opens_at: datetime,
    speed: float,
    *,
    port: int | None = None,
    rate_scale: float = 1.0,
    settle: timedelta | None = None,
) -> AsyncIterator[Stage]:
    """Everything up and ready, with an empty database; ended in order when the block is left.

    While it opens, the clock runs towards `opens_at` and never reaches it, however long that takes: the bot asks for
    the clock's speed when it starts. `settle` (wall time) is the bot's LIVEDESK_SETTLE_SECONDS. Raises
    StageTakenError, ChildFailedError, and OSError for a folder that cannot be written.
    """
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(_emptied(folder))
        clock = shared_clock(folder / "clock.json", opens_at - timedelta(seconds=3 * START_SECONDS * speed), speed)
        page = port if port is not None else free_port()
        slack = Child(
            "sandbox",
            [sys.executable, str(ROOT / "bot.py"), "sandbox", "--port", str(page),
             "--state", str(folder / "workspace.json"), "--rate-scale", str(rate_scale)],
            _clean_environment(), folder / "sandbox.log", folder,
        )  # fmt: skip
        stack.push_async_callback(slack.end)
        await slack.start()

        database = f"sqlite:///{folder / 'livedesk.db'}"
        store = await asyncio.to_thread(open_store, DatabasePolicy(database, WORKSPACE))
        stack.callback(store.close)
        workspace = store.write(lambda c: workspaces.ensure(c, WORKSPACE, wall_now()))
        keys = SourceKeys(store, workspace, load_or_create_keys(folder / "keys.json").secret_key)

        translations = await stack.enter_async_context(translator.running(translator.read_translations()))
        control = await stack.enter_async_context(Control(f"http://127.0.0.1:{page}"))
        await _until_ready(slack, lambda: _answers(control))
        app = roster.load(DEFAULT_ROSTER).app
        http = free_port()
        environment = _clean_environment() | {
            "LIVEDESK_CONFIG": str(CONFIGURATION),
            "LIVEDESK_DATABASE_URL": database,
            "LIVEDESK_WORKSPACE": WORKSPACE,
            "LIVEDESK_HTTP_PORT": str(http),
            "LIVEDESK_CLOCK": f"file:{folder / 'clock.json'}",
            "LIVEDESK_TRANSLATORS": "libre",
            "LIVEDESK_LIBRETRANSLATE_URL": translations.url,
            "SLACK_API_URL": f"{control.base_url}/api/",
            "SLACK_BOT_TOKEN": app.bot_token,
            "SLACK_APP_TOKEN": app.app_token,
            "SLACK_SIGNING_SECRET": app.signing_secret,
        }
        if settle is not None:
            environment["LIVEDESK_SETTLE_SECONDS"] = str(settle.total_seconds())
        # In the demo's folder, so that a .env of somebody's real installation is not read.
        bot = Child(
            "bot", [sys.executable, str(ROOT / "bot.py"), "serve"], environment, folder / "bot.log", folder
        )  # fmt: skip
        stack.push_async_callback(bot.end)
        stage = Stage(
            folder, control.base_url, f"http://127.0.0.1:{http}", app.bot_token,
            clock, control, store, workspace, keys, slack, bot,
        )  # fmt: skip
        await stage.start_bot()
        yield stage


def _clean_environment() -> dict[str, str]:
    """Ours without anything that would set up another Livedesk, or send loopback traffic to a proxy."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LIVEDESK_", "SLACK_"))}
    return kept | {"NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost", "PYTHONUNBUFFERED": "1"}


@contextmanager
def _emptied(folder: Path) -> Iterator[Path]:
    """The folder without what an earlier demo left, and this demo's alone while the block runs: the lock goes with
    the process, however that ends."""
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "demo.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StageTakenError(
                f"another demo is running in {folder}: end it first, or give this one a --folder of its own"
            ) from None
        for pattern in FILES:
            for leftover in folder.glob(pattern):
                leftover.unlink()
        yield folder


async def until(holds: Callable[[], Awaitable[bool]], within: float) -> bool:
    """Look again and again until it holds; False when it did not within so many seconds."""
    deadline = time.monotonic() + within
    while not (found := await holds()) and time.monotonic() < deadline:  # noqa: ASYNC110 - other processes do it
        await asyncio.sleep(LOOK_EVERY)
    return found


async def _answers(control: Control) -> bool:
    return bool(await control.state())


async def _until_ready(child: Child, is_ready: Callable[[], Awaitable[bool]]) -> None:
    async def has_news() -> bool:
        with suppress(aiohttp.ClientError, ControlError, TimeoutError):
            return await is_ready() or not child.is_running
        return not child.is_running

    if not await until(has_news, START_SECONDS):
        raise child.failed(f"was not ready within {START_SECONDS:.0f} s")
    if not child.is_running:
        raise child.failed("ended while it started")
