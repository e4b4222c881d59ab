"""What must happen later, as rows. A sweep settles what is due in the transaction that does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select, text, update

from store.engine import insert, wake
from store.tables import due

DUE = "due"
# As text and not as a parameter: PostgreSQL finds the partial index of a prepared statement by its literal condition.
_WAITING = text("state = 'waiting'")


@dataclass(frozen=True, slots=True)
class Due:
    id: int
    workspace: int
    kind: str
    ref: str
    due_at: datetime
    payload: Mapping[str, Any]


def put(
    connection: Connection,
    workspace: int,
    kind: str,
    ref: str,
    due_at: datetime,
    payload: Mapping[str, Any] | None = None,
) -> None:
    """Plan (kind, ref) at `due_at`; one that is already waiting is moved there."""
    statement = insert(connection, due).values(
        workspace=workspace, kind=kind, ref=ref, due_at=due_at, payload=dict(payload or {}), state="waiting"
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["workspace", "kind", "ref"],
            index_where=_WAITING,
            set_={"due_at": due_at, "payload": dict(payload or {})},
        )
    )
    wake(connection, DUE)


def plan_once(connection: Connection, workspace: int, kind: str, ref: str, due_at: datetime) -> None:
    """Plan (kind, ref) unless it is already waiting."""
    connection.execute(
        insert(connection, due)
        .values(workspace=workspace, kind=kind, ref=ref, due_at=due_at, payload={}, state="waiting")
        .on_conflict_do_nothing(index_elements=["workspace", "kind", "ref"], index_where=_WAITING)
    )
    wake(connection, DUE)


def cancel(connection: Connection, workspace: int, kind: str, ref: str, now: datetime) -> int:
    """How many waiting rows of (kind, ref) were cancelled."""
    return connection.execute(
        update(due)
        .where(due.c.workspace == workspace, due.c.kind == kind, due.c.ref == ref, due.c.state == "waiting")
        .values(state="cancelled", settled_at=now)
    ).rowcount


def waiting(
    connection: Connection, workspace: int, now: datetime, limit: int = 50, *, after: Due | None = None
) -> list[Due]:
    """What is due, earliest first, and only what stands behind `after`. Looking claims nothing: `settle` does."""
    query = (
        select(due.c.id, due.c.workspace, due.c.kind, due.c.ref, due.c.due_at, due.c.payload)
        .where(due.c.workspace == workspace, due.c.state == "waiting", due.c.due_at <= now)
        .order_by(due.c.due_at, due.c.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(or_(due.c.due_at > after.due_at, and_(due.c.due_at == after.due_at, due.c.id > after.id)))
    return [Due(*row) for row in connection.execute(query)]


def settle(connection: Connection, row: Due, now: datetime) -> bool:
    """Take a due row for this transaction; False when another sweep, or a cancellation, was first."""
    taken = connection.execute(
        update(due)
        .where(due.c.id == row.id, due.c.state == "waiting", due.c.due_at == row.due_at)
        .values(state="done", settled_at=now)
    )
    return taken.rowcount == 1


def next_at(connection: Connection, workspace: int) -> datetime | None:
    query = select(func.min(due.c.due_at)).where(due.c.workspace == workspace, due.c.state == "waiting")
    return connection.execute(query).scalar()


def planned(connection: Connection, workspace: int, kind: str, ref: str) -> datetime | None:
    """When the waiting (kind, ref) is due."""
    query = select(due.c.due_at).where(
        due.c.workspace == workspace, due.c.kind == kind, due.c.ref == ref, due.c.state == "waiting"
    )
    return connection.execute(query).scalar()


def waiting_row(connection: Connection, workspace: int, kind: str, ref: str) -> Due | None:
    """The waiting (kind, ref), with what it carries."""
    query = select(due.c.id, due.c.workspace, due.c.kind, due.c.ref, due.c.due_at, due.c.payload).where(
        due.c.workspace == workspace, due.c.kind == kind, due.c.ref == ref, due.c.state == "waiting"
    )
    row = connection.execute(query).first()
    return Due(*row) if row else None
