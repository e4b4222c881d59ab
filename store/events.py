"""Events in, in order, once: identity, ids, and the bus that is a cursor over the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, func, select, update

from store.engine import insert, wake
from store.tables import cursors, event_keys, events, imports, sequences, sources

EVENTS = "events"  # the topic woken when there is something to analyse
KEYS_A_STATEMENT = 2000  # five parameters a row; SQLite allows 32,766 in one statement


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to be appended: checked, and its viewer already hashed."""

    source: str
    event_id: str
    at: datetime
    kind: str
    show: str | None
    market: str | None
    viewer: bytes | None
    viewer_key: str | None
    text: str | None
    lang: str | None
    value: Decimal | None
    currency: str | None
    product: str | None
    reply_to: str | None
    attributes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StoredEvent:
    day: date
    id: int
    source: str
    at: datetime
    received_at: datetime
    kind: str
    show: str | None
    market: str | None
    viewer: bytes | None
    text: str | None
    lang: str | None
    value: Decimal | None
    currency: str | None
    product: str | None


def append(connection: Connection, workspace: int, new: Sequence[NewEvent], now: datetime) -> list[bool]:
    """Store events that are not yet known; True where one was new, in the order given.

    An identity that comes twice in one call is new the first time alone.
    """
    if not new:
        return []
    first = _take_ids(connection, "events", len(new))
    day = now.date()
    unseen: dict[tuple[str, str], int] = {}
    for position, one in enumerate(new):
        unseen.setdefault((one.source, one.event_id), position)
    rows = [
        {"workspace": workspace, "source": source, "event_id": event_id, "id": first + position, "day": day}
        for (source, event_id), position in unseen.items()
    ]
    taken: set[int] = set()
    for start in range(0, len(rows), KEYS_A_STATEMENT):
        statement = (
            insert(connection, event_keys)
            .values(rows[start : start + KEYS_A_STATEMENT])
            .on_conflict_do_nothing()
            .returning(event_keys.c.id)
        )
        taken.update(connection.execute(statement).scalars())
    fresh = [(first + position, one) for position, one in enumerate(new) if first + position in taken]
    if fresh:
        connection.execute(
            events.insert(),
            [
                {
                    "day": day,
                    "id": id_,
                    "workspace": workspace,
                    "source": one.source,
                    "at": one.at,
                    "received_at": now,
                    "kind": one.kind,
                    "show": one.show,
                    "market": one.market,
                    "viewer": one.viewer,
                    "viewer_key": one.viewer_key,
                    "text": one.text,
                    "lang": one.lang,
                    "value": one.value,
                    "currency": one.currency,
                    "product": one.product,
                    "reply_to": one.reply_to,
                    "attributes": dict(one.attributes) or None,
                }
                for id_, one in fresh
            ],
        )
        wake(connection, EVENTS)
    return [first + position in taken for position in range(len(new))]


def count_source(
    connection: Connection,
    workspace: int,
    source: str,
    now: datetime,
    *,
    received: int,
    accepted: int,
    duplicate: int,
    late: int,
    refused: int,
) -> None:
    counted = {"received": received, "accepted": accepted, "duplicate": duplicate, "late": late, "refused": refused}
    statement = insert(connection, sources).values(workspace=workspace, source=source, last_seen_at=now, **counted)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["workspace", "source"],
            set_={"last_seen_at": now, **{name: sources.c[name] + n for name, n in counted.items()}},
        )
    )


def source_counts(connection: Connection, workspace: int) -> list[Mapping[str, Any]]:
    query = select(sources).where(sources.c.workspace == workspace).order_by(sources.c.source)
    return [dict(row) for row in connection.execute(query).mappings()]


# ── imports of files ─────────────────────────────────────────────────────────────────────────────────────────────


def rows_done(connection: Connection, workspace: int, file: str) -> int:
    query = select(imports.c.rows_done).where(imports.c.workspace == workspace, imports.c.file == file)
    return connection.execute(query).scalar() or 0


def keep_rows_done(connection: Connection, workspace: int, file: str, rows: int, now: datetime) -> None:
    statement = insert(connection, imports).values(workspace=workspace, file=file, rows_done=rows, updated_at=now)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["workspace", "file"], set_={"rows_done": rows, "updated_at": now}
        )
    )


# ── the bus, first form ──────────────────────────────────────────────────────────────────────────────────────────


def position(connection: Connection, consumer: str) -> int:
    return connection.execute(select(cursors.c.position).where(cursors.c.consumer == consumer)).scalar() or 0


def after(connection: Connection, workspace: int, since: int, limit: int) -> list[StoredEvent]:
    """The next events in the order of their ids; at most `limit`."""
    columns = [events.c[name] for name in StoredEvent.__slots__]
    query = select(*columns).where(events.c.id > since, events.c.workspace == workspace).order_by(events.c.id)
    return [StoredEvent(*row) for row in connection.execute(query.limit(limit))]


class FencedOffError(Exception):
    """Somebody else took over this consumer since the batch was claimed; what was done must be rolled back."""


def advance(connection: Connection, consumer: str, since: int, to: int, fence: int) -> None:
    """Move the cursor in the transaction that holds the work; FencedOffError when it is no longer ours to move."""
    connection.execute(
        insert(connection, cursors).values(consumer=consumer, position=0, fence=fence).on_conflict_do_nothing()
    )
    moved = connection.execute(
        update(cursors)
        .where(cursors.c.consumer == consumer, cursors.c.position == since, cursors.c.fence <= fence)
        .values(position=to, fence=fence)
    )
    if moved.rowcount != 1:
        raise FencedOffError(consumer)


def backlog(connection: Connection, workspace: int, consumer: str) -> int:
    """How many events wait to be analysed."""
    query = (
        select(func.count())
        .select_from(events)
        .where(events.c.id > position(connection, consumer), events.c.workspace == workspace)
    )
    return connection.execute(query).scalar_one()


def _take_ids(connection: Connection, name: str, count: int) -> int:
    """The first of `count` ids nobody else will get; held until this transaction ends."""
    connection.execute(insert(connection, sequences).values(name=name, next=1).on_conflict_do_nothing())
    statement = (
        update(sequences)
        .where(sequences.c.name == name)
        .values(next=sequences.c.next + count)
        .returning(sequences.c.next)
    )
    return int(connection.execute(statement).scalar_one()) - count
