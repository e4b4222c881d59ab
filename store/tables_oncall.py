"""The tables of what is changed from chat: the record of changes, what they make of schedules, and what is asked for.

`oncall_changes` is the authority. `oncall_overrides` and `oncall_leave` follow from what of it stands, are kept beside
it so that reading needs no thought, and are only ever written together with it.
"""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Integer, String, Table

from store.columns import BigId, Instant
from store.tables import metadata


def _workspace() -> Column[int]:
    return Column("workspace", Integer, ForeignKey("workspaces.id"), nullable=False)


oncall_changes = Table(
    "oncall_changes",
    metadata,
    Column("id", BigId, primary_key=True),
    _workspace(),
    Column("stamp", String(32), nullable=False),  # of this row alone: an id may come again after a rollback
    Column("kind", String(20), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("made_by", String(200), nullable=False),  # a person's key
    Column("via", String(20), nullable=False),  # slack, discord, cli
    Column("starts_at", Instant, nullable=False),  # of everything in it
    Column("ends_at", Instant, nullable=False),
    Column("painted", JSON, nullable=False),  # what it said: [{schedule, person, start, end, instead_of?}]
    Column("standing", JSON, nullable=False),  # what of that has not been undone
    Column("undoes", BigInteger, nullable=True),  # the change that this one undoes
    Column("undone_at", Instant, nullable=True),
    Column("undone_by", String(200), nullable=True),
    Index("ix_oncall_changes_workspace", "workspace", "id"),
    Index("ix_oncall_changes_ends", "workspace", "ends_at"),
)

# Who was on call before and who is since, by schedule: only the stretches that a change altered.
oncall_effects = Table(
    "oncall_effects",
    metadata,
    Column("id", BigId, primary_key=True),
    _workspace(),
    Column("change", BigInteger, nullable=True),
    Column("schedule", String(200), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("made_by", String(200), nullable=False),
    Column("altered", JSON, nullable=False),  # [{start, end, before: [person], after: [person]}]
    Index("ix_oncall_effects_change", "workspace", "change"),
)

oncall_overrides = Table(
    "oncall_overrides",
    metadata,
    Column("id", BigId, primary_key=True),
    _workspace(),
    Column("schedule", String(200), nullable=False),
    Column("person", String(200), nullable=True),  # None: nobody, on purpose
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("change", BigInteger, nullable=False),
    Column("instead_of", String(200), nullable=True),  # whom alone it replaces; None: everybody
    Index("ix_oncall_overrides_schedule", "workspace", "schedule", "ends_at"),
)

oncall_leave = Table(
    "oncall_leave",
    metadata,
    Column("id", BigId, primary_key=True),
    _workspace(),
    Column("person", String(200), nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("change", BigInteger, nullable=False),
    Index("ix_oncall_leave_change", "workspace", "change"),
)

# What somebody asks for: a swap of a shift, or that somebody takes it.
oncall_requests = Table(
    "oncall_requests",
    metadata,
    Column("id", BigId, primary_key=True),
    _workspace(),
    Column("kind", String(10), nullable=False),  # swap, cover
    Column("schedule", String(200), nullable=False),
    Column("person", String(200), nullable=False),  # whose shift it is
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("asked", String(200), nullable=True),  # None: anybody
    Column("state", String(12), nullable=False),  # open, taken, withdrawn, declined, expired
    Column("version", Integer, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("decided_at", Instant, nullable=True),
    Column("decided_by", String(200), nullable=True),
    Column("change", BigInteger, nullable=True),
    Column("told", JSON, nullable=False),  # messages that show it: [{message, person}]
    Index("ix_oncall_requests_state", "workspace", "state"),
)

# What somebody would give for it.
oncall_offers = Table(
    "oncall_offers",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("request", BigInteger, ForeignKey("oncall_requests.id"), nullable=False),
    Column("person", String(200), nullable=False),
    Column("schedule", String(200), nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("state", String(12), nullable=False),  # open, taken, declined, replaced, closed
    Column("made_at", Instant, nullable=False),
    Column("message", BigInteger, nullable=True),
    Index("ix_oncall_offers_request", "request"),
)
