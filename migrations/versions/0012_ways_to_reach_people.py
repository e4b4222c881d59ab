"""Reach people by more than chat: contact methods, their codes, and by which messages each page went out.

Revision: 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op
import store.columns

revision = "0012"
down_revision = "0011"

INSTANT = store.columns.Instant(timezone=True)
KEPT = sa.text("removed_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "contacts",
        sa.Column("id", store.columns.BigId, nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("origin", sa.String(length=4), nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("verified_at", INSTANT, nullable=True),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name=op.f("fk_contacts_workspace_workspaces")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
    )
    op.create_index(
        "uq_contacts_kept",
        "contacts",
        ["workspace", "person", "method", "address"],
        unique=True,
        sqlite_where=KEPT,
        postgresql_where=KEPT,
    )
    op.create_table(
        "contact_codes",
        sa.Column("id", store.columns.BigId, nullable=False),
        sa.Column("contact", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("message", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["contact"], ["contacts.id"], name=op.f("fk_contact_codes_contact_contacts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_codes")),
    )
    op.create_index("ix_contact_codes_contact", "contact_codes", ["contact"], unique=False)
    op.create_index("ix_contact_codes_message", "contact_codes", ["message"], unique=False)
    op.create_table(
        "page_ways",
        sa.Column("message", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("call", sa.BigInteger(), nullable=False),
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("stuck_at", INSTANT, nullable=True),
        sa.Column("failed_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("message", name=op.f("pk_page_ways")),
    )
    op.create_index("ix_page_ways_call", "page_ways", ["call"], unique=False)
    op.create_table(
        "contact_failures",
        sa.Column("workspace", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("failed_at", INSTANT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace"], ["workspaces.id"], name=op.f("fk_contact_failures_workspace_workspaces")
        ),
        sa.PrimaryKeyConstraint("workspace", "method", "address", name=op.f("pk_contact_failures")),
    )


def downgrade() -> None:
    op.drop_table("contact_failures")
    op.drop_index("ix_page_ways_call", table_name="page_ways")
    op.drop_table("page_ways")
    op.drop_index("ix_contact_codes_message", table_name="contact_codes")
    op.drop_index("ix_contact_codes_contact", table_name="contact_codes")
    op.drop_table("contact_codes")
    op.drop_index("uq_contacts_kept", table_name="contacts")
    op.drop_table("contacts")
