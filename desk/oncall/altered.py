"""What a change altered: who was on call before, and who is since, as it is kept in the record of changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from desk.moment import Moment
from desk.oncall.resolve import Row
from store import oncall_changes

MOST_KEPT = 60  # stretches of one change in the record; a year of leave in a daily rotation has hundreds


@dataclass(frozen=True, slots=True)
class Altered:
    """A stretch, half-open UTC instants, with other people on call than before; empty is nobody."""

    start: datetime
    end: datetime
    before: tuple[str, ...]
    after: tuple[str, ...]

    def written(self) -> dict[str, Any]:
        """As plain JSON values; `read` is its inverse."""
        return {
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "before": list(self.before),
            "after": list(self.after),
        }

    @staticmethod
    def read(value: Any) -> Altered:
        start, end = (datetime.fromisoformat(value[name]) for name in ("start", "end"))
        return Altered(start, end, tuple(value["before"]), tuple(value["after"]))


def keep(
    moment: Moment, schedule: str, before: Sequence[Row], after: Sequence[Row], by: str, *, change: int | None = None
) -> tuple[Altered, ...]:
    """Record what a change altered in one schedule. `before` and `after` are its final schedule over the same range;
    `by` is who did it, `change` its number in the record. Nothing is recorded when everybody stays."""
    found = altered(before, after)
    if found:
        kept = [one.written() for one in found[:MOST_KEPT]]
        oncall_changes.add_effect(moment.connection, moment.workspace, change, schedule, kept, moment.now, by)
    return found


def altered(before: Sequence[Row], after: Sequence[Row]) -> tuple[Altered, ...]:
    """Where two final schedules of the same range have different people, in order of time."""
    bounds = sorted({at for row in (*before, *after) for at in (row.start, row.end)})
    found: list[Altered] = []
    for (start, end), then, since in zip(
        pairwise(bounds), _people(before, bounds), _people(after, bounds), strict=False
    ):
        if then == since:
            continue
        last = found[-1] if found else None
        if last and (last.end, last.before, last.after) == (start, then, since):
            found[-1] = Altered(last.start, end, then, since)
        else:
            found.append(Altered(start, end, then, since))
    return tuple(found)


def _people(rows: Sequence[Row], bounds: Sequence[datetime]) -> Iterator[tuple[str, ...]]:
    """Who is on call from each of these instants on, which are in order and hold every start and end of the rows."""
    coming = sorted(rows, key=lambda row: row.start, reverse=True)
    there: list[Row] = []
    for at in bounds:
        there = [row for row in there if row.end > at]
        while coming and coming[-1].start <= at:
            there.append(coming.pop())
        yield tuple(sorted({row.person for row in there if row.person is not None}))
