"""One migrated database for a whole module, empty for each test: making one takes longer than most of these tests."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlmodel import SQLModel

from bot.store.migrate import migrate
from bot.store.unit import Store
from tests.conftest import empty_database


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def kept_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    url = empty_database(request, tmp_path_factory.mktemp("kept"))
    asyncio.run(_migrate(url))
    return url


@pytest.fixture
async def store(kept_url: str) -> AsyncIterator[Store]:
    """A store with empty tables, on either database."""
    store = Store(kept_url)
    async with store.begin() as unit:
        for table in reversed(SQLModel.metadata.sorted_tables):
            await unit.write(table.delete())
    yield store
    await store.close()


async def _migrate(url: str) -> None:
    store = Store(url)
    await migrate(store)
    await store.close()
