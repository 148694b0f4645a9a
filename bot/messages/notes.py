"""What people read of the note of a meeting: its page, word of it by direct message, and the document.

A message by itself says nothing of what the note says; the page and the document hold what their reader may read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.chat.port import Attachment, Form, Message
from bot.domain.handling import Viewer
from bot.domain.notes import (
    NoteReader,
    Part,
    Section,
    Tally,
    changed_headings,
    in_order,
    is_over,
    may_read,
    read_parts,
)
from bot.domain.policy import Rules
from bot.domain.sittings import NoteState
from bot.messages.letter import Letter
from bot.messages.words import Templates
from bot.reports.docx import Paper, write_docx
from bot.store import notes as asked
from bot.store.meetings import meeting_of
from bot.store.notes import Company
from bot.store.tables import Group, Meeting, MeetingNote, NoteReply
from bot.store.unit import Unit

A_PAGE = 10  # parts; a part takes a heading, its text and a button


@dataclass(frozen=True)
class Comment:
    """What somebody wants changed, and in which part, "" for the whole note. `text` is "" for who may not read it."""

    person: str
    organisation: str
    about: str
    text: str


@dataclass(frozen=True)
class NotePage:
    """A version of a note as one reader sees it. `lines` are its parts in order; `changed` are the headings of what is
    not as in the version that was sent before. `versions` are the others that the reader may open; `stands` is whether
    this is the newest. `settles` is whether it can be settled now."""

    note: MeetingNote
    meeting: Meeting
    group: Group
    lines: Sequence[Part | Section]
    company: Company
    tally: Tally
    comments: Sequence[Comment]
    mine: NoteReply | None
    changed: Sequence[str]
    versions: Sequence[MeetingNote]
    stands: bool
    runs: bool
    speaks: bool
    over: bool

    @property
    def settles(self) -> bool:
        return self.stands and self.note.state is NoteState.WITH_MEMBERS and (self.over or self.tally.complete)

    def named(self, keys: Sequence[int]) -> list[str]:
        """The names of these members."""
        return [self.company.members[key] for key in keys]


async def gather(
    unit: Unit, note: MeetingNote, meeting: Meeting, viewer: Viewer, *, now: datetime, rules: Rules
) -> NotePage:
    """All that this reader, who may read that version, reads of it."""
    today, day = rules.today(now), rules.today(meeting.starts_at)
    versions = await asked.versions_of(unit, meeting.key)
    reader = await asked.reader_of(unit, meeting, viewer, day)
    parts = await asked.parts_for(unit, read_parts(note.parts), viewer, today)
    company = await asked.company_of(unit, meeting, day, now, today)
    answers = await asked.answers_to(unit, note.key)
    former = [one for one in versions if one.number < note.number and one.due_on]
    before = await asked.parts_for(unit, read_parts(former[-1].parts), viewer, today) if former else parts
    return NotePage(
        note=note,
        meeting=meeting,
        group=await unit.get(Group, meeting.group_id),
        lines=in_order(parts),
        company=company,
        tally=asked.tally_of(company, answers),
        comments=[_comment(one, note, parts, runs=reader.runs) for one in answers if not one.reply.agrees],
        mine=next((one.reply for one in answers if one.reply.person_id == viewer.person_id), None),
        changed=changed_headings(before, parts),
        versions=[one for one in versions if one is not note and _readable(one, reader)],
        stands=note.key == versions[-1].key,
        runs=reader.runs,
        speaks=company.may_speak(viewer),
        over=note.due_on is not None and is_over(note.due_on, today),
    )


def page(words: Templates, seen: NotePage, number: int = 1) -> Form:
    """One page of a note, of ten parts each, counted from 1."""
    pages = max(1, -(-len(seen.lines) // A_PAGE))
    number = min(max(number, 1), pages)
    shown = seen.lines[(number - 1) * A_PAGE : number * A_PAGE]
    return words.page("note.page", s=seen, note=seen.note, shown=shown, number=number, pages=pages)


async def standing_line(unit: Unit, meeting: Meeting, viewer: Viewer, day: date) -> MeetingNote | None:
    """The newest version of a meeting's note that this person may read: for where the meeting is shown."""
    reader = await asked.reader_of(unit, meeting, viewer, day)
    return asked.standing([one for one in await asked.versions_of(unit, meeting.key) if _readable(one, reader)])


async def drafted(letter: Letter) -> Message | None:
    """To the chair and the secretariat: a note has been drafted from the record."""
    seen = await _seen(letter)
    if seen is None or not seen.runs or seen.note.state is not NoteState.DRAFT:
        return None
    return letter.words.render("note.drafted", s=seen, note=seen.note)


async def sent(letter: Letter) -> Message | None:
    """To whoever agrees notes for a member, the chair and the secretariat: agree it, or comment."""
    seen = await _with_members(letter)
    return letter.words.render("note.sent", s=seen, note=seen.note) if seen else None


async def reminder(letter: Letter) -> Message | None:
    """The same again, to those of a member that has not answered."""
    seen = await _with_members(letter)
    if seen is None or letter.reader is None or letter.reader.organisation_id not in seen.tally.silent:
        return None
    return letter.words.render("note.reminder", s=seen, note=seen.note)


async def commented(letter: Letter) -> Message | None:
    """To the chair and the secretariat: somebody wants something changed. What it is, is on the page."""
    seen = await _seen(letter)
    if seen is None or not seen.runs or not seen.stands or seen.note.state is not NoteState.WITH_MEMBERS:
        return None
    reply = await asked.reply_of(letter.unit, seen.note.key, letter.about("person"))
    if reply is None or reply.agrees:
        return None
    bodies = {one.reply.organisation_id: one for one in await asked.answers_to(letter.unit, seen.note.key)}
    return letter.words.render("note.commented", s=seen, note=seen.note, who=bodies[reply.organisation_id].organisation)


async def settle(letter: Letter) -> Message | None:
    """To the chair, or the secretariat where there is none: the note can be settled, or changed once more."""
    seen = await _seen(letter)
    if seen is None or not seen.runs or not seen.settles:
        return None
    return letter.words.render("note.settle", s=seen, note=seen.note)


async def agreed(letter: Letter) -> Message | None:
    """To whoever was asked: the note is agreed and frozen."""
    seen = await _seen(letter)
    if seen is None or seen.note.state is not NoteState.AGREED:
        return None
    return letter.words.render("note.agreed", s=seen, note=seen.note)


async def document(letter: Letter) -> Message | None:
    """To whoever asked: the version as a document, with the parts that they may read."""
    seen = await _seen(letter)
    if seen is None or letter.reader is None:
        return None
    words, facts = letter.words, {"s": seen, "note": seen.note, "reader": letter.reader, "made_at": letter.now}
    paper = Paper(
        title=f"Note of {seen.meeting.slug}",
        author="Soundings",
        header=words.render("note.header", **facts).markdown,
        footer=words.render("note.footer", **facts).markdown,
        made_at=letter.now,
    )
    front = words.render("note.front", **facts).markdown
    name = f"note-{seen.meeting.slug}-version-{seen.note.number}.docx"
    said = words.render("note.file", **facts)
    return Message(said.markdown, (Attachment(name, write_docx(paper, front, ())),))


async def _seen(letter: Letter) -> NotePage | None:
    """The version a letter is about, if its reader may still read it."""
    reader = letter.reader
    note = await letter.unit.find(MeetingNote, letter.about("note"))
    meeting = await meeting_of(letter.unit, note.meeting_id, reader.group_ids) if note and reader else None
    if note is None or reader is None or meeting is None:
        return None
    standing = await asked.reader_of(letter.unit, meeting, reader, letter.rules.today(meeting.starts_at))
    if not _readable(note, standing):
        return None
    return await gather(letter.unit, note, meeting, reader, now=letter.now, rules=letter.rules)


async def _with_members(letter: Letter) -> NotePage | None:
    """The same, while somebody may still say something to it and this reader is one who may."""
    seen = await _seen(letter)
    if seen is None or seen.note.state is not NoteState.WITH_MEMBERS or not seen.speaks or seen.over:
        return None
    return seen


def _readable(note: MeetingNote, reader: NoteReader) -> bool:
    return may_read(note.state, reader, sent=note.due_on is not None, agreed=note.agreed_at is not None)


def _comment(one: asked.Answer, note: MeetingNote, parts: Sequence[Part], *, runs: bool) -> Comment:
    """Its words for those who run the group and may read the part that it is about; of others, that there is one."""
    about, _, text = one.reply.comment.partition("\n")
    hidden = {part.heading for part in read_parts(note.parts)} - {part.heading for part in parts}
    if not runs or about in hidden:
        return Comment(one.person, one.organisation, "", "")
    return Comment(one.person, one.organisation, about, text)
