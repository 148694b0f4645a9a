"""One database for a whole module, emptied for each test: most of these tests take less time than copying one."""

import shutil
from collections.abc import AsyncIterator

import pytest
from sqlmodel import SQLModel

from bot.store.unit import Store
from tests.conftest import emptied


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def kept_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    if request.param == "postgres":
        return emptied(request.getfixturevalue("migrated_postgres"))
    path = tmp_path_factory.mktemp("kept") / "soundings.db"
    shutil.copyfile(request.getfixturevalue("migrated_sqlite"), path)
    return f"sqlite:///{path}"


@pytest.fixture
async def store(kept_url: str) -> AsyncIterator[Store]:
    """A store with empty tables, on either database."""
    store = Store(kept_url)
    async with store.begin() as unit:
        for table in reversed(SQLModel.metadata.sorted_tables):
            await unit.write(table.delete())
    yield store
    await store.close()
