"""Named questions about letting people in, the duties of those who leave, and nominations to be confirmed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, func, select

from bot.domain.enrolment import Body
from bot.domain.handling import Identity, Viewer
from bot.domain.terms import EnrolmentState, Role
from bot.store.barring import current
from bot.store.people import enrolled, seated
from bot.store.tables import (
    EnrolmentRequest,
    Footprint,
    Group,
    JournalEntry,
    Membership,
    NominatedPerson,
    Organisation,
    Person,
    Seat,
)
from bot.store.unit import Unit

WAITING = (EnrolmentState.ASKED, EnrolmentState.PROPOSED)
UNANSWERED, REFUSED = "nomination unanswered", "nomination refused"
"""What the journal calls it when a nominated person does not answer, or says that they no longer are."""


async def request_of(unit: Unit, who: Identity) -> EnrolmentRequest | None:
    """What this chat identity has asked for, held until the unit ends."""
    return await unit.first(
        select(EnrolmentRequest)
        .where(
            EnrolmentRequest.platform == who.platform,
            EnrolmentRequest.workspace == who.workspace,
            EnrolmentRequest.chat_user == who.user,
        )
        .with_for_update()
    )


async def request_by_id(unit: Unit, key: int, *, lock: bool = False) -> EnrolmentRequest | None:
    """That request; with `lock`, nobody else decides it until this unit ends."""
    asked = select(EnrolmentRequest).where(EnrolmentRequest.id == key)
    return await unit.first(asked.with_for_update() if lock else asked)


async def requests_to_look_up(unit: Unit, limit: int = 50) -> Sequence[EnrolmentRequest]:
    """Those of whom the platform has not yet been asked who they are, the oldest first."""
    asked = select(EnrolmentRequest).where(EnrolmentRequest.state == EnrolmentState.ASKED)
    return await unit.all(asked.order_by(col(EnrolmentRequest.asked_at)).limit(limit))


async def waiting_requests(unit: Unit, organisation_ids: Collection[int]) -> Sequence[EnrolmentRequest]:
    """The requests to be decided for one of these organisations, or for none in particular."""
    about = col(EnrolmentRequest.organisation_id)
    return await unit.all(
        select(EnrolmentRequest)
        .where(EnrolmentRequest.state == EnrolmentState.PROPOSED, or_(about.is_(None), about.in_(organisation_ids)))
        .order_by(col(EnrolmentRequest.asked_at))
    )


async def holder_of(unit: Unit, who: Identity, *, lock: bool = False) -> Person | None:
    """Whoever has this chat identity, enrolled today or not; with `lock`, held until the unit ends."""
    asked = select(Person).where(
        Person.platform == who.platform, Person.workspace == who.workspace, Person.chat_user == who.user
    )
    return await unit.first(asked.with_for_update() if lock else asked)


async def bodies(unit: Unit, today: date) -> list[Body]:
    """Every organisation, with what its people's addresses end in."""
    found = await unit.all(select(Organisation))
    return [
        Body(
            one.key,
            frozenset(one.email_domains.casefold().split()),
            one.workspace,
            one.successor_id,
            current=one.starts_on <= today and (one.ends_on is None or today <= one.ends_on),
        )
        for one in found
    ]


async def groups_of(unit: Unit, organisation_id: int, today: date) -> Sequence[int]:
    """The groups an organisation belongs to: as a member, or as a provider that they watch."""
    watched = select(Organisation.provider_id).where(Organisation.id == organisation_id)
    found = await unit.all(
        select(col(Group.id)).where(
            current(Group, today),
            or_(
                col(Group.id).in_(
                    select(Membership.group_id).where(
                        Membership.organisation_id == organisation_id, current(Membership, today)
                    )
                ),
                col(Group.id).in_(
                    select(Footprint.group_id).where(col(Footprint.provider_id).in_(watched), current(Footprint, today))
                ),
            ),
        )
    )
    return [key for key in found if key is not None]


async def gatekeepers(unit: Unit, group_ids: Iterable[int], today: date) -> set[int]:
    """Who lets people in to these groups: each one's secretariat, or its chair while it has none."""
    found: set[int] = set()
    for group_id in group_ids:
        secretariat = await seated(unit, group_id, today, Role.SECRETARIAT)
        found |= {person.key for person in secretariat or await seated(unit, group_id, today, Role.CHAIR)}
    return found


async def kept_by(unit: Unit, viewer: Viewer, today: date) -> list[int]:
    """The groups to which this person lets people in."""
    ran = [group_id for group_id in viewer.group_ids if viewer.runs(group_id)]
    return [group_id for group_id in ran if viewer.person_id in await gatekeepers(unit, [group_id], today)]


async def enrollable(unit: Unit, viewer: Viewer, today: date) -> Sequence[Organisation]:
    """The organisations for which this person may let people in, by name."""
    groups = await kept_by(unit, viewer, today)
    return await unit.all(
        select(Organisation)
        .where(current(Organisation, today), _belongs(groups, today))
        .order_by(Organisation.short_name)
    )


def _belongs(group_ids: Collection[int], today: date) -> ColumnElement[bool]:
    members = select(Membership.organisation_id).where(
        col(Membership.group_id).in_(group_ids), current(Membership, today)
    )
    watched = select(Footprint.provider_id).where(col(Footprint.group_id).in_(group_ids), current(Footprint, today))
    return or_(col(Organisation.id).in_(members), col(Organisation.provider_id).in_(watched))


@dataclass(frozen=True)
class Duties:
    """What somebody does for others: nominations with the organisation's name, seats with the group's."""

    nominations: list[tuple[NominatedPerson, str]]
    seats: list[tuple[Seat, str]]

    def __bool__(self) -> bool:
        return bool(self.nominations or self.seats)


async def duties_of(unit: Unit, person_ids: Collection[int], today: date) -> Mapping[int, Duties]:
    """The duties of each of these people today, whether they are enrolled or not."""
    found = {key: Duties([], []) for key in person_ids}
    for row, name in await unit.rows(
        select(NominatedPerson, col(Organisation.short_name))
        .join(Organisation, col(Organisation.id) == col(NominatedPerson.organisation_id))
        .where(col(NominatedPerson.person_id).in_(person_ids), current(NominatedPerson, today))
        .order_by(col(NominatedPerson.id))
    ):
        found[row.person_id].nominations.append((row, name))
    for row, name in await unit.rows(
        select(Seat, col(Group.name))
        .join(Group, col(Group.id) == col(Seat.group_id))
        .where(col(Seat.person_id).in_(person_ids), current(Seat, today), current(Group, today))
        .order_by(Group.name, col(Seat.id))
    ):
        found[row.person_id].seats.append((row, name))
    return found


async def accounts(unit: Unit, share: int, of: int, today: date) -> Sequence[Person]:
    """One of `of` equal shares of all who are enrolled with a chat account, those whose account was closed included."""
    return await unit.all(
        select(Person)
        .where(_named(today), col(Person.chat_user).is_not(None), col(Person.id) % of == share)
        .order_by(col(Person.id))
    )


async def is_named(unit: Unit, person_id: int, today: date) -> bool:
    """Whether somebody would be let in today if only their account were open."""
    return await unit.first(select(col(Person.id)).where(Person.id == person_id, _named(today))) is not None


def _named(today: date) -> ColumnElement[bool]:
    standing = select(Organisation.id).where(current(Organisation, today))
    return and_(current(Person, today), col(Person.organisation_id).in_(standing))


async def members_of(unit: Unit, group_id: int, today: date) -> Sequence[tuple[Organisation, Person]]:
    """Everybody of a group's organisations who is enrolled, or was until their account was closed, by name."""
    seats = select(Seat.person_id).where(Seat.group_id == group_id, current(Seat, today))
    found = await unit.rows(
        select(Organisation, Person)
        .join(Person, col(Person.organisation_id) == col(Organisation.id))
        .where(
            or_(_belongs([group_id], today), col(Person.id).in_(seats)),
            current(Organisation, today),
            current(Person, today),
        )
        .order_by(Organisation.short_name, Person.name)
    )
    return [(organisation, person) for organisation, person in found]


def last_confirmed(row: NominatedPerson) -> date:
    """The day from which a nomination's time runs: when it was last confirmed, or began."""
    return row.confirmed_on or row.starts_on


def asked_and_open(row: NominatedPerson) -> bool:
    """Whether somebody has been asked to confirm this nomination and has not yet done so."""
    return row.asked_on is not None and row.asked_on > last_confirmed(row)


async def people_to_ask(unit: Unit, today: date, days: int) -> list[int]:
    """The nominated people with chat whose nomination has stood for more than so many days and who were not asked."""
    since = func.coalesce(col(NominatedPerson.confirmed_on), col(NominatedPerson.starts_on))
    return await _nominated(
        unit,
        today,
        since < today - timedelta(days=days),
        or_(col(NominatedPerson.asked_on).is_(None), col(NominatedPerson.asked_on) <= since),
    )


async def people_not_answering(unit: Unit, today: date, asked_by: date) -> list[int]:
    """Those who were asked on that day or before, and have not confirmed since."""
    since = func.coalesce(col(NominatedPerson.confirmed_on), col(NominatedPerson.starts_on))
    asked = col(NominatedPerson.asked_on)
    return await _nominated(unit, today, asked <= asked_by, asked > since)


async def _nominated(unit: Unit, today: date, *where: ColumnElement[bool]) -> list[int]:
    found = await unit.all(
        select(NominatedPerson.person_id)
        .join(Person, col(Person.id) == col(NominatedPerson.person_id))
        .where(current(NominatedPerson, today), enrolled(today), col(Person.chat_user).is_not(None), *where)
        .distinct()
    )
    return sorted(found)


async def reconfirming(unit: Unit, person_ids: Collection[int], since: date) -> set[tuple[int, str]]:
    """What the journal has of these people since a day: who refused a nomination, and who was found silent."""
    acts = select(JournalEntry.subject_id, JournalEntry.act, JournalEntry.at).where(
        JournalEntry.subject_kind == "person",
        col(JournalEntry.subject_id).in_(person_ids),
        col(JournalEntry.act).in_([UNANSWERED, REFUSED]),
    )
    return {(key, act) for key, act, at in await unit.rows(acts) if at.date() >= since}
