"""When coverage is wanted: while a show is live in a market and for a stated time after it, in a market's prime time,
and always where a schedule says that it has no gaps. Which schedule covers a market, the routing rules say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from desk.configuration.model import Configuration, Market, Show
from desk.oncall.escalation import schedules_of
from desk.oncall.routing import route
from desk.oncall.walltime import DAY, date_exists, first_instant, last_instant, local, midnight, utc

UNKNOWN_LENGTH = timedelta(hours=1)  # of a show that says neither its end nor its segments

Reason = Literal["show", "prime", "always"]


@dataclass(frozen=True, slots=True)
class Cover:
    """Who covers a market: the first schedule of its policy, and the policy's other schedules, asked after it.

    `schedule` None: no rule leads to a schedule. `people` are those that the policy names itself, on call or not.
    """

    market: str
    policy: str | None
    team: str | None
    schedule: str | None
    backups: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Want:
    """Half-open UTC instants in which a schedule should have somebody. `show` and `market` are empty where the
    schedule itself asks for it."""

    schedule: str
    start: datetime
    end: datetime
    reason: Reason
    show: str = ""
    market: str = ""


def cover(configuration: Configuration, market: str, at: datetime | None = None) -> Cover:
    """Who is paged first for a bad complaint of a market, in the language that most of its viewers write. Rules with
    hours count only for an instant that is asked about."""
    known = configuration.markets.get(market)
    language = known.languages[0] if known and known.languages else None
    rule = route(configuration.routing, market, None, language, "P1", at, known.zone if known else None)
    policy = configuration.policies.get(rule.policy or "") if rule else None
    if rule is None or policy is None:
        return Cover(market, None, rule.team if rule else None, None)
    asked = schedules_of(policy)
    people = tuple(target.name for step in policy.steps for target in step.notify if target.kind == "person")
    return Cover(market, policy.key, rule.team, asked[0] if asked else None, asked[1:], tuple(dict.fromkeys(people)))


def markets_of(configuration: Configuration, show: Show) -> tuple[str, ...]:
    """Where a show is sold: all markets when it names none."""
    return show.markets or tuple(configuration.markets)


def live(show: Show) -> tuple[datetime, datetime] | None:
    """When a show is on air (UTC, half-open); None while its start is not known."""
    if show.starts_at is None:
        return None
    start = utc(show.starts_at)
    if show.ends_at is not None:
        return start, utc(show.ends_at)
    return start, start + max((segment.end for segment in show.segments), default=UNKNOWN_LENGTH)


def wanted(configuration: Configuration, start: datetime, end: datetime) -> tuple[Want, ...]:
    """What shows and schedules ask for within [start, end), clipped to it, by time. Markets that no schedule covers
    are left out here: `cover` names them."""
    start, end = utc(start), utc(end)
    found = [want for show in configuration.shows.values() for want in show_wants(configuration, show)]
    for name, schedule in configuration.schedules.items():
        if schedule.no_gaps:
            found.append(Want(name, start, end, "always"))
    clipped = [
        Want(want.schedule, max(want.start, start), min(want.end, end), want.reason, want.show, want.market)
        for want in found
        if want.start < end and start < want.end
    ]
    return tuple(sorted(clipped, key=lambda want: (want.start, want.end, want.schedule, want.show, want.market)))


def show_wants(configuration: Configuration, show: Show) -> Iterator[Want]:
    """What one show asks of the schedules of its markets, the time after it included."""
    on_air = live(show)
    if on_air is None:
        return
    for market in markets_of(configuration, show):
        schedule = cover(configuration, market, on_air[0]).schedule
        if schedule in configuration.schedules and schedule is not None:
            after = configuration.markets[market].cover_after
            yield Want(schedule, on_air[0], on_air[1] + after, "show", show.key, market)


def prime_times(market: Market, start: datetime, end: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """The market's prime time within [start, end), a span a local day; a skipped or doubled hour as for windows."""
    start, end = utc(start), utc(end)
    if start >= end:
        return ()
    opens, closes = market.prime_time
    found = []
    day = local(start, market.zone).date() - 2 * DAY
    last = local(end, market.zone).date() + DAY
    while day <= last:
        if date_exists(day, market.zone):
            overnight = timedelta(0) if closes > opens else DAY
            first = first_instant(midnight(day) + opens, market.zone)
            until = last_instant(midnight(day) + closes + overnight, market.zone)
            first, until = max(first, start), min(until, end)
            if first < until:
                found.append((first, until))
        day += DAY
    return tuple(found)
