"""The words of live commerce in each language, and finding them in a text.

One YAML file a language stands beside this page, written for Livedesk (docs/understanding.md says how to extend it);
`any.yaml` holds emoji, emoticons and words that every chat uses. Files are read when their language first occurs.
Values are comma-separated phrases in the small language of `analytics.phrases`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product
from pathlib import Path
from threading import Lock
from typing import Any, get_args

import yaml

from analytics.automaton import Hit
from analytics.phrases import PhraseError, Phrases, split_list
from analytics.reading import Category
from analytics.text import fold, folded, tokens

LANGUAGES = ("en", "es", "pt", "fr", "de", "it", "ar", "hi", "id", "th", "vi", "ko", "ja", "ru", "tr", "ms", "zh")
VERSION = "1"

# What a file may hold. `says` is a complaint wherever it stands, `soft` only outside of a question, `about` (a topic)
# only beside a fault or a bad word; `calm` takes back what it overlaps ("no lag", "can't wait", "not bad").
_SENTIMENT_LISTS = ("negators", "negators_after", "boosters", "dampers")
_INTENT_LISTS = ("ask", "ask_first", "not_ask", "request", "greeting", "praise", "want", "order", "spam", "toxic")
LISTS = frozenset((*_SENTIMENT_LISTS, *_INTENT_LISTS, "calm", "fault", "elsewhere"))
CATEGORIES = frozenset(get_args(Category))
PARTS = frozenset(("says", "soft", "about"))
_FOLDER = Path(__file__).parent
# Pure Python YAML takes a second for all files; the C loader a tenth. Base: "no" stays a word and is not false.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_STRETCHED = re.compile(r"([^\W\d_])\1\1")
_DOUBLE = re.compile(r"(.)\1")
_RUNS = 3  # drawn-out places of a word that are looked at


class VocabularyError(ValueError):
    """A vocabulary cannot be read: which file or extension, which key, and what is allowed there."""


@dataclass(frozen=True, slots=True)
class Spotted:
    """The tokens of a text and the phrases found in them. `stretched`: some word was drawn out ("soooo")."""

    tokens: tuple[str, ...]
    hits: tuple[Hit, ...]
    stretched: bool


class Vocabulary:
    """One language's phrases, with what it borrows. Read-only once made, so threads share it."""

    def __init__(self, lang: str, layers: list[tuple[str, Mapping[str, Any], bool]]) -> None:
        """`layers` are (name, content, complaints only) from the most general to the most special."""
        self.lang = lang
        self.symbols: dict[str, float] = {}
        self._automaton = Phrases(lang)
        for name, content, complaints_only in layers:
            _check(name, content)
            try:
                self._add(content, complaints_only)
            except PhraseError as error:
                raise VocabularyError(f"vocabulary {name}: {error}") from error
        self._known = self._automaton.words
        # Sentiment and intent read the same text one after the other; slices are no larger than this.
        self.spot = lru_cache(maxsize=512)(self._spot)

    def _add(self, content: Mapping[str, Any], complaints_only: bool) -> None:
        for category, parts in content.get("complaint", {}).items():
            for part, phrases in parts.items():
                self._phrases(f"{part}:{category}", 1.0, phrases)
        for tag in ("calm", "fault") if complaints_only else LISTS:
            if tag in content:
                self._phrases(tag, 1.0, content[tag])
        if complaints_only:
            return
        for weight, phrases in content.get("polarity", {}).items():
            self._phrases("polarity", float(weight), phrases)
        for weight, symbols in content.get("symbols", {}).items():
            self.symbols |= dict.fromkeys(symbols.split(), float(weight))

    def _phrases(self, tag: str, weight: float, phrases: str) -> None:
        for phrase in split_list(phrases):
            self._automaton.add(tag, weight, [phrase])
            toneless = _toneless(phrase) if self.lang == "vi" else phrase
            # Viewers type Vietnamese without tones; two syllables and more still mean only one thing that way.
            if toneless != phrase and (" " in phrase.strip() or "|" in phrase):
                self._automaton.add(tag, weight, [toneless])

    def _spot(self, text: str) -> Spotted:
        found = tokens(text, self.lang)
        # Of plain letters folding changes no number: nothing was squeezed, so nothing was drawn out.
        may_be = not text.isascii() or len(folded(text, self.lang)) < len(text)
        stretched = may_be and _STRETCHED.search(text) is not None
        if stretched:
            found = [self._unstretch(token) for token in found]
        return Spotted(tuple(found), tuple(self.find(found)), stretched)

    def find(self, text: Sequence[str]) -> list[Hit]:
        """The phrases in a text of tokens, by where they start."""
        return self._automaton.find(text)

    def _unstretch(self, token: str) -> str:
        """A drawn-out word as the vocabulary knows it: "horriible" is "horrible", not "horible"."""
        known = self._known
        if token in known:
            return token
        runs = [run.start() for run in _DOUBLE.finditer(token)][:_RUNS]
        for kept in product((False, True), repeat=len(runs)):
            dropped = {place for place, keep in zip(runs, kept, strict=True) if not keep}
            shorter = "".join(sign for place, sign in enumerate(token) if place not in dropped)
            if shorter in known:
                return shorter
        return _DOUBLE.sub(r"\1", token)


def _toneless(phrase: str) -> str:
    return fold(phrase, "und")


def _check(name: str, content: Mapping[str, Any]) -> None:
    if not isinstance(content, Mapping):
        raise VocabularyError(f"vocabulary {name}: expected keys such as 'complaint' or 'ask', got {content!r:.60}")
    for key, value in content.items():
        if key in LISTS:
            if not isinstance(value, str):
                raise VocabularyError(f"vocabulary {name}: '{key}' must be one text of comma-separated phrases")
        elif key == "complaint":
            for category, parts in value.items():
                if category not in CATEGORIES or set(parts) - PARTS:
                    raise VocabularyError(
                        f"vocabulary {name}: complaint.{category} may hold says, soft and about; "
                        f"categories are {', '.join(sorted(CATEGORIES))}"
                    )
        elif key not in ("polarity", "symbols", "borrows"):
            allowed = ", ".join(sorted((*LISTS, "complaint", "polarity", "symbols", "borrows")))
            raise VocabularyError(f"vocabulary {name}: unknown key '{key}'; it may hold {allowed}")


@cache
def read_file(name: str) -> dict[str, Any]:
    """The content of one packaged file, every scalar a text."""
    with (_FOLDER / f"{name}.yaml").open(encoding="utf-8") as file:
        content: dict[str, Any] = yaml.load(file, Loader=_LOADER)  # noqa: S506 -- BaseLoader makes texts only
    return content


def lenders(lang: str) -> list[tuple[str, bool]]:
    """The files that a language's vocabulary is made of, from the most general to its own: (name, complaints only).

    An unknown language has the words that every chat uses, and English.
    """
    borrowed = read_file(lang).get("borrows", {}) if lang in LANGUAGES else {"en": "all"}
    own = [(lang, False)] if lang in LANGUAGES else []
    return [("any", False), *((lender, extent == "complaint") for lender, extent in borrowed.items()), *own]


_made: dict[str, Vocabulary] = {}
_making = Lock()


def vocabulary(lang: str) -> Vocabulary:
    """The packaged vocabulary of a language, made at its first use (20 to 60 ms) and kept."""
    key = lang if lang in LANGUAGES else "und"
    found = _made.get(key)
    if found is None:
        with _making:
            found = _made.get(key) or Vocabulary(key, [(name, read_file(name), part) for name, part in lenders(key)])
            _made[key] = found
    return found


def extended(lang: str, extra: Mapping[str, Any] | None = None) -> Vocabulary:
    """A language's vocabulary with a team's own words on top (product names, slang), in the files' own form."""
    from analytics.vocabulary.teams import TeamWords  # which is written in terms of this page

    return TeamWords({lang if lang in LANGUAGES else "any": extra or {}}).get(lang) or vocabulary(lang)
