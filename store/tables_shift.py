"""What chat platforms show of the shift, and what they say of people: two caches and what is still to be shown."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, String, Table, Text, text

from store.columns import Instant
from store.tables import _workspace, metadata

# What a user group, or a channel's topic, should be: the newest wins, and `revision` tells it from what was wanted when
# the platform was last asked.
followed = Table(
    "followed",
    metadata,
    _workspace(primary=True),
    Column("schedule", String(80), primary_key=True),
    Column("kind", String(20), primary_key=True),  # user_group, channel_topic
    Column("target", String(200), nullable=False),  # platform:id
    Column("wanted", JSON, nullable=False),  # ids of accounts, or our part of a topic
    Column("revision", Integer, nullable=False),
    Column("state", String(10), nullable=False),  # pending, done, failed
    Column("not_before", Instant, nullable=False),  # wall time
    Column("attempts", Integer, nullable=False),
    Column("reason", Text, nullable=True),
    Column("changed_at", Instant, nullable=False),
    Index(
        "ix_followed_pending",
        "workspace",
        "not_before",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
)

# Do-not-disturb as a platform last told it. It is shown, and decides nothing.
disturbances = Table(
    "disturbances",
    metadata,
    _workspace(primary=True),
    Column("platform", String(20), primary_key=True),
    Column("account", String(200), primary_key=True),
    Column("starts_at", Instant, nullable=True),  # both None: it is off
    Column("ends_at", Instant, nullable=True),
    Column("read_at", Instant, nullable=False),
)

# Who is in a platform's user group, as last read.
platform_groups = Table(
    "platform_groups",
    metadata,
    _workspace(primary=True),
    Column("target", String(200), primary_key=True),  # platform:id
    Column("accounts", JSON, nullable=False),
    Column("read_at", Instant, nullable=False),
)
