"""Training what a comment wants: intents, and the categories of complaints.

Two rounds. The first learns from comments to shops alone, three in five of which complain: it takes whatever it does
not know for a complaint. So the second is shown, besides, a great many texts that complain to no shop, half of each
one's target the intent `other`, the rest what the first round takes it for among the intents that are no complaint: a
greeting may be a greeting in any chat.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from analytics.trained import CLASSES
from benchmarks.training.comments import CHATTER, COMMENTS, LABELLED, Comment, chatter, comments, without
from benchmarks.training.data import no_shop
from benchmarks.training.fit import fit, softmax
from benchmarks.training.model import Array, Shape, pieces, signal_rows

STRENGTH = 1.0
PIECES_WORTH, SIGNALS_WORTH = 10.0, 0.2
SEEN_IN = 4  # texts below which a piece is left out; at 3 the file is a third larger
FIRST_ROUNDS, ROUNDS = 50, 120
ALSO = 0.35  # of a complaint that names further categories, the share of those
OTHER = 0.6  # of a text that is no shop's: the share of `other` in its target
CHATTER_WORTH, PAGES_WORTH = 3.0, 0.2  # of one such text, written for this or not, against one comment to a shop
_WISHES = sum(not one.startswith("c/") for one in CLASSES)


def own_comments(seen: bool = True) -> list[Comment]:
    """All comments written for the training, with or without the half of the labelled set that may be looked at."""
    labelled = [*comments(LABELLED / "seen"), *comments(LABELLED / "unseen")]
    own = without(comments(COMMENTS), labelled)
    return [*own, *comments(LABELLED / "seen")] if seen else own


def targets(some: Sequence[Comment]) -> NDArray[np.float64]:
    """Rows of shares [comment, CLASSES]."""
    out = np.zeros((len(some), len(CLASSES)))
    for row, one in zip(out, some, strict=True):
        row[CLASSES.index(one.label)] = 1 - ALSO if one.also else 1
        for category in one.also:
            row[CLASSES.index(f"c/{category}")] += ALSO / len(one.also)
    return out / out.sum(axis=1, keepdims=True)


def train(own: Sequence[Comment], data: Path) -> tuple[Shape, Array]:
    """The shape of the features and the weights [feature, CLASSES]."""
    noise = chatter(CHATTER)
    pages = no_shop(data)
    chat = [*noise, *pages]
    grams, values = _read([(one.lang, one.text) for one in own])
    chat_grams, chat_values = _read(chat)
    shape = Shape.of(csr_matrix(vstack([grams, chat_grams])), values, PIECES_WORTH, SIGNALS_WORTH, SEEN_IN)
    x, chat_x = shape.features(grams, values), shape.features(chat_grams, chat_values)
    goal = targets(own)

    first = fit(x, goal, strength=STRENGTH, rounds=FIRST_ROUNDS)
    guessed = softmax(chat_x @ first)[:, :_WISHES]
    chat_goal = np.zeros((len(chat), len(CLASSES)))
    chat_goal[:, :_WISHES] = (1 - OTHER) * guessed / guessed.sum(axis=1, keepdims=True)
    chat_goal[:, CLASSES.index("other")] += OTHER

    worth = np.concatenate([np.ones(len(own)), np.full(len(noise), CHATTER_WORTH), np.full(len(pages), PAGES_WORTH)])
    both = csr_matrix(vstack([x, chat_x]))
    return shape, fit(both, np.vstack([goal, chat_goal]), strength=STRENGTH, weights=worth, rounds=ROUNDS)


def _read(some: Sequence[tuple[str, str]]) -> tuple[csr_matrix, Array]:
    texts, langs = [text for _, text in some], [lang for lang, _ in some]
    return pieces(texts, langs), signal_rows(texts, langs)
