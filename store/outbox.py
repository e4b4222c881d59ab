"""What Livedesk says and must arrive: messages, their revisions, and who is sending them.

A message is posted once and edited afterwards; only its newest revision is ever sent, one at a time. `unclear` on a
message means that it may have been posted although we never heard so: the sender looks before it posts again.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, exists, func, or_, select, update

from store.engine import insert, wake
from store.tables import message_quotes, messages, outbox

OUTBOX = "outbox"
NEVER = datetime.max.replace(tzinfo=UTC)
PRIORITIES = {"page": 0, "incident": 1, "notice": 2, "history": 3, "board": 4, "highlights": 5, "digest": 6}


@dataclass(frozen=True, slots=True)
class Claimed:
    """One revision, ours to send until the claim runs out."""

    message: int
    revision: int
    workspace: int
    key: str
    platform: str
    destination: str
    address: str | None
    thread: str | None  # address of the message it answers
    unclear: bool
    action: str
    body: Mapping[str, Any]
    rich: bool
    attempts: int
    begun_at: datetime  # wall time before which the message cannot have been posted
    made_at: datetime
    priority: int
    untold_since: datetime | None = None  # wall time of the oldest revision that nobody has seen yet

    @property
    def is_urgent(self) -> bool:
        """A page, or the first word of an incident."""
        return self.priority == PRIORITIES["page"] or (self.priority == PRIORITIES["incident"] and self.address is None)


def say(
    connection: Connection,
    workspace: int,
    platform: str,
    destination: str,
    body: Mapping[str, Any],
    now: datetime,
    wall: datetime,
    *,
    quotes: Iterable[tuple[date, int]] = (),
    thread_of: int | None = None,
    incident: int | None = None,
    rich: bool = True,
) -> int:
    """Put a new message in the outbox; its id."""
    message: int = connection.execute(
        messages.insert()
        .values(
            workspace=workspace,
            key="ld" + secrets.token_hex(10),
            platform=platform,
            destination=destination,
            thread_of=thread_of,
            incident=incident,
            created_at=now,
            begun_at=wall,
        )
        .returning(messages.c.id)
    ).scalar_one()
    _revision(connection, workspace, message, 1, "show", body, now, wall, quotes, rich)
    return message


def revise(
    connection: Connection,
    message: int,
    body: Mapping[str, Any],
    now: datetime,
    wall: datetime,
    *,
    quotes: Iterable[tuple[date, int]] = (),
    rich: bool = True,
    late: timedelta = timedelta(0),
) -> int:
    """A newer form of a message, which replaces any that has not been sent; its revision. `late`: how late it is
    already, because it says nothing new.

    What was never sent goes out as it was meant to at first, as text alone if so: no first post waits for a chart
    because newer numbers have taken its place.
    """
    newest = _newest(connection, message)
    waiting = connection.execute(
        select(outbox.c.rich)
        .join(messages, messages.c.id == outbox.c.message)
        .where(outbox.c.message == message, outbox.c.state == "pending", messages.c.address.is_(None))
    ).scalar()
    connection.execute(
        update(outbox).where(outbox.c.message == message, outbox.c.state == "pending").values(state="superseded")
    )
    workspace = connection.execute(select(messages.c.workspace).where(messages.c.id == message)).scalar_one()
    rich = rich and waiting is not False
    _revision(connection, workspace, message, newest + 1, "show", body, now, wall, quotes, rich, begun_at=wall - late)
    return newest + 1


def withdraw(connection: Connection, message: int) -> bool:
    """Cancel a message of which nothing has been sent yet; False when it is too late for that."""
    if is_begun(connection, message):
        return False
    drop(connection, message)
    return True


def drop(connection: Connection, message: int) -> None:
    """Send no more of a message, however often that was tried; what is under way goes out."""
    connection.execute(
        update(outbox).where(outbox.c.message == message, outbox.c.state == "pending").values(state="cancelled")
    )


def is_begun(connection: Connection, message: int) -> bool:
    """Whether anybody may have seen something of a message."""
    begun: bool = connection.execute(
        select(
            exists().where(
                outbox.c.message == message,
                or_(outbox.c.state.in_(("claimed", "sent")), outbox.c.attempts > 0),
            )
        )
    ).scalar_one()
    return begun


def is_delivered(connection: Connection, message: int) -> bool:
    """Whether a message has arrived on its platform, in whatever form."""
    query = select(messages.c.address.is_not(None)).where(messages.c.id == message)
    return bool(connection.execute(query).scalar())


def body_of(connection: Connection, message: int) -> Mapping[str, Any] | None:
    """The newest body of a message."""
    query = select(outbox.c.body).where(outbox.c.message == message).order_by(outbox.c.revision.desc()).limit(1)
    found: Mapping[str, Any] | None = connection.execute(query).scalar()
    return found


def about(connection: Connection, incident: int) -> list[tuple[int, Mapping[str, Any]]]:
    """(message, newest body) of everything said about an incident."""
    newer = outbox.alias("newer")
    query = (
        select(messages.c.id, outbox.c.body)
        .join(outbox, outbox.c.message == messages.c.id)
        .where(
            messages.c.incident == incident,
            ~exists().where(newer.c.message == messages.c.id, newer.c.revision > outbox.c.revision),
        )
        .order_by(messages.c.id)
    )
    return [(row.id, row.body) for row in connection.execute(query)]


# ── sending ──────────────────────────────────────────────────────────────────────────────────────────────────────


def claim(
    connection: Connection,
    workspace: int,
    holder: str,
    wall: datetime,
    length: timedelta,
    *,
    busy: Iterable[tuple[str, str]] = (),
    full: Collection[str] = (),
    scarce: Collection[str] = (),
    limit: int = 20,
) -> list[Claimed]:
    """Take what may be sent now: the newest revision of each message, none of whose revisions is being sent.

    `busy` are (platform, destination) that must wait, because of pacing, say; `full` are platforms that must, `scarce`
    those on which all but pages and the first word of an incident must. A reply waits for its parent, and of what is
    as urgent, what nobody has seen goes before an edit.
    """
    _lapse(connection, wall)
    in_flight = outbox.alias("in_flight")
    parent = messages.alias("parent")
    parents_row = outbox.alias("parents_row")
    parent_on_its_way = exists().where(
        parents_row.c.message == messages.c.thread_of, parents_row.c.state.in_(("pending", "claimed"))
    )
    query = (
        select(
            outbox.c.message,
            outbox.c.revision,
            outbox.c.workspace,
            messages.c.key,
            messages.c.platform,
            messages.c.destination,
            messages.c.address,
            parent.c.address.label("thread"),
            messages.c.unclear,
            outbox.c.action,
            outbox.c.body,
            outbox.c.rich,
            outbox.c.attempts,
            messages.c.begun_at,
            outbox.c.created_at,
            outbox.c.priority,
        )
        .join(messages, messages.c.id == outbox.c.message)
        .outerjoin(parent, parent.c.id == messages.c.thread_of)
        .where(
            outbox.c.workspace == workspace,
            outbox.c.state == "pending",
            outbox.c.not_before <= wall,
            ~exists().where(in_flight.c.message == outbox.c.message, in_flight.c.state == "claimed"),
            or_(messages.c.thread_of.is_(None), parent.c.address.is_not(None), ~parent_on_its_way),
        )
        .order_by(outbox.c.priority, messages.c.address.is_not(None), outbox.c.not_before, outbox.c.message)
        .limit(limit)
    )
    if scarce:
        first_word = and_(outbox.c.priority == PRIORITIES["incident"], messages.c.address.is_(None))
        query = query.where(
            or_(messages.c.platform.not_in(scarce), outbox.c.priority == PRIORITIES["page"], first_word)
        )
    if full:
        query = query.where(messages.c.platform.not_in(full))
    for platform, destination in busy:
        query = query.where(~and_(messages.c.platform == platform, messages.c.destination == destination))
    found = [Claimed(*tuple(row)) for row in connection.execute(query)]
    taken = []
    for one in found:
        claimed = connection.execute(
            update(outbox)
            .where(
                outbox.c.message == one.message,
                outbox.c.revision == one.revision,
                outbox.c.state == "pending",
            )
            .values(
                state="claimed",
                claimed_by=holder,
                claimed_until=wall + length,
                attempts=outbox.c.attempts + 1,
            )
        )
        if claimed.rowcount == 1:
            taken.append(one)
    untold = _untold(connection, [one.message for one in taken])
    return [replace(one, untold_since=untold.get(one.message)) for one in taken]


def _untold(connection: Connection, claimed: Sequence[int]) -> dict[int, datetime]:
    """Since when (wall time) each message has had something to say that nobody has seen.

    A newer revision takes the place of an older one that was not sent: what the older one said waits ever since.
    """
    if not claimed:
        return {}
    told = outbox.alias("told")
    query = (
        select(outbox.c.message, func.min(outbox.c.begun_at))
        .where(
            outbox.c.message.in_(claimed),
            outbox.c.state.in_(("pending", "claimed", "superseded")),
            ~exists().where(
                told.c.message == outbox.c.message,
                told.c.state == "sent",
                told.c.revision > outbox.c.revision,
            ),
        )
        .group_by(outbox.c.message)
    )
    return {message: since for message, since in connection.execute(query) if since is not None}


def lateness(connection: Connection, message: int) -> timedelta:
    """How late the newest form of a message was when it was sent; none when it waits still."""
    sent_ones = connection.execute(
        select(outbox.c.revision, outbox.c.state, outbox.c.sent_at, outbox.c.begun_at)
        .where(outbox.c.message == message)
        .order_by(outbox.c.revision.desc())
    ).all()
    if not sent_ones or sent_ones[0].state != "sent" or sent_ones[0].sent_at is None:
        return timedelta(0)
    since = sent_ones[0].begun_at
    for older in sent_ones[1:]:
        if older.state != "superseded":
            break
        since = older.begun_at
    return max(sent_ones[0].sent_at - since, timedelta(0)) if since is not None else timedelta(0)


def sent(connection: Connection, one: Claimed, address: str, wall: datetime) -> None:
    _settle(connection, one, state="sent", sent_at=wall, reason=None)
    connection.execute(update(messages).where(messages.c.id == one.message).values(address=address, unclear=False))
    wake(connection, OUTBOX)  # replies to it, and newer revisions, may have waited for this


def later(connection: Connection, one: Claimed, not_before: datetime, reason: str, *, unclear: bool) -> None:
    """Not sent, or not known to be: again at `not_before`, unless a newer revision has taken its place."""
    newer = _newest(connection, one.message) > one.revision
    state = "superseded" if newer else "pending"
    _settle(connection, one, state=state, not_before=not_before, reason=reason)
    if unclear:
        connection.execute(update(messages).where(messages.c.id == one.message).values(unclear=True))


def put_back(connection: Connection, one: Claimed, not_before: datetime) -> None:
    """Claimed but not tried: its destination was busy."""
    newer = _newest(connection, one.message) > one.revision
    _settle(
        connection,
        one,
        state="superseded" if newer else "pending",
        not_before=not_before,
        attempts=outbox.c.attempts - 1,
    )


def looked(connection: Connection, one: Claimed, address: str | None) -> None:
    """The platform was asked about an unclear message: it is there at `address`, or (None) it is not."""
    connection.execute(update(messages).where(messages.c.id == one.message).values(unclear=False, address=address))


def failed(connection: Connection, one: Claimed, reason: str, wall: datetime) -> None:
    _settle(connection, one, state="failed", reason=reason, sent_at=wall)
    wake(connection, OUTBOX)


def lapse_all(connection: Connection) -> None:
    """Every claim lapses: for a process that knows itself to be the only sender."""
    _lapse(connection, NEVER)


def counts(connection: Connection, workspace: int) -> dict[str, int]:
    """How many revisions are in each state."""
    query = select(outbox.c.state, func.count()).where(outbox.c.workspace == workspace).group_by(outbox.c.state)
    return {row[0]: row[1] for row in connection.execute(query)}


def pending(connection: Connection, workspace: int) -> list[tuple[str, str, Mapping[str, Any]]]:
    """(platform, destination, body) of all that waits to be sent, oldest message first."""
    query = (
        select(messages.c.platform, messages.c.destination, outbox.c.body)
        .join(messages, messages.c.id == outbox.c.message)
        .where(outbox.c.workspace == workspace, outbox.c.state == "pending")
        .order_by(outbox.c.message)
    )
    return [(row.platform, row.destination, row.body) for row in connection.execute(query)]


def failures(connection: Connection, workspace: int, limit: int = 10) -> list[tuple[str, str, str, datetime]]:
    """(platform, destination, reason, when) of the newest messages that could not be sent."""
    query = (
        select(messages.c.platform, messages.c.destination, outbox.c.reason, outbox.c.sent_at)
        .join(messages, messages.c.id == outbox.c.message)
        .where(outbox.c.workspace == workspace, outbox.c.state == "failed")
        .order_by(outbox.c.sent_at.desc())
        .limit(limit)
    )
    return [(row.platform, row.destination, row.reason or "", row.sent_at) for row in connection.execute(query)]


def unenriched(connection: Connection, workspace: int, limit: int = 100) -> list[int]:
    """Messages whose newest revision went out as text alone: their chart and translations are still owed."""
    newer = outbox.alias("newer")
    query = (
        select(outbox.c.message)
        .where(
            outbox.c.workspace == workspace,
            outbox.c.state == "sent",
            outbox.c.rich.is_(False),
            ~exists().where(newer.c.message == outbox.c.message, newer.c.revision > outbox.c.revision),
        )
        .order_by(outbox.c.message)
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def next_at(connection: Connection, workspace: int) -> datetime | None:
    """When the next pending revision may go (wall time)."""
    query = select(func.min(outbox.c.not_before)).where(outbox.c.workspace == workspace, outbox.c.state == "pending")
    return connection.execute(query).scalar()


def _revision(
    connection: Connection,
    workspace: int,
    message: int,
    revision: int,
    action: str,
    body: Mapping[str, Any],
    now: datetime,
    wall: datetime,
    quotes: Iterable[tuple[date, int]],
    rich: bool,
    begun_at: datetime | None = None,
) -> None:
    connection.execute(
        outbox.insert().values(
            message=message,
            revision=revision,
            workspace=workspace,
            action=action,
            body=dict(body),
            priority=PRIORITIES.get(str(body.get("kind")), 9),
            state="pending",
            rich=rich,
            not_before=wall,
            created_at=now,
            begun_at=begun_at or wall,
        )
    )
    _quote(connection, message, list(quotes))
    wake(connection, OUTBOX)


def _quote(connection: Connection, message: int, quotes: Sequence[tuple[date, int]]) -> None:
    connection.execute(delete(message_quotes).where(message_quotes.c.message == message))
    if quotes:
        connection.execute(
            insert(connection, message_quotes).on_conflict_do_nothing(),
            [{"message": message, "day": day, "event": event} for day, event in quotes],
        )


def _settle(connection: Connection, one: Claimed, **values: Any) -> None:
    connection.execute(
        update(outbox)
        .where(outbox.c.message == one.message, outbox.c.revision == one.revision)
        .values(claimed_by=None, claimed_until=None, **values)
    )


def _lapse(connection: Connection, wall: datetime) -> None:
    """Claims whose sender is gone: nobody knows whether those were posted, so the next sender must look."""
    lapsed = connection.execute(
        select(outbox.c.message, outbox.c.revision).where(outbox.c.state == "claimed", outbox.c.claimed_until <= wall)
    ).all()
    for message, revision in lapsed:
        newer = _newest(connection, message) > revision
        connection.execute(
            update(outbox)
            .where(outbox.c.message == message, outbox.c.revision == revision)
            .values(state="superseded" if newer else "pending", claimed_by=None, claimed_until=None)
        )
        connection.execute(
            update(messages).where(messages.c.id == message, messages.c.address.is_(None)).values(unclear=True)
        )


def _newest(connection: Connection, message: int) -> int:
    newest: int = connection.execute(
        select(func.max(outbox.c.revision)).where(outbox.c.message == message)
    ).scalar_one()
    return newest
