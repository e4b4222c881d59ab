"""The tables. A test holds them equal to what the migrations make.

Two rules run through them. Every business row has a workspace. And nothing points at `events` by foreign key: its
primary key starts with the day received, so that PostgreSQL can partition it and a day can be dropped whole.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)

from store.columns import BigId, Exact, Instant

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _workspace(primary: bool = False) -> Column[int]:
    return Column("workspace", Integer, ForeignKey("workspaces.id"), nullable=False, primary_key=primary)


workspaces = Table(
    "workspaces",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(80), nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
)

configurations = Table(
    "configurations",
    metadata,
    _workspace(primary=True),
    Column("version", Integer, primary_key=True),
    Column("digest", String(64), nullable=False),  # SHA-256 of the body: loading an unchanged file makes no version
    Column("body", JSON, nullable=False),
    Column("loaded_at", Instant, nullable=False),
)

# ── feedback in ──────────────────────────────────────────────────────────────────────────────────────────────────

sources = Table(
    "sources",
    metadata,
    _workspace(primary=True),
    Column("source", String(200), primary_key=True),
    Column("received", BigInteger, nullable=False, default=0),
    Column("accepted", BigInteger, nullable=False, default=0),
    Column("duplicate", BigInteger, nullable=False, default=0),
    Column("late", BigInteger, nullable=False, default=0),
    Column("refused", BigInteger, nullable=False, default=0),
    Column("last_seen_at", Instant, nullable=False),
)

source_keys = Table(
    "source_keys",
    metadata,
    Column("id", Integer, primary_key=True),
    _workspace(),
    Column("source", String(200), nullable=False),
    Column("kind", String(10), nullable=False),  # bearer or hmac
    Column("digest", String(64), nullable=True, unique=True),  # bearer: SHA-256 of the token
    Column("sealed", LargeBinary, nullable=True),  # hmac: encrypted with the installation's key
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant, nullable=True),
    Index("ix_source_keys_workspace_source", "workspace", "source"),
)

# The secret links under which a calendar is read. A link is 256 random bits and only its hash is kept.
calendar_links = Table(
    "calendar_links",
    metadata,
    Column("id", Integer, primary_key=True),
    _workspace(),
    Column("kind", String(10), nullable=False),  # schedule or person
    Column("subject", String(200), nullable=False),  # its key in the configuration
    Column("digest", String(64), nullable=False, unique=True),
    Column("locale", String(20), nullable=False),  # of the one who reads it
    Column("made_by", String(200), nullable=False),  # a person's key, platform:name, or cli:user
    Column("made_at", Instant, nullable=False),
    Column("revoked_by", String(200), nullable=True),
    Column("revoked_at", Instant, nullable=True),
    Index("ix_calendar_links_subject", "workspace", "kind", "subject"),
)

# Handed out inside the transaction that uses them: the row's lock makes ids commit in the order they were given, so
# a reader that follows ids never overtakes a slower writer.
sequences = Table(
    "sequences",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("next", BigInteger, nullable=False),
)

event_keys = Table(
    "event_keys",
    metadata,
    _workspace(primary=True),
    Column("source", String(200), primary_key=True),
    Column("event_id", String(200), primary_key=True),
    Column("id", BigInteger, nullable=False),
    Column("day", Date, nullable=False),
    sqlite_with_rowid=False,
)

events = Table(
    "events",
    metadata,
    Column("day", Date, primary_key=True),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("workspace", Integer, nullable=False),
    Column("source", String(200), nullable=False),
    Column("at", Instant, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("show", String(200), nullable=True),
    Column("market", String(80), nullable=True),
    Column("viewer", LargeBinary(16), nullable=True),  # keyed hash, never a name
    Column("viewer_key", String(16), nullable=True),  # which key hashed it
    Column("text", Text, nullable=True),
    Column("lang", String(12), nullable=True),
    Column("value", Exact, nullable=True),
    Column("currency", String(3), nullable=True),
    Column("product", String(200), nullable=True),
    Column("reply_to", Text, nullable=True),
    Column("attributes", JSON, nullable=True),
    Index("ix_events_workspace_id", "workspace", "id"),  # the bus
    Index("ix_events_show_at", "workspace", "show", "at"),
)

imports = Table(
    "imports",
    metadata,
    _workspace(primary=True),
    Column("file", String(64), primary_key=True),  # SHA-256 of the file
    Column("rows_done", BigInteger, nullable=False),
    Column("updated_at", Instant, nullable=False),
)

# ── who works on what ────────────────────────────────────────────────────────────────────────────────────────────

leases = Table(
    "leases",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("holder", String(80), nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("until", Instant, nullable=False),
)

cursors = Table(
    "cursors",
    metadata,
    Column("consumer", String(80), primary_key=True),
    Column("position", BigInteger, nullable=False),  # id of the last event taken
    Column("fence", BigInteger, nullable=False),
)

# Everything that must happen later. APScheduler only wakes the sweep that claims what is due.
due = Table(
    "due",
    metadata,
    Column("id", BigId, primary_key=True),
    _workspace(),
    Column("kind", String(40), nullable=False),
    Column("ref", String(200), nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("payload", JSON, nullable=False),
    Column("state", String(10), nullable=False, default="waiting"),  # waiting, done, cancelled
    Column("settled_at", Instant, nullable=True),
    Index("ix_due_state_due_at", "state", "due_at"),
    Index("ix_due_workspace_kind_ref", "workspace", "kind", "ref"),
    Index(
        "uq_due_waiting",
        "workspace",
        "kind",
        "ref",
        unique=True,
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
)

# ── understood ───────────────────────────────────────────────────────────────────────────────────────────────────

readings = Table(
    "readings",
    metadata,
    Column("day", Date, primary_key=True),
    Column("event", BigInteger, primary_key=True, autoincrement=False),
    Column("model", String(80), primary_key=True),
    Column("workspace", Integer, nullable=False),
    Column("lang", String(12), nullable=False),
    Column("sentiment", Float, nullable=False),
    Column("label", String(10), nullable=False),
    Column("intent", String(20), nullable=False),
    Column("intent_confidence", Float, nullable=False),
    Column("category", String(20), nullable=True),
    Column("categories", JSON, nullable=False),
    Column("redacted", Text, nullable=False),
    sqlite_with_rowid=False,
)


def _cell() -> list[Column[object]]:
    """The key of a roll-up: empty text where an event has no such thing, because NULL is no part of a key."""
    return [
        Column("workspace", Integer, primary_key=True),
        Column("seconds", Integer, primary_key=True),  # 10, 60 or 3600
        Column("start", BigInteger, primary_key=True, autoincrement=False),  # seconds since 1970
        Column("show", String(200), primary_key=True),
        Column("market", String(80), primary_key=True),
        Column("lang", String(12), primary_key=True),
        Column("product", String(200), primary_key=True),
        Column("kind", String(40), primary_key=True),
        Column("category", String(20), primary_key=True),
    ]


rollups = Table(
    "rollups",
    metadata,
    *_cell(),
    Column("count", BigInteger, nullable=False),
    Column("sentiment_n", BigInteger, nullable=False),
    Column("sentiment_sum", Float, nullable=False),
    Column("sentiment_squares", Float, nullable=False),
    Column("viewers", LargeBinary, nullable=True),  # mergeable sketch of distinct viewers
    Index("ix_rollups_show_start", "workspace", "seconds", "show", "start"),
    Index(
        "ix_rollups_complaints",
        "workspace",
        "seconds",
        "show",
        "start",
        sqlite_where=text("category <> ''"),
        postgresql_where=text("category <> ''"),
    ),
    sqlite_with_rowid=False,
)

rollup_values = Table(
    "rollup_values",
    metadata,
    *_cell(),
    Column("currency", String(3), primary_key=True),
    Column("total", Exact, nullable=False),
    sqlite_with_rowid=False,
)

# ── watched ──────────────────────────────────────────────────────────────────────────────────────────────────────

shows = Table(
    "shows",
    metadata,
    _workspace(primary=True),
    Column("show", String(200), primary_key=True),
    Column("origin", String(10), nullable=False),  # file, chat, or heard (its events came before any declaration)
    Column("title", String(200), nullable=False),
    Column("first_at", Instant, nullable=True),  # of its events
    Column("last_at", Instant, nullable=True),
)

watched = Table(
    "watched",
    metadata,
    _workspace(primary=True),
    Column("show", String(200), primary_key=True),  # '' is what belongs to no show
    Column("seconds", Integer, nullable=False),  # length of a tick
    Column("closed_until", BigInteger, nullable=False),  # end of the last closed tick, seconds since 1970
    Column("newest", BigInteger, nullable=False),  # newest event, seconds since 1970
    Column("heard", BigInteger, nullable=False),  # when an event was last received, seconds since 1970
    Column("live", Boolean, nullable=False, default=True),  # False once everything has been closed
)

detectors = Table(
    "detectors",
    metadata,
    _workspace(primary=True),
    Column("show", String(200), primary_key=True),
    Column("market", String(80), primary_key=True),
    Column("detector", String(40), primary_key=True),
    Column("states", LargeBinary, nullable=False),  # of every category, see store/watching.py
)

incidents = Table(
    "incidents",
    metadata,
    Column("id", BigId, primary_key=True),
    _workspace(),
    Column("show", String(200), nullable=False),
    Column("category", String(20), nullable=False),
    Column("state", String(14), nullable=False),  # open, acknowledged, resolved, expired
    Column("version", Integer, nullable=False),  # counts state changes, so that a late tap can be told
    Column("severity", String(2), nullable=False),
    Column("began_at", Instant, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("acknowledged_at", Instant, nullable=True),
    Column("acknowledged_by", String(200), nullable=True),
    Column("resolved_at", Instant, nullable=True),
    Column("resolved_by", String(200), nullable=True),
    Column("updated_at", Instant, nullable=False),
    Column("configuration", Integer, nullable=False),
    Column("team", String(80), nullable=True),
    Column("policy", String(80), nullable=True),
    Column("step_round", Integer, nullable=False, default=0),
    Column("step", Integer, nullable=False, default=0),
    Column("why", JSON, nullable=False),
    Column("card", BigInteger, nullable=True),  # messages.id
    Column("reopened", Integer, nullable=False, default=0, server_default="0"),  # how often it came back
    Column("reopened_at", Instant, nullable=True),  # the last time
    Column("muted", BigInteger, nullable=True),  # mutes.id of the mute that keeps it silent
    Index("ix_incidents_state", "workspace", "state"),
    Index("ix_incidents_muted", "muted"),
    Index("ix_incidents_card", "card"),
)

incident_scopes = Table(
    "incident_scopes",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("incident", BigInteger, ForeignKey("incidents.id"), nullable=False),
    Column("workspace", Integer, nullable=False),
    Column("show", String(200), nullable=False),
    Column("market", String(80), nullable=False),
    Column("category", String(20), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("calm_at", Instant, nullable=True),
    Column("observed", Float, nullable=False),  # complaints a minute, newest
    Column("peak", Float, nullable=False),  # complaints a minute, highest
    Column("usual", Float, nullable=False),  # complaints a minute, expected
    Column("share", Float, nullable=False),  # of all comments
    Column("complaints", BigInteger, nullable=False),  # since it began
    Column("viewers", LargeBinary, nullable=True),  # sketch of those who complained
    Column("open", Boolean, nullable=False),
    Column("complained_at", Instant, nullable=True),  # end of the newest tick with a complaint
    Column("closed_at", Instant, nullable=True),
    Column("closed_by", String(200), nullable=True),
    Index("ix_incident_scopes_incident", "incident"),
    Index("ix_incident_scopes_closed", "workspace", "show", "market", "category", "closed_at"),
    Index(
        "uq_incident_scopes_open",
        "workspace",
        "show",
        "market",
        "category",
        unique=True,
        sqlite_where=text("open"),
        postgresql_where=text("open"),
    ),
)

incident_history = Table(
    "incident_history",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("incident", BigInteger, ForeignKey("incidents.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("what", String(40), nullable=False),
    Column("detail", JSON, nullable=False),
    Index("ix_incident_history_incident", "incident"),
)

# Who silenced what, from when to when. Rows stay: they are also the record of it.
mutes = Table(
    "mutes",
    metadata,
    Column("id", BigId, primary_key=True),
    _workspace(),
    Column("show", String(200), nullable=True),  # None is every show, '' what belongs to no show
    Column("category", String(20), nullable=False),
    Column("muted_at", Instant, nullable=False),
    Column("muted_by", String(200), nullable=False),
    Column("until", Instant, nullable=False),
    Column("with_show", Boolean, nullable=False),  # it ends when the show does, if that is earlier
    Column("ended_at", Instant, nullable=True),
    Column("ended_by", String(200), nullable=True),
    Column("incident", BigInteger, nullable=True),  # incidents.id: of this one alone
    Index("ix_mutes_ended_at", "workspace", "ended_at"),
)

pages = Table(
    "pages",
    metadata,
    Column("id", BigId, primary_key=True),
    _workspace(),
    Column("incident", BigInteger, ForeignKey("incidents.id"), nullable=False),
    Column("person", String(80), nullable=False),
    Column("market", String(80), nullable=False),
    Column("step_round", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("paged_at", Instant, nullable=False),
    Column("state", String(14), nullable=False),  # held, paged, acknowledged, cancelled
    Column("settled_at", Instant, nullable=True),
    Column("message", BigInteger, nullable=True),
    Column("why", Text, nullable=False),
    Column("configuration", Integer, nullable=False),
    Column("opening", Integer, nullable=False, default=0, server_default="0"),  # of the incident: 0 is the first
    Column("held_until", Instant, nullable=True),  # of a page in the state `held`
    Index("ix_pages_incident", "incident"),
    Index("ix_pages_message", "message"),
    Index("ix_pages_person", "workspace", "person", "paged_at"),
)

# Whether an alert was worth it, in the eyes of each who said so: the newest word counts, incident_history has them all.
marks = Table(
    "marks",
    metadata,
    Column("incident", BigInteger, ForeignKey("incidents.id"), primary_key=True, autoincrement=False),
    Column("actor", String(200), primary_key=True),  # a person's key, or platform:name
    _workspace(),
    Column("mark", String(6), nullable=False),  # useful or noise
    Column("at", Instant, nullable=False),
)

# ── said ─────────────────────────────────────────────────────────────────────────────────────────────────────────

messages = Table(
    "messages",
    metadata,
    Column("id", BigId, primary_key=True),
    _workspace(),
    Column("key", String(25), nullable=False, unique=True),  # recognises our message after an unknown outcome
    Column("platform", String(20), nullable=False),
    Column("destination", String(200), nullable=False),
    Column("address", String(200), nullable=True),  # None until the platform has it
    Column("unclear", Boolean, nullable=False, default=False),  # it may be there: look before posting again
    Column("thread_of", BigInteger, nullable=True),  # messages.id
    Column("incident", BigInteger, nullable=True),
    Column("created_at", Instant, nullable=False),  # clock time
    Column("begun_at", Instant, nullable=False),  # wall time
    Index("ix_messages_incident", "incident"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("message", BigInteger, ForeignKey("messages.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("workspace", Integer, nullable=False),
    Column("action", String(6), nullable=False),  # show (posted first, edited later) or delete
    Column("body", JSON, nullable=False),
    Column("priority", Integer, nullable=False),  # lower goes first
    Column("state", String(10), nullable=False),  # pending, claimed, sent, superseded, cancelled, failed
    Column("rich", Boolean, nullable=False),  # False: text alone, at once; the chart and translations follow
    Column("attempts", Integer, nullable=False, default=0),
    Column("not_before", Instant, nullable=False),  # wall time
    Column("claimed_by", String(80), nullable=True),
    Column("claimed_until", Instant, nullable=True),
    Column("reason", Text, nullable=True),
    Column("created_at", Instant, nullable=False),  # clock time
    Column("begun_at", Instant, nullable=True),  # the same moment in wall time; None: written by an earlier release
    Column("sent_at", Instant, nullable=True),  # wall time
    Index("ix_outbox_state_not_before", "state", "not_before"),
)

message_quotes = Table(
    "message_quotes",
    metadata,
    Column("message", BigInteger, ForeignKey("messages.id"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("event", BigInteger, primary_key=True, autoincrement=False),
    Index("ix_message_quotes_event", "event"),
)

translations = Table(
    "translations",
    metadata,
    Column("source", String(12), primary_key=True),
    Column("target", String(12), primary_key=True),
    Column("digest", String(64), primary_key=True),  # SHA-256 of the redacted text
    Column("provider", String(40), nullable=False),
    Column("translated", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

highlighted = Table(
    "highlighted",
    metadata,
    _workspace(primary=True),
    Column("team", String(80), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("event", BigInteger, primary_key=True, autoincrement=False),
    Column("show", String(200), nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_highlighted_show", "workspace", "show"),
)

# A question that somebody says was answered on air. It stands for all that are one question with it.
answered = Table(
    "answered",
    metadata,
    _workspace(primary=True),
    Column("day", Date, primary_key=True),
    Column("event", BigInteger, primary_key=True, autoincrement=False),
    Column("show", String(200), nullable=False),  # '' is what belongs to no show
    Column("at", Instant, nullable=False),
    Column("actor", String(200), nullable=False),  # a person's key, or platform:name
    Index("ix_answered_show", "workspace", "show"),
)

digests = Table(
    "digests",
    metadata,
    _workspace(primary=True),
    Column("team", String(80), primary_key=True),
    Column("local_date", Date, primary_key=True),  # once per team and date, also across a change of clocks
    Column("covers_from", Instant, nullable=False),
    Column("covers_to", Instant, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("message", BigInteger, nullable=True),
)

# Deliveries a platform may repeat (Slack's events carry an id); kept longer than its last retry.
deliveries = Table(
    "deliveries",
    metadata,
    Column("platform", String(20), primary_key=True),
    Column("delivery", String(200), primary_key=True),
    Column("at", Instant, nullable=False),
    Index("ix_deliveries_at", "at"),
)
