"""What the chair and the secretariat read while a meeting is held: its record, one item of it, what closing does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.chat.port import Form, Message
from bot.domain.calendar import WorkingCalendar
from bot.domain.handling import Viewer
from bot.domain.terms import ConcernState, MeetingState
from bot.messages.letter import Letter
from bot.messages.words import Templates
from bot.store.actions import SeenAction
from bot.store.attendance import coming
from bot.store.meetings import meeting_of
from bot.store.sittings import (
    Leaver,
    Matter,
    Present,
    action_key,
    attendance_of,
    given_on,
    leavers,
    matters_of,
)
from bot.store.tables import Concern, Group, Meeting
from bot.store.unit import Unit

MOST = 40  # items in one page; a page holds a hundred blocks


@dataclass(frozen=True)
class Line:
    """Somebody at the meeting, with the local times at which they came and left; `left` is empty while they are there.
    `instead_of` are the names of those who sent them."""

    present: Present
    came: str
    left: str
    instead_of: tuple[str, ...]


@dataclass(frozen=True)
class SittingPage:
    """The record of a meeting as one reader may see it."""

    meeting: Meeting
    group: Group
    people: Sequence[Line]
    matters: Sequence[Matter]

    @property
    def closed(self) -> bool:
        return self.meeting.state is MeetingState.HELD


@dataclass(frozen=True)
class ItemPage:
    """One item. `leavers` are those there who leave for it, `actions` those given on it, `following` the next item on
    which nothing is recorded yet."""

    meeting: Meeting
    matter: Matter
    leavers: Sequence[Leaver]
    actions: Sequence[SeenAction]
    following: str

    @property
    def closed(self) -> bool:
        return self.meeting.state is MeetingState.HELD

    @property
    def concludable(self) -> bool:
        """Whether there is a concern behind it that can be concluded."""
        concern = self.matter.concern
        return concern is not None and concern.concern.state is not ConcernState.CONCLUDED


async def gather(
    unit: Unit, meeting: Meeting, viewer: Viewer, today: date, calendar: WorkingCalendar
) -> tuple[SittingPage, list[Concern]]:
    """The record, and the concerns it says something of, for the journal."""
    people = (await coming(unit, meeting, today)).people
    sent = {key: one.instead_of for key, one in people.items()}
    lines = [_line(one, sent, calendar) for one in await attendance_of(unit, meeting.key)]
    matters = await matters_of(unit, meeting, viewer, today)
    page = SittingPage(meeting, await unit.get(Group, meeting.group_id), lines, matters)
    return page, [one.concern.concern for one in matters if one.concern]


async def gather_item(
    unit: Unit, meeting: Meeting, matter: Matter, viewer: Viewer, today: date, calendar: WorkingCalendar
) -> ItemPage:
    """One item that this person, who may see it, is recording."""
    start = action_key(meeting.key, matter.ref, "")
    given = [one for one in await given_on(unit, meeting.key, viewer, today) if one.action.submit_key.startswith(start)]
    absent = await leavers(unit, meeting, matter.provider_id, calendar.day(meeting.starts_at))
    others = [
        one.ref for one in await matters_of(unit, meeting, viewer, today) if one.ref != matter.ref and not one.seen
    ]
    return ItemPage(meeting, matter, absent, given, others[0] if others else "")


def page(words: Templates, seen: SittingPage) -> Form:
    """The page of a meeting that is being recorded, or of a closed one."""
    return words.page("sitting.page", s=seen, meeting=seen.meeting, most=MOST)


def item_page(words: Templates, seen: ItemPage) -> Form:
    """The page of one item of it."""
    return words.page("sitting.item_page", s=seen, meeting=seen.meeting, m=seen.matter)


def closing_page(words: Templates, meeting: Meeting, plan: object) -> Form:
    """What closing the meeting does, and what is missing, before it is done."""
    return words.page("sitting.closing", meeting=meeting, plan=plan)


def stands(words: Templates, matter: Matter) -> Message:
    """Within a form: what somebody else has recorded while it was being filled in."""
    return words.render("sitting.stands", m=matter)


def issue_to_provider(words: Templates, meeting: Meeting, matter: Matter) -> str:
    """What the task to tell a provider is called."""
    return words.plain("sitting.tell_provider", meeting=meeting, m=matter)


def issue_to_board(words: Templates, meeting: Meeting, matter: Matter) -> str:
    """What the task to tell a safeguarding board is called: with the message, since it is passed on word for word."""
    return words.plain("sitting.tell_board", meeting=meeting, m=matter)


async def unclosed(letter: Letter) -> Message | None:
    """To the secretariat, the working day after: a meeting's record is still open. None once it is closed."""
    reader = letter.reader
    meeting = await meeting_of(letter.unit, letter.about("meeting"), reader.group_ids) if reader else None
    if reader is None or meeting is None or meeting.state is not MeetingState.SCHEDULED:
        return None
    if not reader.runs(meeting.group_id):
        return None
    group = await letter.unit.get(Group, meeting.group_id)
    return letter.words.render("sitting.unclosed", meeting=meeting, group=group)


def _line(one: Present, sent: Mapping[int, tuple[str, ...]], calendar: WorkingCalendar) -> Line:
    left = f"{calendar.local(one.row.left_at):%H:%M}" if one.row.left_at else ""
    came = f"{calendar.local(one.row.arrived_at):%H:%M}"
    return Line(one, came, left, sent.get(one.row.person_id or 0, ()))
