"""Signals from what viewers do, on simulated evenings: false alarms a stream-hour, recall and delay by size.

    python -m benchmarks.behaviour_bench [--shows 24] [--seed 1]

Every show has three markets (about 200, 1,000 and 4,000 viewers), in each of which viewers come and go, fill carts,
come to the checkout some time later, pay or fail to, and stall. Into that go faults, and what is none: changes of
segment, product drops, the show's end (planned in half of the shows), a market that falls asleep, batches that come
too late to be judged, and a viewer who retries a payment thirty times. A simple threshold stands beside ours.
"""

from __future__ import annotations

import argparse
import itertools
import math
import statistics
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from analytics.behaviour import ABANDONED_CARTS, EXITS, PAYMENT_FAILURES, STALLS, Behaviour, Seen
from analytics.detectors import update_all
from desk.configuration.model import Configuration, Segment, Show
from desk.signals import SILENCE
from desk.watch.behaviour import Plan
from desk.watch.sources import Sources

TICK = 10
NOON = int(datetime(2026, 3, 6, 12, tzinfo=UTC).timestamp())
SIZES = {"small": 200, "middle": 1000, "large": 4000}
GRACE = 120  # seconds after a fault in which an alarm still belongs to it
SIGNALS = (PAYMENT_FAILURES, ABANDONED_CARTS, EXITS, STALLS, SILENCE)


@dataclass(frozen=True)
class Fault:
    signal: str
    name: str
    times: float
    start: int
    end: int


# signal → (name, how many times the usual, seconds)
FAULTS: Mapping[str, tuple[tuple[str, float, int], ...]] = {
    PAYMENT_FAILURES: (("×2.5, 5 min", 2.5, 300), ("×5, 5 min", 5.0, 300), ("×15, 5 min", 15.0, 300)),
    ABANDONED_CARTS: (("half of them, 10 min", 0.5, 600), ("all, 10 min", 0.0, 600)),
    EXITS: (("×2.5, 3 min", 2.5, 180), ("×4, 3 min", 4.0, 180), ("×8, 2 min", 8.0, 120)),
    STALLS: (("×4, 5 min", 4.0, 300), ("×10, 5 min", 10.0, 300), ("×30, 3 min", 30.0, 180)),
    SILENCE: (("chat, 6 min", 0.0, 360), ("shop, 6 min", 0.0, 360)),
}


@dataclass
class Story:
    """What befalls one show, in seconds since its start."""

    length: int
    planned: bool
    changes: list[int]
    drops: list[int]
    faults: dict[str, list[Fault]] = field(default_factory=dict)  # by market
    asleep: dict[str, int] = field(default_factory=dict)
    late: dict[str, tuple[int, int]] = field(default_factory=dict)
    retries: dict[str, int] = field(default_factory=dict)
    silent: list[Fault] = field(default_factory=list)


def story(chance: Random) -> Story:
    length = chance.choice((60, 90, 120)) * 60
    made = Story(length, chance.random() < 0.5, list(range(900, length - 600, chance.choice((480, 720, 900)))), [])
    made.drops = [chance.randrange(1200, length - 1500) for _ in range(2)]
    for market in SIZES:
        if chance.random() < 0.25:
            made.asleep[market] = chance.randrange(length // 3, length)
        at = 900
        while at < min(length - 1500, made.asleep.get(market, length) - 900):
            signal = chance.choice(SIGNALS[:4])
            name, times, seconds = chance.choice(FAULTS[signal])
            start = at + chance.randrange(0, 300)
            made.faults.setdefault(market, []).append(Fault(signal, name, times, start, start + seconds))
            at = start + seconds + 1200
        if chance.random() < 0.4:
            begin = chance.randrange(600, length - 600)
            made.late[market] = (begin, begin + chance.randrange(60, 200))
        if chance.random() < 0.4:
            made.retries[market] = chance.randrange(600, length - 900)
    if chance.random() < 0.7:
        name, times, seconds = chance.choice(FAULTS[SILENCE])
        start = chance.randrange(1200, length - 1800)
        made.silent = [Fault(SILENCE, name, times, start, start + seconds)]
    return made


class Crowd:
    """One market, tick by tick."""

    def __init__(self, size: int, tale: Story, market: str, chance: Random) -> None:
        self.size, self.tale, self.market, self.chance = size, tale, market, chance
        self.present = 0
        self.stay = chance.uniform(0.02, 0.12) / 60  # a second
        self.fails = chance.uniform(0.02, 0.06)
        self.stalls = chance.uniform(0.001, 0.004) / 60
        self.converts, self.lag = chance.uniform(0.4, 0.8), chance.uniform(15, 60)
        self.mood = 1.0
        self.queue: dict[int, list[tuple[str, int]]] = defaultdict(list)
        self.recent: dict[str, dict[int, set[int]]] = defaultdict(dict)
        self.viewer = 0

    def times(self, at: int, signal: str) -> float:
        for fault in self.tale.faults.get(self.market, []):
            if fault.signal == signal and fault.start <= at < fault.end:
                return fault.times
        return 1.0

    def awake(self, at: int) -> float:
        begins = self.tale.asleep.get(self.market)
        return 1.0 if begins is None or at < begins else 0.5 ** ((at - begins) / 600)

    def excitement(self, at: int) -> float:
        return 1.0 + sum(
            4.0 * (1.0 if at - drop < 90 else math.exp(-(at - drop - 90) / 45))
            for drop in self.tale.drops
            if at >= drop
        )

    def tick(self, at: int) -> tuple[dict[str, int], dict[str, int], int]:
        """(events by kind, viewers of them who are new, comments) of [at, at + TICK)."""
        chance, over = self.chance, at >= self.tale.length
        self.mood = max(0.4, min(2.5, self.mood * math.exp(chance.gauss(0, 0.06)))) ** 0.97
        leaving = self.stay * self.mood * self.times(at, EXITS) * (1.6 if self.awake(at) < 1 else 1.0)
        if any(0 <= at - change < 60 for change in self.tale.changes):
            leaving *= 2.5
        if over:
            leaving = 2.5 / 60
        arriving = self.size * self.stay * (4.0 if at < 180 else 1.0) * self.awake(at) * self.excitement(at) ** 0.3
        joins = 0 if at >= self.tale.length - 10 else poisson(chance, arriving * TICK)
        left = min(self.present, poisson(chance, self.present * (1 - math.exp(-leaving * TICK))))
        self.present += joins - left
        buying = 0 if over else self.present * 0.03 / 60 * self.awake(at) * self.excitement(at) * self.mood**0.5
        carts = self.people(poisson(chance, buying * TICK))
        for one in carts:
            if chance.random() < self.converts * (self.times(at, ABANDONED_CARTS)):
                later = at + chance.gammavariate(2.0, self.lag / 2)
                self.queue[int(later // TICK)].append(("checkout", one))
                self.queue[int((later + chance.uniform(5, 20)) // TICK)].append(("attempt", one))
        events: dict[str, list[int]] = defaultdict(list)
        events["add_to_cart"], events["leave"] = carts, self.people(left)
        for what, one in self.queue.pop(at // TICK, []):
            if what == "checkout":
                events["checkout"].append(one)
            elif chance.random() < min(0.95, self.fails * self.times(at, PAYMENT_FAILURES)):
                events["payment_failed"].append(one)
                if chance.random() < 0.3:
                    self.queue[int((at + chance.uniform(20, 60)) // TICK)].append(("attempt", one))
            else:
                events["purchase"].append(one)
        stalling = poisson(chance, self.present * self.stalls * self.mood * self.times(at, STALLS) * TICK)
        events["stall"] = [one for one in self.people(stalling) for _ in range(chance.choice((1, 1, 3)))]
        begins = self.tale.retries.get(self.market)
        if begins is not None and begins <= at < begins + 300:
            events["payment_failed"].append(-1)
        late = self.tale.late.get(self.market)
        if late is not None and late[0] <= at < late[1]:
            for kind in ("add_to_cart", "checkout", "purchase", "payment_failed"):
                events.pop(kind, None)
        counts = {kind: len(who) for kind, who in events.items() if who}
        counts |= {"join": joins} if joins else {}
        new = {kind: self.new(kind, set(who), at) for kind, who in events.items() if who}
        comments = 0 if over else poisson(chance, self.present * 0.05 / 60 * TICK * self.excitement(at) ** 0.5)
        return counts, new, comments

    def people(self, count: int) -> list[int]:
        first, self.viewer = self.viewer, self.viewer + count
        return list(range(first, first + count))

    def new(self, kind: str, who: set[int], at: int) -> int:
        minutes, now = self.recent[kind], at // 60
        for old in [minute for minute in minutes if minute < now - 1]:
            del minutes[old]
        known = set().union(*minutes.values())
        minutes.setdefault(now, set()).update(who)
        return len(who - known)


def poisson(chance: Random, mean: float) -> int:
    if mean <= 0:
        return 0
    if mean > 50:
        return max(0, round(chance.gauss(mean, math.sqrt(mean))))
    product, count, least = chance.random(), 0, math.exp(-mean)
    while product > least:
        product *= chance.random()
        count += 1
    return count


class Threshold:
    """What one would write first: a line for each signal, over a minute or two."""

    def __init__(self) -> None:
        self.kept: list[dict[str, float]] = []

    def alarms(self, counts: Mapping[str, int], present: float) -> dict[str, bool]:
        self.kept = [*self.kept, {**counts, "present": present}][-66:]
        minute, before = self.kept[-6:], self.kept[:-6]

        def over(kind: str, ticks: list[dict[str, float]]) -> float:
            return sum(tick.get(kind, 0) for tick in ticks)

        failed = over("payment_failed", minute)
        usual = over("leave", before) / max(len(before), 1) * 6
        long = self.kept[-18:]
        return {
            PAYMENT_FAILURES: failed >= 3 and failed >= 0.15 * (failed + over("purchase", minute)),
            EXITS: len(before) >= 30 and over("leave", minute) >= max(10, 2 * usual),
            ABANDONED_CARTS: over("add_to_cart", long) >= 8
            and over("checkout", long) < 0.2 * over("add_to_cart", long),
            STALLS: over("stall", minute) >= max(5, 0.02 * present),
        }


@dataclass
class Score:
    false: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    found: dict[tuple[str, str, str], list[float | None]] = field(default_factory=lambda: defaultdict(list))
    causes: list[str] = field(default_factory=list)

    def take(self, signal: str, market: str, faults: list[Fault], raised: list[int], show: int) -> None:
        """`raised` are the ends of the ticks at which an alarm began."""
        for at in raised:
            if not any(one.start <= at <= one.end + GRACE for one in faults if one.signal == signal):
                self.false[signal] += 1
                self.causes.append(f"{signal} {market} show {show} at {at}")
        for one in faults:
            if one.signal == signal:
                after = [at - one.start for at in raised if one.start <= at <= one.end + GRACE]
                self.found[signal, one.name, market].append(min(after) if after else None)


def begins(flags: list[tuple[int, bool]], rest: int = 60) -> list[int]:
    """When an alarm begins: one that pauses for less than a minute goes on."""
    found, last = [], -(10**9)
    for at, alarm in flags:
        if alarm:
            if at - last > rest:
                found.append(at)
            last = at
    return found


def play(number: int, seed: int, ours: Score, simple: Score, cost: list[float]) -> float:
    """One show; its length in hours."""
    chance = Random(f"{seed}/{number}")
    tale = story(chance)
    crowds = {market: Crowd(size, tale, market, chance) for market, size in SIZES.items()}
    watched = {market: Behaviour() for market in SIZES}
    lines = {market: Threshold() for market in SIZES}
    start = datetime.fromtimestamp(NOON, UTC)
    edges = [0, *tale.changes, tale.length]
    segments = tuple(Segment(timedelta(seconds=a), timedelta(seconds=b), "x") for a, b in itertools.pairwise(edges))
    plan = Plan(Show("s", "s", start, None, (), segments) if tale.planned else None)
    sources = Sources(Configuration(), "s")
    flags: dict[tuple[str, str], list[tuple[int, bool]]] = defaultdict(list)
    lined: dict[tuple[str, str], list[tuple[int, bool]]] = defaultdict(list)
    last: dict[str, int] = {}
    batch = 0
    for at in range(0, tale.length + 300, TICK):
        ended = at + TICK
        done = {market: crowd.tick(at) for market, crowd in crowds.items()}
        shown, seen = [], {}
        began = time.process_time()
        for market, (counts, new, comments) in done.items():
            explained = plan.explains_leaving(NOON + ended)
            seen[market] = Seen(NOON + ended, TICK, counts, new, comments, None, explained, plan.has_segments)
            shown += [(market, *rest) for rest in watched[market].ticks(seen[market])]
        verdicts = update_all([one for _, _, one, _ in shown], [tick for *_, tick in shown])
        for (market, signal, _, _), verdict in zip(shown, verdicts, strict=True):
            found = watched[market].found(signal, seen[market], verdict)
            flags[market, signal].append((ended, found.alarm))
        cost.append(time.process_time() - began)
        for market, (counts, _, _) in done.items():
            for signal, alarm in lines[market].alarms(counts, crowds[market].present).items():
                lined[market, signal].append((ended, alarm))

        quiet = {fault.name.split(",")[0] for fault in tale.silent if fault.start <= at < fault.end}
        arrived = {("chat", ""): sum(comments for _, _, comments in done.values())}
        arrived["shop", ""] = sum(
            counts.get(kind, 0) for counts, _, _ in done.values() for kind in ("add_to_cart", "checkout", "purchase")
        )
        batch += poisson(chance, 4.0) if at < tale.length else 0
        if at % 300 == 0:  # a source that sends what it has every five minutes
            arrived["batches", ""], batch = batch, 0
        sources.judge(
            NOON + ended, TICK,
            {key: n for key, n in arrived.items() if n and key[0] not in quiet},
            on_air=plan.must_be_on(NOON + ended),
        )  # fmt: skip
        silent = [one.source for found_ in sources.silent().values() for one in found_]
        for source in ("chat", "shop", "batches"):
            flags[source, SILENCE].append((ended, source in silent))
            if source not in quiet and arrived.get((source, ""), 0):
                last[source] = ended
            lined[source, SILENCE].append((ended, ended - last.get(source, ended) >= 120))
    for score, raised in ((ours, flags), (simple, lined)):
        for (market, signal), marks in raised.items():
            faults = tale.faults.get(market, [])
            if signal == SILENCE:
                faults = [one for one in tale.silent if one.name.startswith(market)]
            score.take(signal, "" if signal == SILENCE else market, faults, begins(marks), number)
    return (tale.length + 300) / 3600


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--shows", type=int, default=24)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--first", type=int, default=0, help="number of the first show")
    arguments.add_argument("--causes", action="store_true", help="list every false alarm")
    asked = arguments.parse_args()
    ours, simple, cost = Score(), Score(), list[float]()
    hours = sum(
        play(number, asked.seed, ours, simple, cost) for number in range(asked.first, asked.first + asked.shows)
    )
    print(f"{asked.shows} shows, {hours:.0f} stream-hours of three markets each, seed {asked.seed}; ours (threshold)\n")
    print("| signal | false alarms a stream-hour |\n|---|---|")
    for signal in SIGNALS:
        print(f"| {signal} | {ours.false[signal] / hours:.3f} ({simple.false[signal] / hours:.2f}) |")
    print(
        "\n| fault | market | how many | found within 2 min | found at all | delay p50, s |\n|---|---|---|---|---|---|"
    )
    for key in sorted(ours.found):
        signal, name, market = key
        print(f"| {signal} {name} | {market} | {len(ours.found[key])} | {_recall(ours, simple, key)} |")
    print(f"\nAll signals of three markets: {statistics.median(cost) * 1e6:.0f} µs a tick")
    if asked.causes:
        print(*ours.causes, sep="\n")


def _recall(ours: Score, simple: Score, key: tuple[str, str, str]) -> str:
    limit = 180 if key[0] == SILENCE else 120
    cells = []
    for score in (ours, simple):
        delays = score.found[key]
        known = [one for one in delays if one is not None]
        soon = sum(one <= limit for one in known) / len(delays)
        cells.append(
            (f"{soon:.2f}", f"{len(known) / len(delays):.2f}", f"{statistics.median(known):.0f}" if known else "–")
        )
    return " | ".join(f"{one} ({other})" for one, other in zip(*cells, strict=True))


if __name__ == "__main__":
    main()
