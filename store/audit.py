"""What became of everything that was taken in and said, over the whole store: for demos, and for tests that kill the
bot and look for what is missing. Nothing the bot does while it runs asks this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, func, select

from store.tables import digests, event_keys, events, messages, outbox, readings, rollups


@dataclass(frozen=True, slots=True)
class Fate:
    """What is there of one known identity. `rows` counts its events: 1 where all is well."""

    source: str
    event_id: str
    rows: int
    kind: str | None
    has_text: bool
    readings: int


def fates(connection: Connection, workspace: int) -> list[Fate]:
    """One for each identity that was ever accepted, in the order of their ids."""
    stored = and_(events.c.id == event_keys.c.id, events.c.day == event_keys.c.day)
    read = and_(readings.c.event == event_keys.c.id, readings.c.day == event_keys.c.day)
    query = (
        select(
            event_keys.c.source,
            event_keys.c.event_id,
            func.count(events.c.id.distinct()),
            func.max(events.c.kind),
            func.max(func.length(func.coalesce(events.c.text, ""))),
            func.count(readings.c.model.distinct()),
        )
        .select_from(event_keys.outerjoin(events, stored).outerjoin(readings, read))
        .where(event_keys.c.workspace == workspace)
        .group_by(event_keys.c.source, event_keys.c.event_id, event_keys.c.id)
        .order_by(event_keys.c.id)
    )
    return [Fate(row[0], row[1], row[2], row[3], bool(row[4]), row[5]) for row in connection.execute(query)]


def stored_events(connection: Connection, workspace: int) -> int:
    """How many rows the events have; more than there are identities would be an event stored twice."""
    query = select(func.count()).select_from(events).where(events.c.workspace == workspace)
    return connection.execute(query).scalar_one()


Kinds = Mapping[tuple[str, str, str], int]  # (show, market, kind) → how many; '' where an event has no such thing


def counted_events(connection: Connection, workspace: int) -> Kinds:
    show, market = func.coalesce(events.c.show, ""), func.coalesce(events.c.market, "")
    query = (
        select(show, market, events.c.kind, func.count())
        .where(events.c.workspace == workspace)
        .group_by(show, market, events.c.kind)
    )
    return {(row[0], row[1], row[2]): row[3] for row in connection.execute(query)}


def rolled_up(connection: Connection, workspace: int, seconds: int) -> Kinds:
    """What the roll-ups of one length say of the same."""
    query = (
        select(rollups.c.show, rollups.c.market, rollups.c.kind, func.sum(rollups.c.count))
        .where(rollups.c.workspace == workspace, rollups.c.seconds == seconds)
        .group_by(rollups.c.show, rollups.c.market, rollups.c.kind)
    )
    return {(row[0], row[1], row[2]): int(row[3]) for row in connection.execute(query)}


@dataclass(frozen=True, slots=True)
class Said:
    """A message in its newest form. `state` is that revision's, `made_at` clock time of the first one."""

    message: int
    kind: str
    incident: int | None
    destination: str
    address: str | None
    made_at: datetime
    state: str
    rich: bool
    body: Mapping[str, Any]


def said(connection: Connection, workspace: int) -> list[Said]:
    """Everything that was said or is still to be, oldest first."""
    revisions = outbox.alias("revisions")
    newest = select(func.max(revisions.c.revision)).where(revisions.c.message == messages.c.id).scalar_subquery()
    query = (
        select(
            messages.c.id,
            messages.c.incident,
            messages.c.destination,
            messages.c.address,
            messages.c.created_at,
            outbox.c.state,
            outbox.c.rich,
            outbox.c.body,
        )
        .select_from(messages.join(outbox, and_(outbox.c.message == messages.c.id, outbox.c.revision == newest)))
        .where(messages.c.workspace == workspace)
        .order_by(messages.c.id)
    )
    return [
        Said(row.id, str(row.body.get("kind")), row.incident, row.destination, row.address, row.created_at, row.state,
             row.rich, row.body)
        for row in connection.execute(query)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Digest:
    team: str
    local_date: date
    made_at: datetime
    message: int | None


def digests_made(connection: Connection, workspace: int) -> list[Digest]:
    query = (
        select(digests.c.team, digests.c.local_date, digests.c.made_at, digests.c.message)
        .where(digests.c.workspace == workspace)
        .order_by(digests.c.made_at)
    )
    return [Digest(*tuple(row)) for row in connection.execute(query)]
