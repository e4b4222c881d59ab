"""What the phrases of the vocabulary say of a text, as numbers for the models that weigh them.

The vocabulary knows little and is right about most of it; the n-grams know much and are less sure. So the models
(`analytics.trained`) are shown both: which kinds of phrases were found, what the rules would have answered, how the
lexicon feels, TextBlob's view of English, and the shape of the text.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass
from math import sqrt, tanh
from typing import get_args

from analytics.english import textblob_view
from analytics.intent import Classified, classify
from analytics.reading import Category, Intent
from analytics.sentiment import hear, lexicon_score
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
_RULES_OF_CATEGORIES = len(_TAGS) + len(_PARTS) + len(INTENTS)  # one is called "other", as an intent is
_FEELS_AT = _PLACE["lexicon"]
_RULES_AT = {one: _PLACE[f"rules:{one}"] for one in INTENTS} | {
    (one, "category"): _RULES_OF_CATEGORIES + place for place, one in enumerate(CATEGORIES)
}
_LANGUAGE_AT = {lang: (_PLACE[f"is:{lang}"], _PLACE[f"lexicon:{lang}"]) for lang in (*LANGUAGES, "und")}
_NOTHING = array("f", bytes(4 * len(NAMES)))
_DIGIT = re.compile(r"\d")
_SOFTENING = 6.0  # as in `analytics.sentiment`


@dataclass(frozen=True, slots=True)
class Signals:
    """`values` are as long as NAMES; `rules` is what the phrases alone would answer, `score` the lexicon's feeling."""

    values: array[float]
    rules: Classified
    score: float


def signals(text: str, lang: str, words: Vocabulary) -> Signals:
    """The signals of one redacted text, read with the vocabulary of its language."""
    spotted = words.spot(text)
    values = _NOTHING[:]
    for hit in spotted.hits:
        place = _PLACE.get(hit.tag)
        if place is not None:
            values[place] = 1.0
    polarity, subjectivity = textblob_view(text) if lang == "en" else (0.0, 0.0)
    heard = hear(spotted, words)
    score = lexicon_score(spotted, heard, polarity)
    rules = classify(text, words, score, heard)
    values[_RULES_AT[rules[0]]] = rules[1]
    for found in rules[2]:
        values[_RULES_AT[found.name, "category"]] = found.confidence

    pleased = displeased = 0.0
    for _, weight in heard.polar:
        if weight > 0:
            pleased += weight
        else:
            displeased -= weight
    feelings = (score, _soft(pleased), _soft(displeased), tanh(heard.symbols / 3))
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
        float(_DIGIT.search(text) is not None),
        float("[link]" in text),
        float(not any(map(str.isalpha, text))),
        float(text.isupper() and sum(map(str.isalpha, text)) > 4),
        float(spotted.stretched),
    )
    values[_FEELS_AT : _FEELS_AT + len(shape)] = array("f", shape)
    its, own = _LANGUAGE_AT.get(lang) or _LANGUAGE_AT["und"]
    values[its] = 1.0
    values[own : own + FEELINGS] = array("f", feelings)
    return Signals(values, rules, score)


def _soft(weight: float) -> float:
    return weight / sqrt(weight * weight + _SOFTENING)
