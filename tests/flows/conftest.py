"""The bot on a strict workspace, on both databases. Each test has a copy of a database that was filled once."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest

from bot.store.migrate import migrate
from bot.store.unit import Store
from tests.conftest import NUMBERS
from tests.world import World, fill, open_world

FILLED = "filled"


@pytest.fixture(scope="session")
def filled_sqlite(tmp_path_factory):
    """A SQLite file with the small network in it, and the ids of what is there."""
    path = tmp_path_factory.mktemp(FILLED) / "soundings.db"
    return path, asyncio.run(fill_once(f"sqlite:///{path}"))


@pytest.fixture(scope="session")
def filled_postgres(postgres):
    """The same as a database of the test run's server."""
    run_sql(postgres, f"CREATE DATABASE {FILLED}")
    return asyncio.run(fill_once(postgres.replace("/postgres?", f"/{FILLED}?")))


@pytest.fixture(params=["sqlite", "postgres"])
def filled(request, tmp_path: Path) -> tuple[str, dict[str, int]]:
    """A database of the test's own with the small network in it: its address, and the ids."""
    if request.param == "sqlite":
        path, ids = request.getfixturevalue("filled_sqlite")
        shutil.copyfile(path, tmp_path / "soundings.db")
        return f"sqlite:///{tmp_path / 'soundings.db'}", ids
    ids = request.getfixturevalue("filled_postgres")
    uri = request.getfixturevalue("postgres")
    name = f"w{next(NUMBERS)}"
    run_sql(uri, f"CREATE DATABASE {name} TEMPLATE {FILLED} STRATEGY FILE_COPY")
    return uri.replace("/postgres?", f"/{name}?"), ids


@pytest.fixture
async def world(filled: tuple[str, dict[str, int]]) -> AsyncIterator[World]:
    """The bot, its workspace, and a small network."""
    url, ids = filled
    async with open_world(url, ids) as world:
        yield world


async def fill_once(url: str) -> dict[str, int]:
    store = Store(url)
    await migrate(store)
    ids = await fill(store)
    await store.close()
    return ids


def run_sql(uri: str, statement: str) -> None:
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(statement)
