"""Remember which questions somebody says were answered on air.

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op
import store.columns

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "answered",
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("event", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("show", sa.String(length=200), nullable=False),
        sa.Column("at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f("fk_answered_workspace_workspaces")),
        sa.PrimaryKeyConstraint("workspace", "day", "event", name=op.f("pk_answered")),
    )
    op.create_index("ix_answered_show", "answered", ["workspace", "show"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_answered_show", table_name="answered")
    op.drop_table("answered")
