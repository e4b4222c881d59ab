"""Hand-over notes and their history, which notices of shifts were given, and who paged whom by hand."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from store.engine import insert
from store.tables_handover import handover_history, handovers, pages_by_hand, shift_notices


@dataclass(frozen=True, slots=True)
class Handover:
    """See `store.tables_handover`; `message` is the one by which the comer, or the team, has it."""

    id: int
    workspace: int
    schedule: str
    leaver: str
    comer: str | None
    began_at: datetime
    at: datetime
    until: datetime | None
    state: str
    version: int
    facts: Mapping[str, Any]
    remarks: str
    made_at: datetime
    shown_at: datetime | None
    sent_at: datetime | None
    sent_by: str | None
    told_at: datetime | None
    reminded_at: datetime | None
    team_told_at: datetime | None
    confirmed_at: datetime | None
    confirmed_by: str | None
    draft_message: int | None
    message: int | None


_NOTE = [handovers.c[name] for name in Handover.__slots__]


def make(connection: Connection, **values: Any) -> int:
    made: int = connection.execute(
        handovers.insert().values(version=1, remarks=values.pop("remarks", ""), **values).returning(handovers.c.id)
    ).scalar_one()
    return made


def get(connection: Connection, workspace: int, note: int) -> Handover | None:
    row = connection.execute(select(*_NOTE).where(handovers.c.workspace == workspace, handovers.c.id == note)).first()
    return Handover(*tuple(row)) if row else None


def newest_of(connection: Connection, workspace: int, schedule: str, leaver: str) -> Handover | None:
    """The newest note that somebody wrote for a schedule."""
    query = (
        select(*_NOTE)
        .where(handovers.c.workspace == workspace, handovers.c.schedule == schedule, handovers.c.leaver == leaver)
        .order_by(handovers.c.at.desc(), handovers.c.id.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return Handover(*tuple(row)) if row else None


def change(connection: Connection, note: int, version: int, **values: Any) -> bool:
    """Change a note that still has `version`, which then grows; False when somebody was first."""
    changed = connection.execute(
        update(handovers)
        .where(handovers.c.id == note, handovers.c.version == version)
        .values(version=version + 1, **values)
    )
    return changed.rowcount == 1


def keep(connection: Connection, note: int, **values: Any) -> None:
    """Write what is no new version: a message's id, when somebody was reminded."""
    connection.execute(update(handovers).where(handovers.c.id == note).values(**values))


def record(
    connection: Connection, note: int, version: int, at: datetime, actor: str, what: str, detail: Mapping[str, Any]
) -> None:
    row = {"handover": note, "version": version, "at": at, "actor": actor, "what": what, "detail": dict(detail)}
    connection.execute(handover_history.insert().values(**row))


def history(connection: Connection, note: int) -> list[Mapping[str, Any]]:
    """Everything that happened to a note, oldest first."""
    query = select(handover_history).where(handover_history.c.handover == note).order_by(handover_history.c.id)
    return [dict(row) for row in connection.execute(query).mappings()]


# ── notices of shifts ────────────────────────────────────────────────────────────────────────────────────────────


def first_notice(
    connection: Connection,
    workspace: int,
    schedule: str,
    person: str,
    kind: str,
    edge: datetime,
    at: datetime,
    *,
    told: bool,
) -> bool:
    """Note a notice; False when it was noted before, whether it was told or left unsaid."""
    row = {"workspace": workspace, "schedule": schedule, "person": person, "kind": kind, "edge": edge}
    statement = insert(connection, shift_notices).values(**row, at=at, told=told).on_conflict_do_nothing()
    # Not the row count, which SQLAlchemy keeps for updates and deletes alone.
    return connection.execute(statement.returning(shift_notices.c.kind)).first() is not None


def last_told(
    connection: Connection, workspace: int, schedule: str, person: str, kinds: Collection[str], but: datetime
) -> datetime | None:
    """When somebody was last told of another shift than the one with the edge `but`."""
    query = select(func.max(shift_notices.c.at)).where(
        shift_notices.c.workspace == workspace,
        shift_notices.c.schedule == schedule,
        shift_notices.c.person == person,
        shift_notices.c.kind.in_(kinds),
        shift_notices.c.edge != but,
        shift_notices.c.told,
    )
    found: datetime | None = connection.execute(query).scalar()
    return found


# ── pages by hand ────────────────────────────────────────────────────────────────────────────────────────────────


def paged(connection: Connection, workspace: int, caller: str, target: str, at: datetime, incident: int) -> None:
    row = {"caller": caller, "target": target, "at": at, "incident": incident}
    connection.execute(pages_by_hand.insert().values(workspace=workspace, **row))


def paged_since(connection: Connection, workspace: int, caller: str, since: datetime) -> list[datetime]:
    """When somebody has paged by hand after `since`, oldest first."""
    query = (
        select(pages_by_hand.c.at)
        .where(pages_by_hand.c.workspace == workspace, pages_by_hand.c.caller == caller, pages_by_hand.c.at > since)
        .order_by(pages_by_hand.c.at)
    )
    return list(connection.execute(query).scalars())
