"""What was changed from chat: the record, what of it stands, and the overrides and leave that follow from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, delete, func, select, update

from store.tables_oncall import oncall_changes, oncall_effects, oncall_leave, oncall_overrides

Painted = Mapping[str, Any]  # {schedule, person, start, end, instead_of?}; instants in ISO 8601


@dataclass(frozen=True, slots=True)
class Change:
    """`painted` is what it said, `standing` what of that has not been undone. `undoes` is the change it takes back."""

    id: int
    kind: str
    made_at: datetime
    made_by: str
    via: str
    starts_at: datetime
    ends_at: datetime
    painted: Sequence[Painted]
    standing: Sequence[Painted]
    undoes: int | None
    undone_at: datetime | None
    undone_by: str | None


@dataclass(frozen=True, slots=True)
class Stored:
    """An override, or a leave (`schedule` empty), that follows from a change. `instead_of` is whom alone an override
    replaces; None: everybody."""

    id: int
    schedule: str
    person: str | None
    start: datetime
    end: datetime
    change: int
    instead_of: str | None = None


@dataclass(frozen=True, slots=True)
class Edition:
    """The newest change: while it is the same, so is everything that follows from changes."""

    stamp: str
    number: int
    made_at: datetime


_CHANGE = [oncall_changes.c[name] for name in Change.__slots__]


# ── the record ───────────────────────────────────────────────────────────────────────────────────────────────────


def add(connection: Connection, workspace: int, **values: Any) -> int:
    """The number of the change, by which people name it: the next one. A sequence would leave one out whenever a unit
    is rolled back and run again."""
    number: int = connection.execute(select(func.coalesce(func.max(oncall_changes.c.id), 0) + 1)).scalar_one()
    row = {"id": number, "workspace": workspace, "stamp": uuid4().hex, **values}
    connection.execute(oncall_changes.insert().values(row))
    return number


def get(connection: Connection, workspace: int, change: int) -> Change | None:
    query = select(*_CHANGE).where(oncall_changes.c.workspace == workspace, oncall_changes.c.id == change)
    row = connection.execute(query).first()
    return Change(*tuple(row)) if row else None


def settle(
    connection: Connection, change: int, standing: Sequence[Painted], undone_at: datetime | None, by: str | None
) -> None:
    """What of a change stands from now on, and who undid the rest."""
    connection.execute(
        update(oncall_changes)
        .where(oncall_changes.c.id == change)
        .values(standing=list(standing), undone_at=undone_at, undone_by=by)
    )


def touching(connection: Connection, workspace: int, start: datetime, end: datetime) -> list[Change]:
    """Changes that said something about [start, end), oldest first."""
    query = (
        select(*_CHANGE)
        .where(
            oncall_changes.c.workspace == workspace, oncall_changes.c.ends_at > start, oncall_changes.c.starts_at < end
        )
        .order_by(oncall_changes.c.id)
    )
    return [Change(*tuple(row)) for row in connection.execute(query)]


def recent(connection: Connection, workspace: int, limit: int) -> list[Change]:
    """The newest changes, newest first."""
    query = (
        select(*_CHANGE)
        .where(oncall_changes.c.workspace == workspace)
        .order_by(oncall_changes.c.id.desc())
        .limit(limit)
    )
    return [Change(*tuple(row)) for row in connection.execute(query)]


def edition(connection: Connection, workspace: int) -> Edition | None:
    """None while nothing was ever changed."""
    query = (
        select(oncall_changes.c.stamp, oncall_changes.c.id, oncall_changes.c.made_at)
        .where(oncall_changes.c.workspace == workspace)
        .order_by(oncall_changes.c.id.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return Edition(*tuple(row)) if row else None


# ── what it altered ──────────────────────────────────────────────────────────────────────────────────────────────


def add_effect(
    connection: Connection,
    workspace: int,
    change: int | None,
    schedule: str,
    altered: Sequence[Mapping[str, Any]],
    now: datetime,
    by: str,
) -> None:
    row = {"change": change, "schedule": schedule, "altered": list(altered), "made_at": now, "made_by": by}
    connection.execute(oncall_effects.insert().values(workspace=workspace, **row))


def effects(
    connection: Connection, workspace: int, changes: Collection[int]
) -> dict[int, list[tuple[str, Sequence[Mapping[str, Any]]]]]:
    """(schedule, what was altered in it) of each of these changes."""
    found: dict[int, list[tuple[str, Sequence[Mapping[str, Any]]]]] = {}
    query = (
        select(oncall_effects.c.change, oncall_effects.c.schedule, oncall_effects.c.altered)
        .where(oncall_effects.c.workspace == workspace, oncall_effects.c.change.in_(list(changes)))
        .order_by(oncall_effects.c.id)
    )
    for change, schedule, altered in connection.execute(query):
        found.setdefault(change, []).append((schedule, altered))
    return found


# ── overrides and leave ──────────────────────────────────────────────────────────────────────────────────────────


def overrides(
    connection: Connection,
    workspace: int,
    schedule: str | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
) -> list[Stored]:
    """Stored overrides by schedule and time: of one schedule, or of those that touch [start, end), where given."""
    table = oncall_overrides.c
    query = select(
        table.id, table.schedule, table.person, table.starts_at, table.ends_at, table.change, table.instead_of
    )
    query = query.where(table.workspace == workspace).order_by(table.schedule, table.starts_at, table.change)
    if schedule is not None:
        query = query.where(table.schedule == schedule)
    if start is not None:
        query = query.where(table.ends_at > start)
    if end is not None:
        query = query.where(table.starts_at < end)
    return [Stored(*tuple(row)) for row in connection.execute(query)]


def leave(connection: Connection, workspace: int) -> list[Stored]:
    """Stored leave of everybody, by person and time."""
    table = oncall_leave.c
    query = (
        select(table.id, table.person, table.starts_at, table.ends_at, table.change)
        .where(table.workspace == workspace)
        .order_by(table.person, table.starts_at, table.id)
    )
    return [Stored(row[0], "", *tuple(row)[1:]) for row in connection.execute(query)]


def replace_overrides(
    connection: Connection,
    workspace: int,
    schedule: str,
    gone: Sequence[int],
    come: Sequence[tuple[str | None, datetime, datetime, int, str | None]],
) -> None:
    """Take rows away and put others, (person, start, end, change, instead of whom), in their place."""
    if gone:
        connection.execute(delete(oncall_overrides).where(oncall_overrides.c.id.in_(list(gone))))
    rows = [
        {
            "workspace": workspace,
            "schedule": schedule,
            "person": person,
            "starts_at": start,
            "ends_at": end,
            "change": change,
            "instead_of": instead_of,
        }
        for person, start, end, change, instead_of in come
    ]
    if rows:
        connection.execute(oncall_overrides.insert(), rows)


def replace_leave(
    connection: Connection, workspace: int, change: int, come: Sequence[tuple[str, datetime, datetime]]
) -> None:
    """The leave that follows from a change: these, (person, start, end), and nothing else."""
    table = oncall_leave
    connection.execute(delete(table).where(table.c.workspace == workspace, table.c.change == change))
    rows = [
        {"workspace": workspace, "person": person, "starts_at": start, "ends_at": end, "change": change}
        for person, start, end in come
    ]
    if rows:
        connection.execute(table.insert(), rows)
