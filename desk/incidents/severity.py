"""How bad an incident is: P1 and P2 page somebody, P3 is posted. Rates are complaints a minute.

Size decides first: the excess over the usual, as a multiple of it, from how many different viewers. What else is known
weighs the excess: how fast it grows, the money that flows, and where in the show it happens. Each weight only ever
grows with what it is made of, so that more complaints, more viewers, a faster rise or more money never make an incident
milder. Where nothing else is known every weight is 1, and size decides alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from desk.messages import Severity

Place = Literal["", "opening", "before_product", "ending"]  # where in the show, as far as it matters

# Growth, in complaints a minute more than a minute ago, from which the rise counts as fast, and from which no faster
# one counts for more.
GROWING, RACING = 6.0, 24.0
FASTEST = 1.5
# A complaint about paying or about stock is an order that is lost while money flows; of the others only a rush is told.
BUYING = frozenset(("payment", "stock"))
RICHEST_BUYING, RICHEST = 1.6, 1.2
RUSH = 2.0  # times the usual money from which more does not count for more
EARLY_OR_BEFORE, ENDING = 1.25, 0.6
MOST = FASTEST * RICHEST_BUYING * EARLY_OR_BEFORE  # what all weights together can come to

OPENING = timedelta(minutes=10)  # of a show that lasts at least LONG, the first minutes: all of it can still be lost
LONG = timedelta(minutes=30)
BEFORE = timedelta(minutes=2)  # this long before a segment that sells something
LAST = timedelta(minutes=2)  # before the planned end; a show that runs over is not ending any more


@dataclass(frozen=True, slots=True)
class Thresholds:
    """All three must be reached: complaints a minute above the usual, times the usual, different viewers."""

    excess: float
    times: float
    viewers: int


@dataclass(frozen=True, slots=True)
class Severities:
    """What a market takes for P1 and P2. Twenty complaints a minute above the usual is a wall of them: nobody at the
    desk can read anything else. `viewers` keeps a handful of loud people from being a P1.

    `money`: how much in carts and payments within three minutes, in the market's currency, is a rush there; None: twice
    what is usual for the show.
    """

    p1: Thresholds = Thresholds(20, 5, 15)
    p2: Thresholds = Thresholds(8, 2.5, 6)
    money: int | None = None


DEFAULT = Severities()


@dataclass(frozen=True, slots=True)
class Size:
    observed: float
    usual: float
    distinct: int

    @property
    def excess(self) -> float:
        return self.observed - self.usual

    @property
    def times(self) -> float:
        return self.observed / max(self.usual, 1.0)


@dataclass(frozen=True, slots=True)
class Stake:
    """Money of a show and market, by currency: in the last minutes, and usually in as many minutes before them (empty
    when nothing is known of that). `carts` is the part of `recent` that was put into carts."""

    recent: Mapping[str, Decimal] = field(default_factory=dict)
    usual: Mapping[str, Decimal] = field(default_factory=dict)
    carts: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known beside the size. `before`: complaints in the minute before the observed one; `lasted`: since the
    detector takes it to have begun; `stake` None: nothing is known of money."""

    before: float | None = None
    lasted: timedelta = timedelta(minutes=1)
    stake: Stake | None = None
    place: Place = ""


NOTHING_KNOWN = Circumstances()


@dataclass(frozen=True, slots=True)
class Judged:
    """A severity, and the weights that made it (1 for one that says nothing)."""

    severity: Severity
    speed: float = 1.0
    money: float = 1.0
    place: float = 1.0


def judge(
    size: Size,
    category: str = "",
    known: Circumstances = NOTHING_KNOWN,
    market: Severities = DEFAULT,
    currency: str | None = None,
) -> Judged:
    """How bad it is. `currency` is the market's own.

    A wall of complaints, a P1 by its size, stays one whatever the clock says; all else may be weighed down by a show
    that is about to end.

    >>> judge(Size(observed=14, usual=1, distinct=16)).severity
    'P2'
    >>> judge(Size(14, 1, 16), "payment", Circumstances(before=1, lasted=timedelta(seconds=20))).severity
    'P1'
    """
    speed = _speed(size, known)
    money = _money(category, known.stake, market, currency)
    place = {"opening": EARLY_OR_BEFORE, "before_product": EARLY_OR_BEFORE, "ending": ENDING, "": 1.0}[known.place]
    weighed = _level(size, size.excess * speed * money * place, market)
    alone = by_size(size, market)
    return Judged("P1" if alone == "P1" else weighed, speed, money, place)


def by_size(size: Size, market: Severities = DEFAULT) -> Severity:
    """What size alone says."""
    return _level(size, size.excess, market)


def at_worst(size: Size, market: Severities = DEFAULT) -> Severity:
    """What no circumstances could exceed: whoever sees that it changes nothing need not look at them."""
    return _level(size, size.excess * MOST, market)


def place_in(
    now: datetime, starts_at: datetime | None, ends_at: datetime | None, selling_at: tuple[timedelta, ...] = ()
) -> Place:
    """Where in its show `now` is. `selling_at`: when segments with a product begin, since the show's start."""
    if starts_at is None or now < starts_at:
        return ""
    since = now - starts_at
    if any(timedelta(0) < at - since <= BEFORE for at in selling_at):
        return "before_product"
    if ends_at is None:
        return ""
    if timedelta(0) < ends_at - now <= LAST:
        return "ending"
    return "opening" if since < OPENING and ends_at - starts_at >= LONG else ""


def _level(size: Size, excess: float, market: Severities) -> Severity:
    levels: tuple[tuple[Severity, Thresholds], ...] = (("P1", market.p1), ("P2", market.p2))
    for severity, wanted in levels:
        if excess >= wanted.excess and size.times >= wanted.times and size.distinct >= wanted.viewers:
            return severity
    return "P3"


def _speed(size: Size, known: Circumstances) -> float:
    if known.before is None:
        return 1.0
    # Of a rise that is younger than a minute, the observed minute still holds quiet seconds: what it would be without
    # them is how fast it comes. Below twenty seconds a tick alone would be taken for a trend.
    seconds = min(max(known.lasted.total_seconds(), 20.0), 60.0)
    pace = size.usual + max(size.excess, 0.0) * 60 / seconds
    growth = pace - known.before
    return 1 + (FASTEST - 1) * _part(growth, GROWING, RACING)


def _money(category: str, stake: Stake | None, market: Severities, currency: str | None) -> float:
    if stake is None:
        return 1.0
    flow = _flow(stake, market.money, currency)
    if category in BUYING:
        return 1 + (RICHEST_BUYING - 1) * _part(flow, 0.0, RUSH)
    return 1 + (RICHEST - 1) * _part(flow, 1.0, RUSH)


def _flow(stake: Stake, rush: int | None, currency: str | None) -> float:
    """Money as a multiple of the usual, RUSH and above being the most. Currencies cannot be added up: the market's own
    decides alone, and where the file names none, the one that flows best."""
    own = [currency] if currency else [*stake.recent]
    flows = []
    for name in own:
        recent, usual = stake.recent.get(name, Decimal(0)), stake.usual.get(name, Decimal(0))
        if rush is not None and name == currency:
            flows.append(RUSH * float(recent) / rush)
        elif usual > 0:
            flows.append(float(recent / usual))
        else:
            flows.append(1.0 if recent > 0 else 0.0)  # it flows, and more is not known
    return max(flows, default=0.0)


def _part(value: float, low: float, high: float) -> float:
    return min(max((value - low) / (high - low), 0.0), 1.0)
