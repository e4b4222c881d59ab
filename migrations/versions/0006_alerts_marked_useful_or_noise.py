"""Remember who found an alert useful, and who found it noise.

Revision: 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op
import store.columns

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "marks",
        sa.Column("incident", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=6), nullable=False),
        sa.Column("at", store.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name=op.f("fk_marks_incident_incidents")),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f("fk_marks_workspace_workspaces")),
        sa.PrimaryKeyConstraint("incident", "actor", name=op.f("pk_marks")),
    )


def downgrade() -> None:
    op.drop_table("marks")
