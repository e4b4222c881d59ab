"""Closing ticks: each series of a show is shown its tick, and what the detectors say becomes incidents."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from analytics.detectors import DETECTORS, LIVE_SHOW, Prior, dump_all, update_all
from analytics.detectors.base import SpikeDetector
from desk.configuration.model import Configuration
from desk.incidents import flow as incidents
from desk.moment import Moment
from desk.watch import behaviour, earlier, rules
from desk.watch.counts import CATEGORIES, Counts
from desk.watch.rises import rise_of
from desk.watch.said import Lately
from desk.watch.sources import Heard
from desk.watch.stragglers import Patience, Stragglers
from store import incidents as stored_incidents
from store import rollups, watching

DETECTOR = LIVE_SHOW
MOST_TICKS = 360  # an hour of ticks at a time; the rest is closed by the next call


Detectors = dict[str, dict[str, SpikeDetector]]  # market → category → its detector


class Memory:
    """Detectors as they stood when a show was closed up to some instant, so that a tick need not restore them.

    The database stays the truth: what is remembered is used only where it has closed the show up to the same instant.
    After a restart, a transaction that was rolled back or another worker's turn it has not, and they are restored.
    """

    def __init__(self) -> None:
        self._shows: dict[str, tuple[int, int, Detectors]] = {}
        self.behaviour = behaviour.Memory()
        self.heard = Heard()
        self.said = Lately()
        self.stragglers = Stragglers()

    def take(self, show: str, closed_until: int, configuration: int) -> Detectors | None:
        """The show's detectors, which are then the taker's; None when they must be restored."""
        known = self._shows.pop(show, None)
        return known[2] if known is not None and known[:2] == (closed_until, configuration) else None

    def keep(self, show: str, closed_until: int, configuration: int, detectors: Detectors) -> None:
        self._shows[show] = (closed_until, configuration, detectors)

    def forget(self, show: str) -> None:
        self._shows.pop(show, None)
        self.behaviour.forget(show)
        self.heard.forget(show)
        self.said.forget(show)
        self.stragglers.forget(show)


def touch(moment: Moment, shows: Mapping[str, tuple[int, int, int]]) -> set[str]:
    """Note the events of a batch: show → (oldest, newest, last received), in seconds since 1970; '' for no show.

    The shows that begin with it, or go on after a silence, are given back.
    """
    begun = set()
    for show, (oldest, newest, heard) in shows.items():
        tick = rules.TICK if show else rules.HOUR
        begin = rules.floor(min(oldest, heard), tick)  # a clock that runs ahead must not make the others late
        known = watching.of_show(moment.connection, moment.workspace, show)
        watching.touch(moment.connection, moment.workspace, show, tick, begin, newest, heard)
        if known is None or not known.live:
            begun.add(show)
        if known is not None and not known.live and begin > known.closed_until:
            # It had fallen silent and goes on: the silence between was no show, so it is not judged.
            watching.close(moment.connection, moment.workspace, show, begin, live=True)
    return begun


@dataclass(frozen=True, slots=True)
class Closed:
    """Ticks of a show were closed up to `until`, in seconds since 1970; `finished`: nothing more is expected of it."""

    show: str
    until: int
    finished: bool


@dataclass(frozen=True, slots=True)
class Advanced:
    """`more`: there are ticks left, which the next call may close at once. `live`: the shows of which something is
    still to be judged after this."""

    closed: Closed | None
    more: bool
    live: Sequence[watching.Watched]


def advance(moment: Moment, patience: Patience, read_until: datetime, memory: Memory) -> Advanced:
    """Close ticks of one show, when all that was received before `read_until` has been counted.

    One show at a time, those behind first: the alarm of one must not wait in a transaction until all have been judged.
    Shows whose ticks end together go by their complaints: an alarm is likeliest where most complain.
    """
    waiting = []
    live = watching.live(moment.connection, moment.workspace)
    for watched in live:
        closing = rules.closing(
            watched.closed_until,
            watched.newest,
            watched.heard,
            watched.seconds,
            read_until.timestamp(),
            patience.of(watched.show).total_seconds(),
        )
        until = min(closing.until, watched.closed_until + MOST_TICKS * watched.seconds)
        finished = closing.finished and until == closing.until
        if until > watched.closed_until or finished:
            waiting.append((watched, until, finished, until < closing.until))
    if not waiting:
        return Advanced(None, more=False, live=live)
    furthest = min(watched.closed_until for watched, *_ in waiting)
    behind = [one for one in waiting if one[0].closed_until == furthest]
    if len(behind) > 1:
        behind.sort(key=lambda one: -_complaints(moment, one[0], one[1]))
    watched, until, finished, is_part = behind[0]
    closed = _close(moment, watched, until, finished, memory)
    others = [one for one in live if one is not watched]
    live = others if finished else [*others, replace(watched, closed_until=until)]
    return Advanced(closed, more=is_part or len(waiting) > 1, live=live)


def _complaints(moment: Moment, watched: watching.Watched, until: int) -> int:
    return rollups.complained(moment.connection, moment.workspace, watched.show, watched.closed_until, until)


def _close(moment: Moment, watched: watching.Watched, until: int, finished: bool, memory: Memory) -> Closed:
    if until > watched.closed_until:
        _judge(moment, watched.show, watched.seconds, watched.closed_until, until, memory)
    if finished:
        incidents.finish(moment, watched.show, datetime.fromtimestamp(until, UTC))
        memory.forget(watched.show)
    watching.close(moment.connection, moment.workspace, watched.show, until, live=not finished)
    return Closed(watched.show, until, finished)


def next_close(watched: Iterable[watching.Watched], patience: Patience) -> datetime | None:
    """When the next tick of a live show may be closed."""
    ends = [
        datetime.fromtimestamp(one.closed_until + one.seconds + rules.behind(one.newest, one.heard, one.seconds), UTC)
        + patience.of(one.show)
        for one in watched
        if one.heard - one.newest <= rules.LIVE_FOR[one.seconds]
    ]
    return min(ends) if ends else None


def _judge(moment: Moment, show: str, tick: int, start: int, end: int, memory: Memory) -> None:
    counted = Counts(moment, show, tick, start, end)
    detectors = memory.take(show, start, moment.configuration.version)
    if detectors is None:
        stored = watching.states(moment.connection, moment.workspace, show, DETECTOR)
        detectors = {market: restored(moment.configuration, market, states) for market, states in stored.items()}
    arrived = memory.heard.take(moment, show, tick, start, end)
    doing = behaviour.Watch(moment, show, tick, (start, end), counted.done, arrived, memory.behaviour)
    open_scopes = scopes_open(moment, show)
    for at in range(start, end, tick):
        if judge_tick(moment, show, at, detectors, counted, doing, open_scopes, memory.said):
            open_scopes = scopes_open(moment, show)
    dumped = iter(dump_all([one for by in detectors.values() for one in by.values()]))
    states = {market: {name: next(dumped) for name in by} for market, by in detectors.items()}
    watching.keep_states(moment.connection, moment.workspace, show, DETECTOR, states)
    doing.keep()
    memory.keep(show, end, moment.configuration.version, detectors)


def judge_tick(
    moment: Moment,
    show: str,
    at: int,
    detectors: Detectors,
    counted: Counts,
    doing: behaviour.Watch,
    open_scopes: Collection[tuple[str, str]],
    said: Lately | None = None,
) -> bool:
    """Show the tick that starts at `at` to every series, and make incidents of what they say and of what viewers do.

    `detectors` are those of the markets heard so far; a market begins with the tick in which it is heard first,
    however many ticks are judged in one go. `open_scopes` are (market, category), `said` what is known of the last
    minutes' complaints. True when they may have changed.
    """
    if begun := counted.heard(at) - detectors.keys():
        usual = earlier.priors(moment, show, begun, at, CATEGORIES)
        for market in sorted(begun):
            detectors[market] = restored(moment.configuration, market, {}, usual)
    markets = sorted(detectors)
    series = [(market, category) for market in markets for category in CATEGORIES]
    done = doing.shown(at, counted.totals)
    verdicts = update_all(
        [*(detectors[market][category] for market, category in series), *done.detectors],
        [*counted.ticks(at, markets), *done.ticks],
    )
    rises = []
    for (market, category), verdict in zip(series, verdicts, strict=False):
        is_open = (market, category) in open_scopes
        if verdict.alarm or is_open:
            looked = None if is_open else said or Lately()
            rises.append(rise_of(moment, show, market, category, at, verdict, counted, looked))
    rises += doing.rises(at, done, verdicts[len(series) :], open_scopes)
    if rises:
        incidents.meet(moment, rises)
    return bool(rises)


def scopes_open(moment: Moment, show: str) -> set[tuple[str, str]]:
    """(market, category) of every scope of a show that is open."""
    scopes = stored_incidents.open_scopes(moment.connection, moment.workspace, show)
    return {(scope.market, scope.category) for scope in scopes}


def restored(
    configuration: Configuration,
    market: str,
    states: Mapping[str, bytes],
    usual: Mapping[tuple[str, str], Prior] | None = None,
) -> dict[str, SpikeDetector]:
    """The detectors of a market, as patient as the configuration wants them there.

    `usual` is what a market that begins starts from; afterwards a detector's state knows it.
    """
    known = configuration.markets.get(market)
    sensitivity = known.sensitivity if known else 1.0
    made: dict[str, SpikeDetector] = {}
    for category in CATEGORIES:
        prior = usual.get((market, category)) if usual else None
        made[category] = DETECTORS[DETECTOR](sensitivity=sensitivity, prior=prior)
        if category in states:
            try:
                made[category].load(states[category])
            except ValueError:
                # Another version's state: it starts anew, as for a show of which nothing is known yet.
                made[category] = DETECTORS[DETECTOR](sensitivity=sensitivity)
    return made
