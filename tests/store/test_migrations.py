"""The migrations' head and the models agree, on both databases."""

import itertools
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.errors import UnknownDatabase
from bot.store.migrate import differences, is_current, migrate
from bot.store.unit import Store
from tests.conftest import new_database


async def test_migrated_database_equals_the_models(store: Store):
    assert await differences(store) == []


async def test_migrating_again_changes_nothing(store: Store):
    await migrate(store)
    assert await is_current(store)


NUMBERS = itertools.count()


@pytest.fixture(params=["sqlite", "postgres"])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without a single table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'bare.db'}"
    return new_database(request.getfixturevalue("postgres"), f"bare{next(NUMBERS)}")


async def test_unmigrated_database_is_not_current(bare_url: str):
    store = Store(bare_url)
    assert not await is_current(store)
    await store.close()


async def test_a_database_of_another_version_is_left_alone(bare_url: str):
    store = Store(bare_url)
    await migrate(store)
    async with store.begin() as unit:
        await unit.session.exec(text("UPDATE alembic_version SET version_num = 'newer'"))
    with pytest.raises(UnknownDatabase, match="another version"):
        await migrate(store)
    await store.close()
