"""What a translation service must be able to do, and what it may answer with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

GLOSSARY = "glossary"  # the provider of a text in which nothing but the glossary's terms was to be translated


class TranslationFailed(Exception):
    """No translation came of it. The text says why, without the words that were to be translated."""


class NotForThis(TranslationFailed):
    """The service cannot translate this (a language it lacks, a text too long): no sign of trouble with it."""


class TranslationService(Protocol):
    """One service. `translate` blocks: it runs in a small pool of threads, with a time limit around it."""

    name: str

    def translate(self, text: str, source: str, target: str) -> str:
        """`text` from `source` into `target` (BCP 47; `und` when unknown)."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """How a service may be used. Times in seconds."""

    timeout: float = 4.0
    most_characters: int = 4500
    failures: int = 5  # in a row, after which it is left alone
    leave_alone: float = 600.0
