"""How long a tick waits for events that are under way: for as long as its show's events have lately needed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from desk.watch import rules

WAITS = (0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0)  # seconds that can be chosen
LOST = 0.005  # the part of a tick's events that may come too late; were it less, a few slow ones would delay all alarms
LATELY = 0.8  # how much of what was known counts when the next tick is over


class Stragglers:
    """The lags of each show's events, from when they happened to when they were received, as a histogram that forgets.

    Memory only: after a restart a tick waits as long as the setting says, until its events have said better.
    """

    def __init__(self) -> None:
        self._shows: dict[str, _Lags] = {}

    def add(self, lags: Iterable[tuple[str, float]]) -> None:
        """(show, seconds) of events."""
        for show, lag in lags:
            # Beyond that it is no sending but another clock, or the past, and `rules.behind` deals with both.
            if 0.0 <= lag <= rules.PUNCTUAL:
                known = self._shows.get(show)
                if known is None:
                    known = self._shows[show] = _Lags()
                known.add(lag)

    def over(self, show: str) -> None:
        """A tick of the show is over: what was known by then begins to count for less."""
        if show in self._shows:
            self._shows[show].fade()

    def forget(self, show: str) -> None:
        self._shows.pop(show, None)

    def patience(self, least: timedelta) -> Patience:
        return Patience(least, self._shows)


class Patience:
    """How long after its end a tick of a show waits: `least`, or more where the show's events need it.

    As long as it takes for all but one in 200 of a tick's events to be there, and never more than five seconds: an
    event with lag L, at any moment of a tick of T seconds, misses a tick that waits w seconds with probability
    (L - w)⁺ / T.
    """

    def __init__(self, least: timedelta, lags: Mapping[str, _Lags] | None = None) -> None:
        self._least = least
        self._lags = {} if lags is None else lags

    def of(self, show: str) -> timedelta:
        known = self._lags.get(show)
        return max(self._least, timedelta(seconds=known.needed())) if known is not None else self._least


class _Lags:
    def __init__(self) -> None:
        self._numbers = [0.0] * (len(WAITS) + 1)
        self._seconds = [0.0] * (len(WAITS) + 1)

    def add(self, lag: float) -> None:
        place = bisect_left(WAITS, lag)
        self._numbers[place] += 1.0
        self._seconds[place] += lag

    def fade(self) -> None:
        self._numbers = [LATELY * one for one in self._numbers]
        self._seconds = [LATELY * one for one in self._seconds]

    def needed(self) -> float:
        """Seconds; the longest wait where even that is too short."""
        allowed = LOST * rules.TICK * sum(self._numbers)
        number = seconds = 0.0
        chosen = WAITS[-1]
        for wait, more, longer in _from_the_longest(self._numbers, self._seconds):
            number, seconds = number + more, seconds + longer
            if seconds - wait * number > allowed:
                break
            chosen = wait
        return chosen


def _from_the_longest(numbers: Sequence[float], seconds: Sequence[float]) -> Iterable[tuple[float, float, float]]:
    """(wait, number of lags above it and up to the next wait, their sum)."""
    return zip(reversed(WAITS), reversed(numbers[1:]), reversed(seconds[1:]), strict=True)
