"""TextBlob's rule in one pass: against TextBlob."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st
from textblob.en import sentiment

from analytics.english import _lexicon, textblob_view, view

_KNOWN = sorted(word for word in _lexicon().words if word.isascii())
_WORD = st.one_of(
    st.sampled_from(("no", "not", "n't", "never", "really", "very", "extremely", "a", "is", "the", "good", "bad", "!")),
    st.sampled_from(_KNOWN),
    st.sampled_from(("x-d", "parcel", "up", "well-known")),
)


@settings(max_examples=400, deadline=None)
@given(words=st.lists(_WORD, max_size=10))
@example(words=["really", "n't", "a", "good", "!", "!"])
@example(words=["good", "x-d", "not", "x-d"])
def test_it_is_textblobs_view_to_the_last_digit(words: list[str]) -> None:
    expected = tuple(sentiment(words)[:2]) if set(words) & _lexicon().words.keys() else (0.0, 0.0)

    assert view(words) == expected


def test_it_takes_nt_for_a_word_of_its_own() -> None:
    assert textblob_view("it doesn't look good")[0] == sentiment(["it", "does", "n't", "look", "good"])[0]
    assert textblob_view("n't-n't good") == textblob_view("n't n't good")
