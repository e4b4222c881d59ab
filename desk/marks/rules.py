"""What people's marks say of an alert, and of the alerts of a market."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from analytics.funnel import wilson
from desk.messages import Action
from desk.words import Tongue

Mark = Literal["useful", "noise"]

USEFUL: Mark = "useful"
NOISE: Mark = "noise"
VERBS: frozenset[str] = frozenset((USEFUL, NOISE))


def verdict(marks: Iterable[str]) -> Mark | None:
    """What an incident counts as, given a mark of each who said something; None when nobody did.

    Noise is what more people call noise than useful. Where they are as many, the alert keeps the benefit of the doubt:
    an alert too many costs a glance, one too few an evening.

    >>> verdict(["noise", "useful", "noise"]), verdict(["noise", "useful"]), verdict([])
    ('noise', 'useful', None)
    """
    counted = Counter(marks)
    if not counted:
        return None
    return NOISE if counted[NOISE] > counted[USEFUL] else USEFUL


def actions(incident: int, version: int, t: Tongue) -> tuple[Action, ...]:
    """The buttons below an alert. They work also when it is over: what they say is about the past."""
    ref = f"incident:{incident}"
    return (Action(USEFUL, ref, version, t("Useful")), Action(NOISE, ref, version, t("Noise")))


def small_print(marks: Iterable[str], t: Tongue) -> str:
    """How many found an alert useful or noise; '' when nobody said so."""
    counted = Counter(marks)
    told = []
    if counted[USEFUL]:
        told.append(t("useful: {n}", n=counted[USEFUL]))
    if counted[NOISE]:
        told.append(t("noise: {n}", n=counted[NOISE]))
    return " · ".join(told)


@dataclass(frozen=True, slots=True)
class Alert:
    """An incident as it counts here: where it rose, and what people made of it (None: nobody said)."""

    incident: int
    markets: tuple[str, ...]
    category: str
    verdict: Mark | None


@dataclass(frozen=True, slots=True)
class Rate:
    """Alerts of one market, of one category or of all ('')."""

    market: str
    category: str
    alerts: int
    useful: int
    noise: int

    @property
    def marked(self) -> int:
        return self.useful + self.noise

    @property
    def share(self) -> float:
        """Of those that were marked, how many were noise. ZeroDivisionError when none was."""
        return self.noise / self.marked

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the noise rate (E. B. Wilson's score interval, JASA 22, 1927). ValueError: none was marked.

        It is of all alerts such as these if those who mark do not pick which ones they mark.
        """
        return wilson(self.noise, self.marked)


def rates(alerts: Sequence[Alert], market: str | None = None) -> list[Rate]:
    """Each market's alerts as a whole, then by category; a market alone when one is named. Most alerts first.

    An alert of several markets counts in each of them: it was one in each team's eyes.
    """
    by: dict[str, dict[str, Counter[str]]] = {}
    for alert in alerts:
        for one in dict.fromkeys(alert.markets):
            if market is None or one == market:
                counts = by.setdefault(one, {})
                for category in ("", alert.category):
                    counts.setdefault(category, Counter())[alert.verdict or ""] += 1
    told = []
    for one in sorted(by, key=lambda one: (-by[one][""].total(), one)):
        told += [
            _rate(one, category, by[one])
            for category in sorted(by[one], key=lambda c: (c != "", -by[one][c].total(), c))
        ]
    return told


def _rate(market: str, category: str, counts: Mapping[str, Counter[str]]) -> Rate:
    counted = counts[category]
    return Rate(market, category, counted.total(), counted[USEFUL], counted[NOISE])
