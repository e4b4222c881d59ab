"""Who is on call: the final schedule of a range, and the answer for an instant, with the reason.

Everything that asks (pages, previews, charts, calendars, the command line) asks here. docs/oncall.md says in words
what a schedule means.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from desk.oncall.model import Schedule
from desk.oncall.pieces import Piece, Pieces
from desk.oncall.walltime import DAY, EARLIEST, LATEST, utc

# Instants are looked up in blocks of whole days counted from a fixed one, so that neighbouring questions share them.
_BLOCK = 28 * DAY
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BLOCKS_KEPT = 64  # five years of one schedule
_SCHEDULES_KEPT = 64
_REASONS_SHOWN = 3  # of a row that runs through many turns of one person
_OUTSIDE = "outside of the years that a calendar can count"


@dataclass(frozen=True, slots=True)
class Row:
    """A stretch of the final schedule: half-open UTC instants; `person` None is nobody."""

    start: datetime
    end: datetime
    person: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Who is on call at an instant, highest priority first, each with the end of their row of the final schedule
    (UTC; None when it does not end within a year). `why` says it in words, also when it is nobody."""

    oncall: tuple[tuple[str, datetime | None], ...]
    why: str

    @property
    def people(self) -> tuple[str, ...]:
        return tuple(person for person, _ in self.oncall)


def final_schedule(schedule: Schedule, start: datetime, end: datetime) -> tuple[Row, ...]:
    """What is left of layers, leave, holidays and overrides within [start, end), by start and person.

    Rows are clipped to the range; neighbouring rows of one person are one; a time without anybody is a row of
    nobody; with `people: n`, rows of different people overlap. An empty range has no rows. Naive instants are a
    ValueError.
    """
    start, end = utc(start), utc(end)
    if start >= end:
        return ()
    first, last = max(start, EARLIEST), min(end, LATEST)
    if first >= last:
        return (Row(start, end, None, _OUTSIDE),)
    pieces = Pieces(schedule)
    rows = _Rows()
    if start < first:
        rows.add(start, first, None, _OUTSIDE)
    for piece in pieces.between(first, last):
        for pick in piece.picks:
            rows.add(piece.start, piece.end, pick.person, pieces.why_pick(pick))
        if not piece.picks:
            rows.add(piece.start, piece.end, None, pieces.why_nobody(piece, piece.start))
    if last < end:
        rows.add(last, end, None, _OUTSIDE)
    return rows.finished()


def who(schedule: Schedule, at: datetime) -> Answer:
    """Who is on call at an instant. Answers for any instant of a valid schedule; a naive one is a ValueError."""
    at = utc(at)
    if not EARLIEST <= at < LATEST:
        return Answer((), f"nobody: {_OUTSIDE}")
    timeline = _timeline(_SameSchedule(schedule))
    piece = timeline.piece(at)
    oncall = tuple((person, timeline.until(person, at)) for person in piece.people)
    return Answer(oncall, timeline.pieces.why(piece, at))


def upcoming(schedule: Schedule, at: datetime, count: int = 1) -> tuple[Row, ...]:
    """The first rows of the final schedule, of people and of nobody, that begin after `at` and within a year."""
    at = utc(at)
    for days in (14, 60):
        end = min(at, LATEST - days * DAY) + days * DAY
        rows = [row for row in final_schedule(schedule, at, end) if row.start > at and row.end < end]
        if len(rows) >= count:
            return tuple(rows[:count])
    return tuple(row for row in final_schedule(schedule, at, a_year_after(at)) if row.start > at)[:count]


def a_year_after(at: datetime) -> datetime:
    """The same date and time (UTC) of the next year; after 29 February, 1 March."""
    at = min(at, LATEST - 366 * DAY)
    return at.replace(year=at.year + 1) if (at.month, at.day) != (2, 29) else at + 366 * DAY


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class _Growing:
    start: datetime
    end: datetime
    reasons: list[str]
    more: int = 0

    def row(self, person: str | None) -> Row:
        more = f"; and {self.more} more" if self.more else ""
        return Row(self.start, self.end, person, "; then ".join(self.reasons) + more)


@dataclass(slots=True)
class _Rows:
    """Joins pieces, given in order of time, into rows."""

    _growing: dict[str | None, _Growing] = field(default_factory=dict)
    _done: list[Row] = field(default_factory=list)

    def add(self, start: datetime, end: datetime, person: str | None, why: str) -> None:
        growing = self._growing.get(person)
        if growing is None or growing.end != start:
            if growing:
                self._done.append(growing.row(person))
            self._growing[person] = _Growing(start, end, [why])
            return
        growing.end = end
        if len(growing.reasons) >= _REASONS_SHOWN:
            growing.more += 1
        elif growing.reasons[-1] != why:
            growing.reasons.append(why)

    def finished(self) -> tuple[Row, ...]:
        self._done += (growing.row(person) for person, growing in self._growing.items())
        return tuple(sorted(self._done, key=lambda row: (row.start, row.person or "")))


# ── instants ─────────────────────────────────────────────────────────────────────────────────────────────────────


class _Run(NamedTuple):
    """A time through which the same people are on call, whatever the reason."""

    end: datetime
    people: frozenset[str]


class _Block(NamedTuple):
    starts: list[datetime]
    pieces: list[Piece]
    run_ends: list[datetime]
    runs: list[_Run]


class _Timeline:
    """One schedule, cut block by block as it is asked for."""

    def __init__(self, schedule: Schedule) -> None:
        self.pieces = Pieces(schedule)
        self._blocks: dict[int, _Block] = {}

    def piece(self, at: datetime) -> Piece:
        block = self._block((at - _EPOCH) // _BLOCK)
        return block.pieces[bisect_right(block.starts, at) - 1]

    def until(self, person: str, at: datetime) -> datetime | None:
        """The end of the time through which somebody who is on call at `at` stays it; None beyond a year."""
        limit = a_year_after(at)
        number = (at - _EPOCH) // _BLOCK
        position = bisect_right(self._block(number).run_ends, at)
        end = at
        while end <= limit and end < LATEST:
            for run in self._block(number).runs[position:]:
                if person not in run.people:
                    return end if end <= limit else None
                end = run.end
            number, position = number + 1, 0
        return None

    def _block(self, number: int) -> _Block:
        block = self._blocks.get(number)
        if block is None:
            while len(self._blocks) >= _BLOCKS_KEPT:
                self._blocks.pop(next(iter(self._blocks)), None)
            start = _EPOCH + number * _BLOCK
            pieces = self.pieces.between(max(start, EARLIEST), min(start + _BLOCK, LATEST))
            runs = _runs(pieces)
            block = _Block([piece.start for piece in pieces], pieces, [run.end for run in runs], runs)
            self._blocks[number] = block
        return block


def _runs(pieces: Iterable[Piece]) -> list[_Run]:
    runs: list[_Run] = []
    for piece in pieces:
        people = frozenset(piece.people)
        if runs and runs[-1].people == people:
            runs.pop()
        runs.append(_Run(piece.end, people))
    return runs


class _SameSchedule:
    """A schedule as a key: itself, not an equal one. Comparing all of it would cost more than most answers do."""

    __slots__ = ("schedule",)

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule

    def __hash__(self) -> int:
        return id(self.schedule)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _SameSchedule) and other.schedule is self.schedule


@lru_cache(maxsize=_SCHEDULES_KEPT)
def _timeline(same: _SameSchedule) -> _Timeline:
    return _Timeline(same.schedule)
