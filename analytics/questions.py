"""Questions that are one question: clusters of similar wordings, each named by its clearest member."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.highlights import Candidate, Ref
from analytics.similarity import gist, vectors

ALIKE = 0.45  # cosine from which two questions of one language are taken for the same
MOST = 1500  # questions looked at; the newest, when there are more


@dataclass(frozen=True, slots=True)
class QuestionCluster:
    """`medoid` is the question nearest to all others; `viewers` counts different viewers, unknown ones each."""

    medoid: Ref
    members: tuple[Ref, ...]
    viewers: int
    languages: tuple[str, ...]


def cluster(candidates: Sequence[Candidate]) -> list[QuestionCluster]:
    """Clusters of questions, most viewers first: leader clustering by cosine within a language, in order of time."""
    asked = sorted(candidates, key=lambda one: (one.at, one.ref))[-MOST:]
    by_language: dict[str, list[Candidate]] = defaultdict(list)
    for one in asked:
        by_language[one.lang].append(one)
    found = [made for said in by_language.values() for made in _within(said)]
    return sorted(found, key=lambda one: (-one.viewers, one.medoid))


def _within(asked: Sequence[Candidate]) -> list[QuestionCluster]:
    gists = [gist(one.text, one.lang) for one in asked]
    told = [number for number, words in enumerate(gists) if words]
    rows = vectors([gists[number] for number in told])
    groups: list[list[int]] = []
    centres = np.zeros((0, rows.shape[1]), np.float32)
    for place in range(len(told)):
        likeness = centres @ rows[place] if len(groups) else np.zeros(0, np.float32)
        best = int(np.argmax(likeness)) if len(groups) else -1
        if best >= 0 and likeness[best] >= ALIKE:
            groups[best].append(place)
            mean = rows[groups[best]].mean(axis=0)
            centres[best] = mean / (np.linalg.norm(mean) or 1.0)
        else:
            groups.append([place])
            centres = np.vstack([centres, rows[place]])
    return [_named([asked[told[place]] for place in group], rows[group]) for group in groups]


def _named(members: Sequence[Candidate], rows: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> QuestionCluster:
    clearest = int(np.argmax(rows @ rows.sum(axis=0)))
    viewers = {one.viewer if one.viewer is not None else one.ref for one in members}
    return QuestionCluster(
        members[clearest].ref,
        tuple(sorted(one.ref for one in members)),
        len(viewers),
        tuple(sorted({one.lang for one in members})),
    )
