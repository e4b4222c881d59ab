"""What the phrases of the vocabulary say of a text, as numbers for the models that weigh them.

The vocabulary knows little and is right about most of it; the n-grams know much and are less sure. So the models
(`analytics.trained`) are shown both: which kinds of phrases were found, what the rules would have answered, how the
lexicon feels, TextBlob's view of English, and the shape of the text.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt, tanh
from typing import get_args

from analytics.intent import Classified, classify
from analytics.reading import Category, Intent
from analytics.sentiment import lexicon_score, textblob_view, weighed
from analytics.vocabulary import LANGUAGES, Vocabulary

INTENTS: tuple[Intent, ...] = get_args(Intent)
CATEGORIES: tuple[Category, ...] = get_args(Category)
_TAGS = (
    "ask", "ask_first", "not_ask", "request", "greeting", "praise", "want", "order", "spam", "toxic", "calm", "fault",
    "elsewhere",
)  # fmt: skip
_PARTS = tuple(f"{part}:{category}" for part in ("says", "soft", "about") for category in CATEGORIES)
_SHAPE = (
    "lexicon", "pleased", "displeased", "symbols", "nothing_polar", "both", "textblob", "subjective", "asks",
    "exclaims", "length", "short", "digits", "link", "wordless", "shouts", "stretched",
)  # fmt: skip
# The same feelings again for each language: how far its part of the lexicon can be trusted is for the model to learn.
FEELINGS = 4
_BIAS = tuple(f"is:{lang}" for lang in (*LANGUAGES, "und"))
NAMES: tuple[str, ...] = (
    *_TAGS,
    *_PARTS,
    *(f"rules:{intent}" for intent in INTENTS),
    *(f"rules:{category}" for category in CATEGORIES),
    *_SHAPE,
    *_BIAS,
    *(f"{name}:{lang}" for lang in (*LANGUAGES, "und") for name in _SHAPE[:FEELINGS]),
)
_PLACE = {name: place for place, name in enumerate(NAMES)}
_FEELS_AT = _PLACE["lexicon"]
_SOFTENING = 6.0  # as in `analytics.sentiment`


@dataclass(frozen=True, slots=True)
class Signals:
    """`values` are as long as NAMES; `rules` is what the phrases alone would answer, `score` the lexicon's feeling."""

    values: list[float]
    rules: Classified
    score: float


def signals(text: str, lang: str, words: Vocabulary) -> Signals:
    """The signals of one redacted text, read with the vocabulary of its language."""
    spotted = words.spot(text)
    values = [0.0] * len(NAMES)
    for hit in spotted.hits:
        place = _PLACE.get(hit.tag)
        if place is not None:
            values[place] = 1.0
    polarity, subjectivity = textblob_view(text) if lang == "en" else (0.0, 0.0)
    score = lexicon_score(spotted, words, polarity)
    rules = classify(text, words, score)
    values[_PLACE[f"rules:{rules[0]}"]] = rules[1]
    for found in rules[2]:
        values[len(_TAGS) + len(_PARTS) + len(INTENTS) + CATEGORIES.index(found.name)] = found.confidence

    pleased = displeased = 0.0
    for _, weight in weighed(spotted):
        if weight > 0:
            pleased += weight
        else:
            displeased -= weight
    symbols = sum(words.symbols[token] for token in spotted.tokens if token in words.symbols)
    feelings = (score, _soft(pleased), _soft(displeased), tanh(symbols / 3))
    letters = sum(character.isalpha() for character in text)
    shape = (
        *feelings,
        float(not pleased and not displeased),
        float(bool(pleased and displeased)),
        polarity,
        subjectivity,
        float("?" in spotted.tokens),
        float("!" in text or "！" in text),
        min(len(spotted.tokens), 20) / 20,
        float(len(spotted.tokens) <= 2),
        float(any(character.isdigit() for character in text)),
        float("[link]" in text),
        float(not letters),
        float(letters > 4 and text.isupper()),
        float(spotted.stretched),
    )
    values[_FEELS_AT : _FEELS_AT + len(shape)] = shape
    known = lang if f"is:{lang}" in _PLACE else "und"
    values[_PLACE[f"is:{known}"]] = 1.0
    own = _PLACE[f"lexicon:{known}"]
    values[own : own + FEELINGS] = feelings
    return Signals(values, rules, score)


def _soft(weight: float) -> float:
    return weight / sqrt(weight * weight + _SOFTENING)
