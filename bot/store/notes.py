"""Named questions about the notes of meetings: their versions, what members said to them, and which parts somebody
may read. What members conclude is the group's; of a provider that a reader is barred from, nothing is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists
from sqlmodel import col, select

from bot.domain.handling import Viewer
from bot.domain.notes import NoteReader, Part, Said, Tally, tally
from bot.domain.sittings import NoteState
from bot.domain.terms import MeetingState, Role
from bot.store.attendance import SPEAKING, Sitting, sitters
from bot.store.barring import allowed_providers, current
from bot.store.people import away
from bot.store.tables import Concern, Meeting, MeetingNote, Membership, NoteReply, Organisation, Person
from bot.store.unit import Unit
from bot.store.visibility import kept_from

OFFICERS = (Role.CHAIR, Role.SECRETARIAT)


@dataclass(frozen=True)
class Company:
    """Who agrees the note of a meeting: the organisations that were members on its day and still are, by number and
    name, and everybody with a seat in the group."""

    members: Mapping[int, str]
    sitting: Sequence[Sitting]
    absent: frozenset[int]

    @property
    def aside(self) -> frozenset[int]:
        """The people who speak as chair or secretariat only: others speak for their organisation."""
        spoken_for = {one.organisation.key for one in self.sitting if one.role in SPEAKING}
        officers = {one.person.key for one in self.sitting if one.organisation.key in spoken_for}
        return frozenset(officers - {one.person.key for one in self.sitting if one.role in SPEAKING})

    @property
    def officers(self) -> list[Person]:
        """The chair and the secretariat, as far as they can be reached."""
        return self._in(*OFFICERS)

    @property
    def chairs(self) -> list[Person]:
        """Who is asked to settle a note: the chair, or the secretariat where none can be reached."""
        return self._in(Role.CHAIR) or self._in(Role.SECRETARIAT)

    @property
    def asked(self) -> dict[int, Person]:
        """Who is asked: of each member its representatives, its deputies while these are away or there are none; and
        the chair and the secretariat."""
        people = [person for body in self.members for person in self.speakers(body)]
        return {one.key: one for one in [*people, *self.officers]}

    def speakers(self, organisation_id: int) -> list[Person]:
        """Who is asked for an organisation: whoever is here; its representatives, if nobody is."""
        theirs = [one for one in self.sitting if one.organisation.key == organisation_id and one.person.reachable]
        sides = [[one.person for one in theirs if one.role is role] for role in SPEAKING]
        here = [[one for one in side if one.key not in self.absent] for side in sides]
        return next((some for some in (*here, *sides) if some), [])

    def may_speak(self, viewer: Viewer) -> bool:
        """Whether somebody has a seat from which a note is agreed."""
        roles = {one.role for one in self.sitting if one.person.key == viewer.person_id}
        return bool(roles & set(OFFICERS)) or (bool(roles) and viewer.organisation_id in self.members)

    def _in(self, *roles: Role) -> list[Person]:
        found = {one.person.key: one.person for one in self.sitting if one.role in roles and one.person.reachable}
        return list(found.values())


@dataclass(frozen=True)
class Answer:
    """What somebody said to a version of a note, with whom they spoke for."""

    reply: NoteReply
    person: str
    organisation: str


async def note_of(unit: Unit, meeting_id: int) -> MeetingNote | None:
    """The newest version of a meeting's note, whoever may read it."""
    versions = await versions_of(unit, meeting_id)
    return versions[-1] if versions else None


async def standing_note(unit: Unit, group_id: int, before: datetime) -> MeetingNote | None:
    """The note of the last meeting of a group before a moment that has one: the agreed version, else the newest.
    Says nothing of who may read it: ask `may_see` and `parts_for`."""
    noted = exists().where(col(MeetingNote.meeting_id) == col(Meeting.id)).correlate(Meeting)
    last = (
        select(col(Meeting.id))
        .where(Meeting.group_id == group_id, Meeting.starts_at < before, noted)
        .order_by(col(Meeting.starts_at).desc(), col(Meeting.id).desc())
    )
    meeting_id = await unit.first(last)
    versions = await versions_of(unit, meeting_id) if meeting_id else []
    return standing(versions)


def standing(versions: Sequence[MeetingNote]) -> MeetingNote | None:
    """Of the versions of one note the one that stands: the newest agreed one, else the newest."""
    agreed = [one for one in versions if one.state is NoteState.AGREED]
    return next(reversed(agreed or list(versions)), None)


async def versions_of(unit: Unit, meeting_id: int) -> Sequence[MeetingNote]:
    """All versions of a meeting's note, oldest first, as they now are."""
    asked = select(MeetingNote).where(MeetingNote.meeting_id == meeting_id).order_by(col(MeetingNote.number))
    return await unit.all(asked.execution_options(populate_existing=True))


async def company_of(unit: Unit, meeting: Meeting, day: date, now: datetime, today: date) -> Company:
    """Who agrees the note of a meeting that was held on `day`."""
    sitting = await sitters(unit, meeting.group_id, today)
    absent = await away(unit, {one.person.key for one in sitting}, now, today)
    return Company(await members_on(unit, meeting.group_id, day, today), sitting, absent)


async def members_on(unit: Unit, group_id: int, day: date, today: date) -> dict[int, str]:
    """The organisations that were members of a group on a day and still are, with their short names, by name."""
    then = select(Membership.organisation_id).where(Membership.group_id == group_id, current(Membership, day))
    still = select(Membership.organisation_id).where(Membership.group_id == group_id, current(Membership, today))
    bodies = await unit.all(
        select(Organisation)
        .where(
            col(Organisation.id).in_(then),
            col(Organisation.id).in_(still),
            current(Organisation, today),
        )
        .order_by(col(Organisation.short_name))
    )
    return {one.key: one.short_name for one in bodies}


async def reader_of(unit: Unit, meeting: Meeting, viewer: Viewer, day: date) -> NoteReader:
    """How somebody stands to the note of a meeting that was held on `day`."""
    member = select(col(Membership.id)).where(
        Membership.group_id == meeting.group_id,
        Membership.organisation_id == viewer.organisation_id,
        current(Membership, day),
    )
    of_group = meeting.group_id in viewer.group_ids
    was_member = of_group and await unit.first(member) is not None
    return NoteReader(of_group, viewer.runs(meeting.group_id), was_member)


async def parts_for(unit: Unit, parts: Sequence[Part], viewer: Viewer | None, today: date) -> list[Part]:
    """Those of these parts that somebody may read, in order, with nothing in place of the others; None is the group's
    channel, and whoever is in it."""
    providers = {one.provider for one in parts if one.provider is not None}
    concerns = {one.concern for one in parts if one.concern is not None}
    may = providers if viewer is None else await allowed_providers(unit, viewer, list(providers), today)
    allowed = {None, *may}
    kept: set[int | None] = set()
    if concerns:
        kept = set(await unit.all(kept_from(viewer, today).where(col(Concern.id).in_(concerns))))
    return [one for one in parts if one.provider in allowed and (one.concern is None or one.concern not in kept)]


async def answers_to(unit: Unit, note_id: int) -> list[Answer]:
    """What was said to a version of a note, the newest last."""
    rows = await unit.rows(
        select(NoteReply, col(Person.name), col(Organisation.short_name))
        .join(Person, col(Person.id) == col(NoteReply.person_id))
        .join(Organisation, col(Organisation.id) == col(NoteReply.organisation_id))
        .where(NoteReply.note_id == note_id)
        .order_by(col(NoteReply.at), col(NoteReply.id))
    )
    return [Answer(*row) for row in rows]


def tally_of(company: Company, answers: Sequence[Answer]) -> Tally:
    """How the members stand to a version."""
    said = [Said(one.organisation_id, one.person_id, one.agrees, one.at) for one in (each.reply for each in answers)]
    return tally(list(company.members), said, company.aside)


async def reply_of(unit: Unit, note_id: int, person_id: int) -> NoteReply | None:
    """What somebody said to a version."""
    return await unit.first(select(NoteReply).where(NoteReply.note_id == note_id, NoteReply.person_id == person_id))


async def meetings_without_note(unit: Unit) -> Sequence[int]:
    """The meetings that have been closed and have no note."""
    noted = exists().where(col(MeetingNote.meeting_id) == col(Meeting.id)).correlate(Meeting)
    found = await unit.all(
        select(col(Meeting.id))
        .where(col(Meeting.closed_at).is_not(None), Meeting.state != MeetingState.CANCELLED, ~noted)
        .order_by(col(Meeting.id))
    )
    return [key for key in found if key is not None]


async def notes_with_members(unit: Unit, due_by: date) -> Sequence[int]:
    """The notes to which members may still say something, or could until now, whose last day is not after that one."""
    found = await unit.all(
        select(col(MeetingNote.id))
        .where(MeetingNote.state == NoteState.WITH_MEMBERS, col(MeetingNote.due_on) <= due_by)
        .order_by(col(MeetingNote.id))
    )
    return [key for key in found if key is not None]
