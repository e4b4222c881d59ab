"""Contact methods that people added or verified in chat, the codes that verify them, and addresses that failed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, delete, func, select, update

from store.engine import insert
from store.tables import messages, outbox
from store.tables_reaching import contact_codes, contact_failures, contacts


@dataclass(frozen=True, slots=True)
class Contact:
    """`origin` is chat, or file for a method of livedesk.yaml, which counts only while the file names it."""

    id: int
    person: str
    method: str
    address: str
    origin: str
    added_at: datetime
    verified_at: datetime | None


@dataclass(frozen=True, slots=True)
class Code:
    """A code that was sent and may still be used. What it is, only its hash tells."""

    id: int
    contact: int
    digest: str
    tries: int


@dataclass(frozen=True, slots=True)
class Failure:
    """`failed_at` is wall time."""

    method: str
    address: str
    failed_at: datetime
    reason: str


_CONTACT = [contacts.c[name] for name in Contact.__slots__]


def kept(connection: Connection, workspace: int, person: str | None = None) -> list[Contact]:
    """What is not removed, of one person or of everybody; oldest first."""
    query = select(*_CONTACT).where(contacts.c.workspace == workspace, contacts.c.removed_at.is_(None))
    if person is not None:
        query = query.where(contacts.c.person == person)
    return [Contact(*tuple(row)) for row in connection.execute(query.order_by(contacts.c.id))]


def add(
    connection: Connection, workspace: int, person: str, method: str, address: str, origin: str, now: datetime
) -> Contact:
    """A person's method: a new one, or the one that is there, which then is of `origin`."""
    rows = kept(connection, workspace, person)
    found = next((row for row in rows if (row.method, row.address) == (method, address)), None)
    if found is not None:
        connection.execute(update(contacts).where(contacts.c.id == found.id).values(origin=origin))
        return replace(found, origin=origin)
    made = connection.execute(
        contacts.insert()
        .values(workspace=workspace, person=person, method=method, address=address, origin=origin, added_at=now)
        .returning(*_CONTACT)
    ).one()
    return Contact(*tuple(made))


def verify(connection: Connection, contact: int, now: datetime) -> None:
    connection.execute(update(contacts).where(contacts.c.id == contact).values(verified_at=now))
    _end_codes(connection, contact, now)


def remove(connection: Connection, contact: int, now: datetime) -> None:
    connection.execute(update(contacts).where(contacts.c.id == contact).values(removed_at=now))
    _end_codes(connection, contact, now)


# ── codes ────────────────────────────────────────────────────────────────────────────────────────────────────────


def keep_code(
    connection: Connection, contact: int, digest: str, now: datetime, expires_at: datetime, message: int
) -> None:
    """A new code; the ones before it for the same method end."""
    _end_codes(connection, contact, now)
    connection.execute(
        contact_codes.insert().values(
            contact=contact, digest=digest, made_at=now, expires_at=expires_at, tries=0, message=message
        )
    )


def usable_codes(connection: Connection, workspace: int, person: str, now: datetime, tries: int) -> list[Code]:
    """The codes of a person that are neither used nor expired and were tried less than `tries` times."""
    query = (
        select(contact_codes.c.id, contact_codes.c.contact, contact_codes.c.digest, contact_codes.c.tries)
        .join(contacts, contacts.c.id == contact_codes.c.contact)
        .where(
            contacts.c.workspace == workspace,
            contacts.c.person == person,
            contacts.c.removed_at.is_(None),
            contact_codes.c.ended_at.is_(None),
            contact_codes.c.expires_at > now,
            contact_codes.c.tries < tries,
        )
        .order_by(contact_codes.c.id)
    )
    return [Code(*tuple(row)) for row in connection.execute(query)]


def count_try(connection: Connection, codes: Collection[int]) -> None:
    """A wrong code was given: each that it might have been has one try less."""
    connection.execute(
        update(contact_codes).where(contact_codes.c.id.in_(codes)).values(tries=contact_codes.c.tries + 1)
    )


def codes_since(connection: Connection, workspace: int, person: str, since: datetime) -> int:
    """How many codes a person had sent at `since` or later, for whatever address."""
    query = (
        select(func.count())
        .select_from(contact_codes.join(contacts, contacts.c.id == contact_codes.c.contact))
        .where(contacts.c.workspace == workspace, contacts.c.person == person, contact_codes.c.made_at >= since)
    )
    return connection.execute(query).scalar_one()


def of_code_message(connection: Connection, message: int) -> Contact | None:
    """The method whose code a message carries."""
    query = (
        select(*_CONTACT)
        .join(contact_codes, contact_codes.c.contact == contacts.c.id)
        .where(contact_codes.c.message == message)
    )
    row = connection.execute(query).first()
    return Contact(*tuple(row)) if row else None


def _end_codes(connection: Connection, contact: int, now: datetime) -> None:
    connection.execute(
        update(contact_codes)
        .where(contact_codes.c.contact == contact, contact_codes.c.ended_at.is_(None))
        .values(ended_at=now)
    )


# ── addresses that failed ────────────────────────────────────────────────────────────────────────────────────────


def note_failure(
    connection: Connection, workspace: int, method: str, address: str, reason: str, wall: datetime
) -> None:
    statement = insert(connection, contact_failures).values(
        workspace=workspace, method=method, address=address, failed_at=wall, reason=reason
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["workspace", "method", "address"], set_={"failed_at": wall, "reason": reason}
        )
    )


def failures(connection: Connection, workspace: int) -> list[Failure]:
    """Addresses whose last delivery failed for good; those that something has reached since are forgotten."""
    query = select(
        contact_failures.c.method, contact_failures.c.address, contact_failures.c.failed_at, contact_failures.c.reason
    ).where(contact_failures.c.workspace == workspace)
    found = [Failure(*tuple(row)) for row in connection.execute(query)]
    return [one for one in found if not _reached_since(connection, workspace, one)]


def forget_failure(connection: Connection, workspace: int, method: str, address: str) -> None:
    connection.execute(
        delete(contact_failures).where(
            contact_failures.c.workspace == workspace,
            contact_failures.c.method == method,
            contact_failures.c.address == address,
        )
    )


def _reached_since(connection: Connection, workspace: int, one: Failure) -> bool:
    query = (
        select(outbox.c.message)
        .join(messages, messages.c.id == outbox.c.message)
        .where(
            messages.c.workspace == workspace,
            messages.c.platform == one.method,
            messages.c.destination == one.address,
            outbox.c.state == "sent",
            outbox.c.sent_at > one.failed_at,
        )
        .limit(1)
    )
    return connection.execute(query).first() is not None
