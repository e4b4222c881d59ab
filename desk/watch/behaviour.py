"""What viewers do and sources leave undone, judged with the same ticks as complaints: signals that become incidents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from analytics.behaviour import FLOORS, Behaviour, Found, Seen, dump_markets
from analytics.detectors.base import SpikeDetector, Tick, Verdict
from analytics.sketch import DistinctSketch, merged
from desk.configuration.model import Configuration, Show, Signal
from desk.incidents.rules import Rise
from desk.incidents.why import Why, on_air
from desk.moment import Moment
from desk.signals import SILENCE
from desk.watch import rules
from desk.watch.sources import Arrivals, Silent, Sources
from store import rollups, watching

DETECTOR = "behaviour"  # under which states are kept
BY_VIEWERS = ("payment_failed", "stall", "leave", "add_to_cart", "checkout")  # counted once a viewer
KINDS = (*BY_VIEWERS, "purchase", "join", "heartbeat", "viewer_count")
CONCERNED = {
    "payment_failures": "payment_failed",
    "stalls": "stall",
    "exits": "leave",
    "abandoned_carts": "add_to_cart",
}

REMEMBERED = 60  # seconds: a viewer is new when they have not done it in this minute or the one before
EXACT = 150  # viewers up to which a sketch is exact; above, a difference of two says nothing
SEGMENT_SETTLES = timedelta(seconds=90)  # after a segment has changed, people go who came for the last one
NEAR_THE_END = timedelta(minutes=5)
STILL_ON = timedelta(minutes=10)  # before the planned end, until which not everything may fall silent
LATE = 60.0  # seconds after its end at which a tick says nothing of who is silent: we were, and are catching up
NO_SHOW: frozenset[str] = frozenset({"payment_failures"})  # what can be told by the hour


@dataclass(slots=True)
class Remembered:
    """Of one show. `viewers` are those seen in the present and the last minute, by market and kind."""

    markets: dict[str, Behaviour] = field(default_factory=dict)
    sources: Sources | None = None
    viewers: dict[tuple[str, str], dict[int, DistinctSketch]] = field(default_factory=dict)


@dataclass(slots=True)
class Shown:
    """What detectors hear of one tick, in one order: (market, signal, what was seen), detectors, and their ticks."""

    signals: list[tuple[str, str, Seen]] = field(default_factory=list)
    detectors: list[SpikeDetector] = field(default_factory=list)
    ticks: list[Tick] = field(default_factory=list)


class Memory:
    """As `desk.watch.flow.Memory`: what is remembered is used only where the database stands at the same instant."""

    def __init__(self) -> None:
        self._shows: dict[str, tuple[int, int, Remembered]] = {}

    def take(self, show: str, closed_until: int, configuration: int) -> Remembered | None:
        known = self._shows.pop(show, None)
        return known[2] if known is not None and known[:2] == (closed_until, configuration) else None

    def keep(self, show: str, closed_until: int, configuration: int, remembered: Remembered) -> None:
        self._shows[show] = (closed_until, configuration, remembered)

    def forget(self, show: str) -> None:
        self._shows.pop(show, None)


class Watch:
    """The ticks [start, end) of one show, to be judged one after the other; `keep` then writes what is remembered.

    `counts` are events of `KINDS` by tick and market, `arrived` what was received of each source by tick.
    """

    def __init__(
        self,
        moment: Moment,
        show: str,
        tick: int,
        span: tuple[int, int],
        counts: Mapping[tuple[int, str], Mapping[str, int]],
        arrived: Mapping[int, Arrivals],
        memory: Memory,
    ) -> None:
        self._moment, self._show, self._tick, self._memory = moment, show, tick, memory
        self._start, self._end = span
        self._counts, self._arrived = counts, arrived
        self._plan = Plan(moment.configuration.shows.get(show))
        found = memory.take(show, self._start, moment.configuration.version)
        self._is = found if found is not None else self._restored()
        markets = {market for _, market in counts}
        for market in sorted(markets - set(self._is.markets)):
            self._is.markets[market] = _begin(moment.configuration, market, show)
        self._present = self._counted_viewers() if self._has("viewer_count") else {}
        self._sketches = self._load_sketches() if self._has(*BY_VIEWERS) else {}

    def rises(
        self, at: int, shown: Shown, verdicts: Sequence[Verdict], open_scopes: Collection[tuple[str, str]]
    ) -> list[tuple[Rise, Why]]:
        """What the tick that starts at `at` means, given the verdicts on what was `shown` of it: every signal that is
        alarmed, or has an open scope."""
        return [*self._behaviour(at, shown, verdicts, open_scopes), *self._silence(at, open_scopes)]

    def keep(self) -> None:
        states = dump_markets(self._is.markets)
        if self._is.sources:
            states.setdefault("", {})["sources"] = self._is.sources.dump()
        watching.keep_states(self._moment.connection, self._moment.workspace, self._show, DETECTOR, states)
        self._memory.keep(self._show, self._end, self._moment.configuration.version, self._is)

    # ── what viewers do ──────────────────────────────────────────────────────────────────────────────────────────

    def shown(self, at: int, comments: Mapping[tuple[int, str], int]) -> Shown:
        """What detectors are to hear of the tick that starts at `at`; `comments` by tick and market."""
        explained = self._plan.explains_leaving(at + self._tick)
        found = Shown()
        for market, one in self._is.markets.items():
            counts = self._counts.get((at, market), {})
            seen = Seen(
                ended=float(at + self._tick),
                seconds=float(self._tick),
                counts=counts,
                viewers={
                    kind: self._new_viewers(at, market, kind, counts[kind]) for kind in BY_VIEWERS if kind in counts
                },
                comments=comments.get((at, market), 0),
                present=self._present.get((at, market)),
                explained=explained,
                planned=self._plan.has_segments,
            )
            for signal, detector, tick in one.ticks(seen):
                found.signals.append((market, signal, seen))
                found.detectors.append(detector)
                found.ticks.append(tick)
        return found

    def _behaviour(
        self, at: int, shown: Shown, verdicts: Sequence[Verdict], open_scopes: Collection[tuple[str, str]]
    ) -> list[tuple[Rise, Why]]:
        rises = []
        for (market, signal, seen), verdict in zip(shown.signals, verdicts, strict=True):
            watched = self._is.markets[market]
            alarm = watched.hears(signal, seen, verdict)
            if alarm or (market, signal) in open_scopes:
                rises.append(self._rise(at, market, watched.tells(signal, seen, verdict, alarm=alarm)))
        return rises

    def _rise(self, at: int, market: str, found: Found) -> tuple[Rise, Why]:
        end = datetime.fromtimestamp(at + self._tick, UTC)
        since = found.since if found.since is not None else at
        kind = CONCERNED[found.signal]
        sketches = self._sketches.get((at, market, kind))
        rise = Rise(
            show=self._show,
            market=market,
            category=found.signal,
            at=end,
            began_at=max(datetime.fromtimestamp(since, UTC), end - timedelta(minutes=30)),
            alarm=found.alarm,
            calm=found.calm,
            observed=found.rate,
            usual=found.usual,
            share=found.share,
            usual_share=found.usual_share,
            distinct=round(found.viewers),
        )
        why = Why(
            complaints=self._counts.get((at, market), {}).get(kind, 0),
            viewers=_union(sketches).to_bytes() if sketches else None,
            words=[],
            on_air=on_air(self._moment, self._show, end),
            languages=[],
            facts={
                "share": round(found.share, 4),
                "usual_share": round(found.usual_share, 4),
                "among": round(found.among),
                "viewers": round(found.viewers),
                "minutes": [
                    [start, round(concerned, 1), round(among, 1), round(seconds)]
                    for start, concerned, among, seconds in self._is.markets[market].minutes(found.signal)
                ],
            },
        )
        return rise, why

    def _new_viewers(self, at: int, market: str, kind: str, count: int) -> float:
        """Viewers behind the events of a tick who had done no such thing in this minute or the one before."""
        sketches = self._sketches.get((at, market, kind))
        if not sketches:
            return float(count)
        tick = _union(sketches)
        here = float(min(count, max(1, round(tick.estimate()))))
        minutes = self._is.viewers.setdefault((market, kind), {})
        now = rules.floor(at, REMEMBERED)
        for old in [minute for minute in minutes if minute < now - REMEMBERED]:
            del minutes[old]
        before = list(minutes.values())
        minutes[now] = merged([minutes[now], tick]) if now in minutes else tick
        if not before:
            return here
        known = merged(before)
        if known.estimate() > EXACT:
            return here
        return float(max(0, min(here, round(merged([known, tick]).estimate()) - round(known.estimate()))))

    def _has(self, *kinds: str) -> bool:
        return any(kind in counted for counted in self._counts.values() for kind in kinds)

    def _counted_viewers(self) -> dict[tuple[int, str], float]:
        """(tick, market) → viewers, as the platforms count them; of several counts in a tick their mean."""
        moment = self._moment
        found: dict[tuple[int, str], list[float]] = defaultdict(list)
        for at, market, mean in rollups.means(
            moment.connection, moment.workspace, self._show, self._start, self._end, "viewer_count"
        ):
            found[rules.floor(at, self._tick), market].append(mean)
        return {key: sum(means) / len(means) for key, means in found.items()}

    def _load_sketches(self, start: int | None = None) -> dict[tuple[int, str, str], list[bytes]]:
        moment, found = self._moment, defaultdict(list)
        begin, end = (self._start, self._end) if start is None else (start, self._start)
        for at, market, kind, sketch in rollups.kind_sketches(
            moment.connection, moment.workspace, self._show, begin, end, BY_VIEWERS
        ):
            found[rules.floor(at, self._tick), market, kind].append(sketch)
        return dict(found)

    # ── what sources leave undone ────────────────────────────────────────────────────────────────────────────────

    def _silence(self, at: int, open_scopes: Collection[tuple[str, str]]) -> list[tuple[Rise, Why]]:
        end = at + self._tick
        if self._moment.now.timestamp() - end > LATE:
            return []
        arrived = self._arrived.get(at, {})
        if self._is.sources is None:
            if not arrived:
                return []
            self._is.sources = Sources(self._moment.configuration, self._show)
        self._is.sources.judge(end, self._tick, arrived, on_air=self._plan.must_be_on(end))
        rises = []
        for market, silent in self._is.sources.silent().items():
            told = self._worth_telling(market, silent, end)
            if told or (market, SILENCE) in open_scopes:
                rises.append(self._silent_rise(end, market, told))
        return rises

    def _worth_telling(self, market: str, silent: Sequence[Silent], end: int) -> list[Silent]:
        says = _signal(self._moment.configuration, market, SILENCE)
        least = timedelta(minutes=says.floor or 0)
        now = datetime.fromtimestamp(end, UTC)
        return [one for one in silent if says.watch and now - one.since >= least]

    def _silent_rise(self, end: int, market: str, silent: Sequence[Silent]) -> tuple[Rise, Why]:
        now = datetime.fromtimestamp(end, UTC)
        began = min((one.since for one in silent), default=now)
        rise = Rise(
            show=self._show,
            market=market,
            category=SILENCE,
            at=now,
            began_at=began,
            alarm=bool(silent),
            calm=not silent,
            observed=(now - began).total_seconds() / 60,
            usual=max((1 / one.usual for one in silent if one.usual), default=0.0),
            share=sum(one.part for one in silent),
            usual_share=0.0,
            distinct=0,
        )
        facts: dict[str, Any] = {}
        if silent:
            facts["sources"] = [
                {
                    "source": one.source,
                    "since": one.since.isoformat(),
                    "usual": round(one.usual, 2),
                    "minutes": list(one.minutes),
                    "until": now.isoformat(),
                }
                for one in silent
            ]
        return rise, Why(0, None, [], on_air(self._moment, self._show, now), [], facts)

    # ── remembered ───────────────────────────────────────────────────────────────────────────────────────────────

    def _restored(self) -> Remembered:
        moment = self._moment
        stored = watching.states(moment.connection, moment.workspace, self._show, DETECTOR)
        is_ = Remembered()
        for market, states in stored.items():
            if "sources" in states:
                is_.sources = Sources(moment.configuration, self._show)
                is_.sources.load(states["sources"])
            if "market" in states:
                is_.markets[market] = _begin(moment.configuration, market, self._show)
                is_.markets[market].load(states)
        if is_.markets:
            first = rules.floor(self._start, REMEMBERED) - REMEMBERED
            for (at, market, kind), sketches in self._load_sketches(first).items():
                minutes = is_.viewers.setdefault((market, kind), {})
                minute, tick = rules.floor(at, REMEMBERED), _union(sketches)
                minutes[minute] = merged([minutes[minute], tick]) if minute in minutes else tick
        return is_


class Plan:
    """What the run of show explains."""

    def __init__(self, show: Show | None) -> None:
        self._changes: list[datetime] = []
        self._start: datetime | None = None
        self._end: datetime | None = None
        if show is None or show.starts_at is None:
            return
        self._start = show.starts_at
        self._changes = [show.starts_at + offset for one in show.segments for offset in (one.start, one.end)]
        self._end = show.ends_at or (max(self._changes) if self._changes else None)

    @property
    def has_segments(self) -> bool:
        return bool(self._changes)

    def explains_leaving(self, ended: int) -> bool:
        at = datetime.fromtimestamp(ended, UTC)
        if self._end is not None and at >= self._end - NEAR_THE_END:
            return True
        return any(timedelta(0) <= at - change <= SEGMENT_SETTLES for change in self._changes)

    def must_be_on(self, ended: int) -> bool:
        if self._start is None or self._end is None:
            return False
        return self._start <= datetime.fromtimestamp(ended, UTC) <= self._end - STILL_ON


def _begin(configuration: Configuration, market: str, show: str) -> Behaviour:
    """A market as the configuration wants it watched."""
    known = configuration.markets.get(market)
    floors: dict[str, float | None] = {}
    for name in FLOORS:
        says = _signal(configuration, market, name)
        if says.watch and (show or name in NO_SHOW):
            floors[name] = says.floor
    return Behaviour(floors, known.sensitivity if known else 1.0)


def _signal(configuration: Configuration, market: str, name: str) -> Signal:
    known = configuration.markets.get(market)
    return (known.signals.get(name) if known else None) or Signal()


def _union(sketches: Sequence[bytes]) -> DistinctSketch:
    found = [DistinctSketch.from_bytes(one) for one in sketches]
    return found[0] if len(found) == 1 else merged(found)
