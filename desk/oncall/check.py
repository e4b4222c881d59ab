"""What a valid schedule probably does not mean, for `bot.py doctor`. Who lacks a way to be reached is in
`desk/reachable`, when nobody is there in `desk/gaps`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta

from desk.oncall.away import knows_country, show, show_end
from desk.oncall.model import Layer, Schedule
from desk.oncall.rotation import Grid, worked_on_paper
from desk.oncall.walltime import DAY, utc
from desk.oncall.windows import OpenTime


def check(schedule: Schedule, now: datetime) -> list[str]:
    """Every warning about a schedule, a sentence each."""
    return [
        *(said for layer in schedule.layers for said in _split_turns(layer)),
        *_overrides_on_leave(schedule, now),
        *_unknown_holidays(schedule),
    ]


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


def _split_turns(layer: Layer) -> Iterator[str]:
    better = better_hand_off(layer)
    if better is not None:
        yield (
            f"layer {layer.name}: the hand-off at {layer.rotation.hand_off:%H:%M} lies inside its hours and makes "
            f'turns of what is left over before or after a pause; with hand_off: "{better:%H:%M}" nobody gets one'
        )


def _overrides_on_leave(schedule: Schedule, now: datetime) -> Iterator[str]:
    for override in schedule.overrides:
        for leave in schedule.leave:
            if (
                override.person == leave.person
                and max(utc(override.start), utc(leave.start)) < min(utc(override.end), utc(leave.end))
                and override.end > now
            ):
                yield (
                    f"{leave.person} is on leave until {show_end(leave.end, schedule.zone)} and has the override from "
                    f"{show(override.start, schedule.zone)} all the same; the override stands, ask whether it should"
                )


def _unknown_holidays(schedule: Schedule) -> Iterator[str]:
    if schedule.holidays:
        for person, country in sorted(schedule.countries.items()):
            if not knows_country(country):
                yield f"the public holidays of {country}, where {person} lives, are not known; write them as leave"
