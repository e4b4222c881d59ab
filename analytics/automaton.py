"""Walking a text through the states of all phrases at once, with what was learned on the way kept in one small table.

The states that `analytics.phrases` makes are many objects that point at each other, and following them waits for memory
at every edge. So where a token led is kept, as in the lazy automata of RE2 (Cox 2010): a set of states that texts reach
gets a number, a token of the vocabulary gets another, and one dictionary of whole numbers says where the two lead.
Tokens that no phrase can tell apart share their number, so all words that the vocabulary does not know are one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import NamedTuple

from analytics.text import BREAKS, EMOJI

# Steps from one token after which no way is gone twice. Ordinary texts take a handful; without a bound, a phrase of
# many alternatives that may be empty takes exponentially many on a text made for it.
_PATIENCE = 200
_MERGED = 4_000  # states made of others
_KEPT_TOKENS = 8_192  # whose kind is kept; a chat says the same words over and over
_KEPT_STEPS = 32_768  # about 4 MB
_EMOJI = re.compile(f"[{EMOJI}]")


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
# vocabulary's tokens it is. A set of states is a number too, and a multiple of _APART, so that the sum of both is a key.
_ENDS, _BREAKS, _KIND_BITS = 1, 2, 2
_APART = 1 << 30
_ANYWHERE, _AT_START = _APART, 2 * _APART
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
        kinds = list(map(steps.kinds.__getitem__, text))
        arrivals, last = steps.arrivals, len(kinds)
        hits: list[Hit] = []
        repeated = False
        root = _AT_START
        for start, kind in enumerate(kinds):
            state = steps[root + kind]
            root = _AT_START if kind & _ENDS else _ANYWHERE
            if not state:
                continue
            at = start + 1
            leaving: list[tuple[int, int]] = []
            worth_it = False
            while True:
                arrival = arrivals.get(state)
                if arrival is not None:
                    for tag, weight in arrival.tags:
                        hits.append(Hit(tag, weight, start, at, tuple(range(start, at))))
                    if arrival.leaves:
                        leaving.append((state, at))
                        worth_it = worth_it or steps.leads_on(arrival, kinds, at)
                if at == last:
                    break
                state = steps[state + kinds[at]]
                if not state:
                    break
                at += 1
            if worth_it:
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


class _Arrival(NamedTuple):
    """What there is to do in a set of states besides going on.

    `leaves`: there are gaps, or ends of clauses, behind which something may follow. `gaps` are where they lead, as
    numbers, and their lengths; `always`: it is no use to look there whether anything follows.
    """

    tags: tuple[tuple[str, float], ...]
    leaves: bool
    always: bool
    at_end: bool
    gaps: tuple[tuple[int, int], ...]


class _Steps(dict[int, int]):
    """Set of states + kind of token → set of states, 0 where nothing follows. Looked up by [], which learns."""

    def __init__(self, automaton: Automaton, merged: _Merged) -> None:
        super().__init__()
        self.kinds = _Kinds(automaton.words, automaton.stems)
        self.arrivals: dict[int, _Arrival] = {}
        self._merged = merged
        self._learning = Lock()
        self._states: list[tuple[State, ...]] = [
            (),
            (automaton.anywhere,),  # _ANYWHERE
            (automaton.anywhere, automaton.at_start),  # _AT_START
        ]
        self._numbers: dict[tuple[State, ...], int] = {(): 0}

    def states(self, number: int) -> tuple[State, ...]:
        return self._states[number // _APART]

    def __missing__(self, key: int) -> int:
        number, kind = divmod(key, _APART)
        found = 0
        with self._learning:
            if kind >> _KIND_BITS:
                token = self.kinds.example(kind)
                following = [one for state in self._states[number] for one in self._merged.follow(state, token)]
                found = self._number(tuple(dict.fromkeys(following)))
            self[key] = found
        return found

    def _number(self, states: tuple[State, ...]) -> int:
        known = self._numbers.get(states)
        if known is None:
            known = len(self._states) * _APART
            self._states.append(states)
            self._numbers[states] = known
            arrival = self._arrival(states)
            if arrival.tags or arrival.leaves:
                self.arrivals[known] = arrival
        return known

    def _arrival(self, states: tuple[State, ...]) -> _Arrival:
        tags = tuple(dict.fromkeys(tag for state in states for tag in state.tags))
        gaps = [gap for state in states for gap in state.gaps]
        at_end = any(state.at_end for state in states)
        always = any(behind.tags or behind.gaps or behind.at_end for behind, _ in gaps)
        lengths = sorted({length for _, length in gaps})
        behind = tuple(
            (self._number(tuple(dict.fromkeys(behind for behind, reach in gaps if reach == length))), length)
            for length in lengths
        )
        return _Arrival(tags, bool(gaps or at_end), always, at_end, behind)

    def leads_on(self, arrival: _Arrival, kinds: list[int], at: int) -> bool:
        """Whether anything follows behind a gap, or an end of a clause, before token `at`. Says yes if in doubt."""
        last = len(kinds)
        if arrival.always or (arrival.at_end and (at == last or kinds[at] & _ENDS)):
            return True
        for behind, length in arrival.gaps:
            for kind in kinds[at : at + length + 1]:
                if self[behind + kind]:
                    return True
                if kind & _BREAKS:
                    break
        return False


class _Kinds(dict[str, int]):
    """Token → its kind. Looked up by [], which learns; what no phrase can tell apart is of one kind."""

    def __init__(self, words: set[str], stems: set[str]) -> None:
        super().__init__()
        self._words, self._stems = words, stems
        self._lengths = sorted({len(stem) for stem in stems}, reverse=True)
        self._learning = Lock()
        self._numbers: dict[object, int] = {}
        self._examples = [""]

    def example(self, kind: int) -> str:
        """A token of this kind."""
        return self._examples[kind >> _KIND_BITS]

    def __missing__(self, token: str) -> int:
        with self._learning:
            same = self._same(token)
            number = 0
            if same is not None:
                number = self._numbers.setdefault(same, len(self._examples))
                if number == len(self._examples):
                    self._examples.append(token)
            if len(self) >= _KEPT_TOKENS:
                self.clear()
            kind = number << _KIND_BITS | _BREAKS * (token in BREAKS) | _ENDS * ends_clause(token)
            self[token] = kind
        return kind

    def _same(self, token: str) -> object:
        """Equal for tokens that lead to the same states from everywhere; None for those that lead nowhere."""
        if token in self._words:
            return token
        for length in self._lengths:  # of the stems that a word begins with, all others are the beginning of the longest
            if token[:length] in self._stems:
                return token[:length], token.isdecimal()
        return "" if token.isdecimal() else None


def ends_clause(token: str) -> bool:
    """Whether a clause ends at this token: punctuation, or an emoji or emoticon, which viewers use as such."""
    return token in BREAKS or (not token[0].isalnum() and (len(token) > 1 or _EMOJI.match(token) is not None))
