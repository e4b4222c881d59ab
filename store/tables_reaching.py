"""How people are reached beside chat: their contact methods, the codes that verify them, and how each page went out."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text, text

from store.columns import BigId, Instant
from store.tables import metadata

# A method that somebody added in chat, or verified there. Rows stay: they are also the record of it.
contacts = Table(
    "contacts",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("workspace", Integer, ForeignKey("workspaces.id"), nullable=False),
    Column("person", String(80), nullable=False),
    Column("method", String(20), nullable=False),  # email or webhook
    Column("address", String(200), nullable=False),
    Column("origin", String(4), nullable=False),  # chat, or file: counts only while livedesk.yaml names it
    Column("added_at", Instant, nullable=False),
    Column("verified_at", Instant, nullable=True),
    Column("removed_at", Instant, nullable=True),
    Index(
        "uq_contacts_kept",
        "workspace",
        "person",
        "method",
        "address",
        unique=True,
        sqlite_where=text("removed_at IS NULL"),
        postgresql_where=text("removed_at IS NULL"),
    ),
)

contact_codes = Table(
    "contact_codes",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("contact", BigInteger, ForeignKey("contacts.id"), nullable=False),
    Column("digest", String(64), nullable=False),  # HMAC-SHA256 with the installation's key: six digits alone are few
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("tries", Integer, nullable=False, default=0),
    Column("ended_at", Instant, nullable=True),  # used, or replaced by a newer one
    Column("message", BigInteger, nullable=True),  # messages.id of what carried it
    Index("ix_contact_codes_contact", "contact"),
    Index("ix_contact_codes_message", "message"),
)

# Every message by which a page went out. `call` is the first one, which is also pages.message.
page_ways = Table(
    "page_ways",
    metadata,
    Column("message", BigInteger, primary_key=True, autoincrement=False),  # messages.id
    Column("call", BigInteger, nullable=False),  # messages.id
    Column("workspace", Integer, nullable=False),
    Column("person", String(80), nullable=False),
    Column("method", String(20), nullable=False),
    Column("address", String(200), nullable=False),
    Column("at", Instant, nullable=False),
    Column("stuck_at", Instant, nullable=True),  # it could not be sent at the first tries; it is still being tried
    Column("failed_at", Instant, nullable=True),  # it never will be
    Index("ix_page_ways_call", "call"),
)

# Addresses whose last delivery failed for good. A later delivery that arrives ends it.
contact_failures = Table(
    "contact_failures",
    metadata,
    Column("workspace", Integer, ForeignKey("workspaces.id"), primary_key=True),
    Column("method", String(20), primary_key=True),
    Column("address", String(200), primary_key=True),
    Column("failed_at", Instant, nullable=False),  # wall time
    Column("reason", Text, nullable=False),
)
