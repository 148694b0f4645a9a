"""Bringing a database to the tables this version needs; run at start and harmless when there is nothing to do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

from bot.errors import UnknownDatabase
from bot.store.full_text import is_ours
from bot.store.unit import RowRefused, Store, readable_errors

# Two replicas starting together must not migrate together; any fixed number will do.
MIGRATION_LOCK = 72_911_204


def config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
    known = {script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()}
    if not known.issuperset(_heads(connection)):
        raise UnknownDatabase
    command.upgrade(config(connection), "head")
    if connection.dialect.name == "sqlite":
        # The first of its rows names a line that refers to nothing; there is none unless a migration is wrong.
        broken = connection.execute(text("PRAGMA foreign_key_check")).first()
        if broken:
            raise RowRefused(f"{broken[0]} refers to a {broken[2]} that is not there")


async def migrate(store: Store) -> None:
    """Upgrade to the newest tables. Raises `DatabaseAway`, and `UnknownDatabase` for a newer one."""
    with readable_errors():
        engine = store.engine.execution_options(soundings_writes=True)
        async with engine.connect() as connection, _unlinked(connection), connection.begin():
            await connection.run_sync(_upgrade)


@asynccontextmanager
async def _unlinked(connection: AsyncConnection) -> AsyncIterator[None]:
    """SQLite changes a table by building it anew: that nothing may refer to it meanwhile must be lifted before the
    transaction begins, and is checked at its end."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = (await connection.get_raw_connection()).driver_connection
    await (await driver.execute("PRAGMA foreign_keys=OFF")).close()
    try:
        yield
    finally:
        await (await driver.execute("PRAGMA foreign_keys=ON")).close()


async def is_current(store: Store) -> bool:
    """Whether the database has exactly the migrations this version knows."""
    with readable_errors():
        async with store.engine.connect() as connection:
            applied = await connection.run_sync(_heads)
    return set(applied) == set(ScriptDirectory.from_config(config()).get_heads())


def _heads(connection: Connection) -> tuple[str, ...]:
    return MigrationContext.configure(connection).get_current_heads()


async def differences(store: Store) -> list[object]:
    """What the models and the migrated database disagree about; empty when they are equal."""
    async with store.engine.connect() as connection:
        return await connection.run_sync(_differences)


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": is_ours})
    return list(compare_metadata(context, SQLModel.metadata))
