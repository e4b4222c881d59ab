"""Swaps and shifts that somebody asks others to take, and what is offered for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from store.tables_oncall import oncall_offers, oncall_requests


@dataclass(frozen=True, slots=True)
class Request:
    """`asked` None: anybody. `told` are the messages that show it, {message, person}; person None is a channel."""

    id: int
    kind: str
    schedule: str
    person: str
    starts_at: datetime
    ends_at: datetime
    asked: str | None
    state: str
    version: int
    made_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    change: int | None
    told: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Offer:
    id: int
    request: int
    person: str
    schedule: str
    starts_at: datetime
    ends_at: datetime
    state: str
    made_at: datetime
    message: int | None


_REQUEST = [oncall_requests.c[name] for name in Request.__slots__]
_OFFER = [oncall_offers.c[name] for name in Offer.__slots__]


def add(connection: Connection, workspace: int, **values: Any) -> int:
    made: int = connection.execute(
        oncall_requests.insert()
        .values(workspace=workspace, state="open", version=1, told=[], **values)
        .returning(oncall_requests.c.id)
    ).scalar_one()
    return made


def get(connection: Connection, workspace: int, request: int) -> Request | None:
    query = select(*_REQUEST).where(oncall_requests.c.workspace == workspace, oncall_requests.c.id == request)
    row = connection.execute(query).first()
    return Request(*tuple(row)) if row else None


def open_ones(connection: Connection, workspace: int) -> list[Request]:
    """What is asked for, oldest first."""
    table = oncall_requests.c
    query = select(*_REQUEST).where(table.workspace == workspace, table.state == "open").order_by(table.id)
    return [Request(*tuple(row)) for row in connection.execute(query)]


def open_like(
    connection: Connection, workspace: int, schedule: str, person: str, start: datetime, end: datetime
) -> Request | None:
    """An open request for exactly this time."""
    table = oncall_requests.c
    query = select(*_REQUEST).where(
        table.workspace == workspace,
        table.state == "open",
        table.schedule == schedule,
        table.person == person,
        table.starts_at == start,
        table.ends_at == end,
    )
    row = connection.execute(query).first()
    return Request(*tuple(row)) if row else None


def tell(connection: Connection, request: int, told: Sequence[Mapping[str, Any]]) -> None:
    connection.execute(
        update(oncall_requests).where(oncall_requests.c.id == request).values(told=[dict(one) for one in told])
    )


def touch(connection: Connection, request: int) -> None:
    """It is another state that people see from now on."""
    table = oncall_requests
    connection.execute(update(table).where(table.c.id == request).values(version=table.c.version + 1))


def decide(connection: Connection, request: int, state: str, now: datetime, by: str) -> bool:
    """End an open request; False when it has ended already: whoever comes second finds it so."""
    table = oncall_requests
    return (
        connection.execute(
            update(table)
            .where(table.c.id == request, table.c.state == "open")
            .values(state=state, decided_at=now, decided_by=by, version=table.c.version + 1)
        ).rowcount
        == 1
    )


def note_change(connection: Connection, request: int, change: int) -> None:
    connection.execute(update(oncall_requests).where(oncall_requests.c.id == request).values(change=change))


def add_offer(connection: Connection, **values: Any) -> int:
    made: int = connection.execute(
        oncall_offers.insert().values(state="open", **values).returning(oncall_offers.c.id)
    ).scalar_one()
    return made


def offer(connection: Connection, one: int) -> Offer | None:
    row = connection.execute(select(*_OFFER).where(oncall_offers.c.id == one)).first()
    return Offer(*tuple(row)) if row else None


def offers(connection: Connection, request: int) -> list[Offer]:
    """Everything that was offered, oldest first."""
    query = select(*_OFFER).where(oncall_offers.c.request == request).order_by(oncall_offers.c.id)
    return [Offer(*tuple(row)) for row in connection.execute(query)]


def end_offer(connection: Connection, one: int, state: str) -> None:
    connection.execute(update(oncall_offers).where(oncall_offers.c.id == one).values(state=state))


def note_message(connection: Connection, one: int, message: int) -> None:
    connection.execute(update(oncall_offers).where(oncall_offers.c.id == one).values(message=message))
