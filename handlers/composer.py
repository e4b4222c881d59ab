"""What a message needs at the moment of sending: viewers' words, their translations, names, and the drawn chart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

import structlog
from sqlalchemy import Connection

from desk.configuration.model import Configuration
from desk.messages import Fill, Message, Paragraph, PersonName, Quote, Sealed, Words
from handlers.drawing import Drawing, DrawingFailed
from handlers.phrases import phrases
from handlers.translate.codes import same_language
from handlers.translate.glossary import Glossary
from handlers.translate.protect import has_words
from store import readings, reports
from store.engine import Store
from store.reports import Wanted

log = structlog.get_logger(__name__)

_Said = dict[tuple[date, int], tuple[str, str]]  # (text, language)
_Known = dict[Wanted, tuple[str, str]]  # (translation, by whom)


class Composer:
    """Fills messages in from the store, with what is known now: it never waits for a translation service."""

    def __init__(
        self,
        store: Store,
        configuration: Callable[[], Configuration],
        drawing: Drawing,
        glossary: Callable[[], Glossary] = Glossary,
        unseal: Callable[[str], str] = lambda _: "•••",
    ) -> None:
        """`glossary` is the one that translations are made with, so that what was made with another is not shown;
        `unseal` opens what stands sealed in a message."""
        self._store = store
        self._glossary = glossary
        self._configuration = configuration
        self._drawing = drawing
        self._unseal = unseal

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
            opened={token: self._unseal(token) for token in _sealed_in(message)},
        )

    async def _words(self, message: Message, rich: bool) -> dict[tuple[date, int], Words]:
        quotes = message.quotes()
        say, glossary = phrases(message.locale), self._glossary()

        def look(connection: Connection) -> tuple[_Said, dict[Quote, Wanted], _Known]:
            said = readings.words(connection, [(one.day, one.event) for one in quotes])
            wanted = wanted_translations(quotes, said, glossary)
            return said, wanted, reports.translated(connection, wanted.values()) if wanted else {}

        # In one go: every way to a thread and back waits for its turn, and an alert waits with it.
        said, wanted, known = await self._store.reading(look)
        words = {}
        for quote in quotes:
            if (quote.day, quote.event) not in said:
                continue
            text, lang = said[quote.day, quote.event]
            asked = wanted.get(quote)
            if asked is None:
                words[quote.day, quote.event] = Words(text, lang)
            elif asked in known:
                words[quote.day, quote.event] = Words(text, lang, *known[asked])
            else:
                mark = say.not_translated if rich else say.translating
                words[quote.day, quote.event] = Words(text, lang, mark=mark)
        return words

    async def _chart(self, message: Message) -> bytes | None:
        if message.chart is None:
            return None
        try:
            return await self._drawing.png(message.chart.name, message.chart.data)
        except DrawingFailed as failed:
            log.warning("chart left out", chart=message.chart.name, reason=str(failed))
            return None


def wanted_translations(
    quotes: Iterable[Quote], said: Mapping[tuple[date, int], tuple[str, str]], glossary: Glossary
) -> dict[Quote, Wanted]:
    """What is to be translated of some quotes. `said` is (redacted text, language) by (day, event)."""
    wanted = {}
    for quote in quotes:
        known, target = said.get((quote.day, quote.event)), quote.language
        if known and target and needs_translation(known[1], target, known[0]):
            wanted[quote] = Wanted(known[1], target, known[0], glossary.version(known[0], target))
    return wanted


def needs_translation(lang: str, wanted: str | None, text: str) -> bool:
    """Whether a reader of `wanted` needs a translation: not of their own language, nor of signs and prices alone."""
    return bool(wanted) and not same_language(lang, wanted or "") and has_words(text)


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


def _sealed_in(message: Message) -> list[str]:
    spans = [span for part in message.parts if isinstance(part, Paragraph) for span in part.spans]
    return [span.token for span in spans if isinstance(span, Sealed)]
