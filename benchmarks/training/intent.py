"""Training what a comment wants: intents, and the categories of complaints.

Two rounds. The first learns from comments to shops alone, three in five of which complain: it takes whatever it does
not know for a complaint. So the second is shown, besides, a great many texts that are said where nothing is sold: a class of
its own, so that how likely such talk is can be set afterwards without touching what tells a complaint from a question.
Each one's target is that class for the most part; the rest is what the first round takes it for among the intents that
are no complaint: a greeting may be a greeting in any chat. What is clearly a question stays one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

from analytics.signals import INTENTS, NAMES
from analytics.trained import CLASSES, NO_SHOP
from benchmarks.training.comments import CHATTER, COMMENTS, LABELLED, LATER, Comment, chatter, comments, without
from benchmarks.training.data import no_shop
from benchmarks.training.fit import softmax
from benchmarks.training.model import Array, Shape, pieces, rounded, signal_rows
from benchmarks.training.network import Layers, fit_layers

SIGNALS_WORTH = 0.2
SEEN_IN = 5  # texts below which a piece is left out: at 4 the file is a quarter larger
LEVELS = 15  # of a vector's numbers, either side of zero: as good as 127, and the file is three fifths of that
FIRST_ROUNDS = 2
ENOUGH = 40_000  # comments of one language: more of them make it worth no more, and its words better known
ALSO = 0.35  # of a complaint that names further categories, the share of those
NO_SHOP_SHARE = 0.6  # of the target of a text that is no shop's and no question
CHATTER_WORTH, PAGES_WORTH = 3.0, 0.2  # of one such text, written for this or not, against one comment to a shop
_WISHES = len(INTENTS) - 1


def own_comments(seen: bool = True, later: bool = True) -> list[Comment]:
    """Comments written for the training, with or without the latest and the half of the labelled set that may be seen."""
    labelled = [*comments(LABELLED / "seen"), *comments(LABELLED / "unseen")]
    written = sorted([*comments(COMMENTS), *comments(LATER)], key=lambda one: one.lang) if later else comments(COMMENTS)
    own = without(written, labelled)
    return [*own, *comments(LABELLED / "seen")] if seen else own


def targets(some: Sequence[Comment]) -> Array:
    """Rows of shares [comment, CLASSES]."""
    out = np.zeros((len(some), len(CLASSES)), np.float32)
    for row, one in zip(out, some, strict=True):
        row[CLASSES.index(one.label)] = 1 - ALSO if one.also else 1
        for category in one.also:
            row[CLASSES.index(f"c/{category}")] += ALSO / len(one.also)
    return out


def train(own: Sequence[Comment], data: Path) -> tuple[Shape, Layers, Array]:
    """The shape of the features, what was fitted on them, and which share of pieces is known, a language."""
    noise = chatter(CHATTER)
    pages = no_shop(data)
    texts = [*((one.lang, one.text) for one in own), *noise, *pages]
    values = signal_rows([text for _, text in texts], [lang for lang, _ in texts])
    found = pieces([text for _, text in texts], [lang for lang, _ in texts], wide=True)
    shape = Shape.of(found, values[: len(own)], 1.0, SIGNALS_WORTH, SEEN_IN)
    x, levelled = csr_matrix(found[:, shape.keys]), shape.levelled(values)

    goal, one_each = targets(own), worth_each([one.lang for one in own])
    first = fit_layers(x[: len(own)], levelled[: len(own)], goal, one_each, FIRST_ROUNDS)
    guessed = softmax(first.scores(x[len(own) :], levelled[len(own) :])[:, :_WISHES])
    chat_goal = np.zeros((len(guessed), len(CLASSES)), np.float32)
    no_shop_of = NO_SHOP_SHARE * (1 - guessed[:, CLASSES.index("question")])  # a question is one in any chat
    chat_goal[:, :_WISHES] = (1 - no_shop_of)[:, None] * guessed
    chat_goal[:, CLASSES.index(NO_SHOP)] = no_shop_of

    worth = np.concatenate([one_each, np.full(len(noise), CHATTER_WORTH), np.full(len(pages), PAGES_WORTH)])
    fitted = fit_layers(x, levelled, np.vstack([goal, chat_goal]), worth.astype(np.float32))
    return shape, fitted, usual(found[: len(own)], shape, [one.lang for one in own])


def worth_each(langs: Sequence[str]) -> Array:
    """Of comments in these languages: 1, or less where there are more than `ENOUGH` in one."""
    number = Counter(langs)
    return np.array([min(1.0, ENOUGH / number[lang]) for lang in langs], np.float32)


def usual(found: csr_matrix, shape: Shape, langs: Sequence[str]) -> Array:
    """At the signal of each language the mean share of a comment's pieces that are kept; of `und`, the largest."""
    known = np.diff(csr_matrix(found[:, shape.keys]).indptr) / np.diff(found.indptr)
    of = np.array(langs)
    out = np.zeros(len(NAMES), np.float32)
    for lang in sorted(set(langs)):
        out[NAMES.index(f"is:{lang}")] = known[of == lang].mean().round(2)
    out[NAMES.index("is:und")] = out.max()
    return out


def write(shape: Shape, fitted: Layers, known: Array) -> None:
    """The file that ships."""
    grams, scale = rounded(fitted.vectors, LEVELS)
    shared = fitted.shared | {name: shape.as_given(fitted.shared[name]) for name in ("direct", "units")}
    shape.save("intent", grams=grams, scale=scale, usual=known, **shared)
