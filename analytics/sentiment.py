"""Sentiment from -1 to 1: TextBlob and our lexicon for English, our lexicon alone for the other languages.

The lexicon (`analytics/vocabulary`) weighs words, phrases, emoji and chat shorthand from -3 to 3. A negation turns
round what it stands near, boosters and drawn-out letters strengthen, the longest phrase counts ("not bad" is one). The
sum s becomes s / sqrt(s² + 6), as in VADER (Hutto and Gilbert 2014), which keeps one word from saying everything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any, NamedTuple

from analytics.automaton import Hit, ends_clause
from analytics.english import textblob_view
from analytics.reading import Label
from analytics.text import BREAKS, is_alone
from analytics.vocabulary import VERSION as VOCABULARY_VERSION
from analytics.vocabulary import Spotted, Vocabulary, vocabulary

# Beyond these a score has a label. Between them lie texts in which one weak word was found, or two that disagree.
NEGATIVE_BELOW, POSITIVE_ABOVE = -0.15, 0.25
_SOFTENING = 6.0
_TURNED = -0.7  # "not good" is bad, but less so than "bad"
_BOOST, _DAMP, _DRAWN_OUT = 1.3, 0.6, 1.15
_REACH_WORDS, _REACH_CHARACTERS = 3, 2  # tokens between a negation and what it turns round
_TEXTBLOB_SHARE = 0.3
_TEXTBLOB_ALONE = 0.7


def label(score: float) -> Label:
    """The label of a score.

    >>> label(0.6), label(0.1), label(-0.6)
    ('positive', 'neutral', 'negative')
    """
    if score <= NEGATIVE_BELOW:
        return "negative"
    return "positive" if score >= POSITIVE_ABOVE else "neutral"


def textblob_polarity(text: str) -> float:
    """The polarity alone.

    >>> textblob_polarity("what a great show")
    0.8
    """
    return textblob_view(text)[0]


class SentimentReader:
    """`analytics.reading.SentimentModel`, first version."""

    def __init__(self, extra: Mapping[str, Vocabulary] | None = None) -> None:
        """`extra` replaces the packaged vocabulary of some languages."""
        self.version = f"lexicon-{VOCABULARY_VERSION}+textblob"
        self._extra = extra or {}

    def score(self, texts: Sequence[str], langs: Sequence[str]) -> list[float]:
        """Scores in -1…1, one a text."""
        return [self._score(text, lang) for text, lang in zip(texts, langs, strict=True)]

    def _score(self, text: str, lang: str) -> float:
        words = self._extra.get(lang) or vocabulary(lang)
        spotted = words.spot(text)
        return lexicon_score(spotted, hear(spotted, words), textblob_polarity(text) if lang == "en" else 0.0)


class Heard(NamedTuple):
    """What weighs in a text: polar phrases with their weights as they stand there, and the sum of its symbols."""

    polar: list[tuple[Hit, float]]
    symbols: float


def hear(spotted: Spotted, words: Vocabulary) -> Heard:
    known = words.symbols
    symbols = 0.0
    if not known.keys().isdisjoint(spotted.tokens):
        symbols = sum(known[token] for token in spotted.tokens if token in known)
    return Heard(weighed(spotted), symbols)


def lexicon_score(spotted: Spotted, heard: Heard, textblob: float = 0.0) -> float:
    """−1…1 from what was heard, and TextBlob's polarity where it has something to say."""
    total = lexicon_sum(spotted, heard)
    own = total / sqrt(total * total + _SOFTENING)
    if textblob == 0.0:
        return own
    if total == 0.0:
        return textblob * _TEXTBLOB_ALONE  # its lexicon alone: "late", "first" or "other" weigh something there
    return (1 - _TEXTBLOB_SHARE) * own + _TEXTBLOB_SHARE * textblob


def lexicon_sum(spotted: Spotted, heard: Heard) -> float:
    """The weights found in a text, after negation, boosters and drawn-out letters. 0 when nothing was found."""
    total = heard.symbols
    for hit, weight in heard.polar:
        total += weight * (_DRAWN_OUT if spotted.stretched and len(hit.named) == 1 else 1.0)
    return max(-12.0, min(12.0, total))


def weighed(spotted: Spotted) -> list[tuple[Hit, float]]:
    """The polar phrases that count (the longest where they overlap), each with its weight as it stands there."""
    polar = [hit for hit in spotted.hits if hit.tag == "polarity"]
    if len(polar) > 1:
        polar = _longest(polar)
    if not polar:
        return []
    inside = {place for hit in polar if hit.end - hit.start > 1 for place in range(hit.start, hit.end)}
    # "Nada mal" brings its own negation; the "no" before it (Romance languages negate twice) does not turn it back.
    own_negation = {
        hit.start for hit in polar for other in spotted.hits
        if other.tag == "negators" and hit.start <= other.start < hit.end and hit.end - hit.start > 1
    }  # fmt: skip
    before: set[int] = set()  # last token of a negation that turns round what follows
    after: set[int] = set()  # first token of one that turns round what came before
    strength: dict[int, float] = {}
    for hit in spotted.hits:
        if hit.tag == "negators" and hit.start not in inside:
            before.add(hit.end - 1)
        elif hit.tag == "negators_after" and hit.start not in inside:
            after.add(hit.start)
        elif hit.tag == "boosters":
            strength[hit.end - 1] = _BOOST
        elif hit.tag == "dampers":
            strength[hit.end - 1] = _DAMP
    out = []
    for hit in polar:
        weight = hit.weight * strength.get(hit.start - 1, 1.0)
        if hit.start not in own_negation and _negated(hit, before, after, spotted.tokens):
            weight *= _TURNED
        out.append((hit, weight))
    return out


def _longest(hits: list[Hit]) -> list[Hit]:
    """Hits without those inside or across an earlier, longer one."""
    out: list[Hit] = []
    free = 0
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end, -abs(hit.weight), hit.weight)):
        if hit.start >= free:
            out.append(hit)
            free = hit.end
    return out


def _negated(hit: Hit, before: set[int], after: set[int], text: tuple[str, ...]) -> bool:
    reach = _REACH_CHARACTERS if is_alone(text[hit.start]) else _REACH_WORDS
    if before:
        for place in range(hit.start - 1, max(-1, hit.start - 1 - reach), -1):
            if ends_clause(text[place]) or text[place] in BREAKS:
                break
            if place in before:
                return True
    if after:
        for place in range(hit.end, min(len(text), hit.end + reach + 1)):
            if ends_clause(text[place]):
                break
            if place in after:
                return True
    return False


def explain(text: str, lang: str) -> list[dict[str, Any]]:
    """Which phrases weighed how much, for a person who asks why.

    >>> explain("not good", "en")
    [{'words': 'good', 'weight': -1.4}]
    """
    spotted = vocabulary(lang).spot(text)
    return [
        {"words": " ".join(spotted.tokens[place] for place in hit.named), "weight": round(weight, 2)}
        for hit, weight in weighed(spotted)
    ]
