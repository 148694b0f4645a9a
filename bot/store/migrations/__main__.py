"""`python -m bot.store.migrations "what changed"`: write the next migration from the models."""

import asyncio
import sys
import tempfile
from pathlib import Path

from alembic import command
from sqlalchemy import Connection

from bot.store.migrate import config, migrate
from bot.store.unit import Store


async def write(message: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{Path(folder) / 'latest.db'}")
        await migrate(store)
        async with store.engine.connect() as connection:
            await connection.run_sync(_revision, message)
        await store.close()


def _revision(connection: Connection, message: str) -> None:
    command.revision(config(connection), message, autogenerate=True)


asyncio.run(write(sys.argv[1]))
