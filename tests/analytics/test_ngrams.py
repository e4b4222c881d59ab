"""Pieces of texts: the same whatever they are batched with, and the right ones."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.ngrams import LONGEST, SHORTEST, Grams, grams, normal, wide_grams

TEXTS = st.lists(st.text(max_size=60), min_size=1, max_size=8)


def pieces(found: Grams, number: int) -> set[int]:
    return set(found.hashes[found.starts[number] : found.starts[number + 1]].tolist())


def expected(text: str) -> int:
    """How many different pieces a text of Latin letters and single spaces has, counted by hand with strings."""
    padded = f" {text} "
    windows = {
        padded[start : start + length]
        for length in range(SHORTEST, LONGEST + 1)
        for start in range(len(padded) - length + 1)
        if " " not in padded[start + 1 : start + length - 1]
    }
    # A whole word with both its edges is a piece already, by itself.
    windows = {one for one in windows if not (one[0] == " " and one[-1] == " ")}
    words = text.split()
    return len(windows) + len(set(words)) + len(set(itertools.pairwise(words))) + 1


@given(TEXTS)
@settings(deadline=None)
def test_it_cuts_a_text_alike_whatever_it_is_batched_with(texts: list[str]) -> None:
    normals = [normal(text, "en") for text in texts]

    together = grams(normals)

    assert len(together.starts) == len(texts) + 1
    for number, one in enumerate(normals):
        assert pieces(together, number) == pieces(grams([one]), 0)


@given(TEXTS)
@settings(deadline=None)
def test_its_wide_pieces_are_the_near_ones_and_more_whatever_they_are_batched_with(texts: list[str]) -> None:
    normals = [normal(text, "en") for text in texts]

    near, wide = wide_grams(normals)

    for number, one in enumerate(normals):
        assert pieces(near, number) == pieces(grams([one]), 0) <= pieces(wide, number)
        assert pieces(wide, number) == pieces(wide_grams([one])[1], 0)


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("parcel arrived", "parcels arriving", 1),  # their beginnings side by side
        ("card was charged", "cards are charging", 1),  # with a word between
        ("no sound", "no picture", 0),
        ("没有声音", "没个声儿", 1),  # 没 and 声 with one character between
        ("ab", "a", 0),
    ],
)
def test_its_wide_pieces_outlast_endings_and_what_stands_between(one: str, other: str, shared: int) -> None:
    def far(text: str) -> set[int]:
        near, wide = wide_grams([normal(text, "en")])
        return pieces(wide, 0) - pieces(near, 0)

    assert len(far(one) & far(other)) == shared


@given(st.lists(st.text("abc", min_size=1, max_size=6), min_size=1, max_size=5).map(" ".join))
@settings(deadline=None)
def test_it_finds_every_character_n_gram_word_and_pair_once(text: str) -> None:
    plain = normal(text, "en").strip()  # "aaa" is shortened to "aa"

    assert grams([f" {plain} "]).counts.tolist() == [expected(plain)]


def test_it_gives_every_text_a_piece_and_a_bucket_within_range() -> None:
    found = grams([normal(text, "und") for text in ("", "   ", "\ud83d", "🔥", "นานมาก", "a" * 100_000)])

    assert min(found.counts) >= 1
    for bits in (4, 18):
        buckets = found.buckets(bits)
        assert buckets.min() >= 0
        assert buckets.max() < 1 << bits


def test_it_shares_pieces_between_a_word_and_its_misspelling() -> None:
    found = grams([normal(text, "en") for text in ("delivery", "delivary", "lipstick")])

    close = len(pieces(found, 0) & pieces(found, 1))
    far = len(pieces(found, 0) & pieces(found, 2))

    assert close > 3 * far
