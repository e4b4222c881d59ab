"""A bot that dies: the real sweep, sender and desk in processes that kill themselves outright at a chosen step.

A step is every moment at which a kill can make a difference: before a commit, after it, before a call to the platform
and after its answer. `Nursery` keeps a process that has everything imported and forks a fresh bot from it for each
life, so that dying a hundred times costs seconds. An evening in which nobody dies is a rehearsal: it is played in the
nursery's own process, so that those who are born later need not compile its statements and read its words once more.

    python -m tests.stories.mortal          (the nursery: an order a line on standard input, an answer a line back)
"""

from __future__ import annotations

import asyncio
import faulthandler
import gc
import json
import logging
import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import structlog
from cryptography.fernet import Fernet
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import Connection, event

from desk.messages import Fill, Message
from handlers.acknowledging.links import AcknowledgeLinks
from handlers.clock.clocks import ScaledClock, wall_now
from handlers.clock.jobs import Sweeper
from handlers.composer import Composer
from handlers.configuration import load_text
from handlers.drawing import Drawing
from handlers.email.platform import EmailPlatform
from handlers.notices import FailureNotices
from handlers.opening import Lead
from handlers.platform import Outcome, Pacing, Platform, Search
from handlers.sender import Sender
from handlers.settings import SmtpPolicy
from handlers.shifts import ShiftKeeper
from handlers.slack.charts import ChartUploads
from handlers.slack.client import slack_client
from handlers.slack.platform import SlackPlatform
from handlers.slack.shifts import SlackShifts
from handlers.troubles import Troubles
from handlers.webhook.platform import WebhookPlatform
from store.beforehand import StepAside
from store.due import Due
from store.engine import Store
from tests.databases import compile_once
from tests.factories import NOON, WORKSPACE
from tests.stories.tales import TALES, Bot

ROOT = Path(__file__).parents[2]
LONGEST_LIFE = 150  # seconds; one that lasts longer shows where it hangs
UNHURRIED = Pacing(timedelta(0), 1_000_000)  # nothing here waits for a second to pass
LINKS_KEY = Fernet.generate_key().decode()
T = TypeVar("T")
Step = Callable[[], None]


@dataclass(frozen=True)
class Order:
    """One life. `chapters` are played from `first` on; `die_at` is the step to die at, 0 for none."""

    database: str
    api_url: str
    house: str
    first: int
    die_at: int
    progress: str  # a file: the chapters that are over, and the steps of this life
    sweep_only: bool = False
    at: str = ""  # of `sweep_only`
    bell: str = ""  # a file to wait for, so that several begin at once
    tale: str = "pages"
    rehearsal: bool = False  # in the nursery itself
    mail_port: int = 0  # of the mail server; without one, and without `hooks`, there is chat alone
    hooks: str = ""  # where every webhook leads


class Fate:
    """Counts steps, and kills the process at one of them. Called from several threads."""

    def __init__(self, die_at: int) -> None:
        self.steps = 0
        self._die_at = die_at

    def step(self) -> None:
        self.steps += 1
        if self.steps == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)


class MortalStore(Store):
    def __init__(self, url: str, step: Step) -> None:
        super().__init__(url)
        self._step = step
        # Everything of the transaction has been done, and nothing of it is durable.
        event.listen(self.engine, "commit", lambda _: step())

    def _run_write(self, unit: Callable[[Connection], T], *, takes_turn: bool) -> T:
        try:
            result = super()._run_write(unit, takes_turn=takes_turn)
        except StepAside:
            self._step()  # nothing is stored, and what is worked out now is lost
            raise
        self._step()
        return result


class MortalPlatform:
    """Slack, without its pace."""

    name = "slack"
    pacing = UNHURRIED

    def __init__(self, client: AsyncWebClient, step: Step) -> None:
        self._slack = SlackPlatform(client, ChartUploads(client))
        self._step = step

    async def post(self, destination: str, thread: str | None, message: Message, fill: Fill, key: str) -> Outcome:
        self._step()
        outcome = await self._slack.post(destination, thread, message, fill, key)
        self._step()
        return outcome

    async def edit(self, address: str, message: Message, fill: Fill, key: str) -> Outcome:
        self._step()
        outcome = await self._slack.edit(address, message, fill, key)
        self._step()
        return outcome

    async def delete(self, address: str) -> Outcome:
        return await self._slack.delete(address)

    async def find(self, destination: str, thread: str | None, key: str, since: datetime) -> Search:
        self._step()
        return await self._slack.find(destination, thread, key, since)


class MortalMail(EmailPlatform):
    pacing = UNHURRIED

    def __init__(self, port: int, links: AcknowledgeLinks, step: Step) -> None:
        policy = SmtpPolicy("127.0.0.1", port, "none", "livedesk@example.com", "", "")
        super().__init__(policy, links, wall_now, ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        self._step = step

    async def post(self, destination: str, thread: str | None, message: Message, fill: Fill, key: str) -> Outcome:
        self._step()
        outcome = await super().post(destination, thread, message, fill, key)
        self._step()
        return outcome


class MortalHook(WebhookPlatform):
    """Every address leads to the one at `hooks`, under its own path."""

    pacing = UNHURRIED

    def __init__(self, hooks: str, links: AcknowledgeLinks, step: Step) -> None:
        super().__init__(lambda address: f"secret of {address}", links, wall_now, private=True)
        self._hooks = hooks
        self._step = step

    async def post(self, destination: str, thread: str | None, message: Message, fill: Fill, key: str) -> Outcome:
        self._step()
        outcome = await super().post(self._hooks + urlsplit(destination).path, thread, message, fill, key)
        self._step()
        return outcome


class MortalShifts(SlackShifts):
    """What follows the shift."""

    def __init__(self, client: AsyncWebClient, step: Step) -> None:
        super().__init__(client)
        self._step = step

    async def set_members(self, group: str, accounts: Sequence[str]) -> Outcome:
        self._step()
        outcome = await super().set_members(group, accounts)
        self._step()
        return outcome

    async def set_topic(self, channel: str, schedule: str, part: str) -> Outcome:
        self._step()
        outcome = await super().set_topic(channel, schedule, part)
        self._step()
        return outcome


async def live(order: Order, fate: Fate, over: Callable[[int], None]) -> None:
    """Play the chapters. After each one `over` keeps how many are, so that the next life goes on from there."""
    chapters = TALES[order.tale]
    store = MortalStore(order.database, fate.step)
    lead = Lead(order.database)
    lead.take(store)
    configuration = load_text(order.house, "livedesk.yaml")
    if order.hooks:
        configuration = replace(configuration, further_ways=("email", "webhook"))
    async with slack_client("xoxb-sandbox-livedesk", order.api_url) as client:
        composer = Composer(store, lambda: configuration, Drawing())

        async def words(message: Message, platform: str, rich: bool) -> Fill:
            del rich  # charts have their own tests
            return await composer.fill(message, platform, rich=False)

        at = NOON
        platforms: dict[str, Platform] = {"slack": MortalPlatform(client, fate.step)}
        if order.hooks:
            links = AcknowledgeLinks(LINKS_KEY, "https://live.example.com", lambda: at)
            mail = MortalMail(order.mail_port, links, fate.step)
            platforms |= {"email": mail, "webhook": MortalHook(order.hooks, links, fate.step)}
        sender = Sender(
            store, WORKSPACE, platforms, words, holder=str(os.getpid()),
            on_failed=FailureNotices(WORKSPACE, lambda: configuration, lambda: at).tell,
            on_trouble=Troubles(WORKSPACE, lambda: configuration, lambda: at).tell,
        )  # fmt: skip
        keeper = ShiftKeeper(
            store, WORKSPACE, {"slack": MortalShifts(client, fate.step)}, lambda: configuration, lambda: at
        )
        for number, (_, after, deed) in enumerate(chapters[order.first :], order.first):
            at = NOON + after
            bot = Bot(store, configuration, at)
            if number == order.first:
                await asyncio.to_thread(bot.begin)
            await asyncio.to_thread(deed, bot)
            sweeper = Sweeper(store, WORKSPACE, lambda: configuration, ScaledClock(at, 0.0))
            while True:
                while await sweeper.sweep():
                    pass
                await sender.drain()
                if not await sweeper.sweep():  # what could not be sent may have made something due
                    break
            await keeper.show()
            over(number + 1)
        if order.hooks:
            mail.close()
    store.close()
    lead.release()


class WatchedSweeper(Sweeper):
    seen = 0  # rows that were due when it looked, whoever then did them

    async def _due(self, now: datetime, after: Due | None) -> list[Due]:
        rows = await super()._due(now, after)
        self.seen += len(rows)
        return rows


async def sweep_all(order: Order) -> dict[str, int]:
    """Sweep until nothing is due, beside others who do the same; how many rows were seen and done here."""
    store = Store(order.database)
    configuration = load_text(order.house, "livedesk.yaml")
    at = datetime.fromisoformat(order.at)
    sweeper = WatchedSweeper(store, WORKSPACE, lambda: configuration, ScaledClock(at, 0.0))
    done = 0
    while now := await sweeper.sweep():
        done += now
    store.close()
    return {"seen": sweeper.seen, "done": done}


# ── where bots come from ─────────────────────────────────────────────────────────────────────────────────────────


class Nursery:
    """Bots to order, until `close`."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.stories.mortal"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip

    def close(self) -> None:
        self._process.communicate(timeout=10)

    async def bear(self, *orders: Order) -> list[int]:
        """Let as many bots live at once; how each ended: 0, an exit code, or the signal that killed it, negative."""
        return await asyncio.to_thread(self._bear, orders)

    def _bear(self, orders: Sequence[Order]) -> list[int]:
        asked, answered = self._process.stdin, self._process.stdout
        assert asked is not None
        assert answered is not None
        asked.write(json.dumps([asdict(order) for order in orders]).encode() + b"\n")
        asked.flush()
        ends: list[int] = json.loads(answered.readline())
        return ends


def _be(order: Order) -> None:
    """What a process does with its life."""
    faulthandler.dump_traceback_later(LONGEST_LIFE, exit=True)
    progress = Path(order.progress)
    if not order.sweep_only:
        fate = Fate(order.die_at)

        def over(chapters: int) -> None:
            progress.write_text(json.dumps({"next": chapters, "steps": fate.steps}), "utf-8")

        asyncio.run(live(order, fate, over))
        return
    while not Path(order.bell).exists():
        time.sleep(0.002)
    progress.write_text(json.dumps(asyncio.run(sweep_all(order))), "utf-8")


def _end_of(order: Order) -> int:
    """The exit code of a life that nothing cuts short."""
    try:
        _be(order)
    except Exception:
        structlog.get_logger().exception("a bot could not live")
        return 1
    return 0


def _ends_of(orders: Sequence[Order]) -> list[int]:
    pids = []
    for order in orders:
        pid = os.fork()
        if pid == 0:
            code = 1
            with suppress(BaseException):
                code = _end_of(order)
            os._exit(code)
        pids.append(pid)
    for order in orders:
        if order.bell:
            Path(order.bell).touch()
    return [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # the answers on standard output are the nursery's alone
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    compile_once()
    for line in sys.stdin:
        orders = [Order(**given) for given in json.loads(line)]
        if orders[0].rehearsal:
            ends = [_end_of(orders[0])]
            faulthandler.cancel_dump_traceback_later()
            gc.collect()
            gc.freeze()
        else:
            ends = _ends_of(orders)
        answers.write(json.dumps(ends) + "\n")
        answers.flush()
    gc.unfreeze()  # else extension modules complain at the end of what they think was leaked


if __name__ == "__main__":
    main()
