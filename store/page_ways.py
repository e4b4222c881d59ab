"""By which messages a page went out. The first of them is its call: `pages.message`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from store.tables_reaching import page_ways


@dataclass(frozen=True, slots=True)
class PageWay:
    message: int
    call: int
    person: str
    method: str
    address: str
    at: datetime
    stuck_at: datetime | None
    failed_at: datetime | None


_WAY = [page_ways.c[name] for name in PageWay.__slots__]


def add(
    connection: Connection,
    workspace: int,
    call: int,
    message: int,
    person: str,
    method: str,
    address: str,
    now: datetime,
) -> None:
    connection.execute(
        page_ways.insert().values(
            workspace=workspace, call=call, message=message, person=person, method=method, address=address, at=now
        )
    )


def of_call(connection: Connection, call: int) -> list[PageWay]:
    """Every message of a call, the first one first; empty for a page of an earlier release."""
    query = select(*_WAY).where(page_ways.c.call == call).order_by(page_ways.c.message)
    return [PageWay(*tuple(row)) for row in connection.execute(query)]


def of_message(connection: Connection, message: int) -> PageWay | None:
    row = connection.execute(select(*_WAY).where(page_ways.c.message == message)).first()
    return PageWay(*tuple(row)) if row else None


def note(connection: Connection, message: int, *, stuck_at: datetime | None, failed_at: datetime | None) -> None:
    """What is wrong with one of a page's messages: it waits for its way to work again, or has failed for good."""
    connection.execute(
        update(page_ways).where(page_ways.c.message == message).values(stuck_at=stuck_at, failed_at=failed_at)
    )
