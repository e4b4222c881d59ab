"""An evening with several shows at once: a steady stream of what viewers do, and complaints when they are asked for."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from analytics.reading import Said
from analytics.understand import Understanding
from benchmarks.rig import Rig
from benchmarks.workload import SPOKEN, Event, demo_events
from sandbox import roster as rosters
from sandbox.roster import Channel, Roster
from sandbox.settings import DEFAULT_ROSTER

PER_SECOND = 500
A_REQUEST = 10  # events: many small requests, as live sources send
SHOWS = ("aurora", "borealis", "cirrus")
MARKETS = tuple(f"m{number}" for number in range(1, 9))
CHANNELS = {market: f"C0MARKET0{number}" for number, market in enumerate(MARKETS, 1)}
PEOPLE = ("U0ANAWEBER", "U0BENKRUGR", "U0MAYATORR", "U0JONPARK1", "U0WEICHEN1", "U0LINZHAO1", "U0OLGAPETR")
SOURCES = tuple(f"source-{number}" for number in range(1, 6))
TICK = 10  # seconds of clock time

COMPLAINTS = {
    "payment": ("payment failed again", "my card was declined twice", "can't complete my payment, error every time"),
    "delivery": ("my parcel never arrived", "delivery is so late", "where is my package, three weeks now"),
    "stream_quality": ("no sound at all", "the stream keeps freezing", "so much lag, can't see anything"),
    "quality": ("it broke after two days", "the bottle arrived broken", "bad quality, it leaks"),
    "price": ("way too expensive", "this is overpriced", "the price is a rip off"),
    "authenticity": ("this is fake", "sold me a counterfeit", "it's a knock off, not original"),
}


def roster() -> Roster:
    """The demo's workspace with a channel for each market."""
    given = rosters.load(DEFAULT_ROSTER)
    like = next(iter(given.channels.values()))
    channels = {
        channel: replace(like, id=channel, name=f"live-{market}", topic="") for market, channel in CHANNELS.items()
    }
    return replace(given, channels={**given.channels, **channels})


def configuration() -> str:
    """A team, a channel and a person for each market; whatever is bad enough pages that person."""
    lines = ["people:"]
    for user in PEOPLE:
        lines.append(
            f"  {user.lower()}: {{name: {user.title()}, timezone: Europe/Berlin, contacts: {{slack: {user}}}}}"
        )
    lines.append("teams:")
    for market, channel in CHANNELS.items():
        lines.append(
            f'  {market}: {{timezone: Europe/Berlin, channels: ["slack:{channel}"], markets: [{market}], reopen_within: 0m}}'
        )
    lines.append("markets:")
    lines += [f"  {market}: {{timezone: Europe/Berlin, languages: [en, es, de, fr, th, id, vi]}}" for market in MARKETS]
    lines.append("policies:")
    for market, user in zip(MARKETS, itertools.cycle(PEOPLE), strict=False):
        lines.append(f"  {market}: {{steps: [{{notify: [{{person: {user.lower()}}}], wait: 60m}}]}}")
    lines.append("routing:")
    lines += [f"  - {{markets: [{market}], team: {market}, policy: {market}}}" for market in MARKETS]
    lines.append('admin_channel: "slack:C0ADMIN001"')
    lines.append("sources:")
    lines += [f"  {source}: {{per_second: 10000}}" for source in SOURCES]
    return "\n".join(lines) + "\n"


FAULTS = ("payment_failed", "stall")


@dataclass
class Load:
    """`accepted` is when the last event of a tick was accepted: (show, start of the tick) → monotonic seconds."""

    rig: Rig
    sent: int = 0
    accepted: dict[tuple[str, int], float] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)  # seconds from sending a request to its answer
    behind: float = 0.0  # seconds by which the stream is late at worst
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    async def stream(self, per_second: int = PER_SECOND) -> None:
        """Send the demo's mix, without its complaints, at a steady pace until cancelled."""
        chance = random.Random(7)
        ordinary = _ordinary()
        chance.shuffle(ordinary)
        events = itertools.cycle(ordinary)
        began, due = time.monotonic(), 0.0
        async with asyncio.TaskGroup() as group:
            for source in itertools.cycle(SOURCES):
                due += A_REQUEST / per_second
                late = time.monotonic() - began - due
                self.behind = max(self.behind, late)
                if late < 0:
                    await asyncio.sleep(-late)
                group.create_task(self._send(source, [self._like(next(events), chance) for _ in range(A_REQUEST)]))

    async def complain(self, show: str, market: str, category: str, count: int) -> None:
        """So many viewers complain at once."""
        texts = itertools.cycle(COMPLAINTS[category])
        fields = {"show": show, "market": market, "kind": "chat_comment"}
        events = [
            self._now({**fields, "viewer": f"angry-{next(self._numbers)}", "text": next(texts)}) for _ in range(count)
        ]
        await self._send(SOURCES[0], events)

    async def _send(self, source: str, events: Sequence[Event]) -> None:
        began = time.monotonic()
        arrived = await self.rig.post(source, events)
        self.took.append(arrived - began)
        self.sent += len(events)
        tick = self._tick
        for event in events:
            key = event["show"], tick(event)
            self.accepted[key] = max(self.accepted.get(key, 0.0), arrived)

    @staticmethod
    def _tick(event: Event) -> int:
        from datetime import datetime

        return int(datetime.fromisoformat(event["at"]).timestamp() // TICK) * TICK

    def _like(self, event: Event, chance: random.Random) -> Event:
        number = next(self._numbers)
        return self._now(
            {
                **event,
                "show": chance.choice(SHOWS),
                "market": chance.choice(MARKETS),
                "viewer": f"v{number % 20_000}",
            }
        )

    def _now(self, event: Event) -> dict[str, Any]:
        return {**event, "event_id": f"e{next(self._numbers)}", "at": self.rig.clock.now().isoformat()}


def _ordinary() -> list[Event]:
    """The demo's events without complaints and faults, so that incidents are the benchmark's own."""
    events = [event for _, event in demo_events() if event.get("show") and event["kind"] not in FAULTS]
    spoken = [event for event in events if event["kind"] in SPOKEN and event.get("text")]
    read = Understanding().read([Said(event["text"]) for event in spoken])
    complaining = {id(event) for event, reading in zip(spoken, read, strict=True) if reading.intent == "complaint"}
    return [event for event in events if id(event) not in complaining]


def check_complaints() -> None:
    """Stop where a text is not read as what it is meant to be: the benchmark would wait for an incident for ever."""
    understanding = Understanding()
    for category, texts in COMPLAINTS.items():
        for text, reading in zip(texts, understanding.read([Said(text) for text in texts]), strict=True):
            if reading.category != category:
                raise SystemExit(f"{text!r} is read as {reading.intent} {reading.category}, not as {category}")


__all__ = ["CHANNELS", "COMPLAINTS", "MARKETS", "SHOWS", "SOURCES", "Channel", "Load", "check_complaints",
           "configuration", "roster"]  # fmt: skip
