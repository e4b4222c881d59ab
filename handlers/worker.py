"""The analyst at work: takes batches off the bus, and closes ticks by the clock, for as long as it holds the lease."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from analytics.vocabulary.teams import TeamWords
from desk.analyse.flow import BATCH, CONSUMER, Analyst, Step
from desk.configuration.model import Configuration
from desk.configuration.words import words_of
from desk.moment import Moment
from handlers.clock.clocks import Clock, wall_now
from handlers.right_of_way import RightOfWay
from store import leases
from store.engine import Store, is_woken
from store.events import FencedOffError
from store.outbox import OUTBOX

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=15)
RENEW = 5.0  # seconds
LOOK_AGAIN = 0.5  # seconds: another process (an import) may have stored events, and cannot wake us
# A step costs as much for one event as for forty, so what arrives within a moment is analysed together. No alarm waits
# for it: a tick is closed when it can be.
GATHER = 0.1  # seconds
# What a step had to say is written, drawn and posted before the next step computes: the sender needs some 30 ms alone,
# and several times as long beside a busy thread. Minutes and hours can wait for longer, until the thread below the card
# has been written too.
HEAD_START = 0.05  # seconds
QUIET = 1.0  # seconds
YOUNG = 10_000  # new objects between two looks for garbage: half a millisecond each


class Worker:
    """`settle` is how long at least a tick waits after its end for events that are under way, in wall time."""

    def __init__(
        self,
        store: Store,
        workspace: int,
        analyst: Analyst,
        configuration: Callable[[], Configuration],
        clock: Clock,
        settle: timedelta,
        holder: str,
        right_of_way: RightOfWay | None = None,
    ) -> None:
        self._store = store
        self._workspace = workspace
        self._right_of_way = right_of_way or RightOfWay()
        self._last: Step | None = None
        self._analyst = analyst
        self._configuration = configuration
        self._clock = clock
        self._settle = settle
        self._holder = holder
        self._woken = asyncio.Event()
        # Understanding is pure computing; one thread of its own keeps it away from the event loop and the database.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="analyst")
        self._fence: int | None = None
        self._renewed = 0.0
        self._said_at = -QUIET
        self._thresholds: tuple[int, int, int] | None = None
        self._words: tuple[Configuration, Mapping[str, TeamWords]] | None = None

    def wake(self) -> None:
        """There is something to analyse. Call from the event loop."""
        self._woken.set()

    async def run(self) -> None:
        """Analyse until cancelled."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._warm_up)
        while True:
            self._woken.clear()
            try:
                step = await self.step()
            except FencedOffError:
                log.warning("another worker took over", consumer=CONSUMER)
                self._fence = None
                continue
            if step is None:
                await asyncio.sleep(LOOK_AGAIN)
            elif not step.more:
                await self._rest(step.next_close)

    async def step(self) -> Step | None:
        """One batch; None while another worker holds the lease."""
        if not await self._holds_lease():
            return None
        with self._right_of_way.taken() if self._closes_a_tick() else nullcontext():
            self._last = await self._step()
        return self._last

    async def _step(self) -> Step:
        configuration = self._configuration()
        languages = {key: market.languages for key, market in configuration.markets.items()}
        words = self._words_of(configuration)
        fetched_at = self._clock.now()
        since, batch = await self._store.reading(lambda c: self._analyst.fetch(c, self._workspace))
        loop = asyncio.get_running_loop()
        understood = await loop.run_in_executor(self._thread, self._analyst.understand, batch, languages, words)
        fence = self._fence or 0
        patience = self._analyst.patience(self._settle * self._clock.speed())

        def unit(connection: Connection) -> tuple[Step, bool]:
            moment = Moment(connection, self._workspace, configuration, self._clock.now(), wall_now())
            step = self._analyst.commit(moment, since, batch, understood, fence, patience, fetched_at)
            return step, is_woken(connection, OUTBOX)

        step, said = await self._store.writing(unit)
        if said:
            self._said_at = time.monotonic()
            await asyncio.sleep(HEAD_START)
        elif self._analyst.owes and not step.closed and not step.more and self._said_at + QUIET <= time.monotonic():
            # What follows from a closed tick goes out first.
            derived = await self._store.reading(lambda c: self._analyst.derive(c, self._workspace))
            await self._store.writing(lambda c: self._analyst.settle(c, self._workspace, fence, derived))
        return step

    def _closes_a_tick(self) -> bool:
        """Whether an alarm may come of the next step. Behind a backlog none is urgent, and intake need not wait."""
        last = self._last
        if last is None or last.next_close is None or last.taken == BATCH:
            return False
        return last.next_close <= self._clock.now()

    def _warm_up(self) -> None:
        configuration = self._configuration()
        languages = sorted({lang for market in configuration.markets.values() for lang in market.languages})
        self._analyst.warm_up(languages, self._words_of(configuration).values())
        # Modules and vocabularies are half a million objects that stay. To look through them for garbage would hold
        # the interpreter for a third of a second, every now and then, so the collector leaves them alone from now on.
        gc.collect()
        gc.freeze()
        # To look through the young ones, too, after every 700 takes a tenth of the time that a comment is read in, and
        # finds next to nothing.
        self._thresholds = gc.get_threshold()
        gc.set_threshold(YOUNG, *self._thresholds[1:])

    def _words_of(self, configuration: Configuration) -> Mapping[str, TeamWords]:
        """Made anew only when another configuration is loaded."""
        if self._words is None or self._words[0] is not configuration:
            self._words = (configuration, words_of(configuration))
        return self._words[1]

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)
        if self._thresholds is not None:
            gc.set_threshold(*self._thresholds)
        gc.unfreeze()  # else extension modules complain at the end of what they think was leaked

    async def _holds_lease(self) -> bool:
        now = time.monotonic()
        if self._fence is None or now - self._renewed >= RENEW:
            self._fence = await self._store.writing(lambda c: leases.take(c, CONSUMER, self._holder, wall_now(), LEASE))
            self._renewed = now
        return self._fence is not None

    async def _rest(self, next_close: datetime | None) -> None:
        """Until a tick can be closed, or something is there and had time to be joined by more."""
        close_in = self._wait_for(next_close)
        gathered = min(GATHER, close_in)
        await asyncio.sleep(gathered)
        if gathered < close_in and not self._woken.is_set():
            # Not asyncio.wait_for, which up to Python 3.11 loses a cancellation that comes in the moment of the waking.
            with suppress(TimeoutError):
                async with asyncio.timeout(close_in - gathered):
                    await self._woken.wait()

    def _wait_for(self, next_close: datetime | None) -> float:
        """Seconds until the next tick can be closed, or until the next look at the bus."""
        longest = GATHER if self._analyst.owes else LOOK_AGAIN
        if next_close is None:
            return longest
        until = (next_close - self._clock.now()).total_seconds() / max(self._clock.speed(), 1e-9)
        return min(longest, max(until, 0.0)) + 0.001
