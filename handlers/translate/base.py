"""What a translation service must be able to do, and what it may answer with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


class TranslationFailed(Exception):
    """No translation came of it. The text says why, without the words that were to be translated."""


class NotForThis(TranslationFailed):
    """The service cannot translate this (a language it lacks, a text too long): no sign of trouble with it."""


class TranslationService(Protocol):
    """One service. `translate` blocks: it runs in a small pool of threads, with a time limit around it."""

    name: str

    def translate(self, text: str, source: str, target: str) -> str:
        """`text` from `source` into `target` (our codes: ISO 639-1, `und` when unknown)."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """How a service may be used. Times in seconds."""

    timeout: float = 4.0
    most_characters: int = 4500
    failures: int = 5  # in a row, after which it is left alone
    leave_alone: float = 600.0


@dataclass(frozen=True, slots=True)
class Codes:
    """How a service names languages, where that differs from ISO 639-1."""

    names: dict[str, str] = field(default_factory=dict)
    detected: frozenset[str] = frozenset()  # languages the service reads, but only when it detects them itself

    def source(self, lang: str) -> str:
        return "auto" if lang == "und" or lang in self.detected else self.names.get(lang, lang)

    def target(self, lang: str) -> str:
        """A reader's language as the service names it; a regional form falls back to its language."""
        return self.names.get(lang) or self.names.get(lang.split("-")[0]) or lang.split("-")[0]
