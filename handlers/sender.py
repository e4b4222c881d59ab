"""The outbox's hands: takes what is due, paces it, hands it to its platform, and records what became of it.

Nothing is posted twice. A claim that ran out, a time-out or a lost answer leaves a message *unclear*, and an unclear
message is looked for on the platform before it is posted again.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from desk import messages
from desk.lateness import marked
from desk.messages import Fill, Message
from handlers.clock.clocks import wall_now
from handlers.platform import (
    Absent,
    Delivered,
    Found,
    GiveUp,
    Outcome,
    Pacing,
    Platform,
    TryLater,
    Unclear,
)
from store import outbox
from store.engine import Store
from store.outbox import Claimed

log = structlog.get_logger(__name__)

CLAIM = timedelta(seconds=60)  # longer than any call may take, with its own time-outs
SWEEP = 5.0  # seconds; a commit wakes the sender at once, this is only the safety net
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=1), timedelta(minutes=5)
MOST_AT_ONCE = 8
FINISHED_WITHIN = 5.0  # seconds, when the bot stops
SPARED = 0.25  # of a platform's minute, for pages and the first word of an incident

FillIn = Callable[[Message, str, bool], Awaitable[Fill]]


@dataclass
class _Pace:
    """When a platform's destinations may be written to again. Times are `time.monotonic()` seconds.

    Edits pace edits and posts pace posts, as platforms count them: a new card does not wait because an older one in its
    channel has just got newer numbers."""

    pacing: Pacing
    posts: dict[str, float] = field(default_factory=dict)
    edits: dict[str, float] = field(default_factory=dict)
    recent: deque[float] = field(default_factory=deque)
    paused_until: float = 0.0

    def free_at(self, now: float) -> float:
        """When anything at all may be written."""
        return max(now, self.paused_until, self._fewer(self.pacing.per_minute, now))

    def free_there_at(self, destination: str, is_edit: bool, is_urgent: bool, now: float) -> float:
        there = self.edits if is_edit else self.posts
        return max(self.free_at(now), there.get(destination, now) - (0 if is_edit or not is_urgent else self.ahead))

    @property
    def ahead(self) -> float:
        """Seconds by which an urgent post may go before its turn."""
        return self.pacing.burst * self.pacing.per_destination.total_seconds()

    def roomy_at(self, now: float) -> float:
        """When what can wait may be sent again: the last of a minute is kept for what cannot."""
        return max(now, self._fewer(int(self.pacing.per_minute * (1 - SPARED)) or 1, now))

    def _fewer(self, most: int, now: float) -> float:
        """When fewer than `most` were sent within a minute."""
        while self.recent and self.recent[0] <= now - 60:
            self.recent.popleft()
        return self.recent[len(self.recent) - most] + 60 if len(self.recent) >= most else now

    def used(self, destination: str, is_edit: bool, now: float) -> None:
        there = self.edits if is_edit else self.posts
        # From when its turn was: what went ahead of it is waited for later.
        there[destination] = max(there.get(destination, now), now) + self.pacing.per_destination.total_seconds()
        self.recent.append(now)
        for name in [name for name, at in there.items() if at <= now] if len(there) > 1000 else ():
            del there[name]


class Sender:
    """`fill_in(message, platform, rich)` gives the words and pictures; `on_sent` hears of what went out."""

    def __init__(
        self,
        store: Store,
        workspace: int,
        platforms: Mapping[str, Platform],
        fill_in: FillIn,
        *,
        holder: str,
        on_sent: Callable[[Claimed], None] = lambda _: None,
        on_failed: Callable[[Connection, Claimed, str], None] | None = None,
        on_trouble: Callable[[Connection, Claimed, GiveUp | TryLater | Unclear], None] | None = None,
    ) -> None:
        """`on_trouble` hears of everything that did not go out, whether or not it will be tried again. Both are called
        within the transaction that records it: a bot that is killed has told of it, or tries the message once more."""
        self._store = store
        self._workspace = workspace
        self._platforms = platforms
        self._fill_in = fill_in
        self._holder = holder
        self._on_sent = on_sent
        self._on_failed = on_failed
        self._on_trouble = on_trouble
        self._paces = {name: _Pace(platform.pacing) for name, platform in platforms.items()}
        self._woken = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._in_flight: set[tuple[str, str]] = set()
        self.is_resting = False

    def wake(self) -> None:
        """There may be something to send. Call from the event loop."""
        self._woken.set()

    async def run(self) -> None:
        """Send until cancelled, and then finish what is under way. What takes longer than that stays claimed, and is
        looked for by the next sender once the claim has run out: beside others it cannot know that nobody has it."""
        try:
            while True:
                self._woken.clear()
                taking = asyncio.create_task(self._take())
                try:
                    claimed, wait = await asyncio.shield(taking)
                except asyncio.CancelledError:
                    claimed, _ = await taking  # else what it takes would stay claimed, and nobody would have it
                    self._begin(claimed)
                    raise
                self._begin(claimed)
                if not claimed:
                    await self._rest(wait)
        finally:
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=FINISHED_WITHIN)

    def _begin(self, claimed: Iterable[Claimed]) -> None:
        for one in claimed:
            self._keep(asyncio.create_task(self._send(one)))

    def _keep(self, task: asyncio.Task[None]) -> None:
        """Until it is done: whoever stops the sender waits for it."""
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _rest(self, wait: float) -> None:
        # Not asyncio.wait_for, which up to Python 3.11 loses a cancellation that comes in the moment of the waking.
        self.is_resting = True
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._woken.wait()
        finally:
            self.is_resting = False

    async def drain(self) -> None:
        """Send until nothing is due and nothing is in flight (for tests and orderly ends)."""
        while True:
            claimed, wait = await self._take()
            if claimed:
                await asyncio.gather(*(self._send(one) for one in claimed))
            elif wait >= SWEEP and not self._tasks:
                return
            else:
                await asyncio.sleep(min(wait, 0.05))

    async def _take(self) -> tuple[list[Claimed], float]:
        """What may go now, and otherwise how many seconds until something may."""
        if len(self._tasks) >= MOST_AT_ONCE:
            return [], SWEEP
        now = time.monotonic()
        wait = SWEEP
        no_posts, no_edits = set(self._in_flight), set(self._in_flight)
        urgent_posts: set[tuple[str, str]] = set()
        for name, pace in self._paces.items():
            for there, waiting, ahead in ((pace.posts, no_posts, pace.ahead), (pace.edits, no_edits, 0.0)):
                for destination, free in there.items():
                    if free > now:
                        (waiting if free - ahead > now else urgent_posts).add((name, destination))
                        wait = min(wait, free - ahead - now if free - ahead > now else free - now)
        paused = [name for name, pace in self._paces.items() if pace.free_at(now) > now]
        if len(paused) == len(self._paces):
            return [], min(pace.free_at(now) - now for pace in self._paces.values())
        wall = wall_now()
        full = [name for name in self._paces if self._is_full(name)]
        scarce = []
        for name, pace in self._paces.items():
            if (roomy := pace.roomy_at(now)) > now:
                scarce.append(name)
                wait = min(wait, roomy - now)
        found = await self._store.writing(
            lambda c: outbox.claim(
                c,
                self._workspace,
                self._holder,
                wall,
                CLAIM,
                no_posts=no_posts,
                no_edits=no_edits,
                urgent_posts=urgent_posts,
                full=[*full, *paused],
                scarce=scarce,
                limit=MOST_AT_ONCE - len(self._tasks),
            ),
            soon=True,
        )
        taken: list[Claimed] = []
        back: list[tuple[Claimed, datetime]] = []
        for one in found:
            where = (one.platform, one.destination)
            its_pace = self._paces.get(one.platform)
            free_at = (
                its_pace.free_there_at(one.destination, one.address is not None, one.is_urgent, now)
                if its_pace
                else now
            )
            if its_pace and not one.is_urgent:
                free_at = max(free_at, its_pace.roomy_at(now))
            if where in self._in_flight or free_at > now or self._is_full(one.platform):
                # Two for one channel in one claim, or more than the minute has room for: back, to wait for their turn.
                back.append((one, wall_now() + timedelta(seconds=max(free_at - now, 0.05))))
                continue
            self._in_flight.add(where)
            if its_pace:
                its_pace.used(one.destination, one.address is not None, now)
            taken.append(one)
        if back:
            self._keep(asyncio.create_task(self._put_back(back)))
        if not taken and not found:
            # What was due and is not taken waits for its turn in its channel, or for what is under way, and not by the
            # clock: to ask for it again and again would keep the writer busy.
            next_at = await self._store.reading(lambda c: outbox.next_at(c, self._workspace, wall))
            if next_at is not None:
                wait = min(wait, max((next_at - wall_now()).total_seconds(), 0.01))
        return taken, max(wait, 0.001) if not found else 0.001

    def _is_full(self, platform: str) -> bool:
        pace = self._paces.get(platform)
        return pace is not None and sum(name == platform for name, _ in self._in_flight) >= pace.pacing.at_once

    async def _send(self, one: Claimed) -> None:
        try:
            outcome = await self._deliver(one)
            await self._record(one, outcome)
        except Exception:
            # Whatever went wrong with one message must not stop the others; it may have been posted, so look first.
            log.exception("sending failed", message=one.message, revision=one.revision, platform=one.platform)
            await self._record(one, Unclear("an unexpected error while sending"))
        finally:
            self._in_flight.discard((one.platform, one.destination))
            self._woken.set()

    async def _deliver(self, one: Claimed) -> Outcome:
        platform = self._platforms.get(one.platform)
        if platform is None:
            return GiveUp(f"there is no platform {one.platform!r} here: add it to LIVEDESK_PLATFORMS")
        address = one.address
        if address is None and one.unclear:
            found = await platform.find(one.destination, one.thread, one.key, one.begun_at)
            if isinstance(found, Found):
                address = found.address
                await self._store.writing(lambda c: outbox.looked(c, one, address))
                log.info("found what an earlier sender had posted", message=one.message, platform=one.platform)
            elif isinstance(found, Absent):
                await self._store.writing(lambda c: outbox.looked(c, one, None))
            else:
                return TryLater(f"cannot tell whether it was posted: {found.reason}", _backoff(one.attempts))
        if one.action == "delete":
            return await platform.delete(address) if address else Delivered("")
        message = messages.load(one.body)
        if one.untold_since is not None:
            message = marked(message, wall_now() - one.untold_since)
        fill = await self._fill_in(message, one.platform, one.rich)
        if address is None:
            return await platform.post(one.destination, one.thread, message, fill, one.key)
        return await platform.edit(address, message, fill, one.key)

    async def _record(self, one: Claimed, outcome: Outcome) -> None:
        wall = wall_now()
        patience = self._paces[one.platform].pacing.patience if one.platform in self._paces else None
        if isinstance(outcome, TryLater | Unclear) and patience is not None and wall - one.begun_at > patience:
            outcome = GiveUp(f"given up after {int(patience.total_seconds() // 60)} minutes: {outcome.reason}")
        if isinstance(outcome, Delivered):
            await self._store.writing(lambda c: outbox.sent(c, one, outcome.address, wall))
            self._on_sent(one)
            return
        if isinstance(outcome, GiveUp):
            await self._store.writing(lambda c: self._give_up(c, one, outcome, wall))
            log.error("message given up", message=one.message, platform=one.platform, reason=outcome.reason)
            return
        if isinstance(outcome, TryLater):
            after = outcome.after
            if outcome.whole_workspace:
                self._paces[one.platform].paused_until = time.monotonic() + after.total_seconds()
        else:
            after = _backoff(one.attempts)
        log.warning("message waits", message=one.message, platform=one.platform, reason=outcome.reason)
        await self._store.writing(lambda c: self._wait(c, one, outcome, wall + after))

    def _give_up(self, connection: Connection, one: Claimed, outcome: GiveUp, wall: datetime) -> None:
        outbox.failed(connection, one, outcome.reason, wall)
        if self._on_trouble is not None:
            _aside(connection, one, partial(self._on_trouble, connection, one, outcome))
        if self._on_failed is not None:
            _aside(connection, one, partial(self._on_failed, connection, one, outcome.reason))

    def _wait(self, connection: Connection, one: Claimed, outcome: TryLater | Unclear, not_before: datetime) -> None:
        outbox.later(connection, one, not_before, outcome.reason, unclear=isinstance(outcome, Unclear))
        if self._on_trouble is not None:
            _aside(connection, one, partial(self._on_trouble, connection, one, outcome))

    async def _put_back(self, some: Sequence[tuple[Claimed, datetime]]) -> None:
        """Beside what may go at once, which must not wait for it behind other writers."""

        def unit(connection: Connection) -> None:
            for one, not_before in some:
                outbox.put_back(connection, one, not_before)

        try:
            await self._store.writing(unit, soon=True)
        except Exception:
            log.exception("what must wait for its turn stays claimed until its claim runs out", messages=len(some))
        finally:
            self._woken.set()


def _aside(connection: Connection, one: Claimed, tell: Callable[[], None]) -> None:
    """What cannot be told must not keep the outcome from being recorded."""
    try:
        with connection.begin_nested():
            tell()
    except Exception:
        log.exception("what did not go out was not told", message=one.message, platform=one.platform)


def _backoff(attempts: int) -> timedelta:
    wait = FIRST_WAIT * (2 ** min(max(attempts, 0), 9))
    return wait if wait < LONGEST_WAIT else LONGEST_WAIT
