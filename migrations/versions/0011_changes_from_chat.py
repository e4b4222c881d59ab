"""Keep what is changed from chat: overrides, leave, swaps asked for, and the record of every change.

Revision: 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op
import store.columns

revision = "0011"
down_revision = "0010"

Instant = store.columns.Instant
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _workspace(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f(f"fk_{table}_workspace_workspaces"))


def upgrade() -> None:
    op.create_table(
        "oncall_changes",
        sa.Column("id", BIG, nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("made_at", Instant(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("via", sa.String(length=20), nullable=False),
        sa.Column("starts_at", Instant(timezone=True), nullable=False),
        sa.Column("ends_at", Instant(timezone=True), nullable=False),
        sa.Column("painted", sa.JSON(), nullable=False),
        sa.Column("standing", sa.JSON(), nullable=False),
        sa.Column("undoes", sa.BigInteger(), nullable=True),
        sa.Column("undone_at", Instant(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=200), nullable=True),
        _workspace("oncall_changes"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oncall_changes")),
    )
    op.create_index("ix_oncall_changes_workspace", "oncall_changes", ["workspace", "id"])
    op.create_index("ix_oncall_changes_ends", "oncall_changes", ["workspace", "ends_at"])
    op.create_table(
        "oncall_effects",
        sa.Column("id", BIG, nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=True),
        sa.Column("schedule", sa.String(length=200), nullable=False),
        sa.Column("made_at", Instant(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("altered", sa.JSON(), nullable=False),
        _workspace("oncall_effects"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oncall_effects")),
    )
    op.create_index("ix_oncall_effects_change", "oncall_effects", ["workspace", "change"])
    op.create_table(
        "oncall_overrides",
        sa.Column("id", BIG, nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("schedule", sa.String(length=200), nullable=False),
        sa.Column("person", sa.String(length=200), nullable=True),
        sa.Column("starts_at", Instant(timezone=True), nullable=False),
        sa.Column("ends_at", Instant(timezone=True), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        _workspace("oncall_overrides"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oncall_overrides")),
    )
    op.create_index("ix_oncall_overrides_schedule", "oncall_overrides", ["workspace", "schedule", "ends_at"])
    op.create_table(
        "oncall_leave",
        sa.Column("id", BIG, nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("starts_at", Instant(timezone=True), nullable=False),
        sa.Column("ends_at", Instant(timezone=True), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        _workspace("oncall_leave"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oncall_leave")),
    )
    op.create_index("ix_oncall_leave_change", "oncall_leave", ["workspace", "change"])
    op.create_table(
        "oncall_requests",
        sa.Column("id", BIG, nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("schedule", sa.String(length=200), nullable=False),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("starts_at", Instant(timezone=True), nullable=False),
        sa.Column("ends_at", Instant(timezone=True), nullable=False),
        sa.Column("asked", sa.String(length=200), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", Instant(timezone=True), nullable=False),
        sa.Column("decided_at", Instant(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("change", sa.BigInteger(), nullable=True),
        sa.Column("told", sa.JSON(), nullable=False),
        _workspace("oncall_requests"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oncall_requests")),
    )
    op.create_index("ix_oncall_requests_state", "oncall_requests", ["workspace", "state"])
    op.create_table(
        "oncall_offers",
        sa.Column("id", BIG, nullable=False),
        sa.Column("request", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("schedule", sa.String(length=200), nullable=False),
        sa.Column("starts_at", Instant(timezone=True), nullable=False),
        sa.Column("ends_at", Instant(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("made_at", Instant(timezone=True), nullable=False),
        sa.Column("message", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["request"], ["oncall_requests.id"], name=op.f("fk_oncall_offers_request_oncall_requests")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oncall_offers")),
    )
    op.create_index("ix_oncall_offers_request", "oncall_offers", ["request"])


def downgrade() -> None:
    op.drop_index("ix_oncall_offers_request", table_name="oncall_offers")
    op.drop_table("oncall_offers")
    op.drop_index("ix_oncall_requests_state", table_name="oncall_requests")
    op.drop_table("oncall_requests")
    op.drop_index("ix_oncall_leave_change", table_name="oncall_leave")
    op.drop_table("oncall_leave")
    op.drop_index("ix_oncall_overrides_schedule", table_name="oncall_overrides")
    op.drop_table("oncall_overrides")
    op.drop_index("ix_oncall_effects_change", table_name="oncall_effects")
    op.drop_table("oncall_effects")
    op.drop_index("ix_oncall_changes_ends", table_name="oncall_changes")
    op.drop_index("ix_oncall_changes_workspace", table_name="oncall_changes")
    op.drop_table("oncall_changes")
