"""Likeness of texts: the same words are near, others far, in every script and in every process."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.similarity import gist, vectors
from tests.analytics.hostile import HOSTILE, TEXTS

PAIRS = [
    ("en", "can I layer it over retinol?", "layer this over my retinol??", "when do you ship to Texas?"),
    ("es", "¿sirve para piel morena?", "sirve en piel MORENA", "¿cuánto tarda en llegar?"),
    ("ar", "هل يناسب البشرة السمراء؟", "يناسب البشره السمراء", "متى يصل الشحن إلى دبي؟"),
    ("hi", "क्या यह तैलीय त्वचा के लिए है", "तैलीय त्वचा के लिए ठीक है", "डिलीवरी कब होगी"),
    ("th", "คนท้องใช้ได้ไหมคะ", "คนท้องใช้ได้มั้ย", "ส่งกี่วันถึงคะ"),
    ("zh", "敏感肌可以用吗", "敏感肌能用吗？", "今天什么时候发货"),
    ("ko", "민감성 피부도 써도 돼요?", "민감성 피부 써도 되나요", "배송 얼마나 걸려요?"),
    ("ru", "подходит для сухой кожи?", "для сухой кожи подойдет?", "когда отправите в Берлин"),
]


@pytest.mark.parametrize(("lang", "one", "same", "other"), PAIRS, ids=[pair[0] for pair in PAIRS])
def test_it_finds_the_same_question_nearer_than_another_in_every_script(
    lang: str, one: str, same: str, other: str
) -> None:
    first, alike, different = vectors([gist(text, lang) for text in (one, same, other)], rare=False)

    assert first @ alike > 0.4
    assert first @ different < 0.2


@given(st.lists(TEXTS, max_size=8))
@settings(deadline=None)
def test_it_gives_unit_vectors_and_zeros_for_what_has_no_words(texts: list[str]) -> None:
    gists = [gist(text) for text in texts]

    lengths = np.linalg.norm(vectors(gists), axis=1)

    assert lengths == pytest.approx([1.0 if words else 0.0 for words in gists], abs=1e-5)


@given(st.lists(TEXTS, min_size=1, max_size=6), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_it_gives_a_text_the_same_vector_beside_whichever_others(texts: list[str], chance: object) -> None:
    gists = [gist(text) for text in texts]

    beside_others = vectors(gists, rare=False)

    alone = np.concatenate([vectors([words], rare=False) for words in gists])
    assert np.allclose(beside_others, alone, atol=1e-6)


def test_it_counts_what_few_say_above_what_all_say() -> None:
    gists = ["please tell me the shade", "please tell me the price", *["please tell me now"] * 20]

    weighed, plain = vectors(gists), vectors(gists, rare=False)

    assert weighed[0] @ weighed[1] < plain[0] @ plain[1]


def test_it_gives_the_same_vectors_in_another_process() -> None:
    here = hashlib.sha256(vectors(["does it suit dark skin", "敏感肌能用吗"]).tobytes()).hexdigest()
    asked = (
        "import hashlib; from analytics.similarity import vectors;"
        "print(hashlib.sha256(vectors(['does it suit dark skin', '敏感肌能用吗']).tobytes()).hexdigest())"
    )

    there = subprocess.run(  # another hash seed than ours
        [sys.executable, "-X", "utf8", "-c", asked], capture_output=True, text=True, check=True
    ).stdout.strip()

    assert there == here


@pytest.mark.parametrize("lang", ["und", "th", "fr", "ar", "zh"])
def test_it_takes_any_text_and_reads_a_bounded_part(lang: str) -> None:
    for text in HOSTILE:
        assert len(gist(text, lang)) <= 800


def test_it_hears_one_text_whatever_its_punctuation_case_and_emoji() -> None:
    assert gist("PRICE, please?!  😍", "en") == gist("price please", "en") == "price please"
    assert gist("call me [phone] ok") == "call me ok"
