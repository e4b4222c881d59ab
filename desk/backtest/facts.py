"""What a backtest is made of: what happened, what is replayed, and what came of it. Plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from desk.backtest.stretches import Stretch
from desk.marks.rules import Mark

Scope = tuple[str, str]  # (market, category)


@dataclass(frozen=True, slots=True)
class Came:
    """An incident, real or replayed. `ended_at` is None while it goes on; `paged` says that somebody was woken.

    `incident` is its number where it is real, else 0; `mark` what people made of it.
    """

    show: str
    scopes: tuple[Scope, ...]
    category: str
    opened_at: datetime
    ended_at: datetime | None
    severity: str
    paged: bool
    incident: int = 0
    mark: Mark | None = None

    @property
    def markets(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(market for market, _ in self.scopes))


@dataclass(frozen=True, slots=True)
class Deed:
    """What a person did to a real incident: `verb` as on the button. A replay does it to the incident in its place."""

    at: datetime
    scopes: frozenset[Scope]
    verb: str
    who: str


@dataclass(frozen=True, slots=True)
class ShowToReplay:
    """A show with the ticks that were judged, of `tick` seconds. `key` is '' for what belongs to no show."""

    key: str
    title: str
    tick: int
    stretches: tuple[Stretch, ...]
    deeds: tuple[Deed, ...]


@dataclass(frozen=True, slots=True)
class Period:
    """Incidents opened in [start, end) count; of one market alone when it is named."""

    start: datetime
    end: datetime
    market: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """`happened` are the real incidents of the period, `stream_hours` what was judged of shows within it."""

    shows: Sequence[ShowToReplay]
    happened: Sequence[Came]
    stream_hours: float
