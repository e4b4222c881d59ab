"""How glad a comment sounds: words, emoji, shorthand, negation, in every supported language."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from analytics.sentiment import SentimentReader, explain, label, textblob_polarity
from analytics.vocabulary import LANGUAGES
from tests.analytics.hostile import TEXTS

GLAD = {
    "en": "I love this, so soft!",
    "es": "me encanta, qué bonito",
    "pt": "amei, muito lindo",
    "fr": "j'adore, trop beau",
    "de": "wunderschön, ich liebe es",
    "it": "bellissimo, lo adoro",
    "ar": "رائع جدا احبه",
    "hi": "बहुत अच्छा है",
    "id": "bagus banget, suka",
    "th": "สวยมาก ชอบค่ะ",
    "vi": "đẹp quá, thích lắm",
    "ko": "너무 예뻐요 최고",
    "ja": "かわいい、最高",
    "ru": "очень красиво, супер",
    "tr": "çok güzel, bayıldım",
    "ms": "cantik sangat, terbaik",
    "zh": "太好看了，喜欢",
}
CROSS = {
    "en": "terrible, broke after a day",
    "es": "horrible, llegó roto",
    "pt": "péssimo, veio quebrado",
    "fr": "horrible, cassé à l'arrivée",
    "de": "furchtbar, kaputt angekommen",
    "it": "pessimo, arrivato rotto",
    "ar": "سيء جدا، مكسور",
    "hi": "बहुत घटिया, टूटा हुआ",
    "id": "jelek banget, kecewa",
    "th": "แย่มาก ผิดหวัง",
    "vi": "quá tệ, thất vọng",
    "ko": "최악이에요 실망",
    "ja": "最悪、壊れてた",
    "ru": "ужасно, сломано",
    "tr": "berbat, kırık geldi",
    "ms": "teruk sangat, rosak",
    "zh": "太差了，垃圾",
}


def score(text: str, lang: str = "en") -> float:
    return SentimentReader().score([text], [lang])[0]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_tells_glad_from_cross_in_every_language(lang: str) -> None:
    assert label(score(GLAD[lang], lang)) == "positive"
    assert label(score(CROSS[lang], lang)) == "negative"


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("not bad", "en", "positive"),
        ("can't wait", "en", "positive"),
        ("not good", "en", "negative"),
        ("mid", "en", "negative"),
        ("no está nada mal", "es", "positive"),
        ("nicht schlecht", "de", "positive"),
        ("不好看", "zh", "negative"),
        ("差不多", "zh", "neutral"),
        ("666", "zh", "positive"),
        ("绝了", "zh", "positive"),
        ("555", "zh", "negative"),
        ("나쁘지 않아요", "ko", "positive"),
        ("ㅠㅠ", "ko", "negative"),
        ("悪くない", "ja", "positive"),
        ("güzel değil", "tr", "negative"),
        ("accha nahi hai", "hi", "negative"),
        ("😍", "und", "positive"),
        ("😡😡", "und", "negative"),
        (":(", "und", "negative"),
        ("when do you ship to spain", "en", "neutral"),
        ("", "en", "neutral"),
    ],
)
def test_it_hears_negation_shorthand_and_emoji(text: str, lang: str, expected: str) -> None:
    assert label(score(text, lang)) == expected


def test_it_laughs_with_555_in_thai_and_cries_in_chinese() -> None:
    assert score("555555", "th") > 0 > score("555555", "zh")


def test_it_hears_drawn_out_words_louder() -> None:
    assert score("goooood", "es") == score("good", "es")
    assert abs(score("horriiiible", "es")) > abs(score("horrible", "es")) > 0


def test_it_asks_textblob_about_english_words_that_the_lexicon_does_not_have() -> None:
    word = "unrealistic"

    assert explain(word, "en") == []
    assert textblob_polarity(word) < 0
    assert score(word, "en") < 0
    assert score(word, "es") == 0.0


def test_it_explains_what_weighed() -> None:
    assert explain("not good, but I love it", "en") == [
        {"words": "good", "weight": -1.4},
        {"words": "love it", "weight": 3.0},
    ]


@settings(deadline=None)
@given(TEXTS)
def test_it_stays_between_minus_one_and_one(text: str) -> None:
    for lang in ("en", "zh", "und"):
        assert -1.0 <= score(text, lang) <= 1.0
