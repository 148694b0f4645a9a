"""Alembic's entry: migrations run on a connection that the caller hands over."""

from alembic import context
from sqlmodel import SQLModel

import bot.store.tables  # noqa: F401  # so that every table is known

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
