"""What the demo's viewers say: enough of it, in enough languages, and all of it with a recorded translation."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from analytics.privacy import PatternRedactor
from sandbox import show
from sandbox.show.library import tails
from sandbox.translator import Translator, read_translations

BIG = frozenset({"en", "es", "de", "fr", "it", "th", "id", "vi"})  # the languages the three markets mostly write


@cache
def lines() -> tuple[show.Line, ...]:
    return tuple(line for several in show.read_library().lines.values() for line in several)


@cache
def spoken() -> tuple[str, ...]:
    """Every text of the show, as often as it is said."""
    payloads = [post.payload for post in show.events() if post.answer == "accepted"]
    return tuple(event["text"] for event in payloads if not isinstance(event, bytes) and "text" in event)


def test_it_has_enough_to_say_in_every_language() -> None:
    texts = Counter(line.lang for line in lines())

    assert all(texts[lang] >= 60 for lang in BIG)
    assert all(count >= 25 for lang, count in texts.items() if lang != "und")


def test_it_says_each_text_in_one_place_only() -> None:
    assert [text for text, times in Counter(line.text for line in lines()).items() if times > 1] == []


def test_it_repeats_itself_no_more_than_people_do() -> None:
    library = show.read_library()

    texts = Counter(text for text in spoken() if library.find(text).lang != "und")

    assert len(texts) >= 1_000
    assert max(texts.values()) <= 12


def test_it_finds_every_text_of_the_show_in_its_library() -> None:
    library = show.read_library()

    assert all(text.startswith(library.find(text).text) for text in spoken())


@pytest.mark.parametrize("target", ["en", "zh"])
def test_it_says_nothing_that_has_no_recorded_translation(target: str) -> None:
    """Every line with every tail it can be given, redacted as it is before it goes anywhere."""
    translator, redactor = Translator(read_translations()), PatternRedactor()

    for line in lines():
        for tail in ("", *tails(line.text, line.topic)):
            translated, lang = translator.translate(redactor.redact(line.text + tail), target)

            assert translated.endswith(tail)
            assert lang in (line.lang, "und")


def test_it_has_no_translation_of_what_is_never_said() -> None:
    assert set(read_translations()) - {line.redacted for line in lines()} == set()


def test_it_writes_down_what_redaction_leaves_of_every_line() -> None:
    redactor = PatternRedactor()

    written = {line.text: line.redacted for line in lines()}

    assert {text: redactor.redact(text) for text in written} == written
    assert sum(text != redacted for text, redacted in written.items()) >= 5
