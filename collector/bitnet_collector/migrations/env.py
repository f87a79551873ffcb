"""What Alembic runs for every upgrade: it works in the transaction that `database.migrating` has begun."""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    render_as_batch=True,  # SQLite alters most things only by copying the table
)
context.run_migrations()
