"""The migrations' head and the models agree, on both databases."""

import itertools
from datetime import date
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text
from sqlmodel import select

from bot.errors import UnknownDatabase
from bot.store.migrate import config, differences, is_current, migrate
from bot.store.tables import NominatedPerson
from bot.store.unit import RowRefused, Store
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


# As the tables were before people were nominated for regions.
BEFORE_REGIONS = """
INSERT INTO organisation
    (version, starts_on, id, slug, name, short_name, kind, protocol_status, platform, workspace, email_domains)
    VALUES (1, '2013-01-01', 1, 'gmc', 'GMC', 'GMC', 'professional regulator', 'none', 'slack', '', '');
INSERT INTO person
    (version, starts_on, id, slug, name, title, email, telephone, organisation_id, platform, timezone,
    records_lead, enrolled_in_chat)
    VALUES (1, '2013-01-01', 1, 'ann', 'Ann', '', '', '', 1, 'slack', '', false, false);
INSERT INTO nominated_person
    (starts_on, id, organisation_id, person_id, rung, category, asked_on)
    VALUES ('2026-01-05', 7, 1, 1, 2, 'trust', '2026-02-02')
"""


async def test_who_was_nominated_stays_so_for_every_region(bare_url: str):
    store = Store(bare_url)
    async with store.engine.execution_options(soundings_writes=True).begin() as connection:
        await connection.run_sync(lambda plain: command.upgrade(config(plain), "08e267cb48d1"))
        for statement in BEFORE_REGIONS.split(";"):
            await connection.execute(text(statement))
    await migrate(store)
    async with store.begin() as unit:
        (row,) = await unit.all(select(NominatedPerson))
        assert (row.key, row.rung, row.category, row.region) == (7, 2, "trust", "")
        assert (row.starts_on, row.asked_on) == (date(2026, 1, 5), date(2026, 2, 2))
        same = {"organisation_id": 1, "person_id": 1, "category": "trust", "starts_on": row.starts_on}
        unit.add(NominatedPerson(**same, region="London"))
    with pytest.raises(RowRefused):
        async with store.begin() as unit:
            unit.add(NominatedPerson(**same, region="London"))
    await store.close()


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
