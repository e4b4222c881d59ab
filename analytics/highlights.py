"""Choosing the few comments that stand for the many: representative, and different from each other.

Maximal Marginal Relevance (Carbonell and Goldstein, 1998): each next comment is the one with the best balance between
how many viewers it speaks for and how little of it was shown already. How many it speaks for is its centrality in the
graph of similar texts (as in LexRank, Erkan and Radev, 2004), counted in viewers and not in comments.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil

import numpy as np
from numpy.typing import NDArray

from analytics.concepts import concepts
from analytics.similarity import Vectors, gist, vectors
from analytics.text import clip, has_letters, is_alone
from analytics.vocabulary import vocabulary

Ref = tuple[date, int]

RELEVANCE = 0.6  # Carbonell and Goldstein's lambda: 1 asks only for the many, 0 only for difference
QUESTIONS = 0.6  # share of the places that questions may take while there is something else to show
SAME = 0.6  # cosine from which two texts say the same in nearly the same words
ALIKE = 0.2  # cosine below which two texts have nothing but common words between them
SHORTLIST = 700  # texts compared pair by pair; the rest is out after a comparison with the mean
UNDERSTOOD = 200  # questions whose meaning is compared across languages before choosing
_SAME_INTENT, _SAME_LANGUAGE = 0.10, 0.05  # what being of one kind adds to the likeness of two comments


@dataclass(frozen=True, slots=True)
class Candidate:
    """A comment that may be shown. `text` is redacted; `viewer` is a keyed hash, None where nobody is known.

    `weight` is the worth of its voice against others' (1 is ordinary). `sentiment` lies in −1…1. One that `is_muted`
    counts and is not shown.
    """

    ref: Ref
    text: str
    lang: str
    intent: str
    sentiment: float
    viewer: bytes | None
    at: datetime
    weight: float = 1.0
    is_muted: bool = False


@dataclass(frozen=True, slots=True)
class _Group:
    """Comments of the same words, by ref. `mass`: viewers' voices behind it; `said`: how much it says (0…1)."""

    members: tuple[Candidate, ...]
    gist: str
    mass: float
    said: float

    @property
    def asks(self) -> bool:
        return self.members[0].intent == "question"

    @property
    def about(self) -> str | None:
        """What a question is about, the same in every language; None of other comments and of unknown questions."""
        found = concepts(self.members[0].text, self.members[0].lang) if self.asks else ()
        return found[0] if found else None


def choose(candidates: Sequence[Candidate], *, already: Collection[Ref] = (), k: int = 5) -> list[Candidate]:
    """At most `k` of the candidates, questions first, the most representative of each kind first.

    Never spam or abuse, never two that say the same, never two of one viewer, never what is in `already` nor, where
    the candidates hold the text of it, what says the same. Greetings, emoji and single words only when there is
    nothing else. The order of the candidates makes no difference. Takes 40 to 140 ms for 2,000 of them.
    """
    if k <= 0:
        return []
    # One order for all, whatever came in; the longest work, folding and cutting words, once a text.
    everything = [(one, gist(one.text, one.lang)) for one in sorted(candidates, key=lambda one: one.ref)]
    known = frozenset(words for one, words in everything if one.ref in already)
    fresh = [(one, words) for one, words in everything if one.ref not in already and one.intent != "spam"]
    telling = [(one, words) for one, words in fresh if _tells(one, words)]
    return _choose(telling, known, k) or _choose(fresh, known, k)


def _choose(offered: Sequence[tuple[Candidate, str]], known: frozenset[str], k: int) -> list[Candidate]:
    groups = _grouped(offered)
    if not groups:
        return []
    shown = sorted(known - {""})
    features = vectors([group.gist for group in groups] + shown)
    groups, features, old = _shortlisted(groups, features[: len(groups)], features[len(groups) :])
    picking = _Picking(groups, features, old)
    asked = [place for place, group in enumerate(groups) if group.asks]
    other = [place for place, group in enumerate(groups) if not group.asks]
    questions = picking.take(asked, ceil(QUESTIONS * k))
    statements = picking.take(other, k - len(questions))
    questions += picking.take(asked, k - len(questions) - len(statements))
    return questions + statements


def _tells(one: Candidate, words: str) -> bool:
    """Whether a comment says something a person would want to read: more than a greeting, a word, an emoji."""
    if one.intent == "greeting" or not has_letters(words):
        return False
    return _length(words) >= (1 if one.intent in ("question", "complaint") else 2)


def _length(words: str) -> float:
    """Words; in scripts without spaces two characters count as one."""
    if words.isascii():  # every word of an alert's complaints is weighed while it waits
        return float(sum(word[0] != "[" for word in words.split()))
    return sum(0.5 if is_alone(sign) else 0 for sign in words) + sum(
        not is_alone(word[0]) for word in words.split() if word[0] != "["
    )


def _grouped(offered: Iterable[tuple[Candidate, str]]) -> list[_Group]:
    """Comments of the same words and kind, each viewer with one voice however often and whatever they wrote."""
    by_words: dict[tuple[str, bool], list[Candidate]] = {}
    for one, words in offered:
        by_words.setdefault((words or one.text.strip(), one.intent == "question"), []).append(one)
    spread: dict[bytes, int] = {}
    for members in by_words.values():
        for viewer in {one.viewer for one in members if one.viewer is not None}:
            spread[viewer] = spread.get(viewer, 0) + 1
    groups = []
    for (words, _), members in by_words.items():
        voices: dict[bytes | Ref, float] = {}
        for one in members:
            who = one.ref if one.viewer is None else one.viewer
            share = 1 if one.viewer is None else spread[one.viewer]
            voices[who] = max(voices.get(who, 0.0), max(one.weight, 0.0) / share)
        groups.append(_Group(tuple(members), words, sum(voices.values()), min(1.0, 0.4 + 0.15 * _length(words))))
    return groups


def _shortlisted(groups: list[_Group], features: Vectors, old: Vectors) -> tuple[list[_Group], Vectors, Vectors]:
    """The groups nearest to what most viewers said, when there are too many to compare all pairs."""
    if len(groups) <= SHORTLIST:
        return groups, features, old
    mass = np.array([group.mass for group in groups], np.float32)
    mean = mass @ features
    score = (features @ mean + mass) * np.array([group.said for group in groups], np.float32)
    # Questions are few and come first, so they stay before anything else does.
    score += [score.max() * group.asks for group in groups]
    kept = np.sort(np.argsort(-score, kind="stable")[:SHORTLIST])
    return [groups[place] for place in kept], features[kept], old


class _Picking:
    """One choice in the making: what is picked narrows what may follow."""

    def __init__(self, groups: Sequence[_Group], features: Vectors, old: Vectors) -> None:
        self._groups = groups
        self._likeness: NDArray[np.float32] = features @ features.T
        mass = np.array([group.mass for group in groups], np.float32)
        self._unite(mass)
        near = np.where(self._likeness >= ALIKE, self._likeness, 0)
        np.fill_diagonal(near, 1)
        support = np.log1p(near @ mass)
        said = np.array([group.said for group in groups], np.float32)
        self._relevance = support / max(float(support.max()), 1e-9) * said
        # Likeness to the nearest of what was shown; `_out` is never picked (again).
        self._shown = (features @ old.T).max(axis=1, initial=0.0)
        self._out = self._shown >= SAME
        self._viewers: set[bytes] = set()
        self._about: set[str] = set()

    def _unite(self, mass: NDArray[np.float32]) -> None:
        """Let questions about the same thing be alike in whatever language, so that they speak for each other."""
        asked = [int(place) for place in np.argsort(-mass, kind="stable") if self._groups[place].asks]
        by_concept: dict[str, list[int]] = {}
        for place in asked[:UNDERSTOOD]:
            if (about := self._groups[place].about) is not None:
                by_concept.setdefault(about, []).append(place)
        for places in by_concept.values():
            block = np.ix_(places, places)
            self._likeness[block] = np.maximum(self._likeness[block], SAME)

    def take(self, places: Sequence[int], most: int) -> list[Candidate]:
        """Up to `most` more, from the groups at these places, best first."""
        taken: list[Candidate] = []
        open_to = np.zeros(len(self._groups), bool)
        open_to[list(places)] = True
        while len(taken) < most:
            score = np.where(open_to & ~self._out, RELEVANCE * self._relevance - (1 - RELEVANCE) * self._shown, -np.inf)
            best = int(np.argmax(score))
            if not np.isfinite(score[best]):
                break
            group = self._groups[best]
            self._out[best] = True
            if group.about in self._about:
                continue
            one = self._speaker(group)
            if one is not None:
                taken.append(one)
                self._show(best, one)
        return taken

    def _show(self, place: int, one: Candidate) -> None:
        if one.viewer is not None:
            self._viewers.add(one.viewer)
        if (about := self._groups[place].about) is not None:
            self._about.add(about)
        self._out |= self._likeness[place] >= SAME
        firsts = [group.members[0] for group in self._groups]
        kin = _SAME_INTENT * np.array([first.intent == one.intent for first in firsts], np.float32)
        kin += _SAME_LANGUAGE * np.array([first.lang == one.lang for first in firsts], np.float32)
        self._shown = np.maximum(self._shown, self._likeness[place] + kin)

    def _speaker(self, group: _Group) -> Candidate | None:
        """Who speaks for a group: the first to say it of those who were not quoted; None if nobody may."""
        for one in group.members:
            if one.viewer not in self._viewers and not abusive(one):
                return one
        return None


def abusive(one: Candidate) -> bool:
    """Whether a comment holds a word that is not repeated to a team."""
    return one.is_muted or any(hit.tag == "toxic" for hit in vocabulary(one.lang).spot(clip(one.text)).hits)
