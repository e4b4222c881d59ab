"""A second, slow reading of what a schedule means, written from the definitions alone (docs/oncall.md).

It walks a clock: every step (a minute, or a quarter of an hour where years are walked) of a stretch of time is looked
at, and what its local clock shows is written down. Wall times are found by looking them up in that walk, gaps by
seeing the clock jump. Nothing of `desk.oncall` but the data classes is used, and no `fold`.

All times in the schedules it reads are whole steps. Instants and wall times are whole steps since 1970.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import holidays

from desk.oncall.model import WEEKDAYS, Layer, Schedule

EPOCH = datetime(1970, 1, 1)


def steps(at: datetime, step: int) -> int:
    whole, rest = divmod(at.replace(tzinfo=None) - EPOCH, timedelta(minutes=step))
    assert not rest, f"{at} is not a whole step"
    return whole


def instant(at: datetime, step: int) -> int:
    return steps(at.astimezone(UTC), step)


@lru_cache(maxsize=64)
def walk(zone: ZoneInfo, start: int, end: int, step: int) -> Walk:
    return Walk(zone, start, end, step)


class Walk:
    """What clocks in `zone` show at each step in [start, end)."""

    def __init__(self, zone: ZoneInfo, start: int, end: int, step: int) -> None:
        self.start, self.end, self.step = start, end, step
        seconds, epoch = step * 60, EPOCH.toordinal()
        self.shown = []
        for number in range(start, end):
            face = datetime.fromtimestamp(number * seconds, zone)
            minutes = ((face.toordinal() - epoch) * 24 + face.hour) * 60 + face.minute
            assert not minutes % step, f"{face} is not a whole step"
            self.shown.append(minutes // step)
        self.first: dict[int, int] = {}
        self.last: dict[int, int] = {}
        for number, wall in enumerate(self.shown, start):
            self.first.setdefault(wall, number)
            self.last[wall] = number
        self.gaps = [(before + 1, after) for before, after in pairwise(self.shown) if after > before + 1]

    @cached_property
    def dates(self) -> set[date]:
        per_day = 24 * 60 // self.step
        return {date(1970, 1, 1) + timedelta(days=number) for number in {wall // per_day for wall in self.shown}}

    def existing(self, wall: int) -> int:
        """The wall time itself or, if clocks skip it, as far behind the gap as it was in it."""
        for skipped_from, skipped_to in self.gaps:
            if skipped_from <= wall < skipped_to:
                return wall + (skipped_to - skipped_from)
        return wall

    def first_at(self, wall: int) -> int:
        """The first time a wall time is shown. Outside of the walk: before or after everything in it."""
        wall = self.existing(wall)
        if wall not in self.first:
            return self.start - 1 if wall < min(self.shown[0], self.shown[-1]) else self.end
        return self.first[wall]

    def last_at(self, wall: int) -> int:
        wall = self.existing(wall)
        if wall not in self.last:
            return self.start - 1 if wall < min(self.shown[0], self.shown[-1]) else self.end
        return self.last[wall]


@dataclass
class LayerReading:
    """Whose turn it is at each step of the walk, or nobody's (None)."""

    layer: Layer
    walk: Walk

    def turns(self) -> list[int | None]:
        start, end = self.walk.start, self.walk.end
        is_open = self._open()
        found: list[int | None] = [None] * (end - start)
        turn = 0
        hand_offs = sorted(set(self._hand_offs()))
        for shift_from, shift_to in pairwise(hand_offs):
            worked = False
            for number in range(max(shift_from, start), min(shift_to, end)):
                if is_open[number - start]:
                    found[number - start] = turn
                    worked = True
            if worked:
                turn += 1
        return found

    def _open(self) -> bytearray:
        layer, clock = self.layer, self.walk
        is_open = bytearray(clock.end - clock.start)
        if not layer.restrictions:
            is_open = bytearray(b"\1" * len(is_open))
        for day in clock.dates:
            for restriction in layer.restrictions:
                if WEEKDAYS[day.weekday()] not in restriction.days:
                    continue
                midnight = datetime(day.year, day.month, day.day)
                closing_day = midnight if restriction.end > restriction.start else midnight + timedelta(days=1)
                opens = clock.first_at(steps(midnight + restriction.start, clock.step))
                closes = clock.last_at(steps(closing_day + restriction.end, clock.step))
                for number in range(max(opens, clock.start), min(closes, clock.end)):
                    is_open[number - clock.start] = 1
        if layer.start:
            for number in range(clock.start, min(self._midnight(layer.start), clock.end)):
                is_open[number - clock.start] = 0
        if layer.end:
            for number in range(max(self._midnight(layer.end), clock.start), clock.end):
                is_open[number - clock.start] = 0
        return is_open

    def _midnight(self, day: date) -> int:
        return self.walk.first_at(steps(datetime(day.year, day.month, day.day), self.walk.step))

    def _hand_offs(self) -> list[int]:
        rotation = self.layer.rotation
        day = rotation.start
        if rotation.type == "weekly":
            while WEEKDAYS[day.weekday()] != rotation.weekday:
                day += timedelta(days=1)
        wall = datetime.combine(day, rotation.hand_off)
        if rotation.type == "daily":
            between = [timedelta(days=rotation.every)]
        elif rotation.type == "weekly":
            between = [timedelta(days=7 * rotation.every)]
        elif rotation.type == "hourly":
            between = [timedelta(hours=rotation.every)]
        else:
            between = [timedelta(days=length) for length in rotation.lengths]
        found = []
        shifts = 0
        # Two days more than the walk: where a date is skipped, hand-offs move a day ahead, past later ones.
        stop = max(self.walk.shown[0], self.walk.shown[-1]) + 2 * 24 * 60 // self.walk.step
        while True:
            at = steps(wall, self.walk.step)
            found.append(self.walk.first_at(at))
            if at > stop:
                return found
            wall += between[shifts % len(between)]
            shifts += 1


class Oracle:
    """Everybody on call at each step of [start, end), highest priority first. Turns are counted from the start of
    the walk, so every rotation must start in it; windows that began before it are not seen."""

    def __init__(self, schedule: Schedule, start: datetime, end: datetime, step: int = 1) -> None:
        self.schedule = schedule
        self.step = step
        self.start, self.end = instant(start, step), instant(end, step)
        self._turns = [
            (layer, LayerReading(layer, walk(layer.zone, self.start, self.end, step)).turns())
            for layer in schedule.layers
        ]
        self._overrides = [
            (instant(override.start, step), instant(override.end, step), override.person)
            for override in schedule.overrides
        ]
        everybody = {member for layer in schedule.layers for member in layer.rotation.members}
        self._away = {person: self._absence(person) for person in sorted(everybody)}
        self._answers = self._answered()

    def _absence(self, person: str) -> bytearray:
        """The steps at which somebody is away."""
        away = bytearray(self.end - self.start)
        if self.schedule.holidays and person in self.schedule.countries:
            clock = walk(self.schedule.zones[person], self.start, self.end, self.step)
            known, per_day = holidays.country_holidays(self.schedule.countries[person]), 24 * 60 // self.step
            free = {
                day for day in {wall // per_day for wall in clock.shown} if EPOCH.date() + timedelta(days=day) in known
            }
            away = bytearray(wall // per_day in free for wall in clock.shown)
        for leave in self.schedule.leave:
            if leave.person == person:
                begins, ends = instant(leave.start, self.step), instant(leave.end, self.step)
                for number in range(max(begins, self.start), min(ends, self.end)):
                    away[number - self.start] = 1
        return away

    def oncall(self, at: int) -> tuple[str, ...]:
        return self._answers[at - self.start]

    def span(self, at: int, count: int) -> list[frozenset[str]]:
        """Who, in no order, at each of `count` steps from `at` on."""
        return [frozenset(people) for people in self._answers[at - self.start : at - self.start + count]]

    def _answered(self) -> list[tuple[str, ...]]:
        """The answer of each step. The same turns with the same people away are the same answer."""
        layers, people = len(self._turns), tuple(self._away)
        known: dict[tuple[int | None, ...], tuple[str, ...]] = {}
        found = []
        for seen in zip(*(turns for _, turns in self._turns), *self._away.values(), strict=True):
            if seen not in known:
                away = {person for person, is_away in zip(people, seen[layers:], strict=True) if is_away}
                known[seen] = self._taken(seen[:layers], away)
            found.append(known[seen])
        found = found or [()] * (self.end - self.start)
        for start, end, person in self._overrides:
            for number in range(max(start, self.start), min(end, self.end)):
                found[number - self.start] = (person,) if person else ()
        return found

    def _taken(self, turns: Sequence[int | None], away: Collection[str]) -> tuple[str, ...]:
        found: list[str] = []
        for (layer, _), turn in zip(reversed(self._turns), reversed(turns), strict=True):
            if turn is None:
                continue
            members = layer.rotation.members
            for ahead in range(len(members)):
                member = members[(turn + ahead) % len(members)]
                if member not in away:
                    if member not in found:
                        found.append(member)
                    break
        return tuple(found[: self.schedule.people])
