"""A small desk that answers what the Slack edge asks, and remembers what it was asked."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from desk.forms import Filled, Form, Refused, Values, Words
from desk.messages import Action, ChartRef, Facts, Fill, Message, Paragraph, Text
from handlers.answering import Asker
from tests.handlers.slack import rig

COMPLAINTS = Message(
    "answer",
    "38 payment complaints in the US since 20:12",
    parts=(Facts((("Market", (Text("US"),)), ("Comments", (Text("120"),)))),),
    chart=ChartRef("complaints", {}, "Complaints rise from 3 to 38 a minute"),
)
HELP = Message("answer", "Ask me about a show", parts=(Paragraph((Text("Try /live complaints"),)),))
REMARKS = Words("remarks", "Your remarks for emea", hint="What only you know.", optional=True)
FIELD = Form("remarks", "Hand-over", (REMARKS,), "Save", ref="remarks|handover:7|3")
HOME = Message("answer", "Nothing needs you right now", actions=(Action("resolve", "incident:7", 3, "Resolve"),))


class Desk:
    """`handlers.answering.Answering` with three answers. `broken`: raised instead of answering; `free`: unset, it holds
    what a button does back."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Asker]] = []
        self.acted: list[tuple[str, Asker]] = []
        self.broken: Exception | None = None
        self.answer = COMPLAINTS
        self.later: Message | None = None
        self.typed: Form | None = None
        self.sent: list[tuple[str, Values, Asker]] = []
        self.refused: Refused | None = None
        self.further: Form | None = None
        self.field: Form | Message = FIELD
        self.written: list[tuple[str, object]] = []
        self.free = asyncio.Event()
        self.free.set()

    async def ask(self, command: str, text: str, asker: Asker) -> Message:
        self.asked.append((command, text, asker))
        if self.broken:
            raise self.broken
        answer = HOME if text == "home" else HELP if text == "help" else self.answer
        return replace(answer, locale=asker.locale, zone=asker.zone)

    async def form(self, command: str, text: str, asker: Asker) -> Form | None:
        return self.typed if text == "form" else None

    def opens(self, encoded: str) -> bool:
        return encoded.startswith("remarks|")

    async def open(self, encoded: str, asker: Asker) -> Form | Message:
        self.acted.append((encoded, asker))
        if self.broken:
            raise self.broken
        return self.field

    async def submit(self, word: str, filled: Filled, asker: Asker) -> Message | Form | Refused | None:
        self.sent.append((word, filled.values, asker))
        if self.broken:
            raise self.broken
        if word == "remarks":
            self.written.append((filled.ref, filled.values["remarks"]))
            return self.refused
        if filled.ref:
            self.written.append((filled.ref, filled.values["instead_of"]))
        return self.refused or self.further or Message("answer", f"Done: {word}", locale=asker.locale)

    async def follow(self, command: str, text: str, asker: Asker) -> Message | None:
        return self.later

    async def act(self, encoded: str, asker: Asker) -> Message:
        self.acted.append((encoded, asker))
        await self.free.wait()
        if self.broken:
            raise self.broken
        return Message("answer", f"Done: {encoded}", locale=asker.locale)

    async def fill(self, message: Message, platform: str, *, with_chart: bool = True) -> Fill:
        return Fill(chart_png=rig.chart() if with_chart and message.chart else None)


class Remembered:
    """`Deliveries` in memory."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    async def first_time(self, event_id: str) -> bool:
        self.seen.append(event_id)
        return self.seen.count(event_id) == 1
