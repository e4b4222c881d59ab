"""The little language of phrases, and finding them: against a slow but obvious reading of the same phrase."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from unittest.mock import patch

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import analytics.automaton
from analytics.automaton import GAP_WORDS, ends_clause
from analytics.phrases import PhraseError, Phrases, split_list
from analytics.text import BREAKS, tokens


def spans(phrase: str, text: str, lang: str = "en") -> set[tuple[int, int]]:
    phrases = Phrases(lang)
    phrases.add("tag", 1.0, [phrase])
    return {(hit.start, hit.end) for hit in phrases.find(tokens(text, lang))}


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("no sound", "there is no sound here", True),
        ("no sound", "no. sound", False),
        ("(no|bad) (sound|audio)", "bad audio", True),
        ("(no|bad) (sound|audio)", "bad no", False),
        ("no (more |)lag", "no lag", True),
        ("no (more |)lag", "no more lag", True),
        ("lag*", "lagging", True),
        ("lag*", "flag", False),
        ("(crash|freez)* again", "freezing again", True),
        ("fix ~ audio", "fix your freaking audio", True),
        ("fix ~ audio", "fix audio", True),
        ("fix ~ audio", "fix one two three four five audio", False),
        ("fix ~ audio", "fix it, the audio", False),
        ("take #", "take 3", True),
        ("take #", "take it", False),
        ("^echo$", "echo!!!", True),
        ("^echo$", "echo 😡", True),
        ("^echo$", "the echo", False),
        ("^echo$", "wow, echo", True),
        ("hear (you|$)", "can't hear", True),
        ("hear (you|$)", "hear about it", False),
        ("((very |)bad|worst) shop", "very bad shop", True),
        ("+ #", "+1", True),
    ],
)
def test_it_finds_what_a_phrase_says(phrase: str, text: str, found: bool) -> None:
    assert bool(spans(phrase, text)) is found


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("没(有|)声音", "怎么没声音啊"),
        ("没(有|)声音", "没 有 声 音"),
        ("声音 ~ 小", "声音真的有点小"),
        ("소리 안", "소리안들려"),
        ("เสียง", "ไม่มีเสียง"),
    ],
)
def test_it_finds_phrases_of_scripts_without_spaces(phrase: str, text: str) -> None:
    assert spans(phrase, text, "zh" if "声" in phrase else "ko" if "소" in phrase else "th")


@pytest.mark.parametrize(
    "phrase", ["", "   ", "^", "(a|b", "a)", "a|b", "~ a", "a ~", "* a", "(|)", "a ^ b", "add(ed|ing)", "(a|)", "$"]
)
def test_it_says_which_phrase_cannot_be_read(phrase: str) -> None:
    with pytest.raises(PhraseError, match="the phrase"):
        Phrases("en").add("tag", 1.0, [phrase])


def test_it_names_the_words_that_matched_and_not_those_in_a_gap() -> None:
    phrases = Phrases("en")
    phrases.add("tag", 1.0, ["fix ~ audio"])

    (hit,) = phrases.find(tokens("please fix your freaking audio", "en"))

    assert (hit.start, hit.end, hit.named) == (1, 5, (1, 4))


def test_it_splits_a_list_at_commas() -> None:
    assert split_list(" a b,\n c , ,d") == ["a b", "c", "d"]


# ── the oracle: expand every alternative, then compare word by word ──────────────────────────────────────────────

_WORDS = ("a", "b", "ab", "c")
_Item = tuple[str, ...]
_SURE = st.lists(st.sampled_from((*_WORDS, "a*")), min_size=1, max_size=3).map(tuple)
_ITEM = st.lists(st.sampled_from((*_WORDS, "a*", "")), min_size=1, max_size=3).map(tuple)


@st.composite
def _phrases(draw: st.DrawFn) -> list[_Item]:
    """A phrase as alternatives a place; it neither begins nor ends with a gap or with something that may be empty."""
    items: list[_Item] = [draw(_SURE)]
    for item in draw(st.lists(_ITEM, max_size=2)):
        items += [("~",), item] if draw(st.booleans()) else [item]
    if len(items) > 1:
        items.append(draw(_SURE))
    return items


_TEXT = st.lists(st.sampled_from((*_WORDS, ".", "?", "😡", "x")), max_size=9)


def _wordings(items: Sequence[_Item]) -> Iterator[list[str]]:
    if not items:
        yield []
        return
    for choice in items[0]:
        for rest in _wordings(items[1:]):
            yield [*([choice] if choice else []), *rest]


def _ends(wording: list[str], text: Sequence[str], at: int) -> set[int]:
    if not wording:
        return {at}
    if wording[0] == "~":
        found: set[int] = set()
        for skipped in range(GAP_WORDS + 1):
            if at + skipped > len(text) or any(token in BREAKS for token in text[at : at + skipped]):
                break
            found |= _ends(wording[1:], text, at + skipped)
        return found
    if at == len(text):
        return set()
    word, token = wording[0], text[at]
    fits = token.startswith(word[:-1]) if word.endswith("*") else token == word
    return _ends(wording[1:], text, at + 1) if fits else set()


def _said_twice(one: _Item, other: _Item) -> bool:
    """Whether two places are one: "a a" and "a a*" are read as "a" and "a*", as texts are."""
    return one == other or (len(one) == len(other) == 1 and one[0].rstrip("*") == other[0].rstrip("*"))


@pytest.mark.parametrize("patience", [200, 0])
@settings(max_examples=300, deadline=None)
@given(items=_phrases(), text=_TEXT)
def test_it_finds_exactly_what_reading_word_by_word_finds(items: list[_Item], text: list[str], patience: int) -> None:
    assume(not any(_said_twice(one, other) for one, other in pairwise(items)))
    phrase = " ".join(f"({'|'.join(item)})" if len(item) > 1 or "" in item else item[0] for item in items)
    phrases = Phrases("en")
    phrases.add("tag", 1.0, [phrase])

    with patch.object(analytics.automaton, "_PATIENCE", patience):
        found = {(hit.start, hit.end) for hit in phrases.find(text)}

    expected = {
        (start, end)
        for start in range(len(text))
        for wording in _wordings(items)
        for end in _ends(wording, text, start)
        if end > start
    }
    assert found == expected


def test_it_takes_emoji_and_emoticons_for_the_end_of_a_clause() -> None:
    assert all(map(ends_clause, (".", "?", "😡", ":)", "[link]", ":buffering:")))
    assert not any(map(ends_clause, ("word", "声", "ๆ", "3", "+")))


def test_it_finds_in_bounded_time_whatever_the_phrase_allows() -> None:
    phrases = Phrases("en")
    phrases.add("tag", 1.0, ["start " + "(a|b|) " * 24 + "end"])

    began = time.perf_counter()
    phrases.find(["start", *("a", "b") * 30])

    assert time.perf_counter() - began < 1.0  # every way of reading it would take hours
