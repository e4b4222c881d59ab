"""Why an incident is a P1 or a P2, in a few words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from desk.incidents.severity import FASTEST, Place
from desk.words import Tongue

CURRENCIES = 2  # more are no few words any more


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen when the severity was judged. `carts`: (currency, sum), the largest first."""

    observed: float
    speed: float
    place: Place
    carts: tuple[tuple[str, Decimal], ...]


def seen(stored: Mapping[str, Any] | None) -> Seen | None:
    """From an incident's `why`; None for one that an earlier release opened."""
    if not stored:
        return None
    carts = tuple((name, Decimal(total)) for name, total in stored["carts"])
    return Seen(stored["observed"], stored["speed"], stored["place"], carts)


def why_so(seen: Seen, t: Tongue) -> str:
    """`34 a minute and growing, $2,100 in carts, a product is up next`."""
    said = _rate(seen, t)
    carts = [t.money(total, name) for name, total in seen.carts[:CURRENCIES] if total >= 1]
    more = [t("{money} in carts", money=" + ".join(carts))] if carts else []
    if place := _place(seen.place, t):
        more.append(place)
    for one in more:
        said = t("{first}, {second}", first=said, second=one)
    return said


def _rate(seen: Seen, t: Tongue) -> str:
    rate = t.number(seen.observed)
    if seen.speed >= FASTEST:
        return t("{rate} a minute and growing fast", rate=rate)
    if seen.speed > 1:
        return t("{rate} a minute and growing", rate=rate)
    return t("{rate} a minute", rate=rate)


def _place(place: Place, t: Tongue) -> str:
    return {
        "opening": t("the show has just begun"),
        "before_product": t("a product is up next"),
        "ending": t("the show is about to end"),
        "": "",
    }[place]
