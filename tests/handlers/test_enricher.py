"""Words, translations and charts around a real store and a real translation server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from desk import messages
from desk.configuration.model import Configuration, Person, Term
from desk.messages import ChartRef, Message, Paragraph, PersonName, Quote, Words
from handlers.clock.clocks import wall_now
from handlers.composer import Composer
from handlers.drawing import Drawing
from handlers.enricher import Enricher
from handlers.translate.chain import TranslationChain
from handlers.translate.glossary import Glossary
from handlers.translate.libre import libre
from sandbox.translator import Translator, running
from store import events, outbox, readings, reports
from store.engine import Store
from store.reports import Wanted
from tests.factories import NOON, WORKSPACE, new_event

SPANISH = "no funciona el pago"
RECORDED = {SPANISH: {"lang": "es", "en": "the payment does not work", "zh": "付款用不了"}}
DAY = NOON.date()
PEOPLE = Configuration(people={"maya": Person("maya", "Maya Torres", contacts={"slack": "U0MAYATORR"})})


def heard(store: Store, text: str, lang: str, event_id: str = "a") -> int:
    """Store an event and what was understood of it; its id."""
    store.write(lambda c: events.append(c, WORKSPACE, [new_event(event_id, text=text)], NOON))
    number = store.read(lambda c: events.after(c, WORKSPACE, 0, 100))[-1].id
    row = {
        "day": DAY,
        "event": number,
        "model": "m",
        "workspace": WORKSPACE,
        "lang": lang,
        "sentiment": 0.0,
        "label": "neutral",
        "intent": "complaint",
        "intent_confidence": 1.0,
        "category": "payment",
        "categories": [],
        "redacted": text,
    }
    store.write(lambda c: readings.keep(c, [row]))
    return number


def send_text_only(store: Store, message: Message) -> int:
    """What the sender does with a first, text-only revision."""
    quotes = [(quote.day, quote.event) for quote in message.quotes()]
    said = store.write(
        lambda c: outbox.say(
            c, WORKSPACE, "slack", "C1", messages.dump(message), NOON, wall_now(), quotes=quotes, rich=False
        )
    )
    (one,) = store.write(lambda c: outbox.claim(c, WORKSPACE, "me", wall_now(), timedelta(seconds=60)))
    store.write(lambda c: outbox.sent(c, one, "C1/1", wall_now()))
    return said


@asynccontextmanager
async def enricher(
    store: Store, translator: Translator | None, glossary: Glossary | None = None
) -> AsyncIterator[Enricher]:
    terms = glossary or Glossary()
    chain = TranslationChain([libre(translator.url)] if translator else [], glossary=lambda: terms)
    yield Enricher(store, WORKSPACE, chain, lambda: NOON, lambda: terms)
    chain.close()


async def test_it_edits_a_message_once_its_translations_are_there(store: Store) -> None:
    quote = Quote(DAY, heard(store, SPANISH, "es"), "en")
    said = send_text_only(store, Message("incident", "Payment complaints", (quote,)))
    async with running(RECORDED) as translator, enricher(store, translator) as works:
        await works.enrich(said, already_rich=False)

    (edit,) = store.write(lambda c: outbox.claim(c, WORKSPACE, "me", wall_now(), timedelta(seconds=60)))
    filled = await Composer(store, lambda: PEOPLE, Drawing()).fill(messages.load(edit.body), "slack")
    words = filled.words[DAY, quote.event]
    assert (edit.revision, edit.rich) == (2, True)
    assert (words.original, words.translated, words.provider) == (
        SPANISH,
        "the payment does not work",
        "LibreTranslate",
    )


async def test_it_shows_the_original_with_a_mark_when_nothing_translates(store: Store) -> None:
    quote = Quote(DAY, heard(store, SPANISH, "es"), "en")
    said = send_text_only(store, Message("incident", "Payment complaints", (quote,)))
    async with enricher(store, None) as works:
        await works.enrich(said, already_rich=False)
        await works.enrich(said, already_rich=True)

    (edit,) = store.write(lambda c: outbox.claim(c, WORKSPACE, "me", wall_now(), timedelta(seconds=60)))
    filled = await Composer(store, lambda: PEOPLE, Drawing()).fill(messages.load(edit.body), "slack")
    assert filled.words[DAY, quote.event].mark == "not translated"
    assert edit.revision == 2  # and no third one: there was nothing to gain


async def test_it_asks_no_service_for_what_the_reader_can_read(store: Store) -> None:
    quote = Quote(DAY, heard(store, "the payment fails", "en"), "en")
    said = send_text_only(store, Message("incident", "Payment complaints", (quote,)))
    async with running(RECORDED) as translator, enricher(store, translator) as works:
        await works.enrich(said, already_rich=False)

        assert translator.requests == 0


async def test_it_asks_once_for_words_it_has_seen(store: Store) -> None:
    one, two = heard(store, SPANISH, "es", "a"), heard(store, SPANISH, "es", "b")
    said = send_text_only(store, Message("incident", "x", (Quote(DAY, one, "en"), Quote(DAY, two, "en"))))
    async with running(RECORDED) as translator, enricher(store, translator) as works:
        await works.enrich(said, already_rich=False)

        assert translator.requests == 1
    wanted = Wanted("es", "en", SPANISH)
    assert store.read(lambda c: reports.translated(c, [wanted]))[wanted][0] == "the payment does not work"


async def test_it_translates_anew_what_a_changed_glossary_touches_and_nothing_else(store: Store) -> None:
    chinese = "小棕瓶漏了"
    recorded = {**RECORDED, chinese: {"lang": "zh", "en": "the 小棕瓶 leaks"}}
    one, two = heard(store, SPANISH, "es", "a"), heard(store, chinese, "zh", "b")
    message = Message("incident", "x", (Quote(DAY, one, "en"), Quote(DAY, two, "en")))
    said = send_text_only(store, message)
    shown = []
    async with running(recorded) as translator:
        for english in ("Brown Bottle", "Little Brown Bottle"):
            glossary = Glossary({"小棕瓶": Term(translations={"en": english})})
            async with enricher(store, translator, glossary) as works:
                await works.enrich(said, already_rich=False)
            composer = Composer(store, lambda: PEOPLE, Drawing(), lambda glossary=glossary: glossary)  # type: ignore[misc]
            shown.append((await composer.fill(message, "slack")).words[DAY, two].translated)

    assert shown == ["the Brown Bottle leaks", "the Little Brown Bottle leaks"]
    assert translator.requests == 3  # the Spanish one once


async def test_it_needs_no_translation_of_signs_and_prices(store: Store) -> None:
    quote = Quote(DAY, heard(store, "😍😍 $12", "und"), "en")

    filled = await Composer(store, lambda: PEOPLE, Drawing()).fill(Message("notice", "x", (quote,)), "slack")

    assert filled.words[DAY, quote.event] == Words("😍😍 $12", "und")


async def test_it_says_in_the_readers_language_that_words_are_not_translated(store: Store) -> None:
    quote = Quote(DAY, heard(store, SPANISH, "es"), "zh")

    filled = await Composer(store, lambda: PEOPLE, Drawing()).fill(
        Message("notice", "x", (quote,), locale="zh_CN"), "slack"
    )

    assert filled.words[DAY, quote.event].mark == "未翻译"


async def test_it_takes_up_what_an_earlier_process_owed(store: Store) -> None:
    quote = Quote(DAY, heard(store, SPANISH, "es"), "en")
    said = send_text_only(store, Message("incident", "Payment complaints", (quote,)))

    assert store.read(lambda c: outbox.unenriched(c, WORKSPACE)) == [said]


async def test_it_fills_in_names_contacts_and_the_chart(store: Store) -> None:
    chart = ChartRef("no such chart", {}, "nobody")
    message = Message(
        "page", "Wake up", (Paragraph((PersonName("maya", notify=True),)),), mentions=("maya",), chart=chart
    )
    drawing = Drawing()
    try:
        filled = await Composer(store, lambda: PEOPLE, drawing).fill(message, "slack", rich=False)
        broken = await Composer(store, lambda: PEOPLE, drawing).fill(message, "slack", rich=True)
    finally:
        await drawing.close()

    assert (filled.names, filled.contacts) == ({"maya": "Maya Torres"}, {"maya": "U0MAYATORR"})
    assert filled.chart_png is None
    assert broken.chart_png is None  # a chart whose data cannot be drawn is left out; the message goes


@pytest.mark.parametrize("erased", [True, False])
async def test_it_leaves_out_the_words_of_an_erased_event(store: Store, erased: bool) -> None:
    number = heard(store, SPANISH, "es")
    quote = Quote(DAY, number + 1 if erased else number, "en")

    filled = await Composer(store, lambda: PEOPLE, Drawing()).fill(Message("notice", "x", (quote,)), "slack")

    assert bool(filled.words) is not erased
