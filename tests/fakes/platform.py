"""A chat platform whose outcomes a test decides: for what no real platform does on demand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from desk.messages import Fill, Message
from handlers.platform import Absent, Delivered, Found, Outcome, Pacing, Search, Unclear


class ScriptedPlatform:
    """Keeps what arrived. `next_outcomes` are given in turn; afterwards everything is delivered."""

    name = "slack"

    def __init__(self, pacing: Pacing | None = None) -> None:
        self.pacing = pacing or Pacing(timedelta(0), 10_000)
        self.posted: list[tuple[str, str, str]] = []  # destination, headline, key
        self.edited: list[tuple[str, str]] = []  # address, headline
        self.there: dict[str, str] = {}  # key → address
        self.next_outcomes: list[Callable[[], Outcome]] = []
        self.searches: list[str] = []

    async def post(self, destination: str, thread: str | None, message: Message, fill: Fill, key: str) -> Outcome:
        del thread, fill
        scripted = self.next_outcomes.pop(0)() if self.next_outcomes else None
        if scripted is not None and not isinstance(scripted, Unclear):
            return scripted
        self.posted.append((destination, message.headline, key))
        self.there[key] = f"{destination}/{len(self.posted)}"
        return scripted or Delivered(self.there[key])

    async def edit(self, address: str, message: Message, fill: Fill, key: str) -> Outcome:
        del fill, key
        self.edited.append((address, message.headline))
        return Delivered(address)

    async def delete(self, address: str) -> Outcome:
        return Delivered(address)

    async def find(self, destination: str, thread: str | None, key: str, since: datetime) -> Search:
        del destination, thread, since
        self.searches.append(key)
        return Found(self.there[key]) if key in self.there else Absent()
