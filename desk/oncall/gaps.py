"""Where nobody is on call while coverage is wanted, and which of it is news."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from desk.configuration.model import Configuration
from desk.oncall.demand import Want, wanted
from desk.oncall.resolve import Row, final_schedule
from desk.oncall.spans import Span, joined, length, without
from desk.oncall.walltime import utc

AHEAD = timedelta(days=14)
# A gap is told whole, also where it reaches beyond the days that are looked at; an endless one is told monthly.
BEYOND = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Gap:
    """Half-open UTC instants without anybody in a schedule, what wants somebody there, and why there is nobody."""

    schedule: str
    start: datetime
    end: datetime
    wants: tuple[Want, ...]
    why: str


def gaps(configuration: Configuration, start: datetime, end: datetime) -> tuple[Gap, ...]:
    """Every gap within [start, end), by time and schedule; touching ones of a schedule are one."""
    asked: dict[str, list[Want]] = {}
    for want in wanted(configuration, start, end):
        asked.setdefault(want.schedule, []).append(want)
    found = [gap for name, wants in asked.items() for gap in _of(configuration, name, wants)]
    return tuple(sorted(found, key=lambda gap: (gap.start, gap.end, gap.schedule)))


def _of(configuration: Configuration, name: str, wants: Sequence[Want]) -> list[Gap]:
    spans = joined((want.start, want.end) for want in wants)
    empty: list[Row] = []
    for first, last in spans:
        rows = final_schedule(configuration.schedules[name], first, last)
        empty += [row for row in rows if row.person is None]
    found = []
    for first, last in joined((row.start, row.end) for row in empty):
        why = next(row.why for row in empty if row.start < last and first < row.end)
        asking = tuple(want for want in wants if want.start < last and first < want.end)
        found.append(Gap(name, first, last, asking, why))
    return found


def staffed(configuration: Configuration, name: str, start: datetime, end: datetime) -> list[Span]:
    """When a schedule has anybody within [start, end)."""
    rows = final_schedule(configuration.schedules[name], start, end)
    return joined((row.start, row.end) for row in rows if row.person is not None)


def staffed_by(configuration: Configuration, name: str, start: datetime, end: datetime) -> frozenset[str]:
    """Who is on call in a schedule at any time of [start, end)."""
    rows = final_schedule(configuration.schedules[name], start, end)
    return frozenset(row.person for row in rows if row.person is not None)


def gap_time(found: Sequence[Gap]) -> timedelta:
    """How long gaps last in all, each schedule for itself."""
    by_schedule: dict[str, list[Span]] = {}
    for gap in found:
        by_schedule.setdefault(gap.schedule, []).append((gap.start, gap.end))
    return sum((length(spans) for spans in by_schedule.values()), timedelta())


def news(
    configuration: Configuration, told: Mapping[str, Sequence[Span]], now: datetime, ahead: timedelta
) -> tuple[tuple[Gap, ...], dict[str, list[Span]]]:
    """(what is new among the gaps that begin before `now + ahead`; what will have been told once that is).

    `told` are the spans told before, by schedule. What of a gap was told is never told again; one that was filled
    and has come back is. The second value holds only what is still a gap, so it does not grow.
    """
    now = utc(now)
    fresh: list[Gap] = []
    known: dict[str, list[Span]] = {}
    for gap in gaps(configuration, now, now + ahead + BEYOND):
        before = list(told.get(gap.schedule, ()))
        for first, last in without([(gap.start, gap.end)], before):
            if first < now + ahead:
                wants = tuple(want for want in gap.wants if want.start < last and first < want.end)
                fresh.append(Gap(gap.schedule, first, last, wants, gap.why))
                known.setdefault(gap.schedule, []).append((first, last))
        known.setdefault(gap.schedule, []).extend(
            (max(first, gap.start), min(last, gap.end))
            for first, last in before
            if first < gap.end and gap.start < last
        )
    return tuple(fresh), {name: joined(spans) for name, spans in known.items() if spans}
