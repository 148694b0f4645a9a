"""Named questions about absences: who is away when, which have begun, and who answers for whom."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_
from sqlmodel import col, select

from bot.domain.absences import Days, Period, days_of, nobody_left
from bot.domain.terms import Role
from bot.store.barring import current
from bot.store.enrolment import gatekeepers, groups_of
from bot.store.people import enrolled, organisations_by_id, reachable_in, secretariats
from bot.store.tables import Absence, NominatedPerson, Organisation, Person, Seat
from bot.store.unit import Unit


@dataclass(frozen=True)
class Gap:
    """An organisation for which nobody can be reached on some days."""

    organisation_id: int
    organisation: str
    days: Days


ANSWERING = (Role.REPRESENTATIVE, Role.DEPUTY)


async def standing(unit: Unit, person_ids: Collection[int], now: datetime) -> Sequence[Absence]:
    """The current and coming absences of these people, the earliest first."""
    mine = select(Absence).where(col(Absence.person_id).in_(person_ids), _counts(now))
    return await unit.all(mine.order_by(col(Absence.starts_at), col(Absence.id)))


async def standing_in(
    unit: Unit, group_ids: Collection[int], now: datetime, today: date, limit: int = 100
) -> list[tuple[Absence, Person, str]]:
    """The same of everybody with chat in these groups, each with the person and their organisation's short name."""
    people = reachable_in(group_ids, today).with_only_columns(col(Person.id))
    rows = await unit.rows(
        select(Absence, Person, col(Organisation.short_name))
        .join(Person, col(Person.id) == col(Absence.person_id))
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(col(Absence.person_id).in_(people), _counts(now))
        .order_by(col(Absence.starts_at), col(Person.name), col(Absence.id))
        .limit(limit)
    )
    return [(absence, person, name) for absence, person, name in rows]


async def said_from(unit: Unit, person_id: int, starts_at: datetime) -> Absence | None:
    """What was said in chat of an absence from that moment on, whether it still counts or not."""
    return await unit.first(
        select(Absence).where(
            Absence.person_id == person_id, Absence.starts_at == starts_at, col(Absence.said_in_chat).is_(True)
        )
    )


async def beginning(unit: Unit, now: datetime, limit: int = 1000) -> Sequence[int]:
    """The absences that have begun and of which nobody has taken notice: their numbers, the oldest first."""
    found = await unit.all(
        select(col(Absence.id))
        .where(col(Absence.noticed_at).is_(None), Absence.starts_at <= now, _counts(now))
        .order_by(col(Absence.starts_at))
        .limit(limit)
    )
    return [key for key in found if key is not None]


async def answering(unit: Unit, organisation_ids: Collection[int], today: date) -> Mapping[int, set[int]]:
    """Who with chat answers escalations for each organisation today: nominated people and their deputies, and its
    representatives and deputies in any group."""
    here = and_(enrolled(today), col(Person.chat_user).is_not(None))
    named = (
        select(col(NominatedPerson.organisation_id), col(Person.id))
        .join(Person, col(Person.id) == col(NominatedPerson.person_id))
        .where(col(NominatedPerson.organisation_id).in_(organisation_ids), current(NominatedPerson, today), here)
    )
    seated = (
        select(col(Person.organisation_id), col(Person.id))
        .join(Seat, col(Seat.person_id) == col(Person.id))
        .where(
            col(Person.organisation_id).in_(organisation_ids),
            col(Seat.role).in_(ANSWERING),
            current(Seat, today),
            here,
        )
    )
    found: dict[int, set[int]] = {key: set() for key in organisation_ids}
    for organisation_id, person_id in [*await unit.rows(named), *await unit.rows(seated)]:
        found[organisation_id].add(person_id)
    return found


async def gaps_left_by(unit: Unit, absence: Absence, now: datetime, today: date) -> list[Gap]:
    """The organisations for which this person answers and nobody can be reached during some of what is to come of their
    absence."""
    person = await unit.get(Person, absence.person_id)
    named = select(NominatedPerson.organisation_id).where(
        NominatedPerson.person_id == person.key, current(NominatedPerson, today)
    )
    people = await answering(unit, {person.organisation_id, *await unit.all(named)}, today)
    mine = {key: some for key, some in people.items() if person.key in some}
    away: defaultdict[int, list[Period]] = defaultdict(list)
    for one in await standing(unit, set().union(*mine.values()), now):
        away[one.person_id].append(one.period)
    within = Period(max(now, absence.starts_at), absence.until)
    found = {key: nobody_left(some, away, within) for key, some in mine.items()}
    names = await organisations_by_id(unit, mine)
    return [Gap(key, names[key].short_name, days_of(gap, person.timezone)) for key, gap in found.items() if gap]


async def warned_of(unit: Unit, organisation_id: int, today: date) -> set[int]:
    """Who hears that an organisation has nobody to be reached: the secretariats of its groups, or all where none is."""
    to = await gatekeepers(unit, await groups_of(unit, organisation_id, today), today)
    return to or {one.key for one in await secretariats(unit, today)}


def _counts(now: datetime) -> ColumnElement[bool]:
    """Absences that are not over, and that nobody has ended or taken out of the file before they began."""
    return and_(col(Absence.until) > now, col(Absence.until) > col(Absence.starts_at), col(Absence.back_at).is_(None))
