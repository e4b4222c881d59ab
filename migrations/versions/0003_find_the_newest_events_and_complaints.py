"""Indexes for what is asked many times a second: the events behind the cursor, and the complaints of a show.

Revision: 0003, after 0002. SQLite took the other index on events for the cursor, read a workspace's whole history and
sorted it, for every batch; with the workspace in front there is one index that serves both the range and the order.
Complaints are a few cells in a hundred, so an index of them alone costs the others nothing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

COMPLAINTS = sa.text("category <> ''")


def upgrade() -> None:
    op.create_index("ix_events_workspace_id", "events", ["workspace", "id"], unique=False)
    op.drop_index("ix_events_id", table_name="events")
    op.create_index(
        "ix_rollups_complaints",
        "rollups",
        ["workspace", "seconds", "show", "start"],
        unique=False,
        sqlite_where=COMPLAINTS,
        postgresql_where=COMPLAINTS,
    )


def downgrade() -> None:
    op.drop_index("ix_rollups_complaints", table_name="rollups")
    op.create_index("ix_events_id", "events", ["id"], unique=False)
    op.drop_index("ix_events_workspace_id", table_name="events")
