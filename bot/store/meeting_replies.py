"""Named questions about the answers to meetings: who said what, what people were told, which meetings are to be asked
about, who was sent to the last ones."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, delete, func, or_
from sqlmodel import col, select

from bot.domain.terms import MeetingState, Role
from bot.store.barring import current
from bot.store.people import reachable_in
from bot.store.tables import Group, Meeting, MeetingReply, OutboxRow, Person, Seat
from bot.store.unit import Unit


async def meeting_called(unit: Unit, slug: str, group_ids: Collection[int]) -> Meeting | None:
    """That meeting, if it is one of these groups'."""
    return await unit.first(select(Meeting).where(Meeting.slug == slug, col(Meeting.group_id).in_(group_ids)))


async def lock_meeting(unit: Unit, meeting_id: int) -> Meeting:
    """The meeting as it stands once nobody else can answer for it, or move it, until this unit ends."""
    found = select(Meeting).where(Meeting.id == meeting_id).with_for_update().execution_options(populate_existing=True)
    return (await unit.all(found))[0]


async def reply_of(unit: Unit, meeting_id: int, person_id: int) -> MeetingReply | None:
    """What somebody said to one meeting."""
    return await unit.first(
        select(MeetingReply).where(MeetingReply.meeting_id == meeting_id, MeetingReply.person_id == person_id)
    )


async def forget_replies(unit: Unit, meeting_id: int) -> int:
    """Delete what was said to a meeting: it is at another time now. How many answers that were."""
    return await unit.write(delete(MeetingReply).where(col(MeetingReply.meeting_id) == meeting_id))


async def meetings_within(unit: Unit, after: datetime, before: datetime, today: date) -> Sequence[Meeting]:
    """The meetings to be held between these moments, of groups that exist."""
    return await unit.all(
        select(Meeting)
        .join(Group, col(Group.id) == col(Meeting.group_id))
        .where(
            Meeting.starts_at > after,
            Meeting.starts_at <= before,
            Meeting.state == MeetingState.SCHEDULED,
            current(Group, today),
        )
        .order_by(col(Meeting.starts_at))
    )


async def colleagues(
    unit: Unit, words: str, organisation_id: int, group_ids: Collection[int], today: date
) -> list[tuple[Person, bool]]:
    """People of one organisation with chat, in these groups, whose name holds the words; deputies there first, and
    whether they are one. At most 100."""
    deputy = select(Seat.person_id).where(
        col(Seat.group_id).in_(group_ids), Seat.role == Role.DEPUTY, current(Seat, today)
    )
    named = col(Person.name).icontains(words, autoescape=True)
    mine = reachable_in(group_ids, today).where(Person.organisation_id == organisation_id, named)
    is_deputy = col(Person.id).in_(deputy)
    rows = await unit.rows(mine.add_columns(is_deputy).order_by(is_deputy.desc(), col(Person.name)).limit(100))
    return [(person, bool(sits)) for person, sits in rows]


async def told_of(unit: Unit, meeting_id: int, kinds: Collection[str]) -> Sequence[OutboxRow]:
    """What of these kinds people have been told, or are to be told, of a meeting; replacements left out."""
    about = [_about(kind, meeting_id) for kind in kinds]
    return await unit.all(
        select(OutboxRow)
        .where(col(OutboxRow.group_id).is_(None), col(OutboxRow.kind).in_(kinds), OutboxRow.edits == "", or_(*about))
        .order_by(col(OutboxRow.id))
    )


async def replacements(unit: Unit, rows: Sequence[OutboxRow]) -> Mapping[str, int]:
    """How often each of these messages has been replaced in place, or was to be."""
    counted = await unit.rows(
        select(OutboxRow.edits, func.count())
        .where(col(OutboxRow.edits).in_([row.once for row in rows]))
        .group_by(col(OutboxRow.edits))
    )
    return {str(once): int(number) for once, number in counted}


async def past_meetings(unit: Unit, group_id: int, now: datetime, limit: int) -> Sequence[Meeting]:
    """The newest meetings of a group that have begun and were not called off."""
    held = select(Meeting).where(Meeting.group_id == group_id, Meeting.starts_at <= now)
    return await unit.all(
        held.where(Meeting.state != MeetingState.CANCELLED).order_by(col(Meeting.starts_at).desc()).limit(limit)
    )


async def replies_with_bodies(unit: Unit, meeting_ids: Collection[int]) -> list[tuple[MeetingReply, int]]:
    """What was said to these meetings, each with the number of the organisation of who said it."""
    rows = await unit.rows(
        select(MeetingReply, col(Person.organisation_id))
        .join(Person, col(Person.id) == col(MeetingReply.person_id))
        .where(col(MeetingReply.meeting_id).in_(meeting_ids))
    )
    return [(reply, body) for reply, body in rows]


async def representative_seats(unit: Unit, group_id: int) -> list[tuple[Seat, int]]:
    """Who has ever represented an organisation in a group, each seat with the organisation's number."""
    rows = await unit.rows(
        select(Seat, col(Person.organisation_id))
        .join(Person, col(Person.id) == col(Seat.person_id))
        .where(Seat.group_id == group_id, Seat.role == Role.REPRESENTATIVE)
    )
    return [(seat, body) for seat, body in rows]


def _about(kind: str, meeting_id: int) -> ColumnElement[bool]:
    start = f"{kind}|meeting={meeting_id}"
    once = col(OutboxRow.once)
    return or_(once.startswith(f"{start}|", autoescape=True), once.startswith(f"{start},", autoescape=True))
