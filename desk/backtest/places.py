"""Which of other incidents stands in the place of which."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from desk.backtest.facts import Came
from desk.incidents.rules import RISING_TOGETHER

_ALWAYS = datetime.max.replace(tzinfo=UTC)


def in_place_of(some: Sequence[Came], others: Sequence[Came]) -> list[Came | None]:
    """For each of `some` the incident among `others` that stands in its place, None where none does.

    It is of the same show and of a scope of its, and was open while it was or within ten minutes of it. Each stands in
    one place only: those that opened nearest in time find each other first.
    """
    fits = sorted(
        (abs((other.opened_at - one.opened_at).total_seconds()), at, where)
        for at, one in enumerate(some)
        for where, other in enumerate(others)
        if _fits(one, other)
    )
    found: list[Came | None] = [None] * len(some)
    taken: set[int] = set()
    for _, at, where in fits:
        if found[at] is None and where not in taken:
            found[at] = others[where]
            taken.add(where)
    return found


def _fits(one: Came, other: Came) -> bool:
    return (
        one.show == other.show
        and other.opened_at <= _over(one)
        and one.opened_at <= _over(other)
        and not set(other.scopes).isdisjoint(one.scopes)
    )


def _over(one: Came) -> datetime:
    return one.ended_at + RISING_TOGETHER if one.ended_at else _ALWAYS
