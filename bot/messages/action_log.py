"""What people read of a group's action log as a whole: a page of it, what became of several, and the spreadsheet."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.chat.port import Attachment, Form, Message
from bot.domain.action_log import Became, LogFilter, pages
from bot.domain.handling import Place, Viewer
from bot.domain.terms import ActionState
from bot.messages.letter import Letter
from bot.messages.words import Templates
from bot.reports.action_log import ActionRow, action_sheet
from bot.reports.spreadsheet import spreadsheet
from bot.store.action_log import LogCounts, LogLine, log_lines
from bot.store.actions import SeenAction
from bot.store.journal import Line

AT_ONCE = 500  # lines, so that the bot answers others between them


@dataclass(frozen=True)
class LogPage:
    """One page of a group's log, as one person may see it. `names` are those of what it is narrowed to."""

    place: Place
    wanted: LogFilter
    names: Mapping[str, str]
    counts: LogCounts
    lines: Sequence[SeenAction]
    page: int

    @property
    def count(self) -> int:
        return self.counts.of(self.wanted.status)

    @property
    def last(self) -> int:
        return pages(self.count)


def page(words: Templates, seen: LogPage, viewer: Viewer, today: date) -> Form:
    """A page of the log, with what this person may do with each action."""
    return words.page("action_log.page", s=seen, wanted=seen.wanted, viewer=viewer, today=today)


def became(words: Templates, outcomes: Mapping[str, Became]) -> Form:
    """What became of each of several actions."""
    return words.page("action_log.became", outcomes=outcomes)


async def sheet(letter: Letter) -> Message | None:
    """To whoever asked: the whole log, as they may see it, as a spreadsheet in the shape of [003 Annex D]. None once
    they have left the group."""
    groups = letter.reader.groups if letter.reader else ()
    place = next((one for one in groups if one.group_id == letter.about("group")), None)
    if place is None or letter.reader is None:
        return None
    title, marking, key, columns = letter.words.plain(
        "action_log.sheet", group=place.name, today=letter.today, reader=letter.reader
    ).split("\n")
    lines: list[Line] = []
    rows = _rows(letter, letter.reader, place.group_id, lines)
    made = await spreadsheet(action_sheet(title, marking, key, columns.split(" | "), letter.today.isoformat(), rows))
    said = letter.words.render("action_log.workbook", place=place, count=len(lines), made=made)
    if not made or not lines:
        return said
    letter.shows(*lines)
    return Message(said.markdown, (Attachment(f"actions-{place.slug}-{letter.today}.xlsx", made),))


async def _rows(letter: Letter, reader: Viewer, group_id: int, lines: list[Line]) -> AsyncIterator[list[ActionRow]]:
    """The rows of the log, some at a time; what they are of is noted in `lines`."""
    after = 0
    while some := await log_lines(letter.unit, group_id, reader, letter.today, after=after, limit=AT_ONCE):
        lines.extend(Line(line.key, line.group_id, line.provider_id) for line in some)
        yield [row_of(letter.words, line) for line in some]
        after = some[-1].key


def row_of(words: Templates, line: LogLine) -> ActionRow:
    """One action as a row of the sheet."""
    return (
        line.raised_on.isoformat(),
        "C" if line.state is ActionState.CLOSED else "O",
        line.priority,
        line.issue,
        f"{line.owner}, {line.organisation}",
        "" if line.state is ActionState.OPEN else line.resolution,  # what was sent back is still to be done
        line.due_on.isoformat(),
        words.plain("action_log.comments", line=line),
    )
