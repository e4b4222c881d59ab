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
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from analytics.text import BREAKS, EMOJI, is_alone, tokens

GAP_WORDS, GAP_CHARACTERS = 4, 8
# Steps from one token after which no way is gone twice. Ordinary texts take a handful; without a bound, a phrase of
# many alternatives that may be empty takes exponentially many on a text made for it.
_PATIENCE = 200
_MERGED = 4_000  # states made of others
_FIRST_STEPS = 8_192  # tokens whose first step is remembered; a chat says the same words over and over
_LEXEME = re.compile(r"[()|^$~#*]|[^()|^$~#*]+")
_GLUED = re.compile(r"[a-zа-я\u0600-\u06ff\u0900-\u097f]\(", re.IGNORECASE)
_EMOJI = re.compile(f"[{EMOJI}]")


class Hit(NamedTuple):  # several a text are made: a tuple takes a third of the time of a frozen dataclass
    """A phrase found: its tag and weight, the tokens from `start` up to `end`, and those of them that it names."""

    tag: str
    weight: float
    start: int
    end: int
    named: tuple[int, ...]


class PhraseError(ValueError):
    """A phrase of the vocabulary cannot be read; the message quotes it and says why."""


# Two states in three have no edge of a kind. They share this one, which is never written to: a vocabulary half as large
# stays in the processor's cache more often.
_NO_EDGES: dict[str, tuple[_State, ...]] = {}


@dataclass(slots=True, eq=False)
class _State:
    exact: dict[str, tuple[_State, ...]] = field(default_factory=lambda: _NO_EDGES)
    stems: dict[str, tuple[_State, ...]] = field(default_factory=lambda: _NO_EDGES)
    stem_lengths: tuple[int, ...] = ()
    number: tuple[_State, ...] = ()
    gaps: tuple[tuple[_State, int], ...] = ()
    at_end: tuple[_State, ...] = ()  # what follows if a clause ends here
    tags: tuple[tuple[str, float], ...] = ()

    def absorb(self, other: _State) -> None:
        """Be in `other` too."""
        if other.exact and self.exact is _NO_EDGES:
            self.exact = {}
        if other.stems and self.stems is _NO_EDGES:
            self.stems = {}
        for token, states in other.exact.items():
            self.exact[token] = _union(self.exact.get(token, ()), states)
        for stem, states in other.stems.items():
            self.stems[stem] = _union(self.stems.get(stem, ()), states)
        self.stem_lengths = tuple(sorted({len(stem) for stem in self.stems}))
        self.number = _union(self.number, other.number)
        self.at_end = _union(self.at_end, other.at_end)
        self.gaps = tuple(dict.fromkeys((*self.gaps, *other.gaps)))
        self.tags = tuple(dict.fromkeys((*self.tags, *other.tags)))


# Where a token leads at first, and the tokens that may follow it there, where nothing else may.
_FirstStep = tuple[tuple[_State, ...], Mapping[str, object] | None]


def _union(left: tuple[_State, ...], right: tuple[_State, ...]) -> tuple[_State, ...]:
    return left + tuple(state for state in right if not any(state is known for known in left))


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
        self._anywhere = _State()
        self._at_start = _State()
        self._first: dict[str, _FirstStep] = {}
        self._merged: dict[tuple[int, ...], tuple[_State, ...]] = {}
        self._kept: list[tuple[_State, ...]] = []
        self.words: set[str] = set()  # every token that some phrase names

    def add(self, tag: str, weight: float, phrases: Iterable[str]) -> None:
        """PhraseError says which phrase cannot be read and why."""
        for phrase in phrases:
            body = phrase.strip()
            first = body.startswith("^")
            reader = _Reader(body[first:], self._lang)
            sequence = reader.read()
            if not sequence or sequence[0] == "~" or sequence[-1] == "~":
                raise reader.fail("names no word, or begins or ends with a gap (~)")
            start = self._compile(sequence, _State(tags=((tag, weight),)))
            if start.tags or start.at_end:
                raise reader.fail("can be empty")
            (self._at_start if first else self._anywhere).absorb(start)

    def _compile(self, sequence: _Sequence, after: _State) -> _State:
        """The state from which `sequence` leads to `after`, made from its end to its start."""
        for place in range(len(sequence) - 1, -1, -1):
            item, here = sequence[place], _State()
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
        hits: dict[Hit, None] = {}
        at_clause_start = True
        first, last = self._first, len(text) - 1
        for start, token in enumerate(text):
            step = first.get(token)
            if step is None:
                step = self._take_first(token)
            states, only = step
            if at_clause_start and (more := self._follow(self._at_start, token)):
                states, only = states + more, None
            # Most words begin some phrase, and few go on with it.
            if states and (only is None or (start < last and text[start + 1] in only)):
                self._walk(states, text, start, hits)
            at_clause_start = not token[0].isalnum() and ends_clause(token)
        return list(hits)

    def _take_first(self, token: str) -> _FirstStep:
        if len(self._first) >= _FIRST_STEPS:
            self._first.clear()
        states = self._follow(self._anywhere, token)
        step: _FirstStep = (states, None)
        if len(states) == 1:
            (one,) = states
            if not (one.tags or one.gaps or one.at_end or one.stems or one.number):
                step = (states, one.exact)
        self._first[token] = step
        return step

    def _follow(self, state: _State, token: str) -> tuple[_State, ...]:
        """Where a token leads."""
        found = state.exact.get(token, ())
        if len(found) > 1:
            found = state.exact[token] = self._together(found)
        if state.stem_lengths:
            size = len(token)
            for length in state.stem_lengths:
                if length > size:
                    break
                if begun := state.stems.get(token[:length]):
                    found += begun
        if state.number and token.isdecimal():
            found += state.number
        return found

    def _together(self, states: tuple[_State, ...]) -> tuple[_State, ...]:
        """One state that is in all of these, so that ways that begin alike are gone once (the subset construction, made
        where texts lead). Whoever else makes the same at the same time makes it alike."""
        key = tuple(map(id, states))
        known = self._merged.get(key)
        if known is None:
            if len(self._merged) >= _MERGED:
                return states
            one = _State()
            for state in states:
                one.absorb(state)
            known = self._merged[key] = (one,)
            self._kept.append(states)  # an id means a state only while that state lives
        return known

    def _walk(self, states: tuple[_State, ...], text: Sequence[str], start: int, hits: dict[Hit, None]) -> None:
        """Go all ways without a gap in step, which is most of them; then those behind a gap one by one."""
        apart: list[tuple[_State, int, tuple[int, ...]]] = []
        at, end, follow = start + 1, len(text), self._follow
        named: tuple[int, ...] = (start,)
        while states:
            following: tuple[_State, ...] = ()
            for state in states:
                if state.tags or state.gaps or state.at_end:
                    self._arrive(state, text, at, named, hits, apart)
                if at < end:
                    following += follow(state, text[at])
            states = following if len(following) < 2 else tuple(dict.fromkeys(following))
            named = (*named, at)
            at += 1
        if apart:
            self._walk_apart(apart, text, hits)

    def _arrive(
        self,
        state: _State,
        text: Sequence[str],
        at: int,
        named: tuple[int, ...],
        hits: dict[Hit, None],
        onward: list[tuple[_State, int, tuple[int, ...]]],
    ) -> None:
        """Note what ends in a state, before token `at`, and where it leads without naming that token."""
        for tag, weight in state.tags:
            hits[Hit(tag, weight, named[0], named[-1] + 1, named)] = None
        if state.at_end and (at == len(text) or ends_clause(text[at])):
            onward.extend((following, at, named) for following in state.at_end)
        for behind, length in state.gaps:
            for place in range(at, min(at + length + 1, len(text))):
                onward.append((behind, place, named))
                if text[place] in BREAKS:
                    break

    def _walk_apart(
        self, stack: list[tuple[_State, int, tuple[int, ...]]], text: Sequence[str], hits: dict[Hit, None]
    ) -> None:
        steps = 0
        gone: set[tuple[_State, int]] = set()
        while stack:
            state, at, named = stack.pop()
            steps += 1
            if steps > _PATIENCE:
                if (state, at) in gone:
                    continue
                gone.add((state, at))
            self._arrive(state, text, at, named, hits, stack)
            if at < len(text):
                stack.extend((one, at + 1, (*named, at)) for one in self._follow(state, text[at]))


def ends_clause(token: str) -> bool:
    """Whether a clause ends at this token: punctuation, or an emoji or emoticon, which viewers use as such."""
    return token in BREAKS or (not token[0].isalnum() and (len(token) > 1 or _EMOJI.match(token) is not None))
