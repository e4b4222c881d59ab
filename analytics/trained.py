"""Sentiment, intent and complaint category by small models over n-grams and the vocabulary's signals.

Sentiment is a softmax regression, intent a small network (`analytics.weights`). Both were trained by
`benchmarks/training` on comments written for Livedesk and on public sets whose licence allows it (docs/model-card.md);
n-gram weights are eight-bit whole numbers. A file holds numbers alone: nothing in it is executed, and no word of any
text can be read out of it.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from threading import Lock

import numpy as np

from analytics.intent import Classified
from analytics.ngrams import Grams, grams, normal, wide_grams
from analytics.reading import FoundCategory
from analytics.sentiment import NEGATIVE_BELOW, POSITIVE_ABOVE
from analytics.signals import CATEGORIES, INTENTS, Signals, signals
from analytics.text import BREAKS, is_alone
from analytics.vocabulary import VERSION as VOCABULARY_VERSION
from analytics.vocabulary import Vocabulary, vocabulary
from analytics.weights import Array, Layered, Linear, load_layered, load_linear

# What the intent model tells apart: the intents other than complaint, each category of complaint, and what is said
# where nothing is sold, which is `other` to everybody else.
NO_SHOP = "no shop"
CLASSES: tuple[str, ...] = (
    *(one for one in INTENTS if one != "complaint"),
    *(f"c/{one}" for one in CATEGORIES),
    NO_SHOP,
)
_WISHES = len(INTENTS) - 1
LABELS = ("negative", "neutral", "positive")
# A second category is named when it has at least this share of the complaint.
_ALSO, _MOST_CATEGORIES = 0.25, 3
# Live chat complains of the shop in one comment in fifty, the texts of the training in more than half of them: what
# looks like a complaint by a hair is none, the less the more pieces of a text are unknown to the model (against what is
# usual in its language) and the fewer there are. In nats; set on chat logs and on the half of the labelled set that may
# be looked at.
RELUCTANCE, UNKNOWN, SHORT = 0.2, 7.0, 6.5
SHORT_PIECES = 40  # from so many on a text is not short
ELSEWHERE = 1.0  # how much likelier than it seems talk is where nothing is sold, unless phrases call it a complaint
TALK = 0.4  # the share of such talk that speaks for `other`: a question or a greeting may be one in any chat
# Where the phrases call it a complaint nothing is held back, and where one says it outright ("no sound") the model must
# be very sure of something else.
SAID = 3.0
_OUTRIGHT = 0.9  # the rules' confidence in that
_WHY_WORDS = 3
_MOST_WORDS = 60  # of a text that are looked at for what decided


@cache
def _sentiment() -> Linear:
    return load_linear("sentiment")


@cache
def _intent() -> Layered:
    return load_layered("intent", len(CLASSES))


@dataclass(frozen=True, slots=True)
class _Seen:
    """What both models look at in a batch of texts; the second at the wider pieces."""

    pieces: Grams
    wide: Grams
    values: Array
    rules: list[Classified]


_UNSEEN = Signals(array("f"), ("other", 0.0, ()), 0.0)


class Eyes:
    """Cuts and looks up a batch once for both models, which read it one after the other."""

    def __init__(self, extra: Mapping[str, Vocabulary] | None = None) -> None:
        """`extra` replaces the packaged vocabulary of some languages."""
        self._extra = extra or {}
        self._last: tuple[tuple[str, ...], tuple[str, ...], _Seen] | None = None
        self._lock = Lock()

    def see(self, texts: Sequence[str], langs: Sequence[str]) -> _Seen:
        key = tuple(texts), tuple(langs)
        with self._lock:
            if self._last is not None and self._last[:2] == key:
                return self._last[2]
        # One language after the other: its phrases stay in the processor's cache.
        found: list[Signals] = [_UNSEEN] * len(texts)
        for number in sorted(range(len(texts)), key=langs.__getitem__):
            found[number] = signals(texts[number], langs[number], self.words(langs[number]))
        seen = _Seen(
            *wide_grams([normal(text, lang) for text, lang in zip(texts, langs, strict=True)]),
            np.frombuffer(b"".join(one.values for one in found), np.float32).reshape(len(found), -1),
            [one.rules for one in found],
        )
        with self._lock:
            self._last = (*key, seen)
        return seen

    def words(self, lang: str) -> Vocabulary:
        return self._extra.get(lang) or vocabulary(lang)


class TrainedSentiment:
    """`analytics.reading.SentimentModel`: P(positive) − P(negative), kept on the side of its likeliest label."""

    def __init__(self, eyes: Eyes | None = None, model: Linear | None = None) -> None:
        self._eyes = eyes or Eyes()
        self._given = model
        self.version = f"sentiment-3.{VOCABULARY_VERSION}"

    def score(self, texts: Sequence[str], langs: Sequence[str]) -> list[float]:
        """Scores in −1…1, one a text.

        >>> good, bad = TrainedSentiment().score(["I love this so much", "this is terrible, never again"], ["en", "en"])
        >>> good > 0.25, bad < -0.15
        (True, True)
        """
        if not texts:
            return []
        seen = self._eyes.see(texts, langs)
        chances = _softmax((self._given or _sentiment()).scores(seen.pieces, seen.values))
        return [_placed(*row) for row in chances.tolist()]


def _placed(negative: float, neutral: float, positive: float) -> float:
    """The score of three chances, where `label` calls it by the likeliest of them."""
    score = positive - negative
    if neutral >= max(negative, positive):
        return min(max(score, NEGATIVE_BELOW + 0.01), POSITIVE_ABOVE - 0.01)
    return max(score, POSITIVE_ABOVE) if positive > negative else min(score, NEGATIVE_BELOW)


class TrainedIntent:
    """`analytics.reading.IntentModel`: an intent, and the categories of a complaint with the words that decided."""

    def __init__(self, eyes: Eyes | None = None, model: Layered | None = None) -> None:
        self._eyes = eyes or Eyes()
        self._given = model
        self.version = f"intent-6.{VOCABULARY_VERSION}"

    def classify(self, texts: Sequence[str], langs: Sequence[str], sentiments: Sequence[float]) -> list[Classified]:
        """Intent, confidence (0…1) and categories of each text; categories are empty unless it is a complaint.

        >>> TrainedIntent().classify(["where is my parcel, three weeks now"], ["en"], [0.0])[0][2][0].name
        'delivery'
        """
        if not texts:
            return []
        seen = self._eyes.see(texts, langs)
        model = self._given or _intent()
        scores, known = model.scores(seen.wide, seen.values)
        _hold_back(scores, known, seen)
        chances = _softmax(scores).tolist()
        out = [_decided(text, row, rules) for text, row, rules in zip(texts, chances, seen.rules, strict=True)]
        self._explain(model, out, texts, langs)
        return out

    def _explain(self, model: Layered, said: list[Classified], texts: Sequence[str], langs: Sequence[str]) -> None:
        """Fill in the words (or pairs of characters, in scripts without spaces) that speak most for a category."""
        asking: list[tuple[int, list[str]]] = []
        for number, (_, _, categories) in enumerate(said):
            if any(not found.why for found in categories):
                tokens = self._eyes.words(langs[number]).spot(texts[number]).tokens
                words = _joined([token for token in tokens if token not in BREAKS and token[0].isalnum()])
                if words:
                    asking.append((number, words[:_MOST_WORDS]))
        if not asking:
            return
        # All words of the batch at once: one by one they would cost more than everything else.
        found = grams([normal(word, langs[number]) for number, words in asking for word in words])
        weights = model.alone(found)
        speaks = weights - weights.mean(axis=1, keepdims=True)
        at = 0
        for number, words in asking:
            mine = speaks[at : at + len(words)]
            at += len(words)
            intent, confidence, categories = said[number]
            told = tuple(one if one.why else replace(one, why=_loudest(words, mine, one)) for one in categories)
            said[number] = (intent, confidence, told)


def _loudest(words: list[str], speaks: Array, category: FoundCategory) -> tuple[str, ...]:
    column = speaks[:, _WISHES + CATEGORIES.index(category.name)]
    best = [int(place) for place in np.argsort(-column, kind="stable")[:_WHY_WORDS] if column[place] > 0]
    return tuple(words[place] for place in sorted(best))


def _decided(text: str, chances: list[float], rules: Classified) -> Classified:
    """What a text wants, with the words of those categories that the phrases found too."""
    if rules[0] == "other" and not any(character.isalnum() for character in text):
        return rules  # emoji and signs alone say nothing that a shop could act on
    wishes, complaints, elsewhere = chances[:_WISHES], chances[_WISHES:_NO_SHOP], chances[_NO_SHOP]
    complaint = sum(complaints)
    if rules[0] == "complaint":
        wishes[_SPAM] = 0.0  # whoever reports a fault may add a link or shout at everyone
    if max(*wishes, wishes[_OTHER] + elsewhere) >= complaint:
        wishes[_OTHER] += TALK * elsewhere
        best = max(range(_WISHES), key=wishes.__getitem__)
        return _INTENT_OF[best], round(wishes[best], 2), ()
    ranked = sorted(range(len(complaints)), key=lambda place: (-complaints[place], place))
    kept = [ranked[0], *(place for place in ranked[1:_MOST_CATEGORIES] if complaints[place] >= _ALSO * complaint)]
    told = {found.name: found.why for found in rules[2]}
    categories = tuple(
        FoundCategory(CATEGORIES[place], round(complaints[place], 2), told.get(CATEGORIES[place], ())) for place in kept
    )
    return "complaint", round(complaint, 2), categories


_INTENT_OF = tuple(one for one in INTENTS if one != "complaint")
_SPAM, _OTHER, _NO_SHOP = _INTENT_OF.index("spam"), _INTENT_OF.index("other"), CLASSES.index(NO_SHOP)


def _hold_back(scores: Array, known: Array, seen: _Seen) -> None:
    """Lower the scores of complaints, and raise that of talk where nothing is sold, as far as the texts give cause."""
    held = RELUCTANCE + UNKNOWN * np.maximum(0, 1 - known) + SHORT * np.maximum(0, 1 - seen.wide.counts / SHORT_PIECES)
    elsewhere = np.full(len(scores), ELSEWHERE)
    for number, rules in enumerate(seen.rules):
        if rules[0] == "complaint":
            elsewhere[number] = 0.0
            held[number] = -SAID if rules[1] >= _OUTRIGHT else 0.0
    scores[:, _WISHES:_NO_SHOP] -= held[:, None].astype(np.float32)
    scores[:, _NO_SHOP] += elsewhere.astype(np.float32)


def _joined(tokens: Sequence[str]) -> list[str]:
    """Words, once each; of scripts without spaces every pair of neighbouring characters."""
    found: dict[str, None] = {}
    for place, token in enumerate(tokens):
        if not is_alone(token):
            found[token] = None
        elif place + 1 < len(tokens) and is_alone(tokens[place + 1]):
            found[token + tokens[place + 1]] = None
    return list(found)


def _softmax(scores: Array) -> Array:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    out: Array = raised / raised.sum(axis=1, keepdims=True)
    return out
