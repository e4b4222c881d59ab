"""Keys with which sources prove who they are: bearer tokens as hashes, HMAC secrets sealed by the caller."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import Connection, select, update

from store.tables import source_keys

MOST_HMAC = 2  # two valid at once, so that one can be rotated without a gap


def token_digest(token: str) -> str:
    """Tokens are 256 random bits, so a plain hash is enough: there is nothing to guess."""
    return hashlib.sha256(token.encode()).hexdigest()


def add_bearer(connection: Connection, workspace: int, source: str, token: str, now: datetime) -> None:
    connection.execute(
        source_keys.insert().values(
            workspace=workspace, source=source, kind="bearer", digest=token_digest(token), created_at=now
        )
    )


def add_sealed(connection: Connection, workspace: int, source: str, sealed: bytes, now: datetime) -> None:
    """Add an HMAC secret; of more than two the oldest stops being valid."""
    connection.execute(
        source_keys.insert().values(workspace=workspace, source=source, kind="hmac", sealed=sealed, created_at=now)
    )
    query = (
        select(source_keys.c.id)
        .where(
            source_keys.c.workspace == workspace,
            source_keys.c.source == source,
            source_keys.c.kind == "hmac",
            source_keys.c.revoked_at.is_(None),
        )
        .order_by(source_keys.c.id.desc())
        .offset(MOST_HMAC)
    )
    for old in connection.execute(query).scalars().all():
        connection.execute(update(source_keys).where(source_keys.c.id == old).values(revoked_at=now))


def source_of(connection: Connection, workspace: int, token: str) -> str | None:
    """The source whose bearer token this is."""
    query = select(source_keys.c.source).where(
        source_keys.c.workspace == workspace,
        source_keys.c.kind == "bearer",
        source_keys.c.digest == token_digest(token),
        source_keys.c.revoked_at.is_(None),
    )
    found: str | None = connection.execute(query).scalar()
    return found


def sealed(connection: Connection, workspace: int, source: str) -> list[bytes]:
    query = (
        select(source_keys.c.sealed)
        .where(
            source_keys.c.workspace == workspace,
            source_keys.c.source == source,
            source_keys.c.kind == "hmac",
            source_keys.c.revoked_at.is_(None),
        )
        .order_by(source_keys.c.id.desc())
    )
    return [bytes(value) for value in connection.execute(query).scalars() if value is not None]


def revoke(connection: Connection, workspace: int, source: str, now: datetime) -> int:
    """How many keys of a source stopped being valid."""
    return connection.execute(
        update(source_keys)
        .where(
            source_keys.c.workspace == workspace,
            source_keys.c.source == source,
            source_keys.c.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    ).rowcount
