"""The people of a headless run. Whoever is paged takes it, as somebody who is awake would; the others ask things."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp

from desk.messages import Action
from handlers.clock.clocks import Clock
from handlers.demo.replay import clock_reaches
from sandbox.control import Answer, Control, ControlError, Result

LOOK_EVERY = 0.1  # seconds of wall time between two looks for new pages
ANSWER_WITHIN = 20.0  # seconds of wall time
LATE_BY = 1.0  # seconds by which a tap comes late; Slack itself takes up to three


@dataclass(frozen=True, slots=True)
class Ask:
    """A command that `person` types in `channel` (its id) `at` so long after the start of the show."""

    at: timedelta
    person: str
    channel: str
    text: str
    wants_chart: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """`chart` is the file's name. `problem` is empty when everything wanted came; times are wall time."""

    text: str
    person: str
    at: datetime
    ack_ms: float | None
    answer_ms: float | None
    answer: str
    chart: str | None
    alt: str
    problem: str


@dataclass(frozen=True, slots=True)
class Tap:
    """A button that somebody pressed, and what they were told. `at` is clock time, `ms` wall time."""

    person: str
    verb: str
    incident: int
    at: datetime
    ack_ms: float | None
    ms: float | None
    told: str


@dataclass(frozen=True, slots=True)
class Button:
    """Where a button of one of our messages stands."""

    channel: str
    ts: str
    action_id: str
    verb: str
    incident: int


class People:
    """Acts as people, by their keys in the configuration; `users` are their ids in the workspace.

    Charts that are shown to them are kept in `pictures`, their names beginning with `stem`.
    """

    def __init__(
        self, control: Control, clock: Clock, users: Mapping[str, str], token: str, pictures: Path, stem: str
    ) -> None:
        self._control = control
        self._clock = clock
        self._users = users
        self._token = token
        self._pictures = pictures
        self._stem = stem
        self._kept = 0
        self.asked: list[Asked] = []
        self.taps: list[Tap] = []
        self.pages: dict[tuple[str, int], Button] = {}  # (person, incident) → a button of their page

    # ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def ask_all(self, asks: Sequence[Ask], start: datetime) -> None:
        """Ask each at its time; several may be under way at once."""
        async with asyncio.TaskGroup() as group:
            for ask in sorted(asks, key=lambda one: one.at):
                await clock_reaches(self._clock, start + ask.at)
                group.create_task(self.ask(ask))

    async def ask(self, ask: Ask) -> None:
        at, result, chart, alt = self._clock.now(), None, None, ""
        try:
            result = await self._control.command(
                self._users[ask.person],
                ask.channel,
                ask.text,
                until="chart" if ask.wants_chart else "answer",
                timeout=ANSWER_WITHIN,
            )
            problem = what_is_wrong(result, ask.wants_chart)
            if result.chart is not None:
                alt = alt_text(result.chart.blocks)
                chart = await self._keep(result.chart, ask.text)
        except (ControlError, aiohttp.ClientError, TimeoutError) as failed:
            problem = f"{'its chart was not there' if result else 'not asked'}: {type(failed).__name__} {failed}"
        answer = result.answer.text if result and result.answer else ""
        ack_ms, answer_ms = (result.ack_ms, result.answer_ms) if result else (None, None)
        self.asked.append(Asked(ask.text, ask.person, at, ack_ms, answer_ms, answer, chart, alt, problem))

    async def _keep(self, shown: Answer, text: str) -> str:
        self._kept += 1
        name = f"{self._stem}-{self._kept:02d}-{re.sub(r'[^a-z]+', '-', text.lower()).strip('-')}.png"
        await self.keep_picture(shown.files[0], name)
        return name

    async def keep_picture(self, file: Mapping[str, Any], name: str) -> None:
        """Download a picture of the workspace as `name`, beside the report."""
        headers = {"Authorization": f"Bearer {self._token}"}
        async with (
            aiohttp.ClientSession(trust_env=False) as session,
            session.get(str(file["url_private"]), headers=headers, raise_for_status=True) as answer,
        ):
            (self._pictures / name).write_bytes(await answer.read())

    # ── being paged ──────────────────────────────────────────────────────────────────────────────────────────────

    async def answer_pages(self) -> None:
        """Acknowledge every page that comes to anybody, until cancelled."""
        rooms = {await self._control.open_dm(user): person for person, user in self._users.items()}
        seen = 0
        while True:
            calls = await self._control.calls("chat.postMessage", after=seen)
            for call in calls:
                seen = max(seen, int(call["number"]))
                if call["outcome"] == "ok" and call["channel"] in rooms:
                    await self._take(rooms[call["channel"]], call["channel"], call["ts"])
            await asyncio.sleep(LOOK_EVERY)

    async def _take(self, person: str, room: str, ts: str) -> None:
        button = await self._button(room, ts, "acknowledge")
        if button is not None:
            self.pages[person, button.incident] = button
            await self._tap(person, button)

    async def _button(self, channel: str, ts: str, verb: str) -> Button | None:
        found = next((one for one in await self._control.messages(channel) if one["ts"] == ts), None)
        return next((one for one in buttons(found) if one.verb == verb), None) if found else None

    async def _tap(self, person: str, button: Button) -> None:
        at = self._clock.now()
        result = await self._control.click(
            self._users[person],
            button.channel,
            button.ts,
            button.action_id,
            until="followup",
            timeout=ANSWER_WITHIN,
        )
        told = result.reply
        self.taps.append(
            Tap(
                person, button.verb, button.incident, at, result.ack_ms, told.ms if told else None,
                told.text if told else (result.error or ""),
            )
        )  # fmt: skip

    async def resolve_twice(self, person: str) -> None:
        """Resolve what `person` has taken, with a tap that seemed to get lost and arrives after the second one.

        That is a late tap on something over: the phone showed a button that was no longer true.
        """
        for (owner, _), page in list(self.pages.items()):
            button = await self._button(page.channel, page.ts, "resolve") if owner == person else None
            if button is None:
                continue
            await self._control.fault("interactive", "deliver_late", seconds=LATE_BY)
            late = asyncio.create_task(self._tap(person, button))
            while await self._control.faults():  # noqa: ASYNC110 - until the first tap is under way
                await asyncio.sleep(0.01)
            await self._tap(person, button)
            await late


def what_is_wrong(result: Result, wants_chart: bool) -> str:
    """Why a command counts as not answered; '' when it was."""
    if result.error:
        return f"the person saw {result.error}"
    if not result.acked:
        return "it was not acknowledged"
    if result.answer is None or (result.timed_out and not wants_chart):
        return f"nothing was answered within {ANSWER_WITHIN:.0f} s"
    if wants_chart and result.chart is None:
        return "the answer has no chart"
    return ""


def buttons(message: Mapping[str, Any]) -> list[Button]:
    """The buttons of a message that act on an incident."""
    found = []
    for block in message.get("blocks") or []:
        for element in block.get("elements", []) if block["type"] == "actions" else []:
            try:
                verb, ref, _ = Action.decode(str(element.get("value")))
                incident = int(ref.removeprefix("incident:"))
            except ValueError:
                continue  # somebody else's button, such as Share to Channel
            found.append(Button(message["channel"], message["ts"], element["action_id"], verb, incident))
    return found


def alt_text(blocks: Sequence[Mapping[str, Any]]) -> str:
    """What is said of the first picture to those who cannot see it."""
    return next((str(block.get("alt_text") or "") for block in blocks if block["type"] == "image"), "")
