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

from sqlalchemy import Connection, and_, bindparam, delete, exists, func, or_, select, tuple_, update

from store.engine import wake
from store.statements import upsert
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


# Made once: an incident that opens passes most of them several times, and its alert waits for each.
_SAY = messages.insert().returning(messages.c.id)
_REVISION = outbox.insert()
_OF_MESSAGE = outbox.c.message == bindparam("of_message")
_PENDING = (_OF_MESSAGE, outbox.c.state == "pending")
_WAITING_RICH = (
    select(outbox.c.rich)
    .join(messages, messages.c.id == outbox.c.message)
    .where(*_PENDING, messages.c.address.is_(None))
)
_SUPERSEDE = update(outbox).where(*_PENDING).values(state="superseded")
_DROP = update(outbox).where(*_PENDING).values(state="cancelled")
_WORKSPACE_OF = select(messages.c.workspace).where(messages.c.id == bindparam("of_message"))
_IS_BEGUN = select(exists().where(_OF_MESSAGE, or_(outbox.c.state.in_(("claimed", "sent")), outbox.c.attempts > 0)))
_BODY = select(outbox.c.body).where(_OF_MESSAGE).order_by(outbox.c.revision.desc()).limit(1)
_NEWEST = select(func.max(outbox.c.revision)).where(_OF_MESSAGE)
_FORGET_QUOTES = delete(message_quotes).where(message_quotes.c.message == bindparam("of_message"))
_QUOTE = upsert(lambda insert: insert(message_quotes).on_conflict_do_nothing())
_newer = outbox.alias("newer")
_ABOUT = (
    select(messages.c.id, outbox.c.body)
    .join(outbox, outbox.c.message == messages.c.id)
    .where(
        messages.c.incident == bindparam("of_incident"),
        ~exists().where(_newer.c.message == messages.c.id, _newer.c.revision > outbox.c.revision),
    )
    .order_by(messages.c.id)
)


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
    row = {
        "workspace": workspace,
        "key": "ld" + secrets.token_hex(10),
        "platform": platform,
        "destination": destination,
        "thread_of": thread_of,
        "incident": incident,
        "created_at": now,
        "begun_at": wall,
    }
    message: int = connection.execute(_SAY, row).scalar_one()
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
    of = {"of_message": message}
    waiting = connection.execute(_WAITING_RICH, of).scalar()
    connection.execute(_SUPERSEDE, of)
    workspace = connection.execute(_WORKSPACE_OF, of).scalar_one()
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
    connection.execute(_DROP, {"of_message": message})


def is_begun(connection: Connection, message: int) -> bool:
    """Whether anybody may have seen something of a message."""
    begun: bool = connection.execute(_IS_BEGUN, {"of_message": message}).scalar_one()
    return begun


def is_delivered(connection: Connection, message: int) -> bool:
    """Whether a message has arrived on its platform, in whatever form."""
    query = select(messages.c.address.is_not(None)).where(messages.c.id == message)
    return bool(connection.execute(query).scalar())


def body_of(connection: Connection, message: int) -> Mapping[str, Any] | None:
    """The newest body of a message."""
    found: Mapping[str, Any] | None = connection.execute(_BODY, {"of_message": message}).scalar()
    return found


def about(connection: Connection, incident: int) -> list[tuple[int, Mapping[str, Any]]]:
    """(message, newest body) of everything said about an incident."""
    return [(row.id, row.body) for row in connection.execute(_ABOUT, {"of_incident": incident})]


# ── sending ──────────────────────────────────────────────────────────────────────────────────────────────────────


_in_flight, _parent, _parents_row = outbox.alias("in_flight"), messages.alias("parent"), outbox.alias("parents_row")
_parent_on_its_way = exists().where(
    _parents_row.c.message == messages.c.thread_of, _parents_row.c.state.in_(("pending", "claimed"))
)
_urgent = or_(
    outbox.c.priority == PRIORITIES["page"],
    and_(outbox.c.priority == PRIORITIES["incident"], messages.c.address.is_(None)),
)
_CLAIMABLE = (
    select(
        outbox.c.message,
        outbox.c.revision,
        outbox.c.workspace,
        messages.c.key,
        messages.c.platform,
        messages.c.destination,
        messages.c.address,
        _parent.c.address.label("thread"),
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
    .outerjoin(_parent, _parent.c.id == messages.c.thread_of)
    .where(
        outbox.c.workspace == bindparam("in_workspace"),
        outbox.c.state == "pending",
        outbox.c.not_before <= bindparam("wall"),
        ~exists().where(_in_flight.c.message == outbox.c.message, _in_flight.c.state == "claimed"),
        or_(messages.c.thread_of.is_(None), _parent.c.address.is_not(None), ~_parent_on_its_way),
        messages.c.platform.not_in(bindparam("full", expanding=True)),
        or_(messages.c.platform.not_in(bindparam("scarce", expanding=True)), _urgent),
    )
    .order_by(outbox.c.priority, messages.c.address.is_not(None), outbox.c.not_before, outbox.c.message)
    .limit(bindparam("most"))
)
_there = tuple_(messages.c.platform, messages.c.destination)
_CLAIMABLE_ELSEWHERE = _CLAIMABLE.where(
    or_(messages.c.address.is_not(None), _there.not_in(bindparam("no_posts", expanding=True))),
    or_(messages.c.address.is_(None), _there.not_in(bindparam("no_edits", expanding=True))),
    or_(messages.c.address.is_not(None), _there.not_in(bindparam("urgent_posts", expanding=True)), _urgent),
)
_THIS = (outbox.c.message == bindparam("of_message"), outbox.c.revision == bindparam("of_revision"))
_CLAIM = (
    update(outbox)
    .where(*_THIS, outbox.c.state == "pending")
    .values(
        state="claimed",
        claimed_by=bindparam("holder"),
        claimed_until=bindparam("until"),
        attempts=outbox.c.attempts + 1,
    )
)
_told = outbox.alias("told")
_UNTOLD = (
    select(outbox.c.message, func.min(outbox.c.begun_at))
    .where(
        outbox.c.message.in_(bindparam("claimed", expanding=True)),
        outbox.c.state.in_(("pending", "claimed", "superseded")),
        ~exists().where(
            _told.c.message == outbox.c.message, _told.c.state == "sent", _told.c.revision > outbox.c.revision
        ),
    )
    .group_by(outbox.c.message)
)
_SENT = (
    update(outbox)
    .where(*_THIS)
    .values(state="sent", sent_at=bindparam("wall"), reason=None, claimed_by=None, claimed_until=None)
)
_STANDS_AT = (
    update(messages)
    .where(messages.c.id == bindparam("of_message"))
    .values(address=bindparam("its_address"), unclear=False)
)
_LAPSED = select(outbox.c.message, outbox.c.revision).where(
    outbox.c.state == "claimed", outbox.c.claimed_until <= bindparam("wall")
)


def claim(
    connection: Connection,
    workspace: int,
    holder: str,
    wall: datetime,
    length: timedelta,
    *,
    no_posts: Collection[tuple[str, str]] = (),
    no_edits: Collection[tuple[str, str]] = (),
    urgent_posts: Collection[tuple[str, str]] = (),
    full: Collection[str] = (),
    scarce: Collection[str] = (),
    limit: int = 20,
) -> list[Claimed]:
    """Take what may be sent now: the newest revision of each message, none of whose revisions is being sent.

    `no_posts` and `no_edits` are (platform, destination) that must wait with new messages, and with edits of those that
    are there, because of pacing, say; `urgent_posts` those that take pages and first words of incidents alone as new
    messages; `full` are platforms that must wait altogether, `scarce` those on which all but pages and first words
    must. A reply waits for its parent, and of what is as urgent, what nobody has seen goes before an edit.
    """
    _lapse(connection, wall)
    asked = {"in_workspace": workspace, "wall": wall, "full": list(full), "scarce": list(scarce), "most": limit}
    if no_posts or no_edits or urgent_posts:
        places = {"no_posts": list(no_posts), "no_edits": list(no_edits), "urgent_posts": list(urgent_posts)}
        found = connection.execute(_CLAIMABLE_ELSEWHERE, {**asked, **places})
    else:
        found = connection.execute(_CLAIMABLE, asked)
    taken = []
    for one in [Claimed(*tuple(row)) for row in found]:
        which = {"of_message": one.message, "of_revision": one.revision}
        if connection.execute(_CLAIM, {**which, "holder": holder, "until": wall + length}).rowcount == 1:
            taken.append(one)
    untold = _untold(connection, [one.message for one in taken])
    return [replace(one, untold_since=untold.get(one.message)) for one in taken]


def _untold(connection: Connection, claimed: Sequence[int]) -> dict[int, datetime]:
    """Since when (wall time) each message has had something to say that nobody has seen.

    A newer revision takes the place of an older one that was not sent: what the older one said waits ever since.
    """
    if not claimed:
        return {}
    found = connection.execute(_UNTOLD, {"claimed": list(claimed)})
    return {message: since for message, since in found if since is not None}


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
    connection.execute(_SENT, {"of_message": one.message, "of_revision": one.revision, "wall": wall})
    connection.execute(_STANDS_AT, {"of_message": one.message, "its_address": address})
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


def next_at(connection: Connection, workspace: int, after: datetime) -> datetime | None:
    """When the next pending revision may go (wall time) of those that may not yet `after` a claim."""
    query = select(func.min(outbox.c.not_before)).where(
        outbox.c.workspace == workspace, outbox.c.state == "pending", outbox.c.not_before > after
    )
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
    row = {
        "message": message,
        "revision": revision,
        "workspace": workspace,
        "action": action,
        "body": dict(body),
        "priority": PRIORITIES.get(str(body.get("kind")), 9),
        "state": "pending",
        "rich": rich,
        "not_before": wall,
        "created_at": now,
        "begun_at": begun_at or wall,
    }
    connection.execute(_REVISION, row)
    _quote(connection, message, list(quotes))
    wake(connection, OUTBOX)


def _quote(connection: Connection, message: int, quotes: Sequence[tuple[date, int]]) -> None:
    connection.execute(_FORGET_QUOTES, {"of_message": message})
    if quotes:
        rows = [{"message": message, "day": day, "event": event} for day, event in quotes]
        connection.execute(_QUOTE(connection), rows)


def _settle(connection: Connection, one: Claimed, **values: Any) -> None:
    connection.execute(
        update(outbox)
        .where(outbox.c.message == one.message, outbox.c.revision == one.revision)
        .values(claimed_by=None, claimed_until=None, **values)
    )


def _lapse(connection: Connection, wall: datetime) -> None:
    """Claims whose sender is gone: nobody knows whether those were posted, so the next sender must look."""
    lapsed = connection.execute(_LAPSED, {"wall": wall}).all()
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
    newest: int = connection.execute(_NEWEST, {"of_message": message}).scalar_one()
    return newest
