"""The pack of a meeting: a document in the shape of [003 Annexes C to G], and its two logs as a workbook."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from bot.chat.port import Attachment, Form, Message
from bot.domain.handling import STRICTNESS
from bot.domain.meeting_pack import begin_at, meeting_over
from bot.domain.reports import PARTS
from bot.domain.terms import ActionState, Marking, MeetingState
from bot.messages.action_log import row_of
from bot.messages.concerns import facts
from bot.messages.letter import Letter
from bot.messages.surveillance_log import days_of, level_sheet
from bot.messages.words import Templates
from bot.reports.action_log import ActionRow, action_sheet
from bot.reports.docx import Paper, Wide, write_docx
from bot.reports.spreadsheet import spreadsheet
from bot.store.journal import Line
from bot.store.meeting_pack import Pack, pack_of
from bot.store.meetings import meeting_of
from bot.store.tables import Group, Meeting

LARGEST = 15 * 1024**2  # bytes of one file (ours): more than this nobody opens on a telephone


@dataclass(frozen=True)
class _Made:
    """A pack on its way: `day` is the one as of which it is, so that a second try makes the same files."""

    letter: Letter
    pack: Pack
    day: date

    def facts(self) -> dict[str, Any]:
        """What every part of the document knows."""
        shown = self.pack.concerns
        marking = max((one.concern.marking for one in shown), key=STRICTNESS.index, default=Marking.AMBER_STRICT)
        meeting, group = self.pack.meeting, self.pack.group
        about = {"p": self.pack, "meeting": meeting, "group": group, "reader": self.letter.reader}
        return about | {"marking": marking, "day": self.day}


async def posted(letter: Letter) -> Message | None:
    """To the group's channel. None once the meeting was called off or has begun: a pack that was on the table is not
    written anew, so one in which something may no longer be shown is taken away. One that is only brought up to date
    late stays."""
    meeting = await letter.unit.get(Meeting, letter.about("meeting"))
    begun = meeting.starts_at <= letter.now and "update" not in letter.subject
    if meeting.state is not MeetingState.SCHEDULED or begun:
        return None
    made = await _made(letter, meeting)
    letter.names(*made.pack.named)
    files, lacking = await _files(made)
    facts = made.facts() | {"lacking": lacking, "removed": "removed" in letter.subject}
    return Message(letter.words.render("pack.posted", **facts).markdown, files)


async def sent(letter: Letter) -> Message | None:
    """To one person of the group: the pack with what they may see, details of its concerns too. `unposted` when it
    cannot be posted for the group. None once they have left, or the meeting was called off or has ended."""
    groups = letter.reader.group_ids if letter.reader else ()
    meeting = await meeting_of(letter.unit, letter.about("meeting"), groups)
    if meeting is None or meeting.state is MeetingState.CANCELLED:
        return None
    if meeting_over(meeting.starts_at, meeting.minutes, meeting.closed_at, letter.now):
        return None
    made = await _made(letter, meeting)
    files, lacking = await _files(made)
    facts = made.facts() | {"lacking": lacking, "unposted": "unposted" in letter.subject}
    return Message(letter.words.render("pack.sent", **facts).markdown, files)


def asked(words: Templates, meeting: Meeting, group: Group) -> Form:
    """That it is on its way."""
    return words.page("meeting_pack.asked", meeting=meeting, group=group)


def asked_here(words: Templates, meeting: Meeting, group: Group) -> Message:
    """The same, where a command was typed."""
    return words.render("meeting_pack.asked", meeting=meeting, group=group)


async def _made(letter: Letter, meeting: Meeting) -> _Made:
    pack = await pack_of(letter.unit, meeting, letter.reader, letter.now, letter.rules)
    letter.shows(*(one.concern for one in pack.concerns), *pack.cited)
    letter.shows(*(Line(line.key, line.group_id, line.provider_id) for line in pack.actions))
    return _Made(letter, pack, date.fromisoformat(str(letter.subject["day"])))


async def _files(made: _Made) -> tuple[tuple[Attachment, ...], list[str]]:
    """What can be sent of the document and the workbook, and which of the two cannot."""
    name = f"pack-{made.pack.group.slug}-{made.letter.rules.today(made.pack.meeting.starts_at)}"
    contents = {f"{name}.docx": await _document(made), f"{name}.xlsx": await _workbook(made)}
    files = {one: content for one, content in contents.items() if content and len(content) <= LARGEST}
    return tuple(Attachment(*file) for file in files.items()), [one for one in contents if one not in files]


async def _document(made: _Made) -> bytes:
    words, letter, about = made.letter.words, made.letter, made.facts()
    paper = Paper(
        title=words.plain("meeting_pack.title", **about),
        author="Soundings",
        header=words.render("meeting_pack.header", **about).markdown,
        footer=words.render("meeting_pack.footer", **about).markdown,
        made_at=letter.rules.calendar.at(made.day, letter.rules.policy.opens),
    )
    front = words.render("meeting_pack.front", **about).markdown
    # Drawing hundreds of pages takes seconds, in which the bot is to answer others.
    return await asyncio.to_thread(write_docx, paper, front, list(_parts(made, about)))


def _parts(made: _Made, about: dict[str, Any]) -> Iterator[str]:
    words, pack, letter = made.letter.words, made.pack, made.letter
    yield words.render("meeting_pack.agenda", times=_times(made), **about).markdown
    yield words.render("meeting_pack.note", **about).markdown
    waiting = [line for line in pack.actions if line.state is ActionState.COMPLETED]
    yield Wide(words.render("meeting_pack.actions", waiting=len(waiting), today=letter.today, **about).markdown)
    yield Wide(words.render("meeting_pack.levels", days=days_of(pack.log), **about).markdown)
    new = [facts(one, letter.rules) | {"area": one.area} for one in pack.new]
    areas = [(area, list(lines)) for area, lines in groupby(new, key=lambda one: one["area"])]
    yield words.render("meeting_pack.news", areas=areas, **about).markdown
    for one in pack.concerns if letter.reader else ():
        yield words.render("meeting_pack.concern", **facts(one, letter.rules)).markdown
    if not pack.papers:
        yield words.render("meeting_pack.no_reports").markdown
    for report in pack.papers:
        yield words.render("meeting_pack.report", r=report, parts=PARTS[report.report.kind], **about).markdown


def _times(made: _Made) -> list[str]:
    """When each item of the agenda begins, as far as that is known."""
    minutes = [one.item.minutes if one.item else None for one in made.pack.business]
    local = made.letter.rules.calendar.local
    return [f"{local(at):%H:%M}" if at else "" for at in begin_at(made.pack.meeting.starts_at, minutes)]


async def _workbook(made: _Made) -> bytes | None:
    words, pack, reader = made.letter.words, made.pack, made.letter.reader
    said = words.plain("action_log.sheet", group=pack.group.name, today=made.day, reader=reader)
    title, marking, key, columns = said.split("\n")
    rows = [row_of(words, line) for line in pack.actions] or [_none(words)]
    actions = action_sheet(title, marking, key, columns.split(" | "), made.day.isoformat(), _at_once(rows))
    return await spreadsheet(actions, level_sheet(words, pack.log, pack.group, reader, made.day))


def _none(words: Templates) -> ActionRow:
    return ("", "", "", words.plain("surveillance_log.none"), "", "", "", "")


async def _at_once(rows: Sequence[ActionRow]) -> AsyncIterator[Sequence[ActionRow]]:
    yield rows
