"""What is known around a rise when its severity is asked for: roll-ups, read when an incident opens or worsens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Context, Decimal
from typing import Any

from desk import signals
from desk.incidents.rules import Rise
from desk.incidents.severity import (
    DEFAULT,
    Circumstances,
    Judged,
    Place,
    Severities,
    Size,
    Stake,
    at_worst,
    by_size,
    judge,
    place_in,
)
from desk.messages import Severity
from desk.moment import Moment
from desk.signals import is_signal
from store import rollups

CARTS = "add_to_cart"
MONEY = (CARTS, "purchase", "payment_failed")  # what was meant to be bought, what was, and what could not be paid
RECENT = timedelta(minutes=3)
LOOK_BACK = timedelta(minutes=30)  # before RECENT: what is usual for the show
EXACT = Context(prec=80)  # sums of money never round


def severities_of(moment: Moment, market: str) -> Severities:
    known = moment.configuration.markets.get(market)
    return known.severity if known else DEFAULT


def size_of(rise: Rise) -> Size:
    return Size(rise.observed, rise.usual, rise.distinct)


def could_be(moment: Moment, rise: Rise, *, higher: bool) -> Severity:
    """The worst that a rise may come to, told without looking anything up. `higher`: than it has been."""
    if is_signal(rise.category):
        return _of_signal(rise)
    size, market = size_of(rise), severities_of(moment, rise.market)
    return at_worst(size, market) if higher else by_size(size, market)


def _of_signal(rise: Rise) -> Severity:
    """What viewers do is weighed by what it costs, which its share of them says already."""
    return signals.severity(rise.category, rise.share, rise.usual_share, rise.distinct, bool(rise.show))


def judged(moment: Moment, rise: Rise) -> tuple[Judged, Mapping[str, Any]]:
    """The severity of a rise, and what was seen when it was judged, as JSON for the incident's `why`."""
    if is_signal(rise.category):
        return Judged(_of_signal(rise)), {}
    known = circumstances(moment, rise)
    market = moment.configuration.markets.get(rise.market)
    made = judge(
        size_of(rise),
        rise.category,
        known,
        severities_of(moment, rise.market),
        market.currency if market else None,
    )
    carts = known.stake.carts if known.stake else {}
    seen = {
        "severity": made.severity,
        "observed": round(rise.observed, 1),
        "speed": round(made.speed, 3),
        "money": round(made.money, 3),
        "place": known.place,
        "carts": [[name, str(total)] for name, total in sorted(carts.items(), key=lambda one: -one[1])],
    }
    return made, seen


def circumstances(moment: Moment, rise: Rise) -> Circumstances:
    """Of what belongs to no show, nothing is known but its size: it is watched by the hour."""
    if not rise.show:
        return Circumstances()
    end = int(rise.at.timestamp())
    minute = rollups.complaints(moment.connection, moment.workspace, rise.show, end - 120, end - 60, rise.category)
    return Circumstances(
        before=float(sum(count for _, market, count in minute if market == rise.market)),
        lasted=rise.at - rise.began_at,
        stake=stake_of(moment, rise.show, rise.market, end),
        place=place_of(moment, rise.show, rise.at),
    )


def place_of(moment: Moment, show: str, at: datetime) -> Place:
    planned = moment.configuration.shows.get(show)
    if planned is None:
        return ""
    selling = tuple(segment.start for segment in planned.segments if segment.product)
    return place_in(at, planned.starts_at, planned.ends_at, selling)


def stake_of(moment: Moment, show: str, market: str, end: int) -> Stake | None:
    """Money of the minutes before `end` (seconds since 1970), and of as many minutes on average in the half hour before
    them: from the first whole minute with money on, as a show that has just begun has no half hour."""
    start = end - int(RECENT.total_seconds())
    earliest = (start - int(LOOK_BACK.total_seconds())) // rollups.MINUTE * rollups.MINUTE
    here = (moment.connection, moment.workspace, show, market)
    recent = rollups.stakes(*here, start, end, MONEY)
    earlier = rollups.stakes(*here, earliest, start // rollups.MINUTE * rollups.MINUTE, MONEY, seconds=rollups.MINUTE)
    if not recent and not earlier:
        return None
    usual: dict[str, Decimal] = {}
    if earlier:
        covered = start - min(at for at, *_ in earlier)
        share = Decimal(int(RECENT.total_seconds())) / Decimal(max(covered, int(RECENT.total_seconds())))
        usual = {name: total * share for name, total in _sums(earlier).items()}
    return Stake(_sums(recent), usual, _sums(one for one in recent if one[1] == CARTS))


def _sums(cells: Iterable[tuple[int, str, str, Decimal]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for _, _, currency, total in cells:
        sums[currency] = EXACT.add(sums.get(currency, Decimal(0)), total)
    return sums
