"""What the demo show is: its run of show, markets and products, read from examples/demo/show.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import yaml

DEMO = Path(__file__).resolve().parents[2] / "examples" / "demo"


@dataclass(frozen=True, slots=True)
class OnAir:
    """One segment of the run of show, in seconds since its start; half-open."""

    start: float
    end: float
    title: str
    product: str | None


@dataclass(frozen=True, slots=True)
class Audience:
    """Who watches in one market: how many over the whole show, how much they say, and in what (parts by language)."""

    market: str
    source: str
    currency: str
    viewers: int
    comments_per_minute: float
    languages: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Plan:
    key: str
    title: str
    starts_at: datetime
    segments: tuple[OnAir, ...]
    audiences: tuple[Audience, ...]
    prices: Mapping[str, Mapping[str, Decimal]]  # product → currency → amount

    @property
    def length(self) -> float:
        """Seconds until the last segment ends."""
        return self.segments[-1].end

    def on_air(self, at: float) -> OnAir:
        """The segment `at` seconds into the show; the last one afterwards."""
        return next((segment for segment in self.segments if segment.start <= at < segment.end), self.segments[-1])


def minutes(clock: str) -> float:
    """Seconds of a time in the run of show.

    >>> minutes("8:30")
    510.0
    """
    whole, seconds = clock.split(":")
    return 60.0 * int(whole) + int(seconds)


def read_plan(path: Path = DEMO / "show.yaml") -> Plan:
    says = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Plan(
        key=says["key"],
        title=says["title"],
        starts_at=datetime.fromisoformat(says["starts_at"]),
        segments=tuple(
            OnAir(minutes(each["start"]), minutes(each["end"]), each["title"], each.get("product"))
            for each in says["run_of_show"]
        ),
        audiences=tuple(Audience(market, **each) for market, each in says["markets"].items()),
        prices={
            product: {currency: Decimal(amount) for currency, amount in each.items()}
            for product, each in says["products"].items()
        },
    )
