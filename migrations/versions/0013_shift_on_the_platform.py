"""Pages that wait for their person's hours; what a chat platform shows of the shift and says of people.

Revision: 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op
import store.columns

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("pages", sa.Column("held_until", store.columns.Instant(timezone=True), nullable=True))
    op.create_table(
        "followed",
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("schedule", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("target", sa.String(length=200), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("not_before", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("changed_at", store.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f("fk_followed_workspace_workspaces")),
        sa.PrimaryKeyConstraint("workspace", "schedule", "kind", name=op.f("pk_followed")),
    )
    op.create_index(
        "ix_followed_pending",
        "followed",
        ["workspace", "not_before"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "disturbances",
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("starts_at", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("ends_at", store.columns.Instant(timezone=True), nullable=True),
        sa.Column("read_at", store.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f("fk_disturbances_workspace_workspaces")),
        sa.PrimaryKeyConstraint("workspace", "platform", "account", name=op.f("pk_disturbances")),
    )
    op.create_table(
        "platform_groups",
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(length=200), nullable=False),
        sa.Column("accounts", sa.JSON(), nullable=False),
        sa.Column("read_at", store.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f("fk_platform_groups_workspace_workspaces")),
        sa.PrimaryKeyConstraint("workspace", "target", name=op.f("pk_platform_groups")),
    )


def downgrade() -> None:
    op.drop_table("platform_groups")
    op.drop_table("disturbances")
    op.drop_index(
        "ix_followed_pending",
        table_name="followed",
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.drop_table("followed")
    # What waits for its person's morning would wait for ever.
    op.execute("UPDATE pages SET state = 'cancelled' WHERE state = 'held'")
    with op.batch_alter_table("pages") as pages:
        pages.drop_column("held_until")
