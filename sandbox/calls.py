"""Every Web API call, as it arrived. The figures on latency and on doubled posts are read from here."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import asdict, dataclass
from typing import Any

KEPT = 200_000


@dataclass(slots=True)
class Call:
    """`at_ns` is the system's monotonic clock at arrival (comparable between processes of one machine), `at` the same
    moment as seconds since 1970; `took_ms` until the answer was ready; `outcome` is ok, Slack's error, or the fault."""

    number: int
    method: str
    at: float
    at_ns: int
    channel: str | None = None
    key: str | None = None
    ts: str | None = None
    outcome: str = ""
    status: int = 200
    took_ms: float = 0.0
    fault: str | None = None


class Calls:
    def __init__(self) -> None:
        self.total = 0
        self._kept: deque[Call] = deque(maxlen=KEPT)

    def arrived(self, method: str, at: float, at_ns: int) -> Call:
        self.total += 1
        call = Call(self.total, method, at, at_ns)
        self._kept.append(call)
        return call

    def select(
        self, method: str | None = None, channel: str | None = None, key: str | None = None, after: int = 0
    ) -> list[dict[str, Any]]:
        """Calls with a number above `after`, oldest first."""
        return [
            asdict(call)
            for call in self._kept
            if call.number > after
            and (method is None or call.method == method)
            and (channel is None or call.channel == channel)
            and (key is None or call.key == key)
        ]


def doubled(posted: list[tuple[str, str, str]]) -> list[dict[str, Any]]:
    """Keys that stand on more than one message of a channel, from (channel, key, ts) of all messages.

    >>> doubled([("C1", "a", "1.0"), ("C1", "a", "2.0"), ("C2", "a", "3.0")])
    [{'channel': 'C1', 'key': 'a', 'ts': ['1.0', '2.0']}]
    """
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for channel, key, ts in posted:
        found[channel, key].append(ts)
    return [{"channel": channel, "key": key, "ts": ts} for (channel, key), ts in found.items() if len(ts) > 1]
