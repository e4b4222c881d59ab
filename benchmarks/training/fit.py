"""Fitting a softmax regression on sparse features: L-BFGS on the exact gradient, without chance and without threads.

The same features and the same versions of NumPy and SciPy give the same weights; other versions may differ in the
last bits of a sum.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

Weights = NDArray[np.float32]


def softmax(scores: NDArray[Any]) -> NDArray[np.float64]:
    """Rows of probabilities."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True), dtype=np.float64)
    out: NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
    return out


def fit(
    features: csr_matrix,
    targets: NDArray[Any],
    *,
    strength: float,
    weights: NDArray[Any] | None = None,
    rounds: int = 150,
) -> Weights:
    """Weights [feature, class] that minimise strength × Σ weighted cross entropy + ½‖weights‖².

    `targets` are rows of probabilities [text, class] (one-hot, or soft), `weights` the worth of each text.
    """
    rows, width, classes = features.shape[0], features.shape[1], targets.shape[1]
    worth = np.ones(rows) if weights is None else np.asarray(weights, np.float64)
    features = csr_matrix(features, dtype=np.float32)
    across = csr_matrix(features.T)
    targets = np.asarray(targets, np.float64)

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        matrix = flat.reshape(width, classes)
        found = softmax(features @ matrix.astype(np.float32))
        cross = -(worth * (targets * np.log(np.maximum(found, 1e-12))).sum(axis=1)).sum()
        error = ((found - targets) * worth[:, None]).astype(np.float32)
        gradient = strength * (across @ error).astype(np.float64) + matrix
        return strength * cross + 0.5 * float(flat @ flat), gradient.ravel()

    done = minimize(
        loss, np.zeros(width * classes), jac=True, method="L-BFGS-B", options={"maxiter": rounds, "maxcor": 6}
    )
    return done.x.reshape(width, classes).astype(np.float32)
