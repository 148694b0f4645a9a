"""The database for the length of one command."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.app import open_store
from bot.settings import Settings
from bot.store.unit import DatabaseAway, Store


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Store]:
    """The database, brought up to date, and closed on leaving."""
    try:
        store = await open_store(settings)
    except DatabaseAway:
        # The SQLite driver's thread still reports that it has stopped; if the command ended before that, it would
        # print a traceback after our sentence.
        await asyncio.sleep(0.1)
        raise
    try:
        yield store
    finally:
        await store.close()
