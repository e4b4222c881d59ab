"""Sets of instants as half-open spans: joined, cut from each other, measured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

Span = tuple[datetime, datetime]  # half-open, start before end


def joined(spans: Iterable[Span]) -> list[Span]:
    """The union, in order, touching spans as one.

    >>> joined([(1, 3), (3, 4), (6, 7), (2, 3)])  # type: ignore[list-item]
    [(1, 4), (6, 7)]
    """
    found: list[Span] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


def common(one: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    """What lies in both unions.

    >>> common([(1, 5)], [(0, 2), (3, 9)])  # type: ignore[list-item]
    [(1, 2), (3, 5)]
    """
    found = []
    left, right = joined(one), joined(other)
    a = b = 0
    while a < len(left) and b < len(right):
        start, end = max(left[a][0], right[b][0]), min(left[a][1], right[b][1])
        if start < end:
            found.append((start, end))
        if left[a][1] <= right[b][1]:
            a += 1
        else:
            b += 1
    return found


def without(spans: Sequence[Span], taken: Sequence[Span]) -> list[Span]:
    """What of the first union lies outside of the second.

    >>> without([(0, 9)], [(1, 2), (5, 6)])  # type: ignore[list-item]
    [(0, 1), (2, 5), (6, 9)]
    """
    found = []
    gone = joined(taken)
    first = 0
    for start, end in joined(spans):
        while first < len(gone) and gone[first][1] <= start:
            first += 1
        number = first
        while number < len(gone) and gone[number][0] < end:
            opens, closes = gone[number]
            if start < opens:
                found.append((start, opens))
            start = closes
            number += 1
        if start < end:
            found.append((start, end))
    return found


def length(spans: Iterable[Span]) -> timedelta:
    """How long the union lasts."""
    return sum((end - start for start, end in joined(spans)), timedelta())
