"""Events in, in order, once: identity, ids, and the bus that is a cursor over the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, Update, bindparam, case, func, literal_column, select, tuple_, update

from store.engine import insert, wake
from store.statements import Bulk, upsert
from store.tables import cursors, event_keys, events, imports, sequences, sources

EVENTS = "events"  # the topic woken when there is something to analyse


class NewEvent(NamedTuple):  # a tuple is made several times as fast as a frozen dataclass
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


class StoredEvent(NamedTuple):
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


_APPEND_KEYS = Bulk(
    event_keys,
    ("workspace", "source", "event_id", "id", "day"),
    lambda insert: insert(event_keys).on_conflict_do_nothing(),
)
_OURS = select(event_keys.c.id).where(
    event_keys.c.workspace == bindparam("in_workspace"),
    tuple_(event_keys.c.source, event_keys.c.event_id).in_(bindparam("named", expanding=True)),
    event_keys.c.id >= bindparam("first"),
)
A_QUESTION = 1000  # identities
_APPEND = Bulk(
    events,
    ("day", "id", "workspace", "received_at", *(name for name in NewEvent._fields if name != "event_id")),
    lambda insert: insert(events),
)
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
    rows = [(workspace, *named, first + position, day) for named, position in unseen.items()]
    if _APPEND_KEYS(connection, rows) == len(rows):  # as a rule, all of them are news
        taken = {row[3] for row in rows}
    else:
        taken = _taken(connection, workspace, list(unseen), first)
    fresh = [
        (day, first + position, workspace, now, *_columns(one))
        for position, one in enumerate(new)
        if first + position in taken
    ]
    if fresh:
        _APPEND(connection, fresh)
        wake(connection, EVENTS)
    return [first + position in taken for position in range(len(new))]


def _columns(one: NewEvent) -> tuple[Any, ...]:
    """As `_APPEND` wants them, without the identity's second half."""
    source, _, *rest, attributes = one
    return (source, *rest, dict(attributes) or None)


def _taken(connection: Connection, workspace: int, named: Sequence[tuple[str, str]], first: int) -> set[int]:
    """The ids, from `first` on, under which identities are known."""
    found: set[int] = set()
    for begin in range(0, len(named), A_QUESTION):
        asked = {"in_workspace": workspace, "named": named[begin : begin + A_QUESTION], "first": first}
        found.update(connection.execute(_OURS, asked).scalars())
    return found


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
    _move(connection, consumer, fence, _ADVANCE, {"of": consumer, "since": since, "to": to, "held": fence})


_HOLD = (
    update(cursors)
    .where(cursors.c.consumer == bindparam("of"), cursors.c.fence <= bindparam("held"))
    .values(fence=bindparam("held"))
)


def hold(connection: Connection, consumer: str, fence: int) -> None:
    """Make sure that this consumer is still ours, until the transaction ends; FencedOffError when it is not."""
    _move(connection, consumer, fence, _HOLD, {"of": consumer, "held": fence})


def _move(connection: Connection, consumer: str, fence: int, how: Update, values: Mapping[str, Any]) -> None:
    """The cursor begins with its first move, so nearly always one statement is enough."""
    if connection.execute(how, values).rowcount == 1:
        return
    connection.execute(_BEGIN_CURSOR(connection), {"consumer": consumer, "position": 0, "fence": fence})
    if connection.execute(how, values).rowcount != 1:
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
    asked = {"of": name, "count": count}
    taken = connection.execute(_TAKE_IDS, asked).scalar()
    if taken is None:  # the first of all
        connection.execute(_BEGIN_SEQUENCE(connection), {"name": name, "next": 1})
        taken = connection.execute(_TAKE_IDS, asked).scalar_one()
    return int(taken) - count
