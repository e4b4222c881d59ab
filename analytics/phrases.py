"""Finding thousands of phrases in a text in one pass: a small automaton over tokens.

Phrases are written in a language that people can extend without knowing regular expressions:

- words are separated by spaces; characters of scripts without spaces need none
- `(a|b|)` one of several, possibly nothing, possibly nested: `(no|bad) (sound|audio)`
- `word*` any word that begins so; `(a|b)*` either, or longer
- `~` up to four words (or eight characters of an unspaced script) of anything, within one clause
- `#` a number
- `^` and `$` only at the start or the end of a clause

Every phrase becomes a chain of states that alternatives share, so `(20 words) (30 words)` costs fifty edges and not
six hundred. Matching starts at each token and follows edges; there are no loops, so the work at one token is bounded
by the vocabulary and the whole is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analytics.automaton import GAP_CHARACTERS, GAP_WORDS, Automaton, Hit, State
from analytics.text import is_alone, tokens

_LEXEME = re.compile(r"[()|^$~#*]|[^()|^$~#*]+")
_GLUED = re.compile(r"[a-zа-я\u0600-\u06ff\u0900-\u097f]\(", re.IGNORECASE)


class PhraseError(ValueError):
    """A phrase of the vocabulary cannot be read; the message quotes it and says why."""


# A phrase as read: a sequence of words, marks, and groups (each a list of such sequences, and whether it is starred).
@dataclass(frozen=True, slots=True)
class _Word:
    token: str
    stem: bool = False


@dataclass(frozen=True, slots=True)
class _Group:
    choices: tuple[tuple[_Word | _Group | str, ...], ...]


_Sequence = tuple[_Word | _Group | str, ...]


class _Reader:
    def __init__(self, phrase: str, lang: str) -> None:
        self.phrase, self.lang = phrase, lang
        self.lexemes: list[str] = _LEXEME.findall(phrase)
        self.at = 0

    def fail(self, why: str) -> PhraseError:
        return PhraseError(f"the phrase {self.phrase!r} {why}")

    def read(self) -> _Sequence:
        if _GLUED.search(self.phrase):
            raise self.fail("glues a parenthesis to a word; write the whole words out, or a space between")
        found = self.sequence()
        if self.at < len(self.lexemes):
            raise self.fail(f"has a {self.lexemes[self.at]!r} where it means nothing")
        return found

    def sequence(self) -> _Sequence:
        out: list[_Word | _Group | str] = []
        while self.at < len(self.lexemes) and self.lexemes[self.at] not in "|)":
            lexeme = self.lexemes[self.at]
            self.at += 1
            if lexeme == "(":
                out.append(self.group())
            elif lexeme in "~#$":
                out.append(lexeme)
            elif lexeme in "^*":
                raise self.fail(f"has a {lexeme!r} where it means nothing")
            else:
                words = tokens(lexeme, self.lang)
                starred = self.lexemes[self.at : self.at + 1] == ["*"] and not lexeme[-1].isspace()
                self.at += starred
                out += [_Word(word, starred and place + 1 == len(words)) for place, word in enumerate(words)]
        return tuple(out)

    def group(self) -> _Group:
        choices = [self.sequence()]
        while self.lexemes[self.at : self.at + 1] == ["|"]:
            self.at += 1
            choices.append(self.sequence())
        if self.lexemes[self.at : self.at + 1] != [")"]:
            raise self.fail("has a parenthesis that is never closed")
        self.at += 1
        if self.lexemes[self.at : self.at + 1] == ["*"]:
            self.at += 1
            choices = [_starred(choice) for choice in choices]
        return _Group(tuple(choices))


def _starred(choice: _Sequence) -> _Sequence:
    if choice and isinstance(choice[-1], _Word):
        return (*choice[:-1], _Word(choice[-1].token, stem=True))
    return choice


def split_list(phrases: str) -> list[str]:
    """The phrases of a comma-separated list, in order."""
    return [phrase for phrase in (part.strip() for part in phrases.split(",")) if phrase]


class Phrases:
    """All phrases of one language. Once built, all that changes is what it remembers, so threads may share it."""

    def __init__(self, lang: str) -> None:
        self._lang = lang
        self.states = Automaton()
        self.words = self.states.words  # every token that some phrase names

    def add(self, tag: str, weight: float, phrases: Iterable[str]) -> None:
        """PhraseError says which phrase cannot be read and why."""
        for phrase in phrases:
            body = phrase.strip()
            first = body.startswith("^")
            reader = _Reader(body[first:], self._lang)
            sequence = reader.read()
            if not sequence or sequence[0] == "~" or sequence[-1] == "~":
                raise reader.fail("names no word, or begins or ends with a gap (~)")
            start = self._compile(sequence, State(tags=((tag, weight),)))
            if start.tags or start.at_end:
                raise reader.fail("can be empty")
            self.states.forget()
            (self.states.at_start if first else self.states.anywhere).absorb(start)

    def _compile(self, sequence: _Sequence, after: State) -> State:
        """The state from which `sequence` leads to `after`, made from its end to its start."""
        for place in range(len(sequence) - 1, -1, -1):
            item, here = sequence[place], State()
            if item == "~":
                before = sequence[place - 1] if place else None
                alone = isinstance(before, _Word) and is_alone(before.token)
                here.gaps = ((after, GAP_CHARACTERS if alone else GAP_WORDS),)
            elif item == "$":
                here.at_end = (after,)
            elif item == "#":
                here.number = (after,)
            elif isinstance(item, _Word):
                self.words.add(item.token)
                if item.stem:
                    self.states.stems.add(item.token)
                    here.stems, here.stem_lengths = {item.token: (after,)}, (len(item.token),)
                else:
                    here.exact = {item.token: (after,)}
            elif isinstance(item, _Group):
                for choice in item.choices:
                    here.absorb(self._compile(choice, after) if choice else after)
            after = here
        return after

    def find(self, text: Sequence[str]) -> list[Hit]:
        """Every phrase in a text of tokens, overlapping ones included, by where they start."""
        return self.states.find(text)
