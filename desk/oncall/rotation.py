"""Hand-offs, shifts, and whose turn each worked shift is.

Turns are counted from the first hand-off, which may lie years back. Between two changes of clocks the pattern of
worked shifts repeats (after as many weeks as rotation and week need to meet again), so those stretches are counted
by multiplication; only the days around a change, and around the layer's own first and last date, are gone through
shift by shift.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise
from math import lcm
from typing import NamedTuple

from desk.oncall.model import WEEKDAYS, Layer, Rotation
from desk.oncall.walltime import DAY, EARLIEST, LAST_WALL, LATEST, changes, first_instant, local, within
from desk.oncall.windows import OpenTime

_HOUR = timedelta(hours=1)
_WEEK = timedelta(weeks=1)
# What a clock shows says only roughly which hand-offs have been: a gap moves some behind later ones, and an hour that
# comes a second time shows less than was already passed. Both by the size of the change, a day at most (date line).
_DISORDER = 2 * DAY
# How far a change of clocks reaches: the day it may skip, and windows that began up to two days before.
_REACH = 4 * DAY
# More days, weeks or hours than this between hand-offs reach beyond the calendar, and `timedelta` has an end too.
_MOST = 10_000_000


class Duty(NamedTuple):
    """Open time of one worked shift. `turn` counts worked shifts from 0; it is `members[turn % len(members)]`'s."""

    start: datetime
    end: datetime
    turn: int


class Grid:
    """A rotation's hand-offs in wall time, numbered from 0 at the first one."""

    def __init__(self, rotation: Rotation) -> None:
        self.first = within(datetime.combine(rotation.start, rotation.hand_off))
        if rotation.type == "weekly":
            until_weekday = (WEEKDAYS.index(rotation.weekday) - self.first.weekday()) % 7
            self.first = within(self.first + until_weekday * DAY)
        if rotation.type == "custom":
            lengths = [min(length, _MOST) * DAY for length in rotation.lengths]
        else:
            unit = {"daily": DAY, "weekly": _WEEK, "hourly": _HOUR}[rotation.type]
            lengths = [min(rotation.every, _MOST) * unit]
        self.per_cycle = len(lengths)
        self._into_cycle = list(accumulate(lengths, initial=timedelta(0)))
        self.cycle = self._into_cycle.pop()

    def wall(self, number: int) -> datetime:
        """The naive wall time of a hand-off."""
        cycles, rest = divmod(number, self.per_cycle)
        try:
            return within(self.first + cycles * self.cycle + self._into_cycle[rest])
        except OverflowError:
            return LAST_WALL

    def number(self, wall: datetime) -> int:
        """The last hand-off at or before a naive wall time; below 0 before the first."""
        cycles, rest = divmod(wall - self.first, self.cycle)
        return cycles * self.per_cycle + bisect_right(self._into_cycle, rest) - 1


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Hand-offs from `first` on, before which `worked` shifts were worked. In a `steady` one no clock changes."""

    first: int
    worked: int
    steady: bool


class Turns:
    """The worked shifts of a layer. Make it by `turns`, which keeps those that were asked for lately."""

    def __init__(self, layer: Layer) -> None:
        self.members = layer.rotation.members
        self.open_time = OpenTime(layer)
        self._zone = layer.zone
        self._grid = Grid(layer.rotation)
        self._counted_years: tuple[int, list[_Stretch]] = (0, [])
        self.first_hand_off = first_instant(self._grid.first, layer.zone)

    def duties(self, start: datetime, end: datetime) -> list[Duty]:
        """The worked time within [start, end), in order, by whose turn it is."""
        spans = self.open_time.spans(start, end)
        if not spans:
            return []
        number, turn = self._anchor(start)
        last = self._grid.number(local(end, self._zone) + _DISORDER) + 1
        found: list[Duty] = []
        passed = 0  # spans that end before the shift starts
        for shift_start, shift_end in pairwise(self._hand_offs(number, last)):
            while passed < len(spans) and spans[passed][1] <= shift_start:
                passed += 1
            within_shift = passed
            while within_shift < len(spans) and spans[within_shift][0] < shift_end:
                opens, closes = spans[within_shift]
                found.append(Duty(max(opens, shift_start), min(closes, shift_end), turn))
                within_shift += 1
            if within_shift > passed or (
                # What is open of it may lie outside of what was asked for, and it is a turn all the same.
                (shift_start < start or shift_end > end) and self.open_time.opens(shift_start, shift_end)
            ):
                turn += 1
        return found

    def _anchor(self, start: datetime) -> tuple[int, int]:
        """A hand-off safely before `start`, and how many shifts were worked before it."""
        wanted = self._grid.number(local(start, self._zone) - _DISORDER)
        if wanted <= 0:
            return 0, 0
        stretches = self._stretches_around(start.year)
        stretch = stretches[bisect_right(stretches, wanted, key=lambda known: known.first) - 1]
        if not stretch.steady:
            return stretch.first, stretch.worked
        return wanted, stretch.worked + self._worked_on_paper(stretch.first, wanted)

    def _stretches_around(self, year: int) -> list[_Stretch]:
        through, stretches = self._counted_years
        if year >= through < LATEST.year:
            # Some years more than asked for, so that reading on month by month does not count anew each time.
            through = min(year // 8 * 8 + 9, LATEST.year)
            stretches = self._counted(datetime(through, 12, 31, tzinfo=UTC))
            self._counted_years = through, stretches
        return stretches

    def _counted(self, horizon: datetime) -> list[_Stretch]:
        found = [_Stretch(0, 0, steady=True)]
        worked = 0
        done = 0
        for first, last in self._unsteady(horizon):
            worked += self._worked_on_paper(done, first)
            found.append(_Stretch(first, worked, steady=False))
            worked += sum(self.open_time.opens(*shift) for shift in pairwise(self._hand_offs(first, last)))
            found.append(_Stretch(last, worked, steady=True))
            done = last
        return found

    def _unsteady(self, horizon: datetime) -> list[tuple[int, int]]:
        """Ranges of hand-offs, in order and apart, whose shifts a change of clocks or a layer's date may touch."""
        moments = changes(self._zone, max(self.first_hand_off - _WEEK, EARLIEST), horizon)
        moments += [at for at in (self.open_time.starts_at, self.open_time.ends_at) if at < horizon]
        ranges: list[tuple[int, int]] = []
        for moment in sorted(moments):
            # The clock's reading differs by the size of the change on its two sides; `_REACH` has room for both.
            wall = local(moment, self._zone)
            first, last = max(self._grid.number(wall - _REACH), 0), self._grid.number(wall + _REACH) + 1
            if last <= 0:
                continue
            if ranges and first <= ranges[-1][1]:
                ranges[-1] = (ranges[-1][0], max(last, ranges[-1][1]))
            else:
                ranges.append((first, last))
        return ranges

    def _hand_offs(self, first: int, last: int) -> list[datetime]:
        """The instants of the hand-offs `first` to `last`, in order; those that fall together are one, for a shift
        of no length takes no turn."""
        return sorted({first_instant(self._grid.wall(number), self._zone) for number in range(first, last + 1)})

    def _worked_on_paper(self, first: int, last: int) -> int:
        """How many of the shifts `first` (included) to `last` (not included) are worked in a steady stretch."""
        begins = first_instant(self._grid.wall(first), self._zone)
        if last <= first or begins < self.open_time.starts_at or begins >= self.open_time.ends_at:
            return 0
        pattern = self._pattern
        period = len(pattern) - 1

        def before(number: int) -> int:
            periods, rest = divmod(number, period)
            return periods * pattern[-1] + pattern[rest]

        return before(last) - before(first)

    @cached_property
    def _pattern(self) -> list[int]:
        return worked_on_paper(self._grid, self.open_time)


def worked_on_paper(grid: Grid, open_time: OpenTime) -> list[int]:
    """On clocks that never change the worked shifts repeat: how many there are before each shift of one period, and
    at last in the whole period."""
    cycles = lcm(grid.cycle // _HOUR, _WEEK // _HOUR) // (grid.cycle // _HOUR)
    worked = (
        open_time.opens_on_paper(grid.wall(number), grid.wall(number + 1)) for number in range(cycles * grid.per_cycle)
    )
    return list(accumulate(worked, initial=0))


@lru_cache(maxsize=1024)
def turns(layer: Layer) -> Turns:
    """The turns of a layer; equal layers share what was counted."""
    return Turns(layer)
