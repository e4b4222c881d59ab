"""Who carries how much: hours, nights, weekends, public holidays, pages and wake-ups, and what would even it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from desk.configuration.model import Configuration
from desk.oncall.away import holidays_of
from desk.oncall.filling import night_spans
from desk.oncall.resolve import final_schedule
from desk.oncall.spans import Span, common, joined, length
from desk.oncall.walltime import DAY, date_exists, first_instant, local, midnight, utc

_A_WEEKEND = timedelta(hours=4)  # on call for less of Saturday and Sunday does not take a weekend from anybody
_A_NIGHT = timedelta(hours=1)
MOST_SUGGESTED = 3


@dataclass(frozen=True, slots=True)
class PageAt:
    """Somebody was paged, at an instant."""

    person: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Load:
    """What one person carries in one or several schedules.

    `hours` add up to those of the final schedule (twice where somebody is on call in two schedules at once); `nights`
    and `weekends` count those of which they are on call for an hour and for four, on their own clock. `pages` and
    `wake_ups` (pages in their night, 22:00 to 07:00) are None where pages are not known.
    """

    person: str
    hours: timedelta
    night_hours: timedelta
    nights: int
    weekends: tuple[date, ...]  # their Saturdays
    weekend_hours: timedelta
    holiday_hours: timedelta
    pages: int | None = None
    wake_ups: int | None = None


@dataclass(frozen=True, slots=True)
class Swap:
    """`giver` carries `theirs` of `total` (weekends or nights), `taker` `others`: the weekend of `saturday` could go
    from one to the other. `saturday` None: no single one stands out."""

    kind: str  # weekends or nights
    schedule: str
    giver: str
    theirs: int
    taker: str
    others: int
    total: int
    saturday: date | None


def fairness(
    configuration: Configuration,
    schedules: Sequence[str],
    start: datetime,
    end: datetime,
    pages: Sequence[PageAt] | None = None,
) -> tuple[Load, ...]:
    """What everybody carries in [start, end), most hours first; whoever only takes turns and has none stands last."""
    start, end = utc(start), utc(end)
    held: dict[str, list[Span]] = {person: [] for name in schedules for person in _members(configuration, name)}
    for name in schedules:
        for row in final_schedule(configuration.schedules[name], start, end):
            if row.person is not None:
                held.setdefault(row.person, []).append((row.start, row.end))
    found = [_load(configuration, person, spans, start, end, pages) for person, spans in held.items()]
    return tuple(sorted(found, key=lambda load: (-load.hours, load.person)))


def suggestions(configuration: Configuration, schedule: str, start: datetime, end: datetime) -> tuple[Swap, ...]:
    """Weekends and nights that one member of a schedule has far more of than another who could take one.

    Only weekends still whole within the range are offered, and only to somebody who is not away then.
    """
    loads = {load.person: load for load in fairness(configuration, [schedule], start, end)}
    loads = {person: loads[person] for person in _members(configuration, schedule) if person in loads}
    if len(loads) < 2:
        return ()
    found = []
    by_weekends = sorted(loads.values(), key=lambda load: (len(load.weekends), load.person))
    few, many = by_weekends[0], by_weekends[-1]
    if len(many.weekends) - len(few.weekends) >= 2:
        total = len({day for load in loads.values() for day in load.weekends})
        free = [
            day
            for day, (opens, closes) in weekend_spans(_zone(configuration, few.person), utc(start), utc(end)).items()
            if day in many.weekends
            and day not in few.weekends
            and utc(start) <= opens
            and closes <= utc(end)
            and _is_free(configuration, few.person, opens, closes)
        ]
        saturday = free[len(free) // 2] if free else None
        found.append(
            Swap("weekends", schedule, many.person, len(many.weekends), few.person, len(few.weekends), total, saturday)
        )
    by_nights = sorted(loads.values(), key=lambda load: (load.nights, load.person))
    few, many = by_nights[0], by_nights[-1]
    if many.nights - few.nights >= max(3, many.nights // 2):
        total = sum(load.nights for load in loads.values())
        found.append(Swap("nights", schedule, many.person, many.nights, few.person, few.nights, total, None))
    return tuple(found[:MOST_SUGGESTED])


def _members(configuration: Configuration, schedule: str) -> list[str]:
    layers = configuration.schedules[schedule].layers
    return list(dict.fromkeys(person for layer in layers for person in layer.rotation.members))


def _zone(configuration: Configuration, person: str) -> ZoneInfo:
    known = configuration.people.get(person)
    return known.zone if known else ZoneInfo("UTC")


def _load(
    configuration: Configuration,
    person: str,
    held: Sequence[Span],
    start: datetime,
    end: datetime,
    pages: Sequence[PageAt] | None,
) -> Load:
    zone = _zone(configuration, person)
    nights = night_spans(zone, start, end)
    spans = joined(held)
    weekends = weekend_spans(zone, start, end)
    worked = {day: length(common(spans, [span])) for day, span in weekends.items()}
    mine = [page for page in pages if page.person == person and start <= page.at < end] if pages is not None else None
    woken = [page for page in mine or () if any(opens <= page.at < closes for opens, closes in nights)]
    return Load(
        person=person,
        hours=sum((last - first for first, last in held), timedelta()),
        night_hours=length(common(spans, nights)),
        nights=sum(length(common(spans, [night])) >= _A_NIGHT for night in nights),
        weekends=tuple(day for day, time in worked.items() if time >= _A_WEEKEND),
        weekend_hours=sum(worked.values(), timedelta()),
        holiday_hours=length(common(spans, _holidays(configuration, person, start, end))),
        pages=None if mine is None else len(mine),
        wake_ups=None if mine is None else len(woken),
    )


def weekend_spans(zone: ZoneInfo, start: datetime, end: datetime) -> Mapping[date, Span]:
    """The weekends that touch [start, end) by their Saturday, each from its midnight to Monday's in `zone`."""
    found = {}
    day, last = local(start, zone).date() - 2 * DAY, local(end, zone).date()
    while day <= last:
        if day.weekday() == 5:
            span = first_instant(midnight(day), zone), first_instant(midnight(day + 2 * DAY), zone)
            if span[0] < end and start < span[1]:
                found[day] = span
        day += DAY
    return found


def _holidays(configuration: Configuration, person: str, start: datetime, end: datetime) -> list[Span]:
    known = configuration.people.get(person)
    if known is None or known.country is None:
        return []
    first, last = local(start, known.zone).date(), local(end, known.zone).date()
    days = [
        day
        for year in range(first.year, last.year + 1)
        for day in holidays_of(known.country, year)
        if first <= day <= last and date_exists(day, known.zone)
    ]
    return joined(
        (first_instant(midnight(day), known.zone), first_instant(midnight(day + DAY), known.zone)) for day in days
    )


def _is_free(configuration: Configuration, person: str, start: datetime, end: datetime) -> bool:
    return not any(
        leave.person == person and utc(leave.start) < end and start < utc(leave.end)
        for schedule in configuration.schedules.values()
        for leave in schedule.leave
    )
