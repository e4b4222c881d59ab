"""What a hand-over note says by itself, as data: a snapshot in references, which each reader has in their own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """`round` and `step` are where its policy stands; `next_at` when it goes on."""

    number: int
    severity: str
    category: str
    markets: tuple[str, ...]  # keys
    show: str
    since: datetime
    owner: str | None
    next_at: datetime | None
    policy: str | None
    round: int
    step: int
    muted: bool


@dataclass(frozen=True, slots=True)
class OverIncident:
    number: int
    severity: str
    category: str
    markets: tuple[str, ...]
    by: str  # who resolved it, or livedesk


@dataclass(frozen=True, slots=True)
class Muted:
    category: str
    show: str | None  # None: in every show
    until: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Question:
    """One that nobody has answered: its clearest wording by reference, how many asked, and in which languages."""

    day: date
    event: int
    show: str | None
    viewers: int
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShowAhead:
    show: str
    start: datetime
    end: datetime
    markets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GapAhead:
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """Of a shift, [start, end). `replies` is how many replies wait to be sent; None where there are no replies yet."""

    start: datetime
    end: datetime
    open: tuple[OpenIncident, ...] = ()
    over: tuple[OverIncident, ...] = ()
    muted: tuple[Muted, ...] = ()
    questions: tuple[Question, ...] = ()
    more_questions: int = 0  # beyond those that are named
    replies: int | None = None
    shows: tuple[ShowAhead, ...] = ()
    gaps: tuple[GapAhead, ...] = ()


_FACTS: TypeAdapter[Facts] = TypeAdapter(Facts)


def dump(facts: Facts) -> dict[str, Any]:
    """As plain JSON values."""
    value: dict[str, Any] = _FACTS.dump_python(facts, mode="json")
    return value


def load(value: Mapping[str, Any]) -> Facts:
    return _FACTS.validate_python(value)
