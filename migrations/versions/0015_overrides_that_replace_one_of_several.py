"""Let an override from chat replace one person of several who are on call.

Revision: 0015, after 0014.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("oncall_overrides", sa.Column("instead_of", sa.String(length=200), nullable=True))


def downgrade() -> None:
    op.drop_column("oncall_overrides", "instead_of")
