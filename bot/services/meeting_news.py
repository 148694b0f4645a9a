"""What is told of a group's meetings: one that was added, moved or called off, and those a cadence has made."""

from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha256

from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.domain.terms import MeetingState
from bot.services.agenda_guests import tell_of_guests
from bot.services.meeting_questions import start_anew
from bot.store import meetings as asked
from bot.store.journal import record
from bot.store.outbox import Telling, tell
from bot.store.tables import Group, Meeting
from bot.store.unit import Unit


async def announce_from_file(unit: Unit, meeting: Meeting, was: datetime, *, now: datetime, today: date) -> None:
    """The same for a meeting that the network file has changed or called off; nobody has said why."""
    meeting.sequence, meeting.reason = meeting.sequence + 1, ""
    unit.add(meeting)
    if meeting.state is MeetingState.SCHEDULED:
        note_move(unit, meeting, was, by=None, now=now, sequence=meeting.sequence)
    await unit.flush()
    if meeting.starts_at != was or meeting.state is not MeetingState.SCHEDULED:
        await start_anew(unit, meeting, now)
    await announce(unit, meeting, now=now, today=today)


async def announce(unit: Unit, meeting: Meeting, *, now: datetime, today: date) -> None:
    """Tell everybody who is told of the group's meetings, once, that this one is to be as it now stands, or is off.

    An older word of it that has not been delivered yet is then withheld, since its sequence is not the newest.
    """
    group = await unit.get(Group, meeting.group_id)
    about: dict[str, int | str] = {"meeting": meeting.key}
    beside = {"sequence": meeting.sequence, "made": _made(now)}
    slot = str(meeting.sequence)
    for person_id in (await asked.audience_of(unit, group, today)).people:
        if meeting.state is MeetingState.CANCELLED:
            await tell(unit, Telling("meeting.off", about, person_id=person_id, slot=slot, beside=beside), now)
        else:
            await tell(unit, Telling("meeting.settled", about, person_id=person_id, slot=slot, beside=beside), now)
    await tell_of_guests(unit, meeting, now=now, today=today)


async def announce_all(
    unit: Unit, group: Group, coming: Sequence[Meeting], new: Sequence[int], *, now: datetime, rules: Rules
) -> None:
    """Tell the same people, in one message, of everything that the group has planned, and which of it is new."""
    versions = ",".join(f"{meeting.key}:{meeting.sequence}" for meeting in coming)
    slot = sha256(versions.encode()).hexdigest()[:16]
    beside: dict[str, int | str] = {"new": ",".join(map(str, new)), "made": _made(now)}
    people = (await asked.audience_of(unit, group, rules.today(now))).people
    for person_id in people:
        await tell(
            unit, Telling("meeting.dates", {"group": group.key}, person_id=person_id, slot=slot, beside=beside), now
        )
    note_group(unit, group, "meetings told", now, people=len(people))


async def send_calendar(unit: Unit, group_ids: Sequence[int], *, by: Viewer, key: str, now: datetime) -> None:
    """Send somebody what these groups of theirs have planned, as a file for their calendar. The same `key` again sends
    nothing more."""
    about: dict[str, int | str] = {"groups": ",".join(map(str, group_ids))}
    beside = {"made": _made(now)}
    if await tell(unit, Telling("meeting.calendar", about, person_id=by.person_id, slot=key, beside=beside), now):
        record(unit, "meetings sent", by=by, now=now, subject=("person", by.person_id))


def note_group(unit: Unit, group: Group, act: str, now: datetime, **facts: int | str) -> None:
    """Log what the clock did with a group's meetings."""
    record(unit, act, by=None, now=now, subject=("group", group.key), group_id=group.key, **facts)


def note_move(unit: Unit, meeting: Meeting, was: datetime, *, by: Viewer | None, now: datetime, sequence: int) -> None:
    """Log that a meeting was moved, and when it was to begin before: what people read of it comes from here."""
    about = ("meeting", meeting.key)
    facts: dict[str, int | str] = {"sequence": sequence, "was": was.isoformat()}
    record(unit, asked.MOVED, by=by, now=now, subject=about, group_id=meeting.group_id, **facts)


def _made(now: datetime) -> int:
    """The file of a message is the same however often it is written."""
    return int(now.timestamp())
