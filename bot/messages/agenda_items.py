"""What people read of a meeting's order of business: itself, the page that arranges it, and who is invited to what."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.chat.port import Attachment, Form, Message
from bot.domain.agenda_items import PAGE_SIZE, USUAL_MINUTES, due_times, read_guest
from bot.domain.calendar import WorkingCalendar
from bot.domain.handling import Viewer
from bot.domain.terms import MeetingState
from bot.files.calendar_file import MEETINGS, Entry, calendar_file
from bot.messages.letter import Letter
from bot.messages.words import Templates
from bot.store.agenda_items import Business, Order, guests_told, order_of
from bot.store.barring import barred_from
from bot.store.concerns import visible_by_id
from bot.store.meetings import meeting_of
from bot.store.tables import AgendaItem, Group, Meeting
from bot.store.tables.delivery import OutboxState

NAME = "agenda-item.ics"


@dataclass(frozen=True)
class Line:
    """One item as one reader sees it: its number among those they see, and when it is expected to begin, in London.
    `outside` is whether its provider is not in the group's footprint. An item that was taken off has no number.
    `above` and `below` are the names of its neighbours, empty at the ends."""

    one: Business
    number: int
    begins: str
    outside: bool
    above: str = ""
    below: str = ""


@dataclass(frozen=True)
class Agenda:
    """A meeting's order of business through one reader's eyes. `total` is the minutes of what they see."""

    meeting: Meeting
    group: Group
    lines: Sequence[Line]
    off: Sequence[Line]
    total: int
    ends: str

    @property
    def over(self) -> int:
        """By how many minutes the items are longer than the meeting; 0 if they are not."""
        return max(0, self.total - self.meeting.minutes)

    @property
    def uncounted(self) -> bool:
        """Whether some item has no minutes of its own, so that the usual ones are counted."""
        return any(line.one.minutes is None for line in self.lines)


def agenda_of(
    meeting: Meeting, group: Group, order: Order, outside: Collection[int], calendar: WorkingCalendar
) -> Agenda:
    """Numbers and times are of what the reader sees, so that neither tells of anything else."""
    times = due_times(meeting.starts_at, (one.minutes for one in order.business))
    clock = [f"{calendar.local(moment):%H:%M}" for moment in times]
    names = ["", *(one.thing for one in order.business), ""]
    lines = [
        Line(one, at + 1, clock[at], _key(one) in outside, above=names[at], below=names[at + 2])
        for at, one in enumerate(order.business)
    ]
    off = [Line(one, 0, "", _key(one) in outside) for one in order.off]
    return Agenda(meeting, group, lines, off, int((times[-1] - times[0]) / timedelta(minutes=1)), clock[-1])


def order(words: Templates, agenda: Agenda, *, runs: bool, chairs: Collection[str]) -> Message:
    """The order of business in a message; `runs` is whether the reader may arrange it."""
    return words.render("agenda.order", a=agenda, runs=runs, chairs=chairs, usual=USUAL_MINUTES)


def page(words: Templates, agenda: Agenda, number: int, last: int) -> Form:
    """The page on which the agenda is arranged, so many items at a time, what was taken off after the others."""
    first = (number - 1) * PAGE_SIZE
    shown = [*agenda.lines, *agenda.off][first : first + PAGE_SIZE]
    return words.page("agenda.arrange", a=agenda, lines=shown, page=number, last=last, usual=USUAL_MINUTES)


async def asked(letter: Letter) -> Message | None:
    """To the chair and the secretariat: somebody who may read a concern asks to have it discussed; nothing of what it
    says until it is opened."""
    facts = await _about_concern(letter, runs=True)
    return letter.words.render("agenda.asked", **facts) if facts else None


async def answered(letter: Letter) -> Message | None:
    """To whoever asked: whether it is on the agenda of that meeting."""
    facts = await _about_concern(letter, runs=False)
    return letter.words.render("agenda.answered", on=bool(letter.about("on")), **facts) if facts else None


async def _about_concern(letter: Letter, *, runs: bool) -> dict[str, object] | None:
    """The concern, of which only the reference is told, and the meeting; None if the reader may not be told of it, or
    with `runs` if they do not run the group."""
    reader = letter.reader
    meeting = await meeting_of(letter.unit, letter.about("meeting"), reader.group_ids) if reader else None
    if reader is None or meeting is None or (runs and not reader.runs(meeting.group_id)):
        return None
    if meeting.state is not MeetingState.SCHEDULED or meeting.starts_at <= letter.now:
        return None
    found = await visible_by_id(letter.unit, letter.about("concern"), reader, letter.today)
    if found is None or found.concern.group_id != meeting.group_id:
        return None
    letter.shows(found.concern)
    group = await letter.unit.get(Group, meeting.group_id)
    return {"reference": found.concern.reference, "meeting": meeting, "group": group}


async def guest(letter: Letter) -> Message | None:
    """To the secretariat: the time of one item as a file to send on to who is invited to it, or what takes it out of
    their calendar again. Older word that newer word has overtaken is not sent, nor is the end of what never was."""
    reader = letter.reader
    meeting = await meeting_of(letter.unit, letter.about("meeting"), reader.group_ids) if reader else None
    if reader is None or meeting is None or not reader.runs(meeting.group_id):
        return None
    item = await letter.unit.find(AgendaItem, letter.about("item"))
    if item is None or item.meeting_id != meeting.key or not await _is_due(letter, item):
        return None
    order = await order_of(letter.unit, meeting, None, letter.today)
    about = {one.provider_id for one in (*order.business, *order.off) if one.provider_id is not None}
    if await barred_from(letter.unit, reader, sorted(about), letter.today):
        return None  # when it begins would tell them that there is something before it
    one = await _as_seen(letter, meeting, item, reader)
    group = await letter.unit.get(Group, meeting.group_id)
    entry = _entry(letter, meeting, group, item)
    facts = {"title": one.title if one else "", "guest": read_guest(item.guest), "sequence": entry.sequence}
    message = letter.words.render("agenda.guest", meeting=meeting, group=group, entry=entry, **facts)
    made_at = datetime.fromtimestamp(letter.about("made"), UTC)
    return replace(message, files=(Attachment(NAME, calendar_file(entry, made_at, MEETINGS)),))


async def _as_seen(letter: Letter, meeting: Meeting, item: AgendaItem, reader: Viewer) -> Business | None:
    """The item as the reader sees it, which is then noted as shown."""
    order = await order_of(letter.unit, meeting, reader, letter.today)
    one = next((one for one in (*order.business, *order.off) if one.item and one.item.key == item.key), None)
    if one and one.concern:
        letter.shows(one.concern.concern)
    letter.names(one.provider_id if one else None)
    return one


async def _is_due(letter: Letter, item: AgendaItem) -> bool:
    reader = letter.reader.person_id if letter.reader else 0
    mine = [row for row in await guests_told(letter.unit, [item.key]) if row.person_id == reader]
    number, sequence = letter.about("round"), letter.about("sequence")
    same = [row for row in mine if int(row.subject["round"]) == number]
    if letter.about("off"):
        return any(row.state is OutboxState.SENT for row in same if int(row.subject["sequence"]) < sequence)
    return all(int(row.subject["sequence"]) <= sequence for row in same)


def _entry(letter: Letter, meeting: Meeting, group: Group, item: AgendaItem) -> Entry:
    """Nothing of what the item is about: the guest knows, and nobody else who reads their calendar needs to."""
    return Entry(
        uid=f"item-{meeting.slug.lower()}-{item.key}-{letter.about('round')}@soundings",
        sequence=letter.about("sequence"),
        summary=f"{group.name} ({meeting.slug})",
        starts_at=datetime.fromtimestamp(letter.about("starts"), UTC),
        minutes=letter.about("minutes"),
        place=meeting.place,
        cancelled=bool(letter.about("off")),
    )


def _key(one: Business) -> int:
    return one.provider.key if one.provider else 0
