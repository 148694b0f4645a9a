"""One unit of work: what happens inside is saved together or not at all. The only commit is here."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from sqlalchemy import Delete, Executable, Insert, Update, event, insert, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.ext.asyncio import AsyncSession as PlainSession
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from bot.errors import BadSetting, ChangedMeanwhile
from bot.store.keys import KeyRing
from bot.store.tables import JournalEntry

T = TypeVar("T")
M = TypeVar("M", bound=SQLModel)


class DatabaseAway(Exception):
    """The database could not be reached, or did not answer in time. Nothing was saved."""


class RowRefused(Exception):
    """A row broke one of the database's own rules, so nothing was saved. Names the statement, never the row."""


@dataclass
class Unit:
    """An open unit of work. `session` asks and adds; leaving `Store.begin` commits.

    `entries` are the journal's, chained by what is in `before_commit`. `keys` locks and opens annexes.
    """

    session: AsyncSession
    dialect: str
    keys: KeyRing
    told: bool = field(default=False)
    entries: list[JournalEntry] = field(default_factory=list)
    before_commit: list[Callable[["Unit"], Awaitable[None]]] = field(default_factory=list)

    def add(self, *rows: SQLModel) -> None:
        self.session.add_all(rows)

    async def flush(self) -> None:
        """Send what was added to the database, so that it has its numbers; still not saved."""
        await self.session.flush()

    async def all(self, statement: SelectOfScalar[T]) -> Sequence[T]:
        return (await self.session.exec(statement)).all()

    async def first(self, statement: SelectOfScalar[T]) -> T | None:
        return (await self.session.exec(statement)).first()

    async def rows(self, statement: Executable, **values: Any) -> Sequence[tuple[Any, ...]]:
        """Rows of several columns; `values` are those of the statement's named parameters."""
        # SQLModel's `exec` would give only the first column of a statement that began with one.
        return [tuple(row) for row in await PlainSession.execute(self.session, statement, values or None)]

    async def get(self, table: type[M], key: int, *, lock: bool = False) -> M:
        """The row with that number, which the caller knows is there; with `lock`, others wait until this unit ends."""
        return await self.session.get_one(table, key, with_for_update=lock or None)

    async def find(self, table: type[M], key: int, *, lock: bool = False) -> M | None:
        """The same, or None if it has been destroyed since."""
        return await self.session.get(table, key, with_for_update=lock or None)

    async def insert_once(self, row: SQLModel) -> bool:
        """Insert unless a unique key is already there. False for a duplicate, which spoils nothing."""
        dialect = postgresql if self.dialect == "postgresql" else sqlite
        statement = dialect.insert(type(row)).values(**row.model_dump(exclude={"id"})).on_conflict_do_nothing()
        # What comes back is the new row, or nothing: the drivers do not agree on counting.
        return bool(await self.rows(statement.returning(text("1"))))

    async def insert_each_once(self, rows: Sequence[SQLModel], key: str) -> set[Any]:
        """Insert those of these rows of one table whose unique keys are not there yet; gives the values of their column
        `key`."""
        dialect = postgresql if self.dialect == "postgresql" else sqlite
        table = SQLModel.metadata.tables[str(type(rows[0]).__tablename__)]
        # The rows beside the statement, not within it: then it is put together once, and not for every row again.
        statement = dialect.insert(table).on_conflict_do_nothing().returning(table.c[key])
        values = [row.model_dump(exclude={"id"}) for row in rows]
        return {value for (value,) in await PlainSession.execute(self.session, statement, values)}

    async def insert_rows(self, rows: Sequence[SQLModel]) -> None:
        """Insert new rows of one table in one statement, where `add` would send one for each."""
        if rows:
            await self.insert_many(type(rows[0]), [row.model_dump(exclude={"id"}) for row in rows])

    async def insert_many(self, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert very many plain rows at once."""
        await self.session.exec(insert(table), params=rows)

    async def write(self, statement: Insert | Update | Delete) -> int:
        """Run a statement that changes rows; says how many."""
        result: Any = await self.session.exec(cast("Any", statement))
        return int(result.rowcount)


class Store:
    """The database. `begin()` saves, `look()` only reads; both give a `Unit`."""

    def __init__(self, url: str, *, bell: Callable[[], None] = lambda: None, keys: KeyRing | None = None) -> None:
        self.engine = make_engine(url)
        self.dialect = self.engine.dialect.name
        self.bell = bell
        self.keys = keys or KeyRing({})
        # SQLite has one writer; queueing here is fair and quick, its own busy-wait is neither.
        self._writer = asyncio.Lock() if self.dialect == "sqlite" else None

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Unit]:
        """A unit that commits on leaving and rolls back on any error. Rings the bell if there is news to deliver."""
        async with self._writer or nullcontext():
            with readable_errors():
                async with AsyncSession(self._engine(writes=True), expire_on_commit=False) as session:
                    unit = Unit(session, self.dialect, self.keys)
                    yield unit
                    for act in unit.before_commit:
                        await act(unit)
                    await session.commit()
        if unit.told:
            self.bell()

    @asynccontextmanager
    async def look(self) -> AsyncIterator[Unit]:
        """A unit for reading; whatever is done in it is rolled back."""
        with readable_errors():
            async with AsyncSession(self._engine(writes=False), expire_on_commit=False) as session:
                yield Unit(session, self.dialect, self.keys)

    async def checkpoint(self) -> None:
        """SQLite: write its log into the file and empty the log, as far as nobody is reading."""
        async with self._writer or nullcontext():
            with readable_errors():
                # The driver itself: a checkpoint may not be within a transaction, which SQLAlchemy would begin.
                connection = await self.engine.raw_connection()
                try:
                    driver: Any = connection.driver_connection
                    await (await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")).close()
                finally:
                    connection.close()

    async def close(self) -> None:
        await self.engine.dispose()

    def _engine(self, *, writes: bool) -> AsyncEngine:
        return self.engine.execution_options(soundings_writes=writes)


@contextmanager
def readable_errors() -> Iterator[None]:
    """The driver's errors as ours: a lost race, or a database that is away."""
    try:
        yield
    except StaleDataError as error:
        raise ChangedMeanwhile(what="this record") from error
    except (OperationalError, InterfaceError, PoolTimeout, OSError) as error:
        raise DatabaseAway(type(error).__name__) from error
    except (IntegrityError, DataError) as error:
        # PostgreSQL puts the whole row into its message, and with it what somebody wrote.
        raise RowRefused(f"{type(error).__name__} in {error.statement}") from None
    except DBAPIError as error:
        if error.connection_invalidated:
            raise DatabaseAway(type(error).__name__) from error
        raise


# `hide_parameters`: a driver's error must never carry what somebody wrote into a log.
def make_engine(url: str) -> AsyncEngine:
    """An engine for `sqlite:///file` or `postgresql://…`, set up so that both behave alike."""
    parsed = _readable_url(url)
    if parsed.get_backend_name() == "sqlite":
        url_with_driver = parsed.set(drivername="sqlite+aiosqlite")
        engine = create_async_engine(url_with_driver, connect_args={"timeout": 2.0}, hide_parameters=True)
        event.listen(engine.sync_engine, "connect", _set_up_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine
    return create_async_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_size=10,
        pool_timeout=2.0,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"connect_timeout": 2, "options": "-c statement_timeout=20000 -c lock_timeout=2500"},
    )


def _readable_url(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.get_backend_name() not in ("sqlite", "postgresql"):
        problem = "write sqlite:///soundings.db, or postgresql://user:password@host/database."
        raise BadSetting(variable="DATABASE_URL", problem=problem)
    return parsed


def _set_up_sqlite(connection: Any, _record: object) -> None:
    # The driver must not open transactions by itself: `_begin_sqlite` chooses which kind.
    connection.isolation_level = None
    cursor = connection.cursor()
    # Secure delete: what is destroyed is overwritten in the file, not only forgotten.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A unit that reads before it writes must hold the write lock from the start, or its snapshot may be stale.
    writes = connection.get_execution_options().get("soundings_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
