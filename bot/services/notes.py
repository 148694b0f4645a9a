"""The note of a meeting and its versions: reading one, drafting it from the record, and beginning another version
[003 §130, §132].

Every act holds the meeting's row, so that two people never change one note at once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.handling import Viewer
from bot.domain.notes import NoteReader, Part, has_met, may_read, read_parts
from bot.domain.policy import Rules
from bot.domain.sittings import NoteState
from bot.domain.terms import MeetingState
from bot.errors import NotFound, NotMetYet, NotYours, WrongState
from bot.messages.escaping import moment
from bot.messages.note_draft import parts_of
from bot.messages.words import Templates
from bot.services.meetings import THOSE_WHO_RUN
from bot.store import notes as asked
from bot.store.journal import record
from bot.store.meetings import lock_meeting, meeting_of
from bot.store.note_record import record_of
from bot.store.outbox import Telling, tell
from bot.store.tables import Group, Meeting, MeetingNote
from bot.store.unit import Unit


@dataclass(frozen=True)
class SeenNote:
    """A version of a note, as its reader may read it."""

    note: MeetingNote
    meeting: Meeting
    parts: Sequence[Part]
    reader: NoteReader


async def open_note(unit: Unit, note_id: int, *, by: Viewer, now: datetime, rules: Rules) -> SeenNote:
    """Read a version of a note, and log the reading. Raises `NotFound` whether it is hidden or not there."""
    seen = await find_note(unit, note_id, by=by, now=now, rules=rules)
    noted(unit, seen.note, seen.meeting, "note read", by, now)
    return seen


async def find_note(unit: Unit, note_id: int, *, by: Viewer, now: datetime, rules: Rules) -> SeenNote:
    """The same, for doing something with it. Raises `NotFound`."""
    note = await unit.find(MeetingNote, note_id)
    meeting = await meeting_of(unit, note.meeting_id, by.group_ids) if note else None
    if note is None or meeting is None:
        raise NotFound(what=str(note_id))
    reader = await asked.reader_of(unit, meeting, by, rules.today(meeting.starts_at))
    if not may_read(note.state, reader, sent=note.due_on is not None, agreed=note.agreed_at is not None):
        raise NotFound(what=str(note_id))
    parts = await asked.parts_for(unit, read_parts(note.parts), by, rules.today(now))
    return SeenNote(note, meeting, parts, reader)


async def draft_note(
    unit: Unit, meeting_id: int, words: Templates, *, by: Viewer, key: str, now: datetime, rules: Rules
) -> MeetingNote:
    """Draft the note of a meeting from its record; one that has a note already keeps it.

    Raises `NotFound`, `NotYours`, and `NotMetYet` for a meeting that has not begun or was called off.
    """
    meeting = await _hold(unit, meeting_id, by)
    if earlier := await asked.note_of(unit, meeting.key):
        return earlier
    await _check_met(unit, meeting, now)
    return await _draft(unit, meeting, words, by=by, made_by_id=by.person_id, key=key, now=now, rules=rules)


async def draft_closed(unit: Unit, meeting_id: int, words: Templates, *, now: datetime, rules: Rules) -> None:
    """Draft the note of a meeting that was closed, and tell its chair and secretariat. Without either there is nobody
    to edit it, so it waits until there is."""
    meeting = await lock_meeting(unit, meeting_id)
    if await asked.note_of(unit, meeting.key):
        return
    company = await asked.company_of(unit, meeting, rules.today(meeting.starts_at), now, rules.today(now))
    if not company.officers:
        return
    made_by, key = company.officers[0].key, f"note closed {meeting.key}"
    note = await _draft(unit, meeting, words, by=None, made_by_id=made_by, key=key, now=now, rules=rules)
    for person in company.officers:
        await tell(unit, Telling("note.drafted", {"note": note.key}, person_id=person.key), now)


async def redraft(
    unit: Unit, note_id: int, words: Templates, *, by: Viewer, key: str, now: datetime, rules: Rules
) -> MeetingNote:
    """Draft it from the record once more, as a version in place of the one that nobody has been sent.

    Raises `NotFound`, `NotYours`, and `WrongState` once a version was sent.
    """
    note, meeting, versions = await hold_note(unit, note_id, by=by, now=now, rules=rules)
    if note is not versions[-1]:
        return versions[-1]
    if any(one.due_on for one in versions):
        raise wrong_state(meeting, note, "drafted from the record again")
    parts = parts_of(words, await record_of(unit, meeting, rules.today(meeting.starts_at), rules.today(now)))
    return await _next(unit, meeting, note, parts, by=by, key=key, now=now)


async def change_note(unit: Unit, note_id: int, *, by: Viewer, key: str, now: datetime, rules: Rules) -> MeetingNote:
    """Take a note back from members to change it: a new version to edit, in place of the one they have.

    Raises `NotFound`, `NotYours`, and `WrongState` for a note that is not with members.
    """
    note, meeting, versions = await hold_note(unit, note_id, by=by, now=now, rules=rules)
    if note is not versions[-1]:
        return versions[-1]
    if note.state is not NoteState.WITH_MEMBERS:
        raise wrong_state(meeting, note, "taken back")
    return await _next(unit, meeting, note, read_parts(note.parts), by=by, key=key, now=now)


async def ask_for_file(unit: Unit, note_id: int, *, by: Viewer, now: datetime, rules: Rules) -> SeenNote:
    """Send a version as a document to whoever asks and may read it, once a minute at most. Raises `NotFound`."""
    seen = await find_note(unit, note_id, by=by, now=now, rules=rules)
    telling = Telling("note.file", {"note": note_id}, person_id=by.person_id, slot=f"{now:%Y-%m-%dT%H:%M}")
    if await tell(unit, telling, now):
        noted(unit, seen.note, seen.meeting, "note asked", by, now)
    return seen


async def hold_note(
    unit: Unit, note_id: int, *, by: Viewer, now: datetime, rules: Rules
) -> tuple[MeetingNote, Meeting, Sequence[MeetingNote]]:
    """A version that those who run the group do something with, its meeting, and all versions, while nobody else can
    change them. Raises `NotFound` and `NotYours`."""
    seen = await find_note(unit, note_id, by=by, now=now, rules=rules)
    meeting = await _hold(unit, seen.meeting.key, by)
    versions = await asked.versions_of(unit, meeting.key)
    return next(one for one in versions if one.key == note_id), meeting, versions


def check_runs(meeting: Meeting, by: Viewer) -> None:
    """Raise `NotYours` for anybody but the chair and the secretariat."""
    if not by.runs(meeting.group_id):
        raise NotYours(who=THOSE_WHO_RUN)


def noted(
    unit: Unit, note: MeetingNote, meeting: Meeting, act: str, by: Viewer | None, now: datetime, **facts: int | str
) -> None:
    """An entry of the journal about a note."""
    about = ("note", note.key)
    record(unit, act, by=by, now=now, subject=about, group_id=meeting.group_id, number=note.number, **facts)


def wrong_state(meeting: Meeting, note: MeetingNote, wanted: str) -> WrongState:
    """That this cannot be done with a note as it stands."""
    return WrongState(what=f"The note of {meeting.slug}", now=note.state, wanted=wanted)


def stored(parts: Iterable[Part]) -> list[dict[str, Any]]:
    """Parts as a row holds them."""
    return [one.stored() for one in parts]


async def _hold(unit: Unit, meeting_id: int, by: Viewer) -> Meeting:
    meeting = await meeting_of(unit, meeting_id, by.group_ids)
    if meeting is None:
        raise NotFound(what=str(meeting_id))
    check_runs(meeting, by)
    return await lock_meeting(unit, meeting.key)


async def _check_met(unit: Unit, meeting: Meeting, now: datetime) -> None:
    if meeting.state is MeetingState.CANCELLED or not has_met(meeting.starts_at, meeting.opened_at, now):
        group = await unit.get(Group, meeting.group_id)
        raise NotMetYet(group=group.name, when=moment(meeting.starts_at))


async def _draft(
    unit: Unit,
    meeting: Meeting,
    words: Templates,
    *,
    by: Viewer | None,
    made_by_id: int,
    key: str,
    now: datetime,
    rules: Rules,
) -> MeetingNote:
    parts = parts_of(words, await record_of(unit, meeting, rules.today(meeting.starts_at), rules.today(now)))
    note = await add_version(unit, meeting, 1, parts, made_by_id=made_by_id, key=key, now=now)
    noted(unit, note, meeting, "note drafted", by, now, parts=len(parts))
    return note


async def _next(
    unit: Unit, meeting: Meeting, note: MeetingNote, parts: Sequence[Part], *, by: Viewer, key: str, now: datetime
) -> MeetingNote:
    """A version to edit in place of this one, which stays to be read."""
    note.state = NoteState.REPLACED
    unit.add(note)
    fresh = await add_version(unit, meeting, note.number + 1, parts, made_by_id=by.person_id, key=key, now=now)
    noted(unit, fresh, meeting, "note version begun", by, now)
    return fresh


async def add_version(
    unit: Unit, meeting: Meeting, number: int, parts: Sequence[Part], *, made_by_id: int, key: str, now: datetime
) -> MeetingNote:
    """Save a new version as a draft."""
    note = MeetingNote(
        submit_key=key,
        meeting_id=meeting.key,
        number=number,
        state=NoteState.DRAFT,
        parts=stored(parts),
        made_by_id=made_by_id,
        made_at=now,
    )
    unit.add(note)
    await unit.flush()
    return note
