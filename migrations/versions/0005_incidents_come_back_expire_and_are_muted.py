"""Incidents come back, expire and are muted.

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op
import store.columns

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "mutes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("show", sa.String(length=200), nullable=True),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("muted_at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("muted_by", sa.String(length=200), nullable=False),
        sa.Column("until", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("with_show", sa.Boolean(), nullable=False),
        sa.Column("ended_at", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f("fk_mutes_workspace_workspaces")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mutes")),
    )
    op.create_index("ix_mutes_ended_at", "mutes", ["workspace", "ended_at"], unique=False)
    op.add_column("incidents", sa.Column("reopened", sa.Integer(), server_default="0", nullable=False))
    op.add_column("incidents", sa.Column("reopened_at", store.columns.Instant(timezone=True), nullable=True))
    op.add_column("incidents", sa.Column("muted", sa.BigInteger(), nullable=True))
    op.create_index("ix_incidents_muted", "incidents", ["muted"], unique=False)
    op.add_column("incident_scopes", sa.Column("complained_at", store.columns.Instant(timezone=True), nullable=True))
    op.add_column("incident_scopes", sa.Column("closed_at", store.columns.Instant(timezone=True), nullable=True))
    op.add_column("incident_scopes", sa.Column("closed_by", sa.String(length=200), nullable=True))
    op.add_column("pages", sa.Column("opening", sa.Integer(), server_default="0", nullable=False))
    op.create_index(
        "ix_incident_scopes_closed",
        "incident_scopes",
        ["workspace", "show", "market", "category", "closed_at"],
        unique=False,
    )
    # What was resolved before this release may come back too.
    op.execute(
        "UPDATE incident_scopes SET "
        "closed_at = (SELECT resolved_at FROM incidents WHERE incidents.id = incident_scopes.incident), "
        "closed_by = (SELECT resolved_by FROM incidents WHERE incidents.id = incident_scopes.incident) "
        "WHERE NOT open"
    )


def downgrade() -> None:
    op.execute("UPDATE incidents SET state = 'resolved' WHERE state = 'expired'")
    op.drop_column("pages", "opening")
    op.drop_index("ix_incident_scopes_closed", table_name="incident_scopes")
    op.drop_column("incident_scopes", "closed_by")
    op.drop_column("incident_scopes", "closed_at")
    op.drop_column("incident_scopes", "complained_at")
    op.drop_index("ix_incidents_muted", table_name="incidents")
    op.drop_column("incidents", "muted")
    op.drop_column("incidents", "reopened_at")
    op.drop_column("incidents", "reopened")
    op.drop_index("ix_mutes_ended_at", table_name="mutes")
    op.drop_table("mutes")
