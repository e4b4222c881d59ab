"""From click to payment, by market: how many went on at each step, and where money was lost."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

# The steps and the kinds of event that count for each.
STEPS: Mapping[str, str] = {
    "click": "product_click",
    "cart": "add_to_cart",
    "checkout": "checkout",
    "paid": "purchase",
}
Z95 = 1.959964  # two-sided 95 %


@dataclass(frozen=True, slots=True)
class Step:
    """`rate` of those of the step before, within [low, high] at 95 %; None where nobody could go on.

    `lost` is how many of the step before did not come this far (never below 0: carts can be filled elsewhere).
    """

    name: str
    count: int
    lost: int
    rate: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Funnel:
    """`worst` is the step at which this market loses clearly more than all markets together, if there is one."""

    market: str
    steps: tuple[Step, ...]
    worst: str | None = None

    @property
    def conversion(self) -> float | None:
        """Paid per click; None without clicks."""
        first, last = self.steps[0].count, self.steps[-1].count
        return min(1.0, last / first) if first else None


def wilson(successes: int, trials: int, z: float = Z95) -> tuple[float, float]:
    """Interval of a rate that stays honest with few trials (E. B. Wilson, JASA 22, 1927). ValueError: no trials.

    >>> tuple(round(bound, 3) for bound in wilson(0, 10))
    (0.0, 0.278)
    """
    if trials <= 0 or not 0 <= successes <= trials:
        raise ValueError(f"a rate needs 0 <= successes <= trials and trials above 0, got {successes} of {trials}")
    share, weight = successes / trials, z * z / trials
    middle = (share + weight / 2) / (1 + weight)
    reach = z * math.sqrt(share * (1 - share) / trials + weight / (4 * trials)) / (1 + weight)
    # At the ends the bound is the end itself; what the arithmetic leaves of it is rounding.
    return (0.0 if successes == 0 else middle - reach), (1.0 if successes == trials else middle + reach)


def funnel(counts: Mapping[str, Mapping[str, int]]) -> list[Funnel]:
    """Funnels of `market → step → count` (steps as in `STEPS`; missing ones are 0), those who click most first.

    A market is said to lose at a step only when its whole interval lies below that of the other markets
    together; with a single market nothing can be said to be worse than elsewhere.

    >>> [market] = funnel({"us": {"click": 100, "cart": 40, "checkout": 20, "paid": 15}})
    >>> [(step.name, step.lost) for step in market.steps]
    [('click', 0), ('cart', 60), ('checkout', 20), ('paid', 5)]
    """
    everywhere = {name: sum(steps.get(name, 0) for steps in counts.values()) for name in STEPS}
    funnels = []
    for market, steps in counts.items():
        made = _steps(steps)
        elsewhere = {name: everywhere[name] - steps.get(name, 0) for name in STEPS}
        funnels.append(Funnel(market, made, _worst(made, _steps(elsewhere))))
    return sorted(funnels, key=lambda one: (-one.steps[0].count, one.market))


def _steps(counts: Mapping[str, int]) -> tuple[Step, ...]:
    steps = []
    before: int | None = None
    for name in STEPS:
        count = counts.get(name, 0)
        if count < 0:
            raise ValueError(f"{name}: a count cannot be negative, got {count}")
        if before:
            low, high = wilson(min(count, before), before)
            steps.append(Step(name, count, max(0, before - count), min(1.0, count / before), low, high))
        else:
            steps.append(Step(name, count, 0, None, None, None))
        before = count
    return tuple(steps)


def _worst(steps: tuple[Step, ...], elsewhere: tuple[Step, ...]) -> str | None:
    """The step with the largest clear shortfall of people against the others' rate."""
    short: list[tuple[float, str]] = []
    for step, other in zip(steps, elsewhere, strict=True):
        if step.rate is None or step.high is None or other.rate is None or other.low is None:
            continue
        if step.high < other.low:
            short.append(((other.rate - step.rate) * (step.count + step.lost), step.name))
    return max(short)[1] if short else None
