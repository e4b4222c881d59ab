"""Who works on what, with a number that only grows, so that a worker that slept through its lease does no harm."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, update

from store.engine import insert
from store.tables import leases


def take(connection: Connection, name: str, holder: str, now: datetime, length: timedelta) -> int | None:
    """The fencing number when `holder` now has the lease (kept or newly taken), None while another has it."""
    connection.execute(
        insert(connection, leases)
        .values(name=name, holder=holder, fence=1, until=now + length)
        .on_conflict_do_nothing()
    )
    renewed = connection.execute(
        update(leases)
        .where(leases.c.name == name, leases.c.holder == holder)
        .values(until=now + length)
        .returning(leases.c.fence)
    ).scalar()
    if renewed is not None:
        return int(renewed)
    return connection.execute(
        update(leases)
        .where(leases.c.name == name, leases.c.until <= now)
        .values(holder=holder, fence=leases.c.fence + 1, until=now + length)
        .returning(leases.c.fence)
    ).scalar()


def release_all(connection: Connection, now: datetime) -> None:
    """Let every lease lapse: for a process that knows itself to be the only one (it holds SQLite's file lock)."""
    connection.execute(update(leases).values(until=now))
