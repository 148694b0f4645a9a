"""A note with its members: they are sent it, agree or comment, are reminded, and it is settled [003 §132]."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.handling import Viewer
from bot.domain.notes import is_over, read_parts, reminded_from, reply_by
from bot.domain.panel_record import check_identifiers
from bot.domain.policy import Rules
from bot.domain.sittings import NoteState
from bot.errors import ChangedMeanwhile, FormErrors, NoteClosed, NoteNotReady, NotYours
from bot.messages.escaping import day
from bot.messages.note_draft import agreement
from bot.messages.words import Templates
from bot.services.notes import SeenNote, find_note, hold_note, noted, stored, wrong_state
from bot.store import notes as asked
from bot.store.meetings import lock_meeting
from bot.store.notes import Company, company_of
from bot.store.outbox import Telling, tell, told_people
from bot.store.tables import Meeting, MeetingNote, NoteReply
from bot.store.unit import Unit

COMMENT_LIMIT = 1200  # characters; the heading of the part that it is about stands before it
THOSE_WHO_AGREE = "people with a seat in this group, of organisations that were members on the day of the meeting,"


@dataclass(frozen=True)
class Remark:
    """What somebody typed: `mark` is the part it is about, "" for the note as a whole."""

    note_id: int
    mark: str
    text: str
    vouched: bool = False


async def send_note(unit: Unit, note_id: int, *, by: Viewer, now: datetime, rules: Rules) -> MeetingNote:
    """Send a draft to the members, who have until its last day to agree or to comment. A second time changes nothing.

    Raises `NotFound`, `NotYours`, and `ChangedMeanwhile` for a version that another has replaced.
    """
    note, meeting, _ = await hold_note(unit, note_id, by=by, now=now, rules=rules)
    if note.state in (NoteState.WITH_MEMBERS, NoteState.AGREED):
        return note
    if note.state is NoteState.REPLACED:
        raise ChangedMeanwhile(what=f"the note of {meeting.slug}")
    today = rules.today(now)
    note.state = NoteState.WITH_MEMBERS
    note.due_on = reply_by(today, rules.policy.meetings.note_agreed_within, rules.calendar)
    unit.add(note)
    await unit.flush()
    company = await company_of(unit, meeting, rules.today(meeting.starts_at), now, today)
    for person_id in company.asked:
        await tell(unit, Telling("note.sent", {"note": note.key}, person_id=person_id), now)
    noted(unit, note, meeting, "note sent", by, now, people=len(company.asked))
    return note


async def settle_note(
    unit: Unit, note_id: int, words: Templates, *, by: Viewer, now: datetime, rules: Rules
) -> MeetingNote:
    """Freeze a note as agreed, with who agreed, commented and did not answer. A second time changes nothing.

    Raises `NotFound`, `NotYours`, `ChangedMeanwhile` for a version that another has replaced, `WrongState` for a draft,
    and `NoteNotReady` while there is time and not every member has agreed.
    """
    note, meeting, versions = await hold_note(unit, note_id, by=by, now=now, rules=rules)
    if note.state is NoteState.AGREED:
        return note
    if note.state is NoteState.REPLACED:
        raise ChangedMeanwhile(what=f"the note of {meeting.slug}")
    if note.due_on is None:
        raise wrong_state(meeting, note, "settled")
    today = rules.today(now)
    company = await company_of(unit, meeting, rules.today(meeting.starts_at), now, today)
    standing = asked.tally_of(company, await asked.answers_to(unit, note.key))
    if not standing.complete and not is_over(note.due_on, today):
        raise NoteNotReady(when=day(note.due_on))
    for former in versions:
        if former.state is NoteState.AGREED:
            former.state = NoteState.REPLACED
            unit.add(former)
    note.parts = stored([*read_parts(note.parts), agreement(words, standing, company.members)])
    note.state, note.agreed_at = NoteState.AGREED, now
    unit.add(note)
    await unit.flush()
    for person_id in company.asked:
        await tell(unit, Telling("note.agreed", {"note": note.key}, person_id=person_id), now)
    facts = {name: len(keys) for name, keys in vars(standing).items()}
    noted(unit, note, meeting, "note agreed", by, now, **facts)
    return note


async def answering(unit: Unit, note_id: int, *, by: Viewer, now: datetime, rules: Rules) -> SeenNote:
    """The version that somebody wants to say something to.

    Raises `NotFound`, `NotYours`, `ChangedMeanwhile` for a version that another has replaced, `WrongState`, and
    `NoteClosed` once its last day is over.
    """
    seen = await find_note(unit, note_id, by=by, now=now, rules=rules)
    note, today = seen.note, rules.today(now)
    if note.state is NoteState.REPLACED:
        raise ChangedMeanwhile(what=f"the note of {seen.meeting.slug}")
    if note.state is not NoteState.WITH_MEMBERS or note.due_on is None:
        raise wrong_state(seen.meeting, note, "agreed or commented on")
    company = await company_of(unit, seen.meeting, rules.today(seen.meeting.starts_at), now, today)
    if not company.may_speak(by):
        raise NotYours(who=THOSE_WHO_AGREE)
    if is_over(note.due_on, today):
        raise NoteClosed(when=day(note.due_on))
    return seen


async def agree(unit: Unit, note_id: int, *, by: Viewer, now: datetime, rules: Rules) -> tuple[SeenNote, bool]:
    """Say that one's organisation agrees; whether that is new. A second time changes nothing. Raises as `answering`."""
    return await _say(unit, note_id, None, by=by, now=now, rules=rules)


async def comment(unit: Unit, remark: Remark, *, by: Viewer, now: datetime, rules: Rules) -> tuple[SeenNote, bool]:
    """Say what is to be changed; whether that is new. The same again changes nothing. Raises as `answering`, and
    `FormErrors`."""
    text = "\n".join(remark.text.strip().splitlines())
    if not text:
        raise FormErrors({"text": "Say what is to be changed, or close this form."})
    if len(text) > COMMENT_LIMIT:
        raise FormErrors({"text": f"Write at most {COMMENT_LIMIT:,} characters."})
    check_identifiers({"text": text}, vouched=remark.vouched)
    seen = await answering(unit, remark.note_id, by=by, now=now, rules=rules)
    about = next((one.heading for one in seen.parts if one.mark == remark.mark), None)
    if remark.mark and about is None:
        raise ChangedMeanwhile(what=f"the note of {seen.meeting.slug}")
    said = f"{about}\n{text}" if about else f"\n{text}"
    return await _say(unit, remark.note_id, said, by=by, now=now, rules=rules)


async def chase(unit: Unit, note_id: int, *, now: datetime, rules: Rules) -> None:
    """Remind whoever has not answered, once, a working day before the last; after it, ask the chair to settle."""
    meeting = await lock_meeting(unit, (await unit.get(MeetingNote, note_id)).meeting_id)
    note = (await asked.versions_of(unit, meeting.key))[-1]
    if note.key != note_id or note.state is not NoteState.WITH_MEMBERS or note.due_on is None:
        return
    today = rules.today(now)
    company = await company_of(unit, meeting, rules.today(meeting.starts_at), now, today)
    if is_over(note.due_on, today):
        await _ask_to_settle(unit, note, meeting, company, "over", now)
    elif today >= reminded_from(note.due_on, rules.calendar):
        await _remind(unit, note, meeting, company, now=now, rules=rules)


async def _remind(
    unit: Unit, note: MeetingNote, meeting: Meeting, company: Company, *, now: datetime, rules: Rules
) -> None:
    silent = asked.tally_of(company, await asked.answers_to(unit, note.key)).silent
    people = [person.key for body in silent for person in company.speakers(body)]
    sent = await told_people(unit, [Telling("note.sent", {"note": note.key}, person_id=key) for key in people])
    today = [row.person_id for row in sent if rules.today(row.created_at) == rules.today(now)]
    reminded = 0
    for key in people:
        if key not in today:  # who was told only today needs no reminder yet
            reminded += await tell(unit, Telling("note.reminder", {"note": note.key}, person_id=key), now)
    if reminded:
        noted(unit, note, meeting, "note reminded", None, now, people=reminded)


async def _ask_to_settle(
    unit: Unit, note: MeetingNote, meeting: Meeting, company: Company, why: str, now: datetime
) -> None:
    """`why` is “all” once every member has agreed, “over” once the last day is."""
    told = 0
    for person in company.chairs:
        told += await tell(unit, Telling("note.settle", {"note": note.key}, person_id=person.key, slot=why), now)
    if told:
        noted(unit, note, meeting, "note settling asked", None, now, why=why)


async def _say(
    unit: Unit, note_id: int, said: str | None, *, by: Viewer, now: datetime, rules: Rules
) -> tuple[SeenNote, bool]:
    """Note what somebody says, None for that they agree; the newest stands."""
    seen = await answering(unit, note_id, by=by, now=now, rules=rules)
    await lock_meeting(unit, seen.meeting.key)
    await asked.versions_of(unit, seen.meeting.key)  # as they stand now that nobody else changes them
    seen = await answering(unit, note_id, by=by, now=now, rules=rules)
    reply = await asked.reply_of(unit, note_id, by.person_id)
    stands = (said is None, said or "")
    if reply and (reply.agrees, reply.comment) == stands:
        return seen, False
    reply = reply or NoteReply(
        note_id=note_id, person_id=by.person_id, organisation_id=by.organisation_id, agrees=False, at=now
    )
    reply.organisation_id, reply.at = by.organisation_id, now
    reply.agrees, reply.comment = stands
    unit.add(reply)
    await unit.flush()
    act = "note agreed to" if said is None else "note commented"
    noted(unit, seen.note, seen.meeting, act, by, now)
    await _pass_on(unit, seen, by, commented=said is not None, now=now, rules=rules)
    return seen, True


async def _pass_on(unit: Unit, seen: SeenNote, by: Viewer, *, commented: bool, now: datetime, rules: Rules) -> None:
    """Tell the chair and the secretariat of a comment, and the chair once all have agreed."""
    note, meeting = seen.note, seen.meeting
    company = await company_of(unit, meeting, rules.today(meeting.starts_at), now, rules.today(now))
    about: dict[str, int | str] = {"note": note.key, "person": by.person_id}
    for person in company.officers if commented else ():
        if person.key != by.person_id:
            slot = str(int(now.timestamp()))
            await tell(unit, Telling("note.commented", about, person_id=person.key, slot=slot), now)
    if asked.tally_of(company, await asked.answers_to(unit, note.key)).complete:
        await _ask_to_settle(unit, note, meeting, company, "all", now)
