"""Declared conflicts of interest: whose, about which provider, since when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.store.barring import current
from bot.store.tables import Conflict, Membership, Person, Provider, Seat
from bot.store.unit import Unit


@dataclass(frozen=True)
class Declared:
    """A declaration with the names to show it."""

    conflict: Conflict
    person: Person
    provider: str


async def declared_by(unit: Unit, person_id: int, today: date) -> list[Declared]:
    """What somebody has declared and not ended, the oldest first."""
    return await _declared(unit, _standing(today).where(Conflict.person_id == person_id))


async def declared_in(unit: Unit, group_ids: Sequence[int], today: date) -> list[Declared]:
    """What people of these groups have declared and not ended."""
    members = select(Membership.organisation_id).where(
        col(Membership.group_id).in_(group_ids), current(Membership, today)
    )
    seated = select(Seat.person_id).where(col(Seat.group_id).in_(group_ids), current(Seat, today))
    there = or_(col(Person.organisation_id).in_(members), col(Person.id).in_(seated))
    return await _declared(unit, _standing(today).where(there))


async def declaration(unit: Unit, conflict_id: int) -> Declared | None:
    """One declaration, ended or not."""
    found = await _declared(unit, _named().where(Conflict.id == conflict_id))
    return found[0] if found else None


async def declared_about(unit: Unit, person_id: int, provider_id: int) -> Sequence[Conflict]:
    """Every declaration by one person about one provider, the newest first."""
    asked = select(Conflict).where(Conflict.person_id == person_id, Conflict.provider_id == provider_id)
    return await unit.all(asked.order_by(col(Conflict.starts_on).desc()))


def _named() -> SelectOfScalar[Conflict]:
    return (
        select(Conflict)
        .join(Person, col(Person.id) == col(Conflict.person_id))
        .join(Provider, col(Provider.id) == col(Conflict.provider_id))
    )


def _standing(today: date) -> SelectOfScalar[Conflict]:
    return _named().where(current(Conflict, today))


async def _declared(unit: Unit, asked: SelectOfScalar[Conflict]) -> list[Declared]:
    rows = await unit.rows(
        asked.order_by(col(Conflict.starts_on), col(Conflict.id)).add_columns(Person, col(Provider.name))
    )
    return [Declared(conflict, person, provider) for conflict, person, provider in rows]
