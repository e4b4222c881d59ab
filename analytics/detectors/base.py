"""What every spike detector takes and gives. Detectors see counts alone: no text, no viewer, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Tick:
    """Counts of one closed tick of one series (show × market × category).

    `ended` is the end of the tick in seconds since any fixed origin, `seconds` its length. `complaints` are of this
    category, `total` all comments of the show in the market (complaints included), `distinct` the number of
    different viewers behind `complaints` within the tick. None: the source cannot tell; `total` is then None in
    every tick of the series.
    """

    ended: float
    seconds: float
    complaints: float
    total: float | None
    distinct: float | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`score` 0…1; `alarm` says that it is worth waking someone. `expected` is complaints a tick, the rest is the why.

    `since` is where the present excess began (same origin as `Tick.ended`), `calm` that no excess is left: the
    opposite of an alarm with room between the two, so an incident neither flickers nor lingers.
    """

    score: float
    alarm: bool
    expected: float
    observed: float
    share: float
    usual_share: float
    distinct: int
    since: float | None = None
    calm: bool = False


class SpikeDetector(Protocol):
    """State is O(1) and survives a restart: `load(dump())` goes on as if nothing had happened."""

    name: str

    def update(self, tick: Tick) -> Verdict: ...

    def dump(self) -> dict[str, Any]: ...

    def load(self, state: Mapping[str, Any]) -> None: ...
