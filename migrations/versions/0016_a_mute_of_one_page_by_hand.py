"""A mute of one page by hand, beside those of a category.

Revision: 0016, after 0015.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("mutes", sa.Column("incident", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    # Without its incident it would mute every page by hand.
    op.execute("UPDATE mutes SET ended_at = muted_at, ended_by = muted_by WHERE incident IS NOT NULL AND ended_at IS NULL")
    with op.batch_alter_table("mutes") as mutes:
        mutes.drop_column("incident")
