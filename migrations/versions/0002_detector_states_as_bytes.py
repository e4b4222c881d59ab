"""What detectors remember becomes bytes: as JSON it was half of all that a show wrote.

Revision: 0002, after 0001. The two forms cannot be told into each other here, so a show that is live meanwhile begins
with detectors that know nothing of it yet, as they do wherever a state is of another version. Nothing was released
that wrote the old form.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _replace_states(sa.LargeBinary())


def downgrade() -> None:
    _replace_states(sa.JSON())


def _replace_states(kind: sa.types.TypeEngine) -> None:
    op.execute("DELETE FROM detectors")
    with op.batch_alter_table("detectors") as table:
        table.drop_column("states")
        table.add_column(sa.Column("states", kind, nullable=False))
