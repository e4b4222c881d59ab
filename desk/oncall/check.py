"""What a valid schedule probably does not mean, or will soon lack: said on loading, daily, and by `doctor`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Literal

from desk.configuration.model import Person
from desk.oncall.away import knows_country, show, show_end
from desk.oncall.model import Layer, Schedule
from desk.oncall.resolve import Row, final_schedule
from desk.oncall.rotation import Grid, worked_on_paper
from desk.oncall.walltime import DAY, utc
from desk.oncall.windows import OpenTime

AHEAD = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Warn:
    """Something to look at. `subject` is the layer or person it is about (empty: the schedule); `text` is a sentence
    with what to do."""

    kind: Literal["hand_off", "gap", "override_on_leave", "no_contact", "unknown_holidays"]
    subject: str
    text: str


def check(
    schedule: Schedule, now: datetime, people: Mapping[str, Person] | None = None, ahead: timedelta = AHEAD
) -> tuple[Warn, ...]:
    """Every warning about a schedule and the time `ahead`. Without `people`, nothing is said about contacts."""
    return (
        *(warn for layer in schedule.layers for warn in _split_turns(layer)),
        *_overrides_on_leave(schedule, now),
        *_gaps(schedule, now, ahead),
        *_without_contact(schedule, now, people, ahead),
        *_unknown_holidays(schedule),
    )


def gaps(schedule: Schedule, start: datetime, end: datetime) -> tuple[Row, ...]:
    """The rows of the final schedule without anybody, those outside of all hours included."""
    return tuple(row for row in final_schedule(schedule, start, end) if row.person is None)


def better_hand_off(layer: Layer) -> time | None:
    """A time of day at which hand-offs would make fewer turns out of the same open time, midnight for preference.

    A daily hand-off inside a window leaves a remnant that counts as a turn: with whole days from Monday to Friday
    and a hand-off at 09:00, somebody has Sunday 09:00 to Monday 09:00, nine hours of it worked.
    """
    if layer.rotation.type == "hourly" or not layer.restrictions:
        return None
    edges = {edge % DAY for restriction in layer.restrictions for edge in (restriction.start, restriction.end)}
    candidates = [time(0), *sorted(_as_time(edge) for edge in edges)]
    fewest = _turns_per_period(layer, layer.rotation.hand_off)
    better = None
    for candidate in candidates:
        number = _turns_per_period(layer, candidate)
        if number < fewest:
            fewest, better = number, candidate
    return better


def _turns_per_period(layer: Layer, hand_off: time) -> int:
    return worked_on_paper(Grid(replace(layer.rotation, hand_off=hand_off)), OpenTime(layer))[-1]


def _as_time(since_midnight: timedelta) -> time:
    minutes, seconds = divmod(int(since_midnight.total_seconds()), 60)
    return time(minutes // 60, minutes % 60, seconds)


def _split_turns(layer: Layer) -> Iterator[Warn]:
    better = better_hand_off(layer)
    if better is not None:
        yield Warn(
            "hand_off",
            layer.name,
            f"layer {layer.name}: the hand-off at {layer.rotation.hand_off:%H:%M} lies inside its hours and makes "
            f'turns of what is left over before or after a pause; with hand_off: "{better:%H:%M}" nobody gets one',
        )


def _overrides_on_leave(schedule: Schedule, now: datetime) -> Iterator[Warn]:
    for override in schedule.overrides:
        for leave in schedule.leave:
            if (
                override.person == leave.person
                and max(utc(override.start), utc(leave.start)) < min(utc(override.end), utc(leave.end))
                and override.end > now
            ):
                yield Warn(
                    "override_on_leave",
                    leave.person,
                    f"{leave.person} is on leave until {show_end(leave.end, schedule.zone)} and has the override from "
                    f"{show(override.start, schedule.zone)} all the same; the override stands, ask whether it should",
                )


def _gaps(schedule: Schedule, now: datetime, ahead: timedelta) -> Iterator[Warn]:
    found = gaps(schedule, now, utc(now) + ahead)
    if found:
        first = found[0]
        until = "" if first.end >= utc(now) + ahead else f" until {show(first.end, schedule.zone)}"
        others = f"; in {ahead.days} days there are {len(found)} such times" if len(found) > 1 else ""
        yield Warn(
            "gap",
            "",
            f"nobody is on call from {show(first.start, schedule.zone)}{until} ({first.why}){others}",
        )


def _without_contact(
    schedule: Schedule, now: datetime, people: Mapping[str, Person] | None, ahead: timedelta
) -> Iterator[Warn]:
    if people is None:
        return
    said: set[str] = set()
    for row in final_schedule(schedule, now, utc(now) + ahead):
        if row.person is None or row.person in said:
            continue
        said.add(row.person)
        person = people.get(row.person)
        if person is None or not any(person.contacts.values()):
            yield Warn(
                "no_contact",
                row.person,
                f"{row.person} is on call from {show(row.start, schedule.zone)} and has no contact to be paged at; "
                f"add contacts: {{slack: U…}} to people.{row.person}",
            )


def _unknown_holidays(schedule: Schedule) -> Iterator[Warn]:
    if schedule.holidays:
        for person, country in sorted(schedule.countries.items()):
            if not knows_country(country):
                yield Warn(
                    "unknown_holidays",
                    person,
                    f"the public holidays of {country}, where {person} lives, are not known; write them as leave",
                )
