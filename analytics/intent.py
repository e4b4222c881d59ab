"""Intent and complaint categories from the phrases of `analytics/vocabulary`.

The order of the rules is the meaning of the labels (docs/understanding.md): a fault that is reported is a complaint
even inside a question ("where is my parcel after 3 weeks?"); a question that reports none is a question; what is left
is order, purchase interest, praise, greeting. A topic ("delivery") becomes a complaint only beside a fault or a bad
word in the same clause, and `calm` phrases ("no lag", "can't wait", "not bad") take back what they overlap.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analytics.automaton import Hit, ends_clause
from analytics.reading import Category, FoundCategory, Intent
from analytics.sentiment import Heard, hear
from analytics.text import BREAKS, is_alone
from analytics.vocabulary import CATEGORIES, PARTS, Spotted, Vocabulary, vocabulary
from analytics.vocabulary import VERSION as VOCABULARY_VERSION

Classified = tuple[Intent, float, tuple[FoundCategory, ...]]
_OF_COMPLAINTS = frozenset(f"{part}:{category}" for part in PARTS for category in CATEGORIES)  # tags

_SAYS, _SOFT, _TOPIC = 0.9, 0.75, 0.65  # confidence in a complaint by what found it
_NEAR_WORDS, _NEAR_CHARACTERS = 4, 10  # tokens between a topic and its fault
_BAD_ENOUGH = -1.4  # weight of a polar word that counts as a fault beside a topic; "not good" is -1.4
_SHORT = 7  # tokens; a greeting is the whole of a short text
_ONLY_LINK = re.compile(r"\W*(?:\[link\]\W*)+")


@dataclass(frozen=True, slots=True)
class _Found:
    category: str
    confidence: float
    start: int
    end: int
    why: tuple[str, ...]


class PhraseIntents:
    """`analytics.reading.IntentModel`, first version."""

    def __init__(self, extra: Mapping[str, Vocabulary] | None = None) -> None:
        """`extra` replaces the packaged vocabulary of some languages."""
        self.version = f"phrases-{VOCABULARY_VERSION}"
        self._extra = extra or {}

    def classify(self, texts: Sequence[str], langs: Sequence[str], sentiments: Sequence[float]) -> list[Classified]:
        """Intent, confidence (0…1) and categories of each text; categories are empty unless it is a complaint."""
        return [
            classify(text, self._extra.get(lang) or vocabulary(lang), sentiment)
            for text, lang, sentiment in zip(texts, langs, sentiments, strict=True)
        ]


def classify(text: str, words: Vocabulary, sentiment: float, heard: Heard | None = None) -> Classified:
    """What one redacted text wants; `heard` is what weighs in it, where that is known already.

    >>> from analytics.vocabulary import vocabulary
    >>> classify("no sound again???", vocabulary("en"), 0.0)[2][0]
    FoundCategory(name='stream_quality', confidence=0.9, why=('no sound',))
    """
    spotted = words.spot(text)
    if not spotted.tokens:
        return "other", 0.5, ()
    heard = heard or hear(spotted, words)
    tags = {hit.tag for hit in spotted.hits}
    if confidence := _spam(text, tags, spotted):
        return "spam", confidence, ()
    asked = _asked(spotted, tags)
    complaints = () if _OF_COMPLAINTS.isdisjoint(tags) else _complaints(spotted, heard, asked > 0.5)
    if complaints and "elsewhere" in tags:
        return "other", 0.6, ()
    if complaints:
        return "complaint", complaints[0].confidence, complaints
    return _wish(spotted, heard, tags, asked, sentiment)


def _wish(spotted: Spotted, heard: Heard, tags: set[str], asked: float, sentiment: float) -> Classified:
    """The intent of a text that complains of nothing."""
    if "order" in tags and asked < 0.8:
        return "order", 0.85, ()
    if "want" in tags and asked < 0.8:
        return "purchase_interest", 0.8, ()
    if asked > 0.5:
        return "question", asked, ()
    length = sum(token not in BREAKS for token in spotted.tokens)
    if "greeting" in tags and length <= _SHORT:
        return "greeting", 0.8, ()
    if sentiment > 0.3 and ("praise" in tags or any(weight >= 1.4 for _, weight in heard.polar)):
        return "praise", 0.85 if "praise" in tags else 0.65, ()
    if sentiment > 0.5 and length:
        return "praise", 0.55, ()
    if "order" in tags:
        return "order", 0.6, ()
    if "want" in tags:
        return "purchase_interest", 0.6, ()
    if "greeting" in tags:
        return "greeting", 0.55, ()
    return "other", 0.6, ()


# ── spam and questions ───────────────────────────────────────────────────────────────────────────────────────────


def _spam(text: str, tags: set[str], spotted: Spotted) -> float:
    if "spam" in tags:
        return 0.9
    links = text.count("[link]")
    if links > 1 or (links and _ONLY_LINK.fullmatch(text)):
        return 0.8
    # A flood: hundreds of characters that say a handful of things.
    if len(text) > 300 and len(set(spotted.tokens)) <= max(3, len(text) // 150):
        return 0.7
    return 0.0


def _asked(spotted: Spotted, tags: set[str]) -> float:
    """How sure it is that something is asked; 0 when nothing says so."""
    has_words = any(token[0].isalnum() for token in spotted.tokens)
    marked = "?" in spotted.tokens and has_words
    if "not_ask" in tags and not marked:
        return 0.0
    if "ask" in tags:
        return 0.95 if marked else 0.85
    if "request" in tags:
        return 0.8
    first = "ask_first" in tags and any(
        hit.tag == "ask_first" and (hit.start == 0 or ends_clause(spotted.tokens[hit.start - 1]))
        for hit in spotted.hits
    )
    if marked:
        return 0.9 if first else 0.75
    return 0.6 if first and len(spotted.tokens) > 2 else 0.0


# ── complaints ───────────────────────────────────────────────────────────────────────────────────────────────────


def _complaints(spotted: Spotted, heard: Heard, asked: bool) -> tuple[FoundCategory, ...]:
    calm = [hit for hit in spotted.hits if hit.tag == "calm"]
    # A phrase of weight 0 says that a longer word is not the bad one it contains: 差不多 is not 差.
    harmless = calm + [hit for hit in spotted.hits if hit.tag == "polarity" and not hit.weight]
    found: list[_Found] = []
    topics: list[Hit] = []
    faults: list[Hit] = []
    for hit in spotted.hits:
        tag = hit.tag
        if ":" in tag:
            kind, _, category = tag.partition(":")
            if kind == "about":
                topics.append(hit)
            elif (kind == "says" or not asked) and not _overlaps(hit, calm):
                found.append(
                    _Found(
                        category, _SAYS if kind == "says" else _SOFT, hit.start, hit.end, (_words(spotted, hit.named),)
                    )
                )
        elif tag == "fault" and not _overlaps(hit, harmless):
            faults.append(hit)
    if topics:
        faults += [hit for hit, weight in heard.polar if weight <= _BAD_ENOUGH and not _overlaps(hit, calm)]
        # In "the parcel arrived broken" the breaking is told of already, and says nothing about the delivery.
        faults = [
            fault for fault in faults if not any(fault.start < said.end and said.start < fault.end for said in found)
        ]
        found += _topics_with_faults(spotted, topics, faults, calm)
    return _ranked(found) if found else ()


def _topics_with_faults(spotted: Spotted, topics: list[Hit], faults: list[Hit], calm: list[Hit]) -> list[_Found]:
    out = []
    for topic in topics:
        if _overlaps(topic, calm):
            continue
        near = _NEAR_CHARACTERS if is_alone(spotted.tokens[topic.start]) else _NEAR_WORDS
        for fault in faults:
            first, last = (topic, fault) if topic.start <= fault.start else (fault, topic)
            between = spotted.tokens[first.end : last.start]
            if fault.start < topic.end and topic.start < fault.end:
                continue  # one and the same words
            if len(between) > near or any(ends_clause(token) for token in between):
                continue
            category = topic.tag.partition(":")[2]
            why = tuple(_words(spotted, hit.named) for hit in (first, last))
            out.append(_Found(category, _TOPIC, first.start, last.end, why))
            break
    return out


def _ranked(found: list[_Found]) -> tuple[FoundCategory, ...]:
    """One entry a category, the surest and most specific first.

    "Shipping is too expensive" holds "too expensive": what lies inside a longer find of another category is part of
    it and no complaint of its own.
    """
    best: dict[str, _Found] = {}
    for item in found:
        inside = any(
            other.category != item.category
            and other.start <= item.start
            and item.end <= other.end
            and other.end - other.start > item.end - item.start
            for other in found
        )
        if inside:
            continue
        known = best.get(item.category)
        if known is None or (item.confidence, item.end - item.start) > (known.confidence, known.end - known.start):
            best[item.category] = item
    if len(best) > 1:
        best.pop("other", None)  # "scam" beside something definite says how angry, not what about
    order = sorted(best.values(), key=_surest_first)
    return tuple(FoundCategory(_CATEGORY[item.category], item.confidence, item.why) for item in order)


def _surest_first(item: _Found) -> tuple[float, int, int, str]:
    return -item.confidence, item.start - item.end, item.start, item.category


_CATEGORY: dict[str, Category] = {
    "delivery": "delivery",
    "price": "price",
    "quality": "quality",
    "size_fit": "size_fit",
    "authenticity": "authenticity",
    "payment": "payment",
    "after_sale": "after_sale",
    "stream_quality": "stream_quality",
    "host": "host",
    "stock": "stock",
    "other": "other",
}


def _overlaps(hit: Hit, others: list[Hit]) -> bool:
    return any(hit.start < other.end and other.start < hit.end for other in others)


def _words(spotted: Spotted, named: tuple[int, ...]) -> str:
    """The words of a find as they stand in the text, without those that a gap skipped."""
    found = [spotted.tokens[place] for place in named]
    return ("" if all(is_alone(token) for token in found) else " ").join(found)
