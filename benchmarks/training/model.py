"""What both models are made of: which pieces are kept, how signals are levelled, and the file that ships."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from analytics import ngrams
from analytics.ngrams import grams, normal
from analytics.signals import signals
from analytics.trained import BITS, FOLDER
from analytics.vocabulary import vocabulary

Array = NDArray[np.float32]

RAREST = 0.1  # spread that is added to every signal's, so that one which hardly ever occurs is not blown up
CLIPPED = 0.99995  # quantile of the weights of n-grams that is told apart; the few beyond it are cut to it
_AT_ONCE = 512


def pieces(texts: Sequence[str], langs: Sequence[str]) -> csr_matrix:
    """n-gram features [text, 2^BITS], scaled as `analytics.trained.Linear` does."""
    found: list[NDArray[np.int64]] = []
    counts: list[NDArray[np.int64]] = []
    for start in range(0, len(texts), _AT_ONCE):
        some = zip(texts[start : start + _AT_ONCE], langs[start : start + _AT_ONCE], strict=True)
        batch = grams([normal(text, lang) for text, lang in some])
        found.append(batch.buckets(BITS))
        counts.append(batch.counts)
    each = np.concatenate(counts)
    ends = np.concatenate(([0], np.cumsum(each)))
    data = np.repeat(1 / np.sqrt(each), each).astype(np.float32)
    return csr_matrix((data, np.concatenate(found), ends), shape=(len(texts), 1 << BITS))


def kept(matrix: csr_matrix, seen_in: int) -> NDArray[np.int64]:
    """The buckets that a model keeps: those of pieces which so many texts have."""
    found: NDArray[np.int64] = np.flatnonzero(np.bincount(matrix.indices, minlength=matrix.shape[1]) >= seen_in)
    return found


def signal_rows(texts: Sequence[str], langs: Sequence[str]) -> Array:
    """The vocabulary's signals, a row a text."""
    return np.array([_signals(text, lang) for text, lang in zip(texts, langs, strict=True)], np.float32)


@lru_cache(maxsize=200_000)  # folds read the same texts again and again
def _signals(text: str, lang: str) -> Array:
    return np.array(signals(text, lang, vocabulary(lang)).values, np.float32)


@dataclass(frozen=True, slots=True)
class Shape:
    """How features are made of pieces and signals.

    `keys` are the buckets kept. Signals are made alike in level and spread for the training. `pieces_worth` is how far
    pieces may speak before the penalty on weights is felt.
    """

    keys: NDArray[np.int64]
    middle: Array
    spread: Array
    pieces_worth: float

    @classmethod
    def of(cls, matrix: csr_matrix, values: Array, pieces_worth: float, signals_worth: float, seen_in: int) -> Shape:
        return cls(
            kept(matrix, seen_in), values.mean(axis=0), (values.std(axis=0) + RAREST) / signals_worth, pieces_worth
        )

    def features(self, matrix: csr_matrix, values: Array, domain: float = 0.0) -> csr_matrix:
        """Pieces | signals | 1 | domain."""
        n = len(values)
        levelled = ((values - self.middle) / self.spread).astype(np.float32)
        tail = np.hstack([levelled, np.ones((n, 1), np.float32), np.full((n, 1), domain, np.float32)])
        return csr_matrix(hstack([matrix[:, self.keys] * self.pieces_worth, csr_matrix(tail)]))

    def write(self, name: str, weights: Array) -> None:
        """Keep the weights that were fitted on such features, n-grams in eight bits; the domain's own is left out."""
        matrix = weights[: len(self.keys)] * self.pieces_worth
        scale = np.quantile(np.abs(matrix), CLIPPED, axis=0) / 127
        of_signals, constant = weights[len(self.keys) : -2] / self.spread[:, None], weights[-2]
        FOLDER.mkdir(exist_ok=True)
        path = FOLDER / f"{name}.npz"
        np.savez_compressed(
            path,
            name=np.array(name),
            pieces=np.array(ngrams.VERSION),
            keys=self.keys.astype(np.uint32),
            grams=np.clip(np.rint(matrix / scale), -127, 127).astype(np.int8),
            scale=scale.astype(np.float32),
            weights=np.vstack([of_signals, constant - self.middle @ of_signals]).astype(np.float32),
        )
        print(f"{name}: {len(self.keys):,} pieces, {path.stat().st_size / 1e6:.2f} MB", flush=True)
