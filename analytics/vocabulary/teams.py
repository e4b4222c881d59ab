"""A team's own words on top of ours: product names, slang and brand words, in the files' own form.

They are kept in an automaton of their own beside the packaged one, so that a market's words cost a millisecond and a
few kilobytes and not a second copy of the language. Where a team weighs the same words as we do, its weight counts: 0
makes a word neutral.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from threading import Lock
from typing import Any

from analytics.automaton import Hit
from analytics.vocabulary import LANGUAGES, Vocabulary, lenders, vocabulary

Content = Mapping[str, Any]  # of one language: what a packaged file may hold, without `borrows`
Layer = Mapping[str, Content]  # by language; "any" is for all of them
_DIGITS = 8  # of a version: enough to tell a team's changes apart


class TeamVocabulary(Vocabulary):
    """A packaged vocabulary and a team's phrases, found in one text together."""

    def __init__(self, base: Vocabulary, layers: Sequence[tuple[str, Content, bool]]) -> None:
        super().__init__(base.lang, list(layers))
        self._base = base
        self._known = self._automaton.words | base._known
        self.symbols = base.symbols | self.symbols

    def find(self, text: Sequence[str]) -> list[Hit]:
        own = self._automaton.find(text)
        if not own:
            return self._base.find(text)
        weighed = {(hit.start, hit.end) for hit in own if hit.tag == "polarity"}
        kept = [hit for hit in self._base.find(text) if hit.tag != "polarity" or (hit.start, hit.end) not in weighed]
        return sorted(dict.fromkeys((*kept, *own)), key=lambda hit: hit.start)


class TeamWords(Mapping[str, Vocabulary]):
    """What a team says in each language, as a mapping from language to `Vocabulary`. Empty where it says nothing.

    Vocabularies are made when their language first occurs. Two with the same words are equal.

    >>> TeamWords({"en": {"praise": "glow gang"}})["en"].spot("hi glow gang").hits[-1].tag
    'praise'
    """

    def __init__(self, *layers: Layer) -> None:
        """`layers` from the general (all markets) to the particular (one market).

        VocabularyError when a language is first asked for and its words cannot be read.
        """
        self._layers = [kept for layer in layers if (kept := {lang: words for lang, words in layer.items() if words})]
        spoken = {lang for layer in self._layers for lang in layer}
        self._languages = tuple(
            key for key in (*LANGUAGES, "und") if any(name in spoken for name, _ in lenders(key))
        ) if spoken else ()  # fmt: skip
        self.version = _digest(self._layers) if self._languages else ""
        self._made: dict[str, Vocabulary] = {}
        self._making = Lock()

    def __getitem__(self, lang: str) -> Vocabulary:
        key = lang if lang in LANGUAGES else "und"
        if key not in self._languages:
            raise KeyError(lang)
        found = self._made.get(key)
        if found is None:
            with self._making:
                found = self._made.get(key) or TeamVocabulary(vocabulary(key), self._for(key))
                self._made[key] = found
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._languages)

    def __len__(self) -> int:
        return len(self._languages)

    def says(self, name: str) -> bool:
        """Whether a list such as `toxic` stands there in some language."""
        return any(name in content for layer in self._layers for content in layer.values())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TeamWords) and self._layers == other._layers

    def __hash__(self) -> int:
        return hash(self.version)

    def _for(self, key: str) -> list[tuple[str, Content, bool]]:
        """A language's words with what it borrows, in the same way as the packaged files do."""
        return [
            (f"{name} (extension)", layer[name], complaints_only)
            for layer in self._layers
            for name, complaints_only in lenders(key)
            if name in layer
        ]


NOTHING = TeamWords()


def reads_alike(one: TeamWords, other: TeamWords, text: str, lang: str) -> bool:
    """Whether a text must be read the same with either: what is found in it is all that a vocabulary has a say in."""
    first, second = one.get(lang) or vocabulary(lang), other.get(lang) or vocabulary(lang)
    if first is second:
        return True
    return first.symbols == second.symbols and first.spot(text) == second.spot(text)


def _digest(layers: Sequence[Layer]) -> str:
    written = json.dumps(layers, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(written.encode()).hexdigest()[:_DIGITS]
