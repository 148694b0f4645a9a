"""Named questions about meetings: a group's to come, one by its name, who is told of it, where it was moved from."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, func, or_, union, update
from sqlmodel import col, select

from bot.domain.terms import MeetingState, Role
from bot.store.barring import current
from bot.store.outbox import Telling
from bot.store.people import enrolled, group_members
from bot.store.tables import (
    Action,
    AgendaItem,
    DigestVersion,
    Group,
    JournalEntry,
    Meeting,
    MeetingNote,
    MeetingReply,
    OutboxRow,
    Person,
    PlannedTheme,
    Report,
    Seat,
)
from bot.store.unit import Unit

MOVED = "meeting moved"
"""The journal's word for it; its fact `was` is when the meeting was to begin before."""
NAMING_A_MEETING = (MeetingReply, Action, AgendaItem, DigestVersion, MeetingNote, PlannedTheme, Report)


@dataclass(frozen=True)
class Audience:
    """Who is told of a group's meetings, and what those who run it should hear of: member organisations nobody of which
    is told, and what the group has not."""

    people: tuple[int, ...]
    untold: tuple[str, ...]
    lacks: tuple[str, ...]


@dataclass(frozen=True)
class SeenMeeting:
    """A meeting of one of the reader's groups. `was` is when it was to begin before somebody moved it."""

    meeting: Meeting
    group: Group
    was: datetime | None
    runs: bool
    audience: Audience


async def meeting_named(unit: Unit, name: str, group_ids: Collection[int]) -> Meeting | None:
    """The meeting with that reference, or that name in the network file, if it is one of these groups'."""
    name = name.strip()
    its = col(Meeting.slug).in_({name, name.upper(), name.lower()})
    return await unit.first(select(Meeting).where(its, col(Meeting.group_id).in_(group_ids)))


async def meeting_of(unit: Unit, key: int, group_ids: Collection[int]) -> Meeting | None:
    """That meeting, if it is there still and one of these groups'."""
    return await unit.first(select(Meeting).where(Meeting.id == key, col(Meeting.group_id).in_(group_ids)))


async def coming(unit: Unit, group_ids: Collection[int], after: datetime, before: datetime) -> Sequence[Meeting]:
    """What these groups have planned that begins between two moments, the earliest first."""
    return await unit.all(
        select(Meeting)
        .where(
            col(Meeting.group_id).in_(group_ids),
            Meeting.starts_at > after,
            Meeting.starts_at < before,
            Meeting.state == MeetingState.SCHEDULED,
        )
        .order_by(col(Meeting.starts_at), col(Meeting.id))
    )


async def latest(unit: Unit, group_ids: Collection[int], now: datetime) -> Mapping[int, Meeting]:
    """The last meeting that each of these groups has begun."""
    begun = (col(Meeting.group_id).in_(group_ids), Meeting.starts_at <= now, Meeting.state != MeetingState.CANCELLED)
    last = select(func.max(col(Meeting.starts_at))).where(*begun).group_by(col(Meeting.group_id))
    rows = await unit.all(
        select(Meeting).where(*begun, col(Meeting.starts_at).in_(last)).order_by(col(Meeting.starts_at))
    )
    return {row.group_id: row for row in rows}


async def hold_group(unit: Unit, group_id: int) -> Group:
    """The group, none of whose meetings anybody else arranges until this unit ends."""
    return await unit.get(Group, group_id, lock=True)


async def lock_meeting(unit: Unit, key: int) -> Meeting:
    """The meeting as it stands once nobody else can change it until this unit ends."""
    found = select(Meeting).where(Meeting.id == key).with_for_update().execution_options(populate_existing=True)
    return (await unit.all(found))[0]


async def groups_by_cadence(unit: Unit, today: date, now: datetime) -> Sequence[Group]:
    """The groups that have a cadence, or meetings from one that nobody has been told of."""
    left = select(Meeting.group_id).where(
        col(Meeting.ruled_for).is_not(None), Meeting.sequence == 0, Meeting.starts_at > now
    )
    asked = or_(col(Group.cadence).is_not(None), col(Group.id).in_(left))
    return await unit.all(select(Group).where(current(Group, today), asked).order_by(col(Group.id)))


async def arranged(unit: Unit, group_ids: Collection[int], since: datetime, ruled: date) -> Sequence[Meeting]:
    """All meetings of these groups, called off or not, that begin from a moment on or that a cadence gave for a day
    from `ruled` on."""
    return await unit.all(
        select(Meeting)
        .where(
            col(Meeting.group_id).in_(group_ids),
            or_(col(Meeting.starts_at) >= since, col(Meeting.ruled_for) >= ruled),
        )
        .order_by(col(Meeting.starts_at), col(Meeting.id))
        .execution_options(populate_existing=True)
    )


async def spoken_of(unit: Unit, keys: Collection[int]) -> set[int]:
    """Those of these meetings that somebody has answered, or that something else names: they are not deleted."""
    named = union(*(select(col(one.meeting_id)).where(col(one.meeting_id).in_(keys)) for one in NAMING_A_MEETING))
    opened = select(col(Meeting.id)).where(col(Meeting.id).in_(keys), col(Meeting.opened_at).is_not(None))
    return {key for (key,) in (*await unit.rows(named), *await unit.rows(opened)) if key is not None}


async def delete_meetings(unit: Unit, keys: Collection[int]) -> None:
    await unit.write(delete(Meeting).where(col(Meeting.id).in_(keys)))


async def call_off_all(unit: Unit, keys: Collection[int]) -> None:
    """Call these off as one more version of people's calendars."""
    await _next_version(unit, keys, state=MeetingState.CANCELLED)


async def note_told(unit: Unit, keys: Collection[int]) -> None:
    """Note that people have been told of these: the first version of people's calendars."""
    await _next_version(unit, keys)


async def _next_version(unit: Unit, keys: Collection[int], **values: object) -> None:
    ahead = {"sequence": Meeting.sequence + 1, "version": Meeting.version + 1, **values}
    await unit.write(update(Meeting).where(col(Meeting.id).in_(keys)).values(**ahead))


async def moved_from(unit: Unit, keys: Collection[int]) -> dict[int, datetime]:
    """When each of these meetings was to begin before it was last moved; those never moved are not in it."""
    rows = await unit.rows(
        select(JournalEntry.subject_id, JournalEntry.facts)
        .where(
            JournalEntry.subject_kind == "meeting", col(JournalEntry.subject_id).in_(keys), JournalEntry.act == MOVED
        )
        .order_by(col(JournalEntry.id))
    )
    return {key: datetime.fromisoformat(facts["was"]) for key, facts in rows if facts}


async def told_again(unit: Unit, telling: Telling, since: datetime) -> bool:
    """Whether the same person has been told anew of the same, in another slot, after that moment."""
    same = col(OutboxRow.once).startswith(telling.once, autoescape=True)
    asked = select(col(OutboxRow.id)).where(OutboxRow.kind == telling.kind, OutboxRow.person_id == telling.person_id)
    return await unit.first(asked.where(same, OutboxRow.created_at > since)) is not None


async def audience_of(unit: Unit, group: Group, today: date) -> Audience:
    """Each member organisation's representatives, or its deputies if it has none; the chair and the secretariat."""
    rows = await unit.rows(
        select(Person.id, Person.organisation_id, Seat.role)
        .join(Seat, col(Seat.person_id) == col(Person.id))
        .where(Seat.group_id == group.key, current(Seat, today), enrolled(today), col(Person.chat_user).is_not(None))
        .order_by(col(Seat.id))
    )
    members = {body.key: body.short_name for body in await group_members(unit, group.key, today)}
    seated = {role: [(person, body) for person, body, its in rows if its is role] for role in Role}
    told = [*seated[Role.CHAIR], *seated[Role.SECRETARIAT]]
    spoken_for = {body for _, body in seated[Role.REPRESENTATIVE]}
    told += [one for one in seated[Role.REPRESENTATIVE] if one[1] in members]
    told += [one for one in seated[Role.DEPUTY] if one[1] in members and one[1] not in spoken_for]
    heard = {body for _, body in told}
    has = {"channel": group.channel, "chair": seated[Role.CHAIR], "secretariat": seated[Role.SECRETARIAT]}
    return Audience(
        tuple(dict.fromkeys(person for person, _ in told)),
        tuple(name for key, name in members.items() if key not in heard),
        tuple(name for name, there in has.items() if not there),
    )
