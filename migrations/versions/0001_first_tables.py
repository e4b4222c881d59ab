"""First tables: events, what is understood of them, incidents and pages, what is said, what is due.

Revision: 0001, the first.
"""

import sqlalchemy as sa
from alembic import op
import store.columns

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "cursors",
        sa.Column("consumer", sa.String(length=80), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("consumer", name=op.f("pk_cursors")),
    )
    op.create_table(
        "deliveries",
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("delivery", sa.String(length=200), nullable=False),
        sa.Column("at", store.columns.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("platform", "delivery", name=op.f("pk_deliveries")),
    )
    op.create_index("ix_deliveries_at", "deliveries", ["at"], unique=False)

    op.create_table(
        "events",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("received_at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("show", sa.String(length=200), nullable=True),
        sa.Column("market", sa.String(length=80), nullable=True),
        sa.Column("viewer", sa.LargeBinary(length=16), nullable=True),
        sa.Column("viewer_key", sa.String(length=16), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("lang", sa.String(length=12), nullable=True),
        sa.Column("value", store.columns.Exact(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("product", sa.String(length=200), nullable=True),
        sa.Column("reply_to", sa.Text(), nullable=True),
        sa.Column("attributes", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("day", "id", name=op.f("pk_events")),
    )
    op.create_index("ix_events_id", "events", ["id"], unique=False)
    op.create_index("ix_events_show_at", "events", ["workspace", "show", "at"], unique=False)

    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("until", store.columns.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "readings",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("event", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("model", sa.String(length=80), nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("lang", sa.String(length=12), nullable=False),
        sa.Column("sentiment", sa.Float(), nullable=False),
        sa.Column("label", sa.String(length=10), nullable=False),
        sa.Column("intent", sa.String(length=20), nullable=False),
        sa.Column("intent_confidence", sa.Float(), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=True),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("redacted", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("day", "event", "model", name=op.f("pk_readings")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rollup_values",
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("start", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("show", sa.String(length=200), nullable=False),
        sa.Column("market", sa.String(length=80), nullable=False),
        sa.Column("lang", sa.String(length=12), nullable=False),
        sa.Column("product", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total", store.columns.Exact(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace",
            "seconds",
            "start",
            "show",
            "market",
            "lang",
            "product",
            "kind",
            "category",
            "currency",
            name=op.f("pk_rollup_values"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rollups",
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("start", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("show", sa.String(length=200), nullable=False),
        sa.Column("market", sa.String(length=80), nullable=False),
        sa.Column("lang", sa.String(length=12), nullable=False),
        sa.Column("product", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("sentiment_n", sa.BigInteger(), nullable=False),
        sa.Column("sentiment_sum", sa.Float(), nullable=False),
        sa.Column("sentiment_squares", sa.Float(), nullable=False),
        sa.Column("viewers", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint(
            "workspace",
            "seconds",
            "start",
            "show",
            "market",
            "lang",
            "product",
            "kind",
            "category",
            name=op.f("pk_rollups"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_rollups_show_start", "rollups", ["workspace", "seconds", "show", "start"], unique=False)

    op.create_table(
        "sequences",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("next", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sequences")),
    )
    op.create_table(
        "translations",
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("target", sa.String(length=12), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("translated", sa.Text(), nullable=False),
        sa.Column("at", store.columns.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("source", "target", "digest", name=op.f("pk_translations")),
    )
    op.create_table(
        "workspaces",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("created_at", store.columns.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspaces")),
        sa.UniqueConstraint("name", name=op.f("uq_workspaces_name")),
    )
    op.create_table(
        "configurations",
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("loaded_at", store.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f("fk_configurations_workspace")),
        sa.PrimaryKeyConstraint("workspace", "version", name=op.f("pk_configurations")),
    )
    op.create_table(
        "detectors",
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("show", sa.String(length=200), nullable=False),
        sa.Column("market", sa.String(length=80), nullable=False),
        sa.Column("detector", sa.String(length=40), nullable=False),
        sa.Column("states", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f("fk_detectors_workspace")),
        sa.PrimaryKeyConstraint("workspace", "show", "market", "detector", name=op.f("pk_detectors")),
    )
    op.create_table(
        "digests",
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("team", sa.String(length=80), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("covers_from", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("covers_to", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("made_at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("message", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f("fk_digests_workspace")),
        sa.PrimaryKeyConstraint("workspace", "team", "local_date", name=op.f("pk_digests")),
    )
    op.create_table(
        "due",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("ref", sa.String(length=200), nullable=False),
        sa.Column("due_at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("settled_at", store.columns.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f("fk_due_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due")),
    )
    op.create_index("ix_due_state_due_at", "due", ["state", "due_at"], unique=False)
    op.create_index("ix_due_workspace_kind_ref", "due", ["workspace", "kind", "ref"], unique=False)
    op.create_index(
        "uq_due_waiting",
        "due",
        ["workspace", "kind", "ref"],
        unique=True,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )

    op.create_table(
        "event_keys",
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("event_id", sa.String(length=200), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f("fk_event_keys_workspace")),
        sa.PrimaryKeyConstraint("workspace", "source", "event_id", name=op.f("pk_event_keys")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "highlighted",
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("team", sa.String(length=80), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("event", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("show", sa.String(length=200), nullable=False),
        sa.Column("at", store.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f("fk_highlighted_workspace")),
        sa.PrimaryKeyConstraint("workspace", "team", "day", "event", name=op.f("pk_highlighted")),
    )
    op.create_index("ix_highlighted_show", "highlighted", ["workspace", "show"], unique=False)

    op.create_table(
        "imports",
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(length=64), nullable=False),
        sa.Column("rows_done", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", store.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f("fk_imports_workspace")),
        sa.PrimaryKeyConstraint("workspace", "file", name=op.f("pk_imports")),
    )
    op.create_table(
        "incidents",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("show", sa.String(length=200), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=14), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("severity", sa.String(length=2), nullable=False),
        sa.Column("began_at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("opened_at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("acknowledged_at", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=200), nullable=True),
        sa.Column("resolved_at", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.String(length=200), nullable=True),
        sa.Column("updated_at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("configuration", sa.Integer(), nullable=False),
        sa.Column("team", sa.String(length=80), nullable=True),
        sa.Column("policy", sa.String(length=80), nullable=True),
        sa.Column("step_round", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("card", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f("fk_incidents_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    op.create_index("ix_incidents_state", "incidents", ["workspace", "state"], unique=False)

    op.create_table(
        "messages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=25), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("destination", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column("unclear", sa.Boolean(), nullable=False),
        sa.Column("thread_of", sa.BigInteger(), nullable=True),
        sa.Column("incident", sa.BigInteger(), nullable=True),
        sa.Column("created_at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("begun_at", store.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f("fk_messages_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("key", name=op.f("uq_messages_key")),
    )
    op.create_index("ix_messages_incident", "messages", ["incident"], unique=False)

    op.create_table(
        "shows",
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("show", sa.String(length=200), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("first_at", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("last_at", store.columns.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f("fk_shows_workspace")),
        sa.PrimaryKeyConstraint("workspace", "show", name=op.f("pk_shows")),
    )
    op.create_table(
        "source_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("revoked_at", store.columns.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f("fk_source_keys_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_keys")),
        sa.UniqueConstraint("digest", name=op.f("uq_source_keys_digest")),
    )
    op.create_index("ix_source_keys_workspace_source", "source_keys", ["workspace", "source"], unique=False)

    op.create_table(
        "sources",
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("accepted", sa.BigInteger(), nullable=False),
        sa.Column("duplicate", sa.BigInteger(), nullable=False),
        sa.Column("late", sa.BigInteger(), nullable=False),
        sa.Column("refused", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", store.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f("fk_sources_workspace")),
        sa.PrimaryKeyConstraint("workspace", "source", name=op.f("pk_sources")),
    )
    op.create_table(
        "watched",
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("show", sa.String(length=200), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("closed_until", sa.BigInteger(), nullable=False),
        sa.Column("newest", sa.BigInteger(), nullable=False),
        sa.Column("heard", sa.BigInteger(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f("fk_watched_workspace")),
        sa.PrimaryKeyConstraint("workspace", "show", name=op.f("pk_watched")),
    )
    op.create_table(
        "incident_history",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("incident", sa.BigInteger(), nullable=False),
        sa.Column("at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name=op.f("fk_incident_history_incident")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_history")),
    )
    op.create_index("ix_incident_history_incident", "incident_history", ["incident"], unique=False)

    op.create_table(
        "incident_scopes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("incident", sa.BigInteger(), nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("show", sa.String(length=200), nullable=False),
        sa.Column("market", sa.String(length=80), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("opened_at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("calm_at", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("observed", sa.Float(), nullable=False),
        sa.Column("peak", sa.Float(), nullable=False),
        sa.Column("usual", sa.Float(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("complaints", sa.BigInteger(), nullable=False),
        sa.Column("viewers", sa.LargeBinary(), nullable=True),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name=op.f("fk_incident_scopes_incident")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_scopes")),
    )
    op.create_index("ix_incident_scopes_incident", "incident_scopes", ["incident"], unique=False)
    op.create_index(
        "uq_incident_scopes_open",
        "incident_scopes",
        ["workspace", "show", "market", "category"],
        unique=True,
        sqlite_where=sa.text("open"),
        postgresql_where=sa.text("open"),
    )

    op.create_table(
        "message_quotes",
        sa.Column("message", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("event", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["message"], ["messages.id"], name=op.f("fk_message_quotes_message")),
        sa.PrimaryKeyConstraint("message", "day", "event", name=op.f("pk_message_quotes")),
    )
    op.create_index("ix_message_quotes_event", "message_quotes", ["event"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("message", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=6), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("rich", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("claimed_by", sa.String(length=80), nullable=True),
        sa.Column("claimed_until", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("sent_at", store.columns.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["message"], ["messages.id"], name=op.f("fk_outbox_message")),
        sa.PrimaryKeyConstraint("message", "revision", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_state_not_before", "outbox", ["state", "not_before"], unique=False)

    op.create_table(
        "pages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("incident", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("market", sa.String(length=80), nullable=False),
        sa.Column("step_round", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("paged_at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=14), nullable=False),
        sa.Column("settled_at", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("message", sa.BigInteger(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("configuration", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name=op.f("fk_pages_incident")),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f("fk_pages_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pages")),
    )
    op.create_index("ix_pages_incident", "pages", ["incident"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_pages_incident", table_name="pages")

    op.drop_table("pages")
    op.drop_index("ix_outbox_state_not_before", table_name="outbox")

    op.drop_table("outbox")
    op.drop_index("ix_message_quotes_event", table_name="message_quotes")

    op.drop_table("message_quotes")
    op.drop_index(
        "uq_incident_scopes_open",
        table_name="incident_scopes",
        sqlite_where=sa.text("open"),
        postgresql_where=sa.text("open"),
    )
    op.drop_index("ix_incident_scopes_incident", table_name="incident_scopes")

    op.drop_table("incident_scopes")
    op.drop_index("ix_incident_history_incident", table_name="incident_history")

    op.drop_table("incident_history")
    op.drop_table("watched")
    op.drop_table("sources")
    op.drop_index("ix_source_keys_workspace_source", table_name="source_keys")

    op.drop_table("source_keys")
    op.drop_table("shows")
    op.drop_index("ix_messages_incident", table_name="messages")

    op.drop_table("messages")
    op.drop_index("ix_incidents_state", table_name="incidents")

    op.drop_table("incidents")
    op.drop_table("imports")
    op.drop_index("ix_highlighted_show", table_name="highlighted")

    op.drop_table("highlighted")
    op.drop_table("event_keys")
    op.drop_index(
        "uq_due_waiting",
        table_name="due",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.drop_index("ix_due_workspace_kind_ref", table_name="due")
    op.drop_index("ix_due_state_due_at", table_name="due")

    op.drop_table("due")
    op.drop_table("digests")
    op.drop_table("detectors")
    op.drop_table("configurations")
    op.drop_table("workspaces")
    op.drop_table("translations")
    op.drop_table("sequences")
    op.drop_index("ix_rollups_show_start", table_name="rollups")

    op.drop_table("rollups")
    op.drop_table("rollup_values")
    op.drop_table("readings")
    op.drop_table("leases")
    op.drop_index("ix_events_show_at", table_name="events")
    op.drop_index("ix_events_id", table_name="events")

    op.drop_table("events")
    op.drop_index("ix_deliveries_at", table_name="deliveries")

    op.drop_table("deliveries")
    op.drop_table("cursors")
