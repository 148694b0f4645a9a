"""What a group's terms of reference are made of: its parent, its members with who speaks for each, its footprint."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, func, select

from bot.domain.terms import Role
from bot.store.attendance import Sitting, sitters
from bot.store.barring import current
from bot.store.people import group_members
from bot.store.tables import Footprint, Group, Organisation, Provider
from bot.store.unit import Unit


@dataclass(frozen=True)
class Body:
    """One member organisation, and who represents it and deputises, as they are named there."""

    organisation: Organisation
    representatives: tuple[Sitting, ...]
    deputies: tuple[Sitting, ...]


@dataclass(frozen=True)
class Terms:
    """The facts of a group. `parent` is empty for a group without one; `independent` is whether no chair is of a member
    organisation [000 R3]; `cadence` says in words how often it meets, empty when meetings are made by hand."""

    group: Group
    parent: str
    bodies: tuple[Body, ...]
    chairs: tuple[Sitting, ...]
    secretariat: tuple[Sitting, ...]
    independent: bool
    footprint: int
    cadence: str


async def terms_of(unit: Unit, group: Group, today: date, *, cadence: str = "") -> Terms:
    """The facts of a group on that day."""
    members = await group_members(unit, group.key, today)
    seats = await sitters(unit, group.key, today)
    chairs = _in(seats, Role.CHAIR)
    parent = await unit.find(Group, group.parent_id) if group.parent_id else None
    return Terms(
        group,
        parent.name if parent else "",
        tuple(Body(one, *(_in(seats, role, one) for role in (Role.REPRESENTATIVE, Role.DEPUTY))) for one in members),
        chairs,
        _in(seats, Role.SECRETARIAT),
        bool(chairs) and not {one.organisation.key for one in chairs} & {one.key for one in members},
        await _footprint(unit, group.key, today),
        cadence,
    )


def _in(seats: Sequence[Sitting], role: Role, body: Organisation | None = None) -> tuple[Sitting, ...]:
    """Those in such a seat, of one organisation or of any."""
    return tuple(one for one in seats if one.role is role and body in (None, one.organisation))


async def _footprint(unit: Unit, group_id: int, today: date) -> int:
    """How many providers and systems the group watches; a site counts with its provider."""
    whole = func.coalesce(col(Provider.parent_id), col(Provider.id))
    held = select(Footprint.provider_id).where(Footprint.group_id == group_id, current(Footprint, today))
    rows = await unit.rows(select(func.count(whole.distinct())).where(col(Provider.id).in_(held)))
    return int(rows[0][0])
