"""Everything a network file speaks of, read table by table, and which names stand for which rows."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlmodel import col, select

from bot.store.providers import batches
from bot.store.tables import (
    Absence,
    Conflict,
    Footprint,
    Group,
    Meeting,
    Membership,
    NominatedPerson,
    Organisation,
    Person,
    Provider,
    Seat,
    SurveillanceLevel,
)
from bot.store.tables.base import Row
from bot.store.unit import Unit

Table = type[Row]
Key = tuple[str, ...]

TABLES: tuple[Table, ...] = (
    Organisation,
    Person,
    NominatedPerson,
    Absence,
    Conflict,
    Group,
    Membership,
    Seat,
    Footprint,
    Meeting,
    SurveillanceLevel,
)
NAME = {Organisation: "slug", Person: "slug", Group: "slug", Meeting: "slug", Provider: "code"}
# What tells a row of these tables apart, as names: each part is a column, or a reference to a named row.
PARTS: dict[Table, tuple[tuple[str, Table | None], ...]] = {
    NominatedPerson: (("organisation_id", Organisation), ("person_id", Person), ("category", None), ("region", None)),
    Absence: (("person_id", Person), ("starts_at", None)),
    Conflict: (("person_id", Person), ("provider_id", Provider)),
    Membership: (("group_id", Group), ("organisation_id", Organisation)),
    Seat: (("group_id", Group), ("person_id", Person), ("role", None)),
    Footprint: (("group_id", Group), ("provider_id", Provider)),
    SurveillanceLevel: (("group_id", Group), ("provider_id", Provider), ("decided_at", None)),
}


@dataclass
class Held:
    """The network as the database has it. Providers are only those the file or a group's records speak of."""

    rows: dict[Table, Sequence[Row]]
    ids: dict[tuple[Table, str], int] = field(default_factory=dict)
    names: dict[tuple[Table, int], str] = field(default_factory=dict)

    def learn(self, rows: Iterable[Row]) -> None:
        """Note which names stand for these rows; they have been flushed."""
        for row in rows:
            table = type(row)
            if table in NAME:
                name = str(getattr(row, NAME[table]))
                self.ids[table, name] = row.key
                self.names[table, row.key] = name

    def key(self, row: Row) -> Key:
        """What tells a row apart, in the file's own names."""
        table = type(row)
        if table in NAME:
            return (str(getattr(row, NAME[table])),)
        return tuple(self._part(getattr(row, column), named) for column, named in PARTS[table])

    def by_key(self, table: Table) -> dict[Key, list[Any]]:
        """The rows of a table under what tells them apart: several where one has had more than one period."""
        found: dict[Key, list[Any]] = {}
        for row in self.rows[table]:
            found.setdefault(self.key(row), []).append(row)
        return found

    def _part(self, value: Any, named: Table | None) -> str:
        return self.names.get((named, value), f"#{value}") if named else key_part(value)


def key_part(value: Any) -> str:
    """A moment, a day or a word as part of a key: the same text for the same moment in any zone."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


async def read_network(unit: Unit, codes: Collection[str]) -> Held:
    """The network as it stands, with the providers of these codes and those its records point to."""
    held = Held({table: await unit.all(select(table)) for table in TABLES})
    held.rows[Absence] = [row for row in _rows(held, Absence) if not row.said_in_chat]  # those stand for themselves
    used = {row.provider_id for table in (Conflict, Footprint, SurveillanceLevel) for row in _rows(held, table)}
    used |= {row.provider_id for row in _rows(held, Organisation) if row.provider_id}
    providers = {row.key: row for row in await _providers(unit, "code", codes)}
    providers |= {row.key: row for row in await _providers(unit, "id", used - set(providers))}
    held.rows[Provider] = list(providers.values())
    for rows in held.rows.values():
        held.learn(rows)
    return held


async def known_codes(unit: Unit, codes: Collection[str]) -> frozenset[str]:
    """Which of these provider codes the directory has."""
    found: set[str] = set()
    for some in batches(sorted(codes)):
        found.update(await unit.all(select(Provider.code).where(col(Provider.code).in_(some))))
    return frozenset(found)


def _rows(held: Held, table: Table) -> Sequence[Any]:
    return held.rows[table]


async def _providers(unit: Unit, column: str, values: Collection[Any]) -> list[Provider]:
    found: list[Provider] = []
    for some in batches(sorted(values)):
        found += await unit.all(select(Provider).where(getattr(Provider, column).in_(some)))
    return found
