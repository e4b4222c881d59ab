"""Which ticks of a show were judged: told from when something was heard, as `desk.watch.rules.closing` would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desk.watch.rules import LIVE_FOR, floor


@dataclass(frozen=True, slots=True)
class Stretch:
    """Ticks from `start` to `end`, seconds since 1970. `finished`: the show was taken to be over at its end."""

    start: int
    end: int
    finished: bool


def stretches(heard: Sequence[int], tick: int, closed_until: int, *, recorded: bool) -> list[Stretch]:
    """The stretches that were judged of a show, given the ticks (their starts, in order) in which it was heard.

    A live show is judged by the clock, until so long after its newest event that it counts as over; when it goes on
    later, what lies between was no show. A recording is judged through its gaps, and ends with its newest event.

    >>> stretches([0, 10, 5000], 10, 5610, recorded=False)
    [Stretch(start=0, end=620, finished=True), Stretch(start=5000, end=5610, finished=True)]
    >>> stretches([0, 10, 5000], 10, 5010, recorded=True)
    [Stretch(start=0, end=5010, finished=True)]
    """
    live_for = LIVE_FOR[tick]
    made: list[Stretch] = []
    begun = last = None
    for at in heard:
        at = floor(at, tick)
        if at >= closed_until:
            break
        if begun is None or last is None:
            begun = at
        elif not recorded and at >= last + tick + live_for:
            made.append(Stretch(begun, last + tick + live_for, True))
            begun = at
        last = at
    if begun is not None and last is not None:
        over = last + tick + (0 if recorded else live_for)
        made.append(Stretch(begun, min(over, closed_until), over <= closed_until))
    return made


def within(some: Sequence[Stretch], end: int) -> list[Stretch]:
    """The stretches up to `end` and no further."""
    return [one if one.end <= end else Stretch(one.start, end, False) for one in some if one.start < end]
