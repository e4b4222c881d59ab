"""Alembic's entry. Always given an open connection by `store.migrate`, so there is no ini file and no second URL."""

from alembic import context

from store.migrate import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_type=True,
    render_as_batch=True,  # SQLite changes a table by copying it
)
context.run_migrations()
