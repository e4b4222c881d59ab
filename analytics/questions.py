"""Questions that are one question: clusters of wordings, within and across languages, named by the clearest.

What viewers ask in every show (`analytics.concepts`) is recognised in any language, so "does it suit dark skin" and
"这个色号适合深肤色吗" meet. Other questions meet when they share most of what they say, generic words left out: "can I
use it in the sauna" does not join "can I use it in the car" for its first four words. Of different languages they
must be nearly equal then, which loanwords, brands and numbers make of them ("offline?", "¿modo offline?").

Questions are placed one by one in the order in which they arrived, and what was placed is never moved. So the clusters
of a show's first half are there in its second half too, under the same `id`, whether they were kept or made anew from
the same questions after a restart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import log1p

import numpy as np
from numpy.typing import NDArray

from analytics.concepts import concepts, content
from analytics.highlights import Candidate, Ref, abusive
from analytics.similarity import SIZE, Vectors, gist, vectors

ALIKE = 0.5  # cosine from which two questions of one language about no known concept are one
# Cosine from which such a question is a known concept's, put in words we do not know, or another language's: a product
# name in common is not yet a question in common.
NEARLY_EQUAL = 0.8
_BLOCK = 512  # wordings compared at once; bounds memory to _BLOCK × all wordings
_FIRST = 2  # wordings compared before rarity counts; then it is looked at anew with each doubling


@dataclass(frozen=True, slots=True)
class QuestionCluster:
    """`id` is the member that arrived first, `medoid` the clearest; `viewers` are different ones, each unknown one.

    `languages` are in the order of how many viewers asked in them.
    """

    id: Ref
    medoid: Ref
    members: tuple[Ref, ...]
    viewers: int
    languages: tuple[str, ...]


def cluster(candidates: Sequence[Candidate]) -> list[QuestionCluster]:
    """Clusters of questions, most viewers first. The order of the candidates makes no difference.

    What arrived first is told by the refs. Spam and texts without words are in no cluster, and no cluster is named by
    abuse. Takes about half a second for 2,000 different wordings.
    """
    clusters = QuestionClusters()
    clusters.add(candidates)
    return clusters.clusters()


class QuestionClusters:
    """A show's clusters as it goes on: what was put together stays together, and new questions join or found one."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], _Wording] = {}
        self._refs: set[Ref] = set()
        self._clusters: list[_Cluster] = []
        self._by_concept: dict[str, _Cluster] = {}
        self._placed = _Placed()

    def add(self, questions: Iterable[Candidate]) -> None:
        """Take in more questions, those that arrived earlier first; one that was added before changes nothing."""
        fresh: list[_Wording] = []
        for one in sorted(questions, key=lambda one: one.ref):
            if one.intent == "spam" or one.ref in self._refs:
                continue
            self._refs.add(one.ref)
            words = gist(one.text, one.lang)
            wording = self._known.get((one.lang, words))
            if wording is None:
                wording = self._known[one.lang, words] = _Wording(one.lang, words, concepts(one.text, one.lang))
                if wording.about or wording.content:
                    fresh.append(wording)
            wording.said.append(one)
        while fresh:
            together, fresh = fresh[: self._placed.room], fresh[self._placed.room :]
            self._place(together)

    def clusters(self) -> list[QuestionCluster]:
        """All clusters so far, most viewers first, singletons included."""
        named = [found for one in self._clusters if (found := _named(one)) is not None]
        return sorted(named, key=lambda one: (-one.viewers, one.medoid))

    def _place(self, wordings: Sequence[_Wording]) -> None:
        rows = vectors([wording.content for wording in wordings], rare=False)
        likeness = self._placed.put(rows)
        for number, wording in enumerate(wordings):
            wording.row = rows[number]
            home = self._home(wording, likeness[number])
            home.wordings.append(wording)
            self._placed.own(home, wording.lang)

    def _home(self, wording: _Wording, likeness: NDArray[np.float32]) -> _Cluster:
        """The cluster that a wording belongs to, given how like it is to each of those placed before."""
        concept = wording.about[0] if wording.about else None
        if concept is not None and concept in self._by_concept:
            return self._by_concept[concept]
        if concept is None and (nearest := self._placed.nearest(likeness, wording.lang)) is not None:
            return nearest
        made = _Cluster(concept)
        self._clusters.append(made)
        if concept is not None:
            self._by_concept[concept] = made
        return made


@dataclass(slots=True, eq=False)
class _Wording:
    """One way to put a question in one language, and everybody who put it so."""

    lang: str
    gist: str
    about: tuple[str, ...]
    said: list[Candidate] = field(default_factory=list)
    row: Vectors = field(default_factory=lambda: np.zeros(SIZE, np.float32))

    @property
    def content(self) -> str:
        return content(self.gist, self.lang)

    @property
    def clarity(self) -> float:
        """Higher when it asks one thing, in neither one word nor a story."""
        asked_beside = max(len(self.about) - 1, 0)
        length = len(self.gist) if self.lang not in ("zh", "ja", "th", "ko") else 2.5 * len(self.gist)
        fit = min(1.0, 0.5 + length / 40) if length <= 80 else 80 / length
        return fit / (1 + 0.3 * asked_beside)


@dataclass(slots=True, eq=False)
class _Cluster:
    concept: str | None
    wordings: list[_Wording] = field(default_factory=list)


class _Placed:
    """The vectors of the wordings placed so far, in order, and the cluster that owns each.

    What many wordings share tells little: in a show about one serum its name is in every other question. So likeness
    weighs by rarity (inverse document frequency), as it was when the number of wordings last doubled. What is compared
    with what, and how, then follows from the order of arrival alone, and not from how many came in one call.
    """

    def __init__(self) -> None:
        self._rows: Vectors = np.zeros((_FIRST, SIZE), np.float32)
        self._weighed = self._rows.copy()
        self._weights: NDArray[np.float32] = np.ones(SIZE, np.float32)
        self._kin: NDArray[np.int32] = np.full(_FIRST, -1, np.int32)  # number of the language; -1: a concept is known
        self._languages: dict[str, int] = {}
        self._owners: list[_Cluster] = []

    @property
    def room(self) -> int:
        """How many vectors can be put at once."""
        return min(_BLOCK, len(self._rows) - len(self._owners) or len(self._rows))

    def put(self, rows: Vectors) -> Vectors:
        """How like each of `rows` is to everything placed, and to those of `rows` themselves: n × (placed + n)."""
        used = len(self._owners)
        if used == len(self._rows):
            self._double()
        self._rows[used : used + len(rows)] = rows
        self._weighed[used : used + len(rows)] = weighed = _unit(rows * self._weights)
        return weighed @ self._weighed[: used + len(rows)].T

    def _double(self) -> None:
        used = len(self._rows)
        having = np.count_nonzero(self._rows, axis=0)
        self._weights = (np.log((1 + used) / (1 + having)) + 1).astype(np.float32)
        self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
        self._weighed = _unit(self._rows * self._weights)
        self._kin = np.concatenate([self._kin, np.full_like(self._kin, -1)])

    def own(self, cluster: _Cluster, lang: str) -> None:
        """Give the next vector its owner."""
        if cluster.concept is None:
            self._kin[len(self._owners)] = self._languages.setdefault(lang, len(self._languages))
        self._owners.append(cluster)

    def nearest(self, likeness: NDArray[np.float32], lang: str) -> _Cluster | None:
        """The owner of the most alike vector, of those that are alike enough to be the same question."""
        # Rounded, because the last digits of a product of matrices depend on how many rows it has.
        owned = np.round(likeness[: len(self._owners)], 4)
        kin = self._kin[: len(owned)] == self._languages.get(lang, -2)
        enough = np.where(owned >= np.where(kin, ALIKE, NEARLY_EQUAL), owned, 0)
        return self._owners[int(np.argmax(enough))] if enough.any() else None


def _unit(rows: Vectors) -> Vectors:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    found: Vectors = rows / lengths
    return found


def _named(cluster: _Cluster) -> QuestionCluster | None:
    """A cluster as told: None when nobody asked in words that can be repeated."""
    members = [one for wording in cluster.wordings for one in wording.said]
    askers = {lang: len(_viewers(one for one in members if one.lang == lang)) for lang in {one.lang for one in members}}
    rows = np.stack([wording.row for wording in cluster.wordings])
    mass = np.array([log1p(len(_viewers(wording.said))) for wording in cluster.wordings], np.float32)
    centrality = rows @ (mass @ rows) + mass
    clarity = np.array([wording.clarity for wording in cluster.wordings], np.float32)
    # Rows of different languages have nothing in common; the language that asks most has the best claim to the name.
    claim = np.array([1 + askers[wording.lang] / max(askers.values()) for wording in cluster.wordings], np.float32)
    by_score = np.argsort(-centrality * clarity * claim, kind="stable")
    clearest = next((one for place in by_score if not abusive(one := cluster.wordings[place].said[0])), None)
    if clearest is None:
        return None
    return QuestionCluster(
        id=cluster.wordings[0].said[0].ref,
        medoid=clearest.ref,
        members=tuple(sorted(one.ref for one in members)),
        viewers=len(_viewers(members)),
        languages=tuple(sorted(askers, key=lambda lang: (-askers[lang], lang))),
    )


def _viewers(said: Iterable[Candidate]) -> set[bytes | Ref]:
    return {one.ref if one.viewer is None else one.viewer for one in said}
