"""What both models are made of: which pieces are kept, how signals are levelled, and the files that ship."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from analytics import ngrams
from analytics.ngrams import grams, normal, wide_grams
from analytics.signals import signals
from analytics.vocabulary import vocabulary
from analytics.weights import BITS, FOLDER

Array = NDArray[np.float32]

RAREST = 0.1  # spread that is added to every signal's, so that one which hardly ever occurs is not blown up
CLIPPED = 0.99995  # quantile of the weights of n-grams that is told apart; the few beyond it are cut to it
_AT_ONCE = 512


def pieces(texts: Sequence[str], langs: Sequence[str], wide: bool = False) -> csr_matrix:
    """n-gram features [text, 2^BITS], each 1 / √pieces of its text; `wide` has those that reach over something too."""
    found: list[NDArray[np.int64]] = []
    counts: list[NDArray[np.int64]] = []
    for start in range(0, len(texts), _AT_ONCE):
        some = zip(texts[start : start + _AT_ONCE], langs[start : start + _AT_ONCE], strict=True)
        normals = [normal(text, lang) for text, lang in some]
        batch = wide_grams(normals)[1] if wide else grams(normals)
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

    def levelled(self, values: Array) -> Array:
        """Signals alike in level and spread."""
        return ((values - self.middle) / self.spread).astype(np.float32)

    def features(self, matrix: csr_matrix, values: Array, domain: float = 0.0) -> csr_matrix:
        """Pieces | signals | 1 | domain."""
        n = len(values)
        tail = np.hstack([self.levelled(values), np.ones((n, 1), np.float32), np.full((n, 1), domain, np.float32)])
        return csr_matrix(hstack([matrix[:, self.keys] * self.pieces_worth, csr_matrix(tail)]))

    def write(self, name: str, weights: Array) -> None:
        """Keep the weights that were fitted on `features`, n-grams in eight bits; the domain's own is left out."""
        grams_of, scale = rounded(weights[: len(self.keys)] * self.pieces_worth)
        of_all = self.as_given(np.vstack([weights[len(self.keys) : -2], weights[-2:-1]]))
        self.save(name, grams=grams_of, scale=scale, weights=of_all)

    def as_given(self, weights: Array) -> Array:
        """Weights of levelled signals and a constant [signal + 1, …] as weights of signals as they are."""
        of_signals = weights[:-1] / self.spread[:, None]
        out: Array = np.vstack([of_signals, weights[-1] - self.middle @ of_signals]).astype(np.float32)
        return out

    def save(self, name: str, **arrays: NDArray[Any]) -> None:
        """Write a model's file."""
        FOLDER.mkdir(exist_ok=True)
        path = FOLDER / f"{name}.npz"
        keys = self.keys.astype(np.uint32)
        np.savez_compressed(path, name=np.array(name), pieces=np.array(ngrams.VERSION), keys=keys, **arrays)
        print(f"{name}: {len(self.keys):,} pieces, {path.stat().st_size / 1e6:.2f} MB", flush=True)


def rounded(matrix: Array, most: int = 127) -> tuple[NDArray[np.int8], Array]:
    """Weights of n-grams as whole numbers from −most to most, and the scale of each column."""
    scale = np.quantile(np.abs(matrix), CLIPPED, axis=0) / most
    return np.clip(np.rint(matrix / scale), -most, most).astype(np.int8), scale.astype(np.float32)
