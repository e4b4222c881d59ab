"""Remember in wall time when each revision was written, so that a message that leaves late can say how late it is;
find the incidents and pages that one message shows.

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op
import store.columns

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("outbox", sa.Column("begun_at", store.columns.Instant(timezone=True), nullable=True))
    op.create_index("ix_incidents_card", "incidents", ["card"], unique=False)
    op.create_index("ix_pages_message", "pages", ["message"], unique=False)
    op.create_index("ix_pages_person", "pages", ["workspace", "person", "paged_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_pages_person", table_name="pages")
    op.drop_index("ix_pages_message", table_name="pages")
    op.drop_index("ix_incidents_card", table_name="incidents")
    op.drop_column("outbox", "begun_at")
