"""The show, posted to the bot as its sources would: over HTTP, with a key each, in the order in which it happened."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from handlers.clock.clocks import Clock
from sandbox.show import Batch, TimedPost

LINES = {"Content-Type": "application/x-ndjson"}
TRY_FOR = 60.0  # seconds, while the bot does not answer
TRY_AGAIN = 0.1
LOOK_AT_CLOCK = 0.25  # seconds


class IntakeError(Exception):
    """The bot did not take a batch; the message says what it answered."""


@dataclass(frozen=True, slots=True)
class Surprise:
    """An event that was answered otherwise than it should have been."""

    source: str
    event_id: str | None
    expected: str
    answered: str
    reason: str


@dataclass
class Tally:
    """What the bot answered. `taken` are the identities of which it said that it has them."""

    counts: Counter[str] = field(default_factory=Counter)
    late: int = 0
    taken: set[tuple[str, str]] = field(default_factory=set)
    surprises: list[Surprise] = field(default_factory=list)
    requests: int = 0
    again: int = 0  # requests sent once more, because no answer came
    slowest_ms: float = 0.0
    behind: timedelta = timedelta(0)  # clock time; how late the latest batch was answered

    def add(self, batch: Batch, answer: Mapping[str, Any], *, again: bool) -> None:
        """Note an answer. After a lost one, what was stored by the lost request comes back as duplicate."""
        results = answer["results"]
        if len(results) != len(batch.posts):
            raise IntakeError(f"{len(batch.posts)} events were sent and {len(results)} answered")
        for post, result in zip(batch.posts, results, strict=True):
            status = str(result["status"])
            if again and (post.answer, status) == ("accepted", "duplicate"):
                status = "accepted"
            self.counts[status] += 1
            self.late += bool(result.get("late"))
            if status in ("accepted", "duplicate"):
                self.taken.add((batch.source, str(result["event_id"])))
            if status != post.answer:
                self.surprises.append(_surprise(batch.source, post, result))


class Poster:
    """Posts batches; one at a time for each source, so that they arrive in order. Use it as `async with`."""

    def __init__(self, intake: str, tokens: Mapping[str, str], tally: Tally) -> None:
        self._url = f"{intake}/v1/feedback"
        self._tokens = tokens
        self.tally = tally

    async def __aenter__(self) -> Poster:
        self._session = aiohttp.ClientSession(trust_env=False, timeout=aiohttp.ClientTimeout(total=30))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def post(self, batch: Batch) -> None:
        """Send until it is answered. `IntakeError` when the bot refuses the request, or is gone for too long."""
        headers = LINES | {"Authorization": f"Bearer {self._tokens[batch.source]}"}
        body, again, deadline = batch.body, False, time.monotonic() + TRY_FOR
        while True:
            began = time.monotonic()
            self.tally.requests += 1
            try:
                async with self._session.post(self._url, data=body, headers=headers) as answer:
                    if answer.status == 200:
                        self.tally.add(batch, await answer.json(), again=again)
                        self.tally.slowest_ms = max(self.tally.slowest_ms, 1000 * (time.monotonic() - began))
                        return
                    problem = f"{answer.status}: {(await answer.text())[:200]}"
                    if answer.status not in (429, 503):
                        raise IntakeError(f"the bot refused a request of {batch.source} with {problem}")
                    wait = float(answer.headers.get("Retry-After", TRY_AGAIN))
            except (aiohttp.ClientError, TimeoutError) as lost:
                problem, wait = f"{type(lost).__name__}: {lost}", TRY_AGAIN
            if time.monotonic() > deadline:
                raise IntakeError(f"the bot took nothing from {batch.source} for {TRY_FOR:.0f} s ({problem})")
            again = True
            self.tally.again += 1
            await asyncio.sleep(wait)


async def replay(batches: Iterable[Batch], clock: Clock, start: datetime, poster: Poster) -> None:
    """Send each batch when the clock reaches `start` + its offset, and return when all are answered."""
    queues: dict[str, asyncio.Queue[Batch]] = {}
    senders: list[asyncio.Task[None]] = []

    async def send(queue: asyncio.Queue[Batch]) -> None:
        while True:
            batch = await queue.get()
            await poster.post(batch)
            poster.tally.behind = max(poster.tally.behind, clock.now() - (start + batch.offset))
            queue.task_done()

    async def lead(group: asyncio.TaskGroup) -> None:
        for batch in batches:
            await clock_reaches(clock, start + batch.offset)
            if batch.source not in queues:
                queues[batch.source] = asyncio.Queue()
                senders.append(group.create_task(send(queues[batch.source])))
            queues[batch.source].put_nowait(batch)
        for queue in queues.values():
            await queue.join()
        for sender in senders:
            sender.cancel()

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(lead(group))
    except ExceptionGroup as several:
        raise several.exceptions[0] from None  # the first that failed; the others were ended because of it


async def clock_reaches(clock: Clock, at: datetime) -> None:
    """Wait until the clock says `at`, also when it is set or its speed is changed meanwhile."""
    while (wait := (at - clock.now()).total_seconds()) > 0:  # noqa: ASYNC110 - a clock in a file tells nobody
        await asyncio.sleep(min(wait / clock.speed(), LOOK_AT_CLOCK))


def _surprise(source: str, post: TimedPost, result: Mapping[str, Any]) -> Surprise:
    reason = f"{result.get('field') or ''} {result.get('reason') or ''}".strip()
    return Surprise(source, result.get("event_id"), post.answer, str(result["status"]), reason)
