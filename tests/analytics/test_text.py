"""Cleaning, folding and cutting into tokens: what everything else that reads texts stands on."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings

from analytics.text import clean, clip, fold, is_alone, squeeze, tokens
from analytics.vocabulary import LANGUAGES
from tests.analytics.hostile import HOSTILE, TEXTS, ZALGO


@settings(deadline=None)
@given(TEXTS)
def test_it_cleans_once_and_for_all(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@settings(deadline=None)
@given(TEXTS)
def test_it_leaves_nothing_that_hides_or_turns_text_round(text: str) -> None:
    left = {unicodedata.category(sign) for sign in clean(text)}

    assert "Cc" not in left
    assert "Cs" not in left
    assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u200b\ufeff") & set(clean(text))


def test_it_takes_the_piled_marks_off_zalgo_and_leaves_vietnamese_alone() -> None:
    assert len(clean(ZALGO)) < 6
    assert clean(unicodedata.normalize("NFD", "ốm quá")) == unicodedata.normalize("NFD", "ốm quá")


def test_it_keeps_a_family_of_emoji_together() -> None:
    assert clean("👩‍👩‍👧‍👦 ❤️") == "👩‍👩‍👧‍👦 ❤️"


@given(TEXTS)
def test_it_never_cuts_longer_than_asked(text: str) -> None:
    assert len(clip(text, 50)) <= 50
    assert clip(text, 1000) == text


@pytest.mark.parametrize("lang", ["und", *LANGUAGES])
def test_it_folds_the_folded_to_itself(lang: str) -> None:
    scripts = ("ＮÃO Chegou ß İstanbul", "Größe ÜBER", "沒聲音", "أنا الكمية", "Ёлка", "ĐẸP quá", "फ़ोन", "소리ㅠㅠ")
    for text in (*scripts, *HOSTILE):
        once = fold(clean(text[:3000]), lang)
        assert fold(once, lang) == once


def test_it_reads_traditional_characters_as_simplified_ones_in_chinese_only() -> None:
    assert fold("沒聲音", "zh") == "没声音"
    assert fold("沒聲音", "ja") == "沒聲音"


def test_it_keeps_beautiful_apart_from_already_in_german() -> None:
    assert fold("schön", "de") != fold("schon", "de")


def test_it_shortens_what_is_drawn_out() -> None:
    assert squeeze("sooooo gooood") == "soo good"
    assert squeeze("2333333") == "2333"
    assert squeeze("100 000") == "100 000"


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("can't hear, fix it", "en", ["cant", "hear", ".", "fix", "it"]),
        ("j'entends l'écho", "fr", ["j", "entends", "l", "echo"]),
        ("echo ECHO Echo", "en", ["echo"]),
        ("很好很好", "zh", ["很", "好", "很", "好"]),
        ("소리 안들려", "ko", ["소", "리", "안", "들", "려"]),
        ("app 闪退", "zh", ["app", "闪", "退"]),
        ("आवाज नहीं", "hi", ["आवाज", "नहीं"]),
        ("harganya berapa", "id", ["harga", "berapa"]),
        ("الصوت ضعيف", "ar", ["صوت", "ضعيف"]),
        ("nice :buffering: 😡😡", "en", ["nice", ":buffering:", "😡"]),
        ("call [phone] now", "en", ["call", "[phone]", "now"]),
        ("ok :)))", "en", ["ok", ":)"]),
        ("really?!", "en", ["really", "?", "."]),
    ],
)
def test_it_cuts_text_into_tokens(text: str, lang: str, expected: list[str]) -> None:
    assert tokens(text, lang) == expected


@settings(deadline=None)
@given(TEXTS)
def test_it_cuts_anything_into_tokens_without_blanks(text: str) -> None:
    for lang in ("en", "fr", "zh", "ar", "id", "vi"):
        assert all(token and not token.isspace() for token in tokens(text, lang))


def test_it_knows_which_characters_stand_alone() -> None:
    assert all(map(is_alone, "声ก소かカㅋ"))
    assert not any(map(is_alone, "aдश1😡."))
