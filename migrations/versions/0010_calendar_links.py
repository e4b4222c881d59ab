"""Remember the secret links under which calendars are read, as hashes.

Revision: 0010, after 0007.
"""

import sqlalchemy as sa
from alembic import op
import store.columns

revision = "0010"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "calendar_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("made_at", store.columns.Instant(timezone=True), nullable=False),
        sa.Column("revoked_by", sa.String(length=200), nullable=True),
        sa.Column("revoked_at", store.columns.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f("fk_calendar_links_workspace_workspaces")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_links")),
        sa.UniqueConstraint("digest", name=op.f("uq_calendar_links_digest")),
    )
    op.create_index("ix_calendar_links_subject", "calendar_links", ["workspace", "kind", "subject"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_calendar_links_subject", table_name="calendar_links")
    op.drop_table("calendar_links")
