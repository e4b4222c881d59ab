"""Events in, in order, once: identity, ids, and the bus that is a cursor over the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, case, func, literal_column, select, update

from store.engine import insert, wake
from store.statements import upsert
from store.tables import cursors, event_keys, events, imports, sequences, sources

EVENTS = "events"  # the topic woken when there is something to analyse


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


class StoredEvent(NamedTuple):  # a tuple is made several times as fast as a frozen dataclass
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
    scale: Any = None  # what a rating says of its scale, as it was sent


_APPEND_KEYS = upsert(lambda insert: insert(event_keys).on_conflict_do_nothing().returning(event_keys.c.id))
_APPEND = events.insert()
_BEGIN_SEQUENCE = upsert(lambda insert: insert(sequences).on_conflict_do_nothing())
_TAKE_IDS = (
    update(sequences)
    .where(sequences.c.name == bindparam("of"))
    .values(next=sequences.c.next + bindparam("count"))
    .returning(sequences.c.next)
)


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
    taken = set(connection.execute(_APPEND_KEYS(connection), rows).scalars())
    fresh = [(first + position, one) for position, one in enumerate(new) if first + position in taken]
    if fresh:
        connection.execute(
            _APPEND,
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


_COUNTED = ("received", "accepted", "duplicate", "late", "refused")
_COUNT_SOURCE = upsert(
    lambda insert: (made := insert(sources)).on_conflict_do_update(
        index_elements=["workspace", "source"],
        set_={
            "last_seen_at": made.excluded.last_seen_at,
            **{name: sources.c[name] + made.excluded[name] for name in _COUNTED},
        },
    )
)


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
    row = {"workspace": workspace, "source": source, "last_seen_at": now, **counted}
    connection.execute(_COUNT_SOURCE(connection), row)


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


_POSITION = select(cursors.c.position).where(cursors.c.consumer == bindparam("consumer"))
_AFTER = (
    select(
        *(events.c[name] for name in StoredEvent._fields if name != "scale"),
        # Of ratings alone: reading the attributes of everything would cost more than all else on the bus.
        case((events.c.kind == literal_column("'satisfaction'"), events.c.attributes)),
    )
    .where(events.c.id > bindparam("since"), events.c.workspace == bindparam("workspace"))
    .order_by(events.c.id)
    .limit(bindparam("limit"))
)


def position(connection: Connection, consumer: str) -> int:
    return connection.execute(_POSITION, {"consumer": consumer}).scalar() or 0


def after(connection: Connection, workspace: int, since: int, limit: int) -> list[StoredEvent]:
    """The next events in the order of their ids; at most `limit`."""
    asked = {"workspace": workspace, "since": since, "limit": limit}
    return [
        StoredEvent._make((*row[:-1], row[-1].get("scale") if row[-1] else None))
        for row in connection.execute(_AFTER, asked)
    ]


_ARRIVALS = select(events.c.source, events.c.market, events.c.received_at).where(
    events.c.workspace == bindparam("workspace"),
    events.c.at >= bindparam("happened"),
    events.c.received_at >= bindparam("first"),
    events.c.received_at < bindparam("end"),
)
LATEST = timedelta(minutes=15)  # what happened longer before it was received is no news, whichever its source


def arrivals(
    connection: Connection, workspace: int, show: str | None, start: datetime, end: datetime
) -> list[tuple[str, str | None, datetime]]:
    """(source, market, when it was received) of what was received in [start, end) and had happened shortly before.

    By the index on show and time of happening: it is asked after a restart, not with every tick.
    """
    asked = {"workspace": workspace, "happened": start - LATEST, "first": start, "end": end}
    query = _ARRIVALS.where(events.c.show.is_(None) if show is None else events.c.show == show)
    return [(row[0], row[1], row[2]) for row in connection.execute(query, asked)]


class FencedOffError(Exception):
    """Somebody else took over this consumer since the batch was claimed; what was done must be rolled back."""


_BEGIN_CURSOR = upsert(lambda insert: insert(cursors).on_conflict_do_nothing())
_ADVANCE = (
    update(cursors)
    .where(
        cursors.c.consumer == bindparam("of"),
        cursors.c.position == bindparam("since"),
        cursors.c.fence <= bindparam("held"),
    )
    .values(position=bindparam("to"), fence=bindparam("held"))
)


def advance(connection: Connection, consumer: str, since: int, to: int, fence: int) -> None:
    """Move the cursor in the transaction that holds the work; FencedOffError when it is no longer ours to move."""
    connection.execute(_BEGIN_CURSOR(connection), {"consumer": consumer, "position": 0, "fence": fence})
    moved = connection.execute(_ADVANCE, {"of": consumer, "since": since, "to": to, "held": fence})
    if moved.rowcount != 1:
        raise FencedOffError(consumer)


_HOLD = (
    update(cursors)
    .where(cursors.c.consumer == bindparam("of"), cursors.c.fence <= bindparam("held"))
    .values(fence=bindparam("held"))
)


def hold(connection: Connection, consumer: str, fence: int) -> None:
    """Make sure that this consumer is still ours, until the transaction ends; FencedOffError when it is not."""
    connection.execute(_BEGIN_CURSOR(connection), {"consumer": consumer, "position": 0, "fence": fence})
    if connection.execute(_HOLD, {"of": consumer, "held": fence}).rowcount != 1:
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
    connection.execute(_BEGIN_SEQUENCE(connection), {"name": name, "next": 1})
    return int(connection.execute(_TAKE_IDS, {"of": name, "count": count}).scalar_one()) - count
