"""Slack's pace: tiers a minute for methods, about one post a second for a channel, with a small burst each.

Tiers are those of docs.slack.dev/apis/web-api/rate-limits; the burst is our guess at "bursts may be hidden".
"""

from __future__ import annotations

import math
from dataclasses import dataclass

TIER_A_MINUTE = {"t1": 1, "t2": 20, "t3": 50, "t4": 100}
POSTS_A_SECOND = 1.0
POST_BURST = 4.0
WORKSPACE_POSTS_A_MINUTE = 300


@dataclass(slots=True)
class _Bucket:
    """A token bucket: holds `size`, gains `rate` a second."""

    size: float
    rate: float
    held: float
    at: float

    def wait(self, now: float) -> float:
        """Seconds until one may be taken."""
        self.held = min(self.size, self.held + (now - self.at) * self.rate)
        self.at = now
        return 0.0 if self.held >= 1 else (1 - self.held) / self.rate


class Limits:
    def __init__(self, scale: float) -> None:
        self.scale = scale
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def retry_after(self, method: str, tier: str | None, channel: str | None, now: float) -> int:
        """Take one call, or say how many whole seconds to wait (0: it may go on).

        A call that is refused costs nothing. `now` is a monotonic time in seconds.
        """
        if not self.scale:
            return 0
        wanted: list[_Bucket] = []
        if tier in TIER_A_MINUTE:
            each_minute = TIER_A_MINUTE[tier] * self.scale
            wanted.append(self._bucket(("method", method), max(1.0, each_minute), each_minute / 60, now))
        if tier == "post":
            a_minute = WORKSPACE_POSTS_A_MINUTE * self.scale
            wanted.append(self._bucket(("workspace", ""), a_minute, a_minute / 60, now))
            if channel:
                burst = max(1.0, POST_BURST * self.scale)
                wanted.append(self._bucket(("channel", channel), burst, POSTS_A_SECOND * self.scale, now))
        wait = max((bucket.wait(now) for bucket in wanted), default=0.0)
        if wait:
            return math.ceil(wait)
        for bucket in wanted:
            bucket.held -= 1
        return 0

    def _bucket(self, key: tuple[str, str], size: float, rate: float, now: float) -> _Bucket:
        if key not in self._buckets:
            self._buckets[key] = _Bucket(size, rate, size, now)
        return self._buckets[key]
