"""What one word says of its language, and the sums that are made of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.latin import LATIN, Lanes, evidence, grams, plain_word, words

WORDS = st.text("abcdefghijklmnopqrstuvwxyzáãçéêíñóöõşßüığđươạ'", min_size=1, max_size=40)


def nats(word: str) -> dict[str, float]:
    *lanes, other, _ = Lanes.unpacked(evidence(word))
    return {
        lang: (lane - Lanes.LIFT) / Lanes.PARTS for lang, lane in zip((*LATIN, "other"), (*lanes, other), strict=True)
    }


@given(st.lists(WORDS, max_size=200))
@settings(deadline=None)
def test_it_adds_up_in_one_number_what_each_word_says(said: list[str]) -> None:
    apart = [sum(lanes) for lanes in zip(*(Lanes.unpacked(evidence(word)) for word in said), strict=True)]

    assert list(Lanes.unpacked(sum(map(evidence, said)))) == (apart or [0] * (len(LATIN) + 2))


@given(WORDS)
@settings(deadline=None)
def test_it_finds_no_word_so_far_from_a_language_that_a_lane_runs_over(word: str) -> None:
    lanes = Lanes.unpacked(evidence(word))

    assert all(0 <= lane < 2**32 // 200 for lane in lanes)


def test_it_cuts_words_out_of_anything_around_them() -> None:
    assert words("Qué LINDO!!1 l'été ok多少钱 İzmir ＨＩ") == ["qué", "lindo", "l'été", "ok", "izmir", "ｈｉ"]


@pytest.mark.parametrize(
    ("word", "plain"), [("hermosoooooo", "hermosoo"), ("ＨＩ", "hi"), ("𝐡𝐨𝐥𝐚", "hola"), ("a" * 99, "aa")]
)
def test_it_weighs_a_word_in_ordinary_letters(word: str, plain: str) -> None:
    assert plain_word(word) == plain


def test_it_takes_the_longest_n_gram_that_ends_at_each_letter_and_the_whole_word() -> None:
    places = {b" a": 1, b"ab": 2, b" ab": 3, b"bc": 4, b"c ": 5, b" abcdefgh ": 6}

    assert grams("abc", places) == [1, 3, 4, 5]
    assert grams("abcdefgh", places) == [6, 1, 3, 4]


@pytest.mark.parametrize(
    "word", ["lol", "ok", "hahahaha", "jajaja", "wkwkwk", "kkkkk", "nike", "xxl", "muahaha", "lololol"]
)
def test_it_hears_nothing_in_words_of_every_chat(word: str) -> None:
    assert evidence(word) == 0


@pytest.mark.parametrize("word", ["kakak", "kaki", "haji", "jejak"])
def test_it_takes_no_real_word_for_laughter(word: str) -> None:
    assert evidence(word) != 0


@pytest.mark.parametrize(
    ("id_word", "ms_word"),
    [("bisa", "boleh"), ("kualitas", "kualiti"), ("mobil", "kereta"), ("gimana", "camne"), ("uang", "wang")],
)
def test_it_tells_the_sisters_apart_by_what_only_one_of_them_writes(id_word: str, ms_word: str) -> None:
    theirs, ours = nats(id_word), nats(ms_word)

    assert theirs["id"] > theirs["ms"]
    assert ours["ms"] > ours["id"]


@pytest.mark.parametrize(
    ("lang", "word"), [("tr", "calismiyor"), ("pt", "voces"), ("vi", "nhieu"), ("fr", "bientot"), ("hi", "chahiye")]
)
def test_it_knows_words_that_are_typed_without_their_accents(lang: str, word: str) -> None:
    said = nats(word)

    assert max(said, key=lambda one: said[one]) == lang


@pytest.mark.slow
def test_the_shipped_file_is_what_training_makes() -> None:
    pytest.importorskip("py3langid")
    from analytics.latin import _FILE
    from benchmarks.training.language import train

    found, below = train()

    with np.load(_FILE, allow_pickle=False) as file:
        shipped = file["grams"].item().split(b"\n")
        assert shipped == list(found), "make it anew: python -m benchmarks.training.language"
        # Another processor may round a logarithm otherwise: by one step, in a few places.
        assert np.abs(file["below"].astype(int) - below).max() <= 1
