"""Named questions about people, organisations and groups."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Date, Executable, and_, bindparam, or_
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.escalation import Nominee
from bot.domain.handling import Identity, Place, Viewer
from bot.domain.terms import OrganisationKind, ProtocolStatus, Role
from bot.store.barring import current
from bot.store.tables import Absence, Group, Membership, NominatedPerson, Organisation, Person, Seat
from bot.store.unit import Unit


def enrolled(today: date) -> ColumnElement[bool]:
    """People enrolled on that day by an organisation that then exists: those whom `viewer_of` lets in."""
    bodies = select(Organisation.id).where(current(Organisation, today))
    return and_(current(Person, today), col(Person.deactivated_at).is_(None), col(Person.organisation_id).in_(bodies))


async def viewer_of(unit: Unit, who: Identity, today: date) -> Viewer | None:
    """Who this chat identity is today; None for a stranger, a leaver, or somebody of an ended organisation."""
    asked = {"platform": who.platform, "workspace": who.workspace, "chat_user": who.user, "today": today}
    found = await unit.rows(_VIEWER, **asked)
    if not found:
        return None
    person, organisation = found[0][:2]
    return Viewer(
        person.key,
        person.name,
        organisation.key,
        organisation.short_name,
        _places((group, role) for _, _, group, role in found if group),
        organisation.provider_id,
        person.records_lead,
    )


async def viewer_by_id(unit: Unit, person_id: int, today: date) -> Viewer | None:
    """The same for a person already known, at delivery."""
    person = await unit.get(Person, person_id)
    if not person.chat_user:
        return None
    return await viewer_of(unit, identity_of(person), today)


def identity_of(person: Person) -> Identity:
    return Identity(person.platform, person.workspace or "", person.chat_user or "")


def _places(seats: Iterable[tuple[Group, Role | None]]) -> tuple[Place, ...]:
    """A person's groups, from a pair for each seat and one without a role for a group they have no seat in."""
    roles: dict[int, set[Role]] = {}
    groups: dict[int, Group] = {}
    for group, role in seats:
        groups[group.key] = group
        roles.setdefault(group.key, set()).update([role] if role else [])
    return tuple(
        Place(g.key, g.name, g.slug, g.channel or "", frozenset(roles[g.key]), g.channel_missing or g.channel_unsafe)
        for g in groups.values()
    )


def _viewer_asked() -> Executable:
    """The person, their organisation, and a row for each group and seat; one question, for it is asked at every act."""
    today = bindparam("today", type_=Date)
    belongs = col(Membership.organisation_id) == col(Person.organisation_id)
    seated = col(Seat.person_id) == col(Person.id)
    theirs = [
        col(Group.id).in_(select(Membership.group_id).where(belongs, current(Membership, today)).correlate(Person)),
        col(Group.id).in_(select(Seat.group_id).where(seated, current(Seat, today)).correlate(Person)),
    ]
    return (
        select(Person, Organisation, Group, Seat.role)
        .join(Organisation, col(Person.organisation_id) == col(Organisation.id))
        .outerjoin(Group, and_(current(Group, today), or_(*theirs)))
        .outerjoin(Seat, and_(col(Seat.group_id) == col(Group.id), seated, current(Seat, today)))
        .where(
            *(col(getattr(Person, name)) == bindparam(name) for name in ("platform", "workspace", "chat_user")),
            current(Person, today),
            col(Person.deactivated_at).is_(None),
            current(Organisation, today),
        )
        .order_by(Group.name)
    )


_VIEWER = _viewer_asked()  # made once: to put it together took longer than to ask it


async def group_members(unit: Unit, group_id: int, today: date) -> Sequence[Organisation]:
    """The organisations that belong to a group today, by name."""
    return await unit.all(
        select(Organisation)
        .join(Membership, col(Membership.organisation_id) == col(Organisation.id))
        .where(Membership.group_id == group_id, current(Membership, today), current(Organisation, today))
        .order_by(Organisation.short_name)
    )


async def seated(unit: Unit, group_id: int, today: date, *roles: Role) -> Sequence[Person]:
    """The people in these seats of a group today."""
    return await unit.all(
        select(Person)
        .join(Seat, col(Seat.person_id) == col(Person.id))
        .where(Seat.group_id == group_id, col(Seat.role).in_(roles), current(Seat, today), enrolled(today))
        .order_by(Person.name)
        .distinct()
    )


async def secretariats(unit: Unit, today: date) -> Sequence[Person]:
    """The secretariat of every group, each person once."""
    chosen = select(Seat.person_id).where(Seat.role == Role.SECRETARIAT, current(Seat, today))
    return await unit.all(select(Person).where(col(Person.id).in_(chosen), enrolled(today)))


async def organisations_by_id(unit: Unit, ids: Iterable[int]) -> Mapping[int, Organisation]:
    rows = await unit.all(select(Organisation).where(col(Organisation.id).in_(set(ids))))
    return {row.key: row for row in rows}


async def people_by_id(unit: Unit, ids: Iterable[int]) -> Mapping[int, Person]:
    rows = await unit.all(select(Person).where(col(Person.id).in_(set(ids))))
    return {row.key: row for row in rows}


async def protocol_organisations(unit: Unit, today: date) -> Sequence[Organisation]:
    """Every organisation that has signed or supports the protocol today, by name; providers are never addressed."""
    return await unit.all(
        select(Organisation)
        .where(
            col(Organisation.protocol_status).in_([ProtocolStatus.SIGNATORY, ProtocolStatus.SUPPORTING]),
            or_(col(Organisation.protocol_from).is_(None), col(Organisation.protocol_from) <= today),
            or_(col(Organisation.protocol_until).is_(None), col(Organisation.protocol_until) >= today),
            Organisation.kind != OrganisationKind.PROVIDER,
            current(Organisation, today),
        )
        .order_by(Organisation.short_name)
    )


async def nominees(unit: Unit, organisation_ids: Collection[int], today: date) -> Mapping[int, list[Nominee]]:
    """Who answers for each organisation today, only people who are still enrolled and have chat."""
    rows = await unit.all(
        select(NominatedPerson)
        .join(Person, col(Person.id) == col(NominatedPerson.person_id))
        .where(
            col(NominatedPerson.organisation_id).in_(organisation_ids),
            current(NominatedPerson, today),
            enrolled(today),
            col(Person.chat_user).is_not(None),
        )
        .order_by(col(NominatedPerson.id))
    )
    by_organisation: dict[int, list[Nominee]] = {key: [] for key in organisation_ids}
    for row in rows:
        by_organisation[row.organisation_id].append(Nominee(row.person_id, row.rung, row.category, row.region))
    return by_organisation


async def representatives(
    unit: Unit, organisation_ids: Collection[int], group_id: int, today: date
) -> Mapping[int, list[int]]:
    """Each organisation's representative in a group, then their deputies, as person ids with chat."""
    rows = await unit.rows(
        select(Person.organisation_id, Person.id, Seat.role)
        .join(Seat, col(Seat.person_id) == col(Person.id))
        .where(
            Seat.group_id == group_id,
            col(Seat.role).in_([Role.REPRESENTATIVE, Role.DEPUTY]),
            col(Person.organisation_id).in_(organisation_ids),
            current(Seat, today),
            enrolled(today),
            col(Person.chat_user).is_not(None),
        )
        .order_by(col(Seat.id))
    )
    by_organisation: dict[int, list[int]] = {key: [] for key in organisation_ids}
    for organisation_id, person_id, _ in sorted(rows, key=lambda row: row[2] is Role.DEPUTY):
        by_organisation[organisation_id].append(person_id)
    return by_organisation


async def away(unit: Unit, person_ids: Collection[int], now: datetime, today: date) -> frozenset[int]:
    """Which of these people are not to be relied on at this moment: absent, left, or without chat."""
    absent = select(Absence.person_id).where(
        col(Absence.person_id).in_(person_ids),
        Absence.starts_at <= now,
        Absence.until > now,
        col(Absence.back_at).is_(None),
    )
    here = await unit.all(
        select(col(Person.id)).where(
            col(Person.id).in_(person_ids),
            col(Person.id).not_in(absent),
            enrolled(today),
            col(Person.chat_user).is_not(None),
        )
    )
    return frozenset(person_ids) - frozenset(here)


async def find_people(unit: Unit, words: str, group_ids: Collection[int], today: date) -> Sequence[Person]:
    """People with chat, of organisations in these groups, whose name holds the words; at most 100."""
    named = col(Person.name).icontains(words, autoescape=True)
    return await unit.all(reachable_in(group_ids, today).where(named).order_by(Person.name).limit(100))


async def reachable_person(unit: Unit, person_id: int, group_ids: Collection[int], today: date) -> Person | None:
    """That person, if they are one whom such a search offers."""
    return await unit.first(reachable_in(group_ids, today).where(Person.id == person_id))


async def reachable_people(
    unit: Unit, person_ids: Collection[int], group_ids: Collection[int], today: date
) -> Sequence[Person]:
    """Those of these people whom such a search offers."""
    return await unit.all(reachable_in(group_ids, today).where(col(Person.id).in_(person_ids)))


def reachable_in(group_ids: Collection[int], today: date) -> SelectOfScalar[Person]:
    """People with chat, of organisations in these groups or with a seat in one."""
    members = select(Membership.organisation_id).where(
        col(Membership.group_id).in_(group_ids), current(Membership, today)
    )
    seats = select(Seat.person_id).where(col(Seat.group_id).in_(group_ids), current(Seat, today))
    return select(Person).where(
        or_(col(Person.organisation_id).in_(members), col(Person.id).in_(seats)),
        col(Person.chat_user).is_not(None),
        enrolled(today),
    )
