"""Fitting `analytics.weights.Layered` by small steps, with one seed and without threads.

Vectors of n-grams take AdaGrad's steps (Duchi and others 2011) with a head start, so that a rare piece does not leap; what
all texts share takes Adam's (Kingma and Ba 2015). Half of the pieces are left out each time by chance (Srivastava and
others 2014), so that no single one is relied upon. The answer is the mean of the last rounds.

The same texts and the same versions of NumPy and SciPy on the same kind of processor give the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from time import process_time

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from benchmarks.training.fit import softmax
from benchmarks.training.model import Array

WIDTH, UNITS = 32, 64
ROUNDS, AVERAGED, BATCH, SEED = 6, 3, 512, 1
PIECES_OUT, SIGNALS_OUT = 0.5, 0.1  # left out by chance
PIECES_WORTH, PENALTY = 10.0, 1.0  # on vectors, as in `fit.fit`
STEP, HEAD_START = 0.3, 1.0  # of AdaGrad
DENSE_STEP, DENSE_PENALTY = 2e-3, 1e-4
_SLOWEST = 0.02  # of a step, at the end


@dataclass(slots=True)
class Layers:
    """`vectors` [piece, WIDTH], and what all texts share: see `analytics.weights`; the last of `direct` and `units`
    is constant."""

    vectors: Array
    shared: dict[str, Array]

    def scores(self, pieces: csr_matrix, signals: Array) -> Array:
        """Scores [text, class] of texts whose pieces (each 1 / √pieces) and levelled signals are given."""
        x, one = np.asarray(pieces @ self.vectors), _with_one(signals)
        part = self.shared
        inner = np.maximum(x @ part["inward"] + one @ part["units"], 0)
        out: Array = x @ part["straight"] + one @ part["direct"] + inner @ part["outward"]
        return out


def fit_layers(pieces: csr_matrix, signals: Array, targets: Array, worth: Array, rounds: int = ROUNDS) -> Layers:
    """`pieces` [text, piece] are 1 / √pieces each, `signals` levelled, `targets` shares [text, class], `worth` [text]."""
    fitting = _Fitting(pieces, signals, targets, worth)
    batches = -(-len(worth) // BATCH)
    sums: Layers | None = None
    for turn in range(rounds):
        began, loss = process_time(), 0.0
        for step, texts in enumerate(fitting.batches(), turn * batches + 1):
            loss += fitting.step(texts, max(_SLOWEST, 1 - step / (rounds * batches)))
        print(f"round {turn + 1}: loss {loss / worth.sum():.3f}, {process_time() - began:.0f} s", flush=True)
        if turn >= rounds - AVERAGED:
            sums = _added(sums, fitting.vectors, fitting.shared)
    assert sums is not None
    share = np.float32(1 / min(AVERAGED, rounds))
    return Layers(sums.vectors * share * np.float32(PIECES_WORTH), {k: v * share for k, v in sums.shared.items()})


class _Fitting:
    def __init__(self, pieces: csr_matrix, signals: Array, targets: Array, worth: Array) -> None:
        self._pieces, self._signals, self._targets, self._worth = pieces, signals, targets, worth
        self._chance = np.random.default_rng(SEED)
        number, kinds = pieces.shape
        self.shared = _start(self._chance, signals.shape[1] + 1, targets.shape[1])
        self.vectors = np.zeros((kinds, WIDTH), np.float32)
        self._squares = np.full((kinds, WIDTH), HEAD_START, np.float32)
        self._adam = _Adam(self.shared)
        # A penalty once a round, in equal parts at each batch that a piece is likely to be in.
        often = np.clip(np.bincount(pieces.indices, minlength=kinds), 1, -(-number // BATCH))
        self._penalty = (PENALTY / often).astype(np.float32)[:, None]
        self._place = np.zeros(kinds, np.int32)

    def batches(self) -> Iterator[NDArray[np.int64]]:
        """All texts, some at a time, in an order of chance."""
        order = self._chance.permutation(len(self._worth))
        for start in range(0, len(order), BATCH):
            yield np.sort(order[start : start + BATCH])

    def step(self, texts: NDArray[np.int64], pace: float) -> float:
        """Learn from some texts; the loss before, summed."""
        shared, worth, goal = self.shared, self._worth[texts, None], self._targets[texts]
        some = self._pieces[texts]
        seen = np.zeros(len(self.vectors), bool)
        seen[some.indices] = True
        mine = np.flatnonzero(seen)
        self._place[mine] = np.arange(len(mine), dtype=np.int32)
        data = _left_out(self._chance, some.data, PIECES_OUT) * np.float32(PIECES_WORTH)
        here = csr_matrix((data, self._place[some.indices], some.indptr), shape=(len(texts), len(mine)))
        own = self.vectors[mine]
        s = _with_one(_left_out(self._chance, self._signals[texts], SIGNALS_OUT))
        x = np.asarray(here @ own)
        inner = x @ shared["inward"] + s @ shared["units"]
        lit = np.maximum(inner, 0)
        found = softmax(x @ shared["straight"] + s @ shared["direct"] + lit @ shared["outward"]).astype(np.float32)

        error = (found - goal) * worth
        back = (error @ shared["outward"].T) * (inner > 0)
        slopes = {
            "straight": x.T @ error,
            "direct": s.T @ error,
            "inward": x.T @ back,
            "units": s.T @ back,
            "outward": lit.T @ error,
        }
        to_x = error @ shared["straight"].T + back @ shared["inward"].T
        slope = np.asarray(here.T @ to_x) + self._penalty[mine] * own
        self._squares[mine] += slope * slope
        self.vectors[mine] = own - STEP * pace * slope / np.sqrt(self._squares[mine])
        self._adam.step({name: value / len(texts) for name, value in slopes.items()}, pace)
        return -float((worth * goal * np.log(np.maximum(found, 1e-9))).sum())


def _start(chance: np.random.Generator, signals: int, classes: int) -> dict[str, Array]:
    def drawn(rows: int, columns: int, size: float) -> Array:
        return (chance.standard_normal((rows, columns)) * size / np.sqrt(rows)).astype(np.float32)

    return {
        "straight": drawn(WIDTH, classes, 1.0),
        "direct": np.zeros((signals, classes), np.float32),
        "inward": drawn(WIDTH, UNITS, 1.0),
        "units": np.zeros((signals, UNITS), np.float32),
        "outward": drawn(UNITS, classes, 0.1),
    }


class _Adam:
    def __init__(self, values: dict[str, Array]) -> None:
        self._values = values
        self._mean = {name: np.zeros_like(value) for name, value in values.items()}
        self._square = {name: np.zeros_like(value) for name, value in values.items()}
        self._turn = 0

    def step(self, slopes: dict[str, Array], pace: float) -> None:
        self._turn += 1
        for name, slope in slopes.items():
            value, mean, square = self._values[name], self._mean[name], self._square[name]
            whole = slope + DENSE_PENALTY * value
            mean += 0.1 * (whole - mean)
            square += 0.001 * (whole * whole - square)
            stride = mean / (1 - 0.9**self._turn) / (np.sqrt(square / (1 - 0.999**self._turn)) + 1e-8)
            value -= (DENSE_STEP * pace * stride).astype(np.float32)


def _left_out(chance: np.random.Generator, values: Array, share: float) -> Array:
    """Without so many of them, the others made up for it."""
    kept = chance.random(values.shape, np.float32) > share
    out: Array = (values * kept / np.float32(1 - share)).astype(np.float32)
    return out


def _with_one(signals: Array) -> Array:
    return np.hstack([signals, np.ones((len(signals), 1), np.float32)]).astype(np.float32)


def _added(sums: Layers | None, vectors: Array, shared: dict[str, Array]) -> Layers:
    if sums is None:
        return Layers(vectors.copy(), {name: value.copy() for name, value in shared.items()})
    return Layers(sums.vectors + vectors, {name: sums.shared[name] + value for name, value in shared.items()})
