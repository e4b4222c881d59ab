"""The two kinds of models that read every comment, and the files that hold their weights.

`Linear` is a softmax regression. `Layered` is a small network: every n-gram has a short vector, and a text is their
sum over the root of their number, much as in fastText (Joulin and others 2016); scores are linear in that and in the
signals, plus one layer of rectified units over both ("wide and deep", Cheng and others 2016), so that "no" and "sound"
may mean together what neither does alone. Trained by `benchmarks/training`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics import ngrams
from analytics.ngrams import Grams
from analytics.signals import NAMES

Array = NDArray[np.float32]

FOLDER = Path(__file__).with_name("models")
BITS = 22  # of buckets: two different pieces of the training hardly ever share one
SHARED = ("scale", "straight", "direct", "inward", "units", "outward", "usual")


class ModelError(ValueError):
    """A model's file does not fit this version of the program; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Linear:
    """score = Σ grams[piece] · scale / √pieces + signals · weights, the last of which is added to every text.

    `rows` says for each of the 2^BITS buckets which row of `grams` it has; 0, which is all zeros, is that of pieces
    which the training did not see: about them the model says nothing, instead of what another piece happens to mean.
    `grams` are int8 [row, class], `scale` [class], `weights` [len(NAMES) + 1, class].
    """

    name: str
    rows: NDArray[np.int32]
    grams: NDArray[np.int8]
    scale: Array
    weights: Array

    def scores(self, pieces: Grams, values: Array) -> Array:
        """Scores [text, class] of texts whose pieces and signals [text, NAMES] are given."""
        sums = np.add.reduceat(self.of(pieces), pieces.starts[:-1], axis=0, dtype=np.int32)
        scale = self.scale / np.sqrt(pieces.counts, dtype=np.float32)[:, None]
        out: Array = sums * scale + values @ self.weights[:-1] + self.weights[-1]
        return out

    def of(self, pieces: Grams) -> NDArray[np.int8]:
        """The weights of each piece [piece, class]."""
        return self.grams.take(self.rows.take(pieces.buckets(BITS)), axis=0)


@dataclass(frozen=True, slots=True)
class Layered:
    """x = Σ grams[piece] · scale / √pieces; inner = max(0, x · inward + signals · units);
    scores = x · straight + signals · direct + inner · outward.

    `rows` says for each of the 2^BITS buckets which row of `grams` it has; 0, which is all zeros, is that of pieces
    which the training did not see. `grams` are int8 [row, width], `scale` [width], `straight` [width, class],
    `direct` [signal + 1, class], `inward` [width, unit], `units` [signal + 1, unit], `outward` [unit, class]; the last
    row of `direct` and `units` is added to every text. `usual` [signal] is, at the signal of each language, the share
    of pieces that the model knows of a comment in it: half in Chinese, where most runs of characters are rare.
    """

    name: str
    rows: NDArray[np.int32]
    grams: NDArray[np.int8]
    scale: Array
    straight: Array
    direct: Array
    inward: Array
    units: Array
    outward: Array
    usual: Array

    def scores(self, pieces: Grams, values: Array) -> tuple[Array, Array]:
        """Scores [text, class] of texts with these pieces and signals; the share of known pieces against the usual."""
        rows = self.rows.take(pieces.buckets(BITS))
        x = self._summed(rows, pieces)
        inner = np.maximum(x @ self.inward + values @ self.units[:-1] + self.units[-1], 0)
        out: Array = x @ self.straight + values @ self.direct[:-1] + self.direct[-1] + inner @ self.outward
        known = np.add.reduceat(rows > 0, pieces.starts[:-1], dtype=np.int32) / pieces.counts
        return out, (known / (values @ self.usual)).astype(np.float32)

    def alone(self, pieces: Grams) -> Array:
        """What the pieces of each text add to its scores without signals and units [text, class]."""
        out: Array = self._summed(self.rows.take(pieces.buckets(BITS)), pieces) @ self.straight
        return out

    def _summed(self, rows: NDArray[np.int32], pieces: Grams) -> Array:
        sums = np.add.reduceat(self.grams.take(rows, axis=0), pieces.starts[:-1], axis=0, dtype=np.int32)
        scale = self.scale / np.sqrt(pieces.counts, dtype=np.float32)[:, None]
        return (sums * scale).astype(np.float32)


def load_linear(name: str) -> Linear:
    """A packaged regression. ModelError: its file was made for other pieces or other signals."""
    with np.load(FOLDER / f"{name}.npz", allow_pickle=False) as file:
        if int(file["pieces"]) != ngrams.VERSION or file["weights"].shape[0] != len(NAMES) + 1:
            raise _other_version(name)
        return Linear(str(file["name"]), *_table(file), file["scale"], file["weights"])


def load_layered(name: str, classes: int) -> Layered:
    """A packaged network of so many classes. ModelError: its file was made for other pieces, signals or classes."""
    with np.load(FOLDER / f"{name}.npz", allow_pickle=False) as file:
        if int(file["pieces"]) != ngrams.VERSION or file["direct"].shape != (len(NAMES) + 1, classes):
            raise _other_version(name)
        return Layered(str(file["name"]), *_table(file), *(file[one] for one in SHARED))


def _other_version(name: str) -> ModelError:
    return ModelError(f"the model {name} was made for another version: train it anew (benchmarks/training)")


def _table(file: Mapping[str, Any]) -> tuple[NDArray[np.int32], NDArray[np.int8]]:
    """The row of each bucket, and the rows; the first is all zeros."""
    rows = np.zeros(1 << BITS, np.int32)
    rows[file["keys"]] = np.arange(1, len(file["keys"]) + 1)
    return rows, np.vstack([np.zeros((1, file["grams"].shape[1]), np.int8), file["grams"]])
