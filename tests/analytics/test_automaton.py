"""What is learned on the way changes nothing: against walking the phrases' states one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import analytics.automaton
from analytics.automaton import Hit, State, ends_clause
from analytics.phrases import PhraseError, Phrases
from analytics.text import BREAKS
from analytics.vocabulary import LANGUAGES, vocabulary

_TOKENS = ("a", "ab", "abc", "b", "c", "1", "12", "1a", "声", "x", "zz", ".", "?", "😡", ":)")
_WORD = st.sampled_from(("a", "b", "ab", "c", "1", "声", "?", "a*", "ab*", "1*", "#"))
_CHOICE = st.lists(st.lists(_WORD, max_size=2).map(" ".join), min_size=1, max_size=3)
_PART = st.one_of(
    _WORD, _WORD, _CHOICE.map(lambda some: f"({'|'.join(some)})"), st.sampled_from(("~", "$", "(b|$)", "(a|b ~ c)*"))
)
_PHRASE = st.tuples(st.sampled_from(("", "", "^")), st.lists(_PART, min_size=1, max_size=5)).map(
    lambda read: read[0] + " ".join(read[1])
)
_VOCABULARY = st.lists(st.tuples(st.sampled_from("pqr"), st.sampled_from((1.0, -2.0)), _PHRASE), max_size=12)
_TEXTS = st.lists(st.lists(st.sampled_from(_TOKENS), max_size=12), min_size=1, max_size=6)


def built(vocabulary: Sequence[tuple[str, float, str]]) -> Phrases:
    phrases = Phrases("en")
    for tag, weight, phrase in vocabulary:
        with suppress(PhraseError):
            phrases.add(tag, weight, [phrase])
    return phrases


def walked(phrases: Phrases, text: Sequence[str]) -> set[Hit]:
    """Every way through the states, one token after the other."""
    states = phrases.states
    found: set[Hit] = set()
    for start in range(len(text)):
        found.update(_ways(states.anywhere, text, start, ()))
        if start == 0 or ends_clause(text[start - 1]):
            found.update(_ways(states.at_start, text, start, ()))
    return found


def _ways(state: State, text: Sequence[str], at: int, named: tuple[int, ...]) -> Iterator[Hit]:
    for tag, weight in state.tags:
        yield Hit(tag, weight, named[0], named[-1] + 1, named)
    if at == len(text) or ends_clause(text[at]):
        for following in state.at_end:
            yield from _ways(following, text, at, named)
    for behind, length in state.gaps if named else ():  # a phrase does not begin with a gap
        for place in range(at, min(at + length + 1, len(text))):
            yield from _ways(behind, text, place, named)
            if text[place] in BREAKS:
                break
    if at < len(text):
        token = text[at]
        onward = [*state.exact.get(token, ()), *(state.number if token.isdecimal() else ())]
        for stem, begun in state.stems.items():
            onward += begun if token.startswith(stem) else ()
        for one in onward:
            yield from _ways(one, text, at + 1, (*named, at))


@pytest.mark.parametrize(("steps", "tokens"), [(32_768, 8_192), (3, 2)])
@settings(max_examples=200, deadline=None)
@given(vocabulary=_VOCABULARY, texts=_TEXTS)
def test_it_finds_what_walking_every_way_finds(
    vocabulary: list[tuple[str, float, str]], texts: list[list[str]], steps: int, tokens: int
) -> None:
    phrases = built(vocabulary)
    with (
        patch.object(analytics.automaton, "_KEPT_STEPS", steps),
        patch.object(analytics.automaton, "_KEPT_TOKENS", tokens),
    ):
        for text in [*texts, *texts]:
            found = phrases.find(text)

            assert set(found) == walked(phrases, text)
            assert len(set(found)) == len(found)
            assert [hit.start for hit in found] == sorted(hit.start for hit in found)


@settings(max_examples=60, deadline=None)
@given(vocabulary=_VOCABULARY, texts=_TEXTS)
def test_what_it_read_before_makes_no_difference_to_the_order(
    vocabulary: list[tuple[str, float, str]], texts: list[list[str]]
) -> None:
    knowing = built(vocabulary)
    for text in texts:
        knowing.find(text)

    assert [knowing.find(text) for text in texts] == [built(vocabulary).find(text) for text in texts]


@settings(max_examples=60, deadline=None)
@given(vocabulary=_VOCABULARY, late=_PHRASE, texts=_TEXTS)
def test_a_phrase_may_be_added_after_texts_were_read(
    vocabulary: list[tuple[str, float, str]], late: str, texts: list[list[str]]
) -> None:
    phrases = built(vocabulary)
    for text in texts:
        phrases.find(text)

    with suppress(PhraseError):
        phrases.add("late", 1.0, [late])

    for text in texts:
        assert set(phrases.find(text)) == walked(phrases, text)


@pytest.mark.parametrize("lang", [*LANGUAGES, "und"])
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_it_finds_all_phrases_of_the_packaged_vocabulary_in_any_mixture_of_its_words(
    lang: str, data: st.DataObject
) -> None:
    words = vocabulary(lang)
    known = sorted(words._known)
    text = data.draw(st.lists(st.sampled_from([*known, ".", "?", "7", "qwx"]), max_size=8))

    assert set(words.find(text)) == walked(words._automaton, text)


def test_threads_may_share_it() -> None:
    vocabulary = [("p", 1.0, f"a{number % 7} (b{number % 5}|c ~ d*)") for number in range(40)]
    texts = [[f"a{number % 9}", f"b{number % 6}", "c", f"x{number}", "dd"] * 2 for number in range(400)]
    expected = [built(vocabulary).find(text) for text in texts]

    with patch.object(analytics.automaton, "_KEPT_STEPS", 50):
        shared = built(vocabulary)
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(shared.find, texts * 3))

    assert found == expected * 3
