"""A sensitivity that would have left noise out without losing what was useful. Only ever said, never set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from desk.backtest.facts import Came
from desk.backtest.places import in_place_of
from desk.marks.rules import NOISE, USEFUL

STEP, HIGHEST = 0.1, 3.0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """For one market: `alerts` came, `noise` and `useful` of them were marked so.

    `sensitivity` is None when none leaves noise out without losing a useful alert; else `avoided` of the noise would
    not have come at it, and the useful ones that are made again come `later` seconds later, in the median. `current` is
    the one in force.
    """

    market: str
    current: float
    alerts: int
    noise: int
    useful: int
    sensitivity: float | None = None
    avoided: int = 0
    later: float = 0.0

    @property
    def line(self) -> str:
        """What to write under the market in livedesk.yaml; '' when there is nothing to suggest."""
        return "" if self.sensitivity is None else f"sensitivity: {self.sensitivity:g}"


def candidates(current: float) -> list[float]:
    """The sensitivities above the present one, in steps of a tenth.

    >>> candidates(2.75)
    [2.8, 2.9, 3.0]
    """
    return [round(step * STEP, 1) for step in range(1, round(HIGHEST / STEP) + 1) if step * STEP > current + STEP / 4]


def suggest(market: str, current: float, alerts: Sequence[Came], came: Callable[[float], Sequence[Came]]) -> Suggestion:
    """The lowest sensitivity that leaves most noise out, of those below the first that loses a useful alert.

    `alerts` are the real ones of the market, marked or not; `came(sensitivity)` replays them, those that were marked at
    least. What the present settings do not make again proves nothing of others: it is neither avoided nor lost.
    """
    now = in_place_of(alerts, came(current))
    again = [(one, other) for one, other in zip(alerts, now, strict=True) if other is not None]
    alike = [other for _, other in again]
    noise_now = sum(one.mark == NOISE for one, _ in again)
    best, most, later = None, 0, 0.0
    for sensitivity in candidates(current) if noise_now else ():
        then = in_place_of(alike, came(sensitivity))
        if any(one.mark == USEFUL and other is None for (one, _), other in zip(again, then, strict=True)):
            break
        avoided = sum(one.mark == NOISE and other is None for (one, _), other in zip(again, then, strict=True))
        if avoided > most:
            best, most, later = sensitivity, avoided, _later(again, then)
        if most == noise_now:
            break
    noise, useful = (sum(one.mark == mark for one in alerts) for mark in (NOISE, USEFUL))
    return Suggestion(market, current, len(alerts), noise, useful, best, most, later)


def _later(again: Sequence[tuple[Came, Came]], then: Sequence[Came | None]) -> float:
    """By how many seconds the useful ones come later, in the median."""
    return median(
        [
            (other.opened_at - now.opened_at).total_seconds()
            for (one, now), other in zip(again, then, strict=True)
            if one.mark == USEFUL and other is not None
        ]
        or [0.0]
    )
