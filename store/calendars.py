"""Secret links to calendars, kept as hashes, and what a calendar is stamped with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, select, update

from store.source_keys import token_digest
from store.tables import calendar_links, configurations

Kind = Literal["schedule", "person"]


@dataclass(frozen=True, slots=True)
class Link:
    """`subject` is the key of a schedule or person. Who made and who ended it: a person's key, platform:name, cli:user.
    The secret itself is nowhere."""

    kind: Kind
    subject: str
    locale: str
    made_by: str
    made_at: datetime
    revoked_by: str | None
    revoked_at: datetime | None


_LINK = (
    calendar_links.c.kind,
    calendar_links.c.subject,
    calendar_links.c.locale,
    calendar_links.c.made_by,
    calendar_links.c.made_at,
    calendar_links.c.revoked_by,
    calendar_links.c.revoked_at,
)


def add(
    connection: Connection, workspace: int, kind: Kind, subject: str, secret: str, locale: str, by: str, now: datetime
) -> bool:
    """Keep a new link; the one before it ends. Whether there was one."""
    ended = revoke(connection, workspace, kind, subject, by, now)
    row = {"kind": kind, "subject": subject, "digest": token_digest(secret), "locale": locale}
    connection.execute(calendar_links.insert().values(workspace=workspace, made_by=by, made_at=now, **row))
    return bool(ended)


def revoke(connection: Connection, workspace: int, kind: Kind, subject: str, by: str, now: datetime) -> int:
    """How many links of a subject ended: one, or none."""
    return connection.execute(
        update(calendar_links)
        .where(
            calendar_links.c.workspace == workspace,
            calendar_links.c.kind == kind,
            calendar_links.c.subject == subject,
            calendar_links.c.revoked_at.is_(None),
        )
        .values(revoked_at=now, revoked_by=by)
    ).rowcount


def find(connection: Connection, workspace: int, secret: str) -> Link | None:
    """The link with this secret, unless it has ended."""
    row = connection.execute(
        select(*_LINK).where(
            calendar_links.c.workspace == workspace,
            calendar_links.c.digest == token_digest(secret),
            calendar_links.c.revoked_at.is_(None),
        )
    ).one_or_none()
    return Link(*tuple(row)) if row else None


def listed(connection: Connection, workspace: int) -> list[Link]:
    """Every link that was ever made, oldest first."""
    query = select(*_LINK).where(calendar_links.c.workspace == workspace).order_by(calendar_links.c.id)
    return [Link(*tuple(row)) for row in connection.execute(query)]


def loaded_at(connection: Connection, workspace: int, version: int) -> datetime | None:
    """When a version of the configuration was read for the first time."""
    found: datetime | None = connection.execute(
        select(configurations.c.loaded_at).where(
            configurations.c.workspace == workspace, configurations.c.version == version
        )
    ).scalar()
    return found
