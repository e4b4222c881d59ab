"""Changing who is on call: each change in one transaction, with a record of it, and a way back.

Whatever changes a schedule goes through `paint`, `go_away` and `undo`. They must run in a unit of work that writes:
such units take turns, so that none of them decides on what another is changing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from desk.configuration.model import Configuration
from desk.following import flow as following
from desk.moment import Moment
from desk.oncall import foreseen, painting
from desk.oncall.altered import Altered, keep
from desk.oncall.changed import asks, changed
from desk.oncall.current import planned
from desk.oncall.model import Schedule
from desk.oncall.painting import Paint, Seen, on_top
from desk.oncall.resolve import Row
from desk.oncall.spans import Span, without
from desk.oncall.walltime import utc
from desk.reachable import flow as reachability
from store import oncall_changes
from store.oncall_changes import Change

LEAVE, UNDO = "leave", "undo"


@dataclass(frozen=True, slots=True)
class Done:
    """`number` is that of the change in the record, `altered` what it did to each schedule that it altered."""

    number: int
    altered: Mapping[str, tuple[Altered, ...]]


@dataclass(frozen=True, slots=True)
class Undone(Done):
    """`stays` are stretches of later changes, which lie over it; `begun` says that some of it has been already."""

    stays: tuple[Seen, ...] = field(default=())
    begun: bool = False


@dataclass(frozen=True, slots=True)
class NotUndone:
    """`undone`: somebody was first (`by`); `over`: all of it has been; `unknown`: there is no such change."""

    why: str
    by: str = ""


def second(at: datetime) -> datetime:
    """The whole second that an instant lies in, in UTC: calendars and buttons know no finer ones."""
    return utc(at).replace(microsecond=0)


def paint(moment: Moment, kind: str, paints: Sequence[Paint], by: str, via: str) -> Done:
    """Lay overrides over schedules, all of them or none. What lies beneath is cut, and comes back with an undo."""
    start, end = _hull(paints)
    names = dict.fromkeys(one.schedule for one in paints)
    before = _plans(moment, names)
    number = _record(moment, kind, paints, by, via)
    for name in names:
        _repaint(moment, name, start, end)
    return Done(number, _after(moment, before, start, end, by, number))


def go_away(moment: Moment, person: str, start: datetime, end: datetime, by: str, via: str) -> Done:
    """Leave of a person, in every schedule."""
    names = _schedules_with(planned(moment), person)
    before = _plans(moment, names)
    number = _record(moment, LEAVE, [Paint("", person, start, end)], by, via)
    oncall_changes.replace_leave(moment.connection, moment.workspace, number, [(person, start, end)])
    return Done(number, _after(moment, before, start, end, by, number))


def undo(moment: Moment, number: int, by: str, via: str) -> Undone | NotUndone:
    """Take a change back from now on; to undo an undoing is to do it again. What lies over it stays, and what has been
    stays as it was."""
    change = oncall_changes.get(moment.connection, moment.workspace, number)
    if change is None:
        return NotUndone("unknown")
    if change.undone_at is not None:
        return NotUndone("undone", change.undone_by or "")
    now = second(moment.now)
    if change.ends_at <= now:
        return NotUndone("over")
    paints = [Paint.read(one) for one in change.painted]
    ahead = painting.since(paints, now)
    start, end = _hull(ahead)
    is_leave = all(not one.schedule for one in paints)
    named = dict.fromkeys(one.schedule for one in ahead)
    names = _schedules_with(planned(moment), paints[0].person or "") if is_leave else named
    before = _plans(moment, names)
    stays = () if is_leave else _over(moment, _root(moment, change), ahead)
    flipped = _flip(moment, change, undone=True, now=now, by=by)
    undoing = _record(moment, UNDO, ahead, by, via, undoes=number)
    if is_leave:
        left = oncall_changes.get(moment.connection, moment.workspace, flipped)
        spans = [(one.person or "", one.start, one.end) for one in map(Paint.read, left.standing)] if left else []
        oncall_changes.replace_leave(moment.connection, moment.workspace, flipped, spans)
    for name in () if is_leave else named:
        _repaint(moment, name, start, end)
    done = _after(moment, before, start, end, by, undoing)
    return Undone(undoing, done, stays, begun=change.starts_at < now)


def _record(moment: Moment, kind: str, paints: Sequence[Paint], by: str, via: str, undoes: int | None = None) -> int:
    start, end = _hull(paints)
    written = [one.written() for one in paints]
    return oncall_changes.add(
        moment.connection,
        moment.workspace,
        kind=kind,
        made_at=moment.now,
        made_by=by,
        via=via,
        starts_at=start,
        ends_at=end,
        painted=written,
        standing=[] if undoes is not None else written,  # an undoing lays nothing over anything itself
        undoes=undoes,
    )


def _flip(moment: Moment, change: Change, *, undone: bool, now: datetime, by: str) -> int:
    """Take a change off, or put it back; the number of the one that lays something over schedules at the end of it."""
    standing: list[Paint] = []
    root = change.id
    if change.undoes is not None:
        undoes = oncall_changes.get(moment.connection, moment.workspace, change.undoes)
        if undoes is not None:
            root = _flip(moment, undoes, undone=not undone, now=now, by=by)
    else:
        standing = painting.until(map(Paint.read, change.standing), now)
        if not undone:
            standing += painting.since(map(Paint.read, change.painted), now)
    written = [one.written() for one in standing]
    oncall_changes.settle(moment.connection, change.id, written, moment.now if undone else None, by if undone else None)
    return root


def _root(moment: Moment, change: Change) -> int:
    """The change that an undoing, or the undoing of one, is about in the end."""
    while change.undoes is not None:
        undoes = oncall_changes.get(moment.connection, moment.workspace, change.undoes)
        if undoes is None:
            break
        change = undoes
    return change.id


def _over(moment: Moment, number: int, paints: Iterable[Paint]) -> tuple[Seen, ...]:
    """What lies over these paints of a change."""
    found = []
    for one in paints:
        rows = oncall_changes.overrides(moment.connection, moment.workspace, one.schedule, one.start, one.end)
        found += [
            Seen(max(row.start, one.start), min(row.end, one.end), row.person, row.change, row.instead_of)
            for row in rows
            if row.change > number and (one.instead_of is None or row.instead_of in (None, one.instead_of))
        ]
    return tuple(found)


def _repaint(moment: Moment, schedule: str, start: datetime, end: datetime) -> None:
    """Make the stored overrides of a schedule what the changes say. Whole rows are replaced, so the range is widened
    to them."""
    where = (moment.connection, moment.workspace)
    while True:
        rows = oncall_changes.overrides(*where, schedule, start, end)
        hull = min([start, *(row.start for row in rows)]), max([end, *(row.end for row in rows)])
        if hull == (start, end):
            break
        start, end = hull
    coats = [
        (change.id, [one for one in map(Paint.read, change.standing) if one.schedule == schedule])
        for change in oncall_changes.touching(*where, start, end)
    ]
    seen = on_top(coats, start, end)
    come = [(one.person, one.start, one.end, one.change, one.instead_of) for one in seen]
    oncall_changes.replace_overrides(*where, schedule, [row.id for row in rows], come)


def _plans(moment: Moment, names: Iterable[str]) -> dict[str, Schedule]:
    known = planned(moment).schedules
    return {name: known[name] for name in names if name in known}


def _after(
    moment: Moment, before: Mapping[str, Schedule], start: datetime, end: datetime, by: str, number: int
) -> dict[str, tuple[Altered, ...]]:
    """Keep what was altered in each schedule, and let everybody know whom it concerns; what it was, where it was
    anything."""
    plans = _plans(moment, before)
    asked: list[tuple[Schedule | None, Span]] = []
    for name, plan in plans.items():
        if before[name] != plan:
            asked += [(before[name], (start, end)), (plan, (start, end)), *asks(moment, before[name], plan)]
    foreseen.foresee(moment.connection, asked)
    found = {}
    for name, plan in plans.items():
        if before[name] == plan:
            continue
        was, now_is = (foreseen.rows(moment.connection, one, start, end) for one in (before[name], plan))
        altered = keep(moment, name, was, now_is, by, change=number)
        if altered:
            found[name] = altered
            changed(moment, name, before[name], plan, by)
            following.changed(moment, name)
    if found:
        reachability.soon(moment)
    return found


def _schedules_with(configuration: Configuration, person: str) -> list[str]:
    """The schedules in which a person may come on call."""
    return [
        name
        for name, schedule in configuration.schedules.items()
        if any(person in layer.rotation.members for layer in schedule.layers)
        or any(person == one.person for one in schedule.overrides)
    ]


def _hull(paints: Sequence[Paint]) -> Span:
    return min(one.start for one in paints), max(one.end for one in paints)


def is_all_theirs(schedule_rows: Sequence[Row], person: str, start: datetime, end: datetime) -> bool:
    """Whether a person is on call through all of [start, end)."""
    theirs = [(row.start, row.end) for row in schedule_rows if row.person == person]
    return not without([(start, end)], theirs)
