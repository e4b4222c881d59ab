"""The tables of hand-over notes, notices of shifts, and pages by hand. Part of `store.tables`."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from store.columns import BigId, Instant
from store.tables import metadata

# What one leaves to the next. The facts are a snapshot, without anybody's words; the remarks are the leaver's own.
handovers = Table(
    "handovers",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("workspace", Integer, ForeignKey("workspaces.id"), nullable=False),
    Column("schedule", String(200), nullable=False),
    Column("leaver", String(80), nullable=False),
    Column("comer", String(80), nullable=True),  # None: nobody comes, and it is for the team's channel
    Column("began_at", Instant, nullable=False),  # of the leaver's shift
    Column("at", Instant, nullable=False),  # of the hand-over: the leaver's end
    Column("until", Instant, nullable=True),  # the comer's end; None when it does not end within a year
    Column("state", String(10), nullable=False),  # draft, sent, confirmed, lapsed
    Column("version", Integer, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("remarks", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("shown_at", Instant, nullable=True),  # when the leaver was told that their shift is over
    Column("sent_at", Instant, nullable=True),
    Column("sent_by", String(200), nullable=True),  # a person's key, or livedesk
    Column("told_at", Instant, nullable=True),  # when the comer had it
    Column("reminded_at", Instant, nullable=True),
    Column("team_told_at", Instant, nullable=True),
    Column("confirmed_at", Instant, nullable=True),
    Column("confirmed_by", String(200), nullable=True),
    Column("draft_message", BigInteger, nullable=True),  # messages.id
    Column("message", BigInteger, nullable=True),  # messages.id
    Index("ix_handovers_leaver", "workspace", "schedule", "leaver", "at"),
)

handover_history = Table(
    "handover_history",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("handover", BigInteger, ForeignKey("handovers.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("what", String(20), nullable=False),
    Column("detail", JSON, nullable=False),
    Index("ix_handover_history_handover", "handover"),
)

# Which notices of shifts were due, each once; `told` is False for one that was left unsaid.
shift_notices = Table(
    "shift_notices",
    metadata,
    Column("workspace", Integer, ForeignKey("workspaces.id"), primary_key=True),
    Column("schedule", String(200), primary_key=True),
    Column("person", String(80), primary_key=True),
    Column("kind", String(8), primary_key=True),  # ahead, start, end
    Column("edge", Instant, primary_key=True),  # the shift's start, or its end
    Column("at", Instant, nullable=False),
    Column("told", Boolean, nullable=False),
)

# Who paged whom by hand, and when: how often somebody may. The words and what became of it are the incident's.
pages_by_hand = Table(
    "pages_by_hand",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("workspace", Integer, ForeignKey("workspaces.id"), nullable=False),
    Column("caller", String(200), nullable=False),  # a person's key
    Column("target", String(200), nullable=False),
    Column("at", Instant, nullable=False),
    Column("incident", BigInteger, ForeignKey("incidents.id"), nullable=False),
    Index("ix_pages_by_hand_caller", "workspace", "caller", "at"),
)
