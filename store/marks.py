"""Whether alerts were worth it: one mark a person and incident, the newest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from store.statements import upsert
from store.tables import incidents, marks


@dataclass(frozen=True, slots=True)
class Mark:
    incident: int
    actor: str
    mark: str
    at: datetime


_MARK = [marks.c[name] for name in Mark.__slots__]
_OF_INCIDENT = select(*_MARK).where(marks.c.incident == bindparam("of_incident")).order_by(marks.c.at)
_KEEP = upsert(
    lambda insert: (made := insert(marks)).on_conflict_do_update(
        index_elements=["incident", "actor"], set_={"mark": made.excluded.mark, "at": made.excluded.at}
    )
)


def keep(connection: Connection, workspace: int, incident: int, actor: str, mark: str, at: datetime) -> None:
    """What `actor` thinks of an incident, instead of what they said of it before."""
    row = {"incident": incident, "actor": actor, "workspace": workspace, "mark": mark, "at": at}
    connection.execute(_KEEP(connection), row)


def by(connection: Connection, incident: int, actor: str) -> str | None:
    """What somebody said of an incident."""
    query = select(marks.c.mark).where(marks.c.incident == incident, marks.c.actor == actor)
    found: str | None = connection.execute(query).scalar()
    return found


def of_incident(connection: Connection, incident: int) -> list[Mark]:
    return [Mark(*tuple(row)) for row in connection.execute(_OF_INCIDENT, {"of_incident": incident})]


def of_opened(connection: Connection, workspace: int, start: datetime, end: datetime) -> Sequence[Mark]:
    """The marks of incidents that were opened in [start, end), whenever they were made."""
    query = (
        select(*_MARK)
        .join(incidents, incidents.c.id == marks.c.incident)
        .where(incidents.c.workspace == workspace, incidents.c.opened_at >= start, incidents.c.opened_at < end)
        .order_by(marks.c.incident, marks.c.at)
    )
    return [Mark(*tuple(row)) for row in connection.execute(query)]
