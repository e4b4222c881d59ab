"""Which sources are heard, and which have fallen silent while everything else goes on.

What counts is when an event was received, not when it happened: a source that delivers late is not silent, and one
that sends whole batches has a rhythm of its own.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from analytics.detectors.base import Tick, Verdict
from analytics.detectors.silence import LEAST, Silence
from desk.configuration.model import Configuration
from desk.moment import Moment
from desk.watch import rules
from store import events
from store.events import StoredEvent

Arrivals = Mapping[tuple[str, str], int]  # (source, market or '') → events received in a tick

LATELY, LATELY_AT_MOST = 3, 12  # ticks over which the other sources are listened to; more where they say little
TELLING = 3.0  # events expected of the others in that time, from which on their silence says something
AT_LEAST = 0.5  # weight of a tick in which the plan says that the show is on the air
MINUTES = 20  # of arrivals that are kept for the chart
MOST = 200  # sources of a show that are watched; further ones are not


class Heard:
    """What was received of each show by tick, from the batches of the bus, so that a tick need not ask for it.

    The database stays the truth: after a restart, a rolled-back transaction or another worker's turn it is asked.
    """

    def __init__(self) -> None:
        self._position: int | None = None
        self._since = math.inf
        self._ticks: dict[str, dict[int, Counter[tuple[str, str]]]] = defaultdict(lambda: defaultdict(Counter))

    def add(self, position: int, batch: Sequence[StoredEvent]) -> None:
        """Take a batch, not empty, that follows `position` on the bus."""
        if position != self._position:
            self._ticks.clear()
            self._since = batch[0].received_at.timestamp()
        for one in batch:
            show = one.show or ""
            at = rules.floor(one.received_at.timestamp(), rules.TICK if show else rules.HOUR)
            self._ticks[show][at][one.source, one.market or ""] += 1
        self._position = batch[-1].id

    def take(self, moment: Moment, show: str, tick: int, start: int, end: int) -> dict[int, Arrivals]:
        """What was received in each tick of [start, end), which is then forgotten."""
        if start < self._since:
            return _stored(moment, show, tick, start, end)
        kept = self._ticks.get(show, {})
        found = {at: kept[at] for at in kept if start <= at < end}
        for at in [at for at in kept if at < end]:
            del kept[at]
        return dict(found)

    def forget(self, show: str) -> None:
        self._ticks.pop(show, None)


def _stored(moment: Moment, show: str, tick: int, start: int, end: int) -> dict[int, Arrivals]:
    counted: dict[int, Counter[tuple[str, str]]] = defaultdict(Counter)
    span = (datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC))
    for source, market, received_at in events.arrivals(moment.connection, moment.workspace, show or None, *span):
        counted[rules.floor(received_at.timestamp(), tick)][source, market or ""] += 1
    return dict(counted)


@dataclass(frozen=True, slots=True)
class Silent:
    """A source that says nothing. `usual` is events a minute, `part` those of all that came from it, `minutes` the
    arrivals of the last minutes, oldest first."""

    source: str
    since: datetime
    usual: float
    part: float
    minutes: tuple[int, ...]


@dataclass(slots=True)
class _Source:
    detector: Silence
    markets: list[str] = field(default_factory=list)
    lately: list[list[float]] = field(default_factory=list)  # [came, expected] of the last ticks
    minutes: list[int] = field(default_factory=list)
    minute: int = 0
    verdict: Verdict | None = None


class Sources:
    """The sources of one show (or of what belongs to none), each with its own idea of what is usual."""

    def __init__(self, configuration: Configuration, show: str) -> None:
        self._configuration, self._show = configuration, show
        self._known: dict[str, _Source] = {}

    def judge(self, ended: int, tick: int, arrived: Arrivals, *, on_air: bool) -> None:
        """Take one closed tick. `on_air`: the plan says that the show goes on, so not all may be silent."""
        came: dict[str, int] = {}
        for (source, market), count in arrived.items():
            came[source] = came.get(source, 0) + count
            known = self._known.get(source) or self._begin(source)
            if known is not None and market not in known.markets[:2]:
                known.markets.append(market)
        for source, known in self._known.items():
            known.lately = [*known.lately, [float(came.get(source, 0)), 0.0]][-LATELY_AT_MOST:]
        expected = {source: known.detector.rate * tick for source, known in self._known.items()}
        weights = self._weights(expected, on_air)
        for source, known in self._known.items():
            arrivals, weight = known.lately[-1][0], weights[source]
            known.verdict = known.detector.update(Tick(float(ended), float(tick), arrivals, weight, None))
            _note_minute(known, ended, int(arrivals))
        for source, known in self._known.items():
            known.lately[-1][1] = expected[source]

    def silent(self) -> dict[str, list[Silent]]:
        """market → its sources that are silent; of every market of which a source is known."""
        total = sum(known.detector.rate for known in self._known.values())
        found: dict[str, list[Silent]] = {}
        for source, known in self._known.items():
            of_market = found.setdefault(self._market(source, known), [])
            verdict = known.verdict
            if verdict is None or not verdict.alarm or verdict.since is None:
                continue
            rate = known.detector.rate
            since = datetime.fromtimestamp(verdict.since, UTC)
            of_market.append(Silent(source, since, rate * 60, rate / total if total else 0.0, tuple(known.minutes)))
        return found

    def _begin(self, source: str) -> _Source | None:
        least = self._least(source)
        if least is None or len(self._known) >= MOST:
            return None
        return self._known.setdefault(source, _Source(Silence(least=least.total_seconds())))

    def _least(self, source: str) -> timedelta | None:
        """The shortest silence of a source, None where it may say nothing for as long as it likes."""
        says = self._configuration.sources.get(source)
        return says.silence if says else timedelta(seconds=LEAST)

    def _market(self, source: str, known: _Source) -> str:
        says = self._configuration.sources.get(source)
        if says and says.market:
            return says.market
        return known.markets[0] if len(known.markets) == 1 else ""

    def _weights(self, expected: Mapping[str, float], on_air: bool) -> dict[str, float]:
        """How much this tick may be held against each source that says nothing in it: as far as the others are heard
        in the last ticks, or in more of them where they say little."""
        weights: dict[str, float] = {}
        for ticks in (LATELY, LATELY_AT_MOST):
            usual = {
                source: expected[source] + sum(promised for _, promised in known.lately[-ticks:-1])
                for source, known in self._known.items()
            }
            came = {source: sum(came for came, _ in known.lately[-ticks:]) for source, known in self._known.items()}
            total, all_came = sum(usual.values()), sum(came.values())
            for source in self._known:
                others = total - usual[source]
                if source not in weights and others >= TELLING:
                    heard = min(1.0, (all_came - came[source]) / others)
                    weights[source] = max(heard, AT_LEAST if on_air else 0.0)
            if len(weights) == len(self._known):
                break
        untold = 1.0 if on_air or not self._show else 0.0
        return {source: weights.get(source, untold) for source in self._known}

    def dump(self) -> bytes:
        kept: dict[str, Any] = {
            source: {
                "detector": known.detector.dump().decode(),
                "markets": known.markets,
                "lately": known.lately,
                "minutes": known.minutes,
                "minute": known.minute,
            }
            for source, known in self._known.items()
        }
        return orjson.dumps(kept)

    def load(self, state: bytes) -> None:
        """Go on where `dump` left off; a source whose state is another version's begins anew."""
        for source, was in orjson.loads(state).items():
            known = self._begin(source)
            if known is None:
                continue
            try:
                known.detector.load(was["detector"].encode())
            except ValueError:
                continue
            known.markets, known.lately = was["markets"], was["lately"]
            known.minutes, known.minute = was["minutes"], was["minute"]

    def __bool__(self) -> bool:
        return bool(self._known)


def _note_minute(known: _Source, ended: int, came: int) -> None:
    minute = (ended - 1) // 60
    if not known.minutes or minute != known.minute:
        gap = min(MINUTES, max(1, minute - known.minute)) if known.minutes else 1
        known.minutes = [*known.minutes, *[0] * gap][-MINUTES:]
        known.minute = minute
    known.minutes[-1] += came
