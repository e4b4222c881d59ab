"""The bot is killed outright while a part of the demo's show is played to it, and started again at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection

from handlers.demo.person import Button, buttons
from handlers.demo.replay import Poster, Tally, clock_reaches, replay
from handlers.demo.report import lost
from handlers.demo.stage import Stage, open_stage, until
from sandbox import show
from sandbox.control import Result
from sandbox.show import SOURCES, START, Batch
from store import audit, due, incidents, rollups, watching

SPEED = 15.0
SEED = 20260306
FIRST, LAST = timedelta(minutes=17, seconds=30), timedelta(minutes=25)  # payments fail from minute 21 on
AMERICAS, MAYA = "C0AMERICAS", "U0MAYATORR"
SECONDS = 90.0  # of patience with any one thing, on a machine that does other things besides
SETTLED = timedelta(minutes=1)  # after which every tick of the show has closed


@dataclass
class Evening:
    """`pids` are those of the bots that lived, one after the other."""

    stage: Stage
    tally: Tally = field(default_factory=Tally)
    pids: list[int | None] = field(default_factory=list)
    tapped: Result | None = None

    async def kill(self) -> None:
        self.pids.append(self.stage.bot.pid)
        await self.stage.bot.kill()
        await self.stage.start_bot()

    async def kill_at(self, offset: timedelta) -> None:
        await clock_reaches(self.stage.clock, START + offset)
        await self.kill()

    async def kill_while_it_posts(self) -> None:
        """The card and Maya's page have reached the workspace, and the bot has not heard of it."""
        control = self.stage.control
        room = await control.open_dm(MAYA)
        for channel in (AMERICAS, room):
            await control.fault("chat.postMessage", "delay_answer", seconds=SECONDS, channel=channel)
        for channel in (AMERICAS, room):
            await control.wait_for_message(channel, has("acknowledge"), timeout=SECONDS)
        await self.kill()

    async def acknowledge(self) -> None:
        control = self.stage.control
        room = await control.open_dm(MAYA)
        page = await control.wait_for_message(room, has("acknowledge"), timeout=SECONDS)
        button = button_of(page, "acknowledge")
        self.tapped = await control.click(MAYA, room, button.ts, button.action_id, until="followup", timeout=SECONDS)


def has(verb: str) -> Callable[[dict[str, Any]], bool]:
    return lambda message: any(one.verb == verb for one in buttons(message))


def button_of(message: dict[str, Any], verb: str) -> Button:
    return next(one for one in buttons(message) if one.verb == verb)


def part_of_the_show() -> list[Batch]:
    posts = [one for one in show.events() if FIRST <= one.offset < LAST and one.answer == "accepted"]
    return list(show.batches(posts, timedelta(seconds=0.05 * SPEED)))


async def play(stage: Stage) -> Evening:
    """The show and the kills: two at any moment, one with posts under way, one while cards are edited."""
    evening, chance, batches = Evening(stage), Random(SEED), part_of_the_show()
    tokens = {source: stage.keys.new_bearer(source, START) for source in SOURCES}
    early = sorted(timedelta(minutes=chance.uniform(18, 20)) for _ in range(2))
    late = timedelta(minutes=chance.uniform(23, 24))

    async def kills() -> None:
        for offset in early:
            await evening.kill_at(offset)
        await evening.kill_while_it_posts()
        await evening.acknowledge()
        await evening.kill_at(late)

    await stage.set_clock(START + FIRST - timedelta(seconds=SPEED), SPEED)
    async with Poster(stage.intake, tokens, evening.tally) as poster, asyncio.TaskGroup() as group:
        group.create_task(replay(batches, stage.clock, START, poster))
        group.create_task(kills())
    # While the clock runs there is always something new to say.
    await stage.set_clock(stage.clock.now() + SETTLED, 0)

    async def over() -> bool:
        return await is_over(stage) and await stage.until_quiet(SECONDS) and await is_over(stage)

    assert await until(over, 2 * SECONDS)
    return evening


async def is_over(stage: Stage) -> bool:
    """Every tick of the show is closed and nothing is due, so nothing more will be said."""

    def look(connection: Connection) -> bool:
        open_ones = [one for one in watching.all_shows(connection, stage.workspace) if one.seconds == rollups.TICK]
        closed = all(one.closed_until > one.newest for one in open_ones)
        return closed and not due.waiting(connection, stage.workspace, stage.clock.now())

    return await stage.store.reading(look)


def span() -> tuple[datetime, datetime]:
    return START, START + timedelta(days=1)


@pytest.mark.slow
async def test_it_loses_nothing_and_says_nothing_twice_however_often_it_is_killed(tmp_path: Path) -> None:
    sent = {(batch.source, str(post.payload["event_id"])) for batch in part_of_the_show() for post in batch.posts
            if not isinstance(post.payload, bytes)}  # fmt: skip

    async with open_stage(tmp_path / "demo", START + FIRST, SPEED) as stage:
        evening = await play(stage)
        store, workspace, control = stage.store, stage.workspace, stage.control
        fates = await store.reading(lambda c: audit.fates(c, workspace))
        rows = await store.reading(lambda c: audit.stored_events(c, workspace))
        counted = await store.reading(lambda c: audit.counted_events(c, workspace))
        rolled_up = await store.reading(lambda c: audit.rolled_up(c, workspace, rollups.TICK))
        said = await store.reading(lambda c: audit.said(c, workspace))
        opened = await store.reading(lambda c: incidents.between(c, workspace, *span()))
        pages = await store.reading(lambda c: incidents.pages_between(c, workspace, *span()))
        posted = [one for one in await control.calls("chat.postMessage") if one["outcome"] == "ok"]
        doubled = await control.doubled()

    assert len(set(evening.pids)) == 4

    # Taken in: each event once, understood, and counted.
    assert evening.tally.taken == sent
    assert evening.tally.surprises == []
    assert lost(sent, fates) == []
    assert rows == len(fates) == len(sent)
    assert rolled_up == counted

    # Said: once each, and nothing of it missing.
    assert doubled == []
    assert {one.state for one in said} == {"sent"}
    assert len(posted) == len(said)

    # Done: one incident, Maya woken for it once, and her tap held.
    assert evening.tapped is not None
    assert evening.tapped.error is None
    assert "It is yours" in evening.tapped.text
    [incident] = opened
    assert incident.category in ("payment", "payment_failures")  # whichever was seen first
    assert (incident.state, incident.acknowledged_by) == ("acknowledged", "maya")
    assert [one.state for one in pages if one.person == "maya"] == ["acknowledged"]
