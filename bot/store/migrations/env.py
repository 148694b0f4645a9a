"""Alembic's entry: migrations run on a connection that the caller hands over."""

from typing import Any, Literal

from alembic import context
from sqlmodel import AutoString, SQLModel

import bot.store.tables  # noqa: F401  # so that every table is known
from bot.store.columns import Term, UtcDateTime
from bot.store.full_text import is_ours


def plainly(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """Write our own column types as what the database sees, so that a migration never needs today's code."""
    if kind == "type" and isinstance(item, Term):
        return "sa.String(length=40)"
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String(length={item.length})"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    render_item=plainly,
    compare_type=True,
    include_object=is_ours,
)
with context.begin_transaction():
    context.run_migrations()
