"""Training how a comment feels: negative, neutral or positive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from analytics.trained import LABELS
from benchmarks.training.data import rows
from benchmarks.training.fit import fit
from benchmarks.training.intent import own_comments
from benchmarks.training.model import Array, Shape, pieces, signal_rows

STRENGTH = 0.2
PIECES_WORTH, SIGNALS_WORTH = 3.0, 0.15
SEEN_IN = 4  # texts below which a piece is left out; at 3 the file is larger than 2 MB
ROUNDS = 80
# What our own comments say of sentiment by their label. Half of them complain, so the classes are made equal, and a
# signal of their own keeps that from telling what is usual elsewhere.
OWN = {"complaint": 0, "question": 1, "order": 1, "greeting": 1, "praise": 2, "purchase_interest": 2}
OWN_WORTH, OWN_DOMAIN = 0.05, 3.0
OTHER_SETS, OTHER_WORTH = ("indonesian", "thai", "korean"), 0.3


@dataclass(frozen=True, slots=True)
class Polar:
    """Texts with a sentiment (0 negative, 1 neutral, 2 positive). `domain` is OWN_DOMAIN for comments to a shop."""

    name: str
    texts: list[str]
    langs: list[str]
    labels: NDArray[np.int64]
    worth: Array
    domain: float = 0.0

    def where(self, chosen: NDArray[np.bool_]) -> Polar:
        """Some of the texts."""
        places = np.flatnonzero(chosen)
        texts, langs = [self.texts[place] for place in places], [self.langs[place] for place in places]
        return Polar(self.name, texts, langs, self.labels[places], self.worth[places], self.domain)


def polar(data: Path, name: str, worth: float = 1.0) -> Polar:
    """One set of `sentiment/`."""
    found = list(rows(data / "sentiment" / f"{name}.tsv.gz"))
    labels = np.array([LABELS.index(row[1]) for row in found])
    worths = np.full(len(found), worth, np.float32)
    return Polar(name, [row[2] for row in found], [row[0] for row in found], labels, worths)


def beside(data: Path) -> list[Polar]:
    """What is trained on besides the eight languages of tweets8: sets of other languages, and our own comments."""
    own = [one for one in own_comments(later=False) if one.intent in OWN]
    labels = np.array([OWN[one.intent] for one in own])
    balance = len(own) / 3 / np.bincount(labels, minlength=3)
    worth = (OWN_WORTH * balance[labels]).astype(np.float32)
    ours = Polar("own", [one.text for one in own], [one.lang for one in own], labels, worth, OWN_DOMAIN)
    return [*(polar(data, name, OTHER_WORTH) for name in OTHER_SETS), ours]


def train(sets: Sequence[Polar], hidden: Sequence[int] = (), with_pieces: bool = True) -> tuple[Shape, Array]:
    """The shape of the features and the weights [feature, LABELS]; without the signals at `hidden`, or n-grams."""
    grams = [pieces(one.texts, one.langs) for one in sets]
    values = [_signals(one, hidden) for one in sets]
    together = csr_matrix(vstack(grams))
    shape = Shape.of(together, np.vstack(values), PIECES_WORTH if with_pieces else 0.0, SIGNALS_WORTH, SEEN_IN)
    x = [shape.features(g, v, one.domain) for g, v, one in zip(grams, values, sets, strict=True)]
    y = np.eye(3)[np.concatenate([one.labels for one in sets])]
    worth = np.concatenate([one.worth for one in sets])
    return shape, fit(csr_matrix(vstack(x)), y, strength=STRENGTH, weights=worth, rounds=ROUNDS)


def answers(
    sets: Sequence[Polar], texts: Polar, hidden: Sequence[int] = (), with_pieces: bool = True
) -> NDArray[np.int64]:
    """Labels of `texts` by a model trained on `sets`."""
    shape, weights = train(sets, hidden, with_pieces)
    x = shape.features(pieces(texts.texts, texts.langs), _signals(texts, hidden), texts.domain)
    found: NDArray[np.int64] = (x @ weights).argmax(axis=1)
    return found


def _signals(some: Polar, hidden: Sequence[int]) -> Array:
    values = signal_rows(some.texts, some.langs)
    values[:, list(hidden)] = 0.0
    return values
