"""Layers that follow the sun, proposed from people's zones, working hours and languages, and from the shows planned.

A place is people whose working hours are the same instants all year; each place is a layer with its own hours on its
own clock. Where two places work at once, the later layer leaves the outer half of the overlap to the earlier one,
which keeps its whole hours: so a change of clocks in one place but not the other opens no gap. Nothing is written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from desk.configuration.model import Configuration, Person
from desk.oncall.demand import Want, live, markets_of
from desk.oncall.filling import candidates
from desk.oncall.gaps import Gap
from desk.oncall.model import WEEKDAYS, Layer, Leave, Override, Restriction, Rotation, Schedule, Weekday
from desk.oncall.resolve import final_schedule
from desk.oncall.spans import Span, common, joined, without
from desk.oncall.walltime import DAY, changes, first_instant, last_instant, local, midnight, utc

AHEAD = timedelta(days=28)
YEAR = timedelta(days=366)
_HALF_HOUR = timedelta(minutes=30)

Turn = Literal["daily", "weekly"]


@dataclass(frozen=True, slots=True)
class Place:
    """People who work at the same instants all year. `opens` and `closes` are local times; `taken_from` and
    `taken_to` what is left of them once overlaps are shared."""

    zone: ZoneInfo
    people: tuple[str, ...]
    opens: timedelta
    closes: timedelta
    taken_from: timedelta
    taken_to: timedelta


@dataclass(frozen=True, slots=True)
class Proposal:
    """`schedule` is ready to use; `claims` are the spans of the year ahead in which a place has working hours and
    somebody there: in each of them somebody is on call. `left_out` are people who read none of the languages.
    `uncovered` are what shows want within the days looked at, that nobody is free for."""

    schedule: Schedule
    places: tuple[Place, ...]
    claims: tuple[Span, ...]
    left_out: tuple[str, ...]
    uncovered: tuple[Want, ...]


def propose(
    configuration: Configuration,
    name: str,
    now: datetime,
    *,
    markets: Collection[str] = (),
    turn: Turn = "weekly",
    days: frozenset[Weekday] = frozenset(WEEKDAYS),
    ahead: timedelta = AHEAD,
) -> Proposal:
    """A schedule called `name` from the next local day on, for `markets` (all, when none is given)."""
    now = utc(now)
    wanted_markets = tuple(markets) or tuple(configuration.markets)
    people, left_out = _fit(configuration, wanted_markets)
    whole = _places(people, now)
    leave = _leave(configuration, people, now)
    claims = joined(
        span
        for place in whole
        for span in _staffed(_schedule(configuration, name, (place,), turn, days, now, leave), now, now + YEAR)
    )
    places = _shared(whole, now)
    schedule = _schedule(configuration, name, places, turn, days, now, leave)
    if without(claims, _staffed(schedule, now, now + YEAR)):
        # Days or leave of one place leave the other alone in an hour that was shared out: nobody shares, then.
        places = whole
        schedule = _schedule(configuration, name, places, turn, days, now, leave)
    overrides, uncovered = _for_shows(configuration, schedule, wanted_markets, now, now + ahead)
    schedule = replace(schedule, overrides=overrides)
    return Proposal(schedule, places, tuple(claims), left_out, uncovered)


def as_yaml(proposal: Proposal) -> list[str]:
    """The schedule as livedesk.yaml writes it, line by line, ready to paste."""
    plan = proposal.schedule
    lines = ["schedules:", f"  {plan.name}:", f"    timezone: {plan.zone.key}", "    layers:"]
    for layer in plan.layers:
        rotation = layer.rotation
        members = ", ".join(rotation.members)
        (window,) = layer.restrictions
        on = (
            ""
            if window.days == frozenset(WEEKDAYS)
            else f"days: [{', '.join(d for d in WEEKDAYS if d in window.days)}], "
        )
        lines.append(
            f'      - {{name: "{layer.name}", timezone: {layer.zone.key}, rotation: {{type: {rotation.type}, '
            f'hand_off: "{rotation.hand_off:%H:%M}", start: {rotation.start}, members: [{members}]}}, '
            f'restrictions: [{{{on}from: "{_clock(window.start)}", to: "{_clock(window.end)}"}}]}}'
        )
    for title, spans in (("overrides", plan.overrides), ("leave", plan.leave)):
        if spans:
            lines.append(f"    {title}:")
            lines += [
                f'      - {{person: {one.person}, start: "{_iso(one.start)}", end: "{_iso(one.end)}"}}' for one in spans
            ]
    return lines


def _fit(configuration: Configuration, markets: Sequence[str]) -> tuple[list[Person], tuple[str, ...]]:
    """People who read a language of the markets, and the keys of the others; everybody where no language is told."""
    languages = {language for key in markets for language in configuration.markets[key].languages}
    people = list(configuration.people.values())
    fitting = [one for one in people if not languages or not one.languages or languages & set(one.languages)]
    if not fitting:
        return people, ()
    return fitting, tuple(one.key for one in people if one not in fitting)


def _places(people: Sequence[Person], now: datetime) -> tuple[Place, ...]:
    """Places from the earliest opening (UTC) on, people in the order of the file."""
    groups: dict[tuple[Span, ...], list[Person]] = defaultdict(list)
    looked_at = _days_to_look_at({one.zone for one in people}, now)
    for person in people:
        opens, closes = person.working_hours
        groups[tuple(_window(person.zone, opens, closes, at) for at in looked_at)].append(person)
    found = []
    for _, group in sorted(groups.items(), key=lambda item: (item[0][0][0].time(), item[0][0])):
        zone, (opens, closes) = group[0].zone, group[0].working_hours
        found.append(Place(zone, tuple(one.key for one in group), opens, closes, opens, closes))
    return tuple(found)


def _days_to_look_at(zones: Collection[ZoneInfo], now: datetime) -> list[datetime]:
    """Today, and the middays after every change of clocks in a year: between them, overlaps stay as they are."""
    found = {now}
    for zone in zones:
        found |= {at + DAY for at in changes(zone, now, now + YEAR)}
    return sorted(found)


def _window(zone: ZoneInfo, opens: timedelta, closes: timedelta, at: datetime) -> Span:
    """The working hours of the local day of `at`."""
    day = midnight(local(at, zone).date())
    overnight = timedelta(0) if closes > opens else DAY
    return first_instant(day + opens, zone), last_instant(day + closes + overnight, zone)


def _shared(places: Sequence[Place], now: datetime) -> tuple[Place, ...]:
    looked_at = _days_to_look_at({place.zone for place in places}, now)
    found: list[Place] = []
    for number, place in enumerate(places):
        at_start, at_end = timedelta(0), timedelta(0)
        for other in places[:number]:
            first, last = _overlaps(place, other, looked_at)
            at_start, at_end = max(at_start, first // 2), max(at_end, last // 2)
        at_start, at_end = at_start // _HALF_HOUR * _HALF_HOUR, at_end // _HALF_HOUR * _HALF_HOUR
        length = (place.closes - place.opens) % DAY or DAY
        if at_start + at_end >= length:
            at_start = at_end = timedelta(0)
        taken = (place.opens + at_start) % DAY, (place.closes - at_end) % DAY or DAY
        found.append(replace(place, taken_from=taken[0], taken_to=taken[1]))
    return tuple(found)


def _overlaps(place: Place, other: Place, looked_at: Sequence[datetime]) -> tuple[timedelta, timedelta]:
    """How much of the beginning, and of the end, of a place's hours another one works too, on the worst day."""
    firsts, lasts = [], []
    for at in looked_at:
        start, end = _window(place.zone, place.opens, place.closes, at)
        theirs = joined(_window(other.zone, other.opens, other.closes, at + near * DAY) for near in (-1, 0, 1))
        both = common([(start, end)], theirs)
        firsts.append(next((last - first for first, last in both if first == start), timedelta(0)))
        lasts.append(next((last - first for first, last in both if last == end), timedelta(0)))
    return min(firsts), min(lasts)


def _schedule(
    configuration: Configuration,
    name: str,
    places: Sequence[Place],
    turn: Turn,
    days: frozenset[Weekday],
    now: datetime,
    leave: Sequence[Leave],
) -> Schedule:
    layers: list[Layer] = []
    for place in places:
        overnight = place.taken_to <= place.taken_from
        # A hand-off inside the hours would make turns of what is left over.
        hand_off = (midnight(now.date()) + place.taken_from).time() if overnight else midnight(now.date()).time()
        start = local(now, place.zone).date() - timedelta(days=local(now, place.zone).weekday())
        city = place.zone.key.rpartition("/")[2].replace("_", " ")
        layers.append(
            Layer(
                name=city if all(city != layer.name for layer in layers) else f"{city} {_clock(place.opens)}",
                zone=place.zone,
                rotation=Rotation(turn, place.people, start - 7 * DAY, hand_off),
                restrictions=(Restriction(days, place.taken_from, place.taken_to),),
            )
        )
    members = {person for place in places for person in place.people}
    return Schedule(
        name=name,
        zone=ZoneInfo("UTC"),
        layers=tuple(layers),
        leave=tuple(one for one in leave if one.person in members),
        zones={person: configuration.people[person].zone for person in members},
    )


def _leave(configuration: Configuration, people: Sequence[Person], now: datetime) -> tuple[Leave, ...]:
    """What leave is known of these people from other schedules, each once."""
    keys = {person.key for person in people}
    found = {
        (leave.person, utc(leave.start), utc(leave.end))
        for schedule in configuration.schedules.values()
        for leave in schedule.leave
        if leave.person in keys and utc(leave.end) > now
    }
    return tuple(Leave(*one) for one in sorted(found))


def _staffed(schedule: Schedule, start: datetime, end: datetime) -> list[Span]:
    return joined((row.start, row.end) for row in final_schedule(schedule, start, end) if row.person is not None)


def _for_shows(
    configuration: Configuration, schedule: Schedule, markets: Sequence[str], start: datetime, end: datetime
) -> tuple[tuple[Override, ...], tuple[Want, ...]]:
    """Overrides for what shows want outside of everybody's hours, and what nobody is free for."""
    wants = list(_show_wants(configuration, schedule.name, markets, start, end))
    covered = _staffed(schedule, start, end)
    with_it = replace(configuration, schedules={**configuration.schedules, schedule.name: schedule})
    overrides, uncovered = [], []
    for first, last in without([(want.start, want.end) for want in wants], covered):
        asking = tuple(want for want in wants if want.start < last and first < want.end)
        found = candidates(with_it, Gap(schedule.name, first, last, asking, ""), most=1)
        if found:
            overrides.append(Override(found[0].person, first, last))
        else:
            uncovered += [Want(schedule.name, first, last, "show", one.show, one.market) for one in asking]
    return tuple(overrides), tuple(uncovered)


def _show_wants(
    configuration: Configuration, name: str, markets: Sequence[str], start: datetime, end: datetime
) -> Iterator[Want]:
    for show in configuration.shows.values():
        on_air = live(show)
        for market in markets_of(configuration, show):
            if on_air is None or market not in markets:
                continue
            first, last = max(on_air[0], start), min(on_air[1] + configuration.markets[market].cover_after, end)
            if first < last:
                yield Want(name, first, last, "show", show.key, market)


def _clock(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _iso(at: datetime) -> str:
    return utc(at).replace(tzinfo=None, microsecond=0).isoformat() + "Z"
