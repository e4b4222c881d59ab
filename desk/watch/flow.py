"""Closing ticks: each series of a show is shown its tick, and what the detectors say becomes incidents."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import get_args

from analytics.detectors import DETECTORS, LIVE_SHOW, Prior, dump_all, update_all
from analytics.detectors.base import SpikeDetector, Tick, Verdict
from analytics.reading import Category
from analytics.sketch import DistinctSketch
from desk.configuration.model import Configuration
from desk.incidents import flow as incidents
from desk.incidents.rules import Rise
from desk.incidents.why import Why, on_air
from desk.intake.event import SPOKEN
from desk.moment import Moment
from desk.watch import behaviour, earlier, rules
from desk.watch.said import Lately
from desk.watch.sources import Heard
from store import incidents as stored_incidents
from store import readings, rollups, watching
from store.readings import Spoken

DETECTOR = LIVE_SHOW
CATEGORIES: tuple[str, ...] = get_args(Category)
ALL_KINDS = sorted({*SPOKEN, *behaviour.KINDS})
MOST_TICKS = 360  # an hour of ticks at a time; the rest is closed by the next call
LEADING_WORDS = 4
MOST_DECISIONS = 300
LOOK_BACK = timedelta(minutes=3)


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


def advance(moment: Moment, settle: timedelta, read_until: datetime, memory: Memory) -> Advanced:
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
            settle.total_seconds(),
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


def next_close(watched: Iterable[watching.Watched], settle: timedelta) -> datetime | None:
    """When the next tick of a live show may be closed."""
    ends = [
        one.closed_until + one.seconds + rules.behind(one.newest, one.heard, one.seconds)
        for one in watched
        if one.heard - one.newest <= rules.LIVE_FOR[one.seconds]
    ]
    return datetime.fromtimestamp(min(ends), UTC) + settle if ends else None


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
            rises.append(_rise(moment, show, market, category, at, verdict, counted, looked))
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


class Counts:
    """What was counted in the ticks to be judged; of the minute before them only when something rises.

    `only` leaves every other market unheard.
    """

    def __init__(self, moment: Moment, show: str, tick: int, start: int, end: int, only: str | None = None) -> None:
        self.complaints: Counter[tuple[int, str, str]] = Counter()
        self.totals: Counter[tuple[int, str]] = Counter()
        self.done: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)  # what viewers did, by kind
        self._heard: dict[int, set[str]] = defaultdict(set)
        self._sketches: dict[tuple[int, str, str], list[bytes]] = defaultdict(list)
        self._moment, self._show, self._tick, self._only = moment, show, tick, only
        self._from = end
        self._look_back_to(start)

    def _look_back_to(self, start: int) -> None:
        if start >= self._from:
            return
        connection, workspace, end = self._moment.connection, self._moment.workspace, self._from
        self._from = start
        spoken = sorted(SPOKEN)
        for cell in rollups.counts(
            connection, workspace, self._show, start, end, kinds=ALL_KINDS, every=self._tick, seconds=rollups.TICK
        ):
            if self._only not in (None, cell.market):
                continue
            if cell.kind not in SPOKEN:
                self.done[cell.start, cell.market][cell.kind] += cell.count
                continue
            self.totals[cell.start, cell.market] += cell.count
            self._heard[cell.start].add(cell.market)
            if cell.category:
                self.complaints[cell.start, cell.market, cell.category] += cell.count
        for at, market, category, sketch in rollups.complaint_sketches(
            connection, workspace, self._show, start, end, spoken
        ):
            self._sketches[rules.floor(at, self._tick), market, category].append(sketch)

    @property
    def seconds(self) -> int:
        """The length of a tick."""
        return self._tick

    def heard(self, at: int) -> set[str]:
        """The markets in which somebody spoke in the tick that starts at `at`."""
        return self._heard.get(at, set())

    def ticks(self, at: int, markets: Iterable[str]) -> list[Tick]:
        """What detectors are shown of the tick that starts at `at`: for each market, each of `CATEGORIES`."""
        ended, seconds = float(at + self._tick), float(self._tick)
        found = []
        for market in markets:
            total = self.totals.get((at, market), 0)
            quiet = Tick(ended, seconds, 0, total, 0)
            for category in CATEGORIES:
                complaints = self.complaints.get((at, market, category), 0)
                distinct = self.distinct(at, market, category) if complaints else 0
                found.append(Tick(ended, seconds, complaints, total, distinct) if complaints else quiet)
        return found

    def sketch(self, at: int, market: str, category: str) -> DistinctSketch | None:
        found = self._sketches.get((at, market, category))
        return _union(found) if found else None

    def distinct(self, at: int, market: str, category: str) -> int:
        """Viewers behind the complaints of a tick; never more than the complaints."""
        complaints = self.complaints[at, market, category]
        if complaints <= 1:
            return complaints
        sketch = self.sketch(at, market, category)
        return min(complaints, max(1, round(sketch.estimate()))) if sketch else complaints

    def minute(self, at: int, market: str, category: str) -> tuple[float, float, int]:
        """(complaints a minute, share of all comments, viewers) over the minute that ends with the tick at `at`."""
        tick = self._tick
        self._look_back_to(at - max(0, 60 - tick))
        ticks = range(at - (60 - tick), at + tick, tick) if tick < 60 else range(at, at + tick, tick)
        complaints = sum(self.complaints[one, market, category] for one in ticks)
        total = sum(self.totals[one, market] for one in ticks)
        sketches = [sketch for one in ticks for sketch in self._sketches.get((one, market, category), ())]
        viewers = round(_union(sketches).estimate()) if sketches else 0
        return complaints * 60 / max(60, tick), complaints / total if total else 0.0, min(viewers, complaints)

    def of_minute(self, at: int, market: str, category: str) -> tuple[int, DistinctSketch | None]:
        """(complaints, their viewers) of the minute that ends with the tick at `at`, or of a tick that is longer."""
        self._look_back_to(at - max(0, 60 - self._tick))
        ticks = range(min(at, at - 60 + self._tick), at + self._tick, self._tick)
        sketches = [sketch for one in ticks for sketch in self._sketches.get((one, market, category), ())]
        complaints = sum(self.complaints[one, market, category] for one in ticks)
        return complaints, _union(sketches) if sketches else None


def _union(sketches: Sequence[bytes]) -> DistinctSketch:
    merged = DistinctSketch.from_bytes(sketches[0])
    for other in sketches[1:]:
        merged = merged.merge(DistinctSketch.from_bytes(other))
    return merged


def _rise(
    moment: Moment,
    show: str,
    market: str,
    category: str,
    at: int,
    verdict: Verdict,
    counted: Counts,
    said: Lately | None,
) -> tuple[Rise, Why]:
    """`said` is None where the words do not matter: they are chosen when an incident begins."""
    tick = counted.seconds
    end = datetime.fromtimestamp(at + tick, UTC)
    since = verdict.since if verdict.since is not None else at
    began = max(datetime.fromtimestamp(since, UTC), end - timedelta(minutes=30))
    observed, share, viewers = counted.minute(at, market, category)
    # An incident begins with the minute that opened it, for that is what its card speaks of; then tick by tick.
    complaints, sketch = (
        counted.of_minute(at, market, category)
        if said is not None
        else (counted.complaints[at, market, category], counted.sketch(at, market, category))
    )
    rise = Rise(
        show=show,
        market=market,
        category=category,
        at=end,
        began_at=began,
        alarm=verdict.alarm,
        calm=verdict.calm,
        observed=observed,
        usual=verdict.expected * 60 / tick,
        share=share,
        usual_share=verdict.usual_share,
        distinct=viewers,
    )
    why = Why(
        complaints=complaints,
        viewers=sketch.to_bytes() if sketch else None,
        words=[],
        on_air=on_air(moment, show, end),
        languages=[],
        look=partial(_leading, moment, rise, said) if said is not None else None,
        said=partial(_said, said) if said is not None else None,
    )
    return rise, why


def _leading(moment: Moment, rise: Rise, said: Lately) -> tuple[list[str], list[str]]:
    """The words that decided most of the newest complaints, and the languages they were in."""
    if not rise.alarm:
        return [], []
    words: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    for categories, lang in _decisions(moment, rise, said):
        languages[lang] += 1
        words.update({word.casefold() for name, why in categories if name == rise.category for word in why})
    return (
        [word for word, _ in words.most_common(LEADING_WORDS)],
        [lang for lang, _ in languages.most_common()],
    )


def _decisions(moment: Moment, rise: Rise, said: Lately) -> Iterable[tuple[Iterable[tuple[str, Sequence[str]]], str]]:
    """The newest complaints first: their categories, each with the words that decided, and their language."""
    start = rise.at - LOOK_BACK
    known = said.of(rise.show, [rise.market], rise.category, start, rise.at) if rise.market else None
    if known is not None:
        for one in known[: -MOST_DECISIONS - 1 : -1]:
            yield [(found.name, found.why) for found in one.categories], one.said.lang
        return
    for categories, lang in readings.decisions(
        moment.connection,
        moment.workspace,
        start,
        rise.at,
        show=rise.show or None,
        market=rise.market or None,
        category=rise.category,
        limit=MOST_DECISIONS,
    ):
        yield [(one["name"], one["why"]) for one in categories], lang


def _said(
    known: Lately, show: str, markets: Collection[str], category: str, start: datetime, end: datetime
) -> list[Spoken] | None:
    found = known.of(show, markets, category, start, end)
    return None if found is None else [one.said for one in found]
