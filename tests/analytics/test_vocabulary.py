"""The vocabularies themselves: every file can be read, says something of everything, and a team may extend one."""

from __future__ import annotations

import threading

import pytest

from analytics.vocabulary import (
    CATEGORIES,
    LANGUAGES,
    PARTS,
    Vocabulary,
    VocabularyError,
    extended,
    read_file,
    vocabulary,
)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_has_words_for_every_intent_and_category(lang: str) -> None:
    content = read_file(lang)

    assert {"ask", "greeting", "praise", "want", "order", "spam", "toxic", "calm", "fault", "polarity"} <= set(content)
    assert set(content["complaint"]) == CATEGORIES
    for category, parts in content["complaint"].items():
        assert "says" in parts, category
        assert set(parts) <= PARTS
    assert {"3", "2", "-1", "-2", "-3"} <= set(content["polarity"])


@pytest.mark.parametrize("lang", [*LANGUAGES, "und", "nl"])
def test_it_compiles_every_phrase(lang: str) -> None:
    assert vocabulary(lang).spot("666").tokens == ("666",)


def test_it_reads_an_unknown_language_with_the_words_of_every_chat() -> None:
    assert {hit.tag for hit in vocabulary("nl").spot("no sound").hits} >= {"says:stream_quality"}


def test_it_makes_each_vocabulary_once() -> None:
    found: list[Vocabulary] = []
    threads = [threading.Thread(target=lambda: found.append(vocabulary("tr"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({id(one) for one in found}) == 1


def test_it_takes_a_teams_own_words_on_top() -> None:
    extra = {"complaint": {"quality": {"says": "glowserum (leaks|separates)"}}, "polarity": {"3": "slaps"}}

    words = extended("en", extra)

    assert {hit.tag for hit in words.spot("my GlowSerum leaks").hits} >= {"says:quality"}
    assert not any(hit.tag == "says:quality" for hit in vocabulary("en").spot("my GlowSerum separates").hits)


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ({"complaints": {}}, "unknown key 'complaints'"),
        ({"complaint": {"taste": {"says": "bland"}}}, "categories are"),
        ({"complaint": {"quality": {"shouts": "bland"}}}, "says, soft and about"),
        ({"ask": ["a", "b"]}, "comma-separated"),
        ({"ask": "how (much"}, "never closed"),
        ("ask", "expected keys"),
    ],
)
def test_it_says_what_is_wrong_with_an_extension(extra: object, said: str) -> None:
    with pytest.raises(VocabularyError, match=r"vocabulary en \(extension\)") as failed:
        extended("en", extra)  # type: ignore[arg-type]

    assert said in str(failed.value)


def test_it_finds_vietnamese_typed_without_tones() -> None:
    tags = {hit.tag for hit in vocabulary("vi").spot("khong co tieng shop oi").hits}

    assert "says:stream_quality" in tags


@pytest.mark.parametrize("text", ["audioooooo", "SOUUUUND", "echooo"])
def test_it_understands_drawn_out_words(text: str) -> None:
    spotted = vocabulary("en").spot(text)

    assert spotted.stretched
    assert any(hit.tag == "says:stream_quality" for hit in spotted.hits)


@pytest.mark.parametrize(
    ("lang", "text"), [("de", "sooo schön"), ("de", "schööön"), ("fr", "œuvre sooo belle"), ("en", "sooo nice")]
)
def test_it_hears_drawn_out_words_wherever_folding_lengthens(lang: str, text: str) -> None:
    assert vocabulary(lang).spot(text).stretched
