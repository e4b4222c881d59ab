"""Mutes: who silenced which complaints, where, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, or_, select, update

from store.tables import mutes


@dataclass(frozen=True, slots=True)
class Mute:
    """`show` is None for every show and '' for what belongs to none. With an `incident` it holds for that one alone."""

    id: int
    show: str | None
    category: str
    muted_at: datetime
    muted_by: str
    until: datetime
    with_show: bool
    ended_at: datetime | None
    ended_by: str | None
    incident: int | None


_MUTE = [mutes.c[name] for name in Mute.__slots__]


def begin(connection: Connection, **values: Any) -> int:
    made: int = connection.execute(mutes.insert().values(**values).returning(mutes.c.id)).scalar_one()
    return made


def end(connection: Connection, mute: int, now: datetime, by: str) -> bool:
    """End a mute; False when it has ended already."""
    ended = connection.execute(
        update(mutes).where(mutes.c.id == mute, mutes.c.ended_at.is_(None)).values(ended_at=now, ended_by=by)
    )
    return ended.rowcount == 1


def get(connection: Connection, workspace: int, mute: int) -> Mute | None:
    row = connection.execute(select(*_MUTE).where(mutes.c.workspace == workspace, mutes.c.id == mute)).first()
    return Mute(*tuple(row)) if row else None


def standing(connection: Connection, workspace: int, now: datetime) -> list[Mute]:
    """Mutes that hold at `now`, those that hold longest first."""
    query = (
        select(*_MUTE)
        .where(mutes.c.workspace == workspace, mutes.c.ended_at.is_(None), mutes.c.until > now)
        .order_by(mutes.c.until.desc(), mutes.c.id)
    )
    return [Mute(*tuple(row)) for row in connection.execute(query)]


_OVER = (
    select(*_MUTE)
    .where(
        mutes.c.workspace == bindparam("in_workspace"),
        or_(
            mutes.c.incident == bindparam("one_incident"),  # NULL is no incident's number
            and_(
                mutes.c.incident.is_(None),
                mutes.c.category == bindparam("of_category"),
                or_(mutes.c.show.is_(None), mutes.c.show == bindparam("of_show")),
            ),
        ),
        mutes.c.ended_at.is_(None),
        mutes.c.until > bindparam("now"),
    )
    .order_by(mutes.c.until.desc(), mutes.c.id)
    .limit(1)
)


def over(
    connection: Connection, workspace: int, show: str, category: str, now: datetime, incident: int | None = None
) -> Mute | None:
    """The mute that holds longest over incidents of a show and category, or over one of them alone."""
    asked = {
        "in_workspace": workspace,
        "of_show": show,
        "of_category": category,
        "now": now,
        "one_incident": incident,
    }
    row = connection.execute(_OVER, asked).first()
    return Mute(*tuple(row)) if row else None


def of_scope(
    connection: Connection, workspace: int, show: str | None, category: str, incident: int | None = None
) -> list[Mute]:
    """Mutes of exactly this show (None: of every show) and category, or of one incident of them, that have not
    ended."""
    query = select(*_MUTE).where(
        mutes.c.workspace == workspace,
        mutes.c.category == category,
        mutes.c.show.is_(None) if show is None else mutes.c.show == show,
        mutes.c.incident.is_(None) if incident is None else mutes.c.incident == incident,
        mutes.c.ended_at.is_(None),
    )
    return [Mute(*tuple(row)) for row in connection.execute(query)]


def of_incident(connection: Connection, workspace: int, incident: int) -> list[Mute]:
    """Mutes of one incident alone that have not ended."""
    query = select(*_MUTE).where(
        mutes.c.workspace == workspace, mutes.c.incident == incident, mutes.c.ended_at.is_(None)
    )
    return [Mute(*tuple(row)) for row in connection.execute(query)]


def with_show(connection: Connection, workspace: int, show: str) -> list[Mute]:
    """Mutes that are to end when the show does."""
    query = select(*_MUTE).where(
        mutes.c.workspace == workspace, mutes.c.show == show, mutes.c.with_show, mutes.c.ended_at.is_(None)
    )
    return [Mute(*tuple(row)) for row in connection.execute(query)]


def ended(connection: Connection, workspace: int, since: datetime, limit: int) -> list[Mute]:
    """Mutes that ended at `since` or later, newest first."""
    query = (
        select(*_MUTE)
        .where(mutes.c.workspace == workspace, mutes.c.ended_at >= since)
        .order_by(mutes.c.ended_at.desc(), mutes.c.id.desc())
        .limit(limit)
    )
    return [Mute(*tuple(row)) for row in connection.execute(query)]
