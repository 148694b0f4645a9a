"""Who comes to a meeting, put together: seats, answers, who stands in for whom, and who is away."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from bot.domain.absences import days_of
from bot.domain.attendance import EXPECTED, Place, Presence, Said, awaited, nobody_comes, places
from bot.domain.terms import Role
from bot.store.barring import current
from bot.store.people import enrolled, group_members
from bot.store.tables import Absence, Group, Meeting, MeetingReply, Organisation, Person, Seat
from bot.store.unit import Unit

SPEAKING = (Role.REPRESENTATIVE, Role.DEPUTY)
Sitter = tuple[Person, Organisation]


@dataclass(frozen=True)
class Sitting:
    """One seat of a group and who has it."""

    person: Person
    organisation: Organisation
    role: Role


@dataclass(frozen=True)
class Attendee:
    """How one person stands to a meeting. `instead_of` are the names of those they come instead of, `instead` that of
    who comes instead of them, empty once they cannot; `away_until` their last day away, if that is why they do not."""

    person: Person
    organisation: Organisation
    place: Place
    instead_of: tuple[str, ...]
    instead: str
    away_until: date | None

    @property
    def comes(self) -> bool:
        return self.place.presence in EXPECTED

    @property
    def declines(self) -> bool:
        return self.place.presence is Presence.APOLOGIES


@dataclass(frozen=True)
class Delegation:
    """One organisation at a meeting: its representatives and deputies and whoever comes instead of these; its chair,
    where it has neither. Nobody when nobody is named."""

    organisation: Organisation
    member: bool
    people: tuple[Attendee, ...]

    @property
    def coming(self) -> list[Attendee]:
        return [one for one in self.people if one.comes]

    @property
    def apologies(self) -> list[Attendee]:
        return [one for one in self.people if one.declines]

    @property
    def awaited(self) -> list[Attendee]:
        """Whose answer is waited for and can be asked for: its representatives, then its deputies."""
        reachable = [one for one in self.people if one.person.reachable or one.comes]
        first = [one.person.key for one in reachable if Role.DEPUTY not in one.place.roles or _represents(one)]
        standing = {one.person.key: one.place for one in reachable}
        keys = awaited(first, [key for key in standing if key not in first], standing)
        return [one for one in reachable if one.person.key in keys]

    @property
    def silent(self) -> bool:
        """Whether nobody has said that they come, and somebody still may."""
        return bool(self.people) and not self.coming and not self.nobody

    @property
    def nobody(self) -> bool:
        """Whether everybody who could come has sent apologies or is away."""
        return nobody_comes([one.place.presence for one in self.people if one.person.reachable or one.comes])


@dataclass(frozen=True)
class Coming:
    """Who comes to one meeting, organisation by organisation in the order of their names. `independent` is whether the
    chair is of an organisation that is not a member [000 R3]."""

    meeting: Meeting
    group: Group
    delegations: tuple[Delegation, ...]
    chairs: tuple[Attendee, ...]
    secretariat: tuple[Attendee, ...]
    people: Mapping[int, Attendee]

    @property
    def independent(self) -> bool:
        members = {one.organisation.key for one in self.delegations if one.member}
        return bool(self.chairs) and not any(one.organisation.key in members for one in self.chairs)

    @property
    def chairless(self) -> bool:
        """Whether every chair has sent apologies, or is away, and nobody comes instead."""
        return nobody_comes([one.place.presence for one in self.chairs])

    @property
    def awaited(self) -> list[Attendee]:
        """Everybody whose answer is waited for and can be asked for, each once."""
        officers = [one for one in (*self.chairs, *self.secretariat) if one.place.presence is Presence.SILENT]
        some = [*(one for body in self.delegations for one in body.awaited), *officers]
        return list({one.person.key: one for one in some if one.person.reachable}.values())


async def coming(unit: Unit, meeting: Meeting, today: date) -> Coming:
    """Who comes to a meeting, as far as anybody has said or is known to be away. Says nothing of who may know it."""
    group = await unit.get(Group, meeting.group_id)
    sitting = await sitters(unit, group.key, today)
    answers = await unit.all(select(MeetingReply).where(MeetingReply.meeting_id == meeting.key))
    seats: defaultdict[int, frozenset[Role]] = defaultdict(frozenset)
    for seat in sitting:
        seats[seat.person.key] |= {seat.role}
    people = {seat.person.key: (seat.person, seat.organisation) for seat in sitting}
    people |= await _others(unit, answers, people, today)
    absences = await absent_at(unit, people, meeting.starts_at)
    said = {one.person_id: _said(one, people) for one in answers if one.person_id in people}
    standing = places(seats, said, {key: one.said_at for key, one in absences.items()})
    found = {key: _attendee(key, standing, people, absences) for key in standing}
    members = await group_members(unit, group.key, today)
    return _as_coming(meeting, group, members, found)


async def sitters(unit: Unit, group_id: int, today: date) -> list[Sitting]:
    """Everybody enrolled with a seat in a group, by name; once for each seat."""
    rows = await unit.rows(
        select(Person, Organisation, Seat.role)
        .join(Seat, col(Seat.person_id) == col(Person.id))
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(Seat.group_id == group_id, current(Seat, today), enrolled(today))
        .order_by(col(Person.name), col(Seat.id))
    )
    return [Sitting(person, body, role) for person, body, role in rows]


async def absent_at(unit: Unit, person_ids: Collection[int], moment: datetime) -> dict[int, Absence]:
    """Who of these people is away at a moment; of several absences the one that lasts longest."""
    found = await unit.all(
        select(Absence)
        .where(
            col(Absence.person_id).in_(person_ids),
            Absence.starts_at <= moment,
            Absence.until > moment,
            col(Absence.back_at).is_(None),
        )
        .order_by(col(Absence.until))
    )
    return {one.person_id: one for one in found}


async def _others(
    unit: Unit, answers: Sequence[MeetingReply], known: Mapping[int, Sitter], today: date
) -> dict[int, Sitter]:
    """The enrolled people without a seat who answered or were named."""
    named = {key for one in answers for key in (one.person_id, one.deputy_id) if key and key not in known}
    if not named:
        return {}
    rows = await unit.rows(
        select(Person, Organisation)
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(col(Person.id).in_(named), enrolled(today))
    )
    return {person.key: (person, body) for person, body in rows}


def _said(reply: MeetingReply, people: Mapping[int, Sitter]) -> Said:
    """What somebody said; a deputy who has left since, or moved to another organisation, is none any more."""
    deputy = people.get(reply.deputy_id or 0)
    ours = deputy is not None and deputy[1].key == people[reply.person_id][1].key
    return Said(reply.coming, reply.at, reply.deputy_id if ours else None)


def _attendee(
    key: int,
    standing: Mapping[int, Place],
    people: Mapping[int, Sitter],
    absences: Mapping[int, Absence],
) -> Attendee:
    (person, body), place = people[key], standing[key]
    deputies = [one for one, theirs in standing.items() if key in theirs.instead_of]
    instead = [people[one][0].name for one in deputies if standing[one].presence in EXPECTED]
    until = days_of(absences[key].period, person.timezone).last if place.away else None
    names = tuple(sorted(people[one][0].name for one in place.instead_of))
    return Attendee(person, body, place, names, "".join(instead), until)


def _as_coming(
    meeting: Meeting, group: Group, members: Sequence[Organisation], found: Mapping[int, Attendee]
) -> Coming:
    ordered = sorted(found.values(), key=lambda one: (not _represents(one), one.person.name.casefold()))
    bodies = {one.key: one for one in members}
    speaking = [one for one in ordered if one.place.roles & set(SPEAKING)]
    bodies |= {one.organisation.key: one.organisation for one in speaking}
    chairs = tuple(one for one in ordered if Role.CHAIR in one.place.roles)
    delegations = []
    for body in sorted(bodies.values(), key=lambda one: one.short_name.casefold()):
        people = [one for one in speaking if one.organisation.key == body.key]
        people = people or [one for one in chairs if one.organisation.key == body.key]
        delegations.append(Delegation(body, body in members, tuple(people)))
    secretariat = tuple(one for one in ordered if Role.SECRETARIAT in one.place.roles)
    return Coming(meeting, group, tuple(delegations), chairs, secretariat, found)


def _represents(one: Attendee) -> bool:
    return Role.REPRESENTATIVE in one.place.roles
