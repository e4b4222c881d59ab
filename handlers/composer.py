"""What a message needs at the moment of sending: viewers' words, their translations, names, and the drawn chart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import structlog
from sqlalchemy import Connection

from desk.configuration.model import Configuration
from desk.messages import Fill, Message, PersonName, Words
from handlers.drawing import Drawing, DrawingFailed
from store import readings, reports
from store.engine import Store

log = structlog.get_logger(__name__)

_Said = dict[tuple[date, int], tuple[str, str]]  # (text, language)
_Translated = dict[tuple[str, str, str], tuple[str, str]]  # (from, into, text) → (translation, by whom)


class Composer:
    """Fills messages in from the store, with what is known now: it never waits for a translation service."""

    def __init__(self, store: Store, configuration: Callable[[], Configuration], drawing: Drawing) -> None:
        self._store = store
        self._configuration = configuration
        self._drawing = drawing

    async def fill(self, message: Message, platform: str, rich: bool = True) -> Fill:
        """`rich` False leaves the chart out and says that translations follow."""
        configuration = self._configuration()
        named = people_in(message)
        return Fill(
            words=await self._words(message, rich) if message.quotes() else {},
            names={key: person.name for key, person in configuration.people.items() if key in named},
            contacts={
                key: person.contacts[platform]
                for key, person in configuration.people.items()
                if key in named and platform in person.contacts
            },
            chart_png=await self._chart(message) if rich else None,
        )

    async def _words(self, message: Message, rich: bool) -> dict[tuple[date, int], Words]:
        quotes = message.quotes()

        def look(connection: Connection) -> tuple[_Said, _Translated]:
            said = readings.words(connection, [(one.day, one.event) for one in quotes])
            wanted = []
            for quote in quotes:
                if (known := said.get((quote.day, quote.event))) and needs_translation(known[1], quote.language):
                    wanted.append((known[1], quote.language or "", known[0]))
            return said, reports.translated(connection, wanted) if wanted else {}

        # In one go: every way to a thread and back waits for its turn, and an alert waits with it.
        said, translated = await self._store.reading(look)
        words = {}
        for quote in quotes:
            if (quote.day, quote.event) not in said:
                continue
            text, lang = said[quote.day, quote.event]
            found = translated.get((lang, quote.language or "", text))
            if found:
                words[quote.day, quote.event] = Words(text, lang, found[0], found[1])
            elif needs_translation(lang, quote.language):
                words[quote.day, quote.event] = Words(text, lang, mark="not translated" if rich else "translating")
            else:
                words[quote.day, quote.event] = Words(text, lang)
        return words

    async def _chart(self, message: Message) -> bytes | None:
        if message.chart is None:
            return None
        try:
            return await self._drawing.png(message.chart.name, message.chart.data)
        except DrawingFailed as failed:
            log.warning("chart left out", chart=message.chart.name, reason=str(failed))
            return None


def needs_translation(lang: str, wanted: str | None) -> bool:
    return bool(wanted) and lang.split("-")[0] != (wanted or "").split("-")[0]


def people_in(message: Message) -> set[str]:
    """Everybody whom a message names or pings."""
    people = set(message.mentions)

    def look(value: object) -> None:
        if isinstance(value, PersonName):
            people.add(value.person)
        elif isinstance(value, tuple):
            for one in value:
                look(one)

    for part in message.parts:
        for name in ("spans", "pairs", "items"):
            look(getattr(part, name, ()))
    look(message.footer)
    return people
