"""Scores of classifiers, without a library that the bot does not need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence


def macro_f1(truth: Sequence[str], answers: Sequence[str], classes: Sequence[str] | None = None) -> float:
    """Mean F1 in percent over `classes`, or over those that occur in the truth. A class that is never right scores 0.

    >>> macro_f1(["a", "a", "b"], ["a", "b", "b"])
    66.66666666666667
    """
    right = Counter(t for t, a in zip(truth, answers, strict=True) if t == a)
    of_truth, of_answers = Counter(truth), Counter(answers)
    scores = [
        2 * right[one] / (of_truth[one] + of_answers[one]) if right[one] else 0.0 for one in classes or sorted(of_truth)
    ]
    return 100 * sum(scores) / len(scores)
