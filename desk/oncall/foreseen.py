"""Final schedules that a change needs, worked out before its turn to write: those of weeks and of many schedules take
longer than every other writer may be held up.

What was worked out is known by the schedule itself, with everything laid over it. So it counts only for one that is the
same in every respect, and a change that somebody else made meanwhile is never overlooked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from desk.oncall.model import Schedule
from desk.oncall.resolve import Row, final_schedule
from desk.oncall.spans import Span, joined
from desk.oncall.walltime import LATEST, utc
from store.beforehand import Beforehand, beforehand

_SLACK = timedelta(hours=1)  # a unit that is run again asks of a little later


@dataclass(frozen=True, slots=True)
class _Seen:
    plan: Schedule
    start: datetime
    end: datetime
    rows: tuple[Row, ...]


def foresee(connection: Connection, asked: Iterable[tuple[Schedule | None, Span]]) -> None:
    """Let `rows` know these schedules over these spans without working them out in the turn of whoever writes: the
    unit steps aside for those that it does not know. Ask for all at once, before writing much. None is a schedule that
    does not exist."""
    known = beforehand(connection)
    if known is None:
        return
    missing = [one for one in _asked(asked) if _find(known, *one) is None]
    if missing:
        known.step_aside(lambda: _look(known, missing))


def rows(connection: Connection, plan: Schedule, start: datetime, end: datetime) -> tuple[Row, ...]:
    """`final_schedule`, from what was foreseen where it was. The reasons of rows at the edges of the range may be those
    of a wider one."""
    known = beforehand(connection)
    start, end = utc(start), utc(end)
    found = _find(known, plan, start, end) if known is not None else None
    if found is None:
        return final_schedule(plan, start, end)
    within = [
        row
        if start <= row.start and row.end <= end
        else replace(row, start=max(row.start, start), end=min(row.end, end))
        for row in found.rows
        if max(row.start, start) < min(row.end, end)
    ]
    return tuple(sorted(within, key=lambda row: (row.start, row.person or "")))


def _asked(asked: Iterable[tuple[Schedule | None, Span]]) -> list[tuple[Schedule, datetime, datetime]]:
    """Every schedule with the spans that are asked for, those that touch as one."""
    plans: dict[int, Schedule] = {}
    spans: dict[int, list[Span]] = {}
    for plan, (start, end) in asked:
        if plan is not None:
            plans[id(plan)] = plan
            spans.setdefault(id(plan), []).append((utc(start), utc(end)))
    return [(plan, start, end) for key, plan in plans.items() for start, end in joined(spans[key])]


def _find(known: Beforehand, plan: Schedule, start: datetime, end: datetime) -> _Seen | None:
    """Schedules are compared by what they say: a unit that is run again makes them anew."""
    for one in known.found.get(plan.name, ()):
        if one.start <= start and end <= one.end and one.plan == plan:
            seen: _Seen = one
            return seen
    return None


def _look(known: Beforehand, missing: Iterable[tuple[Schedule, datetime, datetime]]) -> None:
    for plan, start, end in missing:
        first = start.replace(minute=0, second=0, microsecond=0)
        last = end + _SLACK if end < LATEST else end
        seen = _Seen(plan, first, last, final_schedule(plan, first, last))
        known.found.setdefault(plan.name, []).append(seen)
