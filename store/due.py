"""What must happen later, as rows. A sweep settles what is due in the transaction that does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, or_, select, text, update

from store.engine import wake
from store.statements import upsert
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


_PLANNED = (
    due.c.workspace == bindparam("in_workspace"),
    due.c.kind == bindparam("of_kind"),
    due.c.ref == bindparam("of_ref"),
    due.c.state == "waiting",
)
_IDENTITY = ["workspace", "kind", "ref"]
_PUT = upsert(
    lambda insert: (made := insert(due)).on_conflict_do_update(
        index_elements=_IDENTITY,
        index_where=_WAITING,
        set_={"due_at": made.excluded.due_at, "payload": made.excluded.payload},
    )
)
_PLAN_ONCE = upsert(lambda insert: insert(due).on_conflict_do_nothing(index_elements=_IDENTITY, index_where=_WAITING))
_CANCEL = update(due).where(*_PLANNED).values(state="cancelled", settled_at=bindparam("now"))
_DUE_AT = select(due.c.due_at).where(*_PLANNED)


def put(
    connection: Connection,
    workspace: int,
    kind: str,
    ref: str,
    due_at: datetime,
    payload: Mapping[str, Any] | None = None,
) -> None:
    """Plan (kind, ref) at `due_at`; one that is already waiting is moved there."""
    connection.execute(_PUT(connection), _row(workspace, kind, ref, due_at, payload or {}))
    wake(connection, DUE)


def plan_once(connection: Connection, workspace: int, kind: str, ref: str, due_at: datetime) -> None:
    """Plan (kind, ref) unless it is already waiting."""
    connection.execute(_PLAN_ONCE(connection), _row(workspace, kind, ref, due_at, {}))
    wake(connection, DUE)


def _row(workspace: int, kind: str, ref: str, due_at: datetime, payload: Mapping[str, Any]) -> dict[str, Any]:
    of = {"workspace": workspace, "kind": kind, "ref": ref}
    return {**of, "due_at": due_at, "payload": dict(payload), "state": "waiting"}


def cancel(connection: Connection, workspace: int, kind: str, ref: str, now: datetime) -> int:
    """How many waiting rows of (kind, ref) were cancelled."""
    asked = {"in_workspace": workspace, "of_kind": kind, "of_ref": ref, "now": now}
    return connection.execute(_CANCEL, asked).rowcount


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
    return connection.execute(_DUE_AT, {"in_workspace": workspace, "of_kind": kind, "of_ref": ref}).scalar()


def waiting_row(connection: Connection, workspace: int, kind: str, ref: str) -> Due | None:
    """The waiting (kind, ref), with what it carries."""
    query = select(due.c.id, due.c.workspace, due.c.kind, due.c.ref, due.c.due_at, due.c.payload).where(
        due.c.workspace == workspace, due.c.kind == kind, due.c.ref == ref, due.c.state == "waiting"
    )
    row = connection.execute(query).first()
    return Due(*row) if row else None
