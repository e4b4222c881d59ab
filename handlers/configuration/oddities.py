"""What a valid configuration probably does not mean: said at loading and by `bot.py doctor`, never refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from desk.configuration.model import Configuration, Route, Target
from desk.oncall.away import last_day, show_end
from desk.oncall.model import WEEKDAYS, Layer, Leave, Schedule
from handlers.configuration.schedules import members_of

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)

# Zones that stand still: people who write them mostly mean a place, whose clocks change.
_PLACES = {"EST": "America/New_York", "MST": "America/Denver", "HST": "Pacific/Honolulu"}


def warnings(configuration: Configuration, now: datetime) -> list[str]:
    """One sentence per oddity, each with what to do, in the order of the file's sections."""
    return [
        *_of_zones(configuration),
        *_of_schedules(configuration, now),
        *_of_teams(configuration),
        *_of_paging(configuration),
    ]


def _of_zones(configuration: Configuration) -> Iterator[str]:
    for section in ("people", "teams", "markets", "schedules"):
        for key, item in getattr(configuration, section).items():
            if place := _PLACES.get(item.zone.key):
                yield f"{section}.{key}: {item.zone.key} never changes its clocks; is {place} meant?"


# ── schedules ────────────────────────────────────────────────────────────────────────────────────────────────────


def _of_schedules(configuration: Configuration, now: datetime) -> Iterator[str]:
    for key, schedule in configuration.schedules.items():
        at = f"schedules.{key}"
        if not schedule.layers:
            yield f"{at}: has no layers, so nobody is on call but by an override"
        elif all(_is_over(layer, now) for layer in schedule.layers):
            yield f"{at}: every layer has ended, so nobody is on call; move an `end` or add a layer"
        for number, layer in enumerate(schedule.layers):
            for reason in _of_layer(layer):
                yield f"{at}.layers[{number}] ({layer.name}): {reason}"
        yield from _of_absences(at, schedule, now)
        if schedule.holidays:
            for member in sorted(members_of(schedule)):
                if member not in schedule.countries:
                    yield f"{at}: holidays are skipped, but people.{member} has no country, so theirs are not known"


def _is_over(layer: Layer, now: datetime) -> bool:
    return layer.end is not None and layer.end <= now.astimezone(layer.zone).date()


def _of_absences(at: str, schedule: Schedule, now: datetime) -> Iterator[str]:
    for override in schedule.overrides:
        for leave in schedule.leave:
            overlaps = override.start < leave.end and leave.start < override.end
            if override.person == leave.person and overlaps and override.end > now:
                yield (
                    f"{at}: {override.person} is on leave until {_until(leave, schedule)} and stands in the "
                    f"override from {override.start:%Y-%m-%d %H:%M} UTC all the same; the override wins"
                )
    for leave in schedule.leave:
        if leave.person not in members_of(schedule) and leave.end > now:
            yield f"{at}: {leave.person} has leave here but is in no layer; leave counts for the schedule it stands in"


def _until(leave: Leave, schedule: Schedule) -> str:
    whole = last_day(leave.end, schedule.zone) is not None
    return show_end(leave.end, schedule.zone) if whole else f"{leave.end:%Y-%m-%d %H:%M} UTC"


def _of_layer(layer: Layer) -> Iterator[str]:
    """A daily hand-off in the middle of working hours makes the first hours after a pause a turn of their own: with
    whole-day windows Monday to Friday and a hand-off at 09:00, somebody has Sunday 09:00 to Monday 09:00, of which
    only the nine hours of Monday are worked."""
    rotation = layer.rotation
    hand_off = timedelta(
        hours=rotation.hand_off.hour, minutes=rotation.hand_off.minute, seconds=rotation.hand_off.second
    )
    if rotation.type != "daily" or rotation.every != 1 or not hand_off or not layer.restrictions:
        return
    worked = _worked_week(layer)
    for day, name in enumerate(WEEKDAYS):
        shift = (day * _DAY + hand_off, (day + 1) * _DAY + hand_off)
        pieces = [(max(start, shift[0]), min(end, shift[1])) for start, end in worked]
        pieces = [(start, end) for start, end in pieces if start < end]
        if not pieces or pieces[0][0] < (day + 1) * _DAY or pieces[-1][1] < shift[1]:
            continue
        if not any(start < shift[1] < end for start, end in worked):
            continue  # the window ends with the shift: a night shift, as it should be
        begins = pieces[0][0] - (day + 1) * _DAY
        next_day = WEEKDAYS[(day + 1) % 7]
        yield (
            f"the shift from {name} {_clock(hand_off)} is worked only on {next_day} from {_clock(begins)} to "
            f"{_clock(hand_off)}, yet takes a turn of its own; a hand-off at {_clock(begins)} avoids it"
        )
        return


def _worked_week(layer: Layer) -> list[tuple[timedelta, timedelta]]:
    """The layer's windows as offsets from Monday 00:00, merged, with a week on either side so that no end cuts one."""
    spans = []
    for restriction in layer.restrictions:
        for name in restriction.days:
            length = restriction.end - restriction.start
            length = length if length > timedelta(0) else length + _DAY
            start = WEEKDAYS.index(name) * _DAY + restriction.start
            spans += [(start + week * _WEEK, start + week * _WEEK + length) for week in (-1, 0, 1)]
    merged: list[tuple[timedelta, timedelta]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _clock(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


# ── teams and paging ─────────────────────────────────────────────────────────────────────────────────────────────


def _of_teams(configuration: Configuration) -> Iterator[str]:
    teams = configuration.teams
    for key, team in teams.items():
        if not team.channels:
            yield f"teams.{key}: has no channel, so it is told nothing; add channels: [slack:C…]"
    if teams and all(team.markets for team in teams.values()):
        looked_after = {market for team in teams.values() for market in team.markets}
        for market in configuration.markets:
            if market not in looked_after:
                yield f"markets.{market}: no team looks after it, so no digest tells of it"
    if teams and not configuration.admin_channel:
        yield "admin_channel: is not set, so failures that need a human are shown nowhere but in the log"


def _of_paging(configuration: Configuration) -> Iterator[str]:
    if not (configuration.teams or configuration.policies or configuration.routing):
        return  # people and schedules alone: a file for `bot.py oncall`
    routing = configuration.routing
    if not any(_matches_everything(route) for route in routing):
        yield "routing: no rule matches everything, so some incidents reach nobody; end with a rule without conditions"
    yield from _of_policies(configuration)
    used = {route.policy for route in routing}
    for key in configuration.policies:
        if key not in used:
            yield f"policies.{key}: no routing rule leads to it"
    for number, route in enumerate(routing):
        if route.team is None:
            yield f"routing[{number}]: pages without a team, so no channel shows the incident; add a team"
    yield from _of_reach(configuration)


def _of_policies(configuration: Configuration) -> Iterator[str]:
    """Policies that end in nobody at every hour: none of their people has a contact, and they name no channel."""
    for key, policy in configuration.policies.items():
        targets = [target for step in policy.steps for target in step.notify]
        if any(target.kind == "channel" or _may_reach(configuration, target) for target in targets):
            continue
        yield f"policies.{key}: ends in nobody: none of those whom its steps name has contacts, so it pages no one"


def _may_reach(configuration: Configuration, target: Target) -> bool:
    people = configuration.people
    if target.kind == "person":
        return bool(people[target.name].contacts)
    if target.kind == "group":
        group = configuration.groups[target.name]
        return group.user_group is not None or any(people[one].contacts for one in group.members)
    schedule = configuration.schedules[target.name]
    stand_ins = {override.person for override in schedule.overrides if override.person}
    return any(people[person].contacts for person in members_of(schedule) | stand_ins)


def _matches_everything(route: Route) -> bool:
    return not (route.markets or route.categories or route.severities or route.languages or route.hours)


def _of_reach(configuration: Configuration) -> Iterator[str]:
    """People whom a policy may page and no platform can find."""
    paged: dict[str, str] = {}
    for policy in configuration.policies.values():
        for target in (target for step in policy.steps for target in step.notify):
            if target.kind == "person":
                paged.setdefault(target.name, f"policies.{policy.key}")
            elif target.kind == "group":
                for person in configuration.groups[target.name].members:
                    paged.setdefault(person, f"policies.{policy.key} through groups.{target.name}")
            elif target.kind in ("schedule", "next"):
                schedule = configuration.schedules[target.name]
                stand_ins = {override.person for override in schedule.overrides if override.person}
                for person in members_of(schedule) | stand_ins:
                    paged.setdefault(person, f"policies.{policy.key} through schedules.{schedule.name}")
    for person, way in sorted(paged.items()):
        if not configuration.people[person].contacts:
            yield f"people.{person}: may be paged by {way} but has no contacts; add contacts: {{slack: U…}}"
