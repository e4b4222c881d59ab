"""How much one source may send: at once, and over time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes are in bytes. `per_second` is for sources whose configuration names no rate of their own."""

    compressed: int = 1_000_000  # of a gzip body as sent
    body: int = 10_000_000  # of a body as read: as sent when it is plain, else after inflating
    events: int = 5_000  # in one request
    per_second: int = 2_000  # events of one source, over time
    read_seconds: float = 30.0  # for a body to arrive whole
    large_at_once: int = 4  # large bodies taken apart at the same time; the others wait their turn


class TokenBuckets:
    """One bucket of events for each source; full, it holds two seconds' worth, and never less than one request."""

    def __init__(self, rate_of: Callable[[str], int], largest: int, monotonic: Callable[[], float]) -> None:
        self._rate_of = rate_of
        self._largest = largest
        self._monotonic = monotonic
        self._levels: dict[str, tuple[float, float]] = {}  # source → tokens at an instant

    def take(self, source: str, events: int) -> float:
        """0 and the tokens are taken, or the seconds until they can be and none is taken."""
        rate = max(1, self._rate_of(source))
        capacity = float(max(2 * rate, self._largest))
        now = self._monotonic()
        tokens, then = self._levels.get(source, (capacity, now))
        tokens = min(capacity, tokens + (now - then) * rate)
        if tokens < events:
            self._levels[source] = (tokens, now)
            return (events - tokens) / rate
        self._levels[source] = (tokens - events, now)
        return 0.0
