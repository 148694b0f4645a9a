"""The migrations' head and the models agree, on both databases."""

from bot.store.migrate import differences, is_current, migrate
from bot.store.unit import Store


async def test_migrated_database_equals_the_models(store: Store):
    assert await differences(store) == []


async def test_migrating_again_changes_nothing(store: Store):
    await migrate(store)
    assert await is_current(store)


async def test_unmigrated_database_is_not_current(database_url: str):
    store = Store(database_url)
    assert not await is_current(store)
    await store.close()
