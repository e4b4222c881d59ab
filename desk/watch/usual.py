"""What is usual in a show that has just begun, as earlier shows of the market tell it. Pure functions."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from analytics.detectors import Prior
from desk.configuration.model import Show

SHOWS = 24  # earlier shows that are looked at, the newest
LOOK_BACK = timedelta(days=60)
NEAR_HOURS = 1.5  # an hour of the day counts in full when it is that near, the clock round
FAR = 0.3  # … and so much when it is not
SAME_PRODUCT = 3.0  # as many times an hour counts in which the same product was on air
BETWEEN = 0.45  # standard deviation of the log share from one show to the next, of one market and category
BELIEVED = 25.0  # comments: what is believed of any show counts as so many of each earlier one
NO_PRIOR = Prior()


@dataclass(frozen=True, slots=True)
class Hour:
    """Comments of one hour of an earlier show in one market, and how many of them were complaints of a category."""

    show: str
    start: int  # seconds since 1970
    comments: int
    complaints: int


def likeness(hour: datetime, now: datetime, on_air: Iterable[str], product: str | None) -> float:
    """How much an hour of an earlier show says about a show at `now`. `on_air` are the products of that hour.

    >>> evening = datetime(2026, 3, 2, 20, tzinfo=UTC)
    >>> likeness(evening - timedelta(days=1), evening, (), None)
    1.0
    >>> likeness(evening - timedelta(days=1, hours=9), evening, ("serum",), "serum")
    0.8999999999999999
    """
    apart = abs((now - hour).total_seconds() / 3600) % 24
    near = 1.0 if min(apart, 24 - apart) <= NEAR_HOURS else FAR
    return near * (SAME_PRODUCT if product is not None and product in on_air else 1.0)


def prior(hours: Iterable[tuple[Hour, float]]) -> Prior:
    """What the shares of earlier hours, each with its likeness, make believe of a new show; without any, what is
    believed of all shows.

    The share of a show is drawn from around its market's (BETWEEN), and the market's from what is believed of all:
    log-normal throughout, so the earlier shows and that belief are weighed by their precisions [Gelman et al.,
    *Bayesian Data Analysis*, 3rd ed. 2013, ch. 2 and 5].

    >>> prior([]) == Prior()
    True
    >>> always = [(Hour(f"show {n}", 0, 4000, 600), 1.0) for n in range(8)]
    >>> found = prior(always)
    >>> 0.12 < found.share < 0.15, found.spread < 0.55
    (True, True)
    """
    complaints: dict[str, float] = defaultdict(float)
    comments: dict[str, float] = defaultdict(float)
    alike: dict[str, float] = defaultdict(float)
    for hour, weight in hours:
        complaints[hour.show] += weight * hour.complaints
        comments[hour.show] += weight * hour.comments
        alike[hour.show] = max(alike[hour.show], weight)
    precision = 1 / NO_PRIOR.spread**2
    total = precision * math.log(NO_PRIOR.share)
    for show, said in comments.items():
        if said <= 0:
            continue
        found, among = complaints[show] / alike[show], said / alike[show]
        share = (found + BELIEVED * NO_PRIOR.share) / (among + BELIEVED)
        weighs = min(alike[show], 1.0) / (BETWEEN**2 + 1 / (found + BELIEVED * NO_PRIOR.share))
        precision += weighs
        total += weighs * math.log(share)
    if not comments:
        return NO_PRIOR
    spread = min(NO_PRIOR.spread, math.sqrt(1 / precision + BETWEEN**2))
    return Prior(share=min(0.9, math.exp(total / precision)), spread=spread)


def products(plan: Show | None, start: datetime, end: datetime) -> set[str]:
    """The products of a show's segments that overlap [start, end), as far as its run is declared."""
    if plan is None or plan.starts_at is None:
        return set()
    began = plan.starts_at
    return {
        segment.product
        for segment in plan.segments
        if segment.product and began + segment.start < end and began + segment.end > start
    }


def product_at(plan: Show | None, now: datetime) -> str | None:
    """What a declared show is about to sell at `now`; before its first segment, what that sells."""
    found = products(plan, now, now + timedelta(seconds=1))
    if found:
        return min(found)
    if plan is None or plan.starts_at is None:
        return None
    ahead = [one for one in plan.segments if plan.starts_at + one.start >= now and one.product]
    return min(ahead, key=lambda one: one.start).product if ahead else None


def weighed(hours: Iterable[Hour], plans: Mapping[str, Show], show: str, now: datetime) -> list[tuple[Hour, float]]:
    """Each hour with what it says about `show` at `now`."""
    product = product_at(plans.get(show), now)
    found = []
    for hour in hours:
        start = datetime.fromtimestamp(hour.start, UTC)
        on_air = products(plans.get(hour.show), start, start + timedelta(hours=1)) if product else ()
        found.append((hour, likeness(start, now, on_air, product)))
    return found
