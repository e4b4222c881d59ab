"""Keep hand-over notes with their history, which notices of shifts were given, and who paged whom by hand.

Revision: 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op
import store.columns

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "handovers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("schedule", sa.String(length=200), nullable=False),
        sa.Column("leaver", sa.String(length=80), nullable=False),
        sa.Column("comer", sa.String(length=80), nullable=True),
        sa.Column("began_at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("until", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("made_at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("shown_at", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("sent_at", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("sent_by", sa.String(length=200), nullable=True),
        sa.Column("told_at", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("reminded_at", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("team_told_at", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("confirmed_at", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.String(length=200), nullable=True),
        sa.Column("draft_message", sa.BigInteger(), nullable=True),
        sa.Column("message", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f("fk_handovers_workspace_workspaces")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
    )
    op.create_index("ix_handovers_leaver", "handovers", ["workspace", "schedule", "leaver", "at"], unique=False)
    op.create_table(
        "handover_history",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("handover", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["handover"], ["handovers.id"], name=op.f("fk_handover_history_handover_handovers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_history")),
    )
    op.create_index("ix_handover_history_handover", "handover_history", ["handover"], unique=False)
    op.create_table(
        "shift_notices",
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("schedule", sa.String(length=200), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("edge", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f("fk_shift_notices_workspace_workspaces")),
        sa.PrimaryKeyConstraint("workspace", "schedule", "person", "kind", "edge", name=op.f("pk_shift_notices")),
    )
    op.create_table(
        "pages_by_hand",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("caller", sa.String(length=200), nullable=False),
        sa.Column("target", sa.String(length=200), nullable=False),
        sa.Column("at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("incident", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name=op.f("fk_pages_by_hand_incident_incidents")),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f("fk_pages_by_hand_workspace_workspaces")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pages_by_hand")),
    )
    op.create_index("ix_pages_by_hand_caller", "pages_by_hand", ["workspace", "caller", "at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_pages_by_hand_caller", table_name="pages_by_hand")
    op.drop_table("pages_by_hand")
    op.drop_table("shift_notices")
    op.drop_index("ix_handover_history_handover", table_name="handover_history")
    op.drop_table("handover_history")
    op.drop_index("ix_handovers_leaver", table_name="handovers")
    op.drop_table("handovers")
