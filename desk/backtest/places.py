"""Which of other incidents stands in the place of one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from desk.backtest.facts import Came
from desk.incidents.rules import RISING_TOGETHER

_ALWAYS = datetime.max.replace(tzinfo=UTC)


def in_place_of(one: Came, others: Iterable[Came]) -> Came | None:
    """The incident among `others` that stands where `one` does: of the same show and a scope of its, open while it was
    or within ten minutes of it. Of several, the one that opened nearest in time."""
    fits = [
        other
        for other in others
        if other.show == one.show
        and not set(other.scopes).isdisjoint(one.scopes)
        and other.opened_at <= _over(one)
        and one.opened_at <= _over(other)
    ]
    return min(fits, key=lambda other: (abs(other.opened_at - one.opened_at), other.opened_at), default=None)


def _over(one: Came) -> datetime:
    return one.ended_at + RISING_TOGETHER if one.ended_at else _ALWAYS
