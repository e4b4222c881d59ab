"""Walking a text through the states of all phrases at once, with what was learned on the way kept in one small table.

The states that `analytics.phrases` makes are many objects that point at each other, and following them waits for memory
at every edge. So where a token led is kept, as in the lazy automata of RE2 (Cox 2010): a set of states that texts reach
gets a number, a token of the vocabulary gets another, and one dictionary of whole numbers says where the two lead.
Tokens that no phrase can tell apart share their number, so all words that the vocabulary does not know are one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import NamedTuple

from analytics.text import BREAKS, EMOJI

GAP_WORDS, GAP_CHARACTERS = 4, 8
_FAR = 1 + max(GAP_WORDS, GAP_CHARACTERS)  # tokens that may stand behind a gap
# Steps from one token after which no way is gone twice. Ordinary texts take a handful; without a bound, a phrase of
# many alternatives that may be empty takes exponentially many on a text made for it.
_PATIENCE = 200
_MERGED = 4_000  # states made of others
_KEPT_TOKENS = 8_192  # whose kind is kept; a chat says the same words over and over
_KEPT_STEPS = 32_768  # of those that lead anywhere, and some that do not; about 4 MB
_EMOJI = re.compile(f"[{EMOJI}]")
_new_tuple = tuple.__new__  # a hit is made so in half the time


class Hit(NamedTuple):  # several a text are made: a tuple takes a third of the time of a frozen dataclass
    """A phrase found: its tag and weight, the tokens from `start` up to `end`, and those of them that it names."""

    tag: str
    weight: float
    start: int
    end: int
    named: tuple[int, ...]


# Two states in three have no edge of a kind. They share this one, which is never written to: a vocabulary takes half
# the memory.
_NO_EDGES: dict[str, tuple[State, ...]] = {}


@dataclass(slots=True, eq=False)
class State:
    """Where the phrases stand after some tokens: what may follow, and the phrases that end here."""

    exact: dict[str, tuple[State, ...]] = field(default_factory=lambda: _NO_EDGES)
    stems: dict[str, tuple[State, ...]] = field(default_factory=lambda: _NO_EDGES)
    stem_lengths: tuple[int, ...] = ()
    number: tuple[State, ...] = ()
    gaps: tuple[tuple[State, int], ...] = ()
    at_end: tuple[State, ...] = ()  # what follows if a clause ends here
    tags: tuple[tuple[str, float], ...] = ()

    def absorb(self, other: State) -> None:
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


def _union(left: tuple[State, ...], right: tuple[State, ...]) -> tuple[State, ...]:
    return left + tuple(state for state in right if not any(state is known for known in left))


# A kind is what phrases can tell of a token, as a number: whether a clause ends with it, and above that which of the
# vocabulary's tokens it is. A set of states is a number too, a multiple of _APART, so that the sum of both is a key.
_ENDS, _BREAKS, _KNOWN = 1, 2, 4
_APART = 1 << 30
_Way = tuple[State, int, tuple[int, ...]]  # where one stands, the next token, and the tokens named before it


class Automaton:
    """The states of all phrases, and finding them in texts. Threads may share it once no phrase is added any more."""

    def __init__(self) -> None:
        self.anywhere = State()
        self.at_start = State()  # of a clause
        self.words: set[str] = set()  # every token that some phrase names
        self.stems: set[str] = set()  # those of them that longer words may begin with
        self._merged = _Merged()
        self._steps: _Steps | None = None

    def forget(self) -> None:
        """To be called when a phrase was added: what was learned is no longer true."""
        self._steps = None

    def find(self, text: Sequence[str]) -> list[Hit]:
        """Every phrase in a text of tokens, overlapping ones included, by where they start."""
        steps = self._steps
        if steps is None or len(steps) > _KEPT_STEPS:
            steps = self._steps = _Steps(self, self._merged)  # who else is at work goes on with the old ones
        begun = list(map(steps.tokens.__getitem__, text))
        last = len(begun)
        hits: list[Hit] = []
        repeated = False
        at_clause_start = True
        for start, (kind, reached, reached_at_start) in enumerate(begun):
            if at_clause_start:
                reached = reached_at_start
            at_clause_start = kind & _ENDS == _ENDS
            if reached is None:
                continue
            at = start + 1
            leaving: list[tuple[int, int]] | None = None
            worth_it = False
            while True:
                number, tags, gates, only = reached
                if tags:
                    named = (start,) if at == start + 1 else tuple(range(start, at))
                    for tag, weight in tags:
                        hits.append(_new_tuple(Hit, (tag, weight, start, at, named)))
                if gates is not None:
                    leaving = leaving or []
                    leaving.append((number, at))
                    worth_it = worth_it or steps.leads_on(gates, [token[0] for token in begun[at : at + _FAR]])
                if at == last or (only is not None and text[at] not in only):
                    break
                following = begun[at][0]
                reached = steps[number + following] if following >= _KNOWN else None
                if reached is None:
                    break
                at += 1
            if worth_it and leaving is not None:
                self._walk_apart(steps, leaving, text, start, hits)
                repeated = True
        # With nothing in its gap a phrase is another one without a gap.
        return list(dict.fromkeys(hits)) if repeated else hits

    def _walk_apart(
        self, steps: _Steps, leaving: list[tuple[int, int]], text: Sequence[str], start: int, hits: list[Hit]
    ) -> None:
        """Go the ways behind gaps and ends of clauses one by one, from what was reached without any of them."""
        stack: list[_Way] = []
        for number, at in leaving:
            for state in steps.states(number):
                _leave(state, text, at, tuple(range(start, at)), stack)
        taken = 0
        gone: set[tuple[State, int]] = set()
        while stack:
            state, at, named = stack.pop()
            taken += 1
            if taken > _PATIENCE:
                if (state, at) in gone:
                    continue
                gone.add((state, at))
            for tag, weight in state.tags:
                hits.append(Hit(tag, weight, named[0], named[-1] + 1, named))
            _leave(state, text, at, named, stack)
            if at < len(text):
                stack.extend((one, at + 1, (*named, at)) for one in self._merged.follow(state, text[at]))


def _leave(state: State, text: Sequence[str], at: int, named: tuple[int, ...], onward: list[_Way]) -> None:
    """Note where a state, before token `at`, leads without naming that token."""
    if state.at_end and (at == len(text) or ends_clause(text[at])):
        onward.extend((following, at, named) for following in state.at_end)
    for behind, length in state.gaps:
        for place in range(at, min(at + length + 1, len(text))):
            onward.append((behind, place, named))
            if text[place] in BREAKS:
                break


class _Merged:
    """States made of several, so that ways that begin alike are gone once (the subset construction, made where texts
    lead). Whoever else makes the same at the same time makes it alike."""

    def __init__(self) -> None:
        self._known: dict[tuple[State, ...], tuple[State, ...]] = {}

    def follow(self, state: State, token: str) -> tuple[State, ...]:
        """Where a token leads."""
        found = state.exact.get(token, ())
        if len(found) > 1:
            found = state.exact[token] = self._one(found)
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

    def _one(self, states: tuple[State, ...]) -> tuple[State, ...]:
        known = self._known.get(states)
        if known is None:
            if len(self._known) >= _MERGED:
                return states
            one = State()
            for state in states:
                one.absorb(state)
            known = self._known[states] = (one,)
        return known


class _Gates(NamedTuple):
    """The ways out of a set of states that name no token.

    `gaps` are where they lead, as numbers, and their lengths. `always`: something may follow there without a token too.
    """

    at_end: bool
    gaps: tuple[tuple[int, int], ...]
    always: bool


class _Reached(NamedTuple):
    """A set of states: its number, the phrases that end in it, and the tokens that may follow, where nothing else may.

    That last one saves keeping all the pairs of tokens that lead nowhere, of which a chat makes more every minute.
    """

    number: int
    tags: tuple[tuple[str, float], ...]
    gates: _Gates | None
    only: Mapping[str, object] | None


class _Steps(dict[int, "_Reached | None"]):
    """Number of a set of states + kind of a token → where they lead. Looked up by [], which learns."""

    def __init__(self, automaton: Automaton, merged: _Merged) -> None:
        super().__init__()
        self._merged = merged
        self._learning = Lock()
        self._states: list[tuple[State, ...]] = []
        self._reached: dict[tuple[State, ...], _Reached | None] = {(): None}
        self._automaton = automaton
        self.tokens = _Tokens(automaton, self)

    def states(self, number: int) -> tuple[State, ...]:
        return self._states[number // _APART]

    def begin(self, token: str) -> tuple[_Reached | None, _Reached | None]:
        """Where a token leads, and where it does at the start of a clause."""
        with self._learning:
            anywhere = self._merged.follow(self._automaton.anywhere, token)
            reached = self._reach(tuple(dict.fromkeys(anywhere)))
            if more := self._merged.follow(self._automaton.at_start, token):
                return reached, self._reach(tuple(dict.fromkeys(anywhere + more)))
        return reached, reached

    def __missing__(self, key: int) -> _Reached | None:
        number, kind = divmod(key, _APART)
        with self._learning:
            token = self.tokens.example(kind)
            following = [one for state in self._states[number] for one in self._merged.follow(state, token)]
            found = self[key] = self._reach(tuple(dict.fromkeys(following)))
        return found

    def _reach(self, states: tuple[State, ...]) -> _Reached | None:
        if states in self._reached:
            return self._reached[states]
        number = len(self._states) * _APART
        self._states.append(states)
        if len(states) > 1:
            tags = tuple(dict.fromkeys(tag for state in states for tag in state.tags))
            found = _Reached(number, tags, self._gates(states), None)
        else:
            (one,) = states
            gates = self._gates(states) if one.gaps or one.at_end else None
            found = _Reached(number, one.tags, gates, None if one.stems or one.number else one.exact)
        self._reached[states] = found
        return found

    def _gates(self, states: tuple[State, ...]) -> _Gates | None:
        gaps = [gap for state in states for gap in state.gaps]
        at_end = any(state.at_end for state in states)
        if not gaps and not at_end:
            return None
        lead = []
        for length in sorted({length for _, length in gaps}):
            behind = self._reach(tuple(dict.fromkeys(state for state, reach in gaps if reach == length)))
            if behind is not None:
                lead.append((behind.number, length))
        always = any(behind.tags or behind.gaps or behind.at_end for behind, _ in gaps)
        return _Gates(at_end, tuple(lead), always)

    def leads_on(self, gates: _Gates, kinds: Sequence[int]) -> bool:
        """Whether anything follows behind a gap or an end of a clause, by the kinds of the next tokens (`_FAR` of them,
        fewer at the end of a text). Says yes if in doubt."""
        if gates.always or (gates.at_end and (not kinds or kinds[0] & _ENDS)):
            return True
        for behind, length in gates.gaps:
            for kind in kinds[: length + 1]:
                if kind >= _KNOWN and self[behind + kind] is not None:
                    return True
                if kind & _BREAKS:
                    break
        return False


_Token = tuple[int, "_Reached | None", "_Reached | None"]  # its kind, where it leads, and where at a clause's start
_NOWHERE: tuple[_Token, ...] = tuple((marks, None, None) for marks in range(_KNOWN))


class _Tokens(dict[str, _Token]):
    """What is known of tokens. Looked up by [], which learns; what no phrase can tell apart is of one kind."""

    def __init__(self, automaton: Automaton, steps: _Steps) -> None:
        super().__init__()
        self._words, self._stems, self._steps = automaton.words, automaton.stems, steps
        lengths: dict[str, set[int]] = {}
        for stem in self._stems:
            lengths.setdefault(stem[0], set()).add(len(stem))
        self._lengths = {first: sorted(of, reverse=True) for first, of in lengths.items()}
        self._learning = Lock()
        self._known: dict[object, _Token] = {}
        self._examples = [""]

    def example(self, kind: int) -> str:
        """A token of this kind."""
        return self._examples[kind // _KNOWN]

    def __missing__(self, token: str) -> _Token:
        same = self._same(token)
        marks = _BREAKS * (token in BREAKS) | _ENDS * ends_clause(token)
        if same is None:
            found = _NOWHERE[marks]
        else:
            with self._learning:
                known = self._known.get((same, marks))
                if known is None:
                    known = (len(self._examples) * _KNOWN | marks, *self._steps.begin(token))
                    self._examples.append(token)
                    self._known[same, marks] = known
            found = known
        if len(self) >= _KEPT_TOKENS:
            self.clear()
        self[token] = found
        return found

    def _same(self, token: str) -> object:
        """Equal for tokens that lead to the same states from everywhere; None for those that lead nowhere."""
        if token in self._words:
            return token
        # Of the stems that a word begins with, all others are the beginning of the longest.
        for length in self._lengths.get(token[0], ()):
            if token[:length] in self._stems:
                return token[:length], token.isdecimal()
        return "" if token.isdecimal() else None


def ends_clause(token: str) -> bool:
    """Whether a clause ends at this token: punctuation, or an emoji or emoticon, which viewers use as such."""
    return token in BREAKS or (not token[0].isalnum() and (len(token) > 1 or _EMOJI.match(token) is not None))
