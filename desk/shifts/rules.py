"""Which notices the shifts of a schedule ask for, and when: pure functions of rows, wishes and clocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from desk.oncall.night import Hours, awake_from, night_at
from desk.oncall.notices import Chosen
from desk.oncall.resolve import Row

Kind = Literal["ahead", "start", "end"]

EVENING = timedelta(hours=2)  # before the night begins: what starts in it is told then
END_IS_NEWS = timedelta(hours=4)  # after that, whoever took over knows more than a note would say


@dataclass(frozen=True, slots=True)
class Wishes:
    """Of one person in one schedule, with what their night depends on."""

    chosen: Chosen
    zone: ZoneInfo
    working_hours: Hours


@dataclass(frozen=True, slots=True)
class Notice:
    """What is due at `at`. A shift whose end lies beyond the rows that were looked at has the last of them as `end`."""

    kind: Kind
    person: str
    start: datetime
    end: datetime
    at: datetime

    @property
    def edge(self) -> datetime:
        """What a notice is known by, with its person and kind."""
        return self.end if self.kind == "end" else self.start


def notices(
    rows: Iterable[Row], first: datetime, last: datetime, wishes: Callable[[str], Wishes | None]
) -> list[Notice]:
    """Every notice of the final schedule of [first, last), by time. A row that is clipped there neither starts nor
    ends there. `wishes` is None for somebody who is not known any more."""
    found = []
    for row in rows:
        its = wishes(row.person) if row.person is not None else None
        if row.person is None or its is None:
            continue
        if row.start > first:
            ahead = _ahead(row.start, its)
            if ahead is not None:
                found.append(Notice("ahead", row.person, row.start, row.end, ahead))
            # Who starts while asleep is told in the evening; what is open waits for their morning.
            at = awake_from(its.zone, its.working_hours, row.start)
            if its.chosen.start and at < row.end:
                found.append(Notice("start", row.person, row.start, row.end, at))
        if row.end < last and its.chosen.end:
            # The hand-over happens then, whoever is asleep: its own timers know who is told when.
            found.append(Notice("end", row.person, row.start, row.end, row.end))
    return sorted(found, key=lambda one: (one.at, one.kind, one.person))


def _ahead(start: datetime, its: Wishes) -> datetime | None:
    """When a start is told beforehand: as asked for, and in the evening where that is in the night."""
    at = start - its.chosen.before
    night = night_at(its.zone, its.working_hours, at)
    if night is not None:
        return night[0] - EVENING if its.chosen.start or its.chosen.before else None
    return at if at < start else None


def useful(notice: Notice, now: datetime) -> bool:
    """Whether somebody who hears of it only now has anything of it.

    After a downtime: a start that was to be told ahead has come, and is told as a start. A start is told as long as
    the better part of the shift is to come; after that they have noticed. An end is, until the note that comes with it
    is older than what the next person has seen.
    """
    if notice.kind == "ahead":
        return now < notice.start
    if notice.kind == "start":
        return now < notice.end and now - notice.at <= (notice.end - notice.start) / 2
    return now - notice.at <= END_IS_NEWS


def crowded(last_told: datetime | None, now: datetime, chosen: Chosen) -> bool:
    """Whether another shift of the same schedule was told of so lately that this one was named there."""
    return last_told is not None and now - last_told < chosen.at_most_every


def next_look(found: Iterable[Notice], since: datetime, otherwise: datetime) -> datetime:
    """When the next notice is due after `since`; `otherwise` when there is none before."""
    return min((one.at for one in found if one.at > since), default=otherwise)
