"""When a tick may be closed and judged. Times are seconds since 1970; ticks start at multiples of their length."""

from __future__ import annotations

from dataclasses import dataclass

TICK = 10
HOUR = 3600
LIVE_FOR = {TICK: 600, HOUR: 3 * 3600}  # how long after its newest event a show still counts as live
# How long after it ticks go on being closed. What belongs to no show has quiet nights, and a source that sends nothing
# any more must be missed although it was the only one.
GOES_ON = {TICK: LIVE_FOR[TICK], HOUR: 72 * 3600}
HISTORY_SETTLES = 60  # an import that has said nothing for so long has said everything
# A source's clock may run behind, and then each of its events would belong to a tick that has been judged. Up to
# PUNCTUAL is the sending and no clock; nobody is kept waiting for more than MOST_BEHIND.
PUNCTUAL, MOST_BEHIND = 10, 120


@dataclass(frozen=True, slots=True)
class Closing:
    """Close ticks up to `until`; `finished` when nothing more is expected of this show."""

    until: int
    finished: bool = False


def floor(at: float, tick: int) -> int:
    return int(at // tick) * tick


def behind(newest: int, heard: int, tick: int) -> int:
    """How many seconds the clock of a live show's sources runs behind ours, as its newest event shows; 0 of an hourly
    series, whose events come when they come.

    >>> behind(newest=100, heard=103, tick=10), behind(newest=100, heard=140, tick=10)
    (0, 40)
    """
    late = heard - newest
    return min(late, MOST_BEHIND) if tick == TICK and late > PUNCTUAL else 0


def closing(closed_until: int, newest: int, heard: int, tick: int, now: float, settle: float) -> Closing:
    """How far a show may be judged at `now`.

    `newest` is the time of its newest event, `heard` when that was received. A live show closes by the clock,
    `settle` seconds after a tick has ended: waiting for a later event would hold back the alarm of a show that falls
    silent. Where its sources' clocks run behind, it closes by theirs. A recording (its newest event is long past)
    closes by what has arrived, as the file is in order.

    >>> closing(100, 118, 118, 10, now=120.5, settle=0.2)
    Closing(until=120, finished=False)
    >>> closing(100, 118, 50_000, 10, now=50_000, settle=0.2)
    Closing(until=110, finished=False)
    >>> closing(110, 118, 50_000, 10, now=50_100, settle=0.2)
    Closing(until=120, finished=True)
    """
    live_for = LIVE_FOR[tick]
    recorded = heard - newest > live_for
    if recorded:
        if now - heard >= HISTORY_SETTLES:
            return Closing(max(closed_until, floor(newest, tick) + tick), finished=True)
        return Closing(max(closed_until, floor(newest, tick)))
    end = floor(newest, tick) + tick + GOES_ON[tick]
    edge = floor(now - settle - behind(newest, heard, tick), tick)
    return Closing(max(closed_until, min(edge, end)), finished=edge >= end)
