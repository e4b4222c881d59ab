"""The bot as a process on a core of its own, and everything that plays its surroundings on another.

The sandbox, the load and the looking are one process on core 1; the bot and what it starts (its drawing process) are
on core 0. The clock is shared through a file, so that ticks may run faster than the wall; the load, Slack's pace and
every figure are wall time.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import orjson

from handlers.clock.clocks import SharedClock, shared_clock, wall_now
from handlers.demo.processes import Child, free_port
from handlers.feedback.keys import SourceKeys
from handlers.keys import load_or_create_keys
from handlers.opening import open_store
from handlers.settings import DatabasePolicy
from sandbox import roster as rosters
from sandbox.control import Control
from sandbox.server import running
from sandbox.settings import DEFAULT_ROSTER
from store import workspaces
from store.engine import Store

ROOT = Path(__file__).resolve().parents[1]
BOT_CORE, LOAD_CORE = 0, 1
OPENS = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
PRIORITY = -15  # where we may: other programs of a shared machine are not what is measured
PINNED = f"""
import contextlib, os, pathlib, sys
os.sched_setaffinity(0, {{int(sys.argv[1])}})
with contextlib.suppress(OSError):
    os.setpriority(os.PRIO_PROCESS, 0, {PRIORITY})
    pathlib.Path("/proc/self/autogroup").write_text("{PRIORITY}")  # Linux may weigh whole sessions against each other
os.execv(sys.argv[2], sys.argv[2:])
"""
START_SECONDS = 90.0


@dataclass
class Rig:
    """`tokens` are bearer keys by source. `database` is read only; the bot writes it."""

    intake: str
    control: Control
    clock: SharedClock
    store: Store
    workspace: int
    tokens: Mapping[str, str]
    bot: Child
    http: aiohttp.ClientSession

    async def post(self, source: str, events: Sequence[Mapping[str, Any]]) -> float:
        """Send events and wait until they are durable; the moment (monotonic seconds) at which that was known."""
        headers = {"Authorization": f"Bearer {self.tokens[source]}", "Content-Type": "application/x-ndjson"}
        body = b"\n".join(map(orjson.dumps, events))
        async with self.http.post(f"{self.intake}/v1/feedback", data=body, headers=headers) as answer:
            told = await answer.read()
            arrived = time.monotonic()
            if answer.status != 200:
                raise RuntimeError(f"the bot answered {answer.status}: {told[:300]!r}")
            counts = orjson.loads(told)
            if counts["refused"]:
                raise RuntimeError(
                    f"events were refused: {next(r for r in counts['results'] if r['status'] == 'refused')}"
                )
            return arrived

    def used(self) -> Used:
        """What the bot and its children have used so far."""
        running = waiting = 0
        for pid in _family(self.bot.pid or 0):
            for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
                with suppress(FileNotFoundError, ProcessLookupError):
                    ran, waited, _ = task.read_text().split()
                    running += int(ran)
                    waiting += int(waited)
        return Used(running / 1e9, waiting / 1e9)


@dataclass(frozen=True, slots=True)
class Used:
    """Seconds of processor time, and seconds for which threads that could run waited for the core: for each other,
    and for other programs."""

    cpu: float
    waited: float

    def __sub__(self, other: Used) -> Used:
        return Used(self.cpu - other.cpu, self.waited - other.waited)


def _family(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):
            for child in task.read_text().split():
                found += _family(int(child))
    return found


def cores() -> int:
    return os.cpu_count() or 1


@asynccontextmanager
async def rig(
    folder: Path,
    configuration: str,
    sources: Sequence[str],
    *,
    speed: float = 1.0,
    at: datetime | None = None,
    roster: rosters.Roster | None = None,
) -> AsyncIterator[Rig]:
    """The bot with `configuration`, up and warm, beside a sandbox at Slack's own pace."""
    os.sched_setaffinity(0, {LOAD_CORE % cores()})
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, PRIORITY)
        Path("/proc/self/autogroup").write_text(str(PRIORITY))
    # The sandbox keeps every call that was made. To look through all of them for garbage, now and then, would hold it for
    # half a second in which nothing arrives.
    gc.set_threshold(700, 10, 1_000_000)
    config = folder / "livedesk.yaml"
    config.write_text(configuration, "utf-8")
    clock = shared_clock(folder / "clock.json", at or OPENS, speed)
    url = f"sqlite:///{folder / 'bench.db'}"
    store = await asyncio.to_thread(open_store, DatabasePolicy(url, "bench"))
    workspace = store.write(lambda c: workspaces.ensure(c, "bench", wall_now()))
    keys = SourceKeys(store, workspace, load_or_create_keys(folder / "keys.json").secret_key)
    tokens = {source: keys.new_bearer(source, wall_now()) for source in sources}
    given = roster or rosters.load(DEFAULT_ROSTER)
    async with running(roster=given, rate_scale=1.0) as box, aiohttp.ClientSession(trust_env=False) as http:
        port = free_port()
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("LIVEDESK_", "SLACK_"))},
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
            "LIVEDESK_CONFIG": str(config),
            "LIVEDESK_DATABASE_URL": url,
            "LIVEDESK_WORKSPACE": "bench",
            "LIVEDESK_HTTP_PORT": str(port),
            "LIVEDESK_CLOCK": f"file:{folder / 'clock.json'}",
            "SLACK_API_URL": box.api_url,
            "SLACK_BOT_TOKEN": given.app.bot_token,
            "SLACK_APP_TOKEN": given.app.app_token,
            "SLACK_SIGNING_SECRET": given.app.signing_secret,
        }
        command = [sys.executable, "-c", PINNED, str(BOT_CORE), sys.executable, str(ROOT / "bot.py"), "serve"]
        bot = Child("bot", command, environment, folder / "bot.log", folder)
        await bot.start()
        made = Rig(f"http://127.0.0.1:{port}", box.control, clock, store, workspace, tokens, bot, http)
        try:
            await _until_ready(made)
            yield made
        finally:
            await bot.end()
            store.close()


async def _until_ready(made: Rig) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        with suppress(aiohttp.ClientError):
            async with made.http.get(f"{made.intake}/health") as answer:
                if answer.status == 200 and (await made.control.state())["connections"]:
                    return
        if not made.bot.is_running or time.monotonic() > deadline:
            raise made.bot.failed("did not come up")
        await asyncio.sleep(0.1)


def percentiles(values: Sequence[float], *shares: float) -> list[float]:
    """Nearest-rank percentiles: each is a value that was measured."""
    ordered = sorted(values)
    return [ordered[max(0, -(-int(share * len(ordered)) // 100) - 1)] for share in shares]
