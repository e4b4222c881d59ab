"""A change of words, tried on comments in a real database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from analytics.reading import Said
from analytics.understand import Understanding
from desk.configuration.words import words_of
from desk.vocabulary import flow
from desk.vocabulary.compare import Change, Comparison
from desk.vocabulary.flow import Span, compare
from handlers.configuration import load_text
from store import events, readings
from store.engine import Store
from tests.factories import NOON, WORKSPACE, new_event

LAST_WEEK = Span(NOON - timedelta(days=7), NOON)
OURS = words_of(load_text("markets: {us: {}, eu: {}}", "x"))
THEIRS = words_of(
    load_text(
        "vocabulary: {en: {praise: glow gang}}\n"
        "markets: {us: {vocabulary: {en: {complaint: {quality: {says: glowserum zonks}}}}}, eu: {}}",
        "x",
    )
)


@pytest.fixture(scope="module")
def understanding() -> Understanding:
    return Understanding()


def said(store: Store, understanding: Understanding, *comments: tuple[str, str | None], hours_ago: int = 1) -> None:
    """Store comments (text, market) and what was understood of each."""
    first = store.read(lambda c: events.after(c, WORKSPACE, 0, 10_000))
    at = NOON - timedelta(hours=hours_ago)
    new = [
        new_event(f"{len(first) + place}", text=text, market=market, at=at)
        for place, (text, market) in enumerate(comments)
    ]
    store.write(lambda c: events.append(c, WORKSPACE, new, NOON))
    stored = store.read(lambda c: events.after(c, WORKSPACE, 0, 10_000))[len(first) :]
    read = understanding.read([Said(one.text or "") for one in stored])
    rows: list[dict[str, Any]] = [
        {
            "day": one.day,
            "event": one.id,
            "model": reading.model,
            "workspace": WORKSPACE,
            "lang": reading.lang,
            "sentiment": reading.sentiment,
            "label": reading.label,
            "intent": reading.intent,
            "intent_confidence": reading.intent_confidence,
            "category": reading.category,
            "categories": [],
            "redacted": reading.redacted,
        }
        for one, reading in zip(stored, read, strict=True)
    ]
    store.write(lambda c: readings.keep(c, rows))


def changed(found: Comparison) -> dict[Change, list[tuple[str, tuple[str, ...]]]]:
    return {change: [(one.text, one.markets) for one in examples] for change, _, examples in found.changes(examples=9)}


def test_it_shows_what_a_change_does_in_the_market_it_is_for(store: Store, understanding: Understanding) -> None:
    said(store, understanding, ("my GlowSerum zonks", "us"), ("my GlowSerum zonks", "eu"), ("no sound", "us"))

    found = compare(store, WORKSPACE, LAST_WEEK, OURS, THEIRS)

    assert (found.comments, found.changed) == (3, 1)
    before = understanding.read([Said("my GlowSerum zonks")])[0].intent
    of_intent = {change: texts for change, texts in changed(found).items() if change.of == "intent"}
    assert of_intent == {Change("intent", before, "complaint: quality"): [("my GlowSerum zonks", ("us",))]}
    assert found.categories.rows() == [("none", 2, 1), ("stream_quality", 1, 1), ("quality", 0, 1)]


def test_it_reads_the_comments_of_the_span_and_market_alone(store: Store, understanding: Understanding) -> None:
    said(store, understanding, ("glow gang", "us"), ("glow gang", "eu"), ("glow gang", None))
    said(store, understanding, ("glow gang", "us"), hours_ago=24 * 8)

    everywhere = compare(store, WORKSPACE, LAST_WEEK, OURS, THEIRS)
    in_us = compare(store, WORKSPACE, Span(LAST_WEEK.start, LAST_WEEK.end, "us"), OURS, THEIRS)

    assert (everywhere.comments, in_us.comments) == (3, 1)


def test_it_goes_through_all_pages_and_says_how_far_it_is(
    store: Store, understanding: Understanding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "PAGE", 2)
    said(store, understanding, *((f"comment {number}", "us") for number in range(5)))
    told: list[tuple[int, int]] = []

    found = compare(store, WORKSPACE, LAST_WEEK, OURS, THEIRS, lambda done, total: told.append((done, total)))

    assert found.comments == 5
    assert told == [(2, 5), (4, 5), (5, 5)]


def test_it_shows_no_personal_words(store: Store, understanding: Understanding) -> None:
    said(store, understanding, ("GlowSerum zonks, call +49 151 23456789", "us"))

    ((_, _, (example,)),) = compare(store, WORKSPACE, LAST_WEEK, OURS, THEIRS).changes(examples=1)

    assert example.text == "GlowSerum zonks, call [phone]"


def test_it_counts_a_comment_once_that_two_models_have_read(store: Store, understanding: Understanding) -> None:
    said(store, understanding, ("glow gang", "us"))
    (first,) = store.read(lambda c: readings.page(c, WORKSPACE, LAST_WEEK.start, LAST_WEEK.end))
    row = {
        **{"day": first.day, "event": first.event, "model": "another", "workspace": WORKSPACE, "lang": "en"},
        **{"sentiment": 0.0, "label": "neutral", "intent": "other", "intent_confidence": 0.5, "category": None},
        **{"categories": [], "redacted": "glow gang"},
    }
    store.write(lambda c: readings.keep(c, [row]))

    assert compare(store, WORKSPACE, LAST_WEEK, OURS, THEIRS).comments == 1


def test_it_reads_as_the_analyst_will(store: Store, understanding: Understanding) -> None:
    """What is skipped because nothing of the change stands in it would have been read the same."""
    texts = [
        "glow gang",
        "my GlowSerum zonks",
        "no sound",
        "付款一直失败",
        "where is my parcel?",
        "I love it 😍",
        "666",
    ]
    said(store, understanding, *((text, "us") for text in texts))

    found = compare(store, WORKSPACE, LAST_WEEK, OURS, THEIRS)

    after = understanding.knowing(THEIRS["us"]).read([Said(text) for text in texts])
    assert found.intents.after == {
        intent: [one.intent for one in after].count(intent) for intent in {one.intent for one in after}
    }
