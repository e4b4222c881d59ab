"""What every spike detector takes and gives. Detectors see counts alone: no text, no viewer, no clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol


class Tick(NamedTuple):  # a tuple is made several times as fast as a frozen dataclass
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


class Verdict(NamedTuple):
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
    """State is O(1) and survives a restart: `load(dump())` goes on as if nothing had happened.

    `load` raises ValueError for what another version wrote.
    """

    name: str

    def update(self, tick: Tick) -> Verdict: ...

    def dump(self) -> bytes: ...

    def load(self, state: bytes) -> None: ...


_Together = Callable[[Sequence[Any], Sequence[Tick]], list[Verdict]]
_Dumped = Callable[[Sequence[Any]], list[bytes]]


def update_all(detectors: Sequence[SpikeDetector], ticks: Sequence[Tick]) -> list[Verdict]:
    """The verdict of each detector on its tick, in order; each is there once.

    A kind of detector may offer `update_together(detectors, ticks)`, a static method that gives the verdicts that each
    `update` would; the others are updated one by one. ValueError: a tick is impossible or out of order, and some
    detectors may have taken theirs by then.
    """
    verdicts: list[Verdict | None] = [None] * len(detectors)
    for kind, indices in _kinds(detectors).items():
        ours, theirs = [detectors[index] for index in indices], [ticks[index] for index in indices]
        together: _Together | None = getattr(kind, "update_together", None)
        found = (
            together(ours, theirs) if together else [one.update(tick) for one, tick in zip(ours, theirs, strict=True)]
        )
        for index, verdict in zip(indices, found, strict=True):
            verdicts[index] = verdict
    return [verdict for verdict in verdicts if verdict is not None]


def dump_all(detectors: Sequence[SpikeDetector]) -> list[bytes]:
    """The state of each detector, in order; by `dump_together(detectors)` of those kinds that have it."""
    states: dict[int, bytes] = {}
    for kind, indices in _kinds(detectors).items():
        ours = [detectors[index] for index in indices]
        together: _Dumped | None = getattr(kind, "dump_together", None)
        states |= zip(indices, together(ours) if together else [one.dump() for one in ours], strict=True)
    return [states[index] for index in range(len(detectors))]


def _kinds(detectors: Sequence[SpikeDetector]) -> dict[type[SpikeDetector], list[int]]:
    kinds: dict[type[SpikeDetector], list[int]] = {}
    for index, detector in enumerate(detectors):
        kinds.setdefault(type(detector), []).append(index)
    return kinds
