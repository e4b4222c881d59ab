"""What Livedesk understands of one text, and the interface behind which each kind of understanding stands.

A `Reading` always names the version of the model that made it, so that a better model may read the same event again
without the two being confused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Label = Literal["negative", "neutral", "positive"]
Intent = Literal["question", "complaint", "praise", "purchase_interest", "order", "greeting", "spam", "other"]
Category = Literal[
    "delivery",
    "price",
    "quality",
    "size_fit",
    "authenticity",
    "payment",
    "after_sale",
    "stream_quality",
    "host",
    "stock",
    "other",
]


@dataclass(frozen=True, slots=True)
class Said:
    """A text to be read. `lang` is what the source claims, `market_languages` what is likely there, `earlier` in which
    languages the same viewer wrote before, the most frequent first."""

    text: str
    lang: str | None = None
    market_languages: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundCategory:
    """One complaint category with its confidence (0…1) and the words of the text that decided."""

    name: Category
    confidence: float
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """`sentiment` lies in −1…1; `categories` is empty unless the intent is complaint, its first is the primary."""

    lang: str  # ISO 639-1, "und" when it cannot be told
    sentiment: float
    label: Label
    intent: Intent
    intent_confidence: float
    categories: tuple[FoundCategory, ...]
    redacted: str
    model: str

    @property
    def category(self) -> Category | None:
        return self.categories[0].name if self.categories else None


class LanguageModel(Protocol):
    version: str

    def identify(self, texts: Sequence[Said]) -> list[str]: ...


class SentimentModel(Protocol):
    version: str

    def score(self, texts: Sequence[str], langs: Sequence[str]) -> list[float]: ...


class IntentModel(Protocol):
    version: str

    def classify(
        self, texts: Sequence[str], langs: Sequence[str], sentiments: Sequence[float]
    ) -> list[tuple[Intent, float, tuple[FoundCategory, ...]]]: ...


class Redactor(Protocol):
    version: str

    def redact(self, text: str) -> str: ...
