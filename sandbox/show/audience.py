"""Who is there: viewers come, stay as long as their patience lasts, and go."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from sandbox.show.beats import DROP, SPAM, leaving_rate
from sandbox.show.moments import Moment
from sandbox.show.plan import Audience, Plan

HEARTBEAT_SECONDS = 300.0
WITH_PLAYER_BEACON = 0.25  # share of the viewers whose player reports
BUFFERED = 0.02  # share of heartbeats that a player could not send for minutes
COUNT_SECONDS = 30.0
ENTRANCES = ("feed", "following", "share", "search")


@dataclass(frozen=True, slots=True)
class Viewer:
    """`talkative` is a weight: one viewer in ten says most of what is said. `leaves_at` is None for those who stay."""

    id: str
    market: str
    lang: str
    joins_at: float
    leaves_at: float | None
    talkative: float

    def is_there(self, at: float) -> bool:
        return self.joins_at < at and (self.leaves_at is None or at < self.leaves_at)


class Crowd:
    """The viewers of one market, and a way to pick somebody who is there."""

    def __init__(self, audience: Audience, viewers: Sequence[Viewer], chance: Random) -> None:
        self.audience = audience
        self.viewers = viewers
        self._chance = chance
        self._weights = list(accumulate(viewer.talkative for viewer in viewers))

    def count(self, at: float) -> int:
        return sum(viewer.is_there(at) for viewer in self.viewers)

    def there(self, at: float) -> list[Viewer]:
        return [viewer for viewer in self.viewers if viewer.is_there(at)]

    def somebody(self, at: float, fits: Callable[[Viewer], bool] = lambda viewer: True) -> Viewer | None:
        """A viewer who is there and fits, the talkative ones more often; None when there is no such viewer."""
        for _ in range(60):
            viewer = self._chance.choices(self.viewers, cum_weights=self._weights)[0]
            if viewer.is_there(at) and fits(viewer):
                return viewer
        fitting = [viewer for viewer in self.there(at) if fits(viewer)]
        return self._chance.choice(fitting) if fitting else None


def gather(plan: Plan, audience: Audience, chance: Random) -> Crowd:
    """Everybody who will come in one market. Leaving is a hazard over time, on which each viewer spends a patience."""
    seconds = range(int(plan.length) + 1)
    spent = list(accumulate(leaving_rate(at, audience.market) for at in seconds))  # patience used up by each second
    languages, parts = zip(*audience.languages.items(), strict=True)
    viewers = []
    for number in range(audience.viewers):
        joins_at = _arrival(plan, chance)
        used_up = spent[int(joins_at)] + chance.expovariate(1.0)
        leaves_at = bisect_left(spent, used_up) + chance.random()
        viewers.append(
            Viewer(
                id=f"{audience.market}-{number + 1:04d}",
                market=audience.market,
                lang=chance.choices(languages, parts)[0],
                joins_at=joins_at,
                leaves_at=leaves_at if leaves_at < plan.length else None,
                talkative=chance.paretovariate(1.4),
            )
        )
    return Crowd(audience, viewers, chance)


def spammer() -> Viewer:
    """The angry one: comes to complain, stays for it, and goes."""
    return Viewer(f"{SPAM.market}-angry", str(SPAM.market), "en", SPAM.start - 40, SPAM.end + 30, talkative=0.0)


def _arrival(plan: Plan, chance: Random) -> float:
    """Half of the viewers are there within three minutes; friends are called when the offer comes."""
    draw = chance.random()
    if draw < 0.5:
        return chance.triangular(0.0, 180.0, 10.0)
    if draw < 0.62:
        return chance.uniform(DROP.start - 120, DROP.end)
    return chance.uniform(180.0, plan.length - 120)


def presence(plan: Plan, crowd: Crowd, chance: Random) -> Iterator[Moment]:
    """Joins, leaves, heartbeats of the players that send any, and the platform's viewer count."""
    market, source = crowd.audience.market, crowd.audience.source
    for viewer in crowd.viewers:
        entrance = chance.choices(ENTRANCES, (60, 20, 12, 8))[0]
        yield Moment(viewer.joins_at, source, "join", market, viewer.id, {"attributes": {"from": entrance}})
        until = plan.length if viewer.leaves_at is None else viewer.leaves_at
        if viewer.leaves_at is not None:
            dwell = {"dwell_seconds": round(viewer.leaves_at - viewer.joins_at)}
            yield Moment(viewer.leaves_at, source, "leave", market, viewer.id, {"attributes": dwell})
        if chance.random() < WITH_PLAYER_BEACON:
            yield from _heartbeats(viewer, until, chance)
    for count in range(int(plan.length / COUNT_SECONDS)):
        at = (count + 1) * COUNT_SECONDS
        yield Moment(at - 1.0, source, "viewer_count", market, None, {"value": crowd.count(at - 1.0)})


def _heartbeats(viewer: Viewer, until: float, chance: Random) -> Iterator[Moment]:
    watched = HEARTBEAT_SECONDS
    while viewer.joins_at + watched < until:
        lag = chance.uniform(60, 240) if chance.random() < BUFFERED else None
        fields = {"attributes": {"watched_seconds": int(watched)}}
        yield Moment(viewer.joins_at + watched, "player", "heartbeat", viewer.market, viewer.id, fields, lag)
        watched += HEARTBEAT_SECONDS
